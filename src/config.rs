//! Settings: flags over environment over `rettesnor.toml` over defaults.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::embedding::{BUILT_IN_ADAPTER, EmbeddingOptions, Precision, QUESTION_ADAPTER};

/// The settings file, looked for in the working folder unless `RETTESNOR_CONFIG` names another.
pub const FILE: &str = "rettesnor.toml";

/// All settings. Each field is also an environment variable, `RETTESNOR_` and its name in capitals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folder of the index and the database.
    pub data_dir: PathBuf,
    /// Folders whose documents the server keeps the base in step with.
    pub corpus: Vec<PathBuf>,
    /// Address the server listens on.
    pub bind: SocketAddr,
    /// Folder with `model.onnx` and `tokenizer.json`; the model is then not fetched.
    pub model_dir: Option<PathBuf>,
    /// Folder in which a fetched model is kept; default: the system's cache folder.
    pub cache_dir: Option<PathBuf>,
    /// Name of another model that fastembed knows, fetched from the model hub.
    pub model: Option<String>,
    /// Precision of the weights: `int8` or `f32`.
    pub precision: String,
    /// What tunes the default model to the field: `built-in`, `none`, or a file made by `tools/training/adapter.py`.
    pub adapter: String,
    /// What brings sentences on the same legal question near each other: `built-in`, `none`, or a file made by
    /// `tools/training/questions.py`.
    pub statement_adapter: String,
    /// Address of a Qdrant server (gRPC); the embedded engine is used when not set.
    pub qdrant_url: Option<String>,
    /// Key for the Qdrant server.
    pub qdrant_api_key: Option<String>,
    /// Collection on the Qdrant server.
    pub qdrant_collection: String,
    /// Questions answered at a time; further ones wait.
    pub workers: usize,
    /// Questions that may wait; further ones are told to come back.
    pub queue: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            corpus: vec!["corpus".into()],
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            model_dir: None,
            cache_dir: None,
            model: None,
            precision: "int8".into(),
            adapter: "built-in".into(),
            statement_adapter: "built-in".into(),
            qdrant_url: None,
            qdrant_api_key: None,
            qdrant_collection: "rettesnor".into(),
            // One more than there are processors: a worker that waits for the channels leaves its own idle.
            workers: std::thread::available_parallelism().map_or(2, usize::from) + 1,
            queue: 64,
        }
    }
}

/// The bytes of an adapter: `built-in`, `none`, or a file.
fn adapter(setting: &str, value: &str, built_in: &'static [u8]) -> anyhow::Result<Option<Cow<'static, [u8]>>> {
    Ok(match value {
        "none" => None,
        "built-in" => Some(Cow::Borrowed(built_in)),
        file => Some(Cow::Owned(std::fs::read(file).map_err(|e| {
            anyhow::anyhow!(
                "«{setting}» er «{file}», som ikke kan leses ({e}); den kan være built-in, none eller en fil"
            )
        })?)),
    })
}

impl Config {
    /// The part that is about the model.
    ///
    /// # Errors
    /// The precision is none that there is, or the adapter's file cannot be read.
    pub fn embedding(&self) -> anyhow::Result<EmbeddingOptions> {
        let precision = match self.precision.as_str() {
            "int8" => Precision::Int8,
            "f32" => Precision::F32,
            other => anyhow::bail!("«precision» er «{other}»; den kan være int8 eller f32"),
        };
        Ok(EmbeddingOptions {
            model: self.model.clone().unwrap_or_default(),
            model_dir: self.model_dir.clone(),
            cache_dir: self.cache_dir.clone(),
            runtime_library: std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from),
            precision,
            adapter: adapter("adapter", &self.adapter, BUILT_IN_ADAPTER)?,
            statement_adapter: adapter("statement_adapter", &self.statement_adapter, QUESTION_ADAPTER)?,
            sessions: None,
            package_client: None,
            progress: true,
        })
    }

    /// Reads file and environment. Flags are put on top by the command line.
    ///
    /// # Errors
    /// The file does not parse, or a setting has a value that cannot be.
    pub fn load() -> anyhow::Result<Self> {
        let file = std::env::var("RETTESNOR_CONFIG").unwrap_or_else(|_| FILE.to_owned());
        Self::from_file(Path::new(&file))
    }

    fn from_file(file: &Path) -> anyhow::Result<Self> {
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            .merge(Env::prefixed("RETTESNOR_").ignore(&["config", "log", "log_format"]))
            .extract()
            .map_err(|e| anyhow::anyhow!("innstillingene kan ikke leses: {e}; se tabellen i README.md"))
    }
}
