//! SoundFonts: one that works is played, a broken one must not fail the job.

use super::{Plan, runtime};
use crate::engine::{Engine, EngineOutput, ProgressSink, sketch::Sketch};
use sideman_shared::music::Track;
use std::path::Path;
use tokio_util::sync::CancellationToken;

fn played_with(font: &Path, track: Track) -> EngineOutput {
    let sketch = Sketch {
        sound_font: Some(font.to_path_buf()),
    };
    let request = Plan {
        bars: 2,
        ..Plan::default()
    }
    .request(track, 44_100);
    let playing = sketch.generate(request, ProgressSink::ignore(), CancellationToken::new());
    runtime().block_on(playing).unwrap()
}

#[test]
fn a_missing_or_broken_font_leaves_the_built_in_voices() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.sf2");
    std::fs::write(&broken, b"RIFF\x10\x00\x00\x00sfbkLIST\xff\xff\xff\xff????").unwrap();
    let missing = played_with(Path::new("/nonexistent/none.sf2"), Track::Keyboard);
    let fallen_back = played_with(&broken, Track::Keyboard);
    assert_eq!(missing.audio, fallen_back.audio);
    assert_eq!(fallen_back.model, None);
    assert!(fallen_back.audio.peak() > 0.05);
}

#[test]
fn a_working_font_plays_the_instruments_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saw.sf2");
    std::fs::write(&path, saw_font()).unwrap();
    let with = played_with(&path, Track::Keyboard);
    assert_eq!(with.model.as_deref(), Some("saw.sf2"));
    assert!(with.audio.peak() > 0.05);
    assert_eq!(with.audio, played_with(&path, Track::Keyboard).audio);
    assert_ne!(
        with.audio,
        played_with(Path::new("/nonexistent/none.sf2"), Track::Keyboard).audio
    );
    assert_eq!(
        played_with(&path, Track::Drums).model,
        None,
        "the kit stays on the grid"
    );
}

/// The smallest font: one looped sawtooth, one instrument, one preset.
fn saw_font() -> Vec<u8> {
    let wave: Vec<i16> = (0..1000i32)
        .map(|i| ((i % 100) * 400 - 20_000) as i16)
        .collect();
    // Readers want 46 frames of silence after a sample.
    let smpl: Vec<u8> = wave
        .iter()
        .chain(&[0; 46])
        .flat_map(|s| s.to_le_bytes())
        .collect();
    let info = list(
        "INFO",
        &[
            chunk("ifil", &[2, 0, 1, 0]),
            chunk("isng", b"EMU8000\0"),
            chunk("INAM", b"saw\0"),
        ],
    );
    let sdta = list("sdta", &[chunk("smpl", &smpl)]);
    let pdta = list(
        "pdta",
        &[
            chunk("phdr", &[preset("saw", 0), preset("EOP", 1)].concat()),
            chunk("pbag", &words(&[0, 0, 1, 0])),
            chunk("pmod", &[0; 10]),
            // Generator 41: the instrument.
            chunk("pgen", &words(&[41, 0, 0, 0])),
            chunk(
                "inst",
                &[named("saw", &words(&[0])), named("EOI", &words(&[1]))].concat(),
            ),
            chunk("ibag", &words(&[0, 0, 2, 0])),
            chunk("imod", &[0; 10]),
            // Generator 54: loop; 53: the sample, always last.
            chunk("igen", &words(&[54, 1, 53, 0, 0, 0])),
            chunk("shdr", &[sample("saw", 1000), sample("EOS", 0)].concat()),
        ],
    );
    let mut body = b"sfbk".to_vec();
    body.extend([info, sdta, pdta].concat());
    chunk("RIFF", &body)
}

fn chunk(id: &str, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    let mut out = [id.as_bytes(), &size, body].concat();
    out.resize(out.len() + body.len() % 2, 0);
    out
}

fn list(kind: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk("LIST", &[kind.as_bytes(), &chunks.concat()].concat())
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

/// Twenty bytes of name, then `rest`.
fn named(name: &str, rest: &[u8]) -> Vec<u8> {
    let mut out = name.as_bytes().to_vec();
    out.resize(20, 0);
    out.extend(rest);
    out
}

/// Program 0 of bank 0: what a player falls back to for any program that is missing.
fn preset(name: &str, bag: u16) -> Vec<u8> {
    named(name, &[words(&[0, 0, bag]), vec![0; 12]].concat())
}

/// A sample at A4 of 44.1 kHz, looped over its whole length.
fn sample(name: &str, frames: u32) -> Vec<u8> {
    let numbers = [0, frames, 0, frames, 44_100]
        .map(u32::to_le_bytes)
        .concat();
    named(name, &[numbers, vec![69, 0], words(&[0, 1])].concat())
}
