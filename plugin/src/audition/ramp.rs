/// A value that goes to its target in a straight line and then stands on it exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ramp {
    value: f32,
    target: f32,
    step: f32,
}

impl Ramp {
    pub(super) fn at(value: f32) -> Self {
        Self {
            value,
            target: value,
            step: 0.0,
        }
    }

    /// Heads for `target`, to be reached after `frames` frames.
    pub(super) fn head_for(&mut self, target: f32, frames: usize) {
        if target != self.target {
            self.target = target;
            self.step = (target - self.value) / frames.max(1) as f32;
        }
    }

    pub(super) fn stands_at(&self, value: f32) -> bool {
        self.value == value && self.target == value
    }

    /// The values of the next frames; moves on by as many.
    pub(super) fn fill(&mut self, values: &mut [f32]) {
        if self.value == self.target {
            values.fill(self.value);
        } else {
            values.fill_with(|| self.next());
        }
    }

    /// This frame's value; moves on by one frame.
    pub(super) fn next(&mut self) -> f32 {
        let now = self.value;
        let ahead = self.value + self.step;
        let arrives = (self.target - ahead) * self.step <= 0.0;
        self.value = if arrives { self.target } else { ahead };
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrives_exactly_and_in_small_steps() {
        for (from, to, frames) in [
            (0.0, 1.0, 240),
            (1.0, 0.0, 7),
            (0.3, 0.7, 1),
            (0.5, 0.5, 10),
        ] {
            let mut ramp = Ramp::at(from);
            ramp.head_for(to, frames);
            let mut values = vec![0.0; frames + 2];
            let (first, others) = values.split_at_mut(frames.min(3));
            ramp.fill(first);
            ramp.fill(others);
            assert!(ramp.stands_at(to));
            assert_eq!((values[0], values[frames + 1]), (from, to));
            let largest = values
                .windows(2)
                .map(|w| (w[1] - w[0]).abs())
                .fold(0.0, f32::max);
            assert!(largest <= 1.01 * (to - from).abs() / frames as f32 + f32::EPSILON);
        }
    }
}
