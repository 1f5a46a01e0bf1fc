//! Whether the server could play now, and making it so.

use super::{
    AceStep,
    http::CallError,
    probe::{Flavour, Found, refusal},
    settings::Loading,
};
use crate::engine::{EngineError, ProgressSink, Work};
use sideman_shared::protocol::Stage;

impl AceStep {
    /// Healthy or not, and one sentence.
    pub(super) async fn condition(&self) -> (bool, String) {
        let found = match self.prober.glance().await {
            Ok(found) => found,
            // A server that loads a model answers nobody, and that is as it should be.
            Err(CallError::Frozen(_)) if self.model.is_busy() || self.tasks.any(|_| true) => {
                return (true, "ACE-Step: busy, probably loading its model".into());
            }
            Err(CallError::Unreachable(_)) if self.starts_by_command() => {
                return (true, "ACE-Step: stopped until a job needs it".into());
            }
            Err(CallError::Unreachable(cause)) => {
                let url = self.server.shown();
                return (
                    false,
                    format!(
                        "the ACE-Step server at {url} does not answer ({cause}); start it, or set \
                         ACESTEP_URL to where it is"
                    ),
                );
            }
            Err(e) => return (false, refusal(e).to_string()),
        };
        let kind = format!("{} (API {})", found.flavour.words(), found.version);
        let wanted = self.settings.model.as_deref();
        if let Err(what) = found.can(&Work::Lego, wanted) {
            return (false, what);
        }
        if !found.models.is_empty() && !self.model.can_switch(&found) {
            return match found.has_loaded(wanted) {
                Ok(()) => (
                    true,
                    format!("{kind}, model {}", found.models.join(" and ")),
                ),
                Err(what) => (false, what),
            };
        }
        if let Some(wanted) = wanted
            && found.lacks(wanted)
        {
            let has = found.on_disk();
            let what =
                format!("{kind}, whose disk has {has} and not {wanted}: it must fetch that first");
            return (true, what);
        }
        if self.model.can_load(&found) || found.flavour == Flavour::Upstream {
            return (
                true,
                format!("{kind}, its model is loaded when a job needs it"),
            );
        }
        (
            false,
            format!("{kind}, but no model is loaded; start it with one"),
        )
    }

    /// Sees to it that a model is there that can do the work.
    pub(super) async fn make_ready(
        &self,
        work: &Work,
        progress: &ProgressSink,
    ) -> Result<Flavour, EngineError> {
        let looked = self.prober.look(self.settings.waits.call).await;
        let found = match looked {
            // Somebody else's job may be loading the model.
            Err(CallError::Frozen(_)) => {
                progress.report(Stage::LoadingModel, 0.0);
                self.prober.look(self.settings.load_limit).await
            }
            other => other,
        };
        let wanted = self.settings.model.as_deref();
        if let Ok(found) = &found {
            // Before seven gigabytes are loaded for nothing.
            found.can(work, wanted).map_err(EngineError::Rejected)?;
        }
        let found = match found {
            Ok(found) if self.model.is_up(&found) => found,
            Ok(found) if self.model.can_load(&found) => self.load(work, progress).await?,
            Err(CallError::Unreachable(_)) if self.starts_by_command() => {
                self.load(work, progress).await?
            }
            // It loads its own when the job comes.
            Ok(found) if found.models.is_empty() && found.flavour == Flavour::Upstream => {
                progress.report(Stage::LoadingModel, 0.0);
                return Ok(found.flavour);
            }
            Ok(found) if found.models.is_empty() => {
                let what = "the ACE-Step server has no model loaded; start it with one";
                return Err(EngineError::Rejected(what.into()));
            }
            Ok(found) => found,
            Err(e) => return Err(refusal(e)),
        };
        let fits = found
            .has_loaded(wanted)
            .and_then(|()| found.can(work, wanted));
        fits.map_err(EngineError::Rejected)?;
        Ok(found.flavour)
    }

    async fn load(&self, work: &Work, progress: &ProgressSink) -> Result<Found, EngineError> {
        progress.report(Stage::LoadingModel, 0.0);
        self.model.ensure(work).await
    }

    fn starts_by_command(&self) -> bool {
        matches!(&self.settings.loading, Loading::Command { load, .. } if !load.is_empty())
    }
}
