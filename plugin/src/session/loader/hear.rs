//! Listens to a take: tempo, downbeat and key, as far as nobody has told them.

use super::decode::decode;
use crate::{capture::Take, session::Hearing};
use sideman_shared::{
    analysis::{Hints, analyse},
    audio::AudioBuffer,
    music::Bpm,
};
use std::sync::atomic::AtomicBool;

/// Nobody needs longer to know a song's tempo and key, and the other work waits meanwhile.
const ENOUGH_SECS: u64 = 90;

/// What could be heard; nothing of a take that cannot be read or has no pulse.
pub fn hear(take: &Take, stop: &AtomicBool) -> Hearing {
    let enough = ENOUGH_SECS as usize * take.sample_rate_hz as usize;
    let mut channels: Vec<Vec<f32>> = Vec::new();
    let format = decode(&take.path, stop, |planes| {
        channels.resize_with(planes.len().min(2), Vec::new);
        for (heard, piece) in channels.iter_mut().zip(planes) {
            let room = enough.saturating_sub(heard.len()).min(piece.len());
            heard.extend_from_slice(&piece[..room]);
        }
    });
    let buffer = format
        .ok()
        .and_then(|format| AudioBuffer::new(channels, format.sample_rate_hz));
    let Some(buffer) = buffer else {
        return Hearing::default();
    };
    let told = take.tempo_bpm.and_then(Bpm::new);
    let hints = Hints {
        bpm: told,
        meter: take.meter.unwrap_or_default(),
        key: take.key,
    };
    // A silent or very short take has nothing to hear.
    let Ok(heard) = analyse(&buffer, &hints) else {
        return Hearing::default();
    };
    Hearing {
        bpm: told
            .is_none()
            .then(|| (heard.bpm.get(), heard.bpm_confidence)),
        downbeat_secs: heard.downbeats_secs.first().copied(),
        key: heard.key.map(|key| (key.to_string(), heard.key_confidence)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::loader::clip::inspect;
    use crate::testing::wav_bytes;
    use std::{f32::consts::TAU, path::Path};

    /// Sixteen bars at 100 BPM in A minor, the first downbeat half a second in.
    fn song(folder: &Path) -> std::path::PathBuf {
        const RATE_HZ: usize = 22_050;
        let path = folder.join("song.wav");
        let beat_frames = RATE_HZ * 60 / 100;
        let chords = [[220.0, 261.63, 329.63], [146.83, 174.61, 220.0]];
        let samples = (0..beat_frames * 64 + RATE_HZ / 2).map(|frame| {
            let Some(at) = frame.checked_sub(RATE_HZ / 2) else {
                return 0.0;
            };
            let (beat, secs) = (at / beat_frames, at as f32 / RATE_HZ as f32);
            let since = (at % beat_frames) as f32 / RATE_HZ as f32;
            let hit = if beat % 4 == 0 { 0.8 } else { 0.3 };
            let kick = hit * (-30.0 * since).exp() * (TAU * 60.0 * since).sin();
            let chord = chords[beat / 4 % 2];
            let swell = (-2.0 * since).exp();
            let tones: f32 = chord.iter().map(|hz| (TAU * hz * secs).sin()).sum();
            kick + 0.08 * swell * tones
        });
        std::fs::write(&path, wav_bytes(RATE_HZ as u32, 1, samples)).unwrap();
        path
    }

    #[test]
    fn a_file_s_tempo_and_key_are_heard_and_a_told_tempo_is_not_doubted() {
        let folder = tempfile::tempdir().unwrap();
        let stop = AtomicBool::new(false);
        let (mut take, _) = inspect(&song(folder.path()), &stop).unwrap();
        let heard = hear(&take, &stop);
        let (bpm, sure) = heard.bpm.unwrap();
        assert!((bpm - 100.0).abs() < 0.5 && sure > 0.3, "{heard:?}");
        assert_eq!(heard.key.unwrap().0, "A minor");
        take.tempo_bpm = Some(100.0);
        let heard = hear(&take, &stop);
        assert!(heard.bpm.is_none() && heard.key.is_some());
        let first = heard.downbeat_secs.unwrap();
        assert!((first - 0.5).abs() < 0.05, "{first}");
    }

    #[test]
    fn a_file_that_is_gone_tells_nothing() {
        let mut take = crate::session::state::tests_take();
        take.path = "/nowhere/at/all.wav".into();
        assert_eq!(hear(&take, &AtomicBool::new(false)), Hearing::default());
    }
}
