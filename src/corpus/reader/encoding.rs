//! Bytes to text. UTF-8 and marked UTF-16 are taken as they are; older Norwegian files are recognised.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::error::Problem;

/// The text of a file, line ends as `\n` and without a byte order mark. On failure the line of the trouble, where known.
pub(super) fn decode(bytes: &[u8]) -> Result<String, (Problem, Option<usize>)> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned()
        }
        Some((_, length)) => unmarked(&bytes[length..])?,
        None => unmarked(bytes)?,
    };
    if !is_sane(&text) {
        return Err((Problem::Binary, None));
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn unmarked(bytes: &[u8]) -> Result<String, (Problem, Option<usize>)> {
    let trouble = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(trouble) => trouble,
    };
    // A file cut off in the middle of a letter is UTF-8 all the same.
    if trouble.error_len().is_none() {
        return Ok(String::from_utf8_lossy(&bytes[..trouble.valid_up_to()]).into_owned());
    }
    if bytes.contains(&0) {
        return Err((Problem::Binary, None));
    }
    let line = bytes[..trouble.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"no"), chardetng::Utf8Detection::Deny);
    // Legal texts in Norwegian are Western or nothing: a far-off guess on a short text is taken as Western too.
    let encoding = if guess == UTF_8 { WINDOWS_1252 } else { guess };
    let (text, _, broken) = encoding.decode(bytes);
    // "Ã¸": the file is UTF-8 with a broken letter in it, not an older encoding.
    let mixed = ["Ã¸", "Ã¥", "Ã¦", "Ã˜", "Ã…", "Â§"].iter().any(|pair| text.contains(pair));
    if broken || mixed {
        return Err((Problem::Encoding, Some(line)));
    }
    Ok(text.into_owned())
}

/// Text has hardly any control characters; programs and pictures have many.
fn is_sane(text: &str) -> bool {
    let mut odd = 0usize;
    for char in text.chars() {
        match char {
            '\0' => return false,
            '\t' | '\n' | '\r' | '\u{c}' => {}
            '\u{fffd}' => odd += 1,
            _ if char.is_control() => odd += 1,
            _ => {}
        }
    }
    odd * 100 <= text.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn older_encodings_are_read_without_complaint() {
        let text = "Medlemmet har rett til sykepenger når arbeidsuførheten skyldes sykdom. Søkeren får på særlige vilkår dekket § 5-14.";
        let (latin, _, _) = WINDOWS_1252.encode(text);
        assert_eq!(decode(&latin).unwrap(), text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16).unwrap(), text);
        let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        assert_eq!(decode(&marked).unwrap(), text);
    }

    #[test]
    fn binary_and_mixed_files_are_refused() {
        assert_eq!(decode(b"\x7fELF\x02\x01\x01\0\0\0\0").unwrap_err().0, Problem::Binary);
        assert_eq!(decode(b"\x01\x02\x03\x04abc\x05\x06").unwrap_err().0, Problem::Binary);
        let mixed = [b"Linje 1 om s\xc3\xb8knad\nLinje 2 \xf8deligger".as_slice()].concat();
        assert_eq!(decode(&mixed).unwrap_err(), (Problem::Encoding, Some(2)));
    }

    #[test]
    fn a_file_cut_in_a_letter_keeps_what_is_sound() {
        assert_eq!(decode("sykepenger på".as_bytes().split_last().unwrap().1).unwrap(), "sykepenger p");
    }
}
