//! What the host sees and saves: automatable parameters, and what the project keeps besides.

use crate::{
    editor,
    session::{ProjectState, SessionHandle},
};
use nice_plug::{params::persist::PersistentField, prelude::*};
use parking_lot::Mutex;
use sideman_shared::music::Track;
use std::sync::OnceLock;

/// The host's knobs and buttons, and the persisted fields.
#[derive(Params)]
pub struct SidemanParams {
    #[id = "capture"]
    pub capture: BoolParam,
    /// Going up asks for a stem; the window lets it fall again.
    #[id = "generate"]
    pub generate: BoolParam,
    /// Master switch of everything auditioned.
    #[id = "audition"]
    pub audition: BoolParam,
    #[id = "audition_gain"]
    pub audition_gain_db: FloatParam,
    #[id = "track"]
    pub track: EnumParam<TrackChoice>,
    /// Moved when the session changes: the host then knows that the project must be saved. The
    /// framework has no other way to say so.
    #[id = "revision"]
    pub revision: IntParam,
    /// Also in an offline render. Off by default: what is only tried out must not end up in a bounce.
    #[id = "audition_in_bounce"]
    pub audition_in_bounce: BoolParam,
    /// Going up makes a take of the last eight bars, whether or not anything was captured: for a foot
    /// switch, or with the window closed.
    #[id = "grab_8_bars"]
    pub grab: BoolParam,
    #[persist = "project"]
    pub project: Project,
    /// Window size in points.
    #[persist = "window"]
    pub window_size: Mutex<(f32, f32)>,
}

/// `revision` goes round below this.
pub const REVISIONS: i32 = 1 << 16;

impl Default for SidemanParams {
    fn default() -> Self {
        let gain_range = FloatRange::Linear {
            min: -40.0,
            max: 12.0,
        };
        let revisions = IntRange::Linear {
            min: 0,
            max: REVISIONS - 1,
        };
        Self {
            capture: BoolParam::new("Capture", false),
            generate: BoolParam::new("Generate", false),
            audition: BoolParam::new("Audition", true),
            audition_gain_db: FloatParam::new("Audition Gain", 0.0, gain_range)
                .with_unit(" dB")
                .with_step_size(0.1),
            track: EnumParam::new("Track", TrackChoice::Vocals),
            revision: IntParam::new("Revision", 0, revisions)
                .non_automatable()
                .hide(),
            audition_in_bounce: BoolParam::new("Audition in Bounce", false),
            grab: BoolParam::new("Take Last 8 Bars", false),
            project: Project::default(),
            window_size: Mutex::new(first_window_size()),
        }
    }
}

/// In a DAW the project brings its own.
fn first_window_size() -> (f32, f32) {
    #[cfg(feature = "standalone")]
    if let Some(size) = crate::standalone::window_size() {
        return size;
    }
    editor::DEFAULT_SIZE
}

/// [`Track`] as the host lists it. The ids are the words of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TrackChoice {
    #[id = "vocals"]
    Vocals,
    #[id = "backing_vocals"]
    #[name = "Backing Vocals"]
    BackingVocals,
    #[id = "drums"]
    Drums,
    #[id = "bass"]
    Bass,
    #[id = "guitar"]
    Guitar,
    #[id = "keyboard"]
    Keyboard,
    #[id = "strings"]
    Strings,
    #[id = "synth"]
    Synth,
    #[id = "percussion"]
    Percussion,
    #[id = "brass"]
    Brass,
    #[id = "woodwinds"]
    Woodwinds,
    #[id = "fx"]
    #[name = "FX"]
    Fx,
}

impl From<TrackChoice> for Track {
    fn from(choice: TrackChoice) -> Self {
        Self::ALL[choice.to_index()]
    }
}

impl From<Track> for TrackChoice {
    fn from(track: Track) -> Self {
        let index = Track::ALL.iter().position(|t| *t == track);
        Self::from_index(index.unwrap_or_default())
    }
}

/// The session's state inside the host's project. Loaded and saved on the host's main thread; the
/// audio thread never comes here.
#[derive(Default)]
pub struct Project {
    session: OnceLock<SessionHandle>,
    /// Loaded before the session has started.
    early: Mutex<Option<ProjectState>>,
}

impl Project {
    /// What was loaded so far, for the session's start.
    pub fn take_early(&self) -> Option<ProjectState> {
        self.early.lock().take()
    }

    /// From now on the session is asked.
    pub fn connect(&self, session: SessionHandle) {
        // Connected once per instance: there is one session.
        let _ = self.session.set(session);
    }
}

impl PersistentField<'_, ProjectState> for Project {
    fn set(&self, state: ProjectState) {
        match self.session.get() {
            // Queued by the session even when busy; a full queue is told in its log.
            Some(session) if session.restore(state.clone()) => {}
            Some(_) => tracing::error!("the session is too busy to take the project's state"),
            None => *self.early.lock() = Some(state),
        }
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&ProjectState) -> R,
    {
        match self.session.get() {
            Some(session) => f(&session.project_state()),
            None => f(self
                .early
                .lock()
                .as_ref()
                .unwrap_or(&ProjectState::default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_s_list_of_tracks_is_the_contract_s() {
        assert_eq!(TrackChoice::variants(), Track::ALL.map(Track::label));
        assert_eq!(TrackChoice::ids(), Some(&Track::ALL.map(Track::as_str)[..]));
        for track in Track::ALL {
            assert_eq!(Track::from(TrackChoice::from(track)), track);
        }
    }

    #[test]
    fn a_project_loaded_before_the_session_started_is_saved_again() {
        let project = Project::default();
        let state = ProjectState {
            instance_id: "abc".into(),
            ..ProjectState::default()
        };
        project.set(state.clone());
        assert_eq!(project.map(ProjectState::clone), state);
        assert_eq!(project.take_early(), Some(state));
    }
}
