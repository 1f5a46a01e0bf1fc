//! Why a job failed, what to do about it, and everything for whoever is asked for help.

use crate::{
    editor::{
        action::{Action, Scene},
        controls::{self, Button},
        icons::Icon,
        text::job as words,
    },
    session::{Command, JobPhase, JobView, Reseed},
};
use egui::{CollapsingHeader, RichText, Ui};

const FOLD_HEIGHT: f32 = 20.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let JobPhase::Failed {
        title,
        hint,
        can_retry,
        ..
    } = &job.phase
    else {
        return;
    };
    controls::warning(ui, scene.theme.bad, title);
    if let Some(hint) = hint {
        ui.add(egui::Label::new(hint).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        if *can_retry {
            retry(ui, scene, job);
        }
        copy_report(ui, scene, job);
    });
    details(ui, scene, job);
}

fn retry(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let again = |seed: Reseed| Command::Retry {
        job: job.id.clone(),
        seed,
    };
    let button = Button::new(words::RETRY).icon(Icon::Retry);
    let tip = if job.arrived > 0 {
        words::RETRY_MISSING_TIP
    } else {
        words::RETRY_TIP
    };
    if button.show(ui, scene.theme).on_hover_text(tip).clicked() {
        scene.send(again(Reseed::Same));
    }
    // Without a seed of the user's, every try has another one anyway.
    if job.seeded {
        let button = Button::new(words::OTHER_SEED).icon(Icon::Dice);
        let response = button.show(ui, scene.theme);
        if response.on_hover_text(words::OTHER_SEED_TIP).clicked() {
            scene.send(again(Reseed::New));
        }
    }
}

fn copy_report(ui: &mut Ui, scene: &mut Scene<'_>, job: &JobView) {
    let Some(report) = &job.report else {
        return;
    };
    let copied = ui.scope_id().with((words::COPY_REPORT, &job.id));
    let is_copied = ui.data(|data| data.get_temp::<bool>(copied).unwrap_or_default());
    let text = if is_copied {
        words::COPIED
    } else {
        words::COPY_REPORT
    };
    let response = Button::new(text).show(ui, scene.theme);
    if response.on_hover_text(words::COPY_REPORT_TIP).clicked() {
        scene.actions.push(Action::Copy(report.to_string()));
        ui.data_mut(|data| data.insert_temp(copied, true));
    }
}

fn details(ui: &mut Ui, scene: &Scene<'_>, job: &JobView) {
    let lines = lines(&job.phase);
    if lines.is_empty() {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = FOLD_HEIGHT;
        CollapsingHeader::new(RichText::new(words::DETAILS).small())
            .id_salt((words::DETAILS, &job.id))
            .show(ui, |ui| {
                for line in lines {
                    controls::note(ui, scene.theme.text_faint, &line);
                }
            });
    });
}

/// The technical cause, and what the service's operator finds it by.
fn lines(phase: &JobPhase) -> Vec<String> {
    let JobPhase::Failed {
        detail,
        code,
        request_id,
        ..
    } = phase
    else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if !detail.is_empty() {
        lines.push(detail.clone());
    }
    let code = code.map(|code| format!("{} {}", words::CODE, code.as_str()));
    let request = request_id
        .as_ref()
        .map(|id| format!("{} {id}", words::REQUEST));
    let found_by: Vec<_> = code.into_iter().chain(request).collect();
    if !found_by.is_empty() {
        lines.push(found_by.join(" · "));
    }
    lines
}
