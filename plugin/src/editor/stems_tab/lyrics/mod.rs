//! Words to sing, with marks for the parts of a song, and the language they are in.

mod language;

use super::form::{edit, fold};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        text::lyrics as words,
    },
    session::{Form, Health, MAX_LYRICS_CHARS},
};
use egui::{
    Id, TextEdit, Ui,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
};

const ROWS: usize = 7;
const GAP: f32 = 4.0;
/// The parts of a song that engines know.
const MARKS: [&str; 8] = [
    "intro",
    "verse",
    "pre-chorus",
    "chorus",
    "bridge",
    "instrumental",
    "break",
    "outro",
];

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, open: &mut bool) {
    if !form.get().sings() {
        return;
    }
    let service = &scene.view.service;
    if !service.features.lyrics {
        // While the service is unknown, so is this.
        if service.health == Health::Good {
            controls::note(ui, scene.theme.text_faint, words::NO_WORDS);
        }
        return;
    }
    let told = told(form.get());
    fold(ui, scene.theme, words::TITLE, told.as_deref(), open).on_hover_text(words::TIP);
    if *open {
        editor(ui, scene, form);
    }
}

/// `24 words, English`
fn told(form: &Form) -> Option<String> {
    let sung = form.lyrics.lines().filter(|line| !is_mark(line));
    let count = sung.flat_map(str::split_whitespace).count();
    let count = match count {
        0 => None,
        1 => Some("1 word".to_owned()),
        count => Some(format!("{count} words")),
    };
    let told: Vec<_> = count.into_iter().chain(language::told(form)).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn is_mark(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('[') && line.ends_with(']')
}

fn editor(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let id = Id::unique("lyrics");
    let mut lyrics = form.get().lyrics.clone();
    let mark = marks(ui, scene);
    if let Some(mark) = mark {
        insert(ui, id, &mut lyrics, mark);
    }
    let response = ui
        .add(
            TextEdit::multiline(&mut lyrics)
                .id(id)
                .hint_text(words::HINT)
                .char_limit(MAX_LYRICS_CHARS)
                .desired_rows(ROWS)
                .desired_width(f32::INFINITY),
        )
        .on_hover_text(words::EDITOR_TIP);
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::text_edit(enabled, "", &lyrics, words::HINT);
        info.label = Some(words::EDITOR.to_owned());
        info
    });
    if mark.is_some() {
        // Not before it is drawn: a field lets go of the keyboard when something else is clicked.
        response.request_focus();
    }
    if mark.is_some() || response.changed() {
        edit(scene, form, |form| form.lyrics = lyrics);
    }
    language::show(ui, scene, form);
}

/// The mark whose button was pressed.
fn marks(ui: &mut Ui, scene: &Scene<'_>) -> Option<&'static str> {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(GAP);
        let mut pressed = None;
        for mark in MARKS {
            let text = format!("[{mark}]");
            let name = format!("{} {text}", words::INSERT);
            let button = Button::new(&text).name(&name);
            if button
                .show(ui, scene.theme)
                .on_hover_text(words::INSERT_TIP)
                .clicked()
            {
                pressed = Some(mark);
            }
        }
        pressed
    })
    .inner
}

/// Puts the mark on a line of its own where the cursor stands, else at the end, and the cursor below.
fn insert(ui: &Ui, id: Id, lyrics: &mut String, mark: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let cursor = state.cursor.char_range().map(|range| range.primary.index.0);
    let (text, after) = with_mark(lyrics, cursor, mark);
    *lyrics = text;
    let at = CCursorRange::one(CCursor::new(after));
    state.cursor.set_char_range(Some(at));
    state.store(ui.ctx(), id);
}

/// The new text, and the place below the mark; both in characters.
fn with_mark(lyrics: &str, cursor: Option<usize>, mark: &str) -> (String, usize) {
    let chars: Vec<char> = lyrics.chars().collect();
    let at = cursor.unwrap_or(chars.len()).min(chars.len());
    let before: String = chars[..at].iter().collect();
    let after: String = chars[at..].iter().collect();
    let line_break = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let head = format!("{before}{line_break}[{mark}]\n");
    let cursor = head.chars().count();
    (head + after.trim_start_matches('\n'), cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_gets_a_line_of_its_own() {
        let (text, at) = with_mark("", None, "verse");
        assert_eq!((text.as_str(), at), ("[verse]\n", 8));
        let (text, at) = with_mark("[verse]\nlá la", Some(100), "chorus");
        assert_eq!(text, "[verse]\nlá la\n[chorus]\n");
        assert_eq!(at, text.chars().count());
        let (text, at) = with_mark("là\nle", Some(2), "bridge");
        assert_eq!(text, "là\n[bridge]\nle");
        assert_eq!(text.chars().skip(at).collect::<String>(), "le");
    }

    #[test]
    fn the_closed_fold_tells_what_is_in_it() {
        let mut form = Form::default();
        assert_eq!(told(&form), None);
        form.lyrics = "[verse]\nOne two\n[chorus]\nthree".into();
        form.language = "de".into();
        assert_eq!(told(&form).as_deref(), Some("3 words, German"));
    }
}
