//! The regular look at the service, and the words for the health light.

use super::{
    api::ClientEvent,
    error::ClientError,
    http::Service,
    outbox::Outbox,
    retry::{Backoff, chance},
};
use reqwest::Method;
use serde::Deserialize;
use sideman_shared::protocol::{Code, EngineList};
use std::sync::Arc;
use tokio::sync::Notify;

/// `GET /health`, as far as the light needs it.
#[derive(Debug, Default, Deserialize)]
struct HealthAnswer {
    #[serde(default)]
    queue: Queue,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Queue {
    waiting: u64,
    running: u64,
}

/// Looks for ever; `now` asks for a look at once, `back` wakes the jobs that wait.
pub async fn watch(service: Arc<Service>, out: Outbox, now: Arc<Notify>, back: Arc<Notify>) {
    let waits = &service.waits;
    let mut backoff = Backoff::new(waits.probe, waits.longest_retry.max(waits.probe));
    let mut was_away = false;
    loop {
        let event = look(&service).await;
        let is_away = matches!(event, ClientEvent::Away { .. });
        if was_away && !is_away {
            back.notify_waiters();
        }
        was_away = is_away;
        out.say(event).await;
        let wait = if is_away {
            backoff.pause(chance())
        } else {
            backoff = Backoff::new(waits.probe, waits.longest_retry.max(waits.probe));
            waits.probe
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = now.notified() => {}
        }
    }
}

/// One look.
pub async fn look(service: &Service) -> ClientEvent {
    let engines = service.request(Method::GET, "/v1/engines");
    match service.json::<EngineList>(engines).await {
        Ok(engines) => match engine_trouble(&engines) {
            Some(words) => ClientEvent::Degraded {
                words,
                engines: Some(engines),
            },
            None => {
                let words = healthy_words(service, &engines).await;
                ClientEvent::Healthy { words, engines }
            }
        },
        Err(error) => trouble(service, error),
    }
}

fn engine_trouble(list: &EngineList) -> Option<String> {
    if list.engines.iter().any(|e| e.healthy) {
        return None;
    }
    Some(match list.engines.first() {
        Some(engine) => format!(
            "Connected, but the {} engine cannot play now: {} Jobs wait until it can.",
            engine.name,
            sentence(&engine.detail)
        ),
        None => "Connected, but the service has no engine. Its operator must set one up.".into(),
    })
}

async fn healthy_words(service: &Service, list: &EngineList) -> String {
    let names: Vec<_> = list
        .engines
        .iter()
        .filter(|e| e.healthy)
        .map(|e| e.name.as_str())
        .collect();
    let engines = match names.as_slice() {
        [one] => format!("{one} engine"),
        many => format!("engines {}", many.join(", ")),
    };
    // The queue is a nicety: without it the light is as green.
    let health = service.request(Method::GET, "/health");
    let queue = match service.json::<HealthAnswer>(health).await {
        Ok(health) => queue_words(&health.queue),
        Err(_) => String::new(),
    };
    format!("Connected: {engines}{queue}.")
}

fn queue_words(queue: &Queue) -> String {
    match (queue.running, queue.waiting) {
        (0, 0) => ", nothing waiting".into(),
        (running, 0) => format!(", {running} running"),
        (running, waiting) => format!(", {running} running, {waiting} waiting"),
    }
}

fn trouble(service: &Service, error: ClientError) -> ClientEvent {
    let address = service.address();
    match error {
        ClientError::Never(failure) => match failure.code {
            Some(Code::Unauthorized) if service.has_key() => degraded(format!(
                "The service at {address} does not accept this API key. Correct it in Settings."
            )),
            Some(Code::Unauthorized) => degraded(format!(
                "The service at {address} wants an API key. Enter it in Settings."
            )),
            Some(Code::Forbidden) => degraded(format!(
                "This API key may not use the service at {address}. Ask its operator for one that \
                 may."
            )),
            Some(_) => degraded(with_hint(&failure.title, failure.hint.as_deref())),
            None => away(with_hint(&failure.title, failure.hint.as_deref())),
        },
        ClientError::Later(later) if later.at_last.code.is_some() => {
            degraded(with_hint(&later.reason, later.at_last.hint.as_deref()))
        }
        ClientError::Later(later) if later.at_last.detail.contains("in time") => away(format!(
            "{address} does not answer in time. Look whether the wrapper-service is well, or \
             correct the address in Settings."
        )),
        ClientError::Later(later) if later.counted => away(format!(
            "What answers at {address} does not speak as a Sideman service does. Correct the \
             address in Settings."
        )),
        ClientError::Later(_) => away(format!(
            "Nothing answers at {address}. Start the wrapper-service or correct the address in \
             Settings."
        )),
    }
}

fn degraded(words: String) -> ClientEvent {
    ClientEvent::Degraded {
        words,
        engines: None,
    }
}

fn away(words: String) -> ClientEvent {
    ClientEvent::Away { words }
}

fn with_hint(title: &str, hint: Option<&str>) -> String {
    match hint {
        Some(hint) => format!("{} {hint}", sentence(title)),
        None => sentence(title),
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
