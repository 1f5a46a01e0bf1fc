//! The top line: name, tabs, health of the service. Below it the notices.

use super::{
    Said,
    action::{Action, Scene, Tab},
    controls::{self, Button},
    icons::Icon,
    text,
    theme::{Theme, size},
};
use crate::session::{Command, Health};
use egui::{
    Align, Color32, Frame, Layout, Margin, Panel, Response, RichText, Role, Sense, Stroke, Ui,
    Vec2, WidgetInfo,
};

const LIGHT_RADIUS: f32 = 4.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, current: Tab) {
    let theme = scene.theme;
    let frame = Frame::new().fill(theme.panel);
    Panel::top("header")
        .frame(frame.inner_margin(Margin::symmetric(size::CARD_PADDING, 0)))
        .exact_size(size::HEADER_HEIGHT)
        .resizable(false)
        .show_separator_line(true)
        .show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                let width = ui.available_width();
                logo(ui, theme);
                if width >= size::NAME_FROM {
                    ui.label(RichText::new(text::NAME).size(17.0).strong());
                    ui.add_space(size::GAP);
                }
                ui.spacing_mut().item_spacing.x = 0.0;
                for (tab, label) in [
                    (Tab::Stems, text::TAB_STEMS),
                    (Tab::Settings, text::TAB_SETTINGS),
                ] {
                    if controls::tab(ui, theme, label, tab == current).clicked() {
                        scene.actions.push(Action::Show(tab));
                    }
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    health(ui, scene, width >= size::HEALTH_WORD_FROM);
                });
            });
        });
}

/// A few bars of sound.
fn logo(ui: &mut Ui, theme: &Theme) {
    const BARS: [f32; 5] = [0.35, 0.8, 1.0, 0.55, 0.25];
    const BAR_WIDTH: f32 = 2.5;
    const STEP: f32 = 4.0;
    let wanted = egui::vec2(STEP * BARS.len() as f32, 18.0);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::hover());
    for (index, height) in BARS.into_iter().enumerate() {
        let x = rect.left() + STEP * (index as f32 + 0.5);
        let size = egui::vec2(BAR_WIDTH, rect.height() * height);
        let bar = egui::Rect::from_center_size(egui::pos2(x, rect.center().y), size);
        ui.painter().rect_filled(bar, BAR_WIDTH / 2.0, theme.accent);
    }
}

/// A light and a word; the whole sentence under the pointer, the settings behind a click.
fn health(ui: &mut Ui, scene: &mut Scene<'_>, with_word: bool) {
    let service = &scene.view.service;
    let word = if with_word {
        text::health(service.health)
    } else {
        ""
    };
    let font = egui::TextStyle::Small.resolve(ui.style());
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), font, scene.theme.text_muted);
    let wanted = galley.size() + egui::vec2(LIGHT_RADIUS * 2.0 + 14.0, 10.0);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let name = format!("Service: {}", said(scene));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect, size::CONTROL_RADIUS, scene.theme.control);
    }
    if response.has_focus() {
        controls::focus_ring(ui, rect, scene.theme);
    }
    let centre = rect.left_center() + egui::vec2(LIGHT_RADIUS + 4.0, 0.0);
    paint_light(ui, scene.theme, centre, service.health);
    let at = rect.left_center() + egui::vec2(LIGHT_RADIUS * 2.0 + 10.0, -galley.size().y / 2.0);
    ui.painter().galley(at, galley, scene.theme.text_muted);
    let tip = format!("{}\n{} {}", said(scene), service.name, service.address);
    if response.on_hover_text(tip.trim()).clicked() {
        scene.actions.push(Action::Show(Tab::Settings));
    }
}

/// The service's own sentence, or the short word while there is none.
fn said<'a>(scene: &'a Scene<'_>) -> &'a str {
    let service = &scene.view.service;
    if service.words.is_empty() {
        text::health(service.health)
    } else {
        &service.words
    }
}

/// A light alone, named for screen readers.
pub(super) fn light(ui: &mut Ui, theme: &Theme, health: Health) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(Vec2::splat(LIGHT_RADIUS * 2.0 + 4.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text::health(health)));
    paint_light(ui, theme, rect.center(), health);
    response
}

fn paint_light(ui: &Ui, theme: &Theme, centre: egui::Pos2, health: Health) {
    let color = health_color(theme, health);
    ui.painter()
        .circle_filled(centre, LIGHT_RADIUS + 2.5, color.gamma_multiply(0.22));
    // Not by colour alone: a service that is away shows a hollow light.
    if matches!(health, Health::Away | Health::Unknown | Health::Offline) {
        ui.painter()
            .circle_stroke(centre, LIGHT_RADIUS - 0.75, Stroke::new(1.5, color));
    } else {
        ui.painter().circle_filled(centre, LIGHT_RADIUS, color);
    }
}

pub(super) fn health_color(theme: &Theme, health: Health) -> Color32 {
    match health {
        Health::Unknown | Health::Offline => theme.text_muted,
        Health::Good => theme.good,
        Health::Degraded => theme.warn,
        Health::Away => theme.bad,
    }
}

/// Bars with something to read once. `said` is the window's own.
pub(super) fn notices(ui: &mut Ui, scene: &mut Scene<'_>, said: &mut Option<Said>) {
    for notice in &scene.view.notices {
        if bar(
            ui,
            scene.theme,
            ("notice", notice.id),
            notice.is_error,
            &notice.text,
        ) {
            scene.send(Command::DismissNotice(notice.id));
        }
    }
    let dismissed = match said {
        Some(said) => bar(ui, scene.theme, ("said", 0), said.is_error, &said.words),
        None => false,
    };
    if dismissed {
        *said = None;
    }
}

/// `true` when dismissed.
fn bar(ui: &mut Ui, theme: &Theme, id: (&str, u64), is_error: bool, words: &str) -> bool {
    let color = if is_error { theme.bad } else { theme.accent };
    Panel::top(id)
        .frame(
            Frame::new()
                .fill(color.gamma_multiply(0.14))
                .inner_margin(Margin::symmetric(size::CARD_PADDING, 4)),
        )
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let width = ui.available_width() - size::ICON_BUTTON - size::GAP;
                ui.allocate_ui_with_layout(
                    egui::vec2(width, size::ICON_BUTTON),
                    Layout::left_to_right(Align::Center),
                    |ui| {
                        ui.set_width(width);
                        ui.add(egui::Label::new(words).wrap());
                    },
                );
                let name = format!("{}: {words}", text::NOTICE_DISMISS);
                Button::icon_only(Icon::Close, &name)
                    .show(ui, theme)
                    .on_hover_text(text::NOTICE_DISMISS)
                    .clicked()
            })
            .inner
        })
        .inner
}
