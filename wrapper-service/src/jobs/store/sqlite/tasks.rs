use super::{SqliteStore, broken};
use crate::jobs::store::{StoreError, TaskKey, TaskStore};
use async_trait::async_trait;

#[async_trait]
impl TaskStore for SqliteStore {
    async fn task(&self, key: &TaskKey) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT task FROM engine_tasks
             WHERE job_id = ? AND track = ? AND variation = ? AND seed = ?",
        )
        .bind(&key.job_id)
        .bind(key.track.as_str())
        .bind(key.variation)
        .bind(key.seed)
        .fetch_optional(&self.readers)
        .await
        .map_err(broken)
    }

    async fn put_task(&self, key: &TaskKey, task: Option<&str>) -> Result<(), StoreError> {
        let query = match task {
            Some(task) => sqlx::query(
                "INSERT INTO engine_tasks (task, job_id, track, variation, seed)
                 VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (job_id, track, variation, seed) DO UPDATE SET task = excluded.task",
            )
            .bind(task),
            None => sqlx::query(
                "DELETE FROM engine_tasks
                 WHERE job_id = ? AND track = ? AND variation = ? AND seed = ?",
            ),
        };
        query
            .bind(&key.job_id)
            .bind(key.track.as_str())
            .bind(key.variation)
            .bind(key.seed)
            .execute(&self.writer)
            .await
            .map_err(broken)?;
        Ok(())
    }
}
