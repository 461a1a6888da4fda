//! The command line's own words in Norwegian: help, and one sentence for wrong usage.

use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// Help as `clap` lays it out, under Norwegian headings.
const TEMPLATE: &str = "{about-with-newline}\nBruk: {usage}\n\n{all-args}";

/// The command with its subcommands, told in Norwegian.
pub fn in_norwegian(command: Command) -> Command {
    translate(command.name("rettesnor"), "rettesnor")
}

fn translate(command: Command, path: &str) -> Command {
    // Of a copy: asking for the usage settles a command, and arguments added later are not.
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[VALG]").replace("<COMMAND>", "KOMMANDO");
    let usage: Vec<String> = usage
        .lines()
        .map(|line| format!("{path}{}", line.trim_start().trim_start_matches(|c: char| !c.is_whitespace())))
        .collect();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("Vis denne hjelpen");
    let mut command = command
        .override_usage(StyledStr::from(usage.join("\n      ")))
        .help_template(TEMPLATE)
        .subcommand_help_heading("Kommandoer")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help);
    if command.get_version().is_some() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("Vis versjonen");
        command = command.disable_version_flag(true).arg(version);
    }
    command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { "Argumenter" } else { "Valg" };
        arg.help_heading(heading)
    });
    command.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name());
        translate(sub, &path)
    })
}

/// Prints help where it was asked for (status 0), else one sentence on standard error (status 2).
pub fn tell(error: &Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader that is gone has seen enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    eprintln!("rettesnor: {}; skriv «rettesnor --help» for hjelp", sentence(error));
    ExitCode::from(2)
}

fn sentence(error: &Error) -> String {
    let found = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let argument = found(ContextKind::InvalidArg);
    let value = found(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("{argument} mangler"),
        ErrorKind::UnknownArgument => format!("«{argument}» kjennes ikke her"),
        ErrorKind::InvalidSubcommand => format!("kommandoen «{}» finnes ikke", found(ContextKind::InvalidSubcommand)),
        ErrorKind::ArgumentConflict => match found(ContextKind::PriorArg).as_str() {
            "" => format!("{argument} passer ikke sammen med resten"),
            prior if prior == argument => format!("{argument} er oppgitt flere ganger"),
            prior => format!("{argument} og {prior} kan ikke brukes sammen"),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            format!("{argument} mangler en verdi")
        }
        ErrorKind::ValueValidation => match std::error::Error::source(error).map(ToString::to_string) {
            // Our own checks say what would be right.
            Some(why) if why.starts_with('«') => why,
            _ => format!("«{value}» kan ikke brukes som {argument}"),
        },
        ErrorKind::InvalidUtf8 => "argumentene er ikke gyldig UTF-8".to_owned(),
        _ => "kommandoen kan ikke leses slik".to_owned(),
    }
}
