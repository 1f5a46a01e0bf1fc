//! How a stem leaves Sideman: in which format and under which name.

mod name;
mod write;

pub use name::{FileFacts, TOKENS, file_stem, made_on};
pub use write::{export_as, export_into, prepare};

use serde::{Deserialize, Serialize};

/// Persisted with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportSettings {
    pub format: ExportFormat,
    /// With [`TOKENS`] in it; empty = the name the file has.
    pub pattern: String,
}

impl ExportSettings {
    /// The file as it came does; nothing is to be made.
    pub fn is_original(&self) -> bool {
        self.format == ExportFormat::default() && self.pattern.trim().is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// As stems come from the service.
    #[default]
    Wav24,
    Wav32Float,
    Flac,
}

impl ExportFormat {
    pub const ALL: [Self; 3] = [Self::Wav24, Self::Wav32Float, Self::Flac];

    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav24 | Self::Wav32Float => "wav",
            Self::Flac => "flac",
        }
    }

    /// What a file with this ending should hold: the ending wins over the settings.
    pub fn for_extension(self, extension: Option<&str>) -> Self {
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("flac") => Self::Flac,
            Some("wav" | "wave") if self == Self::Flac => Self::Wav24,
            _ => self,
        }
    }
}
