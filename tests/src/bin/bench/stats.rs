/// Measurements of one thing. Never empty.
pub struct Sample {
    sorted: Vec<f64>,
}

impl Sample {
    /// # Errors
    /// Nothing was measured.
    pub fn new(mut values: Vec<f64>) -> anyhow::Result<Self> {
        anyhow::ensure!(!values.is_empty(), "nothing was measured");
        values.sort_by(f64::total_cmp);
        Ok(Self { sorted: values })
    }

    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// 99 of 100 lie at or below it.
    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }

    pub fn max(&self) -> f64 {
        self.at(1.0)
    }

    fn at(&self, part: f64) -> f64 {
        let last = self.sorted.len() - 1;
        self.sorted[(last as f64 * part).round() as usize]
    }
}
