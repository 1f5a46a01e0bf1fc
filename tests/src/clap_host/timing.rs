//! What a call of `process` costs, with as little of the host around it as can be.

use super::{Song, audio::Audio};
use anyhow::{Result, anyhow, ensure};
use clack_host::prelude::*;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// One reading of the clock covers so many copies: a single one would be shorter than the reading.
const COPIES: u32 = 16;

/// How fast blocks come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// At most; 1 is as in a playing host.
    pub times_real_time: f64,
}

/// One value per block, in the order played.
#[derive(Debug, Clone, Default)]
pub struct BlockTimes {
    /// The plugin's `process`, called through CLAP, in seconds. Reading the clock is in it.
    pub process_secs: Vec<f64>,
    /// Copying the same block from one buffer to another, in seconds.
    pub copy_secs: Vec<f64>,
}

/// A block's buffers, made before the first block and used for all.
struct Buffers {
    heard: Vec<Vec<f32>>,
    made: Vec<Vec<f32>>,
    copied: Vec<Vec<f32>>,
}

impl Buffers {
    fn new(channels: usize, frames: usize) -> Self {
        let silent = || vec![vec![0.0; frames]; channels];
        Self {
            heard: silent(),
            made: silent(),
            copied: silent(),
        }
    }
}

/// Seconds that copying a block, `[channel][frame]`, takes; both buffers have its shape.
pub fn time_copy(from: &[Vec<f32>], to: &mut [Vec<f32>]) -> f64 {
    let begun = Instant::now();
    for _ in 0..COPIES {
        for (to, from) in to.iter_mut().zip(from) {
            to.copy_from_slice(black_box(from));
        }
        black_box(&mut *to);
    }
    begun.elapsed().as_secs_f64() / f64::from(COPIES)
}

impl Audio {
    /// See [`Host::time_blocks`](super::Host::time_blocks).
    pub fn time_blocks(
        &mut self,
        song: &mut Song,
        input: &[Vec<f32>],
        block_frames: usize,
        pace: Pace,
    ) -> Result<BlockTimes> {
        ensure!(
            input.len() == self.channels && block_frames > 0,
            "{} channels and blocks of at least one frame wanted",
            self.channels
        );
        let blocks = input.first().map_or(0, Vec::len) / block_frames;
        let block_secs = block_frames as f64 / f64::from(song.sample_rate_hz);
        let mut buffers = Buffers::new(self.channels, block_frames);
        let mut ports = [(); 2].map(|()| AudioPorts::with_capacity(self.channels, 1));
        let mut times = BlockTimes {
            process_secs: Vec::with_capacity(blocks),
            copy_secs: Vec::with_capacity(blocks),
        };
        let started = Instant::now();
        for block in 0..blocks {
            let from = block * block_frames;
            for (heard, whole) in buffers.heard.iter_mut().zip(input) {
                heard.copy_from_slice(&whole[from..from + block_frames]);
            }
            let secs = self.time_process(song, &mut buffers, &mut ports)?;
            times.process_secs.push(secs);
            let copy_secs = time_copy(&buffers.heard, &mut buffers.copied);
            times.copy_secs.push(copy_secs);
            song.advance(block_frames);
            let due_secs = (block + 1) as f64 * block_secs / pace.times_real_time;
            std::thread::sleep(Duration::from_secs_f64(due_secs).saturating_sub(started.elapsed()));
        }
        Ok(times)
    }

    fn time_process(
        &mut self,
        song: &Song,
        buffers: &mut Buffers,
        [in_ports, out_ports]: &mut [AudioPorts; 2],
    ) -> Result<f64> {
        let frames = buffers.heard.first().map_or(0, Vec::len);
        let inputs = in_ports.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                buffers.heard.iter_mut().map(InputChannel::variable),
            ),
        }]);
        let mut outputs = out_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                buffers.made.iter_mut().map(Vec::as_mut_slice),
            ),
        }]);
        let (none, mut told) = (EventBuffer::new(), EventBuffer::new());
        let (none, mut told) = (
            InputEvents::from_buffer(&none),
            OutputEvents::from_buffer(&mut told),
        );
        let (at, transport) = (Some(self.steady_frames), song.event());
        let begun = Instant::now();
        let processed = self.processor.process(
            &inputs,
            &mut outputs,
            &none,
            &mut told,
            at,
            Some(&transport),
        );
        let secs = begun.elapsed().as_secs_f64();
        processed.map_err(|e| anyhow!("processing failed: {e}"))?;
        self.steady_frames += frames as u64;
        Ok(secs)
    }
}
