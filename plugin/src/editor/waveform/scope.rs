//! A waveform to work in: zoomed and scrolled, with bars above it and a range drawn on it.

use super::{
    Axis, Waveforms,
    marks::{
        paint_changes, paint_jumps, paint_needle, paint_place, paint_pointer, selection_words,
        wave_rect,
    },
    paint_ticks,
    select::{Snap, dragged, snapped, stepped},
    ticks,
    viewport::Viewport,
};
use crate::{
    editor::theme::{Theme, size},
    session::{Passage, Peaks},
};
use egui::{
    Color32, CursorIcon, EventFilter, Key, Modifiers, PointerButton, Rect, Response, Role, Sense,
    Stroke, Ui, WidgetInfo, vec2,
};
use std::ops::Range;

const ZOOM_STEP: f64 = 1.5;
/// How much of the view an arrow key scrolls when nothing is selected.
const SCROLL_SHARE: f64 = 0.1;

/// What is drawn.
pub struct Audio<'a> {
    /// For screen readers, and to tell waveforms apart.
    pub name: &'a str,
    pub peaks: &'a Peaks,
    /// Of all there is.
    pub frames: u64,
    pub sample_rate_hz: u32,
    /// Where its bars lie; a jump lies between two of them.
    pub passages: &'a [Passage],
    pub color: Color32,
    /// Where the song is now, counted from the first frame; outside of it nothing is drawn.
    pub place_secs: Option<f64>,
}

impl Audio<'_> {
    pub fn secs(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}

/// What the user does in it; belongs to one piece of audio.
#[derive(Debug, Default)]
pub struct Scope {
    viewport: Viewport,
    pub selection: Option<Range<u64>>,
    pub snap: Snap,
    /// Where a selection was begun.
    pressed: Option<u64>,
}

impl Scope {
    /// Another piece of audio: seen whole, nothing selected.
    pub fn reset(&mut self) {
        *self = Self {
            snap: self.snap,
            ..Self::default()
        };
    }

    /// The frames leave on the left by `frames`, as the memory's do.
    pub fn shift(&mut self, frames: u64) {
        if self
            .selection
            .as_ref()
            .is_some_and(|range| range.start < frames)
        {
            self.selection = None;
        }
        if let Some(range) = &mut self.selection {
            *range = range.start - frames..range.end - frames;
        }
        self.pressed = self.pressed.and_then(|frame| frame.checked_sub(frames));
    }

    /// Takes the next snap mode; what is selected snaps too.
    pub fn next_snap(&mut self, passages: &[Passage]) {
        self.snap = self.snap.next();
        if let Some(range) = self.selection.take() {
            let range = dragged(passages, range.start, range.end, self.snap);
            self.selection = (!range.is_empty()).then_some(range);
        }
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        theme: &Theme,
        waves: &mut Waveforms,
        audio: &Audio<'_>,
    ) -> Response {
        let wanted = vec2(ui.available_width(), size::SOURCE_WAVE_HEIGHT);
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
        let response = response.on_hover_cursor(CursorIcon::Text);
        if audio.frames > 0 {
            self.zoom_and_scroll(ui, rect, &response, audio);
            self.keys(ui, &response, audio);
            self.select(ui, rect, &response, audio);
        }
        let selected = self
            .selection
            .as_ref()
            .map(|range| selection_words(audio, range));
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Image, true, audio.name);
            info.current_text_value = selected.clone();
            info
        });
        if ui.is_rect_visible(rect) {
            self.paint(ui, theme, waves, rect, &response, audio);
        }
        response
    }

    fn axis(&self, rect: Rect, audio: &Audio<'_>) -> Axis {
        Axis {
            left: rect.left(),
            width: rect.width().max(1.0),
            shown: self.viewport.shown(audio.frames as f64),
            sample_rate_hz: audio.sample_rate_hz,
        }
    }

    fn zoom_and_scroll(&mut self, ui: &Ui, rect: Rect, response: &Response, audio: &Audio<'_>) {
        let (frames, axis) = (audio.frames as f64, self.axis(rect, audio));
        if let Some(pointer) = response.hover_pos() {
            let (zoom, wheel) = ui.input(|i| (f64::from(i.zoom_delta()), i.smooth_scroll_delta));
            if zoom != 1.0 {
                let at = axis.frame_from_x(pointer.x);
                self.viewport.zoom(zoom, at, frames, audio.sample_rate_hz);
            }
            if !self.viewport.is_whole() && wheel != egui::Vec2::ZERO {
                // The wheel belongs to the waveform as long as there is something to scroll.
                self.viewport
                    .scroll(-axis.frames_from_points(wheel.x + wheel.y), frames);
                ui.input_mut(|i| i.smooth_scroll_delta = egui::Vec2::ZERO);
            }
        }
        if self.is_panning(ui, response) {
            let by = axis.frames_from_points(response.drag_delta().x);
            self.viewport.scroll(-by, frames);
        }
    }

    fn is_panning(&self, ui: &Ui, response: &Response) -> bool {
        let shift = ui.input(|input| input.modifiers.shift);
        response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Primary) && shift && self.pressed.is_none()
    }

    fn select(&mut self, ui: &Ui, rect: Rect, response: &Response, audio: &Audio<'_>) {
        let axis = self.axis(rect, audio);
        let (shift, alt) = ui.input(|input| (input.modifiers.shift, input.modifiers.alt));
        let snap = if alt { Snap::Off } else { self.snap };
        let frame = |x: f32| axis.frame_from_x(x).round() as u64;
        if response.drag_started_by(PointerButton::Primary) && !shift {
            let origin = ui.input(|input| input.pointer.press_origin());
            self.pressed = origin.map(|pos| frame(pos.x));
            response.request_focus();
        }
        if let (Some(from), Some(pointer)) = (self.pressed, response.interact_pointer_pos()) {
            let range = dragged(audio.passages, from, frame(pointer.x), snap);
            self.selection = (!range.is_empty()).then_some(range);
        }
        if response.drag_stopped() {
            self.pressed = None;
        }
        if response.clicked() {
            self.selection = None;
            response.request_focus();
        }
        if response.double_clicked() {
            self.viewport.fit();
        }
    }

    fn keys(&mut self, ui: &Ui, response: &Response, audio: &Audio<'_>) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            escape: self.selection.is_some(),
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let frames = audio.frames as f64;
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let middle = {
            let shown = self.viewport.shown(frames);
            self.selection
                .as_ref()
                .map_or((shown.start + shown.end) / 2.0, |range| {
                    (range.start + range.end) as f64 / 2.0
                })
        };
        let rate = audio.sample_rate_hz;
        if pressed(Modifiers::NONE, Key::Plus) || pressed(Modifiers::NONE, Key::Equals) {
            self.viewport.zoom(ZOOM_STEP, middle, frames, rate);
        }
        if pressed(Modifiers::NONE, Key::Minus) {
            self.viewport.zoom(1.0 / ZOOM_STEP, middle, frames, rate);
        }
        if pressed(Modifiers::NONE, Key::Num0) || pressed(Modifiers::NONE, Key::F) {
            self.viewport.fit();
        }
        if self.selection.is_some() && pressed(Modifiers::NONE, Key::Escape) {
            self.selection = None;
        }
        for (key, forward) in [(Key::ArrowLeft, false), (Key::ArrowRight, true)] {
            if pressed(Modifiers::SHIFT, key) {
                self.extend(audio, forward);
            } else if pressed(Modifiers::NONE, key) {
                self.step(audio, forward);
            }
        }
    }

    /// An arrow key: the selection goes one unit on. Without one, the view does, or the first bar on
    /// screen is selected.
    fn step(&mut self, audio: &Audio<'_>, forward: bool) {
        let frames = audio.frames as f64;
        let Some(range) = self.selection.clone() else {
            if self.viewport.is_whole() {
                let first = snapped(audio.passages, 0, self.snap);
                self.selection = Some(first..stepped(audio.passages, first, self.snap, true));
            } else {
                let shown = self.viewport.shown(frames);
                let by = (shown.end - shown.start) * SCROLL_SHARE;
                self.viewport.scroll(if forward { by } else { -by }, frames);
            }
            return;
        };
        let go = |frame| stepped(audio.passages, frame, self.snap, forward);
        // Kept whole at the ends.
        let moved = go(range.start)..go(range.end);
        let is_stuck = moved.start == range.start || moved.end == range.end;
        if !is_stuck {
            let edge = if forward { moved.end } else { moved.start };
            self.viewport.reveal(edge as f64, frames);
            self.selection = Some(moved);
        }
    }

    /// Shift and an arrow key: the selection's end goes one unit on.
    fn extend(&mut self, audio: &Audio<'_>, forward: bool) {
        let Some(range) = self.selection.clone() else {
            return self.step(audio, forward);
        };
        let end = stepped(audio.passages, range.end, self.snap, forward);
        if end > range.start {
            self.selection = Some(range.start..end);
            self.viewport.reveal(end as f64, audio.frames as f64);
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        theme: &Theme,
        waves: &mut Waveforms,
        rect: Rect,
        response: &Response,
        audio: &Audio<'_>,
    ) {
        let axis = self.axis(rect, audio);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, size::CONTROL_RADIUS, theme.well);
        if let Some(range) = &self.selection {
            let lit = Rect::from_x_y_ranges(
                axis.x_from_frame(range.start as f64)..=axis.x_from_frame(range.end as f64),
                rect.y_range(),
            );
            painter.rect_filled(lit, 0.0, theme.accent_soft);
            for x in [lit.left(), lit.right()] {
                painter.vline(x, rect.y_range(), Stroke::new(1.0, theme.accent));
            }
        }
        paint_ticks(&painter, theme, rect, &ticks(&axis, audio.passages));
        let pairs = |frame: f64| frame / audio.peaks.bucket_frames.max(1) as f64;
        let part = pairs(axis.shown.start)..pairs(axis.shown.end);
        waves.paint_part(
            ui,
            audio.name,
            wave_rect(rect),
            audio.peaks,
            part,
            audio.color,
        );
        paint_jumps(&painter, theme, rect, &axis, audio.passages);
        paint_changes(&painter, theme, rect, &axis, audio.passages);
        if let Some(secs) = audio.place_secs {
            paint_needle(&painter, theme, rect, &axis, secs);
        }
        if !self.viewport.is_whole() {
            paint_place(&painter, theme, rect, &axis, audio.frames as f64);
        }
        if let Some(pointer) = response.hover_pos() {
            paint_pointer(&painter, theme, rect, &axis, audio, pointer.x);
        }
        if response.has_focus() {
            let line = Stroke::new(1.0, theme.accent);
            painter.rect_stroke(rect, size::CONTROL_RADIUS, line, egui::StrokeKind::Inside);
        }
    }
}
