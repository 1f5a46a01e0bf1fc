/// Planar audio: `channels[channel][frame]`, nominally −1..1; every channel has the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AudioBuffer {
    channels: Vec<Vec<f32>>,
    sample_rate_hz: u32,
}

impl AudioBuffer {
    /// `None` unless there is at least one channel, all of one length, and a rate above 0.
    pub fn new(channels: Vec<Vec<f32>>, sample_rate_hz: u32) -> Option<Self> {
        let frames = channels.first()?.len();
        (sample_rate_hz > 0 && channels.iter().all(|c| c.len() == frames)).then_some(Self {
            channels,
            sample_rate_hz,
        })
    }

    pub fn silent(channels: usize, frames: usize, sample_rate_hz: u32) -> Self {
        Self {
            channels: vec![vec![0.0; frames]; channels.max(1)],
            sample_rate_hz: sample_rate_hz.max(1),
        }
    }

    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// The samples for writing in place; lengths cannot be changed through slices.
    pub fn channels_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.channels.iter_mut().map(Vec::as_mut_slice)
    }

    pub fn into_channels(self) -> Vec<Vec<f32>> {
        self.channels
    }

    pub fn channel_count(&self) -> usize {
        self.channels.len()
    }

    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    pub fn duration_secs(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    /// The mean of all channels, one value per frame.
    pub fn to_mono(&self) -> Vec<f32> {
        let gain = 1.0 / self.channels.len().max(1) as f32;
        (0..self.frames())
            .map(|i| self.channels.iter().map(|c| c[i]).sum::<f32>() * gain)
            .collect()
    }

    /// The largest absolute sample, 0 for silence.
    pub fn peak(&self) -> f32 {
        self.channels
            .iter()
            .flatten()
            .fold(0.0, |peak, s| peak.max(s.abs()))
    }
}
