//! The audition voice by itself: which stem sounds is chosen in the window, so a host without one
//! cannot ask for it.

use super::process::{BLOCKS, RATE_HZ, TEMPO_BPM};
use anyhow::{Result, ensure};
use sideman::{
    audition::{self, Clip, ClipSet, Mix},
    song_clock::SongClock,
};
use sideman_shared::music::Meter;
use sideman_tests::{clap_host::time_copy, songs};
use std::{sync::Arc, time::Instant};

/// Seconds per block of the voice, and of copying the block.
///
/// # Errors
/// The stem does not sound.
pub fn time_blocks(block_frames: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let (mut voice, handle) = audition::pair();
    let stem = Clip {
        gain: 0.5,
        ..Clip::new(songs::noise(2, BLOCKS * block_frames, 2))
    };
    handle.set(ClipSet {
        clips: vec![Arc::new(stem)],
        mute_input: false,
    });
    let mix = Mix {
        on: true,
        gain: 1.0,
    };
    let input = songs::noise(2, block_frames, 3);
    let mut clock = at_start();
    let (mut block, mut copied) = (input.clone(), input.clone());
    let (mut voice_secs, mut copy_secs) = (Vec::with_capacity(BLOCKS), Vec::with_capacity(BLOCKS));
    for _ in 0..BLOCKS {
        for (to, from) in block.iter_mut().zip(&input) {
            to.copy_from_slice(from);
        }
        let [left, right] = &mut block[..] else {
            anyhow::bail!("two channels were made");
        };
        let begun = Instant::now();
        let sounds = voice.process(&mut [left.as_mut_slice(), right], &clock, mix);
        voice_secs.push(begun.elapsed().as_secs_f64());
        ensure!(sounds && block != input, "the stem does not sound");
        copy_secs.push(time_copy(&block, &mut copied));
        clock = clock.advanced(block_frames as i64);
    }
    Ok((voice_secs, copy_secs))
}

/// A host that plays from the song's first frame.
fn at_start() -> SongClock {
    SongClock {
        playing: true,
        pos_samples: Some(0),
        pos_beats: Some(0.0),
        pos_from_beats: false,
        tempo_bpm: Some(TEMPO_BPM),
        meter: Some(Meter::COMMON),
        bar_beats: Some(0.0),
        loop_samples: None,
        sample_rate_hz: RATE_HZ,
        offline: false,
    }
}
