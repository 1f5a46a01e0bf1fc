//! Stems on their way down, each as soon as the service has finished it.

use super::{api::ClientEvent, download::Download, error::Failure, job::Life, stem_file};
use parking_lot::Mutex;
use sideman_shared::protocol::{AudioFormat, Job, Stem};
use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
};
use tokio::sync::Notify;

/// Twelve tracks in four variations; no honest job has more.
const MAX_STEMS: usize = 48;

/// Finished stems that wait to be fetched: told of by who follows the job, taken by who fetches.
pub struct Arrivals {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    /// By id: those fetched, waiting, or here from an earlier life.
    known: HashSet<String>,
    waiting: VecDeque<Arrival>,
    /// Announced in this life.
    announced: usize,
    /// The job has ended: no more come.
    closed: bool,
}

struct Arrival {
    stem: Stem,
    name: String,
    format: AudioFormat,
}

impl Arrivals {
    pub fn new(have: Vec<String>) -> Self {
        let inner = Inner {
            known: have.into_iter().collect(),
            ..Inner::default()
        };
        Self {
            inner: Mutex::new(inner),
            changed: Notify::new(),
        }
    }

    /// Takes note of the job's stems; those known already are left alone.
    pub fn announce(&self, job: &Job) {
        let mut inner = self.inner.lock();
        for stem in &job.stems {
            if inner.announced < MAX_STEMS && inner.known.insert(stem.stem_id.clone()) {
                inner.announced += 1;
                inner.waiting.push_back(Arrival {
                    name: stem_file::name(job, stem),
                    format: job.request.format,
                    stem: stem.clone(),
                });
            }
        }
        self.changed.notify_one();
    }

    pub fn close(&self) {
        self.inner.lock().closed = true;
        self.changed.notify_one();
    }

    /// `None` once all are taken and no more come.
    async fn next(&self) -> Option<Arrival> {
        loop {
            {
                let mut inner = self.inner.lock();
                if let Some(arrival) = inner.waiting.pop_front() {
                    return Some(arrival);
                }
                if inner.closed {
                    return None;
                }
            }
            self.changed.notified().await;
        }
    }

    /// How much of what was announced is here when `f` of the present stem is; `None` while the job
    /// still plays.
    fn fraction(&self, f: f64) -> Option<f64> {
        let inner = self.inner.lock();
        let here = inner.announced.checked_sub(inner.waiting.len() + 1)?;
        inner
            .closed
            .then(|| (here as f64 + f) / inner.announced as f64)
    }
}

impl Life {
    /// Fetches stem after stem until no more come. One that cannot be had does not keep the others.
    ///
    /// # Errors
    /// The first stem's failure, after the rest was fetched.
    pub async fn fetch(&self, arrivals: &Arrivals, folder: PathBuf) -> Result<(), Failure> {
        let mut result = Ok(());
        while let Some(arrival) = arrivals.next().await {
            let fetched = self.fetch_one(arrivals, &folder, arrival).await;
            result = result.and(fetched);
        }
        result
    }

    async fn fetch_one(
        &self,
        arrivals: &Arrivals,
        folder: &Path,
        arrival: Arrival,
    ) -> Result<(), Failure> {
        let Arrival { stem, name, format } = arrival;
        self.service.plain_id(&stem.stem_id)?;
        let mut download = Download::new(folder, &name, format);
        let mut last_percent = None;
        let path = self
            .insist(async || {
                let on_fraction = |f: f64| {
                    let percent = (f * 100.0) as u32;
                    if last_percent.replace(percent) != Some(percent)
                        && let Some(fraction) = arrivals.fraction(f)
                    {
                        self.out.mention(ClientEvent::Downloading {
                            local_id: self.local_id.clone(),
                            fraction,
                        });
                    }
                };
                download.fetch(&self.service, &stem, on_fraction).await
            })
            .await?;
        self.out
            .say(ClientEvent::StemReady {
                local_id: self.local_id.clone(),
                stem: Box::new(stem),
                path,
            })
            .await;
        Ok(())
    }
}
