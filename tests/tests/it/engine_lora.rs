//! What the server's model wears: one state for all, so it must be right for each task.

use crate::engine_support::{FLAVOURS, Rig, settings};
use sideman_tests::acestep::{Flavour, Lora as Worn, Setup, Simulator};
use std::{collections::BTreeMap, time::Duration};
use tokio_util::sync::CancellationToken;
use wrapper_service::engine::{EngineError, EngineRequest, Lora, ProgressSink};

fn server(flavour: Flavour) -> Simulator {
    Setup {
        loras: vec!["/srv/loras/moog".into(), "/srv/loras/choir".into()],
        ..Setup::new(flavour)
    }
    .start()
}

fn rig(simulator: &Simulator) -> Rig {
    let mut settings = settings(simulator);
    settings.loras = ["moog", "choir", "lost"]
        .map(|name| (name.to_owned(), format!("/srv/loras/{name}")))
        .into();
    Rig::with(settings)
}

fn wearing(rig: &Rig, name: &str, scale: f32) -> EngineRequest {
    let mut request = rig.request(6.0);
    let name = name.to_owned();
    request.lora = Some(Lora { name, scale });
    request
}

fn worn(name: &str, scale: f64) -> Option<Worn> {
    let (name, on) = (name.to_owned(), true);
    Some(Worn { name, scale, on })
}

#[test]
fn each_task_is_played_in_the_lora_it_asked_for() {
    for flavour in FLAVOURS {
        let simulator = server(flavour);
        let rig = rig(&simulator);
        assert_eq!(rig.info().features.loras, ["choir", "lost", "moog"]);
        rig.play(rig.request(6.0)).unwrap();
        rig.play(wearing(&rig, "moog", 0.5)).unwrap();
        rig.play(wearing(&rig, "moog", 0.5)).unwrap();
        rig.play(wearing(&rig, "choir", 1.0)).unwrap();
        rig.play(rig.request(6.0)).unwrap();
        let tasks = simulator.tasks().into_iter().map(|task| task.lora);
        let half = worn("moog", 0.5);
        let expected = [None, half.clone(), half, worn("choir", 1.0), None];
        assert_eq!(tasks.collect::<Vec<_>>(), expected);
        // The second of the same kind changed nothing.
        assert_eq!(simulator.calls("/v1/lora/load"), 2);
    }
}

/// The simulator panics when the LoRA changes under a running task.
#[test]
fn tasks_side_by_side_do_not_change_each_others() {
    let simulator = server(Flavour::Lego);
    let rig = rig(&simulator);
    let playing: Vec<_> = ["moog", "choir", "moog", "choir"]
        .map(|name| wearing(&rig, name, 1.0))
        .into_iter()
        .map(|request| rig.start(request, ProgressSink::ignore(), CancellationToken::new()))
        .collect();
    for playing in playing {
        rig.ended(playing).unwrap();
    }
    let mut counts = BTreeMap::new();
    for task in simulator.tasks() {
        *counts.entry(task.lora.unwrap().name).or_insert(0) += 1;
    }
    assert_eq!(
        counts,
        BTreeMap::from([("choir".into(), 2), ("moog".into(), 2)])
    );
}

/// The task that somebody cancelled plays on in what it was begun in.
#[test]
fn an_abandoned_task_keeps_its_lora_to_its_end() {
    let simulator = Setup {
        job: Duration::from_millis(1_000),
        loras: vec!["/srv/loras/moog".into()],
        ..Setup::new(Flavour::Lego)
    }
    .start();
    let rig = rig(&simulator);
    let cancel = CancellationToken::new();
    let playing = rig.start(
        wearing(&rig, "moog", 1.0),
        ProgressSink::ignore(),
        cancel.clone(),
    );
    simulator.wait_until("a task", |s| s.tasks().len() == 1);
    cancel.cancel();
    assert!(rig.ended(playing).is_err());
    rig.play(rig.request(6.0)).unwrap();
    let loras: Vec<_> = simulator
        .tasks()
        .into_iter()
        .map(|task| task.lora)
        .collect();
    assert_eq!(loras, [worn("moog", 1.0), None]);
}

#[test]
fn a_lora_that_somebody_left_on_is_taken_off_where_loras_are_ours_to_manage() {
    let simulator = server(Flavour::April);
    simulator.wear("theirs");
    Rig::new(&simulator)
        .play(rig(&simulator).request(6.0))
        .unwrap();
    assert_eq!(
        simulator.lora(),
        worn("theirs", 1.0),
        "none of our business"
    );
    let rig = rig(&simulator);
    rig.play(rig.request(6.0)).unwrap();
    assert_eq!(simulator.lora(), None);
}

#[test]
fn a_lora_that_cannot_be_had_is_refused_by_name() {
    let simulator = server(Flavour::Lego);
    let rig = rig(&simulator);
    for (name, words) in [
        ("lost", "LoRA path not found: /srv/loras/lost"),
        ("unheard-of", "not in acestep.loras"),
    ] {
        let error = rig.error(wearing(&rig, name, 1.0));
        assert!(matches!(error, EngineError::Rejected(_)), "{error}");
        let said = error.to_string();
        assert!(said.contains(name) && said.contains(words), "{said}");
    }
    assert!(simulator.tasks().is_empty());
    // Whatever was left half done is mended by the next.
    rig.play(wearing(&rig, "moog", 1.0)).unwrap();
}
