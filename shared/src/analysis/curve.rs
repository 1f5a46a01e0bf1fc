//! A value that changes over time, sampled evenly.

/// `values[i]` holds at `first_secs + i * hop_secs`; outside its values the curve is 0.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub values: Vec<f32>,
    pub hop_secs: f64,
    /// May lie before the clip.
    pub first_secs: f64,
}

impl Curve {
    pub fn secs(&self, index: usize) -> f64 {
        self.first_secs + index as f64 * self.hop_secs
    }

    pub fn end_secs(&self) -> f64 {
        self.secs(self.values.len())
    }

    /// Straight line between the two neighbours.
    pub fn at(&self, secs: f64) -> f32 {
        let position = (secs - self.first_secs) / self.hop_secs;
        if position < 0.0 {
            return 0.0;
        }
        let index = position as usize;
        let value = |i: usize| self.values.get(i).copied().unwrap_or(0.0);
        let share = (position - index as f64) as f32;
        value(index) * (1.0 - share) + value(index + 1) * share
    }

    /// The largest value within `reach_secs` of `secs`.
    pub fn max_near(&self, secs: f64, reach_secs: f64) -> f32 {
        let index = |t: f64| ((t - self.first_secs) / self.hop_secs).round();
        let from = index(secs - reach_secs).max(0.0) as usize;
        let to = (index(secs + reach_secs) + 1.0).max(0.0) as usize;
        let to = to.min(self.values.len());
        let near = self.values.get(from..to).unwrap_or(&[]);
        near.iter().fold(0.0, |max, v| max.max(*v))
    }

    /// What rises above the mean of the surrounding `2 * reach_secs`, scaled so that the root mean
    /// square is 1 (all zeros stay zeros).
    pub fn above_local_mean(mut self, reach_secs: f64) -> Self {
        let reach = (reach_secs / self.hop_secs).round().max(1.0) as usize;
        let mut sums = Vec::with_capacity(self.values.len() + 1);
        sums.push(0.0_f64);
        for v in &self.values {
            sums.push(sums[sums.len() - 1] + f64::from(*v));
        }
        let len = self.values.len();
        for (i, v) in self.values.iter_mut().enumerate() {
            let (from, to) = (i.saturating_sub(reach), (i + reach + 1).min(len));
            let mean = (sums[to] - sums[from]) / (to - from) as f64;
            *v = (*v - mean as f32).max(0.0);
        }
        self.scale_to_unit_rms();
        self
    }

    fn scale_to_unit_rms(&mut self) {
        let squares: f64 = self
            .values
            .iter()
            .map(|v| f64::from(*v) * f64::from(*v))
            .sum();
        let rms = (squares / self.values.len().max(1) as f64).sqrt() as f32;
        if rms > 0.0 {
            self.values.iter_mut().for_each(|v| *v /= rms);
        }
    }

    /// The sum of curves that share their times, each with its weight.
    pub fn sum(parts: &[(&Curve, f32)]) -> Option<Curve> {
        let mut sum = parts.first()?.0.clone();
        sum.values.fill(0.0);
        for (part, weight) in parts {
            for (s, v) in sum.values.iter_mut().zip(&part.values) {
                *s += v * weight;
            }
        }
        Some(sum)
    }
}

/// Smooths in place with a Gaussian of `sigma` steps; `ring` joins the end to the beginning.
pub(super) fn smooth(values: &mut [f32], sigma: f64, ring: bool) {
    let reach = (3.0 * sigma).ceil() as i64;
    let kernel: Vec<f32> = (-reach..=reach)
        .map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp() as f32)
        .collect();
    let total: f32 = kernel.iter().sum();
    let source = values.to_vec();
    let len = source.len() as i64;
    for (i, out) in values.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (k, weight) in (-reach..=reach).zip(&kernel) {
            let at = i as i64 + k;
            let at = if ring { at.rem_euclid(len) } else { at };
            if (0..len).contains(&at) {
                sum += source[at as usize] * weight;
            }
        }
        *out = sum / total;
    }
}

/// How far (−0.5..0.5 steps) the top of the parabola through three values lies from the middle.
pub(super) fn parabola_top(before: f32, middle: f32, after: f32) -> f64 {
    let bend = f64::from(before) - 2.0 * f64::from(middle) + f64::from(after);
    if bend >= 0.0 {
        return 0.0;
    }
    (0.5 * (f64::from(before) - f64::from(after)) / bend).clamp(-0.5, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Curve {
        Curve {
            values: vec![0.0, 1.0, 2.0, 3.0],
            hop_secs: 0.1,
            first_secs: -0.1,
        }
    }

    #[test]
    fn reads_between_its_values_and_nothing_outside() {
        assert!((ramp().at(0.05) - 1.5).abs() < 1e-6);
        assert_eq!((ramp().at(-0.2), ramp().at(9.0)), (0.0, 0.0));
        assert_eq!(ramp().max_near(0.0, 0.11), 2.0);
        assert_eq!(ramp().max_near(50.0, 0.1), 0.0);
    }

    #[test]
    fn a_parabola_is_topped_between_samples() {
        let top = |x: f32| 1.0 - (x - 0.3) * (x - 0.3);
        assert!((parabola_top(top(-1.0), top(0.0), top(1.0)) - 0.3).abs() < 1e-6);
        assert_eq!(parabola_top(1.0, 0.0, 1.0), 0.0);
    }

    #[test]
    fn smoothing_keeps_the_sum_on_a_ring() {
        let mut values = vec![0.0; 40];
        values[0] = 1.0;
        smooth(&mut values, 2.0, true);
        assert!((values.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(values[39] > 0.1);
    }
}
