"""Records the GGUF files that CheckpointsTests reads, as the format's own library writes them.

    python3 Scripts/record-gguf-fixtures.py            # rewrites Tests/CheckpointsTests/Fixtures/GGUF

Needs the packages of Benchmarks/requirements.txt, of which llama.cpp gives the ids and transformers the logits.
"""

import json
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type, GGUFValueType as Value

from family_table import some_ids
from gguf_files import LINES, write_gpt2, write_llama

FOLDER = Path(__file__).resolve().parent.parent / "Tests/CheckpointsTests/Fixtures/GGUF"
STORED = {"F32": Type.F32, "F16": Type.F16, "BF16": Type.BF16, "Q8_0": Type.Q8_0, "Q4_0": Type.Q4_0}


def writer(name, architecture):
    return gguf.GGUFWriter(FOLDER / f"{name}.gguf", architecture)


def finish(made):
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    print(f"{made.path.name}: {made.path.stat().st_size} bytes")


def awkward_numbers():
    """Rows of 64 numbers: ordinary, tiny, huge, equal magnitudes of both signs, halves that are rounded, zeros."""
    random = np.random.default_rng(1)
    rows = [random.normal(0, scale, 64) for scale in (1, 0.02, 1e-7, 300)]
    rows.append(np.concatenate([np.linspace(-127, 127, 32), np.arange(32) * 0.5 - 8]))
    rows.append(np.concatenate([np.zeros(32), np.tile([-4.0, 4.0], 16)]))
    # 127 as the greatest of a block makes the scale 1, so that halves stay halves.
    rows.append(np.concatenate([[127.0], np.arange(31) + 0.5, [-127.0], -np.arange(31) - 0.5]))
    rows.append(np.concatenate([[-8.0], np.arange(31) % 8 - 3.5, [8.0], np.arange(31) % 7 - 2.5]))
    rows.append(np.concatenate([np.full(32, 1e-36), [6e-8, 65504.0, -65520.0, 1e-5], np.zeros(28)]))
    return np.array(rows, dtype=np.float32)


def record_types():
    made = writer("types", "example")
    for value in Value:
        key = f"one.{value.name.lower()}"
        match value:
            case Value.BOOL: made.add_bool(key, True)
            case Value.STRING: made.add_string(key, "Grüße, 世界 👩‍🚀")
            case Value.FLOAT32 | Value.FLOAT64: made.add_key_value(key, -0.1, value)
            case Value.ARRAY: pass
            case _: made.add_key_value(key, 2 ** 7 - 1, value)
    limits = {Value.UINT8: (0, 2**8 - 1), Value.INT8: (-2**7, 2**7 - 1),
              Value.UINT16: (0, 2**16 - 1), Value.INT16: (-2**15, 2**15 - 1),
              Value.UINT32: (0, 2**32 - 1), Value.INT32: (-2**31, 2**31 - 1),
              Value.UINT64: (0, 2**64 - 1), Value.INT64: (-2**63, 2**63 - 1)}
    for value, (least, most) in limits.items():
        made.add_key_value(f"many.{value.name.lower()}", [least, 1, most], Value.ARRAY, value)
    made.add_key_value("many.float32", [0.5, -1e-30, float("inf")], Value.ARRAY, Value.FLOAT32)
    made.add_key_value("many.float64", [0.5, -1e-300, float("inf")], Value.ARRAY, Value.FLOAT64)
    made.add_key_value("many.bool", [True, False, True], Value.ARRAY, Value.BOOL)
    made.add_key_value("many.string", ["", "a", "ä"], Value.ARRAY, Value.STRING)
    numbers = awkward_numbers()
    for name, stored in STORED.items():
        made.add_tensor(name, gguf.quantize(numbers, stored), raw_dtype=stored)
    for name in ("Q8_0", "Q4_0"):
        made.add_tensor(f"{name}.values", gguf.dequantize(gguf.quantize(numbers, STORED[name]), STORED[name]))
    made.add_tensor("scalars", np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2))
    finish(made)


def record_other_types():
    made = writer("other-types", "example")
    made.add_custom_alignment(64)
    made.add_tensor("blk.0.attn_q.weight", np.zeros((2, 144), dtype=np.uint8), raw_dtype=Type.Q4_K)
    made.add_tensor("numbers", np.arange(3, dtype=np.int32))
    made.add_tensor("norm", np.arange(16, dtype=np.float32))
    finish(made)


def record_model(name, path_and_model):
    path, model = path_and_model
    llama = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    ids = some_ids(8, 5, vocabulary=model.config.vocab_size)
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    recorded = dict(
        ids=ids, logits=[round(x, 6) for x in logits.flatten().tolist()],
        lines=[dict(text=t, ids=llama.tokenize(t.encode(), add_bos=False, special=False)) for t in LINES])
    (FOLDER / f"{name}.json").write_text(json.dumps(recorded, ensure_ascii=True) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {name}.json: {(FOLDER / f'{name}.json').stat().st_size}")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    record_types()
    record_other_types()
    sizes = dict(width=32, layers=1, context=16)
    record_model("gpt2", write_gpt2(FOLDER / "gpt2.gguf", "q8_0", "gpt-2", **sizes))
    record_model("llama-3", write_gpt2(FOLDER / "llama-3.gguf", "q4_0", "llama-bpe", **sizes))
    with tempfile.TemporaryDirectory() as folder:
        record_model("llama", write_llama(FOLDER / "llama.gguf", "q4_0", Path(folder), **sizes))
