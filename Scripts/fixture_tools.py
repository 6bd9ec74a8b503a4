"""What the scripts that record fixtures share: how numbers are drawn, and how files are written.

Every input is a float32 number; what follows from it is computed in float64 and rounded to float32 once (a peer that
rounds inside, as Hugging Face's RMSNorm does, keeps its own rounding). The same bytes come out each time.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests/ModelsTests/Fixtures"


def draw(shape, deviation, generator, mean=0.0):
    """Normal float32 numbers, as float64."""
    numbers = torch.randn(shape, dtype=torch.float64, generator=generator) * deviation + mean
    return numbers.to(torch.float32).to(torch.float64)


def fill(module, generator, deviation=0.25):
    """Gives every parameter numbers of its own: gains and biases differ from 1 and 0 so that a forgotten one shows."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            is_gain = parameter.dim() == 1 and name.endswith("weight")
            mean = 1.0 if is_gain else 0.0
            parameter.copy_(draw(parameter.shape, 0.3 if is_gain else deviation, generator, mean))
    return module


def padding_mask(lengths, places):
    """1 where there is a token: [batch, places]."""
    return (torch.arange(places)[None, :] < torch.tensor(lengths)[:, None]).int()


def some_ids(shape, vocabulary, generator):
    return torch.randint(0, vocabulary, shape, generator=generator)


def some_targets(mask, vocabulary, generator, share=0.75):
    """Ids to predict at about this share of the tokens; -1, which is not scored, elsewhere."""
    targets = some_ids(mask.shape, vocabulary, generator)
    hidden = torch.rand(mask.shape, generator=generator) >= share
    targets[hidden | (mask == 0)] = -1
    targets[0, 0], targets[0, 1], targets[0, 2] = -1, 0, vocabulary - 1
    return targets


def cross_entropy(logits, targets, smoothing=0.0):
    return F.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=-1, label_smoothing=smoothing)


def weights_and_gradients(module, convert):
    """The module's weights under Attend's names, and their gradients after `gradient.`.

    `convert` takes a dictionary by the peer's names and returns one by ours; it only joins, cuts and transposes, so what is
    right for the weights is right for the gradients.
    """
    weights = dict(module.named_parameters())
    # What a loss does not depend on has no gradient in PyTorch, and one of zeros here.
    gradients = {
        name: torch.zeros_like(weight) if weight.grad is None else weight.grad
        for name, weight in weights.items()}
    ours = convert(weights)
    if sum(t.numel() for t in ours.values()) != sum(t.numel() for t in weights.values()):
        raise SystemExit("the conversion drops or repeats weights")
    return ours | {f"gradient.{name}": tensor for name, tensor in convert(gradients).items()}


def write(name, tensors, configuration):
    path = FIXTURES / f"{name}.safetensors"
    rounded = {}
    for key, tensor in tensors.items():
        tensor = tensor.detach()
        dtype = torch.float32 if tensor.is_floating_point() else torch.int32
        rounded[key] = tensor.to(dtype).contiguous().clone()
        if not torch.isfinite(rounded[key]).all():
            raise SystemExit(f"{path.name}: {key} is not finite")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(rounded, path, metadata=dict(configuration=json.dumps(configuration, sort_keys=True)))
    print(f"{path.relative_to(ROOT)}: {len(rounded)} tensors, {path.stat().st_size} bytes")


# One thread: the order of additions, and with it the last bit, is then the same everywhere.
torch.set_num_threads(1)
