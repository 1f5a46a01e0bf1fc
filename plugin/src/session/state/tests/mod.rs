//! The pure step, one story at a time.

mod jobs;
mod memory;
mod random;
mod rooms;
mod services;
mod several;
mod stacks;

use super::{Event, HostNow, LoaderEvent, State, step};
use crate::{
    capture::{CaptureEvent, Take, TakeId, TakeOrigin},
    client::ClientEvent,
    session::{Command, Effect, JobPhase, Peaks, SessionView, UserSettings},
};
use sideman_shared::{
    music::{Meter, Track},
    protocol::{Job, JobRequest, JobState, QueuePlace, Stage, Stem, StemReport},
};

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
        tempo_map: Vec::new(),
        downbeat_secs: None,
    }
}

pub fn stem(id: &str) -> Stem {
    Stem {
        stem_id: id.into(),
        track: Track::Drums,
        variation: 1,
        seed: 7,
        engine: "sketch".into(),
        model: None,
        frames: 42 * 48_000,
        sample_rate_hz: 48_000,
        channels: 2,
        duration_secs: 42.0,
        url: format!("/v1/stems/{id}"),
        report: StemReport::default(),
    }
}

pub fn news(state: JobState, progress: f64) -> Job {
    Job {
        job_id: "remote-1".into(),
        state,
        source_id: "s".into(),
        request: JobRequest::new("s", vec![Track::Drums]),
        created_at: String::new(),
        started_at: None,
        finished_at: None,
        queue: None,
        progress,
        stage: Stage::Generating,
        attempt: 1,
        stems: Vec::new(),
        error: None,
    }
}

/// A state and its clock.
pub struct Story {
    pub state: State,
    pub now_secs: f64,
    ids: u32,
}

impl Story {
    pub fn new() -> Self {
        let (state, first) = State::new(HostNow::default(), UserSettings::default());
        assert!(matches!(
            first[..],
            [Effect::Connect { .. }, Effect::FindKeys(_)]
        ));
        Self {
            state,
            now_secs: 0.0,
            ids: 0,
        }
    }

    /// With a captured take as the source.
    pub fn with_take() -> Self {
        let mut story = Self::new();
        story.on(Event::Capture(CaptureEvent::Finished(take())));
        story
    }

    /// With a job under way; its id.
    pub fn with_job() -> (Self, String) {
        let mut story = Self::with_take();
        let effects = story.say(Command::Generate);
        assert!(matches!(effects[..], [Effect::StartJob { .. }]));
        let id = story.view().jobs[0].id.clone();
        (story, id)
    }

    /// With a finished stem; its row's id.
    pub fn with_stem() -> (Self, String) {
        let (mut story, job) = Self::with_job();
        story.stem_ready(&job, "stem-1");
        story.client(ClientEvent::Done { local_id: job });
        let id = story.view().stems[0].id.clone();
        (story, id)
    }

    pub fn on(&mut self, event: Event) -> Vec<Effect> {
        step(&mut self.state, self.now_secs, event)
    }

    pub fn say(&mut self, command: Command) -> Vec<Effect> {
        self.ids += 1;
        let fresh_id = format!("fresh-{}", self.ids);
        self.on(Event::Command { command, fresh_id })
    }

    pub fn client(&mut self, event: ClientEvent) -> Vec<Effect> {
        self.on(Event::Client(event))
    }

    pub fn loader(&mut self, event: LoaderEvent) -> Vec<Effect> {
        self.on(Event::Loader(event))
    }

    pub fn stem_ready(&mut self, job: &str, id: &str) -> Vec<Effect> {
        self.client(ClientEvent::StemReady {
            local_id: job.into(),
            stem: Box::new(stem(id)),
            path: format!("/nowhere/{id}.wav").into(),
        })
    }

    pub fn fail(&mut self, job: &str) -> Vec<Effect> {
        self.client(ClientEvent::Failed {
            local_id: job.into(),
            title: "It failed.".into(),
            detail: "because".into(),
            hint: None,
            can_retry: true,
            code: None,
            request_id: None,
        })
    }

    pub fn progress(&mut self, job: &str, news: Job) -> Vec<Effect> {
        self.client(ClientEvent::Progress {
            local_id: job.into(),
            job: Box::new(news),
        })
    }

    pub fn view(&self) -> SessionView {
        self.state.view(self.now_secs)
    }

    pub fn phase(&self) -> JobPhase {
        self.view().jobs[0].phase.clone()
    }

    /// The newest notice.
    pub fn told(&self) -> String {
        let notices = self.view().notices;
        notices.last().map(|n| n.text.clone()).unwrap_or_default()
    }
}

/// Place and estimate of a queued job.
pub fn queued(position: u32, eta_secs: Option<f64>) -> Job {
    Job {
        queue: Some(QueuePlace { position, eta_secs }),
        ..news(JobState::Queued, 0.0)
    }
}

pub fn some_peaks() -> Peaks {
    Peaks {
        pairs: std::sync::Arc::new(vec![(-1.0, 1.0)]),
        bucket_frames: 256,
        sample_rate_hz: 48_000,
    }
}
