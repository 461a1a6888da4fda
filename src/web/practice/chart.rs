//! Small drawings: bars per row, and documents in time. The table with the same figures stands under them.

use crate::register::practice::{Counts, Ending};

/// Stacked bars, one per row.
pub struct Bars {
    pub height: usize,
    pub rows: Vec<Row>,
}

/// A bar.
pub struct Row {
    pub label: String,
    pub y: usize,
    pub middle: usize,
    pub parts: Vec<Part>,
    pub total: usize,
    pub end: usize,
}

/// A part of a bar.
pub struct Part {
    pub x: usize,
    pub width: usize,
    pub look: &'static str,
    pub name: &'static str,
    pub count: usize,
}

/// Where the bars begin, and how long the longest is, in the drawing's own units.
const LEFT: usize = 220;
const LENGTH: usize = 420;
const ROW: usize = 28;

impl Bars {
    pub fn of(rows: impl Iterator<Item = (String, Counts)>) -> Self {
        let rows: Vec<(String, Counts)> = rows.collect();
        let most = rows.iter().map(|(_, counts)| counts.total()).max().unwrap_or(0).max(1);
        let drawn = rows.into_iter().enumerate().map(|(at, (label, counts))| {
            let mut sum = 0;
            let parts = Ending::ALL.into_iter().zip(counts.0).filter(|(_, count)| *count > 0).map(|(ending, count)| {
                let x = LEFT + sum * LENGTH / most;
                sum += count;
                Part { x, width: LEFT + sum * LENGTH / most - x, look: ending.look(), name: ending.norwegian(), count }
            });
            let parts: Vec<Part> = parts.collect();
            Row {
                label,
                y: at * ROW + 4,
                middle: at * ROW + 18,
                parts,
                total: counts.total(),
                end: LEFT + sum * LENGTH / most + 8,
            }
        });
        let rows: Vec<Row> = drawn.collect();
        Self { height: rows.len() * ROW + 4, rows }
    }
}

/// A conflict's documents in time, one line per side.
pub struct Timeline {
    pub height: usize,
    pub lines: Vec<Line>,
    pub years: Vec<(usize, i16)>,
}

/// A side.
pub struct Line {
    pub label: String,
    pub y: usize,
    pub dots: Vec<Dot>,
}

/// A document.
pub struct Dot {
    pub x: usize,
    pub label: String,
}

impl Timeline {
    /// Of sides with their dated documents; `None` where there are not two days to set apart.
    pub fn of(sides: &[(String, Vec<(jiff::civil::Date, String)>)]) -> Option<Self> {
        let day = |date: jiff::civil::Date| i64::from(date.year()) * 366 + i64::from(date.day_of_year());
        let days: Vec<i64> = sides.iter().flat_map(|(_, dated)| dated.iter().map(|(date, _)| day(*date))).collect();
        let (first, last) = (*days.iter().min()?, *days.iter().max()?);
        if first == last {
            return None;
        }
        let x = |at: i64| 90 + ((at - first) * 560 / (last - first)) as usize;
        let lines = sides.iter().enumerate().map(|(at, (label, dated))| Line {
            label: label.clone(),
            y: at * 36 + 22,
            dots: dated.iter().map(|(date, label)| Dot { x: x(day(*date)), label: label.clone() }).collect(),
        });
        let lines: Vec<Line> = lines.collect();
        let (from, to) = (first / 366, last / 366);
        let step = ((to - from) / 8).max(1);
        let years = (from..=to)
            .step_by(step as usize)
            .filter(|year| year * 366 >= first)
            .map(|year| (x(year * 366), year as i16));
        Some(Self { height: lines.len() * 36 + 34, years: years.collect(), lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_without_gaps() {
        let bars = Bars::of(
            [("2020".to_owned(), Counts([1, 2, 0, 0, 0])), ("2021".to_owned(), Counts([0, 0, 0, 0, 1]))].into_iter(),
        );
        let first = &bars.rows[0];
        assert_eq!(first.parts[0].x + first.parts[0].width, first.parts[1].x);
        assert_eq!(first.parts[1].x + first.parts[1].width, LEFT + LENGTH);
        assert!(Bars::of(std::iter::empty()).rows.is_empty());
    }

    #[test]
    fn a_timeline_needs_two_days() {
        let date = |text: &str| text.parse().unwrap();
        let one = vec![("A".to_owned(), vec![(date("2020-01-01"), "x".to_owned())])];
        assert!(Timeline::of(&one).is_none());
        let two =
            vec![("A".to_owned(), vec![(date("2020-01-01"), "x".to_owned()), (date("2022-06-01"), "y".to_owned())])];
        assert_eq!(Timeline::of(&two).unwrap().lines[0].dots[1].x, 650);
    }
}
