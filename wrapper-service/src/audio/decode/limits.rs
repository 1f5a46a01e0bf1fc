use crate::audio::AudioError;

/// What a source may be; checked while reading, not after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AudioLimits {
    pub min_secs: f64,
    pub max_secs: f64,
    pub max_channels: u16,
    pub min_rate_hz: u32,
    pub max_rate_hz: u32,
}

impl Default for AudioLimits {
    fn default() -> Self {
        Self {
            min_secs: 0.5,
            max_secs: 600.0,
            max_channels: 8,
            min_rate_hz: 8_000,
            max_rate_hz: 192_000,
        }
    }
}

/// What a file holds, counted by decoding it (headers lie).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    pub frames: u64,
    pub sample_rate_hz: u32,
    /// As in the file, before mixing to stereo.
    pub channels: u16,
}

impl Probe {
    pub fn duration_secs(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}

impl AudioLimits {
    pub(super) fn check_rate(&self, rate_hz: u32) -> Result<(), AudioError> {
        if (self.min_rate_hz..=self.max_rate_hz).contains(&rate_hz) {
            return Ok(());
        }
        Err(AudioError::Unreadable(format!(
            "its sample rate is {rate_hz} Hz; {} to {} Hz are accepted, please export it again",
            self.min_rate_hz, self.max_rate_hz
        )))
    }

    pub(super) fn check_channels(&self, channels: usize) -> Result<(), AudioError> {
        if (1..=usize::from(self.max_channels)).contains(&channels) {
            return Ok(());
        }
        Err(AudioError::Unreadable(format!(
            "it has {channels} channels; 1 to {} are accepted, please export it in stereo",
            self.max_channels
        )))
    }

    /// `frames` may still be growing: call it early and often.
    pub(super) fn check_not_too_long(&self, frames: u64, rate_hz: u32) -> Result<(), AudioError> {
        let secs = frames as f64 / f64::from(rate_hz.max(1));
        if secs <= self.max_secs {
            return Ok(());
        }
        Err(AudioError::TooLong {
            secs,
            max_secs: self.max_secs,
        })
    }

    pub(super) fn check_not_too_short(&self, probe: &Probe) -> Result<(), AudioError> {
        let secs = probe.duration_secs();
        if secs >= self.min_secs {
            return Ok(());
        }
        Err(AudioError::TooShort {
            secs,
            min_secs: self.min_secs,
        })
    }
}
