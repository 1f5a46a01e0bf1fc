//! Sizes in points.

/// Inside a group.
pub const GAP: f32 = 8.0;
/// Between cards and around them.
pub const CARD_GAP: f32 = 10.0;
pub const CARD_PADDING: i8 = 12;
pub const CARD_RADIUS: u8 = 8;
pub const CONTROL_RADIUS: u8 = 6;
pub const CONTROL_HEIGHT: f32 = 28.0;
pub const ICON_BUTTON: f32 = 26.0;
pub const ICON: f32 = 14.0;
/// The icon of a big choice.
pub const CHOICE_ICON: f32 = 18.0;
pub const PRIMARY_HEIGHT: f32 = 40.0;
pub const CHOICE_HEIGHT: f32 = 68.0;
pub const HEADER_HEIGHT: f32 = 46.0;
pub const SOURCE_WAVE_HEIGHT: f32 = 92.0;
pub const PROGRESS_HEIGHT: f32 = 4.0;
pub const FORM_WIDTH: f32 = 288.0;
pub const FORM_WIDTH_WIDE: f32 = 348.0;
/// Two columns from here on.
pub const TWO_COLUMNS_FROM: f32 = 660.0;
pub const WIDE_FROM: f32 = 960.0;
/// In two columns this high, only the results scroll.
pub const SONG_STAYS_FROM: f32 = 440.0;
pub const SETTINGS_WIDTH: f32 = 700.0;
/// A window below this scrolls as a whole.
pub const MIN_LAYOUT: egui::Vec2 = egui::vec2(300.0, 220.0);
/// The header has no room for the name below this.
pub const NAME_FROM: f32 = 400.0;
/// Nor for the health light's word below this.
pub const HEALTH_WORD_FROM: f32 = 330.0;
/// The transport's second row goes beside the first from here on.
pub const TRANSPORT_WIDE_FROM: f32 = 700.0;
pub const FOCUS_RING: f32 = 2.0;
