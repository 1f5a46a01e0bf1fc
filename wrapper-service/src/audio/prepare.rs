use sideman_shared::audio::AudioBuffer;

/// A source made long enough for an engine that plays better with context.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub audio: AudioBuffer,
    /// Where in `audio` the repetition lies that is kept.
    pub cut_from_frame: usize,
    /// How long it is: the source's frame count.
    frames: usize,
}

/// Repeats a source until it is at least `target_secs` long, a repetition every `period_frames`: what is
/// longer is cut, what is shorter is filled up with silence, so that the bars stay where they are. The
/// repetition in the middle is the one to keep: the player has heard the loop before it and leads on into
/// the next.
pub fn loop_assist(source: &AudioBuffer, period_frames: usize, target_secs: f64) -> Prepared {
    let frames = source.frames();
    let target_frames = (target_secs.max(0.0) * f64::from(source.sample_rate_hz())).ceil() as usize;
    let repetitions = target_frames.div_ceil(period_frames.max(1)).max(1);
    let once = if repetitions == 1 {
        frames
    } else {
        period_frames
    };
    let mut audio = AudioBuffer::silent(
        source.channel_count(),
        once * repetitions,
        source.sample_rate_hz(),
    );
    let heard = frames.min(once);
    for (tiled, source) in audio.channels_mut().zip(source.channels()) {
        for tile in tiled.chunks_exact_mut(once.max(1)) {
            tile[..heard].copy_from_slice(&source[..heard]);
        }
    }
    Prepared {
        audio,
        cut_from_frame: repetitions / 2 * once,
        frames,
    }
}

impl Prepared {
    /// The kept repetition out of what an engine played to [`Prepared::audio`], at the engine's own rate.
    /// Shorter than the source when the engine stopped early.
    pub fn cut(&self, played: &AudioBuffer) -> AudioBuffer {
        let ratio = f64::from(played.sample_rate_hz()) / f64::from(self.audio.sample_rate_hz());
        let at = |frame: usize| ((frame as f64 * ratio).round() as usize).min(played.frames());
        let (from, to) = (
            at(self.cut_from_frame),
            at(self.cut_from_frame + self.frames),
        );
        let mut kept =
            AudioBuffer::silent(played.channel_count(), to - from, played.sample_rate_hz());
        for (kept, played) in kept.channels_mut().zip(played.channels()) {
            kept.copy_from_slice(&played[from..to]);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(frames: usize, rate_hz: u32) -> AudioBuffer {
        let left: Vec<f32> = (0..frames).map(|i| i as f32).collect();
        let right = left.iter().map(|s| -s).collect();
        AudioBuffer::new(vec![left, right], rate_hz).unwrap()
    }

    #[test]
    fn short_sources_repeat_and_the_middle_is_cut_out_again() {
        let source = counting(1000, 100);
        for (target_secs, repetitions) in [(5.0, 1), (10.0, 1), (10.01, 2), (30.0, 3), (60.0, 6)] {
            let prepared = loop_assist(&source, 1000, target_secs);
            assert_eq!(prepared.audio.frames(), 1000 * repetitions);
            assert_eq!(prepared.cut_from_frame, repetitions / 2 * 1000);
            assert_eq!(prepared.cut(&prepared.audio), source);
        }
    }

    #[test]
    fn a_loop_that_is_no_whole_number_of_bars_keeps_the_grid() {
        let source = counting(1000, 100);
        let longer = loop_assist(&source, 990, 30.0);
        assert_eq!((longer.audio.frames(), longer.cut_from_frame), (3960, 1980));
        let kept = longer.cut(&longer.audio);
        assert_eq!(kept.channels()[0][..990], source.channels()[0][..990]);
        // Its last frames are the next repetition's first.
        assert_eq!(kept.channels()[0][990..], source.channels()[0][..10]);
        let shorter = loop_assist(&source, 1010, 30.0);
        assert_eq!(shorter.audio.frames(), 3030);
        assert_eq!(shorter.cut(&shorter.audio), source);
    }

    #[test]
    fn the_cut_follows_the_engines_rate_and_length() {
        let prepared = loop_assist(&counting(1000, 100), 1000, 30.0);
        let played = counting(6000, 200);
        let kept = prepared.cut(&played);
        assert_eq!((kept.frames(), kept.channels()[0][0]), (2000, 2000.0));
        let stopped_early = counting(1500, 100);
        assert_eq!(prepared.cut(&stopped_early).frames(), 500);
        let much_too_short = counting(10, 100);
        assert_eq!(prepared.cut(&much_too_short).frames(), 0);
    }

    #[test]
    fn an_empty_source_stays_empty() {
        let prepared = loop_assist(&AudioBuffer::silent(2, 0, 44_100), 0, 1.0);
        assert_eq!(prepared.audio.frames(), 0);
    }
}
