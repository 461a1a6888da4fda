//! A document as the readers hand it on: who speaks, when, about what, and its own structure.

use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::law::{ProvisionId, SourceKind};

/// One version of one document. Byte ranges in [`Section`] point into [`Document::text`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Canonical id (`R11-00`, `TRR-2010-1026`, `lov/1997-02-28-19`, a ruling's own id, or a slug of the file name).
    pub id: String,
    /// What kind of source it is.
    pub kind: SourceKind,
    /// Title as a person would cite it.
    pub title: String,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Bokmål or nynorsk.
    pub language: Language,
    /// When it was decided or issued; of a version: when this version was made.
    pub date: Option<Date>,
    /// First day this version is the rule. `None`: from `date`.
    pub valid_from: Option<Date>,
    /// Last day this version is the rule. `None`: until a newer version replaces it.
    pub valid_to: Option<Date>,
    /// Benefit codes (`ytelse.tsv`).
    pub benefits: Vec<String>,
    /// Provisions the document says it is about (head or front matter).
    pub provisions: Vec<ProvisionId>,
    /// What a ruling came to.
    pub outcome: Option<Outcome>,
    /// Case number as written.
    pub case_no: Option<String>,
    /// Who decided, for tribunal decisions and courts.
    pub panel: Option<Panel>,
    /// Why the appealed decision was changed.
    pub reversal_reason: Option<ReversalReason>,
    /// Deciding office, for appeals rulings.
    pub office: Option<String>,
    /// Whether the text is official, a digest of ours, or made up for demonstration.
    pub provenance: Provenance,
    /// Where the original is published.
    pub source_url: Option<String>,
    /// The whole readable text of this version; what quotes are checked against.
    pub text: String,
    /// The text's own structure, in order. Sections do not overlap; together they hold all text that can be quoted.
    pub sections: Vec<Section>,
}

/// A headed part of a document: a ledd, a circular's numbered heading, a ruling's reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Headings above the text, outermost first, without the document's title.
    pub path: Vec<String>,
    /// Where it stands, as a person would say it: "§ 8-4 tredje ledd", "2.3 Forutgående trygdetid", "Rettens bemerkninger", "side 4".
    pub locator: String,
    /// Address of the part at the publisher, to be put after `#` in a link.
    pub anchor: Option<String>,
    /// Bytes in [`Document::text`], heading left out.
    pub range: Range<usize>,
    /// The provisions the part is about: its own § in a law, those named in the headings of a circular, else those cited.
    pub provisions: Vec<ProvisionId>,
    /// Who speaks here.
    pub role: Role,
    /// What the text itself says about its life cycle.
    pub marks: Vec<Mark>,
}

/// Who speaks in a section. In a ruling only [`Role::Reasoning`] is the deciding body's own reading of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Text of a statute or regulation.
    Rule,
    /// The issuer explaining a rule: circular, guidance, clarification.
    Commentary,
    /// An example in a circular.
    Example,
    /// Abstract or headnote of a ruling.
    Summary,
    /// What a case is about, and how it came here.
    Matter,
    /// The facts of a case.
    Facts,
    /// What a party, or the office that made the appealed decision, argued.
    Argument,
    /// The deciding body's own reasons.
    Reasoning,
    /// A dissenting member's reasons.
    Dissent,
    /// The result ("Slutning", "Konklusjon").
    Operative,
    /// Anything else, such as change logs.
    Other,
}

/// What a text says about its own life cycle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mark")]
pub enum Mark {
    /// "[Endret 12/15, 01/21]": as written, the months it was changed.
    Changed {
        /// The mark as written, without brackets.
        text: String,
    },
    /// "under revisjon".
    UnderRevision {
        /// The sentence that says so.
        text: String,
    },
    /// "ikke rettsriktige": the circular itself says that a part is wrong in law.
    NotCorrectLaw {
        /// The sentence that says so.
        text: String,
    },
}

/// Written standard of Norwegian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Bokmål.
    #[default]
    Nb,
    /// Nynorsk.
    Nn,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// As published by its issuer.
    #[default]
    Official,
    /// Our own account of a public decision.
    Digest,
    /// Made up, for demonstration and tests.
    Synthetic,
}

/// Outcome of a ruling; codes of Nav's `klage-kodeverk` (`utfall.tsv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)] // the official code names speak for themselves
pub enum Outcome {
    Trukket,
    Retur,
    Opphevet,
    Medhold,
    DelvisMedhold,
    Stadfestelse,
    Ugunst,
    Avvist,
    InnstillingStadfestelse,
    InnstillingAvvist,
    Hevet,
    Henvist,
    #[serde(rename = "MEDHOLD_ETTER_FVL_35")]
    MedholdEtterFvl35,
    BeslutningIkkeOmgjoere,
    StadfestetAnnenBegrunnelse,
    Henlagt,
    InnstillingGjenopptasKasVedtakStadfestes,
    InnstillingGjenopptasIkke,
    GjenopptattDelvisEllerFulltMedhold,
    GjenopptattOpphevet,
    GjenopptattStadfestet,
    IkkeGjenopptatt,
}

impl Outcome {
    /// Whether the case ended without a position on its merits, so that the outcome says nothing about the law.
    pub fn is_procedural(self) -> bool {
        use Outcome::*;
        !matches!(
            self,
            Medhold
                | DelvisMedhold
                | MedholdEtterFvl35
                | GjenopptattDelvisEllerFulltMedhold
                | Stadfestelse
                | StadfestetAnnenBegrunnelse
                | BeslutningIkkeOmgjoere
                | GjenopptattStadfestet
                | Ugunst
        )
    }

    /// Name on the screen.
    pub fn label(self) -> &'static str {
        use Outcome::*;
        match self {
            Trukket => "Trukket",
            Retur => "Retur",
            Opphevet => "Opphevet",
            Medhold => "Medhold",
            DelvisMedhold => "Delvis medhold",
            Stadfestelse => "Stadfestet",
            Ugunst => "Ugunst (ugyldig)",
            Avvist => "Avvist",
            InnstillingStadfestelse => "Innstilling: stadfestelse",
            InnstillingAvvist => "Innstilling: avvist",
            Hevet => "Hevet",
            Henvist => "Henvist",
            MedholdEtterFvl35 => "Medhold etter fvl. § 35",
            BeslutningIkkeOmgjoere => "Beslutning om ikke å omgjøre",
            StadfestetAnnenBegrunnelse => "Stadfestet med en annen begrunnelse",
            Henlagt => "Henlagt",
            InnstillingGjenopptasKasVedtakStadfestes => "Innstilling: gjenopptas, vedtaket stadfestes",
            InnstillingGjenopptasIkke => "Innstilling: gjenopptas ikke",
            GjenopptattDelvisEllerFulltMedhold => "Gjenopptatt, helt eller delvis medhold",
            GjenopptattOpphevet => "Gjenopptatt, opphevet",
            GjenopptattStadfestet => "Gjenopptatt, stadfestet",
            IkkeGjenopptatt => "Ikke gjenopptatt",
        }
    }
}

/// Who decided a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Panel {
    /// Number of members; the tribunal sits with two, three or five (trygderettsloven § 7).
    pub members: Option<u8>,
    /// Whether a member dissented.
    #[serde(default)]
    pub dissent: bool,
    /// Full or simplified reasons.
    #[serde(default)]
    pub reasoning: Option<Reasoning>,
}

/// How thoroughly a tribunal decision is reasoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reasoning {
    /// Full reasons; every decision for the appellant has them.
    Full,
    /// Simplified reasons, for appeals that are clearly unfounded.
    Simplified,
}

/// Why an appealed decision was changed (after the codes of Nav's quality form).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversalReason {
    /// The law was read wrongly: the only reason that makes two outcomes a conflict of practice by itself.
    Law,
    /// Discretion was exercised differently.
    Discretion,
    /// The facts were judged differently.
    Facts,
    /// New information came in.
    NewInformation,
    /// The case was badly prepared or decided in the wrong way.
    Procedure,
}
