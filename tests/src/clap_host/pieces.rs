//! The state through a stream that is never in a hurry.

use super::Host;
use anyhow::{Result, ensure};

impl Host {
    /// The state through a stream that takes and gives at most `at_once` bytes a call.
    ///
    /// # Errors
    /// As [`Host::save_state`].
    pub fn save_in_pieces(&mut self, at_once: usize) -> Result<Vec<u8>> {
        let mut pieces = Pieces {
            bytes: Vec::new(),
            at_once,
        };
        self.save_into(&mut pieces)?;
        Ok(pieces.bytes)
    }

    /// # Errors
    /// As [`Host::load_state`].
    pub fn load_in_pieces(&mut self, bytes: &[u8], at_once: usize) -> Result<()> {
        ensure!(at_once > 0, "nothing at once is nothing at all");
        let bytes = bytes.to_vec();
        self.load_from(&mut Pieces { bytes, at_once })
    }
}

/// A stream that is never in a hurry.
struct Pieces {
    bytes: Vec<u8>,
    at_once: usize,
}

impl std::io::Write for Pieces {
    fn write(&mut self, given: &[u8]) -> std::io::Result<usize> {
        let taken = given.len().min(self.at_once);
        self.bytes.extend_from_slice(&given[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Read for Pieces {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let given = room.len().min(self.at_once).min(self.bytes.len());
        room[..given].copy_from_slice(&self.bytes[..given]);
        self.bytes.drain(..given);
        Ok(given)
    }
}
