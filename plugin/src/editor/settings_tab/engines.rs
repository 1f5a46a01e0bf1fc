//! What the service in use can do, engine by engine.

use crate::editor::{
    action::Scene,
    controls, header, text,
    text::settings as words,
    theme::{Theme, size},
};
use crate::session::{Health, ServiceView};
use egui::{Frame, RichText, Stroke, Ui};
use sideman_shared::{
    music::Track,
    protocol::{EngineFeatures, EngineInfo},
};

pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>) {
    let (theme, service) = (scene.theme, &scene.view.service);
    controls::heading(ui, &title(service));
    if service.engines.is_empty() {
        controls::note(ui, theme.text_faint, words::NO_ENGINES);
        return;
    }
    for engine in &service.engines {
        Frame::new()
            .fill(theme.well)
            .stroke(Stroke::new(1.0, theme.line))
            .corner_radius(size::CONTROL_RADIUS)
            .inner_margin(size::GAP)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                row(ui, theme, engine);
            });
    }
}

fn title(service: &ServiceView) -> String {
    match service.name.as_str() {
        "" => words::ENGINES.to_owned(),
        name => format!("{} of {name}", words::ENGINES),
    }
}

fn row(ui: &mut Ui, theme: &Theme, engine: &EngineInfo) {
    let health = if engine.healthy {
        Health::Good
    } else {
        Health::Degraded
    };
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.horizontal(|ui| {
        header::light(ui, theme, health);
        ui.label(RichText::new(&engine.name).strong());
        let state = if engine.healthy {
            words::ENGINE_READY
        } else {
            words::ENGINE_NOT_READY
        };
        let color = header::health_color(theme, health);
        ui.label(RichText::new(state).small().color(color));
    });
    if !engine.detail.trim().is_empty() {
        controls::note(ui, theme.text_muted, &text::sentence(engine.detail.trim()));
    }
    fact(ui, theme, words::ENGINE_PLAYS, &tracks(&engine.tracks));
    fact(ui, theme, words::ENGINE_CAN, &features(&engine.features));
}

fn fact(ui: &mut Ui, theme: &Theme, label: &str, value: &str) {
    if !value.is_empty() {
        controls::note(ui, theme.text_faint, &format!("{label}: {value}"));
    }
}

fn tracks(tracks: &[Track]) -> String {
    if tracks.len() == Track::ALL.len() {
        return words::ENGINE_ALL_TRACKS.to_owned();
    }
    let names: Vec<_> = tracks.iter().map(|track| track.label()).collect();
    names.join(", ")
}

/// Only what can be said in the user's words.
fn features(features: &EngineFeatures) -> String {
    let said = [
        (features.seed, "repeat by seed"),
        (features.region, "replace a part"),
        (features.lyrics, "sing lyrics"),
        (features.variations, "several variations"),
        (features.progress, "show progress"),
        (features.cancel, "stop at once"),
    ];
    let can = said
        .into_iter()
        .filter(|(can, _)| *can)
        .map(|(_, word)| word);
    can.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_can_do_is_said_in_words() {
        let can = EngineFeatures {
            seed: true,
            cancel: true,
            ..EngineFeatures::default()
        };
        assert_eq!(features(&can), "repeat by seed, stop at once");
        assert_eq!(tracks(&[Track::Vocals, Track::Drums]), "Vocals, Drums");
        assert_eq!(tracks(&Track::ALL), words::ENGINE_ALL_TRACKS);
    }
}
