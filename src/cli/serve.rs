//! `rettesnor serve`: the chat and the API.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{Base, Done};

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
    let _ = (arguments.bind, arguments.corpus, arguments.base);
    anyhow::bail!("under arbeid")
}
