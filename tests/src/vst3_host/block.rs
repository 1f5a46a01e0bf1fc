//! One VST3 block told in full, and the rules that hold for every one.

use super::{
    Vst3Host,
    changes::{Changes, Moves},
    done, process_context,
};
use crate::{
    clap_host::Song,
    output::{self, SPARE_FRAMES, UNWRITTEN},
};
use anyhow::{Context, Result, ensure};
use std::ptr::null_mut;
use vst3::{
    ComPtr, ComWrapper,
    Steinberg::{Vst::*, *},
};

/// How much of its buses a host shows the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    All,
    /// As some hosts do to move parameters only.
    NoFrames,
    NoBuses,
    NoChannels,
}

/// A block as a host may send it.
#[derive(Clone)]
pub struct Vst3Block<'a> {
    pub input: &'a [Vec<f32>],
    pub in_place: bool,
    /// The host says of these channels that they are silent: a bit for each.
    pub silent: u64,
    /// `None`: the host has no transport.
    pub song: Option<&'a Song>,
    /// `None`: no list at all.
    pub moved: Option<Moves>,
    pub shown: Shown,
}

impl<'a> Vst3Block<'a> {
    /// Without moves, transport or hints.
    pub fn of(input: &'a [Vec<f32>]) -> Self {
        Self {
            input,
            in_place: false,
            silent: 0,
            song: None,
            moved: None,
            shown: Shown::All,
        }
    }
}

/// The half of an instance that plays; another thread may have it.
#[derive(Clone)]
pub struct Vst3Audio {
    processor: ComPtr<IAudioProcessor>,
    channels: usize,
}

impl Vst3Host {
    pub fn audio(&self) -> Vst3Audio {
        Vst3Audio {
            processor: self.processor.clone(),
            channels: self.channels,
        }
    }

    /// See [`Vst3Audio::send`].
    ///
    /// # Errors
    /// The plugin fails, or breaks one of the rules of every block.
    pub fn send(&self, block: &Vst3Block) -> Result<(Vec<Vec<f32>>, u64)> {
        self.audio().send(block)
    }
}

impl Vst3Audio {
    /// What came out, and which channels the plugin calls silent.
    ///
    /// # Errors
    /// The plugin fails, or breaks one of the rules of every block.
    pub fn send(&self, block: &Vst3Block) -> Result<(Vec<Vec<f32>>, u64)> {
        let frames = block.input.first().map_or(0, Vec::len);
        let blank = f32::from_bits(UNWRITTEN);
        let mut heard = block.input.to_vec();
        for channel in &mut heard {
            channel.resize(frames + SPARE_FRAMES, blank);
        }
        let before = heard.clone();
        let mut made = match block.in_place {
            true => heard.clone(),
            false => vec![vec![blank; frames + SPARE_FRAMES]; self.channels],
        };
        let pointers =
            |audio: &mut [Vec<f32>]| Vec::from_iter(audio.iter_mut().map(Vec::as_mut_ptr));
        let mut outputs = pointers(&mut made);
        let mut inputs = match block.in_place {
            true => outputs.clone(),
            false => pointers(&mut heard),
        };
        let changes = ComWrapper::new(Changes::new(block.moved.clone().unwrap_or_default()));
        let changes = changes.to_com_ptr::<IParameterChanges>().context("COM")?;
        let mut context = block.song.map(process_context);
        let mut bus_in = super::bus(&mut inputs);
        let mut bus_out = super::bus(&mut outputs);
        bus_in.silenceFlags = block.silent;
        if block.shown == Shown::NoChannels {
            (bus_in.numChannels, bus_out.numChannels) = (0, 0);
        }
        let buses = i32::from(block.shown != Shown::NoBuses);
        let mut data = ProcessData {
            processMode: ProcessModes_::kRealtime as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            numSamples: match block.shown {
                Shown::NoFrames | Shown::NoBuses => 0,
                _ => frames as int32,
            },
            numInputs: buses,
            numOutputs: buses,
            inputs: if buses == 1 { &mut bus_in } else { null_mut() },
            outputs: if buses == 1 { &mut bus_out } else { null_mut() },
            inputParameterChanges: match block.moved {
                Some(_) => changes.as_ptr(),
                None => null_mut(),
            },
            outputParameterChanges: null_mut(),
            inputEvents: null_mut(),
            outputEvents: null_mut(),
            processContext: context.as_mut().map_or(null_mut(), |c| c),
        };
        // SAFETY: all that `data` points to outlives the call.
        done("process", unsafe { self.processor.process(&mut data) })?;
        let silent = bus_out.silenceFlags;
        let same_bits = |a: &[Vec<f32>], b: &[Vec<f32>]| {
            let bits = |s: &f32| s.to_bits();
            a.iter()
                .flatten()
                .map(bits)
                .eq(b.iter().flatten().map(bits))
        };
        ensure!(
            same_bits(&heard, &before),
            "the plugin wrote into its input"
        );
        if block.shown != Shown::All {
            let untouched = made.iter().flatten().all(|s| s.to_bits() == UNWRITTEN);
            ensure!(
                block.in_place || untouched,
                "written though nothing was shown"
            );
            return Ok((Vec::new(), silent));
        }
        check_output(block, &made, silent)?;
        for channel in &mut made {
            channel.truncate(frames);
        }
        Ok((made, silent))
    }
}

fn check_output(block: &Vst3Block, made: &[Vec<f32>], silent: u64) -> Result<()> {
    let is_silent = |frames: &[f32]| frames.iter().all(|s| *s == 0.0);
    output::check(block.input, made, silent, "silent", is_silent)
}
