use super::Take;
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
}
