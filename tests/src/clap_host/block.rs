//! One block told in full, and the rules that hold for every block whatever is in it.

use super::audio::Audio;
use crate::output::{self, SPARE_FRAMES, UNWRITTEN};
use anyhow::{Result, anyhow, ensure};
use clack_host::{events::event_types::TransportEvent, prelude::*};

/// A block as a host may send it.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    /// `[channel][frame]`.
    pub input: &'a [Vec<f32>],
    /// Input and output share their memory.
    pub in_place: bool,
    /// The host says of these channels that all their frames are alike: a bit for each.
    pub constant: u64,
    pub events: Option<&'a EventBuffer>,
    /// `None`: the host has no transport.
    pub transport: Option<&'a TransportEvent>,
}

impl<'a> Block<'a> {
    /// Without events, transport or hints.
    pub fn of(input: &'a [Vec<f32>]) -> Self {
        Self {
            input,
            in_place: false,
            constant: 0,
            events: None,
            transport: None,
        }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub output: Vec<Vec<f32>>,
    pub status: ProcessStatus,
}

impl Audio {
    /// # Errors
    /// The plugin fails, or breaks one of the rules of every block.
    pub fn send(&mut self, block: &Block) -> Result<Answer> {
        let frames = block.input.first().map_or(0, Vec::len);
        ensure!(block.input.len() == self.channels, "wrong channels");
        let unwritten = vec![f32::from_bits(UNWRITTEN); frames + SPARE_FRAMES];
        let mut heard: Vec<Vec<f32>> = block.input.to_vec();
        for channel in &mut heard {
            channel.resize(frames + SPARE_FRAMES, f32::from_bits(UNWRITTEN));
        }
        let mut made = match block.in_place {
            true => heard.clone(),
            false => vec![unwritten; self.channels],
        };
        let (nothing, mut told) = (EventBuffer::new(), EventBuffer::new());
        let (mut in_ports, mut out_ports) = (
            AudioPorts::with_capacity(self.channels, 1),
            AudioPorts::with_capacity(self.channels, 1),
        );
        let mut outputs = out_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(made.iter_mut().map(Vec::as_mut_slice)),
        }]);
        let inputs = in_ports.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                heard.iter_mut().map(InputChannel::variable),
            ),
        }]);
        let mut raw = match block.in_place {
            true => outputs.as_raw_buffers().to_vec(),
            false => inputs.as_raw_buffers().to_vec(),
        };
        raw[0].constant_mask = block.constant;
        // SAFETY: the pointers lead to `heard` or `made`, which outlive the call and have more frames.
        let inputs = unsafe { InputAudioBuffers::from_raw_buffers(&raw, frames as u32) };
        let status = self
            .processor
            .process(
                &inputs,
                &mut outputs,
                &InputEvents::from_buffer(block.events.unwrap_or(&nothing)),
                &mut OutputEvents::from_buffer(&mut told),
                Some(self.steady_frames),
                block.transport,
            )
            .map_err(|e| anyhow!("processing failed: {e}"))?;
        self.steady_frames += frames as u64;
        let constant = outputs.as_raw_buffers()[0].constant_mask;
        check_input(block, &heard)?;
        check_told(&told, frames)?;
        check_output(block, &made, constant)?;
        for channel in &mut made {
            channel.truncate(frames);
        }
        Ok(Answer {
            output: made,
            status,
        })
    }

    /// Back to silence, as after a jump in the host.
    pub fn reset(&mut self) {
        self.processor.reset();
    }

    pub fn channels(&self) -> usize {
        self.channels
    }
}

/// A plugin does not write into what it hears.
fn check_input(block: &Block, heard: &[Vec<f32>]) -> Result<()> {
    for (before, after) in block.input.iter().zip(heard) {
        let same = before
            .iter()
            .zip(after)
            .all(|(a, b)| a.to_bits() == b.to_bits());
        ensure!(same, "the plugin wrote into its input");
    }
    Ok(())
}

/// What the plugin tells lies inside the block, in order, and is no transport.
fn check_told(told: &EventBuffer, frames: usize) -> Result<()> {
    let mut last = 0;
    for event in told {
        let at = event.header().time();
        ensure!(at >= last, "an event at {at} after one at {last}");
        ensure!(
            (at as usize) < frames.max(1),
            "an event at {at} of {frames}"
        );
        ensure!(
            event.header().type_id() != TransportEvent::TYPE_ID,
            "a plugin has no transport to tell"
        );
        last = at;
    }
    Ok(())
}

fn check_output(block: &Block, made: &[Vec<f32>], constant: u64) -> Result<()> {
    let is_constant = |frames: &[f32]| frames.windows(2).all(|pair| pair[0] == pair[1]);
    output::check(block.input, made, constant, "constant", is_constant)
}
