//! The states a user meets, as views.

mod ordering;
mod song;

pub use ordering::*;
pub use song::*;

use crate::{
    capture::{TakeId, TempoMap, TempoMark},
    session::{
        CaptionBook, CaptureView, Fades, Form, Health, Hearing, InstanceUse, JobPhase, JobView,
        KeyPlace, Listening, MemoryView, Notice, Part, Passage, Peaks, Quiet, RecentTake,
        RecoveredView, ServiceRow, ServiceTest, ServiceView, SessionView, SourceView, StemColour,
        StemMarks, StemRow, StorageView, TimeLeft, Words,
    },
};
use sideman_shared::{
    music::{Meter, Track},
    protocol::{AudioFormat, Code, EngineFeatures, EngineInfo, Region, Stage, StemReport},
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
        name: "Local".into(),
        address: "http://127.0.0.1:8002".into(),
        health: Health::Good,
        words: "Connected: sketch engine, nothing waiting.".into(),
        list: vec![service("Local", "http://127.0.0.1:8002", true)],
        features: EngineFeatures {
            region: true,
            ..EngineFeatures::default()
        },
        ..ServiceView::default()
    }
}

fn service(name: &str, address: &str, chosen: bool) -> ServiceRow {
    ServiceRow {
        name: name.into(),
        address: address.into(),
        chosen,
        ..ServiceRow::default()
    }
}

fn engine(name: &str, healthy: bool, detail: &str, tracks: &[Track]) -> EngineInfo {
    EngineInfo {
        name: name.into(),
        healthy,
        detail: detail.into(),
        tracks: tracks.to_vec(),
        features: EngineFeatures {
            seed: true,
            cancel: true,
            progress: true,
            lyrics: !healthy,
            ..EngineFeatures::default()
        },
    }
}

/// Three services and two engines.
pub fn services() -> SessionView {
    let mut view = empty();
    let mut studio = service("Studio", "http://studio.local:8002", false);
    studio.key = Some(KeyPlace::Keychain);
    studio.test = Some(ServiceTest::Answered {
        health: Health::Good,
        words: "Connected: engines ace-step, sketch, 1 running.".into(),
    });
    let mut space = service("My Space", "https://sideman-band.example.org/space", false);
    space.key = Some(KeyPlace::File);
    space.test = Some(ServiceTest::Answered {
        health: Health::Away,
        words: "https://sideman-band.example.org/space does not answer in time. Look whether the \
                wrapper-service is well, or correct the address in Settings."
            .into(),
    });
    view.service.list.extend([studio, space]);
    view.service.engines = vec![
        engine(
            "sketch",
            true,
            "The built-in player, no GPU needed.",
            &Track::ALL,
        ),
        engine(
            "ace-step",
            false,
            "The model is not loaded: 9 GB of GPU memory are missing",
            &[Track::Vocals, Track::BackingVocals, Track::Drums],
        ),
    ];
    view
}

pub fn empty() -> SessionView {
    SessionView {
        service: connected(),
        host_bpm: Some(92.5),
        storage: Some(Arc::default()),
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
            start_secs: Some(64.0 * 60.0 / 92.5),
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
    view.jobs = vec![job(&[track], phase)];
    view
}

pub fn job(tracks: &[Track], phase: JobPhase) -> JobView {
    JobView {
        id: "j1".into(),
        tracks: tracks.to_vec(),
        wanted: tracks.len(),
        arrived: 0,
        part: None,
        phase,
        quiet: None,
        seeded: false,
        report: None,
    }
}

pub fn queued() -> SessionView {
    with_job(
        Track::Drums,
        JobPhase::Queued {
            position: Some(3),
            left: Some(TimeLeft::exactly(47.6)),
        },
    )
}

pub fn running() -> SessionView {
    with_job(
        Track::Drums,
        JobPhase::Running {
            stage: Stage::Generating,
            progress: 0.62,
            left: Some(TimeLeft::exactly(11.6)),
        },
    )
}

pub fn failed() -> SessionView {
    with_job(
        Track::BackingVocals,
        JobPhase::Failed {
            title: "The GPU ran out of memory.".into(),
            detail: "CUDA out of memory while decoding".into(),
            hint: Some("Capture a shorter part, or try again when less is running.".into()),
            can_retry: true,
            code: Some(Code::EngineOutOfMemory),
            request_id: Some("7c1f".into()),
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
        start_secs: Some(64.0 * 60.0 / 92.5),
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
        soloed: false,
        gain_db: 0.0,
        fades: Fades::default(),
        map: Arc::new(TempoMap {
            marks: vec![TempoMark {
                frame: 0,
                bpm: Some(bpm),
                meter: Some(Meter::COMMON),
                beats: Some(64.0),
                bar_beats: None,
            }],
            frames: 41 * 48_000 + 24_000,
            sample_rate_hz: 48_000,
        }),
        marks: StemMarks::default(),
        variation: 1,
        model: None,
        stack: format!("t1.{track}"),
        source_title: "Captured 0:41, bars 17–32".into(),
        made_on: "2026-11-21".into(),
        parent: None,
        region: None,
        drag_path: format!("/home/me/stems/{track}-{number}.wav").into(),
        can_reroll: true,
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

/// Two stacks: drums with variations, a re-roll and a part played again, and vocals.
pub fn stacked() -> SessionView {
    let mut view = ready();
    let named = |id: &str, number: u32, track: Track| StemRow {
        id: id.into(),
        ..stem(number, track, 92.5)
    };
    let mut part = named("d3", 5, Track::Drums);
    part.parent = Some("d1".into());
    part.region = Some(Region {
        start_secs: 10.3783,
        end_secs: 20.7567,
    });
    let mut kept = named("d1", 1, Track::Drums);
    kept.marks = StemMarks {
        favourite: true,
        name: "Brushes, verse".into(),
        colour: Some(StemColour::Teal),
        notes: "Hats a little busy in bar 22.\nKeep the fill.".into(),
    };
    let mut vocals = named("v1", 3, Track::Vocals);
    vocals.marks.favourite = true;
    vocals.marks.colour = Some(StemColour::Violet);
    view.stems = vec![
        named("d4", 4, Track::Drums),
        part,
        vocals,
        named("d2", 2, Track::Drums),
        kept,
    ];
    view.stems[1].auditioning = true;
    view
}

/// The storage page with something on it.
pub fn stored() -> SessionView {
    const MB: u64 = 1 << 20;
    let instance = |id: &str, stems: u32, idle_days: u32| InstanceUse {
        id: id.into(),
        takes: stems * 2,
        takes_bytes: u64::from(stems) * 31 * MB,
        stems,
        stems_bytes: u64::from(stems) * 12 * MB,
        idle_days: Some(idle_days),
        ..InstanceUse::default()
    };
    let own = InstanceUse {
        is_own: true,
        is_open: true,
        trash_bytes: 84 * MB,
        ..instance("0192f0c1e800", 12, 0)
    };
    let open = InstanceUse {
        is_open: true,
        ..instance("0192f0c1e801", 41, 1)
    };
    SessionView {
        storage: Some(Arc::new(StorageView {
            root: "/home/me/Music/Sideman".into(),
            free_bytes: Some(212 << 30),
            instances: vec![own, open, instance("0192aaaa0000", 7, 63)],
            trashed: vec![instance("0191bbbb0000", 3, 140)],
            trash_bytes: 213 * MB,
        })),
        ..finished()
    }
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
        ..Form::default()
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
