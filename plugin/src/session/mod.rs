//! The actor between host, service, disk and window. `state` is a pure step; the rest carries it out.

mod command;
mod view;

pub use command::Command;
pub use view::{
    CaptureView, Form, Health, JobPhase, JobView, Notice, Peaks, ServiceView, SessionView,
    Settings, SourceView, StemRow,
};
