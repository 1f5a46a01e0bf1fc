//! What every engine keeps to, whatever is behind it.

use crate::engine_support::{FLAVOURS, Reports, Rig};
use sideman_tests::acestep::Simulator;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use wrapper_service::engine::{EngineError, sketch::Sketch};

/// How soon after a cancel an engine must be back, on a slow and busy machine.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn sketch_conforms() {
    conforms(&Rig::of(Arc::new(Sketch::default())));
}

#[test]
fn acestep_conforms_with_both_servers() {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        conforms(&Rig::new(&simulator));
    }
}

fn conforms(rig: &Rig) {
    info_is_true(rig);
    the_same_seed_plays_the_same(rig);
    progress_rises_to_the_end(rig);
    a_cancelled_engine_is_back_soon(rig);
}

fn info_is_true(rig: &Rig) {
    let info = rig.info();
    assert!(info.healthy && !info.detail.is_empty(), "{info:?}");
    assert!(info.features.seed && info.features.progress, "{info:?}");
    let mut request = rig.request(6.0);
    for &track in &info.tracks {
        request.track = track;
        request.seed += 1;
        let output = rig.play(request.clone()).unwrap();
        assert!(output.audio.peak() > 0.01, "{track}");
        assert!(
            output
                .audio
                .channels()
                .iter()
                .flatten()
                .all(|s| s.is_finite())
        );
    }
}

fn the_same_seed_plays_the_same(rig: &Rig) {
    let mut request = rig.request(6.0);
    let first = rig.play(request.clone()).unwrap();
    let again = rig.play(request.clone()).unwrap();
    assert_eq!(first.audio, again.audio);
    if rig.engine.model().is_some() {
        assert!(first.model.is_some_and(|m| !m.is_empty()));
    }
    request.seed += 1;
    assert_ne!(rig.play(request).unwrap().audio, first.audio);
}

fn progress_rises_to_the_end(rig: &Rig) {
    let reports = Reports::default();
    let playing = rig.start(rig.request(6.0), reports.sink(), CancellationToken::new());
    rig.ended(playing).unwrap();
    let reports = reports.all();
    assert!(reports.windows(2).all(|w| w[0].1 <= w[1].1), "{reports:?}");
    assert!(
        reports.last().is_some_and(|last| last.1 > 0.9),
        "{reports:?}"
    );
}

fn a_cancelled_engine_is_back_soon(rig: &Rig) {
    let reports = Reports::default();
    let cancel = CancellationToken::new();
    let playing = rig.start(rig.request(30.0), reports.sink(), cancel.clone());
    while reports.all().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    cancel.cancel();
    let ended = rig.run(async { tokio::time::timeout(SOON, playing).await });
    let ended = ended.expect("it did not come back").unwrap();
    assert!(matches!(ended, Err(EngineError::Cancelled)));
    // And before it has begun.
    let cancelled = rig.start(rig.request(6.0), Reports::default().sink(), cancel);
    assert!(matches!(rig.ended(cancelled), Err(EngineError::Cancelled)));
}
