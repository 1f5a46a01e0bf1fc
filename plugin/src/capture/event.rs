use super::{MemoryNews, Take};
use std::path::PathBuf;

/// What the capture thread tells the session.
#[derive(Debug, Clone, PartialEq)]
pub enum CaptureEvent {
    /// The transport runs and capture is on: a new take has begun.
    Rolling {
        start_beats: Option<f64>,
        tempo_bpm: Option<f64>,
    },
    /// About ten times a second while rolling. `peaks` are the new min/max pairs since the last
    /// progress, one per [`PEAK_BUCKET_FRAMES`](crate::audition::PEAK_BUCKET_FRAMES) frames, all channels folded.
    Progress {
        frames: u64,
        lost_frames: u64,
        peaks: Vec<(f32, f32)>,
    },
    /// Stopped, jumped, looped or switched off: the take lies on disk, whole.
    Finished(Take),
    /// The take could not be kept; what was written so far, if anything, stays at `path`.
    Failed { what: String, path: Option<PathBuf> },
    /// Shorter than 0.5 s (a click on stop/start, a scrub): thrown away.
    TooShort,
    /// Sound comes in and there is no folder to keep it in yet.
    NeedsFolder,
    /// What the memory holds now; a few times a second while it changes.
    Memory(Box<MemoryNews>),
    /// Cut from the memory: the take lies on disk, whole. `missing_bars` were asked for beyond it.
    Grabbed { take: Take, missing_bars: u32 },
    /// Nothing could be cut; a sentence for the user.
    NotGrabbed(String),
    /// A take that was still rolling when its process died.
    Recovered(Take),
    /// The memory of a process that died; so long is its last uninterrupted part.
    RecoveredMemory { secs: f64 },
}

impl CaptureEvent {
    /// Whole takes and failures: all else is told again or of no use later.
    pub(super) fn is_worth_keeping(&self) -> bool {
        matches!(
            self,
            Self::Finished(_)
                | Self::Failed { .. }
                | Self::Grabbed { .. }
                | Self::NotGrabbed(_)
                | Self::Recovered(_)
        )
    }
}
