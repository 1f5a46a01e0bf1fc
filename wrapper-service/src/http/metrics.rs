//! `GET /metrics`: figures for Prometheus, in its text format 0.0.4.

use crate::{
    gpu::{GpuStats, GpusStats},
    jobs::ServiceHealth,
};
use std::fmt::Write as _;

pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `gpu`: where this machine has one.
pub fn page(health: &ServiceHealth, gpu: Option<&GpusStats>) -> String {
    let mut page = Page(String::new());
    let running = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("engine", health.engine.name.as_str()),
    ];
    page.family("info", "What is running; always 1.");
    page.sample("info", &running, 1);
    page.family("accepting_jobs", "Whether a job sent now would be taken.");
    page.sample("accepting_jobs", &[], health.accepting.into());
    page.family("jobs", "Jobs that have not ended.");
    page.sample("jobs", &[("state", "waiting")], health.queue.waiting);
    page.sample("jobs", &[("state", "running")], health.queue.running);
    page.family("healthy", "Whether a part could do its work now.");
    page.healthy("engine", &health.engine.name, health.engine.healthy);
    page.healthy("gate", &health.gate.name, health.gate.healthy);
    page.healthy("store", &health.store.name, health.store.healthy);
    if let Some(model) = &health.model {
        page.healthy("model", &model.name, model.healthy);
    }
    if let Some(stats) = gpu {
        page.memory(
            "gpu_memory_used_bytes",
            "In use by any process.",
            stats,
            |gpu| gpu.vram_allocated,
        );
        page.memory("gpu_memory_bytes", "All there is.", stats, |gpu| {
            gpu.vram_total
        });
    }
    page.0
}

/// Writing into a `String` cannot fail.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP sideman_{name} {help}");
        let _ = writeln!(self.0, "# TYPE sideman_{name} gauge");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let _ = write!(self.0, "sideman_{name}");
        for (i, (label, text)) in labels.iter().enumerate() {
            let open = if i == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{label}=\"{}\"", escaped(text));
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    fn healthy(&mut self, part: &str, name: &str, healthy: bool) {
        self.sample("healthy", &[("part", part), ("name", name)], healthy.into());
    }

    fn memory(&mut self, name: &str, help: &str, stats: &GpusStats, mb: fn(&GpuStats) -> u64) {
        self.family(name, help);
        for gpu in &stats.gpus {
            let index = gpu.index.to_string();
            self.sample(name, &[("gpu", &index), ("name", &gpu.name)], mb(gpu) << 20);
        }
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{PartHealth, store::Counts};
    use sideman_shared::protocol::{EngineFeatures, EngineInfo};

    #[test]
    fn every_figure_has_a_line_with_its_labels() {
        let part = |name: &str, healthy| PartHealth {
            name: name.into(),
            healthy,
            detail: String::new(),
        };
        let health = ServiceHealth {
            accepting: true,
            engine: EngineInfo {
                name: "an \"odd\" one".into(),
                healthy: false,
                detail: String::new(),
                tracks: Vec::new(),
                features: EngineFeatures::default(),
            },
            gate: part("local", true),
            model: None,
            store: part("sqlite", true),
            queue: Counts {
                waiting: 3,
                running: 1,
            },
        };
        let gpu = GpuStats {
            index: 0,
            name: "Tesla T4".into(),
            vram_allocated: 7_700,
            vram_reserved: 0,
            vram_total: 15_360,
            utilization_percent: None,
            temperature_celsius: None,
        };
        let stats = GpusStats {
            vram_allocated: 7_700,
            vram_reserved: 0,
            vram_total: 15_360,
            gpus: vec![gpu],
        };
        let page = page(&health, Some(&stats));
        for line in [
            "# TYPE sideman_jobs gauge",
            "sideman_accepting_jobs 1",
            "sideman_jobs{state=\"waiting\"} 3",
            "sideman_healthy{part=\"engine\",name=\"an \\\"odd\\\" one\"} 0",
            "sideman_healthy{part=\"gate\",name=\"local\"} 1",
            "sideman_gpu_memory_used_bytes{gpu=\"0\",name=\"Tesla T4\"} 8074035200",
        ] {
            assert!(page.lines().any(|l| l == line), "{line} is not in\n{page}");
        }
    }
}
