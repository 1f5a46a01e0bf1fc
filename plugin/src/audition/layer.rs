use super::{Clip, ClipSet, RUN_FRAMES};

/// What a layer's position counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clocking {
    /// The host's song position.
    Song,
    /// The start of the set's earliest clip, round and round: the host stands still.
    Free,
}

/// One place in one clip set that sounds, fading in, out, or neither.
///
/// A seek or swap never moves a layer: it fades the old one out and a new one in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layer {
    /// Which of the voice's slots holds the set.
    pub slot: usize,
    pub clocking: Clocking,
    /// The next frame to sound.
    pub pos: i64,
    /// 0 silent – 1 full.
    pub level: f32,
    /// Change of level per frame.
    pub step: f32,
    /// Equal power suits unrelated sound (a seek); a straight line suits the same sound (a swap, where
    /// equal power would bulge by 3 dB).
    pub equal_power: bool,
    /// Blocks in a row in which the host was a frame or two off the position counted here.
    pub off_blocks: u8,
}

impl Layer {
    pub(super) fn fade_out(&mut self, fade_frames: usize, equal_power: bool) {
        self.step = -1.0 / fade_frames.max(1) as f32;
        self.equal_power = equal_power;
    }

    pub(super) fn is_over(&self) -> bool {
        self.step < 0.0 && self.level <= 0.0
    }

    /// The envelope of the next frame; moves the fade on.
    fn next_level(&mut self) -> f32 {
        let now = self.level;
        if self.step != 0.0 {
            self.level = (self.level + self.step).clamp(0.0, 1.0);
            if self.level >= 1.0 {
                self.step = 0.0;
            }
        }
        if self.equal_power { now.sqrt() } else { now }
    }

    /// Adds this layer to `out[channel][from..from + gains.len()]` and moves on.
    pub(super) fn mix(
        &mut self,
        set: &ClipSet,
        out: &mut [&mut [f32]],
        from: usize,
        gains: &mut [f32],
        seam_frames: usize,
    ) {
        if self.step != 0.0 || self.level != 1.0 {
            for gain in gains.iter_mut() {
                *gain *= self.next_level();
            }
        }
        match self.clocking {
            Clocking::Song => {
                mix_clips(set, self.pos, out, from, gains);
                self.pos += gains.len() as i64;
            }
            Clocking::Free => self.mix_round(set, out, from, gains, seam_frames),
        }
    }

    /// Free running: the end of the set fades out shortly before it begins again.
    fn mix_round(
        &mut self,
        set: &ClipSet,
        out: &mut [&mut [f32]],
        from: usize,
        gains: &mut [f32],
        seam_frames: usize,
    ) {
        let (start, frames) = span(set);
        let mut done = 0;
        while done < gains.len() && frames > 0 {
            self.pos = self.pos.rem_euclid(frames);
            let run = (gains.len() - done).min((frames - self.pos) as usize);
            let part = &mut gains[done..done + run];
            for (i, gain) in part.iter_mut().enumerate() {
                let left = (frames - self.pos) as f32 - i as f32;
                *gain *= (left / seam_frames.max(1) as f32).min(1.0);
            }
            mix_clips(set, start + self.pos, out, from + done, part);
            self.pos += run as i64;
            done += run;
        }
    }
}

/// First frame and length of all the set's clips together, in song frames.
pub(super) fn span(set: &ClipSet) -> (i64, i64) {
    let starts = set.clips.iter().map(|c| c.start_samples);
    let ends = set
        .clips
        .iter()
        .map(|c| c.start_samples.saturating_add(c.frames() as i64));
    let start = starts.min().unwrap_or(0);
    (start, ends.max().unwrap_or(0).saturating_sub(start))
}

/// Some clip already sounds before `pos`, so beginning here needs a fade.
pub(super) fn is_mid_clip(set: &ClipSet, pos: i64) -> bool {
    let inside = |c: &Clip| pos > c.start_samples && pos - c.start_samples < c.frames() as i64;
    set.clips.iter().any(|c| inside(c))
}

/// Adds the clips' frames from song position `pos` on.
fn mix_clips(set: &ClipSet, pos: i64, out: &mut [&mut [f32]], from: usize, gains: &[f32]) {
    for clip in &set.clips {
        let first = pos.saturating_sub(clip.start_samples);
        let skip = (-first).clamp(0, gains.len() as i64) as usize;
        let clip_from = first.max(0) as usize;
        let run = clip
            .frames()
            .saturating_sub(clip_from)
            .min(gains.len() - skip);
        if run == 0 {
            continue;
        }
        let mut shaped = [0.0; RUN_FRAMES];
        let gains = shape(clip, clip_from, &gains[skip..skip + run], &mut shaped);
        let folds = out.len() == 1 && clip.channels.len() > 1;
        for (index, channel) in out.iter_mut().enumerate() {
            let out = &mut channel[from + skip..from + skip + run];
            let source = |i: usize| &clip.channels[i.min(clip.channels.len() - 1)][clip_from..];
            if folds {
                let pair = source(0).iter().zip(source(1)).map(|(l, r)| (l + r) * 0.5);
                add(out, pair, gains, clip.gain);
            } else {
                add(out, source(index).iter().copied(), gains, clip.gain);
            }
        }
    }
}

/// `gains` with the clip's own fades in them, where it has any here. A run is never longer than
/// [`RUN_FRAMES`].
fn shape<'a>(
    clip: &Clip,
    clip_from: usize,
    gains: &'a [f32],
    shaped: &'a mut [f32; RUN_FRAMES],
) -> &'a [f32] {
    if !clip.fades_within(clip_from, gains.len()) {
        return gains;
    }
    let frames = gains.len().min(RUN_FRAMES);
    for (i, (shaped, gain)) in shaped.iter_mut().zip(gains).enumerate() {
        *shaped = gain * clip.fade_at(clip_from + i);
    }
    &shaped[..frames]
}

/// Without a branch in the loop: the compiler then works on several frames at once.
fn add(out: &mut [f32], source: impl Iterator<Item = f32>, gains: &[f32], clip_gain: f32) {
    for ((out, sample), gain) in out.iter_mut().zip(source).zip(gains) {
        let wet = sample * clip_gain * gain;
        // Below -400 dB it is only a denormal's cost.
        *out += if wet.abs() > 1e-20 { wet } else { 0.0 };
    }
}
