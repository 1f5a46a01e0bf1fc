use super::{SqliteStore, broken, rows};
use crate::jobs::{
    record::{JobRecord, NewJob, candidates},
    state::{self, Event, Life},
    store::{Counts, JobStore, Outlook, Page, Stepped, StoreError, Submitted},
};
use async_trait::async_trait;
use sideman_shared::protocol::{JobState, Stage};
use sqlx::{Sqlite, Transaction};

/// Jobs that the mean time of a stem is taken from.
const RECENT_JOBS: i64 = 10;

#[async_trait]
impl JobStore for SqliteStore {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    async fn submit(&self, job: &NewJob, max_waiting: u32) -> Result<Submitted, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(earlier) = repeated(&mut tx, job).await? {
            return Ok(earlier);
        }
        let waiting: u32 =
            sqlx::query_scalar("SELECT count(*) FROM jobs WHERE owner = ? AND state = 'queued'")
                .bind(&job.owner)
                .fetch_one(&mut *tx)
                .await
                .map_err(broken)?;
        if waiting >= max_waiting {
            return Ok(Submitted::QueueFull { waiting });
        }
        insert(&mut tx, job).await?;
        let record = fetch(&mut tx, &job.job_id).await?;
        tx.commit().await.map_err(broken)?;
        Ok(Submitted::New(record))
    }

    async fn job(&self, job_id: &str) -> Result<Option<JobRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM jobs WHERE job_id = ?")
            .bind(job_id)
            .fetch_optional(&self.readers)
            .await
            .map_err(broken)?;
        row.as_ref().map(rows::job).transpose()
    }

    async fn list(&self, page: &Page) -> Result<Vec<JobRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM jobs WHERE owner = ?1 AND (?2 IS NULL OR state = ?2) AND seq < ?3
             ORDER BY seq DESC LIMIT ?4",
        )
        .bind(&page.owner)
        .bind(page.state.map(JobState::as_str))
        .bind(page.before_seq.unwrap_or(i64::MAX))
        .bind(page.limit)
        .fetch_all(&self.readers)
        .await
        .map_err(broken)?;
        rows.iter().map(rows::job).collect()
    }

    async fn claim(&self, now_ms: i64) -> Result<Option<JobRecord>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "SELECT * FROM jobs WHERE state = 'queued' AND not_before_ms <= ?
             ORDER BY priority, seq LIMIT 1",
        )
        .bind(now_ms)
        .fetch_optional(&mut *tx)
        .await
        .map_err(broken)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let job = rows::job(&row)?;
        let Some(life) = state::step(&job.life, &Event::Claim, now_ms)? else {
            return Ok(None);
        };
        write_life(&mut tx, &job.job_id, &life).await?;
        // A new try begins with what earlier tries have finished.
        sqlx::query(
            "UPDATE jobs SET stage = 'waiting_for_gpu', progress =
                 (SELECT count(*) FROM stems s WHERE s.job_id = jobs.job_id) * 1.0 / candidates
             WHERE job_id = ?",
        )
        .bind(&job.job_id)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        let job = fetch(&mut tx, &job.job_id).await?;
        tx.commit().await.map_err(broken)?;
        Ok(Some(job))
    }

    async fn step(&self, job_id: &str, event: &Event, now_ms: i64) -> Result<Stepped, StoreError> {
        let mut tx = self.begin().await?;
        let job = fetch(&mut tx, job_id).await?;
        let Some(life) = state::step(&job.life, event, now_ms)? else {
            return Ok(Stepped { job, moved: false });
        };
        write_life(&mut tx, job_id, &life).await?;
        if life.state == JobState::Succeeded {
            sqlx::query("UPDATE jobs SET progress = 1.0, stage = 'storing' WHERE job_id = ?")
                .bind(job_id)
                .execute(&mut *tx)
                .await
                .map_err(broken)?;
        }
        let job = fetch(&mut tx, job_id).await?;
        tx.commit().await.map_err(broken)?;
        Ok(Stepped { job, moved: true })
    }

    async fn report(
        &self,
        job_id: &str,
        attempt: u32,
        stage: Stage,
        progress: f64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET stage = ?, progress = max(progress, ?), version = version + 1
             WHERE job_id = ? AND attempt = ? AND state IN ('running', 'cancelling')",
        )
        .bind(rows::to_word(&stage)?)
        .bind(progress.clamp(0.0, 1.0))
        .bind(job_id)
        .bind(attempt)
        .execute(&self.writer)
        .await
        .map_err(broken)?;
        Ok(())
    }

    async fn held(&self) -> Result<Vec<JobRecord>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM jobs WHERE state IN ('running', 'cancelling') ORDER BY seq")
                .fetch_all(&self.readers)
                .await
                .map_err(broken)?;
        rows.iter().map(rows::job).collect()
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) FILTER (WHERE state = 'queued') AS waiting,
                    count(*) FILTER (WHERE state != 'queued') AS running
             FROM jobs WHERE state IN ('queued', 'running', 'cancelling')",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(broken)?;
        Ok(Counts {
            waiting: rows::get_u64(&row, "waiting")?,
            running: rows::get_u64(&row, "running")?,
        })
    }

    async fn outlook(&self, job: &JobRecord) -> Result<Outlook, StoreError> {
        let row = sqlx::query(
            "WITH ahead AS (
                 SELECT job_id, state, candidates FROM jobs
                 WHERE state IN ('running', 'cancelling')
                    OR (state = 'queued' AND (priority, seq) < (?1, ?2))
             ), recent AS (
                 SELECT (finished_at_ms - started_at_ms) / 1000.0 / candidates AS secs
                 FROM jobs WHERE state = 'succeeded' ORDER BY finished_at_ms DESC LIMIT ?3
             )
             SELECT count(*) FILTER (WHERE state = 'queued') AS jobs_ahead,
                    coalesce(sum(candidates - (
                        SELECT count(*) FROM stems s WHERE s.job_id = ahead.job_id
                    )), 0) AS stems_ahead,
                    (SELECT avg(secs) FROM recent) AS secs_per_stem
             FROM ahead",
        )
        .bind(rank(job.request.priority))
        .bind(job.seq)
        .bind(RECENT_JOBS)
        .fetch_one(&self.readers)
        .await
        .map_err(broken)?;
        Ok(Outlook {
            jobs_ahead: rows::get(&row, "jobs_ahead")?,
            stems_ahead: rows::get(&row, "stems_ahead")?,
            secs_per_stem: rows::get(&row, "secs_per_stem")?,
        })
    }

    async fn finished(
        &self,
        finished_before_ms: i64,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT job_id FROM jobs
             WHERE state IN ('succeeded', 'failed', 'cancelled') AND finished_at_ms < ?
             ORDER BY finished_at_ms, seq LIMIT ?",
        )
        .bind(finished_before_ms)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(broken)
    }

    async fn forget_job(&self, job_id: &str) -> Result<Vec<String>, StoreError> {
        let mut tx = self.begin().await?;
        let hashes = sqlx::query_scalar(
            "SELECT DISTINCT f.hash FROM stem_files f JOIN stems s USING (stem_id)
             WHERE s.job_id = ?",
        )
        .bind(job_id)
        .fetch_all(&mut *tx)
        .await
        .map_err(broken)?;
        sqlx::query(
            "DELETE FROM jobs WHERE job_id = ? AND state IN ('succeeded', 'failed', 'cancelled')",
        )
        .bind(job_id)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(hashes)
    }
}

/// The priorities in the order they are taken.
fn rank(priority: sideman_shared::protocol::Priority) -> i64 {
    priority as i64
}

/// What an earlier submission under the same idempotency key makes of this one.
async fn repeated(
    tx: &mut Transaction<'_, Sqlite>,
    job: &NewJob,
) -> Result<Option<Submitted>, StoreError> {
    let Some(idempotency) = &job.idempotency else {
        return Ok(None);
    };
    let row = sqlx::query("SELECT * FROM jobs WHERE owner = ? AND idempotency_key = ?")
        .bind(&job.owner)
        .bind(&idempotency.key)
        .fetch_optional(&mut **tx)
        .await
        .map_err(broken)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let earlier = rows::job(&row)?;
    let same = rows::get::<String>(&row, "request_hash")? == idempotency.request_hash;
    Ok(Some(if same {
        Submitted::Same(earlier)
    } else {
        Submitted::Conflict {
            job_id: earlier.job_id,
        }
    }))
}

async fn insert(tx: &mut Transaction<'_, Sqlite>, job: &NewJob) -> Result<(), StoreError> {
    let idempotency = job.idempotency.as_ref();
    sqlx::query(
        "INSERT INTO jobs (job_id, owner, source_id, request, seed, priority, candidates,
             idempotency_key, request_hash, state, attempt, failures, not_before_ms,
             created_at_ms, progress, stage, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, 0, ?, 0.0, 'waiting_for_gpu', 1)",
    )
    .bind(&job.job_id)
    .bind(&job.owner)
    .bind(&job.request.source_id)
    .bind(rows::to_json(&job.request)?)
    .bind(job.seed)
    .bind(rank(job.request.priority))
    .bind(candidates(&job.request))
    .bind(idempotency.map(|i| &i.key))
    .bind(idempotency.map(|i| &i.request_hash))
    .bind(job.created_at_ms)
    .execute(&mut **tx)
    .await
    .map_err(broken)?;
    Ok(())
}

async fn fetch(tx: &mut Transaction<'_, Sqlite>, job_id: &str) -> Result<JobRecord, StoreError> {
    let row = sqlx::query("SELECT * FROM jobs WHERE job_id = ?")
        .bind(job_id)
        .fetch_optional(&mut **tx)
        .await
        .map_err(broken)?;
    match row {
        Some(row) => rows::job(&row),
        None => Err(StoreError::NoSuchJob(job_id.to_owned())),
    }
}

async fn write_life(
    tx: &mut Transaction<'_, Sqlite>,
    job_id: &str,
    life: &Life,
) -> Result<(), StoreError> {
    let error = life.error.as_ref().map(rows::to_json).transpose()?;
    sqlx::query(
        "UPDATE jobs SET state = ?, attempt = ?, failures = ?, not_before_ms = ?,
             started_at_ms = ?, finished_at_ms = ?, error = ?, version = version + 1
         WHERE job_id = ?",
    )
    .bind(life.state.as_str())
    .bind(life.attempt)
    .bind(life.failures)
    .bind(life.not_before_ms)
    .bind(life.started_at_ms)
    .bind(life.finished_at_ms)
    .bind(error)
    .bind(job_id)
    .execute(&mut **tx)
    .await
    .map_err(broken)?;
    Ok(())
}
