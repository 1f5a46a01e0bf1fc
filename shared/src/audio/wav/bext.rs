//! The broadcast extension chunk of EBU Tech 3285, version 1.

use super::{Origination, WavSpec, WavTags, chunk, tags::ORIGINATOR};

const DESCRIPTION_BYTES: usize = 256;
const NAME_BYTES: usize = 32;
const DATE_BYTES: usize = 10;
const TIME_BYTES: usize = 8;
const DATE_AT: usize = DESCRIPTION_BYTES + 2 * NAME_BYTES;
const TIME_AT: usize = DATE_AT + DATE_BYTES;
const REFERENCE_AT: usize = TIME_AT + TIME_BYTES;
const VERSION: u16 = 1;
/// UMID (64), loudness values (10, version 2 only) and the reserved rest (180): all zero here.
const UNUSED_BYTES: usize = 64 + 190;

pub(super) fn body(tags: &WavTags, spec: WavSpec) -> Vec<u8> {
    let mut body = Vec::with_capacity(700);
    chunk::push_fixed_text(&mut body, &tags.title, DESCRIPTION_BYTES);
    chunk::push_fixed_text(&mut body, ORIGINATOR, NAME_BYTES);
    chunk::push_fixed_text(&mut body, "", NAME_BYTES);
    let (date, time) = match &tags.originated_at {
        Some(at) => (at.date.as_str(), at.time.as_str()),
        None => ("", ""),
    };
    chunk::push_fixed_text(&mut body, date, DATE_BYTES);
    chunk::push_fixed_text(&mut body, time, TIME_BYTES);
    // Low word first, then high: the same bytes as one little-endian 64-bit number.
    body.extend_from_slice(&tags.time_reference(spec.sample_rate_hz).to_le_bytes());
    body.extend_from_slice(&VERSION.to_le_bytes());
    body.resize(body.len() + UNUSED_BYTES, 0);
    body.extend_from_slice(coding_history(spec).as_bytes());
    // Of even length, for readers that forget pad bytes.
    if body.len() % 2 == 1 {
        body.push(0);
    }
    body
}

fn coding_history(spec: WavSpec) -> String {
    let mode = match spec.channels {
        1 => "mono",
        2 => "stereo",
        _ => "multichannel",
    };
    format!(
        "A=PCM,F={},W={},M={mode},T={ORIGINATOR}\r\n\0",
        spec.sample_rate_hz,
        spec.kind.bits_per_sample()
    )
}

/// Fills in what the chunk knows and returns its time reference in samples.
pub(super) fn read(body: &[u8], tags: &mut WavTags) -> Option<u64> {
    let date = chunk::text(body.get(DATE_AT..TIME_AT)?);
    let time = chunk::text(body.get(TIME_AT..REFERENCE_AT)?);
    if tags.title.is_empty() {
        tags.title = chunk::text(&body[..DESCRIPTION_BYTES]);
    }
    if !date.is_empty() {
        tags.originated_at = Some(Origination { date, time });
    }
    let low = chunk::u32_at(body, REFERENCE_AT)?;
    let high = chunk::u32_at(body, REFERENCE_AT + 4)?;
    Some(u64::from(high) << 32 | u64::from(low))
}
