use nice_plug::prelude::util::db_to_gain;

/// Decibels as a factor. A power costs more than mixing a short block, so it is only worked out when they have moved.
#[derive(Debug, Clone, Copy)]
pub struct Gain {
    db: f32,
    linear: f32,
}

impl Default for Gain {
    fn default() -> Self {
        Self {
            db: 0.0,
            linear: 1.0,
        }
    }
}

impl Gain {
    /// Real-time safe.
    pub fn at(&mut self, db: f32) -> f32 {
        if db != self.db {
            *self = Self {
                db,
                linear: db_to_gain(db),
            };
        }
        self.linear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_every_move() {
        let mut gain = Gain::default();
        for db in [0.0, -6.0, -6.0, 6.0, f32::NEG_INFINITY, 0.0] {
            assert_eq!(gain.at(db), db_to_gain(db), "{db} dB");
        }
    }
}
