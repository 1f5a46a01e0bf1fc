//! What was heard without being asked: shown, taken from, and found again after a crash.

use super::{Effect, Source, State};
use crate::{
    audition::PEAK_BUCKET_FRAMES,
    capture::{Cut, MEMORY_BUCKET_FRAMES, MemoryNews, Take},
    session::{ClipKey, Listening, MemoryView, Passage, Peaks, RecoveredView},
};
use std::{path::PathBuf, sync::Arc};

/// A pause in the music is shorter.
const QUIET_SECS: f64 = 4.0;

/// What a crash has left.
#[derive(Debug)]
pub(super) enum Recovered {
    Take(Box<Take>),
    Memory {
        secs: f64,
    },
    /// The memory of another instance. It is only copied, and stays where it is for a day.
    Elsewhere {
        instance: PathBuf,
        secs: f64,
    },
}

impl State {
    pub(super) fn set_listening(&mut self, listening: Listening) -> Vec<Effect> {
        if self.listening == listening {
            return Vec::new();
        }
        self.listening = listening;
        vec![Effect::SetListening(listening)]
    }

    pub(super) fn grab(&self, cut: Cut) -> Vec<Effect> {
        vec![Effect::NameFolder, Effect::Grab(cut)]
    }

    pub(super) fn remember(&mut self, news: MemoryNews) {
        let passage = |run: &crate::capture::Run| {
            let gone = news.kept.start.saturating_sub(run.range().start);
            let map = run.tempo_map();
            (gone < map.frames).then(|| Passage {
                from_frame: run.range().start.saturating_sub(news.kept.start),
                map: Arc::new(map.cut(gone..map.frames)),
            })
        };
        self.memory = MemoryView {
            listening: self.listening,
            from_frame: news.kept.start,
            frames: news.kept.end - news.kept.start,
            sample_rate_hz: news.sample_rate_hz,
            peaks: Peaks {
                pairs: news.pairs,
                bucket_frames: MEMORY_BUCKET_FRAMES,
                sample_rate_hz: news.sample_rate_hz,
            },
            passages: Arc::new(news.runs.iter().filter_map(passage).collect()),
            is_quiet: news.quiet_secs >= QUIET_SECS,
        };
    }

    /// A take was cut out of the memory: it is the source from now on.
    pub(super) fn grabbed(&mut self, take: Take, missing_bars: u32) -> Vec<Effect> {
        if missing_bars > 0 {
            let bars = if missing_bars == 1 {
                "bar is"
            } else {
                "bars are"
            };
            self.notice(
                false,
                format!(
                    "{missing_bars} {bars} missing: the host has not played more without a jump."
                ),
            );
        }
        let peaks = Peaks {
            bucket_frames: PEAK_BUCKET_FRAMES,
            sample_rate_hz: take.sample_rate_hz,
            ..Peaks::default()
        };
        self.adopt(take, peaks)
    }

    /// A take that lies on disk becomes the source; it is drawn, and old ones may go.
    pub(super) fn adopt(&mut self, take: Take, peaks: Peaks) -> Vec<Effect> {
        let load = Effect::LoadPeaks {
            key: ClipKey::Source(take.id.clone()),
            path: take.path.clone(),
        };
        let mut effects = self.set_source(Some(Source::new(take, peaks)));
        effects.push(load);
        effects.push(Effect::PruneTakes {
            keep: self.takes_in_use(),
        });
        effects
    }

    pub(super) fn found_after_crash(&mut self, found: Recovered) {
        // A take is worth more than the memory, the newest take more than older ones.
        let is_better = match (&self.recovered, &found) {
            (Some(Recovered::Take(_)), Recovered::Memory { .. }) => false,
            (_, Recovered::Memory { .. } | Recovered::Take(_)) => true,
            // Asked once: who said no is not asked again each time the window opens.
            (own, Recovered::Elsewhere { .. }) => {
                let is_first = !std::mem::replace(&mut self.asked_about_others, true);
                own.is_none() && is_first
            }
        };
        if is_better {
            self.recovered = Some(found);
        }
    }

    pub(super) fn answer_recovered(&mut self, use_it: bool) -> Vec<Effect> {
        match (self.recovered.take(), use_it) {
            (None, _) => Vec::new(),
            (Some(Recovered::Take(take)), true) => self.adopt(*take, Peaks::default()),
            (Some(Recovered::Take(take)), false) => vec![Effect::DropTake {
                id: take.id,
                path: take.path,
            }],
            (Some(Recovered::Memory { .. }), true) => self.grab(Cut::SincePlay),
            (Some(Recovered::Memory { .. }), false) => vec![Effect::ForgetMemory],
            (Some(Recovered::Elsewhere { instance, .. }), true) => {
                vec![Effect::NameFolder, Effect::Rescue(instance)]
            }
            (Some(Recovered::Elsewhere { .. }), false) => Vec::new(),
        }
    }

    /// What to ask the user.
    pub(super) fn recovered_view(&self) -> Option<RecoveredView> {
        Some(RecoveredView {
            words: self.recovered_words()?,
            is_elsewhere: matches!(self.recovered, Some(Recovered::Elsewhere { .. })),
        })
    }

    fn recovered_words(&self) -> Option<String> {
        let secs = match self.recovered.as_ref()? {
            Recovered::Take(take) => take.duration_secs(),
            Recovered::Memory { secs } | Recovered::Elsewhere { secs, .. } => *secs,
        } as u64;
        let length = format!("{}:{:02}", secs / 60, secs % 60);
        Some(match self.recovered.as_ref()? {
            Recovered::Take(_) => {
                format!("Sideman found a take of {length} from before the crash.")
            }
            Recovered::Memory { .. } => {
                format!("Sideman still has the last {length} that were played before the crash.")
            }
            Recovered::Elsewhere { .. } => format!(
                "Another Sideman ended without a word. The last {length} that it heard are kept for a day."
            ),
        })
    }
}
