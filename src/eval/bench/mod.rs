//! How quick the program is, over bases from a thousand passages to a hundred thousand.
//!
//! A small sample of real documents is read with the real model: that gives the rate of an ingest, and the seed of the
//! large bases ([`varied`]). Embedding a hundred thousand passages would take hours, so their vectors are the seed
//! passages' own with noise added, put where the ingest looks for embeddings it has made before; then the files go
//! through the whole ingest like any others. Bases are kept and used again.

mod machine;
mod rulings;
mod varied;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use indicatif::ProgressBar;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::app::{App, SOURCES, today};
use crate::config::Config;
use crate::corpus::{self, Document, Passage};
use crate::index::{Probe, Scope};
use crate::ingest::{MAX_TOKENS, Options, Side};
use crate::retrieval::{DEPTH, Query};
use crate::store::text_hash;
pub use rulings::Rulings;
use varied::{Dice, Seed, Written};

/// Raised when the bases would be made otherwise.
const VERSION: u32 = 4;

/// Real documents read for the seed.
const SEED_DOCUMENTS: usize = 120;

/// Questions asked one at a time, and by all callers together.
const ALONE: usize = 200;
const TOGETHER: usize = 600;

/// Callers at once.
const CALLERS: usize = 20;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program's settings; the data folder is replaced.
    pub config: Config,
    /// Sizes of the bases.
    pub passages: Vec<usize>,
    /// Sizes, in documents, of the bases that conflicts are found in.
    pub rulings: Vec<usize>,
    /// Real documents to start from.
    pub sources: Vec<PathBuf>,
    /// Where the bases are kept.
    pub folder: PathBuf,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct BenchReport {
    /// Number of processors.
    pub processors: usize,
    /// The machine's load over the last minute when the measuring began; a busy machine answers more slowly.
    pub load: Option<f64>,
    /// Ingest of real documents with the model; none when the sample was read before.
    pub ingest: Option<Rate>,
    /// One for each size.
    pub sizes: Vec<Size>,
    /// What finding conflicts costs, for each size.
    pub rulings: Vec<Rulings>,
}

/// How fast documents are taken in.
#[derive(Debug, Serialize)]
pub struct Rate {
    /// Passages taken in.
    pub passages: usize,
    /// Questions embedded with them.
    pub questions: usize,
    /// Wall time.
    pub seconds: f64,
    /// Passages and questions embedded a second.
    pub texts_per_second: f64,
}

/// The figures over a base of one size.
#[derive(Debug, Serialize)]
pub struct Size {
    /// Passages in the base.
    pub passages: usize,
    /// Passages with callers' questions.
    pub with_questions: usize,
    /// Seconds to take them in, embedding left out; none when the base was there.
    pub ingest_seconds: Option<f64>,
    /// Seconds from the start to the first answer.
    pub start_seconds: f64,
    /// Processor time of it, where the system tells.
    pub start_cpu_seconds: Option<f64>,
    /// Resident memory after the questions, in MB, where the system tells.
    pub memory_mb: Option<f64>,
    /// One caller.
    pub alone: Spread,
    /// Share of the ten nearest passages, and of the ten with the nearest questions, that the index finds; the rest is
    /// lost by not comparing with every vector.
    pub top_ten_found: [f64; 2],
    /// Mean milliseconds of each stage. The channels run side by side; `search` is all of them by the clock.
    pub stages: Vec<Stage>,
    /// Twenty callers.
    pub together: Spread,
    /// Answers a second for twenty callers.
    pub answers_per_second: f64,
}

/// Times of a number of questions, in milliseconds.
#[derive(Debug, Serialize)]
pub struct Spread {
    /// Half were quicker.
    pub median: f64,
    /// 95 of 100 were quicker.
    pub p95: f64,
    /// The slowest.
    pub max: f64,
    /// Processor time per question, where the system tells; unlike the others it does not depend on what else runs.
    pub cpu: Option<f64>,
}

/// A stage's mean time.
#[derive(Debug, Serialize)]
pub struct Stage {
    /// Name.
    pub name: String,
    /// Milliseconds.
    pub mean: f64,
    /// Share of the whole; none for what runs side by side.
    pub share: Option<f64>,
}

/// Makes the bases that are not there and measures over each.
///
/// # Errors
/// The sources hold no text; model, index or store fail; the folder cannot be written.
pub async fn run(plan: &Plan, progress: &ProgressBar) -> anyhow::Result<BenchReport> {
    std::fs::create_dir_all(&plan.folder).with_context(|| {
        format!("mappen {} kan ikke lages; velg en du kan skrive i med --data-dir", plan.folder.display())
    })?;
    progress.set_message("leser et utvalg av dokumentene med modellen");
    let (seeds, model, ingest) = seeds(plan, progress).await?;
    let mut report = BenchReport {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        load: machine::load(),
        ingest,
        sizes: Vec::new(),
        rulings: Vec::new(),
    };
    for &passages in &plan.passages {
        let config =
            Config { data_dir: plan.folder.join(format!("{passages}-{}", folder_mark(&model))), ..plan.config.clone() };
        let ingest_seconds = make(&config, passages, &seeds, progress).await?;
        progress.set_message(format!("måler over {passages} passasjer"));
        report.sizes.push(measure(&config, &seeds, ingest_seconds, progress).await?);
    }
    for &documents in &plan.rulings {
        report.rulings.push(rulings::measure(plan, documents, &seeds, &model, progress).await?);
    }
    Ok(report)
}

/// A base made with another model, or in another way, is another folder.
fn folder_mark(model: &str) -> String {
    text_hash(&format!("{VERSION} {model}"))[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a sample of the sources with the model.
async fn seeds(plan: &Plan, progress: &ProgressBar) -> anyhow::Result<(Vec<Seed>, String, Option<Rate>)> {
    let mut files = Vec::new();
    corpus::sources(&plan.sources, &mut |file| {
        files.extend(file.ok().map(|file| PathBuf::from(file.name)).filter(|file| file.is_file()));
        true
    });
    let step = files.len().div_ceil(SEED_DOCUMENTS).max(1);
    let files: Vec<PathBuf> = files.into_iter().step_by(step).collect();
    let app = App::open(&Config { data_dir: plan.folder.join("utvalg"), ..plan.config.clone() }, progress).await?;
    let ingested = app.ingest(&files, Options::default(), progress).await?;
    let (questions, catalogue, model) = (app.questions(), app.catalogue(), app.embedder().model_id().to_owned());
    let mut seeds = Vec::new();
    for passage in catalogue.versions().iter().flat_map(|version| catalogue.passages_of(version)) {
        let text = corpus::embedding_text(passage.document(), passage.passage());
        let asked = questions.of(passage.document(), passage.passage());
        let Some(vector) =
            app.store.cached_vectors(&Side::Passage.key(&model), &[text_hash(&text)]).await?.pop().flatten()
        else {
            continue;
        };
        let hashes: Vec<_> = asked.iter().map(|question| text_hash(question)).collect();
        let vectors = app.store.cached_vectors(&Side::Query.key(&model), &hashes).await?;
        seeds.push(Seed {
            heading: passage.passage().path.last().unwrap_or(&passage.document().title).clone(),
            text: passage.text().to_owned(),
            vector,
            questions: asked.into_iter().zip(vectors).filter_map(|(q, v)| Some((q.to_owned(), v?))).collect(),
        });
    }
    anyhow::ensure!(!seeds.is_empty(), "det er ingen tekst å måle over; oppgi dokumenter med --source");
    let embedded = seeds.iter().map(|seed| seed.questions.len()).sum::<usize>();
    let rate = (ingested.passages > 0).then(|| Rate {
        passages: ingested.passages,
        questions: embedded,
        seconds: ingested.seconds,
        texts_per_second: (ingested.passages + embedded) as f64 / ingested.seconds.max(f64::EPSILON),
    });
    Ok((seeds, model, rate))
}

/// Makes a base unless it is there; gives the seconds that the ingest took.
async fn make(config: &Config, passages: usize, seeds: &[Seed], progress: &ProgressBar) -> anyhow::Result<Option<f64>> {
    let app = App::open(config, progress).await?;
    if app.catalogue().passage_count() >= passages {
        return Ok(None);
    }
    progress.set_message(format!("lager {passages} passasjer"));
    let files = config.data_dir.join("dokumenter");
    std::fs::create_dir_all(files.join("questions"))?;
    let model = app.embedder().model_id().to_owned();
    let mut questions = std::io::BufWriter::new(std::fs::File::create(files.join("questions/bench.jsonl"))?);
    for number in 0..varied::documents(passages) {
        let written = varied::document(number, passages, seeds);
        std::fs::write(files.join(&written.file), &written.text)?;
        keep(&app, &model, &written, number, seeds, &mut questions).await?;
    }
    std::io::Write::flush(&mut questions)?;
    progress.set_message(format!("leser inn {passages} passasjer"));
    let report = app.ingest(&[files], Options::default(), progress).await?;
    anyhow::ensure!(report.failed.is_empty(), "prøvedokumentene kunne ikke leses: {:?}", report.failed.first());
    Ok(Some(report.seconds))
}

/// Puts the vectors of a document's passages and questions where the ingest will find them.
async fn keep(
    app: &App,
    model: &str,
    written: &Written,
    number: usize,
    seeds: &[Seed],
    questions: &mut impl std::io::Write,
) -> anyhow::Result<()> {
    let mut dice = Dice::new(0x00c0_ffee ^ number as u64);
    let document = corpus::read(&written.file, written.text.as_bytes())?;
    // Passages are far shorter than the limit, so a rough count cuts them as the model's own would.
    let cut = corpus::cut(&document, MAX_TOKENS, &|text| text.len() / 4);
    let mut vectors = Vec::new();
    let mut asked = Vec::new();
    for passage in &cut {
        let part = passage.sections.start.min(written.seeds.len() - 1);
        let seed = &seeds[written.seeds[part]];
        let other = &seeds[dice.below(seeds.len())];
        for text in embedded(&document, passage) {
            vectors.push((text_hash(&text), dice.near(&seed.vector, &other.vector)));
        }
        let own: Vec<_> = written.questions.iter().filter(|(of, ..)| *of == part).collect();
        if own.is_empty() {
            continue;
        }
        let texts: Vec<&str> = own.iter().map(|(_, text, _)| text.as_str()).collect();
        let line = serde_json::json!({ "document": document.id, "locator": passage.locator, "questions": texts });
        writeln!(questions, "{line}")?;
        asked.extend(
            own.iter().map(|(_, text, of)| (text_hash(text), dice.near(&seeds[of.0].questions[of.1].1, &seed.vector))),
        );
    }
    for (side, made) in [(Side::Passage, &vectors), (Side::Query, &asked)] {
        let borrowed: Vec<_> = made.iter().map(|(hash, vector)| (*hash, vector.as_slice())).collect();
        app.store.keep_vectors(&side.key(model), &borrowed).await?;
    }
    Ok(())
}

/// The texts of a passage that an ingest embeds: the whole, and what can be quoted of it.
fn embedded(document: &Document, passage: &Passage) -> impl Iterator<Item = String> {
    let pieces = corpus::quotable(document, passage).into_iter().map(|range| document.text[range].to_owned());
    pieces.chain([corpus::embedding_text(document, passage)])
}

/// Starts the program over a base that is there, and asks.
async fn measure(
    config: &Config,
    seeds: &[Seed],
    ingest_seconds: Option<f64>,
    progress: &ProgressBar,
) -> anyhow::Result<Size> {
    let questions = Arc::new(questions(seeds));
    let (began, cpu) = (Instant::now(), machine::cpu_ms());
    let app = Arc::new(App::open(config, progress).await?);
    let first =
        questions.first().cloned().context("utvalget har ingen spørsmål; oppgi dokumenter som har, med --source")?;
    let asking = Arc::clone(&app);
    tokio::task::spawn_blocking(move || asking.ask(&first, today())).await??;
    let start_seconds = began.elapsed().as_secs_f64();
    let start_cpu_seconds = machine::cpu_ms().zip(cpu).map(|(after, before)| (after - before) / 1e3);
    let (asking, asked) = (Arc::clone(&app), Arc::clone(&questions));
    let (alone, stages) = tokio::task::spawn_blocking(move || one_caller(&asking, &asked)).await??;
    let (together, answers_per_second) = many_callers(&app, &questions, config.workers).await?;
    let (asking, asked) = (Arc::clone(&app), Arc::clone(&questions));
    let top_ten_found = tokio::task::spawn_blocking(move || top_ten_found(&asking, &asked)).await??;
    let catalogue = app.catalogue();
    let with_questions =
        catalogue.versions().iter().flat_map(|v| &v.passages).filter(|p| !p.questions.is_empty()).count();
    Ok(Size {
        passages: catalogue.passage_count(),
        with_questions,
        ingest_seconds,
        start_seconds,
        start_cpu_seconds,
        memory_mb: machine::memory_mb(),
        alone,
        top_ten_found,
        stages,
        together,
        answers_per_second,
    })
}

/// Callers' questions from all over the sample, in the same order every time.
fn questions(seeds: &[Seed]) -> Vec<String> {
    let mut all: Vec<&String> = seeds.iter().flat_map(|seed| seed.questions.iter().map(|(text, _)| text)).collect();
    all.sort();
    all.dedup();
    let mut dice = Dice::new(7);
    let mut keyed: Vec<(u64, &String)> = all.into_iter().map(|question| (dice.next(), question)).collect();
    keyed.sort();
    keyed.into_iter().map(|(_, question)| question.clone()).collect()
}

fn one_caller(app: &App, questions: &[String]) -> anyhow::Result<(Spread, Vec<Stage>)> {
    for question in questions.iter().cycle().skip(ALONE).take(20) {
        app.ask(question, today())?;
    }
    let mut times = Vec::new();
    let mut sums: HashMap<String, f64> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut add = |name: String, took: std::time::Duration| {
        if !sums.contains_key(&name) {
            order.push(name.clone());
        }
        *sums.entry(name).or_insert(0.0) += took.as_secs_f64() * 1e3;
    };
    let cpu = machine::cpu_ms();
    for question in questions.iter().cycle().take(ALONE) {
        let began = Instant::now();
        let found = app.search(&Query { text: question, day: today(), kinds: Vec::new(), limit: SOURCES })?;
        let stages = found.times.clone();
        let composing = Instant::now();
        let answer = app.compose(found, today());
        let composed = composing.elapsed();
        times.push(began.elapsed().as_secs_f64() * 1e3);
        drop(answer);
        add("understand".to_owned(), stages.understanding);
        add("search".to_owned(), stages.searching);
        add("rank".to_owned(), stages.ranking);
        add("compose".to_owned(), composed);
        for (channel, took) in stages.channels {
            add(format!("search/{channel:?}"), took);
        }
    }
    let cpu = machine::cpu_ms().zip(cpu).map(|(after, before)| (after - before) / ALONE as f64);
    let whole: f64 = times.iter().sum();
    order.sort_by_key(|name| name.contains('/'));
    let stages = order
        .into_iter()
        .map(|name| {
            let sum = sums.get(&name).copied().unwrap_or(0.0);
            Stage { mean: sum / ALONE as f64, share: (!name.contains('/')).then_some(sum / whole), name }
        })
        .collect();
    Ok((spread(times, cpu), stages))
}

/// How much of the true top the index finds, for passages and for known questions.
fn top_ten_found(app: &App, questions: &[String]) -> anyhow::Result<[f64; 2]> {
    let texts: Vec<&str> = questions.iter().take(ALONE).map(String::as_str).collect();
    let mut found = [0, 0];
    let mut wanted = [0, 0];
    for vector in app.embedder().queries(&texts)? {
        for (at, probe) in [Probe::Passage(vector.clone()), Probe::Questions(vector)].iter().enumerate() {
            let best = app.index.compare_all(probe, 10)?;
            // As good as the tenth is in the top ten, where several are equal.
            let tenth = best.last().map_or(0.0, |hit| hit.score) - f32::EPSILON;
            wanted[at] += best.len();
            found[at] += app
                .index
                .search(probe, &Scope::default(), DEPTH)?
                .iter()
                .take(best.len())
                .filter(|hit| hit.score >= tenth)
                .count();
        }
    }
    Ok([0, 1].map(|at| found[at] as f64 / wanted[at].max(1) as f64))
}

/// Twenty callers who ask again as soon as they have an answer, in a queue as the server's.
async fn many_callers(app: &Arc<App>, questions: &Arc<Vec<String>>, workers: usize) -> anyhow::Result<(Spread, f64)> {
    let queue = Arc::new(Semaphore::new(workers.max(1)));
    let next = Arc::new(AtomicUsize::new(0));
    let cpu = machine::cpu_ms();
    let began = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (app, questions, queue, next) =
                (Arc::clone(app), Arc::clone(questions), Arc::clone(&queue), Arc::clone(&next));
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= TOGETHER {
                        return anyhow::Ok(times);
                    }
                    let question = questions[at % questions.len()].clone();
                    let began = Instant::now();
                    let turn = queue.acquire().await?;
                    let app = Arc::clone(&app);
                    tokio::task::spawn_blocking(move || app.ask(&question, today())).await??;
                    drop(turn);
                    times.push(began.elapsed().as_secs_f64() * 1e3);
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = machine::cpu_ms().zip(cpu).map(|(after, before)| (after - before) / TOGETHER as f64);
    Ok((spread(times, cpu), TOGETHER as f64 / seconds.max(f64::EPSILON)))
}

fn spread(mut times: Vec<f64>, cpu: Option<f64>) -> Spread {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    Spread { median: at(0.5), p95: at(0.95), max: times.last().copied().unwrap_or(0.0), cpu }
}

/// Where bases are kept when no folder is named.
pub fn default_folder() -> PathBuf {
    Path::new(&std::env::temp_dir()).join("rettesnor-bench")
}
