//! A pretended ACE-Step server by hand: for trying the service without a GPU.

use clap::{Parser, ValueEnum};
use sideman_tests::acestep::{Flavour, Setup};
use std::{net::SocketAddr, time::Duration};

#[derive(Parser)]
#[command(about = "Pretend to be an ACE-Step 1.5 api_server")]
struct Args {
    #[arg(long, value_enum, default_value = "lego")]
    flavour: Which,
    #[arg(long, default_value = "127.0.0.1:8001", value_name = "ADDR:PORT")]
    listen: SocketAddr,
    #[arg(long)]
    key: Option<String>,
    #[arg(long, default_value = "acestep-v15-base")]
    model: String,
    /// Start without a model
    #[arg(long)]
    unloaded: bool,
    #[arg(long, default_value_t = 5.0, value_name = "SECS")]
    job: f64,
    #[arg(long, default_value_t = 5.0, value_name = "SECS")]
    load: f64,
    /// hang, queue-full, mute, stall, die, no-reason, out-of-memory, no-file, silent, nan,
    /// short, unrelated, garbage, cut, load-fails; may be repeated
    #[arg(long, value_name = "NAME")]
    fault: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    Lego,
    April,
    February,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let flavour = match args.flavour {
        Which::Lego => Flavour::Lego,
        Which::April => Flavour::April,
        Which::February => Flavour::February,
    };
    let mut setup = Setup {
        listen: args.listen,
        api_key: args.key,
        model: args.model,
        loaded: !args.unloaded,
        job: Duration::from_secs_f64(args.job),
        load: Duration::from_secs_f64(args.load),
        ..Setup::new(flavour)
    };
    for name in &args.fault {
        anyhow::ensure!(setup.faults.switch_on(name), "there is no fault {name}");
    }
    let simulator = setup.start();
    println!("listening on {}", simulator.url());
    let (stop, stopped) = std::sync::mpsc::channel();
    ctrlc::set_handler(move || {
        // A second Ctrl-C finds nobody, which is fine.
        let _ = stop.send(());
    })?;
    stopped.recv()?;
    Ok(())
}
