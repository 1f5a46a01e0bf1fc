use std::sync::Arc;

/// Frames that one min/max pair of a waveform overview stands for.
pub const PEAK_BUCKET_FRAMES: usize = 256;

/// A decoded stem or take, at the host's sample rate, ready to be played. Immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// `[channel][frame]`, 1 or 2 channels, at the rate the plugin was activated with. Shared, so that
    /// a new gain or place does not copy the audio.
    pub channels: Arc<Vec<Vec<f32>>>,
    /// Song position of frame 0 in frames at the host's rate; 0 when the take had no position.
    pub start_samples: i64,
    /// Linear, from the row's gain slider.
    pub gain: f32,
    /// How many of the first and last frames rise from and fall to silence, in a straight line.
    pub fade_in_frames: usize,
    pub fade_out_frames: usize,
}

impl Clip {
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Not yet placed: at the song's start, at full level, without fades.
    pub fn new(channels: Vec<Vec<f32>>) -> Self {
        Self {
            channels: Arc::new(channels),
            start_samples: 0,
            gain: 1.0,
            fade_in_frames: 0,
            fade_out_frames: 0,
        }
    }

    /// The level of one frame by the clip's own fades, 0–1.
    pub(super) fn fade_at(&self, frame: usize) -> f32 {
        let ramp = |distance: usize, frames: usize| {
            if distance >= frames {
                1.0
            } else {
                (distance as f32 + 0.5) / frames as f32
            }
        };
        let left = self.frames().saturating_sub(frame + 1);
        ramp(frame, self.fade_in_frames) * ramp(left, self.fade_out_frames)
    }

    /// Whether any of these frames lies in a fade.
    pub(super) fn fades_within(&self, from: usize, frames: usize) -> bool {
        let sustained_to = self.frames().saturating_sub(self.fade_out_frames);
        from < self.fade_in_frames || from + frames > sustained_to
    }
}

/// All that should sound now; replaced as a whole, the old one is freed off the audio thread.
#[derive(Debug, Clone, Default)]
pub struct ClipSet {
    pub clips: Vec<Arc<Clip>>,
    /// Silences the input while a stem is soloed.
    pub mute_input: bool,
}
