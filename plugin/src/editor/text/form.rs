pub const TITLE: &str = "Play along";
pub const ADD: &str = "Add";
pub const ADD_TIP: &str =
    "Let this one play too, in the same job. Ctrl or Shift and a click do it as well";
pub const REMOVE: &str = "Leave out";
pub const REMOVE_TIP: &str = "Not this one";
pub const VERSIONS: &str = "Versions of each";
pub const VERSIONS_TIP: &str = "How many versions of each stem are made, each with its own seed";
pub const VERSION_ONE: &str = "1 version";
pub const VERSION_MANY: &str = "versions";
pub const MORE: &str = "More players";
pub const MORE_TIP: &str = "Bass, guitar, keyboard and six others";
pub const NOT_OFFERED: &str = "The engine of this service cannot play this part";
pub const BPM: &str = "Tempo";
pub const BPM_TIP: &str =
    "Beats per minute, decimals welcome. Empty: your host's tempo, else heard from the song";
pub const BPM_HEARD: &str = "heard";
pub const BPM_WRONG: &str = "A tempo is a number from 20 to 400, such as 92.5";
pub const KEY: &str = "Key";
pub const KEY_TIP: &str = "Such as A minor or F# major. Empty: heard from the song";
pub const KEY_HEARD: &str = "heard";
pub const KEY_AUTO: &str = "Heard from the song";
pub const KEY_LIST: &str = "Choose a key";
pub const KEY_WRONG: &str = "A key is a note and major or minor, such as Bb minor";
pub const SEED: &str = "Seed";
pub const SEED_TIP: &str =
    "The same seed and settings give the same stem again. Empty: a new one each time";
pub const SEED_NEW: &str = "a new one";
pub const SEED_WRONG: &str = "A seed is a whole number from 0 to 4294967295";
pub const DICE: &str = "Roll a seed";
pub const GENERATE: &str = "Generate";
pub const GENERATE_TIP: &str = "Ctrl+Enter";
pub const NEEDS_SOURCE: &str = "First let Sideman hear your song: capture it or open a file";
pub const NEEDS_STOP: &str = "Stop capturing first";
pub const NEEDS_FIX: &str = "One of the fields above needs a correction";
pub const WILL_WAIT: &str = "The service is away: the job goes out when it is back.";
