//! `rettesnor conflicts`: the register of conflicts.

use std::path::PathBuf;

use rettesnor::config::Config;
use rettesnor::law::{LawId, ProvisionId, find};
use rettesnor::register::view::ConflictView;
use rettesnor::register::{NearMiss, Register, Status, is_on, kind_name, reason_name};
use rettesnor::store::{Catalogue, FILE, Store};
use serde_json::json;

use super::{Done, print};

#[derive(clap::Args)]
pub struct Arguments {
    /// Bare konflikter om denne bestemmelsen [lov/1997-02-28-19/§8-4 eller «ftrl. § 8-4»]
    #[arg(long, value_name = "ID", value_parser = provision)]
    provision: Option<ProvisionId>,
    /// Bare konflikter i denne tilstanden [open, confirmed, resolved, rejected]
    #[arg(long, value_name = "TILSTAND", value_parser = status)]
    status: Option<Status>,
    /// Vis i stedet par som ble vurdert og forkastet, med begrunnelse
    #[arg(long, conflicts_with = "status")]
    rejected: bool,
    /// Mappe for indeks og database [standard: data]
    #[arg(long, value_name = "MAPPE")]
    data_dir: Option<PathBuf>,
    /// Skriv JSON
    #[arg(long)]
    json: bool,
}

fn status(text: &str) -> Result<Status, String> {
    text.parse().map_err(|()| format!("«{text}» er ingen tilstand; bruk open, confirmed, resolved eller rejected"))
}

fn provision(text: &str) -> Result<ProvisionId, String> {
    let folketrygdloven: Option<LawId> = LawId::FOLKETRYGDLOVEN.parse().ok();
    let named = || find(text, folketrygdloven.as_ref()).into_iter().find_map(|reference| reference.id.parse().ok());
    text.parse()
        .ok()
        .or_else(named)
        .ok_or_else(|| format!("«{text}» er ingen bestemmelse; skriv for eksempel lov/1997-02-28-19/§8-4"))
}

pub async fn run(arguments: Arguments) -> anyhow::Result<Done> {
    let folder = arguments.data_dir.map_or_else(|| Config::load().map(|config| config.data_dir), Ok)?;
    anyhow::ensure!(
        folder.join(FILE).exists(),
        "det er ingen base i {}; les inn dokumenter med «rettesnor ingest», eller velg en annen mappe med --data-dir",
        folder.display()
    );
    // Neither model nor index is needed, nor the lock: this also works while the server runs.
    let store = Store::open(&folder).await?;
    let catalogue = store.catalogue(&Catalogue::default()).await?;
    let register = Register::open(store, &folder);
    register.refresh(&catalogue).await?;
    let snapshot = register.snapshot();
    if arguments.rejected {
        let is_wanted = |id: &str| match &arguments.provision {
            None => true,
            Some(wanted) => catalogue.document(id).any(|version| {
                let subjects = version
                    .document
                    .provisions
                    .iter()
                    .chain(version.document.sections.iter().flat_map(|s| &s.provisions));
                subjects.into_iter().any(|id| id.is_within(wanted) || wanted.is_within(id))
            }),
        };
        let misses: Vec<&NearMiss> =
            snapshot.near_misses().iter().filter(|miss| is_wanted(&miss.a) && is_wanted(&miss.b)).collect();
        return print_misses(&misses, arguments.json);
    }
    let views: Vec<&ConflictView> = snapshot
        .conflicts()
        .iter()
        .filter(|view| arguments.status.is_none_or(|status| view.status == status))
        .filter(|view| arguments.provision.as_ref().is_none_or(|provision| is_on(view, provision)))
        .collect();
    if arguments.json {
        print(serde_json::to_string(&views)?)?;
        return Ok(Done::All);
    }
    if views.is_empty() {
        print("Ingen konflikter.")?;
    }
    for view in views {
        print_view(view)?;
    }
    Ok(Done::All)
}

fn print_misses(misses: &[&NearMiss], as_json: bool) -> anyhow::Result<Done> {
    if as_json {
        let all: Vec<_> = misses
            .iter()
            .map(|miss| json!({"a": miss.a, "b": miss.b, "reason": miss.reason, "why": miss.why}))
            .collect();
        print(serde_json::to_string(&all)?)?;
        return Ok(Done::All);
    }
    for miss in misses {
        print(format!("{} og {}: {}. {}", miss.a, miss.b, reason_name(miss.reason), miss.why))?;
    }
    Ok(Done::All)
}

fn print_view(view: &ConflictView) -> anyhow::Result<()> {
    print(format!("{} [{}, {}]", view.question, kind_name(view.kind), view.status.norwegian()))?;
    let provisions: Vec<String> = view
        .provisions
        .iter()
        .map(|id| id.parse().map_or_else(|_| id.clone(), |provision: ProvisionId| provision.label()))
        .collect();
    print(format!("  {}   {}", provisions.join(", "), view.id))?;
    for side in &view.sides {
        print(format!("  – {}", side.stance))?;
        for document in &side.documents {
            let quote = document.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            print(format!("      {}, {}: «{quote}»", document.id, document.locator))?;
        }
    }
    if let Some(resolution) = &view.resolved_by {
        print(format!("  Avklart av {}: {}", resolution.document, resolution.why))?;
    }
    print("")
}
