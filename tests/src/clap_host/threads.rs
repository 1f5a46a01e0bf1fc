//! The audio's own thread, and the host's beside it.

use super::{Audio, Block, Host};
use anyhow::{Context, Result, anyhow, bail};
use std::sync::atomic::{AtomicBool, Ordering};

impl Host {
    /// Plays this block over and over on the audio's own thread while `work` goes on here.
    ///
    /// # Errors
    /// Not active, a block breaks a rule, or the work fails.
    pub fn while_playing<T>(
        &mut self,
        input: &[Vec<f32>],
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let mut audio = self.audio.take().context("the plugin is not active")?;
        let stop = AtomicBool::new(false);
        let (worked, played) = std::thread::scope(|scope| {
            // Also when the work panics: the scope waits for its thread.
            let stopped = Stops(&stop);
            let worker = scope.spawn(|| {
                let mut blocks = 0;
                while blocks == 0 || !stop.load(Ordering::Acquire) {
                    audio.send(&Block::of(input))?;
                    blocks += 1;
                }
                anyhow::Ok(blocks)
            });
            let worked = work(self);
            drop(stopped);
            (worked, worker.join())
        });
        self.audio = Some(audio);
        played.map_err(|_| anyhow!("the audio thread panicked"))??;
        self.run_callbacks();
        worked
    }

    /// Runs on a thread of its own, as blocks are played.
    ///
    /// # Errors
    /// Not active, or the work fails.
    pub fn on_audio_thread<T: Send>(
        &mut self,
        work: impl FnOnce(&mut Audio) -> Result<T> + Send,
    ) -> Result<T> {
        let Some(audio) = self.audio.as_mut() else {
            bail!("the plugin is not active");
        };
        let done = std::thread::scope(|scope| {
            let worker = scope.spawn(|| work(audio));
            worker
                .join()
                .map_err(|_| anyhow!("the audio thread panicked"))?
        });
        self.run_callbacks();
        done
    }
}

struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
