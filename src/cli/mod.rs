//! The command line: one file per command, which parses, calls the library and prints.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod ask;
mod bench;
mod conflicts;
mod eval;
mod ingest;
mod pairs;
mod refs;
mod search;
mod serve;
mod usage;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use rettesnor::app::{App, today};
use rettesnor::config::Config;
use rettesnor::day::day_number;

/// Kunnskapsbase og veiledningschat for Navs kontaktsentre: hver setning hviler på en sitert kilde, og strid mellom
/// kildene vises.
///
/// Uten kommando startes chatten på http://127.0.0.1:8080 med dokumentene i mappen corpus/.
#[derive(Parser)]
#[command(version, max_term_width = 110, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Arguments,
}

#[derive(Subcommand)]
enum Command {
    /// Start chatten og API-et (også uten kommando)
    Serve(serve::Arguments),
    /// Les filer eller mapper inn i basen
    Ingest(ingest::Arguments),
    /// Still et spørsmål og få svar med kilder
    Ask(ask::Arguments),
    /// Finn passasjer, uten svar
    Search(search::Arguments),
    /// Vis registeret over konflikter mellom kildene
    Conflicts(conflicts::Arguments),
    /// Finn lovhenvisninger i en tekst
    Refs(refs::Arguments),
    /// Mål programmet mot spørsmål med fasit
    Eval(eval::Arguments),
    /// Mål hvor raskt programmet svarer
    Bench(bench::Arguments),
    /// Skriv ut spørsmål og passasjer å trene modellen på (tools/training)
    #[command(hide = true)]
    Pairs(pairs::Arguments),
}

/// Flags shared by the commands that open the base.
#[derive(Args, Clone)]
struct Base {
    /// Mappe for indeks og database [standard: data]
    #[arg(long, value_name = "MAPPE")]
    data_dir: Option<PathBuf>,
    /// Mappe med model.onnx og tokenizer.json; modellen hentes da ikke
    #[arg(long, value_name = "MAPPE")]
    model_dir: Option<PathBuf>,
}

impl Base {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load()?;
        if let Some(folder) = &self.data_dir {
            config.data_dir.clone_from(folder);
        }
        if let Some(folder) = &self.model_dir {
            config.model_dir = Some(folder.clone());
        }
        Ok(config)
    }

    async fn open(&self) -> anyhow::Result<App> {
        let progress = progress("åpner basen");
        let app = App::open(&self.config()?, &progress).await;
        progress.finish_and_clear();
        app
    }
}

/// What a command came to, beside errors.
enum Done {
    /// All that was asked for.
    All,
    /// Some of it; what failed has been told.
    Partly,
}

/// Runs the program: status 0 when all was done, 1 when not, 2 for wrong usage.
pub fn main() -> ExitCode {
    let parsed = usage::in_norwegian(Cli::command()).try_get_matches().and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error),
    };
    init_logs();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return fail(&e.into()),
    };
    let command = cli.command.unwrap_or(Command::Serve(cli.serve));
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Ingest(arguments) => ingest::run(arguments).await,
            Command::Ask(arguments) => ask::run(arguments).await,
            Command::Search(arguments) => search::run(arguments).await,
            Command::Conflicts(arguments) => conflicts::run(arguments).await,
            Command::Refs(arguments) => refs::run(arguments),
            Command::Eval(arguments) => eval::run(arguments).await,
            Command::Bench(arguments) => bench::run(arguments).await,
            Command::Pairs(arguments) => pairs::run(arguments),
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    match outcome {
        Ok(Done::All) => ExitCode::SUCCESS,
        Ok(Done::Partly) => ExitCode::FAILURE,
        Err(error) => fail(&error),
    }
}

/// One plain sentence on standard error; causes are joined to it.
fn fail(error: &anyhow::Error) -> ExitCode {
    // A reader that has gone away (`| head`) is no failure to tell of.
    if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    eprintln!("rettesnor: {error:#}");
    ExitCode::FAILURE
}

fn init_logs() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("RETTESNOR_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,rettesnor=info,qdrant_edge=error,sqlx=error"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if std::env::var("RETTESNOR_LOG_FORMAT").as_deref() == Ok("json") {
        logs.json().init();
    } else {
        logs.compact().init();
    }
}

/// A spinner or bar on standard error; nothing where that is not a terminal.
fn progress(message: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// A date flag, as yyyymmdd; today when not given.
fn day(date: Option<Date>) -> u32 {
    date.map_or_else(today, day_number)
}

fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("«{text}» er ingen dato; skriv den som 2026-11-21"))
}

/// Prints a line and reports a reader that is gone.
fn print(text: impl std::fmt::Display) -> anyhow::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}
