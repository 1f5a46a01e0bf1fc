//! Songs made by hand, and what the players make of them.

mod audio;
mod fonts;
mod harmonies;
mod scores;

use super::{Sketch, parts, score::Note, song::Song, style::Style};
use crate::engine::{
    Engine, EngineError, EngineOutput, EngineRequest, ProgressSink, TaskNote, Work,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_shared::{
    analysis::{Analysis, Bar, Chord, ChordQuality},
    audio::AudioBuffer,
    music::{Bpm, Meter, PitchClass, Track},
};
use std::{path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

/// A song to be built: an even grid, four chords, a section every eight bars.
pub struct Plan {
    pub bpm: f64,
    pub meter: &'static str,
    pub bars: usize,
    pub pick_up_beats: usize,
    /// A fraction of a beat before the first beat.
    pub lead_in_beats: f64,
    pub loudness_db: fn(usize) -> f64,
    pub chords: bool,
    pub key: Option<&'static str>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            bpm: 120.0,
            meter: "4/4",
            bars: 16,
            pick_up_beats: 0,
            lead_in_beats: 0.0,
            loudness_db: |_| -14.0,
            chords: true,
            key: Some("A minor"),
        }
    }
}

impl Plan {
    pub fn beat_secs(&self) -> f64 {
        let meter: Meter = self.meter.parse().unwrap();
        60.0 / self.bpm * 4.0 / f64::from(meter.beat_unit())
    }

    pub fn analysis(&self) -> Analysis {
        let meter: Meter = self.meter.parse().unwrap();
        let beat = self.beat_secs();
        let per_bar = usize::from(meter.beats_per_bar());
        let lead = self.lead_in_beats * beat;
        let count = self.pick_up_beats + self.bars * per_bar;
        let beats_secs: Vec<f64> = (0..count).map(|i| lead + i as f64 * beat).collect();
        let downbeats_secs: Vec<f64> = beats_secs
            .iter()
            .skip(self.pick_up_beats)
            .step_by(per_bar)
            .copied()
            .collect();
        let end = lead + count as f64 * beat;
        let mut edges = downbeats_secs.clone();
        if edges[0] > 0.0 {
            edges.insert(0, 0.0);
        }
        edges.push(end);
        let bars = edges
            .windows(2)
            .enumerate()
            .map(|(i, e)| self.bar(i, e[0], e[1]));
        Analysis {
            bpm: Bpm::new(self.bpm).unwrap(),
            bpm_confidence: 1.0,
            meter,
            bars: bars.collect(),
            beats_secs,
            downbeats_secs,
            key: self.key.map(|k| k.parse().unwrap()),
            key_confidence: 0.9,
        }
    }

    fn bar(&self, i: usize, start_secs: f64, end_secs: f64) -> Bar {
        let loop_of = [
            (9, ChordQuality::Minor),
            (5, ChordQuality::Major),
            (0, ChordQuality::Major),
            (7, ChordQuality::Major),
        ];
        let (root, quality) = loop_of[i % 4];
        let root = PitchClass::wrapping(root);
        Bar {
            start_secs,
            end_secs,
            chord: self.chords.then_some(Chord { root, quality }),
            loudness_db: (self.loudness_db)(i),
            section_start: i.is_multiple_of(8),
        }
    }

    pub fn song(&self, seed: u32) -> Song {
        let analysis = self.analysis();
        let end = analysis.bars[analysis.bars.len() - 1].end_secs;
        Song::hear(
            &analysis,
            end,
            &mut ChaCha8Rng::seed_from_u64(u64::from(seed)),
        )
    }

    pub fn notes(&self, track: Track, caption: &str, seed: u32) -> Vec<Note> {
        parts::compose(track, &self.song(seed), &Style::from_caption(caption), seed)
    }

    pub fn request(&self, track: Track, rate_hz: u32) -> EngineRequest {
        let analysis = self.analysis();
        let end = analysis.bars[analysis.bars.len() - 1].end_secs;
        let frames = (end * f64::from(rate_hz)).round() as usize;
        EngineRequest {
            work: Work::default(),
            task: TaskNote::ignore(),
            source_path: PathBuf::new(),
            source: Arc::new(AudioBuffer::silent(2, frames, rate_hz)),
            analysis: Arc::new(analysis),
            track,
            caption: track.default_caption().into(),
            lyrics: None,
            language: None,
            seed: 1,
            region: None,
            steps: None,
            guidance_scale: None,
            lora: None,
            loop_assist: false,
        }
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

pub fn generate(request: EngineRequest) -> Result<EngineOutput, EngineError> {
    // A folder without fonts, so that the machine's own do not change what is tested.
    let sketch = Sketch {
        sound_font: Some(PathBuf::from("/nonexistent/none.sf2")),
    };
    let playing = sketch.generate(request, ProgressSink::ignore(), CancellationToken::new());
    runtime().block_on(playing)
}
