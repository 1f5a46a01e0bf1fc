//! What a cut takes, by bars, ranges and loops.

use super::*;

#[test]
fn bars_lie_on_their_frame_though_the_host_rounds_each_block() {
    for (bpm, block, begun_at) in [(92.5, 2048, 4096), (92.5, 441, 1), (127.5, 512, 12_345)] {
        let mut host = Host::new(bpm, Meter::COMMON);
        host.seek(begun_at);
        play_on_ticks(&mut host, 48_000 * 30, block);
        let news = host.memory.news().unwrap();
        let piece = cut::find(&news.runs, news.kept.start, Cut::LastBars(8)).unwrap();
        let start = begun_at + piece.frames.start as i64;
        let bar_frames = 4.0 * 60.0 / bpm * 48_000.0;
        let bar = (start as f64 / bar_frames).round();
        let exact = (bar * bar_frames).round() as i64;
        assert!(
            (start - exact).abs() <= 1,
            "{bpm} BPM by {block}: {start}, not {exact}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Frame by frame: the take begins and ends on bar lines, whatever came before.
    #[test]
    fn the_last_bars_are_the_last_whole_bars_of_this_pass(
        bpm in tempi(), meter in meters(), count in 1u32..9, more in 0u32..5, part in 0.05f64..0.95,
    ) {
        let mut host = Host::new(bpm, meter);
        // Something else first, which the jump parts from it.
        host.seek(20_000_000);
        host.play(100_000);
        host.seek(0);
        let bars = count + more;
        host.play(at_bar(f64::from(bars) + part, bpm, meter));
        let wanted = 100_000 + at_bar(f64::from(more), bpm, meter)
            ..100_000 + at_bar(f64::from(bars), bpm, meter);
        prop_assert_eq!(host.played(Cut::LastBars(count)), wanted.clone());
        host.stop();
        prop_assert_eq!(host.played(Cut::LastBars(count)), wanted);
        let piece = host.find(Cut::LastBars(bars + 3)).unwrap();
        prop_assert_eq!(piece.missing_bars, 3);
    }

    /// A loop folds: never more than one pass, the newest that is whole.
    #[test]
    fn a_loop_gives_its_last_whole_pass(
        bpm in tempi(), meter in meters(), from_bar in 0u32..4, bars in 1u32..5, passes in 1u32..4,
        part in 0.05f64..0.95, lead_in in proptest::bool::ANY,
    ) {
        let edge = |bar: u32| at_bar(f64::from(bar), bpm, meter) as i64;
        let (from, to) = (edge(from_bar), edge(from_bar + bars));
        prop_assume!(to - from > 24_000);
        let mut host = Host::new(bpm, meter);
        host.clock.loop_samples = Some((from, to));
        let start = if lead_in { 0 } else { from };
        host.seek(start);
        let pass = (to - from) as u64;
        let lead = (from - start) as u64;
        host.play(lead + pass * u64::from(passes) + (pass as f64 * part) as u64);
        let end = lead + pass * u64::from(passes);
        prop_assert_eq!(host.played(Cut::Loop), end - pass..end);
        // Longer than the loop: a whole pass of it, and with a lead-in, that and what led in.
        let played = host.played(Cut::SincePlay);
        let longest = pass + if lead_in { lead } else { 0 };
        prop_assert_eq!(played.end - played.start, longest);
    }

    /// What is on disk is what was played, however the range lies across segments and silence.
    #[test]
    fn a_range_is_cut_frame_for_frame(from in 0u64..600_000, length in 24_000u64..400_000) {
        let home = tempfile::tempdir().unwrap();
        let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
        let quiet = |sample: f32| if (200_000.0..430_000.0).contains(&sample) { 0.0 } else { sample };
        host.play_by(700_000, 4096, quiet);
        let to = (from + length).min(700_000);
        let (take, samples) = host.cut(home.path(), Cut::Range(from..to));
        prop_assert_eq!(take.frames, to - from);
        prop_assert_eq!(take.start_samples, Some(from as i64));
        let wanted: Vec<f32> = (from..to).map(|i| quiet((i + 1) as f32)).collect();
        prop_assert!(samples == wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Without a place in the song, bars are as long as the tempo says, and the last ends now.
    #[test]
    fn while_the_host_stands_still_bars_are_counted_back_from_now(
        bpm in tempi(), meter in meters(), count in 1u32..9, extra in 0u64..60_000,
    ) {
        let home = tempfile::tempdir().unwrap();
        let mut host = Host::on_disk(bpm, meter, home.path());
        host.play(100_000);
        let wanted = (f64::from(count) * bar_frames(bpm, meter)).round() as u64;
        host.stand_by(wanted + 10 + extra, 4096, |sample| sample);
        let (take, samples) = host.cut(home.path(), Cut::LastBars(count));
        prop_assert!(take.frames.abs_diff(wanted) <= 1, "{} {wanted}", take.frames);
        prop_assert_eq!(samples[samples.len() - 1], host.played as f32);
        prop_assert_eq!((take.start_samples, take.start_beats), (None, None));
        prop_assert_eq!(take.tempo_bpm, Some(bpm));
    }
}

#[test]
fn bars_counted_back_follow_a_tempo_that_changed_meanwhile() {
    let mut host = Host::new(120.0, Meter::COMMON);
    host.stand_by(3 * 96_000, 4096, |sample| sample);
    host.clock.tempo_bpm = Some(60.0);
    host.stand_by(192_000, 4096, |sample| sample);
    let piece = host.find(Cut::LastBars(2)).unwrap();
    assert_eq!(piece.frames, 2 * 96_000..3 * 96_000 + 192_000);
    // More than came in.
    let piece = host.find(Cut::LastBars(8)).unwrap();
    assert_eq!((piece.frames.start, piece.missing_bars), (0, 4));
}

#[test]
fn silence_while_the_host_stands_still_pushes_nothing_out() {
    let mut host = Host::new(120.0, Meter::COMMON);
    host.play(10 * 96_000);
    host.stand_by(20 * 48_000, 4096, |_| 0.0);
    assert_eq!(host.memory.news().unwrap().kept.end, 10 * 96_000);
    assert_eq!(host.played(Cut::LastBars(4)), 6 * 96_000..10 * 96_000);
    // A bar of sound, then a long silence of which a breath is kept.
    host.stand_by(96_000, 4096, |sample| sample);
    host.stand_by(20 * 48_000, 4096, |_| 0.0);
    let kept = host.memory.news().unwrap().kept.end - 11 * 96_000;
    let breath = u64::from(LONGEST_PAUSE_SECS) * 48_000;
    assert!((breath..breath + 2 * 4096).contains(&kept), "{kept}");
    // Since play is what was played, whatever came in afterwards.
    assert_eq!(host.played(Cut::SincePlay), 0..10 * 96_000);
    // The host goes on where it stood: a run of its own.
    host.play(96_000);
    assert_eq!(host.memory.runs.len(), 3);
    assert_eq!(host.find(Cut::SincePlay).unwrap().run, 2);
}

#[test]
fn a_short_loop_folds_to_its_last_whole_pass() {
    let mut host = Host::new(120.0, Meter::COMMON);
    host.clock.loop_samples = Some((0, 4 * 96_000));
    // Three passes of four bars and two bars more.
    host.play(14 * 96_000);
    assert_eq!(host.played(Cut::LastBars(2)), 12 * 96_000..14 * 96_000);
    assert_eq!(host.played(Cut::LastBars(4)), 8 * 96_000..12 * 96_000);
    let piece = host.find(Cut::LastBars(16)).unwrap();
    assert_eq!(piece.missing_bars, 12);
}

#[test]
fn just_after_a_jump_the_bars_before_it_are_meant() {
    let mut host = Host::new(120.0, Meter::COMMON);
    host.play(10 * 96_000);
    host.seek(0);
    host.play(48_000);
    assert_eq!(host.played(Cut::LastBars(4)), 6 * 96_000..10 * 96_000);
    assert_eq!(
        host.played(Cut::SincePlay),
        10 * 96_000..10 * 96_000 + 48_000
    );
}

#[test]
fn a_range_keeps_to_the_run_that_most_of_it_lies_in() {
    let mut host = Host::new(120.0, Meter::COMMON);
    host.play(100_000);
    host.seek(5_000_000);
    host.play(100_000);
    assert_eq!(host.played(Cut::Range(60_000..190_000)), 100_000..190_000);
}

#[test]
fn what_cannot_be_cut_says_why() {
    let mut standing = Host::new(120.0, Meter::COMMON);
    standing.stand_by(96_000, 4096, |sample| sample);
    let said = standing.find(Cut::SincePlay).unwrap_err();
    assert!(said.contains("has not played yet"), "{said}");
    let words = |host: &Host, cut| host.find(cut).unwrap_err();
    let mut host = Host::new(120.0, Meter::COMMON);
    assert!(words(&host, Cut::SincePlay).contains("Nothing has been heard"));
    host.play(30_000);
    assert!(words(&host, Cut::LastBars(4)).contains("No whole bar"));
    assert!(words(&host, Cut::Loop).contains("loop"));
    assert!(words(&host, Cut::Range(0..1000)).contains("shorter"));
    host.clock.tempo_bpm = None;
    host.stop();
    let mut blind = Host::new(120.0, Meter::COMMON);
    blind.clock.tempo_bpm = None;
    let record = blind.record(30_000, false);
    blind
        .memory
        .take_in(&record, &[0.5; 30_000], false)
        .unwrap();
    assert!(words(&blind, Cut::LastBars(4)).contains("no tempo"));
}
