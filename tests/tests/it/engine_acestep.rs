//! The engine `acestep`: what it sends, and what it makes of what comes back.

use crate::engine_support::{FLAVOURS, Notebook, Reports, Rig, lag, request, settings, song};
use sideman_shared::{
    audio::AudioBuffer,
    music::{Bpm, Track},
    protocol::{Region, Stage},
};
use sideman_tests::acestep::{AudioFault, Flavour, Setup, Simulator, Task};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use wrapper_service::{
    audio::{Probe, finish},
    engine::{EngineRequest, ProgressSink, Work},
};

/// The engine's answer as the service makes a stem of it.
fn stem(request: &EngineRequest, played: AudioBuffer) -> AudioBuffer {
    let source = Probe {
        frames: request.source.frames() as u64,
        sample_rate_hz: request.source.sample_rate_hz(),
        channels: 2,
    };
    finish(played, &source).unwrap().audio
}

fn only_task(simulator: &Simulator) -> Task {
    let tasks = simulator.tasks();
    assert_eq!(tasks.len(), 1);
    tasks.into_iter().next().unwrap()
}

#[test]
fn a_stem_lies_on_its_source_to_the_frame() {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        let rig = Rig::new(&simulator);
        let request = rig.request(12.0);
        let output = rig.play(request.clone()).unwrap();
        assert_eq!(output.model.as_deref(), Some("acestep-v15-base"));
        let stem = stem(&request, output.audio);
        assert_eq!(stem.frames(), request.source.frames());
        assert!(lag(&request.source, &stem).abs() <= 1);
    }
}

#[test]
fn the_fields_are_the_ones_that_lego_needs() {
    let simulator = Setup {
        api_key: Some("swordfish".into()),
        ..Setup::new(Flavour::Lego)
    }
    .start();
    let mut with_key = settings(&simulator);
    with_key.api_key = Some(wrapper_service::engine::acestep::ApiKey::new("swordfish"));
    let rig = Rig::with(with_key);
    let mut request = rig.request(12.0);
    request.lyrics = Some("la la".into());
    request.language = Some("de".into());
    rig.play(request.clone()).unwrap();
    let received = only_task(&simulator).received;
    for (name, value) in [
        ("task_type", "lego"),
        ("thinking", "false"),
        ("use_cot_caption", "false"),
        ("use_cot_language", "false"),
        ("inference_steps", "50"),
        ("guidance_scale", "7"),
        ("repainting_start", "0.0"),
        ("repainting_end", "-1"),
        ("batch_size", "1"),
        ("use_random_seed", "false"),
        ("seed", "4321"),
        ("audio_format", "wav"),
        ("audio_duration", "12.000"),
        ("track_name", "drums"),
        (
            "instruction",
            "Generate the DRUMS track based on the audio context:",
        ),
        ("caption", "live acoustic drum kit, brushed"),
        ("bpm", "120"),
        ("key_scale", "A minor"),
        ("time_signature", "4"),
        ("lyrics", "la la"),
        ("vocal_language", "de"),
    ] {
        assert_eq!(received.text(name), value, "{name}");
    }
    assert!(!received.fields.contains_key("ai_token"));
    assert_eq!(received.seed(), 4_321);
    // The uploaded file itself, byte for byte.
    assert_eq!(
        received.source.unwrap(),
        std::fs::read(&request.source_path).unwrap()
    );
}

#[test]
fn a_tempo_with_a_fraction_becomes_the_nearest_whole_number() {
    let simulator = Simulator::start(Flavour::Lego);
    let rig = Rig::new(&simulator);
    let mut request = rig.request(8.0);
    let mut analysis = (*request.analysis).clone();
    analysis.bpm = Bpm::new(127.5).unwrap();
    request.analysis = Arc::new(analysis);
    request.steps = Some(20);
    rig.play(request).unwrap();
    let received = only_task(&simulator).received;
    assert_eq!(received.whole("bpm", 0), 128);
    assert_eq!(received.whole("inference_steps", 8), 20);
}

#[test]
fn a_file_that_servers_read_differently_is_sent_as_wav() {
    let simulator = Simulator::start(Flavour::Lego);
    let rig = Rig::new(&simulator);
    let mut request = rig.request(8.0);
    let other = request.source_path.with_extension("m4a");
    std::fs::write(&other, b"\0\0\0\x20ftypM4A whatever this is").unwrap();
    request.source_path = other;
    let output = rig.play(request.clone()).unwrap();
    let received = only_task(&simulator).received;
    assert_eq!(received.source_name, "source.wav");
    assert!(received.source.unwrap().starts_with(b"RIFF"));
    assert!(lag(&request.source, &stem(&request, output.audio)).abs() <= 1);
}

#[test]
fn a_short_loop_is_repeated_in_whole_bars_and_cut_out_again() {
    let simulator = Simulator::start(Flavour::April);
    let rig = Rig::new(&simulator);
    // A few frames more than four bars.
    let mut source = song(8.005);
    for (i, sample) in source.channels_mut().flatten().enumerate() {
        *sample += 0.001 * (i as f32 * 0.01).sin();
    }
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(dir.path(), &source);
    request.loop_assist = true;
    request.region = Some(Region {
        start_secs: 2.0,
        end_secs: 4.0,
    });
    let output = rig.play(request.clone()).unwrap();
    let received = only_task(&simulator).received;
    assert_eq!(received.text("audio_duration"), "64.000");
    // Repetition five of eight is the one that is kept.
    assert_eq!(received.text("repainting_start"), "34.000");
    assert_eq!(received.text("repainting_end"), "36.000");
    let stem = stem(&request, output.audio);
    assert_eq!(stem.frames(), source.frames());
    assert!(lag(&source, &stem).abs() <= 1);
    // What is no loop is not repeated.
    let mut long = rig.request(9.0);
    long.loop_assist = true;
    rig.play(long).unwrap();
    assert_eq!(
        simulator.tasks()[1].received.text("audio_duration"),
        "9.000"
    );
}

#[test]
fn a_source_shorter_than_the_models_least_comes_back_at_its_length() {
    let simulator = Simulator::start(Flavour::Lego);
    let rig = Rig::new(&simulator);
    let request = rig.request(2.0);
    let output = rig.play(request.clone()).unwrap();
    let stem = stem(&request, output.audio);
    assert_eq!(stem.frames(), request.source.frames());
}

#[test]
fn other_work_carries_its_own_fields() {
    let simulator = Simulator::start(Flavour::Lego);
    let rig = Rig::new(&simulator);
    for work in [
        Work::Cover { strength: 0.5 },
        Work::Complete {
            tracks: vec![Track::Bass],
        },
        Work::Extract,
    ] {
        let mut request = rig.request(6.0);
        request.work = work;
        rig.play(request).unwrap();
    }
    let [cover, complete, extract] = &simulator.tasks()[..] else {
        panic!("three tasks")
    };
    assert_eq!(cover.received.text("audio_cover_strength"), "0.5");
    assert_eq!(complete.received.text("track_classes"), "bass");
    assert_eq!(extract.received.text("track_name"), "drums");
    for (task, kind) in [
        (cover, "cover"),
        (complete, "complete"),
        (extract, "extract"),
    ] {
        assert_eq!(task.received.text("task_type"), kind);
        assert!(!task.received.fields.contains_key("repainting_end"));
    }
}

#[test]
fn sixteen_bits_are_read_as_well_as_floats() {
    let simulator = Simulator::start(Flavour::Lego);
    simulator.fault(|f| f.audio = AudioFault::Pcm16);
    let rig = Rig::new(&simulator);
    let request = rig.request(8.0);
    let output = rig.play(request.clone()).unwrap();
    assert!(lag(&request.source, &stem(&request, output.audio)).abs() <= 1);
}

#[test]
fn many_jobs_are_asked_about_in_one_question() {
    let simulator = Setup {
        job: Duration::from_millis(200),
        ..Setup::new(Flavour::Lego)
    }
    .start();
    let rig = Rig::new(&simulator);
    let request = rig.request(6.0);
    let playing: Vec<_> = (0..6)
        .map(|seed| {
            let mut request = request.clone();
            request.seed = seed;
            rig.start(request, ProgressSink::ignore(), CancellationToken::new())
        })
        .collect();
    let mut outputs: Vec<AudioBuffer> = Vec::new();
    for playing in playing {
        outputs.push(rig.ended(playing).unwrap().audio);
    }
    for (i, a) in outputs.iter().enumerate() {
        assert!(
            outputs[i + 1..].iter().all(|b| a != b),
            "two jobs got one file"
        );
    }
    assert!(simulator.largest_question() > 2);
}

#[test]
fn where_the_server_is_mute_its_own_history_tells_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Setup {
        job: Duration::from_millis(1_500),
        ..Setup::new(Flavour::Lego)
    }
    .start();
    simulator.fault(|f| f.mute = true);
    let mut remembering = settings(&simulator);
    remembering.history_path = Some(dir.path().join("history.json"));
    let generating = || {
        // Another life each time.
        let rig = Rig::with(remembering.clone());
        let reports = Reports::default();
        let playing = rig.start(rig.request(6.0), reports.sink(), CancellationToken::new());
        rig.ended(playing).unwrap();
        let of_stage = reports
            .all()
            .into_iter()
            .filter(|r| r.0 == Stage::Generating);
        of_stage.map(|r| r.1).fold(0.0, f64::max)
    };
    assert!(generating() < 0.1, "there was nothing to estimate from");
    assert!(generating() > 0.4);
}

#[test]
fn work_begun_by_an_earlier_life_is_fetched_and_not_played_again() {
    for flavour in FLAVOURS {
        let simulator = Simulator::start(flavour);
        let rig = Rig::new(&simulator);
        let mut request = rig.request(6.0);
        let notebook = Notebook::default();
        request.task = notebook.note(None);
        let first = rig.play(request.clone()).unwrap();
        let pages = notebook.pages();
        let [Some(id), None] = &pages[..] else {
            panic!("{pages:?}")
        };
        // As if the service had been killed before it forgot.
        request.task = notebook.note(Some(id.clone()));
        let again = rig.play(request.clone()).unwrap();
        assert_eq!(again.audio, first.audio);
        assert_eq!(simulator.tasks().len(), 1);
        // What the server has forgotten is played again.
        request.task = notebook.note(Some("00000000-0000-0000-0000-000000000000".into()));
        rig.play(request).unwrap();
        assert_eq!(simulator.tasks().len(), 2);
        assert_eq!(notebook.pages().last(), Some(&None));
    }
}
