//! Builds the ONNX graph of multilingual-e5-small from its weights.
//!
//! A BERT encoder whose output is the last hidden state; pooling and normalising come after it. With the adapter for
//! statements there is a second output: which way the text points, and whether it takes a stand.
//! In [`Precision::Int8`] a projection is an integer product: the weights have a scale per output
//! channel, the activations a scale per token. The scale per token (ONNX's own dynamic quantisation
//! has one for the whole tensor) costs about 7 % in time, takes the cosine with f32 from
//! 0.996 to 0.999, and makes a text's vector independent of what else is in the batch. The word
//! embeddings stay in the 4 bits that they come in, so they lose nothing.

use prost::Message;

use super::adapter::{Adapter, READOUTS};
use super::e5::{BLOCK, E5Weights};
use super::engine::TOLD;
use super::onnx::{Attribute, DataType, Graph, Model, Node, OperatorSet, Tensor, ValueInfo};

/// Changes whenever the same weights would give another graph, so that old ones are rebuilt.
pub(super) const CONVERTER_VERSION: u32 = 2;

/// The projections of a layer that an adapter may change: query, key, value, attention output,
/// feed-forward in and out.
pub(super) const PROJECTIONS: [&str; 6] = ["q", "k", "v", "ao", "fi", "fo"];

/// The readouts are taught on the states after every fourth layer.
const READ_EVERY: usize = 4;

/// Values that a readout has for a word.
const INNER: usize = 128;

/// Tokens before and after the text itself, which the readouts leave out: the mark at the start, «passage» and «:», and the
/// mark at the end.
const AROUND: (i64, i64) = (3, 1);

/// How the model calculates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floats: 470 MB, the reference.
    F32,
    /// 8-bit integers in the projections: 83 MB, about twice as fast.
    #[default]
    Int8,
}

impl Precision {
    /// As in configuration and in a model's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Int8 => "int8",
        }
    }
}

/// Along the last axis.
fn at_end() -> Vec<Attribute> {
    vec![Attribute::int("axis", -1)]
}

/// The ONNX file of the model.
pub(super) fn build(
    weights: &E5Weights<'_>,
    adapter: Option<&Adapter<'_>>,
    precision: Precision,
) -> Result<Vec<u8>, BuildError> {
    let mut builder = Builder { weights, adapter, precision, nodes: Vec::new(), initializers: Vec::new() };
    let states = builder.encoder()?;
    let hidden = weights.shape.hidden as i64;
    let mut output = vec![ValueInfo::per_token("last_hidden_state", DataType::Float, Some(hidden))];
    if builder.readouts(&states)? {
        output.push(ValueInfo::per_text(TOLD, DataType::Float, READOUTS.len() as i64));
    }
    let model = Model {
        ir_version: 10,
        producer_name: "rettesnor".into(),
        graph: Some(Graph {
            node: builder.nodes,
            name: "multilingual-e5-small".into(),
            initializer: builder.initializers,
            input: ["input_ids", "attention_mask"].map(|name| ValueInfo::per_token(name, DataType::Int64, None)).into(),
            output,
        }),
        opset_import: [("", 21), ("com.microsoft", 1)]
            .map(|(domain, version)| OperatorSet { domain: domain.into(), version })
            .into(),
    };
    Ok(model.encode_to_vec())
}

/// Which of the two inputs did not fit.
#[derive(Debug)]
pub(super) enum BuildError {
    Weights(String),
    Adapter(String),
}

impl From<String> for BuildError {
    fn from(message: String) -> Self {
        Self::Weights(message)
    }
}

/// A value that runs through the graph, by name.
type Value = String;

/// An activation in 8 bits, and the scale of each token.
struct Quantised {
    values: Value,
    scales: Value,
}

struct Builder<'a> {
    weights: &'a E5Weights<'a>,
    adapter: Option<&'a Adapter<'a>>,
    precision: Precision,
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
}

impl Builder<'_> {
    /// The states after each layer.
    fn encoder(&mut self) -> Result<Vec<Value>, BuildError> {
        let shape = self.weights.shape;
        let head = (shape.hidden / shape.heads) as i64;
        self.ints("zero", &[0]);
        self.ints("mask.axes", &[1, 2]);
        self.ints("last.axis", &[-1]);
        self.ints("heads", &[0, 0, shape.heads as i64, head]);
        self.ints("flat", &[0, 0, shape.hidden as i64]);
        self.floats("one", &[], vec![1.0]);
        self.floats("far", &[], vec![-10_000.0]);
        self.floats("attention.scale", &[], vec![(head as f32).powf(-0.5)]);
        // 1/127 of the greatest value is the step; a token of only zeros must not divide by zero.
        self.floats("step", &[], vec![1.0 / 127.0]);
        self.floats("least", &[], vec![1e-9]);
        self.tensor("middle", DataType::Uint8, &[], vec![128]);

        let words = self.words()?;
        let types = self.weights.floats("emb.type", shape.token_types * shape.hidden)?;
        let first_type = types.into_iter().take(shape.hidden).collect();
        self.floats("emb.type", &[shape.hidden], first_type);
        let positions = self.weights.floats("emb.pos", shape.positions * shape.hidden)?;
        self.floats("emb.pos", &[shape.positions, shape.hidden], positions);
        let length = self.op_with("Shape", &["input_ids"], vec![Attribute::int("start", 1), Attribute::int("end", 2)]);
        let positions = self.op("Slice", &["emb.pos", "zero", &length, "zero"]);
        let placed = self.op("Add", &[&words, &positions]);
        let typed = self.op("Add", &[&placed, "emb.type"]);
        let mut x = self.norm(&typed, "emb.ln")?;

        let mask = self.op_with("Cast", &["attention_mask"], vec![Attribute::int("to", DataType::Float as i64)]);
        let hidden = self.op("Sub", &["one", &mask]);
        let hidden = self.op("Mul", &[&hidden, "far"]);
        let mask = self.op("Unsqueeze", &[&hidden, "mask.axes"]);

        let mut states = Vec::with_capacity(shape.layers);
        for layer in 0..shape.layers {
            x = self.layer(layer, &x, &mask)?;
            states.push(x.clone());
        }
        self.output(&x, "last_hidden_state");
        Ok(states)
    }

    /// What small networks over the states of a few layers tell, if the adapter has them: one number each.
    fn readouts(&mut self, states: &[Value]) -> Result<bool, BuildError> {
        let Some(adapter) = self.adapter.filter(|adapter| adapter.has_readouts()) else { return Ok(false) };
        let read: Vec<&str> = states.iter().skip(READ_EVERY - 1).step_by(READ_EVERY).map(Value::as_str).collect();
        let width = read.len() * self.weights.shape.hidden;
        self.ints("readout.start", &[AROUND.0]);
        self.ints("readout.end", &[-AROUND.1]);
        self.ints("tokens.axis", &[1]);
        self.ints("readout.flat", &[0, -1]);
        let words = self.op_with("Concat", &read, at_end());
        let words = self.op("Slice", &[&words, "readout.start", "readout.end", "tokens.axis"]);
        let mut told = Vec::with_capacity(READOUTS.len());
        for (name, values) in READOUTS {
            told.push(self.readout(adapter, name, values, &words, width)?);
        }
        let told = self.op_with("Concat", &told.iter().map(Value::as_str).collect::<Vec<_>>(), at_end());
        self.output(&told, TOLD);
        Ok(true)
    }

    /// One of them: it looks at each word and its two neighbours, weighs the words in two ways, and takes what stands out
    /// most. Out come three shares, and of them what `values` make them count.
    fn readout(
        &mut self,
        adapter: &Adapter<'_>,
        name: &str,
        values: [f32; 3],
        words: &str,
        width: usize,
    ) -> Result<Value, BuildError> {
        let part = |part: &str| format!("{name}.{part}");
        for (tensor, dims) in [
            ("norm.w", &[width][..]),
            ("norm.b", &[width]),
            ("inner.w", &[width, INNER]),
            ("inner.b", &[INNER]),
            ("near.w", &[INNER, INNER, 3]),
            ("near.b", &[INNER]),
            ("gate.w", &[INNER, 2]),
            ("gate.b", &[2]),
            ("whole.w", &[3 * INNER, INNER]),
            ("whole.b", &[INNER]),
            ("ways.w", &[INNER, 3]),
            ("ways.b", &[3]),
        ] {
            let tensor = part(tensor);
            let read = adapter.readout(&tensor, dims).map_err(BuildError::Adapter)?;
            self.floats(&tensor, dims, read);
        }
        self.floats(&part("values"), &[3, 1], values.to_vec());

        let words = self.op_with("LayerNormalization", &[words, &part("norm.w"), &part("norm.b")], at_end());
        let words = self.dense(&words, &part("inner"));
        let words = self.op("Gelu", &[&words]);

        let across = self.transpose(&words, &[0, 2, 1]);
        let pads = vec![Attribute::ints("pads", &[1, 1])];
        let near = self.op_with("Conv", &[&across, &part("near.w"), &part("near.b")], pads);
        let near = self.op("Gelu", &[&near]);
        let near = self.transpose(&near, &[0, 2, 1]);
        let words = self.op("Add", &[&words, &near]);

        let gates = self.dense(&words, &part("gate"));
        let gates = self.op_with("Softmax", &[&gates], vec![Attribute::int("axis", 1)]);
        let gates = self.transpose(&gates, &[0, 2, 1]);
        let weighed = self.op("MatMul", &[&gates, &words]);
        let weighed = self.op("Reshape", &[&weighed, "readout.flat"]);
        let most = self.op_with("ReduceMax", &[&words, "tokens.axis"], vec![Attribute::int("keepdims", 0)]);
        let sentence = self.op_with("Concat", &[&weighed, &most], at_end());

        let sentence = self.dense(&sentence, &part("whole"));
        let sentence = self.op("Gelu", &[&sentence]);
        let ways = self.dense(&sentence, &part("ways"));
        let ways = self.op_with("Softmax", &[&ways], at_end());
        Ok(self.op("MatMul", &[&ways, &part("values")]))
    }

    /// x·W + b of a readout.
    fn dense(&mut self, x: &str, name: &str) -> Value {
        let product = self.op("MatMul", &[x, &format!("{name}.w")]);
        self.op("Add", &[&product, &format!("{name}.b")])
    }

    fn output(&mut self, x: &str, name: &str) {
        self.nodes.push(Node {
            input: vec![x.into()],
            output: vec![name.into()],
            op_type: "Identity".into(),
            ..Node::default()
        });
    }

    /// The word embeddings of the input.
    fn words(&mut self) -> Result<Value, BuildError> {
        let (rows, width) = (self.weights.shape.vocabulary, self.weights.shape.hidden);
        let four_bit = match self.precision {
            Precision::Int8 => self.weights.four_bit("emb.word", rows * width)?,
            Precision::F32 => None,
        };
        let Some(four_bit) = four_bit else {
            let words = self.weights.floats("emb.word", rows * width)?;
            self.floats("emb.word", &[rows, width], words);
            return Ok(self.op("Gather", &["emb.word", "input_ids"]));
        };
        self.tensor("emb.word", DataType::Int4, &[rows, width], four_bit.nibbles);
        self.floats("emb.word.scale", &[rows, width / BLOCK], four_bit.scales);
        let words = self.op_with(
            "GatherBlockQuantized",
            &["emb.word", "input_ids", "emb.word.scale"],
            vec![
                Attribute::int("gather_axis", 0),
                Attribute::int("quantize_axis", 1),
                Attribute::int("block_size", BLOCK as i64),
            ],
        );
        if let Some(node) = self.nodes.last_mut() {
            node.domain = "com.microsoft".into();
        }
        Ok(words)
    }

    fn layer(&mut self, layer: usize, x: &str, mask: &str) -> Result<Value, BuildError> {
        let (hidden, wide) = (self.weights.shape.hidden, self.weights.shape.feed_forward);
        let name = |part: &str| format!("l{layer}.{part}");

        // Query, key and value read the same input, which is quantised once.
        let input = self.quantise(x, hidden);
        let mut heads = Vec::new();
        for (part, order) in [("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])] {
            let projected = self.linear(x, input.as_ref(), &name(part), hidden, hidden)?;
            let split = self.op("Reshape", &[&projected, "heads"]);
            heads.push(self.transpose(&split, &order));
        }
        let scores = self.op("MatMul", &[&heads[0], &heads[1]]);
        let scores = self.op("Mul", &[&scores, "attention.scale"]);
        let scores = self.op("Add", &[&scores, mask]);
        let attention = self.op_with("Softmax", &[&scores], vec![Attribute::int("axis", -1)]);
        let context = self.op("MatMul", &[&attention, &heads[2]]);
        let context = self.transpose(&context, &[0, 2, 1, 3]);
        let context = self.op("Reshape", &[&context, "flat"]);

        let input = self.quantise(&context, hidden);
        let attended = self.linear(&context, input.as_ref(), &name("ao"), hidden, hidden)?;
        let sum = self.op("Add", &[x, &attended]);
        let x = self.norm(&sum, &name("aln"))?;

        let input = self.quantise(&x, hidden);
        let inner = self.linear(&x, input.as_ref(), &name("fi"), wide, hidden)?;
        let inner = self.op("Gelu", &[&inner]);
        let input = self.quantise(&inner, wide);
        let outer = self.linear(&inner, input.as_ref(), &name("fo"), hidden, wide)?;
        let sum = self.op("Add", &[&x, &outer]);
        self.norm(&sum, &name("oln"))
    }

    /// The activation in 8 bits with a scale per token; none in f32.
    fn quantise(&mut self, x: &str, width: usize) -> Option<Quantised> {
        if self.precision == Precision::F32 {
            return None;
        }
        let size = self.op("Abs", &[x]);
        let greatest = self.op_with("ReduceMax", &[&size, "last.axis"], vec![Attribute::int("keepdims", 1)]);
        let scales = self.op("Mul", &[&greatest, "step"]);
        let scales = self.op("Add", &[&scales, "least"]);
        let shape = self.op("Shape", &[&scales]);
        let middle = self.op("Expand", &["middle", &shape]);
        let values = self.op_with(
            "QuantizeLinear",
            &[x, &scales, &middle],
            vec![Attribute::int("axis", -1), Attribute::int("block_size", width as i64)],
        );
        Some(Quantised { values, scales })
    }

    /// x·W + b with the adapter merged into W.
    fn linear(
        &mut self,
        x: &str,
        quantised: Option<&Quantised>,
        name: &str,
        n_out: usize,
        n_in: usize,
    ) -> Result<Value, BuildError> {
        let weight = format!("{name}.w");
        let mut matrix = self.weights.floats(&weight, n_out * n_in)?;
        if let Some(adapter) = self.adapter {
            adapter.merge(name, &mut matrix, n_out, n_in).map_err(BuildError::Adapter)?;
        }
        let product = match quantised {
            None => {
                let transposed = transpose(&matrix, n_out, n_in);
                self.floats(&weight, &[n_in, n_out], transposed);
                self.op("MatMul", &[x, &weight])
            }
            Some(Quantised { values, scales }) => {
                let channel_scales: Vec<f32> = matrix
                    .chunks_exact(n_in)
                    .map(|row| row.iter().fold(1e-9f32, |most, w| most.max(w.abs())) / 127.0)
                    .collect();
                for (row, scale) in matrix.chunks_exact_mut(n_in).zip(&channel_scales) {
                    row.iter_mut().for_each(|w| *w = (*w / scale).round_ties_even());
                }
                let bytes = transpose(&matrix, n_out, n_in)
                    .into_iter()
                    .map(|w| (w.clamp(-127.0, 127.0) as i8).cast_unsigned())
                    .collect();
                self.tensor(&weight, DataType::Int8, &[n_in, n_out], bytes);
                let channel = format!("{name}.scale");
                self.floats(&channel, &[n_out], channel_scales);
                let sum = self.op("MatMulInteger", &[values, &weight, "middle"]);
                let sum = self.op_with("Cast", &[&sum], vec![Attribute::int("to", DataType::Float as i64)]);
                let sum = self.op("Mul", &[&sum, scales]);
                self.op("Mul", &[&sum, &channel])
            }
        };
        let bias = format!("{name}.b");
        let values = self.weights.floats(&bias, n_out)?;
        self.floats(&bias, &[n_out], values);
        Ok(self.op("Add", &[&product, &bias]))
    }

    fn norm(&mut self, x: &str, name: &str) -> Result<Value, BuildError> {
        let width = self.weights.shape.hidden;
        let [weight, bias] = ["w", "b"].map(|part| format!("{name}.{part}"));
        for part in [&weight, &bias] {
            let values = self.weights.floats(part, width)?;
            self.floats(part, &[width], values);
        }
        let epsilon = self.weights.shape.epsilon;
        Ok(self.op_with(
            "LayerNormalization",
            &[x, &weight, &bias],
            vec![Attribute::int("axis", -1), Attribute::float("epsilon", epsilon)],
        ))
    }

    fn transpose(&mut self, x: &str, order: &[i64]) -> Value {
        self.op_with("Transpose", &[x], vec![Attribute::ints("perm", order)])
    }

    fn op(&mut self, kind: &str, inputs: &[&str]) -> Value {
        self.op_with(kind, inputs, Vec::new())
    }

    fn op_with(&mut self, kind: &str, inputs: &[&str], attribute: Vec<Attribute>) -> Value {
        let output = format!("{kind}_{}", self.nodes.len());
        self.nodes.push(Node {
            input: inputs.iter().map(|&name| name.into()).collect(),
            output: vec![output.clone()],
            name: output.clone(),
            op_type: kind.into(),
            attribute,
            domain: String::new(),
        });
        output
    }

    fn ints(&mut self, name: &str, values: &[i64]) {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, DataType::Int64, &[values.len()], raw);
    }

    fn floats(&mut self, name: &str, dims: &[usize], values: Vec<f32>) {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, DataType::Float, dims, raw);
    }

    fn tensor(&mut self, name: &str, kind: DataType, dims: &[usize], raw_data: Vec<u8>) {
        self.initializers.push(Tensor {
            dims: dims.iter().map(|&dim| dim as i64).collect(),
            data_type: kind as i32,
            name: name.into(),
            raw_data,
        });
    }
}

/// From out × in to in × out.
fn transpose(matrix: &[f32], n_out: usize, n_in: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(matrix.len());
    for column in 0..n_in {
        out.extend((0..n_out).map(|row| matrix[row * n_in + column]));
    }
    out
}
