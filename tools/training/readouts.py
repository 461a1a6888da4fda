"""Teach the model for statements what a sentence does: which way it points, and whether it takes a stand.

    pip install torch numpy tokenizers safetensors
    python3 readouts.py e5-small-q4.bin tokenizer.json questions.safetensors [direction | stand]

The encoder stays as questions.py left it. A small network for each of the two reads the states of three of its layers: each
word with its two neighbours, the words weighed in two ways, and what stands out most; out come three shares.
`src/embedding/graph.rs` builds the same networks. Their tensors, `direction.*` and `stand.*`, are written into the adapter
file beside the adapter, f16.

Direction: against the citizen, neither, in the citizen's favour. Learnt from are the sentences of readings.jsonl (`points`: one
number for each sentence of `a`, `b` and `near`) and of sentences.jsonl (three on a matter, one each way and one neither; of
longer ones the first 64 tokens). One in eight is held out; sentences-held-out.jsonl, taken from documents of other hands, is
never learnt from. Told is how often a sentence in the citizen's favour stands above one against (AUC).

Stand: none (facts, what the dispute is, procedure, what others say), the law given again or a reason, a stand: by itself it
answers a legal question that another document could answer otherwise. Learnt from is stands.jsonl, what the engine takes
for statements in the documents of the tuned conflict sets and `corpus/`, labelled by readers who saw no conflict labels. One
document in eight is held out. Told is how often a stand stands above the others (AUC).
"""

import json
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from e5 import PAD, Encoder, Texts
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

LAYERS, START, END, LENGTH = (4, 8, 12), 3, 1, 64
INNER, BATCH, RATE, DECAY = 128, 64, 2e-3, 0.05

weights_file, tokenizer_file, adapter_file = sys.argv[1:4]
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

    def tensors(self, readout):
        """In × out, as the graph has them; the convolution as ONNX wants it."""
        found = {}
        for name, value in self.state_dict().items():
            part, kind = name.split(".")
            dense = kind == "weight" and value.dim() == 2
            found[f"{readout}.{part}.{kind[0]}"] = (value.T if dense else value).half().contiguous()
        return found


def read(name):
    return [json.loads(line) for line in open(Path(__file__).with_name(name))]


def directions():
    """Sentences with 0 to 2: learnt from, and held out of the two kinds."""
    learnt, held_out = [], []
    for n, question in enumerate(read("readings.jsonl")):
        sentences = question["a"] + question["b"] + question["near"]
        (learnt if n % 8 else held_out).extend(zip(sentences, [points + 1 for points in question["points"]]))
    for n, line in enumerate(read("sentences.jsonl")):
        (learnt if n // 3 % 8 else held_out).append((line["said"], line["points"] + 1))
    elsewhere = [(line["said"], line["points"] + 1) for line in read("sentences-held-out.jsonl")]
    return learnt, {"held out": held_out, "elsewhere": elsewhere}


def stands():
    learnt, held_out, documents = [], [], {}
    for line in read("stands.jsonl"):
        n = documents.setdefault(line["from"], len(documents))
        (learnt if n % 8 else held_out).append((line["said"], line["stand"]))
    return learnt, {"held out": held_out}


texts = Texts(tokenizer_file, LENGTH)
encoder = Encoder(weights_file, 1).eval()
adapter = load_file(adapter_file)
# Few rounds over the few stands, so that they are not known by heart where the judge's weights are fitted.
READOUTS = {"direction": (directions, 7), "stand": (stands, 4)}
part_of = lambda name: name.split(".")[0]
encoder.start_from({name: tensor for name, tensor in adapter.items() if part_of(name) not in READOUTS})


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
    return torch.from_numpy(states), torch.from_numpy(mask), torch.tensor([label for _, label in rows])


def auc(positive, negative):
    rank = np.argsort(np.argsort(np.concatenate([positive, negative])))
    return (rank[: len(positive)].sum() - len(positive) * (len(positive) - 1) / 2) / (len(positive) * len(negative))


def told(readout, rows, positive, negative):
    readout.eval()
    with torch.no_grad():
        shares = torch.cat([readout(*batch(rows[i : i + 256])[:2]).softmax(1) for i in range(0, len(rows), 256)]).numpy()
    readout.train()
    side, labels = positive(shares), np.array([label for _, label in rows])
    return auc(side[labels == 2], side[negative(labels)])


def learn(name, epochs, learnt, checks):
    began = time.time()

    def with_states(rows):
        states = states_of([said for said, _ in rows])
        return [(row, label) for row, (_, label) in zip(states, rows) if len(row)]

    learnt, checks = with_states(learnt), {check: with_states(rows) for check, rows in checks.items()}
    print(f"{name}: {len(learnt)} sentences, {time.time() - began:.0f} s", flush=True)
    # Told apart: for against against; a stand against both others.
    if name == "direction":
        positive, negative = (lambda shares: shares[:, 2] - shares[:, 0]), (lambda labels: labels == 0)
    else:
        positive, negative = (lambda shares: shares[:, 2]), (lambda labels: labels < 2)
    readout = Readout(encoder.hidden * len(LAYERS))
    steps = epochs * (len(learnt) // BATCH)
    optimiser = torch.optim.AdamW(readout.parameters(), RATE, weight_decay=DECAY)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1, pct_start=0.1)
    for epoch in range(epochs):
        rng.shuffle(learnt)
        losses = []
        for i in range(0, len(learnt) // BATCH * BATCH, BATCH):
            states, mask, labels = batch(learnt[i : i + BATCH])
            loss = F.cross_entropy(readout(states, mask), labels)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(readout.parameters(), 1.0)
            optimiser.step()
            rates.step()
            losses.append(loss.item())
        found = ", ".join(f"{check} {told(readout, rows, positive, negative):.3f}" for check, rows in checks.items())
        print(f"{epoch + 1}/{epochs} loss {np.mean(losses):.3f} AUC {found}, {time.time() - began:.0f} s", flush=True)
    return readout.tensors(name)


for name in sys.argv[4:] or READOUTS:
    adapter = {tensor: value for tensor, value in adapter.items() if part_of(tensor) != name}
    data, epochs = READOUTS[name]
    adapter |= learn(name, epochs, *data())
save_file(adapter, adapter_file)
