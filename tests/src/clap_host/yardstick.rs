use clack_host::prelude::PluginEntry;
use clack_plugin::{entry::SinglePluginEntry, prelude::*};

pub const COPIER_ID: &std::ffi::CStr = c"org.sideman.copier";

/// A plugin that copies its input to its output and does nothing else: what any call costs.
pub fn entry() -> anyhow::Result<PluginEntry> {
    PluginEntry::load_from_clack::<SinglePluginEntry<Copier>>(c"")
        .map_err(|e| anyhow::anyhow!("the copying plugin does not load: {e}"))
}

struct Copier;

impl Plugin for Copier {
    type AudioProcessor<'a> = CopierAudio;
    type Shared<'a> = ();
    type MainThread<'a> = ();
}

impl DefaultPluginFactory for Copier {
    fn get_descriptor() -> PluginDescriptor {
        PluginDescriptor::new("org.sideman.copier", "Copier")
    }

    fn new_shared(_host: HostSharedHandle<'_>) -> Result<(), PluginError> {
        Ok(())
    }

    fn new_main_thread<'a>(_: HostMainThreadHandle<'a>, _: &'a ()) -> Result<(), PluginError> {
        Ok(())
    }
}

struct CopierAudio;

impl<'a> PluginAudioProcessor<'a, (), ()> for CopierAudio {
    fn activate(
        _host: HostAudioProcessorHandle<'a>,
        _main_thread: &(),
        _shared: &'a (),
        _config: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        Ok(Self)
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
                if let ChannelPair::InputOutput(input, output) = pair {
                    output.copy_from_slice(input);
                }
            }
        }
        Ok(ProcessStatus::Continue)
    }
}
