//! The edit list of an MP4 file: which part of the decoded audio is music.
//!
//! AAC encoders put priming frames before the first real one and fill the last block; the `edts/elst`
//! box says so. The demuxer does not apply it, so the two numbers are read here.

use std::io::{self, Read, Seek, SeekFrom};

/// A `moov` box larger than this holds no mere song.
const MAX_MOOV_BYTES: u64 = 64 << 20;
/// More top-level boxes than a song's file has.
const MAX_BOXES: usize = 64;

/// The audible part, in the two clocks of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edit {
    start_ticks: u64,
    media_ticks_per_sec: u32,
    /// Of all that is encoded, priming included.
    media_length_ticks: u64,
    /// 0: to the end.
    length_ticks: u64,
    movie_ticks_per_sec: u32,
}

impl Edit {
    /// First frame and the frame after the last, at the audio's sample rate.
    pub(super) fn frames_at(self, rate_hz: u32) -> (u64, u64) {
        let frames = |ticks: u64, per_sec: u32| {
            (ticks as f64 * f64::from(rate_hz) / f64::from(per_sec.max(1))).round() as u64
        };
        let first = frames(self.start_ticks, self.media_ticks_per_sec);
        if self.length_ticks == 0 {
            return (first, u64::MAX);
        }
        let end = first + frames(self.length_ticks, self.movie_ticks_per_sec);
        // The movie's clock is coarse (often milliseconds). Where both clocks mean the same end, the
        // media's knows it to the frame.
        let media_end = frames(self.media_length_ticks, self.media_ticks_per_sec);
        let tick = frames(1, self.movie_ticks_per_sec) + 1;
        let exact = if end.abs_diff(media_end) <= tick {
            media_end
        } else {
            end
        };
        (first, exact)
    }
}

/// Reads the edit of the first audio track and rewinds `file`. `None` for other formats and for files
/// with no edit or one too elaborate to mean priming.
pub(super) fn read(file: &mut (impl Read + Seek)) -> io::Result<Option<Edit>> {
    let edit = moov(file)?.as_deref().and_then(edit_in_moov);
    file.seek(SeekFrom::Start(0))?;
    Ok(edit)
}

fn moov(file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    for index in 0..MAX_BOXES {
        let mut head = [0; 16];
        if file.read_exact(&mut head[..8]).is_err() || (index == 0 && &head[4..8] != b"ftyp") {
            return Ok(None);
        }
        let mut head_bytes = 8;
        let mut length = u64::from(be32(&head, 0).unwrap_or(0));
        if length == 1 {
            if file.read_exact(&mut head[8..]).is_err() {
                return Ok(None);
            }
            head_bytes = 16;
            length = be64(&head, 8).unwrap_or(0);
        }
        let Some(body) = length.checked_sub(head_bytes) else {
            return Ok(None);
        };
        if &head[4..8] == b"moov" {
            let mut bytes = Vec::new();
            file.take(body.min(MAX_MOOV_BYTES))
                .read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
        let Ok(skip) = i64::try_from(body) else {
            return Ok(None);
        };
        file.seek(SeekFrom::Current(skip))?;
    }
    Ok(None)
}

fn edit_in_moov(moov: &[u8]) -> Option<Edit> {
    let (movie_ticks_per_sec, _) = clock(child(moov, b"mvhd")?)?;
    let track = children(moov)
        .filter(|(name, _)| name == b"trak")
        .find_map(|(_, track)| {
            let media = child(track, b"mdia")?;
            (child(media, b"hdlr")?.get(8..12)? == b"soun").then_some((track, media))
        });
    let (track, media) = track?;
    let (media_ticks_per_sec, media_length_ticks) = clock(child(media, b"mdhd")?)?;
    let list = child(child(track, b"edts")?, b"elst")?;
    if be32(list, 4)? != 1 {
        return None;
    }
    let (length_ticks, start) = match list.first()? {
        0 => (u64::from(be32(list, 8)?), i64::from(be32(list, 12)? as i32)),
        _ => (be64(list, 8)?, be64(list, 16)? as i64),
    };
    Some(Edit {
        // −1 marks an empty edit: a delay, not audio.
        start_ticks: u64::try_from(start).ok()?,
        media_ticks_per_sec,
        media_length_ticks,
        length_ticks,
        movie_ticks_per_sec,
    })
}

/// Ticks per second and length in ticks of an `mvhd` or `mdhd` body, whose dates and length are wider in
/// version 1.
fn clock(header: &[u8]) -> Option<(u32, u64)> {
    let (ticks_per_sec, length) = match header.first()? {
        0 => (be32(header, 12)?, be32(header, 16)?.into()),
        _ => (be32(header, 20)?, be64(header, 24)?),
    };
    (ticks_per_sec > 0).then_some((ticks_per_sec, length))
}

fn child<'a>(parent: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    children(parent)
        .find(|(n, _)| n == name)
        .map(|(_, body)| body)
}

/// The boxes within a box: name and body. Ends at the first that does not fit.
fn children(mut rest: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let length = be32(rest, 0)? as usize;
        let (name, body) = (rest.get(4..8)?, rest.get(8..length)?);
        rest = &rest[length..];
        Some((name, body))
    })
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
