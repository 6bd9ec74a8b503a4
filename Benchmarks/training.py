"""Times training steps in PyTorch: the peer of `attend bench W1`, `W2`, `W3` (GPTs) and `W4` (an encoder-decoder).

    python3 Benchmarks/training.py W1 [--mode float32|bfloat16|compile] [--threads N] [--seconds X]

A step is everything that training does for one batch: forward pass, loss, backward pass, clipping to norm 1, AdamW and
forgetting the gradients. The batch is random and the same each time. The time given is the median over steps after the
first three. Prints one line of JSON.
"""

import argparse
import dataclasses
import json
import os
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


@dataclasses.dataclass
class Workload:
    layers: int
    heads: int
    width: int
    context: int
    batch: int
    vocabulary: int
    bias: bool
    hidden: int = 0  # of an encoder-decoder; 0 for a GPT


WORKLOADS = {
    "W1": Workload(layers=4, heads=4, width=128, context=64, batch=12, vocabulary=65, bias=False),
    "W2": Workload(layers=6, heads=6, width=384, context=256, batch=16, vocabulary=65, bias=False),
    "W3": Workload(layers=12, heads=12, width=768, context=64, batch=4, vocabulary=50304, bias=True),
    "W4": Workload(layers=6, heads=8, width=512, context=32, batch=32, vocabulary=8000, bias=True, hidden=2048),
}
WARM_UP_STEPS, LEAST_STEPS = 3, 8


class Attention(nn.Module):
    """Causal attention through PyTorch's fused kernel."""

    def __init__(self, w):
        super().__init__()
        self.heads = w.heads
        self.inputs = nn.Linear(w.width, 3 * w.width, bias=w.bias)
        self.outputs = nn.Linear(w.width, w.width, bias=w.bias)

    def forward(self, x):
        heads = self.inputs(x).unflatten(-1, (3, self.heads, -1))  # [batch, positions, 3, heads, headWidth]
        query, key, value = heads.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.outputs(mixed.transpose(1, 2).flatten(2))


def block(w):
    """The two residual branches of a pre-norm block."""
    return nn.ModuleList([
        nn.Sequential(nn.LayerNorm(w.width, bias=w.bias), Attention(w)),
        nn.Sequential(
            nn.LayerNorm(w.width, bias=w.bias),
            nn.Linear(w.width, 4 * w.width, bias=w.bias),
            nn.GELU(),
            nn.Linear(4 * w.width, w.width, bias=w.bias)),
    ])


class GPT(nn.Module):
    """GPT-2's layout, with the head tied to the token embedding."""

    def __init__(self, w):
        super().__init__()
        self.tokens = nn.Embedding(w.vocabulary, w.width)
        self.positions = nn.Embedding(w.context, w.width)
        self.branches = nn.ModuleList(branch for _ in range(w.layers) for branch in block(w))
        self.norm = nn.LayerNorm(w.width, bias=w.bias)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for branch in self.branches:
            x = x + branch(x)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class EncoderDecoder(nn.Module):
    """The base model of 2017 around `nn.Transformer`, with one table for source, target and head, and no positions."""

    def __init__(self, w):
        super().__init__()
        self.tokens = nn.Embedding(w.vocabulary, w.width)
        nn.init.normal_(self.tokens.weight, std=w.width ** -0.5)
        self.scale = w.width ** 0.5
        self.stacks = nn.Transformer(
            w.width, w.heads, w.layers, w.layers, w.hidden, dropout=0.0, batch_first=True)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(w.context))

    def forward(self, ids, targets):
        # The target's inputs are as good as any other tokens, since all are random.
        source, target = self.tokens(ids) * self.scale, self.tokens(targets.flip(1)) * self.scale
        hidden = self.stacks(source, target, tgt_mask=self.mask, tgt_is_causal=True)
        logits = F.linear(hidden, self.tokens.weight).flatten(0, 1).float()
        return F.cross_entropy(logits, targets.flatten(), label_smoothing=0.1)


def peak_megabytes():
    """The most memory this process has occupied, in 10⁶ bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def measure(w, mode, seconds):
    """Trains for some seconds; returns the first loss and the steps' times in seconds."""
    model = EncoderDecoder(w) if w.hidden else GPT(w)
    loss_of = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True)
    ids, targets = torch.randint(0, w.vocabulary, (2, w.batch, w.context))
    first_loss, times, end = None, [], time.perf_counter() + seconds
    while len(times) < LEAST_STEPS or time.perf_counter() < end:
        begin = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bfloat16"):
            loss = loss_of(ids, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if first_loss is None:
            first_loss = loss.item()
        times.append(time.perf_counter() - begin)
    return first_loss, times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--mode", default="float32", choices=["float32", "bfloat16", "compile"])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=8, help="train for at least so long (default 8)")
    options = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    w = WORKLOADS[options.workload]
    first_loss, times = measure(w, options.mode, options.seconds)
    step = statistics.median(times[WARM_UP_STEPS:])
    print(json.dumps(dict(
        workload=options.workload, mode=options.mode, threads=options.threads,
        millisecondsPerStep=round(step * 1e3, 3), tokensPerSecond=round(w.batch * w.context / step),
        firstLoss=round(first_loss, 4), peakMegabytes=round(peak_megabytes(), 1))))


if __name__ == "__main__":
    main()
