//! Starting, stopping, and having the plug pulled: no accepted job and no finished stem is lost.

use crate::api_support::{TRACKS, job, long_job};
use serde_json::Value;
use sideman_tests::{
    service::{Service, Setup},
    songs,
};

fn stem_ids(job: &Value) -> Vec<String> {
    let stems = job["stems"].as_array().unwrap();
    stems
        .iter()
        .map(|stem| stem["stem_id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_job_survives_a_pulled_plug_with_the_stems_it_had() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(10.0, 120.0));
    let running = service.submit(&job(&source_id, &TRACKS));
    let waiting = service.submit(&job(&source_id, &["drums"]));
    let seen = service.wait_for(&running, |job| {
        !job["stems"].as_array().unwrap().is_empty() || job["finished_at"].is_string()
    });
    assert_eq!(
        seen["state"], "running",
        "the job was over before the plug was pulled"
    );
    let data = service.pull_the_plug();

    let service = Setup::new().data(data).start();
    let done = service.finish(&running);
    assert_eq!(done["state"], "succeeded", "{done:#}");
    let ids = stem_ids(&done);
    assert_eq!(ids.len(), TRACKS.len());
    for id in stem_ids(&seen) {
        assert!(ids.contains(&id), "the finished stem {id} was lost");
    }
    for stem in done["stems"].as_array().unwrap() {
        let answer = service.send(service.get(stem["url"].as_str().unwrap()));
        assert!(answer.body.starts_with(b"RIFF"), "{stem}");
    }
    assert_eq!(service.finish(&waiting)["state"], "succeeded");
}

#[cfg(unix)]
#[test]
fn a_running_job_may_finish_before_the_service_goes() {
    let service = Setup::new().arg("--drain").arg("100").start();
    let source_id = service.upload(songs::song_wav(4.0, 120.0));
    let running = service.submit(&job(&source_id, &["drums", "bass", "strings"]));
    let waiting = service.submit(&job(&source_id, &["drums"]));
    service.wait_for(&running, |job| job["state"] != "queued");
    service.terminate();
    let (status, rest, data) = service.wait_for_exit();
    assert_eq!((status.code(), rest.as_str()), (Some(0), ""));

    // Without a worker for the waiting one yet, what is there was there before.
    let service = Setup::new().data(data).start();
    let first_look = service
        .send(service.get(&format!("/v1/jobs/{running}")))
        .json();
    assert_eq!(first_look["state"], "succeeded", "{first_look:#}");
    assert_eq!(service.finish(&waiting)["state"], "succeeded");
}

#[cfg(unix)]
#[test]
fn a_job_that_cannot_finish_in_time_goes_back_to_the_queue() {
    let service = Setup::new().arg("--drain").arg("0").start();
    let source_id = service.upload(songs::song_wav(20.0, 120.0));
    let job_id = service.submit(&long_job(&source_id));
    service.wait_for(&job_id, |job| job["state"] == "running");
    // A follower must not keep the service from going.
    let following = service
        .get(&format!("/v1/jobs/{job_id}/events"))
        .send()
        .unwrap();
    service.terminate();
    let (status, _, data) = service.wait_for_exit();
    assert_eq!(status.code(), Some(0));
    drop(following);

    let service = Setup::new().data(data).start();
    let again = service.wait_for(&job_id, |job| job["state"] == "running");
    assert_eq!(again["error"], Value::Null);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
}

#[test]
fn two_services_do_not_share_a_folder() {
    let service = Service::start();
    let mut second = sideman_tests::service::command();
    second
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(service.data_dir());
    let output = second.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("used by another wrapper-service"), "{said}");
    assert!(
        output.stdout.is_empty(),
        "it said where it listens and did not"
    );
}
