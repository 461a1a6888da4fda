//! Bokmål or nynorsk, told from the small words.

use super::super::document::Language;

/// The written standard of a text: nynorsk when its telltale words outnumber those of bokmål.
pub(super) fn detect(text: &str) -> Language {
    const NYNORSK: [&str; 16] = [
        "ikkje", "eg", "ein", "eit", "frå", "kva", "korleis", "vart", "vert", "dei", "noko", "meir", "saka", "berre",
        "ho", "trygda",
    ];
    const BOKMAAL: [&str; 16] = [
        "ikke", "jeg", "en", "et", "fra", "hva", "hvordan", "ble", "blir", "de", "noe", "mer", "saken", "bare", "hun",
        "trygden",
    ];
    let (mut nynorsk, mut bokmaal) = (0usize, 0usize);
    // The first few thousand words tell.
    for word in text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty()).take(5_000) {
        let word = word.to_lowercase();
        nynorsk += usize::from(NYNORSK.contains(&word.as_str()));
        bokmaal += usize::from(BOKMAAL.contains(&word.as_str()));
    }
    if nynorsk > bokmaal { Language::Nn } else { Language::Nb }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_standards() {
        assert_eq!(detect("Retten kom ikkje fram til noko anna, og saka vart send attende."), Language::Nn);
        assert_eq!(detect("Retten kom ikke frem til noe annet, og saken ble sendt tilbake."), Language::Nb);
        assert_eq!(detect(""), Language::Nb);
    }
}
