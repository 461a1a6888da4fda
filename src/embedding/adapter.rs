//! The low-rank adapter: what tunes the model to the field.
//!
//! A `safetensors` file with two matrices per layer and projection, f16, bf16 or f32:
//! `l{layer}.{projection}.A` (in × rank) and `l{layer}.{projection}.B` (rank × out), the projection
//! one of `q`, `k`, `v`, `ao`, `fi`, `fo`. Merging gives W + 2·A·B, W being in × out. A projection
//! without an adapter stays as it is. The one for statements has two readouts besides, `direction.*` and `stand.*`: small
//! networks that tell from the states of some layers what a sentence does (see [`super::graph`]).

use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// The adapter that comes with the program, for the default model: callers' questions close to what answers them.
pub const BUILT_IN_ADAPTER: &[u8] = include_bytes!("../../models/adapter.safetensors");

/// The adapter that brings two sentences near each other when they answer the same legal question, for the default model,
/// with the readouts of which way each points and whether it takes a stand.
pub const QUESTION_ADAPTER: &[u8] = include_bytes!("../../models/questions.safetensors");

/// The readouts: what the names of their tensors begin with, and what each of its three shares counts.
pub(super) const READOUTS: [(&str, [f32; 3]); 2] = [("direction", [-1.0, 0.0, 1.0]), ("stand", [0.0, 0.0, 1.0])];

fn is_of_readout(tensor: &str) -> bool {
    READOUTS.iter().any(|(readout, _)| tensor.strip_prefix(readout).is_some_and(|rest| rest.starts_with('.')))
}

/// The factor before A·B that the adapter is trained with.
const SCALE: f32 = 2.0;

/// An adapter, read and found to be whole.
pub(super) struct Adapter<'a> {
    tensors: SafeTensors<'a>,
}

impl<'a> Adapter<'a> {
    /// Reads the file; `layers` and `projections` are the names that the model has.
    pub fn read(bytes: &'a [u8], layers: usize, projections: &[&str]) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        for name in tensors.names().into_iter().filter(|name| !is_of_readout(name)) {
            let known = (0..layers).any(|layer| {
                projections
                    .iter()
                    .any(|projection| ["A", "B"].iter().any(|side| *name == format!("l{layer}.{projection}.{side}")))
            });
            if !known {
                return Err(format!("modellen har ingen matrise for «{name}»"));
            }
        }
        Ok(Self { tensors })
    }

    /// Whether it has readouts.
    pub fn has_readouts(&self) -> bool {
        self.tensors.names().iter().any(|name| is_of_readout(name))
    }

    /// A tensor of a readout, which must have this shape.
    pub fn readout(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let tensor = self.tensors.tensor(name).map_err(|_| format!("{name} mangler"))?;
        if tensor.shape() != shape {
            return Err(format!("{name} er {:?}, ventet {shape:?}", tensor.shape()));
        }
        let values = floats(&tensor)?;
        if values.iter().any(|value| !value.is_finite()) {
            return Err(format!("{name} har verdier som ikke er tall"));
        }
        Ok(values)
    }

    /// Adds the adapter of the matrix `name` (such as `l0.q`) to `weights`, which lie out × in.
    pub fn merge(&self, name: &str, weights: &mut [f32], n_out: usize, n_in: usize) -> Result<(), String> {
        let side = |side: &str| self.tensors.tensor(&format!("{name}.{side}")).ok();
        let (a, b) = match (side("A"), side("B")) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => return Ok(()),
            _ => return Err(format!("{name} har bare den ene av A og B")),
        };
        let rank = a.shape().get(1).copied().unwrap_or(0);
        if a.shape() != [n_in, rank] || b.shape() != [rank, n_out] {
            return Err(format!(
                "{name} har A {:?} og B {:?}, ventet [{n_in}, r] og [r, {n_out}]",
                a.shape(),
                b.shape()
            ));
        }
        let (a, b) = (floats(&a)?, floats(&b)?);
        if a.iter().chain(&b).any(|value| !value.is_finite()) {
            return Err(format!("{name} har verdier som ikke er tall"));
        }
        for (out, row) in weights.chunks_exact_mut(n_in).enumerate() {
            for (weight, a) in row.iter_mut().zip(a.chunks_exact(rank.max(1))) {
                let product: f32 = (0..rank).map(|r| a[r] * b[r * n_out + out]).sum();
                *weight += SCALE * product;
            }
        }
        Ok(())
    }
}

fn floats(tensor: &TensorView<'_>) -> Result<Vec<f32>, String> {
    let data = tensor.data();
    let pairs = || data.as_chunks::<2>().0.iter().copied();
    match tensor.dtype() {
        Dtype::F16 => Ok(pairs().map(|b| f16::from_le_bytes(b).to_f32()).collect()),
        Dtype::BF16 => Ok(pairs().map(|b| bf16::from_le_bytes(b).to_f32()).collect()),
        Dtype::F32 => {
            let quads = data.as_chunks::<4>().0;
            Ok(quads.iter().map(|b| f32::from_le_bytes(*b)).collect())
        }
        other => Err(format!("tallformatet {other:?} er ikke F16, BF16 eller F32")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_adds_two_times_a_times_b_transposed() {
        let bytes = |values: &[f32]| -> Vec<u8> {
            let halves = values.iter().map(|&value| f16::from_f32(value));
            halves.flat_map(f16::to_le_bytes).collect()
        };
        // in = 2, rank = 2, out = 3
        let (a, b) = (bytes(&[1.0, 2.0, 3.0, 4.0]), bytes(&[1.0, 0.0, 2.0, 0.0, 1.0, 1.0]));
        let view = |shape: [usize; 2], data| TensorView::new(Dtype::F16, shape.into(), data);
        let file = safetensors::serialize(
            [("l0.q.A", view([2, 2], &a).expect("A")), ("l0.q.B", view([2, 3], &b).expect("B"))],
            None,
        )
        .expect("a file");
        let adapter = Adapter::read(&file, 1, &["q"]).expect("an adapter");
        let mut weights = vec![10.0; 6]; // out × in
        adapter.merge("l0.q", &mut weights, 3, 2).expect("merged");
        // A·B = [[1, 2, 4], [3, 4, 10]]
        assert_eq!(weights, [12.0, 16.0, 14.0, 18.0, 18.0, 30.0]);
        let mut other = vec![10.0; 6];
        adapter.merge("l0.k", &mut other, 3, 2).expect("untouched");
        assert_eq!(other, [10.0; 6]);
    }
}
