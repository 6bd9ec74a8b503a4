"""Records 50 steps of every optimizer on a matrix, a wide matrix, a table and a vector.

Usage: python Scripts/record-optimizer-fixtures.py   (needs torch 2.13)

    Tests/TrainingTests/Fixtures/optimizers.safetensors

Everything is computed in float64 and rounded to float32 once. PyTorch's own classes make the steps; Lion, which it has not,
is its paper's algorithm 2, and Muon is held to PyTorch's, which multiplies in bfloat16, before its steps are recorded.
"""

import json

import torch
from safetensors.torch import save_file

from fixture_tools import ROOT

STEPS = 50
SHAPES = {"tall": (9, 5), "wide": (4, 12), "table": (7, 6), "vector": (11,)}
KEPT = (1, 2, 10, 50)


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, parameters, lr, betas, weight_decay):
        super().__init__(parameters, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("moment", torch.zeros_like(p))
                direction = (beta1 * m + (1 - beta1) * p.grad).sign()
                p.sub_(group["lr"] * (direction + group["weight_decay"] * p))
                m.mul_(beta2).add_((1 - beta2) * p.grad)


def orthogonalised(matrix, dtype):
    """Jordan et al. 2024: five steps of Newton and Schulz."""
    x = matrix.to(dtype)
    if x.size(0) > x.size(1):
        x = x.T
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.T if matrix.size(0) > matrix.size(1) else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, at the scale of Liu et al. 2025, §2.2."""

    def __init__(self, parameters, lr, momentum, weight_decay, dtype=torch.float64):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))
        self.dtype = dtype

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("moment", torch.zeros_like(p))
                m.lerp_(p.grad, 1 - group["momentum"])
                direction = orthogonalised(p.grad.lerp(m, group["momentum"]), self.dtype)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(group["lr"] * 0.2 * max(p.shape) ** 0.5 * direction)


def both(make_matrix, make_other):
    """One optimizer for the matrices, another for the rest."""
    def make(p):
        return [make_matrix([p["tall"], p["wide"]]), make_other([p["table"], p["vector"]])]
    return make


def all_of(make):
    return lambda p: [make(list(p.values()))]


ADAM = dict(betas=(0.9, 0.95), eps=1e-8)
OPTIMIZERS = {
    "sgd": all_of(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1)),
    "nesterov": all_of(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1, nesterov=True)),
    "adam": all_of(lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1, **ADAM)),
    "adamw": all_of(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, **ADAM)),
    "lion": all_of(lambda p: Lion(p, lr=0.01, betas=(0.9, 0.95), weight_decay=0.1)),
    "adafactor": all_of(lambda p: torch.optim.Adafactor(
        p, lr=0.1, weight_decay=0.1, eps=(torch.finfo(torch.float32).eps, 1e-3))),
    "muon": both(
        lambda p: Muon(p, lr=0.01, momentum=0.95, weight_decay=0.1),
        lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, **ADAM)),
}


def run(make, start, gradients):
    parameters = {name: torch.nn.Parameter(tensor.clone()) for name, tensor in start.items()}
    optimizers = make(parameters)
    kept = {}
    for step in range(1, STEPS + 1):
        for name, p in parameters.items():
            p.grad = gradients[name][step - 1].clone()
        for optimizer in optimizers:
            optimizer.step()
        if step in KEPT:
            for name, p in parameters.items():
                kept[f"{step}.{name}"] = p.detach().clone()
    return kept


def main():
    generator = torch.Generator().manual_seed(7)

    def draw(shape):
        return torch.randn(shape, dtype=torch.float64, generator=generator).float().double()

    start = {name: draw(shape) for name, shape in SHAPES.items()}
    gradients = {name: draw((STEPS, *shape)) for name, shape in SHAPES.items()}
    # What a table learns nothing about has no gradient for a while.
    gradients["table"][:5, 2] = 0
    tensors = {f"start.{name}": tensor for name, tensor in start.items()}
    tensors |= {f"gradients.{name}": tensor for name, tensor in gradients.items()}
    for name, make in OPTIMIZERS.items():
        tensors |= {f"{name}.{key}": tensor for key, tensor in run(make, start, gradients).items()}

    # Ours against PyTorch's Muon, in the precision that it has.
    matrices = {name: start[name] for name in ("tall", "wide")}
    theirs = run(lambda p: [torch.optim.Muon(
        list(p.values()), lr=0.01, momentum=0.95, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")],
        matrices, gradients)
    ours = run(lambda p: [Muon(list(p.values()), lr=0.01, momentum=0.95, weight_decay=0.1, dtype=torch.bfloat16)],
               matrices, gradients)
    worst = max((theirs[key] - ours[key]).abs().max().item() for key in theirs)
    print(f"Muon differs from PyTorch's by at most {worst:.1e}")
    assert worst < 2e-2, "Muon is not PyTorch's"

    path = ROOT / "Tests/TrainingTests/Fixtures/optimizers.safetensors"
    save_file({name: tensor.float().contiguous() for name, tensor in tensors.items()}, path,
              metadata={"steps": json.dumps(KEPT)})
    print(f"{path.name}: {path.stat().st_size} bytes")


main()
