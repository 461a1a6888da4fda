//! `rettesnor refs`: legal references in a text.

use std::io::Read as _;

use rettesnor::law::{self, LawId};

use super::{Done, print};

/// Longest text read from standard input, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

#[derive(clap::Args)]
pub struct Arguments {
    /// Teksten, eller - for å lese fra standard inn
    #[arg(value_name = "TEKST", allow_hyphen_values = true)]
    text: String,
    /// Loven teksten handler om, for en bar «§ 11-3» [f.eks. lov/1997-02-28-19]
    #[arg(long, value_name = "ID")]
    law: Option<String>,
    /// Skriv JSON (som uten dette flagget)
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> anyhow::Result<Done> {
    let law: Option<LawId> = arguments
        .law
        .map(|id| id.parse().map_err(|_| anyhow::anyhow!("«{id}» er ingen lov-id; skriv den som lov/1997-02-28-19")))
        .transpose()?;
    let text = if arguments.text == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes)?;
        anyhow::ensure!(bytes.len() as u64 <= MOST, "teksten på standard inn er over {} MB; del den opp", MOST >> 20);
        String::from_utf8(bytes)
            .map_err(|_| anyhow::anyhow!("teksten på standard inn er ikke UTF-8; lagre den som UTF-8"))?
    } else {
        arguments.text
    };
    print(serde_json::to_string(&law::find(&text, law.as_ref()))?)?;
    Ok(Done::All)
}
