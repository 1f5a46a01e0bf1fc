//! Gates to the simulated queue, fast enough for tests, and services behind it.

use axum::{Json, Router, http::StatusCode, routing::post};
use serde_json::Value;
use sideman_tests::{gpu_queue::GpuQueue, service::Setup};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wrapper_service::gate::{
    Ask, Gate as _, GateError, GpuQueueService, MemoryBook, Noticed, Permit, WaitNews, Waiting,
    gpu_queue_service::{Admission, Fields, Settings},
};

/// Far beyond what any wait in a test needs.
const DEADLINE: Duration = Duration::from_secs(60);

pub const MODES: [Admission; 4] = [
    Admission::Auto,
    Admission::Poll,
    Admission::Webhook,
    Admission::Immediate,
];

pub fn settings(queue: &GpuQueue, admission: Admission) -> Settings {
    Settings {
        url: queue.url().into(),
        shown: queue.url().into(),
        path_prefix: String::new(),
        admission,
        tokens_per_job: 1000,
        tokens_per_minute: 0,
        task_type: String::new(),
        fields: Fields {
            session_id: "session_id".into(),
            tokens: "tokens".into(),
            task_type: "task_type".into(),
            status: "status".into(),
        },
        poll_min: Duration::from_millis(5),
        poll_max: Duration::from_millis(100),
        request_timeout: Duration::from_millis(match admission {
            // The answer is the grant: it may take.
            Admission::Immediate => 10_000,
            _ => 1_000,
        }),
        forgotten_after: Duration::from_millis(1_500),
        fail_after: Duration::ZERO,
        start_without_grant: false,
    }
}

pub fn gate(settings: Settings) -> GpuQueueService {
    GpuQueueService::new(settings, Arc::new(MemoryBook::default())).unwrap()
}

pub fn ask(job_id: &str) -> Ask {
    Ask {
        job_id: job_id.into(),
        source_secs: 1.0,
    }
}

/// The answer of a gate that has answered in time.
pub async fn acquire(gate: &GpuQueueService) -> Result<Permit, GateError> {
    let (never, news) = (CancellationToken::new(), WaitNews::ignore());
    within(gate.acquire(ask("job-1"), &news, &never)).await
}

/// Begins to wait at the gate; `news` hears what the waiting is told.
pub fn begin(gate: &GpuQueueService, news: WaitNews) -> JoinHandle<Result<Permit, GateError>> {
    let gate = gate.clone();
    tokio::spawn(async move {
        let never = CancellationToken::new();
        within(gate.acquire(ask("job-1"), &news, &never)).await
    })
}

pub async fn within<T>(wait: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(DEADLINE, wait).await;
    waited.expect("waited too long")
}

/// Keeps what a gate tells its waiting caller.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Waiting>>>);

impl Heard {
    pub fn news(&self) -> WaitNews {
        let heard = Arc::clone(&self.0);
        WaitNews::new(move |waiting| heard.lock().unwrap().push(waiting))
    }

    pub fn all(&self) -> Vec<Waiting> {
        self.0.lock().unwrap().clone()
    }
}

/// Where the queue's webhooks arrive, for a gate without a service around it.
pub struct Door {
    pub base: String,
    leads_to: Arc<Mutex<Option<GpuQueueService>>>,
}

impl Door {
    pub async fn open() -> Self {
        let leads_to = Arc::new(Mutex::new(None::<GpuQueueService>));
        let gate = Arc::clone(&leads_to);
        let notified = async move |headers: axum::http::HeaderMap, Json(body): Json<Value>| {
            let id = headers.get("x-notification-id").unwrap().to_str().unwrap();
            let gate = gate.lock().unwrap().clone();
            match gate.map(|gate| gate.notify(Some(id), &body)) {
                Some(Noticed::Taken) => StatusCode::OK,
                _ => StatusCode::NOT_FOUND,
            }
        };
        let router = Router::new().route("/task_notification", post(notified));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, leads_to }
    }

    pub fn lead_to(&self, gate: GpuQueueService) -> GpuQueueService {
        *self.leads_to.lock().unwrap() = Some(gate.clone());
        gate
    }
}

/// A service behind the queue, as fast as the gates of these tests.
pub fn service_behind(queue: &GpuQueue) -> Setup {
    Setup::new()
        .arg("--gate")
        .arg("gpu-queue-service")
        .env("QUEUE_URL", queue.url())
        .env("SIDEMAN_GPU_QUEUE_SERVICE_POLL_MIN_SECS", 0.01)
        .env("SIDEMAN_GPU_QUEUE_SERVICE_POLL_MAX_SECS", 0.2)
        .env("SIDEMAN_GPU_QUEUE_SERVICE_REQUEST_TIMEOUT_SECS", 0.5)
        .env("SIDEMAN_GPU_QUEUE_SERVICE_FORGOTTEN_AFTER_SECS", 0.5)
        .env("SIDEMAN_LIMITS_MAX_WAITING_PER_KEY", 5_000)
}
