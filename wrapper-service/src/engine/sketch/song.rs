//! The song as a player hears it: bars with a place for every beat, a chord, and how hard it plays.

use super::{
    harmony::{self, Harmony},
    meter::Pulse,
};
use rand_chacha::ChaCha8Rng;
use sideman_shared::analysis::Analysis;

/// Below this level a bar is a rest, and the player rests too.
const SILENCE_DB: f64 = -60.0;
/// How far apart two times may be and still be the same beat.
const SAME_SECS: f64 = 1e-4;

/// One bar to be played.
#[derive(Debug, Clone)]
pub struct SongBar {
    pub start_secs: f64,
    pub end_secs: f64,
    /// (beat number within the full bar, seconds), rising; at least two.
    anchors: Vec<(f64, f64)>,
    pub harmony: Harmony,
    /// 0–1: how hard the source plays here; about 0.8 for its loud bars.
    pub energy: f64,
    /// The source is silent here.
    pub rest: bool,
    pub section: usize,
    pub index_in_section: usize,
    pub bars_in_section: usize,
}

impl SongBar {
    /// True for the first bar of a section.
    pub fn opens_section(&self) -> bool {
        self.index_in_section == 0
    }

    /// True for the last bar before another section.
    pub fn closes_section(&self) -> bool {
        self.index_in_section + 1 == self.bars_in_section
    }

    /// When `beat` (0 = the bar's first, fractions subdivide linearly) sounds.
    fn beat_secs(&self, beat: f64) -> f64 {
        let after = self.anchors.partition_point(|(b, _)| *b <= beat);
        let right = after.clamp(1, self.anchors.len() - 1);
        let ((b0, t0), (b1, t1)) = (self.anchors[right - 1], self.anchors[right]);
        t0 + (beat - b0) * (t1 - t0) / (b1 - b0)
    }
}

/// Everything the players share: the same for every track of one seed.
#[derive(Debug, Clone)]
pub struct Song {
    pub bars: Vec<SongBar>,
    pub pulse: Pulse,
    /// Quarter notes per minute.
    pub bpm: f64,
    pub duration_secs: f64,
}

impl Song {
    /// Reads an analysis; `rng` only decides harmony where none was heard.
    pub fn hear(analysis: &Analysis, duration_secs: f64, rng: &mut ChaCha8Rng) -> Self {
        let pulse = Pulse::of(analysis.meter);
        let mut bars = if analysis.bars.is_empty() {
            even_bars(analysis, duration_secs)
        } else {
            heard_bars(analysis)
        };
        mark_sections(analysis, &mut bars);
        let harmonies = harmony::per_bar(analysis, bars.len(), rng);
        for (bar, harmony) in bars.iter_mut().zip(harmonies) {
            bar.harmony = harmony;
        }
        set_energy(analysis, &mut bars);
        Self {
            bars,
            pulse,
            bpm: analysis.bpm.get(),
            duration_secs,
        }
    }

    /// When a place in a bar sounds, `None` if that place is not in this (short) bar or the clip.
    /// `quarters` counts from where the full bar would begin.
    pub fn time_secs(&self, bar: &SongBar, quarters: f64) -> Option<f64> {
        let at = bar.beat_secs(quarters / self.pulse.beat_quarters);
        let end = bar.end_secs.min(self.duration_secs);
        (at >= bar.start_secs - SAME_SECS && at < end - SAME_SECS).then_some(at.max(0.0))
    }

    /// How long `quarters` from `from` last in this bar.
    pub fn length_secs(&self, bar: &SongBar, from: f64, quarters: f64) -> f64 {
        let unit = self.pulse.beat_quarters;
        bar.beat_secs((from + quarters) / unit) - bar.beat_secs(from / unit)
    }

    /// The mean energy of a section's sounding bars; 0 if none sounds.
    pub fn section_energy(&self, section: usize) -> f64 {
        let own = self.bars.iter().filter(|b| b.section == section && !b.rest);
        let (sum, count) = own.fold((0.0, 0), |(sum, n), b| (sum + b.energy, n + 1));
        sum / f64::from(count.max(1))
    }

    /// The chord and scale of the bar after `index`, or of that bar if it is the last.
    pub fn harmony_after(&self, index: usize) -> &Harmony {
        let next = (index + 1).min(self.bars.len() - 1);
        &self.bars[next].harmony
    }
}

fn blank_bar(start_secs: f64, end_secs: f64, anchors: Vec<(f64, f64)>) -> SongBar {
    SongBar {
        start_secs,
        end_secs,
        anchors,
        harmony: Harmony::open(),
        energy: 0.6,
        rest: false,
        section: 0,
        index_in_section: 0,
        bars_in_section: 1,
    }
}

/// An even grid from the tempo alone, for a clip in which no beat was heard.
fn even_bars(analysis: &Analysis, duration_secs: f64) -> Vec<SongBar> {
    let beat = analysis.bpm.beat_secs() * 4.0 / f64::from(analysis.meter.beat_unit());
    let beats = f64::from(analysis.meter.beats_per_bar());
    let count = (duration_secs / (beat * beats)).ceil().max(1.0) as usize;
    (0..count)
        .map(|i| {
            let start = i as f64 * beat * beats;
            let end = start + beat * beats;
            blank_bar(start, end, vec![(0.0, start), (beats, end)])
        })
        .collect()
}

fn heard_bars(analysis: &Analysis) -> Vec<SongBar> {
    let last = analysis.bars.len() - 1;
    let bars = analysis.bars.iter().enumerate();
    bars.map(|(i, bar)| {
        let is_downbeat = |t: f64| (t - bar.start_secs).abs() < SAME_SECS * 10.0;
        let pick_up = i == 0 && !analysis.downbeats_secs.iter().copied().any(is_downbeat);
        let anchors = anchors(analysis, (bar.start_secs, bar.end_secs), pick_up, i == last);
        blank_bar(bar.start_secs, bar.end_secs, anchors)
    })
    .collect()
}

/// Where the beats of one bar lie. A pick-up counts back from its end, any other bar from its start;
/// the last bar may be cut short by the clip's end, so its end is not taken for a beat.
fn anchors(
    analysis: &Analysis,
    (start, end): (f64, f64),
    pick_up: bool,
    last: bool,
) -> Vec<(f64, f64)> {
    let full = f64::from(analysis.meter.beats_per_bar());
    let even = analysis.bpm.beat_secs() * 4.0 / f64::from(analysis.meter.beat_unit());
    let inside = analysis.beats_secs.iter().copied();
    let mut times: Vec<f64> = inside
        .filter(|t| *t >= start - SAME_SECS && *t < end - SAME_SECS * 10.0)
        .collect();
    if pick_up && !last {
        times.push(end);
        let first = full - (times.len() - 1) as f64;
        let mut anchors: Vec<_> = (0..).map(|k| first + f64::from(k)).zip(times).collect();
        if anchors.len() == 1 {
            anchors.insert(0, (full - 1.0, end - even));
        }
        return anchors;
    }
    if times.is_empty() {
        let until = if last { start + even * full } else { end };
        return vec![(0.0, start), (full, until)];
    }
    if last {
        let period = match times[..] {
            [.., a, b] if b > a => b - a,
            _ => even,
        };
        times.push(times[times.len() - 1] + period);
    } else {
        times.push(end);
    }
    (0..).map(f64::from).zip(times).collect()
}

fn mark_sections(analysis: &Analysis, bars: &mut [SongBar]) {
    // A pick-up leads into the first section, it is no part of it.
    let first = analysis.downbeats_secs.first().copied().unwrap_or(0.0);
    let after_pick_up = |b: &SongBar| (b.start_secs - first).abs() < SAME_SECS;
    let marked = |i: usize| analysis.bars.get(i).is_some_and(|b| b.section_start);
    let opens = |i: usize| i == 0 || marked(i) || (i == 1 && after_pick_up(&bars[1]));
    let mut starts: Vec<usize> = (0..bars.len()).filter(|i| opens(*i)).collect();
    starts.push(bars.len());
    for (section, range) in starts.windows(2).enumerate() {
        for (k, bar) in bars[range[0]..range[1]].iter_mut().enumerate() {
            bar.section = section;
            bar.index_in_section = k;
            bar.bars_in_section = range[1] - range[0];
        }
    }
}

/// Energy relative to the song's own loud bars. A source that is silent throughout (or a tempo and
/// nothing else) gives nothing to follow: then everything is played, moderately.
fn set_energy(analysis: &Analysis, bars: &mut [SongBar]) {
    let mut levels: Vec<f64> = analysis.bars.iter().map(|b| b.loudness_db).collect();
    levels.sort_by(f64::total_cmp);
    let loud = levels.get(levels.len() * 9 / 10).copied();
    let Some(loud) = loud.filter(|db| *db >= SILENCE_DB) else {
        return;
    };
    let own = |db: f64| (0.8 + (db - loud) / 20.0).clamp(0.1, 1.0);
    for i in 0..bars.len() {
        let near = i.saturating_sub(1)..(i + 2).min(bars.len());
        let same = near.filter(|k| bars[*k].section == bars[i].section);
        let heard: Vec<f64> = same
            .map(|k| analysis.bars[k].loudness_db)
            .filter(|db| *db >= SILENCE_DB)
            .collect();
        let level = analysis.bars[i].loudness_db;
        bars[i].rest = level < SILENCE_DB;
        let around = heard.iter().sum::<f64>() / heard.len().max(1) as f64;
        bars[i].energy = 0.5 * own(level) + 0.5 * own(around);
    }
}
