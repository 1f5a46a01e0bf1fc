//! Against bodies recorded from real servers.

use super::*;
use crate::engine::acestep::wire::TaskState;
use serde_json::json;

/// The states in a recorded answer of `/query_result`.
fn recorded(body: &str) -> Vec<Verdict> {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let states: Vec<TaskState> = serde_json::from_value(body["data"].clone()).unwrap();
    states.iter().map(judge).collect()
}

fn state(status: i64, item: serde_json::Value, progress_text: Option<&str>) -> Verdict {
    judge(&TaskState {
        task_id: "t".into(),
        status,
        result: serde_json::Value::Array(vec![item]).to_string(),
        progress_text: progress_text.map(Into::into),
    })
}

#[test]
fn running_queued_and_unknown_in_one_answer() {
    let verdicts = recorded(include_str!("bodies/running-queued-unknown.json"));
    assert_eq!(
        verdicts,
        [
            Verdict::Running {
                progress: 0.679_202_038_310_468_2,
                stage: "Generating music (batch size: 2)...".into(),
                doubted: false
            },
            Verdict::Queued,
            Verdict::Unknown,
        ]
    );
}

#[test]
fn the_end_names_file_seed_and_model() {
    let verdicts = recorded(include_str!("bodies/succeeded.json"));
    let Verdict::Done(played) = &verdicts[0] else {
        panic!("{verdicts:?}")
    };
    assert!(
        played
            .file
            .starts_with("/v1/audio?path=%2Fsrv%2Facestep%2F")
    );
    assert_eq!(played.seed.as_deref(), Some("1234,3311321071"));
    assert_eq!(played.model.as_deref(), Some("acestep-v15-base"));
}

#[test]
fn the_reason_is_the_last_line_of_a_traceback_or_of_an_error_in_the_log() {
    for (body, kind) in [
        (
            include_str!("bodies/failed-out-of-memory.json"),
            "out of GPU memory",
        ),
        (
            include_str!("bodies/failed-out-of-memory-no-cache.json"),
            "out of GPU memory",
        ),
        (
            include_str!("bodies/failed-nan.json"),
            "silent or non-finite",
        ),
        (
            include_str!("bodies/failed-not-initialized.json"),
            "failed: the ACE-Step server failed: Model not",
        ),
    ] {
        let [Verdict::Failed(reason)] = &recorded(body)[..] else {
            panic!("{body}")
        };
        assert!(!reason.contains('\n'));
        let said = failure(reason).to_string();
        assert!(said.starts_with(kind), "{said}");
    }
    // The log's last line belongs to another job.
    let verdicts = recorded(include_str!("bodies/failed-no-reason.json"));
    assert_eq!(verdicts, [Verdict::Failed(NO_REASON.into())]);
}

#[test]
fn reasons_of_later_releases_are_understood_too() {
    for (reason, code) in [
        (
            "RuntimeError: Music generation failed: Insufficient free VRAM: need ~9.1GB, have 3.0GB",
            "engine_out_of_memory",
        ),
        (
            "Music generation timed out after 600 seconds. This usually means the GPU ran out of VRAM",
            "engine_out_of_memory",
        ),
        (
            "RuntimeError: Music generation failed: Invalid source audio",
            "engine_rejected",
        ),
        (
            "ValueError: Task 'lego' requires source audio",
            "engine_rejected",
        ),
    ] {
        assert_eq!(failure(reason).code().as_str(), code, "{reason}");
    }
}

#[test]
fn an_hour_after_submission_the_server_stops_believing() {
    let verdicts = recorded(include_str!("bodies/after-an-hour.json"));
    assert!(
        matches!(&verdicts[..], [Verdict::Running { doubted: true, .. }]),
        "{verdicts:?}"
    );
}

#[test]
fn an_end_without_a_file_is_a_failure() {
    let saved_nothing = json!({"file": "", "status": 1, "stage": "succeeded"});
    assert!(matches!(state(1, saved_nothing, None), Verdict::Failed(_)));
    for (status, result) in [(1, "[]"), (2, "[]"), (2, "not JSON")] {
        let state = TaskState {
            task_id: "t".into(),
            status,
            result: result.into(),
            progress_text: None,
        };
        assert!(
            matches!(judge(&state), Verdict::Failed(_)),
            "{status} {result}"
        );
    }
}

#[test]
fn progress_is_the_upper_half_of_theirs() {
    for (stage, progress, ours) in [
        ("running", 0.01, (Stage::Generating, 0.0)),
        ("Preparing inputs...", 0.51, (Stage::Generating, 0.02)),
        (
            "Generating music (batch size: 1)...",
            0.75,
            (Stage::Generating, 0.5),
        ),
        ("Decoding audio...", 0.8, (Stage::Decoding, 0.6)),
        ("Preparing audio data...", 0.99, (Stage::Decoding, 0.98)),
    ] {
        let (stage, fraction) = shown(stage, progress);
        assert_eq!(stage, ours.0);
        assert!((fraction - ours.1).abs() < 1e-9);
    }
}
