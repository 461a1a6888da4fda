//! Embeddings already computed, by model and text.

use half::f16;
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::{Store, StoreError};

/// Rows per query; SQLite's limit on bound values is far above it.
const BATCH: usize = 500;

/// Key of a text in the cache: the first 16 bytes of its SHA-256.
pub fn text_hash(text: &str) -> [u8; 16] {
    let digest = Sha256::digest(text.as_bytes());
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    hash
}

impl Store {
    /// The embeddings known for these texts, in the same order.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn cached_vectors(&self, model: &str, hashes: &[[u8; 16]]) -> Result<Vec<Option<Vec<f32>>>, StoreError> {
        let mut found = std::collections::HashMap::new();
        for batch in hashes.chunks(BATCH) {
            let mut query = sqlx::QueryBuilder::new("SELECT hash, vector FROM vectors WHERE model = ");
            query.push_bind(model).push(" AND hash IN (");
            let mut list = query.separated(", ");
            for hash in batch {
                list.push_bind(hash.as_slice());
            }
            query.push(")");
            for row in query.build().fetch_all(self.pool()).await? {
                found.insert(row.get::<Vec<u8>, _>("hash"), unpack(row.get("vector")));
            }
        }
        Ok(hashes.iter().map(|hash| found.get(hash.as_slice()).cloned()).collect())
    }

    /// Keeps embeddings for the next time.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn keep_vectors(&self, model: &str, vectors: &[([u8; 16], &[f32])]) -> Result<(), StoreError> {
        let mut tx = self.pool().begin().await?;
        for (hash, vector) in vectors {
            sqlx::query("INSERT OR IGNORE INTO vectors (model, hash, vector) VALUES (?, ?, ?)")
                .bind(model)
                .bind(hash.as_slice())
                .bind(pack(vector))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// A vector as it will be when it is read again, so that it does not matter whether it was computed now or before.
pub fn as_kept(vector: &[f32]) -> Vec<f32> {
    unpack(&pack(vector))
}

fn pack(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|&x| f16::from_f32(x).to_le_bytes()).collect()
}

fn unpack(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
}
