"""Trains the preset `shakespeare-large` in PyTorch: loss against minutes, beside those of `attend train`.

    python3 Benchmarks/shakespeare.py tinyshakespeare.txt [--minutes X] [--threads N]
    attend train --preset shakespeare-large --data tinyshakespeare.txt --precision bfloat16

The same model, split, batch size, dropout, clipping, optimizer (Muon for matrices, AdamW for the rest) and schedule, in
autocast to bfloat16. Stops after so many minutes of training, evaluations not counted, or at the last step. Prints a line of
JSON for each evaluation.
"""

import argparse
import json
import os
import pathlib
import time

import torch
import torch.nn.functional as F
from torch import nn

LAYERS, HEADS, WIDTH, HIDDEN, CONTEXT, DROPOUT = 6, 6, 384, 1024, 256, 0.1
BATCH, STEPS, WARM_UP, RATE, DECAY = 16, 1000, 50, 4e-3, 0.1
EVALUATION_INTERVAL = 100


class RMSNorm(nn.RMSNorm):
    """With the gain in the precision of the vectors, which lets PyTorch fuse it."""

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.eps)


class Block(nn.Module):
    """Llama's: RMSNorm, rotary positions, normalised queries and keys, SwiGLU."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(RMSNorm(WIDTH, eps=1e-5) for _ in range(2))
        self.query_norm = RMSNorm(WIDTH // HEADS, eps=1e-5)
        self.key_norm = RMSNorm(WIDTH // HEADS, eps=1e-5)
        self.inputs = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.outputs = nn.Linear(WIDTH, WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 2 * HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x, cosines, sines):
        heads = self.inputs(self.norms[0](x)).unflatten(-1, (3, HEADS, -1))
        query, key, value = heads.permute(2, 0, 3, 1, 4).unbind(0)

        def rotated(vectors):
            first, second = vectors.chunk(2, -1)
            return vectors * cosines + torch.cat((-second, first), -1) * sines

        mixed = F.scaled_dot_product_attention(
            rotated(self.query_norm(query)), rotated(self.key_norm(key)), value, is_causal=True,
            dropout_p=DROPOUT if self.training else 0)
        mixed = self.outputs(mixed.transpose(1, 2).flatten(2))
        x = x + F.dropout(mixed, DROPOUT, self.training)
        gate, value = self.up(self.norms[1](x)).chunk(2, -1)
        return x + F.dropout(self.down(F.silu(gate) * value), DROPOUT, self.training)


class Llama(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = RMSNorm(WIDTH, eps=1e-5)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                ends_in_stream = name.endswith(("outputs.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / ((2 * LAYERS) ** 0.5 if ends_in_stream else 1))
        rates = 10_000 ** (-torch.arange(0, 1, 2 * HEADS / WIDTH))
        angles = torch.outer(torch.arange(CONTEXT), torch.cat((rates, rates)))
        self.register_buffer("cosines", angles.cos())
        self.register_buffer("sines", angles.sin())

    def forward(self, ids, targets):
        x = F.dropout(self.tokens(ids), DROPOUT, self.training)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def rate(step):
    """Rises over the warm-up and falls linearly to 0."""
    if step < WARM_UP:
        return RATE * (step + 1) / WARM_UP
    return RATE * (STEPS - step) / (STEPS - WARM_UP)


@torch.no_grad()
def evaluate(model, ids):
    """The mean loss on a text, window by window."""
    model.eval()
    windows = (len(ids) - 1) // CONTEXT
    inputs = ids[: windows * CONTEXT].view(windows, CONTEXT)
    targets = ids[1 : windows * CONTEXT + 1].view(windows, CONTEXT)
    total = sum(
        model(x, y).item() * len(x) for x, y in zip(inputs.split(BATCH), targets.split(BATCH)))
    model.train()
    return total / windows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    text = options.text.read_text()
    letters = {letter: number for number, letter in enumerate(sorted(set(text)))}
    ids = torch.tensor([letters[letter] for letter in text])
    training, validation = ids[: len(ids) * 9 // 10], ids[len(ids) * 9 // 10 :]
    model = Llama(len(letters))
    matrices = [p for block in model.blocks for p in block.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizers = [
        torch.optim.Muon(matrices, lr=RATE, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(
            [
                dict(params=[model.tokens.weight], weight_decay=DECAY),
                dict(params=vectors, weight_decay=0),
            ],
            lr=RATE, betas=(0.9, 0.99), fused=True),
    ]
    seconds = 0
    for step in range(STEPS + 1):
        if step % EVALUATION_INTERVAL == 0 or step == STEPS or seconds > options.minutes * 60:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = evaluate(model, validation)
            print(json.dumps(dict(
                step=step, minutes=round(seconds / 60, 2), validationLoss=round(loss, 4))), flush=True)
            if step == STEPS or seconds > options.minutes * 60:
                break
        begin = time.perf_counter()
        starts = torch.randint(len(training) - CONTEXT - 1, (BATCH,)).tolist()
        x = torch.stack([training[s : s + CONTEXT] for s in starts])
        y = torch.stack([training[s + 1 : s + CONTEXT + 1] for s in starts])
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate(step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(x, y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        seconds += time.perf_counter() - begin


if __name__ == "__main__":
    main()
