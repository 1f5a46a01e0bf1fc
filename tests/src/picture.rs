//! A PNG of waveforms, one lane each, with bar lines: what a producer would look at first.

use anyhow::{Context, Result};
use sideman_shared::audio::AudioBuffer;
use std::{fs::File, io::BufWriter, path::Path};

const WIDTH: usize = 1600;
const LANE_HEIGHT: usize = 180;
const GAP: usize = 10;

type Rgb = [u8; 3];
const BACKGROUND: Rgb = [18, 20, 26];
const LANE: Rgb = [28, 31, 40];
const BAR_LINE: Rgb = [58, 64, 80];
/// The source is grey, stems take turns.
const COLOURS: [Rgb; 5] = [
    [150, 158, 176],
    [255, 176, 84],
    [104, 196, 255],
    [150, 220, 130],
    [226, 140, 220],
];

/// Draws the lanes from top to bottom, all on the time axis of the longest.
///
/// `bar_secs` draws a line at each bar from the first frame on.
///
/// # Errors
/// When `path` cannot be written.
pub fn draw(lanes: &[&AudioBuffer], bar_secs: Option<f64>, path: &Path) -> Result<()> {
    let height = lanes.len() * (LANE_HEIGHT + GAP) + GAP;
    let mut canvas = Canvas {
        pixels: [BACKGROUND; WIDTH].repeat(height),
    };
    let length_secs = lanes
        .iter()
        .map(|l| l.duration_secs())
        .fold(0.001, f64::max);
    for (i, lane) in lanes.iter().enumerate() {
        let top = GAP + i * (LANE_HEIGHT + GAP);
        canvas.lane(top, bar_secs.map(|secs| secs / length_secs));
        canvas.waveform(
            top,
            lane,
            length_secs,
            COLOURS[if i == 0 { 0 } else { 1 + (i - 1) % 4 }],
        );
    }
    canvas.write(path, height)
}

struct Canvas {
    pixels: Vec<Rgb>,
}

impl Canvas {
    fn vertical(&mut self, x: usize, top: usize, bottom: usize, colour: Rgb) {
        for y in top..=bottom {
            self.pixels[y * WIDTH + x] = colour;
        }
    }

    fn lane(&mut self, top: usize, bar_of_width: Option<f64>) {
        for x in 0..WIDTH {
            self.vertical(x, top, top + LANE_HEIGHT - 1, LANE);
        }
        let step = bar_of_width
            .map(|b| b * WIDTH as f64)
            .filter(|step| *step >= 4.0);
        let mut x = 0.0;
        while let Some(step) = step.filter(|_| x < WIDTH as f64) {
            self.vertical(x as usize, top, top + LANE_HEIGHT - 1, BAR_LINE);
            x += step;
        }
    }

    fn waveform(&mut self, top: usize, lane: &AudioBuffer, length_secs: f64, colour: Rgb) {
        let mono = lane.to_mono();
        let frames_per_pixel = length_secs * f64::from(lane.sample_rate_hz()) / WIDTH as f64;
        let middle = (top + LANE_HEIGHT / 2) as f32;
        let half = (LANE_HEIGHT / 2 - 4) as f32;
        for x in 0..WIDTH {
            let from = (x as f64 * frames_per_pixel) as usize;
            let to = (((x + 1) as f64 * frames_per_pixel) as usize)
                .max(from + 1)
                .min(mono.len());
            if from >= to {
                break;
            }
            let (low, high) = mono[from..to]
                .iter()
                .fold((0.0f32, 0.0f32), |(l, h), s| (l.min(*s), h.max(*s)));
            let y = |value: f32| (middle - value.clamp(-1.0, 1.0) * half) as usize;
            self.vertical(x, y(high), y(low), colour);
        }
    }

    fn write(&self, path: &Path, height: usize) -> Result<()> {
        let file =
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), WIDTH as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .write_header()?
            .write_image_data(self.pixels.as_flattened())?;
        Ok(())
    }
}
