//! Where documents lie: files, folders and archives of them, handed on one at a time.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::reader::{Problem, ReadError, SIZE_LIMIT, too_large};

/// Largest entry of an archive, unpacked, in bytes.
const ENTRY_LIMIT: u64 = 20 * 1024 * 1024;
/// Most that an archive may unpack to, in bytes.
const ARCHIVE_LIMIT: u64 = 4 * 1024 * 1024 * 1024;
/// A folder that holds this file is a data folder of this program, never a source.
const DATABASE: &str = "rettesnor.sqlite";
/// Most entries of an archive.
const ENTRIES_LIMIT: usize = 200_000;

/// One file, or one entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path as given and found, with `/` between its parts; for an entry `archive.zip/entry`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Hands every document file under the paths to `each`, in the order of their names, one at a time: an archive of
/// thousands of laws is never in memory at once. Files that cannot be opened come as errors; the rest go on.
/// `each` returns whether to go on.
///
/// A folder is read recursively. Left out are hidden files, folders named `questions` (labelled questions, not sources),
/// data folders of this program, and `README.md` at the root of a folder that was named (it is about the corpus, not of it). Archives (`.zip`,
/// `.tar.gz`, `.tar.bz2`, told by content) are read, archives within archives are not; nothing is ever written to
/// disk, so no path in an archive can lead anywhere.
pub fn sources(paths: &[PathBuf], each: &mut dyn FnMut(Result<Source, ReadError>) -> bool) {
    for path in paths {
        if path.is_dir() {
            let walk = walkdir::WalkDir::new(path).follow_links(false).sort_by_file_name().into_iter();
            for entry in walk.filter_entry(|entry| entry.depth() == 0 || is_wanted(entry)) {
                let go_on = match entry {
                    Ok(entry) if entry.file_type().is_file() => file(entry.path(), each),
                    Ok(_) => true,
                    Err(error) => {
                        let name = error.path().unwrap_or(path).display().to_string();
                        each(Err(Problem::Io { detail: plain_io(error.io_error()) }.in_file(name)))
                    }
                };
                if !go_on {
                    return;
                }
            }
        } else if !file(path, each) {
            return;
        }
    }
}

fn is_wanted(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_readme =
        entry.depth() == 1 && name.to_lowercase().starts_with("readme") && name.to_lowercase().ends_with(".md");
    let is_questions = entry.file_type().is_dir() && name == "questions";
    let is_data = entry.file_type().is_dir() && entry.path().join(DATABASE).is_file();
    !name.starts_with('.') && !is_readme && !is_questions && !is_data
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Why a file cannot be opened, in words a user knows.
fn plain_io(error: Option<&std::io::Error>) -> String {
    match error.map(std::io::Error::kind) {
        Some(std::io::ErrorKind::NotFound) => "den finnes ikke".to_owned(),
        Some(std::io::ErrorKind::PermissionDenied) => "ingen tilgang".to_owned(),
        Some(std::io::ErrorKind::IsADirectory) => "det er en mappe".to_owned(),
        _ => error.map_or_else(|| "ukjent feil".to_owned(), ToString::to_string),
    }
}

/// The kinds of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Archive {
    Zip,
    TarGz,
    TarBz2,
}

fn file(path: &Path, each: &mut dyn FnMut(Result<Source, ReadError>) -> bool) -> bool {
    let name = shown(path);
    match open(path, &name, each) {
        Ok(go_on) => go_on,
        Err(error) => each(Err(error)),
    }
}

fn open(path: &Path, name: &str, each: &mut dyn FnMut(Result<Source, ReadError>) -> bool) -> Result<bool, ReadError> {
    let io = |error: std::io::Error| Problem::Io { detail: plain_io(Some(&error)) }.in_file(name);
    // A pipe or a device has no end, and opening it may already wait for ever.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(Problem::Io { detail: "det er ikke en vanlig fil".to_owned() }.in_file(name));
    }
    let mut file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    match archive_kind(&start) {
        Some(Archive::Zip) => {
            if let Ok(archive) = zip::ZipArchive::new(BufReader::new(File::open(path).map_err(io)?))
                && !is_office(&archive)
            {
                return Ok(zip_entries(archive, name, each));
            }
            // A Word document, or an archive too broken to open: the reader says which.
        }
        Some(kind) => return Ok(tar_entries(file, kind, name, each)),
        None => {}
    }
    if size > SIZE_LIMIT {
        return Err(too_large(size).in_file(name));
    }
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(io)?;
    Ok(each(Ok(Source { name: name.to_owned(), bytes })))
}

fn archive_kind(start: &[u8]) -> Option<Archive> {
    match start {
        [b'P', b'K', 3 | 5, 4 | 6] => Some(Archive::Zip),
        [0x1f, 0x8b, ..] => Some(Archive::TarGz),
        [b'B', b'Z', b'h', ..] => Some(Archive::TarBz2),
        _ => None,
    }
}

fn is_office<R: Read + Seek>(archive: &zip::ZipArchive<R>) -> bool {
    archive.index_for_name("[Content_Types].xml").is_some() || archive.index_for_name("word/document.xml").is_some()
}

/// Whether an entry of an archive is a document: not hidden, not the archive's own housekeeping.
fn is_document(entry: &str) -> bool {
    let mut parts = entry.split(['/', '\\']).filter(|part| !part.is_empty());
    let root_readme = entry.to_lowercase() == "readme.md";
    let is_shown = |part: &str| !part.starts_with('.') || matches!(part, "." | "..");
    !root_readme
        && !entry.ends_with('/')
        && parts.all(|part| is_shown(part) && part != "__MACOSX" && part != "questions")
}

/// Keeps count of what an archive has unpacked to.
#[derive(Default)]
struct Unpacked {
    entries: usize,
    bytes: u64,
}

impl Unpacked {
    /// Reads one entry within the bounds; the second value says whether the rest of the archive may be read.
    fn entry(
        &mut self,
        archive: &str,
        name: &str,
        data: impl Read,
        format: &'static str,
    ) -> (Result<Source, ReadError>, bool) {
        let full = format!("{archive}/{}", name.trim_start_matches("./"));
        self.entries += 1;
        if self.entries > ENTRIES_LIMIT {
            return (Err(Problem::TooManyEntries { limit: ENTRIES_LIMIT }.in_file(archive)), false);
        }
        let mut bytes = Vec::new();
        let read = data.take(ENTRY_LIMIT + 1).read_to_end(&mut bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes > ARCHIVE_LIMIT {
            return (Err(Problem::ArchiveTooLarge { limit: ARCHIVE_LIMIT >> 30 }.in_file(archive)), false);
        }
        if read.is_err() {
            return (Err(Problem::Broken { format }.in_file(full)), true);
        }
        if bytes.len() as u64 > ENTRY_LIMIT {
            let limit = ENTRY_LIMIT >> 20;
            return (Err(Problem::EntryTooLarge { limit }.in_file(full)), true);
        }
        let nested = archive_kind(&bytes[..bytes.len().min(4)]).is_some_and(|kind| {
            kind != Archive::Zip
                || zip::ZipArchive::new(std::io::Cursor::new(bytes.as_slice())).is_ok_and(|inner| !is_office(&inner))
        });
        if nested {
            return (Err(Problem::NestedArchive.in_file(full)), true);
        }
        (Ok(Source { name: full, bytes }), true)
    }
}

fn zip_entries<R: Read + Seek>(
    mut archive: zip::ZipArchive<R>,
    name: &str,
    each: &mut dyn FnMut(Result<Source, ReadError>) -> bool,
) -> bool {
    let mut unpacked = Unpacked::default();
    let mut order: Vec<(String, usize)> = (0..archive.len())
        .filter_map(|index| Some((archive.name_for_index(index)?.ok()?.into_owned(), index)))
        .collect();
    order.sort();
    for (entry_name, index) in order {
        if !is_document(&entry_name) {
            continue;
        }
        let (result, may_go_on) = match archive.by_index(index) {
            Ok(entry) => unpacked.entry(name, &entry_name, entry, "ZIP"),
            Err(zip::result::ZipError::UnsupportedArchive(why))
                if why.to_string().to_lowercase().contains("password") =>
            {
                (Err(Problem::Encrypted.in_file(format!("{name}/{entry_name}"))), true)
            }
            Err(_) => (Err(Problem::Broken { format: "ZIP" }.in_file(format!("{name}/{entry_name}"))), true),
        };
        if !each(result) {
            return false;
        }
        if !may_go_on {
            break;
        }
    }
    true
}

/// Entries of a tar come in the archive's own order: sorting would mean holding them all.
fn tar_entries(file: File, kind: Archive, name: &str, each: &mut dyn FnMut(Result<Source, ReadError>) -> bool) -> bool {
    let (stream, format): (Box<dyn Read>, _) = match kind {
        Archive::TarBz2 => (Box::new(bzip2::read::MultiBzDecoder::new(BufReader::new(file))), "TAR.BZ2"),
        _ => (Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))), "TAR.GZ"),
    };
    // The bound holds for entries that are passed over too.
    let mut archive = tar::Archive::new(stream.take(ARCHIVE_LIMIT));
    let broken = || Err(Problem::Broken { format }.in_file(name));
    let Ok(entries) = archive.entries() else { return each(broken()) };
    let mut unpacked = Unpacked::default();
    for entry in entries {
        let Ok(entry) = entry else { return each(broken()) };
        let entry_name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || !is_document(&entry_name) {
            continue;
        }
        let (result, may_go_on) = unpacked.entry(name, &entry_name, entry, format);
        if !each(result) {
            return false;
        }
        if !may_go_on {
            break;
        }
    }
    true
}
