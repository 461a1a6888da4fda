//! What others than Nav answer: seen in a question, it speaks against the base answering, and says where to go.

use std::sync::LazyLock;

use super::tokens;

/// A word's beginning, or a phrase of them, and whose matter it is.
static ROWS: LazyLock<Vec<(Vec<&str>, &str)>> = LazyLock::new(|| {
    include_str!("data/elsewhere.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(phrase, whose)| (phrase.split_whitespace().collect(), whose.trim()))
        .collect()
});

/// A word this short must be written whole: "pass" is not "passe".
const WHOLE_UP_TO: usize = 5;

/// Who answers what a question names, if not Nav.
pub fn elsewhere(question: &str) -> Option<&'static str> {
    let words: Vec<String> = tokens::tokens(question).into_iter().map(|token| token.text).collect();
    let begins = |word: &String, start: &str| {
        word.strip_prefix(start)
            .is_some_and(|rest| start.chars().count() > WHOLE_UP_TO || matches!(rest, "" | "et" | "en" | "ene" | "ane"))
    };
    ROWS.iter()
        .find(|(phrase, _)| {
            words.windows(phrase.len()).any(|run| run.iter().zip(phrase).all(|(word, start)| begins(word, start)))
        })
        .map(|(_, whose)| *whose)
}

#[cfg(test)]
mod tests {
    use super::elsewhere;

    #[test]
    fn other_peoples_matters_are_seen() {
        for (question, whose) in [
            ("når er fristen for skattemeldingen?", Some("Skatteetaten")),
            ("hvordan fornyer jeg passet mitt", Some("politiet")),
            ("hvor mye strømstøtte får jeg", Some("strømleverandøren")),
            ("passer det å søke nå?", None),
            ("hvor lenge kan jeg få sykepenger?", None),
        ] {
            assert_eq!(elsewhere(question), whose, "{question}");
        }
    }
}
