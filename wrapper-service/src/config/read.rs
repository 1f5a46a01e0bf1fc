use super::{
    ApiKey, Auth, Config, ConfigError, EngineKind, GateKind, Jobs, KeyRights, Limits, LogConfig,
    LogFormat, Retention, Secret, SketchConfig, Sources, StoreKind, acestep, gpu, layers::Merged,
    paths::default_data_dir, reader::Reader,
};
use crate::audio::AudioLimits;
use figment::value::{Dict, Value};
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf};

/// A week of waiting is a mistake, not a setting.
const LONGEST_WAIT_SECS: u64 = 7 * 24 * 3600;

/// Reads every setting, then judges the ones that belong together.
pub fn read(merged: &Merged, sources: &Sources) -> Result<Config, ConfigError> {
    let mut r = Reader::new(&merged.figment, merged.faults.clone());
    let mut config = Config {
        listen: listen(&mut r),
        data_dir: data_dir(&mut r, sources),
        engine: engine(&mut r),
        gate: gate(&mut r),
        store: store(&mut r),
        auth: auth(&mut r),
        limits: limits(&mut r),
        jobs: jobs(&mut r),
        retention: retention(&mut r),
        sketch: SketchConfig {
            sound_font: r.text("sketch.sound_font").map(PathBuf::from),
        },
        acestep: acestep::read(&mut r),
        gpu_queue_service: gpu::queue(&mut r),
        redis: gpu::redis(&mut r),
        gpu: gpu::gpu(&mut r),
        model: gpu::model(&mut r),
        log: log(&mut r),
        effective: Vec::new(),
        warnings: merged.warnings.clone(),
    };
    // Values that were refused alone cannot be at odds with others.
    if r.faults.is_empty() {
        judge(&mut config, &mut r);
    }
    if !r.faults.is_empty() {
        return Err(ConfigError::Faults(r.faults));
    }
    config.effective = r.effective;
    Ok(config)
}

/// What no value can know alone.
fn judge(config: &mut Config, r: &mut Reader<'_>) {
    let limits = &config.limits.audio;
    if limits.min_secs > limits.max_secs {
        let allowed = "limits.min_secs must not be larger than limits.max_secs";
        r.refuse("limits.min_secs", allowed);
    }
    if limits.min_rate_hz > limits.max_rate_hz {
        let allowed = "limits.min_rate_hz must not be larger than limits.max_rate_hz";
        r.refuse("limits.min_rate_hz", allowed);
    }
    let open = config.listen.iter().find(|a| !a.ip().is_loopback());
    if let Some(address) = open
        && config.auth.keys.is_empty()
        && !config.auth.allow_anonymous
    {
        r.fault(
            "listen",
            format!("{address} can be reached from other machines and no API key is set"),
            "set one with SIDEMAN_AUTH_KEYS=\"NAME:SECRET\" or [[auth.keys]] in the file, or say \
             --allow-anonymous if something else guards the service",
        );
    }
    if config.auth.allow_anonymous && !config.auth.keys.is_empty() {
        config.warnings.push(
            "auth.allow_anonymous has no effect while API keys are set: every request needs one"
                .into(),
        );
    }
    gpu::judge(config, r);
    if config.jobs.drain_secs > config.jobs.attempt_timeout_secs {
        config.warnings.push(
            "jobs.drain_secs is longer than jobs.attempt_timeout_secs: no job can need that long"
                .into(),
        );
    }
    if config.limits.max_upload_bytes > config.retention.max_bytes {
        config.warnings.push(
            "limits.max_upload_bytes is larger than retention.max_bytes: such an upload can never \
             be kept"
                .into(),
        );
    }
}

fn listen(r: &mut Reader<'_>) -> Vec<SocketAddr> {
    let allowed = "addresses such as 127.0.0.1:8002 or [::1]:8002 are allowed, at least one";
    let texts: Option<Vec<String>> = match r.value("listen") {
        Some(Value::Array(_, items)) => items.into_iter().map(Value::into_string).collect(),
        Some(value) => value.into_string().map(|one| vec![one]),
        None => None,
    };
    let parsed = texts.map(|texts| {
        texts
            .iter()
            .map(|t| t.parse())
            .collect::<Result<Vec<_>, _>>()
    });
    match parsed {
        Some(Ok(addresses)) if !addresses.is_empty() => {
            let shown: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
            r.note("listen", shown.join(", "));
            addresses
        }
        _ => {
            r.refuse("listen", allowed);
            Vec::new()
        }
    }
}

fn data_dir(r: &mut Reader<'_>, sources: &Sources) -> PathBuf {
    let said = r.text("data_dir").map(PathBuf::from);
    let dir = said.unwrap_or_else(|| default_data_dir(&sources.env));
    if let Some(noted) = r.effective.last_mut() {
        noted.shown = dir.display().to_string();
    }
    dir
}

fn engine(r: &mut Reader<'_>) -> EngineKind {
    let words = [
        ("sketch", EngineKind::Sketch),
        ("acestep", EngineKind::AceStep),
        ("ace-server", EngineKind::AceServer),
        ("gradio", EngineKind::Gradio),
    ];
    r.choice("engine", &words)
}

fn gate(r: &mut Reader<'_>) -> GateKind {
    let words = [
        ("local", GateKind::Local),
        ("gpu-queue-service", GateKind::GpuQueueService),
        ("redis", GateKind::Redis),
    ];
    r.choice("gate", &words)
}

fn store(r: &mut Reader<'_>) -> StoreKind {
    let words = [("sqlite", StoreKind::Sqlite), ("redis", StoreKind::Redis)];
    r.choice("store", &words)
}

fn auth(r: &mut Reader<'_>) -> Auth {
    let keys = api_keys(r);
    Auth {
        keys,
        allow_anonymous: r.switch("auth.allow_anonymous"),
    }
}

/// Secrets shorter than this are guessed.
const SHORTEST_SECRET: usize = 8;

fn api_keys(r: &mut Reader<'_>) -> Vec<ApiKey> {
    let allowed = "each key needs a name, a secret of at least 8 characters, and may = \"all\" or \
                   \"read\"; as a variable: NAME:SECRET or NAME:SECRET:read, separated by commas";
    let items = r.value("auth.keys").and_then(Value::into_array);
    let keys: Option<Vec<ApiKey>> =
        items.and_then(|items| items.into_iter().map(api_key).collect());
    let Some(keys) = keys else {
        r.refuse_silently("auth.keys", allowed);
        return Vec::new();
    };
    let names: BTreeSet<&str> = keys.iter().map(|key| key.name.as_str()).collect();
    if names.len() < keys.len() {
        let found = "two keys have the same name".to_owned();
        r.fault("auth.keys", found, "each key needs a name of its own");
    }
    let shown: Vec<String> = keys
        .iter()
        .map(|key| format!("{}:{}", key.name, key.secret))
        .collect();
    r.note("auth.keys", shown.join(", "));
    keys
}

fn api_key(value: Value) -> Option<ApiKey> {
    let (name, secret, may) = match value {
        Value::String(_, text) => {
            let mut parts = text.splitn(3, ':').map(str::to_owned);
            (parts.next()?, parts.next()?, parts.next())
        }
        Value::Dict(_, mut table) => {
            let mut take = |key: &str| -> Option<String> { table.remove(key)?.into_string() };
            let parts = (take("name")?, take("secret")?, take("may"));
            no_more(&table)?;
            parts
        }
        _ => return None,
    };
    let may = match may.as_deref() {
        None | Some("all") => KeyRights::All,
        Some("read") => KeyRights::Read,
        Some(_) => return None,
    };
    (!name.trim().is_empty() && secret.len() >= SHORTEST_SECRET).then(|| ApiKey {
        name,
        secret: Secret::new(secret),
        may,
    })
}

fn no_more(table: &Dict) -> Option<()> {
    table.is_empty().then_some(())
}

fn limits(r: &mut Reader<'_>) -> Limits {
    Limits {
        max_upload_bytes: r.whole("limits.max_upload_bytes", 1024..=(1 << 40)),
        audio: AudioLimits {
            min_secs: r.number("limits.min_secs", 0.0..=86_400.0),
            max_secs: r.number("limits.max_secs", 0.1..=86_400.0),
            max_channels: r.count("limits.max_channels", 1..=64) as u16,
            min_rate_hz: r.count("limits.min_rate_hz", 1_000..=768_000),
            max_rate_hz: r.count("limits.max_rate_hz", 1_000..=768_000),
        },
        max_waiting_per_key: r.count("limits.max_waiting_per_key", 1..=100_000),
        max_stems_per_job: r.count("limits.max_stems_per_job", 1..=48),
    }
}

fn jobs(r: &mut Reader<'_>) -> Jobs {
    Jobs {
        max_concurrent: r.count("jobs.max_concurrent", 1..=256),
        max_attempts: r.count("jobs.max_attempts", 1..=20),
        attempt_timeout_secs: r.whole("jobs.attempt_timeout_secs", 1..=LONGEST_WAIT_SECS),
        gpu_wait_timeout_secs: r.whole("jobs.gpu_wait_timeout_secs", 1..=LONGEST_WAIT_SECS),
        drain_secs: r.whole("jobs.drain_secs", 0..=LONGEST_WAIT_SECS),
    }
}

fn retention(r: &mut Reader<'_>) -> Retention {
    Retention {
        days: r.number("retention.days", 0.0..=36_500.0),
        max_bytes: r.whole("retention.max_bytes", (1 << 20)..=(1 << 50)),
    }
}

fn log(r: &mut Reader<'_>) -> LogConfig {
    let words = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    LogConfig {
        format: r.choice("log.format", &words),
        filter: r.text("log.filter").unwrap_or_else(|| "info".into()),
    }
}
