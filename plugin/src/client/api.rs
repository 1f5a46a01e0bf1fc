use super::{ApiKey, DesktopTheme, KeyPlace};
use sideman_shared::protocol::{Code, EngineList, Job, JobRequest, Stem};
use std::path::PathBuf;

/// What the session asks of the client thread; sent over a bounded channel.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientRequest {
    /// From now on look after this service, with the key stored for it, if any. Jobs each name their
    /// own.
    Connect {
        address: String,
    },
    /// Send nothing to anybody until the next [`Self::Connect`]: jobs are left as they are, to be
    /// started or resumed again.
    Disconnect,
    /// Look at this service once, whichever it is.
    Test {
        address: String,
    },
    /// An empty key is forgotten.
    StoreKey {
        address: String,
        key: ApiKey,
    },
    /// Which of these addresses have a key?
    FindKeys(Vec<String>),
    /// Ask the desktop whether it is dark: the client's thread is the one that speaks D-Bus.
    AskDesktopTheme,
    /// Ask for health and engines now instead of at the next regular look.
    Probe,
    /// Upload (if needed), submit, follow, download. `local_id` names it in every event.
    Start {
        local_id: String,
        /// The job's service.
        address: String,
        spec: Box<JobSpec>,
    },
    /// Follow a job again that was submitted before the project was closed.
    Resume {
        local_id: String,
        address: String,
        job_id: String,
        /// Stems that came before, by the service's ids; they are not fetched again.
        have: Vec<String>,
        download_to: PathBuf,
    },
    Cancel {
        local_id: String,
    },
    /// Tell the service of a job that was cancelled before the project was closed.
    TellCancel {
        local_id: String,
        address: String,
        /// `None`: accepted unheard; `request`, sent once more, gives the id.
        job_id: Option<String>,
        request: Box<JobRequest>,
    },
    Shutdown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct JobSpec {
    /// The take's WAV or the user's file.
    pub source_path: PathBuf,
    /// The file is Sideman's own float capture: it travels as 24-bit FLAC if no sample leaves ±1.
    /// The user's own files travel as they are.
    pub recode: bool,
    /// `source_id` is filled in by the client.
    pub request: JobRequest,
    /// A folder of this instance for what is being encoded; nothing stays in it.
    pub scratch: PathBuf,
    /// A folder of this instance; stems are written there as `.part` and renamed when whole.
    pub download_to: PathBuf,
}

/// What the client tells the session.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientEvent {
    /// The service answered the regular look; `words` says it for the health light.
    Healthy {
        words: String,
        engines: EngineList,
    },
    Degraded {
        words: String,
        /// Where the service named its engines all the same.
        engines: Option<EngineList>,
    },
    Away {
        words: String,
    },
    /// The answer to [`ClientRequest::Test`]: one of the three above.
    Tested {
        address: String,
        answer: Box<ClientEvent>,
    },
    /// Where the key of this address lies; `None` when there is none.
    KeyKnown {
        address: String,
        place: Option<KeyPlace>,
    },
    /// What the desktop says of itself; `None` where it says nothing.
    Desktop(Option<DesktopTheme>),
    /// The key could not be kept; a sentence for the user.
    KeyRefused {
        words: String,
    },
    /// The service did not answer; tried again by itself after `retry_in_secs`.
    Waiting {
        local_id: String,
        reason: String,
        retry_in_secs: f64,
    },
    Uploading {
        local_id: String,
        fraction: f64,
    },
    /// The job goes out now, and may be there even if no answer comes.
    Posting {
        local_id: String,
        source_id: String,
    },
    /// Accepted: `job_id` must be persisted, so that the job is found again after a restart.
    Submitted {
        local_id: String,
        job_id: String,
    },
    Progress {
        local_id: String,
        job: Box<Job>,
    },
    /// Nothing new, but the line to the service lives.
    Alive {
        local_id: String,
    },
    /// What is left to fetch of a job that has ended, 0–1.
    Downloading {
        local_id: String,
        fraction: f64,
    },
    /// One stem is on disk, length and hash checked.
    StemReady {
        local_id: String,
        stem: Box<Stem>,
        path: PathBuf,
    },
    /// Terminal: every stem of the job has been delivered.
    Done {
        local_id: String,
    },
    Failed {
        local_id: String,
        title: String,
        detail: String,
        hint: Option<String>,
        can_retry: bool,
        code: Option<Code>,
        /// The service's, for its operator.
        request_id: Option<String>,
    },
    /// For the user it is over; the service may not know yet.
    Cancelled {
        local_id: String,
    },
    /// The service knows, or there is nothing to know.
    CancelTold {
        local_id: String,
    },
}
