//! Legal references against labelled sentences, Nav's own lists of provisions and the law's own links.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rettesnor::law::{LawId, ProvisionId, find, find_law};
use serde::Deserialize;

const FOLKETRYGDLOVEN: &str = "lov/1997-02-28-19";

fn law(id: &str) -> LawId {
    id.parse().unwrap()
}

fn ids(text: &str, context: Option<&str>) -> Vec<String> {
    let context = context.map(law);
    find(text, context.as_ref()).into_iter().map(|reference| reference.id).collect()
}

/// A file of the shared data, or `None`, said aloud, where this checkout has none.
fn shared(path: &str) -> Option<String> {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("skipped: {} cannot be read ({error})", file.display());
            None
        }
    }
}

// Labelled sentences

#[derive(Deserialize)]
struct Labelled {
    text: String,
    law: Option<String>,
    references: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    id: String,
    text: String,
}

/// Right, found and labelled, for a micro F1.
#[derive(Default)]
struct Score {
    right: usize,
    found: usize,
    labelled: usize,
}

impl Score {
    fn add<T: Ord + Clone>(&mut self, found: &[T], labelled: &[T]) {
        let mut left: BTreeMap<T, usize> = BTreeMap::new();
        for item in labelled {
            *left.entry(item.clone()).or_default() += 1;
        }
        for item in found {
            if let Some(count) = left.get_mut(item).filter(|count| **count > 0) {
                *count -= 1;
                self.right += 1;
            }
        }
        self.found += found.len();
        self.labelled += labelled.len();
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.labelled).max(1) as f64
    }
}

#[test]
fn labelled_sentences_are_read_as_a_person_reads_them() {
    let (mut spans, mut only_ids) = (Score::default(), Score::default());
    let mut sentences = 0;
    let mut negatives = 0;
    for line in include_str!("labels/references.jsonl").lines() {
        let sentence: Labelled = serde_json::from_str(line).unwrap();
        sentences += 1;
        negatives += usize::from(sentence.references.is_empty());
        let context = sentence.law.as_deref().map(law);
        let found: Vec<(String, String)> = find(&sentence.text, context.as_ref())
            .into_iter()
            .map(|reference| (reference.id, reference.text))
            .collect();
        let labelled: Vec<(String, String)> =
            sentence.references.into_iter().map(|label| (label.id, label.text)).collect();
        spans.add(&found, &labelled);
        let first = |pairs: &[(String, String)]| pairs.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
        only_ids.add(&first(&found), &first(&labelled));
        let (mut a, mut b) = (found.clone(), labelled.clone());
        a.sort();
        b.sort();
        if a != b {
            println!("{}\n  found    {found:?}\n  labelled {labelled:?}", sentence.text);
        }
    }
    println!(
        "{sentences} sentences, {negatives} of them without a reference: F1 of id and words {:.4}, of id {:.4}",
        spans.f1(),
        only_ids.f1()
    );
    assert!(sentences >= 250 && negatives >= 60);
    assert!(spans.f1() >= 0.97, "F1 of id and words {:.4}", spans.f1());
    assert!(only_ids.f1() >= 0.97, "F1 of id {:.4}", only_ids.f1());
}

// Where a law is told from what was named before

#[test]
fn the_law_of_a_section_is_the_one_the_text_has_named() {
    let ftrl = Some(FOLKETRYGDLOVEN);
    // Text, context, ids.
    let cases: &[(&str, Option<&str>, &[&str])] = &[
        ("§ 8-4", None, &[]),
        ("§ 8-4", ftrl, &["lov/1997-02-28-19/§8-4"]),
        ("aml. § 14-9 gjelder. Se § 14-10.", ftrl, &["lov/2005-06-17-62/§14-9", "lov/2005-06-17-62/§14-10"]),
        // A law numbered in one series has no § 8-4.
        ("fvl. § 35 gjelder. Se § 8-4.", ftrl, &["lov/1967-02-10/§35", "lov/1997-02-28-19/§8-4"]),
        // A new paragraph is about what the text is about.
        ("aml. § 14-9 gjelder.\n\nSe § 14-10.", ftrl, &["lov/2005-06-17-62/§14-9", "lov/1997-02-28-19/§14-10"]),
        // A law named after «jf.» belongs to what stands beside it.
        ("§ 8-4, jf. § 3-1 i dagpengeforskriften", ftrl, &["lov/1997-02-28-19/§8-4", "forskrift/1998-09-16-890/§3-1"]),
        (
            "§§ 3-1 og 3-2 i dagpengeforskriften",
            ftrl,
            &["forskrift/1998-09-16-890/§3-1", "forskrift/1998-09-16-890/§3-2"],
        ),
        (
            "dagpengeforskriften § 3-1, og § 4-1 i forskriften",
            ftrl,
            &["forskrift/1998-09-16-890/§3-1", "forskrift/1998-09-16-890/§4-1"],
        ),
        ("vedtektene § 3, og samme paragraf andre ledd", ftrl, &[]),
        ("Departementet gir forskrift om at opplysninger etter § 21-4 skal gis.", ftrl, &["lov/1997-02-28-19/§21-4"]),
        ("denne loven § 2-1", ftrl, &["lov/1997-02-28-19/§2-1"]),
        ("kapittel 11", None, &[]),
        ("kapittel 11", ftrl, &["lov/1997-02-28-19/kap11"]),
        ("TRR-1998-15 og ankesak 49/15 og 50/15", None, &["TRR-1998-15", "TRR-2049-15", "TRR-1950-15"]),
    ];
    for (text, context, expected) in cases {
        assert_eq!(ids(text, *context), *expected, "{text}");
    }
}

#[test]
fn a_reference_is_one_json_object_in_the_order_of_the_contract() {
    let found = find("Se ftrl. § 8-4 første ledd.", None);
    assert_eq!(
        serde_json::to_string(&found).unwrap(),
        r#"[{"id":"lov/1997-02-28-19/§8-4/ledd1","text":"ftrl. § 8-4 første ledd","start":3,"end":26}]"#
    );
}

// Nav's lists of provisions

/// The law that Nav's code for a law source stands for; `None` where it has no id.
fn source_law(code: &str) -> Option<&'static str> {
    Some(match code {
        "FOLKETRYGDLOVEN" => "folketrygdloven",
        "FORVALTNINGSLOVEN" => "forvaltningsloven",
        "TRYGDERETTSLOVEN" => "trygderettsloven",
        "FORELDELSESLOVEN" => "foreldelsesloven",
        "EØS_FORORDNING_883_2004" => "eu/883-2004",
        "GJENNOMFØRINGSFORORDNING_987_2009" => "eu/987-2009",
        "EØS_FORORDNING_1408_71" => "eu/1408-71",
        "DAGPENGEFORSKRIFTEN" => "dagpengeforskriften",
        "FORSKRIFT_COVID_19" => "covid-19-forskriften",
        "PERMITTERINGSLØNNSLOVEN" => "permitteringslønnsloven",
        "BARNETRYGDLOVEN" => "barnetrygdloven",
        "KONTANTSTØTTELOVEN" => "kontantstøtteloven",
        "BARNELOVA" => "barnelova",
        "FORSKOTTERINGSLOVEN" => "forskotteringsloven",
        "BIDRAGSINNKREVINGSLOVEN" => "bidragsinnkrevingsloven",
        "EKTESKAPSLOVEN" => "ekteskapsloven",
        "BARNEVERNLOVEN" => "barnevernloven",
        "LOV_OM_SUPPLERENDE_STØNAD" => "lov om supplerende stønad",
        "ARBEIDSMARKEDSLOVEN" => "arbeidsmarkedsloven",
        "FORSKRIFT_OM_TILTAK" => "tiltaksforskriften",
        "FORSKRIFT_OM_TILTAKSPENGER" => "tiltakspengeforskriften",
        "TILLEGGSSTØNADSFORSKRIFTEN" => "tilleggsstønadsforskriften",
        "LØNNSGARANTILOVEN" => "lønnsgarantiloven",
        "NAV_LOVEN" => "NAV-loven",
        "DEKNINGSLOVEN" => "dekningsloven",
        "GRUNNLOVEN" => "grunnloven",
        "ARBEIDSMILJØLOVEN" => "arbeidsmiljøloven",
        _ => return None,
    })
}

/// A stand-in for a source whose real id is not known, so that its §§ can be read all the same.
const STAND_IN: &str = "forskrift/2001-01-01-1";

/// The numbers of the § or article in a code's name, where the name tells them without doubt:
/// `FTRL_8_4` and «§ 8-4» must both say 8-4.
fn numbers(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut digits = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !digits.is_empty() {
            numbers.push(std::mem::take(&mut digits));
        }
    }
    numbers
}

/// What a person reads in the specifications whose form says more than a number.
///
/// The keys are the specification's words; the values the ids below the law, by hand.
fn by_hand() -> HashMap<&'static str, &'static [&'static str]> {
    HashMap::from([
        ("§§ 18 og 19", &["§18", "§19"][..]),
        ("§ 33, 2. ledd", &["§33/ledd2"]),
        ("§ 35 c ugunst", &["§35c"]),
        ("§ 35, 1. ledd c)", &["§35/ledd1/bokstav-c"]),
        ("§ 31 første ledd bokstav a", &["§31/ledd1/bokstav-a"]),
        ("§ 31 første ledd bokstav b", &["§31/ledd1/bokstav-b"]),
        ("§ 72 første punktum", &["§72/punktum1"]),
        ("§ 72 andre punktum", &["§72/punktum2"]),
        ("§ 70 andre ledd siste punktum (gebyr)", &["§70/ledd2"]),
        ("§ 13 første ledd andre punkt", &["§13/ledd1/punktum2"]),
        ("§ 13 første ledd tredje punkt", &["§13/ledd1/punktum3"]),
        ("§ 12-2 / § 12-8", &["§12-2", "§12-8"]),
        ("§ 12-7 / § 12-9 / § 12-10", &["§12-7", "§12-9", "§12-10"]),
        ("§ 12-11 / § 12-12 / § 12-13, Art 52 (EØS)", &["§12-11", "§12-12", "§12-13"]),
        ("§ 12-11 / § 12-12 / § 12-13, Beregning", &["§12-11", "§12-12", "§12-13"]),
        ("§ 12-11 / § 12-12 / § 12-13, Trygdeavtale", &["§12-11", "§12-12", "§12-13"]),
        ("§ 12-2 art 6 og 57 (EØS)", &["§12-2"]),
        ("§§ 11-19 / 11-20", &["§11-19", "§11-20"]),
        ("§§ 11-27 / 11-28", &["§11-27", "§11-28"]),
        ("§§ 11-7 / 11-8 / 11-9", &["§11-7", "§11-8", "§11-9"]),
        ("§ 11-20 første og andre ledd", &["§11-20/ledd1", "§11-20/ledd2"]),
        ("§ 11-20 tredje til femte ledd", &["§11-20/ledd3", "§11-20/ledd4", "§11-20/ledd5"]),
        ("§ 11-22 andre og tredje ledd", &["§11-22/ledd2", "§11-22/ledd3"]),
        ("§ 11-31 tredje og fjerde ledd", &["§11-31/ledd3", "§11-31/ledd4"]),
        ("§ 13-3 første, tredje og fjerde ledd", &["§13-3/ledd1", "§13-3/ledd3", "§13-3/ledd4"]),
        ("§ 4-5 første og andre ledd", &["§4-5/ledd1", "§4-5/ledd2"]),
        ("§ 6 første og andre ledd", &["§6/ledd1", "§6/ledd2"]),
        (
            "§ 8-47 andre til åttende ledd",
            &["§8-47/ledd2", "§8-47/ledd3", "§8-47/ledd4", "§8-47/ledd5", "§8-47/ledd6", "§8-47/ledd7", "§8-47/ledd8"],
        ),
        ("§§ 17-10 og 17-15", &["§17-10", "§17-15"]),
        ("§ 19-11 og 20-15 avslag tidliguttak", &["§19-11", "§20-15"]),
        ("§ 19-13 og 20-17 omregning ved pensjonsopptjening", &["§19-13", "§20-17"]),
        ("§ 2-1 / 2-2 / 2-4 / 2-13 / 2-14 medlemskap", &["§2-1", "§2-2", "§2-4", "§2-13", "§2-14"]),
        ("§ 3-24 / 3-26 ektefelletillegg", &["§3-24", "§3-26"]),
        ("§ 3-25 / 3-26 barnetillegg", &["§3-25", "§3-26"]),
        ("§ 22-12 / § 22-13", &["§22-12", "§22-13"]),
        ("§ 22-12 / fvl § 35 c", &["§22-12", "lov/1967-02-10/§35c"]),
        ("§ 21-12 / fvl § 31", &["§21-12", "lov/1967-02-10/§31"]),
        ("§ 9 / fvl § 31", &["§9", "lov/1967-02-10/§31"]),
        ("§ 22-13 4. ledd c)", &["§22-13/ledd4/bokstav-c"]),
        ("§ 22-15 første ledd første punktum", &["§22-15/ledd1/punktum1"]),
        ("§ 22-15 første ledd andre punktum", &["§22-15/ledd1/punktum2"]),
        ("§ 22-15 1. ledd 1. pkt.", &["§22-15/ledd1/punktum1"]),
        ("§ 22-15 1. ledd 2. pkt.", &["§22-15/ledd1/punktum2"]),
        ("§ 22-6 første ledd første setning", &["§22-6/ledd1/punktum1"]),
        ("§ 22-6 første ledd andre setning", &["§22-6/ledd1/punktum2"]),
        ("§ 15-4 første ledd første punktum - sivilstatus", &["§15-4/ledd1/punktum1"]),
        ("§ 15-4 tredje ledd andre punktum - samboer/lever sammen", &["§15-4/ledd3/punktum2"]),
        ("§ 15-4 tredje ledd fjerde punktum - nytt barn sammen med far", &["§15-4/ledd3/punktum4"]),
        ("§ 15-4 fjerde ledd første punktum - omsorg", &["§15-4/ledd4/punktum1"]),
        ("§ 15-4 fjerde ledd andre punktum - nære boforhold", &["§15-4/ledd4/punktum2"]),
        ("§ 15-6 første ledd bokstav c - nødvendig og hensiktsmessig utdanning", &["§15-6/ledd1/bokstav-c"]),
        ("§ 6-3 første ledd a", &["§6-3/ledd1/bokstav-a"]),
        ("§ 6-3 første ledd b", &["§6-3/ledd1/bokstav-b"]),
        ("§ 6-3 første ledd c", &["§6-3/ledd1/bokstav-c"]),
        ("§ 6-3 første ledd f", &["§6-3/ledd1/bokstav-f"]),
        ("§ 6-3 første ledd g", &["§6-3/ledd1/bokstav-g"]),
        ("§ 6-3 første ledd h", &["§6-3/ledd1/bokstav-h"]),
        ("§ 8-28 tredje ledd bokstav a", &["§8-28/ledd3/bokstav-a"]),
        ("§ 8-28 tredje ledd bokstav b", &["§8-28/ledd3/bokstav-b"]),
        ("§ 8-28 tredje ledd bokstav c", &["§8-28/ledd3/bokstav-c"]),
        ("§ 4-3(1)", &["§4-3/ledd1"]),
        ("§ 4-3(2)", &["§4-3/ledd2"]),
        ("Pilot § 8-4 jfr. 8-22", &["§8-4", "§8-22"]),
        ("Folketrygdloven", &[""]),
        ("Folketrygdloven kapittel 9", &["kap9"]),
        ("Folketrygdloven av 1966 §1-2", &["lov/1966-06-17-12/§1-2"]),
        ("§ 2 første ledd bokstav a.", &["§2/ledd1/bokstav-a"]),
        ("§ 2 første ledd bokstav b.", &["§2/ledd1/bokstav-b"]),
        ("§ 11 bokstav a.", &["§11/bokstav-a"]),
        ("§ 11 bokstav b.", &["§11/bokstav-b"]),
        ("§ 11 bokstav c.", &["§11/bokstav-c"]),
        ("§§ 2 og 3", &["§2", "§3"]),
        ("§ 10 jf Lgf. 3-4", &["§10"]),
        ("§ 1 jf 3-2 nr.4", &["§1"]),
        ("§ 1 (2) og 1 (6)", &["§1/ledd2", "§1/ledd6"]),
        ("§ 1 (3) nr.3", &["§1/ledd3/nr3"]),
        ("§ 1 (3) og (4)", &["§1/ledd3", "§1/ledd4"]),
        ("§ 1 jf deknl. § 9-3", &["§1", "lov/1984-06-08-59/§9-3"]),
        ("§ 7 (1)", &["§7/ledd1"]),
        ("§ 7 (2)", &["§7/ledd2"]),
        ("§§ 10 og 11 – tilsyn", &["§10", "§11"]),
        ("§§ 12 og 13- læremidler", &["§12", "§13"]),
        ("§§ 3 og 5 – reise", &["§3", "§5"]),
        ("§§ 4 og 5 – mobilitet", &["§4", "§5"]),
        ("§§ 6 og 7 - flytting", &["§6", "§7"]),
        ("§§ 8 og 9 - bolig", &["§8", "§9"]),
        ("§ 1 første ledd a", &["§1/ledd1/bokstav-a"]),
        ("§ 1 første ledd b til d", &["§1/ledd1/bokstav-b", "§1/ledd1/bokstav-c", "§1/ledd1/bokstav-d"]),
        ("art. 65 nr. 1", &["art65/nr1"]),
        ("art. 65 nr. 2", &["art65/nr2"]),
        ("art. 14 a", &["art14a"]),
        ("art. 14 b", &["art14b"]),
        ("art. 14 c", &["art14c"]),
        ("art. 14 d", &["art14d"]),
        ("art. 14 følgende", &["art14"]),
        ("Forordning 1408/71", &[""]),
        ("EØS forordning 883/2004", &[""]),
        ("§ 1-8 Unntatt opphold etter art. 65 nr. 1", &["§1-8"]),
        ("Forskrift om beregning av uføretrygd etter EØS- avtalen 883/2004", &[]),
        ("§ 12-13 tredje ledd (36 års-regelen)", &["§12-13/ledd3"]),
        ("19 og 20 beregning", &[]),
        ("19 og 20 uføre til alder", &[]),
        ("Gamle kapittel 11", &["kap11"]),
        ("Kapittel 2", &["kap2"]),
    ])
}

/// What the plain forms say: «§ 8-4», «§ 8-4 andre ledd», «§ 17 A-3 stønadsperiode», «kap. 2», «art. 21 …».
/// Written apart from the reader, by splitting at spaces.
fn plain_form(specification: &str) -> Option<String> {
    let spaced = specification.replace('§', "§ ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (mark, number, mut rest) = match words.as_slice() {
        ["Pilot", "§", number, rest @ ..] | ["Ankenemnda", "§", number, rest @ ..] => ("§", *number, rest),
        ["§", number, rest @ ..] => ("§", *number, rest),
        ["art.", number, rest @ ..] => ("art", *number, rest),
        ["kap.", number, rest @ ..] => ("kap", *number, rest),
        _ => return None,
    };
    let mut id = format!("{mark}{number}");
    if let [chapter, after @ ..] = rest
        && chapter.starts_with("A-")
    {
        id.push_str(chapter);
        rest = after;
    }
    if let [letter, after @ ..] = rest
        && letter.len() == 1
        && letter.chars().all(|c| c.is_ascii_lowercase())
        && after.is_empty()
    {
        id.push_str(letter);
        rest = after;
    }
    if let [ordinal, "ledd", after @ ..] = rest {
        const WORDS: [&str; 8] = ["første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende"];
        let ordinal = match *ordinal {
            "annet" => "andre",
            "syvende" => "sjuende",
            other => other,
        };
        let number = WORDS.iter().position(|word| *word == ordinal).map(|at| at + 1);
        let number = number.or_else(|| ordinal.strip_suffix('.')?.parse().ok())?;
        id.push_str(&format!("/ledd{number}"));
        rest = after;
    }
    // What is left must be free text.
    let structural = ["ledd", "punktum", "pkt.", "bokstav", "nr.", "jf", "jf.", "/", "§"];
    let listed = rest.windows(2).any(|pair| {
        ["og", "til"].contains(&pair[0]) && pair[1].starts_with(|c: char| c.is_ascii_digit() || "§(".contains(c))
    });
    let free = !listed && rest.iter().take(2).all(|word| !structural.contains(word));
    free.then_some(id)
}

#[test]
fn nav_lists_of_provisions_are_read() {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for file in ["hjemmel.tsv", "registreringshjemmel.tsv"] {
        let Some(text) = shared(&format!("data/kodeverk/{file}")) else {
            return;
        };
        for line in text.lines().skip(1) {
            let mut fields = line.split('\t');
            let (Some(name), Some(_), Some(source), Some(specification)) =
                (fields.next(), fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            rows.push((name.to_owned(), source.to_owned(), specification.to_owned()));
        }
    }
    assert_eq!(rows.len(), 1_878);
    let by_hand = by_hand();
    let (mut right, mut with_reference, mut right_with, mut names_agree, mut names_tell) = (0, 0, 0, 0, 0);
    for (name, source, specification) in &rows {
        let context = source_law(source).map_or_else(|| law(STAND_IN), |name| find_law(name).unwrap());
        let full = |place: &str| match place {
            "" => context.to_string(),
            other if other.starts_with("lov/") => other.to_owned(),
            place => format!("{context}/{place}"),
        };
        let mut expected: Vec<String> = match by_hand.get(specification.as_str()) {
            Some(places) => places.iter().map(|place| full(place)).collect(),
            None => plain_form(specification).iter().map(|place| full(place)).collect(),
        };
        // Agreements and conventions have no id, so their articles have none.
        if context.as_str() == STAND_IN {
            expected.retain(|id| !id.contains("/art"));
        }
        let mut found = ids(specification, Some(&context.to_string()));
        // The names of agreements and of whole regulations are read where they have an id; that is not at issue here.
        if expected.is_empty() && !specification.contains('§') {
            found.retain(|id| id.contains('§'));
        }
        with_reference += usize::from(!expected.is_empty());
        if found == expected {
            right += 1;
            right_with += usize::from(!expected.is_empty());
        } else {
            println!("{source} «{specification}» found {found:?} expected {expected:?}");
        }
        // A second, independent check: the numbers in Nav's code name, where it is nothing but numbers.
        let tail: Vec<&str> = name.rsplit('_').take_while(|part| part.chars().all(|c| c.is_ascii_digit())).collect();
        if let [number, chapter] = tail.as_slice()
            && name.starts_with("FTRL_")
            && name.matches('_').count() == 2
        {
            names_tell += 1;
            let told = format!("{FOLKETRYGDLOVEN}/§{chapter}-{number}");
            let section = |id: &String| id.parse::<ProvisionId>().unwrap().section().to_string();
            if found.first().map(section) == Some(told) {
                names_agree += 1;
            } else {
                println!("{name} «{specification}» {found:?} {:?}", numbers(specification));
            }
        }
    }
    let share = f64::from(right) / rows.len() as f64;
    println!(
        "{right} of {} specifications right ({share:.4}); {right_with} of {with_reference} that hold a reference",
        rows.len()
    );
    println!("{names_agree} of {names_tell} agree with the numbers in the code's name");
    assert!(share >= 0.99, "share {share:.4}");
    assert!(f64::from(names_agree) / f64::from(names_tell) >= 0.99);
}

// The law's own links

/// How many links to a § mean the § that is read in their words, of how many, with those that do not.
fn links_read(html: &str, block: &str, attribute: &str) -> (u32, u32, Vec<String>) {
    let context = law(FOLKETRYGDLOVEN);
    let (mut links, mut agree, mut unlike) = (0, 0, Vec::new());
    let close = format!("</{}>", block.split(' ').next().unwrap_or(block));
    for part in html.split(&format!("<{block}")).skip(1) {
        let end = part.find(&close).unwrap_or(part.len());
        let (text, targets) = text_and_links(&part[part.find('>').map_or(0, |at| at + 1)..end], attribute);
        let found = find(&text, Some(&context));
        for (target, start, end) in targets {
            let Some((law, place)) = target.split_once("/§") else {
                continue;
            };
            links += 1;
            let section = format!("{law}/§{}", place.split('/').next().unwrap_or(place));
            let read = found.iter().filter(|reference| reference.start < end && start < reference.end);
            let same = |id: &str| {
                // «rundskrivet til § 20-7» is the circular's part; the publisher links the § in it.
                let part = id.starts_with('R') && id.split('/').nth(1) == section.rsplit('/').next();
                part || id.parse::<ProvisionId>().is_ok_and(|id| id.section().to_string() == section)
            };
            if read.clone().any(|reference| same(&reference.id)) {
                agree += 1;
            } else {
                unlike.push(format!("{section}: {:?} in {text:.200}", read.map(|r| &r.id).collect::<Vec<_>>()));
            }
        }
    }
    (agree, links, unlike)
}

/// The differences that remain are of three kinds: the publisher links «§ 16 a» to § 16; a bare § after
/// another law's name is, by our rule, that law's, where the statute means its own; and the publisher's slips.
#[test]
fn links_in_the_law_mean_what_is_read() {
    let Some(html) = shared("data/lovdata/lov-1997-02-28-19.html") else {
        return;
    };
    let (agree, links, unlike) = links_read(&html, "article class=\"legalP\"", "href");
    let share = f64::from(agree) / f64::from(links);
    println!("{agree} of {links} links to a § agree ({share:.4})\n{}", unlike.join("\n"));
    assert!(links > 600, "only {links} links found: has the markup changed?");
    assert!(share >= 0.97, "{share:.4}");
}

/// The circular comments on the law and on its regulation by turns, under headings that say which; one
/// paragraph read alone cannot know, and these §§ of the regulation are nearly all of the differences.
#[test]
fn links_in_a_circular_mean_what_is_read() {
    let Some(html) = shared("data/rundskriv/r20-00-2026-04-27.html") else {
        return;
    };
    let (agree, links, unlike) = links_read(&html, "p class=\"morTag", "data-id");
    let share = f64::from(agree) / f64::from(links);
    println!("{agree} of {links} links to a § agree ({share:.4})\n{}", unlike.join("\n"));
    assert!(links > 200, "only {links} links found: has the markup changed?");
    assert!(share >= 0.88, "{share:.4}");
}

/// The text of a piece of HTML, and its links with their span in characters.
fn text_and_links(html: &str, attribute: &str) -> (String, Vec<(String, usize, usize)>) {
    let mut text = String::new();
    let mut links: Vec<(String, usize, usize)> = Vec::new();
    for piece in html.split_inclusive('>') {
        let (words, tag) = piece.split_once('<').unwrap_or((piece, ""));
        text.push_str(&words.replace("&nbsp;", " ").replace("&amp;", "&"));
        let length = text.chars().count();
        if let Some(href) = tag.strip_prefix("a ").and_then(|tag| tag.split(&format!("{attribute}=\"")).nth(1)) {
            links.push((href.split('"').next().unwrap_or_default().to_owned(), length, length));
        } else if tag.starts_with("/a")
            && let Some(link) = links.last_mut()
        {
            link.2 = length;
        }
    }
    (text, links)
}

// Any text

/// Each reference lies in the text, in order within itself, and its words are the text's.
fn spans_hold(text: &str, context: Option<&LawId>) {
    let chars: Vec<char> = text.chars().collect();
    for reference in find(text, context) {
        assert!(reference.start < reference.end && reference.end <= chars.len(), "{reference:?}");
        assert_eq!(chars[reference.start..reference.end].iter().collect::<String>(), reference.text);
        assert!(!reference.id.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_harm(text in ".{0,200}") {
        spans_hold(&text, Some(&law(FOLKETRYGDLOVEN)));
    }

    #[test]
    fn any_mix_of_fragments_is_read_without_harm(parts in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40)) {
        let text = parts.concat();
        spans_hold(&text, None);
        spans_hold(&text, Some(&law(FOLKETRYGDLOVEN)));
        spans_hold(&text, Some(&law("eu/883-2004")));
    }
}

const FRAGMENTS: &[&str] = &[
    "§",
    "§§",
    " ",
    "  ",
    "\u{a0}",
    "\u{202f}",
    "-",
    "–",
    "\u{ad}",
    "\n",
    "\n\n",
    "8",
    "4",
    "8-4",
    "11",
    "A",
    " A-4",
    "a",
    "b",
    " i ",
    " og ",
    " til ",
    ", ",
    "(",
    ")",
    "(1)",
    "/",
    ".",
    "jf. ",
    "ledd",
    " første",
    " tredje ledd",
    " bokstav ",
    "nr. ",
    "2",
    "punktum",
    "pkt.",
    "folketrygdloven",
    "ftrl.",
    "fvl. ",
    "samme lov",
    "samme paragraf ",
    "bestemmelsens ",
    "kapittel ",
    "kap. 11",
    "lov ",
    "lov om ",
    "28. februar 1997",
    " nr. 19",
    "lov/1997-02-28-19",
    "/§8-4",
    "/ledd1",
    "R",
    "R11-00",
    "#ref/",
    "rundskriv til ",
    "hovednummer 45",
    "TRR-",
    "2010-1026",
    "ankesak nr. ",
    "15/487",
    "Trygderetten",
    "HR-2021-2126-A",
    "Rt. 2005 s. 1757",
    "E-8/20",
    "forordning ",
    "(EF) ",
    "883/2004",
    "artikkel ",
    "21",
    "trygdeforordningen",
    "vedtektene ",
    "forskriften",
    "Prop. 10 L (2016-2017)",
    "o\u{308}",
    "😀",
    "0",
    "999999999999",
];

#[test]
fn time_is_linear_in_the_text() {
    let parts = [
        "§ 8-4 og ",
        "§§ 8-4, ",
        "8-5, ",
        ", 8-5",
        "((((",
        "§",
        "første og ",
        "tredje ledd i ",
        "folketrygdloven ",
        "lov om ",
        "bokstav a, ",
        "ankesak nr. ",
        "Trygderetten og ",
        "jf. ",
        "§ 8-4 første, andre, ",
        "kapittel 8 og ",
        "samme paragraf ",
        "forordning ",
        "(1) ",
        "R11-00 ",
        "artikkel 21, ",
        "nr. 1, ",
        "§ 8-4 i vedtektene, ",
        "lov 1. mai 2000 nr. 1 om a b c d e f ",
        "-",
        "\u{ad}",
        "8-",
    ];
    let context = law(FOLKETRYGDLOVEN);
    for part in parts {
        let text = format!("§§ 8-4 {}", part.repeat(100_000 / part.len()));
        let begin = Instant::now();
        let found = find(&text, Some(&context));
        let time = begin.elapsed();
        println!("{part:?}: {} references in {time:?}", found.len());
        // Generous for a slow machine without optimisation, where it is a third of a second; a quadratic
        // reader needs half a minute.
        assert!(time < Duration::from_secs(10), "{part:?} took {time:?}");
    }
}
