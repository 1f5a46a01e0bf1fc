//! Candidates against each other, marks, several deleted at once, the folder moved.

use super::*;
use crate::session::{
    ClipKey, ExportFormat, ExportSettings, Fades, FolderNews, FolderWish, FolderWork, Settings,
    StemMarks, storage::Relocation,
};
use sideman_shared::protocol::Region;

/// With three drum stems to one take; their ids, the newest first.
fn with_stems() -> (Story, Vec<String>) {
    let (mut story, job) = Story::with_job();
    for id in ["stem-1", "stem-2", "stem-3"] {
        story.stem_ready(&job, id);
    }
    story.client(ClientEvent::Done { local_id: job });
    let ids = story.view().stems.into_iter().map(|row| row.id).collect();
    (story, ids)
}

fn heard(effects: &[Effect]) -> (Vec<String>, bool) {
    let Some(Effect::Play { clips, mute_input }) = effects.last() else {
        panic!("{effects:?}");
    };
    let ids = clips.iter().map(|clip| match &clip.key {
        ClipKey::Stem(id) => id.clone(),
        ClipKey::Source(_) => "source".into(),
    });
    (ids.collect(), *mute_input)
}

#[test]
fn a_switch_keeps_the_old_one_until_the_new_one_is_decoded() {
    let (mut story, ids) = with_stems();
    let stem = ids[0].clone();
    story.say(Command::Audition { stem, on: true });
    let stem = ids[1].clone();
    let effects = story.say(Command::SwitchTo { stem });
    assert!(matches!(effects[..], [Effect::LoadClip { .. }]));
    let playing = |story: &Story| story.view().stems.iter().position(|s| s.auditioning);
    assert_eq!(playing(&story), Some(0), "no gap");
    let key = ClipKey::Stem(ids[1].clone());
    let effects = story.loader(LoaderEvent::ClipReady { key });
    assert_eq!(heard(&effects), (vec![ids[1].clone()], false));
    assert_eq!(playing(&story), Some(1));
}

#[test]
fn solo_silences_the_rest_and_follows_the_switch() {
    let (mut story, ids) = with_stems();
    for stem in &ids[..2] {
        let stem = stem.clone();
        story.say(Command::Audition { stem, on: true });
    }
    let effects = story.say(Command::Solo(Some(ids[0].clone())));
    assert_eq!(heard(&effects), (vec![ids[0].clone()], true));
    story.say(Command::SwitchTo {
        stem: ids[2].clone(),
    });
    let key = ClipKey::Stem(ids[2].clone());
    let effects = story.loader(LoaderEvent::ClipReady { key });
    assert_eq!(heard(&effects), (vec![ids[2].clone()], true));
    assert!(story.view().stems[2].soloed);
    let effects = story.say(Command::Solo(None));
    assert_eq!(heard(&effects), (vec![ids[2].clone()], false));
    let effects = story.say(Command::MuteSource(true));
    assert!(heard(&effects).1 && story.view().mute_source);
}

#[test]
fn what_was_heard_and_said_is_there_again_in_the_opened_project() {
    let (mut story, ids) = with_stems();
    let stem = || ids[1].clone();
    let fades = Fades {
        in_ms: 20.0,
        out_ms: 9e9,
    };
    let marks = StemMarks {
        favourite: true,
        name: "the one".into(),
        notes: "verse\nonly".into(),
        ..StemMarks::default()
    };
    let stem_fades = Command::SetStemFades {
        stem: stem(),
        fades,
    };
    story.say(stem_fades);
    let effects = story.say(Command::MarkStem {
        stem: stem(),
        marks: Box::new(marks.clone()),
    });
    assert!(matches!(effects[..], [Effect::WriteSidecar(_)]));
    story.say(Command::Solo(Some(stem())));
    let text = serde_json::to_string(&story.state.project()).unwrap();
    let mut reopened = Story::new();
    let effects = reopened.on(Event::Restore(serde_json::from_str(&text).unwrap()));
    let loads = |e: &&Effect| matches!(e, Effect::LoadClip { .. });
    assert_eq!(effects.iter().filter(loads).count(), 1);
    let row = &reopened.view().stems[1];
    assert!(row.soloed && row.auditioning && row.marks == marks);
    assert_eq!(row.fades.out_ms, Fades::MAX_MS);
    assert!(row.can_reroll && row.source_title.starts_with("Captured"));
}

#[test]
fn a_part_finds_its_parent_by_the_service_s_name() {
    let (mut story, job) = Story::with_job();
    story.stem_ready(&job, "base");
    let parent = story.view().stems[0].id.clone();
    let mut project = story.state.project();
    let mut part = project.stems[0].clone();
    part.id = "other-job.part".into();
    let request = part.request.as_mut().unwrap();
    request.base_stem_id = Some("base".into());
    request.region = Some(Region {
        start_secs: 2.0,
        end_secs: 4.0,
    });
    project.stems.insert(0, part);
    story.on(Event::Restore(Box::new(project)));
    let row = &story.view().stems[0];
    assert_eq!(row.parent, Some(parent));
    assert_eq!(row.region.unwrap().end_secs, 4.0);
    assert_eq!(row.stack, story.view().stems[1].stack);
}

#[test]
fn several_are_deleted_and_come_back_in_their_places() {
    let (mut story, ids) = with_stems();
    let stems = vec![ids[0].clone(), ids[2].clone()];
    let effects = story.say(Command::DeleteStems { stems });
    assert_eq!(effects.len(), 2);
    assert_eq!(story.view().stems.len(), 1);
    let stems = vec![ids[1].clone()];
    story.say(Command::DeleteStems { stems });
    story.say(Command::UndoDelete);
    story.say(Command::UndoDelete);
    let back: Vec<_> = story.view().stems.into_iter().map(|row| row.id).collect();
    assert_eq!(back, ids);
    assert!(!story.view().can_undo_delete);
}

#[test]
fn stems_are_made_ready_for_dragging_when_the_settings_ask_for_it() {
    let (mut story, ids) = with_stems();
    let settings = Settings {
        export: ExportSettings {
            format: ExportFormat::Flac,
            pattern: "{name}".into(),
        },
        ..Settings::default()
    };
    let effects = story.say(Command::ApplySettings(Box::new(settings)));
    assert_eq!(effects.len(), 3);
    let path = std::path::PathBuf::from("/exports/x.flac");
    story.loader(LoaderEvent::Prepared {
        stem: ids[0].clone(),
        path: path.clone(),
    });
    assert_eq!(story.view().stems[0].drag_path, path);
    assert_eq!(story.view().stems[1].drag_path, story.view().stems[1].path);
    // A new name is a new file.
    let effects = story.say(Command::MarkStem {
        stem: ids[0].clone(),
        marks: Box::new(StemMarks {
            name: "new".into(),
            ..StemMarks::default()
        }),
    });
    assert!(matches!(effects[..], [_, Effect::Export { .. }]));
    assert_ne!(story.view().stems[0].drag_path, path);
}

#[test]
fn a_moved_folder_is_named_everywhere_and_only_then_cleared() {
    let (mut story, _) = with_stems();
    let to = Some(std::path::PathBuf::from("/disk"));
    let wish = Command::Folder(FolderWish::Move(to.clone()));
    assert_eq!(story.say(wish.clone()).len(), 1);
    assert!(story.say(wish).is_empty() && story.told().contains("already"));
    assert_eq!(story.state.project().moving.unwrap().to, to);
    story.loader(LoaderEvent::Folder(FolderNews::Progress {
        done_bytes: 1,
        total_bytes: 2,
    }));
    assert_eq!(story.view().moving.unwrap().done_bytes, 1);
    let done = Relocation {
        from: "/nowhere".into(),
        to: "/disk/instances/i".into(),
        files: Vec::new(),
    };
    let news = FolderNews::Moved(Some(done.clone()));
    let effects = story.loader(LoaderEvent::Folder(news));
    assert_eq!(
        effects[..2],
        [
            Effect::SetCacheFolder(to),
            Effect::Folder(FolderWork::ClearOld(done)),
        ]
    );
    let project = story.state.project();
    assert!(project.moving.is_none());
    let paths = project.stems.iter().map(|stem| &stem.path);
    let mut paths = paths.chain([&project.source.as_ref().unwrap().path]);
    assert!(paths.all(|path| path.starts_with("/disk/instances/i")));
}

#[test]
fn a_move_that_fails_changes_nothing_and_says_why() {
    let (mut story, _) = with_stems();
    let before = story.state.project();
    story.say(Command::Folder(FolderWish::Move(Some("/disk".into()))));
    story.loader(LoaderEvent::Folder(FolderNews::Stopped {
        error: Some("it needs 300 MB and 12 MB are free".into()),
    }));
    assert_eq!(story.state.project(), before);
    assert!(story.told().contains("12 MB are free"));
}
