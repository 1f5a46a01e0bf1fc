use crate::session::StemRow;
use egui::Modifiers;
use std::{collections::BTreeSet, path::PathBuf};

/// Which stems are chosen, as in a file list: click for one, Ctrl for one more, Shift for a range.
#[derive(Debug, Default)]
pub(in crate::editor::stems_tab) struct Selection {
    chosen: BTreeSet<String>,
    /// Where a Shift range begins.
    anchor: Option<String>,
}

impl Selection {
    pub fn contains(&self, id: &str) -> bool {
        self.chosen.contains(id)
    }

    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets stems that are gone.
    pub fn retain(&mut self, rows: &[StemRow]) {
        self.chosen
            .retain(|id| rows.iter().any(|row| row.id == *id));
        if self.chosen.is_empty() {
            self.anchor = None;
        }
    }

    pub fn select_all(&mut self, rows: &[StemRow]) {
        self.chosen = rows.iter().map(|row| row.id.clone()).collect();
    }

    pub fn click(&mut self, id: &str, modifiers: Modifiers, rows: &[StemRow]) {
        if modifiers.shift {
            self.extend_to(id, rows);
        } else if modifiers.command {
            self.toggle(id);
        } else {
            self.chosen = [id.to_owned()].into();
            self.anchor = Some(id.to_owned());
        }
    }

    pub fn toggle(&mut self, id: &str) {
        if !self.chosen.remove(id) {
            self.chosen.insert(id.to_owned());
        }
        self.anchor = Some(id.to_owned());
    }

    fn extend_to(&mut self, id: &str, rows: &[StemRow]) {
        let place = |id: &str| rows.iter().position(|row| row.id == id);
        let Some(to) = place(id) else { return };
        let from = self.anchor.as_deref().and_then(place).unwrap_or(to);
        let range = &rows[from.min(to)..=from.max(to)];
        self.chosen = range.iter().map(|row| row.id.clone()).collect();
        self.anchor.get_or_insert_with(|| id.to_owned());
    }

    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.chosen.iter()
    }

    /// The files of all chosen stems, in the list's order.
    pub fn files(&self, rows: &[StemRow]) -> Vec<PathBuf> {
        existing(rows.iter().filter(|row| self.contains(&row.id)))
    }

    /// What dragging `row` takes along: all chosen stems if it is one of them, else it alone.
    pub fn dragged_with(&self, row: &StemRow, rows: &[StemRow]) -> Vec<PathBuf> {
        if self.contains(&row.id) {
            self.files(rows)
        } else {
            existing(std::iter::once(row))
        }
    }
}

fn existing<'a>(rows: impl Iterator<Item = &'a StemRow>) -> Vec<PathBuf> {
    rows.filter(|row| !row.missing)
        .map(|row| row.drag_path.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::tests::fixtures::stems;

    fn ids(selection: &Selection) -> Vec<&str> {
        selection.ids().map(String::as_str).collect()
    }

    #[test]
    fn click_ctrl_and_shift_work_as_in_a_file_list() {
        let rows = stems();
        let mut selection = Selection::default();
        selection.click("s1", Modifiers::NONE, &rows);
        selection.click("s3", Modifiers::SHIFT, &rows);
        assert_eq!(ids(&selection), ["s1", "s2", "s3"]);
        selection.click("s2", Modifiers::COMMAND, &rows);
        assert_eq!(ids(&selection), ["s1", "s3"]);
        selection.click("s2", Modifiers::NONE, &rows);
        assert_eq!(ids(&selection), ["s2"]);
    }

    #[test]
    fn dragging_takes_the_selection_only_from_inside_it_and_never_missing_files() {
        let mut rows = stems();
        let mut selection = Selection::default();
        selection.click("s1", Modifiers::NONE, &rows);
        selection.click("s3", Modifiers::SHIFT, &rows);
        rows[1].missing = true;
        let all = [rows[0].drag_path.clone(), rows[2].drag_path.clone()];
        assert_eq!(selection.dragged_with(&rows[2], &rows), all);
        selection.click("s1", Modifiers::NONE, &rows);
        assert_eq!(selection.dragged_with(&rows[2], &rows), all[1..]);
    }

    #[test]
    fn stems_that_are_gone_leave_the_selection() {
        let rows = stems();
        let mut selection = Selection::default();
        selection.select_all(&rows);
        selection.retain(&rows[..1]);
        assert_eq!(ids(&selection), ["s1"]);
    }
}
