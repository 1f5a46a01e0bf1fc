//! The store of a single node: SQLite in WAL mode, one writer, many readers.

mod jobs;
mod leases;
mod rows;
mod sources;
mod stems;
mod tasks;

use super::StoreError;
use sqlx::{
    SqlSafeStr, Sqlite, Transaction,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};
use std::{borrow::Cow, path::Path, time::Duration};

const READERS: u32 = 4;
const BUSY_DEADLINE: Duration = Duration::from_secs(10);
/// SQLite's primary result code for a full disk or database.
const SQLITE_FULL: i32 = 13;

/// Jobs, stems and sources in one file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer anyway, and so nobody waits inside it.
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens or creates the file and brings its tables up to date.
    ///
    /// # Errors
    /// Not a database, from a newer version, or the disk.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A job that was answered 202 survives even a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_DEADLINE);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_DEADLINE)
            .connect_with(options.clone())
            .await
            .map_err(broken)?;
        migrations()
            .run(&writer)
            .await
            .map_err(|e| StoreError::Broken(e.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_DEADLINE)
            .connect_with(options.read_only(true))
            .await
            .map_err(broken)?;
        Ok(Self { writer, readers })
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(broken)
    }
}

fn migrations() -> Migrator {
    let migration = |version, name, sql: &'static str| {
        let sql = sql.into_sql_str();
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            sql,
            false,
        )
    };
    Migrator::with_migrations(vec![
        migration(
            1,
            "initial",
            include_str!("../../../../migrations/0001_initial.sql"),
        ),
        migration(
            2,
            "leases and tasks",
            include_str!("../../../../migrations/0002_leases_and_tasks.sql"),
        ),
    ])
}

fn broken(error: sqlx::Error) -> StoreError {
    let code = error
        .as_database_error()
        .and_then(|e| e.code())
        .and_then(|code| code.parse::<i32>().ok());
    // Extended codes keep the primary one in their low byte.
    match code {
        Some(code) if code & 0xff == SQLITE_FULL => StoreError::Full(error.to_string()),
        _ => StoreError::Broken(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::store::conformance;

    async fn fresh() -> (tempfile::TempDir, SqliteStore) {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&dir.path().join("jobs.sqlite")).await;
        (dir, store.unwrap())
    }

    conformance::tests!(fresh);

    #[tokio::test]
    async fn what_was_accepted_is_there_after_opening_again() {
        use crate::jobs::store::JobStore;
        let (dir, store) = fresh().await;
        let job = conformance::submit(&store, 1).await;
        drop(store);
        let again = SqliteStore::open(&dir.path().join("jobs.sqlite"))
            .await
            .unwrap();
        assert_eq!(again.job(&job.job_id).await.unwrap(), Some(job));
    }

    #[tokio::test]
    async fn a_full_database_is_said_to_be_full() {
        let (_dir, store) = fresh().await;
        // SQLite itself then answers SQLITE_FULL at the next page it needs.
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&store.writer)
            .await
            .unwrap();
        let long = "x".repeat(1_000_000);
        let error = sqlx::query("UPDATE sources SET analysis = ?; INSERT INTO sources VALUES ('a', 1, 1, 1, 1, 1, 1, ?)")
            .bind(&long)
            .bind(&long)
            .execute(&store.writer)
            .await
            .unwrap_err();
        assert!(matches!(broken(error), StoreError::Full(_)));
    }
}
