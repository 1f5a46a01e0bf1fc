//! The operator's own programs that bring a model's server up or down.

use crate::engine::EngineError;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
};

/// Runs a program without a shell, its output into our log; kills it at the limit.
///
/// # Errors
/// It does not start, fails, or takes too long.
pub async fn run(setting: &str, argv: &[String], limit: Duration) -> Result<(), EngineError> {
    let Some((program, args)) = argv.split_first() else {
        return Err(EngineError::Rejected(format!(
            "acestep.{setting} is not set"
        )));
    };
    tracing::info!(%program, "running acestep.{setting}");
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| {
            EngineError::Rejected(format!("acestep.{setting}: {program} cannot be run: {e}"))
        })?;
    // They end with the program, or when something it left behind closes them: not waited for.
    tokio::spawn(log(setting.to_owned(), child.stdout.take()));
    tokio::spawn(log(setting.to_owned(), child.stderr.take()));
    let ended = tokio::time::timeout(limit, child.wait()).await;
    let status = ended
        .map_err(|_| {
            let secs = limit.as_secs_f64();
            EngineError::Timeout(format!(
                "acestep.{setting}: {program} did not end within {secs} s and was killed"
            ))
        })?
        .map_err(|e| EngineError::Failed(format!("acestep.{setting}: {program}: {e}")))?;
    if status.success() {
        return Ok(());
    }
    Err(EngineError::Failed(format!(
        "acestep.{setting}: {program} ended with {status}; its output is in the service's log"
    )))
}

async fn log(setting: String, output: Option<impl AsyncRead + Unpin>) {
    let Some(output) = output else { return };
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::info!("acestep.{setting}: {line}");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[tokio::test]
    async fn a_program_is_run_as_it_stands_and_within_its_limit() {
        let limit = Duration::from_secs(20);
        assert!(run("load_command", &argv(&["true"]), limit).await.is_ok());
        let failed = run("load_command", &argv(&["false"]), limit)
            .await
            .unwrap_err();
        assert!(failed.to_string().contains("false ended with"), "{failed}");
        // No shell looks at it.
        assert!(
            run("load_command", &argv(&["true; true"]), limit)
                .await
                .is_err()
        );
        let short = Duration::from_millis(50);
        let late = run("unload_command", &argv(&["sleep", "20"]), short).await;
        assert!(matches!(late, Err(EngineError::Timeout(_))), "{late:?}");
    }
}
