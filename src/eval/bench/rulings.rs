//! What finding conflicts costs, over bases of rulings and circulars on the same provisions.
//!
//! Each document's reasons are sentences of real reasons, recombined; some ten documents meet on a provision, as
//! in a real base. Statements get vectors near those of the sentences they are made of, as the passages do.

use std::path::Path;

use anyhow::Context as _;
use indicatif::ProgressBar;
use serde::Serialize;

use super::varied::{self, Dice, Seed};
use super::{Plan, embedded, folder_mark};
use crate::app::App;
use crate::config::Config;
use crate::conflict;
use crate::corpus;
use crate::ingest::{MAX_TOKENS, Options, Side};
use crate::register::statement_key;
use crate::store::text_hash;

/// What one size came to.
#[derive(Debug, Serialize)]
pub struct Rulings {
    /// Documents in the base.
    pub documents: usize,
    /// Seconds to read and index them, embedding left out.
    pub ingest_seconds: f64,
    /// Seconds to find conflicts among all of them, embedding left out.
    pub conflict_seconds: f64,
    /// Conflicts found.
    pub conflicts: usize,
    /// Seconds to read and index one more document.
    pub one_more_seconds: f64,
    /// Seconds to compare it with the base.
    pub one_more_conflict_seconds: f64,
}

/// Makes a base of so many documents and measures.
pub(super) async fn measure(
    plan: &Plan,
    documents: usize,
    seeds: &[Seed],
    model: &str,
    progress: &ProgressBar,
) -> anyhow::Result<Rulings> {
    let folder = plan.folder.join(format!("avgjorelser-{documents}-{}", folder_mark(model)));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("{} kan ikke ryddes", folder.display()))?;
    }
    let files = folder.join("dokumenter");
    std::fs::create_dir_all(&files)?;
    let app = App::open(&Config { data_dir: folder, ..plan.config.clone() }, progress).await?;
    progress.set_message(format!("lager {documents} avgjørelser"));
    for number in 0..documents {
        write(&app, &files, number, documents, seeds, model).await?;
    }
    progress.set_message(format!("leser inn {documents} avgjørelser"));
    let all = app.ingest(std::slice::from_ref(&files), Options::default(), progress).await?;
    anyhow::ensure!(all.failed.is_empty(), "prøvedokumentene kunne ikke leses: {:?}", all.failed.first());
    write(&app, &files, documents, documents, seeds, model).await?;
    let one = app.ingest(&[files.join(name(documents))], Options::default(), progress).await?;
    Ok(Rulings {
        documents,
        ingest_seconds: all.seconds,
        conflict_seconds: all.conflict_seconds,
        conflicts: app.register.findings().await?.len(),
        one_more_seconds: one.seconds,
        one_more_conflict_seconds: one.conflict_seconds,
    })
}

fn name(number: usize) -> String {
    format!("avgjorelse-{number:05}.md")
}

/// Writes a document, and keeps the vectors of its passages and statements where they are looked for.
async fn write(
    app: &App,
    files: &Path,
    number: usize,
    documents: usize,
    seeds: &[Seed],
    model: &str,
) -> anyhow::Result<()> {
    let mut dice = Dice::new(0x5eed ^ number as u64);
    let (text, of) = varied::ruling(number, documents, seeds);
    let document = corpus::read(&name(number), text.as_bytes())?;
    let mut near = || {
        let one = of[dice.below(of.len())];
        let other = dice.below(seeds.len());
        dice.near(&seeds[one].vector, &seeds[other].vector)
    };
    let passages: Vec<_> = corpus::cut(&document, MAX_TOKENS, &|text| text.len() / 4)
        .iter()
        .flat_map(|passage| embedded(&document, passage))
        .map(|text| (text_hash(&text), near()))
        .collect();
    let reading = conflict::read(&document, "1", app.analyser());
    let statements: Vec<_> = reading.all_statements().map(|said| (text_hash(&said.said), near())).collect();
    let of_statements = statement_key(app.embedder().statement_model_id());
    for (key, made) in [(Side::Passage.key(model), &passages), (of_statements, &statements)] {
        let borrowed: Vec<_> = made.iter().map(|(hash, vector)| (*hash, vector.as_slice())).collect();
        app.store.keep_vectors(&key, &borrowed).await?;
    }
    std::fs::write(files.join(name(number)), text)?;
    Ok(())
}
