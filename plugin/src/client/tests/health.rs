//! The words of the health light.

use super::{
    super::{ClientEvent, ClientRequest},
    Bench,
    server::{self, Reply, Server},
};
use serde_json::json;

fn look(address: &str) -> ClientEvent {
    Bench::new(address).until(|e| !matches!(e, ClientEvent::KeyKnown { .. }))
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
            ClientEvent::Degraded { words, .. } => (words, false),
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

#[test]
fn any_service_can_be_tested_without_leaving_the_one_in_use() {
    let (used, other) = (Server::good(), Server::good());
    let mut bench = Bench::new(&used.address());
    bench.until(|e| matches!(e, ClientEvent::Healthy { .. }));
    let address = other.address();
    bench.ask(ClientRequest::Test {
        address: address.clone(),
    });
    let told = bench.until(|e| matches!(e, ClientEvent::Tested { .. }));
    assert!(
        matches!(&told, ClientEvent::Tested { address: a, answer }
            if *a == address && matches!(**answer, ClientEvent::Healthy { .. })),
        "{told:?}"
    );
    assert_eq!(used.count("GET", "/v1/engines"), 1);
}

#[test]
fn disconnected_it_sends_nothing_and_connected_again_it_goes_on() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    bench.until(|e| matches!(e, ClientEvent::Healthy { .. }));
    bench.ask(ClientRequest::Disconnect);
    bench.start();
    let failed = bench.until(|e| matches!(e, ClientEvent::Failed { .. }));
    assert!(super::words(&failed).contains("No service is set"));
    assert_eq!(server.count("POST", "/v1/jobs"), 0);
    bench.ask(ClientRequest::Connect {
        address: server.address(),
    });
    bench.start();
    assert!(super::is_done(&bench.end()));
}

#[test]
fn where_keys_lie_is_told_without_the_keys() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    bench.ask(ClientRequest::FindKeys(vec![
        "elsewhere:1".into(),
        server.address(),
    ]));
    let known = |address: &str| {
        let address = address.to_owned();
        move |e: &ClientEvent| matches!(e, ClientEvent::KeyKnown { address: a, .. } if *a == address)
    };
    let told = bench.until(known("elsewhere:1"));
    assert!(matches!(told, ClientEvent::KeyKnown { place: None, .. }));
    let told = bench.until(known(&server.address()));
    let kept = Some(crate::client::KeyPlace::File);
    assert!(matches!(told, ClientEvent::KeyKnown { place, .. } if place == kept));
}
