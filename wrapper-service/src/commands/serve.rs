use super::{Failure, chain, runtime, stop_signal};
use crate::{
    app::{self, App},
    config::Config,
};
use std::{
    io::{Write as _, stdout},
    net::SocketAddr,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until a signal, then drains.
pub fn serve(config: Config) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let mut listeners = Vec::with_capacity(config.listen.len());
        for &address in &config.listen {
            listeners.push(bind(address).await?);
        }
        let (engines, playing) = app::engines(&config).map_err(Failure::usage)?;
        let app = App::build(config, engines, playing).await.map_err(chain)?;
        announce(&listeners)?;
        app.serve(listeners, shutdown()).await.map_err(chain)
    })
}

/// Works off jobs without listening anywhere.
pub fn work(config: Config) -> Result<(), Failure> {
    runtime()?.block_on(async {
        tracing::info!("working without HTTP");
        app::work(config, shutdown()).await.map_err(chain)
    })
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|cause| {
        Failure::Run(format!(
            "cannot listen on {address}: {cause}; choose another with --listen"
        ))
    })
}

/// The first lines on stdout: whoever started us reads the ports from them.
fn announce(listeners: &[TcpListener]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    for listener in listeners {
        let address = listener.local_addr().map_err(Failure::run)?;
        writeln!(out, "listening on http://{address}").map_err(Failure::run)?;
    }
    out.flush().map_err(Failure::run)
}

/// Fires at the first signal. A second one ends the process at once: what is accepted is durable.
fn shutdown() -> CancellationToken {
    let token = CancellationToken::new();
    let fired = token.clone();
    tokio::spawn(async move {
        stop_signal().await;
        tracing::info!("stopping; running jobs may finish, a second signal ends at once");
        fired.cancel();
        stop_signal().await;
        tracing::warn!("stopped without waiting; interrupted jobs go on at the next start");
        std::process::exit(1);
    });
    token
}
