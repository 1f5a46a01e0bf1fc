pub const TITLE: &str = "Lyrics";
pub const TIP: &str = "Words to sing. Without any, the singer hums";
pub const EDITOR: &str = "Lyrics to sing";
pub const EDITOR_TIP: &str =
    "One line of text for each line that is sung; marks in brackets name the parts of the song";
pub const HINT: &str = "[verse]\nThe words to sing, line by line";
pub const INSERT: &str = "Insert";
pub const INSERT_TIP: &str = "Begins this part of the song at the cursor";
pub const NO_WORDS: &str =
    "The engine of this service sings without words, so there are no lyrics here.";
pub const LANGUAGE: &str = "Language";
pub const LANGUAGE_LIST: &str = "Choose a language";
pub const LANGUAGE_TIP: &str = "The language the words are sung in";
pub const LANGUAGE_AUTO: &str = "Heard from the words";
pub const LANGUAGE_NONE: &str = "None: no words";
