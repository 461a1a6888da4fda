//! `rettesnor ingest`: files and folders into the base.

use std::path::PathBuf;

use rettesnor::ingest::{Options, Report};

use super::{Base, Done, print, progress};

#[derive(clap::Args)]
pub struct Arguments {
    /// Filer, mapper eller arkiver (.zip, .tar.gz, .tar.bz2)
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Les og sjekk bare; ikke skriv noe
    #[arg(long)]
    dry_run: bool,
    /// Skriv rapporten som JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    for path in &arguments.paths {
        anyhow::ensure!(path.exists(), "{} finnes ikke; oppgi en fil, en mappe eller et arkiv", path.display());
    }
    let app = arguments.base.open().await?;
    let bar = progress("leser");
    let options = Options { dry_run: arguments.dry_run, prune: false };
    let report = app.ingest(&arguments.paths, options, &bar).await;
    bar.finish_and_clear();
    let report = report?;
    for failure in &report.failed {
        eprintln!("{}", failure.error);
    }
    if arguments.json {
        print(serde_json::to_string(&report)?)?;
    } else {
        print(summary(&report))?;
    }
    Ok(if report.failed.is_empty() { Done::All } else { Done::Partly })
}

/// The report in one line.
pub fn summary(report: &Report) -> String {
    let mut parts = vec![
        format!("{} nye", report.added.len()),
        format!("{} endret", report.changed.len()),
        format!("{} uendret", report.unchanged),
    ];
    if !report.withdrawn.is_empty() {
        parts.push(format!("{} trukket", report.withdrawn.len()));
    }
    if !report.failed.is_empty() {
        parts.push(format!("{} kunne ikke leses", report.failed.len()));
    }
    let news = &report.news;
    if !news.new_conflicts.is_empty() {
        parts.push(format!("{} nye konflikter", news.new_conflicts.len()));
    }
    if !news.settled.is_empty() {
        parts.push(format!("{} avklart", news.settled.len()));
    }
    let verb = if report.dry_run { "Prøvelest (ingenting er skrevet)" } else { "Lest inn" };
    format!("{verb}: {}; {} passasjer på {:.1} s", parts.join(", "), report.passages, report.seconds)
}
