use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

/// What a key does anywhere in the window. All other keys, and these where they mean nothing, are left
/// to the host as far as its platform lets them through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortcut {
    Generate,
    ShowStems,
    ShowSettings,
    UndoDelete,
    SelectAll,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Help,
    /// The standalone program's transport; a DAW keeps its own space bar.
    PlayOrStop,
    Rewind,
    Escape,
}

const SHORTCUTS: [(KeyboardShortcut, Shortcut); 11] = [
    (ctrl(Key::Enter), Shortcut::Generate),
    (ctrl(Key::Num1), Shortcut::ShowStems),
    (ctrl(Key::Num2), Shortcut::ShowSettings),
    (ctrl(Key::Z), Shortcut::UndoDelete),
    (ctrl(Key::A), Shortcut::SelectAll),
    (ctrl(Key::Plus), Shortcut::ZoomIn),
    // The same key without Shift.
    (ctrl(Key::Equals), Shortcut::ZoomIn),
    (ctrl(Key::Minus), Shortcut::ZoomOut),
    (ctrl(Key::Num0), Shortcut::ZoomReset),
    (plain(Key::F1), Shortcut::Help),
    (plain(Key::Questionmark), Shortcut::Help),
];

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// The shortcut pressed in this frame. Text fields keep the keys that edit text; what has the focus
/// keeps Space, and an open menu takes Escape first.
pub(super) fn pressed(ctx: &Context) -> Option<Shortcut> {
    let in_text = ctx.text_edit_focused();
    let in_popup = egui::Popup::is_any_open(ctx);
    let focused = ctx.memory(|memory| memory.focused().is_some());
    ctx.input_mut(|input| {
        let found = SHORTCUTS.into_iter().find(|(keys, shortcut)| {
            let edits_text = matches!(shortcut, Shortcut::UndoDelete | Shortcut::SelectAll)
                || keys.logical_key == Key::Questionmark;
            !(in_text && edits_text) && input.consume_shortcut(keys)
        });
        if let Some((_, shortcut)) = found {
            return Some(shortcut);
        }
        if focused || in_popup {
            return None;
        }
        // Not every keyboard tells `?` as a key of its own.
        let asks = |event: &Event| matches!(event, Event::Text(text) if text == "?");
        if input.events.iter().any(asks) {
            return Some(Shortcut::Help);
        }
        [
            (Key::Space, Shortcut::PlayOrStop),
            (Key::Home, Shortcut::Rewind),
            (Key::Escape, Shortcut::Escape),
        ]
        .into_iter()
        .find_map(|(key, shortcut)| {
            let plain = input.modifiers.is_none() && input.key_pressed(key);
            plain.then_some(shortcut)
        })
    })
}
