//! Parameters: described, moved in every way, and turned to text and back.

use crate::{
    host_support::{instance, library, noise},
    rules_support::{Dice, active, passes},
};
use clack_extensions::params::ParamInfoFlags;
use clack_host::{
    events::event_types::{ParamModEvent, ParamValueEvent},
    prelude::*,
};
use sideman_tests::clap_host::{Block, Host, Library, Parameter, in_foreign_space};
use std::{collections::HashSet, path::Path};

const FRAMES: usize = 512;

/// A value in the parameter's range, whole where only steps are.
fn thrown(dice: &mut Dice, parameter: &Parameter) -> f64 {
    let value = parameter.min + dice.unit() * (parameter.max - parameter.min);
    match parameter.is_stepped() {
        true => value.round(),
        false => value,
    }
}

/// A move of each parameter that may be automated, at this frame.
fn moves(dice: &mut Dice, parameters: &[Parameter], at_frame: u32) -> EventBuffer {
    let mut events = EventBuffer::new();
    for parameter in parameters.iter().filter(|p| p.is_automatable()) {
        let value = thrown(dice, parameter);
        events.push(&parameter.moved(at_frame, value));
    }
    events
}

/// A block of noise with these events.
fn send(host: &mut Host, events: &EventBuffer) {
    host.on_audio_thread(|audio| {
        let input = noise(2, FRAMES, 77);
        let block = Block {
            events: Some(events),
            ..Block::of(&input)
        };
        passes(audio, &block)
    })
    .unwrap();
}

#[test]
fn every_parameter_is_well_described() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let parameters = instance(&library, home.path()).parameters().unwrap();
    let unique: HashSet<_> = parameters.iter().map(|p| p.id).collect();
    assert_eq!(unique.len(), parameters.len(), "an id is there twice");
    assert!(parameters.len() >= 8);
    for p in &parameters {
        assert!(!p.name.is_empty(), "{p:?}");
        let slashes = p.module.starts_with('/') || p.module.ends_with('/');
        assert!(!slashes && !p.module.contains("//"), "{p:?}");
        assert!(
            p.min < p.max && (p.min..=p.max).contains(&p.default),
            "{p:?}"
        );
        if p.is_stepped() {
            assert!(p.min.fract() == 0.0 && p.max.fract() == 0.0, "{p:?}");
        }
        for (each, of_all) in [
            (
                ParamInfoFlags::IS_AUTOMATABLE_PER_NOTE_ID
                    | ParamInfoFlags::IS_AUTOMATABLE_PER_KEY
                    | ParamInfoFlags::IS_AUTOMATABLE_PER_CHANNEL
                    | ParamInfoFlags::IS_AUTOMATABLE_PER_PORT,
                ParamInfoFlags::IS_AUTOMATABLE,
            ),
            (
                ParamInfoFlags::IS_MODULATABLE_PER_NOTE_ID
                    | ParamInfoFlags::IS_MODULATABLE_PER_KEY
                    | ParamInfoFlags::IS_MODULATABLE_PER_CHANNEL
                    | ParamInfoFlags::IS_MODULATABLE_PER_PORT,
                ParamInfoFlags::IS_MODULATABLE,
            ),
        ] {
            assert!(
                !p.flags.intersects(each) || p.flags.contains(of_all),
                "{p:?}"
            );
        }
        let moved = ParamInfoFlags::IS_AUTOMATABLE | ParamInfoFlags::IS_MODULATABLE;
        assert!(
            !p.flags.contains(ParamInfoFlags::IS_READONLY) || !p.flags.intersects(moved),
            "{p:?}"
        );
        assert!(
            !p.flags.contains(ParamInfoFlags::IS_BYPASS),
            "test it: {p:?}"
        );
    }
}

#[test]
fn a_new_instance_stands_at_its_defaults() {
    let mut host = Host::new(&library()).unwrap();
    let defaults: Vec<f64> = host
        .parameters()
        .unwrap()
        .iter()
        .map(|p| p.default)
        .collect();
    assert_eq!(host.values().unwrap(), defaults);
}

#[test]
fn text_and_value_lead_back_to_each_other() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for p in host.parameters().unwrap() {
        let mut texts = HashSet::new();
        for step in 0..100 {
            let value = p.min + (p.max - p.min) * f64::from(step) / 99.0;
            let name = &p.name;
            let text = host.text_of(p.id, value);
            let text = text.unwrap_or_else(|| panic!("{name} at {value} has no text"));
            let back = host.value_of(p.id, &text);
            let back = back.unwrap_or_else(|| panic!("{name}: {text:?} has no value"));
            assert!(
                (p.min..=p.max).contains(&back),
                "{name}: {text:?} is {back}"
            );
            assert_eq!(host.text_of(p.id, back).as_ref(), Some(&text), "{name}");
            assert_eq!(host.value_of(p.id, &text), Some(back), "{name}");
            texts.insert(text);
        }
        // What all values share says nothing.
        assert!(texts.len() > 1, "{}: {texts:?}", p.name);
        let has_two = p.is_stepped() && p.max - p.min == 1.0;
        let nonsense = host.value_of(p.id, "no such value");
        assert!(nonsense.is_none() || has_two, "{}: {nonsense:?}", p.name);
    }
}

fn moved_by_flush(library: &Library, home: &Path, hints: bool) -> Vec<f64> {
    let mut host = instance(library, home);
    let before = host.values().unwrap();
    let events = far_moves(&mut host, hints);
    host.flush(&events).unwrap();
    let after = host.values().unwrap();
    assert_ne!(before, after);
    after
}

fn moved_by_block(library: &Library, home: &Path, hints: bool) -> Vec<f64> {
    let mut host = active(library, home, FRAMES);
    let events = far_moves(&mut host, hints);
    send(&mut host, &events);
    host.values().unwrap()
}

/// Each automatable parameter away from its default.
fn far_moves(host: &mut Host, hints: bool) -> EventBuffer {
    let mut events = EventBuffer::new();
    for p in host.parameters().unwrap() {
        if p.is_automatable() {
            let to = if p.default == p.max { p.min } else { p.max };
            match hints {
                true => events.push(&p.moved(0, to)),
                false => events.push(&p.moved_without_hint(0, to)),
            }
        }
    }
    events
}

#[test]
fn a_flush_moves_what_a_block_moves_with_or_without_hints() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let home = home.path();
    let mut wanted = Vec::new();
    for p in instance(&library, home).parameters().unwrap() {
        let far = if p.default == p.max { p.min } else { p.max };
        wanted.push(if p.is_automatable() { far } else { p.default });
    }
    for hints in [true, false] {
        assert_eq!(moved_by_flush(&library, home, hints), wanted, "{hints}");
        assert_eq!(moved_by_block(&library, home, hints), wanted, "{hints}");
    }
}

#[test]
fn moves_in_a_foreign_language_move_nothing() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let before = host.values().unwrap();
    let mut events = EventBuffer::new();
    for p in host.parameters().unwrap() {
        events.push(&in_foreign_space(p.moved(0, p.max)));
        events.push(&in_foreign_space(p.moved_without_hint(0, p.min)));
    }
    host.flush(&events).unwrap();
    assert_eq!(host.values().unwrap(), before, "by a flush");
    host.activate(44_100, FRAMES).unwrap();
    send(&mut host, &events);
    assert_eq!(host.values().unwrap(), before, "by a block");
}

#[test]
fn moves_of_what_is_not_there_or_too_far_do_no_harm() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), FRAMES);
    let parameters = host.parameters().unwrap();
    let before = host.values().unwrap();
    let mut strangers = EventBuffer::new();
    for id in [0, 1, 0xdead_beef, u32::MAX - 1] {
        assert!(parameters.iter().all(|p| p.id.get() != id));
        let id = ClapId::new(id);
        strangers.push(&ParamValueEvent::new(0, id, Pckn::match_all(), 0.5));
    }
    send(&mut host, &strangers);
    assert_eq!(host.values().unwrap(), before);
    for far in [-1e300, 1e300, f64::NEG_INFINITY, f64::INFINITY] {
        let mut events = EventBuffer::new();
        for p in parameters.iter().filter(|p| p.is_automatable()) {
            events.push(&p.moved(0, far));
        }
        send(&mut host, &events);
        for (p, value) in parameters.iter().zip(host.values().unwrap()) {
            assert!((p.min..=p.max).contains(&value), "{} is {value}", p.name);
        }
    }
}

#[test]
fn no_values_disturb_the_sound() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), FRAMES);
    let (mut dice, parameters) = (Dice::new(3), host.parameters().unwrap());
    for round in 0..50 {
        let events = match round % 2 {
            0 => moves(&mut dice, &parameters, 0),
            _ => {
                let mut events = EventBuffer::new();
                for p in parameters.iter().filter(|p| p.is_automatable()) {
                    events.push(&p.moved(0, if dice.coin() { p.min } else { p.max }));
                }
                events
            }
        };
        send(&mut host, &events);
        for _ in 0..4 {
            send(&mut host, &EventBuffer::new());
        }
    }
}

#[test]
fn no_pace_of_automation_disturbs_the_sound() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), FRAMES);
    let (mut dice, parameters) = (Dice::new(5), host.parameters().unwrap());
    for frames_apart in [1000, 100, 10, 1] {
        let mut at = 0;
        for _ in 0..8 {
            let mut events = EventBuffer::new();
            while at < FRAMES {
                events.push_all(&moves(&mut dice, &parameters, at as u32));
                at += frames_apart;
            }
            at -= FRAMES;
            send(&mut host, &events);
        }
    }
    // The last move is the one that stays.
    let last = moves(&mut dice, &parameters, FRAMES as u32 - 1);
    let wanted = Vec::from_iter(last.iter().filter_map(|event| {
        let event: &ParamValueEvent = event.as_event()?;
        Some((event.param_id()?, event.value()))
    }));
    send(&mut host, &last);
    let values = host.values().unwrap();
    for (id, value) in wanted {
        let index = parameters.iter().position(|p| p.id == id).unwrap();
        let (p, stands) = (&parameters[index], values[index]);
        // As it is shown: the plugin counts more coarsely than the host.
        assert_eq!(
            host.text_of(p.id, stands),
            host.text_of(p.id, value),
            "{}",
            p.name
        );
    }
}

#[test]
fn modulation_disturbs_no_sound_and_leaves_no_trace() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), FRAMES);
    let (mut dice, parameters) = (Dice::new(8), host.parameters().unwrap());
    let before = host.values().unwrap();
    for _ in 0..20 {
        let mut events = EventBuffer::new();
        for at in (0..FRAMES as u32).step_by(7) {
            let p = &parameters[dice.below(parameters.len())];
            let amount = (dice.unit() - 0.5) * (p.max - p.min);
            events.push(&ParamModEvent::new(at, p.id, Pckn::match_all(), amount));
        }
        send(&mut host, &events);
    }
    // An offset, gone when it is nothing.
    let mut events = EventBuffer::new();
    for p in &parameters {
        events.push(&ParamModEvent::new(0, p.id, Pckn::match_all(), 0.0));
    }
    send(&mut host, &events);
    assert_eq!(host.values().unwrap(), before, "modulation moves no knob");
}
