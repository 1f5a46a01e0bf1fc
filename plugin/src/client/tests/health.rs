//! The words of the health light.

use super::{
    super::{ClientEvent, ClientRequest},
    Bench,
    server::{self, Reply, Server},
};
use serde_json::json;

fn look(address: &str) -> ClientEvent {
    Bench::new(address).until(|_| true)
}

fn light(reply: Reply) -> ClientEvent {
    let server = Server::start(move |r| r.is("GET", "/v1/engines").then(|| reply.clone()));
    look(&server.address())
}

#[test]
fn green_says_who_plays_and_what_waits() {
    let server = Server::good();
    let ClientEvent::Healthy { words, engines } = look(&server.address()) else {
        panic!("not healthy");
    };
    assert_eq!(words, "Connected: sketch engine, nothing waiting.");
    assert_eq!(engines.engines[0].tracks.len(), 2);

    let busy = Server::start(|r| {
        r.is("GET", "/health")
            .then(|| Reply::json(200, &json!({"queue": {"waiting": 2, "running": 1}})))
    });
    let said = format!("{:?}", look(&busy.address()));
    assert!(
        said.contains("sketch engine, 1 running, 2 waiting."),
        "{said}"
    );
}

#[test]
fn anything_else_says_what_is_wrong_and_what_to_do() {
    let problem = |status, code| Reply::problem(status, code, &json!({}));
    for (event, is_away, word) in [
        (
            light(problem(401, "unauthorized")),
            false,
            "does not accept this API key",
        ),
        (light(problem(403, "forbidden")), false, "operator"),
        (
            light(problem(503, "engine_unreachable")),
            false,
            "Hint of engine_unreachable",
        ),
        (
            light(Reply::json(200, &server::engines(false))),
            false,
            "sketch engine cannot play",
        ),
        (light(Reply::html()), true, "not a Sideman service"),
        (
            light(Reply::Raw(b"hello\r\n".to_vec())),
            true,
            "does not speak",
        ),
        (
            look("http://127.0.0.1:1"),
            true,
            "Nothing answers at http://127.0.0.1:1. Start",
        ),
        (look("not an address"), true, "is not an address"),
    ] {
        let (words, away) = match event {
            ClientEvent::Degraded { words } => (words, false),
            ClientEvent::Away { words } => (words, true),
            other => panic!("{other:?}"),
        };
        assert_eq!(away, is_away, "{words}");
        assert!(words.contains(word), "{words}");
    }
}

#[test]
fn a_look_can_be_asked_for() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    bench.until(|e| matches!(e, ClientEvent::Healthy { .. }));
    assert!(bench.client.send(ClientRequest::Probe));
    bench.until(|e| matches!(e, ClientEvent::Healthy { .. }));
    assert_eq!(server.count("GET", "/v1/engines"), 2);
}
