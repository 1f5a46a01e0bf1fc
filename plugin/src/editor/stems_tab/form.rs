//! What to play: the track, tempo, key, style and seed of the next job.

use super::{key_field, track_choice};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, form as words},
        theme::{Theme, size},
    },
    session::{CaptureView, Command, Form, Health, SessionView},
};
use egui::{Response, Stroke, TextEdit, Ui};
use sideman_shared::music::{Bpm, KeyScale};

const CAPTION_ROWS: usize = 3;
/// More than anyone reads; the session refuses longer ones.
const CAPTION_CHARS: usize = 2000;
const FIELD_CHARS: usize = 32;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, more: &mut bool) {
    controls::heading(ui, words::TITLE);
    track_choice::show(ui, scene, form, more);
    ui.add_space(2.0);
    ui.columns_const(|[left, right]| {
        tempo(left, scene, form);
        key_field::show(right, scene, form);
    });
    caption(ui, scene, form);
    seed(ui, scene, form);
    for wrong in mistakes(form.get()) {
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
    let button = Button::new(words::GENERATE).look(Look::Primary);
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
    } else if !track_choice::is_offered(view, form.track) {
        Some(words::NOT_OFFERED)
    } else if mistakes(form).next().is_some() {
        Some(words::NEEDS_FIX)
    } else {
        None
    }
}

fn mistakes(form: &Form) -> impl Iterator<Item = &'static str> {
    [
        (is_tempo(&form.bpm), words::BPM_WRONG),
        (is_readable::<KeyScale>(&form.key), words::KEY_WRONG),
        (is_readable::<u32>(&form.seed), words::SEED_WRONG),
    ]
    .into_iter()
    .filter_map(|(fine, words)| (!fine).then_some(words))
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

fn caption(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::CAPTION);
    let mut caption = form.get().caption.clone();
    let response = ui
        .add(
            TextEdit::multiline(&mut caption)
                .hint_text(form.get().track.default_caption())
                .char_limit(CAPTION_CHARS)
                .desired_rows(CAPTION_ROWS)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label.id)
        .on_hover_text(words::CAPTION_TIP);
    if response.changed() {
        edit(scene, form, |form| form.caption = caption);
    }
}

fn seed(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::SEED);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut seed = form.get().seed.clone();
        let readable = is_readable::<u32>(&seed);
        let width = ui.available_width() - size::ICON_BUTTON - 4.0;
        let response = ui
            .scope(|ui| {
                ui.set_max_width(width);
                field(ui, scene.theme, &mut seed, words::SEED_NEW.into(), readable)
            })
            .inner
            .labelled_by(label.id)
            .on_hover_text(words::SEED_TIP);
        let dice = Button::icon_only(Icon::Dice, words::DICE)
            .show(ui, scene.theme)
            .on_hover_text(words::DICE);
        if dice.clicked() {
            seed = random_seed().to_string();
        }
        if dice.clicked() || response.changed() {
            edit(scene, form, |form| form.seed = seed);
        }
    });
}

fn random_seed() -> u32 {
    // The low half of a version 4 UUID is random but for two bits; these 32 are all random.
    uuid::Uuid::new_v4().as_u128() as u32
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
