//! `rettesnor pairs`: what the adapter is trained on (`tools/training/`): each question with the passage it belongs to.

use std::path::PathBuf;

use rettesnor::ingest::training_pairs;

use super::{Done, print};

#[derive(clap::Args)]
pub struct Arguments {
    /// Filer eller mapper
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

pub fn run(arguments: Arguments) -> anyhow::Result<Done> {
    for pair in training_pairs(&arguments.paths)? {
        print(serde_json::to_string(&pair)?)?;
    }
    Ok(Done::All)
}
