//! Icons, drawn as shapes: sharp at every scale and in every colour, no font needed.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Icon {
    Play,
    Pause,
    Stop,
    Rewind,
    Loop,
    Plus,
    Minus,
    Edit,
    Record,
    Open,
    Save,
    Copy,
    Folder,
    Trash,
    More,
    Close,
    Grip,
    Dice,
    ChevronDown,
    ChevronRight,
    Warning,
    Voice,
    Voices,
    Drum,
    Retry,
    Star,
    StarFull,
}

/// Draws with coordinates from 0 to 16 in both directions, whatever the rectangle's size.
struct Pen<'a> {
    painter: &'a Painter,
    rect: Rect,
    color: Color32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.lerp_inside(vec2(x / 16.0, y / 16.0))
    }

    fn scale(&self) -> f32 {
        self.rect.width() / 16.0
    }

    fn stroke(&self) -> Stroke {
        Stroke::new((1.5 * self.scale()).max(1.0), self.color)
    }

    fn line<const N: usize>(&self, points: [(f32, f32); N]) {
        let points = points.map(|(x, y)| self.at(x, y)).to_vec();
        self.painter.add(Shape::line(points, self.stroke()));
    }

    fn polygon<const N: usize>(&self, points: [(f32, f32); N]) {
        let points = points.map(|(x, y)| self.at(x, y)).to_vec();
        self.painter
            .add(Shape::convex_polygon(points, self.color, Stroke::NONE));
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter
            .circle_filled(self.at(x, y), radius * self.scale(), self.color);
    }

    fn frame(&self, min: (f32, f32), max: (f32, f32), radius: f32) {
        let rect = Rect::from_min_max(self.at(min.0, min.1), self.at(max.0, max.1));
        let radius = radius * self.scale();
        self.painter
            .rect_stroke(rect, radius, self.stroke(), StrokeKind::Middle);
    }

    fn ellipse(&self, x: f32, y: f32, radii: (f32, f32)) {
        let radii = vec2(radii.0, radii.1) * self.scale();
        self.painter
            .add(Shape::ellipse_stroke(self.at(x, y), radii, self.stroke()));
    }

    /// Part of a circle; angles in turns, clockwise from three o'clock.
    fn arc(&self, centre: (f32, f32), radius: f32, from: f32, to: f32) {
        const STEPS: usize = 16;
        let points = (0..=STEPS).map(|i| {
            let turn = from + (to - from) * i as f32 / STEPS as f32;
            let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
            self.at(centre.0 + radius * cos, centre.1 + radius * sin)
        });
        self.painter
            .add(Shape::line(points.collect(), self.stroke()));
    }

    fn star(&self, full: bool) {
        let points = (0..10).map(|i| {
            let radius = if i % 2 == 0 { 6.6 } else { 2.9 };
            let (sin, cos) = (i as f32 / 10.0 * std::f32::consts::TAU).sin_cos();
            self.at(8.0 + radius * sin, 8.4 - radius * cos)
        });
        let points: Vec<Pos2> = points.collect();
        if full {
            // Not convex: the five tips around the middle.
            for tip in 0..5 {
                let (i, last) = (2 * tip, points[(2 * tip + 9) % 10]);
                let arm = vec![self.at(8.0, 8.4), last, points[i], points[i + 1]];
                self.painter
                    .add(Shape::convex_polygon(arm, self.color, Stroke::NONE));
            }
        }
        self.painter.add(Shape::closed_line(points, self.stroke()));
    }

    /// A microphone's capsule, bow and stand about `x`.
    fn microphone(&self, x: f32) {
        self.frame((x - 2.2, 1.5), (x + 2.2, 9.0), 2.2);
        self.arc((x, 7.2), 4.4, 0.0, 0.5);
        self.line([(x, 11.6), (x, 14.5)]);
    }
}

/// Draws `icon` into the square `rect`.
pub(super) fn paint(painter: &Painter, rect: Rect, icon: Icon, color: Color32) {
    let pen = Pen {
        painter,
        rect,
        color,
    };
    match icon {
        Icon::Play => pen.polygon([(4.0, 2.5), (13.5, 8.0), (4.0, 13.5)]),
        Icon::Pause => {
            pen.polygon([(3.5, 2.8), (6.7, 2.8), (6.7, 13.2), (3.5, 13.2)]);
            pen.polygon([(9.3, 2.8), (12.5, 2.8), (12.5, 13.2), (9.3, 13.2)]);
        }
        Icon::Rewind => {
            pen.polygon([(13.0, 2.8), (13.0, 13.2), (5.2, 8.0)]);
            pen.line([(3.6, 3.2), (3.6, 12.8)]);
        }
        Icon::Plus => {
            pen.line([(8.0, 3.0), (8.0, 13.0)]);
            pen.line([(3.0, 8.0), (13.0, 8.0)]);
        }
        Icon::Minus => pen.line([(3.0, 8.0), (13.0, 8.0)]),
        Icon::Loop => {
            pen.line([(2.2, 8.4), (2.2, 5.0), (13.0, 5.0)]);
            pen.line([(10.6, 2.6), (13.2, 5.0), (10.6, 7.4)]);
            pen.line([(13.8, 7.6), (13.8, 11.0), (3.0, 11.0)]);
            pen.line([(5.4, 13.4), (2.8, 11.0), (5.4, 8.6)]);
        }
        Icon::Edit => {
            pen.line([
                (3.0, 13.0),
                (3.6, 10.2),
                (11.0, 2.8),
                (13.2, 5.0),
                (5.8, 12.4),
                (3.0, 13.0),
            ]);
            pen.line([(9.4, 4.4), (11.6, 6.6)]);
        }
        Icon::Stop => pen.polygon([(3.5, 3.5), (12.5, 3.5), (12.5, 12.5), (3.5, 12.5)]),
        Icon::Record => pen.dot(8.0, 8.0, 5.0),
        Icon::Close => {
            pen.line([(4.0, 4.0), (12.0, 12.0)]);
            pen.line([(12.0, 4.0), (4.0, 12.0)]);
        }
        Icon::More => {
            for x in [3.5, 8.0, 12.5] {
                pen.dot(x, 8.0, 1.3);
            }
        }
        Icon::Grip => {
            for (x, y) in [(5.5, 3.5), (5.5, 8.0), (5.5, 12.5)] {
                pen.dot(x, y, 1.2);
                pen.dot(x + 5.0, y, 1.2);
            }
        }
        Icon::ChevronDown => pen.line([(4.0, 6.0), (8.0, 10.0), (12.0, 6.0)]),
        Icon::ChevronRight => pen.line([(6.0, 4.0), (10.0, 8.0), (6.0, 12.0)]),
        Icon::Retry => {
            pen.arc((8.0, 8.0), 5.2, -0.1, 0.72);
            pen.line([(13.4, 1.8), (12.6, 5.2), (9.2, 4.6)]);
        }
        Icon::Warning => {
            pen.line([(8.0, 2.0), (14.6, 13.6), (1.4, 13.6), (8.0, 2.0)]);
            pen.line([(8.0, 6.4), (8.0, 9.8)]);
            pen.dot(8.0, 11.7, 0.9);
        }
        Icon::Star | Icon::StarFull => pen.star(icon == Icon::StarFull),
        Icon::Open | Icon::Save | Icon::Copy | Icon::Folder | Icon::Trash | Icon::Dice => {
            file_icon(&pen, icon)
        }
        Icon::Voice | Icon::Voices | Icon::Drum => player_icon(&pen, icon),
    }
}

fn file_icon(pen: &Pen<'_>, icon: Icon) {
    match icon {
        Icon::Open => {
            pen.line([(8.0, 10.5), (8.0, 2.2)]);
            pen.line([(4.8, 5.4), (8.0, 2.2), (11.2, 5.4)]);
            pen.line([(2.2, 9.5), (2.2, 13.6), (13.8, 13.6), (13.8, 9.5)]);
        }
        Icon::Save => {
            pen.line([(8.0, 2.0), (8.0, 10.3)]);
            pen.line([(4.8, 7.1), (8.0, 10.3), (11.2, 7.1)]);
            pen.line([(2.2, 9.5), (2.2, 13.6), (13.8, 13.6), (13.8, 9.5)]);
        }
        Icon::Copy => {
            pen.frame((5.6, 5.6), (13.8, 13.8), 1.6);
            pen.line([
                (3.4, 10.4),
                (2.2, 10.4),
                (2.2, 2.2),
                (10.4, 2.2),
                (10.4, 3.4),
            ]);
        }
        Icon::Folder => pen.line([
            (1.8, 12.8),
            (1.8, 3.4),
            (6.2, 3.4),
            (7.8, 5.2),
            (14.2, 5.2),
            (14.2, 12.8),
            (1.8, 12.8),
        ]),
        Icon::Trash => {
            pen.line([(2.4, 4.2), (13.6, 4.2)]);
            pen.line([(6.0, 4.2), (6.0, 2.2), (10.0, 2.2), (10.0, 4.2)]);
            pen.line([(3.8, 4.2), (4.6, 13.8), (11.4, 13.8), (12.2, 4.2)]);
        }
        _ => {
            pen.frame((2.4, 2.4), (13.6, 13.6), 2.6);
            for (x, y) in [
                (5.4, 5.4),
                (10.6, 5.4),
                (8.0, 8.0),
                (5.4, 10.6),
                (10.6, 10.6),
            ] {
                pen.dot(x, y, 1.05);
            }
        }
    }
}

fn player_icon(pen: &Pen<'_>, icon: Icon) {
    match icon {
        Icon::Voice => pen.microphone(8.0),
        Icon::Voices => {
            pen.microphone(3.6);
            pen.microphone(12.4);
        }
        _ => {
            pen.ellipse(8.0, 7.0, (6.2, 2.4));
            pen.line([(1.8, 7.0), (1.8, 11.6)]);
            pen.line([(14.2, 7.0), (14.2, 11.6)]);
            pen.arc((8.0, 8.1), 7.1, 0.08, 0.42);
            pen.line([(2.6, 1.2), (7.2, 6.0)]);
            pen.line([(13.4, 1.2), (8.8, 6.0)]);
        }
    }
}
