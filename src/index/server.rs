//! A Qdrant server or cluster, over gRPC. Same collection layout, payload and meaning as [`super::edge`].

use std::sync::LazyLock;

use qdrant_client::qdrant::{
    AcornSearchParams, Condition, CountPointsBuilder, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder,
    DeletePointsBuilder, Distance, FieldType, Filter, GetPointsBuilder, Modifier, MultiVectorComparator,
    MultiVectorConfigBuilder, NamedVectors, PointStruct, PointsIdsList, Query, QueryPointsBuilder, Range,
    SearchParamsBuilder, SetPayloadPointsBuilder, SparseVectorParamsBuilder, SparseVectorsConfigBuilder,
    UpsertPointsBuilder, Vector, VectorInput, VectorParamsBuilder, VectorsConfigBuilder, point_id::PointIdOptions,
};
use qdrant_client::{Payload, Qdrant, QdrantError};
use serde_json::json;
use tokio::runtime::Runtime;

use super::{Hit, IndexError, MAY_BE_FOUND, Point, Probe, Scope, SparseTerms, Validity, VectorIndex, field, vector};

/// Points in one request; keeps requests well below the server's default limit of 32 MiB.
const WRITE_BATCH: usize = 256;

/// What the calls wait on: they block, also where the caller runs on a runtime. It is never shut down, since that is not
/// allowed from within another runtime.
static RUNTIME: LazyLock<std::io::Result<Runtime>> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build());

/// An index on a Qdrant server.
pub struct ServerIndex {
    client: Qdrant,
    collection: String,
    dimensions: u64,
}

impl ServerIndex {
    /// Connects to `url` (gRPC, usually port 6334) and makes the collection if it is not there.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses.
    pub fn open(url: &str, api_key: Option<&str>, collection: &str, dimensions: usize) -> Result<Self, IndexError> {
        let open_error = |reason: String| IndexError::Open { place: url.to_owned(), reason };
        let client = Qdrant::from_url(url)
            .api_key(api_key)
            .skip_compatibility_check()
            .build()
            .map_err(|e| open_error(e.to_string()))?;
        let index = Self { client, collection: collection.to_owned(), dimensions: dimensions as u64 };
        index.create_if_missing().map_err(|e| open_error(e.to_string()))?;
        Ok(index)
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, QdrantError>>) -> Result<T, IndexError> {
        let runtime = RUNTIME.as_ref().map_err(engine_error)?;
        tokio::task::block_in_place(|| runtime.block_on(call)).map_err(engine_error)
    }

    fn nearest(
        &self,
        probe: &Probe,
        scope: &Scope,
        limit: usize,
        params: SearchParamsBuilder,
    ) -> Result<Vec<Hit>, IndexError> {
        let (input, using) = match probe {
            Probe::Passage(v) => (VectorInput::new_dense(v.clone()), vector::PASSAGE),
            Probe::Questions(v) => (VectorInput::new_multi(vec![v.clone()]), vector::QUESTIONS),
            Probe::Terms(t) | Probe::QuestionTerms(t) if t.is_empty() => return Ok(Vec::new()),
            Probe::Terms(t) => (sparse_input(t), vector::TERMS),
            Probe::QuestionTerms(t) => (sparse_input(t), vector::QUESTION_TERMS),
        };
        let found = self.wait(
            self.client.query(
                QueryPointsBuilder::new(&self.collection)
                    .query(Query::new_nearest(input))
                    .using(using)
                    .filter(filter(scope))
                    .params(params)
                    .limit(limit as u64)
                    .with_payload(false),
            ),
        )?;
        Ok(found
            .result
            .into_iter()
            .filter_map(|p| match p.id?.point_id_options? {
                PointIdOptions::Num(id) => Some(Hit { id, score: p.score }),
                PointIdOptions::Uuid(_) => None,
            })
            .collect())
    }

    fn create_if_missing(&self) -> Result<(), IndexError> {
        if self.wait(self.client.collection_exists(&self.collection))? {
            return Ok(());
        }
        let mut vectors = VectorsConfigBuilder::default();
        vectors.add_named_vector_params(vector::PASSAGE, VectorParamsBuilder::new(self.dimensions, Distance::Dot));
        vectors.add_named_vector_params(
            vector::QUESTIONS,
            VectorParamsBuilder::new(self.dimensions, Distance::Dot)
                .multivector_config(MultiVectorConfigBuilder::new(MultiVectorComparator::MaxSim)),
        );
        let mut sparse = SparseVectorsConfigBuilder::default();
        for name in [vector::TERMS, vector::QUESTION_TERMS] {
            sparse.add_named_vector_params(name, SparseVectorParamsBuilder::default().modifier(Modifier::Idf));
        }
        self.wait(self.client.create_collection(
            CreateCollectionBuilder::new(&self.collection).vectors_config(vectors).sparse_vectors_config(sparse),
        ))?;
        for (name, kind) in [
            (field::KIND, FieldType::Keyword),
            (field::PROVISIONS, FieldType::Keyword),
            (field::FROM, FieldType::Integer),
            (field::TO, FieldType::Integer),
        ] {
            self.wait(
                self.client.create_field_index(
                    CreateFieldIndexCollectionBuilder::new(&self.collection, name, kind).wait(true),
                ),
            )?;
        }
        Ok(())
    }
}

fn engine_error(reason: impl ToString) -> IndexError {
    IndexError::Engine { engine: "qdrant", reason: reason.to_string() }
}

fn sparse(terms: &SparseTerms) -> Vector {
    let (indices, values): (Vec<u32>, Vec<f32>) = terms.iter().copied().unzip();
    Vector::new_sparse(indices, values)
}

fn point_struct(point: Point) -> Result<PointStruct, QdrantError> {
    let mut vectors = NamedVectors::default().add_vector(vector::PASSAGE, Vector::new_dense(point.passage));
    if !point.terms.is_empty() {
        vectors = vectors.add_vector(vector::TERMS, sparse(&point.terms));
    }
    if !point.questions.is_empty() {
        vectors = vectors
            .add_vector(vector::QUESTIONS, Vector::new_multi(point.questions))
            .add_vector(vector::QUESTION_TERMS, sparse(&point.question_terms));
    }
    let payload = Payload::try_from(json!({
        field::KIND: point.kind,
        field::PROVISIONS: point.provisions,
        field::FROM: point.validity.from,
        field::TO: point.validity.to,
    }))?;
    Ok(PointStruct::new(point.id, vectors, payload))
}

fn filter(scope: &Scope) -> Filter {
    let mut must = Vec::new();
    if let Some(day) = scope.day {
        let day = f64::from(day);
        must.push(Condition::range(field::FROM, Range { lte: Some(day), ..Range::default() }));
        must.push(Condition::range(field::TO, Range { gte: Some(day), ..Range::default() }));
    }
    for (name, values) in [(field::KIND, &scope.kinds), (field::PROVISIONS, &scope.provisions)] {
        if !values.is_empty() {
            must.push(Condition::matches(name, values.clone()));
        }
    }
    Filter::must(must)
}

fn list(ids: &[u64]) -> PointsIdsList {
    PointsIdsList { ids: ids.iter().map(|&id| id.into()).collect() }
}

impl VectorIndex for ServerIndex {
    fn upsert(&self, points: Vec<Point>) -> Result<(), IndexError> {
        let structs: Vec<PointStruct> =
            points.into_iter().map(point_struct).collect::<Result<_, _>>().map_err(engine_error)?;
        for batch in structs.chunks(WRITE_BATCH) {
            self.wait(
                self.client.upsert_points(UpsertPointsBuilder::new(&self.collection, batch.to_vec()).wait(true)),
            )?;
        }
        Ok(())
    }

    fn delete(&self, ids: &[u64]) -> Result<(), IndexError> {
        self.wait(self.client.delete_points(DeletePointsBuilder::new(&self.collection).points(list(ids)).wait(true)))
            .map(|_| ())
    }

    fn set_validity(&self, ids: &[u64], validity: Validity) -> Result<(), IndexError> {
        let payload =
            Payload::try_from(json!({ field::FROM: validity.from, field::TO: validity.to })).map_err(engine_error)?;
        self.wait(
            self.client.set_payload(
                SetPayloadPointsBuilder::new(&self.collection, payload).points_selector(list(ids)).wait(true),
            ),
        )
        .map(|_| ())
    }

    // The server writes ahead and replays its log by itself, and tunes its own segments.
    fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }

    fn optimize(&self) -> Result<(), IndexError> {
        Ok(())
    }

    fn search(&self, probe: &Probe, scope: &Scope, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let acorn = AcornSearchParams { enable: Some(true), max_selectivity: Some(MAY_BE_FOUND) };
        let params = SearchParamsBuilder::default().hnsw_ef(probe.beam() as u64).acorn(acorn);
        self.nearest(probe, scope, limit, params)
    }

    fn compare_all(&self, probe: &Probe, limit: usize) -> Result<Vec<Hit>, IndexError> {
        self.nearest(probe, &Scope::default(), limit, SearchParamsBuilder::default().exact(true))
    }

    fn present(&self, ids: &[u64]) -> Result<Vec<u64>, IndexError> {
        let mut present = Vec::with_capacity(ids.len());
        for batch in ids.chunks(WRITE_BATCH * 16) {
            let wanted: Vec<_> = batch.iter().map(|&id| id.into()).collect();
            let found =
                self.wait(self.client.get_points(
                    GetPointsBuilder::new(&self.collection, wanted).with_payload(false).with_vectors(false),
                ))?;
            present.extend(found.result.into_iter().filter_map(|p| match p.id?.point_id_options? {
                PointIdOptions::Num(id) => Some(id),
                PointIdOptions::Uuid(_) => None,
            }));
        }
        Ok(present)
    }

    fn count(&self) -> Result<u64, IndexError> {
        let counted = self.wait(self.client.count(CountPointsBuilder::new(&self.collection).exact(true)))?;
        Ok(counted.result.map_or(0, |r| r.count))
    }

    fn clear(&self) -> Result<(), IndexError> {
        self.wait(self.client.delete_collection(&self.collection))?;
        self.create_if_missing()
    }
}

fn sparse_input(terms: &SparseTerms) -> VectorInput {
    let (indices, values): (Vec<u32>, Vec<f32>) = terms.iter().copied().unzip();
    VectorInput::new_sparse(indices, values)
}
