//! Without a display: the built plugin in a headless host does the whole job.

use super::{service::DemoService, source::Source};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use sideman_shared::{audio::AudioBuffer, music::Track};
use sideman_tests::{
    clap_host::{Host, Library, Song, built_plugin},
    picture,
};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use wrapper_service::audio::{AudioLimits, decode};

const BLOCK_FRAMES: usize = 512;
/// The plugin's capture thread must keep up, as it does in any host that renders faster than real time.
const TIMES_REAL_TIME: f64 = 25.0;
const CAPTURE_LIMIT: Duration = Duration::from_secs(30);
const STEM_LIMIT: Duration = Duration::from_secs(600);

pub fn run(
    source: &Source,
    tracks: &[Track],
    service: &DemoService,
    folder: &Path,
    interrupted: &AtomicBool,
) -> Result<()> {
    let path = built_plugin()?;
    let library = Library::load(&path)?;
    println!("plugin   {} in a headless host", path.display());
    let mut host = Host::new(&library)?;
    if source.audio.channel_count() == 1 {
        host.select_layout("Mono")?;
    }
    // A folder that is chosen and not there counts as a disk that is away.
    let stems = folder.join("plugin");
    std::fs::create_dir_all(&stems)
        .with_context(|| format!("{} cannot be made", stems.display()))?;
    host.edit_project(|project| {
        project["settings"] = json!({
            "service_address": service.url(),
            "cache_folder": stems,
        });
    })?;
    host.activate(source.audio.sample_rate_hz(), BLOCK_FRAMES)?;

    let mut job = Job {
        host,
        source,
        interrupted,
    };
    let took = job.capture()?;
    println!(
        "captured {:.1} s of song in {took:.1} s ({:.0} times real time)",
        source.audio.duration_secs(),
        source.audio.duration_secs() / took
    );
    let mut stems = Vec::new();
    for track in tracks {
        let started = Instant::now();
        let path = job.generate(*track, service)?;
        println!(
            "{:<8} {} ({:.1} s)",
            track.as_str(),
            path.display(),
            started.elapsed().as_secs_f64()
        );
        stems.push(path);
    }
    draw(source, &stems, &folder.join("waveforms.png"))
}

struct Job<'a> {
    host: Host,
    source: &'a Source,
    interrupted: &'a AtomicBool,
}

impl Job<'_> {
    /// Plays the song through the plugin with a running transport; seconds it took.
    fn capture(&mut self) -> Result<f64> {
        let started = Instant::now();
        let rate_hz = self.source.audio.sample_rate_hz();
        let mut song = Song::at_tempo(self.source.bpm.get(), rate_hz);
        self.host.set_param("Capture", 1.0)?;
        song.playing = false;
        self.host.play_silence(&mut song, BLOCK_FRAMES)?;
        song.playing = true;
        let chunk_frames = rate_hz as usize / 2;
        for from in (0..self.source.audio.frames()).step_by(chunk_frames) {
            self.check_interrupt()?;
            let to = (from + chunk_frames).min(self.source.audio.frames());
            let input: Vec<_> = self
                .source
                .audio
                .channels()
                .iter()
                .map(|c| c[from..to].to_vec())
                .collect();
            let output = self.host.play(&mut song, &input, &[BLOCK_FRAMES])?;
            ensure!(
                output == input,
                "the plugin changed the sound that passes through it"
            );
            let due = to as f64 / f64::from(rate_hz) / TIMES_REAL_TIME;
            std::thread::sleep(Duration::from_secs_f64(due).saturating_sub(started.elapsed()));
        }
        song.playing = false;
        self.host.play_silence(&mut song, BLOCK_FRAMES)?;
        self.host.set_param("Capture", 0.0)?;
        self.host.play_silence(&mut song, BLOCK_FRAMES)?;
        let frames = self.source.audio.frames() as u64;
        let take = self.wait("the captured take", CAPTURE_LIMIT, |project| {
            (!project["source"].is_null()).then(|| project["source"].clone())
        })?;
        ensure!(
            take["frames"] == frames,
            "the take has {} of {frames} frames",
            take["frames"]
        );
        ensure!(
            take["lost_frames"] == 0,
            "{} frames were lost",
            take["lost_frames"]
        );
        Ok(started.elapsed().as_secs_f64())
    }

    /// Presses Generate as a foot-switch does and waits for the stem's file.
    fn generate(&mut self, track: Track, service: &DemoService) -> Result<PathBuf> {
        let index = Track::ALL
            .iter()
            .position(|t| *t == track)
            .unwrap_or_default();
        self.set("Track", index as f64 / (Track::ALL.len() - 1) as f64)?;
        self.wait("the form", CAPTURE_LIMIT, |project| {
            (project["form"]["track"] == track.as_str()).then_some(())
        })?;
        self.set("Generate", 1.0)?;
        let count = |project: &Value, field: &str| {
            project[field]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|s| is_for(s, track))
                .count()
        };
        self.wait("the job to begin", CAPTURE_LIMIT, |project| {
            (count(project, "jobs") + count(project, "stems") > 0).then_some(())
        })?;
        self.set("Generate", 0.0)?;
        let found = self.wait("the stem", STEM_LIMIT, |project| {
            let stem = project["stems"]
                .as_array()?
                .iter()
                .find(|s| is_for(s, track));
            match stem {
                Some(stem) => Some(stem["path"].as_str().map(PathBuf::from)),
                None => (count(project, "jobs") == 0).then_some(None),
            }
        })?;
        found.with_context(|| format!("the {track} job failed: {}", service.newest_error()))
    }

    /// A parameter moves with a block, as in a host.
    fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let mut song = Song::at_tempo(self.source.bpm.get(), self.source.audio.sample_rate_hz());
        song.playing = false;
        self.host.set_param(name, value)?;
        self.host.play_silence(&mut song, BLOCK_FRAMES)?;
        Ok(())
    }

    /// Looks at what the DAW project would keep until `done`.
    fn wait<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut done: impl FnMut(&Value) -> Option<T>,
    ) -> Result<T> {
        let interrupted = self.interrupted;
        self.host.wait_for(what, limit, |host| {
            if interrupted.load(Ordering::Acquire) {
                bail!("stopped by Ctrl-C");
            }
            Ok(done(&host.project()?))
        })
    }

    fn check_interrupt(&self) -> Result<()> {
        ensure!(
            !self.interrupted.load(Ordering::Acquire),
            "stopped by Ctrl-C"
        );
        Ok(())
    }
}

/// A saved stem names its track, a saved job its request's.
fn is_for(entry: &Value, track: Track) -> bool {
    entry["track"] == track.as_str() || entry["request"]["tracks"][0] == track.as_str()
}

fn draw(source: &Source, stems: &[PathBuf], path: &Path) -> Result<()> {
    let limits = AudioLimits::default();
    let stems: Vec<AudioBuffer> = stems
        .iter()
        .map(|stem| decode(stem, &limits))
        .collect::<Result<_, _>>()?;
    for stem in &stems {
        ensure!(
            stem.frames() == source.audio.frames(),
            "a stem has {} frames, the song {}",
            stem.frames(),
            source.audio.frames()
        );
    }
    let lanes: Vec<&AudioBuffer> = std::iter::once(&source.audio).chain(&stems).collect();
    picture::draw(&lanes, Some(4.0 * source.bpm.beat_secs()), path)?;
    println!(
        "picture  {} (song above, stems below, a line each bar)",
        path.display()
    );
    Ok(())
}
