//! Keeps the host's buttons and the session in step: each side's change is told to the other once.

use crate::{
    params::{REVISIONS, SidemanParams, TrackChoice},
    session::{CaptureView, Command, ProjectState, SessionHandle, SessionView},
};
use nice_plug::prelude::{Param, ParamSetter};
use std::sync::Arc;

/// Host → session: looks for buttons that moved. Called a few times a second.
#[derive(Debug)]
pub struct HostButtons {
    capture: bool,
    generate: bool,
    track: TrackChoice,
}

/// As a fresh session stands.
impl Default for HostButtons {
    fn default() -> Self {
        Self {
            capture: false,
            generate: false,
            track: TrackChoice::Vocals,
        }
    }
}

impl HostButtons {
    /// What the host has asked for since the last look.
    pub fn moved(&mut self, params: &SidemanParams) -> Vec<Command> {
        let mut commands = Vec::new();
        let (capture, generate) = (params.capture.value(), params.generate.value());
        let track = params.track.value();
        if std::mem::replace(&mut self.capture, capture) != capture {
            commands.push(Command::SetCapture(capture));
        }
        if std::mem::replace(&mut self.track, track) != track {
            commands.push(Command::ChooseTrack(track.into()));
        }
        if !std::mem::replace(&mut self.generate, generate) && generate {
            commands.push(Command::Generate);
        }
        commands
    }
}

/// Session → host: moves the host's buttons after the session has. Only an open window may do that.
pub struct HostMirror {
    params: Arc<SidemanParams>,
    session: SessionHandle,
    shown: Shown,
    project: Arc<ProjectState>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    capture: bool,
    track: TrackChoice,
}

impl Shown {
    fn of(view: &SessionView) -> Self {
        Self {
            capture: view.capture != CaptureView::Off,
            track: view.form.track.into(),
        }
    }
}

impl HostMirror {
    pub fn new(params: Arc<SidemanParams>, session: SessionHandle) -> Self {
        let shown = Shown::of(&session.view());
        let project = session.project_state();
        Self {
            params,
            session,
            shown,
            project,
        }
    }

    /// Called once per frame.
    pub fn sync(&mut self, setter: &ParamSetter<'_>) {
        let now = Shown::of(&self.session.view());
        let before = std::mem::replace(&mut self.shown, now);
        if now.capture != before.capture {
            set(setter, &self.params.capture, now.capture);
        }
        if now.track != before.track {
            set(setter, &self.params.track, now.track);
        }
        if self.params.generate.value() {
            set(setter, &self.params.generate, false);
        }
        if self.params.grab.value() {
            set(setter, &self.params.grab, false);
        }
        let project = self.session.project_state();
        if !Arc::ptr_eq(&project, &self.project) && *project != *self.project {
            let next = (self.params.revision.value() + 1) % REVISIONS;
            set(setter, &self.params.revision, next);
        }
        self.project = project;
    }
}

/// One whole gesture, unless the button stands there already.
fn set<P: Param>(setter: &ParamSetter<'_>, param: &P, value: P::Plain)
where
    P::Plain: PartialEq + Copy,
{
    if param.modulated_plain_value() != value {
        setter.begin_set_parameter(param);
        setter.set_parameter(param, value);
        setter.end_set_parameter(param);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::music::Track;

    #[test]
    fn an_untouched_host_asks_for_nothing() {
        let params = SidemanParams::default();
        assert_eq!(HostButtons::default().moved(&params), []);
    }

    #[test]
    fn only_a_rising_generate_asks_for_a_stem() {
        let params = SidemanParams::default();
        let mut buttons = HostButtons {
            capture: true,
            generate: true,
            track: TrackChoice::Drums,
        };
        // Everything has fallen back: capture off, no generate, and the first track again.
        assert_eq!(
            buttons.moved(&params),
            [
                Command::SetCapture(false),
                Command::ChooseTrack(Track::Vocals)
            ]
        );
        assert_eq!(buttons.moved(&params), []);
    }
}
