//! The arrows that must not be (ARCHITECTURE.md): crate edges by `cargo metadata`, module edges by
//! reading `use` lines and full paths.

use crate::cargo;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// (crate, must not depend on, because)
const CRATES: &[(&str, &[&str], &str)] = &[
    (
        "sideman-plugin",
        &["wrapper-service"],
        "only `shared` joins the two ends",
    ),
    (
        "wrapper-service",
        &["sideman-plugin"],
        "only `shared` joins the two ends",
    ),
    (
        "sideman-shared",
        &["tokio", "axum", "reqwest", "egui", "nice-plug"],
        "it must be usable anywhere",
    ),
];

/// (file or folder, paths it must not name, because)
const MODULES: &[(&str, &[&str], &str)] = &[
    (
        "plugin/src/capture/tap.rs",
        &[
            "crate::session",
            "crate::client",
            "crate::editor",
            "std::fs",
            "std::sync::Mutex",
            "parking_lot",
            "tracing",
        ],
        "it runs on the audio thread",
    ),
    (
        "plugin/src/audition/voice.rs",
        &[
            "crate::session",
            "crate::client",
            "crate::editor",
            "std::fs",
            "std::sync::Mutex",
            "parking_lot",
            "tracing",
        ],
        "it runs on the audio thread",
    ),
    (
        "plugin/src/session",
        &["tokio", "reqwest", "egui", "nice_plug"],
        "`step` is a pure, tested function",
    ),
    (
        "plugin/src/editor",
        &["crate::client", "tokio", "reqwest", "std::fs"],
        "a frame is 16 ms and the window may close",
    ),
    (
        "plugin/src/client",
        &["crate::editor", "crate::capture", "crate::session::state"],
        "it turns requests into events and knows nothing else",
    ),
    (
        "wrapper-service/src/http",
        &["crate::engine", "crate::gate", "crate::audio"],
        "only through JobService",
    ),
    (
        "wrapper-service/src/engine",
        &[
            "crate::jobs",
            "crate::gate",
            "crate::http",
            "crate::artifacts",
            "crate::config",
        ],
        "an engine is a function from request to result",
    ),
    (
        "wrapper-service/src/gate",
        &["crate::engine", "crate::audio", "crate::artifacts"],
        "it knows tokens, not music",
    ),
    (
        "wrapper-service/src/jobs/state.rs",
        &[
            "tokio",
            "rand",
            "std::time::Instant",
            "std::time::SystemTime",
        ],
        "time comes in as an argument",
    ),
    (
        "wrapper-service/src/jobs/attempt.rs",
        &[
            "tokio",
            "rand",
            "std::time::Instant",
            "std::time::SystemTime",
        ],
        "time comes in as an argument",
    ),
];

/// Files that a rule for their folder does not bind.
const EXCEPT: &[&str] = &["plugin/src/editor/drag_out", "plugin/src/editor/drop_in.rs"];

pub fn run() -> Result<()> {
    let mut broken = crate_edges()?;
    for (place, forbidden, because) in MODULES {
        for file in rust_files(Path::new(place))? {
            if EXCEPT.iter().any(|e| file.starts_with(e)) {
                continue;
            }
            let code = fs::read_to_string(&file)?;
            for path in named_paths(production_part(&code)) {
                if let Some(f) = forbidden.iter().find(|f| is_below(&path, f)) {
                    broken.push(format!(
                        "{}: `{path}` reaches {f}, but {because}",
                        file.display()
                    ));
                }
            }
        }
    }
    if !broken.is_empty() {
        bail!("forbidden arrows:\n  {}", broken.join("\n  "));
    }
    eprintln!("\n=== arrows: ok");
    Ok(())
}

fn crate_edges() -> Result<Vec<String>> {
    let out = cargo::cargo(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    let metadata: Value = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let mut broken = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for (name, forbidden, because) in CRATES {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            for dependency in dependencies.filter(|d| d["kind"].is_null()) {
                let on = dependency["name"].as_str().unwrap_or_default();
                if package["name"] == **name && forbidden.contains(&on) {
                    broken.push(format!("crate {name} depends on {on}, but {because}"));
                }
            }
        }
    }
    Ok(broken)
}

fn rust_files(place: &Path) -> Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(place)
        .with_context(|| format!("{} is gone; mend the rules", place.display()))?
    {
        let path = entry?.path();
        let is_test = path
            .file_stem()
            .is_some_and(|s| s == "tests" || s.to_string_lossy().ends_with("_tests"));
        if path.is_dir() && !is_test {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") && !is_test {
            files.push(path);
        }
    }
    Ok(files)
}

/// Inline tests may use what they like.
fn production_part(code: &str) -> &str {
    code.split("#[cfg(test)]").next().unwrap_or(code)
}

/// Every path that the code imports or names in full, comments left out.
fn named_paths(code: &str) -> Vec<String> {
    let code: String = code
        .lines()
        .map(|l| l.split("//").next().unwrap_or(l))
        .collect::<Vec<_>>()
        .join("\n");
    let mut paths = Vec::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find("use ") {
        let starts_statement = rest[..at]
            .trim_end_matches(' ')
            .ends_with(['\n', '}', ';', ')'])
            || at == 0;
        let statement = &rest[at + 4..];
        let end = statement.find(';').unwrap_or(statement.len());
        if starts_statement {
            expand("", &statement[..end], &mut paths);
        }
        rest = &statement[if starts_statement { end } else { 0 }..];
    }
    let full = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    paths.extend(full.filter(|w| w.contains("::")).map(str::to_owned));
    paths
}

/// `a::{b, c::{d}}` to `a::b`, `a::c::d`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let (mut depth, mut start) = (0, 0);
    let mut items = Vec::new();
    for (i, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&tree[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    items.push(&tree[start..]);
    for item in items.into_iter().map(str::trim).filter(|i| !i.is_empty()) {
        match item.split_once('{') {
            Some((head, group)) => {
                let group = group.trim_end().strip_suffix('}').unwrap_or(group);
                expand(&format!("{prefix}{}", head.trim()), group, paths);
            }
            None => paths.push(format!("{prefix}{item}")),
        }
    }
}

fn is_below(path: &str, forbidden: &str) -> bool {
    let path = path.trim_start_matches("::");
    path == forbidden
        || path
            .strip_prefix(forbidden)
            .is_some_and(|rest| rest.starts_with("::") || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(code: &str, forbidden: &str) -> bool {
        named_paths(production_part(code))
            .iter()
            .any(|p| is_below(p, forbidden))
    }

    #[test]
    fn sees_plain_grouped_nested_and_full_paths() {
        assert!(finds("use crate::client::Client;", "crate::client"));
        assert!(finds(
            "use crate::{\n    capture::Take,\n    client::{self, Api},\n};",
            "crate::client"
        ));
        assert!(finds("fn f() { tokio::spawn(x) }", "tokio"));
        assert!(finds(
            "pub use crate::{a, b::{c, client}};\nuse tokio as t;",
            "tokio"
        ));
    }

    #[test]
    fn leaves_comments_tests_and_lookalikes_alone() {
        assert!(!finds(
            "// use tokio::spawn;\n/// [`crate::client`]",
            "tokio"
        ));
        assert!(!finds("#[cfg(test)]\nmod tests { use tokio::x; }", "tokio"));
        assert!(!finds("use crate::clients::X;", "crate::client"));
        assert!(!finds("use tokio_util::X;", "tokio"));
    }
}
