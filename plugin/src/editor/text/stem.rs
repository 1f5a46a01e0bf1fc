pub const TITLE: &str = "Stems";
pub const EMPTY: &str = "Finished stems appear here.";
pub const DRAG: &str = "Drag to track";
pub const DRAG_TIP: &str =
    "Drag this onto a track of your host. Several selected stems go together";
pub const DRAG_WAVE_TIP: &str = "Drag the waveform onto a track of your host";
pub const DRAGGING: &str = "Drop it on a track";
pub const DRAG_NOT_TAKEN: &str =
    "Nothing took the stem. Drop it on a track of your host, or use Show in folder.";
pub const SAVE: &str = "Save as…";
pub const REVEAL: &str = "Show in folder";
pub const COPY_PATH: &str = "Copy file path";
pub const COPY_FILE: &str = "Copy file";
pub const COPY_ALL: &str = "Copy the files of the selected stems";
pub const REUSE: &str = "Use these settings again";
pub const MORE: &str = "More for";
pub const DELETE: &str = "Delete";
pub const GAIN_TIP: &str = "How loud it plays in here; the file stays as it is. \
                            Double-click for 0 dB";
pub const MISSING: &str = "The file is no longer where Sideman put it";
pub const SELECT_TIP: &str = "Select, to drag or delete several together. Ctrl and Shift work too";
pub const DRAG_ALL: &str = "Drag selected";
pub const DELETE_ALL: &str = "Delete selected";
pub const UNSELECT: &str = "Clear selection";
pub const FAVOURITES: &str = "Favourites";
pub const FAVOURITES_TIP: &str = "Shows only the stems with a star";
pub const NO_FAVOURITES: &str = "No stem has a star yet.";
pub const STAR: &str = "Make a favourite";
pub const UNSTAR: &str = "No longer a favourite";
pub const MUTE_SOURCE: &str = "Mute song";
pub const MUTE_SOURCE_TIP: &str = "Silences your song while a stem plays";
pub const SOLO: &str = "Solo";
pub const SOLO_TIP: &str = "Only this stem is heard, while it plays (S)";
pub const SWITCH_TIP: &str =
    "Keys 1 to 9 and the arrow keys switch between these while the song plays";
pub const PLAY_TIP: &str = "In place, with your host's timeline. Takes over from another candidate of the stack; with Shift \
     both are heard";
pub const FOLD: &str = "Fold";
pub const UNFOLD: &str = "Unfold";
pub const NAME: &str = "Name of";
pub const NAME_TIP: &str = "Your name for it; also {name} in file names";
pub const NOTES: &str = "Notes on";
pub const NOTES_HINT: &str = "Notes";
pub const FADE_IN: &str = "In";
pub const FADE_OUT: &str = "Out";
pub const FADE_TIP: &str = "Fade while it plays in here; the file stays as it is";
pub const MARK: &str = "Mark a part of";
pub const MARK_TIP: &str =
    "Drag across the bars that should be played again; with Alt, exactly as drawn";
pub const UNMARK: &str = "Unmark";
pub const REDO: &str = "Redo";
pub const REDO_TIP: &str =
    "Plays only this part again. The rest of the new stem is this one, bit for bit";
pub const REGION_UNABLE: &str = "The engine of this service cannot play a part again";
pub const REROLL: &str = "Re-roll";
pub const REROLL_TIP: &str = "The same words, another seed. Nothing is overwritten";
pub const REROLL_UNKNOWN: &str = "Made by an older Sideman: use its settings in the form";
pub const OTHER_WORDS: &str = "Same seed, other words";
pub const OTHER_WORDS_TIP: &str = "Puts its style and seed into the form, to be changed";
pub const SAVE_ALL: &str = "Save selected as…";
pub const UNDO: &str = "Undo";
