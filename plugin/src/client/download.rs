//! A stem on its way down: to `.part`, checked, then renamed.

use super::{
    error::{ClientError, Failure, Later},
    http::Service,
    stem_file,
};
use reqwest::{Method, Response, StatusCode, header};
use sideman_shared::protocol::{AudioFormat, Stem};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncSeekExt, AsyncWriteExt, SeekFrom};

/// Files that came whole but wrong before the service is not believed any more.
const MAX_WRONG: u32 = 2;

/// Survives a cut line: the next try goes on where the last one ended.
#[derive(Debug)]
pub struct Download {
    part: PathBuf,
    whole: PathBuf,
    /// Of the bytes in `part`; without one a cut download begins anew.
    etag: Option<String>,
    /// Bytes in `part` that belong to `etag`.
    have: u64,
    wrong: u32,
    format: AudioFormat,
}

/// What is not whole is of no use to anyone else.
impl Drop for Download {
    fn drop(&mut self) {
        // Most often there is none.
        let _ = std::fs::remove_file(&self.part);
    }
}

impl Download {
    pub fn new(folder: &Path, name: &str, format: AudioFormat) -> Self {
        Self {
            part: folder.join(format!("{name}.part")),
            whole: folder.join(name),
            etag: None,
            have: 0,
            wrong: 0,
            format,
        }
    }

    /// The checked file. `on_fraction` hears how far it is, 0–1.
    ///
    /// # Errors
    /// The line broke ([`ClientError::Later`]: call again) or the service sends something else.
    pub async fn fetch(
        &mut self,
        service: &Service,
        stem: &Stem,
        on_fraction: impl FnMut(f64),
    ) -> Result<PathBuf, ClientError> {
        // Fetched before the project was closed.
        if self.whole.exists() && check(&self.whole, self.format, stem, None).await.is_ok() {
            return Ok(self.whole.clone());
        }
        self.receive(service, stem, on_fraction).await?;
        let blake3_hex = self.etag.as_deref().and_then(blake3_in_etag);
        if let Err(why) = check(&self.part, self.format, stem, blake3_hex.map(str::to_owned)).await
        {
            return Err(self.wrong_file(why));
        }
        let renamed = tokio::fs::rename(&self.part, &self.whole).await;
        renamed.map_err(|e| Failure::local_file(&e, &self.whole))?;
        Ok(self.whole.clone())
    }

    fn wrong_file(&mut self, why: String) -> ClientError {
        self.have = 0;
        self.etag = None;
        self.wrong += 1;
        let failure = Failure::new(
            "The stem that came is not the stem that was announced.",
            why,
            "Try again; if it stays so, the operator should look at the service.",
        );
        if self.wrong >= MAX_WRONG {
            return failure.into();
        }
        ClientError::Later(Later {
            reason: failure.title.clone(),
            retry_after: None,
            counted: true,
            at_last: failure,
        })
    }

    async fn receive(
        &mut self,
        service: &Service,
        stem: &Stem,
        mut on_fraction: impl FnMut(f64),
    ) -> Result<(), ClientError> {
        let path = format!("/v1/stems/{}", service.plain_id(&stem.stem_id)?);
        let mut request = service.request(Method::GET, &path);
        let resume = self.etag.clone().filter(|_| self.have > 0);
        if let Some(etag) = resume {
            request = request
                .header(header::RANGE, format!("bytes={}-", self.have))
                .header(header::IF_RANGE, etag);
        }
        let mut answer = service.send(request, service.waits.request).await?;
        let mut file = self.open_part(&answer).await?;
        let limit = stem_file::max_bytes(stem);
        let total = answer.content_length().map(|rest| self.have + rest);
        if total.is_some_and(|total| total > limit) {
            return Err(too_large(service, limit));
        }
        loop {
            let piece = tokio::time::timeout(service.waits.stall, answer.chunk()).await;
            let piece = piece
                .map_err(|_| {
                    ClientError::unanswered(service.address(), "The download stands still.")
                })?
                .map_err(|e| ClientError::transport(service.address(), e))?;
            let Some(piece) = piece else { break };
            if self.have + piece.len() as u64 > limit {
                return Err(too_large(service, limit));
            }
            let written = file.write_all(&piece).await;
            written.map_err(|e| Failure::local_file(&e, &self.part))?;
            self.have += piece.len() as u64;
            on_fraction(self.have as f64 / total.unwrap_or(limit).max(1) as f64);
        }
        let synced = file.sync_all().await;
        synced.map_err(|e| Failure::local_file(&e, &self.part))?;
        Ok(())
    }

    /// The part file at the place where this answer begins.
    async fn open_part(&mut self, answer: &Response) -> Result<tokio::fs::File, Failure> {
        let etag = answer.headers().get(header::ETAG);
        let etag = etag.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let goes_on = answer.status() == StatusCode::PARTIAL_CONTENT
            && etag == self.etag
            && range_start(answer) == Some(self.have);
        if !goes_on {
            self.have = 0;
        }
        self.etag = etag;
        let mut options = tokio::fs::OpenOptions::new();
        options.create(true).write(true).truncate(!goes_on);
        let opened = async {
            let mut file = options.open(&self.part).await?;
            file.seek(SeekFrom::Start(self.have)).await?;
            Ok(file)
        };
        opened
            .await
            .map_err(|e| Failure::local_file(&e, &self.part))
    }
}

fn range_start(answer: &Response) -> Option<u64> {
    let range = answer.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

/// Stems are named by their hash; other services' tags are only compared with themselves.
fn blake3_in_etag(etag: &str) -> Option<&str> {
    let inner = etag.strip_prefix('"')?.strip_suffix('"')?;
    let is_hash = inner.len() == 64 && inner.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    is_hash.then_some(inner)
}

fn too_large(service: &Service, limit: u64) -> ClientError {
    let detail = format!("The stem is larger than the {limit} bytes it can have.");
    Failure::not_a_service(service.address(), detail).into()
}

async fn check(
    path: &Path,
    format: AudioFormat,
    stem: &Stem,
    blake3_hex: Option<String>,
) -> Result<(), String> {
    let (path, stem) = (path.to_owned(), stem.clone());
    let work = tokio::task::spawn_blocking(move || {
        stem_file::verify(&path, format, &stem, blake3_hex.as_deref())
    });
    work.await
        .unwrap_or_else(|_| Err("Checking it failed.".into()))
}
