//! The memory's frames on disk: segments of a few seconds of raw interleaved 32-bit floats, the oldest
//! deleted. Digital silence is noted, not written, until sound comes in the same segment.
//!
//! On disk lie at most [`MEMORY_SECS`] + two segments: rate · channels · 4 bytes · 608 s, 233 MB for
//! stereo at 48 kHz. In memory a quarter of a second waits to be written; at most one segment (1.5 MB at
//! 48 kHz, 6.2 MB at 192 kHz) as long as no folder is known.

use super::{MEMORY_BUCKET_FRAMES, MEMORY_SECS};
use crate::capture::spool::SpoolError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::VecDeque,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
};

const SEGMENT_SECS: usize = 4;
const MAP: &str = "map.json";

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Segment {
    /// On the axis.
    first: u64,
    frames: u64,
    /// Has a file.
    has_sound: bool,
}

impl Segment {
    fn end(&self) -> u64 {
        self.first + self.frames
    }
}

/// What is on disk, as the map keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    sample_rate_hz: u32,
    channels: u16,
    segments: VecDeque<Segment>,
}

#[derive(Debug)]
pub struct Store {
    folder: Option<PathBuf>,
    kept: Kept,
    /// The last segment's file, once it has sound.
    file: Option<File>,
    /// The last segment's end, not yet in the file.
    unwritten: Vec<f32>,
    /// How often it was emptied: a frame's place on the axis means something only until then.
    epoch: u32,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            folder: None,
            kept: Kept {
                sample_rate_hz: 48_000,
                channels: 2,
                segments: VecDeque::new(),
            },
            file: None,
            unwritten: Vec::new(),
            epoch: 0,
        }
    }
}

impl Store {
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    pub fn set_folder(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub fn sample_rate_hz(&self) -> u32 {
        self.kept.sample_rate_hz
    }

    pub fn channels(&self) -> usize {
        usize::from(self.kept.channels)
    }

    /// For an empty store; one that is not has its format.
    pub fn set_format(&mut self, sample_rate_hz: u32, channels: u16) {
        if self.kept.segments.is_empty() {
            self.kept.sample_rate_hz = sample_rate_hz;
            self.kept.channels = channels;
        }
    }

    /// A whole number of the drawing's buckets, so that both leave together.
    fn segment_frames(&self) -> u64 {
        let frames = SEGMENT_SECS * self.kept.sample_rate_hz as usize;
        frames.next_multiple_of(MEMORY_BUCKET_FRAMES) as u64
    }

    /// What is there, on the axis.
    pub fn kept(&self) -> Range<u64> {
        let segments = &self.kept.segments;
        segments.front().map_or(0, |s| s.first)..segments.back().map_or(0, Segment::end)
    }

    pub fn has_sound(&self) -> bool {
        self.kept.segments.iter().any(|segment| segment.has_sound)
    }

    pub fn needs_folder(&self) -> bool {
        self.folder.is_none() && !self.unwritten.is_empty()
    }

    /// Appends frames `range` of `planar`, which holds channel after channel.
    pub fn append(&mut self, planar: &[f32], range: Range<usize>) -> Result<(), SpoolError> {
        let mut from = range.start;
        while from < range.end {
            let room = self.room()?;
            let to = range.end.min(from + room as usize);
            self.append_to_segment(planar, from..to)?;
            from = to;
        }
        Ok(())
    }

    pub fn append_silence(&mut self, mut frames: u64) -> Result<(), SpoolError> {
        while frames > 0 {
            let part = frames.min(self.room()?).min(4096);
            let zeros = vec![0.0; part as usize * self.channels()];
            self.append_to_segment(&zeros, 0..part as usize)?;
            frames -= part;
        }
        Ok(())
    }

    /// How many frames the last segment still takes; begins a new one when it is full.
    fn room(&mut self) -> Result<u64, SpoolError> {
        let size = self.segment_frames();
        let last = self.kept.segments.back().map(|s| (s.first, s.end()));
        match last {
            Some((first, end)) if end < first + size => Ok(first + size - end),
            _ => {
                self.flush()?;
                self.file = None;
                self.kept.segments.push_back(Segment {
                    first: last.map_or(0, |(_, end)| end),
                    frames: 0,
                    has_sound: false,
                });
                Ok(size)
            }
        }
    }

    fn append_to_segment(&mut self, planar: &[f32], range: Range<usize>) -> Result<(), SpoolError> {
        let channels = self.channels();
        let channel_len = planar.len() / channels.max(1);
        let sample = |frame: usize, channel: usize| planar[channel * channel_len + frame];
        let is_silent =
            (0..channels).all(|channel| range.clone().all(|frame| sample(frame, channel) == 0.0));
        let Some(segment) = self.kept.segments.back_mut() else {
            return Ok(());
        };
        let before = segment.frames;
        segment.frames += range.len() as u64;
        if is_silent && !segment.has_sound {
            return Ok(());
        }
        if !segment.has_sound {
            segment.has_sound = true;
            // The silence before it, written after all.
            self.unwritten.resize(before as usize * channels, 0.0);
        }
        for frame in range {
            self.unwritten
                .extend((0..channels).map(|channel| sample(frame, channel)));
        }
        let due = self.kept.sample_rate_hz as usize / 4 * channels;
        if self.folder.is_some() && self.unwritten.len() >= due {
            self.flush()?;
        }
        Ok(())
    }

    /// Everything heard so far is in the files.
    pub fn flush(&mut self) -> Result<(), SpoolError> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let folder = self.folder.as_ref().ok_or(SpoolError::NoFolder)?;
        let first = self.kept.segments.back().map_or(0, |segment| segment.first);
        let path = path_of(folder, first);
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                fs::create_dir_all(folder).map_err(|e| SpoolError::io(folder, e))?;
                none.insert(File::create(&path).map_err(|e| SpoolError::io(&path, e))?)
            }
        };
        let bytes: Vec<u8> = self
            .unwritten
            .iter()
            .flat_map(|s| s.to_le_bytes())
            .collect();
        file.write_all(&bytes)
            .map_err(|e| SpoolError::io(&path, e))?;
        self.unwritten.clear();
        Ok(())
    }

    /// Frames `range` of the axis into `samples`, interleaved. What is not there reads as silence.
    pub fn read(&self, range: Range<u64>, samples: &mut Vec<f32>) -> Result<(), SpoolError> {
        let channels = self.channels();
        samples.clear();
        samples.resize((range.end - range.start) as usize * channels, 0.0);
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        for segment in self
            .kept
            .segments
            .iter()
            .filter(|segment| segment.has_sound)
        {
            let from = range.start.max(segment.first);
            let to = range.end.min(segment.end());
            if from >= to {
                continue;
            }
            let path = path_of(folder, segment.first);
            let place = (from - range.start) as usize * channels;
            let part = &mut samples[place..place + (to - from) as usize * channels];
            read_samples(&path, (from - segment.first) * channels as u64, part)
                .map_err(|e| SpoolError::io(&path, e))?;
        }
        Ok(())
    }

    /// All that is there, segment by segment.
    pub fn read_all(&self, mut sink: impl FnMut(&[f32], usize)) {
        let mut samples = Vec::new();
        for segment in &self.kept.segments {
            match self.read(segment.first..segment.end(), &mut samples) {
                Ok(()) => sink(&samples, self.channels()),
                Err(error) => tracing::warn!(%error, "a part of the memory cannot be read"),
            }
        }
    }

    /// Lets the oldest segments go; returns how many frames went.
    pub fn evict(&mut self) -> u64 {
        let before = self.kept().start;
        let limit = u64::from(MEMORY_SECS) * u64::from(self.kept.sample_rate_hz);
        while let Some(oldest) = self.kept.segments.front().copied() {
            if self.kept().end - oldest.end() < limit {
                break;
            }
            self.kept.segments.pop_front();
            self.remove(&oldest);
        }
        self.kept().start - before
    }

    fn remove(&self, segment: &Segment) {
        let Some(folder) = self.folder.as_ref().filter(|_| segment.has_sound) else {
            return;
        };
        let path = path_of(folder, segment.first);
        if let Err(error) = fs::remove_file(&path) {
            tracing::debug!(%error, path = %path.display(), "a piece of the memory stays behind");
        }
    }

    /// Empties it, on disk too.
    pub fn clear(&mut self) {
        self.epoch += 1;
        self.file = None;
        self.unwritten.clear();
        self.kept.segments.clear();
        let Some(folder) = &self.folder else { return };
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, folder = %folder.display(), "the memory stays behind");
            }
            _ => {}
        }
    }

    pub fn saved_kept(&self) -> Kept {
        self.kept.clone()
    }

    /// Writes `map` beside the segments, whole or not at all.
    pub fn save(&self, map: &impl Serialize) -> Result<(), SpoolError> {
        let folder = self.folder.as_ref().ok_or(SpoolError::NoFolder)?;
        let (part, whole) = (folder.join("map.json.part"), folder.join(MAP));
        // Not made durable: it is for a host that crashes, not for a power cut.
        let write = || -> io::Result<()> {
            fs::write(&part, serde_json::to_vec(map)?)?;
            fs::rename(&part, &whole)
        };
        write().map_err(|e| SpoolError::io(&whole, e))
    }

    /// The map of an earlier process; what cannot be read is as good as none.
    pub fn saved<T: DeserializeOwned>(&self) -> Option<T> {
        let bytes = fs::read(self.folder.as_ref()?.join(MAP)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Goes on with what an earlier process left. `false` when it is not whole; nothing is removed.
    pub fn resume(&mut self, kept: Kept) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        let frame_bytes = u64::from(kept.channels) * 4;
        let is_whole = |segment: &Segment| {
            let wanted = segment.frames * frame_bytes;
            let there = fs::metadata(path_of(folder, segment.first)).map_or(0, |m| m.len());
            !segment.has_sound || there >= wanted
        };
        let follow = |pair: (&Segment, &Segment)| pair.0.end() == pair.1.first;
        let mut pairs = kept.segments.iter().zip(kept.segments.iter().skip(1));
        if kept.channels == 0 || !kept.segments.iter().all(is_whole) || !pairs.all(follow) {
            return false;
        }
        self.kept = kept;
        // The next frames begin a segment of their own, on the drawing's grid.
        if let Some(last) = self.kept.segments.back_mut() {
            let whole = last.frames / MEMORY_BUCKET_FRAMES as u64 * MEMORY_BUCKET_FRAMES as u64;
            last.frames = whole;
        }
        let end = self.kept().end;
        self.kept.segments.push_back(Segment {
            first: end,
            frames: 0,
            has_sound: false,
        });
        true
    }
}

fn path_of(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:012}.f32"))
}

fn read_samples(path: &Path, from: u64, samples: &mut [f32]) -> io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from * 4))?;
    let mut bytes = vec![0; samples.len() * 4];
    file.read_exact(&mut bytes)?;
    for (sample, bytes) in samples.iter_mut().zip(bytes.chunks_exact(4)) {
        *sample = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Ok(())
}
