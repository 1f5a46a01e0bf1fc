use std::ptr::null_mut;
use vst3::{Class, ComPtr, ComWrapper, Steinberg::Vst::*, Steinberg::*};

/// The parameters that move at the start of a block.
pub struct Changes(Vec<ComPtr<IParamValueQueue>>);

impl Changes {
    pub fn new(moved: Vec<(ParamID, f64)>) -> Self {
        let queues = moved.into_iter().filter_map(|(id, value)| {
            ComWrapper::new(OnePoint { id, value }).to_com_ptr::<IParamValueQueue>()
        });
        Self(queues.collect())
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.0.len() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        let queue = usize::try_from(index).ok().and_then(|i| self.0.get(i));
        queue.map_or(null_mut(), ComPtr::as_ptr)
    }

    unsafe fn addParameterData(
        &self,
        _id: *const ParamID,
        _index: *mut int32,
    ) -> *mut IParamValueQueue {
        null_mut()
    }
}

struct OnePoint {
    id: ParamID,
    value: f64,
}

impl Class for OnePoint {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for OnePoint {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        1
    }

    unsafe fn getPoint(
        &self,
        index: int32,
        offset_frames: *mut int32,
        value: *mut ParamValue,
    ) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        // SAFETY: the caller gives places to write to.
        unsafe {
            *offset_frames = 0;
            *value = self.value;
        }
        kResultOk
    }

    unsafe fn addPoint(&self, _offset: int32, _value: ParamValue, _index: *mut int32) -> tresult {
        kResultFalse
    }
}
