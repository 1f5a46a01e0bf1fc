//! The song on its way up: made ready once, sent only if the service does not have it.

use super::{
    api::JobSpec,
    error::{ClientError, Failure},
    flac::{self, FlacError},
    http::Service,
};
use futures_util::stream;
use reqwest::{Body, Method, StatusCode, header};
use sideman_shared::protocol::{Code, Source};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::io::AsyncReadExt;

/// Bytes read and sent at a time.
const PIECE_BYTES: usize = 1 << 16;
/// How often the upload's progress is looked at.
const WATCH: Duration = Duration::from_millis(200);

/// What is sent, with its id.
#[derive(Debug)]
pub struct Prepared {
    path: PathBuf,
    /// BLAKE3 of the bytes, hex: what the service will call it.
    pub source_id: String,
    bytes: u64,
    media_type: &'static str,
    /// Made for the upload; removed with this value.
    is_scratch: bool,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if self.is_scratch {
            // What stays is swept up with the folder.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Raised when dropped: ends blocking work whose waiter is gone.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Encodes and hashes, off the network thread.
///
/// # Errors
/// The file cannot be read, or the scratch folder not be written.
pub async fn prepare(local_id: &str, spec: &JobSpec) -> Result<Prepared, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let _guard = StopOnDrop(Arc::clone(&stop));
    let (from, recode) = (spec.source_path.clone(), spec.recode);
    let scratch = spec.scratch.join(format!("{local_id}.flac"));
    let work = tokio::task::spawn_blocking(move || prepare_blocking(from, scratch, recode, &stop));
    work.await.unwrap_or_else(|_| {
        Err(Failure::new(
            "The source could not be made ready.",
            "The encoder stopped unexpectedly.",
            "Export the part as WAV or FLAC from the DAW and drop that file instead.",
        ))
    })
}

fn prepare_blocking(
    from: PathBuf,
    scratch: PathBuf,
    recode: bool,
    stop: &AtomicBool,
) -> Result<Prepared, Failure> {
    let encoded = if recode {
        match flac::encode(&from, &scratch, stop) {
            Ok(()) => true,
            Err(error) => {
                // The WAV as it is will do, whatever kept it from becoming smaller.
                if !matches!(error, FlacError::Unfit) {
                    tracing::debug!(%error, "the take travels as WAV");
                }
                let _ = std::fs::remove_file(&scratch);
                false
            }
        }
    } else {
        false
    };
    let mut prepared = Prepared {
        media_type: if encoded {
            "audio/flac"
        } else {
            media_type(&from)
        },
        path: if encoded { scratch } else { from },
        source_id: String::new(),
        bytes: 0,
        is_scratch: encoded,
    };
    let (id, bytes) =
        hash(&prepared.path, stop).map_err(|e| Failure::local_file(&e, &prepared.path))?;
    prepared.source_id = id;
    prepared.bytes = bytes;
    Ok(prepared)
}

fn hash(path: &Path, stop: &AtomicBool) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match file.read(&mut piece)? {
            0 => break,
            n => {
                hasher.update(&piece[..n]);
                bytes += n as u64;
            }
        }
    }
    Ok((hasher.finalize().to_hex().to_string(), bytes))
}

fn media_type(path: &Path) -> &'static str {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp3" => "audio/mpeg",
        "aif" | "aiff" => "audio/aiff",
        "ogg" => "audio/ogg",
        "m4a" | "mp4" => "audio/mp4",
        _ => "application/octet-stream",
    }
}

/// Asks first, sends only what is missing. `on_fraction` hears how far the upload is, 0–1.
///
/// # Errors
/// The service is away, refuses the audio, or stored something else.
pub async fn ensure(
    service: &Service,
    source: &Prepared,
    on_fraction: impl FnMut(f64),
) -> Result<(), ClientError> {
    let path = format!("/v1/sources/{}", source.source_id);
    let asked = service
        .send(service.request(Method::HEAD, &path), service.waits.request)
        .await;
    match asked {
        Ok(_) => return Ok(()),
        // An answer without a body: no more than the status is known, and any 4xx but these is final.
        Err(ClientError::Never(failure)) if may_upload(&failure) => {}
        Err(error) => return Err(error),
    }
    upload(service, source, on_fraction).await
}

/// Not there, or a service that cannot be asked so. A missing key stops here.
fn may_upload(failure: &Failure) -> bool {
    !matches!(failure.code, Some(Code::Unauthorized | Code::Forbidden))
}

async fn upload(
    service: &Service,
    source: &Prepared,
    mut on_fraction: impl FnMut(f64),
) -> Result<(), ClientError> {
    let file = tokio::fs::File::open(&source.path).await;
    let file = file.map_err(|e| Failure::local_file(&e, &source.path))?;
    let sent = Arc::new(AtomicU64::new(0));
    let request = service
        .request(Method::POST, "/v1/sources")
        .header(header::CONTENT_TYPE, source.media_type)
        .header(header::CONTENT_LENGTH, source.bytes)
        .body(body(file, Arc::clone(&sent)));
    // The stall watch below is the deadline; the whole may take as long as the line is slow.
    let sending = service.send(request, service.waits.job);
    tokio::pin!(sending);
    let (mut before, mut still) = (0, Duration::ZERO);
    let answer = loop {
        tokio::select! {
            answer = &mut sending => break answer?,
            () = tokio::time::sleep(WATCH) => {}
        }
        let now = sent.load(Ordering::Relaxed);
        on_fraction(now as f64 / source.bytes.max(1) as f64);
        still = if now > before {
            Duration::ZERO
        } else {
            still + WATCH
        };
        before = now;
        if still >= service.waits.stall {
            return Err(ClientError::unanswered(
                service.address(),
                "The upload stands still.",
            ));
        }
    };
    if answer.status() == StatusCode::NO_CONTENT {
        return Ok(());
    }
    let stored: Source = service.read_json(answer).await?;
    if stored.source_id == source.source_id {
        Ok(())
    } else {
        let detail = "The audio it stored is not the audio that was sent.";
        Err(Failure::not_a_service(service.address(), detail).into())
    }
}

fn body(file: tokio::fs::File, sent: Arc<AtomicU64>) -> Body {
    Body::wrap_stream(stream::try_unfold(file, move |mut file| {
        let sent = Arc::clone(&sent);
        async move {
            let mut piece = vec![0; PIECE_BYTES];
            let n = file.read(&mut piece).await?;
            piece.truncate(n);
            sent.fetch_add(n as u64, Ordering::Relaxed);
            Ok::<_, io::Error>((n > 0).then_some((piece, file)))
        }
    }))
}
