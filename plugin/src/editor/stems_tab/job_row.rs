//! A job on its way, or one that ended without stems.

use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        icons::Icon,
        text::{self, job as words},
    },
    session::{Command, JobPhase, JobView},
};
use egui::{Align, CollapsingHeader, Layout, RichText, Ui};

/// Of a line without controls.
const LINE_HEIGHT: f32 = 16.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let theme = scene.theme;
    controls::card(ui, theme, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(job.track.label()).strong());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                button(ui, scene, job);
            });
        });
        match &job.phase {
            JobPhase::Failed {
                title,
                detail,
                hint,
                ..
            } => failure(ui, scene, job, title, detail, hint.as_deref()),
            JobPhase::WaitingForService { reason, .. } => {
                line(ui, scene, job, theme.warn);
                controls::note(ui, theme.text_muted, reason);
                controls::note(ui, theme.text_muted, words::WILL_GO_OUT);
            }
            phase => {
                line(ui, scene, job, theme.text_muted);
                if let Some(fraction) = fraction(phase) {
                    controls::progress(ui, theme, job.track.label(), fraction);
                }
            }
        }
    });
}

/// What it does now on the left, the time left on the right.
fn line(ui: &mut Ui, scene: &Scene<'_>, job: &JobView, color: egui::Color32) {
    let size = egui::vec2(ui.available_width(), LINE_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let words = text::phase(&job.phase, scene.elapsed_secs);
        ui.label(RichText::new(words).small().color(color));
        let left = eta_secs(&job.phase).and_then(|secs| text::time_left(secs - scene.elapsed_secs));
        if let Some(left) = left {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(left).small().color(scene.theme.text_faint));
            });
        }
    });
}

fn failure(
    ui: &mut Ui,
    scene: &Scene<'_>,
    job: &JobView,
    title: &str,
    detail: &str,
    hint: Option<&str>,
) {
    controls::warning(ui, scene.theme.bad, title);
    if let Some(hint) = hint {
        ui.add(egui::Label::new(hint).wrap());
    }
    if !detail.is_empty() {
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            CollapsingHeader::new(RichText::new(words::DETAILS).small())
                .id_salt((words::DETAILS, &job.id))
                .show(ui, |ui| {
                    controls::note(ui, scene.theme.text_faint, detail);
                });
        });
    }
}

/// The one thing to do about it; failures offer two.
fn button(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let track = job.track.label();
    let id = || job.id.clone();
    match &job.phase {
        JobPhase::Cancelling => {}
        JobPhase::Failed { can_retry, .. } => {
            // Right to left: what is added first stands last.
            dismiss(ui, scene, job);
            if *can_retry {
                let retry = Button::new(words::RETRY).icon(Icon::Retry);
                let response = retry.show(ui, scene.theme).on_hover_text(words::RETRY_TIP);
                if response.clicked() {
                    scene.send(Command::Retry { job: id() });
                }
            }
        }
        JobPhase::Cancelled => dismiss(ui, scene, job),
        _ => {
            let name = format!("{} {track}", words::CANCEL);
            let cancel = Button::new(words::CANCEL).name(&name);
            if cancel.show(ui, scene.theme).clicked() {
                scene.send(Command::Cancel { job: id() });
            }
        }
    }
}

fn dismiss(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let name = format!("{} {}", words::DISMISS, job.track.label());
    let response = Button::icon_only(Icon::Close, &name)
        .show(ui, scene.theme)
        .on_hover_text(words::DISMISS);
    if response.clicked() {
        scene.send(Command::Dismiss {
            job: job.id.clone(),
        });
    }
}

fn eta_secs(phase: &JobPhase) -> Option<f64> {
    match phase {
        JobPhase::Queued { eta_secs, .. } | JobPhase::Running { eta_secs, .. } => *eta_secs,
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
    matches!(job.phase, JobPhase::WaitingForService { .. }) || eta_secs(&job.phase).is_some()
}
