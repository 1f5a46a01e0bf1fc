use crate::{
    audition::{Clip, ClipSet},
    session::{ClipKey, Playing},
};
use std::{collections::HashMap, sync::Arc};

/// Clips kept after they were heard, so that going back and forth between candidates is instant.
const KEPT_SAMPLES: usize = 64 << 20;

/// Decoded audio of what is auditioned, and what was asked to sound last.
#[derive(Default)]
pub struct Clips {
    pub decoded: HashMap<ClipKey, Arc<Clip>>,
    /// In the order they were last heard, the newest last.
    heard: Vec<ClipKey>,
    pub wanted: Vec<Playing>,
    pub mute_input: bool,
}

impl Clips {
    pub fn forget(&mut self) {
        self.decoded.clear();
        self.heard.clear();
    }

    /// What is wanted and decoded, placed in the song at the host's rate.
    pub fn sounding(&mut self, sample_rate_hz: u32) -> ClipSet {
        let frames = |secs: f64| secs * f64::from(sample_rate_hz);
        let fade = |ms: f32| frames(f64::from(ms) / 1000.0).max(0.0) as usize;
        let mut clips = Vec::with_capacity(self.wanted.len());
        for playing in &self.wanted {
            let Some(clip) = self.decoded.get_mut(&playing.key) else {
                continue;
            };
            self.heard.retain(|key| *key != playing.key);
            self.heard.push(playing.key.clone());
            *clip = Arc::new(Clip {
                channels: Arc::clone(&clip.channels),
                start_samples: frames(playing.start_secs).round() as i64,
                gain: playing.gain,
                fade_in_frames: fade(playing.fades.in_ms),
                fade_out_frames: fade(playing.fades.out_ms),
            });
            clips.push(Arc::clone(clip));
        }
        self.let_go();
        ClipSet {
            mute_input: self.mute_input && !clips.is_empty(),
            clips,
        }
    }

    /// Of what is not wanted, the newest heard stay while there is room.
    fn let_go(&mut self) {
        let mut room = KEPT_SAMPLES;
        let mut keep = Vec::new();
        for key in self.heard.iter().rev() {
            let Some(clip) = self.decoded.get(key) else {
                continue;
            };
            let samples = clip.frames() * clip.channels.len();
            let is_wanted = self.wanted.iter().any(|w| w.key == *key);
            if is_wanted || samples <= room {
                room = room.saturating_sub(samples);
                keep.push(key.clone());
            }
        }
        keep.reverse();
        self.decoded.retain(|key, _| keep.contains(key));
        self.heard = keep;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Fades;

    fn playing(id: &str) -> Playing {
        Playing {
            key: ClipKey::Stem(id.into()),
            start_secs: 2.0,
            gain: 1.0,
            fades: Fades {
                in_ms: 10.0,
                out_ms: 0.0,
            },
        }
    }

    #[test]
    fn a_clip_lies_at_its_frame_and_stays_for_the_way_back() {
        let mut clips = Clips::default();
        for id in ["a", "b"] {
            let clip = Arc::new(Clip::new(vec![vec![0.5; 100]]));
            clips.decoded.insert(ClipKey::Stem(id.into()), clip);
        }
        clips.wanted = vec![playing("a")];
        let set = clips.sounding(44_100);
        let clip = &set.clips[0];
        assert_eq!((clip.start_samples, clip.fade_in_frames), (88_200, 441));
        assert!(
            !clips.decoded.contains_key(&ClipKey::Stem("b".into())),
            "never heard, never wanted"
        );
        clips.wanted = Vec::new();
        assert!(clips.sounding(44_100).clips.is_empty());
        assert!(clips.decoded.contains_key(&ClipKey::Stem("a".into())));
        clips.forget();
        assert!(clips.decoded.is_empty());
    }

    #[test]
    fn what_was_heard_long_ago_makes_room() {
        let mut clips = Clips::default();
        for i in 0..5 {
            let key = ClipKey::Stem(i.to_string());
            let clip = Arc::new(Clip::new(vec![vec![0.0; KEPT_SAMPLES / 3]]));
            clips.decoded.insert(key, clip);
            clips.wanted = vec![playing(&i.to_string())];
            clips.sounding(48_000);
        }
        let kept = |i: usize| clips.decoded.contains_key(&ClipKey::Stem(i.to_string()));
        assert_eq!([0, 1, 2, 3, 4].map(kept), [false, false, true, true, true]);
    }
}
