//! A room: early reflections into eight delays that feed each other.

use super::{canvas::Canvas, voices::Filter, watch::Watch};
use crate::engine::EngineError;

/// What room, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Seconds to fall by 60 dB.
    pub decay_secs: f32,
    /// 0.3 a booth … 1.5 a hall.
    pub size: f32,
    /// How dull the walls are, 0–1.
    pub damping: f32,
    pub pre_delay_secs: f32,
    /// Level of the reverberation beside the dry sound.
    pub wet: f32,
}

/// Milliseconds, sharing no common factor worth hearing.
const DELAYS_MS: [f32; 8] = [29.7, 37.1, 41.1, 43.7, 53.3, 59.9, 67.1, 73.3];
/// (milliseconds, gain left, gain right) of the first echoes.
const EARLY: [(f32, f32, f32); 6] = [
    (7.1, 0.5, 0.2),
    (11.3, 0.18, 0.46),
    (17.9, 0.38, 0.14),
    (23.3, 0.12, 0.34),
    (31.1, 0.22, 0.1),
    (38.9, 0.08, 0.2),
];
/// Frames between two looks at the watch.
const BLOCK: usize = 8192;

/// Adds the room to what is on the canvas.
///
/// # Errors
/// `Cancelled` when the watch says so.
pub fn add(room: &Room, canvas: &mut Canvas, watch: &Watch) -> Result<(), EngineError> {
    let rate_hz = canvas.rate_hz;
    let mut lines = Lines::new(room, rate_hz);
    let mut early = Early::new(room, rate_hz);
    let mut low_cut = [Filter::high_pass(180.0, 0.7, rate_hz); 2];
    for from in (0..canvas.frames()).step_by(BLOCK) {
        watch.check()?;
        let to = (from + BLOCK).min(canvas.frames());
        for i in from..to {
            let dry = [canvas.left[i], canvas.right[i]];
            let send = [low_cut[0].run(dry[0]), low_cut[1].run(dry[1])];
            let first = early.next(send);
            let tail = lines.next([send[0] + 0.5 * first[0], send[1] + 0.5 * first[1]]);
            canvas.left[i] = dry[0] + room.wet * (0.8 * first[0] + tail[0]);
            canvas.right[i] = dry[1] + room.wet * (0.8 * first[1] + tail[1]);
        }
    }
    Ok(())
}

struct Early {
    line: Vec<f32>,
    at: usize,
    taps: [(usize, f32, f32); 6],
}

impl Early {
    fn new(room: &Room, rate_hz: f32) -> Self {
        let frames = |ms: f32| ((room.pre_delay_secs + ms * room.size / 1000.0) * rate_hz) as usize;
        let taps = EARLY.map(|(ms, l, r)| (frames(ms).max(1), l, r));
        let longest = taps.iter().map(|t| t.0).max().unwrap_or(1);
        Self {
            line: vec![0.0; longest + 1],
            at: 0,
            taps,
        }
    }

    fn next(&mut self, input: [f32; 2]) -> [f32; 2] {
        let length = self.line.len();
        self.line[self.at] = 0.5 * (input[0] + input[1]);
        let mut out = [0.0; 2];
        for (delay, l, r) in self.taps {
            let s = self.line[(self.at + length - delay) % length];
            out[0] += s * l;
            out[1] += s * r;
        }
        self.at = (self.at + 1) % length;
        out
    }
}

struct Line {
    line: Vec<f32>,
    at: usize,
    feedback: f32,
    dull: f32,
}

struct Lines {
    lines: [Line; 8],
    damping: f32,
}

impl Lines {
    fn new(room: &Room, rate_hz: f32) -> Self {
        let lines = DELAYS_MS.map(|ms| {
            let secs = ms * room.size / 1000.0;
            Line {
                line: vec![0.0; ((secs * rate_hz) as usize).max(2)],
                at: 0,
                feedback: 10.0f32.powf(-3.0 * secs / room.decay_secs.max(0.05)),
                dull: 0.0,
            }
        });
        // The same walls at every rate: one pole whose corner falls with the damping.
        let corner = 12000.0 * (1.0 - 0.8 * room.damping);
        Self {
            lines,
            damping: (-std::f32::consts::TAU * corner / rate_hz).exp(),
        }
    }

    fn next(&mut self, input: [f32; 2]) -> [f32; 2] {
        let mut heard = [0.0; 8];
        for (h, line) in heard.iter_mut().zip(&mut self.lines) {
            let out = line.line[line.at];
            line.dull = out + self.damping * (line.dull - out);
            *h = line.dull * line.feedback;
        }
        // Householder: every delay feeds every other, losing nothing.
        let shared = heard.iter().sum::<f32>() * 0.25;
        let mut out = [0.0; 2];
        for (k, line) in self.lines.iter_mut().enumerate() {
            let sign = if k % 4 < 2 { 1.0 } else { -1.0 };
            out[k % 2] += sign * heard[k] * 0.9;
            line.line[line.at] = heard[k] - shared + input[k % 2] * 0.5;
            line.at += 1;
            if line.at == line.line.len() {
                line.at = 0;
            }
        }
        out
    }
}
