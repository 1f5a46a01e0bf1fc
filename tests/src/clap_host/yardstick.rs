//! Plugins that do as little as can be, to measure against.

use clack_host::prelude::PluginEntry;
use clack_plugin::{entry::SinglePluginEntry, prelude::*};
use rtrb::{Consumer, Producer, RingBuffer};
use sideman::capture::RING_SAMPLES;
use std::{
    ffi::CStr,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// About as often as the plugin's capture thread.
const READ_EVERY: Duration = Duration::from_millis(10);

/// What such a plugin does with its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yardstick {
    /// Copies it to its output: what any call costs.
    Copies,
    /// Copies it to its output and to another thread: the least that a plugin can do which keeps what it hears.
    HandsOver,
}

impl Yardstick {
    pub(super) fn id(self) -> &'static CStr {
        match self {
            Self::Copies => Plain::<false>::ID,
            Self::HandsOver => Plain::<true>::ID,
        }
    }

    pub(super) fn entry(self) -> anyhow::Result<PluginEntry> {
        let entry = match self {
            Self::Copies => PluginEntry::load_from_clack::<SinglePluginEntry<Plain<false>>>(c""),
            Self::HandsOver => PluginEntry::load_from_clack::<SinglePluginEntry<Plain<true>>>(c""),
        };
        entry.map_err(|e| anyhow::anyhow!("the plugin to measure against does not load: {e}"))
    }
}

struct Plain<const HANDS_OVER: bool>;

impl<const HANDS_OVER: bool> Plain<HANDS_OVER> {
    const ID: &CStr = if HANDS_OVER {
        c"org.sideman.hands-over"
    } else {
        c"org.sideman.copies"
    };
}

impl<const HANDS_OVER: bool> Plugin for Plain<HANDS_OVER> {
    type AudioProcessor<'a> = PlainAudio<HANDS_OVER>;
    type Shared<'a> = ();
    type MainThread<'a> = ();
}

impl<const HANDS_OVER: bool> DefaultPluginFactory for Plain<HANDS_OVER> {
    fn get_descriptor() -> PluginDescriptor {
        PluginDescriptor::new(&Self::ID.to_string_lossy(), "A plugin to measure against")
    }

    fn new_shared(_host: HostSharedHandle<'_>) -> Result<(), PluginError> {
        Ok(())
    }

    fn new_main_thread<'a>(_: HostMainThreadHandle<'a>, _: &'a ()) -> Result<(), PluginError> {
        Ok(())
    }
}

struct PlainAudio<const HANDS_OVER: bool> {
    far_thread: Option<FarThread>,
}

impl<'a, const HANDS_OVER: bool> PluginAudioProcessor<'a, (), ()> for PlainAudio<HANDS_OVER> {
    fn activate(
        _host: HostAudioProcessorHandle<'a>,
        _main_thread: &(),
        _shared: &'a (),
        _config: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        Ok(Self {
            far_thread: HANDS_OVER.then(FarThread::start),
        })
    }

    fn process(
        &mut self,
        _process: Process,
        mut audio: Audio,
        _events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        for mut ports in &mut audio {
            let Some(channels) = ports.channels()?.into_f32() else {
                continue;
            };
            for pair in channels {
                let ChannelPair::InputOutput(input, output) = pair else {
                    continue;
                };
                output.copy_from_slice(input);
                if let Some(thread) = &mut self.far_thread {
                    // While there is no room, a block is lost, and its call shorter.
                    let _ = thread.samples.push_entire_slice(output);
                }
            }
        }
        Ok(ProcessStatus::Continue)
    }
}

/// Reads what is handed over; ends when dropped.
struct FarThread {
    samples: Producer<f32>,
    stop: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl FarThread {
    fn start() -> Self {
        let (samples, handed_over) = RingBuffer::new(RING_SAMPLES);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let reader = std::thread::spawn(move || read(handed_over, &stopped));
        Self {
            samples,
            stop,
            reader: Some(reader),
        }
    }
}

fn read(mut samples: Consumer<f32>, stopped: &AtomicBool) {
    let mut heard = vec![0.0; RING_SAMPLES];
    while !stopped.load(Ordering::Relaxed) {
        let waiting = samples.slots();
        // Cannot fail: so many lie there, and only this thread takes them.
        let _ = samples.pop_entire_slice(&mut heard[..waiting]);
        black_box(&heard);
        std::thread::sleep(READ_EVERY);
    }
}

impl Drop for FarThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}
