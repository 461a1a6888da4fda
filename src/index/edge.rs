//! qdrant-edge: Qdrant's own engine, in this process, with its files in the data folder.
//!
//! The shard is written through its log, but the log is not replayed when the shard is opened: what was not flushed is
//! gone after a kill. The ingest therefore flushes before the store makes a document visible.

use std::path::{Path, PathBuf};

use parking_lot::RwLock;
use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::external::serde_json::json;
use qdrant_edge::{
    AcornSearchParams, AnyVariants, Condition, CountRequest, CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig,
    EdgeShard, EdgeSparseVectorParams, EdgeVectorParams, FieldCondition, FieldIndexOperations, Filter, HnswIndexConfig,
    JsonPath, Match, MatchAny, Modifier, MultiVectorComparator, MultiVectorConfig, NamedQuery, OperationError, Payload,
    PayloadFieldSchema, PayloadOps, PayloadSchemaType, PointId, PointInsertOperations, PointOperations, PointStruct,
    QuantizationSearchParams, QueryEnum, Range, ScalarQuantizationConfig, ScalarType, SearchParams, SearchRequest,
    SetPayloadOp, UpdateOperation, Vector, VectorInternal, Vectors, WithPayloadInterface, WithVector,
};

use super::{Hit, IndexError, MAY_BE_FOUND, Point, Probe, Scope, SparseTerms, Validity, VectorIndex, field, vector};

/// From this many kilobytes of vectors (some 26,000) a segment is closed: its vectors are kept as bytes as well and
/// joined in a graph. Smaller segments are compared whole, which finds the true top and is quick enough.
const COMPACT_FROM_KB: usize = 40_000;

/// The graph (HNSW). Comparing all bytes instead takes twice the time of a search over 100,000 passages;
/// `rettesnor bench` shows how much of the true top the graph finds.
const GRAPH: HnswIndexConfig = HnswIndexConfig {
    m: 16,
    ef_construct: 200,
    // A closed segment gets its graph also where few of its passages have questions.
    full_scan_threshold: 1_000,
    max_indexing_threads: 0,
    on_disk: Some(false),
    payload_m: Some(0),
    inline_storage: None,
};

/// Closed segments kept apart, so that a small ingest does not write the whole index anew.
const SEGMENTS: usize = 4;

/// Points in one write to the log.
const WRITE_BATCH: usize = 256;

/// The embedded engine.
pub struct EdgeIndex {
    folder: PathBuf,
    config: EdgeConfig,
    // Searches share the shard; only `clear` takes it away.
    shard: RwLock<Option<EdgeShard>>,
}

impl EdgeIndex {
    /// Opens the shard in `folder`, or makes a new one for vectors of `dimensions` numbers.
    ///
    /// # Errors
    /// The folder cannot be written, or holds a shard that cannot be read or was made for another length.
    pub fn open(folder: &Path, dimensions: usize) -> Result<Self, IndexError> {
        let open_error = |reason: String| IndexError::Open { place: folder.display().to_string(), reason };
        std::fs::create_dir_all(folder).map_err(|e| open_error(e.to_string()))?;
        let config = config(dimensions);
        let exists = folder.join("segments").exists();
        let shard = if exists {
            let before = EdgeConfig::load(folder).and_then(Result::ok);
            let shard = EdgeShard::load(folder, Some(config.clone())).map_err(|e| open_error(e.to_string()))?;
            if before.is_some_and(|before| before != config) {
                shard.optimize().map_err(|e| open_error(e.to_string()))?;
                shard.flush();
            }
            shard
        } else {
            create(folder, &config).map_err(|e| open_error(e.to_string()))?
        };
        Ok(Self { folder: folder.to_owned(), config, shard: RwLock::new(Some(shard)) })
    }

    fn with<T>(&self, act: impl FnOnce(&EdgeShard) -> Result<T, OperationError>) -> Result<T, IndexError> {
        let guard = self.shard.read();
        let shard = guard.as_ref().ok_or_else(|| engine_error("indeksen er lukket"))?;
        act(shard).map_err(engine_error)
    }

    fn nearest(
        &self,
        probe: &Probe,
        scope: &Scope,
        limit: usize,
        params: SearchParams,
    ) -> Result<Vec<Hit>, IndexError> {
        let (query, using) = match probe {
            Probe::Passage(v) => (VectorInternal::Dense(v.clone()), vector::PASSAGE),
            Probe::Questions(v) => {
                (Vector::new_multi(vec![v.clone()]).map_err(engine_error)?.into(), vector::QUESTIONS)
            }
            Probe::Terms(t) | Probe::QuestionTerms(t) if t.is_empty() => return Ok(Vec::new()),
            Probe::Terms(t) => (sparse(t).map_err(engine_error)?.into(), vector::TERMS),
            Probe::QuestionTerms(t) => (sparse(t).map_err(engine_error)?.into(), vector::QUESTION_TERMS),
        };
        let request = SearchRequest {
            query: QueryEnum::Nearest(NamedQuery { query, using: Some(using.into()) }),
            filter: filter(scope).map_err(engine_error)?,
            params: Some(params),
            limit,
            offset: 0,
            with_payload: Some(WithPayloadInterface::Bool(false)),
            with_vector: Some(WithVector::Bool(false)),
            score_threshold: None,
        };
        let found = self.with(|shard| shard.search(request))?;
        Ok(found
            .into_iter()
            .filter_map(|p| match p.id {
                PointId::NumId(id) => Some(Hit { id, score: p.score }),
                PointId::Uuid(_) => None,
            })
            .collect())
    }
}

fn engine_error(reason: impl ToString) -> IndexError {
    IndexError::Engine { engine: "qdrant-edge", reason: reason.to_string() }
}

fn config(dimensions: usize) -> EdgeConfig {
    let idf = || EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build();
    let nearest = MultiVectorConfig { comparator: MultiVectorComparator::MaxSim };
    EdgeConfig::builder()
        .on_disk_payload(false)
        .vector(vector::PASSAGE, EdgeVectorParams::builder(dimensions, Distance::Dot).build())
        .vector(
            vector::QUESTIONS,
            EdgeVectorParams::builder(dimensions, Distance::Dot).multivector_config(nearest).build(),
        )
        .sparse_vector(vector::TERMS, idf())
        .sparse_vector(vector::QUESTION_TERMS, idf())
        .hnsw_config(GRAPH)
        .quantization_config(
            ScalarQuantizationConfig { r#type: ScalarType::Int8, quantile: Some(0.99), always_ram: Some(true) }.into(),
        )
        .optimizers(EdgeOptimizersConfig {
            indexing_threshold: Some(COMPACT_FROM_KB),
            default_segment_number: Some(SEGMENTS),
            ..EdgeOptimizersConfig::default()
        })
        .build()
}

fn create(folder: &Path, config: &EdgeConfig) -> Result<EdgeShard, OperationError> {
    let shard = EdgeShard::new(folder, config.clone())?;
    for (name, schema) in [
        (field::KIND, PayloadSchemaType::Keyword),
        (field::PROVISIONS, PayloadSchemaType::Keyword),
        (field::FROM, PayloadSchemaType::Integer),
        (field::TO, PayloadSchemaType::Integer),
    ] {
        shard.update(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: path(name)?,
            field_schema: Some(PayloadFieldSchema::FieldType(schema)),
        })))?;
    }
    shard.flush();
    Ok(shard)
}

fn path(name: &str) -> Result<JsonPath, OperationError> {
    name.parse().map_err(|()| OperationError::service_error(format!("ugyldig feltnavn {name}")))
}

fn sparse(terms: &SparseTerms) -> Result<Vector, OperationError> {
    Vector::try_from(terms.as_slice())
}

fn point_struct(point: Point) -> Result<PointStruct, OperationError> {
    let mut vectors: Vec<(&str, Vector)> = vec![(vector::PASSAGE, Vector::new_dense(point.passage))];
    if !point.terms.is_empty() {
        vectors.push((vector::TERMS, sparse(&point.terms)?));
    }
    if !point.questions.is_empty() {
        vectors.push((vector::QUESTIONS, Vector::new_multi(point.questions)?));
        vectors.push((vector::QUESTION_TERMS, sparse(&point.question_terms)?));
    }
    let payload = json!({
        field::KIND: point.kind,
        field::PROVISIONS: point.provisions,
        field::FROM: point.validity.from,
        field::TO: point.validity.to,
    });
    Ok(PointStruct::new(point.id, Vectors::from(vectors), payload))
}

fn filter(scope: &Scope) -> Result<Option<Filter>, OperationError> {
    let mut must = Vec::new();
    if let Some(day) = scope.day {
        let day = OrderedFloat(f64::from(day));
        let until = Range { lte: Some(day), lt: None, gt: None, gte: None };
        let since = Range { gte: Some(day), lt: None, gt: None, lte: None };
        must.push(Condition::Field(FieldCondition::new_range(path(field::FROM)?, until)));
        must.push(Condition::Field(FieldCondition::new_range(path(field::TO)?, since)));
    }
    for (name, values) in [(field::KIND, &scope.kinds), (field::PROVISIONS, &scope.provisions)] {
        if !values.is_empty() {
            let any = AnyVariants::Strings(values.iter().map(|v| v.as_str().into()).collect());
            must.push(Condition::Field(FieldCondition::new_match(path(name)?, Match::Any(MatchAny { any }))));
        }
    }
    Ok((!must.is_empty()).then(|| Filter { must: Some(must), ..Filter::new() }))
}

impl VectorIndex for EdgeIndex {
    fn upsert(&self, points: Vec<Point>) -> Result<(), IndexError> {
        let structs: Vec<_> = points.into_iter().map(point_struct).collect::<Result<_, _>>().map_err(engine_error)?;
        self.with(|shard| {
            for batch in structs.chunks(WRITE_BATCH) {
                let list = batch.iter().cloned().map(Into::into).collect();
                shard.update(UpdateOperation::PointOperation(PointOperations::UpsertPoints(
                    PointInsertOperations::PointsList(list),
                )))?;
            }
            Ok(())
        })
    }

    fn delete(&self, ids: &[u64]) -> Result<(), IndexError> {
        let ids = ids.iter().copied().map(PointId::NumId).collect();
        self.with(|shard| shard.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids })))
    }

    fn set_validity(&self, ids: &[u64], validity: Validity) -> Result<(), IndexError> {
        let map = [(field::FROM, validity.from), (field::TO, validity.to)];
        let payload = Payload(map.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect());
        let points = Some(ids.iter().copied().map(PointId::NumId).collect());
        self.with(|shard| {
            shard.update(UpdateOperation::PayloadOperation(PayloadOps::SetPayload(SetPayloadOp {
                payload,
                points,
                filter: None,
                key: None,
            })))
        })
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.with(|shard| {
            shard.flush();
            Ok(())
        })
    }

    fn optimize(&self) -> Result<(), IndexError> {
        self.with(|shard| shard.optimize().map(|_| shard.flush()))
    }

    fn search(&self, probe: &Probe, scope: &Scope, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let quantization = QuantizationSearchParams { ignore: false, rescore: Some(true), oversampling: None };
        let acorn = AcornSearchParams { enable: true, max_selectivity: Some(OrderedFloat(MAY_BE_FOUND)) };
        let params = SearchParams {
            hnsw_ef: Some(probe.beam()),
            quantization: Some(quantization),
            acorn: Some(acorn),
            ..SearchParams::default()
        };
        self.nearest(probe, scope, limit, params)
    }

    fn compare_all(&self, probe: &Probe, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let params = SearchParams { exact: true, ..SearchParams::default() };
        self.nearest(probe, &Scope::default(), limit, params)
    }

    fn present(&self, ids: &[u64]) -> Result<Vec<u64>, IndexError> {
        let wanted: Vec<_> = ids.iter().copied().map(PointId::NumId).collect();
        let found = self.with(|shard| {
            shard.retrieve(&wanted, Some(WithPayloadInterface::Bool(false)), Some(WithVector::Bool(false)))
        })?;
        Ok(found
            .into_iter()
            .filter_map(|r| match r.id {
                PointId::NumId(id) => Some(id),
                PointId::Uuid(_) => None,
            })
            .collect())
    }

    fn count(&self) -> Result<u64, IndexError> {
        self.with(|shard| shard.count(CountRequest { filter: None, exact: true })).map(|n| n as u64)
    }

    fn clear(&self) -> Result<(), IndexError> {
        let mut guard = self.shard.write();
        drop(guard.take());
        let open_error = |reason: String| IndexError::Open { place: self.folder.display().to_string(), reason };
        std::fs::remove_dir_all(&self.folder).map_err(|e| open_error(e.to_string()))?;
        std::fs::create_dir_all(&self.folder).map_err(|e| open_error(e.to_string()))?;
        *guard = Some(create(&self.folder, &self.config).map_err(|e| open_error(e.to_string()))?);
        Ok(())
    }
}
