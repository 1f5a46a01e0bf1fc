//! Buses and their arrangements.

use super::{instance, library, passes};
use crate::host_support::noise;
use sideman_tests::vst3_host::{AUDIO, EVENT, INPUT, OUTPUT, Vst3Block, Vst3Host};

#[test]
fn the_buses_are_told_in_full_and_always_alike() {
    for channels in [1, 2] {
        let host = Vst3Host::new(&library(), channels).unwrap();
        for direction in [INPUT, OUTPUT] {
            assert_eq!(host.bus_count(AUDIO, direction), 1);
            let bus = host.bus(AUDIO, direction, 0).unwrap();
            assert!(!bus.name.is_empty());
            assert_eq!(bus.channels, channels as i32);
            assert!(bus.is_main && bus.is_default_active, "{bus:?}");
            for _ in 0..20 {
                assert_eq!(host.bus(AUDIO, direction, 0).as_ref(), Some(&bus));
            }
        }
    }
}

#[test]
fn a_bus_that_is_not_there_is_refused() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    for index in [-1, 1, 2, 77, -77, i32::MAX] {
        for direction in [INPUT, OUTPUT] {
            assert_eq!(host.bus(AUDIO, direction, index), None, "{index}");
            assert_eq!(host.arrangement(direction, index), None, "{index}");
            let activated = host.activate_bus(AUDIO, direction, index, true);
            assert!(activated.is_err(), "{index}");
        }
    }
    // Nor one of a medium or direction that nobody has.
    assert_eq!(host.bus(7, INPUT, 0), None);
    assert_eq!(host.bus(AUDIO, 7, 0), None);
    assert_eq!(host.bus_count(7, INPUT) + host.bus_count(AUDIO, 7), 0);
    assert_eq!(host.arrangement(7, 0), None);
}

#[test]
fn every_bus_can_be_switched() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    for on in [false, true, true, false, true] {
        for direction in [INPUT, OUTPUT] {
            host.activate_bus(AUDIO, direction, 0, on).unwrap();
        }
    }
    host.activate(44_100, 512).unwrap();
    let input = noise(2, 512, 1);
    passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
}

#[test]
fn there_is_no_side_chain_and_no_event_bus() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    for direction in [INPUT, OUTPUT] {
        assert_eq!(host.bus(AUDIO, direction, 1), None);
        assert_eq!(host.bus_count(EVENT, direction), 0);
        assert_eq!(host.bus(EVENT, direction, 0), None);
        assert!(host.activate_bus(EVENT, direction, 0, true).is_err());
    }
}

#[test]
fn no_midi_controller_moves_anything() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    for controller in [0, 1, 7, 64, 127, 128, 129, 130, -1, i16::MAX] {
        assert_eq!(host.param_of_midi(0, controller), None);
        assert_eq!(host.param_of_midi(-1, controller), None);
    }
}

/// Each pair of mono, stereo and what goes beyond, as the speakers' bits.
#[test]
fn an_arrangement_is_taken_as_it_is_or_not_at_all() {
    const MONO: u64 = 1 << 19;
    const STEREO: u64 = 0b11;
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    let mut taken = 0;
    for input in [0, MONO, STEREO, 0b111, 0b11_1111, 0b1111_1111] {
        for output in [0, MONO, STEREO, 0b111, 0b11_1111, 0b1111_1111] {
            let before = [INPUT, OUTPUT].map(|side| host.arrangement(side, 0));
            let is_taken = host.arrange(&[input], &[output]).is_ok();
            let after = [INPUT, OUTPUT].map(|side| host.arrangement(side, 0));
            match is_taken {
                true => {
                    assert_eq!(after, [Some(input), Some(output)]);
                    taken += 1;
                }
                false => assert_eq!(after, before),
            }
            for (side, arrangement) in [INPUT, OUTPUT].into_iter().zip(after) {
                let channels = host.bus(AUDIO, side, 0).unwrap().channels;
                assert_eq!(arrangement.unwrap().count_ones(), channels as u32);
            }
            // What was taken, or what was kept, plays.
            let channels = host.bus(AUDIO, OUTPUT, 0).unwrap().channels as usize;
            host.activate(44_100, 64).unwrap();
            let sound = noise(channels, 64, 9);
            passes(&host.audio(), &Vst3Block::of(&sound)).unwrap();
            host.deactivate();
        }
    }
    assert_eq!(taken, 2, "mono and stereo");
    for buses in [0, 2] {
        let ones = vec![STEREO; buses];
        assert!(host.arrange(&ones, &ones).is_err(), "{buses} buses");
    }
}
