use super::{
    AudioLimits, Probe,
    mp4_edit::{self, Edit},
    refusal,
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
    /// Frames of damaged blocks before the first good one told how many channels there are.
    owed_silence: usize,
    planes: Vec<Vec<f32>>,
}

impl Stream {
    pub(super) fn open(path: &Path, limits: &AudioLimits) -> Result<Self, AudioError> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Err(refusal::unreadable("the file is empty (0 bytes)"));
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
            .map_err(refusal::not_audio)?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or_else(|| refusal::unreadable("it has no audio track"))?;
        let params = track
            .codec_params
            .as_ref()
            .and_then(|p| p.audio())
            .ok_or_else(|| refusal::unreadable("its audio codec is not known"))?;
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
            .map_err(refusal::not_audio)?;
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
            refusal::check_finite(&self.progress.planes, self.progress.kept_frames, *rate)?;
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
                Err(SymphoniaError::ResetRequired) => return Err(refusal::changes_in_the_middle()),
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
                progress.pay_owed_silence();
                progress.blocks += 1;
                progress.damaged_run = 0;
            }
            Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_)) => {
                if !progress.count_damaged() {
                    return Err(refusal::too_damaged(progress.damaged));
                }
                progress.put_silence(packet);
            }
            Err(SymphoniaError::ResetRequired) => return Err(refusal::changes_in_the_middle()),
            Err(e) => return Err(refusal::not_audio(e)),
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
            return Err(refusal::unreadable("no audio could be decoded from it"));
        };
        if progress.damaged as f64 > progress.blocks as f64 * MAX_DAMAGED_SHARE {
            return Err(refusal::too_damaged(progress.damaged));
        }
        if let Some(promised) = self.promised_frames
            && (progress.kept_frames as f64) < promised as f64 * MIN_PRESENT_SHARE
        {
            return Err(refusal::cut_off(promised, progress.kept_frames));
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

    /// In place of a block that cannot be decoded.
    fn put_silence(&mut self, packet: &Packet) {
        let trimmed = packet.trim_start.saturating_add(packet.trim_end);
        let lost = usize::try_from(packet.dur.saturating_sub(trimmed).get()).unwrap_or(0);
        if self.planes.is_empty() {
            self.owed_silence += lost;
        }
        for plane in &mut self.planes {
            plane.clear();
            plane.resize(lost, 0.0);
        }
    }

    fn pay_owed_silence(&mut self) {
        let owed = std::mem::take(&mut self.owed_silence);
        for plane in &mut self.planes {
            plane.splice(0..0, std::iter::repeat_n(0.0, owed));
        }
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
            Some(_) => Err(refusal::changes_in_the_middle()),
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
