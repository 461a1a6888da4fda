use std::collections::HashSet;
use std::path::PathBuf;

use super::*;

#[test]
fn every_row_is_read() {
    for row in rows(ENTRIES) {
        assert!(read_entry(row).is_some(), "{row}");
    }
    for row in rows(AMBIGUOUS) {
        let (words, choices) = row.split_once('\t').unwrap();
        assert!(!words.is_empty());
        assert!(choices.split(';').all(|c| c.contains('=')), "{row}");
    }
}

#[test]
fn the_vocabulary_is_large_enough() {
    assert!(Vocabulary::new().entries.len() >= 600, "{}", Vocabulary::new().entries.len());
}

#[test]
fn no_phrase_stands_twice() {
    let normaliser = Normaliser::new();
    let mut seen = std::collections::HashMap::new();
    let mut twice = Vec::new();
    for (number, entry) in rows(ENTRIES).filter_map(read_entry).enumerate() {
        for phrase in entry.everyday {
            let exact = entry.kind == EntryKind::Abbreviation || phrase.starts_with('=');
            let key = if exact {
                phrase.trim_start_matches('=').to_lowercase()
            } else {
                Reading::new(&phrase, &normaliser).normal.join(" ") + " "
            };
            if let Some((before, _)) = seen.insert(key, (phrase.clone(), number)).filter(|(_, other)| *other != number)
            {
                twice.push(format!("{phrase} = {before}"));
            }
        }
    }
    assert!(twice.is_empty(), "{}", twice.join("\n"));
}

#[test]
fn provisions_have_the_form_of_ids_and_exist() {
    let vocabulary = Vocabulary::new();
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/lovdata/lov-1997-02-28-19.html");
    let law = std::fs::read_to_string(shared).ok();
    for entry in vocabulary.entries() {
        for provision in &entry.provisions {
            assert!(provision.starts_with("lov/") && provision.contains("/§"), "{entry:?}");
            let (_, section) = provision.split_once("/§").unwrap();
            let section = section.split('/').next().unwrap();
            if let Some(law) = law.as_ref().filter(|_| provision.starts_with(NATIONAL_INSURANCE_ACT)) {
                assert!(law.contains(&format!("data-name=\"§{section}\"")), "{provision} {entry:?}");
            }
        }
    }
}

#[test]
fn benefits_are_codes_of_the_table() {
    let table = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/kodeverk/ytelse.tsv");
    let Ok(table) = std::fs::read_to_string(table) else {
        return;
    };
    let codes: HashSet<&str> = table.lines().filter_map(|l| l.split('\t').next()).collect();
    let vocabulary = Vocabulary::new();
    for entry in vocabulary.entries() {
        for benefit in &entry.benefits {
            assert!(codes.contains(benefit.as_str()), "{benefit} {entry:?}");
        }
    }
    for choice in vocabulary.ambiguous.iter().flatten() {
        assert!(codes.contains(choice.benefit.as_str()), "{choice:?}");
    }
}

#[test]
fn finds_phrases_with_their_place() {
    let vocabulary = Vocabulary::new();
    let text = "Hva om hun fikk sparken i går?";
    let found = vocabulary.lookup(text);
    assert!(found.iter().any(|m| text[m.start..m.end].contains("sparken")));
}

#[test]
fn guesses_the_benefit() {
    let vocabulary = Vocabulary::new();
    for (question, benefit) in [
        ("AAP under utdanning", "AAP_AAP"),
        ("kan jeg få pappaperm i sommer", "FOR_FOR"),
        ("egenmelding hos ny sjef", "SYK_SYK"),
        ("hvor mange uker permittert", "DAG_DAG"),
        ("trygda og vil jobbe litt", "UFO_UFO"),
        ("§ 12-10", "UFO_UFO"),
        ("kor lenge varer sjukepengane", "SYK_SYK"),
        ("yrkesskade på vei til jobb", "YRK_YRK"),
        ("AFP og dagpenger", "PEN_AFP"),
    ] {
        let benefits = vocabulary.benefits(question);
        assert!(benefits.iter().take(2).any(|(code, _)| code == benefit), "{question} {benefits:?}");
    }
    assert!(vocabulary.benefits("hva blir været i morgen").is_empty());
}

#[test]
fn asks_only_where_nothing_tells() {
    let vocabulary = Vocabulary::new();
    for question in ["hvor lang karantene er det", "hvor lenge kan jeg få penger", "hva er opptjeningstiden?"] {
        assert!(vocabulary.ambiguous(question).is_some(), "{question}");
    }
    for question in [
        "hvor lang karantene er det på dagpenger",
        "hvor lenge kan jeg få sykepenger",
        "ventetid for frilanser på SP",
        "opptjeningstid § 8-2",
        "karantene når jeg sa opp på dagen etter krangel med lederen og ikke har noe nytt",
        "hva blir været i morgen",
    ] {
        assert_eq!(vocabulary.ambiguous(question), None, "{question}");
    }
}
