use crate::capture::{Take, TakeId, TakeOrigin};
use sideman_shared::music::Meter;

/// 42 s of a song at 120 BPM, from its second second on.
pub fn take() -> Take {
    Take {
        id: TakeId("take-1".into()),
        path: "/nowhere/take.wav".into(),
        origin: TakeOrigin::Captured,
        frames: 42 * 48_000,
        sample_rate_hz: 48_000,
        channels: 2,
        tempo_bpm: Some(120.0),
        meter: Some(Meter::COMMON),
        key: None,
        start_beats: Some(4.0),
        start_samples: Some(96_000),
        tempo_changed: false,
        lost_frames: 0,
    }
}
