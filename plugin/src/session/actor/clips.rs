use crate::{
    audition::{Clip, ClipSet},
    session::{ClipKey, Playing},
};
use std::{collections::HashMap, sync::Arc};

/// Decoded audio of what is auditioned, and what was asked to sound last.
#[derive(Default)]
pub struct Clips {
    pub decoded: HashMap<ClipKey, Arc<Clip>>,
    pub wanted: Vec<Playing>,
    pub mute_input: bool,
}

impl Clips {
    /// What is wanted and decoded, placed in the song at the host's rate. The rest is let go.
    pub fn sounding(&mut self, sample_rate_hz: u32) -> ClipSet {
        let wanted = &self.wanted;
        self.decoded
            .retain(|key, _| wanted.iter().any(|w| w.key == *key));
        let mut clips = Vec::with_capacity(wanted.len());
        for playing in wanted {
            if let Some(clip) = self.decoded.get_mut(&playing.key) {
                let start_samples = playing.start_secs * f64::from(sample_rate_hz);
                let placed = clip.placed(start_samples.round() as i64, playing.gain);
                *clip = Arc::new(placed);
                clips.push(Arc::clone(clip));
            }
        }
        ClipSet {
            mute_input: self.mute_input && !clips.is_empty(),
            clips,
        }
    }
}
