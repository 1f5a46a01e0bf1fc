//! "sketch": built-in, no AI model, no network, no GPU. It listens to the source and plays along,
//! the same way every time for the same seed.
//!
//! The way of a part: `song` reads the analysis and `style` the caption; a player in `parts` writes
//! notes; `voices` (or a SoundFont) turn them into sound; `mix` makes a stem of it; `rate` brings it
//! to the source's frames.

mod canvas;
mod harmony;
mod limiter;
mod meter;
mod mix;
mod parts;
mod rate;
mod reverb;
mod score;
mod song;
mod sound_font;
mod style;
#[cfg(test)]
mod tests;
mod voices;
mod watch;

use super::{Engine, EngineError, EngineOutput, EngineRequest, ProgressSink};
use async_trait::async_trait;
use canvas::Canvas;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, EngineFeatures, EngineInfo},
};
use song::Song;
use std::path::PathBuf;
use style::Style;
use tokio_util::sync::CancellationToken;
use watch::Watch;

/// The name in configuration and in stems.
pub const NAME: &str = "sketch";
/// No sample of a stem lies above −1 dBFS.
const CEILING: f32 = 0.891;

#[derive(Debug, Clone, Default)]
pub struct Sketch {
    /// A General MIDI SoundFont for the instrument tracks; the system's, or synthesised voices,
    /// without one.
    pub sound_font: Option<PathBuf>,
}

#[async_trait]
impl Engine for Sketch {
    async fn info(&self) -> EngineInfo {
        EngineInfo {
            name: NAME.into(),
            healthy: true,
            detail: "sketch: built-in, no AI model".into(),
            tracks: Track::ALL.to_vec(),
            features: EngineFeatures {
                region: false,
                lyrics: false,
                seed: true,
                cancel: true,
                progress: true,
                variations: true,
                formats: vec![AudioFormat::Wav, AudioFormat::Flac, AudioFormat::Mp3],
                ..EngineFeatures::default()
            },
        }
    }

    /// Plays the whole source; a region is cut by the caller. Lyrics, steps and guidance mean nothing
    /// to it.
    async fn generate(
        &self,
        request: EngineRequest,
        progress: ProgressSink,
        cancel: CancellationToken,
    ) -> Result<EngineOutput, EngineError> {
        let sound_font = self.sound_font.clone();
        let watch = Watch { progress, cancel };
        let playing = tokio::task::spawn_blocking(move || {
            let font = sound_font::find(sound_font.as_deref(), request.track);
            perform(&request, font.as_ref(), &watch)
        });
        playing
            .await
            .map_err(|e| EngineError::Failed(format!("the sketch player broke off: {e}")))?
    }
}

/// Listens, writes the part, plays it and mixes it. Blocks for some seconds.
fn perform(
    request: &EngineRequest,
    font: Option<&sound_font::LoadedFont>,
    watch: &Watch,
) -> Result<EngineOutput, EngineError> {
    watch.at(0.0)?;
    let source_hz = request.source.sample_rate_hz();
    let frames = request.source.frames();
    let mut shared_dice = ChaCha8Rng::seed_from_u64(u64::from(request.seed));
    let song = Song::hear(
        &request.analysis,
        request.source.duration_secs(),
        &mut shared_dice,
    );
    let style = Style::from_caption(&request.caption);
    let notes = parts::compose(request.track, &song, &style, request.seed);
    let rendering_hz = rate::rendering_hz(source_hz);
    let rendered = (frames as u64 * u64::from(rendering_hz)).div_ceil(u64::from(source_hz.max(1)));
    let mut canvas = Canvas::new(rendered as usize, rendering_hz as f32);
    watch.at(0.05)?;
    let by_font = font.is_some_and(|font| {
        let played = font.play(request.track, &notes, watch, &mut canvas);
        played.is_ok()
    });
    if !by_font {
        watch.check()?;
        voices::play(&notes, &style, request.seed, watch, &mut canvas)?;
    }
    mix::finish(request.track, &style, &mut canvas, watch)?;
    let audio = rate::deliver(canvas, source_hz, frames, CEILING, watch)?;
    watch.at(1.0)?;
    Ok(EngineOutput {
        audio,
        model: font.filter(|_| by_font).map(|f| f.name.clone()),
    })
}
