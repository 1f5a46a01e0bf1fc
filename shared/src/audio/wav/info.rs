//! `LIST/INFO`: short texts that every file browser shows.

use super::{WavError, WavTags, chunk, tags::ORIGINATOR};

const SOFTWARE: &str = concat!("Sideman ", env!("CARGO_PKG_VERSION"));

pub(super) fn body(tags: &WavTags) -> Result<Vec<u8>, WavError> {
    let mut body = b"INFO".to_vec();
    let key = tags.key.map(|k| k.to_string()).unwrap_or_default();
    let entries: [(&[u8; 4], &str); 5] = [
        (b"INAM", &tags.title),
        (b"IART", ORIGINATOR),
        (b"ISFT", SOFTWARE),
        (b"ICMT", &tags.comment),
        (b"IKEY", &key),
    ];
    for (id, text) in entries.iter().filter(|(_, text)| !text.is_empty()) {
        let mut value = text.replace('\0', " ").into_bytes();
        value.push(0);
        chunk::push(&mut body, id, &value)?;
    }
    Ok(body)
}

/// Texts of the list win over those of other chunks: they are UTF-8 and uncut.
pub(super) fn read(body: &[u8], tags: &mut WavTags) {
    let Some(mut rest) = body.strip_prefix(b"INFO") else {
        return;
    };
    while rest.len() >= 8 {
        let length = chunk::u32_at(rest, 4).unwrap_or(0) as usize;
        let Some(value) = rest.get(8..8 + length) else {
            return;
        };
        match &rest[..4] {
            b"INAM" => tags.title = chunk::text(value),
            b"ICMT" => tags.comment = chunk::text(value),
            b"IKEY" => tags.key = chunk::text(value).parse().ok().or(tags.key),
            _ => {}
        }
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
}
