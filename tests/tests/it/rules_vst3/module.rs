//! The module, its class, and the component's life.

use super::{active, instance, library, passes};
use crate::host_support::noise;
use sideman_tests::vst3_host::{Vst3Block, Vst3Host};

#[test]
fn the_three_generations_of_telling_a_class_agree() {
    let library = library();
    let told = library.classes_told().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    let class = &told[0];
    assert_eq!(class.id, b"SidemanPlugin001");
    assert_eq!(class.name, "Sideman");
    assert_eq!(class.category, "Audio Module Class");
    assert_eq!(class.version, env!("CARGO_PKG_VERSION"));
    assert!(class.subcategories.split('|').any(|part| part == "Fx"));
    assert!(!class.vendor.is_empty() && class.vendor == library.vendor());
}

#[test]
fn one_object_is_both_halves() {
    let host = Vst3Host::new(&library(), 2).unwrap();
    // The test host has found the controller in the component itself; a class besides would be another.
    assert!(!host.has_controller_class());
    assert!(!host.parameters().unwrap().is_empty());
}

#[test]
fn it_is_suspended_and_resumed_at_will() {
    let home = tempfile::tempdir().unwrap();
    let mut host = active(home.path(), 512);
    let input = noise(2, 512, 1);
    for _ in 0..3 {
        passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
        host.deactivate();
        // And once with nothing played between.
        host.activate(44_100, 512).unwrap();
        host.deactivate();
        host.activate(44_100, 512).unwrap();
    }
    passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
}

#[test]
fn it_ends_and_begins_again_at_will() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    let input = noise(2, 512, 1);
    for _ in 0..3 {
        host.begin_again().unwrap();
        host.activate(44_100, 512).unwrap();
        passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
    }
    host.begin_again().unwrap();
    assert!(!host.parameters().unwrap().is_empty());
}

/// The validator wants an error for each of these; the framework says yes to most. What a host feels of
/// it is that nothing goes wrong.
#[test]
fn transitions_that_should_not_be_do_no_harm() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    assert!(
        host.set_active(true).is_err(),
        "active without a sample rate"
    );
    let _ = host.set_active(false);
    host.activate(44_100, 512).unwrap();
    let input = noise(2, 512, 1);
    for on in [true, true] {
        let _ = host.set_active(on);
        passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
    }
    host.deactivate();
    for _ in 0..2 {
        let _ = host.set_active(false);
        host.begin_again().unwrap();
        host.begin_again().unwrap();
    }
    host.activate(44_100, 512).unwrap();
    passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
}

#[test]
fn many_instances_live_side_by_side() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut hosts: Vec<_> = (0..24).map(|_| instance(&library, home.path())).collect();
    let input = noise(2, 256, 1);
    for host in &mut hosts {
        host.activate(48_000, 256).unwrap();
    }
    for round in 0..20 {
        for host in &hosts {
            passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
        }
        hosts.swap_remove(round % hosts.len());
    }
}

/// Each move is told to the host from a thread of the framework's, which must not find the instance gone.
#[test]
fn an_instance_may_go_in_the_middle_of_automation() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let stays = instance(&library, home.path());
    for _ in 0..20 {
        let mut host = instance(&library, home.path());
        host.activate(44_100, 32).unwrap();
        let (audio, parameters) = (host.audio(), host.parameters().unwrap());
        std::thread::spawn(move || {
            let input = noise(2, 32, 1);
            for block in 0..50 {
                let value = f64::from(block % 2);
                let moved = parameters.iter().filter(|p| p.flags & 1 != 0);
                let moved = moved.map(|p| (p.id, vec![(0, value)]));
                let block = Vst3Block {
                    moved: Some(moved.collect()),
                    ..Vst3Block::of(&input)
                };
                passes(&audio, &block).unwrap();
            }
        })
        .join()
        .unwrap();
    }
    drop(stays);
}
