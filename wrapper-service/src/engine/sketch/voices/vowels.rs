//! Where the resonances of the mouth lie for each vowel.

use crate::engine::sketch::score::Vowel;

pub const FORMANTS: usize = 5;

/// One mouth position: centre, bandwidth (Hz) and level (dB) of each formant.
#[derive(Debug, Clone, Copy)]
pub struct Mouth {
    pub hz: [f32; FORMANTS],
    pub width_hz: [f32; FORMANTS],
    pub level_db: [f32; FORMANTS],
}

pub const fn mouth(vowel: Vowel) -> Mouth {
    let (hz, width_hz, level_db) = match vowel {
        Vowel::Ah => (
            [700.0, 1130.0, 2680.0, 3150.0, 3900.0],
            [85.0, 95.0, 130.0, 150.0, 200.0],
            [0.0, -4.0, -8.0, -10.0, -16.0],
        ),
        Vowel::Eh => (
            [520.0, 1680.0, 2620.0, 3220.0, 3900.0],
            [75.0, 100.0, 130.0, 150.0, 200.0],
            [0.0, -7.0, -9.0, -11.0, -16.0],
        ),
        Vowel::Ee => (
            [320.0, 1950.0, 2750.0, 3300.0, 3900.0],
            [60.0, 100.0, 130.0, 150.0, 200.0],
            [0.0, -9.0, -11.0, -13.0, -18.0],
        ),
        Vowel::Oh => (
            [450.0, 830.0, 2580.0, 2950.0, 3800.0],
            [75.0, 90.0, 120.0, 150.0, 200.0],
            [0.0, -6.0, -11.0, -13.0, -19.0],
        ),
        Vowel::Oo => (
            [350.0, 680.0, 2450.0, 2850.0, 3700.0],
            [65.0, 80.0, 120.0, 150.0, 200.0],
            [0.0, -9.0, -16.0, -17.0, -23.0],
        ),
    };
    Mouth {
        hz,
        width_hz,
        level_db,
    }
}

/// Lips closed: the sound of an "m" that opens every articulated syllable.
pub const CLOSED: Mouth = Mouth {
    hz: [260.0, 950.0, 2300.0, 2900.0, 3700.0],
    width_hz: [70.0, 180.0, 200.0, 220.0, 250.0],
    level_db: [-2.0, -26.0, -30.0, -32.0, -40.0],
};

impl Mouth {
    /// Moves `share` (0–1) of the way to `other`.
    pub fn toward(&mut self, other: &Self, share: f32) {
        for k in 0..FORMANTS {
            self.hz[k] += share * (other.hz[k] - self.hz[k]);
            self.width_hz[k] += share * (other.width_hz[k] - self.width_hz[k]);
            self.level_db[k] += share * (other.level_db[k] - self.level_db[k]);
        }
    }
}
