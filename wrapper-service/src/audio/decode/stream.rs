use super::{
    AudioLimits, Probe,
    mp4_edit::{self, Edit},
};
use crate::audio::AudioError;
use std::{fs::File, io, path::Path};
use symphonia::core::{
    audio::Channels,
    codecs::audio::{AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_MP3},
    errors::Error as SymphoniaError,
    formats::{FormatOptions, FormatReader, Track, TrackType, probe::Hint},
    io::MediaSourceStream,
    meta::MetadataOptions,
    packet::Packet,
    units::Duration,
};

/// Decoders go on after a damaged block; a file with more of them than this share is not worth playing.
const MAX_DAMAGED_SHARE: f64 = 0.1;
/// A file that holds less than this share of what its header promises was cut off.
const MIN_PRESENT_SHARE: f64 = 0.99;
/// Damaged blocks in a row after which the rest is given up.
const MAX_DAMAGED_RUN: u64 = 200;

/// One file being decoded, block by block.
pub(super) struct Stream {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    limits: AudioLimits,
    /// By the header, where one tells exactly.
    promised_frames: Option<u64>,
    /// Whether trailing frames may be cut as the container says (an estimate must not cut).
    trusts_trim_end: bool,
    edit: Option<Edit>,
    progress: Progress,
}

#[derive(Default)]
struct Progress {
    layout: Option<(Channels, u32)>,
    decoded_frames: u64,
    kept_frames: u64,
    blocks: u64,
    damaged: u64,
    damaged_run: u64,
    planes: Vec<Vec<f32>>,
}

impl Stream {
    pub(super) fn open(path: &Path, limits: &AudioLimits) -> Result<Self, AudioError> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Err(AudioError::Unreadable("the file is empty (0 bytes)".into()));
        }
        let edit = mp4_edit::read(&mut file)?;
        let source = MediaSourceStream::new(Box::new(file), Default::default());
        let format = symphonia::default::get_probe()
            .probe(
                &Hint::new(),
                source,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(not_audio)?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or_else(|| AudioError::Unreadable("it has no audio track".into()))?;
        let params = track
            .codec_params
            .as_ref()
            .and_then(|p| p.audio())
            .ok_or_else(|| AudioError::Unreadable("its audio codec is not known".into()))?;
        // MP4 cannot say more than 65535 Hz and says 0 then: the decoder will know.
        let rate_hz = params.sample_rate.filter(|&rate| rate > 0);
        if let Some(rate) = rate_hz {
            limits.check_rate(rate)?;
        }
        if let Some(channels) = &params.channels {
            limits.check_channels(channels.count())?;
        }
        let exact_length = params.codec != CODEC_ID_MP3 || track.delay.is_some();
        let promised_frames = promised(track, exact_length, edit);
        if let (Some(frames), Some(rate)) = (promised_frames, rate_hz) {
            limits.check_not_too_long(frames, rate)?;
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map_err(not_audio)?;
        Ok(Self {
            track_id: track.id,
            limits: *limits,
            promised_frames,
            trusts_trim_end: exact_length,
            edit,
            progress: Progress::default(),
            decoder,
            format,
        })
    }

    /// Decodes to the end, handing every block of frames (`planes[channel][frame]`) to `sink`.
    pub(super) fn read_all(
        mut self,
        mut sink: impl FnMut(&Channels, &[Vec<f32>]),
    ) -> Result<Probe, AudioError> {
        while let Some(packet) = self.next_packet()? {
            if !self.decode_block(&packet)? {
                continue;
            }
            self.cut_by_edit();
            let Some((layout, rate)) = &self.progress.layout else {
                continue;
            };
            check_finite(&self.progress.planes, self.progress.kept_frames, *rate)?;
            sink(layout, &self.progress.planes);
            self.progress.kept_frames += self.progress.block_frames();
            self.limits
                .check_not_too_long(self.progress.kept_frames, *rate)?;
        }
        self.conclude()
    }

    /// `None` at the end of the file, be it the proper one or where the file was cut off.
    fn next_packet(&mut self) -> Result<Option<Packet>, AudioError> {
        loop {
            match self.format.next_packet() {
                Ok(Some(mut packet)) if packet.track_id == self.track_id => {
                    if !self.trusts_trim_end {
                        packet.trim_end = Duration::ZERO;
                    }
                    return Ok(Some(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(SymphoniaError::IoError(e)) if e.kind() == io::ErrorKind::UnexpectedEof => {
                    return Ok(None);
                }
                Err(SymphoniaError::IoError(e)) => return Err(AudioError::Io(e)),
                Err(SymphoniaError::ResetRequired) => return Err(changes_in_the_middle()),
                Err(_) if self.progress.count_damaged() => {}
                Err(_) => return Ok(None),
            }
        }
    }

    /// Decodes into `progress.planes`; `false` when the packet held no frames. A damaged block becomes
    /// silence of its length, so that what follows keeps its time.
    fn decode_block(&mut self, packet: &Packet) -> Result<bool, AudioError> {
        let progress = &mut self.progress;
        match self.decoder.decode(packet) {
            Ok(block) => {
                let spec = block.spec();
                progress.keep_layout(spec.channels(), spec.rate(), &self.limits)?;
                block.copy_to_vecs_planar::<f32>(&mut progress.planes);
                progress.blocks += 1;
                progress.damaged_run = 0;
            }
            Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_)) => {
                if !progress.count_damaged() {
                    return Err(too_damaged(progress.damaged));
                }
                let lost = packet.block_dur().get()
                    - packet.trim_start.get().min(packet.block_dur().get());
                for plane in &mut progress.planes {
                    plane.clear();
                    plane.resize(usize::try_from(lost).unwrap_or(0), 0.0);
                }
            }
            Err(SymphoniaError::ResetRequired) => return Err(changes_in_the_middle()),
            Err(e) => return Err(not_audio(e)),
        }
        Ok(self.progress.block_frames() > 0)
    }

    /// Drops what the container's edit list hides: an encoder's priming and padding.
    fn cut_by_edit(&mut self) {
        let start = self.progress.decoded_frames;
        self.progress.decoded_frames += self.progress.block_frames();
        let (Some(edit), Some((_, rate))) = (self.edit, &self.progress.layout) else {
            return;
        };
        let (first, end) = edit.frames_at(*rate);
        for plane in &mut self.progress.planes {
            let within = |frame: u64| {
                let offset = frame.saturating_sub(start);
                usize::try_from(offset).map_or(plane.len(), |o| o.min(plane.len()))
            };
            let (from, to) = (within(first), within(end));
            plane.truncate(to);
            plane.drain(..from.min(to));
        }
    }

    fn conclude(self) -> Result<Probe, AudioError> {
        let progress = &self.progress;
        let Some((layout, rate)) = &progress.layout else {
            return Err(AudioError::Unreadable(
                "no audio could be decoded from it".into(),
            ));
        };
        if progress.damaged as f64 > progress.blocks as f64 * MAX_DAMAGED_SHARE {
            return Err(too_damaged(progress.damaged));
        }
        if let Some(promised) = self.promised_frames
            && (progress.kept_frames as f64) < promised as f64 * MIN_PRESENT_SHARE
        {
            return Err(AudioError::Unreadable(format!(
                "it is cut off: its header promises {promised} frames, the file holds {}; export or \
                 upload it again",
                progress.kept_frames
            )));
        }
        let probe = Probe {
            frames: progress.kept_frames,
            sample_rate_hz: *rate,
            // The limits allow far fewer than 65536.
            channels: u16::try_from(layout.count()).unwrap_or(u16::MAX),
        };
        self.limits.check_not_too_short(&probe)?;
        Ok(probe)
    }
}

impl Progress {
    fn block_frames(&self) -> u64 {
        self.planes.first().map_or(0, Vec::len) as u64
    }

    /// `false` when the budget of damaged blocks is spent.
    fn count_damaged(&mut self) -> bool {
        self.blocks += 1;
        self.damaged += 1;
        self.damaged_run += 1;
        self.damaged_run < MAX_DAMAGED_RUN
    }

    fn keep_layout(
        &mut self,
        channels: &Channels,
        rate: u32,
        limits: &AudioLimits,
    ) -> Result<(), AudioError> {
        match &self.layout {
            Some((kept, kept_rate)) if kept == channels && *kept_rate == rate => Ok(()),
            Some(_) => Err(changes_in_the_middle()),
            None => {
                limits.check_rate(rate)?;
                limits.check_channels(channels.count())?;
                self.layout = Some((channels.clone(), rate));
                Ok(())
            }
        }
    }
}

fn promised(track: &Track, exact_length: bool, edit: Option<Edit>) -> Option<u64> {
    let frames = track.num_frames.filter(|&n| n > 0 && exact_length)?;
    let rate = track
        .codec_params
        .as_ref()?
        .audio()?
        .sample_rate
        .filter(|&rate| rate > 0)?;
    Some(match edit {
        Some(edit) => {
            let (first, end) = edit.frames_at(rate);
            end.min(frames).saturating_sub(first)
        }
        None => frames,
    })
}

fn check_finite(planes: &[Vec<f32>], frames_before: u64, rate_hz: u32) -> Result<(), AudioError> {
    let bad = planes
        .iter()
        .filter_map(|plane| plane.iter().position(|s| !s.is_finite()))
        .min();
    let Some(bad) = bad else {
        return Ok(());
    };
    let secs = (frames_before + bad as u64) as f64 / f64::from(rate_hz.max(1));
    Err(AudioError::Unreadable(format!(
        "it holds a sample that is not a number (NaN or infinite) at {secs:.3} s; a plugin in the song \
         misbehaves there, render it again"
    )))
}

fn not_audio(error: SymphoniaError) -> AudioError {
    match error {
        SymphoniaError::IoError(e) if e.kind() != io::ErrorKind::UnexpectedEof => AudioError::Io(e),
        other => AudioError::Unreadable(format!(
            "no known audio format ({other}); WAV, AIFF, FLAC, MP3, OGG and M4A are"
        )),
    }
}

fn changes_in_the_middle() -> AudioError {
    AudioError::Unreadable(
        "its sample rate or channels change in the middle; export it as one piece".into(),
    )
}

fn too_damaged(damaged: u64) -> AudioError {
    AudioError::Unreadable(format!(
        "too much of it is damaged: {damaged} blocks could not be decoded; export it again"
    ))
}
