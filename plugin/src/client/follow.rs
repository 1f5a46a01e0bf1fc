//! Follows a submitted job to its end: by its event stream, and by asking when that does not come.

use super::{
    error::{ClientError, Failure},
    http::Service,
    sse::{SseEvent, SseParser},
};
use reqwest::{Method, header};
use sideman_shared::protocol::{Job, JobEventName, Stem};
use std::time::Duration;

/// Streams in a row that brought nothing before we only ask.
const MAX_EMPTY_STREAMS: u32 = 3;

/// What is heard on the way.
pub enum News<'a> {
    Job(&'a Job),
    /// Nothing new, but the line lives.
    Alive,
}

/// Survives reconnecting: the service sends only what came after the last event seen.
#[derive(Debug)]
pub struct Follow {
    job_id: String,
    last_event_id: Option<String>,
    empty_streams: u32,
    /// The job as it was told last; stems that finish are added to it.
    last: Option<Job>,
}

impl Follow {
    pub fn new(job_id: &str) -> Self {
        Self {
            job_id: job_id.to_owned(),
            last_event_id: None,
            empty_streams: 0,
            last: None,
        }
    }

    /// The job at its end. `news` hears of every change on the way.
    ///
    /// # Errors
    /// The service went away ([`ClientError::Later`]: call again) or lost the job.
    pub async fn until_done(
        &mut self,
        service: &Service,
        mut news: impl FnMut(News<'_>),
    ) -> Result<Job, ClientError> {
        loop {
            if self.empty_streams < MAX_EMPTY_STREAMS
                && let Some(job) = self.stream(service, &mut news).await
            {
                return Ok(job);
            }
            // The stream was cut or never came: the job itself tells where things stand.
            let job = self.ask(service).await?;
            news(News::Job(&job));
            if job.state.is_terminal() {
                return Ok(job);
            }
            tokio::time::sleep(service.waits.poll).await;
        }
    }

    async fn ask(&self, service: &Service) -> Result<Job, ClientError> {
        let path = format!("/v1/jobs/{}", self.job_id);
        let job: Job = service.json(service.request(Method::GET, &path)).await?;
        if job.job_id == self.job_id {
            Ok(job)
        } else {
            let detail = format!("It answered with job {:?} for {path}.", job.job_id);
            Err(Failure::not_a_service(service.address(), detail).into())
        }
    }

    /// `None` when it ended before the job did; why does not matter, the next question tells.
    async fn stream(&mut self, service: &Service, news: &mut impl FnMut(News<'_>)) -> Option<Job> {
        self.empty_streams += 1;
        let path = format!("/v1/jobs/{}/events", self.job_id);
        let mut request = service
            .request(Method::GET, &path)
            .header(header::ACCEPT, "text/event-stream");
        if let Some(id) = &self.last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let mut answer = match service.send(request, service.waits.request).await {
            Ok(answer) => answer,
            Err(ClientError::Later(_)) => {
                // Away altogether: that says nothing about its streams.
                self.empty_streams -= 1;
                return None;
            }
            Err(ClientError::Never(_)) => return None,
        };
        let kind = answer.headers().get(header::CONTENT_TYPE)?;
        if !kind.to_str().ok()?.starts_with("text/event-stream") {
            return None;
        }
        let mut parser = SseParser::default();
        while let Some(piece) = next_piece(&mut answer, service.waits.stall).await {
            let events = parser.feed(&piece).ok()?;
            if events.is_empty() {
                news(News::Alive);
            }
            for event in events {
                if let Some(end) = self.take(event, news) {
                    return Some(end);
                }
            }
        }
        None
    }

    fn take(&mut self, event: SseEvent, news: &mut impl FnMut(News<'_>)) -> Option<Job> {
        let is_header_safe =
            |id: &String| id.len() <= 256 && id.chars().all(|c| c.is_ascii_graphic());
        self.last_event_id = event.last_id.filter(is_header_safe);
        if event.name == JobEventName::Stem.as_str() {
            self.take_stem(&event.data, news);
            return None;
        }
        let job = serde_json::from_str::<Job>(&event.data).ok()?;
        if job.job_id != self.job_id {
            return None;
        }
        self.empty_streams = 0;
        news(News::Job(&job));
        let job = self.last.insert(job);
        job.state.is_terminal().then(|| job.clone())
    }

    /// A stem that finished before the job: the job as it was, with one stem more.
    fn take_stem(&mut self, data: &str, news: &mut impl FnMut(News<'_>)) {
        let (Some(job), Ok(stem)) = (&mut self.last, serde_json::from_str::<Stem>(data)) else {
            // The next word of the job has it.
            return;
        };
        if job.stems.iter().all(|s| s.stem_id != stem.stem_id) {
            job.stems.push(stem);
            news(News::Job(job));
        }
    }
}

/// The stream's next bytes; `None` at its end, on a broken line, or after silence.
async fn next_piece(answer: &mut reqwest::Response, stall: Duration) -> Option<Vec<u8>> {
    let piece = tokio::time::timeout(stall, answer.chunk()).await.ok()?;
    piece.ok()?.map(|bytes| bytes.to_vec())
}
