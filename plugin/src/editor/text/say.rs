//! How states, times and levels are said.

use crate::{
    capture::TempoMap,
    session::{
        ExportFormat, ExportSettings, FileFacts, Health, InstanceUse, KeyPlace, StemRow, file_stem,
    },
};

/// One or two words beside the health light.
pub fn health(health: Health) -> &'static str {
    match health {
        Health::Unknown => "Checking",
        Health::Good => "Connected",
        Health::Degraded => "Not ready",
        Health::Away => "Service away",
        Health::Offline => "Offline",
    }
}

/// Beside a service's address.
pub fn key_place(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Keychain => "key in your keychain",
        KeyPlace::File => "key in a file only you can read",
    }
}

/// `0:42`, `1:02:03`.
pub fn clock(secs: f64) -> String {
    let whole = secs.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// `17|2`: bar and beat from 1, with `beats_per_bar` beats of `quarters_per_beat` quarter notes.
pub fn bars_beats(quarters: f64, beats_per_bar: u8, quarters_per_beat: f64) -> String {
    // A position computed from seconds may fall a hair short of its beat.
    let beats = (quarters.max(0.0) / quarters_per_beat + 1e-6).floor() as u64;
    let per_bar = u64::from(beats_per_bar.max(1));
    format!("{}|{}", beats / per_bar + 1, beats % per_bar + 1)
}

/// `0:42.3`
pub fn clock_tenths(secs: f64) -> String {
    let tenths = (secs.max(0.0) * 10.0) as u64;
    format!("{}.{}", clock((tenths / 10) as f64), tenths % 10)
}

/// `92.5 BPM`, at most two decimals.
pub fn bpm(bpm: f64) -> String {
    format!("{} BPM", bpm_number(bpm))
}

/// `92.5`
pub fn bpm_number(bpm: f64) -> String {
    ((bpm * 100.0).round() / 100.0).to_string()
}

/// `+1.5 dB`, with a real minus.
pub fn decibels(db: f64) -> String {
    let rounded = (db * 10.0).round() / 10.0;
    let sign = match rounded {
        r if r > 0.0 => "+",
        r if r < 0.0 => "−",
        _ => "",
    };
    format!("{sign}{:.1} dB", rounded.abs())
}

/// The user's name for it, else its player's.
pub fn stem_name(row: &StemRow) -> &str {
    match row.marks.name.trim() {
        "" => row.track.label(),
        name => name,
    }
}

/// `seed 7 · −14.2 LUFS`, `bars 5–6 · seed 7`: what tells it from the others of its stack.
pub fn stem_line(row: &StemRow) -> String {
    let mut facts = Vec::new();
    if let Some(region) = row.region {
        facts.push(span(region.start_secs, region.end_secs, &row.map));
    }
    facts.push(format!("seed {}", row.seed));
    if row.region.is_none() {
        facts.extend(row.report.lufs.map(lufs));
    }
    facts.join(" · ")
}

/// `bars 5–6`, `bar 5`, or `0:12.0–0:14.5`.
pub fn span(start_secs: f64, end_secs: f64, map: &TempoMap) -> String {
    let frame = |secs: f64| (secs * f64::from(map.sample_rate_hz)).round() as u64;
    match map.bars_of(frame(start_secs)..frame(end_secs)) {
        Some((first, last)) if first == last => format!("bar {first}"),
        Some((first, last)) => format!("bars {first}–{last}"),
        None => format!("{}–{}", clock_tenths(start_secs), clock_tenths(end_secs)),
    }
}

/// `3 takes`
pub fn takes(count: usize) -> String {
    match count {
        1 => "1 take".into(),
        n => format!("{n} takes"),
    }
}

pub fn copied(stems: usize) -> String {
    match stems {
        1 => "The file is on the clipboard: paste it in another program.".into(),
        n => format!("{n} files are on the clipboard: paste them in another program."),
    }
}

pub fn deleted(stems: usize) -> String {
    match stems {
        0 | 1 => "Stem deleted".into(),
        n => format!("{n} stems deleted"),
    }
}

pub fn export_format(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Wav24 => "WAV 24-bit",
        ExportFormat::Wav32Float => "WAV 32-bit float",
        ExportFormat::Flac => "FLAC",
    }
}

/// `12 takes 340 MB · 8 stems 120 MB · 3 days ago`
pub fn instance_facts(instance: &InstanceUse) -> String {
    let mut facts = Vec::new();
    for (count, one, bytes_of) in [
        (instance.takes, "take", instance.takes_bytes),
        (instance.stems, "stem", instance.stems_bytes),
    ] {
        let plural = if count == 1 { "" } else { "s" };
        facts.push(format!("{count} {one}{plural} {}", bytes(bytes_of)));
    }
    if instance.trash_bytes > 0 {
        facts.push(format!("trash {}", bytes(instance.trash_bytes)));
    }
    facts.extend(instance.idle_days.map(|days| match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        n => format!("{n} days ago"),
    }));
    facts.join(" · ")
}

/// `1.2 GB`, `340 MB`, `12 kB`
pub fn bytes(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 => format!("{:.1} GB", b as f64 / f64::from(1 << 30)),
        b if b >= 1 << 20 => format!("{:.0} MB", b as f64 / f64::from(1 << 20)),
        b => format!("{} kB", b.div_ceil(1 << 10)),
    }
}

/// `0:41.5 · sketch · −14.2 LUFS · peak −1.0 dB · RMS −16.2 dB · timing +3 ms`
pub fn stem_report(row: &StemRow) -> String {
    let report = &row.report;
    let mut facts = vec![clock_tenths(row.duration_secs), row.engine.clone()];
    facts.extend(report.lufs.map(lufs));
    facts.push(format!("peak {}", decibels(report.peak_dbfs)));
    facts.push(format!("RMS {}", decibels(report.rms_dbfs)));
    facts.extend(
        report
            .timing_offset_ms
            .map(|ms| format!("timing {ms:+.0} ms")),
    );
    facts.extend(report.drift_ms.map(|ms| format!("drift {ms:+.0} ms")));
    facts.join(" · ")
}

fn lufs(lufs: f64) -> String {
    let sign = if lufs < 0.0 { "−" } else { "" };
    format!("{sign}{:.1} LUFS", lufs.abs())
}

/// What the user should know about a stem before using it.
pub fn stem_warnings(row: &StemRow) -> Vec<String> {
    let report = &row.report;
    let mut warnings = report.warnings.clone();
    if report.silent {
        warnings.push("It is silent.".into());
    }
    if report.clipped_frames > 0 {
        let count = report.clipped_frames;
        warnings.push(format!("It clips ({count} samples at full scale)."));
    }
    warnings
}

/// The name proposed when a stem is saved: `Drums-92.5BPM-7.wav`, or by the user's pattern.
pub fn stem_file_name(row: &StemRow, export: &ExportSettings) -> String {
    let pattern = match export.pattern.trim() {
        "" if row.bpm.is_some() => "{name}-{bpm}BPM-{seed}",
        "" => "{name}-{seed}",
        pattern => pattern,
    };
    let facts = FileFacts {
        track: row.track.label().replace(' ', "-"),
        bpm: row.bpm.map_or_else(String::new, bpm_number),
        key: row.key.clone().unwrap_or_default(),
        take: row.source_title.clone(),
        seed: row.seed.to_string(),
        name: stem_name(row).replace(' ', "-"),
        date: row.made_on.clone(),
    };
    let name = file_stem(pattern, &facts);
    format!("{name}.{}", export.format.extension())
}

/// `1.2 s` or `310 ms` of audio lost.
pub fn lost(frames: u64, sample_rate_hz: u32) -> String {
    let secs = frames as f64 / f64::from(sample_rate_hz.max(1));
    if secs >= 1.0 {
        format!("{secs:.1} s lost")
    } else {
        format!("{:.0} ms lost", (secs * 1000.0).ceil())
    }
}

pub fn selected(count: usize) -> String {
    format!("{count} selected")
}

/// Makes an error's words a sentence: a capital first, a full stop last.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let stop = if words.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.unwrap_or_default(), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(clock(42.9), "0:42");
        assert_eq!(clock(3723.0), "1:02:03");
        assert_eq!(clock_tenths(59.96), "0:59.9");
    }

    #[test]
    fn places_are_said_in_bars_and_beats() {
        assert_eq!(bars_beats(0.0, 4, 1.0), "1|1");
        assert_eq!(bars_beats(65.0, 4, 1.0), "17|2");
        assert_eq!(bars_beats(2.999_999_99, 3, 1.0), "2|1");
        assert_eq!(bars_beats(3.0, 6, 0.5), "2|1", "six eighths");
    }

    #[test]
    fn tempo_and_level_keep_what_matters() {
        assert_eq!(bpm(137.000_000_130_737_52), "137 BPM");
        assert_eq!(bpm(92.5), "92.5 BPM");
        assert_eq!(decibels(-0.04), "0.0 dB");
        assert_eq!(decibels(-14.25), "−14.3 dB");
        assert_eq!(decibels(2.0), "+2.0 dB");
        assert_eq!(lost(480, 48_000), "10 ms lost");
        assert_eq!(lost(72_000, 48_000), "1.5 s lost");
    }

    #[test]
    fn sizes_and_counts_are_short() {
        assert_eq!(bytes(1), "1 kB");
        assert_eq!(bytes(340 << 20), "340 MB");
        assert_eq!(bytes(1288490189), "1.2 GB");
        assert_eq!(takes(1), "1 take");
        assert_eq!(deleted(3), "3 stems deleted");
    }

    #[test]
    fn an_error_becomes_a_sentence() {
        assert_eq!(sentence("this cannot be"), "This cannot be.");
        assert_eq!(sentence("Really?"), "Really?");
    }
}
