//! One take on disk while it grows.

use super::{Take, TakeId, TakeOrigin, tempo_map::TempoMark, timeline::TakeStart};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};

/// Beside a take that is not finished: what is known of it so far.
pub(super) const BEGUN: &str = "take.begun.json";
pub(super) const FINISHED: &str = "take.json";

/// The file's header is made right this often, so that a crash costs no more than this.
const HEADER_EVERY_SECS: f64 = 0.5;

#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    #[error("there is no folder for takes yet; choose one in the settings")]
    NoFolder,
    #[error("the disk is full at {path}; free some space, then capture again")]
    DiskFull { path: PathBuf },
    #[error("could not write {path}: {source}; check that the folder exists and may be written")]
    Io { path: PathBuf, source: io::Error },
    #[error("what was to be taken has left the memory meanwhile; try again")]
    Gone,
}

impl SpoolError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }

    fn wav(path: &Path, error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(source) => Self::io(path, source),
            other => Self::io(path, io::Error::other(other)),
        }
    }
}

/// A take that is being written.
pub(super) struct Spool<W: Write + Seek> {
    folder: PathBuf,
    writer: WavWriter<W>,
    /// As it stands now.
    take: Take,
    /// Beside the audio lies a `take.begun.json` to be kept up with the marks.
    has_begun_file: bool,
    marks_written: usize,
    frames_since_header: u64,
}

impl Spool<BufWriter<File>> {
    /// Makes `takes/<id>/take.wav` below the instance's folder.
    pub(super) fn create(instance: Option<&Path>, start: TakeStart) -> Result<Self, SpoolError> {
        let instance = instance.ok_or(SpoolError::NoFolder)?;
        let id = TakeId::fresh();
        let folder = instance.join("takes").join(&id.0);
        fs::create_dir_all(&folder).map_err(|e| SpoolError::io(&folder, e))?;
        let path = folder.join("take.wav");
        let file = File::create(&path).map_err(|e| SpoolError::io(&path, e))?;
        let mut spool = Self::over(BufWriter::with_capacity(1 << 16, file), id, path, start)?;
        spool.has_begun_file = true;
        spool.write_begun()?;
        Ok(spool)
    }
}

impl<W: Write + Seek> Spool<W> {
    fn over(writer: W, id: TakeId, path: PathBuf, start: TakeStart) -> Result<Self, SpoolError> {
        let spec = WavSpec {
            channels: start.channels,
            sample_rate: start.sample_rate_hz,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let writer = WavWriter::new(writer, spec).map_err(|e| SpoolError::wav(&path, e))?;
        Ok(Self {
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            take: Take::captured(id, path, &start, 0),
            writer,
            has_begun_file: false,
            marks_written: 1,
            frames_since_header: 0,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.take.path
    }

    pub(super) fn channels(&self) -> usize {
        usize::from(self.take.channels)
    }

    pub(super) fn frames(&self) -> u64 {
        self.take.frames
    }

    pub(super) fn lost_frames(&self) -> u64 {
        self.take.lost_frames
    }

    pub(super) fn mark(&mut self, mark: TempoMark) {
        self.take.tempo_map.push(mark);
    }

    pub(super) fn count_lost(&mut self, frames: u64) {
        self.take.lost_frames += frames;
    }

    /// Silence in place of dropped frames.
    pub(super) fn fill(&mut self, frames: u64) -> Result<(), SpoolError> {
        self.take.lost_frames += frames;
        for _ in 0..frames * u64::from(self.take.channels) {
            self.sample(0.0)?;
        }
        self.wrote(frames)
    }

    /// Appends frames `range` of `planar`, which holds channel after channel.
    pub(super) fn write(
        &mut self,
        planar: &[f32],
        range: std::ops::Range<usize>,
    ) -> Result<(), SpoolError> {
        let channels = self.channels();
        let channel_len = planar.len() / channels.max(1);
        let frames = range.len() as u64;
        for frame in range {
            for channel in 0..channels {
                self.sample(planar[channel * channel_len + frame])?;
            }
        }
        self.wrote(frames)
    }

    /// Appends whole frames, sample after sample.
    pub(super) fn write_interleaved(&mut self, samples: &[f32]) -> Result<(), SpoolError> {
        for sample in samples {
            self.sample(*sample)?;
        }
        self.wrote(samples.len() as u64 / u64::from(self.take.channels).max(1))
    }

    fn sample(&mut self, sample: f32) -> Result<(), SpoolError> {
        self.writer
            .write_sample(sample)
            .map_err(|e| SpoolError::wav(&self.take.path, e))
    }

    fn wrote(&mut self, frames: u64) -> Result<(), SpoolError> {
        self.take.frames += frames;
        self.frames_since_header += frames;
        let due = HEADER_EVERY_SECS * f64::from(self.take.sample_rate_hz);
        if self.frames_since_header as f64 >= due {
            self.frames_since_header = 0;
            self.writer
                .flush()
                .map_err(|e| SpoolError::wav(&self.take.path, e))?;
            if self.marks_written < self.take.tempo_map.len() {
                self.write_begun()?;
            }
        }
        Ok(())
    }

    /// What a crash would leave to be known.
    fn write_begun(&mut self) -> Result<(), SpoolError> {
        self.marks_written = self.take.tempo_map.len();
        if self.has_begun_file {
            write_json(&self.folder, BEGUN, &self.take)?;
        }
        Ok(())
    }

    /// Shorter than anyone would want to send.
    pub(super) fn is_too_short(&self) -> bool {
        self.take.frames * 2 < u64::from(self.take.sample_rate_hz)
    }

    /// Completes the file and writes `take.json` beside it.
    pub(super) fn finish(self) -> Result<Take, SpoolError> {
        self.finish_as(None)
    }

    /// As [`Self::finish`], but of another origin.
    pub(super) fn finish_as(self, origin: Option<TakeOrigin>) -> Result<Take, SpoolError> {
        let mut take = self.take;
        take.origin = origin.unwrap_or(take.origin);
        self.writer
            .finalize()
            .map_err(|e| SpoolError::wav(&take.path, e))?;
        seal(&self.folder, &mut take)?;
        Ok(take)
    }

    /// Throws the take away, file and folder.
    pub(super) fn discard(self) {
        let folder = self.folder;
        drop(self.writer);
        if let Err(error) = fs::remove_dir_all(&folder) {
            tracing::warn!(%error, folder = %folder.display(), "a scrap of a take stays behind");
        }
    }
}

/// The audio is whole: says so beside it.
pub(super) fn seal(folder: &Path, take: &mut Take) -> Result<(), SpoolError> {
    take.tempo_changed = !take.tempo_map().is_steady();
    write_json(folder, FINISHED, take)?;
    // Its absence is no harm, nor is its presence beside a finished take.
    let _ = fs::remove_file(folder.join(BEGUN));
    Ok(())
}

/// Never half a file: written beside, made durable, then renamed.
fn write_json(folder: &Path, name: &str, take: &Take) -> Result<(), SpoolError> {
    let part = folder.join(format!("{name}.part"));
    let whole = folder.join(name);
    let write = || -> io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(&serde_json::to_vec_pretty(take)?)?;
        file.sync_all()?;
        fs::rename(&part, &whole)
    };
    write().map_err(|e| SpoolError::io(&whole, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::song_clock::tests::playing_at;
    use std::io::{Cursor, SeekFrom};

    fn start() -> TakeStart {
        let clock = playing_at(96_000);
        TakeStart {
            sample_rate_hz: clock.sample_rate_hz,
            channels: 2,
            tempo_bpm: clock.tempo_bpm,
            meter: clock.meter,
            start_beats: clock.pos_beats,
            start_samples: clock.pos_samples,
            bar_beats: None,
            is_free: false,
        }
    }

    #[test]
    fn a_crash_costs_less_than_a_second() {
        let home = tempfile::tempdir().unwrap();
        let mut spool = Spool::create(Some(home.path()), start()).unwrap();
        let planar = vec![0.25; 2 * 480];
        for _ in 0..300 {
            spool.write(&planar, 0..480).unwrap();
        }
        let path = spool.path().to_owned();
        std::mem::forget(spool); // The process dies here: nothing is finalised.
        let frames = hound::WavReader::open(&path).unwrap().duration();
        assert!((96_000..=144_000).contains(&frames), "{frames}");
    }

    #[test]
    fn finishes_with_its_metadata_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let mut spool = Spool::create(Some(home.path()), start()).unwrap();
        let planar: Vec<f32> = (0..96_000).map(|i| i as f32 / 96_000.0).collect();
        spool.write(&planar, 1..48_000).unwrap();
        spool.fill(1).unwrap();
        assert!(!spool.is_too_short());
        let take = spool.finish().unwrap();
        let json = fs::read(take.path.with_file_name("take.json")).unwrap();
        assert_eq!(serde_json::from_slice::<Take>(&json).unwrap(), take);
        assert_eq!(
            (take.frames, take.lost_frames, take.start_beats),
            (48_000, 1, Some(4.0))
        );
        let read: Vec<f32> = hound::WavReader::open(&take.path)
            .unwrap()
            .samples()
            .map(Result::unwrap)
            .collect();
        assert_eq!(
            read[..4],
            [planar[1], planar[48_001], planar[2], planar[48_002]]
        );
        assert_eq!(read[95_998..], [0.0, 0.0]);
    }

    #[test]
    fn says_what_to_do_without_a_folder_or_right() {
        let words = |r: Result<Spool<_>, SpoolError>| r.err().unwrap().to_string();
        assert!(words(Spool::create(None, start())).contains("settings"));
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = words(Spool::create(Some(file.path()), start()));
        assert!(
            error.contains("could not write") && error.contains("takes"),
            "{error}"
        );
    }

    /// A disk with room for so many bytes.
    struct SmallDisk(Cursor<Vec<u8>>, usize);

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.get_ref().len() + bytes.len() > self.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for SmallDisk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn says_so_when_the_disk_is_full() {
        let disk = SmallDisk(Cursor::default(), 10_000);
        let mut spool =
            Spool::over(disk, TakeId("t".into()), "/music/take.wav".into(), start()).unwrap();
        let planar = vec![0.5; 2 * 4096];
        let error = spool.write(&planar, 0..4096).unwrap_err().to_string();
        assert!(
            error.contains("disk is full") && error.contains("free some space"),
            "{error}"
        );
    }
}
