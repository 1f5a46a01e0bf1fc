//! Waveforms: one mesh each, made from a pyramid of peaks and kept until the peaks, the place or the
//! scale change. Drawing one again costs an `Arc` clone.

mod axis;
mod marks;
mod peaks;
mod scope;
mod select;
mod viewport;

pub(super) use axis::{Axis, ticks};
pub(super) use marks::{paint_changes, paint_needle, selection_words, wave_rect};
pub(super) use scope::{Audio, Scope};
pub(super) use select::Snap;

use axis::Tick;

use super::theme::Theme;
use crate::session::Peaks;
use egui::{
    Align2, Color32, FontId, Mesh, Painter, Rect, Shape, Stroke, Ui, epaint::Vertex, pos2, vec2,
};
use peaks::Pyramid;
use std::{collections::HashMap, ops::Range, sync::Arc};

/// The waveforms on screen, by name. Those not drawn in a frame are forgotten.
#[derive(Default)]
pub(super) struct Waveforms {
    waves: HashMap<String, Wave>,
    frame: u64,
}

struct Wave {
    pairs: Arc<Vec<(f32, f32)>>,
    pyramid: Pyramid,
    drawn: Option<Drawing>,
    mesh: Arc<Mesh>,
    last_frame: u64,
}

/// What a mesh depends on besides the peaks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Drawing {
    rect: Rect,
    pixels_per_point: f32,
    color: Color32,
    from_pair: f64,
    to_pair: f64,
}

impl Waveforms {
    /// Call once per frame before drawing.
    pub fn begin_frame(&mut self) {
        let last = self.frame;
        self.waves.retain(|_, wave| wave.last_frame == last);
        self.frame += 1;
    }

    /// Draws `peaks` into `rect`; `span_pairs` pairs would fill its width.
    pub fn paint(
        &mut self,
        ui: &Ui,
        name: &str,
        rect: Rect,
        peaks: &Peaks,
        span_pairs: usize,
        color: Color32,
    ) {
        let part = 0.0..span_pairs.max(1) as f64;
        self.paint_part(ui, name, rect, peaks, part, color);
    }

    /// Draws the pairs `part` of `peaks` into `rect`.
    pub fn paint_part(
        &mut self,
        ui: &Ui,
        name: &str,
        rect: Rect,
        peaks: &Peaks,
        part: Range<f64>,
        color: Color32,
    ) {
        let frame = self.frame;
        if let Some(wave) = self.waves.get_mut(name) {
            wave.last_frame = frame;
        }
        if !ui.is_rect_visible(rect) || peaks.pairs.is_empty() {
            return;
        }
        let is_known = |wave: &Wave| Arc::ptr_eq(&wave.pairs, &peaks.pairs);
        if !self.waves.get(name).is_some_and(is_known) {
            let wave = Wave::new(&peaks.pairs, frame);
            self.waves.insert(name.to_owned(), wave);
        }
        let Some(wave) = self.waves.get_mut(name) else {
            return;
        };
        let drawing = Drawing {
            rect,
            pixels_per_point: ui.pixels_per_point(),
            color,
            from_pair: part.start,
            to_pair: part.end,
        };
        ui.painter().add(Shape::mesh(wave.mesh(drawing)));
    }
}

impl Wave {
    fn new(pairs: &Arc<Vec<(f32, f32)>>, frame: u64) -> Self {
        Self {
            pairs: pairs.clone(),
            pyramid: Pyramid::new(pairs),
            drawn: None,
            mesh: Arc::default(),
            last_frame: frame,
        }
    }

    fn mesh(&mut self, drawing: Drawing) -> Arc<Mesh> {
        if self.drawn != Some(drawing) {
            self.drawn = Some(drawing);
            // Last frame's shapes are gone by now, so this usually reuses the memory.
            let mesh = Arc::make_mut(&mut self.mesh);
            mesh.clear();
            fill(mesh, &self.pyramid, &drawing);
        }
        self.mesh.clone()
    }
}

/// A ribbon with one column per physical pixel; its edges fade out over one pixel, so that it looks
/// smooth without the painter's own anti-aliasing.
fn fill(mesh: &mut Mesh, pyramid: &Pyramid, drawing: &Drawing) {
    let Drawing { rect, color, .. } = *drawing;
    let part = drawing.from_pair..drawing.to_pair;
    let pixel = 1.0 / drawing.pixels_per_point;
    let columns = (rect.width() / pixel).round().max(1.0) as usize;
    let (middle, half) = (rect.center().y, rect.height() / 2.0 - pixel);
    mesh.reserve_vertices(columns * 4);
    mesh.reserve_triangles(columns * 6);
    for index in 0..columns {
        let Some((low, high)) = pyramid.column(index, columns, &part) else {
            break;
        };
        let x = rect.left() + (index as f32 + 0.5) * pixel;
        // Silence is a line, not nothing.
        let top = (middle - high.clamp(-1.0, 1.0) * half).min(middle - pixel / 2.0);
        let bottom = (middle - low.clamp(-1.0, 1.0) * half).max(middle + pixel / 2.0);
        let first = mesh.vertices.len() as u32;
        for (y, color) in [
            (top - pixel, Color32::TRANSPARENT),
            (top, color),
            (bottom, color),
            (bottom + pixel, Color32::TRANSPARENT),
        ] {
            mesh.vertices.push(Vertex {
                pos: pos2(x, y),
                uv: egui::epaint::WHITE_UV,
                color,
            });
        }
        if index > 0 {
            for row in 0..3 {
                let (a, b) = (first - 4 + row, first + row);
                mesh.add_triangle(a, a + 1, b);
                mesh.add_triangle(b, a + 1, b + 1);
            }
        }
    }
}

/// Ticks with their labels along the top of `rect`, and a faint line down from each.
pub(super) fn paint_ticks(painter: &Painter, theme: &Theme, rect: Rect, ticks: &[Tick]) {
    for tick in ticks {
        let from = if tick.is_beat {
            rect.bottom() - rect.height() / 3.0
        } else {
            rect.top()
        };
        painter.vline(tick.x, from..=rect.bottom(), Stroke::new(1.0, theme.line));
        if !tick.label.is_empty() && tick.x + 30.0 < rect.right() {
            painter.text(
                pos2(tick.x, rect.top()) + vec2(4.0, 1.0),
                Align2::LEFT_TOP,
                &tick.label,
                FontId::proportional(10.0),
                theme.text_faint,
            );
        }
    }
}

#[cfg(test)]
mod tests;
