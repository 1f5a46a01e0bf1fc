//! Parts of a take, takes from before, and what was heard in them.

use super::{Effect, Source, State};
use crate::{
    capture::{Take, TakeId, TempoMap, TempoMark},
    session::{ClipKey, HeardField, Hearing, Peaks},
};
use sideman_shared::music::Bpm;

/// Earlier sources that stay reachable.
const MAX_RECENT: usize = 10;
/// Less sure than this, a guess would be no help.
const WORTH_SAYING: f64 = 0.35;

impl State {
    pub(super) fn trim_source(&self, from: u64, to: u64) -> Vec<Effect> {
        let source = self.source.iter().filter(|source| !source.missing);
        let inside = |source: &&Source| from < to && to <= source.take.frames;
        let trim = source.filter(inside).map(|source| Effect::Trim {
            take: Box::new(source.take.clone()),
            from,
            to,
        });
        trim.collect()
    }

    pub(super) fn trimmed(&mut self, whole: &TakeId, part: Take) -> Vec<Effect> {
        // Another song has come meanwhile: the part is of no use.
        let Some(old) = self.source.as_ref().filter(|old| old.take.id == *whole) else {
            return Vec::new();
        };
        let whole = old
            .whole
            .clone()
            .unwrap_or_else(|| Box::new(old.take.clone()));
        let load = Effect::LoadPeaks {
            key: ClipKey::Source(part.id.clone()),
            path: part.path.clone(),
        };
        let mut source = Source::new(part, Peaks::default());
        source.whole = Some(whole);
        let mut effects = self.set_source(Some(source));
        effects.push(load);
        effects
    }

    pub(super) fn whole_source(&mut self) -> Vec<Effect> {
        match self.source.as_mut().and_then(|source| source.whole.take()) {
            Some(whole) => self.adopt(*whole, Peaks::default()),
            None => Vec::new(),
        }
    }

    pub(super) fn use_take(&mut self, id: &TakeId) -> Vec<Effect> {
        match self.recent.iter().position(|take| take.id == *id) {
            Some(at) => {
                let take = self.recent.remove(at);
                self.adopt(take, Peaks::default())
            }
            None => Vec::new(),
        }
    }

    /// The source that goes stays reachable.
    pub(super) fn note_recent(&mut self, goes: Option<Source>) {
        let comes = self.source.as_ref();
        let is_in_use = |take: &Take| {
            comes.is_some_and(|source| {
                source.take.id == take.id
                    || source
                        .whole
                        .as_ref()
                        .is_some_and(|whole| whole.id == take.id)
            })
        };
        if let Some(take) = goes
            .map(|source| source.take)
            .filter(|take| !is_in_use(take))
        {
            self.recent.retain(|old| old.id != take.id);
            self.recent.insert(0, take);
        }
        if let Some(source) = &self.source {
            self.recent.retain(|old| old.id != source.take.id);
        }
        self.recent.truncate(MAX_RECENT);
    }

    /// The source is drawn: time to listen to it.
    pub(super) fn hear_source(&self, id: &TakeId) -> Vec<Effect> {
        let source = self.source.iter();
        let unheard = source.filter(|s| s.take.id == *id && s.hearing.is_none() && !s.missing);
        unheard
            .map(|source| Effect::Hear(Box::new(source.take.clone())))
            .collect()
    }

    pub(super) fn heard(&mut self, id: &TakeId, hearing: Hearing) {
        if let Some(source) = self.source.as_mut().filter(|s| s.take.id == *id) {
            source.hearing = Some(hearing);
        }
    }

    pub(super) fn use_heard(&mut self, field: HeardField) {
        let Some(heard) = self.source.as_ref().map(Source::suggestions) else {
            return;
        };
        match field {
            HeardField::Tempo => {
                if let Some((bpm, _)) = heard.bpm {
                    self.form.bpm = Bpm::new(bpm).map_or_else(String::new, |bpm| bpm.to_string());
                }
            }
            HeardField::Key => {
                if let Some((key, _)) = heard.key {
                    self.form.key = key;
                }
            }
        }
    }
}

impl Source {
    /// What was heard with some confidence and the host has not told.
    pub(super) fn suggestions(&self) -> Hearing {
        let heard = self.hearing.clone().unwrap_or_default();
        let known = self.take.tempo_bpm.is_some();
        Hearing {
            bpm: heard
                .bpm
                .filter(|(_, sure)| !known && *sure >= WORTH_SAYING),
            downbeat_secs: heard.downbeat_secs,
            key: heard
                .key
                .filter(|(_, sure)| self.take.key.is_none() && *sure >= WORTH_SAYING),
        }
    }

    /// The take as a job keeps it: its stems' bars lie as the song's do, also when they were only heard.
    pub(super) fn take_as_heard(&self) -> Take {
        let is_told = self.take.tempo_bpm.is_some() || self.take.start_beats.is_some();
        Take {
            downbeat_secs: self.suggestions().downbeat_secs.filter(|_| !is_told),
            ..self.take.clone()
        }
    }

    /// Where the bars lie, and whether that is only what was heard.
    pub(super) fn map(&self) -> (TempoMap, bool) {
        let told = self.take.tempo_map();
        let heard = self.suggestions();
        match (heard.bpm, heard.downbeat_secs) {
            (Some((bpm, _)), Some(downbeat_secs)) => {
                let mark = TempoMark {
                    frame: 0,
                    bpm: Some(bpm),
                    meter: None,
                    // The first downbeat heard begins bar 1.
                    beats: Some(-downbeat_secs * bpm / 60.0),
                    bar_beats: None,
                };
                let map = TempoMap {
                    marks: vec![mark],
                    ..told
                };
                (map, true)
            }
            _ => (told, false),
        }
    }
}
