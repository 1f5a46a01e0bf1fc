//! The engine `acestep` against servers that misbehave: every one is noticed, and called by its name.

use crate::engine_support::{FLAVOURS, Notebook, Reports, Rig, settings};
use axum::{Json, Router, routing::get};
use serde_json::json;
use sideman_shared::protocol::Stage;
use sideman_tests::acestep::{AudioFault, Failure, Faults, Flavour, Setup, Simulator};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use wrapper_service::engine::{
    EngineError, ProgressSink,
    acestep::{ApiKey, Settings},
};

#[track_caller]
fn fails_with(kind: &str, words: &str, change: impl Fn(&mut Faults)) {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        simulator.fault(&change);
        let rig = Rig::new(&simulator);
        let error = rig.error(rig.request(8.0));
        assert_eq!(error.code().as_str(), kind, "{flavour:?}: {error}");
        assert!(error.to_string().contains(words), "{flavour:?}: {error}");
    }
}

#[test]
fn a_failure_is_told_with_its_reason() {
    fails_with("engine_out_of_memory", "CUDA out of memory", |f| {
        f.fail = Some(Failure::OutOfMemory);
    });
    fails_with("engine_silent", "NaN or Inf", |f| {
        f.fail = Some(Failure::NotANumber)
    });
    fails_with("engine_failed", "gave no reason", |f| {
        f.fail = Some(Failure::NoReason)
    });
    fails_with("engine_failed", "could not save", |f| f.no_file = true);
}

#[test]
fn audio_that_is_none_is_no_success() {
    fails_with("engine_silent", "nothing to hear", |f| {
        f.audio = AudioFault::Silent
    });
    fails_with("engine_silent", "not numbers", |f| {
        f.audio = AudioFault::NotANumber
    });
    fails_with("engine_failed", "did not hear the source", |f| {
        f.audio = AudioFault::Short
    });
    fails_with("engine_failed", "did not hear the source", |f| {
        f.audio = AudioFault::Unrelated
    });
    fails_with("engine_failed", "cannot be read", |f| {
        f.audio = AudioFault::Garbage
    });
}

#[test]
fn a_version_that_takes_no_uploads_is_called_too_old() {
    let simulator = Simulator::start(Flavour::February);
    let rig = Rig::new(&simulator);
    let error = rig.error(rig.request(6.0));
    assert!(matches!(error, EngineError::Rejected(_)), "{error}");
    assert!(error.to_string().contains("8 February 2026"), "{error}");
}

#[test]
fn strangers_are_called_by_their_names() {
    let gradio = json!({"data": {"status": "ok", "service": "ACE-Step Gradio API"}, "code": 200});
    for (health, has_props, words) in [
        (gradio, false, "Gradio"),
        (json!({"status": "ok"}), true, "engine = \"ace-server\""),
        (json!({"status": "ok"}), false, "no ACE-Step server"),
    ] {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut router = Router::new().route("/health", get(async move || Json(health)));
        if has_props {
            router = router.route("/props", get(async || Json(json!({"version": "1"}))));
        }
        runtime.spawn(async move { axum::serve(listener, router).await });
        let rig = Rig::with(Settings::new(url));
        let error = rig.error(rig.request(6.0));
        assert!(matches!(error, EngineError::Rejected(_)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        let info = rig.info();
        assert!(!info.healthy && info.detail.contains(words), "{info:?}");
    }
}

#[test]
fn a_wrong_key_says_where_to_set_the_right_one() {
    for flavour in FLAVOURS {
        let simulator = Setup {
            api_key: Some("right".into()),
            ..Setup::new(flavour)
        }
        .start();
        for key in [None, Some("wrong")] {
            let mut keyed = settings(&simulator);
            keyed.api_key = key.map(ApiKey::new);
            let rig = Rig::with(keyed);
            let error = rig.error(rig.request(6.0));
            assert!(matches!(error, EngineError::Rejected(_)), "{error}");
            assert!(error.to_string().contains("ACESTEP_API_KEY"), "{error}");
            let info = rig.info();
            assert!(
                !info.healthy && info.detail.contains("ACESTEP_API_KEY"),
                "{info:?}"
            );
        }
        assert!(simulator.tasks().is_empty());
    }
}

#[test]
fn a_turbo_model_is_refused_before_it_plays() {
    for flavour in FLAVOURS {
        let simulator = Setup {
            model: "acestep-v15-turbo".into(),
            ..Setup::new(flavour)
        }
        .start();
        let rig = Rig::new(&simulator);
        rig.refuses_turbo();
        assert!(simulator.tasks().is_empty());
    }
}

#[test]
fn errors_hangs_and_full_queues_that_pass_do_no_harm() {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        simulator.fault(|f| {
            f.poll_errors = 3;
            f.queue_full = 1;
            f.an_hour_later = true;
        });
        let rig = Rig::new(&simulator);
        let request = rig.request(6.0);
        let playing = rig.start(request, ProgressSink::ignore(), CancellationToken::new());
        simulator.wait_until("a task", |s| s.tasks().len() == 1);
        simulator.fault(|f| f.hang = true);
        // Longer than any call waits.
        std::thread::sleep(Duration::from_millis(2_500));
        simulator.fault(|f| f.hang = false);
        rig.ended(playing).unwrap();
        assert_eq!(simulator.tasks().len(), 1);
        assert_eq!(simulator.calls("/release_task"), 2);
    }
}

#[test]
fn a_server_frozen_for_ever_is_given_up_at_the_load_limit() {
    let simulator = Simulator::start(Flavour::April);
    let mut impatient = settings(&simulator);
    impatient.load_limit = Duration::from_secs(3);
    let rig = Rig::with(impatient);
    simulator.fault(|f| f.stall = true);
    let playing = rig.start(
        rig.request(6.0),
        ProgressSink::ignore(),
        CancellationToken::new(),
    );
    simulator.wait_until("polls", |s| s.calls("/query_result") > 2);
    simulator.fault(|f| f.hang = true);
    let error = rig.ended(playing).map(|o| o.model).unwrap_err();
    assert!(matches!(error, EngineError::Timeout(_)), "{error}");
}

#[test]
fn a_download_that_breaks_off_is_taken_up_again() {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        let rig = Rig::new(&simulator);
        let whole = rig.play(rig.request(8.0)).unwrap();
        for change_files in [false, true] {
            simulator.fault(|f| {
                f.cut_downloads = 2;
                f.change_files = change_files;
            });
            let resumed = rig.play(rig.request(8.0)).unwrap();
            assert_eq!(resumed.audio, whole.audio);
        }
        assert_eq!(simulator.calls("/v1/audio"), 1 + 3 + 3);
        simulator.fault(|f| f.cut_downloads = 100);
        let error = rig.error(rig.request(8.0));
        assert!(error.to_string().contains("broke off 4 times"), "{error}");
    }
}

#[test]
fn a_task_that_died_is_noticed_though_it_looks_alive() {
    fails_with("engine_failed", "nothing runs there any more", |f| {
        f.die = true
    });
}

#[test]
fn a_mute_task_that_runs_is_waited_for() {
    let simulator = Simulator::start(Flavour::Lego);
    simulator.fault(|f| f.stall = true);
    let rig = Rig::new(&simulator);
    let playing = rig.start(
        rig.request(6.0),
        ProgressSink::ignore(),
        CancellationToken::new(),
    );
    // Asked about several times over, and believed.
    simulator.wait_until("counts", |s| s.calls("/v1/stats") > 6);
    assert!(!playing.is_finished());
    simulator.fault(|f| f.stall = false);
    rig.ended(playing).unwrap();
}

#[test]
fn a_restart_under_a_running_job_is_noticed() {
    for flavour in FLAVOURS {
        let mut simulator = Simulator::start(flavour);
        simulator.fault(|f| f.stall = true);
        let rig = Rig::new(&simulator);
        let notebook = Notebook::default();
        let request = rig.request(6.0);
        let start = |seed| {
            let mut request = request.clone();
            request.seed = seed;
            request.task = notebook.note(None);
            rig.start(request, ProgressSink::ignore(), CancellationToken::new())
        };
        let running = start(1);
        simulator.wait_until("a stats call", |s| s.calls("/v1/stats") > 1);
        let waiting = start(2);
        simulator.wait_until("two notes", |_| notebook.pages().len() == 2);
        simulator.crash();
        simulator.restart();
        for playing in [running, waiting] {
            let error = rig.ended(playing).map(|o| o.model).unwrap_err();
            assert!(error.is_transient(), "{error}");
            assert!(error.to_string().contains("lost the task"), "{error}");
        }
        // Nothing is left to come back for.
        let forgotten = notebook.pages().iter().filter(|p| p.is_none()).count();
        assert_eq!(forgotten, 2);
        // And a new one plays.
        simulator.fault(|f| f.stall = false);
        rig.play(rig.request(6.0)).unwrap();
    }
}

#[test]
fn a_server_that_is_gone_keeps_the_note() {
    let mut simulator = Simulator::start(Flavour::Lego);
    simulator.fault(|f| f.stall = true);
    let rig = Rig::new(&simulator);
    let notebook = Notebook::default();
    let mut request = rig.request(6.0);
    request.task = notebook.note(None);
    let playing = rig.start(
        request.clone(),
        ProgressSink::ignore(),
        CancellationToken::new(),
    );
    simulator.wait_until("a poll", |s| s.calls("/query_result") > 0);
    simulator.crash();
    let error = rig.ended(playing).map(|o| o.model).unwrap_err();
    assert!(matches!(error, EngineError::Unreachable(_)), "{error}");
    assert!(matches!(&notebook.pages()[..], [Some(_)]));
    assert!(!rig.info().healthy);
    assert!(matches!(rig.error(request), EngineError::Unreachable(_)));
}

#[test]
fn an_abandoned_task_is_waited_for_before_the_next_and_before_unloading() {
    let simulator = Setup {
        job: Duration::from_secs(1),
        ..Setup::new(Flavour::Lego)
    }
    .start();
    let rig = Rig::new(&simulator);
    let abandon = |seed| {
        let before = simulator.tasks().len();
        let cancel = CancellationToken::new();
        let mut request = rig.request(6.0);
        request.seed = seed;
        let playing = rig.start(request, ProgressSink::ignore(), cancel.clone());
        simulator.wait_until("a task", |s| s.tasks().len() > before);
        cancel.cancel();
        assert!(matches!(rig.ended(playing), Err(EngineError::Cancelled)));
        assert!(!simulator.tasks()[before].over);
    };
    abandon(1);
    let reports = Reports::default();
    let playing = rig.start(rig.request(6.0), reports.sink(), CancellationToken::new());
    simulator.wait_until("the next task", |s| s.tasks().len() == 2);
    assert!(
        simulator.tasks()[0].over,
        "it was sent beside the abandoned one"
    );
    assert!(reports.has(Stage::WaitingForGpu));
    rig.ended(playing).unwrap();

    abandon(3);
    let model = rig.engine.model().unwrap();
    rig.run(async { Arc::clone(&model).unload().await })
        .unwrap();
    assert!(
        simulator.tasks()[2].over,
        "it was unloaded under a running task"
    );
    assert!(!simulator.is_loaded());
}
