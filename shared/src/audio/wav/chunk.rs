//! RIFF chunks: a four-letter name, a little-endian length, the body, a pad byte after odd bodies.

use super::WavError;
use std::io::{Read, Seek, SeekFrom};

/// Larger chunks (but for `data`, which is skipped) are not tags.
const MAX_TAG_BYTES: u32 = 1 << 20;
/// More chunks than any program writes: an end to a walk through garbage.
const MAX_CHUNKS: usize = 512;

/// Appends one chunk, word-aligned.
pub(super) fn push(file: &mut Vec<u8>, id: &[u8; 4], body: &[u8]) -> Result<(), WavError> {
    let length = u32::try_from(body.len()).map_err(|_| WavError::TooLarge)?;
    file.extend_from_slice(id);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(body);
    if body.len() % 2 == 1 {
        file.push(0);
    }
    Ok(())
}

/// Shows every chunk of a RIFF/WAVE file to `visitor`, `data` excepted. A file cut short ends the walk
/// without an error.
pub(super) fn visit(
    file: &mut (impl Read + Seek),
    mut visitor: impl FnMut(&[u8; 4], &[u8]),
) -> Result<(), WavError> {
    let mut header = [0; 12];
    let is_wave =
        file.read_exact(&mut header).is_ok() && &header[..4] == b"RIFF" && &header[8..] == b"WAVE";
    if !is_wave {
        return Err(WavError::Malformed(
            "it does not begin with RIFF … WAVE".into(),
        ));
    }
    for _ in 0..MAX_CHUNKS {
        let mut head = [0; 8];
        if file.read_exact(&mut head).is_err() {
            return Ok(());
        }
        let [a, b, c, d, l0, l1, l2, l3] = head;
        let (id, length) = ([a, b, c, d], u32::from_le_bytes([l0, l1, l2, l3]));
        let padded = u64::from(length) + u64::from(length % 2);
        if &id == b"data" || length > MAX_TAG_BYTES {
            file.seek(SeekFrom::Current(i64::try_from(padded).unwrap_or(i64::MAX)))?;
            continue;
        }
        let mut body = vec![0; length as usize];
        if file.read_exact(&mut body).is_err() {
            return Ok(());
        }
        visitor(&id, &body);
        if length % 2 == 1 {
            file.seek(SeekFrom::Current(1))?;
        }
    }
    Ok(())
}

/// A text field of fixed `length`: ASCII, cut or filled with NUL; other characters become `?`.
pub(super) fn push_fixed_text(body: &mut Vec<u8>, text: &str, length: usize) {
    let ascii = text.chars().map(|c| {
        if c.is_ascii() && !c.is_ascii_control() {
            c as u8
        } else {
            b'?'
        }
    });
    body.extend(ascii.chain(std::iter::repeat(0)).take(length));
}

/// The text up to the first NUL.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
}

pub(super) fn u16_at(body: &[u8], at: usize) -> Option<u16> {
    let bytes = body.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(bytes))
}

pub(super) fn u32_at(body: &[u8], at: usize) -> Option<u32> {
    let bytes = body.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes))
}
