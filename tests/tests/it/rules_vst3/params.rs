//! Parameters: described, moved in every way, and turned to text and back.

use super::{active, instance, library, passes};
use crate::{host_support::noise, rules_support::Dice};
use sideman_tests::vst3_host::{Parameter, Shown, Vst3Block, Vst3Host};
use std::collections::HashSet;

const CAN_AUTOMATE: i32 = 1;
const IS_READ_ONLY: i32 = 1 << 1;
const IS_PROGRAM_CHANGE: i32 = 1 << 15;
const IS_BYPASS: i32 = 1 << 16;

fn automatable(parameters: &[Parameter]) -> impl Iterator<Item = &Parameter> {
    parameters.iter().filter(|p| p.flags & CAN_AUTOMATE != 0)
}

#[test]
fn every_parameter_is_well_described() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    let parameters = host.parameters().unwrap();
    assert!(parameters.len() >= 8);
    let unique: HashSet<_> = parameters.iter().map(|p| p.id).collect();
    assert_eq!(unique.len(), parameters.len(), "an id is there twice");
    for p in &parameters {
        assert!(!p.title.is_empty(), "{p:?}");
        assert!(i32::try_from(p.id).is_ok(), "hosts count below 2³¹: {p:?}");
        assert!(p.steps >= 0, "{p:?}");
        assert!((0.0..=1.0).contains(&p.default), "{p:?}");
        let both = CAN_AUTOMATE | IS_READ_ONLY;
        assert_ne!(p.flags & both, both, "{p:?}");
        assert_eq!(
            p.flags & (IS_BYPASS | IS_PROGRAM_CHANGE),
            0,
            "test it: {p:?}"
        );
        assert_eq!(host.value(p.id), p.default, "a new one stands at it: {p:?}");
    }
}

#[test]
fn the_units_hang_together_and_hold_every_parameter() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    let (units, program_lists) = host.units().unwrap();
    assert_eq!(program_lists, 0, "test them");
    // The root is there whether or not it is told.
    let mut ids = HashSet::from([0]);
    for unit in &units {
        assert!(!unit.name.is_empty() && unit.programs == -1, "{unit:?}");
        assert_eq!(unit.parent == -1, unit.id == 0, "{unit:?}");
        assert!(unit.id == 0 || ids.insert(unit.id), "an id is there twice");
    }
    for unit in units.iter().filter(|unit| unit.id != 0) {
        assert!(ids.contains(&unit.parent) && unit.parent != unit.id);
    }
    for p in host.parameters().unwrap() {
        assert!(ids.contains(&p.unit), "{p:?}");
    }
}

#[test]
fn text_and_value_lead_back_to_each_other() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    for p in host.parameters().unwrap() {
        for step in 0..100 {
            let (value, title) = (f64::from(step) / 99.0, &p.title);
            let text = host.text_of(p.id, value).unwrap();
            let back = host.value_of(p.id, &text);
            let back = back.unwrap_or_else(|| panic!("{title}: {text:?} has no value"));
            assert!((0.0..=1.0).contains(&back), "{title}: {text:?} is {back}");
            assert_eq!(host.text_of(p.id, back).as_ref(), Some(&text), "{title}");
            assert_eq!(host.value_of(p.id, &text), Some(back), "{title}");
            let again = host.there_and_back(p.id, value);
            assert_eq!(host.text_of(p.id, again), Some(text), "{title}");
        }
        host.set_value(p.id, 1.0);
        assert_eq!(host.value(p.id), 1.0, "{p:?}");
    }
    assert_eq!(host.text_of(0xdead_beef, 0.5), None);
    assert_eq!(host.value_of(0xdead_beef, "0"), None);
}

#[test]
fn no_pace_of_automation_disturbs_the_sound() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let (parameters, input) = (host.parameters().unwrap(), noise(2, 512, 1));
    let mut dice = Dice::new(4);
    for frames_apart in [1, 10, 100, 1000] {
        for _ in 0..6 {
            let moved = automatable(&parameters).map(|p| {
                let frames = (0..512).filter(|_| dice.below(frames_apart) == 0);
                let mut points = Vec::from_iter(frames.map(|at| (at, 0.0)));
                points.iter_mut().for_each(|point| point.1 = dice.unit());
                (p.id, points)
            });
            let block = Vst3Block {
                moved: Some(moved.collect()),
                ..Vst3Block::of(&input)
            };
            passes(&host.audio(), &block).unwrap();
        }
    }
    // Moved ten at a time before each small block, then one last time.
    for _ in 0..50 {
        let moved = (0..10).map(|_| &parameters[dice.below(parameters.len())]);
        let moved = moved.filter(|p| p.flags & CAN_AUTOMATE != 0).map(|p| p.id);
        let moved = Vec::from_iter(moved).into_iter();
        let block = Vst3Block {
            moved: Some(moved.map(|id| (id, vec![(0, dice.unit())])).collect()),
            ..Vst3Block::of(&input)
        };
        passes(&host.audio(), &block).unwrap();
    }
    let last = automatable(&parameters).map(|p| (p.id, vec![(0, 0.0), (511, 1.0)]));
    let block = Vst3Block {
        moved: Some(last.collect()),
        ..Vst3Block::of(&input)
    };
    passes(&host.audio(), &block).unwrap();
    for p in automatable(&parameters) {
        assert_eq!(host.value(p.id), 1.0, "the last move stays: {p:?}");
    }
}

#[test]
fn parameters_move_also_where_there_is_nothing_to_play() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let (parameters, input) = (host.parameters().unwrap(), noise(2, 512, 1));
    for (shown, value) in [
        (Shown::NoBuses, 1.0),
        (Shown::NoFrames, 0.0),
        (Shown::NoChannels, 1.0),
    ] {
        let moved = automatable(&parameters).map(|p| (p.id, vec![(0, value)]));
        let block = Vst3Block {
            shown,
            moved: Some(moved.collect()),
            ..Vst3Block::of(&input)
        };
        host.send(&block).unwrap();
        for p in automatable(&parameters) {
            assert_eq!(host.value(p.id), value, "{shown:?}: {p:?}");
        }
    }
    // Without a list of moves at all.
    for shown in [Shown::NoBuses, Shown::NoFrames, Shown::NoChannels] {
        let block = Vst3Block {
            shown,
            ..Vst3Block::of(&input)
        };
        host.send(&block).unwrap();
    }
    passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
}

#[test]
fn moves_of_what_is_not_there_do_no_harm() {
    let home = tempfile::tempdir().unwrap();
    let host = instance(&library(), home.path());
    let values = |host: &Vst3Host| {
        let parameters = host.parameters().unwrap();
        Vec::from_iter(parameters.iter().map(|p| host.value(p.id)))
    };
    let before = values(&host);
    host.set_value(0xdead_beef, 0.5);
    assert_eq!(values(&host), before);
    let mut host = host;
    host.activate(44_100, 512).unwrap();
    let input = noise(2, 512, 2);
    let block = Vst3Block {
        moved: Some(vec![(0xdead_beef, vec![(0, 0.5)]), (1, Vec::new())]),
        ..Vst3Block::of(&input)
    };
    passes(&host.audio(), &block).unwrap();
    assert_eq!(values(&host), before);
}
