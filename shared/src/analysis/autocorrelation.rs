//! How like itself a curve is after each delay.

use realfft::RealFftPlanner;

/// The autocorrelation of `values` less their mean, for lags `0..=max_lag`, each divided by the
/// number of pairs it is summed over; 1 at lag 0 (all zeros for a constant). Computed through the
/// power spectrum (Wiener–Khinchin), so the cost is `n log n`.
pub(super) fn autocorrelation(values: &[f32], max_lag: usize) -> Vec<f32> {
    let len = values.len();
    let max_lag = max_lag.min(len.saturating_sub(1));
    let size = (len + max_lag + 1).next_power_of_two().max(2);
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (
        planner.plan_fft_forward(size),
        planner.plan_fft_inverse(size),
    );
    let mean = values.iter().sum::<f32>() / len.max(1) as f32;
    let mut input = forward.make_input_vec();
    for (to, v) in input.iter_mut().zip(values) {
        *to = v - mean;
    }
    let mut spectrum = forward.make_output_vec();
    forward
        .process(&mut input, &mut spectrum)
        .expect("the buffers were made by the plan, so their lengths fit");
    for bin in &mut spectrum {
        *bin = bin.norm_sqr().into();
    }
    let mut lags = inverse.make_output_vec();
    inverse
        .process(&mut spectrum, &mut lags)
        .expect("the power spectrum is real and the buffers were made by the plan");
    let zero = lags[0];
    if zero <= f32::MIN_POSITIVE {
        return vec![0.0; max_lag + 1];
    }
    let pairs = |lag: usize| len as f32 / (len - lag) as f32;
    (0..=max_lag)
        .map(|lag| lags[lag] / zero * pairs(lag))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_train_is_like_itself_at_its_period() {
        let values: Vec<f32> = (0..500).map(|i| f32::from(u8::from(i % 20 == 3))).collect();
        let lags = autocorrelation(&values, 100);
        assert!((lags[0] - 1.0).abs() < 1e-4);
        assert!(lags[20] > 0.95 && lags[40] > 0.95 && lags[10] < 0.0);
    }

    #[test]
    fn nothing_and_constants_have_no_period() {
        assert!(autocorrelation(&[], 5).iter().all(|v| *v == 0.0));
        assert!(
            autocorrelation(&[2.0; 50], 9)
                .iter()
                .all(|v| v.abs() < 1e-3)
        );
    }
}
