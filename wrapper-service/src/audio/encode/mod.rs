//! Stems to files that carry their music with them.

mod flac;
mod id3;
mod mp3;
mod wav;

use super::AudioError;
use sideman_shared::{
    audio::{
        AudioBuffer,
        wav::{Origination, WavTags},
    },
    music::{Bpm, KeyScale, Meter, Track},
    protocol::AudioFormat,
};
use std::path::Path;

/// What travels inside the file.
#[derive(Debug, Clone, PartialEq)]
pub struct StemTags {
    pub track: Track,
    pub bpm: Bpm,
    pub meter: Meter,
    pub key: Option<KeyScale>,
    pub seed: u32,
    pub engine: String,
    pub model: Option<String>,
    pub caption: String,
    /// Where in the song the stem begins; TimeReference of the `bext` chunk.
    pub song_position_secs: Option<f64>,
}

impl StemTags {
    /// `drums-92.5-F#_minor-42.wav`; a key that nobody knows is `no_key`.
    pub fn file_name(&self, format: AudioFormat) -> String {
        let key = self.key.map(|key| key.to_string().replace(' ', "_"));
        format!(
            "{}-{}-{}-{}.{}",
            self.track,
            self.bpm,
            key.as_deref().unwrap_or("no_key"),
            self.seed,
            format.extension()
        )
    }

    /// How the stem came to be, in one line.
    fn comment(&self) -> String {
        let model = self.model.as_ref().map(|m| format!(", model {m}"));
        format!(
            "Sideman stem, seed {}, engine {}{}, caption: {}",
            self.seed,
            self.engine,
            model.unwrap_or_default(),
            self.caption
        )
    }

    fn wav_tags(&self) -> WavTags {
        WavTags {
            title: self.track.label().to_owned(),
            comment: self.comment(),
            bpm: Some(self.bpm),
            meter: self.meter,
            key: self.key,
            song_position_secs: self.song_position_secs,
            originated_at: Some(Origination::now()),
        }
    }
}

/// Writes `audio` to `path` (created or replaced, whole or not at all). WAV is 24-bit PCM with `bext`,
/// `iXML`, `acid` and `LIST/INFO`; FLAC holds the same 24-bit samples with Vorbis comments; MP3 is VBR of
/// the best quality with gapless info, so that decoders return exactly the stem's frames (rates that MP3
/// does not know become 48 kHz).
///
/// # Errors
/// The disk, or the encoder refusing the rate or the channels.
pub fn encode(
    audio: &AudioBuffer,
    format: AudioFormat,
    tags: &StemTags,
    path: &Path,
) -> Result<(), AudioError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // In the same folder, so that the rename at the end cannot cross file systems. Dropped on any error,
    // the unfinished file goes with it.
    let mut unfinished = unfinished_file(folder)?;
    let file = unfinished.as_file_mut();
    match format {
        AudioFormat::Wav => wav::write(audio, tags, file)?,
        AudioFormat::Flac => flac::write(audio, tags, file)?,
        AudioFormat::Mp3 => mp3::write(audio, tags, file)?,
    }
    file.sync_all()?;
    unfinished.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Readable by whom the umask lets read: temporary files are the owner's alone otherwise.
fn unfinished_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unfinished-");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder)
}
