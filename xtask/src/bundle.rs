//! `cargo xtask bundle`

use crate::{cargo, debian};
use anyhow::Result;
use sideman_bundler::System;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// Rust target triple, e.g. x86_64-pc-windows-gnu [default: this machine]
    #[arg(long)]
    target: Option<String>,
    /// Build with debug assertions, quickly
    #[arg(long)]
    debug: bool,
    /// Also link the bundles into ~/.clap and ~/.vst3 (Linux)
    #[arg(long)]
    install: bool,
}

pub fn run(args: &Args) -> Result<()> {
    debian::ensure(&[debian::BUILD])?;
    let profile = if args.debug { "dev" } else { "release" };
    let mut flags = vec!["--profile", profile];
    if let Some(target) = &args.target {
        flags.extend(["--target", target]);
    }
    let build = |title: &str, what: &[&str]| {
        cargo::run(
            title,
            &mut cargo::cargo(
                ["build"]
                    .into_iter()
                    .chain(what.iter().copied())
                    .chain(flags.iter().copied()),
            ),
        )
    };
    // The plugin without `standalone`: it must not link the audio backends.
    build("plugin", &["-p", "sideman-plugin", "--lib"])?;
    let mut built = cargo::target_dir();
    built.extend(args.target.as_deref());
    built.push(if args.debug { "debug" } else { "release" });
    let out = cargo::target_dir()
        .join("bundled")
        .join(args.target.as_deref().unwrap_or("here"));
    let system = System::of_target(args.target.as_deref());
    let architecture = architecture(args.target.as_deref());
    let bundles = sideman_bundler::bundle(
        &built.join(system.library_file()),
        system,
        architecture,
        &out,
    )?;
    println!("{}\n{}", bundles.clap.display(), bundles.vst3.display());
    if args.install {
        install(&bundles)?;
    }
    if args.target.is_none() {
        build(
            "standalone",
            &[
                "-p",
                "sideman-plugin",
                "--bin",
                "sideman",
                "--features",
                "standalone",
            ],
        )?;
        build("service", &["-p", "wrapper-service"])?;
        for program in ["sideman", "wrapper-service"] {
            let program = format!("{program}{}", std::env::consts::EXE_SUFFIX);
            std::fs::copy(built.join(&program), out.join(&program))?;
            println!("{}", out.join(&program).display());
        }
    }
    Ok(())
}

/// The processor in VST3's words.
fn architecture(target: Option<&str>) -> &'static str {
    let is_arm = target.map_or(cfg!(target_arch = "aarch64"), |t| t.starts_with("aarch64"));
    if is_arm { "aarch64" } else { "x86_64" }
}

fn install(bundles: &sideman_bundler::Bundles) -> Result<()> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    for (bundle, folder) in [(&bundles.clap, ".clap"), (&bundles.vst3, ".vst3")] {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder)?;
        let link = folder.join(bundle.file_name().unwrap_or_default());
        if link.is_symlink() {
            std::fs::remove_file(&link)?;
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(bundle, &link)?;
        println!("{} -> {}", link.display(), bundle.display());
    }
    Ok(())
}
