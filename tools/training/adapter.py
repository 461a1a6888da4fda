"""Tune multilingual-e5-small to the field: callers' questions closer to the passages that answer them.

    pip install torch numpy tokenizers safetensors
    rettesnor pairs corpus LAW.html … > pairs.jsonl
    python3 adapter.py e5-small-q4.bin tokenizer.json pairs.jsonl adapter.safetensors [epochs]

A line of pairs.jsonl is {"query", "passage", "group", "topic"}: a caller's question, the passage as the index embeds
it, the provision or document part it belongs to (pairs of one group are never each other's negatives), and the
chapter or document around it. Half of the batches are drawn within one topic: the negatives are then the
neighbouring provisions, which is what the search has to tell apart.

Loss: softmax over cosine / 0.03 within the batch, both ways. An interrupted training leaves what it came to.
"""

import json
import sys
import time

import numpy as np
import torch
from e5 import Encoder, Texts, schedule
from torch.nn import functional as F

RANK, BATCH, QUERY, PASSAGE, TEMPERATURE, RATE = 8, 48, 32, 128, 0.03, 8e-4

weights_file, tokenizer_file, pairs_file, out_file = sys.argv[1:5]
epochs = float(sys.argv[5]) if len(sys.argv) > 5 else 1
torch.manual_seed(0)
rng = np.random.default_rng(0)

# A question that stands with several passages of one section is learnt with one of them, drawn by lot.
of_question = {}
for line in open(pairs_file):
    pair = json.loads(line)
    of_question.setdefault(pair["query"], []).append(pair)
pairs = [choices[rng.integers(len(choices))] for choices in of_question.values()]


def batches():
    """One epoch: half of the pairs in batches of mixed topics, half in batches of one topic."""
    order = rng.permutation(len(pairs))
    half = len(order) // 2
    by_topic = sorted(order[half:], key=lambda i: (pairs[i]["topic"], rng.random()))
    both = [part[i : i + BATCH] for part in (order[:half], by_topic) for i in range(0, len(part) - BATCH + 1, BATCH)]
    return [both[i] for i in rng.permutation(len(both))]


encoder = Encoder(weights_file, RANK)
queries, passages = Texts(tokenizer_file, QUERY), Texts(tokenizer_file, PASSAGE)
parameters = [p for p in encoder.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(parameters, RATE)
steps = int(len(pairs) * epochs / BATCH)
rates = schedule(optimiser, steps)
print(f"{len(pairs)} questions, {steps} steps", flush=True)
began, losses, waiting = time.time(), [], []
for n in range(steps):
    if not waiting:
        waiting = batches()
    batch = [pairs[i] for i in waiting.pop()]
    groups = np.array([p["group"] for p in batch])
    same = torch.from_numpy((groups[:, None] == groups[None]) & ~np.eye(len(batch), dtype=bool))
    with torch.autocast("cpu", torch.bfloat16):
        q = encoder(queries(["query: " + p["query"] for p in batch]))
        p = encoder(passages(["passage: " + p["passage"] for p in batch]))
    scores = (q @ p.T / TEMPERATURE).masked_fill(same, -1e4)
    right = torch.arange(len(batch))
    loss = (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    rates.step()
    losses.append(loss.item())
    if n % 10 == 0:
        print(f"{n}/{steps} loss {np.mean(losses[-20:]):.3f} {time.time() - began:.0f} s", flush=True)
        encoder.save(out_file)
encoder.save(out_file)
