mod remember;
mod roll;

use super::{
    CaptureEvent, CaptureHandle, CaptureTap, Cut,
    handle::{CaptureStatus, Control},
    memory::{Cutter, Memory},
    outbox::Outbox,
    peaks::PeakFold,
    recover,
    spool::Spool,
    tap::{BlockRecord, TapEnd},
    timeline::Timeline,
};
use crate::threads::Worker;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::{
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// Between two looks at the ring; the ring holds two seconds and more.
const LOOK_WHILE_ON: Duration = Duration::from_millis(10);
const LOOK_WHILE_OFF: Duration = Duration::from_millis(100);

/// A host that stops calling has stopped; one that renders offline may only be slow.
const SILENT_AFTER: Duration = Duration::from_secs(1);
const SILENT_AFTER_OFFLINE: Duration = Duration::from_secs(10);
/// Switched off, and the host does not even call to hear of it.
const SILENT_AFTER_OFF: Duration = Duration::from_millis(200);

/// The host's button arms the audio thread at once; the folder's name comes a moment later. Until then
/// the blocks wait in the ring.
const FOLDER_WAIT: Duration = Duration::from_millis(1500);

/// What the host's own button takes.
const BUTTON_CUT: Cut = Cut::LastBars(8);

/// A memory from before a crash that is shorter is not worth a question.
const WORTH_RECOVERING_SECS: f64 = 2.0;

/// 4.0 GB of stereo: what a WAV file can say about itself.
const MAX_TAKE_FRAMES: u64 = 500_000_000;

/// How long ending may take: the last takes are written and told.
const LAST_WORDS: Duration = Duration::from_millis(300);
const JOIN_LIMIT: Duration = Duration::from_millis(1500);

/// Makes the audio thread's half, the handle, and the thread that writes takes.
///
/// # Errors
/// The system refuses another thread.
pub fn start(
    events: Sender<CaptureEvent>,
) -> io::Result<(CaptureTap, CaptureHandle, CaptureThread)> {
    let status = Arc::new(CaptureStatus::default());
    let (tap, end) = CaptureTap::new(status.clone());
    let (control, words) = bounded(16);
    let handle = CaptureHandle {
        control,
        status: status.clone(),
    };
    let drain = Drain::new(end, words, status, events);
    let worker = Worker::spawn("sideman-capture", move || drain.run())?;
    Ok((tap, handle.clone(), CaptureThread { handle, worker }))
}

/// Joins the capture thread when dropped: a take that rolls is finished first.
#[derive(Debug)]
pub struct CaptureThread {
    handle: CaptureHandle,
    worker: Worker,
}

impl Drop for CaptureThread {
    fn drop(&mut self) {
        // A full channel means that the thread hangs on the disk; the join limit ends that wait.
        let _ = self
            .handle
            .control
            .send_timeout(Control::Shutdown, LAST_WORDS);
        self.worker.join_within(JOIN_LIMIT);
    }
}

/// The capture thread's state.
struct Drain {
    end: TapEnd,
    words: Receiver<Control>,
    status: Arc<CaptureStatus>,
    outbox: Outbox,
    folder: Option<PathBuf>,
    timeline: Timeline,
    /// `None` between takes, and while a take that could not be written rolls on unheard.
    spool: Option<Spool<BufWriter<File>>>,
    peaks: PeakFold,
    /// One block, channel after channel.
    planar: Vec<f32>,
    waiting_since: Option<Instant>,
    heard_at: Instant,
    told_at: Instant,
    offline: bool,
    /// More lies in the ring than one look has read.
    behind: bool,
    memory: Memory,
    /// To be cut as soon as there is a folder.
    wanted: Option<Cut>,
    cutter: Option<Box<Cutter>>,
    /// What is cut from, if not from our own memory.
    left: Option<Memory>,
    grabs_done: u32,
    asked_for_folder: bool,
    /// The memory cannot be written; told once, tried again with the next folder or start of the host.
    memory_failed: bool,
    news_at: Instant,
    saved_at: Instant,
}

impl Drain {
    fn new(
        end: TapEnd,
        words: Receiver<Control>,
        status: Arc<CaptureStatus>,
        events: Sender<CaptureEvent>,
    ) -> Self {
        Self {
            end,
            words,
            status,
            outbox: Outbox::new(events),
            folder: None,
            timeline: Timeline::new(MAX_TAKE_FRAMES),
            spool: None,
            peaks: PeakFold::default(),
            planar: Vec::new(),
            waiting_since: None,
            heard_at: Instant::now(),
            told_at: Instant::now(),
            offline: false,
            behind: false,
            memory: Memory::default(),
            wanted: None,
            cutter: None,
            left: None,
            grabs_done: 0,
            asked_for_folder: false,
            memory_failed: false,
            news_at: Instant::now(),
            saved_at: Instant::now(),
        }
    }

    fn run(mut self) {
        loop {
            match self.words.recv_timeout(self.look()) {
                Ok(Control::Folder(folder)) => self.set_folder(folder),
                Ok(Control::Grab(cut)) => self.wanted = Some(cut),
                Ok(Control::Rescue(instance)) => self.rescue(&instance),
                Ok(Control::Forget) => self.memory.forget(),
                Ok(Control::Wake) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Control::Shutdown) | Err(RecvTimeoutError::Disconnected) => break,
            }
            let grabs = self.status.grabs_wanted();
            // What was played up to now belongs to what is cut.
            self.behind = self.read_blocks();
            if grabs != std::mem::replace(&mut self.grabs_done, grabs) {
                self.wanted = Some(BUTTON_CUT);
            }
            if !self.waits_for_folder()
                && let Some(cut) = self.wanted.take()
            {
                self.grab(cut);
            }
            self.notice_silence();
            self.cut_a_bite();
            self.tell_progress();
            self.keep_memory();
            self.outbox.flush();
        }
        self.end();
    }

    fn look(&self) -> Duration {
        let is_wanted = self.status.is_enabled() || self.status.is_listening();
        if self.behind || self.cutter.is_some() {
            Duration::ZERO
        } else if is_wanted && self.status.host_playing() || self.timeline.is_rolling() {
            LOOK_WHILE_ON
        } else {
            LOOK_WHILE_OFF
        }
    }

    /// The takes that roll or are being cut are finished. The memory is for this session only.
    fn end(mut self) {
        self.read_blocks();
        if let Some(action) = self.timeline.stop() {
            self.carry_out(action);
        }
        let deadline = Instant::now() + LAST_WORDS;
        while self.cutter.is_some() && Instant::now() < deadline {
            self.cut_a_bite();
        }
        self.memory.forget();
        self.outbox.flush_within(LAST_WORDS);
    }

    fn set_folder(&mut self, folder: PathBuf) {
        if self.folder.as_ref() != Some(&folder) && !self.timeline.is_rolling() {
            for take in recover::unfinished(&folder) {
                self.outbox.send(CaptureEvent::Recovered(take));
            }
        }
        self.memory.set_folder(&folder);
        self.memory_failed = false;
        let was_empty = self.memory.last_run_secs() == 0.0;
        self.memory.recover();
        let secs = self.memory.last_run_secs();
        if was_empty && secs >= WORTH_RECOVERING_SECS {
            self.outbox.send(CaptureEvent::RecoveredMemory { secs });
        }
        self.folder = Some(folder);
    }

    /// What is to be written waits in the ring until its folder is known, but not for ever.
    fn waits_for_folder(&mut self) -> bool {
        let is_take = |record: &BlockRecord| record.is_armed;
        let is_wanted = self.memory.needs_folder() || self.end.blocks.peek().is_ok_and(is_take);
        if self.folder.is_some() || !is_wanted {
            self.waiting_since = None;
            return false;
        }
        let since = self.waiting_since.get_or_insert_with(Instant::now);
        since.elapsed() < FOLDER_WAIT
    }

    /// No more than what lies there now, so that a host that renders fast cannot keep words waiting.
    /// Returns whether more has come meanwhile.
    fn read_blocks(&mut self) -> bool {
        for _ in 0..self.end.blocks.slots() {
            if self.waits_for_folder() {
                return false;
            }
            if let Ok(record) = self.end.blocks.pop() {
                self.read_block(&record);
            }
        }
        !self.end.blocks.is_empty()
    }

    fn read_block(&mut self, record: &BlockRecord) {
        self.planar
            .resize(record.frames as usize * usize::from(record.channels), 0.0);
        // Cannot fail: the samples were published before their record.
        let _ = self.end.samples.pop_entire_slice(&mut self.planar);
        self.heard_at = Instant::now();
        self.offline = record.clock.offline;
        let of_take = BlockRecord {
            is_stop: record.is_stop || !record.is_armed,
            ..*record
        };
        for action in self.timeline.step(&of_take) {
            self.carry_out(action);
        }
        self.remember(record);
    }

    fn notice_silence(&mut self) {
        let limit = match (self.status.is_enabled(), self.offline) {
            (false, _) => SILENT_AFTER_OFF,
            (true, false) => SILENT_AFTER,
            (true, true) => SILENT_AFTER_OFFLINE,
        };
        if self.heard_at.elapsed() >= limit
            && let Some(action) = self.timeline.stop()
        {
            self.carry_out(action);
        }
        if self.heard_at.elapsed() >= SILENT_AFTER {
            self.memory.stop();
        }
    }
}
