//! `rettesnor eval`: figures over labelled questions.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rettesnor::eval::conflicts::Gold;
use rettesnor::eval::{self, Scores};

use super::{Base, Done, print};

#[derive(clap::Args)]
pub struct Arguments {
    /// Spørsmål med fasit (se tests/labels/README.md; flere filer legges sammen), eller konflikter med fasit
    /// (tests/conflicts/…/gold.jsonl, etter at dokumentene der er lest inn i basen)
    #[arg(required = true, value_name = "FIL.jsonl")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Mål også med hver søkekanal tatt ut etter tur
    #[arg(long)]
    leave_out: bool,
    /// Tilpass og skriv ut vektene i src/retrieval/weights.json (ranking), src/answer/answerable.json (judge) eller
    /// src/conflict/weights.json (conflicts)
    #[arg(long, value_enum, value_name = "HVA")]
    fit: Option<Fit>,
    /// Vis spørsmålene som bommet
    #[arg(long)]
    misses: bool,
    /// Skriv JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Fit {
    Ranking,
    Judge,
    Conflicts,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    let gold = arguments.files.iter().map(|file| conflict_gold(file)).collect::<anyhow::Result<Option<Vec<_>>>>()?;
    if let Some(gold) = gold.map(|files| files.concat()) {
        match arguments.fit {
            None => {}
            Some(Fit::Conflicts) => {
                let app = arguments.base.open().await?;
                let fit = tokio::task::block_in_place(|| eval::fit_conflicts(&app, &gold))?;
                print(serde_json::to_string_pretty(&fit)?)?;
                return Ok(Done::All);
            }
            Some(_) => anyhow::bail!("--fit ranking og --fit judge vil ha spørsmål med fasit, ikke konflikter"),
        }
        let app = arguments.base.open().await?;
        let figures = eval::conflicts::score(&app.register.findings().await?, &gold);
        print(if arguments.json { serde_json::to_string(&figures)? } else { figures.to_string() })?;
        return Ok(Done::All);
    }
    let mut labels = Vec::new();
    for file in &arguments.files {
        let text = read(file)?;
        labels.extend(eval::read(&text).with_context(|| file.display().to_string())?);
    }
    let app = arguments.base.open().await?;
    match arguments.fit {
        Some(Fit::Ranking) => {
            let fit = tokio::task::block_in_place(|| eval::fit_ranking(&app, &labels))?;
            print(serde_json::to_string_pretty(&fit)?)?;
            return Ok(Done::All);
        }
        Some(Fit::Judge) => {
            let fit = tokio::task::block_in_place(|| eval::fit_judge(&app, &labels))?;
            print(serde_json::to_string_pretty(&fit)?)?;
            return Ok(Done::All);
        }
        Some(Fit::Conflicts) => anyhow::bail!("--fit conflicts vil ha konflikter med fasit, ikke spørsmål"),
        None => {}
    }
    let outcomes = tokio::task::block_in_place(|| eval::run(&app, &labels))?;
    let mut report = eval::report(&outcomes);
    if arguments.leave_out {
        report.without = tokio::task::block_in_place(|| eval::leave_out(&app, &labels))?;
    }
    if arguments.json {
        print(serde_json::to_string(&report)?)?;
        return Ok(Done::All);
    }
    print(format!("{:<26} {:>4} {}", "", "n", HEADINGS))?;
    for (kind, scores) in &report.kinds {
        print(row(kind, scores))?;
    }
    print(row("alle", &report.all))?;
    for (name, scores) in &report.without {
        print(row(name, scores))?;
    }
    let (median, p95) = report.milliseconds;
    print(format!("tid per spørsmål: median {median:.1} ms, 95-prosentil {p95:.1} ms"))?;
    if arguments.misses {
        for outcome in &outcomes {
            if let Some(line) = eval::miss(outcome) {
                print(line)?;
            }
        }
    }
    Ok(Done::All)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} kan ikke leses", file.display()))
}

/// Labelled conflicts (`tests/conflicts/`), told from labelled questions by their first line.
fn conflict_gold(file: &Path) -> anyhow::Result<Option<Vec<Gold>>> {
    let text = read(file)?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.first().is_none_or(|line| serde_json::from_str::<Gold>(line).is_err()) {
        return Ok(None);
    }
    let gold = lines.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>();
    gold.map(Some).with_context(|| file.display().to_string())
}

const HEADINGS: &str = "  r@3   r@10  nDCG   MRR   fakta  sitat  feilavvist  spurt tilbake  rett avvist";

fn row(name: &str, s: &Scores) -> String {
    let show = |value: Option<f64>| value.map_or_else(|| "    –".to_owned(), |v| format!("{v:>5.2}"));
    format!(
        "{name:<26} {:>4} {} {} {} {} {}  {} {:>9} {:>12} {:>12}",
        s.questions,
        show(s.recall_3),
        show(s.recall_10),
        show(s.ndcg_10),
        show(s.mrr),
        show(s.facts),
        show(s.citation_precision),
        show(s.refused_wrongly),
        show(s.asked_back),
        show(s.refused_rightly)
    )
}
