use std::cell::RefCell;
use vst3::{
    Class, ComPtr, ComRef,
    Steinberg::{Linux::*, *},
};

/// A host's frame around the view, which also offers to call the plugin on the host's own thread.
#[derive(Default)]
pub struct Frame {
    handlers: RefCell<Vec<(ComPtr<IEventHandler>, FileDescriptor)>>,
}

impl Frame {
    /// What a host does between two events of its own. It does not ask first whether there is something to
    /// read: a plugin must bear that.
    pub fn turn(&self) {
        let handlers = self.handlers.borrow().clone();
        for (handler, fd) in handlers {
            // SAFETY: the handler is alive, we hold a reference.
            unsafe { handler.onFDIsSet(fd) };
        }
    }
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, _size: *mut ViewRect) -> tresult {
        kResultFalse
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        fd: FileDescriptor,
    ) -> tresult {
        // SAFETY: the plugin hands over a living object; the reference taken here keeps it alive.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        self.handlers.borrow_mut().push((handler.to_com_ptr(), fd));
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        self.handlers
            .borrow_mut()
            .retain(|(kept, _)| kept.as_ptr() != handler);
        kResultOk
    }

    unsafe fn registerTimer(&self, _handler: *mut ITimerHandler, _: TimerInterval) -> tresult {
        kNotImplemented
    }

    unsafe fn unregisterTimer(&self, _handler: *mut ITimerHandler) -> tresult {
        kNotImplemented
    }
}

/// A frame of a host that calls plugins from no run loop.
pub struct BareFrame;

impl Class for BareFrame {
    type Interfaces = (IPlugFrame,);
}

impl IPlugFrameTrait for BareFrame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, _size: *mut ViewRect) -> tresult {
        kResultFalse
    }
}
