//! A result's file, taken up again where it broke off.

use super::http::{CallError, Server, unreachable};
use crate::engine::EngineError;
use reqwest::{Response, StatusCode, header};
use std::{
    io::{Seek as _, Write as _},
    time::Duration,
};
use tempfile::NamedTempFile;

/// Ten minutes of stereo float at 48 kHz are 230 MB.
const MAX_BYTES: u64 = 1 << 30;
const RETRY: Duration = Duration::from_millis(500);

pub async fn fetch(
    server: &Server,
    file: &str,
    into: NamedTempFile,
) -> Result<NamedTempFile, EngineError> {
    let mut kept = Kept {
        file: into,
        bytes: 0,
        etag: None,
    };
    let mut tries = 1;
    loop {
        match kept.go_on(server, file).await {
            Ok(()) => return Ok(kept.file),
            Err(Broken::Disk(e)) => return Err(EngineError::our_disk(e)),
            Err(Broken::Call(e)) if e.has_status(StatusCode::NOT_FOUND) => {
                let what = "the ACE-Step server no longer has the audio it made";
                return Err(EngineError::Failed(what.into()));
            }
            Err(Broken::Call(e)) if tries >= server.waits.download_tries => {
                return Err(EngineError::Unreachable(format!(
                    "the audio broke off {tries} times: {e}"
                )));
            }
            Err(Broken::Call(e)) => {
                tracing::warn!(bytes = kept.bytes, error = %e, "the audio broke off; going on");
                tries += 1;
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

enum Broken {
    Call(CallError),
    Disk(std::io::Error),
}

impl From<CallError> for Broken {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// The beginning of a file.
struct Kept {
    file: NamedTempFile,
    bytes: u64,
    etag: Option<header::HeaderValue>,
}

impl Kept {
    async fn go_on(&mut self, server: &Server, file: &str) -> Result<(), Broken> {
        let mut request = server.download(file)?;
        if let Some(etag) = self.etag.as_ref().filter(|_| self.bytes > 0) {
            let from = format!("bytes={}-", self.bytes);
            request = request
                .header(header::RANGE, from)
                .header(header::IF_RANGE, etag);
        }
        let stall = server.waits.download_stall;
        let mut answer = server.send(request, stall).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if self.continues(&answer) => {}
            StatusCode::OK => self.start_again(&answer)?,
            other => {
                // Whatever it is, it is no continuation: the next try begins at the beginning.
                self.etag = None;
                return Err(Broken::Call(CallError::Status {
                    status: other.as_u16(),
                    detail: "no audio".into(),
                }));
            }
        }
        loop {
            let piece = tokio::time::timeout(stall, answer.chunk()).await;
            let piece = piece.map_err(|_| CallError::Frozen(stall))?;
            let Some(piece) = piece.map_err(unreachable)? else {
                return Ok(self.file.flush()?);
            };
            self.bytes += piece.len() as u64;
            if self.bytes > MAX_BYTES {
                return Err(Broken::Call(CallError::Strange(
                    "far too much audio".into(),
                )));
            }
            // Small and into the page cache; a blocking thread for each would cost more.
            self.file.write_all(&piece)?;
        }
    }

    fn continues(&self, answer: &Response) -> bool {
        let range = answer.headers().get(header::CONTENT_RANGE);
        let begins = format!("bytes {}-", self.bytes);
        range.is_some_and(|r| r.as_bytes().starts_with(begins.as_bytes()))
    }

    fn start_again(&mut self, answer: &Response) -> std::io::Result<()> {
        self.file.as_file().set_len(0)?;
        self.file.rewind()?;
        self.bytes = 0;
        self.etag = answer.headers().get(header::ETAG).cloned();
        Ok(())
    }
}
