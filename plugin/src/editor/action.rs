use super::{backend::Ask, desk::DeskCommand, settings_tab::zoomed, theme::Theme};
use crate::{
    capture::Levels,
    session::{Command, SessionView},
};
use std::path::PathBuf;

/// What widgets ask for. They change nothing themselves: the app carries all of it out after drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Send(Command),
    Ask(Ask),
    DragOut(Vec<PathBuf>),
    Copy(String),
    /// The files themselves.
    CopyFiles(Vec<PathBuf>),
    Show(Tab),
    /// Only where there is a desk.
    Desk(DeskCommand),
    /// Shows the shortcuts.
    Help,
    /// Puts the clip light out.
    ClearClip,
    /// The host's own key.
    PassSpace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Stems,
    Settings,
}

/// What every widget may see, and where it leaves its wishes.
pub(super) struct Scene<'a> {
    pub view: &'a SessionView,
    pub theme: &'a Theme,
    /// Since `view` came; countdowns go on between views.
    pub elapsed_secs: f64,
    /// Of what comes in, since the last frame.
    pub levels: Levels,
    /// Where the song is now, seconds from its start, while it moves.
    pub place_secs: Option<f64>,
    pub actions: Vec<Action>,
}

impl Scene<'_> {
    pub fn send(&mut self, command: Command) {
        self.actions.push(Action::Send(command));
    }

    /// Everything larger or smaller, in all windows of the user.
    pub fn zoom(&mut self, next: impl FnOnce(u16) -> u16) {
        let looks = self.view.looks;
        self.send(zoomed(looks, next(looks.zoom_percent)));
    }
}
