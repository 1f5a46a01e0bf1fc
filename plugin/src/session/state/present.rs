//! From the state to what the window draws.

use super::{SavedStem, Source, State, StemEntry};
use crate::session::export::made_on;
use crate::{
    capture::{Take, TakeOrigin},
    session::{MemoryView, RecentTake, SessionView, SourceView, StemRow},
};
use sideman_shared::music::Bpm;
use std::sync::Arc;

impl State {
    /// The view at `now_secs`: countdowns and estimates are what is left of them.
    pub fn view(&self, now_secs: f64) -> SessionView {
        SessionView {
            capture: self.capture.clone(),
            source: self.source.as_ref().map(Source::view),
            memory: MemoryView {
                is_on: self.listening.on,
                ..self.memory.clone()
            },
            recent: self.recent.iter().map(recent).collect(),
            recovered: self.recovered_words(),
            form: self.form.clone(),
            captions: self.captions.clone(),
            jobs: self.jobs.iter().map(|job| job.view(now_secs)).collect(),
            stems: self.stems.iter().map(|stem| self.row(stem)).collect(),
            service: self.service_view(),
            settings: self.settings.clone(),
            looks: self.user.looks,
            host_bpm: self.host.bpm,
            host_playing: self.host.playing,
            notices: self.notices.clone(),
            can_undo_delete: !self.deleted.is_empty(),
            mute_source: self.monitoring.mute_source,
            storage: self.folder.storage.clone(),
            moving: self.folder.moving.as_ref().map(|m| m.view.clone()),
        }
    }
}

fn recent(take: &Take) -> RecentTake {
    RecentTake {
        id: take.id.clone(),
        title: title(take),
    }
}

impl Source {
    fn view(&self) -> SourceView {
        let title = title(&self.take);
        let (map, map_is_heard) = self.map();
        SourceView {
            title: if self.missing {
                format!("{title} (file is missing)")
            } else {
                title
            },
            duration_secs: self.take.duration_secs(),
            sample_rate_hz: self.take.sample_rate_hz,
            channels: self.take.channels,
            tempo_bpm: self.take.tempo_bpm,
            meter: self.take.meter.map(|meter| meter.to_string()),
            start_beats: self.take.start_beats,
            tempo_changed: self.take.tempo_changed,
            lost_frames: self.take.lost_frames,
            peaks: self.peaks.clone(),
            playing: self.playing,
            map: Arc::new(map),
            map_is_heard,
            is_trimmed: self.whole.is_some(),
            heard: self.suggestions(),
        }
    }
}

impl State {
    fn row(&self, entry: &StemEntry) -> StemRow {
        let stem = &entry.saved;
        let request = stem.request.as_ref();
        StemRow {
            id: stem.id.clone(),
            track: stem.track,
            title: stem_title(stem),
            path: stem.path.clone(),
            duration_secs: stem.duration_secs,
            seed: stem.seed,
            engine: stem.engine.clone(),
            caption: stem.caption.clone(),
            bpm: stem.bpm,
            key: stem.key.clone(),
            report: stem.report.clone(),
            peaks: entry.peaks.clone(),
            auditioning: stem.auditioning,
            soloed: self.monitoring.solo.as_ref() == Some(&stem.id),
            gain_db: stem.gain_db,
            fades: stem.fades,
            start_beats: stem.start_beats,
            meter: stem.take.as_ref().and_then(|take| take.meter),
            marks: stem.marks.clone(),
            variation: stem.variation,
            model: stem.model.clone(),
            stack: stem.stack(),
            source_title: stem.take.as_ref().map(title).unwrap_or_default(),
            made_on: made_on(&stem.id).unwrap_or_default(),
            parent: self.parent(stem),
            region: request.and_then(|request| request.region),
            drag_path: entry.prepared.clone().unwrap_or_else(|| stem.path.clone()),
            can_reroll: request.is_some() && stem.take.is_some(),
            missing: entry.missing,
        }
    }
}

impl State {
    /// The row of the stem that this one keeps outside its region, if it is still there.
    fn parent(&self, stem: &SavedStem) -> Option<String> {
        let base = stem.request.as_ref()?.base_stem_id.as_deref()?;
        let mut others = self.stems.iter().map(|other| &other.saved);
        let parent = others.find(|other| other.service_stem_id() == Some(base))?;
        Some(parent.id.clone())
    }
}

/// `Drums · 92.5 BPM · seed 7`
fn stem_title(stem: &SavedStem) -> String {
    let bpm = stem.bpm.and_then(Bpm::new);
    let tempo = bpm.map_or_else(String::new, |bpm| format!(" · {bpm} BPM"));
    format!("{}{tempo} · seed {}", stem.track.label(), stem.seed)
}

/// `Captured 0:42, bars 17–32`, or the file's name.
pub(super) fn title(take: &Take) -> String {
    if let TakeOrigin::File(name) = &take.origin {
        return name.clone();
    }
    let secs = take.duration_secs().round() as u64;
    let length = format!("Captured {}:{:02}", secs / 60, secs % 60);
    match bars(take) {
        Some((first, last)) if first == last => format!("{length}, bar {first}"),
        Some((first, last)) => format!("{length}, bars {first}–{last}"),
        None => length,
    }
}

/// First and last bar touched, counted from 1 as hosts do.
fn bars(take: &Take) -> Option<(i64, i64)> {
    /// A take cut at a bar line may end a few frames behind it.
    const SLACK_BARS: f64 = 0.02;
    let per_bar = take.meter.unwrap_or_default().quarters_per_bar();
    let start_beats = take.start_beats.filter(|b| b.is_finite())?;
    let tempo_bpm = take.tempo_bpm.filter(|t| t.is_finite() && *t > 0.0)?;
    // With a moving tempo the end cannot be told from the start.
    if take.tempo_changed {
        return None;
    }
    let length_beats = take.duration_secs() * tempo_bpm / 60.0;
    let first = (start_beats / per_bar + SLACK_BARS).floor() as i64 + 1;
    let last = ((start_beats + length_beats) / per_bar - SLACK_BARS).ceil() as i64;
    Some((first, last.max(first)))
}
