//! Writes a part of a take, and throws takes away.

use super::decode::decode;
use crate::capture::{PartWriter, Take};
use std::{fs, path::Path, sync::atomic::AtomicBool};

/// Frames `from..to` of `take` as a take below `folder`.
///
/// # Errors
/// A sentence for the user.
pub fn trim(
    take: &Take,
    from: u64,
    to: u64,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<Take, String> {
    let failed = |why: String| format!("The song could not be trimmed: {why}");
    let mut part = PartWriter::begin(folder, take, from..to).map_err(failed)?;
    let read = decode(&take.path, stop, |planes| part.add(planes));
    match read {
        Ok(_) => part.finish().map_err(failed),
        Err(why) => {
            part.discard();
            Err(failed(why))
        }
    }
}

/// Removes a take's own folder; `path` is its audio.
pub fn drop_take(path: &Path) {
    let Some(folder) = path.parent() else { return };
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::debug!(%error, folder = %folder.display(), "a take stays behind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{capture::TakeOrigin, session::loader::clip::inspect, testing::stereo_wav};

    #[test]
    fn a_part_has_exactly_its_frames_and_its_place_in_the_song() {
        let home = tempfile::tempdir().unwrap();
        let ramp = (0..96_000).map(|frame| frame as f32);
        let path = stereo_wav(home.path().join("ramp.wav"), 48_000, ramp);
        let stop = AtomicBool::new(false);
        let (mut take, _) = inspect(&path, &stop).unwrap();
        take.start_samples = Some(1000);
        take.start_beats = Some(8.0);
        take.tempo_bpm = Some(120.0);

        let part = trim(&take, 24_000, 72_001, home.path(), &stop).unwrap();
        let read: Vec<f32> = hound::WavReader::open(&part.path)
            .unwrap()
            .samples()
            .map(Result::unwrap)
            .collect();
        assert_eq!(
            (read[0], read[1], read.len()),
            (24_000.0, -24_000.0, 48_001 * 2)
        );
        assert_eq!(read[read.len() - 1], -72_000.0);
        assert_eq!(
            (part.start_samples, part.start_beats),
            (Some(25_000), Some(9.0))
        );
        assert_eq!(part.origin, TakeOrigin::File("ramp.wav, 0.5–1.5 s".into()));

        let short = trim(&take, 0, 100, home.path(), &stop).unwrap_err();
        assert!(short.contains("shorter"), "{short}");
        take.path = home.path().join("gone.wav");
        assert!(trim(&take, 0, 96_000, home.path(), &stop).is_err());
        let takes = fs::read_dir(home.path().join("takes")).unwrap().count();
        assert_eq!(takes, 1, "what failed leaves nothing");
        drop_take(&part.path);
        assert!(!part.path.exists() && path.exists());
    }
}
