//! `rettesnor ingest`: files and folders into the base.

use std::path::{Path, PathBuf};

use rettesnor::ingest::{Options, Report};
use rettesnor::store;

use super::{Base, Done, print, progress};

#[derive(clap::Args)]
pub struct Arguments {
    /// Filer, mapper eller arkiver (.zip, .tar.gz, .tar.bz2)
    #[arg(required = true, value_name = "STI")]
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
    if let ([path, ..], false) = (arguments.paths.as_slice(), arguments.paths.iter().any(|path| path.exists())) {
        anyhow::bail!("{} finnes ikke; oppgi en fil, en mappe eller et arkiv", path.display());
    }
    let mut base = arguments.base;
    let scratch = if arguments.dry_run { Scratch::where_missing(&base.config()?.data_dir) } else { None };
    if let Some(scratch) = &scratch {
        base.data_dir = Some(scratch.0.clone());
    }
    let app = base.open().await?;
    let bar = progress("leser");
    let options = Options { dry_run: arguments.dry_run, prune: false };
    let report = app.ingest(&arguments.paths, options, &bar).await;
    bar.finish_and_clear();
    app.store.close().await;
    let report = report?;
    for failure in &report.failed {
        eprintln!("{}", failure.error);
    }
    if report.is_empty() {
        eprintln!("Det er ingen dokumenter der; oppgi filer, en mappe eller et arkiv med dokumenter.");
    }
    if arguments.json {
        print(serde_json::to_string(&report)?)?;
    } else {
        print(summary(&report))?;
    }
    Ok(if report.failed.is_empty() { Done::All } else { Done::Partly })
}

/// A data folder for the time of a trial run, where there is none yet: a trial makes none.
struct Scratch(PathBuf);

impl Scratch {
    fn where_missing(data_dir: &Path) -> Option<Self> {
        let name = format!("rettesnor-{}", uuid::Uuid::new_v4());
        (!data_dir.join(store::FILE).exists()).then(|| Self(std::env::temp_dir().join(name)))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing is lost where it cannot be removed: it lies among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
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
    let (passages, seconds, conflicts) = (report.passages, report.seconds, report.conflict_seconds);
    format!("{verb}: {}; {passages} passasjer på {seconds:.1} s, konflikter på {conflicts:.1} s", parts.join(", "))
}
