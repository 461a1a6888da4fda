//! Query strings, with repeated names, and the values that several handlers take.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::problem::Problem;
use crate::app::{MAX_QUESTION, today};
use crate::day::day_number;
use crate::law::SourceKind;

/// The pairs of a query string. Taken out one by one; what is left over at the end is an error.
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads a query string.
    ///
    /// # Errors
    /// It is not percent-encoded UTF-8.
    pub fn read(uri: &axum::http::Uri) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).ok().map(|query| query.0);
        // Bytes that are no UTF-8 come out as replacement characters.
        pairs
            .filter(|pairs| !pairs.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}')))
            .map(Self)
            .ok_or_else(|| Problem::bad_request("Søkestrengen kan ikke leses; kod verdiene som UTF-8 med prosenttegn."))
    }

    /// All values of a name.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(key, _)| key == name).map(|(_, value)| value).collect()
    }

    /// The value of a name; empty counts as not given, since that is how a form sends a field left empty.
    ///
    /// # Errors
    /// It is given twice.
    pub fn one(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut values = self.all(name);
        if values.len() > 1 {
            return Err(Problem::bad_request(format!("«{name}» er gitt flere ganger; gi den én gang.")));
        }
        Ok(values.pop().filter(|value| !value.is_empty()))
    }

    /// A number within bounds.
    ///
    /// # Errors
    /// It is none, or outside.
    pub fn number(&mut self, name: &str, range: RangeInclusive<usize>, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.one(name)? else { return Ok(default) };
        text.parse().ok().filter(|n| range.contains(n)).ok_or_else(|| {
            Problem::unprocessable(format!("«{name}» må være et helt tall fra {} til {}.", range.start(), range.end()))
        })
    }

    /// The kinds of source named.
    ///
    /// # Errors
    /// One is none of the eight.
    pub fn kinds(&mut self) -> Result<Vec<SourceKind>, Problem> {
        let named = self.all("kind");
        named.iter().filter(|code| !code.is_empty()).map(|code| code.parse()).collect::<Result<_, _>>().map_err(|_| {
            let codes: Vec<&str> = SourceKind::ALL.iter().map(|kind| kind.code()).collect();
            Problem::unprocessable(format!("«kind» er ingen kildetype; bruk {}.", codes.join(", ")))
        })
    }

    /// That nothing is left over.
    ///
    /// # Errors
    /// A name is unknown here.
    pub fn end(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(40).collect();
                Err(Problem::bad_request(format!("«{name}» er ikke et felt her; se /api/v1/openapi.json.")))
            }
        }
    }
}

/// A question or search: not empty, not too long.
///
/// # Errors
/// It is one of these.
pub fn question(text: String) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::unprocessable("Spørsmålet er tomt; skriv hva du vil vite."));
    }
    let length = text.chars().count();
    if length > MAX_QUESTION {
        return Err(Problem::unprocessable(format!(
            "Spørsmålet er {length} tegn; grensen er {MAX_QUESTION}. Skriv det kortere."
        )));
    }
    Ok(text)
}

/// A day as yyyymmdd; today when not given.
///
/// # Errors
/// There is no such day.
pub fn day(text: Option<&str>) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(today()) };
    // Only the plain form: jiff would also take a date with time and zone.
    let date: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
    date.map(day_number).ok_or_else(|| Problem::unprocessable("«as_of» er ingen dato; skriv den som 2026-11-21."))
}

/// The id of a conversation.
///
/// # Errors
/// It is no UUID.
pub fn conversation(text: Option<&str>) -> Result<Option<uuid::Uuid>, Problem> {
    let wrong = |_| Problem::unprocessable("«conversation» må være en UUID; lag en ny for hver samtale.");
    text.map(|text| text.parse().map_err(wrong)).transpose()
}
