//! What holds for every block that a plugin gives back, whatever the host's protocol and whatever is in it.

use anyhow::{Result, ensure};

/// What an output holds before the plugin writes to it: no number that a plugin makes.
pub(crate) const UNWRITTEN: u32 = 0x7fc0_51de;
/// Room behind the block's end, which the plugin must leave alone.
pub(crate) const SPARE_FRAMES: usize = 16;

/// All of the block is written, nothing behind it, numbers in give numbers out, and the channels with a bit in
/// `told` are what the plugin told that they are: `word`, which `holds` looks at.
pub(crate) fn check(
    input: &[Vec<f32>],
    made: &[Vec<f32>],
    told: u64,
    word: &str,
    holds: impl Fn(&[f32]) -> bool,
) -> Result<()> {
    let well = |s: &f32| s.is_finite() && !s.is_subnormal();
    let well_fed = input.iter().flatten().all(well);
    for (index, channel) in made.iter().enumerate() {
        let (inside, behind) = channel.split_at(channel.len() - SPARE_FRAMES);
        let unwritten = |s: &f32| s.to_bits() == UNWRITTEN;
        ensure!(behind.iter().all(unwritten), "written behind the block");
        ensure!(!inside.iter().any(unwritten), "a frame was left unwritten");
        if let Some(at) = inside.iter().position(|s| well_fed && !well(s)) {
            anyhow::bail!("frame {at} of channel {index} is {}", inside[at]);
        }
        ensure!(
            told & (1 << index) == 0 || holds(inside),
            "channel {index} is called {word} and is not"
        );
    }
    Ok(())
}
