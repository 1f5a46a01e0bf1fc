//! Keys that switch between candidates while the song plays.

use super::stack::Stack;
use crate::session::StemRow;
use egui::{Context, Event, Key, Modifiers};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// From 0.
    Number(usize),
    Next,
    Previous,
    Solo,
}

const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// Text fields and menus keep their keys; arrows also belong to a control in focus.
pub(super) fn pressed(ctx: &Context) -> Option<Pick> {
    if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
        return None;
    }
    let is_free = ctx.memory(|memory| memory.focused().is_none());
    ctx.input_mut(|input| {
        let mut take = |key| input.consume_key(Modifiers::NONE, key);
        if let Some(index) = DIGITS.iter().position(|key| take(*key)) {
            return Some(Pick::Number(index));
        }
        if take(Key::S) {
            return Some(Pick::Solo);
        }
        let arrows = [(Key::ArrowDown, Pick::Next), (Key::ArrowUp, Pick::Previous)];
        let arrow = arrows.into_iter().find(|(key, _)| is_free && take(*key));
        arrow.map(|(_, pick)| pick)
    })
}

/// Ctrl+C, where no text field and no marked text wants it.
pub(super) fn copies(ctx: &Context) -> bool {
    let is_copy = |event: &Event| matches!(event, Event::Copy);
    !ctx.text_edit_focused() && ctx.input(|input| input.events.iter().any(is_copy))
}

/// The candidate meant, in the stack in focus, else in the one that is heard, else in the first.
pub(super) fn picked<'a>(
    pick: Pick,
    stacks: &[Stack<'a>],
    focus: Option<&str>,
) -> Option<&'a StemRow> {
    let sounds = |stack: &&Stack<'_>| stack.candidates.iter().any(|c| c.row.auditioning);
    let stack = stacks
        .iter()
        .find(|stack| Some(stack.key) == focus)
        .or_else(|| stacks.iter().find(sounds))
        .or(stacks.first())?;
    let heard = stack.candidates.iter().position(|c| c.row.auditioning);
    let count = stack.candidates.len();
    let index = match pick {
        Pick::Number(index) => index,
        Pick::Next => heard.map_or(0, |at| (at + 1) % count),
        Pick::Previous => heard.map_or(count - 1, |at| (at + count - 1) % count),
        Pick::Solo => heard.unwrap_or(0),
    };
    stack.candidates.get(index).map(|c| c.row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::{stems_tab::stems::stack::stacks, tests::fixtures};

    #[test]
    fn keys_go_round_the_stack_in_focus() {
        let mut rows = fixtures::stacked().stems;
        rows.iter_mut()
            .for_each(|row| row.auditioning = row.id == "d1");
        let stacks = stacks(&rows, false);
        let id = |pick, focus| picked(pick, &stacks, focus).map(|row| row.id.as_str());
        assert_eq!(id(Pick::Number(0), None), Some("d4"));
        assert_eq!(id(Pick::Next, None), Some("d3"), "below the one heard");
        assert_eq!(id(Pick::Previous, None), Some("d4"));
        assert_eq!(id(Pick::Number(8), None), None);
        let vocals = Some(stacks[1].key);
        assert_eq!(id(Pick::Next, vocals), Some("v1"));
        assert_eq!(picked(Pick::Next, &[], None), None);
    }
}
