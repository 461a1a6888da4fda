//! Norwegian compounds: "sykepengegrunnlag" is about "sykepenger" and about "grunnlag".

use std::collections::HashMap;

use super::normal::Normaliser;

const PARTS: &str = include_str!("data/parts.txt");

/// Shorter words are not worth splitting.
const SHORTEST_COMPOUND: usize = 7;
/// More parts than this is no word that people write.
const MOST_PARTS: usize = 4;

/// Splits compounds by a lexicon of parts.
pub(super) struct Splitter {
    /// The part as it stands before another ("sykepenge", "arbeid"), and the stem of it.
    first: HashMap<&'static str, String>,
    /// The stem of the part as it stands last.
    last: HashMap<String, ()>,
}

impl Splitter {
    pub fn new(normaliser: &Normaliser) -> Self {
        let mut first = HashMap::new();
        let mut last = HashMap::new();
        for line in PARTS.lines().filter(|line| !line.starts_with('#')) {
            for part in line.split_whitespace() {
                // "-giver" stands only last, "uføre-" only first.
                let bare = part.trim_matches('-');
                let stem = normaliser.stem(bare);
                if !part.starts_with('-') {
                    first.insert(bare, stem.clone());
                }
                if !part.ends_with('-') {
                    last.insert(stem, ());
                }
            }
        }
        Self { first, last }
    }

    /// The stems of the parts of a bokmål word, or nothing where it is no compound that we know.
    pub fn split(&self, word: &str, normaliser: &Normaliser) -> Vec<String> {
        if word.chars().count() < SHORTEST_COMPOUND || self.last.contains_key(&normaliser.stem(word)) {
            return Vec::new();
        }
        let mut best = Vec::new();
        self.search(word, normaliser, &mut Vec::new(), &mut best);
        best
    }

    /// The parts as they stand in compounds.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.first.keys().copied()
    }

    /// Whether the parts lexicon holds the stem.
    pub fn knows(&self, stem: &str) -> bool {
        self.last.contains_key(stem)
    }

    /// Finds the split with the fewest parts; of equals, the one whose first part is longest.
    fn search<'a>(&'a self, rest: &str, normaliser: &Normaliser, taken: &mut Vec<&'a str>, best: &mut Vec<String>) {
        let limit = if best.is_empty() { MOST_PARTS } else { best.len() - 1 };
        if taken.len() >= limit {
            return;
        }
        if !taken.is_empty() {
            let stem = normaliser.stem(rest);
            if self.last.contains_key(&stem) {
                *best = taken.iter().map(|&part| part.to_owned()).collect();
                best.push(stem);
                return;
            }
        }
        for (cut, _) in rest.char_indices().rev() {
            if cut < 2 || rest.len() - cut < 2 {
                continue;
            }
            let (head, tail) = rest.split_at(cut);
            let Some(stem) = self.first.get(head).or_else(|| {
                // Linking s or e: "arbeid-s-giver", "barn-e-trygd".
                head.strip_suffix(['s', 'e']).and_then(|bare| self.first.get(bare))
            }) else {
                continue;
            };
            taken.push(stem);
            self.search(tail, normaliser, taken, best);
            taken.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_the_words_of_the_field() {
        let n = Normaliser::new();
        let s = Splitter::new(&n);
        for (word, parts) in [
            ("sykepengegrunnlag", ["sykepenger", "grunnlag"].as_slice()),
            ("sykepengegrunnlaget", &["sykepenger", "grunnlag"]),
            ("dagpengeperioden", &["dagpenger", "periode"]),
            ("arbeidsgiverperiode", &["arbeidsgiver", "periode"]),
            ("uføregrad", &["uføre", "grad"]),
            ("inntektsgrense", &["inntekt", "grense"]),
            ("foreldrepengeperioden", &["foreldrepenger", "periode"]),
            ("yrkesskadeerstatning", &["yrkesskade", "erstatning"]),
            ("klagefrist", &["klage", "frist"]),
            ("pensjonsalder", &["pensjon", "alder"]),
        ] {
            let want: Vec<String> = parts.iter().map(|p| n.normal(p)).collect();
            assert_eq!(s.split(word, &n), want, "{word}");
        }
        for word in ["sykepenger", "ordentlig", "selvfølgelig", "arbeid", "snart", "morgenen"] {
            assert!(s.split(word, &n).is_empty(), "{word} {:?}", s.split(word, &n));
        }
    }

    #[test]
    fn the_lexicon_is_large_enough() {
        let n = Normaliser::new();
        assert!(Splitter::new(&n).first.len() >= 500);
    }
}
