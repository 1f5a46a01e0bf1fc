use super::{SqliteStore, broken, rows};
use crate::jobs::{
    record::{StemFile, StemRecord},
    store::{StemStore, StoreError},
};
use async_trait::async_trait;
use sqlx::{Sqlite, Transaction};

#[async_trait]
impl StemStore for SqliteStore {
    async fn add_stem(&self, stem: &StemRecord, files: &[StemFile]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let version: Option<i64> = sqlx::query_scalar(
            "UPDATE jobs SET version = version + 1 WHERE job_id = ? RETURNING version",
        )
        .bind(&stem.job_id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(broken)?;
        let version = version.ok_or_else(|| StoreError::NoSuchJob(stem.job_id.clone()))?;
        let added = sqlx::query(
            "INSERT INTO stems (stem_id, job_id, track, variation, version, format, stem, words)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, track, variation) DO NOTHING",
        )
        .bind(&stem.stem.stem_id)
        .bind(&stem.job_id)
        .bind(stem.stem.track.as_str())
        .bind(stem.stem.variation)
        .bind(version)
        .bind(rows::to_word(&stem.format)?)
        .bind(rows::to_json(&stem.stem)?)
        .bind(rows::to_json(&stem.words)?)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        if added.rows_affected() == 0 {
            return Ok(());
        }
        for file in files {
            insert_file(&mut tx, &stem.stem.stem_id, file).await?;
        }
        // What the engine was asked for is here now.
        sqlx::query("DELETE FROM engine_tasks WHERE job_id = ? AND track = ? AND variation = ?")
            .bind(&stem.job_id)
            .bind(stem.stem.track.as_str())
            .bind(stem.stem.variation)
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        tx.commit().await.map_err(broken)
    }

    async fn stems(&self, job_id: &str) -> Result<Vec<StemRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.*, j.owner, j.source_id FROM stems s JOIN jobs j USING (job_id)
             WHERE s.job_id = ? ORDER BY s.added",
        )
        .bind(job_id)
        .fetch_all(&self.readers)
        .await
        .map_err(broken)?;
        rows.iter().map(rows::stem).collect()
    }

    async fn stem(&self, stem_id: &str) -> Result<Option<StemRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT s.*, j.owner, j.source_id FROM stems s JOIN jobs j USING (job_id)
             WHERE s.stem_id = ?",
        )
        .bind(stem_id)
        .fetch_optional(&self.readers)
        .await
        .map_err(broken)?;
        row.as_ref().map(rows::stem).transpose()
    }

    async fn stem_files(&self, stem_id: &str) -> Result<Vec<StemFile>, StoreError> {
        let rows = sqlx::query("SELECT * FROM stem_files WHERE stem_id = ?")
            .bind(stem_id)
            .fetch_all(&self.readers)
            .await
            .map_err(broken)?;
        rows.iter().map(rows::stem_file).collect()
    }

    async fn add_stem_file(&self, stem_id: &str, file: &StemFile) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert_file(&mut tx, stem_id, file).await?;
        tx.commit().await.map_err(broken)
    }
}

async fn insert_file(
    tx: &mut Transaction<'_, Sqlite>,
    stem_id: &str,
    file: &StemFile,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO stem_files (stem_id, format, hash, bytes) VALUES (?, ?, ?, ?)
         ON CONFLICT (stem_id, format) DO NOTHING",
    )
    .bind(stem_id)
    .bind(rows::to_word(&file.format)?)
    .bind(&file.hash)
    .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
    .execute(&mut **tx)
    .await
    .map_err(broken)?;
    Ok(())
}
