"""multilingual-e5-small in PyTorch, with a low-rank adapter on its projections.

The weights are read from the 4-bit file that the program itself uses (both are in its cache folder after the first
start); they stay as they are. Each of the six projections of a layer gets W + 2·A·B, with A (in, rank) and
B (rank, out): what `src/embedding/adapter.rs` merges.
"""

import math
import struct
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

SCALE = 2.0
PAD = 1


def read_weights(path):
    """The tensors of the 4-bit file by name, as float32, and (hidden, layers, heads, feed-forward, words, positions, types)."""
    data = open(path, "rb").read()
    if data[:4] != b"E5S1":
        sys.exit(f"{path} is not a 4-bit e5 file")
    sizes = struct.unpack_from("<7i", data, 8)
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
            tensors[name] = np.frombuffer(raw, "<f4").copy()
        else:
            rows = np.frombuffer(raw, np.uint8).reshape(-1, 18)
            scale = rows[:, :2].copy().view("<f2").astype(np.float32)
            low, high = rows[:, 2:] & 15, rows[:, 2:] >> 4
            tensors[name] = ((np.concatenate([low, high], 1).astype(np.float32) - 8) * scale).reshape(-1)[:elements]
    return tensors, sizes


class Projection(nn.Module):
    """A frozen matrix and its adapter."""

    def __init__(self, weight, bias, rank):
        super().__init__()
        n_out, n_in = weight.shape
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        self.A = nn.Parameter(torch.randn(n_in, rank) / math.sqrt(n_in))
        self.B = nn.Parameter(torch.zeros(rank, n_out))

    def forward(self, x):
        return F.linear(x, self.weight, self.bias) + (x @ self.A) @ self.B * SCALE


class Encoder(nn.Module):
    """Token ids in, mean-pooled vectors of length one out."""

    def __init__(self, weights_file, rank, dropout=0.0):
        super().__init__()
        raw, (hidden, layers, heads, inner, words, positions, types) = read_weights(weights_file)
        tensor = lambda name, *shape: torch.from_numpy(raw[name].reshape(shape))
        self.hidden, self.heads, self.layers, self.dropout = hidden, heads, layers, dropout
        self.start = None
        self.words = tensor("emb.word", words, hidden)
        self.places = tensor("emb.pos", positions, hidden) + tensor("emb.type", types, hidden)[0]
        shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
        shapes |= {"fi": (inner, hidden), "fo": (hidden, inner)}
        self.projections = nn.ModuleDict()
        self.norms = {}
        for name in raw:
            if ".ln." in name or name.split(".")[-2] in ("aln", "oln"):
                self.norms[name] = torch.from_numpy(raw[name])
        for layer in range(layers):
            for part, shape in shapes.items():
                weight, bias = tensor(f"l{layer}.{part}.w", *shape), tensor(f"l{layer}.{part}.b", shape[0])
                self.projections[f"l{layer}_{part}"] = Projection(weight, bias, rank)

    def norm(self, x, name):
        return F.layer_norm(x, (self.hidden,), self.norms[name + ".w"], self.norms[name + ".b"], 1e-12)

    def states(self, ids, layers):
        """The states of the words after these layers, counted from 1."""
        found = []
        mask = ids != PAD
        batch, length = ids.shape
        x = self.norm(self.words[ids] + self.places[:length], "emb.ln")
        drop = lambda y: F.dropout(y, self.dropout, self.training)
        split = lambda y: y.view(batch, length, self.heads, -1).transpose(1, 2)
        for layer in range(self.layers):
            linear = lambda y, part: self.projections[f"l{layer}_{part}"](y)
            q, k, v = (split(linear(x, part)) for part in "qkv")
            context = F.scaled_dot_product_attention(q, k, v, mask[:, None, None, :])
            context = context.transpose(1, 2).reshape(batch, length, self.hidden)
            x = self.norm(x + drop(linear(context, "ao")), f"l{layer}.aln")
            x = self.norm(x + drop(linear(F.gelu(linear(x, "fi")), "fo")), f"l{layer}.oln")
            if layer + 1 in layers:
                found.append(x)
        return found

    def forward(self, ids):
        mask = ids != PAD
        (x,) = self.states(ids, (self.layers,))
        weight = mask[..., None].to(x.dtype)
        return F.normalize((x * weight).sum(1).float() / weight.sum(1), dim=-1)

    def start_from(self, adapter):
        """Merges another adapter into the frozen matrices; `save` writes it with what is learnt on top."""
        self.start = adapter
        for name, projection in self.projections.items():
            a, b = (adapter[f"{name.replace('_', '.')}.{side}"].float() for side in "AB")
            projection.weight += SCALE * (a @ b).T

    def save(self, path):
        """The adapter as f16: W + 2·A·B, the ranks of what it started from and of what it learnt side by side."""
        tensors = {}
        for name, projection in self.projections.items():
            for side, axis in (("A", 1), ("B", 0)):
                key = f"{name.replace('_', '.')}.{side}"
                learnt = getattr(projection, side).detach().half()
                before = [self.start[key]] if self.start else []
                tensors[key] = torch.cat([*before, learnt], axis).contiguous()
        save_file(tensors, path)


class Texts:
    """Texts, or pairs of texts, to padded token ids."""

    def __init__(self, tokenizer_file, length):
        self.tokenizer = Tokenizer.from_file(tokenizer_file)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(length)

    def __call__(self, texts):
        encoded = [e.ids for e in self.tokenizer.encode_batch(texts)]
        longest = max(map(len, encoded))
        return torch.tensor([ids + [PAD] * (longest - len(ids)) for ids in encoded])


def schedule(optimiser, steps, warm=0.1):
    """Up in a line, then down in a cosine."""
    up = max(1, int(steps * warm))
    rate = lambda n: min(1.0, (n + 1) / up) * (0.5 * (1 + math.cos(math.pi * min(1.0, n / steps))) + 0.01)
    return torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
