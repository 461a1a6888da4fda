//! `rettesnor serve`: brings the base up to date, then serves the chat and the API.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rettesnor::app::App;
use rettesnor::config::Config;
use rettesnor::ingest::Options;
use rettesnor::web;
use tokio::net::TcpListener;

use super::{Base, Done, ingest, print, progress};

#[derive(clap::Args)]
pub struct Arguments {
    /// Adresse [standard: 127.0.0.1:8080]
    #[arg(long, value_name = "ADRESSE")]
    bind: Option<SocketAddr>,
    /// Mappe med dokumenter; kan gjentas [standard: corpus]
    #[arg(long, value_name = "MAPPE")]
    corpus: Vec<PathBuf>,
    #[command(flatten)]
    base: Base,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    let mut config = arguments.base.config()?;
    if let Some(address) = arguments.bind {
        config.bind = address;
    }
    if !arguments.corpus.is_empty() {
        config.corpus = arguments.corpus;
    }
    let folders = corpus_folders(&config)?;
    // The port first: one that is taken is told before the work of reading.
    let listener = listen(config.bind).await?;
    let address = listener.local_addr()?;

    let bar = progress("åpner basen");
    let app = App::open(&config, &bar).await;
    bar.finish_and_clear();
    let app = Arc::new(app?);

    let bar = progress("leser dokumenter");
    let report = app.ingest(&folders, Options { dry_run: false, prune: true }, &bar).await;
    bar.finish_and_clear();
    let report = report?;
    for failure in &report.failed {
        eprintln!("{}", failure.error);
    }
    eprintln!("{}", ingest::summary(&report));

    let router = web::router(app, &config, address);
    print(format!("Rettesnor svarer på http://{address}"))?;
    web::serve(listener, router).await?;
    Ok(Done::All)
}

/// The folders to read. The default one may be missing; one that somebody has named may not.
fn corpus_folders(config: &Config) -> anyhow::Result<Vec<PathBuf>> {
    let is_default = config.corpus == Config::default().corpus;
    let mut folders = Vec::new();
    for folder in &config.corpus {
        if folder.exists() {
            folders.push(folder.clone());
        } else if is_default {
            eprintln!(
                "Mappen {} finnes ikke her; velg dokumenter med --corpus MAPPE eller «rettesnor ingest».",
                folder.display()
            );
        } else {
            anyhow::bail!("mappen {} finnes ikke; velg en annen med --corpus", folder.display());
        }
    }
    Ok(folders)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            let port = address.port();
            anyhow::anyhow!(
                "port {port} er i bruk; stopp programmet som bruker den, eller velg en annen med --bind {}:{}",
                address.ip(),
                port.saturating_add(1)
            )
        }
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!("du har ikke lov til å bruke port {}; velg en over 1024 med --bind", address.port())
        }
        ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("adressen {} finnes ikke på denne maskinen; velg en annen med --bind", address.ip())
        }
        _ => anyhow::anyhow!("kan ikke lytte på {address}: {error}"),
    })
}
