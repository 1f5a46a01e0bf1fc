//! A pretended gpu-queue-service by hand: for trying the service without other models. It says what it grants
//! and what comes back.

use clap::Parser;
use sideman_tests::gpu_queue::{GpuQueue, POOL};
use std::{
    net::SocketAddr,
    sync::mpsc::{RecvTimeoutError, channel},
    time::Duration,
};

const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Parser)]
#[command(about = "Pretend to be a gpu-queue-service")]
struct Args {
    #[arg(long, default_value = "127.0.0.1:8085", value_name = "ADDR:PORT")]
    listen: SocketAddr,
    #[arg(long, default_value_t = POOL)]
    tokens: u32,
    /// The service to tell of grants, such as http://127.0.0.1:8002
    #[arg(long, value_name = "URL")]
    announce_to: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let queue = GpuQueue::start_at(&args.listen.to_string(), args.tokens);
    if let Some(base) = &args.announce_to {
        queue.announce_to(base.trim_end_matches('/'));
    }
    println!("listening on {}", queue.url());
    let (stop, stopped) = channel();
    ctrlc::set_handler(move || {
        // A second Ctrl-C finds nobody, which is fine.
        let _ = stop.send(());
    })?;
    let mut told = queue.ledger().accounts;
    while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        let now = queue.ledger().accounts;
        for (session_id, account) in &now {
            if told.get(session_id) == Some(account) {
                continue;
            }
            let state = match (&account.ended, account.granted) {
                (Some(word), _) => word,
                (None, 0) => "queued",
                (None, _) => "granted",
            };
            println!("{session_id} {} {state}", account.tokens);
        }
        told = now;
    }
    Ok(())
}
