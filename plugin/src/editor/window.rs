//! The window as the framework wants it: a fresh app each time it opens, its size kept in the project,
//! and a word when it closes (the toolkit's own callback is never called).

use super::{
    farewell::{self, Farewell, Leaving},
    repaint::Repaint,
};
use crate::{host_link::HostMirror, params::SidemanParams};
use nice_plug::{
    context::gui::GuiContext,
    editor::{
        EditorHandle, HostMethods, SpawnedEditor,
        dpi::{LogicalSize, NativeSize},
    },
    prelude::{Editor, ParentWindowHandle, ResizeHint},
};
use nice_plug_egui::{
    EguiEditor, EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp,
    RepaintNotifier,
    baseview::{HandlerError, WindowSize},
    create_egui_editor,
};
use parking_lot::Mutex;
use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

/// The toolkit's own look for requests to repaint, which [`Repaint`] stands in for: as good as never.
const LOOK_FOR_NEWS: Duration = Duration::from_secs(24 * 60 * 60);

/// What an opened window is made of.
pub struct Opened<A> {
    pub app: A,
    pub mirror: HostMirror,
    /// How large everything in it is; 1 = usual.
    pub zoom: f32,
}

type Make<A> = Box<dyn Fn() -> Result<Opened<A>, Box<dyn Error>> + Send>;

/// Opens windows around an app of type `A`.
pub struct WindowEditor<A: NiceEguiApp> {
    make: Make<A>,
    params: Arc<SidemanParams>,
    repaint: Repaint,
    is_open: Arc<AtomicBool>,
    /// The open window's size.
    state: Mutex<Option<Arc<EguiEditorState>>>,
}

impl<A: NiceEguiApp> WindowEditor<A> {
    /// `make` is called each time a window opens; `is_open` follows.
    pub fn new(
        make: Make<A>,
        params: Arc<SidemanParams>,
        repaint: Repaint,
        is_open: Arc<AtomicBool>,
    ) -> Self {
        Self {
            make,
            params,
            repaint,
            is_open,
            state: Mutex::new(None),
        }
    }
}

impl<A: NiceEguiApp> Editor for WindowEditor<A> {
    type Handle = WindowHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<WindowHandle>, Box<dyn Error>> {
        let Opened { app, mirror, zoom } = (self.make)()?;
        // Kept without the zoom, by which the toolkit counts.
        let (width, height) = *self.params.window_size.lock();
        let size = LogicalSize::new(width / zoom, height / zoom);
        let state = EguiEditorState::from_size(size, zoom);
        *self.state.lock() = Some(Arc::clone(&state));
        let (leaving, farewell) = farewell::pair();
        let window = Window {
            app,
            mirror,
            host: None,
            zoom,
            state: Arc::clone(&state),
            params: Arc::clone(&self.params),
            repaint: self.repaint.clone(),
            context: None,
            leaving: Some(leaving),
        };
        let settings = EguiNiceSettings::new()
            .with_tile("Sideman")
            .with_repaint_poll_interval(LOOK_FOR_NEWS)
            .with_resize_hint(self.resize_hint());
        let editor: EguiEditor<Window<A>> =
            create_egui_editor(state, RepaintNotifier::new(), settings, window)
                .ok_or("the window toolkit refuses to open a window")?;
        let spawned = editor.spawn(
            parent,
            wait_for_parent,
            fallback_scale_factor,
            gui_context,
            host,
        )?;
        self.is_open.store(true, Relaxed);
        let handle = WindowHandle {
            inner: spawned.handle,
            is_open: Arc::clone(&self.is_open),
            repaint: self.repaint.clone(),
        };
        Ok(SpawnedEditor {
            handle,
            window: OpenWindow {
                inner: spawned.window,
                _farewell: farewell,
            },
        })
    }

    fn size(&self) -> NativeSize<u32> {
        let (size, scale) = match &*self.state.lock() {
            Some(state) => {
                let (logical, zoom) = (state.logical_size(), state.user_scale_factor());
                let scale = state.physical_size().width as f32 / logical.width.max(1.0);
                let size = LogicalSize::new(logical.width * zoom, logical.height * zoom);
                (size, scale)
            }
            None => {
                let (width, height) = *self.params.window_size.lock();
                (LogicalSize::new(width, height), 1.0)
            }
        };
        NativeSize::from_size(size.into(), f64::from(scale))
    }

    fn resize_hint(&self) -> ResizeHint {
        let (width, height) = super::MIN_SIZE;
        ResizeHint::resizable().with_min_logical_size(LogicalSize::new(width, height))
    }
}

/// One opened window: the app, and beside it what keeps the host in step.
struct Window<A> {
    app: A,
    mirror: HostMirror,
    host: Option<GuiContext>,
    zoom: f32,
    state: Arc<EguiEditorState>,
    params: Arc<SidemanParams>,
    repaint: Repaint,
    /// From its first picture on.
    context: Option<egui::Context>,
    /// Until the window's thread has it.
    leaving: Option<Leaving>,
}

impl<A> Drop for Window<A> {
    fn drop(&mut self) {
        if let Some(context) = &self.context {
            self.repaint.detach(context);
        }
    }
}

impl<A: NiceEguiApp> NiceEguiApp for Window<A> {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        host: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        if let Some(leaving) = self.leaving.take() {
            leaving.bind();
        }
        self.host = Some(host.clone());
        self.app.build(egui_ctx, host, frame)
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        let context = self.context.get_or_insert_with(|| ui.ctx().clone());
        self.repaint.attach(context);
        if let Some(host) = &self.host {
            self.mirror.sync(&host.param_setter());
        }
        self.app.ui(ui, frame);
        #[cfg(feature = "standalone")]
        if crate::standalone::stop_requested() {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn resized(&mut self, size: WindowSize) {
        let logical = self.state.logical_size();
        *self.params.window_size.lock() = (logical.width * self.zoom, logical.height * self.zoom);
        self.app.resized(size);
    }

    fn zoom_factor_changed(&mut self, zoom_factor: f32) {
        self.zoom = zoom_factor;
        self.app.zoom_factor_changed(zoom_factor);
    }
}

/// An open window; dropped when it closes.
pub struct WindowHandle {
    inner: EguiEditorHandle,
    is_open: Arc<AtomicBool>,
    repaint: Repaint,
}

impl Drop for WindowHandle {
    fn drop(&mut self) {
        self.is_open.store(false, Relaxed);
    }
}

/// The toolkit's window. When it closes, its thread is waited for.
pub struct OpenWindow {
    // In this order: first it is told to close.
    inner: <EguiEditorHandle as EditorHandle>::Window,
    _farewell: Farewell,
}

/// All of it is the toolkit's own handle.
impl EditorHandle for WindowHandle {
    type Window = OpenWindow;
    type Error = <EguiEditorHandle as EditorHandle>::Error;

    fn run_until_closed(window: Self::Window) -> Result<(), Self::Error> {
        EguiEditorHandle::run_until_closed(window.inner)
    }

    fn set_parent(
        &self,
        parent: ParentWindowHandle,
        window: &Self::Window,
    ) -> Result<(), Self::Error> {
        self.inner.set_parent(parent, &window.inner)
    }

    fn show(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.show(&window.inner)
    }

    fn hide(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.hide(&window.inner)
    }

    fn host_main_thread_callback(&self, window: &Self::Window) {
        self.inner.host_main_thread_callback(&window.inner);
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.set_size(size, &window.inner)
    }

    fn set_fallback_scale_factor(
        &self,
        factor: f64,
        window: &Self::Window,
    ) -> Result<(), Self::Error> {
        self.inner.set_fallback_scale_factor(factor, &window.inner)
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Self::Window) -> Option<NativeSize<u32>> {
        self.inner.adjust_size(size, &window.inner)
    }

    fn state_changed(&self) {
        self.inner.state_changed();
        self.repaint.request();
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.inner.param_value_changed(id, normalized_value);
        self.repaint.request();
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.inner.param_modulation_changed(id, modulation_offset);
        self.repaint.request();
    }
}
