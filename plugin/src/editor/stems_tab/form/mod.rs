//! What to play: the tracks, tempo, key, words and seed of the next job.

mod advanced;
mod seed;

use super::{captions, key_field, lyrics, track_choice};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, form as words},
        theme::{Theme, size},
    },
    session::{CaptureView, Command, Form, Health, MAX_GUIDANCE, MAX_STEPS, SessionView},
};
use egui::{Response, Stroke, TextEdit, Ui};
use sideman_shared::music::{Bpm, KeyScale};
use std::{ops::RangeInclusive, str::FromStr};

const FIELD_CHARS: usize = 32;

/// What is unfolded.
#[derive(Debug, Default)]
pub(super) struct Folds {
    /// The nine less usual tracks.
    pub more_tracks: bool,
    pub lyrics: bool,
    pub advanced: bool,
}

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, folds: &mut Folds) {
    controls::heading(ui, words::TITLE);
    track_choice::show(ui, scene, form, &mut folds.more_tracks);
    ui.add_space(2.0);
    ui.columns_const(|[left, right]| {
        tempo(left, scene, form);
        key_field::show(right, scene, form);
    });
    captions::show(ui, scene, form);
    lyrics::show(ui, scene, form, &mut folds.lyrics);
    seed::show(ui, scene, form);
    advanced::show(ui, scene, form, folds);
    for wrong in mistakes(scene.view, form.get()) {
        controls::warning(ui, scene.theme.warn, wrong);
    }
    super::source::tempo_note(ui, scene);
    if scene.view.service.health == Health::Away {
        controls::warning(ui, scene.theme.warn, words::WILL_WAIT);
    }
}

/// The button that sends it all, and why it cannot when it cannot.
pub(super) fn generate(ui: &mut Ui, scene: &mut Scene<'_>, form: &Draft<Form>) {
    let refusal = refusal(scene.view, form.get());
    let wanted = egui::vec2(ui.available_width(), size::PRIMARY_HEIGHT);
    let text = text::generate(form.get());
    let button = Button::new(&text).name(words::GENERATE).look(Look::Primary);
    let theme = scene.theme;
    let response = ui
        .add_enabled_ui(refusal.is_none(), |ui| {
            button.min_size(wanted).show(ui, theme)
        })
        .inner;
    let response = match refusal {
        Some(why) => response.on_disabled_hover_text(why),
        None => response.on_hover_text(words::GENERATE_TIP),
    };
    if response.clicked() {
        scene.send(Command::Generate);
    }
}

/// Why nothing can be generated now, as a sentence for the user.
pub(super) fn refusal(view: &SessionView, form: &Form) -> Option<&'static str> {
    if matches!(view.capture, CaptureView::Rolling { .. }) {
        Some(words::NEEDS_STOP)
    } else if view.source.is_none() {
        Some(words::NEEDS_SOURCE)
    } else if !form
        .tracks()
        .into_iter()
        .all(|t| track_choice::is_offered(view, t))
    {
        Some(words::NOT_OFFERED)
    } else if mistakes(view, form).next().is_some() {
        Some(words::NEEDS_FIX)
    } else {
        None
    }
}

/// What cannot be read in the fields that are shown.
fn mistakes(view: &SessionView, form: &Form) -> impl Iterator<Item = &'static str> {
    let can = &view.service.features;
    let steps = !can.steps || is_within(&form.steps, 1..=MAX_STEPS);
    let guidance = !can.guidance || is_within(&form.guidance, 0.0..=MAX_GUIDANCE);
    [
        (is_tempo(&form.bpm), words::BPM_WRONG),
        (is_readable::<KeyScale>(&form.key), words::KEY_WRONG),
        (is_readable::<u32>(&form.seed), words::SEED_WRONG),
        (steps, text::advanced::STEPS_WRONG),
        (guidance, text::advanced::GUIDANCE_WRONG),
    ]
    .into_iter()
    .filter_map(|(fine, words)| (!fine).then_some(words))
}

fn is_within<T: FromStr + PartialOrd>(text: &str, range: RangeInclusive<T>) -> bool {
    let text = text.trim().replace(',', ".");
    text.is_empty() || text.parse().is_ok_and(|number| range.contains(&number))
}

/// Empty means "you choose" in every field.
pub(super) fn is_readable<T: std::str::FromStr>(text: &str) -> bool {
    text.trim().is_empty() || text.trim().parse::<T>().is_ok()
}

/// A decimal comma is what many keyboards give.
fn is_tempo(text: &str) -> bool {
    is_readable::<Bpm>(&text.replace(',', "."))
}

/// Applies a change to the form and tells the session, if it is one.
pub(super) fn edit(scene: &mut Scene<'_>, form: &mut Draft<Form>, change: impl FnOnce(&mut Form)) {
    let mut edited = form.get().clone();
    change(&mut edited);
    if edited != *form.get() {
        form.edit(edited.clone());
        scene.send(Command::EditForm(Box::new(edited)));
    }
}

/// A one-line field, outlined in the warning colour while its text cannot be read.
pub(super) fn field(
    ui: &mut Ui,
    theme: &Theme,
    text: &mut String,
    hint: String,
    readable: bool,
) -> Response {
    ui.scope(|ui| {
        if !readable {
            let warn = Stroke::new(1.0, theme.warn);
            ui.visuals_mut().widgets.inactive.bg_stroke = warn;
            ui.visuals_mut().selection.stroke = warn;
        }
        ui.add(
            TextEdit::singleline(text)
                .hint_text(hint)
                .char_limit(FIELD_CHARS)
                .align(egui::Align2::LEFT_CENTER)
                .desired_width(f32::INFINITY),
        )
    })
    .inner
}

/// The same with room for one icon button on its right, which comes next in the row.
pub(super) fn field_beside_button(
    ui: &mut Ui,
    theme: &Theme,
    text: &mut String,
    hint: &str,
    readable: bool,
) -> Response {
    const GAP: f32 = 4.0;
    ui.spacing_mut().item_spacing.x = GAP;
    let width = ui.available_width() - size::ICON_BUTTON - GAP;
    ui.scope(|ui| {
        ui.set_max_width(width);
        field(ui, theme, text, hint.into(), readable)
    })
    .inner
}

fn tempo(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::BPM);
    let mut bpm = form.get().bpm.clone();
    let readable = is_tempo(&bpm);
    let response = field(ui, scene.theme, &mut bpm, tempo_hint(scene.view), readable)
        .labelled_by(label.id)
        .on_hover_text(words::BPM_TIP);
    if response.changed() {
        edit(scene, form, |form| form.bpm = bpm);
    }
}

/// `92.5 from host`: the tempo it was captured at, or before that the one the host has now.
fn tempo_hint(view: &SessionView) -> String {
    let bpm = match &view.source {
        Some(source) => source.tempo_bpm,
        None => view.host_bpm,
    };
    match bpm.and_then(Bpm::new) {
        Some(bpm) => format!("{} from host", text::bpm_number(bpm.get())),
        None => words::BPM_HEARD.into(),
    }
}

/// A line that opens and closes a part of the form; `told` says what is set in there.
pub(super) fn fold(
    ui: &mut Ui,
    theme: &Theme,
    name: &str,
    told: Option<&str>,
    open: &mut bool,
) -> Response {
    let icon = if *open {
        Icon::ChevronDown
    } else {
        Icon::ChevronRight
    };
    let text = match told {
        Some(told) => format!("{name}: {told}"),
        None => name.to_owned(),
    };
    let response = Button::new(&text)
        .name(name)
        .icon(icon)
        .min_size(egui::vec2(ui.available_width(), size::CONTROL_HEIGHT))
        .selected(told.is_some())
        .show(ui, theme);
    if response.clicked() {
        *open = !*open;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::tests::fixtures;
    use sideman_shared::music::Track;

    #[test]
    fn generate_says_why_it_cannot() {
        let mut view = fixtures::ready();
        let mut form = Form::default();
        assert_eq!(refusal(&view, &form), None);
        form.bpm = "fast".into();
        assert_eq!(refusal(&view, &form), Some(words::NEEDS_FIX));
        form.bpm = " 92,5 ".into();
        view.service.tracks = vec![Track::Bass];
        assert_eq!(refusal(&view, &form), Some(words::NOT_OFFERED));
        view.source = None;
        assert_eq!(refusal(&view, &form), Some(words::NEEDS_SOURCE));
        assert_eq!(
            refusal(&fixtures::capturing(), &form),
            Some(words::NEEDS_STOP)
        );
    }

    #[test]
    fn the_tempo_hint_trusts_no_nonsense_from_the_host() {
        let mut view = SessionView {
            host_bpm: Some(137.000_000_130_7),
            ..SessionView::default()
        };
        assert_eq!(tempo_hint(&view), "137 from host");
        view.host_bpm = Some(3_159_345.0);
        assert_eq!(tempo_hint(&view), words::BPM_HEARD);
        let mut view = fixtures::ready();
        view.host_bpm = Some(140.0);
        assert_eq!(tempo_hint(&view), "92.5 from host", "as it was captured");
        view.source.as_mut().unwrap().tempo_bpm = None;
        assert_eq!(tempo_hint(&view), words::BPM_HEARD, "a file tells no tempo");
    }
}
