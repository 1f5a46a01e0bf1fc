//! Real files, made and read by other programs too: `ffmpeg`, `ffprobe`, `mediainfo`, `flac`.

mod damaged;
mod encoded;
mod formats;

use sideman_shared::audio::{
    AudioBuffer,
    wav::{self, SampleKind},
};
use std::{path::Path, process::Command};

/// Low-passed noise that never repeats: its correlation has one sharp peak, and lossy codecs keep it.
fn noise(channels: usize, frames: usize, rate_hz: u32) -> AudioBuffer {
    let channel = |seed: u32| {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut smooth = 0.0_f32;
        let smoothing = (6000.0 / rate_hz as f32).min(0.5);
        let mut samples = Vec::with_capacity(frames);
        for _ in 0..frames {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = state as i32 as f32 / i32::MAX as f32;
            smooth += smoothing * (white - smooth);
            samples.push(smooth * 0.7);
        }
        samples
    };
    AudioBuffer::new((0..channels as u32).map(channel).collect(), rate_hz).unwrap()
}

fn write_wav(path: &Path, audio: &AudioBuffer, kind: SampleKind) {
    wav::write(path, audio, kind, None).unwrap();
}

/// Runs a program that the tests need and returns what it printed.
fn output_of(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|e| {
            panic!("{program} is needed by this test ({e}); install ffmpeg, flac and mediainfo")
        });
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {errors}");
    text
}

fn ffmpeg(from: &Path, options: &[&str], to: &Path) {
    let mut args = vec!["-v", "error", "-y", "-i", text(from)];
    args.extend_from_slice(options);
    args.push(text(to));
    output_of("ffmpeg", &args);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The shift of `b` against `a`, in frames, at which they agree best; positive when `b` is late.
fn lag(a: &[f32], b: &[f32]) -> i64 {
    const FARTHEST: i64 = 2500;
    let middle = (a.len().min(b.len()) / 2) as i64;
    let reach = (middle - 1).min(4500);
    let agreement = |lag: i64| -> f64 {
        (middle - reach + FARTHEST.min(reach)..middle + reach - FARTHEST.min(reach))
            .map(|i| f64::from(a[i as usize]) * f64::from(b[(i + lag) as usize]))
            .sum()
    };
    (-FARTHEST.min(reach)..=FARTHEST.min(reach))
        .max_by(|x, y| agreement(*x).total_cmp(&agreement(*y)))
        .unwrap()
}

/// Root mean square of the difference over that of `a`.
fn relative_error(a: &[f32], b: &[f32]) -> f64 {
    let energy = |s: &mut dyn Iterator<Item = f64>| s.map(|x| x * x).sum::<f64>();
    let difference = energy(&mut a.iter().zip(b).map(|(x, y)| f64::from(x - y)));
    (difference / energy(&mut a.iter().map(|&x| f64::from(x)))).sqrt()
}
