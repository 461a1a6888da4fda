//! The months by name.

const NAMES: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];

/// The number of a month, 1 to 12, from its name or the beginning of it («jan», «sept»), in small letters.
pub fn month(name: &str) -> Option<u8> {
    let is_it = |month: &&str| *month == name || (matches!(name.len(), 3 | 4) && month.starts_with(name));
    (1..).zip(NAMES.iter()).find(|(_, month)| is_it(month)).map(|(number, _)| number)
}

/// The name of a month.
pub(super) fn month_name(number: u8) -> Option<&'static str> {
    usize::from(number).checked_sub(1).and_then(|index| NAMES.get(index)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_known_by_its_name_and_its_short_names() {
        for (name, number) in [("januar", 1), ("jan", 1), ("mars", 3), ("mai", 5), ("sept", 9), ("desember", 12)] {
            assert_eq!(month(name), Some(number), "{name}");
        }
        for other in ["ja", "m", "mandag", "janu4r", ""] {
            assert_eq!(month(other), None, "{other}");
        }
        assert_eq!(month_name(12), Some("desember"));
        assert_eq!(month_name(13), None);
    }
}
