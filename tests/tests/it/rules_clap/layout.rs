//! Ports, layouts, and what the plugin does not have.

use crate::{
    host_support::{instance, library, noise},
    rules_support::passes,
};
use sideman_tests::clap_host::{Block, Host, Port};

/// Ids once, names, as many channels as the kind says, and pairs that know of each other.
fn check_ports(host: &mut Host) -> (Vec<Port>, Vec<Port>) {
    let (inputs, outputs) = (host.ports(true).unwrap(), host.ports(false).unwrap());
    for (ports, others) in [(&inputs, &outputs), (&outputs, &inputs)] {
        for (index, port) in ports.iter().enumerate() {
            assert!(!port.name.is_empty(), "{port:?}");
            assert!(ports[..index].iter().all(|p| p.id != port.id), "{ports:?}");
            match port.kind.as_str() {
                "mono" => assert_eq!(port.channels, 1),
                "stereo" => assert_eq!(port.channels, 2),
                other => panic!("a port of kind {other:?}"),
            }
            if let Some(pair) = port.in_place_pair {
                let other = others.iter().find(|p| p.id == pair);
                let other = other.unwrap_or_else(|| panic!("{port:?} pairs with nobody"));
                assert_eq!(other.in_place_pair, Some(port.id), "one-sided");
                assert_eq!(other.channels, port.channels);
            }
        }
    }
    (inputs, outputs)
}

#[test]
fn every_layout_is_what_its_ports_are_and_plays() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let layouts = host.layouts().unwrap();
    assert_eq!(layouts.len(), 2, "{layouts:?}");
    // There and back again.
    for layout in layouts.iter().chain(&layouts) {
        host.select_layout(&layout.name).unwrap();
        let (inputs, outputs) = check_ports(&mut host);
        let main = |ports: &[Port]| {
            let main = ports.first().filter(|port| port.is_main);
            main.map(|port| (port.channels, port.kind.clone()))
        };
        assert_eq!(inputs.len() as u32, layout.inputs);
        assert_eq!(outputs.len() as u32, layout.outputs);
        assert_eq!(main(&inputs), layout.main_input);
        assert_eq!(main(&outputs), layout.main_output);
        host.activate(44_100, 512).unwrap();
        host.on_audio_thread(|audio| {
            let input = noise(audio.channels(), 512, 3);
            for in_place in [true, false, true] {
                let block = Block {
                    in_place,
                    ..Block::of(&input)
                };
                passes(audio, &block)?;
            }
            Ok(())
        })
        .unwrap();
        host.deactivate();
    }
}

#[test]
fn no_port_takes_64_bit_samples() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let (inputs, outputs) = check_ports(&mut host);
    assert!(inputs.iter().chain(&outputs).all(|port| !port.takes_64_bit));
}

#[test]
fn what_it_does_not_have_it_does_not_claim() {
    let host = Host::new(&library()).unwrap();
    assert!(host.has_extension(c"clap.audio-ports"));
    for id in [
        c"clap.note-ports",
        c"clap.voice-info",
        c"clap.audio-ports-activation/2",
        c"clap.configurable-audio-ports/1",
        c"clap.preset-load/2",
        c"clap.surround/4",
        c"clap.ambisonic/3",
        c"nobody.knows",
    ] {
        assert!(!host.has_extension(id), "{id:?} is there: test it");
    }
}

#[test]
fn latency_and_render_modes_are_told() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for offline in [false, true, false] {
        host.set_offline(offline).unwrap();
        host.activate(44_100, 512).unwrap();
        assert_eq!(host.latency_frames().unwrap(), 0);
        host.deactivate();
    }
}
