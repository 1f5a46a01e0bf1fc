//! A small VST3 host: loads the built plugin's VST3 face, plays blocks through it with a transport, moves
//! its parameters, keeps its state, and opens its window.

mod block;
mod buses;
mod changes;
mod factory;
mod params;
mod run_loop;
mod stream;
mod window;

pub use block::{Shown, Vst3Audio, Vst3Block};
pub use buses::{AUDIO, Bus, EVENT, INPUT, OUTPUT};
pub use changes::Moves;
pub use factory::ClassTold;
pub use params::{Parameter, Unit};
pub use window::Vst3Window;

use crate::clap_host::Song;
use anyhow::{Context, Result, bail};
use changes::Changes;
use libloading::Library as SharedLibrary;
use std::{
    collections::HashMap,
    ffi::{c_char, c_void},
    path::Path,
    ptr::null_mut,
    rc::Rc,
};
use stream::Stream;
use vst3::{ComPtr, ComWrapper, Interface, Steinberg::Vst::*, Steinberg::*};

type ModuleEntry = unsafe extern "C" fn(*mut c_void) -> bool;
type ModuleExit = unsafe extern "C" fn() -> bool;
type GetPluginFactory = unsafe extern "C" fn() -> *mut IPluginFactory;

/// A loaded module; every instance made from it keeps it loaded.
pub struct Vst3Library {
    // Dropped before the code that it points into.
    factory: Option<ComPtr<IPluginFactory>>,
    module: SharedLibrary,
}

impl Vst3Library {
    /// # Errors
    /// Not a VST3 module for Linux.
    pub fn load(path: &Path) -> Result<Rc<Self>> {
        // SAFETY: loading runs the module's initialisers; it is the plugin built from this workspace.
        // The three symbols have the signatures that the VST3 module architecture gives them, and
        // `ModuleEntry` is called once before anything else.
        unsafe {
            let module = SharedLibrary::new(path)?;
            let enter = module.get::<ModuleEntry>(b"ModuleEntry\0")?;
            if !enter(null_mut()) {
                bail!("the module refuses to start");
            }
            let factory = module.get::<GetPluginFactory>(b"GetPluginFactory\0")?;
            let factory = ComPtr::from_raw(factory()).context("no factory")?;
            Ok(Rc::new(Self {
                factory: Some(factory),
                module,
            }))
        }
    }

    fn factory(&self) -> &ComPtr<IPluginFactory> {
        self.factory.as_ref().expect("only taken when dropped")
    }

    /// Name and category of each class.
    pub fn classes(&self) -> Vec<(String, String)> {
        let infos = self.class_infos();
        infos
            .iter()
            .map(|info| (text(&info.name), text(&info.category)))
            .collect()
    }

    fn class_infos(&self) -> Vec<PClassInfo> {
        // SAFETY: the factory fills the structs it is given; zeroes are valid for these plain ones.
        unsafe {
            (0..self.factory().countClasses())
                .filter_map(|index| {
                    let mut info: PClassInfo = std::mem::zeroed();
                    let told = self.factory().getClassInfo(index, &mut info);
                    (told == kResultOk).then_some(info)
                })
                .collect()
        }
    }

    /// Whether a class id that nobody has is refused.
    pub fn refuses_unknown_classes(&self) -> bool {
        self.create::<IComponent>(&[b'?' as c_char; 16]).is_err()
    }

    fn create<I: Interface>(&self, class: &TUID) -> Result<ComPtr<I>> {
        let mut made = null_mut();
        // SAFETY: both ids are 16 bytes; on success the factory hands over one reference to `I`.
        unsafe {
            let class = class.as_ptr();
            let answer =
                self.factory()
                    .createInstance(class, I::IID.as_ptr().cast::<c_char>(), &mut made);
            if answer != kResultOk {
                bail!("the factory answers {answer}");
            }
            ComPtr::from_raw(made.cast::<I>()).context("the factory made nothing")
        }
    }
}

impl Drop for Vst3Library {
    fn drop(&mut self) {
        drop(self.factory.take());
        // SAFETY: the last thing called in the module, after everything made from it is gone.
        unsafe {
            if let Ok(leave) = self.module.get::<ModuleExit>(b"ModuleExit\0") {
                leave();
            }
        }
    }
}

/// One instance of Sideman in a VST3 host.
pub struct Vst3Host {
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    component: ComPtr<IComponent>,
    /// Ids by the parameter's title.
    params: HashMap<String, ParamID>,
    moved: Vec<(ParamID, f64)>,
    channels: usize,
    is_active: bool,
    _library: Rc<Vst3Library>,
}

impl Vst3Host {
    /// Makes an instance with as many channels in and out, not yet active.
    ///
    /// # Errors
    /// There is no Sideman in it, or it refuses.
    pub fn new(library: &Rc<Vst3Library>, channels: usize) -> Result<Self> {
        let infos = library.class_infos();
        let audio = |info: &&PClassInfo| text(&info.category) == "Audio Module Class";
        let class = infos.iter().find(audio).context("no audio class")?;
        let component = library.create::<IComponent>(&class.cid)?;
        let processor = component.cast().context("no audio processor")?;
        // One object is both halves, so there is no second one to connect.
        let controller: ComPtr<IEditController> = component.cast().context("no controller")?;
        let mut arrangement: SpeakerArrangement = (1 << channels) - 1;
        let mut out = arrangement;
        // SAFETY: calls in the order of the VST3 workflow, with pointers that live through each call.
        unsafe {
            done("initialize", component.initialize(null_mut()))?;
            let processor: &ComPtr<IAudioProcessor> = &processor;
            let arranged = processor.setBusArrangements(&mut arrangement, 1, &mut out, 1);
            done("setBusArrangements", arranged)?;
        }
        Ok(Self {
            params: list_params(&controller),
            processor,
            controller,
            component,
            moved: Vec::new(),
            channels,
            is_active: false,
            _library: Rc::clone(library),
        })
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
        let mut setup = ProcessSetup {
            processMode: ProcessModes_::kRealtime as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            maxSamplesPerBlock: max_block_frames as int32,
            sampleRate: sample_rate_hz,
        };
        // SAFETY: as in `new`.
        unsafe {
            done(
                "setupProcessing",
                self.processor.setupProcessing(&mut setup),
            )?;
            for direction in [BusDirections_::kInput, BusDirections_::kOutput] {
                let bus = self.component.activateBus(
                    MediaTypes_::kAudio as MediaType,
                    direction as BusDirection,
                    0,
                    1,
                );
                done("activateBus", bus)?;
            }
            done("setActive", self.component.setActive(1))?;
            self.processor.setProcessing(1);
        }
        self.is_active = true;
        Ok(())
    }

    pub fn deactivate(&mut self) {
        if std::mem::take(&mut self.is_active) {
            // SAFETY: as in `new`.
            unsafe {
                self.processor.setProcessing(0);
                self.component.setActive(0);
            }
        }
    }

    pub fn latency_frames(&self) -> u32 {
        // SAFETY: no arguments.
        unsafe { self.processor.getLatencySamples() }
    }

    /// Moves a parameter, 0–1, by its title; heard at the next block.
    ///
    /// # Errors
    /// No such parameter.
    pub fn set_param(&mut self, title: &str, normalized: f64) -> Result<()> {
        let id = self.params.get(title).copied();
        self.moved.push((
            id.with_context(|| format!("no parameter {title}"))?,
            normalized,
        ));
        Ok(())
    }

    /// A parameter's value, 0–1.
    ///
    /// # Errors
    /// No such parameter.
    pub fn param(&self, title: &str) -> Result<f64> {
        let id = self.params.get(title).copied();
        let id = id.with_context(|| format!("no parameter {title}"))?;
        // SAFETY: no pointers.
        Ok(unsafe { self.controller.getParamNormalized(id) })
    }

    /// Plays all of `input[channel][frame]` in blocks of these sizes, over and over, and returns what
    /// came out. `in_place`: input and output share their memory, as some hosts have it.
    ///
    /// # Errors
    /// The plugin fails.
    pub fn play(
        &mut self,
        song: &mut Song,
        input: &[Vec<f32>],
        block_sizes: &[usize],
        in_place: bool,
    ) -> Result<Vec<Vec<f32>>> {
        let frames = input.first().map_or(0, Vec::len);
        let mut sound = input.to_vec();
        let mut output = vec![vec![f32::NAN; frames]; self.channels];
        let mut at = 0;
        for wanted in block_sizes.iter().cycle() {
            if at >= frames {
                break;
            }
            let block = song.block_frames(*wanted).min(frames - at);
            let pointers = |audio: &mut [Vec<f32>]| -> Vec<*mut f32> {
                audio.iter_mut().map(|c| c[at..].as_mut_ptr()).collect()
            };
            let mut inputs = pointers(&mut sound);
            let mut outputs = pointers(if in_place { &mut sound } else { &mut output });
            self.process(song, &mut inputs, &mut outputs, block)?;
            song.advance(block);
            at += block;
        }
        Ok(if in_place { sound } else { output })
    }

    /// One block. The pointers lead to `frames` samples each.
    fn process(
        &mut self,
        song: &Song,
        inputs: &mut [*mut f32],
        outputs: &mut [*mut f32],
        frames: usize,
    ) -> Result<()> {
        let moved = std::mem::take(&mut self.moved).into_iter();
        let moved = moved.map(|(id, value)| (id, vec![(0, value)]));
        let changes = ComWrapper::new(Changes::new(moved.collect()));
        let changes = changes.to_com_ptr::<IParameterChanges>().context("COM")?;
        let mut context = process_context(song);
        let mut bus_in = bus(inputs);
        let mut bus_out = bus(outputs);
        let mut data = ProcessData {
            processMode: ProcessModes_::kRealtime as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            numSamples: frames as int32,
            numInputs: 1,
            numOutputs: 1,
            inputs: &mut bus_in,
            outputs: &mut bus_out,
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: null_mut(),
            inputEvents: null_mut(),
            outputEvents: null_mut(),
            processContext: &mut context,
        };
        // SAFETY: all that `data` points to outlives the call.
        done("process", unsafe { self.processor.process(&mut data) })
    }

    /// The state as the host would write it into the project.
    ///
    /// # Errors
    /// The plugin fails.
    pub fn save_state(&self) -> Result<Vec<u8>> {
        let stream = ComWrapper::new(Stream::new(Vec::new()));
        let com = stream.to_com_ptr::<IBStream>().context("COM")?;
        // SAFETY: the stream outlives the call.
        done("getState", unsafe { self.component.getState(com.as_ptr()) })?;
        Ok(stream.bytes())
    }

    /// # Errors
    /// The plugin refuses it.
    pub fn load_state(&self, bytes: &[u8]) -> Result<()> {
        let stream = ComWrapper::new(Stream::new(bytes.to_vec()));
        let com = stream.to_com_ptr::<IBStream>().context("COM")?;
        // SAFETY: the stream outlives the call.
        done("setState", unsafe { self.component.setState(com.as_ptr()) })
    }
}

impl Drop for Vst3Host {
    fn drop(&mut self) {
        self.deactivate();
        // SAFETY: the last call before the references go.
        unsafe { self.component.terminate() };
    }
}

fn done(what: &str, answer: tresult) -> Result<()> {
    if answer != kResultOk {
        bail!("{what} answers {answer}");
    }
    Ok(())
}

fn text(chars: &[c_char]) -> String {
    let bytes = chars.iter().map(|c| *c as u8).take_while(|c| *c != 0);
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}

fn wide(chars: &[u16]) -> String {
    let end = chars.iter().position(|c| *c == 0).unwrap_or(chars.len());
    String::from_utf16_lossy(&chars[..end])
}

fn list_params(controller: &ComPtr<IEditController>) -> HashMap<String, ParamID> {
    // SAFETY: the controller fills the structs it is given; zeroes are valid for these plain ones.
    unsafe {
        (0..controller.getParameterCount())
            .filter_map(|index| {
                let mut info: ParameterInfo = std::mem::zeroed();
                let told = controller.getParameterInfo(index, &mut info);
                (told == kResultOk).then(|| (wide(&info.title), info.id))
            })
            .collect()
    }
}

fn bus(channels: &mut [*mut f32]) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: channels.len() as int32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 {
            channelBuffers32: channels.as_mut_ptr(),
        },
    }
}

fn process_context(song: &Song) -> ProcessContext {
    use ProcessContext_::StatesAndFlags_::*;
    // SAFETY: plain numbers.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    let beats =
        |frames: i64| frames as f64 / f64::from(song.sample_rate_hz) * song.tempo_bpm / 60.0;
    let mut state = kTempoValid | kTimeSigValid | kProjectTimeMusicValid;
    if song.playing {
        state |= kPlaying;
    }
    if let Some((from, to)) = song.loop_frames {
        state |= kCycleActive | kCycleValid;
        context.cycleStartMusic = beats(from);
        context.cycleEndMusic = beats(to);
    }
    context.state = state as uint32;
    context.sampleRate = f64::from(song.sample_rate_hz);
    context.projectTimeSamples = song.pos;
    context.projectTimeMusic = beats(song.pos);
    context.tempo = song.tempo_bpm;
    context.timeSigNumerator = int32::from(song.meter.0);
    context.timeSigDenominator = int32::from(song.meter.1);
    context
}
