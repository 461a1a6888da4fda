//! `rettesnor search`: ranked passages only.

use jiff::civil::Date;
use rettesnor::answer::view::PassageView;
use rettesnor::app::{MAX_QUESTION, today};
use rettesnor::law::SourceKind;
use rettesnor::retrieval::{MAX_LIMIT, Query};

use super::{Base, Done, day, parse_date, print};

#[derive(clap::Args)]
pub struct Arguments {
    /// Det du søker etter
    #[arg(value_name = "SØK")]
    query: String,
    /// Antall passasjer [standard: 10]
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true, value_parser = limit)]
    limit: usize,
    /// Etter reglene på denne dagen [standard: i dag]
    #[arg(long, value_name = "ÅÅÅÅ-MM-DD", value_parser = parse_date)]
    as_of: Option<Date>,
    /// Bare denne typen kilde; kan gjentas [statute, regulation, circular, appeals_ruling, tribunal_decision,
    /// court_judgment, clarification, guidance]
    #[arg(long, value_name = "TYPE", value_parser = kind)]
    kind: Vec<SourceKind>,
    #[command(flatten)]
    base: Base,
    /// Skriv JSON
    #[arg(long)]
    json: bool,
}

fn limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| format!("«{text}» er ikke et tall fra 1 til {MAX_LIMIT}"))
}

fn kind(text: &str) -> Result<SourceKind, String> {
    text.parse().map_err(|_| {
        let all: Vec<&str> = SourceKind::ALL.iter().map(|kind| kind.code()).collect();
        format!("«{text}» er ingen kildetype; bruk en av {}", all.join(", "))
    })
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    anyhow::ensure!(!arguments.query.trim().is_empty(), "søket er tomt; skriv noen ord");
    anyhow::ensure!(
        arguments.query.chars().count() <= MAX_QUESTION,
        "søket er for langt; grensen er {MAX_QUESTION} tegn"
    );
    let app = arguments.base.open().await?;
    let query =
        Query { text: &arguments.query, day: day(arguments.as_of), kinds: arguments.kind, limit: arguments.limit };
    let found = tokio::task::block_in_place(|| app.search(&query))?;
    let today = today();
    let views: Vec<PassageView> = found.passages.iter().map(|hit| PassageView::of(hit, today)).collect();
    if arguments.json {
        print(serde_json::to_string(&views)?)?;
        return Ok(Done::All);
    }
    for (at, view) in views.iter().enumerate() {
        let line: String = view.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(220).collect();
        print(format!(
            "{:>2}. {}, {} [{}]\n    {line}",
            at + 1,
            view.document.title,
            view.locator,
            view.document.weight
        ))?;
    }
    Ok(Done::All)
}
