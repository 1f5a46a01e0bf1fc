//! The file that is sent: the uploaded one where every server reads it as we do, else a WAV of what we
//! heard, repeated where a short loop needs context.

use super::settings::Settings;
use crate::{
    audio::{Prepared, loop_assist},
    engine::{EngineError, EngineRequest, Work},
};
use sideman_shared::{
    analysis::Analysis,
    audio::{
        AudioBuffer,
        wav::{SampleKind, write},
    },
};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};
use tempfile::TempPath;

/// Without a tempo that is certain, a loop is taken at its own length when that is this near to whole
/// bars.
const NEAR_BEATS: f64 = 0.25;
/// A tempo that was given.
const CERTAIN: f64 = 1.0;
const HEADER_BYTES: usize = 64;

pub struct Source {
    file: SourceFile,
    secs: f64,
    prepared: Option<Prepared>,
}

enum SourceFile {
    Uploaded(PathBuf, &'static str),
    Written(TempPath),
}

impl Source {
    /// Blocks: reads, and may write.
    pub fn prepare(request: &EngineRequest, settings: &Settings) -> Result<Self, EngineError> {
        let prepared = assisted(request, settings);
        let audio = prepared.as_ref().map_or(&*request.source, |p| &p.audio);
        let as_it_is = prepared
            .is_none()
            .then(|| plain(&request.source_path))
            .flatten();
        let file = match as_it_is {
            Some(name) => SourceFile::Uploaded(request.source_path.clone(), name),
            None => SourceFile::Written(write_wav(audio, settings).map_err(EngineError::our_disk)?),
        };
        Ok(Self {
            file,
            secs: audio.duration_secs(),
            prepared,
        })
    }

    pub fn path(&self) -> &Path {
        match &self.file {
            SourceFile::Uploaded(path, _) => path,
            SourceFile::Written(path) => path,
        }
    }

    pub fn file_name(&self) -> &'static str {
        match &self.file {
            SourceFile::Uploaded(_, name) => name,
            SourceFile::Written(_) => "source.wav",
        }
    }

    /// Of the file that is sent.
    pub fn secs(&self) -> f64 {
        self.secs
    }

    /// Where the source proper begins in it.
    pub fn kept_from_secs(&self) -> f64 {
        self.prepared.as_ref().map_or(0.0, |p| {
            p.cut_from_frame as f64 / f64::from(p.audio.sample_rate_hz())
        })
    }

    /// The part of the answer that belongs to the source.
    pub fn cut(&self, played: AudioBuffer) -> AudioBuffer {
        match &self.prepared {
            Some(prepared) => prepared.cut(&played),
            None => played,
        }
    }
}

fn assisted(request: &EngineRequest, settings: &Settings) -> Option<Prepared> {
    if !request.loop_assist || request.work != Work::Lego {
        return None;
    }
    let period = period_frames(&request.source, &request.analysis)?;
    let prepared = loop_assist(&request.source, period, settings.loop_assist_secs);
    (prepared.audio.frames() > request.source.frames()).then_some(prepared)
}

/// How far apart the repetitions of a loop begin: whole bars. `None` if it is no loop: repeating it
/// would break its grid.
fn period_frames(source: &AudioBuffer, analysis: &Analysis) -> Option<usize> {
    let rate_hz = f64::from(source.sample_rate_hz());
    let beat_secs = analysis.bpm.beat_secs() * 4.0 / f64::from(analysis.meter.beat_unit());
    let bar_secs = beat_secs * f64::from(analysis.meter.beats_per_bar());
    let bars = (source.duration_secs() / bar_secs).round();
    let off_secs = (source.duration_secs() - bars * bar_secs).abs();
    if bars < 1.0 || off_secs > NEAR_BEATS * beat_secs {
        return None;
    }
    // A tempo that was only heard is less exact than the cut of the loop.
    let exact = analysis.bpm_confidence >= CERTAIN;
    let frames = (bars * bar_secs * rate_hz).round() as usize;
    Some(if exact { frames } else { source.frames() })
}

/// The name to send an uploaded file under, if every server reads it frame for frame as we do. MP3 is
/// not among them: decoders differ in how many frames they leave out at its beginning.
fn plain(path: &Path) -> Option<&'static str> {
    let mut head = [0; HEADER_BYTES];
    File::open(path).ok()?.read_exact(&mut head).ok()?;
    if head.starts_with(b"fLaC") {
        let channels = (head[20] >> 1 & 7) + 1;
        return (channels <= 2).then_some("source.flac");
    }
    if head.starts_with(b"RIFF") && &head[8..16] == b"WAVEfmt " {
        let at = |i: usize| u16::from_le_bytes([head[i], head[i + 1]]);
        let (format, channels, bits) = (at(20), at(22), at(34));
        let known = matches!((format, bits), (1, 16 | 24 | 32) | (3, 32));
        return (known && channels <= 2).then_some("source.wav");
    }
    None
}

fn write_wav(audio: &AudioBuffer, settings: &Settings) -> anyhow::Result<TempPath> {
    let path = settings.temporary_file(".wav")?.into_temp_path();
    write(&path, audio, SampleKind::Pcm24, None)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::music::{Bpm, Meter};

    fn analysis(bpm: f64, confidence: f64, meter: &str) -> Analysis {
        Analysis {
            bpm: Bpm::new(bpm).unwrap(),
            bpm_confidence: confidence,
            meter: meter.parse::<Meter>().unwrap(),
            beats_secs: vec![],
            downbeats_secs: vec![],
            key: None,
            key_confidence: 0.0,
            bars: vec![],
        }
    }

    #[test]
    fn loops_repeat_in_whole_bars_and_nothing_else_repeats() {
        let source = |frames| AudioBuffer::silent(1, frames, 48_000);
        let period = |frames, bpm, confidence, meter| {
            period_frames(&source(frames), &analysis(bpm, confidence, meter))
        };
        // Four bars at 120 BPM are 8 s; a few frames more or less do not shift the grid.
        assert_eq!(period(384_000, 120.0, 1.0, "4/4"), Some(384_000));
        assert_eq!(period(384_311, 120.0, 1.0, "4/4"), Some(384_000));
        assert_eq!(period(383_000, 120.0, 1.0, "4/4"), Some(384_000));
        // Heard, not given: the loop's own length is the better measure.
        assert_eq!(period(384_311, 119.9, 0.9, "4/4"), Some(384_311));
        // Exact tempo: eight bars at 92.5.
        assert_eq!(period(996_324, 92.5, 1.0, "4/4"), Some(996_324));
        assert_eq!(period(144_000, 120.0, 1.0, "6/8"), Some(144_000));
        assert_eq!(period(340_000, 120.0, 1.0, "4/4"), None);
        assert_eq!(period(24_000, 120.0, 1.0, "4/4"), None);
    }

    #[test]
    fn only_files_that_all_read_alike_go_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let named = |bytes: &[u8]| {
            let path = dir.path().join("file");
            let mut padded = bytes.to_vec();
            padded.resize(200, 0);
            std::fs::write(&path, padded).unwrap();
            plain(&path)
        };
        let wav = |format: u16, channels: u16, bits: u16| {
            let mut head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
            head.extend(format.to_le_bytes());
            head.extend(channels.to_le_bytes());
            head.extend([0; 10]);
            head.extend(bits.to_le_bytes());
            head
        };
        assert_eq!(named(&wav(1, 2, 24)), Some("source.wav"));
        assert_eq!(named(&wav(3, 1, 32)), Some("source.wav"));
        for odd in [wav(1, 6, 16), wav(6, 2, 8), wav(3, 2, 64), wav(1, 2, 8)] {
            assert_eq!(named(&odd), None);
        }
        let mut flac = b"fLaC".to_vec();
        flac.resize(20, 0);
        flac.push(0b0010);
        assert_eq!(named(&flac), Some("source.flac"));
        flac[20] = 0b1010;
        assert_eq!(named(&flac), None);
        assert_eq!(named(b"ID3\x04"), None);
    }
}
