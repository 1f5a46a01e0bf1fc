//! What is painted over and under a waveform besides its ticks.

use super::{Axis, scope::Audio, select::passage_at};
use crate::{
    capture::GridUnit,
    editor::{text, theme::Theme},
    session::Passage,
};
use egui::{Align2, FontId, Rect, Shape, Stroke, pos2, vec2};
use std::ops::Range;

/// Below the labels.
pub fn wave_rect(well: Rect) -> Rect {
    well.shrink2(vec2(0.0, 6.0)).with_min_y(well.top() + 14.0)
}

/// `bars 17–24 · 8 bars · 20.8 s`, as far as bars are known.
pub fn selection_words(audio: &Audio<'_>, range: &Range<u64>) -> String {
    let secs = text::clock_tenths(audio.secs(range.end - range.start));
    let bars = passage_at(audio.passages, range.start).and_then(|passage| {
        let place = |frame: u64| frame.saturating_sub(passage.from_frame);
        passage.map.bars_of(place(range.start)..place(range.end))
    });
    match bars {
        Some((first, last)) if first == last => format!("Bar {first} · {secs}"),
        Some((first, last)) => format!("Bars {first}–{last} · {secs}"),
        None => secs,
    }
}

/// Where the song is now.
pub fn paint_needle(painter: &egui::Painter, theme: &Theme, rect: Rect, axis: &Axis, secs: f64) {
    let x = axis.x_from_secs(secs);
    if rect.x_range().contains(x) {
        painter.vline(x, rect.y_range(), Stroke::new(1.5, theme.text));
    }
}

/// Where one passage ends and the next begins, the song jumps.
pub fn paint_jumps(
    painter: &egui::Painter,
    theme: &Theme,
    rect: Rect,
    axis: &Axis,
    passages: &[Passage],
) {
    for passage in passages.iter().skip(1) {
        let x = axis.x_from_frame(passage.from_frame as f64);
        if rect.x_range().contains(x) {
            let line = [pos2(x, rect.top()), pos2(x, rect.bottom())];
            let stroke = Stroke::new(1.5, theme.text_faint);
            painter.extend(Shape::dashed_line(&line, stroke, 3.0, 3.0));
        }
    }
}

/// A flag wherever tempo or meter change.
pub fn paint_changes(
    painter: &egui::Painter,
    theme: &Theme,
    rect: Rect,
    axis: &Axis,
    passages: &[Passage],
) {
    let mut free_from = rect.left();
    for passage in passages {
        for mark in passage.map.changes() {
            let x = axis.x_from_frame((passage.from_frame + mark.frame) as f64);
            if !rect.x_range().contains(x) {
                continue;
            }
            painter.vline(x, rect.y_range(), Stroke::new(1.0, theme.warn));
            if x < free_from {
                continue;
            }
            let tempo = mark.bpm.map(text::bpm_number).unwrap_or_default();
            let meter = mark
                .meter
                .map(|meter| meter.to_string())
                .unwrap_or_default();
            let at = pos2(x + 3.0, rect.bottom() - 2.0);
            let words = format!("{tempo} {meter}");
            let font = FontId::proportional(10.0);
            let drawn = painter.text(at, Align2::LEFT_BOTTOM, words, font, theme.warn);
            free_from = drawn.right() + 6.0;
        }
    }
}

/// A thin bar that says which part of the whole is on screen.
pub fn paint_place(painter: &egui::Painter, theme: &Theme, rect: Rect, axis: &Axis, frames: f64) {
    let x = |frame: f64| rect.left() + (frame / frames) as f32 * rect.width();
    let bar = Rect::from_x_y_ranges(
        x(axis.shown.start)..=x(axis.shown.end).max(x(axis.shown.start) + 6.0),
        rect.bottom() - 3.0..=rect.bottom() - 1.0,
    );
    painter.rect_filled(bar, 1.0, theme.text_faint);
}

/// Bar, beat and time under the pointer.
pub fn paint_pointer(
    painter: &egui::Painter,
    theme: &Theme,
    rect: Rect,
    axis: &Axis,
    audio: &Audio<'_>,
    x: f32,
) {
    let frame = axis.frame_from_x(x) as u64;
    painter.vline(x, rect.y_range(), Stroke::new(1.0, theme.text_faint));
    let line = passage_at(audio.passages, frame).and_then(|passage| {
        let inside = frame.saturating_sub(passage.from_frame);
        passage.map.line_before(inside, GridUnit::Beats)
    });
    let time = text::clock_tenths(audio.secs(frame));
    let words = match line {
        Some(line) => format!("{}.{}  {time}", line.bar, line.beat),
        None => time,
    };
    let galley = painter.layout_no_wrap(words, FontId::proportional(11.0), theme.text);
    let wanted = galley.size() + vec2(10.0, 4.0);
    let left = (x + 6.0).min(rect.right() - wanted.x - 2.0);
    let ground = Rect::from_min_size(pos2(left, rect.bottom() - wanted.y - 6.0), wanted);
    painter.rect_filled(ground, 3.0, theme.control);
    painter.galley(ground.min + vec2(5.0, 2.0), galley, theme.text);
}
