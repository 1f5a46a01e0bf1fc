use egui::{Context, Key, KeyboardShortcut, Modifiers};

/// What a key does anywhere in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortcut {
    Generate,
    ShowStems,
    ShowSettings,
    UndoDelete,
    SelectAll,
    Escape,
}

const SHORTCUTS: [(KeyboardShortcut, Shortcut); 5] = [
    (ctrl(Key::Enter), Shortcut::Generate),
    (ctrl(Key::Num1), Shortcut::ShowStems),
    (ctrl(Key::Num2), Shortcut::ShowSettings),
    (ctrl(Key::Z), Shortcut::UndoDelete),
    (ctrl(Key::A), Shortcut::SelectAll),
];

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// The shortcut pressed in this frame. Text fields keep the keys that edit text, and an open menu or
/// a field in focus takes Escape first.
pub(super) fn pressed(ctx: &Context) -> Option<Shortcut> {
    let in_text = ctx.text_edit_focused();
    let in_popup = egui::Popup::is_any_open(ctx);
    let focused = ctx.memory(|memory| memory.focused().is_some());
    ctx.input_mut(|input| {
        let escape = !focused && !in_popup && input.key_pressed(Key::Escape);
        let found = SHORTCUTS.into_iter().find(|(keys, shortcut)| {
            let edits_text = matches!(shortcut, Shortcut::UndoDelete | Shortcut::SelectAll);
            !(in_text && edits_text) && input.consume_shortcut(keys)
        });
        found
            .map(|(_, shortcut)| shortcut)
            .or(escape.then_some(Shortcut::Escape))
    })
}
