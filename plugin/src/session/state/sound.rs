//! What is heard in place, and what the loader says.

use super::{ClipKey, Effect, LoaderEvent, Playing, Recovered, Source, State, StemEntry};
use crate::session::{Fades, Peaks};

/// The row's slider: far below hearing to a little above.
const GAIN_RANGE_DB: std::ops::RangeInclusive<f32> = -60.0..=12.0;

impl State {
    pub(super) fn audition(&mut self, id: &str, on: bool) -> Vec<Effect> {
        let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        if stem.saved.auditioning == on || (on && stem.missing) {
            return Vec::new();
        }
        stem.saved.auditioning = on;
        let load = on.then(|| Effect::LoadClip {
            key: ClipKey::Stem(id.to_owned()),
            path: stem.saved.path.clone(),
        });
        load.into_iter().chain([self.play()]).collect()
    }

    pub(super) fn audition_source(&mut self, on: bool) -> Vec<Effect> {
        let Some(source) = &mut self.source else {
            return Vec::new();
        };
        if source.playing == on || (on && source.missing) {
            return Vec::new();
        }
        source.playing = on;
        let load = on.then(|| Effect::LoadClip {
            key: ClipKey::Source(source.take.id.clone()),
            path: source.take.path.clone(),
        });
        load.into_iter().chain([self.play()]).collect()
    }

    pub(super) fn set_gain(&mut self, id: &str, gain_db: f32) -> Vec<Effect> {
        let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        if !gain_db.is_finite() {
            return Vec::new();
        }
        stem.saved.gain_db = gain_db.clamp(*GAIN_RANGE_DB.start(), *GAIN_RANGE_DB.end());
        if stem.saved.auditioning {
            vec![self.play()]
        } else {
            Vec::new()
        }
    }

    /// The audition as it should be now.
    pub(super) fn play(&self) -> Effect {
        let solo = self.soloed();
        let source = self.source.iter().filter(|s| s.playing && solo.is_none());
        let source = source.map(|s| Playing {
            key: ClipKey::Source(s.take.id.clone()),
            start_secs: s.take.start_secs().unwrap_or(0.0),
            gain: 1.0,
            fades: Fades::default(),
        });
        let is_heard =
            |s: &&StemEntry| s.saved.auditioning && solo.is_none_or(|soloed| soloed == s.saved.id);
        let stems = self.stems.iter().filter(is_heard).map(|s| Playing {
            key: ClipKey::Stem(s.saved.id.clone()),
            start_secs: s.saved.start_secs.unwrap_or(0.0),
            gain: 10f32.powf(s.saved.gain_db / 20.0),
            fades: s.saved.fades,
        });
        // The source is what comes in: heard twice it would only be louder.
        let plays_source = self.source.as_ref().is_some_and(|s| s.playing);
        Effect::Play {
            clips: source.chain(stems).collect(),
            mute_input: plays_source || solo.is_some() || self.monitoring.mute_source,
        }
    }

    /// Decodes again all that is heard, then plays it.
    pub(super) fn reload_playing(&self) -> Vec<Effect> {
        let source = self.source.iter().filter(|s| s.playing).map(|s| {
            let key = ClipKey::Source(s.take.id.clone());
            (key, s.take.path.clone())
        });
        let stems = self.stems.iter().filter(|s| s.saved.auditioning).map(|s| {
            let key = ClipKey::Stem(s.saved.id.clone());
            (key, s.saved.path.clone())
        });
        source
            .chain(stems)
            .map(|(key, path)| Effect::LoadClip { key, path })
            .chain([self.play()])
            .collect()
    }

    pub(super) fn loaded(&mut self, event: LoaderEvent) -> Vec<Effect> {
        match event {
            LoaderEvent::Opened { take, peaks } => {
                let id = take.id.clone();
                let mut effects = self.set_source(Some(Source::new(*take, peaks)));
                effects.extend(self.hear_source(&id));
                return effects;
            }
            LoaderEvent::OpenFailed { path, why } => {
                self.notice(true, format!("{} cannot be used: {why}", path.display()));
            }
            LoaderEvent::PeaksReady { key, peaks } => {
                self.draw(&key, peaks);
                if let ClipKey::Source(id) = &key {
                    return self.hear_source(id);
                }
            }
            LoaderEvent::Heard { take, hearing } => self.heard(&take, hearing),
            LoaderEvent::LeftMemory { instance, secs } => {
                self.found_after_crash(Recovered::Elsewhere { instance, secs });
            }
            LoaderEvent::Trimmed { whole, take } => return self.trimmed(&whole, *take),
            LoaderEvent::ClipReady {
                key: ClipKey::Stem(id),
            } if self.switching.as_ref() == Some(&id) => return self.finish_switch(&id),
            LoaderEvent::ClipReady { key } if self.is_playing(&key) => return vec![self.play()],
            LoaderEvent::ClipReady { .. } => {}
            LoaderEvent::Unreadable { key, why } => return self.unreadable(&key, &why),
            LoaderEvent::Copied { to } => self.notice(false, format!("Saved as {}.", to.display())),
            LoaderEvent::Prepared { stem, path } => self.prepared(&stem, path),
            LoaderEvent::Folder(news) => return self.folder_news(news),
            LoaderEvent::Captions(book) => self.captions = (*book).into(),
            LoaderEvent::Failed { text } => self.notice(true, text),
            LoaderEvent::TrashFailed { stem, why } => self.trash_failed(&stem, &why),
            LoaderEvent::Present(files) => return self.present(&files),
        }
        Vec::new()
    }

    pub(super) fn is_playing(&self, key: &ClipKey) -> bool {
        match key {
            ClipKey::Source(id) => {
                let mut source = self.source.iter();
                source.any(|s| s.playing && s.take.id == *id)
            }
            ClipKey::Stem(id) => {
                let mut stems = self.stems.iter();
                stems.any(|s| s.saved.auditioning && s.saved.id == *id)
            }
        }
    }

    fn draw(&mut self, key: &ClipKey, peaks: Peaks) {
        match key {
            ClipKey::Source(id) => {
                if let Some(source) = self.source.as_mut().filter(|s| s.take.id == *id) {
                    source.peaks = peaks;
                }
            }
            ClipKey::Stem(id) => {
                if let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == *id) {
                    stem.peaks = peaks;
                }
            }
        }
    }

    fn unreadable(&mut self, key: &ClipKey, why: &str) -> Vec<Effect> {
        let was_playing = self.is_playing(key);
        let path = match key {
            ClipKey::Source(id) => self.source.as_mut().filter(|s| s.take.id == *id).map(|s| {
                s.playing = false;
                s.take.path.clone()
            }),
            ClipKey::Stem(id) => {
                let stem = self.stems.iter_mut().find(|s| s.saved.id == *id);
                stem.map(|s| {
                    s.saved.auditioning = false;
                    s.saved.path.clone()
                })
            }
        };
        let Some(path) = path else { return Vec::new() };
        self.notice(true, format!("{} cannot be played: {why}", path.display()));
        if was_playing {
            vec![self.play()]
        } else {
            Vec::new()
        }
    }

    /// Which files came or went. What comes back is drawn again, what went falls silent.
    fn present(&mut self, files: &[(ClipKey, bool)]) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut silenced = false;
        for (key, is_there) in files {
            let back = match key {
                ClipKey::Source(id) => self.source.as_mut().filter(|s| s.take.id == *id).map(|s| {
                    let back = s.missing && *is_there;
                    s.missing = !is_there;
                    silenced |= s.missing && std::mem::take(&mut s.playing);
                    back.then(|| s.take.path.clone())
                }),
                ClipKey::Stem(id) => {
                    let stem = self.stems.iter_mut().find(|s| s.saved.id == *id);
                    stem.map(|s| {
                        let back = s.missing && *is_there;
                        s.missing = !is_there;
                        silenced |= s.missing && std::mem::take(&mut s.saved.auditioning);
                        back.then(|| s.saved.path.clone())
                    })
                }
            };
            if let Some(path) = back.flatten() {
                let key = key.clone();
                effects.push(Effect::LoadPeaks { key, path });
            }
        }
        if silenced {
            effects.push(self.play());
        }
        effects
    }
}
