//! Legal references in running text.
//!
//! The text is made plain and cut into tokens (`text`); one pass from left to right then looks at
//! each token that can begin a reference. Laws and other texts are read in `acts`, §§, chapters and
//! articles with their levels in `places`, circulars, decisions and judgments in `documents`. What
//! has been named so far is kept in `Reader`, so that «samme lov § 5» and a bare «§ 8-4» find the law they mean.
//!
//! Every look ahead is bounded and what has been read is not read again, so the time is linear in
//! the length of the text.

mod acts;
mod documents;
mod places;
mod text;

use serde::Serialize;

use super::id::{LawId, ProvisionId};
use super::names::{self, Numbering};
use text::{Kind, Token, tokens};

/// A reference found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Canonical id of the law, provision, circular, decision or judgment.
    pub id: String,
    /// The words of the text that are the reference.
    pub text: String,
    /// Where it begins, in Unicode scalar values from the start of the text.
    pub start: usize,
    /// Where it ends, likewise.
    pub end: usize,
}

/// Finds the legal references in a text, in the order they stand.
///
/// `context` is the law the text is about: a bare «§ 11-3» or «kapittel 11» is read as that law's
/// where the text names no other. Several provisions («§§ 8-40 til 8-43») give one reference each;
/// those of a range all have the range as their text.
pub fn find(text: &str, context: Option<&LawId>) -> Vec<Reference> {
    let tokens = tokens(text);
    let found = Reader::new(&tokens, context).read();
    // Byte offset of each character, so that each slice is taken without counting again.
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    found
        .into_iter()
        .filter_map(|Found { id, start, end }| {
            let slice = text.get(*bytes.get(start)?..*bytes.get(end)?)?;
            Some(Reference { id, text: slice.to_owned(), start, end })
        })
        .collect()
}

/// A reference before its words are cut out.
struct Found {
    id: String,
    start: usize,
    end: usize,
}

/// A law, or a text without an id, that the text has named.
#[derive(Clone)]
struct Mention {
    /// `None` for a text whose §§ have no id: «vedtektene», a law outside the table.
    law: Option<LawId>,
    /// An agreement: its articles are its own, the §§ beside it are not.
    agreement: bool,
    sentence: u32,
}

/// One pass through a text.
struct Reader<'a> {
    tokens: &'a [Token],
    context: Option<&'a LawId>,
    found: Vec<Found>,
    /// The last laws and texts named, latest last; a handful is enough.
    named: Vec<Mention>,
    /// The section of the nearest reference before, for «samme paragraf».
    last_place: Option<ProvisionId>,
    /// End of the nearest document without an id («Prop. 10 L (2016-2017)»), whose chapters are its own.
    other_document: Option<usize>,
    /// The sentence in which a list of dated laws («lover 7 mai 2021 nr. 30, 25 nov 2022 nr. 86») stands.
    dated_list: Option<(u32, super::id::LawKind)>,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [Token], context: Option<&'a LawId>) -> Self {
        Self {
            tokens,
            context,
            found: Vec::new(),
            named: Vec::new(),
            last_place: None,
            other_document: None,
            dated_list: None,
        }
    }

    fn read(mut self) -> Vec<Found> {
        let mut at = 0;
        while at < self.tokens.len() {
            let next = match self.tokens[at].kind {
                Kind::Break => {
                    // A new paragraph is about what the text is about.
                    if self.context.is_some() {
                        self.named.clear();
                    }
                    None
                }
                Kind::Word => self.read_document(at).or_else(|| self.read_place(at)).or_else(|| self.read_act(at)),
                Kind::Number => self.read_case_number(at).or_else(|| self.read_place(at)).or_else(|| self.read_act(at)),
                Kind::Sign => self.read_place(at).or_else(|| self.read_act(at)),
            };
            // A reader that takes nothing must not stop the pass.
            at = next.unwrap_or(0).max(at + 1);
        }
        self.found
    }

    /// Adds a reference that covers the tokens from `first` up to, not with, `end`.
    fn add(&mut self, id: impl ToString, first: usize, end: usize) {
        if let (Some(from), Some(to)) =
            (self.tokens.get(first), end.checked_sub(1).and_then(|last| self.tokens.get(last)))
        {
            self.found.push(Found { id: id.to_string(), start: from.start, end: to.end });
        }
    }

    fn name(&mut self, law: Option<LawId>, at: usize) {
        let sentence = self.tokens.get(at).map_or(0, |token| token.sentence);
        if self.named.len() >= 8 {
            self.named.remove(0);
        }
        self.named.push(Mention { law, agreement: false, sentence });
    }

    /// Like `name`, for an agreement without an id («EØS-avtalen»).
    fn name_agreement(&mut self, at: usize) {
        self.name(None, at);
        if let Some(mention) = self.named.last_mut() {
            mention.agreement = true;
        }
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| words.contains(&token.text.as_str()))
    }

    fn is_kind(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == kind)
    }

    fn is_glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// The sign stands at `at` with no space before it.
    fn is_glued_sign(&self, at: usize, sign: &str) -> bool {
        self.is_glued(at) && self.text(at) == sign
    }

    /// The number at `at`, if it has at most `digits` digits.
    fn number(&self, at: usize, digits: usize) -> Option<u32> {
        self.tokens
            .get(at)
            .filter(|token| token.kind == Kind::Number && token.text.len() <= digits)
            .and_then(|token| token.text.parse().ok())
    }

    /// The number at `at`, if no space stands before it.
    fn glued_number(&self, at: usize, digits: usize) -> Option<u32> {
        if self.is_glued(at) { self.number(at, digits) } else { None }
    }

    /// Past the sign at `at`, if it is there.
    fn skip(&self, at: usize, signs: &[&str]) -> usize {
        if self.is(at, signs) { at + 1 } else { at }
    }

    /// The law of a bare § at `at`: the nearest named before, else the one the text is about.
    ///
    /// A law numbered in one series cannot have a § 8-4, so such a law is passed over where another
    /// fits. A text without an id counts for the rest of its sentence.
    fn law_of_section(&self, at: usize, dashed: bool) -> Option<LawId> {
        let sentence = self.tokens.get(at).map_or(0, |token| token.sentence);
        let fits = |law: &LawId| match names::by_id(law).map(|law| law.numbering) {
            Some(Numbering::Continuous) => !dashed,
            Some(Numbering::ByChapter) => dashed,
            None => true,
        };
        let is_norwegian = |law: &LawId| law.kind() != super::id::LawKind::EuAct;
        let mut nearest = None;
        for mention in self.named.iter().rev() {
            match &mention.law {
                None if mention.sentence == sentence && !mention.agreement => return None,
                Some(law) if is_norwegian(law) => {
                    if fits(law) {
                        return Some(law.clone());
                    }
                    nearest = nearest.or(Some(law));
                }
                _ => {}
            }
        }
        let context = self.context.filter(|law| is_norwegian(law));
        match (context, nearest) {
            (Some(law), _) if fits(law) => Some(law.clone()),
            (_, Some(law)) => Some(law.clone()),
            (context, None) => context.cloned(),
        }
    }

    /// The EU act of a bare «artikkel 21» at `at`.
    fn act_of_article(&self, at: usize) -> Option<LawId> {
        let sentence = self.tokens.get(at).map_or(0, |token| token.sentence);
        let is_eu = |law: &&LawId| law.kind() == super::id::LawKind::EuAct;
        for mention in self.named.iter().rev() {
            match &mention.law {
                None if mention.sentence == sentence => return None,
                Some(law) if is_eu(&law) => return Some(law.clone()),
                _ => {}
            }
        }
        self.context.filter(is_eu).cloned()
    }

    /// The law that «loven», «samme lov» means.
    fn law_meant(&self) -> Option<LawId> {
        let statute = |law: &&LawId| law.kind() != super::id::LawKind::EuAct;
        let named = self.named.iter().rev().find_map(|mention| mention.law.as_ref().filter(statute));
        named.or(self.context).cloned()
    }
}
