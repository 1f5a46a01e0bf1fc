use super::{Song, handlers::Handlers};
use anyhow::{Result, anyhow, ensure};
use clack_host::{
    events::event_types::ParamValueEvent,
    prelude::*,
    process::{StartedPluginAudioProcessor, StoppedPluginAudioProcessor},
};

/// A started processor and its buffers.
pub struct Audio {
    pub(super) processor: StartedPluginAudioProcessor<Handlers>,
    pub(super) channels: usize,
    pub(super) steady_frames: u64,
}

impl Audio {
    pub fn start(stopped: StoppedPluginAudioProcessor<Handlers>, channels: usize) -> Result<Self> {
        // Starting belongs to the audio thread.
        let processor = std::thread::scope(|scope| {
            let worker = scope.spawn(|| stopped.start_processing());
            worker
                .join()
                .map_err(|_| anyhow!("the audio thread panicked"))
        })?
        .map_err(|e| anyhow!("processing cannot start: {e}"))?;
        Ok(Self {
            processor,
            channels,
            steady_frames: 0,
        })
    }

    pub fn stop(self) -> StoppedPluginAudioProcessor<Handlers> {
        self.processor.stop_processing()
    }

    /// See [`Host::play`](super::Host::play); the parameters move in the first block.
    pub fn play(
        &mut self,
        song: &mut Song,
        input: &[Vec<f32>],
        block_sizes: &[usize],
        moved: &[ParamValueEvent],
    ) -> Result<Vec<Vec<f32>>> {
        ensure!(
            input.len() == self.channels,
            "{} channels wanted",
            self.channels
        );
        ensure!(
            block_sizes.iter().all(|s| *s > 0),
            "a block has at least one frame"
        );
        let frames = input.first().map_or(0, Vec::len);
        let mut output = vec![Vec::with_capacity(frames); self.channels];
        let mut sizes = block_sizes.iter().cycle();
        let (mut at, mut moved) = (0, moved);
        while at < frames {
            let wanted = (*sizes.next().unwrap_or(&512)).min(frames - at);
            let block = song.block_frames(wanted);
            self.block(
                song,
                input,
                at..at + block,
                std::mem::take(&mut moved),
                &mut output,
            )?;
            song.advance(block);
            at += block;
        }
        Ok(output)
    }

    fn block(
        &mut self,
        song: &Song,
        input: &[Vec<f32>],
        range: std::ops::Range<usize>,
        moved: &[ParamValueEvent],
        output: &mut [Vec<f32>],
    ) -> Result<()> {
        let frames = range.len();
        let mut heard: Vec<Vec<f32>> = input.iter().map(|c| c[range.clone()].to_vec()).collect();
        // What the plugin does not write must not look right.
        let mut made = vec![vec![f32::NAN; frames]; self.channels];
        let (mut in_ports, mut out_ports) = (
            AudioPorts::with_capacity(self.channels, 1),
            AudioPorts::with_capacity(self.channels, 1),
        );
        let inputs = in_ports.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                heard.iter_mut().map(InputChannel::variable),
            ),
        }]);
        let mut outputs = out_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(made.iter_mut().map(Vec::as_mut_slice)),
        }]);
        let mut events = EventBuffer::new();
        moved.iter().for_each(|event| events.push(event));
        let mut told = EventBuffer::new();
        self.processor
            .process(
                &inputs,
                &mut outputs,
                &InputEvents::from_buffer(&events),
                &mut OutputEvents::from_buffer(&mut told),
                Some(self.steady_frames),
                Some(&song.event()),
            )
            .map_err(|e| anyhow!("processing failed: {e}"))?;
        self.steady_frames += frames as u64;
        for (whole, block) in output.iter_mut().zip(made) {
            whole.extend(block);
        }
        Ok(())
    }
}
