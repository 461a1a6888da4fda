"""Tune multilingual-e5-small to the field with a low-rank adapter, on a processor.

    pip install numpy jax optax tokenizers safetensors
    rettesnor pairs corpus LAW.html … > pairs.jsonl
    python3 train.py e5-small-q4.bin tokenizer.json pairs.jsonl adapter.safetensors [epochs]

Both model files are in the program's cache folder after its first start. A line of pairs.jsonl is
{"query", "passage", "group", "topic"}: a caller's question, the passage as the index embeds it, the
provision or document part it belongs to (pairs of one group are never each other's negatives), and the
chapter or document around it. Half of the batches are drawn within one topic: the negatives are then the
neighbouring provisions, which is what the search has to tell apart.

Word embeddings and all weights stay as they are; the six projections of each layer get W + 2·A·B with
A (in, 8) and B (8, out). Loss: softmax over cosine / 0.03 within the batch, both ways.
"""

import json
import struct
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import save_file
from tokenizers import Tokenizer

RANK, BATCH, QUERY, PASSAGE, TEMPERATURE, RATE = 8, 32, 24, 96, 0.03, 8e-4


def read_weights(path):
    """The tensors of the 4-bit file, by name, as float32; and (hidden, layers, heads, feed-forward, words, positions)."""
    data = open(path, "rb").read()
    if data[:4] != b"E5S1":
        sys.exit(f"{path} is not a 4-bit e5 file")
    hidden, layers, heads, inner, words, positions, types = struct.unpack_from("<7i", data, 8)
    at = 8 + 28 + 4 + 4
    (pieces,) = struct.unpack_from("<i", data, at)
    (blob,) = struct.unpack_from("<Q", data, at + 20)
    at += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    (norm,) = struct.unpack_from("<I", data, at + 4)
    at += 8 + norm
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, elements, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        raw = data[offset : offset + size]
        if kind == 0:
            tensors[name] = np.frombuffer(raw, "<f4")
        else:
            rows = np.frombuffer(raw, np.uint8).reshape(-1, 18)
            scale = rows[:, :2].copy().view("<f2").astype(np.float32)
            low, high = rows[:, 2:] & 15, rows[:, 2:] >> 4
            tensors[name] = ((np.concatenate([low, high], 1).astype(np.float32) - 8) * scale).reshape(-1)[:elements]
    return tensors, (hidden, layers, heads, inner, words, positions, types)


weights_file, tokenizer_file, pairs_file, out_file = sys.argv[1:5]
epochs = float(sys.argv[5]) if len(sys.argv) > 5 else 1
raw, (HIDDEN, LAYERS, HEADS, INNER, WORDS, POSITIONS, TYPES) = read_weights(weights_file)
SHAPES = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN), "fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}
words = raw["emb.word"].reshape(WORDS, HIDDEN)
frozen = {"pos": jnp.asarray(raw["emb.pos"].reshape(POSITIONS, HIDDEN)), "type0": jnp.asarray(raw["emb.type"].reshape(TYPES, HIDDEN)[0])}
for name, values in raw.items():
    parts = name.split(".")
    if name.startswith("l") and parts[1] in SHAPES and parts[2] == "w":
        frozen[name] = jnp.asarray(values.reshape(SHAPES[parts[1]]).T)
    elif not name.startswith("emb.") or "ln" in name:
        frozen[name] = jnp.asarray(values)
tokenizer = Tokenizer.from_file(tokenizer_file)


def norm(x, name):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-12) * frozen[name + ".w"] + frozen[name + ".b"]


def encode(adapter, embedded, mask):
    batch, length, _ = embedded.shape
    x = norm(embedded + frozen["pos"][:length] + frozen["type0"], "emb.ln")
    hidden = (1 - mask)[:, None, None, :] * -1e4
    for layer in range(LAYERS):

        def linear(x, name):
            key = f"l{layer}.{name}"
            a, b = adapter[key]
            return x @ frozen[key + ".w"] + frozen[key + ".b"] + (x @ a) @ b * 2.0

        def split(y):
            return y.reshape(batch, length, HEADS, HIDDEN // HEADS).transpose(0, 2, 1, 3)

        q, k, v = (split(linear(x, n)) for n in "qkv")
        attention = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) / np.sqrt(HIDDEN // HEADS) + hidden, -1)
        context = (attention @ v).transpose(0, 2, 1, 3).reshape(batch, length, HIDDEN)
        x = norm(x + linear(context, "ao"), f"l{layer}.aln")
        x = norm(x + linear(jax.nn.gelu(linear(x, "fi"), approximate=False), "fo"), f"l{layer}.oln")
    pooled = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return pooled / jnp.linalg.norm(pooled, axis=-1, keepdims=True)


def tokens(texts, length):
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>", length=length)
    encoded = tokenizer.encode_batch(texts)
    return words[np.array([e.ids for e in encoded])], np.array([e.attention_mask for e in encoded], np.float32)


def loss(adapter, queries, query_mask, passages, passage_mask, same_group):
    q, p = encode(adapter, queries, query_mask), encode(adapter, passages, passage_mask)
    scores = jnp.where(same_group, -1e4, q @ p.T / TEMPERATURE)
    n = jnp.arange(len(q))
    return -(jax.nn.log_softmax(scores, -1)[n, n] + jax.nn.log_softmax(scores, 0)[n, n]).mean() / 2


def batches(pairs, rng):
    """One epoch: half of the pairs in batches of mixed topics, half in batches of one topic."""
    order = rng.permutation(len(pairs))
    half = len(order) // 2
    mixed = [order[i : i + BATCH] for i in range(0, half - BATCH + 1, BATCH)]
    by_topic = sorted(order[half:], key=lambda i: (pairs[i]["topic"], rng.random()))
    near = [np.array(by_topic[i : i + BATCH]) for i in range(0, len(by_topic) - BATCH + 1, BATCH)]
    both = mixed + near
    return [both[i] for i in rng.permutation(len(both))]


# A question that stands with several passages of one section is learnt with one of them, drawn by lot.
of_question = {}
for line in open(pairs_file):
    pair = json.loads(line)
    of_question.setdefault(pair["query"], []).append(pair)
lots = np.random.default_rng(1)
pairs = [choices[lots.integers(len(choices))] for choices in of_question.values()]
print(f"{len(pairs)} questions", flush=True)
key, adapter = jax.random.PRNGKey(0), {}
for layer in range(LAYERS):
    for name, (n_out, n_in) in SHAPES.items():
        key, sub = jax.random.split(key)
        adapter[f"l{layer}.{name}"] = (jax.random.normal(sub, (n_in, RANK)) / np.sqrt(n_in), jnp.zeros((RANK, n_out)))
rng = np.random.default_rng(0)
steps = int(len(pairs) * epochs / BATCH)
schedule = optax.warmup_cosine_decay_schedule(0, RATE, max(1, steps // 10), steps, 1e-5)
optimiser = optax.adamw(schedule)
state = optimiser.init(adapter)


@jax.jit
def step(adapter, state, *batch):
    value, gradient = jax.value_and_grad(loss)(adapter, *batch)
    updates, state = optimiser.update(gradient, state, adapter)
    return optax.apply_updates(adapter, updates), state, value


def save():
    save_file({f"{k}.{m}": np.asarray(v, np.float16) for k, pair in adapter.items() for m, v in zip("AB", pair)}, out_file)


began, seen, waiting = time.time(), [], []
for n in range(steps):
    if not waiting:
        waiting = batches(pairs, rng)
    batch = [pairs[i] for i in waiting.pop()]
    groups = np.array([p["group"] for p in batch])
    same = (groups[:, None] == groups[None]) & ~np.eye(BATCH, dtype=bool)
    adapter, state, value = step(adapter, state, *tokens(["query: " + p["query"] for p in batch], QUERY), *tokens(["passage: " + p["passage"] for p in batch], PASSAGE), same)
    seen.append(float(value))
    if n % 10 == 0:
        print(f"{n}/{steps} loss {np.mean(seen[-20:]):.3f} {time.time() - began:.0f} s", flush=True)
        save()
save()
