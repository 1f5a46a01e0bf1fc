//! A stem heard in place: source plus stem, sample for sample, at the position of its take.

use crate::host_support::{PATIENCE, instance, library, noise};
use sideman_tests::clap_host::{Host, Library, Song};
use std::path::{Path, PathBuf};

const RATE_HZ: u32 = 48_000;
/// Where the stem's take began: no round number of seconds, beats or blocks.
const START: i64 = 100_003;
const FRAMES: usize = 60_000;
const ODD_BLOCKS: [usize; 7] = [1, 511, 64, 4096, 3, 1024, 333];

fn stem_file(home: &Path, audio: &[Vec<f32>]) -> PathBuf {
    let path = home.join("stem.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for frame in 0..audio[0].len() {
        for channel in audio {
            writer.write_sample(channel[frame]).unwrap();
        }
    }
    writer.finalize().unwrap();
    path
}

/// An instance whose project has one stem, heard when the project was saved.
fn with_stem(library: &Library, home: &Path, audio: &[Vec<f32>]) -> Host {
    let path = stem_file(home, audio);
    let mut host = instance(library, home);
    host.edit_project(|project| {
        project["stems"] = serde_json::json!([{
            "id": "job.stem",
            "track": "drums",
            "path": path,
            "frames": audio[0].len(),
            "sample_rate_hz": RATE_HZ,
            "duration_secs": audio[0].len() as f64 / f64::from(RATE_HZ),
            "seed": 7,
            "engine": "test",
            "caption": "",
            "bpm": 120.0,
            "key": null,
            "report": {
                "peak_dbfs": 0.0, "rms_dbfs": 0.0, "lufs": null, "silent": false,
                "clipped_frames": 0
            },
            "start_beats": null,
            "start_secs": START as f64 / f64::from(RATE_HZ),
            "auditioning": true,
        }]);
    })
    .unwrap();
    host
}

/// Until the stem is decoded: then it sounds in silence at its place.
fn wait_until_heard(host: &mut Host) {
    host.wait_for("the stem to sound", PATIENCE, |host| {
        let mut song = Song {
            pos: START + 10_000,
            ..Song::at_tempo(120.0, RATE_HZ)
        };
        let heard = host.play_silence(&mut song, 2048)?;
        Ok(heard[0].iter().any(|s| *s != 0.0).then_some(()))
    })
    .unwrap();
    // Away from it again, long enough for the last fade.
    let mut song = Song::at_tempo(120.0, RATE_HZ);
    host.play_silence(&mut song, 2048).unwrap();
}

fn sum(input: &[Vec<f32>], stem: &[Vec<f32>], from: i64) -> Vec<Vec<f32>> {
    let mut sum = input.to_vec();
    for (channel, stem) in sum.iter_mut().zip(stem) {
        for (i, sample) in channel.iter_mut().enumerate() {
            let at = from + i as i64 - START;
            if let Some(stem) = usize::try_from(at).ok().and_then(|at| stem.get(at)) {
                *sample += stem;
            }
        }
    }
    sum
}

#[test]
fn the_output_is_source_plus_stem_to_the_sample() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let stem = noise(2, FRAMES, 31);
    let mut host = with_stem(&library, home.path(), &stem);
    host.activate(RATE_HZ, 4096).unwrap();
    wait_until_heard(&mut host);
    let from = 90_000;
    let mut song = Song {
        pos: from,
        ..Song::at_tempo(120.0, RATE_HZ)
    };
    // Before, through and behind the stem.
    let input = noise(2, 90_000, 32);
    let output = host.play(&mut song, &input, &ODD_BLOCKS).unwrap();
    let wanted = sum(&input, &stem, from);
    let differs =
        (0..input[0].len()).find(|&i| output[0][i] != wanted[0][i] || output[1][i] != wanted[1][i]);
    assert_eq!(
        differs, None,
        "the first frame that is not source plus stem"
    );
    assert_ne!(output, input);
}

#[test]
fn after_a_seek_into_the_stem_it_is_exact_again_once_the_fade_is_over() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let stem = noise(2, FRAMES, 33);
    let mut host = with_stem(&library, home.path(), &stem);
    host.activate(RATE_HZ, 4096).unwrap();
    wait_until_heard(&mut host);
    let from = START + 20_000;
    let mut song = Song {
        pos: from,
        ..Song::at_tempo(93.7, RATE_HZ)
    };
    let input = noise(2, 20_000, 34);
    let output = host.play(&mut song, &input, &ODD_BLOCKS).unwrap();
    let wanted = sum(&input, &stem, from);
    let fade_frames = 242;
    assert!(output[0][fade_frames..] == wanted[0][fade_frames..]);
    assert!(output[1][fade_frames..] == wanted[1][fade_frames..]);
}

#[test]
fn a_bounce_is_the_source_alone_unless_the_audition_is_asked_for() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let stem = noise(2, FRAMES, 35);
    let mut host = with_stem(&library, home.path(), &stem);
    // Heard first, so that it is decoded for sure; then the host renders.
    host.activate(RATE_HZ, 4096).unwrap();
    wait_until_heard(&mut host);
    host.deactivate();
    host.set_offline(true).unwrap();
    host.activate(RATE_HZ, 4096).unwrap();
    let from = START - 1000;
    let input = noise(2, 30_000, 36);
    let song = Song {
        pos: from,
        ..Song::at_tempo(120.0, RATE_HZ)
    };
    let bounced = host.play(&mut song.clone(), &input, &ODD_BLOCKS).unwrap();
    assert!(bounced == input, "the audition leaked into the bounce");
    host.set_param("Audition in Bounce", 1.0).unwrap();
    let asked = host.play(&mut song.clone(), &input, &ODD_BLOCKS).unwrap();
    assert!(asked == sum(&input, &stem, from));
}
