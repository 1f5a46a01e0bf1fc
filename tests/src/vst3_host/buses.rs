//! What a host asks a component besides playing through it.

use super::{Vst3Host, done, wide};
use anyhow::Result;
use std::mem::zeroed;
use vst3::{
    ComPtr,
    Steinberg::{Vst::*, *},
};

/// A bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bus {
    pub name: String,
    pub channels: i32,
    pub is_main: bool,
    pub is_default_active: bool,
}

/// `kDefaultActive`, whose type differs by system.
const DEFAULT_ACTIVE: u32 = 1;

pub const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
pub const EVENT: MediaType = MediaTypes_::kEvent as MediaType;
pub const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
pub const OUTPUT: BusDirection = BusDirections_::kOutput as BusDirection;

// SAFETY of all below: no pointers, or places to write to that live through the call; zeroes are valid
// for the plain structs that are filled.
impl Vst3Host {
    pub fn bus_count(&self, media: MediaType, direction: BusDirection) -> i32 {
        // SAFETY: see above.
        unsafe { self.component.getBusCount(media, direction) }
    }

    /// `None` when the plugin says that there is no such bus.
    pub fn bus(&self, media: MediaType, direction: BusDirection, index: i32) -> Option<Bus> {
        // SAFETY: see above.
        let (answer, info) = unsafe {
            let mut info: BusInfo = zeroed();
            let answer = self
                .component
                .getBusInfo(media, direction, index, &mut info);
            (answer, info)
        };
        (answer == kResultOk).then(|| Bus {
            name: wide(&info.name),
            channels: info.channelCount,
            is_main: info.busType == BusTypes_::kMain as i32,
            is_default_active: info.flags & DEFAULT_ACTIVE != 0,
        })
    }

    /// # Errors
    /// There is no such bus.
    pub fn activate_bus(
        &self,
        media: MediaType,
        direction: BusDirection,
        index: i32,
        on: bool,
    ) -> Result<()> {
        // SAFETY: see above.
        let answer = unsafe {
            self.component
                .activateBus(media, direction, index, TBool::from(on))
        };
        done("activateBus", answer)
    }

    /// `None` when there is no such bus.
    pub fn arrangement(&self, direction: BusDirection, index: i32) -> Option<SpeakerArrangement> {
        let mut arrangement = 0;
        // SAFETY: see above.
        let answer = unsafe {
            self.processor
                .getBusArrangement(direction, index, &mut arrangement)
        };
        (answer == kResultOk).then_some(arrangement)
    }

    /// One arrangement for each bus in and each bus out.
    ///
    /// # Errors
    /// It does not suit the plugin, which then keeps its own.
    pub fn arrange(
        &mut self,
        inputs: &[SpeakerArrangement],
        outputs: &[SpeakerArrangement],
    ) -> Result<()> {
        let (mut ins, mut outs) = (inputs.to_vec(), outputs.to_vec());
        // SAFETY: see above.
        let answer = unsafe {
            self.processor.setBusArrangements(
                ins.as_mut_ptr(),
                ins.len() as i32,
                outs.as_mut_ptr(),
                outs.len() as i32,
            )
        };
        done("setBusArrangements", answer)?;
        self.channels = outputs.first().map_or(0, |a| a.count_ones() as usize);
        Ok(())
    }

    /// Whether samples of 64 bits would do.
    pub fn takes_64_bit(&self) -> bool {
        let wide = SymbolicSampleSizes_::kSample64 as int32;
        // SAFETY: see above.
        unsafe { self.processor.canProcessSampleSize(wide) == kResultOk }
    }

    pub fn tail_frames(&self) -> u32 {
        // SAFETY: see above.
        unsafe { self.processor.getTailSamples() }
    }

    /// The bits of what it wants to know of the transport; `None` when it does not say.
    pub fn wanted_of_transport(&self) -> Option<u32> {
        let wants: ComPtr<IProcessContextRequirements> = self.component.cast()?;
        // SAFETY: see above.
        Some(unsafe { wants.getProcessContextRequirements() })
    }

    /// Whether a separate class is the controller.
    pub fn has_controller_class(&self) -> bool {
        // SAFETY: see above.
        unsafe {
            let mut class: TUID = zeroed();
            self.component.getControllerClassId(&mut class) == kResultOk
        }
    }

    /// The parameter that a MIDI controller moves.
    pub fn param_of_midi(&self, channel: i16, controller: i16) -> Option<ParamID> {
        let midi: ComPtr<IMidiMapping> = self.component.cast()?;
        let mut id = 0;
        // SAFETY: see above.
        let answer = unsafe { midi.getMidiControllerAssignment(0, channel, controller, &mut id) };
        (answer == kResultOk).then_some(id)
    }

    /// Ends the component and begins it again, as some hosts do between projects.
    ///
    /// # Errors
    /// It refuses.
    pub fn begin_again(&mut self) -> Result<()> {
        self.deactivate();
        // SAFETY: see above; a host context may be missing.
        unsafe {
            done("terminate", self.component.terminate())?;
            let none = std::ptr::null_mut();
            done("initialize", self.component.initialize(none))
        }
    }

    /// `setActive` alone, in whatever state it finds the plugin.
    ///
    /// # Errors
    /// It refuses.
    pub fn set_active(&self, on: bool) -> Result<()> {
        // SAFETY: see above.
        done("setActive", unsafe {
            self.component.setActive(TBool::from(on))
        })
    }
}
