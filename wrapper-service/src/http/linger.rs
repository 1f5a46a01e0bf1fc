//! A client that is still sending does not listen: closing on it would show it a broken connection
//! instead of the reason. So after a refusal the rest of the request is read and thrown away, within
//! bounds.

use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::Request,
    middleware::Next,
    response::Response,
};
use futures_util::{Stream, StreamExt as _};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

const MAX_BYTES: usize = 64 << 20;
const DEADLINE: Duration = Duration::from_secs(5);

/// Where a body goes that its handler has not read to the end.
type Unread = Arc<Mutex<Option<BodyDataStream>>>;

pub async fn layer(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let unread = Unread::default();
    let lent = Lent {
        body: Some(body.into_data_stream()),
        unread: Arc::clone(&unread),
    };
    let request = Request::from_parts(parts, Body::from_stream(lent));
    let response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let rest = unread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(rest) = rest {
            // Whoever sends more or slower than this is not waiting for a reason.
            let _ = tokio::time::timeout(DEADLINE, throw_away(rest)).await;
        }
    }
    response
}

async fn throw_away(mut rest: BodyDataStream) {
    let mut bytes = 0;
    while let Some(Ok(chunk)) = rest.next().await {
        bytes += chunk.len();
        if bytes > MAX_BYTES {
            return;
        }
    }
}

/// A body that goes back when its reader drops it before the end.
struct Lent {
    body: Option<BodyDataStream>,
    unread: Unread,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = body.poll_next_unpin(context);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.body = None;
        }
        polled
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        *unread = self.body.take();
    }
}
