//! What the plugin may ask of the host.

use clack_extensions::{
    gui::{GuiSize, HostGui, HostGuiImpl},
    params::{
        HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags,
        ParamRescanFlags,
    },
    state::{HostState, HostStateImpl},
};
use clack_host::prelude::*;
use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
};

#[derive(Default)]
pub struct Shared {
    callback: AtomicBool,
}

impl Shared {
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    /// As Ardour and qtractor do: a plugin does not resize its own window.
    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Err(HostError::Message("no"))
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {}
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {}
}

pub struct Main {
    rescans: Cell<ParamRescanFlags>,
}

impl Default for Main {
    fn default() -> Self {
        Self {
            rescans: Cell::new(ParamRescanFlags::empty()),
        }
    }
}

impl Main {
    pub fn take_rescans(&self) -> ParamRescanFlags {
        self.rescans.replace(ParamRescanFlags::empty())
    }
}

impl MainThreadHandler<'_> for Main {}

impl HostStateImpl for Main {
    fn mark_dirty(&self) {}
}

impl HostParamsImplMainThread for Main {
    fn rescan(&self, flags: ParamRescanFlags) {
        self.rescans.set(self.rescans.get() | flags);
    }

    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

pub struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = Main;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Shared) {
        builder
            .register::<HostGui>()
            .register::<HostState>()
            .register::<HostParams>();
    }
}
