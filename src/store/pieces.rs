//! Embeddings of what can be quoted of a passage, kept small: one byte a number.

use super::{Store, StoreError};

/// Vectors of a passage's pieces ([`crate::corpus::quotable`]), in their order.
#[derive(Debug, Clone, Default)]
pub struct PieceVectors(Box<[u8]>);

impl PieceVectors {
    /// Packs vectors of one length. Each is scaled to fill the bytes; only its direction is kept.
    pub fn pack(vectors: &[Vec<f32>]) -> Self {
        let packed = vectors.iter().flat_map(|vector| {
            let largest = vector.iter().fold(f32::EPSILON, |most, x| most.max(x.abs()));
            vector.iter().map(move |x| ((x / largest * 127.0).round() as i8).cast_unsigned())
        });
        Self(packed.collect())
    }

    /// Cosine between a vector of length 1 and each piece; empty where no vectors were made.
    pub fn cosines(&self, query: &[f32]) -> Vec<f32> {
        self.0
            .chunks_exact(query.len().max(1))
            .map(|piece| {
                let numbers = || piece.iter().map(|byte| f32::from(byte.cast_signed()));
                let length = numbers().map(|x| x * x).sum::<f32>().sqrt().max(f32::EPSILON);
                numbers().zip(query).map(|(x, q)| x * q).sum::<f32>() / length
            })
            .collect()
    }
}

impl From<Vec<u8>> for PieceVectors {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Store {
    /// Keeps the vectors of passages' pieces, by the passages' ids.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn set_piece_vectors(&self, pieces: &[(u64, PieceVectors)]) -> Result<(), StoreError> {
        let mut tx = self.pool().begin().await?;
        for (id, vectors) in pieces {
            sqlx::query("UPDATE passages SET pieces = ? WHERE id = ?")
                .bind(&*vectors.0)
                .bind(*id as i64)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_survive_packing() {
        let vectors = [vec![0.6, -0.8, 0.0], vec![0.0, 0.01, 0.02]];
        let packed = PieceVectors::pack(&vectors);
        let cosines = packed.cosines(&[0.6, -0.8, 0.0]);
        assert_eq!(cosines.len(), 2);
        assert!((cosines[0] - 1.0).abs() < 0.01, "{cosines:?}");
        assert!((cosines[1] + 0.358).abs() < 0.01, "{cosines:?}");
        assert!(PieceVectors::default().cosines(&[1.0]).is_empty());
    }
}
