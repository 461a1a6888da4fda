//! Who speaks in a ruling: told from headings and from the words a paragraph opens with.

use std::sync::LazyLock;

use regex::Regex;

use super::super::document::Role;
use crate::law::SourceKind;

#[allow(clippy::unwrap_used)] // the patterns are fixed and tested
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// Heading words, the first that fits decides. Bokmål and nynorsk, tribunal, appeals body and courts.
static HEADINGS: LazyLock<Vec<(Role, Regex)>> = LazyLock::new(|| {
    vec![
        (Role::Dissent, pattern(r"(?i)mindretal|\bdissens|dissenter")),
        (
            Role::Other,
            pattern(r"(?i)^(?:ankeadgang|klageadgang|klagerett|orientering om|rett til å anke|endringslogg|vedlegg)"),
        ),
        (
            Role::Summary,
            pattern(r"(?i)^(?:sammendrag|samandrag|kort (?:fortalt|oppsummert)|hovedpunkt|hovudpunkt|stikkord)"),
        ),
        (
            Role::Argument,
            pattern(
                r"(?i)anfør|gj(?:ort|orde) gjeldende|gj(?:ort|orde) gjeldande|gjør gjeldende|gjer gjeldande|klagers? syn|klagars? syn|(?:klag|part|anke|stat)\p{L}* (?:sitt |sine |parts? )?standpunkt|partenes syn|syna til partane|partane sitt syn|partene (?:mener|hevder)|^partene?$|^partane$|ankegrunn|klagegrunn|^(?:klagen|klaga|anken|anka|ankemotparten|ankemotpart|klagaren|klageren|klager|den ankende part|den ankande part|ankende part)\b|(?:underinstans|førsteinstans|vedtaksinstans|nav-kontor|nav kontor|enhet)\p{L}* (?:sin |sitt )?(?:vurdering|syn|vedtak|begrunnelse)|(?:nav|innstilling)(?:s|ens)? (?:syn|standpunkt|innstilling)|^(?:klageinstansen|nav klageinstans|nav klage og anke|arbeids- og velferdsdirektoratet|direktoratet|staten)(?: \p{L}+)* har\b|kva (?:partane|klagaren) meiner|hva (?:partene|klager(?:en)?) mener",
            ),
        ),
        (
            Role::Reasoning,
            pattern(
                r"(?i)(?:ser|så) (?:det |saken |saka )?slik|bemerkning|\bbemerke[rt]?\b|(?:hvordan|korleis) (?:vi|retten)\b|^(?:førstvoterende|førstevoterende|fyrstvoterande)\b|merknad(?:er|ene|ane|ar)\b|vurdering|grunngiv|grunngjev|begrunnelse|^(?:retten|trygderetten|lagmannsretten|høyesterett|høgsterett)$|drøft|grunnene|grunnane|^svaret|flertal|fleirtal|(?:trygde|lagmanns|høyeste|høgste)?rett(?:s|ens|en sitt|s sitt)? syn|mitt syn|klageinstans\p{L}* syn|(?:kom|kommet|kome|komen|komne) (?:fr[ae]m )?til\b|slik (?:vi|retten) (?:ser|tolker|leser|forstår)|slik ser (?:vi|retten)|premiss|standpunkt|rettens (?:forståelse|tolkning|tolking)|lovtolk|subsumsjon|^vår(?:t)? (?:syn|standpunkt)|^hvorfor (?:vi|du (?:ikke )?(?:får|fikk|har))\b|^kvifor (?:vi|du (?:ikkje )?(?:får|fekk|har))\b",
            ),
        ),
        (
            Role::Operative,
            pattern(
                r"(?i)^(?:slutning|domsslutning|kjennelsesslutning|konklusjon|ordskurd|orskurd|kjennelse|dom|vedtak \(resultat\)|vedtak(?:et)?$|resultat|avgjørelse|avgjerd|utfall)",
            ),
        ),
        (
            Role::Facts,
            pattern(
                r"(?i)saksforhold|sakshøve|faktum|\bfakta\b|faktisk|faktiske|saksfremstilling|saksframstilling|hendelsesforløp|hendingsgang|sakens opplysninger|opplysningane i saka|om klageren|^saken kort",
            ),
        ),
        (
            Role::Matter,
            pattern(
                r"(?i)sak(?:en|a) gjeld|klag(?:en|a) gjeld|^hvorfor (?:saken|retten)|^kvifor (?:saka|retten)|saken? gjaldt|saksgang|sakens gang|gangen i saka|bakgrunn|regelverk|rettsregl|rettsgrunnlag|rettslig|rettsleg|lovgrunnlag|hjemmel|heimel|^regler|^reglane|^reglene|innledning|innleiing|problemstilling|spørsmål|vedtaket (?:det|som)|påklag|ankegjenstand|^lov",
            ),
        ),
    ]
});

/// The role that a heading gives to what stands under it.
pub(super) fn of_heading(heading: &str) -> Option<Role> {
    let heading = bare(heading);
    HEADINGS.iter().find(|(_, pattern)| pattern.is_match(heading)).map(|(role, _)| *role)
}

/// Whether the heading is the tribunal's word for "decision", which stands both above the whole and above its end.
pub(super) fn is_decision_word(heading: &str) -> bool {
    matches!(
        bare(heading).to_lowercase().as_str(),
        "kjennelse" | "orskurd" | "ordskurd" | "dom" | "vedtak" | "vedtaket"
    )
}

/// A heading without its number, its colon and what surrounds it.
fn bare(heading: &str) -> &str {
    let heading = heading.trim().trim_end_matches([':', '.', ' ', '–', '-']);
    let start = heading.find(|char: char| char.is_alphabetic()).unwrap_or(0);
    let (number, rest) = heading.split_at(start);
    if number.chars().all(|char| char.is_ascii_digit() || ". )*_#".contains(char)) { rest } else { heading }
}

static OPENINGS: LazyLock<Vec<(Role, Regex)>> = LazyLock::new(|| {
    vec![
        (
            Role::Dissent,
            pattern(r"(?i)^(?:rettens |retten sitt |trygderettens )?(?:et |eit |ett )?mindretal(?:l|let|et)?\b"),
        ),
        (
            Role::Argument,
            pattern(
                r"(?i)^(?:(?:den ankende part(?:en)?|den ankande part(?:en)?|ankende part|ankande part|ankeren|klager(?:en)?|klagar(?:en)?|ankemotpart(?:en)?|motparten)\b[^.]{0,60}?\b(?:anfør\p{L}*|hevd\p{L}*|mener|meiner|meinar|gjør gjeldende|gjort gjeldende|gjer gjeldande|gjort gjeldande|viser til|vist til|opplyser|påstår|bestrider|har i det vesentlige|har i hovudsak)|(?:nav |arbeids- og velferdsetaten|ankemotparten)[^.]{0,60}?\b(?:har anført|anfører|har gjort gjeldende|har gjort gjeldande|gjør gjeldende|gjer gjeldande|har hevda|har vist til|har i det vesentlige)|(?:klageinstansen|klageorganet)[^.]{0,40}?\b(?:har anført|anfører|har gjort gjeldende|har gjort gjeldande|har i det vesentlige))",
            ),
        ),
        (
            Role::Reasoning,
            pattern(
                r"(?i)^(?:(?:trygderetten|retten|rettens flertall|flertallet|fleirtalet|rettens fleirtal|lagmannsretten|høyesterett|høgsterett|eg|jeg)\b[^.]{0,40}?\b(?:ser slik|bemerker|bemerke|merker|vil merke|finner|finn|er kommet til|er komen til|har kommet til|er kome til|har kome til|legger til grunn|legg til grunn|vurderer|viser innledningsvis|tar utgangspunkt)|(?:nav )?klageinstansen?\b[^.]{0,40}?\b(?:vurderer|er kommet til|er komen til|finner|legger til grunn|legg til grunn|har kommet til|har vurdert)|vi (?:har vurdert|vurderer|mener|meiner|er kommet til|er komne til|finner|legger til grunn))",
            ),
        ),
    ]
});

/// The role that the opening words of a paragraph claim.
pub(super) fn of_opening(paragraph: &str) -> Option<Role> {
    OPENINGS.iter().find(|(_, pattern)| pattern.is_match(paragraph)).map(|(role, _)| *role)
}

/// Whether a paragraph opens with the deciding body itself: in a decision of a court or tribunal what «Klageinstansen finner»
/// is a party's, and in a ruling «Jeg finner» the one who complains.
pub(super) fn is_of_body(kind: SourceKind, paragraph: &str) -> bool {
    static COURT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:trygderetten|retten|lagmannsretten|høyesterett|høgsterett|(?:rettens )?flertallet|fleirtalet)\b",
        )
    });
    static APPEALS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^(?:(?:nav )?klageinstansen?|vi (?:har vurdert|vurderer|er kom\w+|finner))\b"));
    let of_body = if kind == SourceKind::AppealsRuling { &APPEALS } else { &COURT };
    of_body.is_match(paragraph)
}

/// The role that the lead of a paragraph gives it: "Saken. En kasserer …", "Svaret. Nedsettelsen …", "Klageinstansens
/// syn: Loven spør …".
pub(super) fn of_lead(paragraph: &str) -> Option<Role> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(sak(?:en|a)|fakta|faktum|bakgrunn(?:en)?)|(spørsmål(?:et)?|rettsspørsmålet)|(svar(?:et)?|begrunnelse(?:n)?|grunngjeving(?:a)?|vurdering(?:en|a)?|premiss(?:ene|ane)?)|(utfall(?:et)?|resultat(?:et)?|slutning(?:en|a)?|konklusjon(?:en)?))[.:] ",
        )
    });
    if let Some(found) = LEAD.captures(paragraph) {
        return [(1, Role::Facts), (2, Role::Matter), (3, Role::Reasoning), (4, Role::Operative)]
            .into_iter()
            .find(|(group, _)| found.get(*group).is_some())
            .map(|(_, role)| role);
    }
    // A few words before a colon that would be a heading on a line of their own; before a full stop only such as are no
    // sentence: «Klagen av 3. mars» is none.
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:[–•-] )?((?:[\p{L}-]+ ){0,3}[\p{L}-]+): |^((?:(?:nav )?klageinstansens|rettens|trygderettens|retten sin|retten sine|vår|vårt|klagers|klagerens|partenes) (?:syn|vurdering|bemerkninger|merknader|standpunkt|anførsler))\. ",
        )
    });
    let found = LABEL.captures(paragraph)?;
    of_heading(found.get(1).or(found.get(2))?.as_str())
}

/// Whether the deciding body speaks for itself anywhere in the paragraph. For texts without headings, where facts and
/// reasons follow each other without a word about it.
pub(super) fn speaks_for_itself(paragraph: &str) -> bool {
    static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:vi|retten|trygderetten|klageinstansen|nav klageinstans|klageorganet|lagmannsretten|høyesterett|høgsterett|det medisinske medlemmet)\b (?:\p{L}+ ){0,2}?(?:mener|meiner|finner|finn|ser|legger|legg|viser|kan ikke|kan ikkje|kom|er kommet|er komen|har kommet|vurderer|bemerker|merkar|slutter|sluttar|tviler|leser|les|forstår|anser|tolker|tolkar|bygger|byggjer|tar utgangspunkt|tek utgangspunkt|antar|konstaterer|nøyer|regner|reknar|godtar|godtek|(?:er|har) (?:\p{L}+ )?(?:enig|einig|samd|uenig|ueinig|usamd))\b|\b(?:mener|finner|legger|legg|ser|vurderer|viser|leser) (?:vi|retten|trygderetten|klageinstansen|rett|høyesterett)\b|etter (?:vårt|rettens|retten sitt|trygderettens|klageinstansens) syn|slik (?:vi|retten|klageinstansen) ser|\bvilkår(?:et|ene|a)?\b[^.]{0,80}\b(?:oppfylt|oppfylte|innfridd)|\b(?:ordlyden|lovens formål|formålet med (?:regelen|bestemmelsen|loven)|fast praksis|forarbeidene|førearbeida|avgjørende er|avgjerande er|det avgjørende|det avgjerande|må forstås|må forståast|kan ikke forstås|bestemmelsen må|føresegna må|det er ikke holdepunkter|det er ikkje haldepunkt|det følger av|det følgjer av|loven krever|lova krev)\b",
        )
    });
    SPEAKS.is_match(paragraph)
}

/// Whether a sentence of the paragraph says what the law asks: from there on a ruling without headings gives its reasons.
/// «Etter § 67 må kravet settes fram innen ett år.», «Loven spør etter den daglige omsorgen.»
pub(super) fn states_the_law(paragraph: &str) -> bool {
    static STATES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^|[.!?] )(?:(?:I medhold av|I medhald av|Etter|Ifølge|Ifølgje|Av|Når det gjelder|Når det gjeld) (?:[^.]{0,60}§|[^.]{0,60}\b(?:regl(?:er|ar|ene|ane)|loven|lova|lov|forskrift(?:en|a)?)\b)[^.]{0,100}(?:\b(?:skal|må|kan|er|gis|gjev|gir|har|ytes|utbetales|kreves|krevst|følger|følgjer)\b|«)|(?:Loven|Lova|Bestemmelsen|Føresegna|Paragrafen|Ordlyden|Regelen|Lovteksten|Forskriften|Forskrifta|Vilkåret|\p{Lu}\p{L}+lov(?:en|a) § ?[\d-]+) (?:\p{L}+ ){0,2}(?:sier|seier|spør|krever|krev|gir|gjev|stiller|er|skiller|skil|nevner|nemner|bruker|brukar|nytter|nyttar|inneholder|må|kan|tar|tek|gjelder|gjeld)\b)",
        )
    });
    STATES.is_match(paragraph)
}

/// Whether a paragraph mostly tells what happened.
pub(super) fn narrates(paragraph: &str) -> bool {
    static HAPPENED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:var|ble|vart|blei|hadde|fikk|fekk|kom|gikk|gjekk|sto|stod|arbeidet|arbeidde|søkte|flyttet|flytta|begynte|byrja|mottok|meldte|sendte|mente|meinte|avslo|ga|gav|tok|bodde|budde|fylte|skrev|skreiv|viste|sluttet|slutta|ringte|klaget|klaga|vedtok|fant|fann|svarte|opplyste|jobbet|jobba|reiste|fødde|fødte|giftet|betalte)\b",
        )
    });
    let sentences = paragraph.matches(['.', '?', '!']).count().max(1);
    HAPPENED.find_iter(paragraph).count() * 2 > sentences
}

/// Whether a paragraph holds the deciding body's own words beside what it opens with.
pub(super) fn has_own_view(paragraph: &str) -> bool {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^|[.!?] )(?:Trygderetten|Retten|Klageinstansen|Nav klageinstans|Lagmannsretten|Høyesterett|Vi|Etter rettens|Slik retten)\b",
        )
    });
    OWN.is_match(paragraph)
}

/// A short paragraph that says the result, such as "Vedtaket av 3. mars 2010 stadfestes."
pub(super) fn is_result(paragraph: &str) -> bool {
    static RESULT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:\d+[.)] )?(?:[^.]{0,80}\b)?(?:vedtak\p{L}*|anken|anka|klagen|klaga|saken|saka)\b.{0,200}\b(?:stadfest(?:es|ast|a)|omgjør(?:es|ast)|omgjerast|gjerast om|gjøres om|opphev(?:es|ast)|avvis(?:es|ast)|hev(?:es|ast)|hjemvis(?:es|ast)|heimvisast|hjemsendes|tas (?:ikke )?til følge)|(?i)^(?:avslaget|avgjørelsen|vedtaket|vedtak|klagen|anken)\b[^.]{0,60}\b(?:blir stående|blir ståande|står ved lag|står fast|opprettholdes|stadfestes|blir stadfesta|førte ikke fram|fører ikke fram|har ikke ført fram|har ikke ført frem)|(?i)^(?:vi|retten|trygderetten|klageinstansen|nav klageinstans)\b[^.]{0,40}\b(?:stadfest(?:er|ar)|omgjør|omgjer|opphev(?:er|ar)|avviser|gjør om|gjer om)\b[^.]{0,120}\.?$",
        )
    });
    paragraph.len() < 400 && RESULT.is_match(paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        for (heading, role) in [
            ("Saken gjelder:", Role::Matter),
            ("Saka gjeld", Role::Matter),
            ("Saksgang", Role::Matter),
            ("Regelverk", Role::Matter),
            ("Saksforhold", Role::Facts),
            ("2. Faktum", Role::Facts),
            ("Klagers anførsler", Role::Argument),
            ("Den ankende part har i det vesentlige anført:", Role::Argument),
            ("Den ankande parten har i hovudsak gjort gjeldande", Role::Argument),
            ("Ankemotparten", Role::Argument),
            ("Klageinstansen har i det vesentlige anført", Role::Argument),
            ("Nav-kontorets vurdering", Role::Argument),
            ("Trygderetten ser slik på saken:", Role::Reasoning),
            ("Retten ser slik på saka", Role::Reasoning),
            ("Rettens bemerkninger", Role::Reasoning),
            ("Retten sine merknader", Role::Reasoning),
            ("Trygderettens vurdering", Role::Reasoning),
            ("Klageinstansens vurdering", Role::Reasoning),
            ("Retten bemerker", Role::Reasoning),
            ("Retten ser det slik:", Role::Reasoning),
            ("Hvordan vi ser på det", Role::Reasoning),
            ("Korleis vi vurderer saka", Role::Reasoning),
            ("Førstvoterende", Role::Reasoning),
            ("Hva partene gjorde gjeldende", Role::Argument),
            ("Mindretallets syn", Role::Dissent),
            ("Mindretalet", Role::Dissent),
            ("KJENNELSE", Role::Operative),
            ("Slutning:", Role::Operative),
            ("Konklusjon", Role::Operative),
            ("Ordskurd", Role::Operative),
            ("Samandrag", Role::Summary),
            ("Ankeadgang", Role::Other),
        ] {
            assert_eq!(of_heading(heading), Some(role), "{heading}");
        }
        assert_eq!(of_heading("Egenmelding ved feriereise"), None);
    }

    #[test]
    fn openings() {
        assert_eq!(of_opening("Den ankende part anfører at fristen ikke løp."), Some(Role::Argument));
        assert_eq!(of_opening("Ankemotparten har vist til rundskrivet."), Some(Role::Argument));
        assert_eq!(of_opening("Mindretallet, rettsmedlem nr. 2, ser annerledes på det."), Some(Role::Dissent));
        assert_eq!(of_opening("Trygderetten bemerker at fristen er absolutt."), Some(Role::Reasoning));
        assert_eq!(of_opening("Den ankende part er født i 1970."), None);
        assert!(is_result("Vedtaket av 3. mars 2010 stadfestes."));
        assert!(!is_result("Hun ble sykmeldt i mars."));
    }
}
