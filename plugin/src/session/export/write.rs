//! Writing a stem in another format or under another name, with all it says of itself.

use super::{ExportFormat, ExportSettings, FileFacts, file_stem};
use crate::session::SavedStem;
use flac_codec::encode::{FlacChannelWriter, Options};
use sideman_shared::{
    audio::{
        AudioBuffer,
        wav::{self, SampleKind, WavSpec, WavTags, pcm24},
    },
    music::Bpm,
};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

const FLAC_BITS: u32 = 24;
/// Frames turned into integers at a time.
const BLOCK_FRAMES: usize = 1 << 16;
/// Files of one name in one folder before it is given up.
const MAX_SAME_NAME: u32 = 10_000;

/// Writes the stem to `to`, which the user has named (and agreed to replace, if it was there).
///
/// # Errors
/// The file is gone or unreadable; the disk.
pub fn export_as(stem: &SavedStem, to: &Path, settings: &ExportSettings) -> io::Result<()> {
    let format = settings
        .format
        .for_extension(to.extension().and_then(|e| e.to_str()));
    let part = with_suffix(to, ".part");
    let written = write(stem, &part, format).and_then(|()| fs::rename(&part, to));
    if written.is_err() {
        // Half a file helps nobody; that it cannot be removed either adds nothing to the error.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes the stem into `folder` under a name that nothing there has yet; the file.
///
/// # Errors
/// As [`export_as`].
pub fn export_into(
    stem: &SavedStem,
    folder: &Path,
    settings: &ExportSettings,
    take_title: &str,
) -> io::Result<PathBuf> {
    let to = claim(folder, &name(stem, settings, take_title), settings.format)?;
    match export_as(stem, &to, settings) {
        Ok(()) => Ok(to),
        Err(error) => {
            // Ours, and empty.
            let _ = fs::remove_file(&to);
            Err(error)
        }
    }
}

/// The file to hand to another program: made below `folder` once and kept, since a host may go on
/// using it where it lies.
///
/// # Errors
/// As [`export_as`].
pub fn prepare(
    stem: &SavedStem,
    folder: &Path,
    settings: &ExportSettings,
    take_title: &str,
) -> io::Result<PathBuf> {
    let kind = match settings.format {
        ExportFormat::Wav24 => "wav24",
        ExportFormat::Wav32Float => "wav32float",
        ExportFormat::Flac => "flac",
    };
    let id: String = stem.id.chars().filter(|c| *c != '.').collect();
    let folder = folder.join(kind).join(id);
    fs::create_dir_all(&folder)?;
    let name = name(stem, settings, take_title);
    let to = folder.join(format!("{name}.{}", settings.format.extension()));
    if !to.is_file() {
        export_as(stem, &to, settings)?;
    }
    Ok(to)
}

fn name(stem: &SavedStem, settings: &ExportSettings, take_title: &str) -> String {
    if settings.pattern.trim().is_empty() {
        let kept = stem.path.file_stem().unwrap_or_default();
        return kept.to_string_lossy().into_owned();
    }
    file_stem(&settings.pattern, &FileFacts::of(stem, take_title))
}

/// An empty file of our own under the first free name, so that nobody else can take it meanwhile.
fn claim(folder: &Path, name: &str, format: ExportFormat) -> io::Result<PathBuf> {
    let ending = format.extension();
    for number in 1..=MAX_SAME_NAME {
        let name = match number {
            1 => format!("{name}.{ending}"),
            n => format!("{name}-{n}.{ending}"),
        };
        let to = folder.join(name);
        match File::create_new(&to) {
            Ok(_) => return Ok(to),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write(stem: &SavedStem, to: &Path, format: ExportFormat) -> io::Result<()> {
    if format == ExportFormat::Wav24 && is_wav24(&stem.path) {
        // As it came, with every chunk.
        return fs::copy(&stem.path, to).map(|_| ());
    }
    let audio = wav::read(&stem.path).map_err(io::Error::other)?;
    let tags = tags(stem);
    match format {
        ExportFormat::Wav24 => write_wav(&audio, to, SampleKind::Pcm24, tags),
        ExportFormat::Wav32Float => write_wav(&audio, to, SampleKind::Float32, tags),
        ExportFormat::Flac => write_flac(&audio, to, &tags),
    }
}

fn is_wav24(path: &Path) -> bool {
    let spec = hound::WavReader::open(path).map(|wav| wav.spec());
    spec.is_ok_and(|spec| {
        spec.bits_per_sample == 24 && spec.sample_format == hound::SampleFormat::Int
    })
}

/// What the file says of itself, and where it is silent, what the session knows.
fn tags(stem: &SavedStem) -> WavTags {
    let told = WavTags::read(&stem.path).unwrap_or_default();
    let meter = stem.take.as_ref().and_then(|take| take.meter);
    WavTags {
        title: match stem.marks.name.trim() {
            "" => stem.track.label().to_owned(),
            name => name.to_owned(),
        },
        comment: if told.comment.is_empty() {
            format!("{} seed {}: {}", stem.engine, stem.seed, stem.caption)
        } else {
            told.comment
        },
        bpm: told.bpm.or_else(|| stem.bpm.and_then(Bpm::new)),
        meter: meter.unwrap_or(told.meter),
        key: told.key.or_else(|| stem.key.as_ref()?.parse().ok()),
        song_position_secs: stem.start_secs.or(told.song_position_secs),
        originated_at: told.originated_at,
    }
}

fn write_wav(audio: &AudioBuffer, to: &Path, kind: SampleKind, tags: WavTags) -> io::Result<()> {
    let spec = WavSpec {
        channels: audio.channel_count() as u16,
        sample_rate_hz: audio.sample_rate_hz(),
        kind,
    };
    let file = BufWriter::new(File::create(to)?);
    let mut writer = wav::WavWriter::new(file, spec, Some(tags)).map_err(io::Error::other)?;
    writer.write(audio.channels()).map_err(io::Error::other)?;
    let file = writer.finish().map_err(io::Error::other)?;
    file.into_inner().map_err(|e| e.into_error())?.sync_all()
}

fn write_flac(audio: &AudioBuffer, to: &Path, tags: &WavTags) -> io::Result<()> {
    let channels = audio.channel_count();
    let mut file = BufWriter::new(File::create(to)?);
    let mut writer = FlacChannelWriter::new(
        &mut file,
        vorbis_comments(tags, audio.sample_rate_hz()),
        audio.sample_rate_hz(),
        FLAC_BITS,
        channels as u8,
        Some(audio.frames() as u64),
    )
    .map_err(io::Error::other)?;
    let mut block: Vec<Vec<i32>> = vec![Vec::with_capacity(BLOCK_FRAMES); channels];
    for from in (0..audio.frames()).step_by(BLOCK_FRAMES) {
        let to = (from + BLOCK_FRAMES).min(audio.frames());
        for (integers, floats) in block.iter_mut().zip(audio.channels()) {
            integers.clear();
            integers.extend(floats[from..to].iter().map(|&s| pcm24(s)));
        }
        writer.write(&block).map_err(io::Error::other)?;
    }
    writer.finalize().map_err(io::Error::other)?;
    file.flush()?;
    file.get_ref().sync_all()
}

fn vorbis_comments(tags: &WavTags, sample_rate_hz: u32) -> Options {
    let mut options = Options::default()
        .tag("TITLE", &tags.title)
        .tag("TIMESIGNATURE", tags.meter)
        .tag("COMMENT", &tags.comment)
        .tag("ENCODER", "Sideman");
    if let Some(bpm) = tags.bpm {
        options = options.tag("BPM", bpm);
    }
    if let Some(key) = tags.key {
        options = options.tag("KEY", key);
    }
    if let Some(secs) = tags.song_position_secs {
        // As hosts that write broadcast tags into FLAC spell it.
        let reference = (secs.max(0.0) * f64::from(sample_rate_hz)).round() as u64;
        options = options.tag("TIME_REFERENCE", reference);
    }
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
