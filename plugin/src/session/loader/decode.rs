//! Reads any audio file piece by piece.

use std::{
    fs::File,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};
use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    errors::Error,
    formats::{FormatOptions, TrackType, probe::Hint},
    io::MediaSourceStream,
    meta::MetadataOptions,
};

/// Longer files would fill the memory; services refuse far shorter ones.
const MAX_SECS: u64 = 20 * 60;
const MAX_CHANNELS: usize = 8;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub sample_rate_hz: u32,
    pub channels: usize,
    pub frames: u64,
}

/// Hands every piece of `path`, `[channel][frame]`, to `sink` in order.
///
/// # Errors
/// The end of a sentence for the user: why this is not audio that Sideman can use.
pub fn decode(
    path: &Path,
    stop: &AtomicBool,
    mut sink: impl FnMut(&[Vec<f32>]),
) -> Result<Format, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let not_audio =
        |_| "it is not audio that Sideman knows (WAV, AIFF, FLAC, MP3, OGG, M4A).".to_owned();
    let mut reader = symphonia::default::get_probe()
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(not_audio)?;
    let track = reader
        .default_track(TrackType::Audio)
        .ok_or("there is no audio in it.")?;
    let track_id = track.id;
    let params = track.codec_params.as_ref().and_then(|p| p.audio());
    let params = params.ok_or("there is no audio in it.")?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(params, &AudioDecoderOptions::default())
        .map_err(not_audio)?;

    let mut format: Option<Format> = None;
    let mut planes: Vec<Vec<f32>> = Vec::new();
    let mut broken = 0_u32;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err("Sideman is closing.".into());
        }
        let packet = match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == track_id => packet,
            Ok(Some(_)) => continue,
            Ok(None) => break,
            // A cut-off file plays as far as it goes.
            Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(format!("it is damaged ({error}).")),
        };
        let piece = match decoder.decode(&packet) {
            Ok(piece) => piece,
            // Skipped as every player does, unless nothing else comes.
            Err(Error::DecodeError(_)) => {
                broken += 1;
                continue;
            }
            Err(error) => return Err(format!("it is damaged ({error}).")),
        };
        let rate_hz = piece.spec().rate();
        piece.copy_to_vecs_planar(&mut planes);
        accept(&mut format, rate_hz, &planes)?;
        sink(&planes);
    }
    format.filter(|f| f.frames > 0).ok_or_else(|| match broken {
        0 => "it is empty.".to_owned(),
        n => format!("all of its {n} packets are damaged."),
    })
}

/// Counts a piece in; the format must not change on the way.
fn accept(format: &mut Option<Format>, rate_hz: u32, planes: &[Vec<f32>]) -> Result<(), String> {
    let frames = planes.first().map_or(0, Vec::len) as u64;
    let format = format.get_or_insert(Format {
        sample_rate_hz: rate_hz,
        channels: planes.len(),
        frames: 0,
    });
    if rate_hz == 0 || planes.is_empty() || planes.len() > MAX_CHANNELS {
        return Err(format!(
            "it has {} channels at {rate_hz} Hz; 1 to {MAX_CHANNELS} channels can be used.",
            planes.len()
        ));
    }
    if (format.sample_rate_hz, format.channels) != (rate_hz, planes.len()) {
        return Err("its sample rate or channels change on the way.".into());
    }
    format.frames += frames;
    if format.frames > MAX_SECS * u64::from(rate_hz) {
        return Err(format!(
            "it is longer than {} minutes. Cut out the part you need.",
            MAX_SECS / 60
        ));
    }
    Ok(())
}
