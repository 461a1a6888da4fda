//! What kinds of source have in common, and which benefit a chapter of the National Insurance Act is about.

use super::{LawId, ProvisionId, SourceKind, Unit};

impl SourceKind {
    /// Text of the law itself.
    pub fn is_rule(self) -> bool {
        matches!(self, Self::Statute | Self::Regulation)
    }

    /// A decision in a single case.
    pub fn is_ruling(self) -> bool {
        matches!(self, Self::AppealsRuling | Self::TribunalDecision | Self::CourtJudgment)
    }

    /// A text that is kept up to date and says what the rule is, rather than what was decided once.
    pub fn states_a_rule(self) -> bool {
        matches!(self, Self::Statute | Self::Regulation | Self::Circular | Self::Guidance)
    }
}

impl LawId {
    /// The National Insurance Act.
    pub const FOLKETRYGDLOVEN: &str = "lov/1997-02-28-19";
}

impl ProvisionId {
    /// The provision and those it lies in, up to its section: `§8-4/ledd1/bokstav-a`, `§8-4/ledd1`, `§8-4`.
    pub fn with_parents(&self) -> Vec<String> {
        let section = self.section().to_string();
        let mut all = vec![self.to_string()];
        while let Some((parent, _)) = all.last().and_then(|id| id.rsplit_once('/'))
            && parent.len() >= section.len()
        {
            let parent = parent.to_owned();
            all.push(parent);
        }
        all
    }

    /// Code of the benefit (`ytelse.tsv`) that the provision's chapter of the National Insurance Act is about.
    pub fn benefit_code(&self) -> Option<&'static str> {
        if self.law().as_str() != LawId::FOLKETRYGDLOVEN {
            return None;
        }
        let chapter = match self.unit() {
            Unit::Section(number) => number.split('-').next()?.to_owned(),
            Unit::Chapter(number) => number.clone(),
            _ => return None,
        };
        CHAPTERS.iter().find(|(number, _)| *number == chapter).map(|(_, code)| *code)
    }
}

/// Chapter of the National Insurance Act → benefit.
const CHAPTERS: [(&str, &str); 12] = [
    ("4", "DAG_DAG"),
    ("8", "SYK_SYK"),
    ("9", "OMS_PSB"),
    ("11", "AAP_AAP"),
    ("12", "UFO_UFO"),
    ("13", "YRK_YRK"),
    ("14", "FOR_FOR"),
    ("15", "ENF_ENF"),
    ("17", "PEN_GJE"),
    ("19", "PEN_ALD"),
    ("20", "PEN_ALD"),
    ("10", "HJE_HJE"),
];
