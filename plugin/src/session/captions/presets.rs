//! Built-in captions: what players of each track can be told, in the words engines know.

use sideman_shared::music::Track;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// `Brushed indie kit`
    pub name: &'static str,
    pub words: &'static str,
}

const fn preset(name: &'static str, words: &'static str) -> Preset {
    Preset { name, words }
}

pub fn presets(track: Track) -> &'static [Preset] {
    match track {
        Track::Vocals => VOCALS,
        Track::BackingVocals => BACKING_VOCALS,
        Track::Drums => DRUMS,
        Track::Bass => BASS,
        Track::Guitar => GUITAR,
        Track::Keyboard => KEYBOARD,
        Track::Strings => STRINGS,
        Track::Synth => SYNTH,
        Track::Percussion => PERCUSSION,
        Track::Brass => BRASS,
        Track::Woodwinds => WOODWINDS,
        Track::Fx => FX,
    }
}

const VOCALS: &[Preset] = &[
    preset(
        "Soulful indie",
        "soulful indie vocalist, warm, wordless melody, expressive",
    ),
    preset(
        "Breathy and close",
        "breathy female vocal, close microphone, intimate, soft, dry",
    ),
    preset(
        "Big chorus",
        "powerful pop vocal, belted chorus, bright, confident, doubled",
    ),
    preset(
        "Gravel and smoke",
        "raspy male blues vocal, gravelly, slow phrasing, raw",
    ),
    preset(
        "Falsetto",
        "airy male falsetto, smooth R&B phrasing, light vibrato",
    ),
    preset(
        "Folk story",
        "plain folk vocal, honest, gentle, storytelling, no reverb",
    ),
    preset(
        "Dream pop",
        "ethereal female vocal, long reverb, floating, layered, hazy",
    ),
    preset(
        "Rock edge",
        "gritty rock vocal, energetic, slightly distorted, driving",
    ),
    preset(
        "Rap flow",
        "confident rap vocal, tight rhythm, rhythmic phrasing, dry",
    ),
    preset(
        "Neo soul ad-libs",
        "neo soul vocal, melismatic runs, relaxed behind the beat, warm",
    ),
];

const BACKING_VOCALS: &[Preset] = &[
    preset(
        "Close harmony",
        "background vocals, close harmony, wordless, warm",
    ),
    preset(
        "Oohs and aahs",
        "soft oohs and aahs, wide stereo, blended, gentle swells",
    ),
    preset(
        "Gospel choir",
        "gospel choir, full harmonies, powerful, joyful, roomy",
    ),
    preset(
        "Call and response",
        "group vocals answering the lead, short phrases, lively",
    ),
    preset(
        "Whispered doubles",
        "whispered vocal doubles, panned left and right, airy, quiet",
    ),
    preset(
        "Sixties stack",
        "sixties vocal group harmonies, tight, bright, vintage tone",
    ),
    preset(
        "Gang shouts",
        "gang vocals, shouted accents on the chorus, energetic, raw",
    ),
    preset(
        "Vocal pad",
        "sustained wordless vocal pad, slow attack, soft, wide",
    ),
    preset(
        "Low hums",
        "low male humming harmonies, dark, warm, restrained",
    ),
];

const DRUMS: &[Preset] = &[
    preset(
        "Live indie kit",
        "live acoustic drum kit, tight kick and snare, brushed hi-hats",
    ),
    preset(
        "Dry seventies",
        "dry seventies drum kit, dead snare, tea towel toms, steady groove",
    ),
    preset(
        "Big rock room",
        "big rock drums, roomy, hard hitting snare, crash accents, fills",
    ),
    preset(
        "Boom bap",
        "boom bap drums, dusty sampled kick and snare, swung hi-hats",
    ),
    preset(
        "Four on the floor",
        "house drum machine, four on the floor kick, open hats, claps",
    ),
    preset(
        "Trap",
        "trap drums, deep 808 kick, crisp snare, rolling hi-hats",
    ),
    preset(
        "Brushes",
        "jazz brushes on snare, ride cymbal, soft kick, swinging, quiet",
    ),
    preset(
        "Motown backbeat",
        "motown drums, tambourine on the backbeat, punchy, steady",
    ),
    preset(
        "Half-time ballad",
        "half-time ballad drums, cross-stick, soft toms, spacious",
    ),
    preset(
        "Electro eighties",
        "eighties drum machine, gated snare, electronic toms, tight",
    ),
    preset(
        "Breakbeat",
        "fast breakbeat drums, chopped, ghost notes, energetic",
    ),
];

const BASS: &[Preset] = &[
    preset(
        "Round and locked",
        "round electric bass, locked to the kick, root notes with passing tones",
    ),
    preset(
        "Motown walk",
        "flatwound electric bass, melodic motown lines, warm, muted",
    ),
    preset(
        "Slap funk",
        "slap bass, funky, syncopated, bright, percussive",
    ),
    preset("Sub", "deep sub bass, sine, long notes, clean low end"),
    preset(
        "Synth bass",
        "analog synth bass, sixteenth notes, filtered, driving",
    ),
    preset(
        "Picked rock",
        "picked electric bass, eighth notes, slight overdrive, tight",
    ),
    preset("Upright", "upright bass, walking jazz line, woody, natural"),
    preset("Dub", "dub reggae bass, heavy, sparse, deep, laid back"),
];

const GUITAR: &[Preset] = &[
    preset(
        "Clean arpeggios",
        "clean electric guitar, gentle arpeggios, warm",
    ),
    preset(
        "Acoustic strum",
        "strummed acoustic guitar, open chords, bright, steady",
    ),
    preset(
        "Fingerpicked",
        "fingerpicked acoustic guitar, delicate, close, folk",
    ),
    preset(
        "Funk chops",
        "funk rhythm guitar, sixteenth note chops, clean, muted, tight",
    ),
    preset(
        "Crunch riffs",
        "overdriven electric guitar, riffs, crunchy, energetic",
    ),
    preset(
        "Ambient swells",
        "ambient guitar swells, long delay and reverb, soft, wide",
    ),
    preset(
        "Bottleneck",
        "slide guitar, bluesy fills between phrases, warm overdrive",
    ),
    preset(
        "Nylon bossa",
        "nylon string guitar, bossa nova rhythm, soft, syncopated",
    ),
];

const KEYBOARD: &[Preset] = &[
    preset(
        "Mellow electric piano",
        "mellow electric piano, soft comping chords",
    ),
    preset(
        "Felt piano",
        "felt piano, sparse, intimate, slow chords, quiet",
    ),
    preset(
        "Pop piano",
        "bright pop piano, rhythmic chords, driving eighth notes",
    ),
    preset(
        "Gospel organ",
        "gospel organ, rotary speaker, held chords and swells",
    ),
    preset("Clavinet", "funky clavinet, syncopated, wah, percussive"),
    preset(
        "Jazz comping",
        "jazz piano comping, extended chords, sparse, swinging",
    ),
    preset(
        "Honky-tonk",
        "honky-tonk upright piano, lively, slightly out of tune",
    ),
];

const STRINGS: &[Preset] = &[
    preset(
        "Warm section",
        "warm string section, long notes, gentle swells",
    ),
    preset(
        "Pizzicato",
        "pizzicato strings, light, playful, short notes",
    ),
    preset(
        "Cinematic",
        "cinematic string orchestra, wide, emotional, rising lines",
    ),
    preset(
        "Quartet",
        "string quartet, intimate, counter melodies, dry room",
    ),
    preset(
        "Disco strings",
        "disco strings, fast runs and stabs, bright, octaves",
    ),
    preset(
        "Solo cello",
        "solo cello, lyrical counter melody, warm, close",
    ),
];

const SYNTH: &[Preset] = &[
    preset("Soft arpeggio", "soft analog synth, slow arpeggio, wide"),
    preset(
        "Warm pad",
        "warm analog pad, slow attack, evolving, wide stereo",
    ),
    preset(
        "Retro lead",
        "retro synth lead, glide, vibrato, melodic, eighties",
    ),
    preset("Pluck", "short synth plucks, delay, rhythmic, bright"),
    preset("Supersaw", "supersaw chords, sidechained, big, euphoric"),
    preset(
        "Glass bells",
        "FM synth bells, glassy, sparse, high register",
    ),
];

const PERCUSSION: &[Preset] = &[
    preset("Shaker and conga", "shaker and conga, light, steady"),
    preset(
        "Tambourine",
        "tambourine on two and four, handclaps, lively",
    ),
    preset(
        "Latin",
        "latin percussion, congas, bongos, guiro, cowbell, busy",
    ),
    preset("Cajon", "cajon and soft shaker, acoustic, warm, unplugged"),
    preset(
        "Found sounds",
        "found sound percussion, wood and metal clicks, sparse, dry",
    ),
];

const BRASS: &[Preset] = &[
    preset(
        "Tasteful stabs",
        "small horn section, short stabs, tasteful",
    ),
    preset(
        "Soul horns",
        "soul horn section, punchy riffs, trumpet, tenor sax, trombone",
    ),
    preset(
        "Muted trumpet",
        "solo muted trumpet, lyrical, late night, soft",
    ),
    preset(
        "Big band",
        "big band brass, swells and shakes, bold, swinging",
    ),
    preset("Ska line", "ska horns, bright off-beat melody, energetic"),
];

const WOODWINDS: &[Preset] = &[
    preset("Airy flute", "airy flute, lyrical answering phrases"),
    preset(
        "Tenor sax",
        "smoky tenor saxophone, slow melodic fills, warm",
    ),
    preset(
        "Clarinet",
        "clarinet counter melody, playful, light, legato",
    ),
    preset(
        "Woodwind pads",
        "woodwind ensemble, soft sustained chords, pastoral",
    ),
    preset(
        "Bass clarinet",
        "bass clarinet, dark low figures, sparse, woody",
    ),
];

const FX: &[Preset] = &[
    preset(
        "Risers and impacts",
        "risers and soft impacts at section changes",
    ),
    preset(
        "Vinyl and room",
        "vinyl crackle and room tone, quiet, constant",
    ),
    preset(
        "Sweeps",
        "filtered noise sweeps, slow, wide, before each section",
    ),
    preset(
        "Reverse swells",
        "reversed cymbal and piano swells into downbeats",
    ),
    preset(
        "Glitches",
        "digital glitches and stutters, sparse, rhythmic",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_track_has_a_choice_that_begins_with_its_default() {
        for track in Track::ALL {
            let all = presets(track);
            let main = matches!(track, Track::Vocals | Track::BackingVocals | Track::Drums);
            assert!(all.len() >= if main { 8 } else { 4 }, "{track}");
            assert_eq!(all[0].words, track.default_caption());
            let mut names: Vec<_> = all.iter().map(|p| p.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all.len(), "{track}: a name stands for one");
            // ACE-Step's documented length of a prompt.
            assert!(all.iter().all(|p| p.words.len() < 512));
        }
    }
}
