//! Reading documents in, with everything that can go wrong: bad files, changed files, kills, broken data folders.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use indicatif::ProgressBar;
use rettesnor::app::App;
use rettesnor::config::Config;
use rettesnor::corpus;
use rettesnor::ingest::{Options, Report};
use rettesnor::retrieval::Query;
use rettesnor::store::{self, Catalogue, Store};
use serde_json::{Value, json};
use support::{Home, circular, contents, models, ran};

/// The program inside this test, for what takes many steps: the model is loaded once.
struct Inside {
    app: App,
}

impl Inside {
    async fn open(home: &Home) -> Self {
        let config = Config { data_dir: home.data(), cache_dir: Some(models()), ..Config::default() };
        Self { app: App::open(&config, &ProgressBar::hidden()).await.unwrap() }
    }

    /// Brings the base in step with a folder, as the server does when it starts.
    async fn follow(&self, folder: &Path) -> Report {
        self.read(folder, true).await
    }

    async fn read(&self, path: &Path, prune: bool) -> Report {
        let options = Options { dry_run: false, prune };
        self.app.ingest(&[path.to_owned()], options, &ProgressBar::hidden()).await.unwrap()
    }

    /// The words found for a search by the rules of a day.
    fn found(&self, text: &str, day: u32) -> Vec<String> {
        let query = Query { text, day, kinds: Vec::new(), limit: 20 };
        let found = tokio::task::block_in_place(|| self.app.search(&query)).unwrap();
        found.passages.iter().map(|hit| hit.passage.text().to_owned()).collect()
    }

    fn today(&self, text: &str) -> Vec<String> {
        self.found(text, rettesnor::app::today())
    }
}

fn counts(report: &Report) -> (usize, usize, usize, usize, usize) {
    let Report { added, changed, withdrawn, unchanged, failed, .. } = report;
    (added.len(), changed.len(), withdrawn.len(), *unchanged, failed.len())
}

/// A circular that a ruling goes against, with some words more.
fn moving(words: &str) -> String {
    format!(
        "---\nid: R99-01\nkind: circular\ntitle: Om flyttetilskudd\ndate: 2020-01-01\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Vilkår\n\nFlyttetilskudd gis bare når flyttingen er avtalt skriftlig med arbeidsgiveren. {words}\n"
    )
}

/// The ruling.
const RULING: &str = "---\nid: KA-X-2021-1\nkind: appeals_ruling\ntitle: Flyttetilskudd\ndate: 2021-05-01\noutcome: MEDHOLD\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Klageinstansens vurdering\n\nDet er ikke noe vilkår for flyttetilskudd at flyttingen er avtalt skriftlig med arbeidsgiveren.\n";

fn note(text: &str) -> String {
    format!("# Fjellstøtte\n\n{text}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_file() {
    let home = Home::new();
    let folder = home.path("corpus");
    let file = home.write("corpus/fjell.md", note("Fjellstøtte er 500 kroner."));
    home.write("corpus/hav.md", "# Havstøtte\n\nHavstøtte er 90 kroner.\n");
    let base = Inside::open(&home).await;
    assert_eq!(counts(&base.follow(&folder).await), (2, 0, 0, 0, 0));
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 0, 2, 0));

    // Changed: the new words are the rule from today, the old ones are history.
    std::fs::write(&file, note("Fjellstøtte er 600 kroner.")).unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (0, 1, 0, 1, 0));
    let now = base.today("fjellstøtte");
    assert!(now.iter().any(|text| text.contains("600")) && !now.iter().any(|text| text.contains("500")), "{now:?}");
    let then = base.found("fjellstøtte", 2020_01_01);
    assert!(then.iter().any(|text| text.contains("500")) && !then.iter().any(|text| text.contains("600")), "{then:?}");

    // Changed back: what the file says holds, not what was read last.
    std::fs::write(&file, note("Fjellstøtte er 500 kroner.")).unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (0, 1, 0, 1, 0));
    let now = base.today("fjellstøtte");
    assert!(now.iter().any(|text| text.contains("500")) && !now.iter().any(|text| text.contains("600")), "{now:?}");
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 0, 2, 0));

    // Renamed: the document stays.
    let moved = home.path("corpus/under/Fjell og vidde.md");
    std::fs::create_dir(home.path("corpus/under")).unwrap();
    std::fs::rename(&file, &moved).unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 0, 2, 0));
    assert!(base.today("fjellstøtte").iter().any(|text| text.contains("500")));
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 0, 2, 0));

    // Another document in the same file: the first has no file any more.
    std::fs::write(
        &moved,
        circular("R55-99", "2024-01-01", "Fjellrundskriv", "## § 1-1\n\nFjellstøtte er 700 kroner."),
    )
    .unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (1, 0, 0, 1, 0));
    let now = base.today("fjellstøtte");
    assert!(now.iter().any(|text| text.contains("700")) && !now.iter().any(|text| text.contains("500")), "{now:?}");

    // A file that cannot be read for the moment takes nothing out of the base.
    std::fs::write(&moved, "---\nid: [\n---\nx").unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 0, 1, 1));
    assert!(base.today("fjellstøtte").iter().any(|text| text.contains("700")));

    // Removed: history from today. A plain ingest removes nothing.
    std::fs::remove_file(&moved).unwrap();
    assert_eq!(counts(&base.read(&folder, false).await), (0, 0, 0, 1, 0));
    assert_eq!(counts(&base.follow(&folder).await), (0, 0, 1, 1, 0));
    assert!(!base.today("fjellstøtte").iter().any(|text| text.contains("700")));
    assert!(base.found("fjellstøtte", 2024_02_01).iter().any(|text| text.contains("700")));

    // And back again: found, and once only.
    std::fs::write(
        &moved,
        circular("R55-99", "2024-01-01", "Fjellrundskriv", "## § 1-1\n\nFjellstøtte er 700 kroner."),
    )
    .unwrap();
    base.follow(&folder).await;
    for day in [2024_02_01, rettesnor::app::today()] {
        assert_eq!(base.found("fjellstøtte", day).iter().filter(|text| text.contains("700")).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_the_same_day_is_the_rule_and_keeps_its_conflicts() {
    let home = Home::new();
    let folder = home.path("corpus");
    let file = home.write("corpus/r.md", moving("Se også kapittel 4."));
    home.write("corpus/ka.md", RULING);
    let base = Inside::open(&home).await;
    base.follow(&folder).await;
    let before = base.app.register.findings().await.unwrap();
    assert_eq!(before.len(), 1);

    std::fs::write(&file, moving("Se også kapittel 5.")).unwrap();
    assert_eq!(counts(&base.follow(&folder).await), (0, 1, 0, 1, 0));
    let catalogue = base.app.catalogue();
    let standing: Vec<_> = catalogue.document("R99-01").filter(|version| !version.superseded).collect();
    assert_eq!(standing.len(), 1);
    assert!(standing[0].document.text.contains("kapittel 5"));
    let after = base.app.register.findings().await.unwrap();
    assert_eq!(after.iter().map(|conflict| &conflict.id).collect::<Vec<_>>(), [&before[0].id]);
}

/// The decision is of EEA law and names no § of the circular, which nobody else speaks of; the circular came first.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_on_eea_law_meets_the_circular_of_its_benefit() {
    let home = Home::new();
    let folder = home.path("corpus");
    home.write(
        "corpus/r.md",
        "---\nid: R99-12\nkind: circular\ntitle: Om kontantstøtte\ndate: 2020-01-01\nbenefits: [KON_KON]\nprovisions: [\"kontantstøtteloven § 3\"]\n---\n# Medlemskap i fem år\n\nDet er bare tid i norsk trygd som teller. Trygdetid i et annet EØS-land regnes ikke med i de fem årene.\n",
    );
    let base = Inside::open(&home).await;
    base.follow(&folder).await;
    assert!(base.app.register.findings().await.unwrap().is_empty());
    home.write(
        "corpus/trr.md",
        "---\nid: TRR-2022-99712\nkind: tribunal_decision\ntitle: Kontantstøtte og trygdetid i Polen\nissuer: Trygderetten\ndate: 2022-05-05\nbenefits: [KON_KON]\noutcome: MEDHOLD\nprovisions: [\"trygdeforordningen art. 6\"]\n---\n# Rettens merknader\n\nTrygdetid i et annet EØS-land skal regnes med i de fem årene. Rundskrivet er i strid med forordningen artikkel 6 og kan ikke følges.\n",
    );
    base.follow(&folder).await;
    let found = base.app.register.findings().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, rettesnor::conflict::ConflictKind::TribunalVsCircular);
}

/// What a judgment beside the sides settles is told by its words' nearness, which is made anew when the engine looks again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_stays_so_when_something_else_is_read() {
    let home = Home::new();
    let folder = home.path("corpus");
    home.write("corpus/r.md", moving(""));
    home.write("corpus/ka.md", RULING);
    home.write(
        "corpus/hr.md",
        "---\nid: HR-2023-97001-A\nkind: court_judgment\ntitle: Flyttetilskudd\nissuer: Høyesterett\ndate: 2023-05-01\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Saken\n\nSaken gjelder klageinstansens vedtak KA-X-2021-1.\n\n# Høyesteretts vurdering\n\nFormen på avtalen med arbeidsgiveren avgjør retten til flyttetilskudd etter § 15-11.\n",
    );
    let base = Inside::open(&home).await;
    base.follow(&folder).await;
    let before = base.app.register.findings().await.unwrap();
    assert_eq!(before.len(), 1);
    let settled = before[0].settled.as_ref().map(|settled| settled.by.clone());
    assert_eq!(settled.as_deref(), Some("HR-2023-97001-A"));
    assert!(before[0].sides.iter().flat_map(|side| &side.documents).all(|on| on.id != "HR-2023-97001-A"));

    home.write("corpus/annet.md", note("Barnetrygd etter barnetrygdloven § 2 gis til den barnet bor fast hos."));
    base.follow(&folder).await;
    let after = base.app.register.findings().await.unwrap();
    assert_eq!(after[0].settled.as_ref().map(|settled| settled.by.clone()), settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_with_one_id_and_one_file_with_two_names() {
    let home = Home::new();
    let folder = home.path("corpus");
    home.write("corpus/a.md", circular("R55-99", "2024-01-01", "Fjell", "## § 1-1\n\nFjellstøtte er 700 kroner."));
    let b =
        home.write("corpus/b.md", circular("R55-99", "2024-01-01", "Fjell", "## § 1-1\n\nFjellstøtte er 800 kroner."));
    home.write("corpus/c.md", circular("R55-99", "2019-01-01", "Fjell", "## § 1-1\n\nFjellstøtte er 100 kroner."));
    home.write("corpus/d.md", circular("R56-99", "2019-01-01", "Vidde", "## § 1-1\n\nViddestøtte er 100 kroner."));
    home.write("corpus/d-kopi.md", circular("R56-99", "2019-01-01", "Vidde", "## § 1-1\n\nViddestøtte er 100 kroner."));
    let base = Inside::open(&home).await;
    for _ in 0..2 {
        let report = base.follow(&folder).await;
        assert_eq!(report.failed.len(), 1, "{report:?}");
        let clash = &report.failed[0].error;
        assert!(clash.contains("b.md: dokumentet «R55-99» med samme dato er allerede lest fra"), "{clash}");
        assert!(clash.contains("a.md; gi det en egen id eller en egen dato"), "{clash}");
    }
    assert!(base.today("fjellstøtte").iter().any(|text| text.contains("700")));
    std::fs::remove_file(b).unwrap();

    // The same file under another name, changed: no clash with itself.
    home.write("corpus/a.md", circular("R55-99", "2024-01-01", "Fjell", "## § 1-1\n\nFjellstøtte er 900 kroner."));
    let report = base.read(&home.path("corpus/../corpus/a.md"), false).await;
    assert_eq!(counts(&report), (0, 1, 0, 0, 0), "{report:?}");
    assert!(base.today("fjellstøtte").iter().any(|text| text.contains("900")));

    // Two entries of one archive with one id clash as two files do.
    let mut archive = zip::ZipWriter::new(std::fs::File::create(home.path("to.zip")).unwrap());
    for (name, kroner) in [("en.md", 1), ("to.md", 2)] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let text = circular("R57-99", "2024-01-01", "Hav", &format!("## § 1-1\n\nHavstøtte er {kroner} kroner."));
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let report = base.read(&home.path("to.zip"), false).await;
    assert_eq!((report.added.len(), report.failed.len()), (1, 1), "{report:?}");
    let report = base.read(&home.path("to.zip"), false).await;
    assert_eq!((report.unchanged, report.failed.len()), (1, 1), "{report:?}");
}

#[test]
fn each_bad_file_is_named_with_what_would_be_right_and_the_rest_is_kept() {
    let home = Home::new();
    let front = |fields: &str| format!("---\nid: X1\n{fields}\n---\nTeksten her er det vi vil lese.\n").into_bytes();
    let zip_start = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("01 tom.md", Vec::new(), "filen er tom; legg inn teksten"),
        ("02 blank.md", b" \n\t\n".to_vec(), "filen er tom"),
        (
            "03 bilde.md",
            [0x89, b'P', b'N', b'G', 0, 1, 2, 0, 0xff].repeat(50),
            "verken tekst, HTML, PDF eller DOCX; lagre den",
        ),
        ("04 avkortet.zip", zip_start.clone(), "lagre den i et av formatene"),
        (
            "05 avkortet.pdf",
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog".to_vec(),
            "PDF-filen er skadet eller avkortet; hent den på nytt",
        ),
        ("06 arkiv.tar.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0].to_vec(), "TAR.GZ-filen er skadet eller avkortet"),
        (
            "07 tegnsett.txt",
            b"F\xc3\xb8rste linje\nAndre linje om s\xf8knad".to_vec(),
            "linje 2: tegnsettet lar seg ikke tyde; lagre filen som UTF-8",
        ),
        ("08 stor.txt", b"mange ord ".repeat(6_100_000), "grensen er 50 MB"),
        ("09 dyp.html", format!("<html><body>{}tekst", "<div>".repeat(50_000)).into_bytes(), "nivåer; del den opp"),
        ("10 yaml.md", front("kind: [circular"), "lar seg ikke lese som YAML"),
        ("11 åpen.md", b"---\nid: X1\nkind: circular\nTekst.\n".to_vec(), "mangler en avsluttende linje med «---»"),
        (
            "12 type.md",
            front("kind: rundskriv"),
            "linje 3: feltet «kind» er «rundskriv», som ikke er en tillatt verdi; skriv en av statute",
        ),
        ("13 uten type.md", front("title: T"), "feltet «kind» mangler; skriv en av"),
        (
            "14 dato.md",
            front("kind: circular\ndate: 2023-02-30"),
            "linje 4: feltet «date» er «2023-02-30», som ikke finnes; skriv en gyldig dato",
        ),
        ("15 dato.md", front("kind: circular\ndate: i fjor"), "skriv den som åååå-mm-dd"),
        (
            "16 snudd.md",
            front("kind: circular\nvalid_from: 2024-01-01\nvalid_to: 2023-01-01"),
            "bytt om eller rett datoene",
        ),
        ("17 overskrift.md", b"# Bare en overskrift\n".to_vec(), "legg inn"),
        ("18 yaml-dyp.md", front(&format!("kind: circular\nx: {}{}", "[".repeat(20_000), "]".repeat(20_000))), "YAML"),
        ("19 utfall.md", front("kind: appeals_ruling\noutcome: VANT"), "skriv en av TRUKKET"),
    ];
    for (name, bytes, _) in &cases {
        home.write(&format!("corpus/{name}"), bytes);
    }
    let word = {
        // a Word document cut off in the middle
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all("<w:document>lang tekst".repeat(500).as_bytes()).unwrap();
        archive.finish().unwrap().into_inner()
    };
    home.write("corpus/20 avkortet.docx", &word[..word.len() / 2]);
    home.write("corpus/bra æøå (1).md", note("Fjellstøtte er 500 kroner."));
    home.write(
        "corpus/tall.md",
        "---\nid: 12345\nkind: guidance\ntitle: 2024\ncase_no: 17\noffice: yes\n---\nTall i felter er ord.\n",
    );
    let ran = home.run(&["ingest", "corpus", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let report = ran.json();
    assert_eq!(report["added"].as_array().unwrap().len(), 2, "{report}");
    assert_eq!(report["failed"].as_array().unwrap().len(), cases.len() + 1, "{report}");
    assert_eq!(ran.err.lines().count(), cases.len() + 1, "én linje per fil: {}", ran.err);
    for (name, _, right) in &cases {
        let line = ran
            .err
            .lines()
            .find(|line| line.starts_with(&format!("corpus/{name}")))
            .unwrap_or_else(|| panic!("{name}: {}", ran.err));
        assert!(line.contains(right), "{line}");
    }
    assert!(ran.err.contains("corpus/20 avkortet.docx: "));
    let hits = home.run(&["search", "fjellstøtte", "--json"]).json();
    assert!(hits[0]["text"].as_str().unwrap().contains("500"), "{hits}");
}

#[test]
fn paths_of_all_kinds() {
    let home = Home::new();
    home.write("mappe/æ ø å/Fjell støtte.md", note("Fjellstøtte er 500 kroner."));
    home.write("mappe/README.md", "# Om mappen\n\nDette er ikke en kilde.");
    home.write("mappe/.skjult.md", note("Skjult."));
    let markdown = note("Arkivstøtte er 10 kroner.");
    let tar = |name: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(markdown.len() as u64);
        header.set_cksum();
        let mut archive = tar::Builder::new(Vec::new());
        archive.append_data(&mut header, name, markdown.as_bytes()).unwrap();
        archive.into_inner().unwrap()
    };
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&tar("lover/gz.md")).unwrap();
    home.write("lover.tar.gz", gz.finish().unwrap());
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz.write_all(&tar("./bz.md")).unwrap();
    home.write("lover.tar.bz2", bz.finish().unwrap());
    let mut zip = zip::ZipWriter::new(std::fs::File::create(home.path("pakke uten ending")).unwrap());
    zip.start_file("dokument å.md", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(note("Pakkestøtte er 11 kroner.").as_bytes()).unwrap();
    zip.finish().unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(home.path("mappe"), home.path("mappe/æ ø å/løkke")).unwrap();
        std::os::unix::fs::symlink("finnes-ikke", home.path("mappe/død.md")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(home.path("rør")).status().unwrap().success());
    }
    std::fs::create_dir(home.path("tom")).unwrap();

    let ran = home.run(&[
        "ingest",
        "mappe",
        "mappe/æ ø å/Fjell støtte.md",
        "./mappe",
        "lover.tar.gz",
        "pakke uten ending",
        "--json",
    ]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    let report = ran.json();
    assert_eq!((report["added"].as_array().unwrap().len(), &report["unchanged"]), (3, &json!(2)), "{report}");

    // What cannot be read is named, the rest is kept.
    let ran = home.run(&["ingest", "finnes-ikke", "rør", "lover.tar.bz2", "--json"]);
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.json()["unchanged"].as_u64().unwrap() + ran.json()["added"].as_array().unwrap().len() as u64,
        1,
        "{ran:?}"
    );
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!(said[0], "finnes-ikke: filen kan ikke åpnes (den finnes ikke); kontroller at den finnes og kan leses");
    assert!(said[1].starts_with("rør: filen kan ikke åpnes (det er ikke en vanlig fil)"), "{said:?}");

    let ran = home.run(&["ingest", "tom"]);
    assert_eq!(ran.status, 0);
    assert!(ran.sentence().contains("ingen dokumenter der; oppgi filer, en mappe eller et arkiv"), "{ran:?}");
    // The folder around it all, with the data folder in it: nothing of that is a document.
    let ran = home.run(&["ingest", ".", "--dry-run", "--json"]);
    assert!(
        ran.json()["failed"].as_array().unwrap().iter().all(|f| !f["file"].as_str().unwrap().contains("data/")),
        "{ran:?}"
    );
}

#[test]
fn a_trial_run_writes_nothing() {
    let home = Home::new();
    home.write("fjell.md", note("Fjellstøtte er 500 kroner."));
    let ran = home.run(&["ingest", "fjell.md", "--dry-run", "--json"]);
    assert_eq!((ran.status, ran.json()["dry_run"].clone()), (0, json!(true)), "{ran:?}");
    assert_eq!(ran.json()["added"], json!(["fjell"]));
    assert!(!home.data().exists());
    home.run(&["ingest", "fjell.md"]);
    let database = || std::fs::read(home.data().join(store::FILE)).unwrap();
    let before = (database(), contents(&home.data().join("index")).len());
    home.write("fjell.md", note("Fjellstøtte er 600 kroner."));
    let ran = home.run(&["ingest", "fjell.md", "--dry-run", "--json"]);
    assert_eq!(ran.json()["changed"], json!(["fjell"]), "{ran:?}");
    assert!(before == (database(), contents(&home.data().join("index")).len()));
    assert!(home.run(&["search", "fjellstøtte"]).out.contains("500"));
}

/// A document for the kill tests: six headed parts, no two alike.
fn many(home: &Home, count: usize) {
    const PLACES: [&str; 12] = [
        "Alta",
        "Bodø",
        "Dovre",
        "Eigersund",
        "Farsund",
        "Gol",
        "Hamar",
        "Kongsberg",
        "Lom",
        "Molde",
        "Namsos",
        "Odda",
    ];
    const THINGS: [&str; 10] =
        ["båt", "briller", "flytting", "hest", "husleie", "klær", "møbler", "reise", "skole", "verktøy"];
    for at in 0..count {
        let (place, thing) = (PLACES[at % PLACES.len()], THINGS[at / 6 % THINGS.len()]);
        let parts: String = (1..=6)
            .map(|part| format!("## {part} Støtte nummer {part}\n\nDen som bor i {place}, får støtte til {thing} med {} kroner i år {part}. Søknaden sendes innen {} uker.\n\n", 100 * at + part * 7, part + at))
            .collect();
        home.write(
            &format!("corpus/doc-{at:02}.md"),
            circular(
                &format!("R{}-9{}", at + 10, at % 10),
                "2022-01-01",
                &format!("Støtte til {thing} i {place}"),
                &parts,
            ),
        );
    }
}

type Documents = Vec<(String, u32, Vec<(String, String)>)>;

/// All documents that are visible, with their passages.
async fn documents(data: &Path) -> Documents {
    let catalogue = Store::open(data).await.unwrap().catalogue(&Catalogue::default()).await.unwrap();
    let mut all: Documents = catalogue
        .versions()
        .iter()
        .map(|v| {
            let text = |p: &rettesnor::corpus::Passage| v.document.text[p.range.clone()].to_owned();
            let passages = v.passages.iter().map(|p| (p.passage.locator.clone(), text(&p.passage))).collect();
            (v.document.id.clone(), v.validity.from, passages)
        })
        .collect();
    all.sort();
    all
}

fn top(home: &Home, query: &str) -> Vec<Value> {
    let ran = home.run(&["search", query, "--limit", "6", "--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    ran.json().as_array().unwrap().iter().map(|p| json!([p["document"]["id"], p["locator"]])).collect()
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_whole_documents_and_the_next_run_finishes() {
    let (calm, killed) = (Home::new(), Home::new());
    many(&calm, 60);
    many(&killed, 60);
    let began = SystemTime::now();
    assert_eq!(calm.run(&["ingest", "corpus"]).status, 0);
    let whole = began.elapsed().unwrap();
    let expected = documents(&calm.data()).await;
    assert_eq!(expected.len(), 60);

    for step in 1..=4u32 {
        let mut child =
            killed.command().args(["ingest", "corpus"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let chance = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_millis();
        // From the loading of the model to the last writes.
        std::thread::sleep(whole * step / 5 + Duration::from_millis(u64::from(chance % 300)));
        let _ = child.kill();
        child.wait().unwrap();
        if killed.data().join(store::FILE).exists() {
            for document in documents(&killed.data()).await {
                assert!(expected.contains(&document), "halvt dokument etter kill {step}: {}", document.0);
            }
        }
        if step % 2 == 0 {
            let hits = top(&killed, "støtte til båt");
            let seen = documents(&killed.data()).await.len();
            assert!(hits.len() == 6 || seen == 0, "{seen} dokumenter, {hits:?}");
        }
    }
    let ran = killed.run(&["ingest", "corpus", "--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(documents(&killed.data()).await == expected);
    for query in ["støtte til båt i Alta", "støtte til flytting i Gol"] {
        let (one, other) = (top(&killed, query), top(&calm, query));
        assert_eq!(one[0], other[0]);
        // Hits that a channel scores alike may change places.
        let set = |hits: &[Value]| hits.iter().map(Value::to_string).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(set(&one), set(&other));
    }
    assert_eq!(killed.run(&["ingest", "corpus", "--json"]).json()["unchanged"], json!(60));
}

/// What can be quoted is embedded when it is read, and at the next start where a base was made without.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_quoted_has_its_vectors() {
    let home = Home::new();
    let about = |what: &str| format!("{what} ").repeat(320 / what.len());
    let (amount, deadline) = (about("Støtten er 500 kroner i måneden."), about("Klagefristen er seks uker."));
    home.write("corpus/fjell.md", note(&format!("{amount}\n\n{deadline}")));
    let nearest = |app: &App| {
        let query =
            Query { text: "hvor lenge kan jeg vente med å klage", day: 20_260_101, kinds: Vec::new(), limit: 1 };
        let found = tokio::task::block_in_place(|| app.search(&query)).unwrap();
        let passage = &found.passages[0].passage;
        let pieces = corpus::quotable(passage.document(), passage.passage());
        let near = passage.nearness(&found.understood.vector);
        assert_eq!(near.len(), pieces.len());
        let best = (0..near.len()).max_by(|&a, &b| near[a].total_cmp(&near[b])).unwrap();
        passage.document().text[pieces[best].clone()].to_owned()
    };
    let base = Inside::open(&home).await;
    base.follow(&home.path("corpus")).await;
    assert!(nearest(&base.app).starts_with("Klagefristen"));
    let passages: Vec<_> = base.app.catalogue().passage_ids().into_iter().map(|id| (id, Default::default())).collect();
    base.app.store.set_piece_vectors(&passages).await.unwrap();
    base.app.store.set_setting("index_model", "an older program").await.unwrap();
    drop(base);
    assert!(nearest(&Inside::open(&home).await.app).starts_with("Klagefristen"));
}

/// The index folder is lost, old, or broken: the database is the truth.
#[test]
fn the_index_follows_the_database() {
    let home = Home::new();
    home.write("fjell.md", note("Fjellstøtte er 500 kroner."));
    home.write("hav.md", "# Havstøtte\n\nHavstøtte er 90 kroner.\n");
    assert_eq!(home.run(&["ingest", "fjell.md", "hav.md"]).status, 0);
    let index = home.data().join("index");
    let old: Vec<(PathBuf, Vec<u8>)> = contents(&index);
    home.write("fjell.md", note("Fjellstøtte er 600 kroner."));
    assert_eq!(home.run(&["ingest", "fjell.md", "hav.md"]).status, 0);
    let check = |what: &str| {
        let ran = home.run(&["search", "fjellstøtte", "--json"]);
        assert_eq!(ran.status, 0, "{what}: {ran:?}");
        let texts = ran.json().to_string();
        assert!(texts.contains("600") && texts.contains("90 kroner"), "{what}: {texts}");
        assert!(!texts.contains("500"), "{what}: den gamle teksten er funnet: {texts}");
    };
    check("urørt");

    std::fs::remove_dir_all(&index).unwrap();
    check("slettet");

    // As after a kill between the database's commit and the index: it still holds the old words as the rule.
    std::fs::remove_dir_all(&index).unwrap();
    for (path, bytes) in &old {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    check("eldre enn databasen");

    for broken in ["segment.json", "version.info", "edge_config.json"] {
        for (path, bytes) in contents(&index).iter().filter(|(path, _)| path.ends_with(broken)) {
            std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }
        check(broken);
    }
}

/// A deployment moves by configuration: the server finds what the embedded engine finds.
#[test]
fn the_index_moves_to_a_server_by_configuration() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        eprintln!("hoppet over: sett QDRANT_URL (gRPC, f.eks. http://127.0.0.1:6334) for å prøve Qdrant-tjeneren");
        return;
    };
    let home = Home::new();
    home.write("fjell.md", note("Fjellstøtte er 500 kroner."));
    home.write("hav.md", "# Havstøtte\n\nHavstøtte er 90 kroner.\n");
    assert_eq!(home.run(&["ingest", "fjell.md", "hav.md"]).status, 0);
    let collection = format!("rettesnor-test-{}", uuid::Uuid::new_v4());
    let on_server = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::from(home.command());
        command.env("RETTESNOR_QDRANT_URL", &url).env("RETTESNOR_QDRANT_COLLECTION", &collection);
        let ran = ran(command.args(arguments), "");
        assert_eq!(ran.status, 0, "{ran:?}");
        ran
    };
    let places = |found: Value| -> Vec<Value> {
        found.as_array().unwrap().iter().map(|p| json!([p["document"]["id"], p["locator"]])).collect()
    };
    // What the database holds is put on the server when it is first met.
    let search = ["search", "fjellstøtte", "--limit", "6", "--json"];
    assert_eq!(places(on_server(&search).json()), top(&home, "fjellstøtte"));
    home.write("fjell.md", note("Fjellstøtte er 600 kroner."));
    assert_eq!(on_server(&["ingest", "fjell.md", "--json"]).json()["changed"], json!(["fjell"]));
    let found = on_server(&search).json().to_string();
    assert!(found.contains("600") && !found.contains("500"), "{found}");
    let answer = on_server(&["ask", "Hvor mye er fjellstøtte?", "--json"]).json();
    assert_eq!(answer["status"], json!("answered"), "{answer}");
}

#[test]
fn a_broken_database_is_told_in_one_sentence() {
    let home = Home::new();
    home.write("fjell.md", note("Fjellstøtte er 500 kroner."));
    assert_eq!(home.run(&["ingest", "fjell.md"]).status, 0);
    let file = home.data().join(store::FILE);
    let whole = std::fs::read(&file).unwrap();
    let mut scrambled = whole.clone();
    scrambled[..4000].iter_mut().for_each(|byte| *byte = byte.wrapping_mul(31).wrapping_add(7));
    for broken in [b"dette er ingen database".repeat(100), scrambled, whole[..9000].to_vec()] {
        std::fs::write(&file, &broken).unwrap();
        let ran = home.run(&["search", "fjellstøtte"]);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{ran:?}");
        assert!(ran.sentence().contains("er skadet; legg tilbake en sikkerhetskopi"), "{ran:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert!(home.run(&["search", "fjellstøtte"]).out.contains("500"));
}
