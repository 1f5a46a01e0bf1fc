//! What a host sees before it plays anything.

use crate::{
    host_support::{instance, library},
    rules_support::{active, noise_passes, plugin_file},
};
use sideman_tests::clap_host::{Host, Library};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// The one time that is asserted, since the rule is one; the best of ten, since machines are busy.
#[test]
fn a_scan_takes_less_than_a_tenth_of_a_second() {
    let scan = || {
        let begun = Instant::now();
        let library = library();
        assert_eq!(library.descriptors().unwrap().len(), 1);
        drop(library);
        begun.elapsed()
    };
    let best = (0..10).map(|_| scan()).min().unwrap();
    assert!(best < Duration::from_millis(100), "{best:?}");
}

#[cfg(unix)]
#[test]
fn every_symbol_is_there_when_all_are_resolved_at_once() {
    let library = Library::load_with_all_symbols(&plugin_file()).unwrap();
    assert_eq!(library.descriptors().unwrap().len(), 1);
}

#[test]
fn a_factory_that_nobody_knows_is_not_answered() {
    let library = library();
    assert!(library.has_factory(c"clap.plugin-factory"));
    for id in [
        c"clap.plugin-factor",
        c"clap.plugin-factory2",
        c"",
        c"nobody",
    ] {
        assert!(!library.has_factory(id), "{id:?}");
    }
}

#[test]
fn there_are_no_presets_to_discover() {
    let library = library();
    for id in [
        c"clap.preset-discovery-factory/2",
        c"clap.preset-discovery-factory/draft-2",
    ] {
        assert!(!library.has_factory(id), "{id:?} is there: test it");
    }
}

#[test]
fn an_id_with_something_behind_it_makes_no_plugin() {
    let library = library();
    assert!(library.makes_with_tail(""));
    for tail in ["x1", " ", ".", "/", "\u{fc}"] {
        assert!(!library.makes_with_tail(tail), "{tail:?}");
    }
    assert!(!library.makes(c""));
}

#[test]
fn an_instance_says_of_itself_what_the_library_said() {
    let library = library();
    let told = library.descriptors().unwrap();
    assert_eq!(Host::new(&library).unwrap().descriptor().unwrap(), told[0]);
    assert_eq!(told[0].version, env!("CARGO_PKG_VERSION"));
    for text in [&told[0].id, &told[0].name, &told[0].vendor] {
        assert!(!text.is_empty(), "{told:?}");
    }
}

#[test]
fn the_features_name_a_category_and_none_twice() {
    let features = library().descriptors().unwrap().remove(0).features;
    let categories = [
        "instrument",
        "audio-effect",
        "note-effect",
        "note-detector",
        "analyzer",
    ];
    assert!(features.iter().any(|f| categories.contains(&f.as_str())));
    let unique: HashSet<_> = features.iter().collect();
    assert_eq!(unique.len(), features.len(), "{features:?}");
}

#[test]
fn many_instances_live_side_by_side() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut hosts: Vec<Host> = (0..24)
        .map(|_| active(&library, home.path(), 512))
        .collect();
    for host in &mut hosts {
        noise_passes(host, [512, 1]);
    }
    // Let go from the middle outwards; the rest plays on.
    while hosts.len() > 4 {
        hosts.swap_remove(hosts.len() / 2);
    }
    for host in &mut hosts {
        noise_passes(host, [512]);
    }
    // And one that was never active goes without a sound.
    drop(instance(&library, home.path()));
}
