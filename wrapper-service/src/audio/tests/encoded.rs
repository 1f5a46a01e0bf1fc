use super::*;
use crate::audio::{AudioLimits, StemTags, decode, encode, probe};
use sideman_shared::{
    audio::wav::{WavTags, pcm24},
    music::{Meter, Track},
    protocol::AudioFormat,
};

const FORMATS: [AudioFormat; 3] = [AudioFormat::Wav, AudioFormat::Flac, AudioFormat::Mp3];

fn tags() -> StemTags {
    StemTags {
        track: Track::BackingVocals,
        bpm: "92.5".parse().unwrap(),
        meter: Meter::COMMON,
        key: "F# minor".parse().ok(),
        seed: 1234,
        engine: "sketch".into(),
        model: Some("v1".into()),
        caption: "warm, été".into(),
        song_position_secs: Some(2.0),
    }
}

#[test]
fn every_format_returns_every_frame_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    for (rate_hz, channels) in [
        (8_000, 1),
        (44_100, 2),
        (44_100, 1),
        (48_000, 2),
        (96_000, 1),
        (88_200, 2),
        (192_000, 2),
    ] {
        let frames = rate_hz as usize + 1236;
        let audio = noise(channels, frames, rate_hz);
        for format in FORMATS {
            let path = folder.path().join(format!("stem.{}", format.extension()));
            encode(&audio, format, &tags(), &path).unwrap();
            let case = format!("{format:?} {rate_hz} Hz, {channels} channels");
            let decoded = decode(&path, &AudioLimits::default()).unwrap();
            assert_eq!(decoded.channel_count(), channels, "{case}");
            if format == AudioFormat::Mp3 && rate_hz > 48_000 {
                assert_eq!(decoded.sample_rate_hz(), 48_000, "{case}");
                let expected = (frames as f64 * 48_000.0 / f64::from(rate_hz)).ceil();
                assert_eq!(decoded.frames(), expected as usize, "{case}");
                continue;
            }
            assert_eq!(decoded.frames(), frames, "{case}");
            let (original, heard) = (&audio.channels()[0], &decoded.channels()[0]);
            assert_eq!(lag(original, heard), 0, "{case}");
            if format != AudioFormat::Mp3 {
                let same = original
                    .iter()
                    .zip(heard)
                    .all(|(a, b)| pcm24(*a) == pcm24(*b));
                assert!(same, "{case}: not the same 24-bit samples");
            }
        }
    }
}

/// The words of other programs about the same files, so that nobody reads only their own writing.
#[test]
fn other_decoders_agree_on_the_frames() {
    let folder = tempfile::tempdir().unwrap();
    let audio = noise(2, 48_000 + 777, 48_000);
    for format in FORMATS {
        let path = folder.path().join(format!("stem.{}", format.extension()));
        let raw = folder.path().join("raw.wav");
        encode(&audio, format, &tags(), &path).unwrap();
        ffmpeg(&path, &["-c:a", "pcm_f32le"], &raw);
        let heard = wav::read(&raw).unwrap();
        assert_eq!(heard.frames(), audio.frames(), "{format:?}");
        assert_eq!(
            lag(&audio.channels()[1], &heard.channels()[1]),
            0,
            "{format:?}"
        );
    }
    output_of(
        "flac",
        &["-s", "-t", text(&folder.path().join("stem.flac"))],
    );
}

#[test]
fn other_programs_read_the_tags() {
    let folder = tempfile::tempdir().unwrap();
    let audio = noise(2, 48_000, 48_000);
    let expected: [&[&str]; 3] = [
        &[
            "TAG:title=Backing Vocals",
            "TAG:time_reference=96000",
            "seed 1234, engine sketch",
        ],
        &[
            "TAG:TITLE=Backing Vocals",
            "TAG:BPM=92.5",
            "TAG:KEY=F# minor",
            "seed 1234, engine sketch",
        ],
        &[
            "TAG:title=Backing Vocals",
            "TAG:TBPM=92",
            "TAG:TKEY=F#m",
            "seed 1234, engine sketch",
        ],
    ];
    for (format, expected) in FORMATS.into_iter().zip(expected) {
        let path = folder.path().join(format!("stem.{}", format.extension()));
        encode(&audio, format, &tags(), &path).unwrap();
        let probed = output_of("ffprobe", &["-v", "error", "-show_format", text(&path)]);
        for word in expected.iter().chain(&["été"]) {
            assert!(probed.contains(word), "{format:?}: {word} not in {probed}");
        }
        let media = output_of("mediainfo", &[text(&path)]);
        assert!(media.contains("Backing Vocals"), "{format:?}: {media}");
    }
    let back = WavTags::read(&folder.path().join("stem.wav")).unwrap();
    assert_eq!(back.song_position_secs, Some(2.0));
    assert_eq!(back.bpm, Some(tags().bpm));
    assert_eq!(back.key, tags().key);
}

#[test]
fn a_stem_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stem.mp3");
    std::fs::write(&path, b"the stem before").unwrap();
    // Three channels are too many for MP3: the old file must stay, and nothing else.
    let error = encode(&noise(3, 48_000, 48_000), AudioFormat::Mp3, &tags(), &path).unwrap_err();
    assert!(error.to_string().contains("3 channels"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"the stem before");
    encode(&noise(2, 48_000, 48_000), AudioFormat::Mp3, &tags(), &path).unwrap();
    assert_eq!(
        probe(&path, &AudioLimits::default()).unwrap().frames,
        48_000
    );
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["stem.mp3"]);
    let nowhere = folder.path().join("no/such/folder/stem.wav");
    assert!(encode(&noise(1, 100, 8_000), AudioFormat::Wav, &tags(), &nowhere).is_err());
}
