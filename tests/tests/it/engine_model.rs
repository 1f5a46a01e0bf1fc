//! The model's way into GPU memory and out of it.

use crate::engine_support::{FLAVOURS, Reports, Rig, settings};
use sideman_shared::protocol::Stage;
use sideman_tests::acestep::{Flavour, Setup, Simulator};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use wrapper_service::engine::{EngineError, Model, Work, acestep::Loading};

fn unloaded(flavour: Flavour) -> Simulator {
    Setup {
        loaded: false,
        load: Duration::from_millis(1_200),
        ..Setup::new(flavour)
    }
    .start()
}

fn model(rig: &Rig) -> Arc<dyn Model> {
    rig.engine.model().unwrap()
}

#[test]
fn a_server_without_its_model_is_told_to_load_it() {
    for flavour in FLAVOURS {
        let simulator = unloaded(flavour);
        let rig = Rig::new(&simulator);
        let info = rig.info();
        assert!(
            info.healthy && info.detail.contains("when a job needs it"),
            "{info:?}"
        );
        let reports = Reports::default();
        let playing = rig.start(rig.request(6.0), reports.sink(), CancellationToken::new());
        rig.ended(playing).unwrap();
        assert!(reports.has(Stage::LoadingModel));
        // A second load is no load.
        rig.run(model(&rig).load()).unwrap();
    }
}

#[test]
fn upstream_loads_by_itself_and_freezes_meanwhile() {
    let simulator = unloaded(Flavour::April);
    let mut hands_off = settings(&simulator);
    hands_off.loading = Loading::None;
    // Shorter than the load: every call made meanwhile goes unanswered.
    hands_off.waits.call = Duration::from_millis(300);
    let rig = Rig::with(hands_off);
    assert!(rig.engine.model().is_none());
    rig.play(rig.request(6.0)).unwrap();
    assert!(simulator.is_loaded());
}

/// The job waits and nothing runs: that looks like a task that died, and is none.
#[test]
fn upstream_that_answers_while_it_loads_is_waited_for() {
    let simulator = Setup {
        loaded: false,
        load: Duration::from_secs(2),
        loads_aside: true,
        ..Setup::new(Flavour::April)
    }
    .start();
    let mut hands_off = settings(&simulator);
    hands_off.loading = Loading::None;
    let rig = Rig::with(hands_off);
    rig.play(rig.request(6.0)).unwrap();
    assert!(simulator.calls("/v1/stats") > 4, "it was never in doubt");
    assert_eq!(simulator.tasks().len(), 1);
}

/// Fetching and loading it would take minutes, to be refused in the end.
#[test]
fn a_turbo_model_that_would_be_fetched_is_refused_before() {
    for also in [None, Some("acestep-v15-base")] {
        let simulator = Setup {
            model: "acestep-v15-turbo".into(),
            loaded: false,
            must_fetch: true,
            also_on_disk: also.into_iter().map(Into::into).collect(),
            ..Setup::new(Flavour::April)
        }
        .start();
        let rig = Rig::new(&simulator);
        rig.refuses_turbo();
        // As the service does before it plays.
        let error = rig.run(model(&rig).load()).unwrap_err();
        assert!(matches!(error, EngineError::Rejected(_)), "{error}");
        assert!(!simulator.is_loaded() && simulator.calls("/v1/init") == 0);
    }
}

#[test]
fn the_fork_without_a_model_is_refused_where_nothing_may_load_it() {
    let simulator = unloaded(Flavour::Lego);
    let mut hands_off = settings(&simulator);
    hands_off.loading = Loading::None;
    let rig = Rig::with(hands_off);
    let error = rig.error(rig.request(6.0));
    assert!(matches!(error, EngineError::Rejected(_)), "{error}");
    let info = rig.info();
    assert!(
        !info.healthy && info.detail.contains("no model is loaded"),
        "{info:?}"
    );
}

#[test]
fn a_load_that_fails_says_why() {
    for flavour in FLAVOURS {
        let simulator = unloaded(flavour);
        simulator.fault(|f| f.load_fails = true);
        let rig = Rig::new(&simulator);
        let error = rig.error(rig.request(6.0));
        assert!(
            error.to_string().contains("the weights are damaged"),
            "{error}"
        );
    }
}

#[test]
fn a_load_has_a_limit() {
    let simulator = unloaded(Flavour::Lego);
    let mut impatient = settings(&simulator);
    impatient.load_limit = Duration::from_millis(400);
    let rig = Rig::with(impatient);
    let error = rig.run(model(&rig).load()).unwrap_err();
    assert!(matches!(error, EngineError::Timeout(_)), "{error}");
}

#[test]
fn while_it_loads_the_engine_says_that_it_is_busy() {
    let simulator = unloaded(Flavour::Lego);
    let mut quick = settings(&simulator);
    quick.waits.look = Duration::from_millis(200);
    let rig = Rig::with(quick);
    let loading = model(&rig);
    let loading = rig.runtime.spawn(async move { loading.load().await });
    simulator.wait_until("a busy engine", |_| {
        let info = rig.info();
        assert!(info.healthy, "{info:?}");
        info.detail.contains("busy")
    });
    rig.ended(loading).unwrap();
}

#[test]
fn the_fork_gives_its_memory_back_and_upstream_cannot() {
    let simulator = Simulator::start(Flavour::Lego);
    let rig = Rig::new(&simulator);
    rig.run(model(&rig).unload()).unwrap();
    assert!(!simulator.is_loaded());
    rig.play(rig.request(6.0)).unwrap();
    assert!(simulator.is_loaded());

    let simulator = Simulator::start(Flavour::April);
    let rig = Rig::new(&simulator);
    let error = rig.run(model(&rig).unload()).unwrap_err();
    assert!(
        error.to_string().contains("acestep.unload_command"),
        "{error}"
    );
}

#[test]
fn a_model_that_somebody_else_plays_with_stays() {
    let simulator = Simulator::start(Flavour::Lego);
    simulator.fault(|f| f.stall = true);
    let (theirs, ours) = (Rig::new(&simulator), Rig::new(&simulator));
    let reports = Reports::default();
    let request = theirs.request(6.0);
    let playing = theirs.start(request, reports.sink(), CancellationToken::new());
    simulator.wait_until("a poll", |s| s.calls("/query_result") > 1);
    let error = ours.run(model(&ours).unload()).unwrap_err();
    assert!(error.to_string().contains("somebody else"), "{error}");
    assert!(simulator.is_loaded());
    simulator.fault(|f| f.stall = false);
    theirs.ended(playing).unwrap();
}

/// Turbo makes covers: only work that it cannot do is refused, and before anything is loaded for it.
#[test]
fn a_turbo_model_is_loaded_for_what_it_can_do() {
    for flavour in FLAVOURS {
        let simulator = Setup {
            model: "acestep-v15-turbo".into(),
            loaded: false,
            ..Setup::new(flavour)
        }
        .start();
        let rig = Rig::new(&simulator);
        let mut cover = rig.request(6.0);
        cover.work = Work::Cover { strength: 0.5 };
        rig.play(cover).unwrap();
        // What is there already is no load.
        rig.run(model(&rig).load()).unwrap();
        let error = rig.error(rig.request(6.0));
        assert!(error.to_string().contains("cannot do \"lego\""), "{error}");
        assert_eq!(simulator.tasks().len(), 1);
    }
}

/// Only newer servers tell what they have on disk.
#[test]
fn the_inventory_says_what_is_there_before_seven_gigabytes_are_loaded() {
    let simulator = Setup {
        model: "acestep-v15-turbo".into(),
        also_on_disk: vec!["acestep-v15-base".into()],
        loaded: false,
        ..Setup::new(Flavour::April)
    }
    .start();
    let rig = Rig::new(&simulator);
    let error = rig.error(rig.request(6.0)).to_string();
    assert!(
        error.contains("acestep.model = \"acestep-v15-base\""),
        "{error}"
    );
    assert!(!rig.info().healthy && !simulator.is_loaded());

    let mut base = settings(&simulator);
    base.model = Some("acestep-v15-base".into());
    let rig = Rig::with(base);
    let output = rig.play(rig.request(6.0)).unwrap();
    assert_eq!(output.model.as_deref(), Some("acestep-v15-base"));

    let mut absent = settings(&simulator);
    absent.model = Some("acestep-v15-xl-base".into());
    let rig = Rig::with(absent);
    let info = rig.info();
    assert!(info.detail.contains("not acestep-v15-xl-base"), "{info:?}");
    let error = rig.error(rig.request(6.0));
    assert!(matches!(error, EngineError::Rejected(_)), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("it has acestep-v15-turbo, acestep-v15-base"),
        "{said}"
    );
}

/// Where stopping the server is how its memory is freed, a cancelled job need not be waited for.
#[cfg(unix)]
#[test]
fn stopping_the_server_ends_what_was_cancelled() {
    let simulator = Setup {
        job: Duration::from_secs(600),
        ..Setup::new(Flavour::April)
    }
    .start();
    let mut commanded = settings(&simulator);
    commanded.loading = Loading::Command {
        load: vec!["true".into()],
        unload: vec!["true".into()],
    };
    let rig = Rig::with(commanded);
    let cancel = CancellationToken::new();
    let playing = rig.start(rig.request(6.0), Reports::default().sink(), cancel.clone());
    simulator.wait_until("a task", |s| s.tasks().len() == 1);
    cancel.cancel();
    assert!(rig.ended(playing).is_err());
    rig.run(rig.engine.settled(true));
    let engine = Arc::clone(&rig.engine);
    let waiting = rig
        .runtime
        .spawn(async move { engine.settled(false).await });
    rig.run(model(&rig).unload()).unwrap();
    rig.ended(waiting);
}

#[cfg(unix)]
#[test]
fn commands_start_and_stop_what_has_no_calls_for_it() {
    let mut simulator = Simulator::start(Flavour::April);
    let dir = tempfile::tempdir().unwrap();
    let (up, down) = (dir.path().join("up"), dir.path().join("down"));
    let touch = |path: &std::path::Path| vec!["touch".to_owned(), path.display().to_string()];
    let mut commanded = settings(&simulator);
    commanded.loading = Loading::Command {
        load: touch(&up),
        unload: touch(&down),
    };
    let rig = Rig::with(commanded);
    rig.run(model(&rig).unload()).unwrap();
    assert!(down.exists());
    // As the command would: nobody is there until a job comes.
    simulator.crash();
    assert!(rig.info().healthy);
    let playing = rig.start(
        rig.request(6.0),
        Reports::default().sink(),
        CancellationToken::new(),
    );
    simulator.wait_until("the command", |_| up.exists());
    simulator.restart();
    rig.ended(playing).unwrap();
}
