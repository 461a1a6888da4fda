//! What a question is about: benefit, role, life events, abroad or not, and what is asked.

use super::analyser::Analyser;
use super::normal::Normaliser;
use super::phrases::{PhraseIndex, Reading};

/// Who the question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Arbeidstaker.
    Employee,
    /// Frilanser.
    Freelancer,
    /// Selvstendig næringsdrivende.
    SelfEmployed,
    /// Arbeidsgiver.
    Employer,
    /// Student or pupil.
    Student,
    /// Arbeidsledig or permittert.
    Unemployed,
    /// Enslig forsørger.
    SingleParent,
    /// Alderspensjonist.
    Pensioner,
    /// Uføretrygdet.
    Disabled,
    /// Gjenlevende.
    Survivor,
    /// Vernepliktig.
    Conscript,
    /// Sjømann or fisker.
    Seafarer,
    /// Flyktning or asylsøker.
    Refugee,
}

/// Something that has happened or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Sykdom, sykmelding.
    Illness,
    /// Skade, ulykke.
    Accident,
    /// Oppsigelse, konkurs, permittering.
    JobLoss,
    /// Svangerskap, fødsel.
    Birth,
    /// Adopsjon.
    Adoption,
    /// Samlivsbrudd, skilsmisse.
    Separation,
    /// Ekteskap, samboerskap.
    Marriage,
    /// Dødsfall.
    Death,
    /// Opphold eller flytting utenlands.
    Abroad,
    /// Fengsel.
    Prison,
    /// Sykehus, sykehjem.
    Institution,
    /// Studier, kurs.
    Education,
    /// Ferie.
    Holiday,
    /// Barns sykdom.
    ChildIllness,
    /// Feilutbetaling, tilbakekreving.
    Overpayment,
    /// Klage, anke.
    Appeal,
    /// For sent søkt, frist oversittet.
    Late,
    /// Inntekt ved siden av.
    SideIncome,
    /// Ny jobb, flere timer.
    NewJob,
    /// Streik.
    Strike,
}

/// What kind of answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// How long: weeks, months, years.
    HowLong,
    /// How much: an amount, a rate, a share.
    HowMuch,
    /// Who has a right or a duty.
    Who,
    /// When, by what date, from what age.
    When,
    /// Yes or no.
    Whether,
    /// What must be shown.
    Document,
    /// Where to turn.
    Where,
    /// Why.
    Why,
    /// Anything else: what a rule says or means.
    #[default]
    What,
}

/// What a question is about. Used to rank, never to exclude.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Topic {
    /// Benefits by code, the likeliest first, with weights that sum to one.
    pub benefits: Vec<(String, f32)>,
    /// The first role that the question names.
    pub role: Option<Role>,
    /// What has happened, in the order told.
    pub events: Vec<Event>,
    /// Whether another EEA country, or the EEA rules, are in it.
    pub eea: bool,
    /// What kind of answer is wanted.
    pub asks: Asks,
}

const ROLES: &[(Role, &str)] = &[
    (Role::Employee, "arbeidstaker|ansatt|lønnsmottaker|vikar|fast stilling|deltidsansatt"),
    (Role::Freelancer, "frilanser|frilans|frilansoppdrag"),
    (
        Role::SelfEmployed,
        "selvstendig næringsdrivende|selvstendig|næringsdrivende|eget firma|eget foretak|enkeltpersonforetak|egen bedrift|egen virksomhet|bonde|gårdbruker|driver for meg selv",
    ),
    (
        Role::Employer,
        "vi som arbeidsgiver|jeg er arbeidsgiver|AG søker|arbeidsgiver søker|arbeidsgiver krever refusjon|en av våre ansatte|ansatt hos oss|min ansatte",
    ),
    (Role::Student, "student|studenter|studere|elev|lærling|skoleelev"),
    (
        Role::Unemployed,
        "arbeidsledig|arbeidsløs|ledig|permittert|permittering|arbeidssøker|jobbsøker|uten jobb|uten arbeid",
    ),
    (
        Role::SingleParent,
        "enslig forsørger|eneforsørger|alenemor|alenefar|enslig mor|enslig far|alene med barn|alene med unger|alene om omsorgen",
    ),
    (Role::Pensioner, "pensjonist|alderspensjonist|minstepensjonist"),
    (Role::Disabled, "uføretrygdet|ufør|trygdet|ung ufør|uføretrygd"),
    (Role::Survivor, "enke|enkemann|gjenlevende|etterlatt|etterlatte"),
    (Role::Conscript, "vernepliktig|militæret|førstegangstjeneste|soldat|verneplikt"),
    (Role::Seafarer, "sjømann|sjøfolk|fisker|ansatt på skip|jobber på båt"),
    (Role::Refugee, "flyktning|asylsøker|asyl"),
];

const EVENTS: &[(Event, &str)] = &[
    (
        Event::Illness,
        "syk|sykdom|sykmeldt|sykmelding|sykefravær|arbeidsufør|egenmelding|influensa|operasjon|operert|utbrent|diagnose",
    ),
    (
        Event::Accident,
        "ulykke|yrkesskade|falt ned|datt ned|skadet|skade på jobb|skadet seg|brakk|trafikkulykke|arbeidsulykke",
    ),
    (
        Event::JobLoss,
        "oppsagt|oppsigelse|sa opp|sagt opp|sluttet|sparken|sparket|mistet jobben|permittert|permittering|konkurs|nedbemanning|avskjed|sluttpakke",
    ),
    (Event::Birth, "gravid|svangerskap|fødsel|føde|født|termin|tvillinger|nyfødt|for tidlig født|dødfødt|spontanabort"),
    (Event::Adoption, "adopsjon|adoptere|adoptert|adoptivbarn"),
    (
        Event::Separation,
        "skilt|skilsmisse|separert|separasjon|samlivsbrudd|gått fra hverandre|flyttet fra hverandre|eksen|brudd",
    ),
    (Event::Marriage, "gift|gifte seg|ekteskap|samboer|flytte sammen|flyttet sammen|partner"),
    (Event::Death, "død|døde|dør|dødsfall|avdød|begravelse|gravferd|mistet mannen|mistet kona|gikk bort"),
    (
        Event::Abroad,
        "utlandet|utenlands|flytte til|flytter til|reise til|reiser til|utenfor norge|spania|thailand|sverige|danmark|polen|tyskland|eøs|syden|utenlandsopphold",
    ),
    (Event::Prison, "fengsel|soning|sone|soner|varetekt|straffegjennomføring|fotlenke|dom på ubetinget"),
    (Event::Institution, "sykehus|sykehjem|institusjon|innlagt|rehabiliteringsopphold|aldershjem"),
    (Event::Education, "utdanning|studier|studere|kurs|skole|universitet|høyskole|fagbrev|videreutdanning"),
    (Event::Holiday, "ferie|feriere|ferietur|syden|feriepenger"),
    (
        Event::ChildIllness,
        "sykt barn|barnet er syk|barnet er sykt|ungen er syk|barns sykdom|sykt barns dager|syke barn",
    ),
    (Event::Overpayment, "feilutbetaling|tilbakekreving|betale tilbake|fått for mye|utbetalt for mye|tilbakebetaling"),
    (Event::Appeal, "klage|anke|påklage|klagefrist|omgjøring|avslag"),
    (Event::Late, "for sent|for seint|frist|glemte|glemt|forsinket|etterbetaling|bakover i tid|tilbake i tid"),
    (Event::SideIncome, "ved siden av|ekstrajobb|ekstrainntekt|tjene ekstra|bijobb|svart arbeid|jobbe litt"),
    (Event::NewJob, "ny jobb|begynne å jobbe|fått jobb|øke stillingen|jobbe mer"),
    (Event::Strike, "streik|streike|lockout"),
];

const EEA: &str = "eøs|eu|trygdeforordningen|883 2004|norden|nordisk|e 101|a1|sverige|svensk|danmark|dansk|finland|finsk|island|polen|polsk|tyskland|tysk|spania|spansk|frankrike|fransk|italia|italiensk|nederland|belgia|irland|portugal|portugisisk|litauen|litauisk|latvia|latvisk|estland|estisk|romania|rumensk|bulgaria|bulgarsk|hellas|gresk|østerrike|ungarn|tsjekkia|slovakia|slovenia|kroatia|luxembourg|malta|kypros|kanariøyene|liechtenstein";

/// First match wins, so the narrow come before the wide.
const ASKS: &[(Asks, &str)] = &[
    (
        Asks::Document,
        "dokumentere|dokumentasjon|hvilken attest|attest|legeerklæring|bevise|hvilke papirer|papirer|hvilke opplysninger|hvilken erklæring|kvittering|hva må jeg sende inn|må legges ved|vedlegg",
    ),
    (
        Asks::HowLong,
        "hvor lenge|hvor lang tid|hvor lang periode|hvor mange uker|hvor mange måneder|hvor mange mnd|hvor mange dager|hvor mange år|hvor mange timer|antall uker|antall dager|antall måneder|antall år|maks uker|maks tid|makstid|lengste tid|varighet|hvor lang er|hvor langt tilbake|hvor lang frist|stønadsperiode|går ut|brukt opp",
    ),
    (
        Asks::HowMuch,
        "hvor mye|hvor mange kroner|hvor mange prosent|hvor stor|hvor stort|hvor høy|hvor høyt|beløp|sats|satser|prosent|minstesats|beregnes|regnes ut|hvordan beregne|hvor mange G",
    ),
    (
        Asks::When,
        "når|frist|fristen|hvilken dato|fra hvilken dag|tidligst|senest|hvor gammel|hvor tidlig|hvor lenge før|aldersgrense|hvilken alder|meldefrist|klagefrist",
    ),
    (Asks::Who, "hvem|hvilke personer"),
    (
        Asks::Where,
        "hvor søker|hvor sender|hvor skal|hvor henvender|hvor klager|hvor finner|hvor kan|hvor må|hvor gjør|hvor melder|hvor",
    ),
    (Asks::Why, "hvorfor|hva er grunnen|begrunnelse"),
];

/// A question that begins with one of these wants a yes or a no.
const YES_NO: &[&str] = &[
    "kan",
    "får",
    "har",
    "er",
    "må",
    "skal",
    "gir",
    "blir",
    "teller",
    "gjelder",
    "mister",
    "dekker",
    "regnes",
    "lønner",
    "stopper",
    "stanser",
    "vil",
    "trenger",
    "finnes",
    "kommer",
    "utbetales",
    "betaler",
    "inngår",
    "inngang",
    "krever",
    "kreves",
    "trekkes",
    "følger",
    "beholder",
    "reduseres",
    "faller",
    "tar",
    "går",
    "hører",
    "bør",
    "tør",
    "står",
    "slipper",
    "taper",
    "godtas",
    "medregnes",
];

/// The word lists, made ready once.
pub(super) struct TopicReader {
    roles: PhraseIndex,
    events: PhraseIndex,
    eea: PhraseIndex,
    asks: PhraseIndex,
}

impl TopicReader {
    pub fn new(normaliser: &Normaliser) -> Self {
        let index = |mut index: PhraseIndex, lists: &mut dyn Iterator<Item = &str>| {
            for (number, list) in lists.enumerate() {
                for phrase in list.split('|') {
                    index.insert(phrase, number, normaliser);
                }
            }
            index
        };
        Self {
            roles: index(PhraseIndex::loose(), &mut ROLES.iter().map(|(_, list)| *list)),
            events: index(PhraseIndex::loose(), &mut EVENTS.iter().map(|(_, list)| *list)),
            eea: index(PhraseIndex::default(), &mut std::iter::once(EEA)),
            asks: index(PhraseIndex::default(), &mut ASKS.iter().map(|(_, list)| *list)),
        }
    }

    fn asks(&self, reading: &Reading) -> Asks {
        let found = self.asks.find(reading).into_iter().map(|found| found.number).min();
        let starts_with_verb =
            |at: usize| reading.tokens.get(at).is_some_and(|token| YES_NO.contains(&token.text.as_str()));
        // "Når"-clauses stand inside yes-or-no questions ("får jeg dagpenger når jeg studerer?").
        match found.and_then(|number| ASKS.get(number)) {
            Some((Asks::When | Asks::Who | Asks::Where, _)) if starts_with_verb(0) => Asks::Whether,
            Some((asks, _)) => *asks,
            None if starts_with_verb(0) => Asks::Whether,
            None if yes_no_clause(reading) => Asks::Whether,
            None => Asks::What,
        }
    }
}

/// "Hun er student, får hun dagpenger?": a verb before its subject somewhere in the question.
fn yes_no_clause(reading: &Reading) -> bool {
    const SUBJECTS: &[&str] =
        &["jeg", "eg", "hun", "ho", "han", "de", "dei", "vi", "man", "ein", "en", "du", "det", "bruker", "dette"];
    let asked = reading.tokens.iter().any(|token| {
        matches!(token.text.as_str(), "hva" | "kva" | "hvordan" | "korleis" | "hvilke" | "hvilken" | "hvilket")
    });
    !asked
        && reading
            .tokens
            .windows(2)
            .any(|pair| YES_NO.contains(&pair[0].text.as_str()) && SUBJECTS.contains(&pair[1].text.as_str()))
}

impl Analyser {
    /// Reads what a question is about.
    #[must_use]
    pub fn topic(&self, question: &str) -> Topic {
        let (normaliser, reader) = self.topic_parts();
        let reading = Reading::new(question, normaliser);
        let mut events = Vec::new();
        for found in reader.events.find(&reading) {
            let event = EVENTS[found.number].0;
            if !events.contains(&event) {
                events.push(event);
            }
        }
        Topic {
            benefits: self.vocabulary().benefits_of(&reading),
            role: reader.roles.find(&reading).first().map(|found| ROLES[found.number].0),
            events,
            eea: !reader.eea.find(&reading).is_empty(),
            asks: reader.asks(&reading),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        let a = Analyser::new();
        for (question, want) in [
            ("Hvor lenge kan jeg få sykepenger?", Asks::HowLong),
            ("Kor lenge varer overgangsstønaden?", Asks::HowLong),
            ("Hvor mange uker får far?", Asks::HowLong),
            ("Hvor mye kan jeg tjene ved siden av?", Asks::HowMuch),
            ("Kor mykje får ein i uføretrygd?", Asks::HowMuch),
            ("Hvem har krav på omsorgspenger?", Asks::Who),
            ("Kven kan få grunnstønad?", Asks::Who),
            ("Når kan jeg ta ut pensjon?", Asks::When),
            ("Får jeg dagpenger når jeg studerer?", Asks::Whether),
            ("Hun er student, får hun dagpenger?", Asks::Whether),
            ("Kan hun ta ferie?", Asks::Whether),
            ("Hvilken dokumentasjon kreves?", Asks::Document),
            ("Hvor søker jeg?", Asks::Where),
            ("Hvorfor fikk jeg avslag?", Asks::Why),
            ("Hva er sykepengegrunnlaget?", Asks::What),
        ] {
            assert_eq!(a.topic(question).asks, want, "{question}");
        }
    }

    #[test]
    fn who_and_what_happened() {
        let a = Analyser::new();
        let topic = a.topic("Jeg driver eget firma og brakk armen, hva får jeg fra Nav?");
        assert_eq!(topic.role, Some(Role::SelfEmployed));
        assert_eq!(topic.events, [Event::Accident]);
        let topic = a.topic("Alenemor flytter til Polen med dagpenger");
        assert_eq!(topic.role, Some(Role::SingleParent));
        assert!(topic.eea && topic.events.contains(&Event::Abroad));
        assert!(topic.benefits.iter().any(|(code, _)| code == "DAG_DAG"));
        let topic = a.topic("Eg er frilansar og vart sjuk");
        assert_eq!((topic.role, topic.events), (Some(Role::Freelancer), vec![Event::Illness]));
        assert_eq!(a.topic("hva blir været"), Topic { asks: Asks::What, ..Topic::default() });
    }
}
