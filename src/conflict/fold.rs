//! One spelling for the small words, so that one pattern reads bokmål and nynorsk.
//!
//! Only the words that patterns look for are folded; content words are compared as stems by the analyser.

/// Nynorsk (and conservative bokmål) → the form the patterns are written in.
const WORDS: &[(&str, &str)] = &[
    ("ikkje", "ikke"),
    ("finst", "finnes"),
    ("utanfor", "utenfor"),
    ("rolla", "rolle"),
    ("spelar", "spiller"),
    ("låg", "lå"),
    ("reduserast", "reduseres"),
    ("reduserar", "reduserer"),
    ("ytast", "ytes"),
    ("tyding", "betydning"),
    ("held", "holder"),
    ("slepp", "slipper"),
    ("manglar", "mangler"),
    ("reknar", "regner"),
    ("passar", "passer"),
    ("følgjast", "følges"),
    ("annleis", "annerledes"),
    ("motsett", "motsatt"),
    ("motsette", "motsatte"),
    ("ei", "en"),
    ("ein", "en"),
    ("eit", "et"),
    ("ett", "et"),
    ("noko", "noe"),
    ("nokon", "noen"),
    ("nokre", "noen"),
    ("inga", "ingen"),
    ("inkje", "ingen"),
    ("berre", "bare"),
    ("sjølv", "selv"),
    ("frå", "fra"),
    ("krev", "krever"),
    ("krevst", "kreves"),
    ("krevjast", "kreves"),
    ("kravd", "krevd"),
    ("kravde", "krevde"),
    ("gjev", "gir"),
    ("gjeve", "gitt"),
    ("gjevast", "gis"),
    ("gje", "gi"),
    ("lova", "loven"),
    ("lovens", "loven"),
    ("lovas", "loven"),
    ("rundskrivets", "rundskrivet"),
    ("medlemen", "medlemmet"),
    ("vilkåra", "vilkårene"),
    ("krava", "kravene"),
    ("gjeld", "gjelder"),
    ("gjeldande", "gjeldende"),
    ("følgjer", "følger"),
    ("følgje", "følge"),
    ("meiner", "mener"),
    ("meinte", "mente"),
    ("fann", "fant"),
    ("skreiv", "skrev"),
    ("gav", "ga"),
    ("treng", "trenger"),
    ("meinar", "mener"),
    ("legg", "legger"),
    ("leggjast", "legges"),
    ("seier", "sier"),
    ("finn", "finner"),
    ("kjem", "kommer"),
    ("kome", "kommet"),
    ("komen", "kommet"),
    ("komne", "kommet"),
    ("fell", "faller"),
    ("tek", "tar"),
    ("takast", "tas"),
    ("teken", "tatt"),
    ("reknast", "regnes"),
    ("rekne", "regne"),
    ("rekna", "regnet"),
    ("avgjerande", "avgjørende"),
    ("tilstrekkeleg", "tilstrekkelig"),
    ("naudsynt", "nødvendig"),
    ("føreset", "forutsetter"),
    ("føresetnad", "forutsetning"),
    ("føresett", "forutsatt"),
    ("medan", "mens"),
    ("utan", "uten"),
    ("omsyn", "hensyn"),
    ("høve", "adgang"),
    ("anledning", "adgang"),
    ("heimel", "hjemmel"),
    ("meir", "mer"),
    ("fyrst", "først"),
    ("fyrste", "første"),
    ("annan", "annen"),
    ("anna", "annet"),
    ("veke", "uke"),
    ("veker", "uker"),
    ("månader", "måneder"),
    ("månad", "måned"),
    ("månadar", "måneder"),
    ("dagar", "dager"),
    ("timar", "timer"),
    ("seinast", "senest"),
    ("innan", "innen"),
    ("avgjerda", "avgjørelsen"),
    ("orskurden", "kjennelsen"),
    ("usamd", "uenig"),
    ("samd", "enig"),
    ("einig", "enig"),
    ("ueinig", "uenig"),
    ("sluttar", "slutter"),
    ("byggjer", "bygger"),
    ("byggje", "bygge"),
    ("fråvik", "fraviker"),
    ("vert", "blir"),
    ("vart", "ble"),
    ("verte", "bli"),
    ("blei", "ble"),
    ("vere", "være"),
    ("vera", "være"),
    ("vore", "vært"),
    ("skil", "skiller"),
    ("skilnad", "forskjell"),
    ("motsetnad", "motsetning"),
    ("motsetjing", "motsetning"),
    ("godtakast", "godtas"),
    ("godkjennast", "godkjennes"),
    ("dekkjast", "dekkes"),
    ("dekkast", "dekkes"),
    ("lånast", "lånes"),
    ("stillast", "stilles"),
    ("set", "setter"),
    ("setjast", "settes"),
    ("nyttast", "brukes"),
    ("opphøyrer", "opphører"),
    ("tel", "teller"),
    ("begynnar", "begynner"),
    ("byrjar", "begynner"),
    ("løp", "løper"),
    ("klagaren", "klageren"),
    ("klagar", "klager"),
    ("hevdar", "hevder"),
    ("syner", "viser"),
    ("opplysningar", "opplysninger"),
    ("opplysningane", "opplysningene"),
    ("trong", "behov"),
    ("difor", "derfor"),
    ("korkje", "verken"),
    ("hverken", "verken"),
    ("åleine", "alene"),
    ("eigen", "egen"),
    ("frem", "fram"),
    ("fremgår", "framgår"),
    ("fremlegge", "framlegge"),
    ("sjå", "se"),
    ("sjåast", "ses"),
    ("forståast", "forstås"),
    ("tolkast", "tolkes"),
    ("kvar", "hver"),
    ("kvart", "hvert"),
    ("saman", "sammen"),
    ("samla", "samlet"),
    ("skriftleg", "skriftlig"),
    ("munnleg", "muntlig"),
    ("inneheld", "inneholder"),
    ("omfattar", "omfatter"),
    ("omfattast", "omfattes"),
    ("utelukkar", "utelukker"),
    ("høyrer", "hører"),
    ("gjere", "gjøre"),
    ("gjer", "gjør"),
    ("gjerast", "gjøres"),
];

/// Lower case, nynorsk's small words in bokmål, one space between words; punctuation is kept, set apart by nothing.
pub(super) fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    let mut word = String::new();
    let mut spaced = true;
    for char in lower.chars().chain(std::iter::once(' ')) {
        if char.is_alphanumeric() {
            word.push(char);
            continue;
        }
        if !word.is_empty() {
            folded.push_str(WORDS.iter().find(|(from, _)| *from == word).map_or(word.as_str(), |(_, to)| to));
            word.clear();
            spaced = false;
        }
        if char.is_whitespace() {
            if !spaced {
                folded.push(' ');
                spaced = true;
            }
        } else {
            folded.push(char);
            spaced = false;
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn nynorsk_and_bokmaal_meet() {
        assert_eq!(fold("Lova krev ikkje kvitteringar."), "loven krever ikke kvitteringar.");
        assert_eq!(fold("Det er  ikke noko\nvilkår"), "det er ikke noe vilkår");
    }
}
