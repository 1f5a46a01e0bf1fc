use std::{collections::BTreeMap, path::PathBuf};

/// Where data goes when nobody says: what systemd gives a unit, else the user's data folder of this
/// system, else a folder beside us.
pub fn default_data_dir(env: &BTreeMap<String, String>) -> PathBuf {
    let set = |name: &str| env.get(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(state) = set("STATE_DIRECTORY") {
        return state;
    }
    let home = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))
    };
    home.map_or_else(
        || PathBuf::from("sideman-data"),
        |home| home.join("sideman-service"),
    )
}
