//! A job on its way, or one that ended without all its stems.

mod failure;

use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        icons::Icon,
        text::{self, job as words},
    },
    session::{Command, JobPhase, JobView},
};
use egui::{Align, Color32, Layout, RichText, Ui};

/// Of a line without controls.
const LINE_HEIGHT: f32 = 16.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let theme = scene.theme;
    controls::card(ui, theme, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        title(ui, scene, job);
        match &job.phase {
            JobPhase::Failed { .. } => failure::show(ui, scene, job),
            JobPhase::WaitingForService { reason, .. } => {
                line(ui, scene, job, theme.warn);
                controls::note(ui, theme.text_muted, reason);
                controls::note(ui, theme.text_muted, words::WILL_GO_OUT);
            }
            phase => {
                line(ui, scene, job, theme.text_muted);
                if let Some(fraction) = fraction(phase) {
                    controls::progress(ui, theme, &name(job), fraction);
                }
            }
        }
        if let Some(quiet) = job.quiet {
            let color = if quiet.connected {
                theme.text_faint
            } else {
                theme.warn
            };
            controls::note(ui, color, &text::quiet(quiet, scene.elapsed_secs));
        }
        if let Some(arrived) = text::arrived(job) {
            controls::note(ui, theme.text_faint, &arrived);
        }
    });
}

/// Who plays, and on the right the one thing to do about it.
fn title(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            button(ui, scene, job);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(name(job)).strong();
                ui.add(egui::Label::new(title).truncate());
            });
        });
    });
}

fn name(job: &JobView) -> String {
    text::tracks(&job.tracks)
}

/// What it does now on the left, the time left on the right.
fn line(ui: &mut Ui, scene: &Scene<'_>, job: &JobView, color: Color32) {
    let size = egui::vec2(ui.available_width(), LINE_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if let Some(left) = time_left(&job.phase, scene.elapsed_secs) {
            ui.label(RichText::new(left).small().color(scene.theme.text_faint));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let words = RichText::new(text::phase(job, scene.elapsed_secs));
            let label = egui::Label::new(words.small().color(color));
            ui.add(label.truncate());
        });
    });
}

fn button(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    match &job.phase {
        JobPhase::Cancelling => {}
        JobPhase::Failed { .. } | JobPhase::Cancelled => dismiss(ui, scene, job),
        _ => {
            let name = format!("{} {}", words::CANCEL, name(job));
            let cancel = Button::new(words::CANCEL).name(&name);
            let response = cancel.show(ui, scene.theme);
            if response.on_hover_text(words::CANCEL_TIP).clicked() {
                scene.send(Command::Cancel {
                    job: job.id.clone(),
                });
            }
        }
    }
}

fn dismiss(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let name = format!("{} {}", words::DISMISS, name(job));
    let response = Button::icon_only(Icon::Close, &name)
        .show(ui, scene.theme)
        .on_hover_text(words::DISMISS);
    if response.clicked() {
        scene.send(Command::Dismiss {
            job: job.id.clone(),
        });
    }
}

fn time_left(phase: &JobPhase, elapsed_secs: f64) -> Option<String> {
    match phase {
        JobPhase::Queued { left, .. } => text::starts_in(left.as_ref()?.after(elapsed_secs)),
        JobPhase::Running { left, .. } => text::time_left(left.as_ref()?.after(elapsed_secs)),
        _ => None,
    }
}

/// `None`: no bar. `Some(None)`: an empty one, nothing is known yet.
fn fraction(phase: &JobPhase) -> Option<Option<f64>> {
    match phase {
        JobPhase::Submitting { fraction } | JobPhase::Downloading { fraction } => {
            Some(Some(*fraction))
        }
        JobPhase::Running { progress, .. } => Some(Some(*progress)),
        JobPhase::Queued { .. } => Some(None),
        _ => None,
    }
}

/// Whether its words change by themselves as time passes.
pub(super) fn counts_down(job: &JobView) -> bool {
    let counts = match &job.phase {
        JobPhase::WaitingForService { .. } => true,
        JobPhase::Queued { left, .. } | JobPhase::Running { left, .. } => left.is_some(),
        _ => false,
    };
    counts || job.quiet.is_some()
}
