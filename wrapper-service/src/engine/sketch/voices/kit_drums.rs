//! Skins: kick, snare, toms, rim and clap.

use super::dsp::{Decay, Filter, Noise, Sine, frames, gate};

/// A struck skin: a tone that drops, and a noise at its side.
struct Skin {
    /// Resting pitch.
    hz: f32,
    /// How far above it begins, as a factor, and how fast it falls.
    drop: f32,
    drop_secs: f32,
    ring_secs: f32,
}

fn tone(skin: &Skin, length_secs: f32, rate_hz: f32) -> Vec<f32> {
    let (mut sine, mut fall) = (Sine::default(), Decay::new(skin.drop_secs, rate_hz));
    let mut ring = Decay::new(skin.ring_secs, rate_hz);
    let out = (0..frames(length_secs, rate_hz)).map(|_| {
        let hz = skin.hz * (1.0 + skin.drop * fall.next());
        sine.next(hz / rate_hz, 0.0) * ring.next()
    });
    out.collect()
}

/// Noise through `filters`, falling away.
fn burst(
    filters: &mut [Filter],
    decay_secs: f32,
    length_secs: f32,
    noise: &mut Noise,
    rate_hz: f32,
) -> Vec<f32> {
    let mut fall = Decay::new(decay_secs, rate_hz);
    let out = (0..frames(length_secs, rate_hz)).map(|_| {
        let raw = noise.next() * fall.next();
        filters.iter_mut().fold(raw, |s, f| f.run(s))
    });
    out.collect()
}

fn mix(layers: &[(&[f32], f32)]) -> Vec<f32> {
    let length = layers.iter().map(|(l, _)| l.len()).max().unwrap_or(0);
    let mut out = vec![0.0; length];
    for (layer, gain) in layers {
        for (o, s) in out.iter_mut().zip(*layer) {
            *o += s * gain;
        }
    }
    out
}

/// Rounds peaks like a driven preamp, opens within half a millisecond and ends at zero.
fn finish(mut sound: Vec<f32>, drive: f32, rate_hz: f32) -> Vec<f32> {
    let length_secs = sound.len() as f32 / rate_hz;
    let edge = (length_secs - 0.03).max(0.0);
    for (i, s) in sound.iter_mut().enumerate() {
        let at = i as f32 / rate_hz;
        *s = (*s * drive).tanh() / drive.tanh().max(0.5);
        if at < 0.0005 {
            *s *= at / 0.0005;
        } else if at > edge {
            *s *= gate(at, 1e-4, edge, 0.03);
        }
    }
    sound
}

pub fn kick(electronic: bool, tight: f32, noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let wobble = noise.between(0.99, 1.01);
    let (hz, drop, ring, length) = if electronic {
        (46.0, 3.4, 0.32, 1.1)
    } else {
        (53.0, 2.3, 0.15 - 0.05 * tight, 0.55)
    };
    let body = Skin {
        hz: hz * wobble,
        drop,
        drop_secs: 0.021,
        ring_secs: ring,
    };
    // The beater: a knock that falls from about 600 Hz, and felt.
    let knock = Skin {
        hz: 160.0 * wobble,
        drop: 2.8,
        drop_secs: 0.006,
        ring_secs: 0.016,
    };
    let mut felt = [
        Filter::band_pass(3300.0 * wobble, 0.8, rate_hz),
        Filter::low_pass(7000.0, 0.7, rate_hz),
    ];
    let felt = burst(&mut felt, 0.005, 0.05, noise, rate_hz);
    let (body, knock) = (tone(&body, length, rate_hz), tone(&knock, 0.12, rate_hz));
    let beater = if electronic { 0.25 } else { 1.0 };
    let layers = [
        (&body[..], 1.0),
        (&knock[..], 0.42 * beater),
        (&felt[..], 0.75 * beater),
    ];
    finish(mix(&layers), 1.6, rate_hz)
}

pub fn snare(electronic: bool, tight: f32, noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let wobble = noise.between(0.985, 1.015);
    let skin = |hz: f32, ring_secs: f32| Skin {
        hz: hz * wobble,
        drop: 0.35,
        drop_secs: 0.011,
        ring_secs,
    };
    let length = if electronic { 0.45 } else { 0.4 };
    let ring = 0.085 - 0.025 * tight;
    let low = tone(
        &skin(if electronic { 178.0 } else { 192.0 }, ring),
        length,
        rate_hz,
    );
    let high = tone(&skin(328.0, ring * 0.6), length, rate_hz);
    let edge = tone(&skin(521.0, ring * 0.35), length, rate_hz);
    // Wires: a short snap, and a longer hiss that gives the drum its length.
    let mut snap = [
        Filter::high_pass(1800.0, 0.7, rate_hz),
        Filter::low_pass(11000.0, 0.7, rate_hz),
    ];
    let mut hiss = [
        Filter::high_pass(1100.0, 0.7, rate_hz),
        Filter::new(biquad::Type::PeakingEQ(5.0), 4200.0 * wobble, 0.8, rate_hz),
        Filter::low_pass(9000.0, 0.7, rate_hz),
    ];
    let snap = burst(&mut snap, 0.014, 0.1, noise, rate_hz);
    let hiss = burst(
        &mut hiss,
        if electronic {
            0.1
        } else {
            0.075 - 0.02 * tight
        },
        length,
        noise,
        rate_hz,
    );
    let layers = [
        (&low[..], 0.62),
        (&high[..], 0.34),
        (&edge[..], 0.14),
        (&snap[..], 0.55),
        (&hiss[..], 0.42),
    ];
    finish(mix(&layers), 1.5, rate_hz)
}

pub fn brush_snare(noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let skin = Skin {
        hz: 186.0,
        drop: 0.2,
        drop_secs: 0.01,
        ring_secs: 0.06,
    };
    let head = tone(&skin, 0.25, rate_hz);
    let mut wires = [
        Filter::high_pass(900.0, 0.7, rate_hz),
        Filter::low_pass(6500.0, 0.6, rate_hz),
    ];
    let mut swish = burst(&mut wires, 0.07, 0.35, noise, rate_hz);
    for (i, s) in swish.iter_mut().enumerate() {
        *s *= gate(i as f32 / rate_hz, 0.004, 1.0, 0.1);
    }
    finish(mix(&[(&head, 0.22), (&swish, 0.75)]), 1.1, rate_hz)
}

pub fn side_stick(noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let wood = |hz: f32, ring_secs: f32| Skin {
        hz,
        drop: 0.05,
        drop_secs: 0.004,
        ring_secs,
    };
    let wobble = noise.between(0.98, 1.02);
    let low = tone(&wood(440.0 * wobble, 0.022), 0.16, rate_hz);
    let mid = tone(&wood(1120.0 * wobble, 0.014), 0.16, rate_hz);
    let high = tone(&wood(2350.0 * wobble, 0.008), 0.16, rate_hz);
    let mut click = [Filter::high_pass(2500.0, 0.7, rate_hz)];
    let click = burst(&mut click, 0.004, 0.05, noise, rate_hz);
    let layers = [
        (&low[..], 0.5),
        (&mid[..], 0.45),
        (&high[..], 0.3),
        (&click[..], 0.3),
    ];
    finish(mix(&layers), 1.3, rate_hz)
}

pub fn tom(hz: f32, noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let wobble = noise.between(0.99, 1.01);
    let skin = |factor: f32, ring_secs: f32| Skin {
        hz: hz * factor * wobble,
        drop: 0.4,
        drop_secs: 0.035,
        ring_secs,
    };
    let low = tone(&skin(1.0, 0.2 + 12.0 / hz), 0.9, rate_hz);
    let high = tone(&skin(1.56, 0.09), 0.5, rate_hz);
    let mut stick = [
        Filter::band_pass(2400.0, 0.7, rate_hz),
        Filter::low_pass(6000.0, 0.7, rate_hz),
    ];
    let stick = burst(&mut stick, 0.012, 0.08, noise, rate_hz);
    let layers = [(&low[..], 0.8), (&high[..], 0.22), (&stick[..], 0.5)];
    finish(mix(&layers), 1.4, rate_hz)
}

/// Three hands a few milliseconds apart, then the room; the first is on the grid.
pub fn clap(noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let mut out = vec![0.0; frames(0.3, rate_hz)];
    for (at_secs, decay, gain) in [(0.0, 0.006, 0.8), (0.009, 0.006, 0.7), (0.019, 0.06, 0.75)] {
        let mut hands = [
            Filter::band_pass(1250.0, 1.1, rate_hz),
            Filter::high_pass(600.0, 0.7, rate_hz),
        ];
        let one = burst(&mut hands, decay, 0.25, noise, rate_hz);
        let from = (at_secs * rate_hz) as usize;
        for (o, s) in out[from..].iter_mut().zip(&one) {
            *o += s * gain * 2.2;
        }
    }
    finish(out, 1.2, rate_hz)
}

/// An open or low conga: a skin that sings, with the slap of the hand.
pub fn conga(hz: f32, ring_secs: f32, slap: f32, noise: &mut Noise, rate_hz: f32) -> Vec<f32> {
    let wobble = noise.between(0.992, 1.008);
    let skin = |factor: f32, ring_secs: f32| Skin {
        hz: hz * factor * wobble,
        drop: 0.12,
        drop_secs: 0.012,
        ring_secs,
    };
    let low = tone(&skin(1.0, ring_secs), 0.6, rate_hz);
    let high = tone(&skin(2.1, ring_secs * 0.35), 0.3, rate_hz);
    let mut hand = [Filter::band_pass(1500.0 + 1400.0 * slap, 0.9, rate_hz)];
    let hand = burst(&mut hand, 0.006 + 0.014 * slap, 0.12, noise, rate_hz);
    let layers = [
        (&low[..], 0.75 - 0.35 * slap),
        (&high[..], 0.2 + 0.1 * slap),
        (&hand[..], 0.5 + 0.7 * slap),
    ];
    finish(mix(&layers), 1.3, rate_hz)
}
