use super::attempt::Failure;
use sideman_shared::protocol::Code;
use std::panic;

/// Runs CPU-bound or disk-bound work away from the async threads. A panic inside goes on outside.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(e) => match e.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            Err(_) => Err(Failure::transient(Code::Internal, "the service is closing")),
        },
    }
}
