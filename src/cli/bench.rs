//! `rettesnor bench`: how quick the program is.

use std::path::PathBuf;

use rettesnor::eval::bench::{self, Plan, Size, Spread};

use super::{Base, Done, print, progress};

/// Mål hvor raskt programmet svarer, over baser av økende størrelse.
///
/// Basene lages av dokumentene i --source: setningene settes sammen på nytt og tallene endres, så hver passasje er ny.
/// Bare et lite utvalg går gjennom språkmodellen; de andre passasjene får utvalgets vektorer med litt støy, slik at
/// 100 000 passasjer lages på minutter. Innlesing, indeks og svar er ellers som ellers. Om lag hver tiende passasje
/// har innringerspørsmål, og hvert tiende dokument er en eldre versjon. Basene beholdes til neste måling, i
/// --data-dir eller i rettesnor-bench i systemets mappe for midlertidige filer.
#[derive(clap::Args)]
pub struct Arguments {
    /// Antall passasjer i hver base
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    passages: Vec<usize>,
    /// Antall avgjørelser og rundskriv i hver base det letes etter konflikter i
    #[arg(long, value_name = "N", value_delimiter = ',')]
    rulings: Vec<usize>,
    /// Dokumentene basene lages av [standard: corpus]
    #[arg(long, value_name = "STI", default_value = "corpus", hide_default_value = true)]
    source: Vec<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Skriv JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    anyhow::ensure!(!arguments.passages.contains(&0), "--passages må være tall over 0, som 1000,10000");
    let plan = Plan {
        config: arguments.base.config()?,
        passages: arguments.passages,
        rulings: arguments.rulings,
        sources: arguments.source,
        folder: arguments.base.data_dir.unwrap_or_else(bench::default_folder),
    };
    let bar = progress("måler");
    let report = bench::run(&plan, &bar).await;
    bar.finish_and_clear();
    let report = report?;
    if arguments.json {
        print(serde_json::to_string(&report)?)?;
        return Ok(Done::All);
    }
    let load = report.load.map_or_else(String::new, |load| format!(", last {load:.1}"));
    print(format!("{} kjerner{load}", report.processors))?;
    if let Some(rate) = &report.ingest {
        print(format!(
            "innlesing med modellen: {} passasjer og {} spørsmål på {:.1} s ({:.0} tekster/s)",
            rate.passages, rate.questions, rate.seconds, rate.texts_per_second
        ))?;
    }
    for size in &report.sizes {
        show(size)?;
    }
    for base in &report.rulings {
        print(format!(
            "\n{} avgjørelser og rundskriv: lest inn på {:.1} s, {} konflikter på {:.1} s (begge uten innleiring)\n  én til: {:.2} s, konflikter på {:.2} s",
            base.documents,
            base.ingest_seconds,
            base.conflicts,
            base.conflict_seconds,
            base.one_more_seconds,
            base.one_more_conflict_seconds
        ))?;
    }
    Ok(Done::All)
}

fn show(size: &Size) -> anyhow::Result<()> {
    let ingest = size.ingest_seconds.map_or_else(String::new, |s| format!("; lest inn på {s:.0} s uten modellen"));
    let cpu = size.start_cpu_seconds.map_or_else(String::new, |s| format!(" (prosessortid {s:.1} s)"));
    let memory = size.memory_mb.map_or_else(String::new, |mb| format!("; minne {mb:.0} MB"));
    print(format!(
        "\n{} passasjer ({} med spørsmål){ingest}\n  fra start til første svar: {:.1} s{cpu}{memory}",
        size.passages, size.with_questions, size.start_seconds
    ))?;
    print(format!("  én som spør:   {}", times(&size.alone)))?;
    print(format!("  tjue som spør: {}, {:.0} svar/s", times(&size.together), size.answers_per_second))?;
    let [passages, questions] = size.top_ten_found.map(|share| share * 100.0);
    print(format!("  av de ti nærmeste finner indeksen {passages:.1} % (passasjer) og {questions:.1} % (spørsmål)"))?;
    for stage in &size.stages {
        let share = stage.share.map_or_else(String::new, |share| format!(" {:>4.0} %", share * 100.0));
        print(format!("    {:<24} {:>7.2} ms{share}", stage.name, stage.mean))?;
    }
    Ok(())
}

fn times(spread: &Spread) -> String {
    let cpu = spread.cpu.map_or_else(String::new, |cpu| format!(", prosessortid {cpu:.1} ms per svar"));
    format!("median {:.1} ms, 95-prosentil {:.1} ms, lengst {:.1} ms{cpu}", spread.median, spread.p95, spread.max)
}
