//! Sideman, the plugin: listens to the song, has a stem played along with it, and hands it to the DAW.
//!
//! Rooms: [`capture`] and [`audition`] have an audio-thread half each; [`session`] decides; [`client`]
//! talks to the wrapper-service; [`editor`] draws. [`wiring`] makes every pair once.

pub mod audition;
pub mod capture;
pub mod client;
pub mod editor;
mod framework_worker;
pub mod host_link;
pub mod params;
#[cfg(feature = "standalone")]
pub mod player;
pub mod session;
pub mod song_clock;
#[cfg(feature = "standalone")]
pub mod standalone;
#[cfg(test)]
mod testing;
mod threads;
pub mod wiring;

use audition::{Gain, Mix};
use editor::{repaint::Repaint, window::WindowEditor};
use framework_worker::GoHome;
use nice_plug::prelude::*;
use params::SidemanParams;
use session::Folders;
use song_clock::SongClock;
use std::{
    num::NonZeroU32,
    sync::{Arc, atomic::AtomicBool},
};
use wiring::{AudioHalves, Wiring};

/// One instance of the plugin.
pub struct Sideman {
    params: Arc<SidemanParams>,
    wiring: Arc<Wiring>,
    repaint: Repaint,
    window_open: Arc<AtomicBool>,
    /// `None` until activated, or when no thread could be started: then sound only passes.
    audio: Option<AudioHalves>,
    #[cfg(feature = "standalone")]
    player: Option<player::Player>,
    offline: bool,
    /// The host's own capture button, as last seen.
    capture_button: bool,
    /// The host's "take the last bars" button, as last seen.
    grab_button: bool,
    audition_gain: Gain,
}

impl Default for Sideman {
    fn default() -> Self {
        let params = Arc::new(SidemanParams::default());
        let repaint = Repaint::default();
        Self {
            wiring: Arc::new(Wiring::new(
                Arc::clone(&params),
                repaint.clone(),
                Folders::of_user(),
            )),
            params,
            repaint,
            window_open: Arc::default(),
            audio: None,
            #[cfg(feature = "standalone")]
            player: None,
            offline: false,
            capture_button: false,
            grab_button: false,
            audition_gain: Gain::default(),
        }
    }
}

const fn layout(channels: u32, name: &'static str) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        names: PortNames {
            layout: Some(name),
            ..PortNames::const_default()
        },
        ..AudioIOLayout::const_default()
    }
}

impl Plugin for Sideman {
    const NAME: &'static str = "Sideman";
    const VENDOR: &'static str = "Sideman";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[layout(2, "Stereo"), layout(1, "Mono")];

    type Editor = WindowEditor<editor::App>;
    type SysExMessage = ();
    type BackgroundTask = GoHome;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        Box::new(|task| task.obey())
    }

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        framework_worker::meet(&executor);
        #[cfg(feature = "standalone")]
        if standalone::is_running() {
            standalone::watch(
                &self.wiring,
                self.repaint.clone(),
                Arc::clone(&self.window_open),
            );
        }
        Some(wiring::window(
            &self.wiring,
            Arc::clone(&self.params),
            self.repaint.clone(),
            Arc::clone(&self.window_open),
        ))
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        framework_worker::retire(context.plugin_api());
        self.offline = config.process_mode == ProcessMode::Offline;
        if self.audio.is_none() {
            match self.wiring.take_halves() {
                Ok(halves) => self.audio = halves,
                Err(error) => nice_error!("Sideman only passes the sound through: {error}"),
            }
        }
        let rate_hz = config.sample_rate.round() as u32;
        if let Some(audio) = &self.audio {
            audio.tap.announce_rate(rate_hz);
        }
        #[cfg(feature = "standalone")]
        self.prepare_player(rate_hz);
        true
    }

    fn reset(&mut self) {
        if let Some(audio) = &mut self.audio {
            audio.voice.reset();
        }
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let clock = SongClock::read(context.transport(), self.offline);
        let channels = buffer.as_slice();
        #[cfg(feature = "standalone")]
        let clock = match &mut self.player {
            Some(player) => player.process(channels, clock),
            None => clock,
        };
        let Some(audio) = &mut self.audio else {
            return ProcessStatus::Normal;
        };
        let button = self.params.capture.value();
        if std::mem::replace(&mut self.capture_button, button) != button {
            audio.tap.set_enabled(button);
        }
        audio.tap.process(&clock, channels);
        let button = self.params.grab.value();
        if !std::mem::replace(&mut self.grab_button, button) && button {
            audio.tap.want_grab();
        }
        let silent = self.offline && !self.params.audition_in_bounce.value();
        if silent {
            // At once: not even the tail of a fade may reach a bounce.
            audio.voice.reset();
        }
        let mix = Mix {
            on: self.params.audition.value() && !silent,
            gain: self.audition_gain.at(self.params.audition_gain_db.value()),
        };
        let sounds = audio.voice.process(channels, &clock, mix);
        // A host that puts silent plugins to sleep would tear holes into takes and memory.
        let is_hearing = audio.tap.is_listening(&clock);
        if sounds || audio.tap.is_enabled() || is_hearing {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }

    fn stop_processing(&mut self) {
        self.end_take();
    }

    #[cfg(feature = "standalone")]
    fn setup_logger() -> Option<bool> {
        standalone::is_running().then(standalone::log_to_stderr)
    }

    fn deactivate(&mut self) {
        self.end_take();
    }
}

impl Sideman {
    /// The host will not call for a while.
    fn end_take(&mut self) {
        if let Some(audio) = &mut self.audio {
            audio.tap.stop();
        }
    }

    /// The standalone program's transport.
    #[cfg(feature = "standalone")]
    fn prepare_player(&mut self, rate_hz: u32) {
        if let (None, Some(handle)) = (&self.player, standalone::player()) {
            match player::Player::new(handle) {
                Ok(player) => self.player = Some(player),
                Err(error) => nice_error!("There is no transport: {error}"),
            }
        }
        if let Some(player) = &self.player {
            player.announce_rate(rate_hz);
        }
    }
}

impl ClapPlugin for Sideman {
    const CLAP_ID: &'static str = "org.sideman.sideman";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Hires a session player for your track: hears the song, brings back a stem");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Utility,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];
}

impl Vst3Plugin for Sideman {
    /// Never changes: projects find the plugin by it.
    const VST3_CLASS_ID: [u8; 16] = *b"SidemanPlugin001";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Tools];
}

nice_export_clap!(Sideman);
nice_export_vst3!(Sideman);
