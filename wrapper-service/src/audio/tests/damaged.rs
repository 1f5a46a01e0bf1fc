use super::*;
use crate::audio::{AudioError, AudioLimits, decode, probe};
use sideman_shared::protocol::Code;
use std::path::PathBuf;

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn wav_bytes(&self, audio: &AudioBuffer, kind: SampleKind) -> Vec<u8> {
        let path = self.0.path().join("whole.wav");
        write_wav(&path, audio, kind);
        std::fs::read(&path).unwrap()
    }

    fn mp3_bytes(&self, audio: &AudioBuffer) -> Vec<u8> {
        let (wav, mp3) = (
            self.0.path().join("whole.wav"),
            self.0.path().join("whole.mp3"),
        );
        write_wav(&wav, audio, SampleKind::Pcm24);
        ffmpeg(&wav, &["-b:a", "128k"], &mp3);
        std::fs::read(&mp3).unwrap()
    }
}

/// Both ways in must refuse, with one sentence and the right code.
fn refusal(path: &Path) -> String {
    let limits = AudioLimits::default();
    let error = probe(path, &limits).expect_err("probe must refuse");
    assert_eq!(error.code(), Code::AudioUnreadable, "{error}");
    let decoded = decode(path, &limits).expect_err("decode must refuse");
    assert_eq!(error.to_string(), decoded.to_string());
    error.to_string()
}

#[test]
fn what_is_not_audio_is_refused_with_a_reason() {
    let files = Files::new();
    let empty = files.with("empty.wav", b"");
    assert!(refusal(&empty).contains("empty (0 bytes)"));
    let page = "<html><body>404, and some more text to look at</body></html>\n".repeat(900);
    let random: Vec<u8> = (0..200_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761).rotate_left(i % 31) >> 13) as u8)
        .collect();
    for (name, bytes) in [
        ("page.wav", page.as_bytes()),
        ("one.wav", b"x".as_slice()),
        ("random.mp3", random.as_slice()),
        ("zeros.flac", &[0; 100_000]),
    ] {
        let path = files.with(name, bytes);
        let reason = refusal(&path);
        assert!(reason.len() > 30, "{name}: {reason}");
    }
    let missing = files.0.path().join("missing.wav");
    assert!(matches!(
        probe(&missing, &AudioLimits::default()),
        Err(AudioError::Io(_))
    ));
}

#[test]
fn samples_that_are_no_numbers_are_refused_and_located() {
    let files = Files::new();
    for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut audio = noise(2, 48_000, 48_000);
        audio.channels_mut().last().unwrap()[24_000] = poison;
        let bytes = files.wav_bytes(&audio, SampleKind::Float32);
        let reason = refusal(&files.with("poison.wav", &bytes));
        assert!(
            reason.contains("not a number") && reason.contains("0.500 s"),
            "{reason}"
        );
    }
}

#[test]
fn a_wav_cut_off_is_refused_but_for_its_last_breath() {
    let files = Files::new();
    let bytes = files.wav_bytes(&noise(2, 48_000, 48_000), SampleKind::Pcm24);
    let half = files.with("half.wav", &bytes[..bytes.len() / 2]);
    assert!(refusal(&half).contains("cut off"));
    let header_only = files.with("header.wav", &bytes[..44]);
    refusal(&header_only);
    // 10 bytes: one whole frame and a part of another.
    let nearly = files.with("nearly.wav", &bytes[..bytes.len() - 10]);
    let probed = probe(&nearly, &AudioLimits::default()).unwrap();
    let decoded = decode(&nearly, &AudioLimits::default()).unwrap();
    assert!((47_000..48_000).contains(&probed.frames), "{probed:?}");
    assert_eq!(decoded.frames() as u64, probed.frames);
}

#[test]
fn a_damaged_mp3_keeps_its_length_and_what_follows_its_time() {
    let files = Files::new();
    let audio = noise(1, 96_000, 48_000);
    let mut bytes = files.mp3_bytes(&audio);
    let hole = bytes.len() / 4..bytes.len() / 4 + 300;
    bytes[hole].fill(0);
    let path = files.with("hole.mp3", &bytes);
    let probed = probe(&path, &AudioLimits::default()).unwrap();
    let decoded = decode(&path, &AudioLimits::default()).unwrap();
    assert_eq!(decoded.frames() as u64, probed.frames);
    assert!(
        probed.frames >= 95_040 && probed.frames <= 96_000,
        "{probed:?}"
    );

    let quarter = bytes.len() / 4;
    let cut = files.with("cut.mp3", &bytes[..quarter]);
    assert!(refusal(&cut).contains("cut off"));
    for byte in bytes[2000..].iter_mut().step_by(40) {
        *byte ^= 0x5A;
    }
    refusal(&files.with("wreck.mp3", &bytes));
}

/// The blocks at a new beginning lean on data that was cut away: they are silence, and the rest is in time.
#[test]
fn an_mp3_whose_beginning_was_cut_away_keeps_its_time() {
    let files = Files::new();
    let audio = noise(1, 96_000, 48_000);
    let (wav, mp3) = (files.0.path().join("a.wav"), files.0.path().join("a.mp3"));
    write_wav(&wav, &audio, SampleKind::Pcm24);
    // Constant blocks of 384 bytes, without the frame that describes the file.
    let options = ["-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0"];
    ffmpeg(&wav, &options, &mp3);
    let bytes = std::fs::read(&mp3).unwrap();
    let limits = AudioLimits::default();
    let whole = decode(&mp3, &limits).unwrap();
    let cut = decode(&files.with("cut.mp3", &bytes[10 * 384..]), &limits).unwrap();
    assert_eq!(cut.frames(), whole.frames() - 10 * 1152);
    let rest = &whole.channels()[0][10 * 1152..];
    assert_eq!(lag(rest, &cut.channels()[0]), 0);
}

/// A program that streams cannot know the length: it writes the largest, and the end of the file counts.
#[test]
fn a_streamed_wav_without_a_length_is_read_to_its_end() {
    let files = Files::new();
    let mut bytes = files.wav_bytes(&noise(2, 40_000, 44_100), SampleKind::Pcm24);
    let data = bytes.windows(4).position(|w| w == b"data").unwrap();
    bytes[data + 4..data + 8].fill(0xFF);
    bytes[4..8].fill(0xFF);
    let path = files.with("streamed.wav", &bytes);
    let probed = probe(&path, &AudioLimits::default()).unwrap();
    assert_eq!(probed.frames, 40_000);
}

/// Whatever lies in a file: an answer, the same from both ways in, and no panic.
#[test]
fn flipped_bytes_end_in_an_answer() {
    let files = Files::new();
    let source = files.0.path().join("source.wav");
    write_wav(&source, &noise(2, 24_000, 44_100), SampleKind::Pcm24);
    let limits = AudioLimits::default();
    for extension in ["wav", "aiff", "flac", "mp3", "ogg", "m4a"] {
        let whole = files.0.path().join(format!("whole.{extension}"));
        ffmpeg(&source, &[], &whole);
        let bytes = std::fs::read(&whole).unwrap();
        let mut state = 1_u32;
        for round in 0..60 {
            let mut damaged = bytes.clone();
            for _ in 0..=round % 8 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Headers matter most: half of the flips go there.
                let reach = if round % 2 == 0 { 400 } else { bytes.len() };
                damaged[(state >> 8) as usize % reach.min(bytes.len())] ^= (state >> 3) as u8 | 1;
            }
            let path = files.with("damaged", &damaged);
            match (probe(&path, &limits), decode(&path, &limits)) {
                (Ok(probe), Ok(audio)) => assert_eq!(probe.frames, audio.frames() as u64),
                (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
                (a, b) => panic!("{extension} {round}: {a:?} {:?}", b.map(|b| b.frames())),
            }
        }
    }
}
