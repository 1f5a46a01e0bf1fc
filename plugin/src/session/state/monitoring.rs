//! One candidate against another while the song plays; what else is heard.

use super::{ClipKey, Effect, SavedStem, State};
use crate::session::Fades;

impl State {
    /// The stem takes the place of the others in its stack. The one that plays goes on until the new
    /// one is decoded, so that nothing is silent between them.
    pub(super) fn switch_to(&mut self, id: &str) -> Vec<Effect> {
        let Some(stem) = self.stems.iter().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        if stem.missing {
            return Vec::new();
        }
        let path = stem.saved.path.clone();
        self.switching = Some(id.to_owned());
        vec![Effect::LoadClip {
            key: ClipKey::Stem(id.to_owned()),
            path,
        }]
    }

    /// The clip that a switch waited for is there.
    pub(super) fn finish_switch(&mut self, id: &str) -> Vec<Effect> {
        self.switching = None;
        let Some(stem) = self.stems.iter().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        let stack = stem.saved.stack();
        let mut was_soloed = false;
        for stem in self.stems.iter_mut().filter(|s| s.saved.stack() == stack) {
            stem.saved.auditioning = stem.saved.id == id && !stem.missing;
            was_soloed |= self.monitoring.solo.as_ref() == Some(&stem.saved.id);
        }
        if was_soloed {
            self.monitoring.solo = Some(id.to_owned());
        }
        vec![self.play()]
    }

    pub(super) fn solo(&mut self, id: Option<String>) -> Vec<Effect> {
        let known = |id: &String| self.stems.iter().any(|s| s.saved.id == *id);
        let id = id.filter(known);
        if self.monitoring.solo == id {
            return Vec::new();
        }
        self.monitoring.solo = id.clone();
        match id {
            // To solo what is silent means to hear it.
            Some(id) if !self.is_playing(&ClipKey::Stem(id.clone())) => self.audition(&id, true),
            _ => vec![self.play()],
        }
    }

    pub(super) fn mute_source(&mut self, on: bool) -> Vec<Effect> {
        if std::mem::replace(&mut self.monitoring.mute_source, on) == on {
            return Vec::new();
        }
        vec![self.play()]
    }

    pub(super) fn set_fades(&mut self, id: &str, fades: Fades) -> Vec<Effect> {
        let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        stem.saved.fades = fades.bounded();
        if stem.saved.auditioning {
            vec![self.play()]
        } else {
            Vec::new()
        }
    }

    /// The soloed stem, while it plays.
    pub(super) fn soloed(&self) -> Option<&str> {
        let id = self.monitoring.solo.as_deref()?;
        let mut stems = self.stems.iter();
        stems
            .any(|s| s.saved.id == id && s.saved.auditioning)
            .then_some(id)
    }
}

impl SavedStem {
    /// What stems have in common that were played to the same part of the song by the same player.
    pub fn stack(&self) -> String {
        match &self.take {
            Some(take) => format!("{}.{}", take.id.0, self.track),
            // From before takes were kept with stems: the same place and length will be the same take.
            None => {
                let start_ms = self.start_secs.unwrap_or(0.0) * 1000.0;
                format!("{start_ms:.0}.{}.{}", self.frames, self.track)
            }
        }
    }
}
