use super::*;
use crate::audio::AudioBuffer;
use crate::music::Meter;
use std::{io::Cursor, process::Command};

fn ramp(channels: usize, frames: usize, sample_rate_hz: u32) -> AudioBuffer {
    let channel = |c: usize| {
        (0..frames)
            .map(|i| (((i * 7 + c * 311) % 2001) as f32 - 1000.0) / 1024.0)
            .collect()
    };
    AudioBuffer::new((0..channels).map(channel).collect(), sample_rate_hz).unwrap()
}

fn tags() -> WavTags {
    WavTags {
        title: "Backing Vocals <soft> & \"warm\"".into(),
        comment: "seed 7, engine sketch, caption: été à deux".into(),
        bpm: "92.3".parse().ok(),
        meter: Meter::new(6, 8).unwrap(),
        key: "F# minor".parse().ok(),
        song_position_secs: Some(12.5),
        originated_at: Some(Origination::from_unix_secs(1_735_689_599)),
    }
}

fn bytes(audio: &AudioBuffer, kind: SampleKind, tags: Option<WavTags>) -> Vec<u8> {
    let spec = WavSpec {
        channels: audio.channel_count() as u16,
        sample_rate_hz: audio.sample_rate_hz(),
        kind,
    };
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), spec, tags).unwrap();
    writer.write(audio.channels()).unwrap();
    assert_eq!(writer.frames(), audio.frames() as u64);
    writer.finish().unwrap().into_inner()
}

/// Every chunk as (name, offset of its body, length), walked the plain way.
fn chunks(file: &[u8]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 12;
    while at + 8 <= file.len() {
        let length = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        found.push((
            String::from_utf8(file[at..at + 4].to_vec()).unwrap(),
            at + 8,
            length,
        ));
        at += 8 + length + length % 2;
    }
    assert_eq!(at, file.len(), "the chunks fill the file exactly");
    found
}

#[test]
fn samples_survive_for_every_channel_count_and_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    for channels in [1, 2, 6, 8] {
        for kind in [SampleKind::Pcm24, SampleKind::Float32] {
            // An odd frame count needs the pad byte when mono is 24-bit.
            let audio = ramp(channels, 5001, 44_100);
            write(&path, &audio, kind, Some(tags())).unwrap();
            assert_eq!(read(&path).unwrap(), audio, "{channels} channels, {kind:?}");
        }
    }
}

#[test]
fn sizes_fit_and_bext_comes_before_the_samples() {
    for (channels, frames) in [(1, 1), (1, 2), (2, 999), (1, 0)] {
        let file = bytes(
            &ramp(channels, frames, 8000),
            SampleKind::Pcm24,
            Some(tags()),
        );
        let riff = u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize;
        assert_eq!(riff + 8, file.len());
        let found = chunks(&file);
        let names: Vec<_> = found.iter().map(|c| c.0.as_str()).collect();
        assert_eq!(names, ["fmt ", "bext", "iXML", "acid", "LIST", "data"]);
        assert!(found.iter().all(|c| c.1 % 2 == 0), "word-aligned");
        assert!(
            found[..5].iter().all(|c| c.2 % 2 == 0),
            "no pad byte needed"
        );
        assert_eq!(found[5].2, channels * frames * 3);
    }
}

#[test]
fn tags_survive() {
    let file = bytes(&ramp(2, 44_100, 44_100), SampleKind::Pcm24, Some(tags()));
    let read_back = WavTags::read_from(&mut Cursor::new(file)).unwrap();
    assert_eq!(read_back, tags());
}

#[test]
fn a_file_without_tags_reads_as_empty_tags() {
    let file = bytes(&ramp(2, 100, 44_100), SampleKind::Float32, None);
    assert_eq!(
        chunks(&file)
            .iter()
            .map(|c| c.0.as_str())
            .collect::<Vec<_>>(),
        ["fmt ", "fact", "data"]
    );
    let read_back = WavTags::read_from(&mut Cursor::new(file)).unwrap();
    assert_eq!(read_back, WavTags::default());
}

#[test]
fn acid_says_loop_for_whole_bars_and_one_shot_otherwise() {
    let flags_and_beats = |frames: usize, bpm: &str| {
        let mut tags = tags();
        tags.bpm = bpm.parse().ok();
        tags.meter = Meter::COMMON;
        let file = bytes(&ramp(1, frames, 8000), SampleKind::Pcm24, Some(tags));
        let at = chunks(&file).iter().find(|c| c.0 == "acid").unwrap().1;
        (file[at], file[at + 4], file[at + 12])
    };
    // Two bars of 4/4 at 120 are 4 s; F# is MIDI note 66.
    assert_eq!(flags_and_beats(32_000, "120"), (0b110, 66, 8));
    assert_eq!(flags_and_beats(32_000, "119"), (0b011, 66, 8));
    assert_eq!(flags_and_beats(33_000, "120"), (0b011, 66, 8));
}

#[test]
fn nothing_is_written_past_four_gib() {
    let spec = WavSpec {
        channels: 1,
        sample_rate_hz: 8000,
        kind: SampleKind::Float32,
    };
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), spec, None).unwrap();
    writer.set_frames_for_test(u64::from(u32::MAX) / 4 - 100);
    assert!(matches!(
        writer.write(&[vec![0.0; 4096]]),
        Err(WavError::TooLarge)
    ));
    assert!(writer.write(&[vec![0.0; 10]]).is_ok());
}

#[test]
fn wrong_shapes_and_specs_are_refused() {
    let spec = WavSpec {
        channels: 2,
        sample_rate_hz: 8000,
        kind: SampleKind::Pcm24,
    };
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), spec, None).unwrap();
    for shape in [vec![vec![0.0; 4]], vec![vec![0.0; 4], vec![0.0; 5]]] {
        assert!(matches!(
            writer.write(&shape),
            Err(WavError::ChannelMismatch { expected: 2, .. })
        ));
    }
    let no_rate = WavSpec {
        sample_rate_hz: 0,
        ..spec
    };
    assert!(matches!(
        WavWriter::new(Cursor::new(Vec::new()), no_rate, None),
        Err(WavError::InvalidSpec)
    ));
}

#[test]
fn extreme_samples_stay_in_range() {
    assert_eq!(pcm24(1.0), 8_388_607);
    assert_eq!(pcm24(-1.0), -8_388_608);
    assert_eq!(pcm24(f32::INFINITY), 8_388_607);
    assert_eq!(pcm24(f32::NAN), 0);
    assert_eq!(pcm24(1.0 / 8_388_608.0), 1);
}

#[test]
fn damaged_files_never_panic() {
    let file = bytes(&ramp(1, 64, 8000), SampleKind::Pcm24, Some(tags()));
    for cut in 0..file.len() {
        let result = WavTags::read_from(&mut Cursor::new(&file[..cut]));
        assert_eq!(result.is_err(), cut < 12, "cut at {cut}");
    }
    for flipped in 12..file.len() {
        let mut damaged = file.clone();
        damaged[flipped] ^= 0xFF;
        WavTags::read_from(&mut Cursor::new(damaged)).unwrap();
    }
    assert!(WavTags::read_from(&mut Cursor::new(b"a text file, no WAV")).is_err());
}

fn output_of(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|e| {
            panic!("{program} is needed by this test ({e}); install ffmpeg, sox and mediainfo")
        });
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn other_programs_read_our_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stem.wav");
    let name = path.to_str().unwrap();
    let mut tags = tags();
    tags.title = "Drums".into();
    for kind in [SampleKind::Pcm24, SampleKind::Float32] {
        write(&path, &ramp(2, 48_000, 48_000), kind, Some(tags.clone())).unwrap();
        let probed = output_of(
            "ffprobe",
            &["-v", "error", "-show_format", "-show_streams", name],
        );
        for expected in [
            "TAG:title=Drums",
            "TAG:encoded_by=Sideman",
            "TAG:time_reference=600000",
            "TAG:date=2024-12-31",
            "TAG:creation_time=23:59:59",
            "duration_ts=48000",
            "seed 7, engine sketch",
        ] {
            assert!(probed.contains(expected), "{expected} not in {probed}");
        }
        assert_eq!(output_of("soxi", &["-s", name]).trim(), "48000");
        let media = output_of("mediainfo", &[name]);
        assert!(
            media.contains("Drums") && media.contains("2024-12-31 23:59:59"),
            "{media}"
        );
    }
}

#[test]
fn the_xml_is_well_formed() {
    let mut tags = tags();
    tags.comment = "a < b && \"c\" \u{1} \u{FFFF} ✓".into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.xml");
    let file = bytes(&ramp(2, 10, 48_000), SampleKind::Pcm24, Some(tags));
    let (_, at, length) = chunks(&file).into_iter().find(|c| c.0 == "iXML").unwrap();
    std::fs::write(&path, &file[at..at + length]).unwrap();
    let parse = "import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); \
                 print(r.tag, r.find('TEMPO').text, r.find('KEY').text, r.find('NOTE').text)";
    let printed = output_of(
        "python3",
        &["-X", "utf8", "-c", parse, path.to_str().unwrap()],
    );
    assert_eq!(printed.trim(), "BWFXML 92.3 F# minor a < b && \"c\"    ✓");
}
