//! `rettesnor ask`: an answer to one question, or to a file of them.

use std::path::{Path, PathBuf};

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
    #[arg(value_name = "SPØRSMÅL", required_unless_present = "batch", conflicts_with = "batch")]
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
    let view = answer(&app, &question, day(arguments.as_of)).await?;
    if arguments.json {
        print(serde_json::to_string(&view)?)?;
    } else {
        print(plain(&view))?;
    }
    Ok(Done::All)
}

async fn batch(base: &Base, file: &Path, as_of: Option<Date>) -> anyhow::Result<Done> {
    let bytes = std::fs::read(file)
        .map_err(|_| anyhow::anyhow!("{} kan ikke leses; oppgi en fil med ett spørsmål per linje", file.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{} er ikke UTF-8-tekst; lagre filen som UTF-8", file.display()))?;
    let app = base.open().await?;
    let mut done = Done::All;
    for (at, line) in
        text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        let parsed = parse(line, as_of).with_context(|| format!("{}, linje {}", file.display(), at + 1));
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
        let mut answer = serde_json::to_value(answer(&app, &question, day).await?)?;
        // As it was given, a number as a number.
        answer["id"] = id;
        print(answer)?;
    }
    Ok(done)
}

fn parse(line: &str, as_of: Option<Date>) -> anyhow::Result<(serde_json::Value, String, u32)> {
    // The parser's own words may repeat the line, and with it what must not be logged.
    let line: Line = serde_json::from_str(line)
        .map_err(|_| anyhow::anyhow!("skriv linjen som {{\"id\": \"1\", \"question\": \"…\"}}"))?;
    check(&line.question)?;
    let own = line.as_of.map(|text| parse_date(&text).map_err(anyhow::Error::msg)).transpose()?;
    Ok((line.id, line.question, day(own.or(as_of))))
}

fn check(question: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!question.trim().is_empty(), "spørsmålet er tomt; skriv hva du vil vite");
    let length = question.chars().count();
    anyhow::ensure!(length <= MAX_QUESTION, "spørsmålet er {length} tegn; grensen er {MAX_QUESTION}");
    Ok(())
}

async fn answer(app: &App, question: &str, day: u32) -> anyhow::Result<AnswerView> {
    let answer = tokio::task::block_in_place(|| app.ask(question, day))?;
    let mut view = AnswerView::of(uuid::Uuid::new_v4().to_string(), question, &answer, day, today());
    view.conflicts = app.conflicts(&answer);
    Ok(view)
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
