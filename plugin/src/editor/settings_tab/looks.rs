use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        icons::Icon,
        text::settings as words,
        theme::size,
    },
    session::{Command, Looks, ThemeChoice, UserChange, ZOOM_PERCENT},
};
use egui::{RichText, Ui, vec2};

const CHIP_WIDTH: f32 = 84.0;
/// What Ctrl with plus and minus goes through.
const STEPS_PERCENT: [u16; 10] = [75, 90, 100, 110, 125, 150, 175, 200, 250, 300];

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    let theme = scene.theme;
    let now = scene.view.looks;
    let mut wanted = now;
    controls::heading(ui, words::LOOKS);
    controls::field_label(ui, theme, words::THEME);
    ui.horizontal_wrapped(|ui| {
        for (choice, label) in [
            (ThemeChoice::Auto, words::THEME_AUTO),
            (ThemeChoice::Dark, words::THEME_DARK),
            (ThemeChoice::Light, words::THEME_LIGHT),
        ] {
            let mut chip = controls::chip(ui, theme, CHIP_WIDTH, label, now.theme == choice);
            if choice == ThemeChoice::Auto {
                chip = chip.on_hover_text(words::THEME_AUTO_TIP);
            }
            if chip.clicked() {
                wanted.theme = choice;
            }
        }
    });
    controls::field_label(ui, theme, words::ZOOM);
    ui.horizontal(|ui| {
        for (icon, name, up) in [
            (Icon::Minus, words::ZOOM_OUT, false),
            (Icon::Plus, words::ZOOM_IN, true),
        ] {
            let button = Button::icon_only(icon, name).look(controls::Look::Plain);
            if button.show(ui, theme).on_hover_text(name).clicked() {
                wanted.zoom_percent = stepped(now.zoom_percent, up);
            }
            if !up {
                let percent = RichText::new(format!("{} %", now.zoom_percent));
                ui.add_sized(vec2(56.0, size::CONTROL_HEIGHT), egui::Label::new(percent));
            }
        }
        let usual = Button::new(words::ZOOM_RESET);
        if now.zoom_percent != 100 && usual.show(ui, theme).clicked() {
            wanted.zoom_percent = 100;
        }
    });
    ui.checkbox(&mut wanted.reduced_motion, words::MOTION)
        .on_hover_text(words::MOTION_TIP);
    if wanted != now {
        scene.send(change(wanted));
    }
}

/// The next step up or down.
pub(in crate::editor) fn stepped(percent: u16, up: bool) -> u16 {
    let mut steps = STEPS_PERCENT.into_iter();
    let (least, most) = (*ZOOM_PERCENT.start(), *ZOOM_PERCENT.end());
    if up {
        steps.find(|step| *step > percent).unwrap_or(most)
    } else {
        steps.rfind(|step| *step < percent).unwrap_or(least)
    }
}

/// The command that makes everything larger or smaller.
pub(in crate::editor) fn zoomed(looks: Looks, zoom_percent: u16) -> Command {
    change(Looks {
        zoom_percent,
        ..looks
    })
}

fn change(looks: Looks) -> Command {
    Command::ChangeUser(Box::new(UserChange::Looks(looks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zoom_goes_by_steps_and_ends_at_both_ends() {
        assert_eq!([stepped(100, true), stepped(100, false)], [110, 90]);
        assert_eq!([stepped(300, true), stepped(75, false)], [300, 75]);
        assert_eq!([stepped(105, true), stepped(105, false)], [110, 100]);
    }
}
