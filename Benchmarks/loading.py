"""How fast a model's file opens and is ready to run, beside `cat` of the same file.

    swift build -c release
    python3 Benchmarks/loading.py [--attend PATH] [--directory DIR] [--rounds N]

Writes two models of about 500 MB in float32 (GPT-2's layout and Llama's), once, with numpy alone; then, in turns, reads
each with `cat FILE > /dev/null` and with `attend bench load`, and prints the best of each and their ratio. The files are
in the page cache in both cases. With --precisions the same for float16 and bfloat16.
"""

import argparse
import json
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import numpy

GPT2 = dict(
    model_type="gpt2", vocab_size=50257, n_positions=1024, n_embd=768, n_layer=12, n_head=12,
    activation_function="gelu_new", layer_norm_epsilon=1e-5, bos_token_id=0, eos_token_id=0)
LLAMA = dict(
    model_type="llama", vocab_size=32000, hidden_size=1024, intermediate_size=2816, num_hidden_layers=5,
    num_attention_heads=16, num_key_value_heads=8, max_position_embeddings=2048, rms_norm_eps=1e-5,
    rope_parameters=dict(rope_type="default", rope_theta=10000.0), hidden_act="silu", tie_word_embeddings=False)


def gpt2_shapes(c):
    width = c["n_embd"]
    yield "transformer.wte.weight", [c["vocab_size"], width]
    yield "transformer.wpe.weight", [c["n_positions"], width]
    for layer in range(c["n_layer"]):
        prefix = f"transformer.h.{layer}."
        for name, inputs, outputs in [
            ("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, 4 * width),
            ("mlp.c_proj", 4 * width, width),
        ]:
            yield f"{prefix}{name}.weight", [inputs, outputs]
            yield f"{prefix}{name}.bias", [outputs]
        for name in ("ln_1", "ln_2"):
            yield f"{prefix}{name}.weight", [width]
            yield f"{prefix}{name}.bias", [width]
    yield "transformer.ln_f.weight", [width]
    yield "transformer.ln_f.bias", [width]


def llama_shapes(c):
    width, hidden = c["hidden_size"], c["intermediate_size"]
    keys = width * c["num_key_value_heads"] // c["num_attention_heads"]
    yield "model.embed_tokens.weight", [c["vocab_size"], width]
    for layer in range(c["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        yield f"{prefix}input_layernorm.weight", [width]
        yield f"{prefix}post_attention_layernorm.weight", [width]
        for name, outputs, inputs in [
            ("self_attn.q_proj", width, width), ("self_attn.k_proj", keys, width), ("self_attn.v_proj", keys, width),
            ("self_attn.o_proj", width, width), ("mlp.gate_proj", hidden, width), ("mlp.up_proj", hidden, width),
            ("mlp.down_proj", width, hidden),
        ]:
            yield f"{prefix}{name}.weight", [outputs, inputs]
    yield "model.norm.weight", [width]
    yield "lm_head.weight", [c["vocab_size"], width]


def write(directory, configuration, shapes, dtype):
    """A safetensors file of uniform numbers, written tensor by tensor."""
    path = directory / "model.safetensors"
    if path.exists():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps(configuration))
    size = dict(F32=4, F16=2, BF16=2)[dtype]
    header, offset = {}, 0
    for name, shape in shapes:
        end = offset + int(numpy.prod(shape)) * size
        header[name] = dict(dtype=dtype, shape=shape, data_offsets=[offset, end])
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    random = numpy.random.default_rng(1)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for entry in header.values():
            count = int(numpy.prod(entry["shape"]))
            numbers = (random.random(count, dtype=numpy.float32) - 0.5) * 0.1
            if dtype == "F16":
                numbers = numbers.astype(numpy.float16)
            if dtype == "BF16":
                numbers = (numbers.view(numpy.uint32) >> 16).astype(numpy.uint16)
            file.write(numbers.tobytes())
    return path


def cat(path):
    begin = time.perf_counter()
    subprocess.run(f"cat '{path}' > /dev/null", shell=True, check=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--attend", default=".build/release/attend")
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()) / "attend-loading")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--precisions", action="store_true")
    options = parser.parse_args()
    for name, configuration, shapes in [("gpt2", GPT2, gpt2_shapes), ("llama", LLAMA, llama_shapes)]:
        for dtype in ["F32", "F16", "BF16"] if options.precisions else ["F32"]:
            path = write(options.directory / f"{name}-{dtype}", configuration, shapes(configuration), dtype)
            size = path.stat().st_size
            reads, loads, processes = [], [], []
            for _ in range(options.rounds):
                reads.append(cat(path))
                begin = time.perf_counter()
                report = subprocess.run(
                    [options.attend, "bench", "load", str(path.parent), "--json"], capture_output=True, check=True)
                processes.append(time.perf_counter() - begin)
                loads.append(json.loads(report.stdout)["seconds"])
            best, load = min(reads), min(loads)
            print(
                f"{name} {dtype}, {size / 1e6:.0f} MB: cat {best * 1e3:.0f} ms ({size / best / 1e9:.1f} GB/s), attend "
                f"{load * 1e3:.0f} ms ({size / load / 1e9:.1f} GB/s; {min(processes) * 1e3:.0f} ms with its process): "
                f"{best / load:.0%} of cat's speed")


if __name__ == "__main__":
    main()
