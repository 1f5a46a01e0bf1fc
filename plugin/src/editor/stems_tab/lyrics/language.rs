//! The language that is sung, by name; engines want the code.

use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        stems_tab::form::edit,
        text::lyrics as words,
        theme::size,
    },
    session::Form,
};
use egui::{Popup, ScrollArea, Ui, vec2};

const LIST_WIDTH: f32 = 200.0;
const LIST_HEIGHT: f32 = 300.0;
const LINE_HEIGHT: f32 = 20.0;

/// Codes of ISO 639-1 (`yue`: 639-3), as ACE-Step names what it sings.
const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("az", "Azerbaijani"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("ht", "Haitian Creole"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("la", "Latin"),
    ("lt", "Lithuanian"),
    ("ms", "Malay"),
    ("ne", "Nepali"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pa", "Punjabi"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sa", "Sanskrit"),
    ("sk", "Slovak"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("th", "Thai"),
    ("tl", "Tagalog"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("yue", "Cantonese"),
    ("zh", "Chinese (Mandarin)"),
];
/// Wordless singing.
const NONE: &str = "unknown";

/// The language's name, unless the engine chooses.
pub(super) fn told(form: &Form) -> Option<String> {
    let code = form.language.trim();
    (!code.is_empty()).then(|| name_of(code).to_owned())
}

/// A code that is not in the list, from a newer Sideman, stands for itself.
fn name_of(code: &str) -> &str {
    if code == NONE {
        return words::LANGUAGE_NONE;
    }
    let known = LANGUAGES.iter().find(|(known, _)| *known == code);
    known.map_or(code, |(_, name)| name)
}

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    controls::field_label(ui, scene.theme, words::LANGUAGE);
    let current = form.get().language.trim().to_owned();
    let text = told(form.get()).unwrap_or_else(|| words::LANGUAGE_AUTO.into());
    let button = Button::new(&text)
        .name(words::LANGUAGE_LIST)
        .icon(Icon::ChevronDown)
        .min_size(vec2(ui.available_width(), size::CONTROL_HEIGHT))
        .show(ui, scene.theme)
        .on_hover_text(words::LANGUAGE_TIP);
    let mut chosen = None;
    Popup::menu(&button).width(LIST_WIDTH).show(|ui| {
        ui.spacing_mut().interact_size.y = LINE_HEIGHT;
        ui.spacing_mut().item_spacing.y = 2.0;
        for (code, name) in [("", words::LANGUAGE_AUTO), (NONE, words::LANGUAGE_NONE)] {
            if ui.selectable_label(current == code, name).clicked() {
                chosen = Some(code);
            }
        }
        ui.separator();
        let mut by_name: Vec<_> = LANGUAGES.to_vec();
        by_name.sort_unstable_by_key(|(_, name)| *name);
        ScrollArea::vertical()
            .max_height(LIST_HEIGHT)
            .show(ui, |ui| {
                for (code, name) in by_name {
                    if ui.selectable_label(current == code, name).clicked() {
                        chosen = Some(code);
                    }
                }
            });
    });
    if let Some(code) = chosen {
        edit(scene, form, |form| form.language = code.to_owned());
    }
}
