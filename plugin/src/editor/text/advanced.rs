pub const TITLE: &str = "Advanced";
pub const TIP: &str = "Settings of the engine, file format, and how urgent it is";
pub const CHOSEN: &str = "as it comes";
pub const STEPS: &str = "Steps";
pub const STEPS_TIP: &str =
    "How long the engine works on each stem, 1 to 200. More is slower and often cleaner";
pub const STEPS_TOLD: &str = "steps";
pub const STEPS_WRONG: &str = "Steps are a whole number from 1 to 200";
pub const GUIDANCE: &str = "Guidance";
pub const GUIDANCE_TIP: &str =
    "How closely the engine follows the style, 0 to 20. Higher is stricter and less natural";
pub const GUIDANCE_TOLD: &str = "guidance";
pub const GUIDANCE_WRONG: &str = "Guidance is a number from 0 to 20, such as 7";
pub const LORA: &str = "LoRA";
pub const LORA_LIST: &str = "Choose a LoRA";
pub const LORA_TIP: &str = "A trained style that the engine's model puts on for these stems";
pub const LORA_NONE: &str = "None";
pub const LORA_STRENGTH: &str = "Strength of the LoRA";
pub const LORA_STRENGTH_TIP: &str = "How strongly it is put on, 0 to 100 %";
pub const LOOP_ASSIST: &str = "Loop assist";
pub const LOOP_ASSIST_TIP: &str = "Lets the engine hear a short loop several times in a row. \
                                   Automatic: for songs shorter than a minute";
pub const LOOP_TOLD: &str = "loop assist";
pub const AUTO: &str = "Automatic";
pub const ON: &str = "On";
pub const OFF: &str = "Off";
pub const FORMAT: &str = "File";
pub const FORMAT_TIP: &str = "Both hold the same sound; FLAC is smaller, WAV opens everywhere";
pub const WAV: &str = "WAV";
pub const FLAC: &str = "FLAC";
pub const PRIORITY: &str = "Priority";
pub const PRIORITY_TIP: &str = "Your place among waiting jobs, as far as the service allows it";
pub const FIRST: &str = "First";
pub const NORMAL: &str = "Normal";
pub const LATER: &str = "When idle";
