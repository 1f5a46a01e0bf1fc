//! The song of the demo: the user's file, or the example.

use anyhow::{Context, Result};
use sideman_shared::{
    analysis::{Hints, analyse},
    audio::AudioBuffer,
    music::Bpm,
};
use sideman_tests::example_song;
use std::path::{Path, PathBuf};
use wrapper_service::audio::{AudioLimits, decode};

pub struct Source {
    pub path: PathBuf,
    pub audio: AudioBuffer,
    pub bpm: Bpm,
    /// Where the tempo came from, in words.
    pub tempo_words: String,
}

pub fn prepare(path: Option<&Path>, bpm: Option<Bpm>, folder: &Path) -> Result<Source> {
    let Some(path) = path else {
        return example(folder);
    };
    let audio = decode(path, &AudioLimits::default())
        .with_context(|| format!("cannot use {}", path.display()))?;
    let (bpm, tempo_words) = match bpm {
        Some(bpm) => (bpm, format!("{bpm} BPM as given")),
        None => {
            let heard = analyse(&audio, &Hints::default())
                .context("no tempo can be heard in it; give one with --bpm")?;
            let words = format!(
                "{} BPM as heard, confidence {:.0} %",
                heard.bpm,
                heard.bpm_confidence * 100.0
            );
            (heard.bpm, words)
        }
    };
    Ok(Source {
        path: path.to_owned(),
        audio,
        bpm,
        tempo_words,
    })
}

fn example(folder: &Path) -> Result<Source> {
    let audio = example_song::render(44_100);
    let path = folder.join("example-song.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: audio.sample_rate_hz(),
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec)?;
    for frame in 0..audio.frames() {
        for channel in audio.channels() {
            writer.write_sample((channel[frame] * 8_388_607.0).round() as i32)?;
        }
    }
    writer.finalize()?;
    let bpm = Bpm::new(example_song::BPM).context("the example song's tempo")?;
    Ok(Source {
        path,
        audio,
        bpm,
        tempo_words: format!("{bpm} BPM, {}", example_song::KEY),
    })
}
