use super::{super::spool::FINISHED, *};
use crate::{
    capture::Take,
    song_clock::{SongClock, tests::playing_at},
};
use proptest::prelude::*;
use sideman_shared::music::Meter;

/// A host in mono whose every sample is the number of frames it has played, plus one.
struct Host {
    /// Where the memory lies, unless a test has a place of its own.
    _home: Option<tempfile::TempDir>,
    memory: Memory,
    clock: SongClock,
    played: u64,
}

impl Host {
    fn new(bpm: f64, meter: Meter) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut host = Self::on_disk(bpm, meter, home.path());
        host._home = Some(home);
        host
    }

    fn without_folder(bpm: f64, meter: Meter) -> Self {
        Self {
            _home: None,
            memory: Memory::default(),
            clock: SongClock {
                tempo_bpm: Some(bpm),
                meter: Some(meter),
                ..playing_at(0)
            },
            played: 0,
        }
    }

    fn on_disk(bpm: f64, meter: Meter, home: &Path) -> Self {
        let mut host = Self::without_folder(bpm, meter);
        host.memory.set_folder(home);
        host
    }

    fn seek(&mut self, pos: i64) {
        self.clock.pos_samples = Some(pos);
        let bpm = self.clock.tempo_bpm.unwrap();
        self.clock.pos_beats = Some(pos as f64 / 48_000.0 * bpm / 60.0);
    }

    fn record(&self, frames: u64, is_stop: bool) -> BlockRecord {
        BlockRecord {
            clock: self.clock,
            frames: frames as u32,
            channels: 1,
            lost_before: 0,
            is_stop,
            is_armed: false,
            is_listened: !is_stop,
        }
    }

    /// Plays, going round the loop if there is one.
    fn play(&mut self, frames: u64) {
        self.play_by(frames, 1000, |sample| sample);
    }

    fn play_by(&mut self, frames: u64, block: u64, sound: impl Fn(f32) -> f32) {
        let mut left = frames;
        while left > 0 {
            let pos = self.clock.pos_samples.unwrap();
            let to_loop_end = self
                .clock
                .loop_samples
                .filter(|(from, to)| (*from..*to).contains(&pos));
            let until = to_loop_end.map_or(u64::MAX, |(_, to)| (to - pos) as u64);
            let frames = left.min(block).min(until);
            let planar: Vec<f32> = (0..frames)
                .map(|i| sound((self.played + i + 1) as f32))
                .collect();
            let record = self.record(frames, false);
            self.memory.take_in(&record, &planar, false).unwrap();
            self.played += frames;
            left -= frames;
            let next = pos + frames as i64;
            match self.clock.loop_samples.filter(|(_, to)| next == *to) {
                Some((from, _)) => self.seek(from),
                None => self.seek(next),
            }
        }
    }

    /// Stands still while this comes in.
    fn stand_by(&mut self, frames: u64, block: u64, sound: impl Fn(f32) -> f32) {
        let mut left = frames;
        while left > 0 {
            let frames = left.min(block);
            let planar: Vec<f32> = (0..frames)
                .map(|i| sound((self.played + i + 1) as f32))
                .collect();
            let record = BlockRecord {
                clock: self.clock.standing(&self.clock),
                ..self.record(frames, false)
            };
            self.memory.take_in(&record, &planar, false).unwrap();
            self.played += frames;
            left -= frames;
        }
    }

    fn stop(&mut self) {
        let record = self.record(0, true);
        self.memory.take_in(&record, &[], false).unwrap();
    }

    fn find(&self, cut: Cut) -> Result<cut::Piece, String> {
        cut::find(&self.memory.runs, self.memory.store.kept().start, cut)
    }

    /// What a piece is, as frames the host played.
    fn played(&self, cut: Cut) -> Range<u64> {
        let piece = self.find(cut).unwrap();
        let first = self.memory.runs[piece.run].first;
        first + piece.frames.start..first + piece.frames.end
    }

    fn cut(&mut self, home: &Path, cut: Cut) -> (Take, Vec<f32>) {
        let mut cutter = self.memory.begin_cut(Some(home), cut).unwrap();
        let take = loop {
            match cutter.go_on(self.memory.store()).unwrap() {
                Progress::More(more) => cutter = *more,
                Progress::Done { take, .. } => break *take,
            }
        };
        let reader = hound::WavReader::open(&take.path).unwrap();
        let samples = reader.into_samples().map(Result::unwrap).collect();
        (take, samples)
    }
}

fn meters() -> impl Strategy<Value = Meter> {
    prop_oneof![
        Just(Meter::COMMON),
        Just(Meter::new(3, 4).unwrap()),
        Just(Meter::new(7, 8).unwrap()),
    ]
}

fn tempi() -> impl Strategy<Value = f64> {
    prop_oneof![Just(92.5), Just(127.5), Just(120.0), 70.0f64..190.0]
}

fn bar_frames(bpm: f64, meter: Meter) -> f64 {
    meter.quarters_per_bar() * 60.0 * 48_000.0 / bpm
}

/// As many frames as this many bars, for a host that plays from the song's start.
fn at_bar(bars: f64, bpm: f64, meter: Meter) -> u64 {
    (bars * bar_frames(bpm, meter)).round() as u64
}

/// Rounds each block's beats to a tick, as Ardour does.
fn play_on_ticks(host: &mut Host, frames: u64, block: u64) {
    const TICKS_PER_QUARTER: f64 = 1920.0;
    let mut left = frames;
    while left > 0 {
        let pos = host.clock.pos_samples.unwrap();
        host.seek(pos);
        let beats = host.clock.pos_beats.unwrap();
        host.clock.pos_beats = Some((beats * TICKS_PER_QUARTER).round() / TICKS_PER_QUARTER);
        let frames = left.min(block);
        let record = host.record(frames, false);
        let planar = vec![0.5; frames as usize];
        host.memory.take_in(&record, &planar, false).unwrap();
        left -= frames;
        host.seek(pos + frames as i64);
    }
}

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

#[test]
fn silence_alone_writes_nothing_and_sound_after_it_keeps_its_place() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play_by(500_000, 4096, |_| 0.0);
    host.memory.save().unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    assert!(host.memory.news().unwrap().quiet_secs > 10.0);
    host.play(100_000);
    host.memory.save().unwrap();
    let (_, samples) = host.cut(home.path(), Cut::Range(450_000..550_000));
    assert!(samples[..50_000].iter().all(|sample| *sample == 0.0));
    assert_eq!((samples[50_000], samples[99_999]), (500_001.0, 550_000.0));
}

#[test]
fn the_disk_it_takes_is_bounded_and_the_newest_stay() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    let minutes = 12 * 60 * 48_000;
    host.play_by(minutes, 48_000, |sample| sample);
    host.memory.save().unwrap();
    let folder = std::fs::read_dir(home.path().join("memory")).unwrap();
    let bytes: u64 = folder
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    let limit = (u64::from(MEMORY_SECS) + 8) * 48_000 * 4;
    assert!(
        (limit * 98 / 100..limit + 100_000).contains(&bytes),
        "{bytes} of {limit}"
    );
    let news = host.memory.news().unwrap();
    assert_eq!(news.kept.end, minutes);
    assert!(news.kept.end - news.kept.start >= u64::from(MEMORY_SECS) * 48_000);
    let pairs = (news.kept.end - news.kept.start) / MEMORY_BUCKET_FRAMES as u64;
    assert_eq!(news.pairs.len() as u64, pairs);
    let old = host.find(Cut::Range(0..100_000)).unwrap_err();
    assert!(old.contains("left the memory"), "{old}");
    let (take, samples) = host.cut(home.path(), Cut::LastBars(4));
    assert_eq!(
        (take.start_samples, samples.len()),
        (Some(minutes as i64 - 4 * 96_000), 4 * 96_000)
    );
    // A float counts whole frames up to 2^24 only.
    assert_eq!(take.start_beats, Some(24.0 * 60.0 - 16.0));
}

#[test]
fn another_rate_begins_another_memory() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play(200_000);
    host.clock.sample_rate_hz = 44_100;
    host.played = 0;
    host.play(100_000);
    let news = host.memory.news().unwrap();
    assert_eq!((news.sample_rate_hz, news.runs.len()), (44_100, 1));
    assert_eq!(news.kept, 0..100_000);
}

#[test]
fn after_a_crash_it_is_whole_up_to_the_last_save_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play_by(60_000, 4096, |_| 0.0);
    host.play(400_000);
    host.memory.save().unwrap();
    host.play(20_000);
    // The process dies here: nothing is finished.
    std::mem::forget(host.memory);

    let mut reopened = Host::on_disk(120.0, Meter::COMMON, home.path());
    reopened.memory.recover();
    assert!(reopened.memory.last_run_secs() > 9.5);
    let (take, samples) = reopened.cut(home.path(), Cut::LastBars(4));
    assert_eq!((take.start_beats, samples.len()), (Some(0.0), 4 * 96_000));
    assert_eq!((samples[59_999], samples[60_000]), (0.0, 60_001.0));
    assert!(take.path.with_file_name(FINISHED).exists());
    // It grows on from there.
    let end = reopened.memory.store.kept().end;
    reopened.seek(9_600_000);
    reopened.play(100_000);
    let (_, samples) = reopened.cut(home.path(), Cut::SincePlay);
    assert_eq!((samples.len(), samples[0]), (100_000, 1.0));
    assert_eq!(reopened.memory.store.kept().end, end + 100_000);
    // And goes when the session ends as it should.
    reopened.memory.forget();
    assert!(!home.path().join("memory").exists());
}

#[test]
fn a_cut_fails_rather_than_take_silence_for_sound_that_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play(200_000);
    let cutter = host
        .memory
        .begin_cut(Some(home.path()), Cut::SincePlay)
        .unwrap();
    host.memory.forget();
    assert!(cutter.go_on(host.memory.store()).is_err());
    let takes = std::fs::read_dir(home.path().join("takes"))
        .unwrap()
        .count();
    assert_eq!(takes, 0);
}

#[test]
fn without_a_folder_it_asks_for_one_and_waits_a_segment_long() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::without_folder(120.0, Meter::COMMON);
    assert!(!host.memory.needs_folder());
    host.play_by(50_000, 1000, |_| 0.0);
    assert!(!host.memory.needs_folder(), "silence needs none");
    host.play(100_000);
    assert!(host.memory.needs_folder());
    host.memory.set_folder(home.path());
    host.play(100_000);
    let (_, samples) = host.cut(home.path(), Cut::Range(50_000..250_000));
    assert!(
        samples
            .iter()
            .zip(50_001..)
            .all(|(sample, i)| *sample == i as f32)
    );
}
