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
                listening: self.listening,
                ..self.memory.clone()
            },
            recent: self.recent.iter().map(recent).collect(),
            recovered: self.recovered_view(),
            form: self.form.clone(),
            captions: self.captions.clone(),
            jobs: self.jobs.iter().map(|job| job.view(now_secs)).collect(),
            stems: self.stems.iter().map(|stem| self.row(stem)).collect(),
            service: self.service_view(),
            settings: self.settings.clone(),
            looks: self.user.looks,
            desktop_theme: self.desktop_theme,
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
            id: self.take.id.clone(),
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
            start_secs: self.take.start_secs(),
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
            start_secs: stem.start_secs,
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
            map: entry.map.clone(),
            marks: stem.marks.clone(),
            variation: stem.variation,
            model: stem.model.clone(),
            stack: stem.stack(),
            source_title: entry.source_title.clone(),
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

/// First and last bar touched; none where the host told no place in the song.
fn bars(take: &Take) -> Option<(i64, i64)> {
    take.start_beats?;
    take.tempo_map().bars_of(0..take.frames)
}
