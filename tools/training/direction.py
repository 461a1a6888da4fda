"""Teach the model for statements which way a sentence points: does it ask more of the citizen, or less?

    pip install torch numpy tokenizers safetensors
    python3 direction.py e5-small-q4.bin tokenizer.json readings.jsonl sentences.jsonl sentences-held-out.jsonl questions.safetensors [epochs]

The encoder stays as questions.py left it. A small network reads the states of three of its layers: each word with its two
neighbours, the words weighed in two ways, and what stands out most; out come three shares: against the citizen, neither,
in the citizen's favour. `src/embedding/graph.rs` builds the same network. Its tensors, `direction.*`, are written into the
adapter file beside the adapter, f16.

Learnt from are the sentences of readings.jsonl (`points`: one number for each sentence of `a`, `b` and `near`) and of
sentences.jsonl (three on a matter, one each way and one neither; of longer ones the first 64 tokens). One in eight is held out; sentences-held-out.jsonl, taken from documents of other hands, is never learnt
from. Told is how often a sentence in the citizen's favour stands above one against (AUC).
"""

import json
import random
import sys
import time

import numpy as np
import torch
from e5 import PAD, Encoder, Texts
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

LAYERS, START, END, LENGTH = (4, 8, 12), 3, 1, 64
INNER, BATCH, RATE, DECAY = 128, 64, 2e-3, 0.05

weights_file, tokenizer_file, readings_file, sentences_file, held_out_file, adapter_file = sys.argv[1:7]
epochs = int(sys.argv[7]) if len(sys.argv) > 7 else 7
torch.manual_seed(0)
rng = random.Random(0)


class Readout(nn.Module):
    """States of the words in, three logits out."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.inner = nn.LayerNorm(width), nn.Linear(width, INNER)
        self.near = nn.Conv1d(INNER, INNER, 3, padding=1)
        self.gate = nn.Linear(INNER, 2)
        self.whole, self.ways = nn.Linear(3 * INNER, INNER), nn.Linear(INNER, 3)

    def forward(self, states, mask):
        drop = lambda x, share: F.dropout(x, share, self.training)
        words = drop(F.gelu(self.inner(drop(self.norm(states), 0.3))), 0.2)
        near = self.near((words * mask[..., None]).transpose(1, 2)).transpose(1, 2)
        words = words + F.gelu(near)
        gates = self.gate(words).masked_fill(~mask[..., None], -1e4).softmax(1)
        weighed = torch.einsum("blk,blh->bkh", gates, words).flatten(1)
        most = words.masked_fill(~mask[..., None], -1e4).max(1).values
        sentence = F.gelu(self.whole(drop(torch.cat([weighed, most], -1), 0.4)))
        return self.ways(drop(sentence, 0.3))

    def tensors(self):
        """In × out, as the graph has them; the convolution as ONNX wants it."""
        found = {}
        for name, value in self.state_dict().items():
            part, kind = name.split(".")
            dense = kind == "weight" and value.dim() == 2
            found[f"direction.{part}.{kind[0]}"] = (value.T if dense else value).half().contiguous()
        return found


def read(path):
    return [json.loads(line) for line in open(path)]


learnt, held_out = [], []
for n, question in enumerate(read(readings_file)):
    sentences = question["a"] + question["b"] + question["near"]
    (learnt if n % 8 else held_out).extend(zip(sentences, question["points"]))
for n, line in enumerate(read(sentences_file)):
    (learnt if n // 3 % 8 else held_out).append((line["said"], line["points"]))
elsewhere = [(line["said"], line["points"]) for line in read(held_out_file)]

texts = Texts(tokenizer_file, LENGTH)
encoder = Encoder(weights_file, 1).eval()
adapter = load_file(adapter_file)
encoder.start_from({name: tensor for name, tensor in adapter.items() if not name.startswith("direction.")})


def states_of(sentences):
    """The states of each sentence's words, layers side by side, as f16."""
    found = [None] * len(sentences)
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for i in range(0, len(order), BATCH):
            ids = texts(["passage: " + sentences[at] for at in order[i : i + BATCH]])
            states = torch.cat(encoder.states(ids, LAYERS), -1)
            for at, row, count in zip(order[i : i + BATCH], states, (ids != PAD).sum(1)):
                found[at] = row[START : count - END].half().numpy()
    return found


def batch(rows):
    longest = max(len(states) for states, _ in rows)
    states = np.zeros((len(rows), longest, rows[0][0].shape[1]), np.float32)
    mask = np.zeros((len(rows), longest), bool)
    for at, (row, _) in enumerate(rows):
        states[at, : len(row)], mask[at, : len(row)] = row, True
    return torch.from_numpy(states), torch.from_numpy(mask), torch.tensor([points + 1 for _, points in rows])


def auc(positive, negative):
    rank = np.argsort(np.argsort(np.concatenate([positive, negative])))
    return (rank[: len(positive)].sum() - len(positive) * (len(positive) - 1) / 2) / (len(positive) * len(negative))


def told(rows):
    readout.eval()
    with torch.no_grad():
        shares = torch.cat([readout(*batch(rows[i : i + 256])[:2]).softmax(1) for i in range(0, len(rows), 256)])
    readout.train()
    direction, points = (shares[:, 2] - shares[:, 0]).numpy(), np.array([points for _, points in rows])
    return auc(direction[points > 0], direction[points < 0])


began = time.time()
sets = []
for rows in (learnt, held_out, elsewhere):
    states = states_of([said for said, _ in rows])
    sets.append([(row, points) for row, (_, points) in zip(states, rows) if len(row)])
learnt, held_out, elsewhere = sets
print(f"{len(learnt)} sentences, {len(held_out)} held out, {len(elsewhere)} from elsewhere, {time.time() - began:.0f} s", flush=True)

readout = Readout(encoder.hidden * len(LAYERS))
steps = epochs * (len(learnt) // BATCH)
optimiser = torch.optim.AdamW(readout.parameters(), RATE, weight_decay=DECAY)
rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1, pct_start=0.1)
for epoch in range(epochs):
    rng.shuffle(learnt)
    losses = []
    for i in range(0, len(learnt) // BATCH * BATCH, BATCH):
        states, mask, points = batch(learnt[i : i + BATCH])
        loss = F.cross_entropy(readout(states, mask), points)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(readout.parameters(), 1.0)
        optimiser.step()
        rates.step()
        losses.append(loss.item())
    print(f"{epoch + 1}/{epochs} loss {np.mean(losses):.3f} AUC held out {told(held_out):.3f}, elsewhere {told(elsewhere):.3f}, {time.time() - began:.0f} s", flush=True)

kept = {name: tensor for name, tensor in adapter.items() if not name.startswith("direction.")}
save_file(kept | readout.tensors(), adapter_file)
