//! Takes that were still rolling when their process died.

use super::{
    Take,
    spool::{BEGUN, FINISHED, seal},
};
use std::{fs, path::Path};

/// Completes the unfinished takes of an instance's folder, oldest first. Call before a take begins: the
/// folder belongs to this process alone, so whatever is unfinished in it has no writer any more.
pub(super) fn unfinished(instance: &Path) -> Vec<Take> {
    let folders = fs::read_dir(instance.join("takes")).into_iter().flatten();
    let mut takes: Vec<Take> = folders
        .flatten()
        .filter_map(|entry| complete(&entry.path()))
        .collect();
    takes.sort_by(|a, b| a.id.cmp(&b.id));
    takes
}

/// The file's header was made right twice a second, so it is whole up to then.
fn complete(folder: &Path) -> Option<Take> {
    let begun = folder.join(BEGUN);
    if folder.join(FINISHED).exists() {
        return None;
    }
    let mut take: Take = serde_json::from_slice(&fs::read(begun).ok()?).ok()?;
    // The folder may have been moved since.
    take.path = folder.join("take.wav");
    take.frames = u64::from(hound::WavReader::open(&take.path).ok()?.duration());
    if take.frames * 2 < u64::from(take.sample_rate_hz) {
        if let Err(error) = fs::remove_dir_all(folder) {
            tracing::debug!(%error, "a scrap of a take stays behind");
        }
        return None;
    }
    match seal(folder, &mut take) {
        Ok(()) => Some(take),
        Err(error) => {
            tracing::warn!(%error, "a take from before a crash could not be completed");
            None
        }
    }
}
