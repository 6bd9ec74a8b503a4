"""Records the safetensors files that CheckpointsTests reads, as the format's own library writes them.

    python3 Scripts/record-safetensors-fixtures.py            # rewrites Tests/CheckpointsTests/Fixtures
    python3 Scripts/record-safetensors-fixtures.py --check FILE…  # loads files written by Attend, prints them

Needs the packages safetensors and torch.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

FOLDER = Path(__file__).resolve().parent.parent / "Tests" / "CheckpointsTests" / "Fixtures"


def record() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The two types that Attend writes too: SafetensorsWriter must give these very bytes.
    save_file(
        {
            "layer.weight": torch.tensor([[1.0, -2.5, 3.25], [0.0, float("inf"), 1e-38]]),
            "layer.bias": torch.tensor([0.5, -0.5]),
            "embedding": torch.arange(8, dtype=torch.float32).reshape(4, 2).to(torch.bfloat16),
            "scalar": torch.tensor(7.0),
            "empty": torch.zeros(0, 3),
            'quo"te\n\u00e9': torch.tensor([1.0]),
        },
        FOLDER / "floats.safetensors",
        metadata={"format": "pt"},
    )
    # Every other type, the same five values where they exist in it.
    values = [0, 1, 2, 100, 127]
    integers = {
        "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "U16": torch.uint16,
        "I32": torch.int32, "U32": torch.uint32, "I64": torch.int64, "U64": torch.uint64,
    }
    tensors = {name: torch.tensor(values, dtype=dtype) for name, dtype in integers.items()}
    tensors["BOOL"] = torch.tensor([False, True, True, False, True])
    tensors["F16"] = torch.tensor([0.0, -1.5, 65504.0, 6e-8, float("inf")], dtype=torch.float16)
    tensors["BF16"] = torch.tensor([0.0, -1.5, 3e38, 1e-40, float("-inf")], dtype=torch.bfloat16)
    tensors["F64"] = torch.tensor([0.0, -1.5, 0.1, 1e-300, float("inf")], dtype=torch.float64)
    save_file(tensors, FOLDER / "types.safetensors")
    for name in ("F16", "BF16", "F64"):
        print(name, tensors[name].to(torch.float32).tolist())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        for path in sys.argv[2:]:
            for name, tensor in load_file(path).items():
                print(path, repr(name), tensor.dtype, tuple(tensor.shape), tensor.flatten()[:4].tolist())
    else:
        record()
