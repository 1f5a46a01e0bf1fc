use super::*;
use crate::song_clock::{SongClock, tests::playing_at};
use std::sync::Arc;

const ON: Mix = Mix {
    on: true,
    gain: 1.0,
};
const FADE_FRAMES: usize = 240; // 5 ms at 48 kHz

/// A clip whose every frame tells its own index.
fn ramp_clip(start_samples: i64, frames: usize) -> Arc<Clip> {
    let channel = |sign: f32| {
        (0..frames)
            .map(|i| sign * (i + 1) as f32 / 65_536.0)
            .collect()
    };
    Arc::new(Clip {
        start_samples,
        ..Clip::new(vec![channel(1.0), channel(-1.0)])
    })
}

/// A clip that stands still at `level`, so that any step in the output is a click.
fn flat_clip(start_samples: i64, frames: usize, level: f32) -> Arc<Clip> {
    Arc::new(Clip {
        start_samples,
        ..Clip::new(vec![vec![level; frames]; 2])
    })
}

fn set_of(clips: &[&Arc<Clip>]) -> ClipSet {
    ClipSet {
        clips: clips.iter().map(|c| Arc::clone(c)).collect(),
        mute_input: false,
    }
}

/// Runs one block of stereo, the input at `dry`.
fn block_over(
    voice: &mut AuditionVoice,
    clock: SongClock,
    frames: usize,
    mix: Mix,
    dry: f32,
) -> [Vec<f32>; 2] {
    let mut out = [vec![dry; frames], vec![dry; frames]];
    let [left, right] = &mut out;
    voice.process(&mut [left, right], &clock, mix);
    out
}

fn block(voice: &mut AuditionVoice, clock: SongClock, frames: usize) -> [Vec<f32>; 2] {
    block_over(voice, clock, frames, ON, 0.0)
}

fn standing() -> SongClock {
    SongClock {
        playing: false,
        ..playing_at(7)
    }
}

fn largest_step(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn nulls_against_the_clip_at_any_block_size() {
    let (mut voice, handle) = pair();
    let clip = ramp_clip(1000, 20_000);
    handle.set(set_of(&[&clip]));
    let mut pos = 0;
    for frames in [1, 999, 7, 64, 8192, 63, 4096, 1, 333, 8192]
        .into_iter()
        .cycle()
        .take(14)
    {
        let [left, right] = block(&mut voice, playing_at(pos), frames);
        for i in 0..frames {
            let at = pos + i as i64 - 1000;
            let want = usize::try_from(at)
                .ok()
                .and_then(|at| clip.channels[0].get(at).copied());
            let want = want.unwrap_or(0.0);
            assert_eq!(
                (left[i], right[i]),
                (want, -want),
                "song frame {}",
                pos + i as i64
            );
        }
        pos += frames as i64;
    }
}

#[test]
fn the_place_is_the_host_s_while_it_plays_and_the_audition_s_while_it_stands() {
    let (mut voice, handle) = pair();
    let secs = |frames: i64| frames as f64 / 48_000.0;
    assert_eq!(handle.place().secs(), None, "nothing was played");
    block(&mut voice, playing_at(4800), 64);
    assert_eq!(handle.place().secs(), Some(secs(4800)));
    let standing = SongClock {
        playing: false,
        ..playing_at(4800)
    };
    block(&mut voice, standing, 64);
    assert_eq!(handle.place().secs(), None);
    handle.set(set_of(&[&ramp_clip(24_000, 1000)]));
    block(&mut voice, standing, 64);
    assert_eq!(handle.place().secs(), Some(secs(24_064)));
    // Round and round.
    block(&mut voice, standing, 1000);
    assert_eq!(handle.place().secs(), Some(secs(24_064)));
}

#[test]
fn leaves_the_block_alone_when_nothing_sounds() {
    let (mut voice, handle) = pair();
    let odd = f32::from_bits(1); // A denormal, which any arithmetic might flush.
    let untouched = [vec![odd; 100], vec![odd; 100]];
    assert_eq!(
        block_over(&mut voice, playing_at(0), 100, ON, odd),
        untouched
    );
    handle.set(set_of(&[&ramp_clip(0, 5000)]));
    let off = Mix {
        on: false,
        gain: 1.0,
    };
    assert_eq!(
        block_over(&mut voice, playing_at(0), 100, off, odd),
        untouched
    );
}

#[test]
fn follows_a_jump_exactly_after_the_fade_and_without_a_click() {
    let (mut voice, handle) = pair();
    let clip = ramp_clip(0, 60_000);
    handle.set(set_of(&[&clip]));
    block(&mut voice, playing_at(0), 512);
    let [left, _] = block(&mut voice, playing_at(30_000), 512);
    let after = FADE_FRAMES + 2;
    assert_eq!(left[after..], clip.channels[0][30_000 + after..30_512]);

    let (mut voice, handle) = pair();
    handle.set(set_of(&[&flat_clip(0, 60_000, 0.5)]));
    let mut heard = block(&mut voice, playing_at(100), 512)[0].clone();
    for pos in [30_000, 100, 50_000, 10, 20, 30] {
        heard.extend(&block(&mut voice, playing_at(pos), 100)[0]);
    }
    assert!(largest_step(&heard) < 0.06, "{}", largest_step(&heard));
}

#[test]
fn begins_at_the_clip_s_first_frame_at_full_level() {
    let (mut voice, handle) = pair();
    let clip = flat_clip(480, 5000, 0.5);
    handle.set(set_of(&[&clip]));
    let [left, _] = block(&mut voice, playing_at(480), 16);
    assert_eq!(left, [0.5; 16]);
}

#[test]
fn follows_a_loop_that_wraps_inside_the_block() {
    let (mut voice, handle) = pair();
    let clip = ramp_clip(0, 20_000);
    handle.set(set_of(&[&clip]));
    let looping = |pos| SongClock {
        loop_samples: Some((4000, 12_000)),
        ..playing_at(pos)
    };
    block(&mut voice, looping(11_000), 700);
    let [left, _] = block(&mut voice, looping(11_700), 1000);
    assert_eq!(left[..300], clip.channels[0][11_700..12_000]);
    let after = 300 + FADE_FRAMES + 2;
    assert_eq!(left[after..], clip.channels[0][4000 + after - 300..4700]);
    // The next block goes on without another fade.
    let [left, _] = block(&mut voice, looping(4700), 100);
    assert_eq!(left[..], clip.channels[0][4700..4800]);
}

#[test]
fn rounding_of_a_frame_is_not_a_seek_but_a_lasting_offset_is_followed() {
    let (mut voice, handle) = pair();
    let clip = ramp_clip(0, 60_000);
    handle.set(set_of(&[&clip]));
    block(&mut voice, playing_at(0), 512);
    let [left, _] = block(&mut voice, playing_at(513), 512);
    assert_eq!(left[..], clip.channels[0][512..1024]);
    for i in 2..30 {
        block(&mut voice, playing_at(i * 512 + 1), 512);
    }
    let [left, _] = block(&mut voice, playing_at(30 * 512 + 1), 512);
    assert_eq!(left[..], clip.channels[0][30 * 512 + 1..31 * 512 + 1]);
}

#[test]
fn runs_free_from_the_clip_s_start_while_the_host_stands_still() {
    let (mut voice, handle) = pair();
    let clip = ramp_clip(96_000, 1000);
    handle.set(set_of(&[&clip]));
    let [left, _] = block(&mut voice, standing(), 700);
    assert_eq!(left[..], clip.channels[0][..700]);
    // The end fades, then it begins again.
    let [left, _] = block(&mut voice, standing(), 700);
    assert!(left[299] < 0.01 * clip.channels[0][999]);
    assert_eq!(left[300..], clip.channels[0][..400]);
}

#[test]
fn a_swap_neither_clicks_nor_bulges_and_the_old_set_is_freed_by_the_handle() {
    let (mut voice, handle) = pair();
    let old = flat_clip(0, 60_000, 0.5);
    handle.set(set_of(&[&old]));
    let mut heard = block(&mut voice, playing_at(0), 512)[0].clone();
    handle.set(set_of(&[&flat_clip(0, 60_000, 0.5)]));
    heard.extend(&block(&mut voice, playing_at(512), 512)[0]);
    heard.extend(&block(&mut voice, playing_at(1024), 512)[0]);
    assert!(
        heard.iter().all(|s| (s - 0.5).abs() < 1e-5),
        "the same sound goes on"
    );
    assert_eq!(
        Arc::strong_count(&old),
        2,
        "the voice never lets go of the last one"
    );
    handle.tick();
    assert_eq!(Arc::strong_count(&old), 1);
}

#[test]
fn many_swaps_while_the_host_sleeps_are_kept_bounded_and_the_last_wins() {
    let (mut voice, handle) = pair();
    let clips: Vec<_> = (0..100).map(|i| flat_clip(0, 1000, i as f32)).collect();
    for clip in &clips {
        handle.set(set_of(&[clip]));
    }
    for pos in [0, 10, 20] {
        block(&mut voice, playing_at(pos), 10);
        handle.tick();
    }
    block(&mut voice, playing_at(30), 500);
    let [left, _] = block(&mut voice, playing_at(530), 100);
    assert_eq!(left, [99.0; 100]);
    handle.tick();
    let alive = clips.iter().filter(|c| Arc::strong_count(c) > 1).count();
    assert_eq!(alive, 1);
}

#[test]
fn switching_off_fades_and_then_touches_nothing() {
    let (mut voice, handle) = pair();
    handle.set(set_of(&[&flat_clip(0, 60_000, 0.5)]));
    let mut heard = block(&mut voice, playing_at(0), 512)[0].clone();
    let off = Mix {
        on: false,
        gain: 1.0,
    };
    heard.extend(&block_over(&mut voice, playing_at(512), 512, off, 0.0)[0]);
    assert!(largest_step(&heard) < 0.06);
    assert_eq!(heard[512 + FADE_FRAMES + 2..], [0.0; 512 - FADE_FRAMES - 2]);
}

#[test]
fn gain_moves_smoothly_and_arrives_exactly() {
    let (mut voice, handle) = pair();
    handle.set(set_of(&[&flat_clip(0, 60_000, 1.0)]));
    let mut heard = block(&mut voice, playing_at(0), 100)[0].clone();
    let quiet = Mix {
        on: true,
        gain: 0.25,
    };
    heard.extend(&block_over(&mut voice, playing_at(100), 2000, quiet, 0.0)[0]);
    assert!(largest_step(&heard) < 0.002);
    assert_eq!(heard[2099], 0.25);
}

#[test]
fn a_soloed_stem_silences_the_input_and_gives_it_back_unchanged() {
    let (mut voice, handle) = pair();
    let solo = ClipSet {
        mute_input: true,
        ..set_of(&[&flat_clip(0, 2000, 0.0)])
    };
    handle.set(solo);
    let mut heard = block_over(&mut voice, playing_at(0), 600, ON, 0.7)[0].clone();
    assert_eq!(heard[599], 0.0);
    handle.set(ClipSet::default());
    heard.extend(&block_over(&mut voice, playing_at(600), 600, ON, 0.7)[0]);
    assert!(largest_step(&heard) < 0.01);
    assert_eq!(
        block_over(&mut voice, playing_at(1200), 50, ON, 0.7)[0],
        [0.7; 50]
    );
}

#[test]
fn folds_a_stereo_clip_to_a_mono_track_and_spreads_a_mono_clip() {
    let (mut voice, handle) = pair();
    let stereo = Clip {
        gain: 2.0,
        ..Clip::new(vec![vec![0.5; 100], vec![0.25; 100]])
    };
    handle.set(set_of(&[&Arc::new(stereo)]));
    let mut mono = vec![0.0; 100];
    voice.process(&mut [&mut mono], &playing_at(0), ON);
    assert_eq!(mono, [0.75; 100]);

    let (mut voice, handle) = pair();
    let clip = Clip::new(vec![vec![0.5; 100]]);
    handle.set(set_of(&[&Arc::new(clip)]));
    assert_eq!(
        block(&mut voice, playing_at(0), 100),
        [vec![0.5; 100], vec![0.5; 100]]
    );
}

#[test]
fn a_clip_s_own_fades_rise_and_fall_in_a_straight_line_at_any_block_size() {
    let faded = Arc::new(Clip {
        fade_in_frames: 1000,
        fade_out_frames: 500,
        ..Clip::new(vec![vec![0.5; 4000]; 2])
    });
    let mut heard: Vec<Vec<f32>> = Vec::new();
    for frames in [4096, 33] {
        let (mut voice, handle) = pair();
        handle.set(set_of(&[&faded]));
        let mut whole = Vec::new();
        while whole.len() < 4096 {
            let at = whole.len() as i64;
            whole.extend(&block(&mut voice, playing_at(at), frames)[0]);
        }
        whole.truncate(4096);
        heard.push(whole);
    }
    assert_eq!(heard[0], heard[1]);
    let whole = &heard[0];
    assert!(whole[0] < 0.001 && (whole[500] - 0.25).abs() < 0.001);
    assert_eq!(whole[1000..3500], [0.5; 2500]);
    assert!((whole[3750] - 0.25).abs() < 0.001 && whole[3999] < 0.001);
    assert!(largest_step(whole) < 0.0012);
}

#[test]
fn from_one_candidate_to_another_nothing_is_silent_and_nothing_is_off_place() {
    let (mut voice, handle) = pair();
    let (first, second) = (ramp_clip(0, 60_000), flat_clip(0, 60_000, 0.25));
    handle.set(set_of(&[&first]));
    block(&mut voice, playing_at(20_000), 512);
    handle.set(set_of(&[&second]));
    let [left, _] = block(&mut voice, playing_at(20_512), 512);
    // Between the two at every frame, and wholly the second after the fade.
    assert!(left.iter().all(|s| *s > 0.24 && *s < 0.33), "{left:?}");
    assert_eq!(left[FADE_FRAMES + 2..], [0.25; 512 - FADE_FRAMES - 2]);
}
