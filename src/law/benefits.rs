//! Names of the benefits, by the code that documents use.

/// Code and name, one per line.
const NAMES: &str = include_str!("benefits.tsv");

/// The name of a benefit on the screen; the code itself where it is unknown.
pub fn benefit_name(code: &str) -> &str {
    NAMES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(known, _)| *known == code)
        .map_or(code, |(_, name)| name.trim())
}
