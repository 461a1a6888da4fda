"""Tune multilingual-e5-small so that two sentences lie near each other when they answer the same legal question.

    pip install torch numpy tokenizers safetensors
    python3 questions.py e5-small-q4.bin tokenizer.json ../../models/adapter.safetensors readings.jsonl questions.safetensors [epochs]

A line of readings.jsonl is a legal question with `a` and `b`, sentences that answer it in two ways, and `near`, sentences
on the same provision, in much the same words, that answer it in neither. The words of two readings of one rule are often
all different, and those of its neighbour much the same: that is what the model has to see through.

Each step takes 24 questions, two of three batches within one chapter: two answers of each, mostly one from each side, are
to find each other among the answers and neighbours of all. Loss: softmax over cosine / 0.05, both ways. One question in
eight is held out; told of it is how often an answer lies nearer to an opposed one than a neighbour does (AUC).

Learning starts from the adapter of the search; the file holds both, so that it is merged into the bare model. readouts.py
then adds its readouts to the file.
"""

import json
import random
import sys
import time

import numpy as np
import torch
from e5 import Encoder, Texts, schedule
from safetensors.torch import load_file
from torch.nn import functional as F

RANK, BATCH, LENGTH, TEMPERATURE, RATE, DROPOUT = 16, 24, 96, 0.05, 5e-4, 0.05
# How often the two answers are of opposite sides.
ACROSS = 0.6

weights_file, tokenizer_file, start_file, readings_file, out_file = sys.argv[1:6]
epochs = float(sys.argv[6]) if len(sys.argv) > 6 else 6
torch.manual_seed(0)
rng = random.Random(0)
questions = [json.loads(line) for line in open(readings_file)]
held_out = questions[::8]
learnt = [question for n, question in enumerate(questions) if n % 8]


def topic(question):
    return question["provision"].split("-")[0]


def batches():
    """One epoch: a third of the questions in batches of mixed topics, the rest in batches of one."""
    order = rng.sample(learnt, len(learnt))
    mixed, rest = order[: len(order) // 3], order[len(order) // 3 :]
    rest.sort(key=topic)
    made = [part[i : i + BATCH] for part in (mixed, rest) for i in range(0, len(part) - BATCH + 1, BATCH)]
    return rng.sample(made, len(made))


def draw(question):
    """Two answers, and two neighbours."""
    a, b = question["a"], question["b"]
    two = [rng.choice(a), rng.choice(b)] if rng.random() < ACROSS else rng.sample(rng.choice([a, b]), 2)
    return rng.sample(two, 2), rng.sample(question["near"], 2)


texts = Texts(tokenizer_file, LENGTH)
encoder = Encoder(weights_file, RANK, DROPOUT)
encoder.start_from(load_file(start_file))


def vectors(sentences):
    with torch.autocast("cpu", torch.bfloat16):
        return encoder(texts(["passage: " + sentence for sentence in sentences])).float()


def auc(positive, negative):
    rank = np.argsort(np.argsort(np.concatenate([positive, negative])))
    return (rank[: len(positive)].sum() - len(positive) * (len(positive) - 1) / 2) / (len(positive) * len(negative))


def report(when):
    encoder.eval()
    opposed, near = [], []
    with torch.no_grad():
        for question in held_out:
            a, b, other = (vectors(question[side]).numpy() for side in ("a", "b", "near"))
            opposed.append((a @ b.T).ravel())
            near.append((np.concatenate([a, b]) @ other.T).ravel())
    encoder.train()
    within = np.mean([auc(x, y) for x, y in zip(opposed, near)])
    print(f"{when}: AUC {auc(np.concatenate(opposed), np.concatenate(near)):.3f}, within a question {within:.3f}", flush=True)


parameters = [p for p in encoder.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(parameters, RATE)
steps = int(len(learnt) / BATCH * epochs)
rates = schedule(optimiser, steps)
print(f"{len(learnt)} questions, {len(held_out)} held out, {steps} steps", flush=True)
report("before")
began, losses, waiting = time.time(), [], []
for n in range(steps):
    if not waiting:
        waiting = batches()
    drawn = [draw(question) for question in waiting.pop()]
    one, other = ([two[i] for two, _ in drawn] for i in range(2))
    near = [sentence for _, two in drawn for sentence in two]
    x, y, z = vectors(one + other + near).split([BATCH, BATCH, 2 * BATCH])
    right = torch.arange(BATCH)
    loss = sum(F.cross_entropy(torch.cat([u @ v.T, u @ z.T], 1) / TEMPERATURE, right) for u, v in ((x, y), (y, x))) / 2
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    rates.step()
    losses.append(loss.item())
    if n % 20 == 0:
        print(f"{n}/{steps} loss {np.mean(losses[-20:]):.3f} {time.time() - began:.0f} s", flush=True)
    if n % 100 == 99:
        report(n + 1)
        encoder.save(out_file)
report("end")
encoder.save(out_file)
