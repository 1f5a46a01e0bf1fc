//! The order of the stems on screen: one stack for each take and player. Pure.

use crate::session::StemRow;

/// Stems that were played to one take by one player.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stack<'a> {
    pub key: &'a str,
    pub candidates: Vec<Candidate<'a>>,
}

/// One stem of a stack and how deep it hangs below the one it is a part of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate<'a> {
    pub row: &'a StemRow,
    pub depth: usize,
}

/// Deeper than this nothing is moved in further.
const MAX_DEPTH: usize = 3;

/// The stack with the newest stem first; within it the newest first, parts below their whole.
pub(super) fn stacks(rows: &[StemRow], only_favourites: bool) -> Vec<Stack<'_>> {
    let shown = |row: &&StemRow| !only_favourites || row.marks.favourite;
    let mut stacks: Vec<Stack<'_>> = Vec::new();
    for row in rows.iter().filter(shown) {
        if stacks.iter().any(|stack| stack.key == row.stack) {
            continue;
        }
        let members: Vec<&StemRow> = rows
            .iter()
            .filter(shown)
            .filter(|other| other.stack == row.stack)
            .collect();
        stacks.push(Stack {
            key: &row.stack,
            candidates: tree(&members),
        });
    }
    stacks
}

/// A whole stands where the newest of its parts would.
fn tree<'a>(members: &[&'a StemRow]) -> Vec<Candidate<'a>> {
    let mut ordered = Vec::with_capacity(members.len());
    for row in members {
        hang(root_of(row, members), 0, members, &mut ordered);
    }
    ordered
}

/// The whole that `row` is a part of. A part whose whole is gone stands for itself.
fn root_of<'a>(row: &'a StemRow, members: &[&'a StemRow]) -> &'a StemRow {
    let mut root = row;
    // Parents in a circle, as only a broken project has them, must not hold this up.
    for _ in members {
        let parent = root.parent.as_ref();
        match members.iter().find(|other| Some(&other.id) == parent) {
            Some(parent) => root = *parent,
            None => break,
        }
    }
    root
}

fn hang<'a>(
    row: &'a StemRow,
    depth: usize,
    members: &[&'a StemRow],
    ordered: &mut Vec<Candidate<'a>>,
) {
    if ordered.iter().any(|c| c.row.id == row.id) {
        return;
    }
    ordered.push(Candidate {
        row,
        depth: depth.min(MAX_DEPTH),
    });
    for part in members {
        if part.parent.as_ref() == Some(&row.id) {
            hang(part, depth + 1, members, ordered);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::tests::fixtures;

    fn order<'a>(stacks: &'a [Stack<'_>]) -> Vec<(&'a str, usize)> {
        let all = stacks.iter().flat_map(|stack| &stack.candidates);
        all.map(|c| (c.row.id.as_str(), c.depth)).collect()
    }

    #[test]
    fn parts_hang_below_their_whole_and_stacks_stay_together() {
        let rows = fixtures::stacked().stems;
        let found = stacks(&rows, false);
        assert_eq!(found.len(), 2);
        assert_eq!(
            order(&found),
            [("d4", 0), ("d1", 0), ("d3", 1), ("d2", 0), ("v1", 0)]
        );
        let found = stacks(&rows, true);
        assert_eq!(order(&found), [("v1", 0), ("d1", 0)]);
    }

    #[test]
    fn a_circle_hides_nothing() {
        let mut rows = fixtures::stacked().stems;
        rows[1].parent = Some("d1".into());
        let at = rows.iter().position(|row| row.id == "d1").unwrap();
        rows[at].parent = Some("d3".into());
        assert_eq!(order(&stacks(&rows, false)).len(), rows.len());
    }
}
