//! A whole session: its three threads, a disk, a small service, and an audio side that remembers.

use crate::{
    audition::ClipSet,
    capture::Cut,
    client::tests::server::{self, Server},
    session::{
        AudioSide, CaptureView, Command, Folders, Form, Health, HostNow, JobPhase, Listening,
        ProjectState, Reseed, ServiceEntry, SessionConfig, SessionHandle, SessionView, Settings,
        StemRow, UserChange, start,
    },
};
use parking_lot::Mutex;
use sideman_shared::music::Track;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);
const KEY: &str = "sk-session-s3cret";

#[derive(Default)]
struct Heard {
    enabled: bool,
    folder: Option<PathBuf>,
    clips: ClipSet,
}

#[derive(Default, Clone)]
struct FakeAudio(Arc<Mutex<Heard>>);

impl AudioSide for FakeAudio {
    fn set_capture_enabled(&self, on: bool) {
        self.0.lock().enabled = on;
    }

    fn set_listening(&self, _: Listening) {}

    fn grab(&self, _: Cut) {}

    fn rescue(&self, _: PathBuf) {}

    fn forget_memory(&self) {}

    fn set_capture_folder(&self, folder: PathBuf) {
        self.0.lock().folder = Some(folder);
    }

    fn set_audition(&self, clips: ClipSet) {
        self.0.lock().clips = clips;
    }

    fn tick(&self) -> Option<HostNow> {
        None
    }
}

struct Bench {
    session: SessionHandle,
    audio: FakeAudio,
}

impl Bench {
    fn new(home: &Path, restored: Option<ProjectState>) -> Self {
        let audio = FakeAudio::default();
        let session = start(SessionConfig {
            audio: Box::new(audio.clone()),
            capture_events: crossbeam_channel::never(),
            on_change: Box::new(|| ()),
            folders: Folders {
                config: home.join("config"),
                data: home.join("data"),
            },
            host: HostNow::default(),
            restored,
        });
        Self {
            session: session.unwrap(),
            audio,
        }
    }

    fn at(home: &Path, address: &str) -> Self {
        let bench = Self::new(home, None);
        bench.send(Command::ApplySettings(Box::new(Settings {
            service_address: address.to_owned(),
            ..Settings::default()
        })));
        bench
    }

    fn send(&self, command: Command) {
        assert!(self.session.send(command));
    }

    fn until(&self, what: &str, is_so: impl Fn(&SessionView) -> bool) -> Arc<SessionView> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let view = self.session.view();
            if is_so(&view) {
                return view;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("never {what}: {:#?}", self.session.view());
    }

    fn open_song(&self, home: &Path) {
        let song = home.join("song.wav");
        std::fs::write(&song, server::wav(48_000)).unwrap();
        self.send(Command::OpenSource(song));
        self.until("a source", |v| v.source.is_some());
    }

    /// A drum stem; the row's id.
    fn make_stem(&self, home: &Path) -> String {
        self.open_song(home);
        self.send(Command::EditForm(Box::new(Form {
            track: Track::Drums,
            ..Form::default()
        })));
        self.send(Command::Generate);
        // The stem comes before the word that its job is over.
        let view = self.until("a drawn stem and no job", |v| {
            let drawn = |s: &StemRow| !s.peaks.pairs.is_empty();
            v.stems.first().is_some_and(drawn) && v.jobs.is_empty()
        });
        view.stems[0].id.clone()
    }
}

#[test]
fn a_song_gets_its_stem_and_the_stem_is_heard_deleted_and_brought_back() {
    let home = tempfile::tempdir().unwrap();
    let service = Server::good();
    let bench = Bench::at(home.path(), &service.address());
    bench.until("green", |v| v.service.health == Health::Good);
    let stem = bench.make_stem(home.path());
    let path = bench.session.view().stems[0].path.clone();
    assert!(path.is_file() && path.with_extension("json").is_file());

    let on = true;
    bench.send(Command::Audition {
        stem: stem.clone(),
        on,
    });
    bench.send(Command::SetStemGain {
        stem: stem.clone(),
        gain_db: -6.0,
    });
    let heard = || {
        let audio = bench.audio.0.lock();
        let clip = audio.clips.clips.first();
        clip.map(|c| (c.frames(), (c.gain * 1000.0).round() as i32))
    };
    bench.until("heard", |_| heard() == Some((server::FRAMES as usize, 501)));

    bench.send(Command::DeleteStems { stems: vec![stem] });
    bench.until("deleted", |v| v.stems.is_empty() && v.can_undo_delete);
    bench.until("in the trash", |_| !path.exists());
    assert_eq!(heard(), None);
    bench.send(Command::UndoDelete);
    bench.until("back", |v| v.stems.len() == 1 && path.is_file());
    assert!(bench.session.shutdown());
    assert!(bench.session.shutdown(), "twice is as good");
}

#[test]
fn a_project_opened_again_has_its_stems_and_finds_its_jobs() {
    let home = tempfile::tempdir().unwrap();
    let service = Server::good();
    let bench = Bench::at(home.path(), &service.address());
    bench.send(Command::SetApiKey {
        address: service.address(),
        key: KEY.into(),
    });
    bench.until("a key", has_key);
    bench.make_stem(home.path());
    let mut saved = (*bench.session.project_state()).clone();
    assert!(bench.session.shutdown());

    let text = serde_json::to_string(&saved).unwrap();
    assert!(!text.contains(KEY) && !format!("{:?}", bench.session.view()).contains(KEY));
    saved = serde_json::from_str(&text).unwrap();
    // As if it had been saved while the job still ran.
    let take = saved.source.clone().unwrap();
    let request = sideman_shared::protocol::JobRequest::new("", vec![Track::Drums]);
    saved.jobs.push(crate::session::SavedJob {
        id: "job-of-yesterday".into(),
        job_id: Some(server::JOB.into()),
        take,
        request,
        service: Default::default(),
        delivered: Vec::new(),
    });
    let reopened = Bench::new(home.path(), Some(saved.clone()));
    let view = reopened.until("both stems", |v| v.stems.len() == 2 && v.jobs.is_empty());
    assert!(has_key(&view) && view.stems.iter().all(|s| !s.missing));
    let now = reopened.session.project_state();
    assert_eq!(now.instance_id, saved.instance_id);

    // A duplicated track: the same state while the first still runs.
    let duplicate = Bench::new(home.path(), Some((*now).clone()));
    duplicate.until("the same stems", |v| v.stems.len() == 2);
    assert_ne!(
        duplicate.session.project_state().instance_id,
        now.instance_id
    );
    let theirs = duplicate.session.view().stems[0].clone();
    duplicate.send(Command::DeleteStems {
        stems: vec![theirs.id],
    });
    duplicate.until("one row less", |v| v.stems.len() == 1);
    assert!(duplicate.session.shutdown());
    assert!(
        theirs.path.is_file(),
        "another instance's file is not touched"
    );
    assert!(reopened.session.shutdown());
}

#[test]
fn a_take_waits_for_its_service_and_nothing_blocks_the_end() {
    let home = tempfile::tempdir().unwrap();
    let bench = Bench::at(home.path(), "http://127.0.0.1:1");
    let view = bench.until("away", |v| v.service.health == Health::Away);
    assert!(view.service.words.starts_with("Nothing answers at"));
    bench.open_song(home.path());
    bench.send(Command::Generate);
    bench.until("waiting", |v| {
        let mut jobs = v.jobs.iter();
        jobs.any(|j| matches!(j.phase, JobPhase::WaitingForService { .. }))
    });
    assert_eq!(bench.session.project_state().jobs.len(), 1);
    assert!(bench.session.shutdown());
}

#[test]
fn a_song_that_is_gone_from_the_disk_is_said_before_anything_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let service = Server::good();
    let bench = Bench::at(home.path(), &service.address());
    let stem = bench.make_stem(home.path());
    std::fs::remove_file(home.path().join("song.wav")).unwrap();
    let sent = service.count("POST", "/v1/jobs");
    bench.send(Command::Reroll {
        stem,
        seed: Reseed::New,
    });
    let view = bench.until("a failure", |v| {
        let mut jobs = v.jobs.iter();
        jobs.any(|job| matches!(job.phase, JobPhase::Failed { .. }))
    });
    let JobPhase::Failed {
        title,
        detail,
        hint,
        can_retry,
        ..
    } = &view.jobs[0].phase
    else {
        unreachable!("just seen");
    };
    assert!(title.contains("gone from the disk") && detail.contains("song.wav"));
    assert!(hint.as_ref().unwrap().contains("drop it on the window") && *can_retry);
    assert_eq!(service.count("POST", "/v1/jobs"), sent);
    assert!(bench.session.shutdown());
}

#[test]
fn capture_has_a_folder_before_it_begins_and_none_is_made_for_a_look() {
    let home = tempfile::tempdir().unwrap();
    let bench = Bench::new(home.path(), None);
    bench.until("a view", |v| !v.service.address.is_empty());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    bench.send(Command::SetCapture(true));
    bench.until("armed", |v| v.capture == CaptureView::Armed);
    bench.until("enabled", |_| bench.audio.0.lock().enabled);
    let folder = bench.audio.0.lock().folder.clone().unwrap();
    assert!(folder.join("takes").is_dir());
    assert!(bench.session.shutdown());
}

#[test]
fn a_folder_that_cannot_be_used_is_said_and_capture_stays_off() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("data"), b"a file in the way").unwrap();
    let bench = Bench::new(home.path(), None);
    bench.send(Command::SetCapture(true));
    let view = bench.until("a notice", |v| !v.notices.is_empty());
    assert!(view.notices[0].text.contains("choose another folder"));
    bench.until("off", |v| v.capture == CaptureView::Off);
    assert!(!bench.audio.0.lock().enabled);
    assert!(bench.session.shutdown());
}

fn has_key(view: &SessionView) -> bool {
    view.service
        .list
        .iter()
        .any(|row| row.chosen && row.key.is_some())
}

#[test]
fn what_one_instance_changes_the_other_learns_and_offline_jobs_go_out_later() {
    let home = tempfile::tempdir().unwrap();
    let service = Server::good();
    let (one, two) = (Bench::new(home.path(), None), Bench::new(home.path(), None));
    let entry = ServiceEntry {
        name: "Studio".into(),
        address: service.address(),
    };
    one.send(Command::ChangeUser(Box::new(UserChange::AddService(entry))));
    one.until("two services", |v| v.service.list.len() == 2);
    one.send(Command::ChooseService("Studio".into()));
    one.until("good", |v| v.service.health == Health::Good);
    two.until("the news", |v| v.service.list.len() == 2);

    two.send(Command::ChangeUser(Box::new(UserChange::Offline(true))));
    one.until("offline", |v| v.service.health == Health::Offline);
    one.open_song(home.path());
    one.send(Command::Generate);
    one.until("a waiting job", |v| {
        let waits =
            |j: &crate::session::JobView| matches!(j.phase, JobPhase::WaitingForService { .. });
        v.jobs.iter().any(waits)
    });
    assert_eq!(service.count("POST", "/v1/jobs"), 0);
    one.send(Command::ChangeUser(Box::new(UserChange::Offline(false))));
    one.until("a stem", |v| v.stems.len() == 1 && v.jobs.is_empty());
    assert!(one.session.shutdown() && two.session.shutdown());
}

#[test]
fn the_folder_moves_with_all_in_it_and_older_saves_still_find_their_files() {
    let (home, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let service = Server::good();
    let bench = Bench::at(home.path(), &service.address());
    bench.make_stem(home.path());
    let old = bench.session.view().stems[0].path.clone();
    let saved = (*bench.session.project_state()).clone();
    let mut settings = bench.session.view().settings.clone();
    settings.cache_folder = Some(disk.path().to_owned());
    bench.send(Command::ApplySettings(Box::new(settings)));
    let view = bench.until("moved", |v| {
        v.moving.is_none() && v.settings.cache_folder.is_some()
    });
    let new = view.stems[0].path.clone();
    assert!(new.starts_with(disk.path()) && new.is_file() && new.with_extension("json").is_file());
    bench.until("cleared", |_| !old.exists());
    bench.until("surveyed", |v| {
        let own = v
            .storage
            .as_ref()
            .and_then(|s| s.instances.first().cloned());
        own.is_some_and(|own| own.is_own && own.stems == 1)
    });
    assert!(bench.session.shutdown());

    // Saved before the move, opened after it.
    let reopened = Bench::new(home.path(), Some(saved));
    let view = reopened.until("the stem found again", |v| {
        v.stems
            .first()
            .is_some_and(|s| s.path == new && !s.peaks.pairs.is_empty())
    });
    assert!(!view.stems[0].missing);
    assert!(reopened.session.shutdown());
}

#[test]
fn a_disk_that_is_away_has_a_refuge_and_what_was_kept_there_comes_back() {
    let (home, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let usb = disk.path().join("usb");
    let service = Server::good();
    let mut project = ProjectState::default();
    project.settings.cache_folder = Some(usb.clone());
    project.settings.service_name.clear();
    project.settings.service_address = service.address();
    let bench = Bench::new(home.path(), Some(project));
    bench.make_stem(home.path());
    let kept = bench.session.view().stems[0].path.clone();
    assert!(
        kept.starts_with(home.path().join("data/recovery")),
        "{kept:?}"
    );
    bench.until("told", |v| {
        v.notices.iter().any(|n| n.text.contains("move back"))
    });
    assert!(!usb.exists(), "nothing is made where the disk should be");

    std::fs::create_dir(&usb).unwrap();
    let view = bench.until("back", |v| v.stems[0].path.starts_with(&usb));
    assert!(view.stems[0].path.is_file());
    assert!(bench.session.shutdown());
}

#[test]
fn a_stem_is_dragged_and_saved_as_the_settings_say() {
    let home = tempfile::tempdir().unwrap();
    let service = Server::good();
    let bench = Bench::at(home.path(), &service.address());
    let stem = bench.make_stem(home.path());
    let mut settings = bench.session.view().settings.clone();
    settings.export = crate::session::ExportSettings {
        format: crate::session::ExportFormat::Flac,
        pattern: "{track} {seed}".into(),
    };
    bench.send(Command::ApplySettings(Box::new(settings)));
    let view = bench.until("made for dragging", |v| {
        v.stems[0]
            .drag_path
            .extension()
            .is_some_and(|e| e == "flac")
    });
    let row = &view.stems[0];
    assert!(row.drag_path.is_file() && row.path.is_file());
    let out = home.path().join("out");
    std::fs::create_dir(&out).unwrap();
    for _ in 0..2 {
        bench.send(Command::SaveStemsTo {
            stems: vec![stem.clone()],
            folder: out.clone(),
        });
    }
    let name = row
        .drag_path
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    for file in [format!("{name}.flac"), format!("{name}-2.flac")] {
        let file = out.join(file);
        bench.until("saved", |_| {
            std::fs::metadata(&file).is_ok_and(|m| m.len() > 100)
        });
    }
    assert!(bench.session.shutdown());
}

#[test]
fn a_host_that_saves_straight_after_loading_saves_what_it_loaded() {
    let home = tempfile::tempdir().unwrap();
    let bench = Bench::new(home.path(), None);
    let loaded = ProjectState::clone(&bench.session.project_state());
    // Fewer than the queue holds: nobody waits for the session.
    for round in 0..10 {
        // Work that waits when the host loads: what comes of it belongs to the project before.
        for turn in 0..20 {
            bench.send(Command::EditForm(Box::new(Form {
                track: [Track::Drums, Track::Bass][turn % 2],
                ..Form::default()
            })));
        }
        assert!(bench.session.restore(loaded.clone()));
        for _ in 0..200 {
            let saved = bench.session.project_state();
            assert_eq!(*saved, loaded, "round {round}");
        }
    }
}

#[test]
fn the_project_knows_its_instance_from_the_first_moment() {
    let home = tempfile::tempdir().unwrap();
    for restored in [None, Some(ProjectState::default())] {
        let bench = Bench::new(home.path(), restored);
        let first = bench.session.project_state();
        assert!(!first.instance_id.is_empty());
        bench.until("a first turn", |view| {
            view.service.health != Health::Unknown
        });
        assert_eq!(bench.session.project_state(), first);
    }
}
