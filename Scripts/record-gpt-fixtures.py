"""Records what PyTorch makes of two small GPTs and of ten AdamW steps, for the tests to hold Attend to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-gpt-fixtures.py

Writes, with the same bytes each time:

    Tests/ModelsTests/Fixtures/gpt-with-biases.safetensors
    Tests/ModelsTests/Fixtures/gpt-without-biases.safetensors
    Tests/TrainingTests/Fixtures/adamw.safetensors

Every input (weights, gradients given to the optimizer) is a float32 number; what follows from them is computed in
float64 and rounded to float32 once, so the fixtures carry no rounding of PyTorch's own. The file's metadata has one
entry, `configuration`, a JSON object.

A GPT file holds, by GPT-2's names, the weights (matrices as [outputs, inputs]), `ids` and `targets` [batch, positions]
(int32; a target of -1 is not scored), `logits` [batch, positions, vocabulary], `loss` (a scalar, the mean over scored
targets in nats) and `gradient.<name>` for each weight.

The AdamW file holds, for each tensor T and step t from 0: `initial.T`, `gradient.t.T` (before clipping), `value.t.T` and,
after the last step, `firstMoment.T`, `secondMoment.T`; and by step `learningRates` and `gradientNorms`.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parent.parent

# The names are those of a GPT-2 `config.json`; `bias` is ours. Sizes are odd on purpose.
GPTS = {
    "gpt-with-biases": dict(
        vocab_size=37, n_positions=16, n_embd=24, n_head=3, n_layer=2, n_inner=96, bias=True, positions=13),
    "gpt-without-biases": dict(
        vocab_size=23, n_positions=9, n_embd=15, n_head=5, n_layer=2, n_inner=60, bias=False, positions=9),
}
EPSILON = 1e-5
BATCH = 3


class Attention(nn.Module):
    """Causal self-attention written out, with its score matrix."""

    def __init__(self, width, heads, bias):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(width, 3 * width, bias=bias)
        self.c_proj = nn.Linear(width, width, bias=bias)

    def forward(self, x):
        batch, positions, width = x.shape
        head_width = width // self.heads
        query, key, value = (
            part.reshape(batch, positions, self.heads, head_width).transpose(1, 2)
            for part in self.c_attn(x).chunk(3, dim=-1))
        scores = query @ key.transpose(-1, -2) / math.sqrt(head_width)
        future = torch.ones(positions, positions, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        return self.c_proj((weights @ value).transpose(1, 2).reshape(batch, positions, width))


class FeedForward(nn.Module):
    def __init__(self, width, hidden, bias):
        super().__init__()
        self.c_fc = nn.Linear(width, hidden, bias=bias)
        self.c_proj = nn.Linear(hidden, width, bias=bias)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, width, heads, hidden, bias):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=EPSILON, bias=bias)
        self.attn = Attention(width, heads, bias)
        self.ln_2 = nn.LayerNorm(width, eps=EPSILON, bias=bias)
        self.mlp = FeedForward(width, hidden, bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """GPT-2's layout; the head is the token embedding."""

    def __init__(self, c):
        super().__init__()
        width, bias = c["n_embd"], c["bias"]
        self.wte = nn.Embedding(c["vocab_size"], width)
        self.wpe = nn.Embedding(c["n_positions"], width)
        self.h = nn.ModuleList(Block(width, c["n_head"], c["n_inner"], bias) for _ in range(c["n_layer"]))
        self.ln_f = nn.LayerNorm(width, eps=EPSILON, bias=bias)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def draw(shape, deviation, generator, mean=0.0):
    """Normal float32 numbers, as float64."""
    numbers = torch.randn(shape, dtype=torch.float64, generator=generator) * deviation + mean
    return numbers.to(torch.float32).to(torch.float64)


def record_gpt(name, c, seed):
    generator = torch.Generator().manual_seed(seed)
    model = GPT(c).double()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            is_gain = "ln_" in key and key.endswith("weight")
            # Gains and biases differ from 1 and 0 so that a forgotten one shows.
            deviation = 0.3 if is_gain or key.startswith("w") else 0.2
            parameter.copy_(draw(parameter.shape, deviation, generator, mean=1.0 if is_gain else 0.0))
    shape = (BATCH, c["positions"])
    ids = torch.randint(0, c["vocab_size"], shape, generator=generator)
    targets = torch.randint(0, c["vocab_size"], shape, generator=generator)
    targets[torch.rand(shape, generator=generator) < 0.25] = -1
    targets[0, 0], targets[0, -1], targets[-1, -1] = -1, 0, c["vocab_size"] - 1

    logits = model(ids)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
    loss.backward()

    tensors = dict(ids=ids.int(), targets=targets.int(), logits=logits, loss=loss)
    for key, parameter in model.named_parameters():
        tensors[key], tensors[f"gradient.{key}"] = parameter, parameter.grad
    configuration = dict(c, batch=BATCH, layer_norm_epsilon=EPSILON, activation_function="gelu_new")
    write(ROOT / "Tests/ModelsTests/Fixtures" / f"{name}.safetensors", tensors, configuration)


def record_adamw(seed):
    generator = torch.Generator().manual_seed(seed)
    steps, warm_up = 10, 3
    options = dict(beta1=0.9, beta2=0.95, epsilon=1e-8, clippingNorm=1.0, weightDecay=dict(matrix=0.1, vector=0.0))
    shapes = dict(matrix=(7, 5), vector=(19,))
    values = {key: nn.Parameter(draw(shape, 0.5, generator)) for key, shape in shapes.items()}
    tensors = {f"initial.{key}": value.detach().clone() for key, value in values.items()}
    optimizer = torch.optim.AdamW(
        [dict(params=[value], weight_decay=options["weightDecay"][key]) for key, value in values.items()],
        betas=(options["beta1"], options["beta2"]), eps=options["epsilon"])
    rates, norms = [], []
    for step in range(steps):
        # A warm-up followed by half a cosine, and gradients on both sides of the clipping norm.
        progress = max(0, step + 1 - warm_up) / (steps - warm_up)
        rate = 0.02 * min(1, (step + 1) / warm_up) * (0.55 + 0.45 * math.cos(math.pi * progress))
        rate = torch.tensor(rate, dtype=torch.float32).item()
        for group in optimizer.param_groups:
            group["lr"] = rate
        for key, value in values.items():
            value.grad = draw(value.shape, [0.05, 0.4, 3.0][step % 3], generator)
            tensors[f"gradient.{step}.{key}"] = value.grad.clone()
        norms.append(nn.utils.clip_grad_norm_(values.values(), options["clippingNorm"]))
        rates.append(rate)
        optimizer.step()
        for key, value in values.items():
            tensors[f"value.{step}.{key}"] = value.detach().clone()
    for key, value in values.items():
        tensors[f"firstMoment.{key}"] = optimizer.state[value]["exp_avg"]
        tensors[f"secondMoment.{key}"] = optimizer.state[value]["exp_avg_sq"]
    tensors["learningRates"], tensors["gradientNorms"] = torch.tensor(rates), torch.stack(norms)
    write(ROOT / "Tests/TrainingTests/Fixtures/adamw.safetensors", tensors, dict(options, steps=steps))


def write(path, tensors, configuration):
    rounded = {}
    for key, tensor in tensors.items():
        tensor = tensor.detach()
        rounded[key] = (tensor if tensor.dtype == torch.int32 else tensor.to(torch.float32)).contiguous().clone()
        if not torch.isfinite(rounded[key]).all():
            raise SystemExit(f"{path.name}: {key} is not finite")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(rounded, path, metadata=dict(configuration=json.dumps(configuration, sort_keys=True)))
    print(f"{path.relative_to(ROOT)}: {len(rounded)} tensors, {path.stat().st_size} bytes")


# One thread: the order of additions, and with it the last bit, is then the same everywhere.
torch.set_num_threads(1)
for index, (name, c) in enumerate(GPTS.items()):
    record_gpt(name, c, seed=1 + index)
record_adamw(seed=11)
