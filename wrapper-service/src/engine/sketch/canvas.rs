//! The stereo surface that voices are drawn on.

use std::f32::consts::FRAC_PI_4;

/// Two channels at the rendering rate.
#[derive(Debug, Clone)]
pub struct Canvas {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    pub rate_hz: f32,
}

impl Canvas {
    pub fn new(frames: usize, rate_hz: f32) -> Self {
        Self {
            left: vec![0.0; frames],
            right: vec![0.0; frames],
            rate_hz,
        }
    }

    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// The frame nearest to a time.
    pub fn frame_at(&self, secs: f64) -> usize {
        (secs * f64::from(self.rate_hz)).round().max(0.0) as usize
    }

    /// Adds a mono sound at `frame` with equal-power panning; what lies beyond the end is dropped.
    pub fn add_mono(&mut self, frame: usize, sound: &[f32], gain: f32, pan: f32) {
        let angle = (pan.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4;
        let (l, r) = (gain * angle.cos(), gain * angle.sin());
        let from = frame.min(self.frames());
        let outs = self.left[from..].iter_mut().zip(&mut self.right[from..]);
        for ((left, right), s) in outs.zip(sound) {
            *left += s * l;
            *right += s * r;
        }
    }

    /// Adds a stereo sound, each channel with its own gain.
    pub fn add_stereo(&mut self, frame: usize, sound: &[[f32; 2]], gains: [f32; 2]) {
        let from = frame.min(self.frames());
        let outs = self.left[from..].iter_mut().zip(&mut self.right[from..]);
        for ((left, right), s) in outs.zip(sound) {
            *left += s[0] * gains[0];
            *right += s[1] * gains[1];
        }
    }

    pub fn channels_mut(&mut self) -> [&mut [f32]; 2] {
        [&mut self.left, &mut self.right]
    }

    /// The largest absolute sample.
    pub fn peak(&self) -> f32 {
        let all = self.left.iter().chain(&self.right);
        all.fold(0.0, |peak, s| peak.max(s.abs()))
    }

    pub fn scale(&mut self, gain: f32) {
        for channel in self.channels_mut() {
            channel.iter_mut().for_each(|s| *s *= gain);
        }
    }
}
