"""Train the model that reads two statements of two documents and says how they stand to each other.

    pip install torch numpy tokenizers safetensors
    python3 pair_head.py e5-small-q4.bin tokenizer.json readings.jsonl pair_head.safetensors [epochs] [SNLI]

A line of readings.jsonl is a legal question with `a` and `b`, sentences that answer it in two ways, and `near`,
sentences on the same provision that conflict with neither. Pairs of a and b are opposed, pairs within a or within b
say the same, pairs with a near one are about something else. One question in eight is held out and scored.

multilingual-e5-small reads both sentences together, with a low-rank adapter, and a linear head over its pooled vector gives
three logits: opposed, same, other.

SNLI names a folder with `s1`, `s2` and `labels` (`.dev`, `.test`), one sentence or label a line, as in the repository of
e-SNLI (Camburu et al. 2018; the pairs are SNLI's, Bowman et al. 2015, CC BY-SA 4.0). The model first learns from these
20,000 English pairs what it is to contradict; the encoder is multilingual, so what it learns holds for Norwegian too.
"""

import json
import random
import sys
import time

import numpy as np
import torch
from e5 import Encoder, Texts, schedule
from torch import nn
from torch.nn import functional as F

RANK, BATCH, LENGTH, RATE, DROPOUT = 16, 32, 192, 1e-3, 0.1
# Pooled vectors of length one lie close together: what tells them apart is small.
SHARPNESS = 20
OPPOSED, SAME, OTHER = range(3)

weights_file, tokenizer_file, readings_file, out_file = sys.argv[1:5]
epochs = float(sys.argv[5]) if len(sys.argv) > 5 else 2
snli = sys.argv[6] if len(sys.argv) > 6 else None
torch.manual_seed(0)
rng = random.Random(0)
questions = [json.loads(line) for line in open(readings_file)]
rng.shuffle(questions)
held_out = [q for n, q in enumerate(questions) if n % 8 == 0]
learnt = [q for n, q in enumerate(questions) if n % 8]


def pairs_of(question):
    """All labelled pairs of a question."""
    a, b, near = question["a"], question["b"], question["near"]
    yield from ((x, y, OPPOSED) for x in a for y in b)
    for side in (a, b):
        yield from ((x, y, SAME) for n, x in enumerate(side) for y in side[n + 1 :])
        yield from ((x, y, OTHER) for x in side for y in near)


def epoch():
    """Some pairs of each question, and some across questions; in random order, sorted a little by length."""
    chosen = []
    for n, question in enumerate(learnt):
        by_label = [[], [], []]
        for pair in pairs_of(question):
            by_label[pair[2]].append(pair)
        chosen += [pair for pairs in by_label for pair in rng.sample(pairs, 5)]
        # Another question of the neighbourhood: the lines of a file lie close in subject.
        other = rng.choice(learnt)
        chosen.append((rng.choice(question["a"] + question["near"]), rng.choice(other["b"] + other["near"]), OTHER))
    return batches(chosen, BATCH)


def batches(pairs, size):
    """In random order, each batch of about one length, its pairs either way round."""
    rng.shuffle(pairs)
    pairs = [(y, x, label) if rng.random() < 0.5 else (x, y, label) for x, y, label in pairs]
    blocks = [pairs[i : i + size * 16] for i in range(0, len(pairs), size * 16)]
    made = []
    for block in blocks:
        block.sort(key=lambda pair: len(pair[0]) + len(pair[1]))
        made += [block[i : i + size] for i in range(0, len(block) - size + 1, size)]
    rng.shuffle(made)
    return made


def english(folder):
    """The pairs of SNLI, once."""
    labels = {"contradiction": OPPOSED, "entailment": SAME, "neutral": OTHER}
    pairs = []
    for part in ("dev", "test"):
        lines = [open(f"{folder}/{name}.{part}").read().splitlines() for name in ("s1", "s2", "labels")]
        pairs += [(x.strip(), y.strip(), labels[z]) for x, y, z in zip(*lines) if z in labels]
    return batches(pairs, 2 * BATCH)


texts = Texts(tokenizer_file, LENGTH)
encoder = Encoder(weights_file, RANK, DROPOUT)
head = nn.Linear(encoder.hidden, 3)
nn.init.normal_(head.weight, std=0.05)
parameters = [p for p in [*encoder.parameters(), *head.parameters()] if p.requires_grad]
optimiser = torch.optim.AdamW(parameters, RATE, weight_decay=0.01)


def logits(batch):
    with torch.autocast("cpu", torch.bfloat16):
        vectors = encoder(texts([(x, y) for x, y, _ in batch]))
    return head(vectors * SHARPNESS)


def judge(pairs):
    """Probabilities, averaged over both orders."""
    encoder.eval()
    out = []
    with torch.no_grad():
        for i in range(0, len(pairs), 64):
            batch = pairs[i : i + 64]
            turned = [(y, x, label) for x, y, label in batch]
            out.append((logits(batch).softmax(-1) + logits(turned).softmax(-1)) / 2)
    encoder.train()
    return torch.cat(out).numpy()


def report(name, pairs):
    given, labels = judge(pairs), np.array([label for *_, label in pairs])
    opposed = given[:, OPPOSED]
    order = np.argsort(-opposed)
    positive = (labels == OPPOSED)[order]
    rank = np.arange(1, len(order) + 1)
    precision, recall = positive.cumsum() / rank, positive.cumsum() / positive.sum()
    at = [f"R@P{p:.2f} {recall[precision >= p].max(initial=0):.2f}" for p in (0.8, 0.9)]
    right = (given.argmax(1) == labels).mean()
    by = [f"{n} {(given.argmax(1) == labels)[labels == k].mean():.2f}" for k, n in enumerate(("opposed", "same", "other")) if (labels == k).any()]
    print(f"{name}: {len(pairs)} pairs, right {right:.3f} ({', '.join(by)}), {', '.join(at)}", flush=True)


def save():
    encoder.save(out_file, **{"head.weight": head.weight * SHARPNESS, "head.bias": head.bias})


unseen = [pair for question in held_out for pair in rng.sample(list(pairs_of(question)), 12)]
first = english(snli) if snli else []
steps = len(first) + int(len(learnt) * 16 / BATCH * epochs)
rates = schedule(optimiser, steps)
print(f"{len(learnt)} questions, {len(held_out)} held out, {steps} steps", flush=True)
began, losses, waiting = time.time(), [], first
for n in range(steps):
    if not waiting:
        waiting = epoch()
    batch = waiting.pop()
    loss = F.cross_entropy(logits(batch), torch.tensor([label for *_, label in batch]), label_smoothing=0.05)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()
    rates.step()
    losses.append(loss.item())
    if n % 20 == 0:
        print(f"{n}/{steps} loss {np.mean(losses[-20:]):.3f} {time.time() - began:.0f} s", flush=True)
    if n % 200 == 199:
        report("held out", unseen)
        save()
report("held out", unseen)
save()
