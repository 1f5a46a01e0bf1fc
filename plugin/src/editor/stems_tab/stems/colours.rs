//! The eight colours a stem can have. They mean what the user wants them to, so they are the same in
//! every theme, and none is the accent.

use crate::session::StemColour;
use egui::Color32;

pub(super) fn of(colour: StemColour) -> Color32 {
    let [r, g, b] = match colour {
        StemColour::Red => [0xE5, 0x5B, 0x5B],
        StemColour::Orange => [0xE8, 0x8D, 0x4A],
        StemColour::Yellow => [0xDC, 0xBE, 0x4C],
        StemColour::Green => [0x7A, 0xB8, 0x5A],
        StemColour::Teal => [0x3F, 0xA7, 0xA0],
        StemColour::Blue => [0x5A, 0x8F, 0xE0],
        StemColour::Violet => [0x9A, 0x7A, 0xE0],
        StemColour::Pink => [0xD9, 0x6F, 0xB0],
    };
    Color32::from_rgb(r, g, b)
}

pub(super) fn name(colour: StemColour) -> &'static str {
    match colour {
        StemColour::Red => "Red",
        StemColour::Orange => "Orange",
        StemColour::Yellow => "Yellow",
        StemColour::Green => "Green",
        StemColour::Teal => "Teal",
        StemColour::Blue => "Blue",
        StemColour::Violet => "Violet",
        StemColour::Pink => "Pink",
    }
}
