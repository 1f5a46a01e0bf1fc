//! An ID3v2.3 tag: the version every player reads.

const TAG_HEADER_BYTES: usize = 10;

/// The tag's bytes. `frames` are pairs of a four-letter name beginning with `T` and its text; `comment`
/// becomes the COMM frame.
pub(super) fn tag(frames: &[(&[u8; 4], &str)], comment: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in frames.iter().filter(|(_, text)| !text.is_empty()) {
        push_frame(&mut body, name, &encoded(text, &[]));
    }
    push_frame(&mut body, b"COMM", &encoded(comment, b"eng"));
    let mut tag = Vec::with_capacity(TAG_HEADER_BYTES + body.len());
    tag.extend_from_slice(b"ID3\x03\x00\x00");
    // Seven bits a byte, so that the size never looks like the start of an MPEG frame.
    let size = body.len() as u32;
    tag.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8));
    tag.extend(body);
    tag
}

fn push_frame(body: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    body.extend_from_slice(name);
    body.extend_from_slice(&(content.len() as u32).to_be_bytes());
    body.extend_from_slice(&[0, 0]);
    body.extend_from_slice(content);
}

/// Encoding byte, `language` and an empty description where there is a language, then the text: Latin-1
/// when ASCII says it all, else UTF-16.
fn encoded(text: &str, language: &[u8]) -> Vec<u8> {
    const BYTE_ORDER_MARK: [u8; 2] = [0xFF, 0xFE];
    let utf16 = !text.is_ascii();
    let mut content = vec![u8::from(utf16)];
    content.extend_from_slice(language);
    if !language.is_empty() {
        if utf16 {
            content.extend_from_slice(&BYTE_ORDER_MARK);
            content.push(0);
        }
        content.push(0);
    }
    if utf16 {
        content.extend_from_slice(&BYTE_ORDER_MARK);
        content.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    } else {
        content.extend_from_slice(text.as_bytes());
    }
    content
}
