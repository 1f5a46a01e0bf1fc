//! Rows to records.

use super::broken;
use crate::jobs::{
    record::{JobRecord, StemFile, StemRecord},
    state::Life,
    store::StoreError,
};
use serde::{Serialize, de::DeserializeOwned};
use sideman_shared::protocol::Source;
use sqlx::{Row, sqlite::SqliteRow};

pub fn job(row: &SqliteRow) -> Result<JobRecord, StoreError> {
    let error: Option<String> = get(row, "error")?;
    Ok(JobRecord {
        seq: get(row, "seq")?,
        job_id: get(row, "job_id")?,
        owner: get(row, "owner")?,
        request: from_json(&get::<String>(row, "request")?)?,
        seed: get(row, "seed")?,
        life: Life {
            state: from_word(&get::<String>(row, "state")?)?,
            attempt: get(row, "attempt")?,
            failures: get(row, "failures")?,
            not_before_ms: get(row, "not_before_ms")?,
            started_at_ms: get(row, "started_at_ms")?,
            finished_at_ms: get(row, "finished_at_ms")?,
            error: error.as_deref().map(from_json).transpose()?,
        },
        progress: get(row, "progress")?,
        stage: from_word(&get::<String>(row, "stage")?)?,
        created_at_ms: get(row, "created_at_ms")?,
        version: get_u64(row, "version")?,
    })
}

/// A row of stems joined with its job's `owner` and `source_id`.
pub fn stem(row: &SqliteRow) -> Result<StemRecord, StoreError> {
    Ok(StemRecord {
        job_id: get(row, "job_id")?,
        owner: get(row, "owner")?,
        source_id: get(row, "source_id")?,
        version: get_u64(row, "version")?,
        stem: from_json(&get::<String>(row, "stem")?)?,
        words: from_json(&get::<String>(row, "words")?)?,
        format: from_word(&get::<String>(row, "format")?)?,
    })
}

pub fn stem_file(row: &SqliteRow) -> Result<StemFile, StoreError> {
    Ok(StemFile {
        format: from_word(&get::<String>(row, "format")?)?,
        hash: get(row, "hash")?,
        bytes: get_u64(row, "bytes")?,
    })
}

pub fn source(row: &SqliteRow) -> Result<Source, StoreError> {
    Ok(Source {
        source_id: get(row, "source_id")?,
        duration_secs: get(row, "duration_secs")?,
        sample_rate_hz: get(row, "sample_rate_hz")?,
        channels: get(row, "channels")?,
        frames: get_u64(row, "frames")?,
        bytes: get_u64(row, "bytes")?,
    })
}

pub fn get<'r, T>(row: &'r SqliteRow, column: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(broken)
}

/// SQLite's integers are signed; ours below zero are a damaged file.
pub fn get_u64(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    let value: i64 = get(row, column)?;
    u64::try_from(value).map_err(|_| StoreError::Broken(format!("{column} is {value}")))
}

pub fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Broken(e.to_string()))
}

pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Broken(format!("{e} in {text:.80}")))
}

/// An enum of the contract as its bare word.
pub fn to_word(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(to_json(value)?.trim_matches('"').to_owned())
}

fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    let value = serde_json::Value::String(word.to_owned());
    serde_json::from_value(value).map_err(|e| StoreError::Broken(e.to_string()))
}
