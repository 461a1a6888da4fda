//! A corpus of any size from real text: the sentences of real passages are recombined and their numbers changed, so
//! that each passage is another, and each stands in a document with headings, dates and, for one in ten, an older
//! version.

use std::fmt::Write as _;

use crate::corpus::sentences;

/// Passages in one document.
const PER_DOCUMENT: usize = 40;

/// Longest passage written, in bytes: well below what would be cut in two.
const LONGEST: usize = 1_000;

/// Questions of a passage that has any.
const QUESTIONS: usize = 5;

/// One passage in this many has callers' questions, and one document in this many is an older version of the next.
const ONE_IN: u64 = 10;

/// A real passage with its vector, and questions it answers with theirs.
pub(super) struct Seed {
    pub heading: String,
    pub text: String,
    pub vector: Vec<f32>,
    pub questions: Vec<(String, Vec<f32>)>,
}

/// A document written: which seed each of its parts was made from, and the questions made for them.
pub(super) struct Written {
    pub file: String,
    pub text: String,
    pub seeds: Vec<usize>,
    /// Part, question, and the seed and its question that it varies.
    pub questions: Vec<(usize, String, (usize, usize))>,
}

/// Numbers that come out the same at every run (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        // Seeds that follow each other must not give the same numbers, one step apart.
        let mut mixed = Self(seed);
        Self(mixed.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    /// From -1 to 1.
    fn around_zero(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    /// A vector near this one and a little towards another, of length 1.
    pub fn near(&mut self, vector: &[f32], other: &[f32]) -> Vec<f32> {
        // Noise of a quarter of the vector's length: together a cosine about 0.95, as between passages on one matter.
        let step = 0.25 * 3.0_f32.sqrt() / (vector.len().max(1) as f32).sqrt();
        let share = 0.2 + 0.2 * self.around_zero();
        let moved: Vec<f32> =
            vector.iter().zip(other).map(|(x, y)| x + share * y + step * self.around_zero()).collect();
        let length = moved.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::EPSILON);
        moved.into_iter().map(|x| x / length).collect()
    }
}

/// Number of documents that hold this many passages.
pub(super) fn documents(passages: usize) -> usize {
    passages.div_ceil(PER_DOCUMENT)
}

/// The document with this number; the last may be asked to hold fewer parts.
pub(super) fn document(number: usize, passages: usize, seeds: &[Seed]) -> Written {
    let mut dice = Dice::new(number as u64 + 1);
    let asked: Vec<usize> = (0..seeds.len()).filter(|&at| !seeds[at].questions.is_empty()).collect();
    let parts = PER_DOCUMENT.min(passages - (number * PER_DOCUMENT).min(passages));
    // One in ten is the next document as it was before.
    let older = (number as u64).is_multiple_of(ONE_IN);
    let id = format!("prove-{:05}", if older { number + 1 } else { number });
    let from = if older { "2018-01-01" } else { "2022-01-01" };
    // Circulars do not conflict with each other: what finding conflicts costs is measured on rulings.
    let mut text = format!(
        "---\nid: {id}\nkind: circular\ntitle: Prøvedokument {number}\nissuer: Måling\ndate: {from}\nvalid_from: {from}\nprovenance: synthetic\n---\n"
    );
    let mut written = Written {
        file: format!("prove-{number:05}.md"),
        text: String::new(),
        seeds: Vec::with_capacity(parts),
        questions: Vec::new(),
    };
    for part in 0..parts {
        let at = dice.below(seeds.len());
        let seed = &seeds[at];
        let heading: String = seed.heading.chars().take(50).collect();
        let _ = write!(
            text,
            "\n## {} ({})\n\n{}\n",
            varied(heading.trim(), &mut dice),
            part + 1,
            recombined(seed, seeds, &mut dice)
        );
        written.seeds.push(at);
        if let Some(asked) = asked.get(dice.below(asked.len() * ONE_IN as usize)) {
            for _ in 0..QUESTIONS {
                let question = dice.below(seeds[*asked].questions.len());
                let text = varied(&seeds[*asked].questions[question].0, &mut dice);
                written.questions.push((part, format!("{text} – sak {}", dice.below(100_000)), (*asked, question)));
            }
        }
    }
    written.text = text;
    written
}

/// Documents that meet on one provision.
const ON_ONE_PROVISION: usize = 10;

/// A ruling, or for one in ten a circular, on one of the provisions that its base is about; and the seeds it is made of.
pub(super) fn ruling(number: usize, documents: usize, seeds: &[Seed]) -> (String, Vec<usize>) {
    let mut dice = Dice::new(number as u64 + 0x0ddba11);
    let provision = dice.below(documents.div_ceil(ON_ONE_PROVISION));
    let section = format!("ftrl. § {}-{}", 4 + provision % 15, 1 + provision / 15);
    let (kind, heading, more) = match number % 10 {
        0 => ("circular", "Vilkår", ""),
        1..=4 => ("tribunal_decision", "Rettens bemerkninger", "outcome: MEDHOLD\n"),
        _ => ("appeals_ruling", "Klageinstansens vurdering", "outcome: STADFESTELSE\n"),
    };
    let id = match kind {
        "circular" => format!("R99-{number}"),
        "tribunal_decision" => format!("TRR-{}-{}", 2015 + number % 10, 90_000 + number),
        _ => format!("KA-MÅL-{number}"),
    };
    let mut text = format!(
        "---\nid: {id}\nkind: {kind}\ntitle: Sak {number}\nissuer: Måling\ndate: {}-{:02}-01\n{more}provisions: [\"{section}\"]\nprovenance: synthetic\n---\n# {heading}\n",
        2015 + number % 10,
        1 + dice.below(12)
    );
    let of: Vec<usize> = (0..3).map(|_| dice.below(seeds.len())).collect();
    for seed in &of {
        let _ = write!(text, "\n{}\n", recombined(&seeds[*seed], seeds, &mut dice));
    }
    (text, of)
}

/// The seed's sentences, some of them changed for another passage's, with other numbers.
fn recombined(seed: &Seed, seeds: &[Seed], dice: &mut Dice) -> String {
    let mut text = String::new();
    for range in sentences(&seed.text) {
        let mut sentence = &seed.text[range];
        if dice.one_in(4) {
            let other = &seeds[dice.below(seeds.len())].text;
            let all = sentences(other);
            if let Some(range) = all.get(dice.below(all.len())) {
                sentence = &other[range.clone()];
            }
        }
        let sentence = varied(&sentence.split_whitespace().collect::<Vec<_>>().join(" "), dice);
        if text.len() + sentence.len() > LONGEST {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        // Nothing may read as a heading, a list or a mark of its own.
        text.push_str(sentence.trim_start_matches(['#', '-', '*', '>', '[', ' ']));
    }
    let _ = write!(text, " Se sak {}/{}.", 2000 + dice.below(26), dice.next() % 10_000_000);
    text
}

/// The words with other figures: amounts, dates and paragraphs differ from passage to passage.
fn varied(text: &str, dice: &mut Dice) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() && dice.one_in(2) { char::from(b'1' + dice.below(9) as u8) } else { c })
        .collect()
}
