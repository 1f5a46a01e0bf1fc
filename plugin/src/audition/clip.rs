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
}

impl Clip {
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// The same audio at another place and gain.
    pub fn placed(&self, start_samples: i64, gain: f32) -> Self {
        Self {
            channels: Arc::clone(&self.channels),
            start_samples,
            gain,
        }
    }
}

/// All that should sound now; replaced as a whole, the old one is freed off the audio thread.
#[derive(Debug, Clone, Default)]
pub struct ClipSet {
    pub clips: Vec<Arc<Clip>>,
    /// Silences the input while a stem is soloed.
    pub mute_input: bool,
}
