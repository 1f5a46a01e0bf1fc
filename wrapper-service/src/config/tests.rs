use super::*;
use figment::value::Value;
use layers::{merge, variable_of};

fn sources(env: &[(&str, &str)]) -> Sources {
    Sources {
        env: env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Sources::default()
    }
}

fn with_file(text: &str) -> (tempfile::NamedTempFile, Sources) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let sources = Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    };
    (file, sources)
}

fn faults(sources: &Sources) -> Vec<Fault> {
    match Config::load(sources) {
        Err(ConfigError::Faults(faults)) => faults,
        other => panic!("expected faults, got {other:?}"),
    }
}

fn origin<'a>(config: &'a Config, key: &str) -> &'a str {
    let entry = config.effective.iter().find(|entry| entry.key == key);
    &entry.unwrap_or_else(|| panic!("no {key}")).origin
}

#[test]
fn the_defaults_are_the_contracts() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.listen, ["127.0.0.1:8002".parse().unwrap()]);
    assert_eq!(config.engine, EngineKind::Sketch);
    assert_eq!(config.limits.max_upload_bytes, 512 << 20);
    assert_eq!(config.limits.audio, AudioLimits::default());
    assert_eq!(config.limits.max_waiting_per_key, 64);
    assert_eq!(config.gpu_queue_service.tokens_per_job, 1000);
    assert_eq!(config.retention.days, 7.0);
    assert_eq!(config.jobs.drain_secs, 30);
    assert!(config.warnings.is_empty());
}

#[test]
fn every_key_of_the_default_file_is_read_once() {
    let config = Config::load(&Sources::default()).unwrap();
    let mut read: Vec<String> = config.effective.iter().map(|e| e.key.clone()).collect();
    read.sort();
    let schema: Vec<String> = layers::schema().into_keys().collect();
    assert_eq!(read, schema);
}

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    let (_file, mut sources) =
        with_file("[jobs]\ndrain_secs = 5\nmax_attempts = 2\nmax_concurrent = 3\n");
    sources.env = [
        ("SIDEMAN_JOBS_DRAIN_SECS", "6"),
        ("SIDEMAN_JOBS_MAX_ATTEMPTS", "7"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    sources.flags = vec![("jobs.drain_secs", "--drain", Value::from(8_u64))];
    let config = Config::load(&sources).unwrap();
    assert_eq!(
        (
            config.jobs.drain_secs,
            config.jobs.max_attempts,
            config.jobs.max_concurrent
        ),
        (8, 7, 3)
    );
    assert_eq!(origin(&config, "jobs.drain_secs"), "the flag --drain");
    assert_eq!(
        origin(&config, "jobs.max_attempts"),
        "the variable SIDEMAN_JOBS_MAX_ATTEMPTS"
    );
    assert!(origin(&config, "jobs.max_concurrent").starts_with("the file "));
    assert_eq!(origin(&config, "jobs.attempt_timeout_secs"), "default");
}

#[test]
fn the_former_variables_keep_their_meaning_and_are_the_weaker() {
    let config = Config::load(&sources(&[
        ("WRAPPER_PORT", "9000"),
        ("ACESTEP_URL", "http://gpu:8001/"),
        ("ACESTEP_API_KEY", "swordfish"),
        ("QUEUE_URL", "http://queue:7000"),
        ("QUEUE_TOKENS", "1300"),
        ("GPU_MAX_CONCURRENT_JOBS", "4"),
        ("SIDEMAN_JOBS_MAX_CONCURRENT", "2"),
        ("GPU_VRAM_LIMIT", "24000"),
        ("MODEL_CACHE_DIR", "/models"),
        ("REDIS_URL", "redis://me:pw@db/0"),
    ]))
    .unwrap();
    assert_eq!(config.listen, ["127.0.0.1:9000".parse().unwrap()]);
    assert_eq!(config.acestep.url, "http://gpu:8001");
    assert_eq!(config.gpu_queue_service.tokens_per_job, 1300);
    assert_eq!(config.jobs.max_concurrent, 2);
    assert_eq!(config.gpu.vram_limit_mb, Some(24_000));
    assert_eq!(config.gpu.model_cache_dir, Some("/models".into()));
    assert_eq!(origin(&config, "listen"), "the variable WRAPPER_PORT");
}

#[test]
fn no_secret_is_shown() {
    let config = Config::load(&sources(&[
        ("ACESTEP_API_KEY", "swordfish1"),
        ("REDIS_URL", "redis://me:swordfish2@db/0"),
        ("QUEUE_URL", "http://me:swordfish4@queue"),
        ("SIDEMAN_AUTH_KEYS", "studio:swordfish3"),
    ]))
    .unwrap();
    let seen = format!("{config:?}");
    assert!(!seen.contains("swordfish"), "{seen}");
    let keys = config
        .effective
        .iter()
        .find(|e| e.key == "auth.keys")
        .unwrap();
    assert_eq!(keys.shown, "studio:[redacted]");
}

#[test]
fn a_refused_key_list_does_not_show_its_secrets() {
    let (_file, sources) =
        with_file("[[auth.keys]]\nname = \"a\"\nsecret = \"swordfish\"\nmai = \"read\"\n");
    let faults = faults(&sources);
    assert_eq!(faults[0].key, "auth.keys");
    assert!(!faults[0].to_string().contains("swordfish"));
}

#[test]
fn keys_come_as_tables_or_as_text() {
    let (_file, sources_of_file) =
        with_file("[auth]\nkeys = [{ name = \"a\", secret = \"long-enough\", may = \"read\" }]\n");
    for sources in [
        sources_of_file,
        sources(&[("SIDEMAN_AUTH_KEYS", "a:long-enough:read")]),
    ] {
        let config = Config::load(&sources).unwrap();
        let key = &config.auth.keys[0];
        assert_eq!((key.name.as_str(), key.may), ("a", KeyRights::Read));
        assert!(key.secret.matches("long-enough"));
    }
}

#[test]
fn all_faults_are_told_at_once_with_key_origin_and_what_is_allowed() {
    let (_file, mut sources) = with_file("[limits]\nmax_secs = \"long\"\nmax_sec = 3\n[jobz]\n");
    sources
        .env
        .insert("SIDEMAN_GATE".into(), "turnstile".into());
    let faults = faults(&sources);
    let keys: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["jobz", "limits.max_sec", "gate", "limits.max_secs"]);
    assert_eq!(
        faults[2].to_string(),
        "gate (the variable SIDEMAN_GATE): \"turnstile\" is not allowed; one of local, \
         gpu-queue-service, redis is allowed"
    );
}

#[test]
fn a_section_with_nothing_in_it_is_fine_but_not_a_misspelt_one() {
    let (_file, sources) = with_file("[model]\n[jobs]\n# all commented out\n");
    assert!(Config::load(&sources).is_ok());
    let (_file, sources) = with_file("[modle]\n");
    assert_eq!(faults(&sources)[0].key, "modle");
}

#[test]
fn values_out_of_range_or_at_odds_are_refused() {
    for (name, value) in [
        ("SIDEMAN_LIMITS_MAX_SECS", "0"),
        ("SIDEMAN_LIMITS_MAX_SECS", "NaN"),
        ("SIDEMAN_JOBS_MAX_CONCURRENT", "0"),
        ("SIDEMAN_JOBS_MAX_CONCURRENT", "-1"),
        ("SIDEMAN_JOBS_MAX_CONCURRENT", "1.5"),
        ("SIDEMAN_LIMITS_MIN_SECS", "700"),
        ("SIDEMAN_LISTEN", "8002"),
        ("SIDEMAN_LISTEN", ","),
        ("SIDEMAN_AUTH_KEYS", "studio"),
        ("SIDEMAN_AUTH_KEYS", "studio:short"),
        ("SIDEMAN_AUTH_KEYS", "a:long-enough,a:long-enough-too"),
        ("SIDEMAN_AUTH_KEYS", "a:long-enough:write"),
        ("ACESTEP_URL", "gpu:8001"),
        ("WRAPPER_PORT", "70000"),
    ] {
        assert_eq!(
            faults(&sources(&[(name, value)])).len(),
            1,
            "{name}={value}"
        );
    }
}

#[test]
fn the_network_needs_a_key_or_the_operators_word() {
    let open = ("SIDEMAN_LISTEN", "127.0.0.1:1,0.0.0.0:8002");
    let faults = faults(&sources(&[open]));
    assert!(faults[0].allowed.contains("SIDEMAN_AUTH_KEYS"));
    assert!(Config::load(&sources(&[open, ("SIDEMAN_AUTH_KEYS", "a:long-enough")])).is_ok());
    assert!(Config::load(&sources(&[open, ("SIDEMAN_AUTH_ALLOW_ANONYMOUS", "yes")])).is_ok());
    assert!(Config::load(&sources(&[("SIDEMAN_LISTEN", "[::1]:8002")])).is_ok());
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let missing = Sources {
        file: Some("/nowhere/sideman.toml".into()),
        ..Sources::default()
    };
    let error = Config::load(&missing).unwrap_err().to_string();
    assert!(error.contains("/nowhere/sideman.toml"), "{error}");
    let (_file, broken) = with_file("engine = \"sketch\"\n[auth\nsecret = \"swordfish\"\n");
    let error = Config::load(&broken).unwrap_err().to_string();
    assert!(
        error.contains("line 2") && !error.contains("swordfish"),
        "{error}"
    );
}

#[test]
fn a_foreign_variable_with_our_prefix_is_a_warning() {
    let config = Config::load(&sources(&[("SIDEMAN_PLUGIN_THEME", "dark")])).unwrap();
    assert_eq!(config.warnings.len(), 1);
}

#[test]
fn the_default_folder_is_the_systems_place_for_data() {
    let config = Config::load(&sources(&[("STATE_DIRECTORY", "/var/lib/sideman")])).unwrap();
    assert_eq!(config.data_dir, std::path::Path::new("/var/lib/sideman"));
}

#[test]
fn a_variable_is_the_path_in_capitals() {
    assert_eq!(variable_of("limits.max_secs"), "SIDEMAN_LIMITS_MAX_SECS");
    assert!(merge(&Sources::default()).is_ok());
}

#[test]
fn a_queue_and_its_gate_belong_together() {
    let alone = faults(&sources(&[("SIDEMAN_GATE", "gpu-queue-service")]));
    assert_eq!(alone[0].key, "gpu_queue_service.url");
    assert!(alone[0].to_string().contains("QUEUE_URL"), "{}", alone[0]);
    let unused = Config::load(&sources(&[("QUEUE_URL", "http://queue:8085")])).unwrap();
    assert!(
        unused.warnings[0].contains("not used"),
        "{:?}",
        unused.warnings
    );
    let both = [
        ("SIDEMAN_GATE", "gpu-queue-service"),
        ("QUEUE_URL", "http://queue:8085/"),
    ];
    let config = Config::load(&sources(&both)).unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    let url = config.gpu_queue_service.url.unwrap();
    assert_eq!(url.expose(), "http://queue:8085");
}

#[test]
fn a_lane_is_a_plain_path() {
    let lane = |prefix| sources(&[("SIDEMAN_GPU_QUEUE_SERVICE_PATH_PREFIX", prefix)]);
    for wrong in ["sa3", "/sa3/", "/a?b", "/a b"] {
        let key = &faults(&lane(wrong))[0].key;
        assert_eq!(key, "gpu_queue_service.path_prefix", "{wrong}");
    }
    for right in ["/sa3", "/transform", "/a/b"] {
        let config = Config::load(&lane(right)).unwrap();
        assert_eq!(config.gpu_queue_service.path_prefix, right);
    }
}
