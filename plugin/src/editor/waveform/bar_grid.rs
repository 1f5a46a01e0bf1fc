/// Where the bars of one tempo lie, in seconds: for stems, which have one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarGrid {
    pub bpm: f64,
    /// Song position of the first frame, quarter notes.
    pub start_beats: f64,
    pub quarters_per_bar: f64,
}

impl BarGrid {
    /// 1 for the song's first bar.
    pub fn bar_at(&self, secs: f64) -> i64 {
        // A position a hair before the bar line, as hosts round it, belongs to the bar.
        let beats = self.start_beats + secs * self.bpm / 60.0 + 1e-3;
        (beats / self.quarters_per_bar).floor() as i64 + 1
    }

    /// The last bar that begins before `secs`, not at it.
    pub fn last_bar_before(&self, secs: f64) -> i64 {
        let beats = self.start_beats + secs * self.bpm / 60.0 - 1e-3;
        (beats / self.quarters_per_bar).ceil() as i64
    }

    /// Where a bar begins; negative before the first frame.
    pub fn secs_of_bar(&self, bar: i64) -> f64 {
        ((bar - 1) as f64 * self.quarters_per_bar - self.start_beats) * 60.0 / self.bpm
    }
}
