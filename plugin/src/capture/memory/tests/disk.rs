//! What lies on the disk, and what a crash leaves of it.

use super::*;

#[test]
fn silence_alone_writes_nothing_and_sound_after_it_keeps_its_place() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play_by(500_000, 4096, |_| 0.0);
    host.memory.save().unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    assert!(host.memory.news().unwrap().quiet_secs > 10.0);
    host.play(100_000);
    host.memory.save().unwrap();
    let (_, samples) = host.cut(home.path(), Cut::Range(450_000..550_000));
    assert!(samples[..50_000].iter().all(|sample| *sample == 0.0));
    assert_eq!((samples[50_000], samples[99_999]), (500_001.0, 550_000.0));
}

#[test]
fn the_disk_it_takes_is_bounded_and_the_newest_stay() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    let minutes = 12 * 60 * 48_000;
    host.play_by(minutes, 48_000, |sample| sample);
    host.memory.save().unwrap();
    let folder = std::fs::read_dir(home.path().join("memory")).unwrap();
    let bytes: u64 = folder
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    let limit = (u64::from(MEMORY_SECS) + 8) * 48_000 * 4;
    assert!(
        (limit * 98 / 100..limit + 100_000).contains(&bytes),
        "{bytes} of {limit}"
    );
    let news = host.memory.news().unwrap();
    assert_eq!(news.kept.end, minutes);
    assert!(news.kept.end - news.kept.start >= u64::from(MEMORY_SECS) * 48_000);
    let pairs = (news.kept.end - news.kept.start) / MEMORY_BUCKET_FRAMES as u64;
    assert_eq!(news.pairs.len() as u64, pairs);
    let old = host.find(Cut::Range(0..100_000)).unwrap_err();
    assert!(old.contains("left the memory"), "{old}");
    let (take, samples) = host.cut(home.path(), Cut::LastBars(4));
    assert_eq!(
        (take.start_samples, samples.len()),
        (Some(minutes as i64 - 4 * 96_000), 4 * 96_000)
    );
    // A float counts whole frames up to 2^24 only.
    assert_eq!(take.start_beats, Some(24.0 * 60.0 - 16.0));
}

#[test]
fn another_rate_begins_another_memory() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play(200_000);
    host.clock.sample_rate_hz = 44_100;
    host.played = 0;
    host.play(100_000);
    let news = host.memory.news().unwrap();
    assert_eq!((news.sample_rate_hz, news.runs.len()), (44_100, 1));
    assert_eq!(news.kept, 0..100_000);
}

#[test]
fn after_a_crash_it_is_whole_up_to_the_last_save_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play_by(60_000, 4096, |_| 0.0);
    host.play(400_000);
    host.memory.save().unwrap();
    host.play(20_000);
    // The process dies here: nothing is finished.
    std::mem::forget(host.memory);

    let mut reopened = Host::on_disk(120.0, Meter::COMMON, home.path());
    reopened.memory.recover();
    assert!(reopened.memory.last_run_secs() > 9.5);
    let (take, samples) = reopened.cut(home.path(), Cut::LastBars(4));
    assert_eq!((take.start_beats, samples.len()), (Some(0.0), 4 * 96_000));
    assert_eq!((samples[59_999], samples[60_000]), (0.0, 60_001.0));
    assert!(take.path.with_file_name(FINISHED).exists());
    // It grows on from there.
    let end = reopened.memory.store.kept().end;
    reopened.seek(9_600_000);
    reopened.play(100_000);
    let (_, samples) = reopened.cut(home.path(), Cut::SincePlay);
    assert_eq!((samples.len(), samples[0]), (100_000, 1.0));
    assert_eq!(reopened.memory.store.kept().end, end + 100_000);
    // And goes when the session ends as it should.
    reopened.memory.forget();
    assert!(!home.path().join("memory").exists());
}

#[test]
fn a_cut_fails_rather_than_take_silence_for_sound_that_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::on_disk(120.0, Meter::COMMON, home.path());
    host.play(200_000);
    let cutter = host
        .memory
        .begin_cut(Some(home.path()), Cut::SincePlay)
        .unwrap();
    host.memory.forget();
    assert!(cutter.go_on(host.memory.store()).is_err());
    let takes = std::fs::read_dir(home.path().join("takes"))
        .unwrap()
        .count();
    assert_eq!(takes, 0);
}

#[test]
fn without_a_folder_it_asks_for_one_and_waits_a_segment_long() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::without_folder(120.0, Meter::COMMON);
    assert!(!host.memory.needs_folder());
    host.play_by(50_000, 1000, |_| 0.0);
    assert!(!host.memory.needs_folder(), "silence needs none");
    host.play(100_000);
    assert!(host.memory.needs_folder());
    host.memory.set_folder(home.path());
    host.play(100_000);
    let (_, samples) = host.cut(home.path(), Cut::Range(50_000..250_000));
    assert!(
        samples
            .iter()
            .zip(50_001..)
            .all(|(sample, i)| *sample == i as f32)
    );
}
