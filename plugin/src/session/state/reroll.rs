//! Another stem like one that is there: the same settings, other words, or only a part of it.

use super::{Effect, SavedJob, SavedStem, State, form, unsent};
use crate::session::{Health, Reseed};
use sideman_shared::{
    music::Track,
    protocol::{Caption, JobRequest, Region},
};
use std::ops::RangeInclusive;

/// Shorter parts are refused by services.
const MIN_REGION_SECS: f64 = 0.1;

const MADE_BEFORE: &str = "This stem was made by an older Sideman that did not keep its settings. Use \
                           its settings in the form, then generate.";

impl State {
    pub(super) fn reroll(
        &mut self,
        now_secs: f64,
        stem: &str,
        seed: Reseed,
        fresh_id: String,
    ) -> Vec<Effect> {
        let (form, features) = (self.form.clone(), self.service.features.clone());
        self.again(now_secs, stem, fresh_id, |stem| {
            let mut request = like(stem, seed).ok_or(MADE_BEFORE)?;
            if seed == Reseed::Same {
                form::say_words(&form, &features, &mut request)?;
            }
            Ok(request)
        })
    }

    pub(super) fn regenerate(
        &mut self,
        now_secs: f64,
        stem: &str,
        part: Region,
        seed: Reseed,
        fresh_id: String,
    ) -> Vec<Effect> {
        if self.service.health == Health::Good && !self.service.features.region {
            let text = "The engine of this service cannot play a part again. Generate the whole stem \
                        instead, or ask its operator for another engine.";
            self.notice(true, text);
            return Vec::new();
        }
        self.again(now_secs, stem, fresh_id, |stem| region(stem, part, seed))
    }

    /// Begins a job made from a stem, or says why that cannot be.
    fn again(
        &mut self,
        now_secs: f64,
        stem: &str,
        fresh_id: String,
        ask: impl FnOnce(&SavedStem) -> Result<JobRequest, String>,
    ) -> Vec<Effect> {
        let Some(stem) = self.stems.iter().find(|s| s.saved.id == stem) else {
            return Vec::new();
        };
        let take = stem.saved.take.clone();
        let asked = ask(&stem.saved).and_then(|request| Ok((request, take.ok_or(MADE_BEFORE)?)));
        match asked {
            Ok((request, take)) => self.begin(now_secs, SavedJob::new(fresh_id, take, request)),
            Err(text) => {
                self.notice(true, text);
                Vec::new()
            }
        }
    }
}

/// The request that made `stem`, for this one stem alone; `None` when it was not kept.
pub(super) fn like(stem: &SavedStem, seed: Reseed) -> Option<JobRequest> {
    let mut request = unsent(stem.request.clone()?);
    request.tracks = vec![stem.track];
    request.variations = 1;
    request.caption = request.caption.map(|_| Caption::Same(stem.caption.clone()));
    request.seed = match seed {
        Reseed::New => None,
        Reseed::Same => Some(stem.seed),
    };
    Some(request)
}

/// The request that plays `part` of `stem` again.
///
/// # Errors
/// A sentence for the user.
pub(super) fn region(stem: &SavedStem, part: Region, seed: Reseed) -> Result<JobRequest, String> {
    let mut request = like(stem, seed).ok_or(MADE_BEFORE)?;
    let base = stem.service_stem_id().ok_or(MADE_BEFORE)?;
    let start_secs = part.start_secs.max(0.0);
    let end_secs = part.end_secs.min(stem.duration_secs);
    let length_secs = end_secs - start_secs;
    if length_secs.is_nan() || length_secs < MIN_REGION_SECS {
        return Err(format!(
            "The part to play again is too short. Mark at least {MIN_REGION_SECS} s of the stem."
        ));
    }
    request.region = Some(Region {
        start_secs,
        end_secs,
    });
    request.base_stem_id = Some(base.to_owned());
    Ok(request)
}

/// What an ended job still owes, in as few requests as that takes: each asks the same candidates of all
/// its tracks. A seed that was asked for stays each candidate's own.
pub(super) fn missing(job: &SavedJob, seed: Reseed) -> Vec<JobRequest> {
    let mut whole = unsent(job.request.clone());
    if seed == Reseed::New {
        whole.seed = None;
    }
    let mut owed: Vec<(RangeInclusive<u8>, Vec<Track>)> = Vec::new();
    for &track in &whole.tracks {
        for run in runs_owed(job, track, whole.seed.is_some()) {
            match owed.iter_mut().find(|(known, _)| *known == run) {
                Some((_, tracks)) => tracks.push(track),
                None => owed.push((run, vec![track])),
            }
        }
    }
    if owed.is_empty() {
        return vec![whole];
    }
    let part = |(run, tracks): (RangeInclusive<u8>, Vec<Track>)| {
        let mut request = whole.clone();
        if let Some(Caption::PerTrack(texts)) = &mut request.caption {
            texts.retain(|track, _| tracks.contains(track));
        }
        request.tracks = tracks;
        request.variations = run.end() - run.start() + 1;
        // The service counts the seed up from candidate to candidate.
        let before = u32::from(run.start() - 1);
        request.seed = request.seed.map(|seed| seed.wrapping_add(before));
        request
    };
    owed.into_iter().map(part).collect()
}

/// The candidates of a track that have not come, as runs without a gap; without a seed of their own any
/// will do, so one run of as many.
fn runs_owed(job: &SavedJob, track: Track, seeded: bool) -> Vec<RangeInclusive<u8>> {
    let came = |variation: u8| {
        let mut came = job.delivered.iter();
        came.any(|d| d.track == track && d.variation == variation)
    };
    let owed: Vec<u8> = (1..=job.request.variations).filter(|v| !came(*v)).collect();
    if !seeded {
        let count = owed.len() as u8;
        return (count > 0).then_some(1..=count).into_iter().collect();
    }
    let runs = owed.chunk_by(|a, b| a + 1 == *b);
    runs.map(|run| run[0]..=run[run.len() - 1]).collect()
}
