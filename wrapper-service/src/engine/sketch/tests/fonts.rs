//! SoundFonts: a broken one must not fail the job.

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
