//! What the user hands on when asking for help: everything about a failed job that is nobody's secret.

use super::SavedJob;
use crate::session::JobPhase;
use sideman_shared::protocol::{Caption, JobRequest};

/// What the report tells of besides the job.
pub struct Surroundings<'a> {
    /// What the job's service said of itself last; empty when another is in use by now.
    pub service_words: &'a str,
    /// The user's home folder, which is left out; empty when it is not known.
    pub home: &'a str,
}

pub fn write(saved: &SavedJob, phase: &JobPhase, around: &Surroundings<'_>) -> String {
    let mut lines = vec![
        format!(
            "Sideman {} on {} {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
        format!("Service: {}", saved.service.address),
        format!("It says: {}", or_nothing(around.service_words)),
    ];
    if let JobPhase::Failed {
        title,
        detail,
        hint,
        code,
        request_id,
        ..
    } = phase
    {
        lines.push(format!("Failed: {title}"));
        lines.push(format!(
            "Code: {}",
            code.map_or("none", |code| code.as_str())
        ));
        lines.push(format!("Detail: {}", or_nothing(detail)));
        lines.push(format!(
            "Hint: {}",
            or_nothing(hint.as_deref().unwrap_or_default())
        ));
        lines.push(format!(
            "Request: {}",
            or_nothing(request_id.as_deref().unwrap_or_default())
        ));
    }
    lines.push(format!(
        "Job: {} (here {})",
        or_nothing(saved.job_id.as_deref().unwrap_or_default()),
        saved.id
    ));
    let take = &saved.take;
    lines.push(format!(
        "Song: {:.2} s, {} Hz, {} channels",
        take.duration_secs(),
        take.sample_rate_hz,
        take.channels
    ));
    let asked = serde_json::to_string(&without_words(&saved.request)).unwrap_or_default();
    lines.push(format!("Asked: {asked}"));
    lines.push(format!(
        "Arrived: {} of {}",
        saved.delivered.len(),
        saved.request.tracks.len() * usize::from(saved.request.variations)
    ));
    redact(&lines.join("\n"), around.home)
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

/// What the user wrote is the user's: only its length is told.
fn without_words(request: &JobRequest) -> JobRequest {
    let length = |text: &String| format!("({} characters)", text.chars().count());
    JobRequest {
        caption: request.caption.as_ref().map(|caption| match caption {
            Caption::Same(text) => Caption::Same(length(text)),
            Caption::PerTrack(texts) => {
                Caption::PerTrack(texts.iter().map(|(t, text)| (*t, length(text))).collect())
            }
        }),
        lyrics: request.lyrics.as_ref().map(length),
        ..request.clone()
    }
}

/// Home folders become `~`: this user's, and whatever else looks like one (a service's paths too).
fn redact(text: &str, home: &str) -> String {
    let mut text = if home.len() > 1 {
        text.replace(home, "~")
    } else {
        text.to_owned()
    };
    for root in ["/home/", "/Users/", "\\Users\\"] {
        text = without_names(&text, root);
    }
    text
}

/// `/home/anna/x` to `~/x`, with a drive's letter before it.
fn without_names(text: &str, root: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(root) {
        let mut before = &rest[..at];
        if root.starts_with('\\') {
            let is_drive = |c: char| c == ':' || c.is_ascii_alphabetic();
            let drive = before.len().saturating_sub(2);
            if before.ends_with(':') && before[drive..].chars().all(is_drive) {
                before = &before[..drive];
            }
        }
        out.push_str(before);
        out.push('~');
        let name = &rest[at + root.len()..];
        let ends =
            |c: char| matches!(c, '/' | '\\' | '"' | '\'' | ':' | ')' | ',') || c.is_control();
        rest = &name[name.find(ends).unwrap_or(name.len())..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_left_out_wherever_they_lie() {
        for (text, told) in [
            (
                "cannot read /home/anna/song.wav: gone",
                "cannot read ~/song.wav: gone",
            ),
            ("/Users/Anna B/x, /Users/bob/y", "~/x, ~/y"),
            (r"C:\Users\Anna\Sideman\a.wav", r"~\Sideman\a.wav"),
            ("/srv/music/me/take.wav", "~/take.wav"),
            ("no path at all", "no path at all"),
        ] {
            assert_eq!(redact(text, "/srv/music/me"), told);
        }
        assert_eq!(redact("a/b", "/"), "a/b", "a root is no home");
    }
}
