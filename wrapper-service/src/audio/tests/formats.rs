use super::*;
use crate::audio::{AudioError, AudioLimits, Probe, decode, probe};

/// What ffmpeg is asked for, and what the format can hold.
struct Format {
    extension: &'static str,
    options: &'static [&'static str],
    min_rate_hz: u32,
    max_rate_hz: u32,
    max_channels: usize,
    /// Largest relative error after decoding.
    tolerance: f64,
}

const FORMATS: [Format; 9] = [
    Format {
        extension: "wav",
        options: &["-c:a", "pcm_s16le"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 1e-3,
    },
    Format {
        extension: "wav",
        options: &["-c:a", "pcm_s24le"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 1e-5,
    },
    Format {
        extension: "wav",
        options: &["-c:a", "pcm_f32le"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 1e-5,
    },
    Format {
        extension: "aiff",
        options: &["-c:a", "pcm_s24be"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 1e-5,
    },
    Format {
        extension: "flac",
        options: &["-sample_fmt", "s32"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 1e-5,
    },
    Format {
        extension: "mp3",
        options: &["-c:a", "libmp3lame", "-q:a", "0"],
        // Below that, ffmpeg's own gapless info is off by some frames.
        min_rate_hz: 44_100,
        max_rate_hz: 48_000,
        max_channels: 2,
        tolerance: 0.25,
    },
    Format {
        extension: "ogg",
        options: &["-c:a", "libvorbis", "-q:a", "8"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 8,
        tolerance: 0.25,
    },
    Format {
        extension: "m4a",
        options: &["-c:a", "aac", "-b:a", "256k"],
        min_rate_hz: 8_000,
        max_rate_hz: 96_000,
        max_channels: 2,
        tolerance: 0.25,
    },
    Format {
        extension: "m4a",
        options: &["-c:a", "alac"],
        min_rate_hz: 8_000,
        max_rate_hz: 192_000,
        max_channels: 2,
        tolerance: 1e-3,
    },
];

const SHAPES: [(u32, usize); 6] = [
    (8_000, 1),
    (44_100, 1),
    (44_100, 2),
    (48_000, 6),
    (96_000, 1),
    (192_000, 2),
];

/// The contract hangs on it: an engine's stem is cut to exactly this many frames.
#[test]
fn every_format_gives_every_frame_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    for (rate_hz, channels) in SHAPES {
        // Not a multiple of any codec's block.
        let frames = rate_hz as usize + 1237;
        let audio = noise(channels, frames, rate_hz);
        write_wav(&source, &audio, SampleKind::Float32);
        for format in FORMATS.iter().filter(|f| {
            (f.min_rate_hz..=f.max_rate_hz).contains(&rate_hz) && channels <= f.max_channels
        }) {
            let file = folder.path().join(format!("file.{}", format.extension));
            ffmpeg(&source, format.options, &file);
            let case = format!("{:?} {rate_hz} Hz, {channels} channels", format.options);
            let limits = AudioLimits::default();
            let probed = probe(&file, &limits).unwrap_or_else(|e| panic!("{case}: {e}"));
            let expected = Probe {
                frames: frames as u64,
                sample_rate_hz: rate_hz,
                channels: channels as u16,
            };
            assert_eq!(probed, expected, "{case}");
            let decoded = decode(&file, &limits).unwrap();
            assert_eq!(decoded.frames(), frames, "{case}");
            assert_eq!(decoded.channel_count(), channels.min(2), "{case}");
            if channels <= 2 {
                let (original, heard) = (&audio.channels()[0], &decoded.channels()[0]);
                assert_eq!(lag(original, heard), 0, "{case}");
                let error = relative_error(original, heard);
                assert!(error < format.tolerance, "{case}: {error}");
            }
        }
    }
}

/// Formats order the channels of 5.1 differently; what sits behind on the left is heard on the left.
#[test]
fn surround_comes_out_on_the_right_side() {
    const SILENT: f32 = 0.01;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surround.wav");
    let tone = noise(1, 48_000, 48_000);
    // (channel of front left/right, centre, low, back left/right; heard left, heard right)
    for (channel, left, right) in [
        (0, true, false),
        (2, true, true),
        (3, false, false),
        (4, true, false),
        (5, false, true),
    ] {
        let mut audio = AudioBuffer::silent(6, 48_000, 48_000);
        let speaker = audio.channels_mut().nth(channel).unwrap();
        speaker.copy_from_slice(&tone.channels()[0]);
        write_wav(&path, &audio, SampleKind::Pcm24);
        for extension in ["wav", "flac", "ogg"] {
            let file = folder.path().join(format!("copy.{extension}"));
            ffmpeg(&path, &["-ac", "6"], &file);
            let heard = decode(&file, &AudioLimits::default()).unwrap();
            let sides: Vec<bool> = heard
                .channels()
                .iter()
                .map(|side| side.iter().any(|s| s.abs() > SILENT))
                .collect();
            assert_eq!(sides, [left, right], "{extension}, channel {channel}");
        }
    }
}

#[test]
fn limits_are_kept_with_the_right_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, audio: &AudioBuffer| {
        let path = folder.path().join(name);
        write_wav(&path, audio, SampleKind::Pcm24);
        path
    };
    let limits = AudioLimits {
        max_secs: 2.0,
        ..AudioLimits::default()
    };
    let long = file("long.wav", &noise(1, 16_001, 8_000));
    assert!(matches!(
        probe(&long, &limits),
        Err(AudioError::TooLong { max_secs: 2.0, .. })
    ));
    let just_right = file("right.wav", &noise(1, 16_000, 8_000));
    assert_eq!(probe(&just_right, &limits).unwrap().frames, 16_000);
    let short = file("short.wav", &noise(1, 3_999, 8_000));
    assert!(matches!(
        decode(&short, &limits),
        Err(AudioError::TooShort { min_secs: 0.5, .. })
    ));
    let slow = file("slow.wav", &noise(1, 8_000, 7_999));
    let wide = file("wide.wav", &noise(9, 8_000, 8_000));
    for (path, word) in [(slow, "7999 Hz"), (wide, "9 channels")] {
        let error = probe(&path, &limits).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

/// No header tells this MP3's length: it is refused while it is being read.
#[test]
fn a_long_stream_without_a_length_is_refused_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let (source, file) = (folder.path().join("a.wav"), folder.path().join("a.mp3"));
    write_wav(&source, &noise(1, 80_000, 8_000), SampleKind::Pcm24);
    ffmpeg(&source, &["-write_xing", "0", "-b:a", "32k"], &file);
    let limits = AudioLimits {
        max_secs: 2.0,
        ..AudioLimits::default()
    };
    let Err(AudioError::TooLong { secs, .. }) = probe(&file, &limits) else {
        panic!("not refused")
    };
    assert!((2.0..3.0).contains(&secs), "stopped only after {secs} s");
    let whole = probe(&file, &AudioLimits::default()).unwrap();
    assert!(
        whole.frames >= 80_000,
        "an estimate must not cut: {whole:?}"
    );
    assert_eq!(
        decode(&file, &AudioLimits::default()).unwrap().frames() as u64,
        whole.frames
    );
}

#[test]
fn eleven_hours_are_refused_by_the_header() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    write_wav(&path, &noise(1, 8_000, 8_000), SampleKind::Pcm24);
    let mut bytes = std::fs::read(&path).unwrap();
    let promised = 11 * 3600 * 8000 * 3_u32;
    let data = bytes.windows(4).position(|w| w == b"data").unwrap();
    bytes[data + 4..data + 8].copy_from_slice(&promised.to_le_bytes());
    bytes[4..8].copy_from_slice(&(promised + 36).to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let Err(AudioError::TooLong { secs, .. }) = probe(&path, &AudioLimits::default()) else {
        panic!("not refused")
    };
    assert_eq!(secs, 39_600.0);
}
