/// Min/max pairs at every power of two, so that any range is answered in a few steps: a column of a
/// ten-minute file costs about as much as one of a bar.
#[derive(Debug, Default)]
pub struct Pyramid {
    /// `levels[k][i]` covers the pairs `i << k ..` up to `1 << k` of them; level 0 is the input.
    levels: Vec<Vec<(f32, f32)>>,
}

impl Pyramid {
    pub fn new(pairs: &[(f32, f32)]) -> Self {
        let mut levels = vec![pairs.to_vec()];
        while let Some(finest) = levels.last().filter(|level| level.len() > 1) {
            let coarser = finest
                .chunks(2)
                .map(|pair| pair.iter().copied().fold(NOTHING, join))
                .collect();
            levels.push(coarser);
        }
        Self { levels }
    }

    /// Number of pairs it was made from.
    pub fn len(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The lowest and highest value of `pairs[from..to]`; `None` when that is empty.
    pub fn range(&self, from: usize, to: usize) -> Option<(f32, f32)> {
        let (mut low, mut high) = (from, to.min(self.len()));
        if low >= high {
            return None;
        }
        let mut found = NOTHING;
        for level in &self.levels {
            if low >= high {
                break;
            }
            // An odd edge does not fill a node of the next level: take it here.
            if low % 2 == 1 {
                found = join(found, level[low]);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                found = join(found, level[high]);
            }
            low /= 2;
            high /= 2;
        }
        Some(found)
    }

    /// The pair of column `index` of `count`, when the pairs `part` fill the width. Narrow columns
    /// repeat the pair they lie in; `None` right of the end.
    pub fn column(
        &self,
        index: usize,
        count: usize,
        part: &std::ops::Range<f64>,
    ) -> Option<(f32, f32)> {
        let span = part.end - part.start;
        let edge = |i: usize| (part.start + i as f64 * span / count.max(1) as f64) as usize;
        let from = edge(index);
        self.range(from, edge(index + 1).max(from + 1))
    }
}

const NOTHING: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

fn join(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    (a.0.min(b.0), a.1.max(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_range_is_what_reading_every_pair_gives(
            highs in proptest::collection::vec(-1.0f32..1.0, 1..200),
            from in 0usize..220,
            length in 0usize..220,
        ) {
            let pairs: Vec<_> = highs.iter().map(|&high| (high - 0.5, high)).collect();
            let to = (from + length).min(pairs.len());
            let slow = pairs.get(from..to).filter(|range| !range.is_empty()).map(|range| {
                range.iter().copied().fold(NOTHING, join)
            });
            prop_assert_eq!(Pyramid::new(&pairs).range(from, from + length), slow);
        }

        #[test]
        fn the_columns_together_miss_no_pair(
            pair_count in 1usize..500,
            columns in 1usize..300,
        ) {
            let pairs: Vec<_> = (0..pair_count).map(|i| (-(i as f32), i as f32)).collect();
            let pyramid = Pyramid::new(&pairs);
            let highest = (0..columns)
                .filter_map(|i| pyramid.column(i, columns, &(0.0..pair_count as f64)))
                .fold(NOTHING, join);
            prop_assert_eq!(highest, (-((pair_count - 1) as f32), (pair_count - 1) as f32));
        }
    }

    #[test]
    fn nothing_is_drawn_right_of_the_end() {
        let pyramid = Pyramid::new(&[(-1.0, 1.0); 10]);
        assert_eq!(pyramid.column(4, 10, &(0.0..20.0)), Some((-1.0, 1.0)));
        assert_eq!(pyramid.column(5, 10, &(0.0..20.0)), None);
        let ramp: Vec<_> = (0..100).map(|i| (0.0, i as f32)).collect();
        let zoomed = Pyramid::new(&ramp).column(1, 4, &(40.0..60.0));
        assert_eq!(zoomed, Some((0.0, 49.0)), "a part begins where it begins");
        assert_eq!(Pyramid::new(&[]).column(0, 10, &(0.0..1.0)), None);
    }
}
