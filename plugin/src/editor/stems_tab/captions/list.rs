//! The list below the presets button: the user's own, those used lately, those built in.

use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        icons::Icon,
        text::captions as words,
        theme::size,
    },
    session::{CaptionEdit, Command, Words, presets},
};
use egui::{Align, Layout, Popup, PopupCloseBehavior, Response, ScrollArea, Ui};
use sideman_shared::music::Track;

const WIDTH: f32 = 300.0;
const HEIGHT: f32 = 320.0;
const LINE_HEIGHT: f32 = 20.0;

/// The words to put into the field when some were chosen.
pub(super) fn show(
    button: &Response,
    scene: &mut Scene<'_>,
    track: Track,
    caption: &str,
) -> Option<String> {
    let mut chosen = None;
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(WIDTH)
        .show(|ui| {
            ui.spacing_mut().interact_size.y = LINE_HEIGHT;
            ui.spacing_mut().item_spacing.y = 2.0;
            keep(ui, scene, track, caption);
            ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
                chosen = own(ui, scene, track, caption)
                    .or(recent(ui, scene, track, caption))
                    .or(built_in(ui, scene, track, caption));
            });
            if chosen.is_some() {
                ui.close();
            }
        });
    chosen
}

/// Adds what is in the field to the user's own.
fn keep(ui: &mut Ui, scene: &mut Scene<'_>, track: Track, caption: &str) {
    let caption = caption.trim();
    let book = &scene.view.captions;
    let is_known = book.own_of(track).any(|own| own == caption);
    let can_keep = !caption.is_empty() && !is_known;
    let button = Button::new(words::KEEP);
    let theme = scene.theme;
    let response = ui
        .add_enabled_ui(can_keep, |ui| button.show(ui, theme))
        .inner;
    let response = response
        .on_hover_text(words::KEEP_TIP)
        .on_disabled_hover_text(if is_known {
            words::KEPT_ALREADY
        } else {
            words::NOTHING_TO_KEEP
        });
    if response.clicked() {
        let edit = CaptionEdit::Keep(Words {
            track,
            words: caption.to_owned(),
        });
        scene.send(Command::EditCaptions(edit));
    }
}

fn own(ui: &mut Ui, scene: &mut Scene<'_>, track: Track, caption: &str) -> Option<String> {
    let view = scene.view;
    let mut chosen = None;
    let mut all = view.captions.own_of(track).peekable();
    if all.peek().is_some() {
        section(ui, scene, words::OWN);
    }
    for own in all {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                forget(ui, scene, track, own);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if line(ui, own, caption) {
                        chosen = Some(own.to_owned());
                    }
                });
            });
        });
    }
    chosen
}

fn forget(ui: &mut Ui, scene: &mut Scene<'_>, track: Track, own: &str) {
    let name = format!("{} {own}", words::FORGET);
    let button = Button::icon_only(Icon::Close, &name).min_size(egui::Vec2::splat(LINE_HEIGHT));
    let response = button.show(ui, scene.theme);
    if response.on_hover_text(words::FORGET).clicked() {
        let edit = CaptionEdit::Forget(Words {
            track,
            words: own.to_owned(),
        });
        scene.send(Command::EditCaptions(edit));
    }
}

fn recent(ui: &mut Ui, scene: &Scene<'_>, track: Track, caption: &str) -> Option<String> {
    let mut chosen = None;
    let mut all = scene.view.captions.recent_of(track).peekable();
    if all.peek().is_some() {
        section(ui, scene, words::RECENT);
    }
    for recent in all {
        if line(ui, recent, caption) {
            chosen = Some(recent.to_owned());
        }
    }
    chosen
}

fn built_in(ui: &mut Ui, scene: &Scene<'_>, track: Track, caption: &str) -> Option<String> {
    section(ui, scene, words::BUILT_IN);
    let mut chosen = None;
    for preset in presets(track) {
        let is_current = preset.words == caption.trim();
        let response = ui
            .selectable_label(is_current, preset.name)
            .on_hover_text(preset.words);
        if response.clicked() {
            chosen = Some(preset.words.to_owned());
        }
    }
    chosen
}

fn section(ui: &mut Ui, scene: &Scene<'_>, title: &str) {
    ui.add_space(size::GAP / 2.0);
    controls::field_label(ui, scene.theme, title);
}

/// Words in one line, cut off where they are longer.
fn line(ui: &mut Ui, words: &str, caption: &str) -> bool {
    let is_current = words == caption.trim();
    let flat = words.replace('\n', " ");
    let short: String = flat.chars().take(46).collect();
    let shown = if short.len() < flat.len() {
        format!("{short}…")
    } else {
        short
    };
    ui.selectable_label(is_current, shown)
        .on_hover_text(words)
        .clicked()
}
