//! Many uploads at the same time, all of them half done at one moment.

use super::{
    api,
    machine::Resident,
    table::{Table, mebibytes, none, percent},
    wav::NoiseWav,
    workbench::Workbench,
};
use anyhow::{Result, anyhow};
use reqwest::blocking::Body;
use sideman_tests::service::Service;
use std::{
    io::{self, Read},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const UPLOADS: usize = 50;
/// About 30 MB.
const SONG_SECS: u32 = 114;
/// Shorter than the service waits for a client that sends nothing.
const MEET_LIMIT: Duration = Duration::from_secs(25);
/// For the service to give back what it will give back.
const SETTLE: Duration = Duration::from_secs(2);

pub fn measure(bench: &Workbench) -> Result<Table> {
    let service = api::start(bench)?;
    std::thread::sleep(SETTLE);
    let before = Resident::of(service.pid())?;
    let begun = Instant::now();
    let met = upload_all(&service)?;
    let took = begun.elapsed();
    let busy = Resident::of(service.pid())?;
    std::thread::sleep(SETTLE);
    let after = Resident::of(service.pid())?;

    let song_bytes = NoiseWav::new(SONG_SECS, 0).len() as f64;
    let each = (busy.peak - before.now) / UPLOADS as f64;
    let mut table = Table::new(&["the service's memory", "resident", "of all bytes sent"]);
    let of_sent = |bytes: f64| percent(bytes / (song_bytes * UPLOADS as f64));
    table.row(["before".into(), mebibytes(before.now), none()]);
    table.row(["peak".into(), mebibytes(busy.peak), of_sent(busy.peak)]);
    table.row(["2 s after".into(), mebibytes(after.now), none()]);
    table.row(["grown, for each upload".into(), mebibytes(each), none()]);
    table.note(format!(
        "{UPLOADS} uploads of {} at once, {met} of them half sent at the same moment; {:.1} s in all",
        mebibytes(song_bytes),
        took.as_secs_f64()
    ));
    Ok(table)
}

/// How many met half-way.
fn upload_all(service: &Service) -> Result<usize> {
    let meeting = Arc::new(Meeting::default());
    let upload = |seed: usize| {
        let song = NoiseWav::new(SONG_SECS, seed as u64);
        let bytes = song.len();
        let body = MeetsHalfway {
            song,
            left: bytes / 2,
            meeting: Some(Arc::clone(&meeting)),
        };
        api::upload(service, Body::sized(body, bytes as u64))
    };
    std::thread::scope(|scope| {
        let uploads: Vec<_> = (0..UPLOADS)
            .map(|seed| scope.spawn(move || upload(seed)))
            .collect();
        uploads.into_iter().try_for_each(|upload| {
            let done = upload.join().map_err(|_| anyhow!("an upload panicked"))?;
            done.map(drop)
        })
    })?;
    Ok(meeting.met())
}

/// Where the uploads wait for each other.
#[derive(Default)]
struct Meeting {
    come: Mutex<usize>,
    all_here: Condvar,
    gave_up: AtomicUsize,
}

impl Meeting {
    /// Waits for the others, but not for ever: some may have failed.
    fn join(&self) {
        let mut come = self.come.lock().unwrap_or_else(PoisonError::into_inner);
        *come += 1;
        self.all_here.notify_all();
        let waited = self
            .all_here
            .wait_timeout_while(come, MEET_LIMIT, |come| *come < UPLOADS)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.1.timed_out() {
            self.gave_up.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many were there at the same moment.
    fn met(&self) -> usize {
        let come = *self.come.lock().unwrap_or_else(PoisonError::into_inner);
        come - self.gave_up.load(Ordering::Relaxed)
    }
}

/// A song whose second half is sent only when all the others have sent their first.
struct MeetsHalfway {
    song: NoiseWav,
    /// Bytes until the meeting.
    left: usize,
    meeting: Option<Arc<Meeting>>,
}

impl Read for MeetsHalfway {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0
            && let Some(meeting) = self.meeting.take()
        {
            meeting.join();
        }
        let most = match &self.meeting {
            Some(_) => self.left.min(into.len()),
            None => into.len(),
        };
        let count = self.song.read(&mut into[..most])?;
        self.left = self.left.saturating_sub(count);
        Ok(count)
    }
}
