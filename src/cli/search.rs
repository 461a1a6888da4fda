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
    query: String,
    /// Antall passasjer
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=MAX_LIMIT as i64))]
    limit: u16,
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
    let query = Query {
        text: &arguments.query,
        day: day(arguments.as_of),
        kinds: arguments.kind,
        limit: usize::from(arguments.limit),
    };
    let found = tokio::task::block_in_place(|| app.search(&query))?;
    let today = today();
    let views: Vec<PassageView> = found.passages.iter().map(|hit| PassageView::of(hit, today)).collect();
    if arguments.json {
        print(serde_json::to_string(&views)?)?;
        return Ok(Done::All);
    }
    for (at, view) in views.iter().enumerate() {
        let line: String = view.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(220).collect();
        print(format!("{:>2}. {}, {} [{}]\n    {line}", at + 1, view.document.title, view.locator, view.document.weight))?;
    }
    Ok(Done::All)
}
