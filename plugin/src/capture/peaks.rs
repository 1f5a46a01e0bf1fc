use crate::audition::PEAK_BUCKET_FRAMES;

/// Folds samples into min/max pairs, all channels together.
#[derive(Debug)]
pub(super) struct PeakFold {
    bucket_frames: usize,
    ready: Vec<(f32, f32)>,
    open: Option<(f32, f32)>,
    open_frames: usize,
}

impl Default for PeakFold {
    fn default() -> Self {
        Self::of(PEAK_BUCKET_FRAMES)
    }
}

impl PeakFold {
    pub(super) fn of(bucket_frames: usize) -> Self {
        Self {
            bucket_frames,
            ready: Vec::new(),
            open: None,
            open_frames: 0,
        }
    }

    /// Frames `range` of `planar`, which holds `channels` channels one after the other.
    pub(super) fn add(&mut self, planar: &[f32], channels: usize, range: std::ops::Range<usize>) {
        let channel_len = planar.len() / channels.max(1);
        for frame in range {
            let (mut low, mut high) = self.open.unwrap_or((f32::INFINITY, f32::NEG_INFINITY));
            for channel in 0..channels {
                let sample = planar[channel * channel_len + frame];
                low = low.min(sample);
                high = high.max(sample);
            }
            self.close_frame((low, high));
        }
    }

    pub(super) fn add_silence(&mut self, frames: u64) {
        for _ in 0..frames {
            let (low, high) = self.open.unwrap_or((0.0, 0.0));
            self.close_frame((low.min(0.0), high.max(0.0)));
        }
    }

    fn close_frame(&mut self, pair: (f32, f32)) {
        self.open = Some(pair);
        self.open_frames += 1;
        if self.open_frames == self.bucket_frames {
            self.ready.extend(self.open.take());
            self.open_frames = 0;
        }
    }

    /// The pairs completed since the last call.
    pub(super) fn take_ready(&mut self) -> Vec<(f32, f32)> {
        std::mem::take(&mut self.ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_all_channels_and_keeps_the_open_bucket() {
        let mut fold = PeakFold::default();
        let mut planar = vec![0.1; 2 * 300];
        planar[7] = -0.5; // left
        planar[300 + 9] = 0.75; // right
        fold.add(&planar, 2, 0..300);
        assert_eq!(fold.take_ready(), [(-0.5, 0.75)]);
        fold.add_silence(212);
        assert_eq!(fold.take_ready(), [(0.0, 0.1)]);
        assert!(fold.take_ready().is_empty());
    }
}
