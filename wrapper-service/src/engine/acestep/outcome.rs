//! What one entry of `/query_result` means. Pure.

use super::wire::{ResultItem, TaskState};
use crate::engine::EngineError;
use sideman_shared::protocol::Stage;

const NO_REASON: &str = "the server gave no reason; its log may have one";

#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Never heard of, or forgotten in a restart. Also what a task accepted just now may look like.
    Unknown,
    Queued,
    /// Its words for how far it is. The server may have stopped believing in it (`doubted`: an hour after
    /// submission), which says nothing about whether it still plays.
    Running {
        progress: f64,
        stage: String,
        doubted: bool,
    },
    Done(Played),
    Failed(String),
}

/// Where the audio is and what made it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Played {
    /// An address, as the server gives it.
    pub file: String,
    pub seed: Option<String>,
    pub model: Option<String>,
}

pub fn judge(state: &TaskState) -> Verdict {
    let items: Vec<ResultItem> = serde_json::from_str(&state.result).unwrap_or_default();
    let Some(item) = items.into_iter().next() else {
        // A final state with nothing in it is no riddle; a running one is.
        return match state.status {
            2 => Verdict::Failed(reason(None, state.progress_text.as_deref())),
            1 => Verdict::Failed("it ended well and listed no audio".into()),
            _ => Verdict::Unknown,
        };
    };
    match (state.status, item.status) {
        (1, _) if item.file.is_empty() => Verdict::Failed(
            "it ended well but could not save the audio (silence, or a missing encoder)".into(),
        ),
        (1, _) => Verdict::Done(Played {
            file: item.file,
            seed: item.seed_value.filter(|s| !s.is_empty()),
            model: item.dit_model.filter(|m| !m.is_empty()),
        }),
        (2, 0) if item.stage.as_deref() != Some("failed") => running(item, true),
        (2, _) => Verdict::Failed(reason(
            item.error.as_deref(),
            state.progress_text.as_deref(),
        )),
        _ if item.stage.as_deref() == Some("queued") => Verdict::Queued,
        _ => running(item, false),
    }
}

fn running(item: ResultItem, doubted: bool) -> Verdict {
    Verdict::Running {
        progress: item.progress.filter(|p| p.is_finite()).unwrap_or(0.0),
        stage: item.stage.unwrap_or_default(),
        doubted,
    }
}

/// The reason of a failure, from the two places where there may be one. The progress text is the whole
/// server's last log line, so it only counts when it is an error.
fn reason(error: Option<&str>, progress_text: Option<&str>) -> String {
    let of_log = progress_text.filter(|text| text.contains("| ERROR |"));
    let said = [error, of_log]
        .into_iter()
        .flatten()
        .find_map(|text| text.lines().map(str::trim).rfind(|line| !line.is_empty()));
    said.unwrap_or(NO_REASON).to_owned()
}

/// A reason as the kind of failure it is.
pub fn failure(reason: &str) -> EngineError {
    let lower = reason.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    // The fourth is its word for a task that it gave up after ten minutes, and that the GPU still plays: another
    // try would only wait behind it.
    if has(&[
        "out of memory",
        "outofmemory",
        "alloc_failed",
        "ran out of vram",
        "insufficient free vram",
    ]) {
        return EngineError::OutOfMemory(reason.to_owned());
    }
    if has(&["nan or inf", "nan/inf", "non-finite"]) {
        return EngineError::Silent(reason.to_owned());
    }
    if has(&[
        "source audio is invalid",
        "source audio is required",
        "invalid source audio",
        "requires source audio",
    ]) {
        return EngineError::Rejected(format!("the server could not read our source: {reason}"));
    }
    EngineError::Failed(format!("the ACE-Step server failed: {reason}"))
}

/// The server's stage and progress in our words. Without a language model everything happens in the
/// upper half of its scale.
pub fn shown(stage: &str, progress: f64) -> (Stage, f64) {
    let fraction = ((progress - 0.5) * 2.0).clamp(0.0, 1.0);
    let stage = stage.to_lowercase();
    let ours = if stage.starts_with("decoding") || stage.starts_with("preparing audio") {
        Stage::Decoding
    } else {
        Stage::Generating
    };
    (ours, fraction)
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
