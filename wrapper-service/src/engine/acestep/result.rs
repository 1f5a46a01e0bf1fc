//! From a downloaded file to sound that belongs to the source, or the reason why it does not.

use super::source::Source;
use crate::{
    audio::{AudioLimits, decode},
    engine::EngineError,
};
use sideman_shared::audio::{AudioBuffer, wav};
use std::{io::Read as _, path::Path};

/// Below this (−80 dBFS) nothing is heard.
const SILENCE: f32 = 1e-4;
/// How far a result's length may be off before it is another song.
const LENGTH_SHARE: f64 = 0.05;
const LENGTH_SECS: f64 = 1.0;
/// The model's shortest piece: shorter sources come back this long.
const SHORTEST_SECS: f64 = 5.12;

/// Blocks. Reads by the file's header, not by what was asked for.
pub fn read(path: &Path, source: &Source) -> Result<AudioBuffer, EngineError> {
    let audio = load(path)
        .map_err(|e| EngineError::Failed(format!("the audio it sent cannot be read: {e}")))?;
    check_length(audio.duration_secs(), source.secs())?;
    if !audio.channels().iter().flatten().all(|s| s.is_finite()) {
        return Err(EngineError::Silent(
            "it has samples that are not numbers".into(),
        ));
    }
    let kept = source.cut(audio);
    if kept.peak() < SILENCE {
        return Err(EngineError::Silent("there is nothing to hear in it".into()));
    }
    Ok(kept)
}

fn load(path: &Path) -> Result<AudioBuffer, String> {
    let mut head = [0; 4];
    let begins = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head));
    begins.map_err(|e| e.to_string())?;
    if head == *b"RIFF" {
        // Not through the decoder of uploads, which refuses what we want to call by its name.
        return wav::read(path).map_err(|e| e.to_string());
    }
    let limits = AudioLimits {
        min_secs: 0.0,
        max_secs: f64::MAX,
        ..AudioLimits::default()
    };
    decode(path, &limits).map_err(|e| e.to_string())
}

/// A server that did not get the source plays something else, of any length.
fn check_length(played_secs: f64, sent_secs: f64) -> Result<(), EngineError> {
    let slack_secs = (sent_secs * LENGTH_SHARE).max(LENGTH_SECS);
    let longest_secs = sent_secs.max(SHORTEST_SECS) + slack_secs;
    if (sent_secs - slack_secs..=longest_secs).contains(&played_secs) {
        return Ok(());
    }
    Err(EngineError::Failed(format!(
        "the ACE-Step server played {played_secs:.1} s to a source of {sent_secs:.1} s: it did not \
         hear the source"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_songs_length_is_refused_and_padding_is_not() {
        for (played, sent) in [(12.0, 12.0), (11.98, 12.0), (5.12, 2.0), (61.0, 60.0)] {
            assert!(check_length(played, sent).is_ok(), "{played} {sent}");
        }
        for (played, sent) in [(83.5, 12.0), (2.0, 12.0), (0.0, 1.5), (12.0, 2.0)] {
            assert!(check_length(played, sent).is_err(), "{played} {sent}");
        }
    }
}
