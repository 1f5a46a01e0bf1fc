//! From the first asking to the grant, whatever the queue does meanwhile.

use super::{
    Admission, GpuQueueService,
    answer::{Told, Word},
    client::{Look, Trouble},
    pace::Pace,
    session::Session,
};
use crate::gate::{Ask, GateError, WaitNews, Waiting};
use std::time::{Duration, Instant};

/// Tries to say that the work begins. It is a courtesy: the end is told for sure.
const BEGIN_TRIES: u32 = 3;
/// A queue that answers, but neither yes nor "unknown", gets this many times the usual grace.
const SICK_GRACE: u32 = 6;

/// How a session's wait went out.
enum Wait {
    Granted,
    /// The queue has lost it, or may have: another one is needed.
    Lost,
}

/// One wait of one job, over as many sessions as it takes.
pub(super) struct Line<'a> {
    gate: &'a GpuQueueService,
    ask: Ask,
    news: &'a WaitNews,
    said: Waiting,
    /// Since when the queue gives no usable answer.
    silent_since: Option<Instant>,
}

impl<'a> Line<'a> {
    pub fn new(gate: &'a GpuQueueService, ask: Ask, news: &'a WaitNews) -> Self {
        Self {
            gate,
            ask,
            news,
            said: Waiting::default(),
            silent_since: None,
        }
    }

    pub async fn stand(mut self) -> Result<Session, GateError> {
        let mut pace = self.pace();
        loop {
            let mut session = Session::begin(&self.gate.sessions);
            let book = &self.gate.sessions.book;
            book.enqueued(&session.id, &self.ask.job_id).await?;
            match self.wait(&mut session).await? {
                Wait::Granted => {
                    session.grant();
                    book.granted(&session.id).await?;
                    self.say_begun(&session).await;
                    return Ok(session);
                }
                // Its drop takes it out of the queue, should the queue find it again.
                Wait::Lost => tracing::info!(session_id = %session.id, "asking the GPU queue anew"),
            }
            tokio::time::sleep(pace.next()).await;
        }
    }

    async fn wait(&mut self, session: &mut Session) -> Result<Wait, GateError> {
        let immediate = self.gate.settings.admission == Admission::Immediate;
        let mut pace = self.pace();
        let mut enqueued = false;
        let mut missing_since: Option<Instant> = None;
        loop {
            // After an answer that got lost the queue is asked whether it knows us: a second `POST`
            // might be a second task.
            let look = enqueued || (session.may_be_known && !immediate);
            match self.listen(session, look).await {
                Ok(Look::Told(told)) => {
                    self.silent_since = None;
                    missing_since = None;
                    enqueued = true;
                    if self.note(told) {
                        pace.quicken();
                    }
                    match told.word {
                        _ if immediate => return Ok(Wait::Granted),
                        Word::Granted => return Ok(Wait::Granted),
                        Word::Over => return Ok(Wait::Lost),
                        Word::Waiting => {}
                    }
                }
                Ok(Look::Unknown) => {
                    self.silent_since = None;
                    if !enqueued {
                        // The lost answer was a lost question.
                        session.may_be_known = false;
                    } else if elapsed(&mut missing_since) >= self.gate.settings.forgotten_after {
                        return Ok(Wait::Lost);
                    }
                }
                Err(trouble) => {
                    if self.is_out_of_patience(&trouble)? {
                        return Ok(Wait::Granted);
                    }
                    if immediate && session.may_be_known {
                        return Ok(Wait::Lost);
                    }
                    // A queue that fails on an id that it has lost must not be waited for for ever.
                    let grace = self.gate.settings.forgotten_after * SICK_GRACE;
                    if session.may_be_known && elapsed(&mut missing_since) >= grace {
                        return Ok(Wait::Lost);
                    }
                }
            }
            tokio::select! {
                biased;
                told = session.hear() => if self.is_grant(told) { return Ok(Wait::Granted) },
                () = tokio::time::sleep(pace.next()) => {}
            }
        }
    }

    /// One question to the queue, unless the grant comes by itself meanwhile.
    async fn listen(&mut self, session: &mut Session, look: bool) -> Result<Look, Trouble> {
        let sessions = &self.gate.sessions;
        let id = session.id.clone();
        let tokens = self.gate.settings.price(self.ask.source_secs);
        // From here on, unless we know better.
        let knew = std::mem::replace(&mut session.may_be_known, true);
        let asking = async {
            if look {
                sessions.client.look(&id).await
            } else {
                let enqueued = sessions.client.enqueue(&id, &self.ask.job_id, tokens).await;
                enqueued.map(Look::Told)
            }
        };
        tokio::pin!(asking);
        let asked = loop {
            tokio::select! {
                biased;
                told = session.hear() => {
                    if told.word == Word::Granted {
                        return Ok(Look::Told(told));
                    }
                }
                asked = &mut asking => break asked,
            }
        };
        let asked = sessions.contact.note(asked);
        if let Err(trouble) = &asked {
            session.may_be_known = knew || trouble.may_have_heard;
        }
        asked
    }

    fn is_grant(&mut self, told: Told) -> bool {
        self.note(told);
        told.word == Word::Granted
    }

    /// Tells the client what has changed. True if something has.
    fn note(&mut self, told: Told) -> bool {
        // First come, first served: one's own place never rises, though the queue's length does.
        let place = match (told.place, self.said.place) {
            (Some(now), Some(before)) => Some(now.min(before)),
            (now, before) => now.or(before),
        };
        self.say(Waiting {
            place,
            eta_secs: told.eta_secs,
            trouble: None,
        })
    }

    fn say(&mut self, waiting: Waiting) -> bool {
        let changed = self.said != waiting;
        if changed {
            self.said = waiting.clone();
            self.news.tell(waiting);
        }
        changed
    }

    /// True if the job may start without a grant, because it was told to rather than wait.
    fn is_out_of_patience(&mut self, trouble: &Trouble) -> Result<bool, GateError> {
        let settings = &self.gate.settings;
        if self.silent_since.is_none() {
            tracing::warn!(cause = %trouble.cause, "no usable answer of the GPU queue; the job waits");
        }
        let silent = self.silent_since.get_or_insert_with(Instant::now).elapsed();
        let sentence = format!(
            "the GPU queue at {} gives no usable answer ({}); the job waits and asks again",
            settings.shown, trouble.cause
        );
        self.say(Waiting {
            place: self.said.place,
            eta_secs: None,
            trouble: Some(sentence),
        });
        let over = silent >= settings.fail_after;
        if over && settings.start_without_grant {
            tracing::warn!(
                "starting without a grant, as gpu_queue_service.start_without_grant says"
            );
            return Ok(true);
        }
        if over && !settings.fail_after.is_zero() {
            let secs = settings.fail_after.as_secs_f64();
            let cause = &trouble.cause;
            let at = &settings.shown;
            return Err(GateError::Unreachable(format!(
                "{cause}; {at}, for {secs} s"
            )));
        }
        Ok(false)
    }

    async fn say_begun(&self, session: &Session) {
        let sessions = &self.gate.sessions;
        let mut pace = self.pace();
        for _ in 0..BEGIN_TRIES {
            let told = sessions.client.report(&session.id, "processing").await;
            match sessions.contact.note(told) {
                Ok(()) => return,
                Err(trouble) => {
                    let cause = trouble.cause;
                    tracing::warn!(%cause, "the GPU queue did not hear that the work begins");
                }
            }
            tokio::time::sleep(pace.next()).await;
        }
    }

    fn pace(&self) -> Pace {
        let settings = &self.gate.settings;
        match settings.admission {
            // Looking is only the net under the webhook.
            Admission::Webhook => Pace::new(settings.poll_max, settings.poll_max),
            _ => Pace::new(
                settings.poll_min.max(Duration::from_millis(1)),
                settings.poll_max,
            ),
        }
    }
}

/// Since the first of these calls.
fn elapsed(since: &mut Option<Instant>) -> Duration {
    since.get_or_insert_with(Instant::now).elapsed()
}
