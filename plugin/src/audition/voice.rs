use super::{
    ClipSet, RUN_FRAMES, SongPlace,
    layer::{Clocking, Layer, is_mid_clip, span},
    ramp::Ramp,
};
use crate::song_clock::SongClock;
use rtrb::{Consumer, Producer};
use std::sync::Arc;

/// One layer that sounds and up to three that still fade out.
const LAYERS: usize = 4;

/// Fades last 5 ms: too short to hear, long enough not to click.
const FADES_PER_SEC: u32 = 200;

/// A host may round its position; a frame or two off is only followed when it stays off.
const TOLERATED_FRAMES: u64 = 2;
const TOLERATED_BLOCKS: u8 = 8;

/// The audio thread's half: adds the current clips to the output, locked to the host.
///
/// Every method is real-time safe: sets come in and go out by moving boxes through rings; nothing is
/// allocated or freed.
#[derive(Debug)]
pub struct AuditionVoice {
    from_handle: Consumer<Box<ClipSet>>,
    to_handle: Producer<Box<ClipSet>>,
    slots: [Option<Box<ClipSet>>; Self::SLOTS],
    /// The slot of the newest set.
    current: Option<usize>,
    /// `[0]` is the one that follows the host; the others fade out.
    layers: [Option<Layer>; LAYERS],
    gain: Ramp,
    /// What is left of the input: 1, or 0 while a stem is soloed.
    dry: Ramp,
    place: Arc<SongPlace>,
}

/// How the voice should sound in a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    pub on: bool,
    /// Linear.
    pub gain: f32,
}

impl AuditionVoice {
    /// The current set, one that fades out, and one that comes in meanwhile.
    pub(super) const SLOTS: usize = 3;

    pub(super) fn new(
        from_handle: Consumer<Box<ClipSet>>,
        to_handle: Producer<Box<ClipSet>>,
        place: Arc<SongPlace>,
    ) -> Self {
        Self {
            from_handle,
            to_handle,
            slots: [const { None }; Self::SLOTS],
            current: None,
            layers: [None; LAYERS],
            gain: Ramp::at(1.0),
            dry: Ramp::at(1.0),
            place,
        }
    }

    /// Silence at once: the host cleared its buffers.
    pub fn reset(&mut self) {
        self.layers = [None; LAYERS];
        self.dry = Ramp::at(1.0);
        self.return_sets();
    }

    /// Adds what should sound to a block of `channels[channel][frame]`. Without anything to sound the
    /// block is not touched. Returns whether something sounds or is about to.
    pub fn process(&mut self, channels: &mut [&mut [f32]], clock: &SongClock, mix: Mix) -> bool {
        if !self.from_handle.is_empty() {
            self.receive_sets();
            self.return_sets();
        }
        let has_clips = mix.on && self.current_set().is_some_and(|set| span(set).1 > 0);
        if !has_clips && self.is_silent() && self.dry.stands_at(1.0) {
            self.place.set(host_secs(clock));
            return false;
        }
        self.sound(channels, clock, mix, has_clips)
    }

    /// Out of the way of the blocks in which nothing sounds, which are most: they need little of the cache.
    #[inline(never)]
    fn sound(
        &mut self,
        channels: &mut [&mut [f32]],
        clock: &SongClock,
        mix: Mix,
        has_clips: bool,
    ) -> bool {
        let frames = channels.first().map_or(0, |c| c.len());
        let fade_frames = (clock.sample_rate_hz / FADES_PER_SEC).max(16) as usize;
        let mutes = has_clips && self.current_set().is_some_and(|set| set.mute_input);
        self.dry
            .head_for(if mutes { 0.0 } else { 1.0 }, fade_frames);
        if self.is_silent() {
            self.gain = Ramp::at(mix.gain);
        }
        self.gain.head_for(mix.gain, fade_frames * 4);

        let cut = clock.wraps_after(frames).unwrap_or(frames);
        self.follow(clock, has_clips, fade_frames);
        self.render(channels, 0, cut, fade_frames);
        if let (true, Some((loop_start, _))) = (cut < frames, clock.loop_samples) {
            let wrapped = SongClock {
                pos_samples: Some(loop_start),
                ..*clock
            };
            self.follow(&wrapped, has_clips, fade_frames);
            self.render(channels, cut, frames, fade_frames);
        }
        self.place.set(self.place_secs(clock));
        self.return_sets();
        has_clips || !self.is_silent()
    }

    /// Where the block began, or where what is auditioned has come to.
    fn place_secs(&self, clock: &SongClock) -> Option<f64> {
        let free = || {
            let layer = self.layers[0].filter(|layer| layer.clocking == Clocking::Free)?;
            let (start, frames) = span(self.slots[layer.slot].as_deref()?);
            let frame = start.saturating_add(layer.pos.checked_rem_euclid(frames)?);
            Some(in_secs(frame, clock))
        };
        host_secs(clock).or_else(free)
    }

    fn current_set(&self) -> Option<&ClipSet> {
        self.slots[self.current?].as_deref()
    }

    fn is_silent(&self) -> bool {
        self.layers.iter().all(Option::is_none)
    }

    /// Takes the newest set; those between were never heard and go straight back.
    fn receive_sets(&mut self) {
        while self.from_handle.slots() > 0 {
            self.return_sets();
            let Some(free) = self.slots.iter().position(Option::is_none) else {
                return; // Fades are still under way; the set waits for the next block.
            };
            if let Ok(set) = self.from_handle.pop() {
                self.slots[free] = Some(set);
                self.current = Some(free);
            }
        }
    }

    /// Hands back the sets that neither sound nor will.
    fn return_sets(&mut self) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            let in_use = self.current == Some(index)
                || self.layers.iter().flatten().any(|l| l.slot == index);
            if in_use || self.to_handle.is_full() {
                continue;
            }
            if let Some(set) = slot.take() {
                // Cannot fail: there is room and this is the only producer.
                let _ = self.to_handle.push(set);
            }
        }
    }

    /// Makes the first layer the one that the host's clock asks for.
    fn follow(&mut self, clock: &SongClock, has_clips: bool, fade_frames: usize) {
        let wanted = self.current.filter(|_| has_clips);
        let Some((slot, set)) = wanted.and_then(|s| Some((s, self.slots[s].as_deref()?))) else {
            self.fade_out_first(fade_frames, true);
            return;
        };
        let song_pos = clock.pos_samples.filter(|_| clock.playing);
        let clocking = if song_pos.is_some() {
            Clocking::Song
        } else {
            Clocking::Free
        };
        let old = self.layers[0].filter(|l| l.clocking == clocking);
        let pos = match (song_pos, old) {
            (Some(pos), _) => pos,
            (None, Some(old)) => old.pos,
            (None, None) => 0,
        };
        let in_place = match (&mut self.layers[0], old) {
            (Some(layer), Some(_)) => keeps_place(layer, pos),
            _ => false,
        };
        if in_place && old.is_some_and(|l| l.slot == slot) {
            return;
        }
        let song = if clocking == Clocking::Free {
            span(set).0.saturating_add(pos)
        } else {
            pos
        };
        let fades_in = is_mid_clip(set, song);
        // The same place in another set is most often the same stem at another gain.
        let equal_power = !in_place;
        self.fade_out_first(fade_frames, equal_power);
        self.layers[0] = Some(Layer {
            slot,
            clocking,
            pos,
            level: if fades_in { 0.0 } else { 1.0 },
            step: if fades_in {
                1.0 / fade_frames as f32
            } else {
                0.0
            },
            equal_power,
            off_blocks: 0,
        });
    }

    /// Moves the first layer among those that fade out, instead of the quietest of them.
    fn fade_out_first(&mut self, fade_frames: usize, equal_power: bool) {
        let Some(mut layer) = self.layers[0].take() else {
            return;
        };
        layer.fade_out(fade_frames, equal_power);
        let loudness = |l: &Option<Layer>| l.map_or(-1.0, |l| l.level);
        let by_loudness =
            |a: &&mut Option<Layer>, b: &&mut Option<Layer>| loudness(a).total_cmp(&loudness(b));
        if let Some(quietest) = self.layers[1..].iter_mut().min_by(by_loudness) {
            *quietest = Some(layer);
        }
    }

    fn render(&mut self, channels: &mut [&mut [f32]], from: usize, to: usize, fade_frames: usize) {
        if self.is_silent() && self.dry.stands_at(1.0) {
            return;
        }
        let mut at = from;
        while at < to {
            let frames = (to - at).min(RUN_FRAMES);
            self.render_run(channels, at, frames, fade_frames);
            at += frames;
        }
    }

    fn render_run(
        &mut self,
        channels: &mut [&mut [f32]],
        at: usize,
        frames: usize,
        fade_frames: usize,
    ) {
        let mut gains = [0.0; RUN_FRAMES];
        let gains = &mut gains[..frames];
        if !self.dry.stands_at(1.0) {
            self.dry.fill(gains);
            for channel in channels.iter_mut() {
                scale(&mut channel[at..at + frames], gains);
            }
        }
        self.gain.fill(gains);
        for slot in &mut self.layers {
            let Some(layer) = slot else { continue };
            if let Some(set) = self.slots[layer.slot].as_deref() {
                let mut layer_gains = [0.0; RUN_FRAMES];
                let layer_gains = &mut layer_gains[..frames];
                layer_gains.copy_from_slice(gains);
                layer.mix(set, channels, at, layer_gains, fade_frames);
            }
            if layer.is_over() {
                *slot = None;
            }
        }
    }
}

/// Where the block began, in a host that plays.
fn host_secs(clock: &SongClock) -> Option<f64> {
    let frame = clock.pos_samples.filter(|_| clock.playing);
    frame.map(|frame| in_secs(frame, clock))
}

fn in_secs(frame: i64, clock: &SongClock) -> f64 {
    frame as f64 / f64::from(clock.sample_rate_hz.max(1))
}

fn scale(samples: &mut [f32], gains: &[f32]) {
    for (sample, gain) in samples.iter_mut().zip(gains) {
        *sample *= gain;
    }
}

/// Whether the layer can go on from where it is although the host says `pos`.
fn keeps_place(layer: &mut Layer, pos: i64) -> bool {
    let off = pos.abs_diff(layer.pos);
    layer.off_blocks = if off == 0 {
        0
    } else {
        layer.off_blocks.saturating_add(1)
    };
    off == 0 || (off <= TOLERATED_FRAMES && layer.off_blocks <= TOLERATED_BLOCKS)
}
