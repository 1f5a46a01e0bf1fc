//! Which frames of the memory a user means. Pure.

use super::Run;
use std::ops::Range;

/// Hosts round positions.
const TOLERANCE_FRAMES: u64 = 8;
/// Shorter than anyone would want to send.
const SHORTEST_SECS: f64 = 0.5;

/// What to take out of the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// The last whole bars heard; they end at the last bar line passed. Of what came in while the host
    /// stood still: counted back from its end.
    LastBars(u32),
    /// The last whole pass of the host's loop.
    Loop,
    /// From where the host was last started.
    SincePlay,
    /// Frames on the memory's axis, kept to the run that most of them lie in.
    Range(Range<u64>),
}

/// Frames of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its index.
    pub run: usize,
    /// Counted from the run's first frame.
    pub frames: Range<u64>,
    /// Bars asked for that were not heard.
    pub missing_bars: u32,
}

/// Finds `cut` in `runs`, of which the frames before `kept_from` are gone.
///
/// # Errors
/// A sentence for the user.
pub fn find(runs: &[Run], kept_from: u64, cut: Cut) -> Result<Piece, String> {
    if runs.iter().all(|run| run.range().end <= kept_from) {
        return Err("Nothing has been heard yet. Press play in your host first.".into());
    }
    let memory = Heard { runs, kept_from };
    let piece = match cut {
        Cut::LastBars(count) => memory.last_bars(count)?,
        Cut::Loop => memory.last_pass()?,
        Cut::SincePlay => memory.since_play()?,
        Cut::Range(range) => memory.range(range)?,
    };
    let run = &runs[piece.run];
    let secs =
        (piece.frames.end - piece.frames.start) as f64 / f64::from(run.start.sample_rate_hz.max(1));
    if secs < SHORTEST_SECS {
        return Err(format!(
            "That is shorter than {SHORTEST_SECS} s, too short to play along with. Take more."
        ));
    }
    Ok(piece)
}

struct Heard<'a> {
    runs: &'a [Run],
    kept_from: u64,
}

impl Heard<'_> {
    /// Frames of a run that have left the memory.
    fn gone(&self, run: &Run) -> u64 {
        self.kept_from.saturating_sub(run.first).min(run.frames)
    }

    /// The runs since the host was last started or moved: the `newest`, and before it the passes of a
    /// loop. Newest first.
    fn stretch(&self, newest: usize) -> impl Iterator<Item = usize> {
        let passes = (0..newest).rev().take_while(|i| self.runs[*i].is_looped());
        std::iter::once(newest).chain(passes)
    }

    /// In one pass: bars on both sides of a jump do not follow each other in the song. A loop shorter
    /// than what is asked for folds to its last whole pass.
    fn last_bars(&self, count: u32) -> Result<Piece, String> {
        let bars_in = |i: usize| {
            let run = &self.runs[i];
            let (map, count, gone) = (run.tempo_map(), count as usize, self.gone(run));
            let found = match run.start.is_free {
                true => map.bars_back(count, gone)?,
                false => map.last_bars(count, gone)?,
            };
            Some((i, found.0, found.1 as u32))
        };
        let mut best: Option<(usize, Range<u64>, u32)> = None;
        for found in self.stretch(self.runs.len() - 1).filter_map(bars_in) {
            if best.as_ref().is_none_or(|best| found.2 > best.2) {
                best = Some(found);
            }
            if best.as_ref().is_some_and(|best| best.2 == count) {
                break;
            }
        }
        // Just started anew: what was played before is what is meant.
        let earlier = || (0..self.runs.len()).rev().find_map(bars_in);
        let (run, frames, bars) = best.or_else(earlier).ok_or_else(|| {
            if self.runs.iter().any(|run| run.start.tempo_bpm.is_some()) {
                "No whole bar has been heard yet. Let the host play on, or draw a range.".to_owned()
            } else {
                "Your host tells no tempo, so bars cannot be counted. Draw a range instead."
                    .to_owned()
            }
        })?;
        Ok(Piece {
            run,
            frames,
            missing_bars: count - bars,
        })
    }

    fn last_pass(&self) -> Result<Piece, String> {
        let pass = |i: usize| {
            let run = &self.runs[i];
            let ((from, to), start) = run.loop_samples.zip(run.start.start_samples)?;
            let offset = |pos: i64| {
                let frames = pos.saturating_sub(start);
                // A run that begins a hair late still begins there.
                (frames >= -(TOLERANCE_FRAMES as i64)).then_some(frames.max(0) as u64)
            };
            let (from, to) = (offset(from)?, offset(to)?);
            let whole = to <= run.frames + TOLERANCE_FRAMES && from >= self.gone(run);
            whole.then(|| Piece {
                run: i,
                frames: from..to.min(run.frames),
                missing_bars: 0,
            })
        };
        let found = (0..self.runs.len()).rev().find_map(pass);
        found.ok_or_else(|| {
            "The host's loop has not been heard from start to end. Switch the loop on and let it \
             go round once."
                .into()
        })
    }

    /// Passes of a loop fold to the longest of them, the newest of those. What came in while the host
    /// stood still does not count.
    fn since_play(&self) -> Result<Piece, String> {
        let length = |i: &usize| self.runs[*i].frames - self.gone(&self.runs[*i]);
        let played = self.runs.iter().rposition(|run| !run.start.is_free);
        let newest = played
            .ok_or("Your host has not played yet. Take the last bars instead, or draw a range.")?;
        let mut longest = newest;
        for i in self.stretch(newest) {
            if length(&i) > length(&longest) + TOLERANCE_FRAMES {
                longest = i;
            }
        }
        let run = &self.runs[longest];
        Ok(Piece {
            run: longest,
            frames: self.gone(run)..run.frames,
            missing_bars: 0,
        })
    }

    fn range(&self, range: Range<u64>) -> Result<Piece, String> {
        let part = |run: &Run| {
            let from = range.start.max(run.first).max(self.kept_from);
            from..range.end.min(run.range().end).max(from)
        };
        let length = |i: &usize| part(&self.runs[*i]).end - part(&self.runs[*i]).start;
        let most = (0..self.runs.len()).max_by_key(length);
        let most = most.filter(|i| length(i) > 0);
        let i = most.ok_or("That part has left the memory. Draw another range.")?;
        let (part, first) = (part(&self.runs[i]), self.runs[i].first);
        Ok(Piece {
            run: i,
            frames: part.start - first..part.end - first,
            missing_bars: 0,
        })
    }
}
