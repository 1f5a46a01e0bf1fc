use super::*;
use crate::song_clock::tests::playing_at;
use proptest::prelude::*;

fn block(clock: SongClock, frames: u32) -> BlockRecord {
    BlockRecord {
        clock,
        frames,
        channels: 2,
        lost_before: 0,
        is_stop: false,
        is_armed: true,
        is_listened: true,
    }
}

fn stop() -> BlockRecord {
    BlockRecord {
        is_stop: true,
        ..block(
            SongClock {
                playing: false,
                ..playing_at(0)
            },
            0,
        )
    }
}

fn edges(actions: &[Action]) -> Vec<Edge> {
    let edge = |a: &Action| {
        if let Action::Finish(edge) = a {
            Some(*edge)
        } else {
            None
        }
    };
    actions.iter().filter_map(edge).collect()
}

/// Steps through all records, with no limit on a take's length.
fn run(records: &[BlockRecord]) -> Vec<Action> {
    let mut timeline = Timeline::new(u64::MAX);
    let mut actions: Vec<Action> = records.iter().flat_map(|r| timeline.step(r)).collect();
    actions.extend(timeline.stop());
    actions
}

#[test]
fn a_take_knows_its_place() {
    let actions = run(&[block(playing_at(48_000), 512)]);
    let Action::Begin(start) = actions[0] else {
        panic!("{actions:?}")
    };
    assert_eq!(
        (start.start_samples, start.start_beats),
        (Some(48_000), Some(2.0))
    );
    assert_eq!(
        (start.tempo_bpm, start.meter),
        (Some(120.0), Some(Meter::COMMON))
    );
    assert_eq!(
        actions[1..],
        [
            Action::Write { from: 0, to: 512 },
            Action::Finish(Edge::Stopped)
        ]
    );
}

#[test]
fn tells_its_edges_apart() {
    let looping = |pos| SongClock {
        loop_samples: Some((1000, 9000)),
        ..playing_at(pos)
    };
    let other_rate = SongClock {
        sample_rate_hz: 44_100,
        ..playing_at(512)
    };
    let mono = BlockRecord {
        channels: 1,
        ..block(playing_at(512), 512)
    };
    let gap = BlockRecord {
        lost_before: 48_000 * 31,
        ..block(playing_at(512 + 48_000 * 31), 512)
    };
    let first = block(playing_at(0), 512);
    for (records, edge) in [
        (vec![first, block(playing_at(5000), 512)], Edge::Jumped),
        (vec![first, stop()], Edge::Stopped),
        (vec![first, block(other_rate, 512)], Edge::Reformatted),
        (vec![first, mono], Edge::Reformatted),
        (vec![first, gap], Edge::Gap),
        (
            vec![block(looping(8488), 512), block(looping(1000), 512)],
            Edge::Looped,
        ),
        (
            vec![block(looping(8900), 512), block(looping(1412), 512)],
            Edge::Looped,
        ),
    ] {
        assert_eq!(edges(&run(&records))[0], edge, "{records:?}");
    }
}

#[test]
fn a_host_that_rounds_does_not_cut_the_take() {
    let records = [
        block(playing_at(0), 512),
        block(playing_at(513), 512),
        stop(),
    ];
    assert_eq!(edges(&run(&records)), [Edge::Stopped]);
}

#[test]
fn a_moving_tempo_is_marked_where_it_moves_and_does_not_cut() {
    let mut clock = playing_at(0);
    let mut records = Vec::new();
    for tempo in [137.0, 137.000_000_137_530_72, 140.0, 140.0] {
        clock.tempo_bpm = Some(tempo);
        records.push(block(clock, 4800));
        clock = clock.advanced(4800);
    }
    let actions = run(&records);
    let marks: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Mark(mark) => Some((mark.frame, mark.bpm)),
            _ => None,
        })
        .collect();
    assert_eq!(marks, [(9600, Some(140.0))]);
    assert_eq!(edges(&actions), [Edge::Stopped]);
}

#[test]
fn beats_alone_do_not_make_a_tempo_change_a_jump() {
    // Positions derived from beats: when the tempo doubles, the derived frame position halves.
    let at = |beats: f64, tempo: f64| SongClock {
        pos_samples: Some((beats / tempo * 60.0 * 48_000.0).round() as i64),
        pos_beats: Some(beats),
        pos_from_beats: true,
        tempo_bpm: Some(tempo),
        ..playing_at(0)
    };
    let after = 100.0 + 480.0 * 120.0 / 60.0 / 48_000.0;
    let records = [block(at(100.0, 120.0), 480), block(at(after, 240.0), 480)];
    assert_eq!(edges(&run(&records)), [Edge::Stopped]);
    let records = [block(at(100.0, 120.0), 480), block(at(50.0, 120.0), 480)];
    assert_eq!(edges(&run(&records)), [Edge::Jumped, Edge::Stopped]);
}

#[test]
fn a_host_without_positions_still_gets_a_take() {
    let blind = SongClock {
        pos_samples: None,
        pos_beats: None,
        tempo_bpm: None,
        ..playing_at(0)
    };
    assert_eq!(
        edges(&run(&[block(blind, 512), block(blind, 64)])),
        [Edge::Stopped]
    );
}

#[test]
fn a_take_ends_where_a_wav_file_must() {
    let mut timeline = Timeline::new(1000);
    let actions: Vec<_> = (0..4)
        .flat_map(|i| timeline.step(&block(playing_at(i * 400), 400)))
        .collect();
    assert_eq!(edges(&actions), [Edge::Full]);
    assert_eq!(
        actions
            .iter()
            .filter(|a| matches!(a, Action::Begin(_)))
            .count(),
        2
    );
}

#[test]
fn frames_lost_before_a_take_are_counted_to_it() {
    let record = BlockRecord {
        lost_before: 7,
        ..block(playing_at(0), 512)
    };
    assert_eq!(run(&[record])[1], Action::CountLost { frames: 7 });
}

/// A take as the reference sees it: where it begins, its length, and how much of it is filled.
#[derive(Debug, Clone, PartialEq, Default)]
struct Stretch {
    start: i64,
    frames: u64,
    filled: u64,
}

fn stretches(actions: &[Action]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for action in actions {
        let last = all.last_mut();
        match (*action, last) {
            (Action::Begin(start), _) => all.push(Stretch {
                start: start.start_samples.unwrap(),
                ..Stretch::default()
            }),
            (Action::Write { from, to }, Some(last)) => last.frames += (to - from) as u64,
            (Action::Fill { frames }, Some(last)) => {
                last.frames += frames;
                last.filled += frames;
            }
            _ => {}
        }
    }
    all
}

#[derive(Debug, Clone)]
enum Move {
    Play(u32),
    /// The ring is full.
    Lose(u32),
    Seek(i64),
    Stop,
    Rate(u32),
    Channels(u16),
    /// From the position on, long enough for any block; or none.
    Loop(Option<i64>),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        8 => (1u32..3000).prop_map(Move::Play),
        2 => (1u32..3000).prop_map(Move::Lose),
        1 => prop_oneof![-20_000i64..-100, 100i64..20_000].prop_map(Move::Seek),
        1 => Just(Move::Stop),
        1 => prop_oneof![Just(44_100u32), Just(48_000)].prop_map(Move::Rate),
        1 => (1u16..=2).prop_map(Move::Channels),
        2 => proptest::option::of(3000i64..9000).prop_map(Move::Loop),
    ];
    proptest::collection::vec(one, 1..60)
}

/// One frame that reached the rings: its song position, how many frames the host had played before it,
/// its format, and how often the host had stopped.
type Heard = (i64, u64, (u32, u16), u32);

/// A host that makes these moves: what the tap would publish, and each frame it kept.
fn perform(moves: &[Move]) -> (Vec<BlockRecord>, Vec<Heard>) {
    let (mut records, mut heard) = (Vec::new(), Vec::new());
    let (mut clock, mut channels) = (playing_at(100_000), 2);
    let (mut played, mut stops, mut lost) = (0u64, 0u32, 0u64);
    for step in moves {
        match *step {
            Move::Seek(by) => clock.pos_samples = clock.pos_samples.map(|p| p + by),
            Move::Rate(rate) => clock.sample_rate_hz = rate,
            Move::Channels(count) => channels = count,
            Move::Loop(len) => {
                clock.loop_samples = len.zip(clock.pos_samples).map(|(l, p)| (p, p + l));
            }
            Move::Stop => {
                stops += 1;
                records.push(BlockRecord {
                    lost_before: std::mem::take(&mut lost),
                    ..stop()
                });
            }
            Move::Play(frames) | Move::Lose(frames) => {
                let is_kept = matches!(step, Move::Play(_));
                if is_kept {
                    let lost_before = std::mem::take(&mut lost);
                    records.push(BlockRecord {
                        channels,
                        lost_before,
                        ..block(clock, frames)
                    });
                } else {
                    lost += u64::from(frames);
                }
                for _ in 0..frames {
                    let pos = clock.pos_samples.unwrap();
                    if is_kept {
                        heard.push((pos, played, (clock.sample_rate_hz, channels), stops));
                    }
                    played += 1;
                    let wraps = clock.loop_samples.filter(|(_, to)| pos + 1 == *to);
                    clock.pos_samples = Some(wraps.map_or(pos + 1, |(from, _)| from));
                }
            }
        }
    }
    (records, heard)
}

/// Frame by frame: a frame belongs to the take before it when nothing but played time lies between.
fn reference(heard: &[Heard]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    let mut before: Option<Heard> = None;
    for &(pos, played, format, stops) in heard {
        let follows = before.is_some_and(|(last_pos, last_played, last_format, last_stops)| {
            let gap = (played - last_played) as i64;
            // A seek that ends where the song would be anyway, but for rounding, is none.
            let is_near = (pos - last_pos).abs_diff(gap) <= TOLERANCE_FRAMES;
            is_near && format == last_format && stops == last_stops
        });
        let filled = match before {
            Some((_, last_played, ..)) if follows => played - last_played - 1,
            _ => {
                all.push(Stretch {
                    start: pos,
                    ..Stretch::default()
                });
                0
            }
        };
        let take = all.last_mut().unwrap();
        take.filled += filled;
        take.frames += 1 + filled;
        before = Some((pos, played, format, stops));
    }
    all
}

proptest! {
    #[test]
    fn agrees_with_a_slow_reference(moves in moves()) {
        let (records, heard) = perform(&moves);
        prop_assert_eq!(stretches(&run(&records)), reference(&heard));
    }
}
