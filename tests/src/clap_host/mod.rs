//! A small CLAP host without a mixer: loads the built plugin, plays blocks through it with a transport,
//! moves its parameters, keeps its state, and opens its window.
//!
//! Blocks are processed on a thread of their own, as every host does; the rest belongs to the thread
//! that made the [`Host`].

mod audio;
mod block;
mod descriptor;
mod handlers;
mod params;
mod pieces;
mod ports;
mod song;
mod threads;
mod timing;
mod window;
mod yardstick;

pub use audio::Audio;
pub use block::{Answer, Block};
pub use descriptor::Descriptor;
pub use params::{Parameter, in_foreign_space};
pub use ports::{Layout, Port};
pub use song::{Positions, Song};
pub use timing::{BlockTimes, Pace, time_copy};
pub use window::PluginWindow;
pub use yardstick::Yardstick;

use anyhow::{Context, Result, anyhow, bail};
use clack_extensions::{
    audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig},
    params::{ParamInfoBuffer, PluginParams},
    render::{PluginRender, RenderMode},
    state::PluginState,
};
use clack_host::{events::event_types::ParamValueEvent, prelude::*, utils::ClapId};
use handlers::{Handlers, Main, Shared};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const SIDEMAN_ID: &std::ffi::CStr = c"org.sideman.sideman";

/// The plugin that was built beside this program, or the one `SIDEMAN_CLAP` names.
///
/// # Errors
/// It has not been built.
pub fn built_plugin() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("SIDEMAN_CLAP") {
        return Ok(path.into());
    }
    let name = format!(
        "{}sideman{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let program = std::env::current_exe().context("where is this program?")?;
    program
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            anyhow!(
                "no {name} near {}; run cargo build -p sideman-plugin",
                program.display()
            )
        })
}

/// A loaded plugin library; every instance made from it keeps it loaded.
pub struct Library {
    entry: PluginEntry,
}

impl Library {
    /// # Errors
    /// Not a CLAP library.
    pub fn load(path: &Path) -> Result<Self> {
        // SAFETY: loading runs the library's initialisers; it is the plugin built from this workspace.
        let entry = unsafe { PluginEntry::load(path) }
            .map_err(|e| anyhow!("{} is not a CLAP plugin: {e}", path.display()))?;
        Ok(Self { entry })
    }
}

/// How the plugin counts a parameter.
#[derive(Debug, Clone, Copy)]
struct ParamRange {
    id: ClapId,
    min: f64,
    max: f64,
}

/// One instance of Sideman in a host.
pub struct Host {
    // Dropped before the instance: a started processor must not outlive it.
    audio: Option<audio::Audio>,
    instance: PluginInstance<Handlers>,
    /// By the parameter's name.
    params: HashMap<String, ParamRange>,
    moved: Vec<(ClapId, f64)>,
    channels: usize,
}

impl Host {
    /// Makes a stereo instance, not yet active.
    ///
    /// # Errors
    /// The library has no Sideman, or it refuses to be made.
    pub fn new(library: &Library) -> Result<Self> {
        let mut host = Self::of(library, SIDEMAN_ID)?;
        host.params = list_params(&mut host.instance)?;
        Ok(host)
    }

    /// A stereo instance of a plugin to measure against.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn yardstick(yardstick: Yardstick) -> Result<Self> {
        let entry = yardstick.entry()?;
        Self::of(&Library { entry }, yardstick.id())
    }

    fn of(library: &Library, id: &std::ffi::CStr) -> Result<Self> {
        let info = host_info()?;
        let instance = PluginInstance::<Handlers>::new(
            |_| Shared::default(),
            |_| Main::default(),
            &library.entry,
            id,
            &info,
        )
        .map_err(|e| anyhow!("the plugin cannot be made: {e}"))?;
        Ok(Self {
            audio: None,
            instance,
            params: HashMap::new(),
            moved: Vec::new(),
            channels: 2,
        })
    }

    /// Picks the port layout by its name, `Stereo` or `Mono`. Only while not active.
    ///
    /// # Errors
    /// No such layout.
    pub fn select_layout(&mut self, name: &str) -> Result<()> {
        let plugin = &mut self.instance.plugin_handle();
        let ports: PluginAudioPortsConfig = plugin.get_extension().context("no port layouts")?;
        let mut buffer = AudioPortsConfigBuffer::new();
        for index in 0..ports.count(plugin) {
            let Some(layout) = ports.get(plugin, index, &mut buffer) else {
                continue;
            };
            if layout.name == name.as_bytes() {
                let (id, main) = (layout.id, layout.main_output);
                self.channels = main.context("a layout without outputs")?.channel_count as usize;
                return ports
                    .select(plugin, id)
                    .map_err(|_| anyhow!("{name} is refused"));
            }
        }
        bail!("no port layout {name}")
    }

    /// Tells the plugin that blocks come faster or slower than real time. Only while not active.
    ///
    /// # Errors
    /// The plugin cannot.
    pub fn set_offline(&mut self, offline: bool) -> Result<()> {
        let plugin = &mut self.instance.plugin_handle();
        let render: PluginRender = plugin.get_extension().context("no render modes")?;
        let mode = if offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        render
            .set(plugin, mode)
            .map_err(|_| anyhow!("{mode:?} rendering is refused"))
    }

    /// # Errors
    /// The plugin refuses.
    pub fn activate(&mut self, sample_rate_hz: u32, max_block_frames: usize) -> Result<()> {
        self.activate_exactly(f64::from(sample_rate_hz), max_block_frames)
    }

    /// At a rate that need not be whole.
    ///
    /// # Errors
    /// The plugin refuses.
    pub fn activate_exactly(&mut self, sample_rate_hz: f64, max_block_frames: usize) -> Result<()> {
        let config = PluginAudioConfiguration {
            sample_rate: sample_rate_hz,
            min_frames_count: 1,
            max_frames_count: max_block_frames as u32,
        };
        let stopped = self
            .instance
            .activate(|_, _| (), config)
            .map_err(|e| anyhow!("activating failed: {e}"))?;
        self.audio = Some(audio::Audio::start(stopped, self.channels)?);
        Ok(())
    }

    pub fn deactivate(&mut self) {
        if let Some(audio) = self.audio.take() {
            self.instance.deactivate(audio.stop());
        }
    }

    /// Moves a parameter, 0–1, by its name; heard at the next block.
    ///
    /// # Errors
    /// No such parameter.
    pub fn set_param(&mut self, name: &str, normalized: f64) -> Result<()> {
        let range = self.range(name)?;
        self.moved
            .push((range.id, range.min + normalized * (range.max - range.min)));
        Ok(())
    }

    /// A parameter's value, 0–1.
    ///
    /// # Errors
    /// No such parameter.
    pub fn param(&mut self, name: &str) -> Result<f64> {
        let range = self.range(name)?;
        let plugin = &mut self.instance.plugin_handle();
        let params: PluginParams = plugin.get_extension().context("no parameters")?;
        let value = params.get_value(plugin, range.id);
        let value = value.with_context(|| format!("{name} has no value"))?;
        Ok((value - range.min) / (range.max - range.min))
    }

    fn range(&self, name: &str) -> Result<ParamRange> {
        let range = self.params.get(name).copied();
        range.with_context(|| format!("no parameter {name}"))
    }

    /// Plays all of `input[channel][frame]` in blocks of these sizes, over and over, and returns what
    /// came out. The song moves on; blocks are cut at its loop's end unless it says otherwise.
    ///
    /// # Errors
    /// Not active, or the plugin fails.
    pub fn play(
        &mut self,
        song: &mut Song,
        input: &[Vec<f32>],
        block_sizes: &[usize],
    ) -> Result<Vec<Vec<f32>>> {
        let events: Vec<_> = self
            .moved
            .drain(..)
            .map(|(id, value)| ParamValueEvent::new(0, id, Pckn::match_all(), value))
            .collect();
        self.on_audio_thread(|audio| audio.play(song, input, block_sizes, &events))
    }

    /// Plays `input[channel][frame]` in whole blocks of one size, what is left over not at all, and
    /// times each call of the plugin's `process`. What comes out is not looked at. Parameters that wait
    /// to be moved go on waiting.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn time_blocks(
        &mut self,
        song: &mut Song,
        input: &[Vec<f32>],
        block_frames: usize,
        pace: Pace,
    ) -> Result<BlockTimes> {
        self.on_audio_thread(|audio| audio.time_blocks(song, input, block_frames, pace))
    }

    /// Silence of this length, played in blocks of 512.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn play_silence(&mut self, song: &mut Song, frames: usize) -> Result<Vec<Vec<f32>>> {
        let input = vec![vec![0.0; frames]; self.channels];
        self.play(song, &input, &[512])
    }

    /// The plugin's state as the host would write it into the project.
    ///
    /// # Errors
    /// The plugin fails.
    pub fn save_state(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.save_into(&mut bytes)?;
        Ok(bytes)
    }

    fn save_into(&mut self, to: &mut impl std::io::Write) -> Result<()> {
        let plugin = &mut self.instance.plugin_handle();
        let state: PluginState = plugin.get_extension().context("no state")?;
        state
            .save(plugin, to)
            .map_err(|e| anyhow!("saving failed: {e}"))
    }

    /// # Errors
    /// The plugin refuses it.
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<()> {
        self.load_from(&mut &bytes[..])
    }

    fn load_from(&mut self, from: &mut impl std::io::Read) -> Result<()> {
        let plugin = &mut self.instance.plugin_handle();
        let state: PluginState = plugin.get_extension().context("no state")?;
        state
            .load(plugin, from)
            .map_err(|e| anyhow!("loading failed: {e}"))
    }

    /// Changes what the project keeps: settings, form, and so on.
    ///
    /// # Errors
    /// The state is not what Sideman writes.
    pub fn edit_project(&mut self, edit: impl FnOnce(&mut serde_json::Value)) -> Result<()> {
        let saved = self.save_state()?;
        // Eight bytes of length, then JSON.
        let body = saved.get(8..).context("the state is too short")?;
        let mut state: serde_json::Value = serde_json::from_slice(body)?;
        let field = state
            .pointer_mut("/fields/project")
            .context("the state has no project")?;
        let mut project = serde_json::from_str(field.as_str().context("the project is no text")?)?;
        edit(&mut project);
        *field = project.to_string().into();
        let body = serde_json::to_vec(&state)?;
        let mut bytes = (body.len() as u64).to_le_bytes().to_vec();
        bytes.extend(body);
        self.load_state(&bytes)
    }

    /// What the project keeps.
    ///
    /// # Errors
    /// The state is not what Sideman writes.
    pub fn project(&mut self) -> Result<serde_json::Value> {
        let saved = self.save_state()?;
        let state: serde_json::Value = serde_json::from_slice(saved.get(8..).unwrap_or_default())?;
        let project = state.pointer("/fields/project").and_then(|p| p.as_str());
        Ok(serde_json::from_str(
            project.context("the state has no project")?,
        )?)
    }

    /// Opens the window inside an X11 window of its own.
    ///
    /// # Errors
    /// No display, or the plugin has no window.
    pub fn open_window(&mut self) -> Result<PluginWindow> {
        self.open_window_after(Duration::ZERO)
    }

    /// As a host that makes the window, and shows it only after `pause`.
    ///
    /// # Errors
    /// As [`Self::open_window`].
    pub fn open_window_after(&mut self, pause: Duration) -> Result<PluginWindow> {
        PluginWindow::open(&mut self.instance, pause)
    }

    /// Runs what the plugin wants run on the main thread.
    pub fn run_callbacks(&mut self) {
        if self.instance.access_shared_handler(Shared::take_callback) {
            self.instance.call_on_main_thread_callback();
        }
    }

    /// Waits until `done` says so, running callbacks meanwhile.
    ///
    /// # Errors
    /// It does not within `limit`; `what` is what was waited for.
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut done: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            self.run_callbacks();
            if let Some(found) = done(self)? {
                return Ok(found);
            }
            if Instant::now() >= deadline {
                bail!("waited {limit:?} for {what} in vain");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.deactivate();
    }
}

fn host_info() -> Result<HostInfo> {
    Ok(HostInfo::new(
        "sideman-tests",
        "Sideman",
        "",
        env!("CARGO_PKG_VERSION"),
    )?)
}

fn list_params(instance: &mut PluginInstance<Handlers>) -> Result<HashMap<String, ParamRange>> {
    let plugin = &mut instance.plugin_handle();
    let params: PluginParams = plugin.get_extension().context("no parameters")?;
    let mut buffer = ParamInfoBuffer::new();
    let mut named = HashMap::new();
    for index in 0..params.count(plugin) {
        if let Some(info) = params.get_info(plugin, index, &mut buffer) {
            let name = String::from_utf8_lossy(info.name).into_owned();
            let (id, min, max) = (info.id, info.min_value, info.max_value);
            named.insert(name, ParamRange { id, min, max });
        }
    }
    Ok(named)
}
