//! The window. Draws [`SessionView`]s and sends [`Command`]s; blocks on nothing.
//!
//! Each frame is two steps: [`App::logic`] takes over the newest view and what the system has to say
//! (drops, dialogs, drags), then [`App::draw`] paints. Widgets change nothing themselves: they leave
//! actions, which the app carries out after drawing. A frame is drawn when the session or the system
//! asks for one, when the user moves, or when a countdown goes on; an idle window draws nothing.

mod action;
pub mod backend;
pub mod clipboard;
mod controls;
pub mod desk;
pub mod dialogs;
mod draft;
pub mod drag_out;
#[cfg(target_os = "linux")]
pub mod drop_in;
mod farewell;
mod header;
mod help;
#[cfg(target_os = "linux")]
mod host_keys;
mod icons;
mod keys;
pub mod repaint;
mod settings_tab;
mod stems_tab;
mod storage;
pub mod system;
mod tap_tempo;
mod text;
mod theme;
mod toast;
mod transport_bar;
mod waveform;
pub mod window;

#[cfg(test)]
mod tests;

use crate::session::{Command, SessionView};
use action::{Action, Scene, Tab};
use backend::{Answer, Backend, DragEnd, System};
use desk::{Desk, DeskCommand};
use keys::Shortcut;
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{Frame, NiceEguiApp, baseview::HandlerError};
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use settings_tab::SettingsTab;
use std::sync::Arc;
use stems_tab::StemsTab;
use toast::UndoToast;
use transport_bar::TransportBar;

/// The smallest useful window, in points.
pub const MIN_SIZE: (f32, f32) = (480.0, 360.0);
/// The window when it is opened for the first time, in points.
pub const DEFAULT_SIZE: (f32, f32) = (760.0, 600.0);

/// One opened window. Made afresh each time it is opened: everything that must outlive it is the
/// session's.
pub struct App {
    backend: Box<dyn Backend>,
    system: System,
    view: Arc<SessionView>,
    /// When `view` came, in egui's time.
    view_came_secs: f64,
    tab: Tab,
    stems: StemsTab,
    settings: SettingsTab,
    toast: UndoToast,
    /// The standalone program's own.
    desk: Option<Box<dyn Desk>>,
    transport: TransportBar,
    help_open: bool,
    /// What the window is dressed in: theme and whether it moves.
    dressed: Option<(&'static theme::Theme, bool)>,
    /// What the window's size was made for.
    zoom: f32,
    /// Something to tell the user that the session knows nothing of.
    said: Option<Said>,
}

/// A sentence of the window's own.
struct Said {
    is_error: bool,
    words: String,
}

impl Said {
    fn error(words: impl Into<String>) -> Option<Self> {
        Some(Self {
            is_error: true,
            words: words.into(),
        })
    }

    fn hint(words: impl Into<String>) -> Option<Self> {
        Some(Self {
            is_error: false,
            words: words.into(),
        })
    }
}

impl App {
    pub fn new(backend: Box<dyn Backend>, system: System) -> Self {
        let view = backend.view();
        Self {
            stems: StemsTab::new(&view),
            settings: SettingsTab::new(&view),
            backend,
            system,
            view,
            view_came_secs: 0.0,
            tab: Tab::Stems,
            toast: UndoToast::default(),
            desk: None,
            transport: TransportBar::default(),
            help_open: false,
            dressed: None,
            zoom: 1.0,
            said: None,
        }
    }

    /// With the standalone program's transport and audio device.
    pub fn with_desk(self, desk: Box<dyn Desk>) -> Self {
        Self {
            desk: Some(desk),
            ..self
        }
    }

    /// Puts on what the user wants the window to look like.
    fn dress(&mut self, ctx: &egui::Context) -> &'static theme::Theme {
        let looks = self.view.looks;
        let theme = theme::of(looks.theme, self.view.desktop_theme);
        let wanted = (theme, looks.reduced_motion);
        if self.dressed != Some(wanted) {
            theme::apply(ctx, theme, looks.reduced_motion);
            self.dressed = Some(wanted);
        }
        let zoom = f32::from(looks.zoom_percent) / 100.0;
        if ctx.zoom_factor() != self.zoom {
            // The toolkit would let the window grow with what is in it, which hosts do not follow: it
            // keeps its size.
            self.zoom = ctx.zoom_factor();
            let size = ctx.content_rect().size();
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(size));
        } else if zoom != self.zoom {
            ctx.set_zoom_factor(zoom);
        }
        theme
    }

    /// Takes over what has happened since the last frame.
    fn logic(&mut self, ctx: &egui::Context, window: Option<RawWindowHandle>) {
        let newest = self.backend.view();
        if !Arc::ptr_eq(&newest, &self.view) {
            self.stems.sync(&newest);
            self.settings.sync(&newest);
            self.view = newest;
            self.view_came_secs = ctx.input(|input| input.time);
        }
        if let Some(window) = window {
            self.system.drop.attach(window);
        }
        self.take_drops(ctx);
        if let Some(answer) = self.system.dialogs.poll() {
            self.take_answer(answer);
        }
        match self.system.drag.poll() {
            Some(DragEnd::NotTaken) => self.said = Said::hint(text::stem::DRAG_NOT_TAKEN),
            Some(DragEnd::Failed(why)) => self.said = Said::error(why),
            Some(DragEnd::Delivered) | None => {}
        }
    }

    /// The last file dropped becomes the song.
    fn take_drops(&mut self, ctx: &egui::Context) {
        let by_toolkit = ctx.input(|input| {
            let newest = input.raw.dropped_files.last();
            newest.map(|file| file.path().to_owned())
        });
        if let Some(path) = self.system.drop.poll().pop().or(by_toolkit) {
            self.play_too(&path);
            self.backend.send(Command::OpenSource(path));
            self.tab = Tab::Stems;
        }
    }

    /// In the standalone program the song that stems are made to is the one that plays.
    fn play_too(&self, path: &std::path::Path) {
        if let Some(desk) = &self.desk {
            desk.send(DeskCommand::Open(path.to_owned()));
        }
    }

    fn take_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Source(path) => {
                self.play_too(&path);
                self.backend.send(Command::OpenSource(path));
            }
            Answer::DeskSong(path) => self.play_too(&path),
            Answer::SaveStem { stem, to } => self.backend.send(Command::SaveStemAs { stem, to }),
            Answer::SaveStems { stems, folder } => {
                self.backend.send(Command::SaveStemsTo { stems, folder });
            }
            Answer::CacheFolder(path) => {
                let command = settings_tab::set_cache_folder(&self.view, Some(path));
                self.backend.send(command);
            }
            Answer::Cancelled => {}
            Answer::Failed(why) => self.said = Said::error(why),
        }
    }

    /// Paints the window and returns what the user wants.
    fn draw(&mut self, ui: &mut egui::Ui) -> Vec<Action> {
        let theme = self.dress(ui.ctx());
        let view = self.view.clone();
        let mut scene = Scene {
            view: &view,
            theme,
            elapsed_secs: ui.input(|input| input.time) - self.view_came_secs,
            levels: self.backend.levels(),
            place_secs: self.backend.song_place_secs(),
            actions: Vec::new(),
        };
        if let Some(shortcut) = keys::pressed(ui.ctx()) {
            self.shortcut(shortcut, &mut scene);
        }
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, scene.theme.window);
        ui.spacing_mut().item_spacing = egui::Vec2::splat(theme::size::GAP);
        let (room, least) = (ui.available_size(), theme::size::MIN_LAYOUT);
        if room.x < least.x || room.y < least.y {
            egui::ScrollArea::both().show(ui, |ui| {
                let whole = egui::Rect::from_min_size(ui.cursor().min, room.max(least));
                ui.allocate_rect(whole, egui::Sense::hover());
                let inside = egui::UiBuilder::new().max_rect(whole);
                ui.scope_builder(inside, |ui| self.parts(ui, &mut scene));
            });
        } else {
            self.parts(ui, &mut scene);
        }
        self.toast.show(ui, &mut scene);
        if self.help_open {
            self.help_open = help::show(ui, &scene, self.desk.is_some());
        }
        if self.system.drop.is_hovering() {
            paint_drop_hint(ui, scene.theme);
        }
        scene.actions
    }

    /// Header, notices, the tab, and where there is one, the transport.
    fn parts(&mut self, ui: &mut egui::Ui, scene: &mut Scene<'_>) {
        header::show(ui, scene, self.tab);
        header::notices(ui, scene, &mut self.said);
        if let Some(desk) = self.desk.as_deref() {
            self.transport.show(ui, scene, desk);
        }
        match self.tab {
            Tab::Stems => self.stems.show(ui, scene),
            Tab::Settings => self.settings.show(ui, scene, self.desk.as_deref()),
        }
    }

    fn shortcut(&mut self, shortcut: Shortcut, scene: &mut Scene<'_>) {
        if self.help_open {
            // Whatever lies below waits.
            self.help_open = !matches!(shortcut, Shortcut::Help | Shortcut::Escape);
            return;
        }
        match shortcut {
            Shortcut::Generate => self.stems.generate(scene),
            Shortcut::ShowStems => self.tab = Tab::Stems,
            Shortcut::ShowSettings => self.tab = Tab::Settings,
            Shortcut::UndoDelete if self.view.can_undo_delete => scene.send(Command::UndoDelete),
            Shortcut::UndoDelete => {}
            Shortcut::SelectAll => self.stems.select_all(&self.view),
            Shortcut::ZoomIn => scene.zoom(|now| settings_tab::stepped(now, true)),
            Shortcut::ZoomOut => scene.zoom(|now| settings_tab::stepped(now, false)),
            Shortcut::ZoomReset => scene.zoom(|_| 100),
            Shortcut::Help => self.help_open = true,
            Shortcut::PlayOrStop => match &self.desk {
                Some(desk) => desk.send(DeskCommand::Play(!desk.transport().playing)),
                None => scene.actions.push(Action::PassSpace),
            },
            Shortcut::Rewind => {
                if let Some(desk) = &self.desk {
                    desk.send(DeskCommand::Seek(0.0));
                }
            }
            Shortcut::Escape => match self.tab {
                Tab::Stems => drop(self.stems.unselect()),
                Tab::Settings if self.settings.revert() => {}
                Tab::Settings => self.tab = Tab::Stems,
            },
        }
    }

    fn carry_out(&mut self, ctx: &egui::Context, action: Action, window: Option<RawWindowHandle>) {
        match action {
            Action::Send(command) => {
                if let Command::DeleteStems { stems } = &command {
                    let now_secs = ctx.input(|input| input.time);
                    self.toast.raise(now_secs, stems.len());
                }
                self.backend.send(command);
            }
            Action::Ask(ask) => {
                if !self.system.dialogs.ask(ask) {
                    self.said = Said::hint(text::dialogs::BUSY);
                }
            }
            Action::DragOut(files) => {
                let started = self.system.drag.start(files, window);
                self.said = started.err().and_then(Said::error);
            }
            Action::Copy(text) => ctx.copy_text(text),
            Action::CopyFiles(files) => {
                let count = files.len();
                self.said = match self.system.clipboard.copy(files) {
                    Ok(()) => Said::hint(text::copied(count)),
                    Err(why) => Said::error(why),
                };
            }
            Action::Show(tab) => self.tab = tab,
            Action::Desk(command) => {
                if let Some(desk) = &self.desk {
                    desk.send(command);
                }
            }
            Action::Help => self.help_open = true,
            Action::ClearClip => self.backend.clear_clip(),
            Action::PassSpace => self.system.keys.pass_space(window),
        }
    }

    /// One frame. `window` is the plugin's own, where there is one.
    pub fn frame(&mut self, ui: &mut egui::Ui, window: Option<RawWindowHandle>) {
        self.logic(ui.ctx(), window);
        for action in self.draw(ui) {
            self.carry_out(ui.ctx(), action, window);
            // What it changed in this window shows at once.
            ui.ctx().request_repaint();
        }
    }
}

fn paint_drop_hint(ui: &egui::Ui, theme: &theme::Theme) {
    let rect = ui.max_rect().shrink(theme::size::GAP);
    let painter = ui.ctx().layer_painter(egui::LayerId::new(
        egui::Order::Foreground,
        egui::Id::unique("drop hint"),
    ));
    painter.rect(
        rect,
        f32::from(theme::size::CARD_RADIUS),
        theme.window.gamma_multiply(0.85),
        egui::Stroke::new(2.0, theme.accent),
        egui::StrokeKind::Inside,
    );
    painter.text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        text::source::DROP_HERE,
        egui::FontId::proportional(16.0),
        theme.text,
    );
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        _nice_gui_ctx: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        // The window was made for this one.
        self.zoom = egui_ctx.zoom_factor();
        frame.set_clear_color(self.dress(&egui_ctx).window.into());
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        let window = frame.baseview_window().window_handle().ok();
        self.frame(ui, window.map(|window| window.as_raw()));
        if let Some((theme, _)) = self.dressed {
            frame.set_clear_color(theme.window.into());
        }
    }
}
