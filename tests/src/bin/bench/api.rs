//! The calls of a client, with errors instead of panics.

use super::workbench::Workbench;
use anyhow::{Context, Result, bail};
use reqwest::blocking::{Body, Response};
use serde_json::Value;
use sideman_tests::service::{Service, Setup};
use std::io::{BufRead as _, BufReader};

/// A service of its own with its folder on the workbench.
///
/// # Errors
/// It does not start.
pub fn start(bench: &Workbench) -> Result<Service> {
    Setup::new().data(bench.folder()?).try_start()
}

/// The id of a source that the service has not seen before.
///
/// # Errors
/// Any answer but 201.
pub fn upload(service: &Service, body: impl Into<Body>) -> Result<String> {
    let request = service
        .post("/v1/sources")
        .header("content-type", "audio/wav");
    let answer = json(request.body(body).send()?, 201)?;
    text(&answer, "source_id")
}

/// Submits a job and follows its events until its end.
///
/// # Errors
/// It does not succeed.
pub fn play(service: &Service, request: &Value) -> Result<()> {
    let job = json(service.post("/v1/jobs").json(request).send()?, 202)?;
    let events = service.get(&format!("/v1/jobs/{}/events", text(&job, "job_id")?));
    let mut is_end = false;
    for line in BufReader::new(events.send()?.error_for_status()?).lines() {
        let line = line?;
        is_end |= line == "event: end";
        if let (true, Some(data)) = (is_end, line.strip_prefix("data:")) {
            let ended: Value = serde_json::from_str(data)?;
            anyhow::ensure!(ended["state"] == "succeeded", "the job ended as {ended}");
            return Ok(());
        }
    }
    bail!("the job's events broke off")
}

fn json(response: Response, wanted: u16) -> Result<Value> {
    let status = response.status();
    let body = response.text()?;
    anyhow::ensure!(
        status.as_u16() == wanted,
        "the service said {status}: {body}"
    );
    serde_json::from_str(&body).with_context(|| format!("no JSON: {body}"))
}

fn text(answer: &Value, field: &str) -> Result<String> {
    let text = answer[field].as_str();
    Ok(text
        .with_context(|| format!("no {field} in {answer}"))?
        .to_owned())
}
