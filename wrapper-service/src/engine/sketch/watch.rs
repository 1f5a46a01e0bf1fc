//! Progress out, cancellation in.

use crate::engine::{EngineError, ProgressSink};
use sideman_shared::protocol::Stage;
use tokio_util::sync::CancellationToken;

/// Held by the rendering thread; asked between pieces of work of a few milliseconds.
pub struct Watch {
    pub progress: ProgressSink,
    pub cancel: CancellationToken,
}

impl Watch {
    /// Reports `fraction` (0–1 of the candidate).
    ///
    /// # Errors
    /// `Cancelled` once the token has fired.
    pub fn at(&self, fraction: f64) -> Result<(), EngineError> {
        self.check()?;
        self.progress.report(Stage::Generating, fraction);
        Ok(())
    }

    /// # Errors
    /// `Cancelled` once the token has fired.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        Ok(())
    }
}
