//! The states a user meets, as views.

use crate::{
    capture::{TakeId, TempoMap, TempoMark},
    session::{
        CaptureView, Form, Health, Hearing, JobPhase, JobView, MemoryView, Notice, Passage, Peaks,
        RecentTake, ServiceView, SessionView, SourceView, StemRow,
    },
};
use sideman_shared::{
    music::{Meter, Track},
    protocol::{Stage, StemReport},
};
use std::{f32::consts::TAU, sync::Arc};

const RATE_HZ: u32 = 48_000;
const BUCKET_FRAMES: usize = 256;

/// Peaks of `secs` of something like music: beats that decay, phrases that swell. Always the same.
pub fn peaks(secs: f64, beat_secs: f32, busy: f32) -> Peaks {
    let count = (secs * f64::from(RATE_HZ) / BUCKET_FRAMES as f64) as usize;
    let bucket_secs = BUCKET_FRAMES as f32 / RATE_HZ as f32;
    let pairs = (0..count).map(|i| {
        let time = i as f32 * bucket_secs;
        let decay = (-5.0 * (time / beat_secs).fract()).exp();
        let phrase = 0.55 + 0.35 * (TAU * time / (beat_secs * 16.0)).sin();
        let grain = 0.75 + 0.25 * ((i as f32 * 12.9898).sin() * 43_758.547).fract();
        let high = (phrase * (busy + (1.0 - busy) * decay) * grain).clamp(0.0, 1.0);
        (-high * 0.92, high)
    });
    Peaks {
        pairs: Arc::new(pairs.collect()),
        bucket_frames: BUCKET_FRAMES,
        sample_rate_hz: RATE_HZ,
    }
}

fn connected() -> ServiceView {
    ServiceView {
        address: "http://127.0.0.1:8002".into(),
        health: Health::Good,
        words: "Connected: sketch engine, nothing waiting.".into(),
        tracks: Vec::new(),
    }
}

pub fn empty() -> SessionView {
    SessionView {
        service: connected(),
        host_bpm: Some(92.5),
        ..SessionView::default()
    }
}

pub fn armed() -> SessionView {
    SessionView {
        capture: CaptureView::Armed,
        ..empty()
    }
}

pub fn capturing() -> SessionView {
    SessionView {
        capture: CaptureView::Rolling {
            secs: 11.4,
            lost_frames: 0,
            peaks: peaks(11.4, 60.0 / 92.5, 0.35),
        },
        host_playing: true,
        ..empty()
    }
}

pub fn ready() -> SessionView {
    SessionView {
        source: Some(SourceView {
            title: "Captured 0:41, bars 17–32".into(),
            duration_secs: 41.5,
            sample_rate_hz: RATE_HZ,
            channels: 2,
            tempo_bpm: Some(92.5),
            meter: Some("4/4".into()),
            start_beats: Some(64.0),
            tempo_changed: false,
            lost_frames: 0,
            peaks: peaks(41.5, 60.0 / 92.5, 0.4),
            playing: false,
            map: Arc::new(map(&[(0.0, 92.5, Meter::COMMON)], 41.5, 64.0)),
            ..SourceView::default()
        }),
        ..empty()
    }
}

fn with_job(track: Track, phase: JobPhase) -> SessionView {
    let mut view = ready();
    view.form.track = track;
    view.jobs = vec![JobView {
        id: "j1".into(),
        track,
        phase,
    }];
    view
}

pub fn queued() -> SessionView {
    with_job(
        Track::Drums,
        JobPhase::Queued {
            position: Some(3),
            eta_secs: Some(47.6),
        },
    )
}

pub fn running() -> SessionView {
    with_job(
        Track::Drums,
        JobPhase::Running {
            stage: Stage::Generating,
            progress: 0.62,
            eta_secs: Some(11.6),
        },
    )
}

pub fn failed() -> SessionView {
    with_job(
        Track::BackingVocals,
        JobPhase::Failed {
            title: "The GPU ran out of memory.".into(),
            detail: "engine_out_of_memory: CUDA out of memory while decoding (request 7c1f)".into(),
            hint: Some("Capture a shorter part, or try again when less is running.".into()),
            can_retry: true,
        },
    )
}

pub fn away() -> SessionView {
    let mut view = with_job(
        Track::Vocals,
        JobPhase::WaitingForService {
            reason: "Nothing answers at http://127.0.0.1:8002.".into(),
            retry_in_secs: 7.6,
        },
    );
    view.service.health = Health::Away;
    view.service.words = "Nothing answers at http://127.0.0.1:8002. Is the service running?".into();
    view
}

fn stem(number: u32, track: Track, bpm: f64) -> StemRow {
    StemRow {
        id: format!("s{number}"),
        track,
        title: format!("{} · {bpm} BPM · seed {number}", track.label()),
        path: format!("/home/me/stems/{track}-{number}.wav").into(),
        duration_secs: 41.5,
        seed: number,
        engine: "sketch".into(),
        caption: track.default_caption().into(),
        bpm: Some(bpm),
        key: Some("A minor".into()),
        report: StemReport {
            peak_dbfs: -1.0,
            rms_dbfs: -16.2,
            lufs: Some(-14.2),
            ..StemReport::default()
        },
        peaks: peaks(41.5, 60.0 / 92.5 / number as f32, 0.15 * number as f32),
        auditioning: false,
        gain_db: 0.0,
        start_beats: Some(64.0),
        missing: false,
    }
}

pub fn stems() -> Vec<StemRow> {
    vec![
        stem(1, Track::Drums, 92.5),
        stem(2, Track::BackingVocals, 92.5),
        stem(3, Track::Vocals, 92.5),
    ]
}

pub fn finished() -> SessionView {
    let mut view = ready();
    view.stems = stems();
    view.stems[0].auditioning = true;
    view.stems[1].gain_db = -4.5;
    view.stems[1].report.clipped_frames = 12;
    view
}

/// Everything that can be wrong, at once.
pub fn troubled() -> SessionView {
    let mut view = finished();
    view.stems[0].missing = true;
    view.stems[0].auditioning = false;
    view.service.health = Health::Degraded;
    view.service.words = "Connected, but the engine is loading its model.".into();
    view.service.tracks = vec![Track::Vocals, Track::Drums];
    view.form = Form {
        track: Track::Bass,
        bpm: "fast".into(),
        key: "A minor".into(),
        caption: "dusty and slow".into(),
        seed: "7".into(),
    };
    if let Some(source) = &mut view.source {
        source.tempo_changed = true;
        source.lost_frames = 1024;
    }
    view.notices = vec![
        Notice {
            id: 1,
            is_error: true,
            text: "The disk is full: nothing more can be captured. Free some space, or choose \
                   another cache folder in the settings."
                .into(),
        },
        Notice {
            id: 2,
            is_error: false,
            text: "2 stems of this project were found again.".into(),
        },
    ];
    view
}

/// A tempo map of `secs` that begins at `beats`; tempo and meter from each second on.
pub fn map(changes: &[(f64, f64, Meter)], secs: f64, beats: f64) -> TempoMap {
    let rate = f64::from(RATE_HZ);
    let mut map = TempoMap {
        marks: Vec::new(),
        frames: (secs * rate) as u64,
        sample_rate_hz: RATE_HZ,
    };
    for &(at_secs, bpm, meter) in changes {
        let frame = (at_secs * rate) as u64;
        map.marks.push(TempoMark {
            frame,
            bpm: Some(bpm),
            meter: Some(meter),
            beats: map.beats_at(frame).or(Some(beats)),
            bar_beats: None,
        });
    }
    map
}

fn memory() -> MemoryView {
    let passage = |from_secs: f64, secs: f64, beats: f64| Passage {
        from_frame: (from_secs * f64::from(RATE_HZ)) as u64,
        map: map(&[(0.0, 92.5, Meter::COMMON)], secs, beats),
    };
    MemoryView {
        is_on: true,
        from_frame: 1000,
        frames: 96 * u64::from(RATE_HZ),
        sample_rate_hz: RATE_HZ,
        peaks: peaks(96.0, 60.0 / 92.5, 0.3),
        passages: Arc::new(vec![passage(0.0, 54.0, 0.0), passage(54.0, 42.0, 64.0)]),
        is_quiet: false,
    }
}

/// Nothing was asked for, but the host has played.
pub fn listening() -> SessionView {
    SessionView {
        memory: memory(),
        ..empty()
    }
}

/// The host plays, and nothing comes in.
pub fn quiet() -> SessionView {
    let mut view = listening();
    view.memory.is_quiet = true;
    view.host_playing = true;
    view
}

/// A take, and the memory behind it.
pub fn grabbed() -> SessionView {
    let recent = |id: &str, title: &str| RecentTake {
        id: TakeId(id.into()),
        title: title.into(),
    };
    SessionView {
        memory: memory(),
        recent: vec![
            recent("t2", "Captured 0:21, bars 9–16"),
            recent("t1", "demo.mp3"),
        ],
        ..ready()
    }
}

/// The song slows down and goes into three.
pub fn retimed() -> SessionView {
    let mut view = ready();
    if let Some(source) = &mut view.source {
        let waltz = Meter::new(3, 4).unwrap_or_default();
        let changes = [
            (0.0, 92.5, Meter::COMMON),
            (64.0 * 60.0 / 92.5 / 4.0, 84.0, Meter::COMMON),
            (26.0, 127.5, waltz),
        ];
        source.map = Arc::new(map(&changes, 41.5, 64.0));
        source.tempo_changed = true;
    }
    view
}

/// A file that tells nothing about itself.
pub fn guessed() -> SessionView {
    let mut view = ready();
    if let Some(source) = &mut view.source {
        source.title = "demo.mp3".into();
        source.tempo_bpm = None;
        source.meter = None;
        source.start_beats = None;
        source.map_is_heard = true;
        source.heard = Hearing {
            bpm: Some((92.48, 0.84)),
            downbeat_secs: Some(0.4),
            key: Some(("A minor".into(), 0.6)),
        };
    }
    view
}

/// After a crash.
pub fn recovered() -> SessionView {
    SessionView {
        recovered: Some("Sideman found a take of 1:12 from before the crash.".into()),
        ..empty()
    }
}
