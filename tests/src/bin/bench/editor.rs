//! The standalone program's window as seen from outside. CPU time is that of all its threads, those of
//! the software renderer included.

use super::{
    machine::{cpu_secs, threads_cpu_secs},
    process,
    program::Standalone,
    screen::{Screen, wait},
    stats::Sample,
    table::{Table, none, percent, time, times},
    workbench::Workbench,
};
use anyhow::Result;
use sideman_tests::clap_host::{Library, built_plugin};
use std::time::{Duration, Instant};

const FRAME_SECS: f64 = 1.0 / 60.0;
const LIMIT: Duration = Duration::from_secs(30);
/// First frames, fonts and folders are over.
const SETTLE: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_secs(5);
const MOVES: u16 = 80;
/// Longer than a frame, so that each move is painted by itself.
const MOVE_EVERY: Duration = Duration::from_millis(50);
const RESIZES: usize = 25;
const SMALL: (u16, u16) = (760, 600);
const LARGE: (u16, u16) = (1000, 760);

struct Open {
    program: Standalone,
    screen: Screen,
    window: u32,
    first_paint_secs: f64,
}

pub fn measure(bench: &Workbench) -> Result<Table> {
    let mut table = Table::new(&["what", "median", "p99", "compared"]);
    let instance = instance_idle(bench)?;
    table.row([
        "CPU of an idle instance in a host, no window".into(),
        percent(instance),
        none(),
        "of one core".into(),
    ]);
    let home = bench.folder()?;
    let open = Open::start(bench, &home)?;
    table.row([
        "start of the standalone program to its first picture".into(),
        time(open.first_paint_secs),
        none(),
        none(),
    ]);
    std::thread::sleep(SETTLE);
    let idle = open.idle()?;
    table.row([
        "CPU of the standalone program, window open, idle".into(),
        percent(idle),
        none(),
        "of one core".into(),
    ]);
    let move_secs = open.move_pointer(idle)?;
    table.row([
        "CPU for one movement of the mouse, all frames it causes".into(),
        time(move_secs),
        none(),
        in_frames(move_secs),
    ]);
    let (picture_secs, cpu_secs) = open.resize(idle)?;
    table.row([
        "CPU for one change of the window's size".into(),
        time(cpu_secs),
        none(),
        in_frames(cpu_secs),
    ]);
    table.row([
        "new size to its picture on the screen".into(),
        time(picture_secs.median()),
        time(picture_secs.p99()),
        in_frames(picture_secs.median()),
    ]);
    table.note("CPU figures are means over all threads; painting is done by the CPU here");
    Ok(table)
}

fn in_frames(secs: f64) -> String {
    format!("{} of a frame at 60 Hz", times(secs / FRAME_SECS))
}

/// Share of a core that the plugin's own threads take while nothing happens.
fn instance_idle(bench: &Workbench) -> Result<f64> {
    let home = bench.folder()?;
    let library = Library::load(&built_plugin()?)?;
    let mut host = process::instance(&library, home.path())?;
    host.activate(process::RATE_HZ, 1024)?;
    std::thread::sleep(SETTLE);
    let spent = || threads_cpu_secs(std::process::id(), |name| name.starts_with("sideman-"));
    let (before, begun) = (spent()?, Instant::now());
    std::thread::sleep(IDLE);
    Ok((spent()? - before) / begun.elapsed().as_secs_f64())
}

impl Open {
    fn start(bench: &Workbench, home: &tempfile::TempDir) -> Result<Self> {
        let path = bench.program("sideman")?;
        let screen = Screen::connect()?;
        let others = screen.windows()?;
        let begun = Instant::now();
        let mut program = Standalone::start(&path, home.path())?;
        let pause = Duration::from_millis(10);
        let window = wait("the standalone program's window", LIMIT, pause, || {
            program.check_runs()?;
            Ok(screen.windows()?.difference(&others).copied().next())
        })?;
        wait("the window's first picture", LIMIT, pause, || {
            program.check_runs()?;
            Ok(screen.is_painted(window)?.then_some(()))
        })?;
        Ok(Self {
            program,
            screen,
            window,
            first_paint_secs: begun.elapsed().as_secs_f64(),
        })
    }

    fn cpu_secs(&self) -> Result<f64> {
        cpu_secs(self.program.pid())
    }

    /// Share of a core.
    fn idle(&self) -> Result<f64> {
        let (before, begun) = (self.cpu_secs()?, Instant::now());
        std::thread::sleep(IDLE);
        Ok((self.cpu_secs()? - before) / begun.elapsed().as_secs_f64())
    }

    /// CPU seconds for each of many moves, beyond what the idle window takes.
    fn move_pointer(&self, idle: f64) -> Result<f64> {
        let (width, height) = self.screen.size(self.window)?;
        let (before, begun) = (self.cpu_secs()?, Instant::now());
        for step in 0..MOVES {
            let along =
                |length: u16| (u32::from(length) * u32::from(step) / u32::from(MOVES)) as i16;
            self.screen
                .point(self.window, along(width), along(height))?;
            std::thread::sleep(MOVE_EVERY);
        }
        let own = idle * begun.elapsed().as_secs_f64();
        Ok((self.cpu_secs()? - before - own).max(0.0) / f64::from(MOVES))
    }

    /// Seconds from a new size to its picture; and CPU seconds for each change, beyond idling.
    fn resize(&self, idle: f64) -> Result<(Sample, f64)> {
        self.screen.resize(self.window, SMALL)?;
        std::thread::sleep(SETTLE);
        let ground = self.screen.corner(self.window, SMALL)?;
        let mut picture_secs = Vec::with_capacity(RESIZES);
        let (before, begun) = (self.cpu_secs()?, Instant::now());
        for _ in 0..RESIZES {
            self.screen.resize(self.window, LARGE)?;
            let asked = Instant::now();
            // The screen is black there until the window has painted its new corner.
            wait(
                "the larger window's picture",
                LIMIT,
                Duration::from_micros(250),
                || {
                    let seen = self.screen.corner(self.window, LARGE)?;
                    Ok((seen == ground).then_some(()))
                },
            )?;
            picture_secs.push(asked.elapsed().as_secs_f64());
            self.screen.resize(self.window, SMALL)?;
            std::thread::sleep(2 * MOVE_EVERY);
        }
        let own = idle * begun.elapsed().as_secs_f64();
        let spent = (self.cpu_secs()? - before - own).max(0.0);
        Ok((Sample::new(picture_secs)?, spent / (2 * RESIZES) as f64))
    }
}
