//! Songs whose every beat is known, heard as a whole.

mod invariants;
mod onset_times;
mod songs;
mod synth;
