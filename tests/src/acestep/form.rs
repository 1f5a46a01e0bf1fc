//! What a submission says, read as forgivingly as the real servers read it.

use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Received {
    pub fields: BTreeMap<String, String>,
    /// `ctx_audio` or `src_audio`.
    pub source: Option<Vec<u8>>,
    pub source_name: String,
}

impl Received {
    pub async fn read(mut form: axum::extract::Multipart) -> Option<Self> {
        let mut received = Self::default();
        while let Some(field) = form.next_field().await.ok()? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file_name) => {
                    let bytes = field.bytes().await.ok()?.to_vec();
                    if matches!(name.as_str(), "ctx_audio" | "src_audio") {
                        received.source = Some(bytes);
                        received.source_name = file_name;
                    }
                }
                None => {
                    received.fields.insert(name, field.text().await.ok()?);
                }
            }
        }
        Some(received)
    }

    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// `120.0` is no whole number: the default is taken, and nobody is told.
    pub fn whole(&self, name: &str, default: i64) -> i64 {
        self.text(name).parse().unwrap_or(default)
    }

    pub fn number(&self, name: &str, default: f64) -> f64 {
        self.text(name).parse().unwrap_or(default)
    }

    pub fn switch(&self, name: &str, default: bool) -> bool {
        match self.text(name) {
            "" => default,
            said => matches!(said, "1" | "true" | "yes" | "y" | "on"),
        }
    }

    /// As the model gets it: an own one wins, a track name is put in, a missing one is a hole.
    pub fn instruction(&self) -> String {
        let own = self.text("instruction");
        if !own.is_empty() {
            return own.to_owned();
        }
        let track = match self.text("track_name") {
            "" => "{TRACK_NAME}".to_owned(),
            name => name.to_uppercase(),
        };
        format!("Generate the {track} track based on the audio context:")
    }

    /// The seed that reaches the model.
    pub fn seed(&self) -> u64 {
        let own = self.whole("seed", -1);
        match self.switch("use_random_seed", true) || own < 0 {
            true => u64::from(uuid::Uuid::new_v4().as_fields().0),
            false => own as u64,
        }
    }
}
