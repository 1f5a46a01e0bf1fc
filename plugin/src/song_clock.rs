//! Where the host is in the song, read once per block.

use nice_plug::prelude::Transport;
use sideman_shared::music::Meter;

/// The host's transport at a block's first frame, reduced to what it really told. Plain data: it
/// crosses from the audio thread by copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SongClock {
    pub playing: bool,
    /// Song position in frames at `sample_rate_hz`; derived when the host gives only seconds or beats.
    pub pos_samples: Option<i64>,
    /// Song position in quarter notes; derived when the host gives only samples or seconds.
    pub pos_beats: Option<f64>,
    /// `pos_samples` was computed from beats and the present tempo, so it leaps when the tempo moves.
    pub pos_from_beats: bool,
    /// Quarter notes per minute, as the host gives it.
    pub tempo_bpm: Option<f64>,
    pub meter: Option<Meter>,
    /// The bar line at or before the block, in quarter notes, when the host tells a believable one.
    pub bar_beats: Option<f64>,
    /// The active loop in frames, end exclusive.
    pub loop_samples: Option<(i64, i64)>,
    pub sample_rate_hz: u32,
    /// The host renders faster or slower than real time.
    pub offline: bool,
}

impl SongClock {
    /// Reads a block's transport. Real-time safe.
    ///
    /// The bar number is not used: hosts disagree about it. They disagree about the bar's start too,
    /// so it is taken only where it can be one.
    pub fn read(transport: &Transport, offline: bool) -> Self {
        let meter = transport
            .time_sig_numerator
            .zip(transport.time_sig_denominator)
            .and_then(|(beats, unit)| {
                Meter::new(u8::try_from(beats).ok()?, u8::try_from(unit).ok()?)
            });
        let finite = |beats: &f64| beats.is_finite();
        let pos_beats = transport.pos_beats().filter(finite);
        let rate_hz = f64::from(transport.sample_rate);
        let frame = |secs: f64| nearest(secs * rate_hz);
        let loop_secs = transport.loop_range_seconds();
        Self {
            playing: transport.playing,
            pos_samples: transport
                .pos_samples
                .or_else(|| transport.pos_seconds().map(frame)),
            pos_beats,
            bar_beats: transport.bar_start_pos_beats.filter(|bar| {
                let since = pos_beats.map(|pos| pos - bar);
                let bar_quarters = meter.unwrap_or_default().quarters_per_bar();
                since.is_some_and(|s| s > -1e-3 && s < bar_quarters + 1e-3)
            }),
            pos_from_beats: transport.pos_samples.is_none() && transport.pos_seconds.is_none(),
            tempo_bpm: transport.tempo.filter(|t| t.is_finite() && *t > 0.0),
            meter,
            loop_samples: transport
                .loop_range_samples
                .or_else(|| loop_secs.map(|(from, to)| (frame(from), frame(to))))
                .filter(|(from, to)| from < to),
            sample_rate_hz: nearest(rate_hz).clamp(1, i64::from(u32::MAX)) as u32,
            offline,
        }
    }

    /// Frames of this block before the host wraps to the loop's start, when that happens inside it.
    ///
    /// Most hosts cut their blocks at the loop's end; some do not. `None` for a loop shorter than the
    /// block: nothing sensible can be said about it.
    pub fn wraps_after(&self, block_frames: usize) -> Option<usize> {
        let (from, to) = self.loop_samples.filter(|_| self.playing)?;
        let pos = self.pos_samples?;
        let until_end = to.checked_sub(pos)?;
        let inside = pos >= from && until_end > 0 && until_end < block_frames as i64;
        (inside && to - from >= block_frames as i64).then_some(until_end as usize)
    }

    /// A clock for what comes in while the host stands still: no place in the song, but a tempo and a
    /// meter, if need be the last ones told.
    pub fn standing(&self, last: &Self) -> Self {
        Self {
            playing: false,
            pos_samples: None,
            pos_beats: None,
            pos_from_beats: false,
            bar_beats: None,
            loop_samples: None,
            tempo_bpm: self.tempo_bpm.or(last.tempo_bpm),
            meter: self.meter.or(last.meter),
            ..*self
        }
    }

    /// This clock moved on by `frames` at its own tempo, ignoring any loop.
    pub fn advanced(&self, frames: i64) -> Self {
        let beats = self
            .tempo_bpm
            .map(|t| frames as f64 * t / 60.0 / f64::from(self.sample_rate_hz));
        Self {
            pos_samples: self.pos_samples.map(|p| p.saturating_add(frames)),
            pos_beats: self.pos_beats.zip(beats).map(|(pos, step)| pos + step),
            ..*self
        }
    }
}

/// As `round`, halves away from zero, but without a call into the C library: far from everything else, it is seldom in
/// the cache when a block comes, and costs more than all else here. Not a number becomes 0.
fn nearest(value: f64) -> i64 {
    let whole = value as i64;
    let rest = value - whole as f64;
    whole.saturating_add(i64::from(rest >= 0.5) - i64::from(rest <= -0.5))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A host that plays at `pos` with everything given: 120 BPM, 4/4, 48 kHz.
    pub(crate) fn playing_at(pos: i64) -> SongClock {
        SongClock {
            playing: true,
            pos_samples: Some(pos),
            pos_beats: Some(pos as f64 / 24_000.0),
            pos_from_beats: false,
            tempo_bpm: Some(120.0),
            meter: Some(Meter::COMMON),
            bar_beats: None,
            loop_samples: None,
            sample_rate_hz: 48_000,
            offline: false,
        }
    }

    #[test]
    fn derives_samples_from_seconds_and_knows_when_only_beats_were_given() {
        let mut transport = Transport::new(44_100.0);
        transport.pos_seconds = Some(2.0);
        let clock = SongClock::read(&transport, false);
        assert_eq!(clock.pos_samples, Some(88_200));
        assert!(!clock.pos_from_beats);

        let mut transport = Transport::new(48_000.0);
        transport.pos_beats = Some(8.0);
        transport.tempo = Some(120.0);
        let clock = SongClock::read(&transport, true);
        assert_eq!(clock.pos_samples, Some(192_000));
        assert!(clock.pos_from_beats && clock.offline);
    }

    #[test]
    fn rounds_as_the_library_does() {
        let halves = (-9..=9).map(|n| f64::from(n) / 2.0);
        let others = [0.499_999_999_999, 1e9 + 0.5, -1e15, 1e300, -1e300, f64::NAN];
        for value in halves.chain(others) {
            assert_eq!(nearest(value), value.round() as i64, "{value}");
        }
    }

    #[test]
    fn refuses_nonsense() {
        let mut transport = Transport::new(48_000.0);
        transport.tempo = Some(f64::NAN);
        transport.time_sig_numerator = Some(-3);
        transport.time_sig_denominator = Some(0);
        transport.loop_range_samples = Some((10, 10));
        let clock = SongClock::read(&transport, false);
        assert_eq!(
            (clock.tempo_bpm, clock.meter, clock.loop_samples),
            (None, None, None)
        );
    }

    #[test]
    fn believes_a_bar_line_only_where_one_can_be() {
        let mut transport = Transport::new(48_000.0);
        transport.pos_beats = Some(66.5);
        transport.tempo = Some(120.0);
        let mut read = |bar| {
            transport.bar_start_pos_beats = Some(bar);
            SongClock::read(&transport, false).bar_beats
        };
        assert_eq!(read(64.0), Some(64.0));
        assert_eq!(read(0.0), None, "some hosts always say so");
        assert_eq!(read(67.0), None);
        assert_eq!(read(f64::NAN), None);
    }

    #[test]
    fn finds_the_wrap_inside_a_block_only() {
        let looping = |pos| SongClock {
            loop_samples: Some((1000, 2000)),
            ..playing_at(pos)
        };
        assert_eq!(looping(1900).wraps_after(512), Some(100));
        assert_eq!(
            looping(1488).wraps_after(512),
            None,
            "the block ends on the loop's end"
        );
        assert_eq!(looping(2000).wraps_after(512), None, "already outside");
        assert_eq!(looping(500).wraps_after(2000), None, "before the loop");
        assert_eq!(
            looping(1900).wraps_after(4096),
            None,
            "a loop shorter than the block"
        );
    }
}
