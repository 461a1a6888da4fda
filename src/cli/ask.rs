//! `rettesnor ask`: an answer to one question, or to a file of them.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::civil::Date;
use rettesnor::answer::Status;
use rettesnor::answer::view::AnswerView;
use rettesnor::app::{App, MAX_QUESTION, today};
use serde::Deserialize;

use super::{Base, Done, day, parse_date, print};

#[derive(clap::Args)]
pub struct Arguments {
    /// Spørsmålet
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    question: Option<String>,
    /// Svar etter reglene på denne dagen [standard: i dag]
    #[arg(long, value_name = "ÅÅÅÅ-MM-DD", value_parser = parse_date)]
    as_of: Option<Date>,
    /// Fil med ett spørsmål per linje: {"id", "question", "as_of"?}; gir ett JSON-svar per linje
    #[arg(long, value_name = "FIL.jsonl")]
    batch: Option<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Skriv svaret som JSON
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    question: String,
    as_of: Option<String>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    if let Some(file) = arguments.batch {
        return batch(&arguments.base, &file, arguments.as_of).await;
    }
    let question = arguments.question.unwrap_or_default();
    check(&question)?;
    let app = arguments.base.open().await?;
    let view = answer(&app, String::new(), &question, day(arguments.as_of)).await?;
    if arguments.json {
        print(serde_json::to_string(&view)?)?;
    } else {
        print(plain(&view))?;
    }
    Ok(Done::All)
}

async fn batch(base: &Base, file: &PathBuf, as_of: Option<Date>) -> anyhow::Result<Done> {
    let lines = std::fs::File::open(file).with_context(|| format!("{} kan ikke åpnes", file.display()))?;
    let lines: Vec<String> = BufReader::new(lines)
        .lines()
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} er ikke UTF-8-tekst", file.display()))?;
    let app = base.open().await?;
    let mut done = Done::All;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let parsed = parse(line, as_of)
            .with_context(|| format!("{}, linje {}", file.display(), at + 1));
        let (id, question, day) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                eprintln!("rettesnor: {error:#}");
                let id = serde_json::from_str::<serde_json::Value>(line).ok().map(|v| v["id"].clone());
                print(serde_json::json!({ "id": id, "error": format!("{error:#}") }))?;
                done = Done::Partly;
                continue;
            }
        };
        print(serde_json::to_string(&answer(&app, id, &question, day).await?)?)?;
    }
    Ok(done)
}

fn parse(line: &str, as_of: Option<Date>) -> anyhow::Result<(String, String, u32)> {
    let line: Line = serde_json::from_str(line)
        .context("skriv linjen som {\"id\": \"1\", \"question\": \"…\"}")?;
    check(&line.question)?;
    let own = line.as_of.map(|text| parse_date(&text).map_err(anyhow::Error::msg)).transpose()?;
    let id = line.id.as_str().map_or_else(|| line.id.to_string(), str::to_owned);
    Ok((id, line.question, day(own.or(as_of))))
}

fn check(question: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!question.trim().is_empty(), "spørsmålet er tomt; skriv hva du vil vite");
    let length = question.chars().count();
    anyhow::ensure!(length <= MAX_QUESTION, "spørsmålet er {length} tegn; grensen er {MAX_QUESTION}");
    Ok(())
}

async fn answer(app: &App, id: String, question: &str, day: u32) -> anyhow::Result<AnswerView> {
    let id = if id.is_empty() { uuid::Uuid::new_v4().to_string() } else { id };
    let answer = tokio::task::block_in_place(|| app.ask(question, day))?;
    Ok(AnswerView::of(id, question, &answer, day, today()))
}

/// The answer as a person reads it in a terminal.
fn plain(view: &AnswerView) -> String {
    let mut text = String::new();
    let heading = match view.status {
        Status::Answered => "",
        Status::Partial => "Basen svarer bare delvis på dette.\n",
        Status::Clarify => "Spørsmålet kan bety flere ting. Mener du:\n",
        Status::NoBasis => "Kunnskapsbasen har ikke svar på dette.\n",
        Status::Blocked => "Spørsmålet ble stoppet.\n",
    };
    text.push_str(heading);
    for choice in view.clarification.iter().flat_map(|c| &c.choices) {
        text.push_str(&format!("– {}\n", choice.label));
    }
    for sentence in &view.answer {
        text.push_str(&format!("{} [{}]\n", sentence.text, sentence.citations.join(", ")));
    }
    for warning in &view.warnings {
        text.push_str(&format!("Merk: {}\n", warning.text));
    }
    if let Some(handover) = &view.handover {
        text.push_str(&format!("\n{handover}"));
    }
    if !view.citations.is_empty() {
        text.push_str("\nKilder:\n");
        for citation in &view.citations {
            let date = citation.document.date.as_deref().unwrap_or("uten dato");
            text.push_str(&format!(
                "[{}] {}, {} ({}, {date})\n",
                citation.id, citation.document.title, citation.locator, citation.document.weight
            ));
        }
    }
    text.trim_end().to_owned()
}
