//! What the user set for the next job. Persisted in the project.

use serde::{Deserialize, Serialize};
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, Priority},
};
use std::collections::BTreeMap;

pub const MAX_VARIATIONS: u8 = 4;
/// Of ACE-Step's base models; more only costs time.
pub const MAX_STEPS: u16 = 200;
/// Beyond this a model shouts its prompt.
pub const MAX_GUIDANCE: f32 = 20.0;
/// ACE-Step sings no more than this.
pub const MAX_LYRICS_CHARS: usize = 4096;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// Who plays; the first of several, and the one that the host's parameter shows.
    pub track: Track,
    /// Who else plays, from the same upload and in the same job.
    pub also: Vec<Track>,
    /// Candidates per track, 1–[`MAX_VARIATIONS`].
    pub variations: u8,
    /// As typed; empty = the host's tempo, else heard by the service.
    pub bpm: String,
    /// As typed or chosen, e.g. `A minor`; empty = heard by the service.
    pub key: String,
    /// For every track, unless each has its own; empty = the track's default.
    pub caption: String,
    /// Each of several tracks has a caption of its own.
    pub caption_each: bool,
    pub captions: BTreeMap<Track, String>,
    /// Sung by vocals and backing vocals, where the engine can.
    pub lyrics: String,
    /// A code such as `en`; empty = the engine's choice.
    pub language: String,
    /// As typed; empty = a new one each time.
    pub seed: String,
    /// As typed; empty = the service's default.
    pub steps: String,
    pub guidance: String,
    /// One of the service's; empty = none.
    pub lora: String,
    /// How strongly, 0–100.
    pub lora_percent: u8,
    /// `None` = the service decides by the song's length.
    pub loop_assist: Option<bool>,
    pub format: AudioFormat,
    pub priority: Priority,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            track: Track::Vocals,
            also: Vec::new(),
            variations: 1,
            bpm: String::new(),
            key: String::new(),
            caption: String::new(),
            caption_each: false,
            captions: BTreeMap::new(),
            lyrics: String::new(),
            language: String::new(),
            seed: String::new(),
            steps: String::new(),
            guidance: String::new(),
            lora: String::new(),
            lora_percent: 100,
            loop_assist: None,
            format: AudioFormat::default(),
            priority: Priority::default(),
        }
    }
}

impl Form {
    /// Every track that plays, each once, in the order of the menu.
    pub fn tracks(&self) -> Vec<Track> {
        let plays = |track: &Track| self.plays(*track);
        Track::ALL.into_iter().filter(plays).collect()
    }

    pub fn plays(&self, track: Track) -> bool {
        self.track == track || self.also.contains(&track)
    }

    pub fn choose_only(&mut self, track: Track) {
        self.track = track;
        self.also.clear();
    }

    /// Adds the track or takes it out; somebody always plays.
    pub fn toggle(&mut self, track: Track) {
        if !self.plays(track) {
            self.also.push(track);
        } else if self.track != track {
            self.also.retain(|t| *t != track);
        } else if !self.also.is_empty() {
            self.track = self.also.remove(0);
        }
        let first = self.track;
        self.also.retain(|t| *t != first);
    }

    /// Several tracks, each with words of its own.
    pub fn has_own_captions(&self) -> bool {
        self.caption_each && self.tracks().len() > 1
    }

    /// What the user wrote for `track`; empty = its default.
    pub fn caption_of(&self, track: Track) -> &str {
        if self.has_own_captions() {
            self.captions.get(&track).map_or("", String::as_str)
        } else {
            &self.caption
        }
    }

    pub fn set_caption(&mut self, track: Track, words: String) {
        if !self.has_own_captions() {
            self.caption = words;
        } else if words.is_empty() {
            self.captions.remove(&track);
        } else {
            self.captions.insert(track, words);
        }
    }

    /// From one text for all to one each, and back. What was said to all is where each begins.
    pub fn set_caption_each(&mut self, each: bool) {
        self.caption_each = each;
        if each && !self.caption.is_empty() {
            for track in self.tracks() {
                let own = self.captions.entry(track);
                own.or_insert_with(|| self.caption.clone());
            }
        }
    }

    /// One of the tracks sings words.
    pub fn sings(&self) -> bool {
        self.tracks().into_iter().any(sings)
    }

    /// Stems that one press of Generate asks for.
    pub fn stem_count(&self) -> usize {
        self.tracks().len() * usize::from(self.variations.clamp(1, MAX_VARIATIONS))
    }
}

pub fn sings(track: Track) -> bool {
    matches!(track, Track::Vocals | Track::BackingVocals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_of_an_older_sideman_still_loads() {
        let old = r#"{"track":"drums","bpm":"92.5","key":"","caption":"dusty","seed":"7"}"#;
        let form: Form = serde_json::from_str(old).unwrap();
        assert_eq!(form.tracks(), [Track::Drums]);
        assert_eq!((form.variations, form.caption.as_str()), (1, "dusty"));
    }

    #[test]
    fn tracks_come_and_go_and_one_always_stays() {
        let mut form = Form::default();
        form.toggle(Track::Drums);
        form.toggle(Track::Bass);
        assert_eq!(form.tracks(), [Track::Vocals, Track::Drums, Track::Bass]);
        form.toggle(Track::Vocals);
        assert_eq!(form.track, Track::Drums, "the next one leads");
        form.toggle(Track::Bass);
        form.toggle(Track::Drums);
        assert_eq!(form.tracks(), [Track::Drums], "somebody plays");
        form.toggle(Track::Fx);
        form.choose_only(Track::Fx);
        assert_eq!(form.tracks(), [Track::Fx]);
    }

    #[test]
    fn a_track_named_twice_by_hand_plays_once() {
        let text = r#"{"track":"drums","also":["drums","bass","bass"]}"#;
        let mut form: Form = serde_json::from_str(text).unwrap();
        assert_eq!(form.tracks(), [Track::Drums, Track::Bass]);
        form.toggle(Track::Bass);
        assert_eq!(form.tracks(), [Track::Drums]);
    }

    #[test]
    fn captions_are_shared_until_each_has_its_own() {
        let mut form = Form::default();
        form.set_caption(Track::Vocals, "warm".into());
        form.toggle(Track::Drums);
        assert_eq!(form.caption_of(Track::Drums), "warm");
        form.caption_each = true;
        form.set_caption(Track::Drums, "brushes".into());
        assert_eq!(form.caption_of(Track::Drums), "brushes");
        assert_eq!(form.caption_of(Track::Vocals), "");
        form.toggle(Track::Drums);
        assert_eq!(
            form.caption_of(Track::Vocals),
            "warm",
            "alone: the shared one"
        );
    }
}
