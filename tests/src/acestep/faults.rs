//! How a server can misbehave.

/// All off by default. The counts are used up one by one.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Answers `500 Internal Server Error` to so many polls.
    pub poll_errors: u32,
    /// Answers nobody.
    pub hang: bool,
    /// Refuses so many submissions with 429.
    pub queue_full: u32,
    /// Cannot take uploads, as the version of 8 February 2026.
    pub no_uploads: bool,
    /// Says nothing of how far a task is.
    pub mute: bool,
    /// A running task stays as it is and never ends; the counts say that it runs.
    pub stall: bool,
    /// A running task dies: it stays as it is, and the counts know nothing of it.
    pub die: bool,
    /// Tells of running tasks what it tells an hour after their submission.
    pub an_hour_later: bool,
    pub fail: Option<Failure>,
    /// A task ends well, without a file.
    pub no_file: bool,
    pub audio: AudioFault,
    /// Cuts so many downloads in the middle.
    pub cut_downloads: u32,
    /// A cut download's file is another one at the next try.
    pub change_files: bool,
    pub load_fails: bool,
    /// Reports another seed than it was told.
    pub other_seed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The progress text is another job's.
    NoReason,
    OutOfMemory,
    NotANumber,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AudioFault {
    #[default]
    None,
    Silent,
    NotANumber,
    /// Half of what was asked for.
    Short,
    /// A song of its own, of a length of its own.
    Unrelated,
    Garbage,
    /// 16-bit samples instead of floats.
    Pcm16,
}

impl Faults {
    /// Switches one on by its name on the command line.
    pub fn switch_on(&mut self, name: &str) -> bool {
        match name {
            "hang" => self.hang = true,
            "queue-full" => self.queue_full = 3,
            "no-uploads" => self.no_uploads = true,
            "mute" => self.mute = true,
            "stall" => self.stall = true,
            "die" => self.die = true,
            "no-reason" => self.fail = Some(Failure::NoReason),
            "out-of-memory" => self.fail = Some(Failure::OutOfMemory),
            "no-file" => self.no_file = true,
            "silent" => self.audio = AudioFault::Silent,
            "nan" => self.audio = AudioFault::NotANumber,
            "short" => self.audio = AudioFault::Short,
            "unrelated" => self.audio = AudioFault::Unrelated,
            "garbage" => self.audio = AudioFault::Garbage,
            "cut" => self.cut_downloads = 2,
            "load-fails" => self.load_fails = true,
            _ => return false,
        }
        true
    }

    /// Takes one off a count, if there is one.
    pub fn take(count: &mut u32) -> bool {
        let some = *count > 0;
        *count = count.saturating_sub(1);
        some
    }
}
