//! The book of GPU leases.

use super::{SqliteStore, rows};
use crate::{
    gate::{BookError, LeaseBook, Leftover, Outcome},
    jobs::{record::now_ms, store::StoreError},
};
use async_trait::async_trait;

#[async_trait]
impl LeaseBook for SqliteStore {
    async fn enqueued(&self, session_id: &str, job_id: &str) -> Result<(), BookError> {
        sqlx::query(
            "INSERT INTO leases (session_id, job_id, state, created_at_ms)
             VALUES (?, ?, 'enqueued', ?)",
        )
        .bind(session_id)
        .bind(job_id)
        .bind(now_ms())
        .execute(&self.writer)
        .await
        .map_err(unusable)?;
        Ok(())
    }

    async fn granted(&self, session_id: &str) -> Result<(), BookError> {
        sqlx::query("UPDATE leases SET state = 'granted' WHERE session_id = ?")
            .bind(session_id)
            .execute(&self.writer)
            .await
            .map_err(unusable)?;
        Ok(())
    }

    async fn ended(&self, session_id: &str, outcome: Outcome) -> Result<(), BookError> {
        sqlx::query("UPDATE leases SET state = 'ended', outcome = ? WHERE session_id = ?")
            .bind(outcome.as_str())
            .bind(session_id)
            .execute(&self.writer)
            .await
            .map_err(unusable)?;
        Ok(())
    }

    async fn forget(&self, session_id: &str) -> Result<(), BookError> {
        sqlx::query("DELETE FROM leases WHERE session_id = ?")
            .bind(session_id)
            .execute(&self.writer)
            .await
            .map_err(unusable)?;
        Ok(())
    }

    /// A crash between a job's end and its lease's leaves the truth with the job.
    async fn left(&self) -> Result<Vec<Leftover>, BookError> {
        let rows = sqlx::query(
            "SELECT l.session_id, coalesce(l.outcome, j.state) AS outcome
             FROM leases l LEFT JOIN jobs j USING (job_id)
             ORDER BY l.created_at_ms",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(unusable)?;
        let left = rows.iter().map(|row| {
            let outcome: Option<String> = rows::get(row, "outcome")?;
            Ok(Leftover {
                session_id: rows::get(row, "session_id")?,
                outcome: match outcome.as_deref() {
                    Some("succeeded") => Outcome::Succeeded,
                    Some("cancelled") => Outcome::Cancelled,
                    _ => Outcome::Failed,
                },
            })
        });
        let left: Result<_, StoreError> = left.collect();
        left.map_err(|error| BookError(error.to_string()))
    }
}

fn unusable(error: sqlx::Error) -> BookError {
    BookError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{
        state::Event,
        store::{JobStore, conformance},
    };

    #[tokio::test]
    async fn what_is_left_has_the_true_outcome_where_it_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jobs.sqlite");
        let store = SqliteStore::open(&path).await.unwrap();
        let done = conformance::submit(&store, 1).await.job_id;
        store.claim(5).await.unwrap();
        for (session, job) in [("a", "x"), ("b", "x"), ("c", done.as_str()), ("d", "x")] {
            store.enqueued(session, job).await.unwrap();
        }
        store.granted("b").await.unwrap();
        store.ended("b", Outcome::Succeeded).await.unwrap();
        store.granted("c").await.unwrap();
        store.step(&done, &Event::Finish, 6).await.unwrap();
        store.forget("d").await.unwrap();
        drop(store);

        let store = SqliteStore::open(&path).await.unwrap();
        let mut left = store.left().await.unwrap();
        left.sort_by(|a, b| a.session_id.cmp(&b.session_id));
        let left: Vec<_> = left
            .iter()
            .map(|l| (l.session_id.as_str(), l.outcome))
            .collect();
        assert_eq!(
            left,
            [
                ("a", Outcome::Failed),
                ("b", Outcome::Succeeded),
                ("c", Outcome::Succeeded)
            ]
        );
    }
}
