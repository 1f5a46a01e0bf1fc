//! Files to buffers and back: probe · decode · prepare · finish · encode.

mod decode;
mod encode;
mod error;
mod finish;
mod prepare;
mod resample;

#[cfg(test)]
mod tests;

pub use decode::{AudioLimits, Probe, decode, probe};
pub use encode::{StemTags, encode};
pub use error::AudioError;
pub use finish::{Finished, finish};
pub use prepare::{Prepared, loop_assist};
pub use resample::resample;
