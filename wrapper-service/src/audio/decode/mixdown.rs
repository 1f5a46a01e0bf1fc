use symphonia::core::audio::{Channels, Position};

/// Minus 3 dB: a channel heard from two loudspeakers, or from behind.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Mono and stereo as they are; more channels to stereo by the coefficients of ITU-R BS.775, scaled so
/// that full-scale input cannot clip. The low-frequency channel is left out, as that standard advises.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixdown {
    /// Per input channel: its gain to the left and to the right; `None` copies channels as they are.
    gains: Option<Vec<[f32; 2]>>,
    channels_in: usize,
}

impl Mixdown {
    pub(super) fn new(layout: &Channels) -> Self {
        let channels_in = layout.count();
        if channels_in <= 2 {
            return Self {
                gains: None,
                channels_in,
            };
        }
        let mut gains: Vec<[f32; 2]> = match layout {
            // In the order of the bits, which is the order of the channels.
            Channels::Positioned(all) => all.iter().map(position_gain).collect(),
            // No loudspeakers are named: odd ones left, even ones right.
            _ => (0..channels_in)
                .map(|c| if c % 2 == 0 { [1.0, 0.0] } else { [0.0, 1.0] })
                .collect(),
        };
        let loudest = [0, 1].map(|side| gains.iter().map(|g| g[side]).sum::<f32>());
        let scale = 1.0 / loudest[0].max(loudest[1]).max(1.0);
        for gain in gains.iter_mut().flatten() {
            *gain *= scale;
        }
        Self {
            gains: Some(gains),
            channels_in,
        }
    }

    pub(super) fn channels_out(&self) -> usize {
        self.channels_in.min(2)
    }

    /// Appends `planes[channel][frame]` to `out[channel]`.
    pub(super) fn append(&self, planes: &[Vec<f32>], out: &mut [Vec<f32>]) {
        let Some(gains) = &self.gains else {
            for (plane, out) in planes.iter().zip(out) {
                out.extend_from_slice(plane);
            }
            return;
        };
        for (side, out) in out.iter_mut().enumerate() {
            let start = out.len();
            out.resize(start + planes.first().map_or(0, Vec::len), 0.0);
            for (plane, gain) in planes.iter().zip(gains).filter(|(_, g)| g[side] != 0.0) {
                for (mixed, sample) in out[start..].iter_mut().zip(plane) {
                    *mixed += sample * gain[side];
                }
            }
        }
    }
}

fn position_gain(position: Position) -> [f32; 2] {
    const LEFT: Position = Position::FRONT_LEFT
        .union(Position::FRONT_LEFT_CENTER)
        .union(Position::FRONT_LEFT_WIDE);
    const RIGHT: Position = Position::FRONT_RIGHT
        .union(Position::FRONT_RIGHT_CENTER)
        .union(Position::FRONT_RIGHT_WIDE);
    const LEFT_AROUND: Position = Position::REAR_LEFT
        .union(Position::SIDE_LEFT)
        .union(Position::TOP_FRONT_LEFT)
        .union(Position::TOP_REAR_LEFT)
        .union(Position::TOP_SIDE_LEFT)
        .union(Position::BOTTOM_FRONT_LEFT);
    const RIGHT_AROUND: Position = Position::REAR_RIGHT
        .union(Position::SIDE_RIGHT)
        .union(Position::TOP_FRONT_RIGHT)
        .union(Position::TOP_REAR_RIGHT)
        .union(Position::TOP_SIDE_RIGHT)
        .union(Position::BOTTOM_FRONT_RIGHT);
    const LOW: Position = Position::LFE1.union(Position::LFE2);
    if LEFT.contains(position) {
        [1.0, 0.0]
    } else if RIGHT.contains(position) {
        [0.0, 1.0]
    } else if LEFT_AROUND.contains(position) {
        [HALF_POWER, 0.0]
    } else if RIGHT_AROUND.contains(position) {
        [0.0, HALF_POWER]
    } else if LOW.contains(position) {
        [0.0, 0.0]
    } else {
        [HALF_POWER, HALF_POWER]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(layout: Channels, frame: &[f32]) -> Vec<f32> {
        let mixdown = Mixdown::new(&layout);
        let mut out = vec![Vec::new(); mixdown.channels_out()];
        let planes: Vec<_> = frame.iter().map(|s| vec![*s]).collect();
        mixdown.append(&planes, &mut out);
        out.into_iter().map(|c| c[0]).collect()
    }

    fn five_one() -> Channels {
        Channels::Positioned(Position::from_wave_channel_mask(0x3F).unwrap())
    }

    #[test]
    fn mono_and_stereo_pass_untouched() {
        assert_eq!(mixed(Channels::Discrete(1), &[0.9]), [0.9]);
        assert_eq!(mixed(Channels::Discrete(2), &[0.9, -1.5]), [0.9, -1.5]);
    }

    #[test]
    fn surround_goes_to_its_side_and_never_clips() {
        let scale = 1.0 / (1.0 + 2.0 * HALF_POWER);
        let near = |a: Vec<f32>, b: [f32; 2]| {
            assert!(
                (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6,
                "{a:?} {b:?}"
            );
        };
        let half = HALF_POWER * scale;
        near(
            mixed(five_one(), &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            [scale, 0.0],
        );
        near(
            mixed(five_one(), &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
            [half, half],
        );
        near(
            mixed(five_one(), &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
            [0.0, 0.0],
        );
        near(
            mixed(five_one(), &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
            [0.0, half],
        );
        near(mixed(five_one(), &[1.0; 6]), [1.0, 1.0]);
        near(mixed(Channels::Discrete(4), &[1.0; 4]), [1.0, 1.0]);
    }
}
