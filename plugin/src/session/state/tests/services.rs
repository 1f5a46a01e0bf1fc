//! Which service is used, by name and by address, online and offline.

use super::*;
use crate::session::{
    Health, ServiceEntry, ServiceTest, Settings, UserChange, UserSettings, persist::ProjectState,
};

fn entry(name: &str, address: &str) -> ServiceEntry {
    ServiceEntry {
        name: name.into(),
        address: address.into(),
    }
}

/// Two services in the user's list.
fn user() -> UserSettings {
    let mut user = UserSettings::default();
    user.apply(UserChange::AddService(entry("Studio", "http://studio:1")));
    user
}

impl Story {
    /// The user's settings as changed, told as the actor tells them.
    fn user(&mut self, change: UserChange) -> Vec<Effect> {
        let mut user = self.state.user.clone();
        user.apply(change);
        self.on(Event::User(Box::new(user)))
    }

    fn with_user() -> Self {
        let mut story = Self::new();
        story.on(Event::User(Box::new(user())));
        story
    }
}

fn connect(address: &str) -> Effect {
    Effect::Connect {
        address: address.into(),
    }
}

fn chosen(story: &Story) -> (String, String) {
    let view = story.view();
    let row = view.service.list.iter().find(|row| row.chosen).unwrap();
    assert_eq!(view.service.address, row.address);
    (row.name.clone(), row.address.clone())
}

#[test]
fn a_service_is_chosen_by_name_and_preferred_from_then_on() {
    let mut story = Story::with_user();
    let effects = story.say(Command::ChooseService("Studio".into()));
    let prefer = UserChange::Prefer("Studio".into());
    let wanted = [
        connect("http://studio:1"),
        Effect::ChangeUser(Box::new(prefer)),
    ];
    assert_eq!(effects, wanted);
    assert_eq!(chosen(&story).0, "Studio");
    assert!(
        story
            .say(Command::ChooseService("nobody".into()))
            .is_empty()
    );
}

#[test]
fn a_renamed_or_moved_service_is_followed() {
    let mut story = Story::with_user();
    story.say(Command::ChooseService("Studio".into()));
    // Another instance renames it.
    story.user(UserChange::EditService {
        was: "Studio".into(),
        entry: entry("Attic", "http://studio:1"),
    });
    assert_eq!(chosen(&story).0, "Attic");
    // And moves it.
    let effects = story.user(UserChange::EditService {
        was: "Attic".into(),
        entry: entry("Attic", "http://attic:1"),
    });
    assert!(effects.contains(&connect("http://attic:1")), "{effects:?}");
    // Here both at once.
    let both = UserChange::EditService {
        was: "Attic".into(),
        entry: entry("Cellar", "http://cellar:1"),
    };
    let effects = story.say(Command::ChangeUser(Box::new(both.clone())));
    assert_eq!(effects[0], connect("http://cellar:1"));
    story.user(both);
    assert_eq!(chosen(&story), ("Cellar".into(), "http://cellar:1".into()));
}

#[test]
fn a_removed_service_gives_way_to_another() {
    let mut story = Story::with_user();
    story.say(Command::ChooseService("Studio".into()));
    let remove = UserChange::RemoveService("Studio".into());
    let effects = story.say(Command::ChangeUser(Box::new(remove.clone())));
    assert_eq!(effects[0], connect("http://127.0.0.1:8002"));
    story.user(remove);
    assert_eq!(chosen(&story).0, "Local");
    assert_eq!(story.view().service.list.len(), 1);
}

#[test]
fn a_project_names_its_service_and_an_older_one_only_its_address() {
    let open = |name: &str, address: &str| {
        let mut story = Story::with_user();
        let effects = story.on(Event::Restore(Box::new(ProjectState {
            settings: Settings {
                service_name: name.into(),
                service_address: address.into(),
                ..Settings::default()
            },
            ..ProjectState::default()
        })));
        let connects = effects
            .iter()
            .filter(|e| matches!(e, Effect::Connect { .. }));
        assert_eq!(connects.count(), 1);
        chosen(&story)
    };
    let studio = ("Studio".to_owned(), "http://studio:1".to_owned());
    assert_eq!(open("Studio", "http://where-it-was:1"), studio);
    assert_eq!(open("", "http://studio:1"), studio);
    assert_eq!(open("Theirs", "http://theirs:1").1, "http://theirs:1");
    let old: Settings = serde_json::from_str(r#"{"service_address":"http://a:1"}"#).unwrap();
    assert_eq!(old.service_name, "");
}

#[test]
fn offline_nothing_is_sent_and_online_it_goes_on_where_it_was() {
    let (mut story, id) = Story::with_job();
    story.client(ClientEvent::Submitted {
        local_id: id.clone(),
        job_id: "remote-1".into(),
    });
    assert_eq!(story.user(UserChange::Offline(true)), [Effect::Disconnect]);
    assert_eq!(story.view().service.health, Health::Offline);
    // News that was on its way, and a light.
    story.client(ClientEvent::Progress {
        local_id: id.clone(),
        job: Box::new(news(JobState::Running, 0.5)),
    });
    let waits = |story: &Story| {
        let jobs = story.view().jobs;
        jobs.iter().all(|job| {
            matches!(&job.phase, JobPhase::WaitingForService { reason, retry_in_secs }
                if reason.contains("offline") && retry_in_secs.is_infinite())
        })
    };
    assert!(waits(&story));
    assert!(story.say(Command::Generate).is_empty());
    assert!(waits(&story) && story.view().jobs.len() == 2);
    let test = Command::TestService {
        address: "http://studio:1".into(),
    };
    assert!(story.say(test).is_empty(), "not even a test");

    let effects = story.user(UserChange::Offline(false));
    assert!(
        matches!(
            &effects[..],
            [
                Effect::Connect { .. },
                Effect::StartJob { .. },
                Effect::ResumeJob { id: resumed, job_id, .. },
            ] if *resumed == id && job_id == "remote-1"
        ),
        "{effects:?}"
    );
}

#[test]
fn a_job_stays_with_its_service_and_follows_its_name() {
    let mut story = Story::with_user();
    story.say(Command::ChooseService("Studio".into()));
    story.on(Event::Capture(CaptureEvent::Finished(take())));
    story.say(Command::Generate);
    let id = story.view().jobs[0].id.clone();
    story.client(ClientEvent::Submitted {
        local_id: id.clone(),
        job_id: "remote-1".into(),
    });
    story.say(Command::ChooseService("Local".into()));
    let resumed_at = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::ResumeJob { address, .. } => Some(address.clone()),
            _ => None,
        })
    };
    let mut reopened = Story::with_user();
    let project = story.state.project();
    let effects = reopened.on(Event::Restore(Box::new(project)));
    assert_eq!(chosen(&reopened).0, "Local");
    assert_eq!(resumed_at(&effects).as_deref(), Some("http://studio:1"));

    // The studio moves, and gets another name.
    let edit = UserChange::EditService {
        was: "Studio".into(),
        entry: entry("Big studio", "http://studio:2"),
    };
    story.say(Command::ChangeUser(Box::new(edit.clone())));
    story.user(edit);
    let moved = story.state.project().jobs[0].service.clone();
    assert_eq!(moved, entry("Big studio", "http://studio:2"));
}

#[test]
fn a_test_has_an_answer_in_words() {
    let mut story = Story::with_user();
    let address = "http://studio:1".to_owned();
    let effects = story.say(Command::TestService {
        address: address.clone(),
    });
    let wanted = Effect::TestService {
        address: address.clone(),
    };
    assert_eq!(effects, [wanted]);
    let test = |story: &Story| story.view().service.list[1].test.clone();
    assert_eq!(test(&story), Some(ServiceTest::Asking));
    story.client(ClientEvent::Tested {
        address,
        answer: Box::new(ClientEvent::Away {
            words: "Nothing answers.".into(),
        }),
    });
    let answered = ServiceTest::Answered {
        health: Health::Away,
        words: "Nothing answers.".into(),
    };
    assert_eq!(test(&story), Some(answered));
    assert_eq!(story.view().service.health, Health::Unknown, "not in use");
}

#[test]
fn the_engines_are_kept_as_the_service_names_them() {
    let mut story = Story::with_user();
    let text = r#"{"engines":[{"name":"sketch","healthy":false,"detail":"It loads.",
        "tracks":["drums"],"features":{"seed":true}}]}"#;
    let engines: sideman_shared::protocol::EngineList = serde_json::from_str(text).unwrap();
    story.client(ClientEvent::Degraded {
        words: "w".into(),
        engines: Some(engines.clone()),
    });
    assert_eq!(story.view().service.engines, engines.engines);
    story.client(ClientEvent::Away { words: "w".into() });
    assert!(story.view().service.engines.is_empty());
}
