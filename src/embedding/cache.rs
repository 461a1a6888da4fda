//! Files that are in place whole or not at all.
//!
//! A file is written beside its place, synced, and renamed; a small note `<file>.ok` with its
//! SHA-256 and size follows. A later start compares the size only. A file without a note (put there
//! by hand, or the program was killed between the two) is hashed once.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::EmbeddingError;

/// The folder that models and the runtime library are kept in.
pub(super) struct Cache {
    root: PathBuf,
}

/// Held while something is fetched or built: two processes do not do it at once.
pub(super) struct CacheLock {
    _file: File,
}

#[derive(Serialize, Deserialize)]
struct Note {
    sha256: String,
    bytes: u64,
}

impl Cache {
    /// The folder named, or the user's cache folder of the operating system.
    pub fn open(folder: Option<&Path>) -> Result<Self, EmbeddingError> {
        let root = match folder {
            Some(folder) => folder.to_path_buf(),
            None => directories::ProjectDirs::from("no", "", "rettesnor")
                .map(|dirs| dirs.cache_dir().to_path_buf())
                .unwrap_or_else(|| std::env::temp_dir().join("rettesnor-cache")),
        };
        fs::create_dir_all(&root).map_err(EmbeddingError::io("opprettet mappen", &root))?;
        Ok(Self { root })
    }

    /// Where `name` lies, or would lie.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Waits until no other process is at work in the folder, and clears what a killed one left.
    pub fn lock(&self) -> Result<CacheLock, EmbeddingError> {
        let path = self.path("lock");
        let file = File::create(&path).map_err(EmbeddingError::io("åpnet", &path))?;
        file.lock().map_err(EmbeddingError::io("låst", &path))?;
        // Best effort: an orphaned client of a killed process may still be writing there.
        let _ = fs::remove_dir_all(self.path("staging"));
        Ok(CacheLock { _file: file })
    }

    /// A fresh folder for half-done work, on the same disk. Only under the lock.
    pub fn staging(&self, _lock: &CacheLock, name: &str) -> Result<PathBuf, EmbeddingError> {
        let path = self.path("staging").join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(EmbeddingError::io("opprettet mappen", &path))?;
        Ok(path)
    }

    /// The file if it is there, whole, and (where a hash is given) the right one.
    pub fn find(&self, name: &str, sha256: Option<&str>) -> Option<PathBuf> {
        let path = self.path(name);
        let bytes = fs::metadata(&path).ok()?.len();
        let note = fs::read(note_path(&path)).ok().and_then(|note| serde_json::from_slice::<Note>(&note).ok());
        if let Some(note) = note {
            let right = sha256.is_none_or(|sha256| sha256 == note.sha256);
            return (right && note.bytes == bytes).then_some(path);
        }
        let found = hash_file(&path).ok()?;
        (Some(found.as_str()) == sha256).then(|| {
            // Without the note the next start hashes again: slower, not wrong.
            let _ = write_note(&path, found, bytes);
            path
        })
    }

    /// SHA-256 of a file outside the cache; calculated again only when its size or time changed.
    pub fn hash_once(&self, path: &Path) -> Result<String, EmbeddingError> {
        let metadata = fs::metadata(path).map_err(EmbeddingError::io("lest", path))?;
        let state = format!("{path:?} {} {:?}", metadata.len(), metadata.modified().ok());
        let note = self.path("own").join(hash_bytes(state.as_bytes()));
        if let Ok(hash) = fs::read_to_string(&note)
            && hash.len() == 64
        {
            return Ok(hash);
        }
        let hash = hash_file(path).map_err(EmbeddingError::io("lest", path))?;
        let kept = fs::create_dir_all(self.path("own")).and_then(|()| fs::write(&note, &hash));
        if let Err(error) = kept {
            tracing::warn!(%error, "the hash is not kept; the next start calculates it again");
        }
        Ok(hash)
    }

    /// Puts what `source` gives in place under `name`; refused when it has another hash.
    pub fn place(
        &self,
        _lock: &CacheLock,
        name: &str,
        source: &mut dyn Read,
        sha256: Option<&str>,
    ) -> Result<PathBuf, EmbeddingError> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(EmbeddingError::io("opprettet mappen", parent))?;
        }
        let half = with_suffix(&path, "part");
        let mut file = File::create(&half).map_err(EmbeddingError::io("opprettet", &half))?;
        let (found, bytes) = copy_hashed(source, &mut file)
            .and_then(|done| file.sync_all().map(|()| done))
            .map_err(EmbeddingError::io("skrevet", &half))?;
        if let Some(expected) = sha256.filter(|&expected| expected != found) {
            let _ = fs::remove_file(&half);
            return Err(EmbeddingError::WrongHash { what: name.to_owned(), expected: expected.to_owned(), found });
        }
        // An old note must not vouch for the new file if we are killed between the two renames.
        let _ = fs::remove_file(note_path(&path));
        fs::rename(&half, &path)
            .and_then(|()| write_note(&path, found, bytes))
            .map_err(EmbeddingError::io("skrevet", &path))?;
        Ok(path)
    }
}

fn write_note(path: &Path, sha256: String, bytes: u64) -> io::Result<()> {
    let note = note_path(path);
    let half = with_suffix(&note, "part");
    let mut file = File::create(&half)?;
    file.write_all(&serde_json::to_vec(&Note { sha256, bytes })?)?;
    file.sync_all()?;
    fs::rename(half, note)
}

fn note_path(path: &Path) -> PathBuf {
    with_suffix(path, "ok")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn copy_hashed(source: &mut dyn Read, target: &mut dyn Write) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let n = source.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex(&hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..n]);
        target.write_all(&buffer[..n])?;
        bytes += n as u64;
    }
}

/// SHA-256 of a file, in hexadecimal.
fn hash_file(path: &Path) -> io::Result<String> {
    copy_hashed(&mut File::open(path)?, &mut io::sink()).map(|(hash, _)| hash)
}

/// SHA-256 of bytes, in hexadecimal.
pub(super) fn hash_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(Some(folder.path())).expect("a cache");
        (folder, cache)
    }

    #[test]
    fn a_file_with_another_hash_is_refused_and_leaves_nothing() {
        let (folder, cache) = cache();
        let lock = cache.lock().expect("the lock");
        let wrong = "0".repeat(64);
        let error =
            cache.place(&lock, "a/file", &mut &b"something else"[..], Some(&wrong)).expect_err("the hash differs");
        assert!(matches!(error, EmbeddingError::WrongHash { .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path().join("a")).expect("a").count(), 0);
    }

    #[test]
    fn a_placed_file_is_found_until_it_is_cut_off() {
        let (_folder, cache) = cache();
        let lock = cache.lock().expect("the lock");
        let hash = hash_bytes(b"the weights");
        let path = cache.place(&lock, "file", &mut &b"the weights"[..], Some(&hash)).expect("placed");
        assert_eq!(cache.find("file", Some(&hash)), Some(path.clone()));
        assert_eq!(cache.find("file", Some(&"0".repeat(64))), None);
        fs::write(&path, b"the wei").expect("cut off");
        assert_eq!(cache.find("file", Some(&hash)), None);
    }

    #[test]
    fn a_file_without_a_note_is_taken_only_when_its_pinned_hash_is_right() {
        let (_folder, cache) = cache();
        fs::write(cache.path("file"), b"by hand").expect("written");
        assert_eq!(cache.find("file", None), None);
        assert_eq!(cache.find("file", Some(&hash_bytes(b"other"))), None);
        assert!(cache.find("file", Some(&hash_bytes(b"by hand"))).is_some());
        assert!(cache.find("file", None).is_some(), "the note is written");
    }
}
