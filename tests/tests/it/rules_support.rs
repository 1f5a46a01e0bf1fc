//! What the tests of the validators' rules share.

use crate::host_support::noise;
use anyhow::{Result, ensure};
use sideman_tests::clap_host::{Audio, Block, Host, Library, built_plugin};
use std::path::Path;

/// What the validators ask for, and what else a host could.
pub const RATES_HZ: [f64; 16] = [
    1.0,
    8_000.0,
    22_050.0,
    32_000.0,
    44_100.0,
    48_000.0,
    88_200.0,
    96_000.0,
    192_000.0,
    384_000.0,
    768_000.0,
    1_234.567_8,
    12_345.678,
    45_678.901,
    123_456.78,
    1_234_567.8,
];

/// Dice that fall the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn throw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.throw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.throw() % end as u64) as usize
    }

    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.throw() as u8).collect()
    }
}

/// An instance that is active at 44.1 kHz.
pub fn active(library: &Library, home: &Path, max_block_frames: usize) -> Host {
    let mut host = crate::host_support::instance(library, home);
    host.activate(44_100, max_block_frames).unwrap();
    host
}

/// Sends the block; with nothing to audition, what goes in must come out.
pub fn passes(audio: &mut Audio, block: &Block) -> Result<()> {
    let answer = audio.send(block)?;
    ensure!(answer.output == block.input, "the sound is not as it was");
    Ok(())
}

/// Sends blocks of noise of these sizes.
pub fn noise_passes(host: &mut Host, sizes: impl IntoIterator<Item = usize>) {
    let sizes: Vec<usize> = sizes.into_iter().collect();
    host.on_audio_thread(|audio| {
        for (seed, frames) in (1..).zip(sizes) {
            let input = noise(audio.channels(), frames, seed);
            passes(audio, &Block::of(&input))?;
        }
        Ok(())
    })
    .unwrap();
}

/// For what opens and reads the library by itself.
pub fn plugin_file() -> std::path::PathBuf {
    built_plugin().unwrap()
}
