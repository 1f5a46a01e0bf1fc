use std::ptr::null_mut;
use vst3::{Class, ComPtr, ComWrapper, Steinberg::Vst::*, Steinberg::*};

/// Each parameter with its moves: the frame in the block, and the normalized value.
pub type Moves = Vec<(ParamID, Vec<(i32, f64)>)>;

/// Where parameters move within a block.
pub struct Changes(Vec<ComPtr<IParamValueQueue>>);

impl Changes {
    pub fn new(moved: Moves) -> Self {
        let queues = moved.into_iter().filter_map(|(id, points)| {
            ComWrapper::new(Queue { id, points }).to_com_ptr::<IParamValueQueue>()
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

struct Queue {
    id: ParamID,
    points: Vec<(i32, f64)>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.len() as int32
    }

    unsafe fn getPoint(
        &self,
        index: int32,
        offset_frames: *mut int32,
        value: *mut ParamValue,
    ) -> tresult {
        let point = usize::try_from(index).ok().and_then(|i| self.points.get(i));
        let Some(point) = point else {
            return kInvalidArgument;
        };
        // SAFETY: the caller gives places to write to.
        unsafe {
            *offset_frames = point.0;
            *value = point.1;
        }
        kResultOk
    }

    unsafe fn addPoint(&self, _offset: int32, _value: ParamValue, _index: *mut int32) -> tresult {
        kResultFalse
    }
}
