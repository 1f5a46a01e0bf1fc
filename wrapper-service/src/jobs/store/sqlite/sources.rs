use super::{SqliteStore, broken, rows};
use crate::jobs::store::{SourceStore, StoreError};
use async_trait::async_trait;
use sideman_shared::protocol::{Source, SourceAnalysis};
use std::collections::HashSet;

#[async_trait]
impl SourceStore for SqliteStore {
    async fn put_source(&self, source: &Source, now_ms: i64) -> Result<bool, StoreError> {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let done = sqlx::query(
            "INSERT INTO sources (source_id, duration_secs, sample_rate_hz, channels, frames,
                 bytes, used_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id) DO NOTHING",
        )
        .bind(&source.source_id)
        .bind(source.duration_secs)
        .bind(source.sample_rate_hz)
        .bind(source.channels)
        .bind(signed(source.frames))
        .bind(signed(source.bytes))
        .bind(now_ms)
        .execute(&self.writer)
        .await
        .map_err(broken)?;
        Ok(done.rows_affected() > 0)
    }

    async fn use_source(&self, source_id: &str, now_ms: i64) -> Result<Option<Source>, StoreError> {
        let row = sqlx::query(
            "UPDATE sources SET used_at_ms = max(used_at_ms, ?) WHERE source_id = ? RETURNING *",
        )
        .bind(now_ms)
        .bind(source_id)
        .fetch_optional(&self.writer)
        .await
        .map_err(broken)?;
        row.as_ref().map(rows::source).transpose()
    }

    async fn analysis(&self, source_id: &str) -> Result<Option<SourceAnalysis>, StoreError> {
        let text: Option<Option<String>> =
            sqlx::query_scalar("SELECT analysis FROM sources WHERE source_id = ?")
                .bind(source_id)
                .fetch_optional(&self.readers)
                .await
                .map_err(broken)?;
        text.flatten().as_deref().map(rows::from_json).transpose()
    }

    async fn put_analysis(
        &self,
        source_id: &str,
        analysis: &SourceAnalysis,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE sources SET analysis = ? WHERE source_id = ?")
            .bind(rows::to_json(analysis)?)
            .bind(source_id)
            .execute(&self.writer)
            .await
            .map_err(broken)?;
        Ok(())
    }

    async fn idle_sources(
        &self,
        used_before_ms: i64,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT source_id FROM sources s WHERE used_at_ms < ?
                 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.source_id = s.source_id)
             ORDER BY used_at_ms LIMIT ?",
        )
        .bind(used_before_ms)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(broken)
    }

    async fn forget_source(&self, source_id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "DELETE FROM sources WHERE source_id = ?1
                 AND NOT EXISTS (SELECT 1 FROM jobs WHERE source_id = ?1)",
        )
        .bind(source_id)
        .execute(&self.writer)
        .await
        .map_err(broken)?;
        Ok(done.rows_affected() > 0)
    }

    async fn bytes_kept(&self) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT coalesce(sum(bytes), 0) AS bytes FROM (
                 SELECT source_id AS hash, bytes FROM sources
                 UNION SELECT hash, bytes FROM stem_files)",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(broken)?;
        rows::get_u64(&row, "bytes")
    }

    async fn hashes(&self) -> Result<HashSet<String>, StoreError> {
        let all: Vec<String> =
            sqlx::query_scalar("SELECT source_id FROM sources UNION SELECT hash FROM stem_files")
                .fetch_all(&self.readers)
                .await
                .map_err(broken)?;
        Ok(all.into_iter().collect())
    }

    async fn needs_hash(&self, hash: &str) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sources WHERE source_id = ?1)
                 OR EXISTS (SELECT 1 FROM stem_files WHERE hash = ?1)",
        )
        .bind(hash)
        .fetch_one(&self.readers)
        .await
        .map_err(broken)
    }
}
