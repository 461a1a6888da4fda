//! The program as a process, in a folder of its own, and small made-up documents for it to read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(dead_code)] // each test program uses its part

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

/// The models that all tests share; the first run fetches them.
pub fn models() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("models")
}

/// A folder with a data folder in it, and the program run there.
pub struct Home {
    folder: PathBuf,
    _removed_at_last: Option<TempDir>,
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    /// Exit status; -1 when it was killed.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output as the one JSON value that it must be.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("ikke ett JSON-verdi ({e}): {self:?}"))
    }

    /// The one sentence on standard error.
    pub fn sentence(&self) -> &str {
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:?}");
        for foreign in ["os error", "panicked", "Error", "error", "No such"] {
            assert!(!self.err.contains(foreign), "{self:?}");
        }
        self.err.trim_end()
    }
}

impl Home {
    /// A fresh folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder: folder.path().to_owned(), _removed_at_last: Some(folder) }
    }

    /// The folder that the tests of one program share. It is emptied by the next run: what is static is never dropped.
    pub fn shared(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder, _removed_at_last: None }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program, not yet run.
    pub fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rettesnor"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RETTESNOR_")) {
            command.env_remove(name);
        }
        command.current_dir(&self.folder).env("RETTESNOR_CACHE_DIR", models()).env("RETTESNOR_LOG", "error");
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs the program to its end with a text on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command();
        command.args(arguments);
        ran(&mut assert_cmd::Command::from_std(command), input)
    }
}

/// Runs a command to its end.
pub fn ran(command: &mut assert_cmd::Command, input: &str) -> Ran {
    let output = command.write_stdin(input).timeout(std::time::Duration::from_secs(240)).output().unwrap();
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A circular as Markdown.
pub fn circular(id: &str, date: &str, title: &str, body: &str) -> String {
    format!(
        "---\nid: {id}\nkind: circular\ntitle: {title}\nissuer: Prøvedirektoratet\ndate: {date}\nprovenance: synthetic\n---\n{body}\n"
    )
}

/// The files of a folder with their content.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}
