//! What the user says of stems. The sidecar follows, so that a file found without its project still
//! knows its name and notes.

use super::{Effect, State};
use crate::session::StemMarks;

impl State {
    pub(super) fn mark(&mut self, id: &str, marks: StemMarks) -> Vec<Effect> {
        let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == id) else {
            return Vec::new();
        };
        let marks = marks.bounded();
        if stem.saved.marks == marks {
            return Vec::new();
        }
        let renamed = stem.saved.marks.name != marks.name;
        stem.saved.marks = marks;
        let mut effects = vec![Effect::WriteSidecar(Box::new(stem.saved.clone()))];
        if renamed {
            effects.extend(self.prepare_drag(id));
        }
        effects
    }
}
