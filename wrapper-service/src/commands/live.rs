//! `check --live`: whether the service with these settings answers. A container without a shell has no other
//! program to ask with.

use super::{Failure, chain, runtime};
use crate::config::Config;
use anyhow::{Context as _, ensure};
use std::{
    io::{Write as _, stdout},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// Less than container engines commonly wait for a probe.
const DEADLINE: Duration = Duration::from_secs(2);

/// Asks `/livez` where the service listens.
///
/// # Errors
/// It does not answer, or it is somebody else.
pub fn live(config: &Config) -> Result<(), Failure> {
    let address = reached_at(config.listen[0]);
    if address.port() == 0 {
        let why = "port 0 is another one at each start; name the one to ask with --listen";
        return Err(Failure::Usage(why.into()));
    }
    let url = format!("http://{address}/livez");
    let asked = runtime()?.block_on(ask(&url));
    asked.with_context(|| url.clone()).map_err(chain)?;
    writeln!(stdout(), "{url} answers").map_err(Failure::unwritten)
}

async fn ask(url: &str) -> anyhow::Result<()> {
    // Needed before any client is made, even for plain HTTP. It may be set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        // A machine without certificates can still talk to itself.
        .tls_certs_only([])
        .no_proxy()
        .timeout(DEADLINE)
        .build()?;
    let answer = client.get(url).send().await;
    let answer = answer.map_err(reqwest::Error::without_url)?;
    let status = answer.status();
    ensure!(status.is_success(), "answered with {status}");
    Ok(())
}

/// What listens everywhere is reached on this machine's own address.
fn reached_at(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_asked_on_its_own_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8002", "127.0.0.1:8002"),
            ("[::]:8002", "[::1]:8002"),
            ("10.0.0.7:80", "10.0.0.7:80"),
        ] {
            assert_eq!(reached_at(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
