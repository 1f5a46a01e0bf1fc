//! Finished stems, as they arrive.

use super::{ClipKey, Effect, SavedStem, State, StemEntry, present};
use crate::{
    capture::{Take, TempoMap, TempoMark},
    session::{Delivered, Fades, StemMarks},
};
use sideman_shared::{music::Bpm, protocol::Stem};
use std::{path::PathBuf, sync::Arc};

impl State {
    pub(super) fn stem_ready(&mut self, job_id: &str, stem: &Stem, path: PathBuf) -> Vec<Effect> {
        let Some(job) = self.running_job(job_id) else {
            return Vec::new();
        };
        let came = Delivered {
            stem_id: stem.stem_id.clone(),
            track: stem.track,
            variation: stem.variation,
        };
        // Deleted since, perhaps: it does not come back.
        if job.saved.delivered.contains(&came) {
            return Vec::new();
        }
        job.saved.delivered.push(came);
        let take = &job.saved.take;
        let request = &job.saved.request;
        let mut report = stem.report.clone();
        if let Some(warning) = length_warning(stem, take.duration_secs()) {
            report.warnings.push(warning);
        }
        let saved = SavedStem {
            // One job delivers a stem once, however often it is resumed.
            id: format!("{job_id}.{}", stem.stem_id),
            track: stem.track,
            path,
            frames: stem.frames,
            sample_rate_hz: stem.sample_rate_hz,
            duration_secs: stem.duration_secs,
            seed: stem.seed,
            engine: stem.engine.clone(),
            caption: request.caption_for(stem.track).to_owned(),
            bpm: request.bpm.map(Bpm::get),
            key: request.key_scale.map(|key| key.to_string()),
            report,
            start_beats: take.start_beats,
            start_secs: take.start_secs(),
            gain_db: 0.0,
            fades: Fades::default(),
            auditioning: false,
            marks: StemMarks::default(),
            variation: stem.variation,
            model: stem.model.clone(),
            request: Some(request.clone()),
            take: Some(take.clone()),
        };
        if self.stems.iter().any(|s| s.saved.id == saved.id) {
            return Vec::new();
        }
        self.stems.insert(0, StemEntry::new(saved.clone()));
        let mut effects = vec![
            Effect::WriteSidecar(Box::new(saved.clone())),
            saved.load_peaks(),
        ];
        effects.extend(self.prepare_drag(&saved.id));
        effects
    }

    /// Every file the view shows.
    pub(super) fn files(&self) -> Vec<(ClipKey, PathBuf)> {
        let source = self.source.iter().map(|s| {
            let key = ClipKey::Source(s.take.id.clone());
            (key, s.take.path.clone())
        });
        let stems = self.stems.iter().map(|s| {
            let key = ClipKey::Stem(s.saved.id.clone());
            (key, s.saved.path.clone())
        });
        source.chain(stems).collect()
    }
}

impl StemEntry {
    pub(super) fn new(saved: SavedStem) -> Self {
        Self {
            map: Arc::new(saved.tempo_map()),
            source_title: saved.take.as_ref().map(present::title).unwrap_or_default(),
            saved,
            peaks: Default::default(),
            missing: false,
            prepared: None,
        }
    }
}

impl SavedStem {
    /// Where its bars lie: as its take's do, else at the tempo it was asked for.
    fn tempo_map(&self) -> TempoMap {
        let told = self.take.as_ref().filter(|take| take.tempo_bpm.is_some());
        let map = told.map(Take::tempo_map).unwrap_or_else(|| TempoMap {
            marks: vec![TempoMark {
                frame: 0,
                bpm: self.bpm,
                meter: self.take.as_ref().and_then(|take| take.meter),
                beats: self.start_beats.or_else(|| self.heard_start_beats()),
                bar_beats: None,
            }],
            frames: self.frames,
            sample_rate_hz: self.sample_rate_hz,
        });
        // It should be as long as its take, at another rate perhaps.
        let frames = (self.duration_secs * f64::from(map.sample_rate_hz)).round() as u64;
        TempoMap { frames, ..map }
    }

    /// As on the song's card: the first downbeat that was heard begins bar 1.
    fn heard_start_beats(&self) -> Option<f64> {
        let downbeat_secs = self.take.as_ref()?.downbeat_secs?;
        Some(-downbeat_secs * self.bpm? / 60.0)
    }

    pub(super) fn load_peaks(&self) -> Effect {
        Effect::LoadPeaks {
            key: ClipKey::Stem(self.id.clone()),
            path: self.path.clone(),
        }
    }
}

/// A stem must be as long as its take; the user should know before it is dragged into the song.
fn length_warning(stem: &Stem, take_secs: f64) -> Option<String> {
    let stem_secs = stem.frames as f64 / f64::from(stem.sample_rate_hz.max(1));
    let differs_by = stem_secs - take_secs;
    // Lossy sources are a frame of their codec longer or shorter.
    (differs_by.abs() > 0.06).then(|| {
        let word = if differs_by < 0.0 {
            "shorter"
        } else {
            "longer"
        };
        format!(
            "This stem is {:.2} s {word} than its take.",
            differs_by.abs()
        )
    })
}
