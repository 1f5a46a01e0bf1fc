//! `iXML`: the production's notes as XML. Tempo and key are not in the specification; its readers skip
//! elements they do not know.

use super::{WavSpec, WavTags, tags::ORIGINATOR};
use std::fmt::Write;

pub(super) fn body(tags: &WavTags, spec: WavSpec) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML>\n");
    element(&mut xml, "IXML_VERSION", "1.61");
    element(&mut xml, "PROJECT", ORIGINATOR);
    element(&mut xml, "NOTE", &tags.comment);
    if let Some(bpm) = tags.bpm {
        element(&mut xml, "TEMPO", &bpm.to_string());
        element(&mut xml, "TIME_SIGNATURE", &tags.meter.to_string());
    }
    if let Some(key) = tags.key {
        element(&mut xml, "KEY", &key.to_string());
    }
    speed(&mut xml, tags, spec);
    xml.push_str("<TRACK_LIST>\n");
    element(&mut xml, "TRACK_COUNT", &spec.channels.to_string());
    for channel in 1..=spec.channels {
        xml.push_str("<TRACK>\n");
        element(&mut xml, "CHANNEL_INDEX", &channel.to_string());
        element(&mut xml, "INTERLEAVE_INDEX", &channel.to_string());
        element(&mut xml, "NAME", &tags.title);
        xml.push_str("</TRACK>\n");
    }
    xml.push_str("</TRACK_LIST>\n</BWFXML>\n");
    // Some readers forget the pad byte that follows a chunk of odd length: give them none.
    if xml.len() % 2 == 1 {
        xml.push('\n');
    }
    xml
}

fn speed(xml: &mut String, tags: &WavTags, spec: WavSpec) {
    let rate = spec.sample_rate_hz.to_string();
    xml.push_str("<SPEED>\n");
    element(xml, "FILE_SAMPLE_RATE", &rate);
    element(
        xml,
        "AUDIO_BIT_DEPTH",
        &spec.kind.bits_per_sample().to_string(),
    );
    element(xml, "DIGITIZER_SAMPLE_RATE", &rate);
    if tags.song_position_secs.is_some() {
        let reference = tags.time_reference(spec.sample_rate_hz);
        let (high, low) = (reference >> 32, reference & 0xFFFF_FFFF);
        element(
            xml,
            "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI",
            &high.to_string(),
        );
        element(xml, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", &low.to_string());
        element(xml, "TIMESTAMP_SAMPLE_RATE", &rate);
    }
    xml.push_str("</SPEED>\n");
}

fn element(xml: &mut String, name: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    let _infallible = writeln!(xml, "<{name}>{}</{name}>", escaped(text));
}

/// Text without what XML gives a meaning to, and without the characters it forbids altogether.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
