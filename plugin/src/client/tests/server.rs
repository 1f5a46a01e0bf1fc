//! A wrapper-service as small as it can be: one thread per connection, one request per connection.

use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::testing::wav_bytes;
use parking_lot::Mutex;

pub const JOB: &str = "job-00000001";
pub const STEM: &str = "stem-00000001";
/// Of [`wav`] and of the stem.
pub const FRAMES: u32 = 4800;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    /// Requests with the same method and path before this one.
    pub earlier: usize,
}

impl Request {
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

#[derive(Debug, Clone)]
pub enum Reply {
    Full {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Announces the whole body and sends only so much of it.
    Cut {
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        sent: usize,
    },
    /// Sends this and then stays silent until the server ends.
    Hang(Vec<u8>),
    Raw(Vec<u8>),
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::Full {
            status,
            headers: vec![("Content-Type", "application/json".into())],
            body: body.to_string().into_bytes(),
        }
    }

    pub fn problem(status: u16, code: &str, more: &Value) -> Self {
        let mut body = json!({
            "type": format!("urn:sideman:problem:{code}"), "title": format!("Title of {code}."),
            "status": status, "detail": format!("detail of {code}"), "code": code,
            "hint": format!("Hint of {code}."), "request_id": "req-1",
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        Self::Full {
            status,
            headers: vec![("Content-Type", "application/problem+json".into())],
            body: body.to_string().into_bytes(),
        }
    }

    pub fn html() -> Self {
        Self::Full {
            status: 200,
            headers: vec![("Content-Type", "text/html".into())],
            body: b"<html><body>Router login</body></html>".to_vec(),
        }
    }

    pub fn events(text: &str) -> Self {
        Self::Full {
            status: 200,
            headers: vec![("Content-Type", "text/event-stream".into())],
            body: text.as_bytes().to_vec(),
        }
    }
}

type Script = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

pub struct Server {
    port: u16,
    pub log: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the accepting thread.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Server {
    /// A good service, except where `script` answers instead.
    pub fn start(script: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::at(0, script)
    }

    pub fn good() -> Self {
        Self::start(|_| None)
    }

    pub fn at(
        port: u16,
        script: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            log: Arc::default(),
            stop: Arc::default(),
        };
        let (log, stop) = (Arc::clone(&server.log), Arc::clone(&server.stop));
        let script: Arc<Script> = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (log, stop, script) = (Arc::clone(&log), Arc::clone(&stop), script.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &log, &stop, &*script));
            }
        });
        server
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn count(&self, method: &str, path: &str) -> usize {
        let log = self.log.lock();
        log.iter().filter(|r| r.is(method, path)).count()
    }

    /// Waits until such a request has come.
    pub fn wait_for(&self, method: &str, path: &str) {
        for _ in 0..2000 {
            if self.count(method, path) > 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no {method} {path} in {:#?}", self.log.lock());
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Request>>, stop: &AtomicBool, script: &Script) {
    let Some(mut request) = read(&stream) else {
        return;
    };
    {
        let mut log = log.lock();
        let same = log.iter().filter(|r| r.is(&request.method, &request.path));
        request.earlier = same.count();
        log.push(request.clone());
    }
    let reply = script(&request).unwrap_or_else(|| good(&request));
    // The client may have hung up: that is its right.
    let _ = write(&mut stream, &request, reply, stop);
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            None => break,
        }
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        path,
        headers,
        body,
        earlier: 0,
    })
}

fn write(
    stream: &mut TcpStream,
    request: &Request,
    reply: Reply,
    stop: &AtomicBool,
) -> std::io::Result<()> {
    let (status, headers, body, sent) = match reply {
        Reply::Full {
            status,
            headers,
            body,
        } => {
            let sent = if request.method == "HEAD" {
                0
            } else {
                body.len()
            };
            (status, headers, body, sent)
        }
        Reply::Cut {
            headers,
            body,
            sent,
        } => (200, headers, body, sent),
        Reply::Hang(bytes) => {
            stream.write_all(&bytes)?;
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
            }
            return Ok(());
        }
        Reply::Raw(bytes) => return stream.write_all(&bytes),
    };
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body[..sent])?;
    stream.flush()
}

/// What a service that works answers.
pub fn good(request: &Request) -> Reply {
    let stem_path = format!("/v1/stems/{STEM}");
    let job_path = format!("/v1/jobs/{JOB}");
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v1/engines") => Reply::json(200, &engines(true)),
        ("GET", "/health") => Reply::json(
            200,
            &json!({"status": "ok", "queue": {"waiting": 0, "running": 0}}),
        ),
        ("HEAD", path) if path.starts_with("/v1/sources/") => {
            Reply::problem(404, "not_found", &json!({}))
        }
        ("POST", "/v1/sources") => {
            let id = blake3::hash(&request.body).to_hex().to_string();
            Reply::json(
                201,
                &json!({"source_id": id, "duration_secs": 0.1, "sample_rate_hz": 48000,
                        "channels": 1, "frames": FRAMES, "bytes": request.body.len()}),
            )
        }
        ("POST", "/v1/jobs") => Reply::json(202, &job("queued")),
        ("GET", path) if path == format!("{job_path}/events") => {
            let mut running = job("running");
            running["progress"] = json!(0.5);
            Reply::events(&format!(
                ": hello\n\nid: 1\nevent: progress\ndata: {running}\n\nid: 2\nevent: end\ndata: {}\n\n",
                job("succeeded")
            ))
        }
        ("GET", path) if path == job_path => Reply::json(200, &job("succeeded")),
        ("DELETE", path) if path == job_path => Reply::json(200, &job("cancelled")),
        ("GET", path) if path == stem_path => {
            let body = wav(FRAMES);
            let etag = format!("\"{}\"", blake3::hash(&body).to_hex());
            Reply::Full {
                status: 200,
                headers: vec![("ETag", etag)],
                body,
            }
        }
        _ => Reply::problem(404, "not_found", &json!({})),
    }
}

pub fn engines(healthy: bool) -> Value {
    json!({"engines": [{"name": "sketch", "healthy": healthy, "detail": "built in",
                        "tracks": ["drums", "bass"], "features": {}}]})
}

pub fn job(state: &str) -> Value {
    let stems = if state == "succeeded" {
        json!([stem()])
    } else {
        json!([])
    };
    json!({"job_id": JOB, "state": state, "source_id": "s", "created_at": "2026-01-01T00:00:00Z",
           "request": {"source_id": "s", "tracks": ["drums"], "bpm": 92.5}, "progress": 0.0,
           "stage": "generating", "attempt": 1, "stems": stems})
}

pub fn stem() -> Value {
    json!({"stem_id": STEM, "track": "drums", "variation": 1, "seed": 7, "engine": "sketch",
           "frames": FRAMES, "sample_rate_hz": 48000, "channels": 1, "duration_secs": 0.1,
           "url": format!("/v1/stems/{STEM}"),
           "report": {"peak_dbfs": -1.0, "rms_dbfs": -12.0, "lufs": null, "silent": false,
                      "clipped_frames": 0, "warnings": []}})
}

/// A mono float WAV at 48 kHz.
pub fn wav(frames: u32) -> Vec<u8> {
    wav_bytes(
        48_000,
        1,
        (0..frames).map(|i| (i as f32 * 0.05).sin() * 0.5),
    )
}
