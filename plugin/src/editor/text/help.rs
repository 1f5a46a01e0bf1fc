pub const TITLE: &str = "Keyboard shortcuts";
pub const CLOSE: &str = "Close";
pub const KEYS: [(&str, &str); 16] = [
    ("Ctrl+Enter", "Generate"),
    ("Ctrl+1, Ctrl+2", "Stems, Settings"),
    ("Tab, Shift+Tab", "next and previous control"),
    ("Enter or Space", "press the control in focus"),
    ("Arrow keys", "move a slider in focus"),
    ("T", "tap the tempo"),
    ("+, −, F", "zoom the song in focus; F shows it whole"),
    ("Ctrl+A", "select all stems"),
    ("Ctrl+C", "copy the files of the selected stems"),
    (
        "1 to 9, up, down",
        "switch between the candidates of a stack",
    ),
    ("S", "solo the candidate that plays"),
    ("Ctrl+Z", "bring back a deleted stem"),
    ("Ctrl +, Ctrl −", "larger, smaller"),
    ("Ctrl+0", "usual size"),
    ("Escape", "close, unselect, go back to Stems"),
    ("F1 or ?", "this list"),
];
pub const DESK_KEYS: [(&str, &str); 2] = [("Space", "play or stop"), ("Home", "to the start")];
pub const HOST: &str = "Space plays and stops your host while nothing here has the focus. On \
                        Linux it is the only key that is handed on to the host.";
