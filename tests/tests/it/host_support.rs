//! Sideman in a host, with its folders in a temporary place.

pub use sideman_tests::songs::noise;

use sideman_tests::clap_host::{Host, Library, Song, built_plugin};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn library() -> Library {
    Library::load(&built_plugin().unwrap()).unwrap()
}

/// A stereo instance whose takes and stems lie below `home`, with no service to be found.
pub fn instance(library: &Library, home: &Path) -> Host {
    let mut host = Host::new(library).unwrap();
    host.edit_project(|project| {
        project["settings"] = serde_json::json!({
            "service_address": "http://127.0.0.1:9",
            "cache_folder": home,
        });
    })
    .unwrap();
    host
}

/// All finished takes below `home`, oldest first: the metadata and the audio.
pub fn takes(home: &Path) -> Vec<(serde_json::Value, Vec<Vec<f32>>)> {
    let mut files = Vec::new();
    find(home, "take.json", &mut files);
    let mut takes: Vec<_> = files
        .iter()
        .map(|json| {
            let take: serde_json::Value =
                serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
            let mut reader = hound::WavReader::open(take["path"].as_str().unwrap()).unwrap();
            let channels = usize::from(reader.spec().channels);
            let mut planar = vec![Vec::new(); channels];
            for (i, sample) in reader.samples::<f32>().enumerate() {
                planar[i % channels].push(sample.unwrap());
            }
            (take, planar)
        })
        .collect();
    takes.sort_by_key(|(take, _)| take["id"].to_string());
    takes
}

fn find(folder: &Path, name: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, name, found);
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
}

/// Waits until as many takes are finished.
pub fn wait_for_takes(
    host: &mut Host,
    home: &Path,
    count: usize,
) -> Vec<(serde_json::Value, Vec<Vec<f32>>)> {
    host.wait_for(&format!("{count} takes"), PATIENCE, |_| {
        let found = takes(home);
        Ok((found.len() >= count).then_some(found))
    })
    .unwrap()
}

/// Arms capturing while the host stands still.
pub fn arm(host: &mut Host, song: &mut Song) {
    host.set_param("Capture", 1.0).unwrap();
    song.playing = false;
    host.play_silence(song, 512).unwrap();
    song.playing = true;
}

/// The host stops.
pub fn stop(host: &mut Host, song: &mut Song) {
    song.playing = false;
    host.play_silence(song, 512).unwrap();
    song.playing = true;
}
