pub const SERVICES: &str = "Services";
pub const SERVICES_NOTE: &str =
    "Where stems are made: on this computer, beside your GPU, or in the cloud.";
pub const OFFLINE: &str = "Work offline";
pub const OFFLINE_TIP: &str =
    "Nothing is sent to any service. Jobs wait and go out when you are online again";
pub const USE: &str = "Use";
pub const TEST: &str = "Test";
pub const TEST_TIP: &str = "Asks this service now whether it could run a job";
pub const ASKING: &str = "Asking the service…";
pub const EDIT: &str = "Edit";
pub const EDIT_TIP: &str = "Change name, address or API key";
pub const REMOVE: &str = "Remove";
pub const REMOVE_LAST: &str = "The last service stays; edit it instead";
pub const ADD: &str = "Add a service";
pub const ADD_TIP: &str = "Another computer, a studio machine, or a Space";
pub const FOREIGN: &str = "Named by this project or the command line, not in your list.";
pub const KEEP: &str = "Add to list";
pub const KEEP_TIP: &str = "Gives this service a name in your own list";
pub const NAME: &str = "Name";
pub const NAME_HINT: &str = "Studio";
pub const NAME_MISSING: &str = "Give it a name, such as Studio";
pub const NAME_TAKEN: &str = "Another service of yours has this name";
pub const ADDRESS: &str = "Service address";
pub const ADDRESS_HINT: &str = "http://127.0.0.1:8002";
pub const ADDRESS_WRONG: &str =
    "An address begins with http:// or https://, such as http://127.0.0.1:8002";
pub const KEY: &str = "API key";
pub const KEY_STORED: &str = "a key is stored; type to replace it";
pub const KEY_NONE: &str = "only if your service asks for one";
pub const KEY_NOTE: &str = "Kept in this computer's keychain, or without one in a file only you \
                            can read. Never in the project.";
pub const KEY_FORGET: &str = "Forget the stored key";
pub const SAVE: &str = "Save";
pub const CANCEL: &str = "Cancel";
pub const ENGINES: &str = "Engines";
pub const NO_ENGINES: &str =
    "When the service answers, its engines appear here with what each can play.";
pub const ENGINE_READY: &str = "ready";
pub const ENGINE_NOT_READY: &str = "cannot play now";
pub const ENGINE_PLAYS: &str = "Plays";
pub const ENGINE_CAN: &str = "Can";
pub const ENGINE_ALL_TRACKS: &str = "all twelve parts";
pub const LOOKS: &str = "Looks";
pub const THEME: &str = "Theme";
pub const THEME_AUTO: &str = "Auto";
pub const THEME_AUTO_TIP: &str = "As the desktop was when the window was opened; dark where it does \
                                  not say";
pub const THEME_DARK: &str = "Dark";
pub const THEME_LIGHT: &str = "Light";
pub const ZOOM: &str = "Size of everything";
pub const ZOOM_IN: &str = "Larger (Ctrl +)";
pub const ZOOM_OUT: &str = "Smaller (Ctrl −)";
pub const ZOOM_RESET: &str = "Usual size";
pub const MOTION: &str = "Reduce motion";
pub const MOTION_TIP: &str = "Nothing slides or fades";
pub const STORAGE: &str = "Folder";
pub const FOLDER: &str = "Cache folder";
pub const FOLDER_DEFAULT: &str = "Sideman's folder in your user data";
pub const FOLDER_NOTE: &str = "Captures and stems are kept here. Another folder takes them all along: copied, checked, then removed here.";
pub const CHOOSE: &str = "Choose…";
pub const CHOOSE_TIP: &str = "Pick another folder for captures and stems";
pub const USE_DEFAULT: &str = "Use default";
pub const KEYS: &str = "Keyboard";
pub const KEYS_NOTE: &str = "Everything works without a mouse. F1 or ? shows how.";
pub const KEYS_SHOW: &str = "Show shortcuts";
