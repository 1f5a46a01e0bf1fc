//! What one frame of the window costs before it is painted: laying it out and cutting it into triangles.

use super::{
    stats::Sample,
    table::{Table, time, times},
    workbench::Workbench,
};
use anyhow::{Result, ensure};
use egui::{Event, Pos2, RawInput, Rect, vec2};
use sideman::{
    capture::{Levels, TempoMap, TempoMark},
    editor::{
        App,
        backend::{Backend, System},
    },
    session::{Command, Fades, Peaks, SessionView, SourceView, StemMarks, StemRow},
};
use sideman_shared::{
    music::{Meter, Track},
    protocol::StemReport,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Instant,
};

const FRAMES: usize = 1_000;
/// A frame is wanted within this: half of one at 60 Hz, so that the painting has the other half.
const WANTED_SECS: f64 = 0.008;
const SONG_SECS: f64 = 600.0;
const RATE_HZ: u32 = 48_000;
const BUCKET_FRAMES: usize = 256;
const SMALL: (f32, f32) = (760.0, 600.0);
const LARGE: (f32, f32) = (1_600.0, 1_000.0);

pub fn measure(_: &Workbench) -> Result<Table> {
    let mut table = Table::new(&[
        "ten minutes of song",
        "window",
        "median",
        "p99",
        "p99 of 8 ms",
    ]);
    for size in [SMALL, LARGE] {
        for (what, stems, zooms) in [
            ("it plays", 0, false),
            ("it plays, zoomed further each frame", 0, true),
            ("it plays, with six stems as long", 6, false),
        ] {
            let frames = Window::new(stems, size)?.run(zooms)?;
            table.row([
                what.into(),
                format!("{}x{}", size.0, size.1),
                time(frames.median()),
                time(frames.p99()),
                times(frames.p99() / WANTED_SECS),
            ]);
        }
    }
    table.note("layout and triangles, at one pixel per point; painting is the graphics card's");
    Ok(table)
}

/// A session in which the song goes on and nothing else happens.
struct Playing {
    view: Arc<SessionView>,
    frame: AtomicU32,
}

impl Backend for Playing {
    fn view(&self) -> Arc<SessionView> {
        Arc::clone(&self.view)
    }

    fn send(&self, _: Command) {}

    fn levels(&self) -> Levels {
        Levels {
            peak: [0.5, 0.4],
            rms: [0.2, 0.2],
            channels: 2,
            ..Levels::default()
        }
    }

    fn song_place_secs(&self) -> Option<f64> {
        Some(f64::from(self.frame.fetch_add(1, Relaxed)) / 60.0)
    }

    fn clear_clip(&self) {}
}

struct Window {
    app: App,
    context: egui::Context,
    size: (f32, f32),
    frame: u32,
}

impl Window {
    fn new(stems: u32, size: (f32, f32)) -> Result<Self> {
        let backend = Playing {
            view: Arc::new(view(stems)),
            frame: AtomicU32::new(0),
        };
        let system = System::native(Arc::new(|| {}), Arc::default());
        let mut window = Self {
            app: App::new(Box::new(backend), system),
            context: egui::Context::default(),
            size,
            frame: 0,
        };
        // Fonts are drawn at first sight.
        for _ in 0..10 {
            window.frame(Vec::new());
        }
        Ok(window)
    }

    /// Seconds for each frame.
    fn run(mut self, zooms: bool) -> Result<Sample> {
        let pointer = Pos2::new(self.size.0 / 2.0, 170.0);
        self.frame(vec![Event::PointerMoved(pointer)]);
        let before = self.frame(Vec::new()).1;
        let secs = (0..FRAMES).map(|frame| {
            // In for a while, and out again.
            let factor = if frame % 200 < 100 { 1.05 } else { 1.0 / 1.05 };
            let events = if zooms {
                vec![Event::Zoom(factor)]
            } else {
                Vec::new()
            };
            self.frame(events).0
        });
        let secs = secs.collect();
        let zoomed = self.frame(vec![Event::Zoom(8.0)]).1;
        ensure!(zoomed != before, "the pointer is not above the waveform");
        Sample::new(secs)
    }

    /// How long the next frame took, and the number of triangles' corners in it.
    fn frame(&mut self, events: Vec<Event>) -> (f64, usize) {
        self.frame += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(
                Pos2::ZERO,
                vec2(self.size.0, self.size.1),
            )),
            time: Some(f64::from(self.frame) / 60.0),
            events,
            ..RawInput::default()
        };
        let begun = Instant::now();
        let (app, context) = (&mut self.app, &self.context);
        let shown = context.run_ui(input, |ui| app.frame(ui, None));
        let cut = context.tessellate(shown.shapes, shown.pixels_per_point);
        let secs = begun.elapsed().as_secs_f64();
        let corners = cut.iter().map(|part| match &part.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.vertices.len(),
            egui::epaint::Primitive::Callback(_) => 0,
        });
        (secs, corners.sum())
    }
}

fn view(stems: u32) -> SessionView {
    let map = Arc::new(map());
    let peaks = peaks();
    let tracks = [Track::Drums, Track::Vocals, Track::Bass];
    let stem = |number: u32| StemRow {
        id: format!("s{number}"),
        track: tracks[number as usize % tracks.len()],
        title: format!("Stem {number}"),
        path: format!("/stems/{number}.wav").into(),
        duration_secs: SONG_SECS,
        start_secs: Some(0.0),
        seed: number,
        engine: "sketch".into(),
        caption: String::new(),
        bpm: Some(92.5),
        key: None,
        report: StemReport::default(),
        peaks: peaks.clone(),
        auditioning: number == 0,
        soloed: false,
        gain_db: 0.0,
        fades: Fades::default(),
        map: Arc::clone(&map),
        marks: StemMarks::default(),
        variation: 1,
        model: None,
        stack: format!("stack {number}"),
        source_title: String::new(),
        made_on: String::new(),
        parent: None,
        region: None,
        drag_path: format!("/stems/{number}.wav").into(),
        can_reroll: true,
        missing: false,
    };
    SessionView {
        source: Some(SourceView {
            title: "Ten minutes".into(),
            duration_secs: SONG_SECS,
            sample_rate_hz: RATE_HZ,
            channels: 2,
            tempo_bpm: Some(92.5),
            start_secs: Some(0.0),
            start_beats: Some(0.0),
            peaks: peaks.clone(),
            map: Arc::clone(&map),
            ..SourceView::default()
        }),
        stems: (0..stems).map(stem).collect(),
        host_playing: true,
        ..SessionView::default()
    }
}

fn map() -> TempoMap {
    TempoMap {
        marks: vec![TempoMark {
            frame: 0,
            bpm: Some(92.5),
            meter: Some(Meter::COMMON),
            beats: Some(0.0),
            bar_beats: None,
        }],
        frames: (SONG_SECS * f64::from(RATE_HZ)) as u64,
        sample_rate_hz: RATE_HZ,
    }
}

/// Something that is different everywhere.
fn peaks() -> Peaks {
    let buckets = (SONG_SECS * f64::from(RATE_HZ)) as usize / BUCKET_FRAMES;
    let pair = |at: usize| {
        let high = (at as f32 * 0.37).sin().abs() * (at as f32 * 0.0011).cos().abs();
        (-0.9 * high, high)
    };
    Peaks {
        pairs: Arc::new((0..buckets).map(pair).collect()),
        bucket_frames: BUCKET_FRAMES,
        sample_rate_hz: RATE_HZ,
    }
}
