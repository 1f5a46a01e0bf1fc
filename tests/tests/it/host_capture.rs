//! What the host plays is what lies on disk, frame for frame, and what passes is what came in.

use crate::host_support::{PATIENCE, arm, instance, library, noise, stop, takes, wait_for_takes};
use sideman_tests::clap_host::{Host, Positions, Song};

const ODD_BLOCKS: [usize; 11] = [1, 511, 64, 8192, 3, 1024, 333, 4097, 2, 128, 7777];

#[test]
fn a_take_is_bit_exact_at_any_rate_and_block_size() {
    let library = library();
    for rate in [44_100u32, 48_000, 88_200, 96_000, 192_000] {
        let home = tempfile::tempdir().unwrap();
        let mut host = instance(&library, home.path());
        host.activate(rate, 8192).unwrap();
        let mut song = Song::at_tempo(92.5, rate);
        arm(&mut host, &mut song);
        song.pos = i64::from(rate) * 4;
        let input = noise(2, rate as usize * 3 / 2, rate);
        let output = host.play(&mut song, &input, &ODD_BLOCKS).unwrap();
        assert_eq!(output, input, "sound passes bit-exact at {rate} Hz");
        stop(&mut host, &mut song);
        let (take, audio) = &wait_for_takes(&mut host, home.path(), 1)[0];
        assert!(
            *audio == input,
            "the take at {rate} Hz is not what was played"
        );
        assert_eq!(take["frames"], input[0].len());
        assert_eq!(take["sample_rate_hz"], rate);
        assert_eq!(take["channels"], 2);
        assert_eq!(take["start_samples"], i64::from(rate) * 4);
        assert_eq!(take["tempo_bpm"], 92.5);
        assert_eq!(take["meter"], "4/4");
        assert_eq!(take["lost_frames"], 0);
        assert_eq!(take["tempo_changed"], false);
        let beats = take["start_beats"].as_f64().unwrap();
        assert!((beats - 4.0 * 92.5 / 60.0).abs() < 1e-6, "{beats}");
    }
}

#[test]
fn a_mono_track_makes_a_mono_take() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.select_layout("Mono").unwrap();
    host.activate(48_000, 1024).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    let input = noise(1, 48_000, 5);
    assert_eq!(host.play(&mut song, &input, &[1024, 17]).unwrap(), input);
    stop(&mut host, &mut song);
    let (take, audio) = &wait_for_takes(&mut host, home.path(), 1)[0];
    assert_eq!((take["channels"].as_u64(), audio), (Some(1), &input));
}

#[test]
fn loops_and_jumps_make_takes_that_know_their_place() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 4096).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    // Twice round a loop of one bar, by a host that wraps inside its blocks; then a jump.
    song.loop_frames = Some((96_000, 192_000));
    song.cuts_at_loop = false;
    song.pos = 96_000;
    let looped = noise(2, 192_000, 7);
    host.play(&mut song, &looped, &[1000]).unwrap();
    song.loop_frames = None;
    song.pos = 480_000;
    let jumped = noise(2, 48_000, 8);
    host.play(&mut song, &jumped, &[512]).unwrap();
    stop(&mut host, &mut song);
    let takes = wait_for_takes(&mut host, home.path(), 3);
    let part = |from: usize, to: usize| -> Vec<Vec<f32>> {
        looped.iter().map(|c| c[from..to].to_vec()).collect()
    };
    let wanted = [
        (96_000, part(0, 96_000)),
        (96_000, part(96_000, 192_000)),
        (480_000, jumped),
    ];
    for ((take, audio), (start, played)) in takes.iter().zip(&wanted) {
        assert_eq!(take["start_samples"], *start);
        assert_eq!(
            take["start_beats"].as_f64().unwrap().round() * 24_000.0,
            f64::from(*start)
        );
        assert!(audio == played, "the take from {start}");
    }
}

#[test]
fn a_rate_change_ends_the_take_and_the_next_has_the_new_rate() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let mut played = Vec::new();
    for (index, rate) in [48_000, 44_100].into_iter().enumerate() {
        host.activate(rate, 512).unwrap();
        let mut song = Song::at_tempo(100.0, rate);
        if index == 0 {
            arm(&mut host, &mut song);
        }
        let input = noise(2, rate as usize, rate);
        host.play(&mut song, &input, &[512]).unwrap();
        host.deactivate();
        played.push((rate, input));
    }
    let takes = wait_for_takes(&mut host, home.path(), 2);
    for ((take, audio), (rate, input)) in takes.iter().zip(&played) {
        assert_eq!(take["sample_rate_hz"], *rate);
        assert!(audio == input, "the take at {rate} Hz");
    }
}

#[test]
fn an_offline_render_loses_nothing_that_is_not_counted() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.set_offline(true).unwrap();
    host.activate(48_000, 8192).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    let input = noise(2, 48_000 * 20, 11);
    host.play(&mut song, &input, &[8192, 1, 2048]).unwrap();
    stop(&mut host, &mut song);
    let (take, audio) = &wait_for_takes(&mut host, home.path(), 1)[0];
    let lost = take["lost_frames"].as_u64().unwrap() as usize;
    // What was lost inside leaves silence in its place; what was lost at the end is missing.
    let differs = |i: &usize| audio[0][*i] != input[0][*i];
    let filled: Vec<usize> = (0..audio[0].len()).filter(differs).collect();
    assert!(
        filled
            .iter()
            .all(|&i| audio[0][i] == 0.0 && audio[1][i] == 0.0)
    );
    assert_eq!(filled.len() + input[0].len() - audio[0].len(), lost);
}

#[test]
fn partial_transports_still_make_takes() {
    let library = library();
    for positions in [Positions::BeatsOnly, Positions::None] {
        let home = tempfile::tempdir().unwrap();
        let mut host = instance(&library, home.path());
        host.activate(48_000, 512).unwrap();
        let mut song = Song {
            positions,
            ..Song::at_tempo(120.0, 48_000)
        };
        arm(&mut host, &mut song);
        song.pos = 48_000;
        let input = noise(2, 48_000, 3);
        host.play(&mut song, &input, &[512]).unwrap();
        stop(&mut host, &mut song);
        let (take, audio) = &wait_for_takes(&mut host, home.path(), 1)[0];
        assert!(*audio == input, "{positions:?}");
        let start = (positions == Positions::BeatsOnly).then_some(48_000);
        assert_eq!(take["start_samples"].as_i64(), start, "{positions:?}");
    }
}

#[test]
fn a_click_on_play_and_stop_leaves_nothing_behind() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    host.play(&mut song, &noise(2, 4800, 1), &[512]).unwrap();
    stop(&mut host, &mut song);
    song.pos = 96_000;
    host.play(&mut song, &noise(2, 48_000, 2), &[512]).unwrap();
    stop(&mut host, &mut song);
    let takes = wait_for_takes(&mut host, home.path(), 1);
    assert_eq!(takes.len(), 1);
    assert_eq!(takes[0].0["start_samples"], 96_000);
}

#[test]
fn removed_while_rolling_the_take_is_whole_and_no_thread_stays() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    // The session has named the folder once the take rolls.
    let input = noise(2, 96_000, 9);
    host.play(&mut song, &input, &[512]).unwrap();
    let before = std::time::Instant::now();
    drop(host);
    assert!(
        before.elapsed() < std::time::Duration::from_secs(2),
        "{:?}",
        before.elapsed()
    );
    let found = takes(home.path());
    assert!(found.len() == 1 && found[0].1 == input);
    let deadline = std::time::Instant::now() + PATIENCE;
    while sideman_threads() > 0 {
        assert!(
            std::time::Instant::now() < deadline,
            "a thread of the plugin stays"
        );
        std::thread::yield_now();
    }
}

/// Threads of this process that the plugin has named.
fn sideman_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    tasks
        .filter_map(|t| name(t).ok())
        .filter(|n| n.starts_with("sideman-"))
        .count()
}

#[test]
fn two_instances_do_not_touch_each_other_s_files() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut hosts: Vec<Host> = (0..2).map(|_| instance(&library, home.path())).collect();
    let inputs = [noise(2, 48_000, 21), noise(2, 48_000, 22)];
    for (host, input) in hosts.iter_mut().zip(&inputs) {
        host.activate(48_000, 512).unwrap();
        let mut song = Song::at_tempo(120.0, 48_000);
        arm(host, &mut song);
        host.play(&mut song, input, &[512]).unwrap();
        stop(host, &mut song);
    }
    let found = wait_for_takes(&mut hosts[0], home.path(), 2);
    let folder = |i: usize| {
        let path = std::path::PathBuf::from(found[i].0["path"].as_str().unwrap());
        path.ancestors().nth(3).unwrap().to_owned()
    };
    assert_ne!(
        folder(0),
        folder(1),
        "each instance has a folder of its own"
    );
    assert!(
        inputs
            .iter()
            .all(|input| found.iter().any(|(_, audio)| audio == input))
    );
}

/// A host at 240 BPM in 2/4: half a second a bar, so that ten bars fit the rings however busy the machine.
fn play_ten_bars(host: &mut Host) -> (Song, Vec<Vec<f32>>) {
    let mut song = Song {
        meter: (2, 4),
        ..Song::at_tempo(240.0, 48_000)
    };
    let input = noise(2, 10 * 24_000 + 5000, 31);
    let output = host.play(&mut song, &input, &ODD_BLOCKS).unwrap();
    assert_eq!(output, input, "listening changes no sound");
    (song, input)
}

#[test]
fn the_last_eight_bars_are_taken_though_nothing_was_armed() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 8192).unwrap();
    let (mut song, input) = play_ten_bars(&mut host);
    stop(&mut host, &mut song);
    assert!(takes(home.path()).is_empty(), "nobody has asked for a take");
    host.set_param("Take Last 8 Bars", 1.0).unwrap();
    stop(&mut host, &mut song);
    let (take, audio) = &wait_for_takes(&mut host, home.path(), 1)[0];
    let bars = 2 * 24_000..10 * 24_000;
    assert_eq!(take["frames"], bars.len());
    assert_eq!(take["start_samples"], bars.start);
    assert_eq!(take["start_beats"], 4.0);
    assert_eq!(take["meter"], "2/4");
    assert_eq!(take["tempo_map"].as_array().unwrap().len(), 1);
    assert_eq!(take["lost_frames"], 0);
    for (taken, played) in audio.iter().zip(&input) {
        assert!(*taken == played[bars.clone()], "not what was played");
    }
    // The button is a foot switch: up and down again takes once more, not twice.
    host.set_param("Take Last 8 Bars", 0.0).unwrap();
    stop(&mut host, &mut song);
    host.set_param("Take Last 8 Bars", 1.0).unwrap();
    stop(&mut host, &mut song);
    assert_eq!(wait_for_takes(&mut host, home.path(), 2).len(), 2);
}

#[test]
fn the_memory_is_on_disk_while_it_listens_and_gone_with_the_instance() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 8192).unwrap();
    // Silence alone is not written.
    let mut song = Song::at_tempo(120.0, 48_000);
    let silence = vec![vec![0.0; 96_000]; 2];
    host.play(&mut song, &silence, &[512]).unwrap();
    stop(&mut host, &mut song);
    assert_eq!(memory_files(home.path()), 0);
    play_ten_bars(&mut host);
    host.wait_for("the memory on disk", PATIENCE, |_| {
        Ok((memory_files(home.path()) > 0).then_some(()))
    })
    .unwrap();
    drop(host);
    assert_eq!(memory_files(home.path()), 0);
}

#[test]
fn an_instance_told_not_to_listen_keeps_nothing() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.edit_project(|project| project["listening"] = serde_json::json!({ "on": false }))
        .unwrap();
    host.activate(48_000, 8192).unwrap();
    // The session has read the project once a take of the user's own is there.
    let mut song = Song::at_tempo(120.0, 48_000);
    arm(&mut host, &mut song);
    host.play(&mut song, &noise(2, 48_000, 1), &[512]).unwrap();
    stop(&mut host, &mut song);
    wait_for_takes(&mut host, home.path(), 1);
    host.set_param("Capture", 0.0).unwrap();
    stop(&mut host, &mut song);
    play_ten_bars(&mut host);
    host.set_param("Take Last 8 Bars", 1.0).unwrap();
    stop(&mut host, &mut song);
    host.set_param("Capture", 1.0).unwrap();
    host.play(&mut song, &noise(2, 48_000, 2), &[512]).unwrap();
    stop(&mut host, &mut song);
    let found = wait_for_takes(&mut host, home.path(), 2);
    assert!(found.iter().all(|(take, _)| take["frames"] == 48_000));
}

#[test]
fn what_comes_in_while_the_host_stands_still_is_remembered_when_asked_for() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let listening = serde_json::json!({ "on": true, "while_stopped": true });
    host.edit_project(|project| project["listening"] = listening)
        .unwrap();
    host.activate(48_000, 8192).unwrap();
    // The session has read the project once a take of the user's own is there.
    let mut song = Song {
        meter: (2, 4),
        ..Song::at_tempo(240.0, 48_000)
    };
    arm(&mut host, &mut song);
    host.play(&mut song, &noise(2, 48_000, 1), &[512]).unwrap();
    stop(&mut host, &mut song);
    wait_for_takes(&mut host, home.path(), 1);

    song.playing = false;
    let jam = noise(2, 10 * 24_000 + 5000, 31);
    let output = host.play(&mut song, &jam, &ODD_BLOCKS).unwrap();
    assert_eq!(output, jam, "listening changes no sound");
    host.set_param("Take Last 8 Bars", 1.0).unwrap();
    stop(&mut host, &mut song);
    let found = wait_for_takes(&mut host, home.path(), 2);
    let (take, audio) = found
        .iter()
        .find(|(take, _)| take["frames"] == 8 * 24_000)
        .expect("a take of eight bars");
    assert_eq!(take["tempo_bpm"], 240.0);
    assert!(take["start_samples"].is_null() && take["start_beats"].is_null());
    // The block in which the button was seen came in too: silence at the end.
    let after = jam[0].len() + 512 - audio[0].len();
    for (taken, played) in audio.iter().zip(&jam) {
        let heard = &played[after..];
        assert!(taken[..heard.len()] == *heard, "not what came in");
        assert!(taken[heard.len()..].iter().all(|sample| *sample == 0.0));
    }
}

fn memory_files(home: &std::path::Path) -> usize {
    let instances = std::fs::read_dir(home.join("instances"))
        .into_iter()
        .flatten();
    let memories = instances
        .flatten()
        .map(|instance| instance.path().join("memory"));
    memories
        .filter_map(|memory| std::fs::read_dir(memory).ok())
        .map(|files| files.count())
        .sum()
}
