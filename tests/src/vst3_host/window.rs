use super::{
    Vst3Host, done,
    run_loop::{BareFrame, Frame},
};
use crate::host_window::HostWindow;
use anyhow::{Context, Result, bail};
use std::{
    ptr::null_mut,
    time::{Duration, Instant},
};
use vst3::{ComPtr, ComWrapper, Steinberg::Vst::*, Steinberg::*};

/// The plugin's view inside an X11 window of the host.
pub struct Vst3Window {
    around: HostWindow,
    view: ComPtr<IPlugView>,
    frame: Option<ComWrapper<Frame>>,
}

impl Vst3Host {
    /// `has_run_loop`: the host offers to call the plugin's window on its own thread.
    ///
    /// # Errors
    /// There is no display, or the plugin refuses.
    pub fn open_window(&self, has_run_loop: bool) -> Result<Vst3Window> {
        let frame = has_run_loop.then(|| ComWrapper::new(Frame::default()));
        let com = match &frame {
            Some(frame) => frame.to_com_ptr::<IPlugFrame>(),
            None => ComWrapper::new(BareFrame).to_com_ptr::<IPlugFrame>(),
        };
        let com = com.context("COM")?;
        // SAFETY: calls in the order of the VST3 workflow, with objects that live through each call; the
        // view takes a reference to the frame, and the parent is destroyed after the view is removed.
        unsafe {
            let view = ComPtr::from_raw(self.controller.createView(ViewType::kEditor));
            let view = view.context("no view")?;
            let mut size = ViewRect {
                left: 0,
                top: 0,
                right: 0,
                bottom: 0,
            };
            done("getSize", view.getSize(&mut size))?;
            let (width, height) = (size.right - size.left, size.bottom - size.top);
            let around = HostWindow::open(width.try_into()?, height.try_into()?)?;
            done("setFrame", view.setFrame(com.as_ptr()))?;
            let parent = around.x11_id() as usize as *mut _;
            done(
                "attached",
                view.attached(parent, kPlatformTypeX11EmbedWindowID),
            )?;
            Ok(Vst3Window {
                around,
                view,
                frame,
            })
        }
    }
}

impl Vst3Window {
    /// Turns the host's run loop until the window has painted more than a blank ground.
    ///
    /// # Errors
    /// It has not within `limit`.
    pub fn wait_painted(&self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !self.around.is_painted()? {
            if Instant::now() >= deadline {
                bail!("the window does not paint within {limit:?}");
            }
            self.run_for(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Lets the window live for a while.
    pub fn run_for(&self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if let Some(frame) = &self.frame {
                frame.turn();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// # Errors
    /// The plugin refuses to let go.
    pub fn close(self) -> Result<()> {
        // SAFETY: as when it was opened.
        unsafe {
            done("removed", self.view.removed())?;
            self.view.setFrame(null_mut());
        }
        self.around.destroy()
    }
}
