//! The first tab: the song, what to play along with it, jobs on their way, finished stems.

mod captions;
mod empty;
mod form;
mod job_row;
mod key_field;
mod lyrics;
mod source;
mod stems;
mod track_choice;

use super::{action::Scene, controls, draft::Draft, theme::size, waveform::Waveforms};
use crate::session::{Command, Form, SessionView};
use egui::{Align, Frame, Rect, ScrollArea, Ui, UiBuilder};
use source::SongCard;
use stems::StemList;

pub(super) struct StemsTab {
    form: Draft<Form>,
    folds: form::Folds,
    stems: StemList,
    waves: Waveforms,
    song: SongCard,
    /// The newest job and stem seen; a newer one is scrolled to.
    newest: (Option<String>, Option<String>),
    scroll_to_newest: bool,
}

impl StemsTab {
    pub fn new(view: &SessionView) -> Self {
        let mut stems = StemList::default();
        stems.sync(&view.stems);
        let mut song = SongCard::default();
        song.sync(view);
        Self {
            form: Draft::new(view.form.clone()),
            folds: form::Folds::default(),
            stems,
            waves: Waveforms::default(),
            song,
            newest: newest(view),
            scroll_to_newest: false,
        }
    }

    /// Takes over a new view.
    pub fn sync(&mut self, view: &SessionView) {
        self.form.sync(&view.form);
        self.song.sync(view);
        self.stems.sync(&view.stems);
        let newest = newest(view);
        let came = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
        self.scroll_to_newest |= came(&newest.0, &self.newest.0) || came(&newest.1, &self.newest.1);
        self.newest = newest;
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        self.waves.begin_frame();
        let width = ui.available_width();
        if width >= size::TWO_COLUMNS_FROM {
            let form_width = if width >= size::WIDE_FROM {
                size::FORM_WIDTH_WIDE
            } else {
                size::FORM_WIDTH
            };
            self.two_columns(ui, scene, form_width);
        } else {
            self.one_column(ui, scene);
        }
        if scene.view.jobs.iter().any(job_row::counts_down) {
            ui.ctx().request_repaint_after_secs(1.0);
        }
    }

    /// The song and the results on the left, the form on the right. Drawn in the order of the work
    /// (song, form, results), which is the order that Tab goes.
    fn two_columns(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, form_width: f32) {
        let whole = ui.available_rect_before_wrap();
        let (left, right) = whole.split_left_right_at_x(whole.right() - form_width);
        if whole.height() < size::SONG_STAYS_FROM {
            within(ui, left, |ui| {
                scroll("song").show(ui, |ui| {
                    padded(ui, |ui| {
                        self.song.show(ui, scene, &mut self.waves);
                        self.results(ui, scene);
                    });
                });
            });
            self.sidebar(ui, scene, right);
            return;
        }
        let song = within(ui, left, |ui| {
            padded(ui, |ui| self.song.show(ui, scene, &mut self.waves))
        });
        self.sidebar(ui, scene, right);
        let below = left.with_min_y(song.bottom() - size::CARD_GAP);
        within(ui, below, |ui| {
            scroll("results").show(ui, |ui| padded(ui, |ui| self.results(ui, scene)));
        });
    }

    fn sidebar(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect) {
        ui.painter().rect_filled(rect, 0.0, scene.theme.panel);
        let inside = rect.shrink(f32::from(size::CARD_PADDING));
        let edge = inside.bottom() - size::PRIMARY_HEIGHT;
        // The bar lies in the margin, not over the form.
        let scrolled = inside.with_max_x(rect.right()).with_max_y(edge - size::GAP);
        within(ui, scrolled, |ui| {
            scroll("form").show(ui, |ui| {
                ui.set_max_width(inside.width());
                form::show(ui, scene, &mut self.form, &mut self.folds);
            });
        });
        within(ui, inside.with_min_y(edge), |ui| {
            form::generate(ui, scene, &self.form);
        });
    }

    /// One below the other; Generate stays in reach at the bottom.
    fn one_column(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let theme = scene.theme;
        let whole = ui.available_rect_before_wrap();
        let edge = whole.bottom() - size::PRIMARY_HEIGHT - 2.0 * size::GAP;
        let (above, below) = whole.split_top_bottom_at_y(edge);
        within(ui, above, |ui| {
            scroll("song").show(ui, |ui| {
                padded(ui, |ui| {
                    self.song.show(ui, scene, &mut self.waves);
                    controls::card(ui, theme, |ui| {
                        form::show(ui, scene, &mut self.form, &mut self.folds);
                    });
                    self.results(ui, scene);
                });
            });
        });
        ui.painter().rect_filled(below, 0.0, theme.panel);
        within(ui, below.shrink(size::GAP), |ui| {
            form::generate(ui, scene, &self.form);
        });
    }

    /// Jobs and stems, the newest first.
    fn results(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let view = scene.view;
        let top = ui.cursor().min;
        for job in &view.jobs {
            ui.push_id(&job.id, |ui| job_row::show(ui, scene, job));
        }
        self.stems.show(ui, scene, &mut self.waves);
        if std::mem::take(&mut self.scroll_to_newest) {
            let below = Rect::from_min_max(top, ui.min_rect().max);
            let first = below.with_max_y(below.max.y.min(top.y + size::HEADER_HEIGHT * 3.0));
            ui.scroll_to_rect(first, None::<Align>);
        }
    }

    /// Ctrl+Enter: the same as pressing Generate.
    pub fn generate(&self, scene: &mut Scene<'_>) {
        if form::refusal(scene.view, self.form.get()).is_none() {
            scene.send(Command::Generate);
        }
    }

    /// Escape: `false` when there was nothing to unselect.
    pub fn unselect(&mut self) -> bool {
        let any = self.stems.selection.len() > 0;
        self.stems.selection.clear();
        any
    }

    /// Ctrl+A.
    pub fn select_all(&mut self, view: &SessionView) {
        self.stems.selection.select_all(&view.stems);
    }
}

fn newest(view: &SessionView) -> (Option<String>, Option<String>) {
    (
        view.jobs.first().map(|job| job.id.clone()),
        view.stems.first().map(|stem| stem.id.clone()),
    )
}

fn scroll(name: &str) -> ScrollArea {
    ScrollArea::vertical().id_salt(name).auto_shrink(false)
}

/// Draws inside `rect`, wherever the rest of the window stands. Returns what was used of it.
fn within(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui)) -> Rect {
    let builder = UiBuilder::new().max_rect(rect);
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        contents(ui);
    })
    .response
    .rect
}

fn padded(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    Frame::new().inner_margin(size::CARD_GAP).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = size::CARD_GAP;
        contents(ui);
    });
}
