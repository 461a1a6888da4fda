//! Dates as Norwegian texts write them.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::error::Problem;
use crate::law::month;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    #[allow(clippy::unwrap_used)] // the pattern is fixed and tested
    Regex::new(
        r"(?i)\b(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})|(?P<d3>\d{1,2})\.?\s+(?P<name>januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|jan|feb|apr|jun|jul|aug|sept|sep|okt|nov|des)\.?\s+(?P<y3>\d{4}))\b",
    )
    .unwrap()
});

/// The first date written in the text: 2010-09-17, 17.09.2010 or "17. september 2010". One that does not exist is passed over.
pub(super) fn find(text: &str) -> Option<Date> {
    DATE.captures_iter(text).find_map(|found| {
        let (year, month, day) = numbers(&found)?;
        Date::new(year, month, day).ok()
    })
}

/// The date that the value of a field is. An empty value is `None`.
pub(super) fn field(field: &'static str, value: &str) -> Result<Option<Date>, Problem> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let not_a_date = || Problem::NotADate { field, value: value.to_owned() };
    let found = DATE.captures(value).ok_or_else(not_a_date)?;
    let (year, month, day) = numbers(&found).ok_or_else(not_a_date)?;
    Date::new(year, month, day).map(Some).map_err(|_| {
        let month = month.clamp(1, 12);
        let example = Date::new(year.max(1), month, 1).map_or_else(
            |_| "2024-04-11".to_owned(),
            |first| if day < 1 { first } else { first.last_of_month() }.to_string(),
        );
        Problem::NoSuchDate { field, value: value.to_owned(), example }
    })
}

fn numbers(found: &regex::Captures<'_>) -> Option<(i16, i8, i8)> {
    let number = |names: [&str; 3]| names.iter().find_map(|name| found.name(name)).map(|part| part.as_str());
    let month = match found.name("name") {
        Some(name) => i8::try_from(month(&name.as_str().to_lowercase())?).ok()?,
        None => number(["m", "m2", "m2"])?.parse().ok()?,
    };
    Some((number(["y", "y2", "y3"])?.parse().ok()?, month, number(["d", "d2", "d3"])?.parse().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn all_forms() {
        for text in
            ["2010-09-17", "17.09.2010", "17.9.2010", "17. september 2010", "17 sept 2010", "avsagt 17. sep. 2010"]
        {
            assert_eq!(find(text), Some(date(2010, 9, 17)), "{text}");
        }
        assert_eq!(find("i 2010"), None);
    }

    #[test]
    fn impossible_dates_suggest_the_last_day_of_the_month() {
        let problem = field("date", "2023-02-30").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "feltet «date» er «2023-02-30», som ikke finnes; skriv en gyldig dato som 2023-02-28"
        );
        assert!(matches!(field("date", "2023-13-01"), Err(Problem::NoSuchDate { .. })));
        assert!(matches!(field("date", "i fjor"), Err(Problem::NotADate { .. })));
        assert_eq!(field("date", " ").unwrap(), None);
    }
}
