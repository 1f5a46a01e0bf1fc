//! From an engine's sound to a stem: checked, joined with its base, encoded, described.

use super::{
    attempt::Failure,
    blocking::blocking,
    material::Material,
    record::{JobRecord, StemRecord, StemWords},
    region,
    work::{Candidate, Played, failure},
};
use crate::{
    artifacts::{ArtifactError, Artifacts, Incoming},
    audio::{Finished, StemTags, encode, finish},
};
use sideman_shared::{
    audio::AudioBuffer,
    protocol::{AudioFormat, Code, Stem, StemReport},
};
use uuid::Uuid;

/// The stem as it will be handed out, or `None` if it is silent.
pub async fn check(
    job: &JobRecord,
    material: &Material,
    raw: AudioBuffer,
) -> Result<Option<Finished>, Failure> {
    let (probe, base, part) = (material.probe, material.base.clone(), job.request.region);
    let checked = blocking(move || -> Result<_, Failure> {
        let whole = finish(raw, &probe).map_err(|e| failure(e.into()))?;
        let (Some(base), Some(part)) = (base, part) else {
            return Ok(Some(whole).filter(|f| !f.report.silent));
        };
        let frames = whole.audio.frames();
        let range = region::frames_of(&part, whole.audio.sample_rate_hz(), frames);
        if whole.report.silent || region::is_silent(&whole.audio, range.clone()) {
            return Ok(None);
        }
        let audio = region::splice(&base, &whole.audio, range).ok_or_else(|| {
            Failure::lasting(Code::Internal, "the base stem is not as long as its source")
        })?;
        // Measured as spliced, but the samples stay: levelling would touch the base.
        let measured = finish(audio.clone(), &probe).map_err(|e| failure(e.into()))?;
        let report = StemReport {
            clipped_frames: whole.report.clipped_frames,
            warnings: whole.report.warnings,
            ..measured.report
        };
        Ok(Some(Finished { audio, report }))
    });
    checked.await?
}

/// WAV always, as the master of every conversion; and the format the job asks for.
pub fn encode_all(
    artifacts: &Artifacts,
    audio: &AudioBuffer,
    wanted: AudioFormat,
    tags: &StemTags,
) -> Result<Vec<(AudioFormat, Incoming)>, Failure> {
    let broken = |e: ArtifactError| failure(e.into());
    let mut formats = vec![AudioFormat::Wav];
    if wanted != AudioFormat::Wav {
        formats.push(wanted);
    }
    let encoded = formats.into_iter().map(|format| {
        let path = artifacts.scratch().map_err(broken)?;
        encode(audio, format, tags, &path).map_err(|e| failure(e.into()))?;
        Ok((format, Artifacts::seal(path).map_err(broken)?))
    });
    encoded.collect()
}

/// A finished stem as it will be kept.
pub fn record(
    job: &JobRecord,
    material: &Material,
    candidate: Candidate,
    played: &Played,
    engine: &str,
    report: StemReport,
) -> StemRecord {
    let stem_id = Uuid::new_v4().simple().to_string();
    let audio = &played.finished.audio;
    StemRecord {
        job_id: job.job_id.clone(),
        owner: job.owner.clone(),
        source_id: job.request.source_id.clone(),
        version: 0,
        format: job.request.format,
        words: StemWords {
            bpm: material.analysis.bpm,
            meter: material.analysis.meter,
            key: material.analysis.key,
            caption: job.request.caption_for(candidate.track).to_owned(),
            song_position_secs: job.request.song_position_secs,
        },
        stem: Stem {
            url: format!("/v1/stems/{stem_id}"),
            stem_id,
            track: candidate.track,
            variation: candidate.variation,
            seed: played.seed,
            engine: engine.to_owned(),
            model: played.model.clone(),
            frames: audio.frames() as u64,
            sample_rate_hz: audio.sample_rate_hz(),
            channels: audio.channel_count() as u16,
            duration_secs: audio.duration_secs(),
            report,
        },
    }
}

/// What is written into the files of a stem.
pub fn tags(record: &StemRecord) -> StemTags {
    StemTags {
        track: record.stem.track,
        bpm: record.words.bpm,
        meter: record.words.meter,
        key: record.words.key,
        seed: record.stem.seed,
        engine: record.stem.engine.clone(),
        model: record.stem.model.clone(),
        caption: record.words.caption.clone(),
        song_position_secs: record.words.song_position_secs,
    }
}
