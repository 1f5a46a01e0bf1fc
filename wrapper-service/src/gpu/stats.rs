use nvml_wrapper::{Nvml, error::NvmlError};
use serde::Serialize;
use std::sync::OnceLock;

/// Memory of all GPUs together in MB (2^20 bytes), and each by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GpusStats {
    /// In use by any process.
    pub vram_allocated: u64,
    /// What the driver keeps for itself.
    pub vram_reserved: u64,
    pub vram_total: u64,
    pub gpus: Vec<GpuStats>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GpuStats {
    pub index: u32,
    pub name: String,
    pub vram_allocated: u64,
    pub vram_reserved: u64,
    pub vram_total: u64,
    /// 0–100; absent where the driver does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_celsius: Option<u32>,
}

/// The driver's library, loaded at the first question. A machine without it has no GPU we could use.
fn nvml() -> Result<&'static Nvml, String> {
    static NVML: OnceLock<Result<Nvml, String>> = OnceLock::new();
    NVML.get_or_init(|| {
        Nvml::init().map_err(|error| match error {
            NvmlError::LibloadingError(_) => "no NVIDIA driver on this machine".into(),
            other => other.to_string(),
        })
    })
    .as_ref()
    .map_err(Clone::clone)
}

/// Asks the driver. May take some milliseconds: call it off the async threads.
///
/// # Errors
/// One phrase saying why there are no numbers: no driver, or no GPU.
pub fn read_stats() -> Result<GpusStats, String> {
    let nvml = nvml()?;
    let count = nvml.device_count().map_err(|error| error.to_string())?;
    let gpus = (0..count)
        .map(|index| read_gpu(nvml, index))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.to_string())?;
    if gpus.is_empty() {
        return Err("the NVIDIA driver sees no GPU".into());
    }
    Ok(GpusStats {
        vram_allocated: gpus.iter().map(|gpu| gpu.vram_allocated).sum(),
        vram_reserved: gpus.iter().map(|gpu| gpu.vram_reserved).sum(),
        vram_total: gpus.iter().map(|gpu| gpu.vram_total).sum(),
        gpus,
    })
}

fn read_gpu(nvml: &Nvml, index: u32) -> Result<GpuStats, NvmlError> {
    let device = nvml.device_by_index(index)?;
    let memory = device.memory_info()?;
    let to_mb = |bytes: u64| bytes >> 20;
    Ok(GpuStats {
        index,
        name: device.name()?,
        vram_allocated: to_mb(memory.used),
        vram_reserved: to_mb(memory.reserved),
        vram_total: to_mb(memory.total),
        utilization_percent: device.utilization_rates().ok().map(|rates| rates.gpu),
        temperature_celsius: device
            .temperature(nvml_wrapper::enum_wrappers::device::TemperatureSensor::Gpu)
            .ok(),
    })
}
