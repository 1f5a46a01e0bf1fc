use super::{Failure, runtime, stop_signal};
use crate::{
    audio::{self, AudioError, Finished, Probe, StemTags},
    cli::RenderArgs,
    config::Config,
    engine::{Engine, EngineError, EngineRequest, ProgressSink, TaskNote, Work},
};
use sideman_shared::{
    analysis::{self, Analysis, Hints},
    audio::AudioBuffer,
    music::Track,
    protocol::{AudioFormat, Code, LOOP_ASSIST_BELOW_SECS, Stage},
};
use std::{
    io::{Write as _, stderr, stdout},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

/// Plays the tracks one after another and prints each file's path on stdout.
pub fn render(config: &Config, args: RenderArgs) -> Result<(), Failure> {
    let target = Target::of(&args)?;
    // Said here in plain words; deeper down it would be a fault of the disk.
    std::fs::File::open(&args.source).map_err(|cause| {
        Failure::Run(format!("{} cannot be read: {cause}", args.source.display()))
    })?;
    runtime()?.block_on(async {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        tokio::spawn(async move {
            stop_signal().await;
            stop.cancel();
        });
        let session = Session::open(config, args, cancel).await?;
        for &track in &session.args.track {
            let path = session.play(track, &target).await?;
            writeln!(stdout(), "{}", path.display()).map_err(Failure::unwritten)?;
        }
        Ok(())
    })
}

/// Where the stems go.
#[derive(Debug, PartialEq)]
enum Target {
    File(PathBuf, AudioFormat),
    Folder(PathBuf),
}

impl Target {
    /// A path that is a folder, or ends like one, or has no extension, is a folder.
    fn of(args: &RenderArgs) -> Result<Self, Failure> {
        let path = &args.output;
        let text = path.to_string_lossy();
        let like_folder = path.is_dir() || text.ends_with(['/', std::path::MAIN_SEPARATOR]);
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let format = match extension.as_deref() {
            _ if like_folder => None,
            None => None,
            Some("wav") => Some(AudioFormat::Wav),
            Some("flac") => Some(AudioFormat::Flac),
            Some("mp3") => Some(AudioFormat::Mp3),
            Some(other) => {
                return Err(Failure::Usage(format!(
                    "-o {text}: stems cannot be written as .{other}; use .wav, .flac, .mp3 or a folder"
                )));
            }
        };
        match format {
            Some(_) if args.track.len() > 1 => Err(Failure::Usage(format!(
                "-o {text} is one file, but {} tracks were asked for; give a folder",
                args.track.len()
            ))),
            Some(format) => Ok(Self::File(path.clone(), format)),
            None => Ok(Self::Folder(path.clone())),
        }
    }
}

/// One source, listened to once.
struct Session {
    args: RenderArgs,
    engine_name: &'static str,
    engine: Arc<dyn Engine>,
    probe: Probe,
    source: Arc<AudioBuffer>,
    analysis: Arc<Analysis>,
    seed: u32,
    cancel: CancellationToken,
}

impl Session {
    async fn open(
        config: &Config,
        args: RenderArgs,
        cancel: CancellationToken,
    ) -> Result<Self, Failure> {
        let path = args.source.clone();
        let limits = config.limits.audio;
        let hints = Hints {
            bpm: args.bpm,
            key: args.key,
            ..Hints::default()
        };
        let heard = tokio::task::spawn_blocking(move || {
            let probe = audio::probe(&path, &limits)?;
            let source = audio::decode(&path, &limits)?;
            let analysis = analysis::analyse(&source, &hints);
            Ok::<_, AudioError>((probe, source, analysis))
        });
        let (probe, source, analysis) = heard
            .await
            .map_err(Failure::run)?
            .map_err(|error| said(&args.source, error.code(), &error))?;
        let analysis = analysis.map_err(|error| {
            Failure::Run(format!(
                "{}: {error}; give the tempo with --bpm",
                args.source.display()
            ))
        })?;
        let key = analysis.key.map_or("no key".into(), |key| key.to_string());
        say(&format!(
            "{}: {:.1} s, {} BPM, {key}",
            args.source.display(),
            source.duration_secs(),
            analysis.bpm
        ));
        let (engine_name, engine) = super::engine(config)?;
        Ok(Self {
            seed: args.seed.unwrap_or_else(rand::random),
            engine_name,
            engine,
            probe,
            source: Arc::new(source),
            analysis: Arc::new(analysis),
            cancel,
            args,
        })
    }

    async fn play(&self, track: Track, target: &Target) -> Result<PathBuf, Failure> {
        let mut seed = self.seed;
        let (finished, model) = match self.candidate(track, seed).await? {
            (finished, _) if finished.report.silent => {
                seed = seed.wrapping_add(1);
                say(&format!("{track}: silence; trying again with seed {seed}"));
                self.candidate(track, seed).await?
            }
            audible => audible,
        };
        if finished.report.silent {
            let detail = format!("{track} was silent with two seeds");
            return Err(said(&self.args.source, Code::EngineSilent, &detail));
        }
        self.write(track, seed, &finished, model, target)
    }

    async fn candidate(
        &self,
        track: Track,
        seed: u32,
    ) -> Result<(Finished, Option<String>), Failure> {
        let failed = |error: EngineError| said(&self.args.source, error.code(), &error);
        let request = EngineRequest {
            work: Work::default(),
            task: TaskNote::ignore(),
            source_path: self.args.source.clone(),
            source: self.source.clone(),
            analysis: self.analysis.clone(),
            track,
            caption: self.caption(track).to_owned(),
            lyrics: None,
            language: None,
            seed,
            region: None,
            steps: None,
            guidance_scale: None,
            lora: None,
            loop_assist: self.source.duration_secs() < LOOP_ASSIST_BELOW_SECS,
        };
        let output = self
            .engine
            .generate(request, progress_of(track), self.cancel.clone())
            .await
            .map_err(failed)?;
        let probe = self.probe;
        let finished = tokio::task::spawn_blocking(move || audio::finish(output.audio, &probe))
            .await
            .map_err(Failure::run)?
            .map_err(|error| said(&self.args.source, error.code(), &error))?;
        Ok((finished, output.model))
    }

    fn caption(&self, track: Track) -> &str {
        let said = self.args.caption.as_deref();
        said.filter(|text| !text.trim().is_empty())
            .unwrap_or(track.default_caption())
    }

    fn write(
        &self,
        track: Track,
        seed: u32,
        finished: &Finished,
        model: Option<String>,
        target: &Target,
    ) -> Result<PathBuf, Failure> {
        let tags = StemTags {
            track,
            bpm: self.analysis.bpm,
            meter: self.analysis.meter,
            key: self.analysis.key,
            seed,
            engine: self.engine_name.into(),
            model,
            caption: self.caption(track).to_owned(),
            song_position_secs: None,
        };
        let (path, format) = match target {
            Target::File(path, format) => (path.clone(), *format),
            Target::Folder(folder) => {
                let format = AudioFormat::Wav;
                (folder.join(tags.file_name(format)), format)
            }
        };
        if is_same_file(&path, &self.args.source) {
            return Err(Failure::Usage(format!(
                "-o {} is the source itself; give another path",
                path.display()
            )));
        }
        write_whole(&path, |part| {
            audio::encode(&finished.audio, format, &tags, part)
        })
        .map_err(|error| said(&path, error.code(), &error))?;
        let report = &finished.report;
        say(&format!(
            "{track}: seed {seed}, peak {:.1} dBFS, {} BPM",
            report.peak_dbfs, tags.bpm
        ));
        Ok(path)
    }
}

/// Nobody ever sees half a stem under its own name.
fn write_whole(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), AudioError>,
) -> Result<(), AudioError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = write(&part).and_then(|()| Ok(std::fs::rename(&part, path)?));
    if written.is_err() {
        // It may not exist; the first error is the one worth telling.
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Lines on stderr, one for each stage and quarter.
fn progress_of(track: Track) -> ProgressSink {
    let last = AtomicU32::new(u32::MAX);
    ProgressSink::new(move |stage, fraction| {
        let quarter = (fraction * 4.0) as u32;
        let step = stage as u32 * 8 + quarter;
        if last.swap(step, Ordering::Relaxed) != step {
            say(&format!("{track}: {} {} %", words(stage), quarter * 25));
        }
    })
}

fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::WaitingForGpu => "waiting for the GPU",
        Stage::LoadingModel => "loading the model",
        Stage::Generating => "playing",
        Stage::Decoding => "decoding",
        Stage::Checking => "checking",
        Stage::Storing => "storing",
    }
}

fn say(line: &str) {
    // A closed stderr only loses the progress.
    let _ = writeln!(stderr(), "{line}");
}

/// What, why, what next, in the words of the contract; its words for our own faults speak of a server.
fn said(about: &Path, code: Code, cause: &dyn std::fmt::Display) -> Failure {
    if code == Code::Internal {
        return Failure::Run(format!("{}: {cause}", about.display()));
    }
    Failure::Run(format!(
        "{}: {} ({cause}) {}",
        about.display(),
        code.title(),
        code.hint()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn target(tracks: &str, output: &str) -> Result<Target, Failure> {
        let words = [
            "wrapper-service",
            "render",
            "a.wav",
            "--track",
            tracks,
            "-o",
            output,
        ];
        match Cli::parse_from(words).command {
            Command::Render(args) => Target::of(&args),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_output_decides_format_and_number() {
        assert_eq!(
            target("drums", "a.MP3").unwrap(),
            Target::File("a.MP3".into(), AudioFormat::Mp3)
        );
        assert_eq!(
            target("drums,bass", "x/").unwrap(),
            Target::Folder("x/".into())
        );
        assert!(matches!(
            target("drums,bass", "a.wav"),
            Err(Failure::Usage(_))
        ));
        assert!(matches!(target("drums", "a.txt"), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/stem.wav");
        let failed = write_whole(&path, |part| {
            std::fs::write(part, "half")?;
            Err(AudioError::Unreadable("test".into()))
        });
        assert!(failed.is_err());
        assert_eq!(dir.path().join("new").read_dir().unwrap().count(), 0);
    }
}
