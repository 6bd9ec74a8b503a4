"""Holds GGUF files to the packages gguf, transformers and llama-cpp-python, in both directions.

    python3 -m pip install -r Benchmarks/requirements.txt
    swift build -c release
    python3 Scripts/compare-gguf.py [--attend PATH] [--only WORD]…

1. Files that the package gguf writes, of a tiny random gpt2 and llama with their tokenizers, in every type that is read:
   `attend logits` has to agree to within 1e-4 with transformers on the same rounded weights, `attend tokenize` with
   llama.cpp on every line.
2. Tiny models of transformers, exported by `attend export --to gguf`: gguf.GGUFReader has to find llama.cpp's names,
   llama.cpp the logits of `attend logits` and its greedy tokens; the export of the export has to have the same bytes.
3. Models that `attend train` makes, with characters, bytes and byte pairs: the same, and the text of
   `attend generate --temperature 0`.

llama.cpp computes GELU by a table in half precision, and multiplies rounded weights by rounded vectors; TOLERANCES says
what that may change. What the rounded weights themselves are is held more sharply: the package gguf has to widen every
tensor to the floats of our export of that file in float32, and llama.cpp has to run that export as we run the rounded
file. Its key-value cache is set to float32. Nothing is fetched.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
import transformers

from family_table import CAUSAL, some_ids
from gguf_files import LINES, STORED, write_gpt2, write_llama

# The most that logits of llama.cpp and ours may differ by, as a share of the largest.
TOLERANCES = {"float32": 2e-3, "float16": 4e-3, "bfloat16": 2e-2, "q8_0": 1e-1, "q4_0": 1e-1}


class Mismatch(Exception):
    pass


def attend(*arguments, input=None):
    result = subprocess.run(
        [attend.program, *map(str, arguments)], capture_output=True, text=True, input=input)
    if result.returncode != 0:
        raise Mismatch(f"attend {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def our_logits(path, ids):
    out = attend("logits", path, "--tokens", ",".join(map(str, ids)), "--json")
    return np.array(json.loads(out)["logits"], dtype=np.float64)


def our_ids(path, text, folder):
    file = folder / "line.txt"
    file.write_bytes(text.encode())
    return json.loads(attend("tokenize", path, "--file", file, "--no-special-tokens", "--json"))["ids"]


class Peer:
    """A file as llama.cpp runs it."""

    def __init__(self, path, context=24):
        self.llama = llama_cpp.Llama(
            str(path), n_ctx=context, n_batch=context, logits_all=True, verbose=False, n_threads=1, type_k=0, type_v=0,
            flash_attn=False)

    def logits(self, ids):
        self.llama.reset()
        self.llama.eval(ids)
        return np.array(self.llama.scores[: len(ids)], dtype=np.float64)

    def greedy(self, ids, count):
        made = list(ids)
        for _ in range(count):
            made.append(int(self.logits(made)[-1].argmax()))
        return made[len(ids):]

    def ids(self, text):
        return self.llama.tokenize(text.encode(), add_bos=False, special=False)


def check(condition, what):
    if not condition:
        raise Mismatch(what)


def compare(ours, theirs, tolerance, what):
    check(ours.shape == theirs.shape, f"{what}: logits of shape {ours.shape} and {theirs.shape}")
    found = np.abs(ours - theirs).max() / np.abs(theirs).max()
    check(found < tolerance, f"{what}: logits differ by {found:.1e} of the largest")
    return found


def compare_tokenizers(path, peer, folder, lines=LINES):
    for line in lines:
        ours, theirs = our_ids(path, line, folder), peer.ids(line)
        check(ours == theirs, f"ids of {line!r}: {ours} instead of {theirs}")
    return len(lines)


# 1. Files of the package gguf.

def compare_library(precision, family, folder):
    path = folder / f"{family}.gguf"
    if family == "llama":
        path, model = write_llama(path, precision, folder)
    else:
        path, model = write_gpt2(path, precision, family)
    ids = some_ids(20, 5, vocabulary=model.config.vocab_size)
    with torch.no_grad():
        theirs = model(torch.tensor([ids])).logits[0].double().numpy()
    found = compare(our_logits(path, ids), theirs, 1e-4, "transformers")
    lines = compare_tokenizers(path, Peer(path, 64), folder)
    # What is written again has the same tokenizer.
    again = folder / "again.gguf"
    attend("export", path, "--to", "gguf", "--out", again)
    compare(our_logits(again, ids), theirs, 1e-4, "transformers, written again")
    compare_tokenizers(again, Peer(again, 64), folder)
    return f"logits of transformers to {found:.0e}, ids of llama.cpp on {lines} lines"


# 2. and 3. Files that Attend writes.

def contents(path):
    """Values and tensors by their names; biases that a model lacks stand at the end the first time."""
    reader = gguf.GGUFReader(path)
    tensors = {t.name: (t.tensor_type, t.shape.tolist(), t.data.tobytes()) for t in reader.tensors}
    return {name: field.contents() for name, field in reader.fields.items()}, tensors


def compare_export(path, context, folder, precision="float32", vocabulary=37):
    """The file as llama.cpp and as `attend` run it."""
    reader = gguf.GGUFReader(path)
    check(reader.get_field("general.architecture") is not None, "no architecture")
    peer = Peer(path, context)
    ids = some_ids(min(16, context - 6), 7, vocabulary=vocabulary)
    ours, theirs = our_logits(path, ids), peer.logits(ids)
    found = compare(ours, theirs, TOLERANCES[precision], "llama.cpp")
    if precision == "float32":
        made = peer.greedy(ids[:4], 12)
        sequence = our_logits(path, ids[:4] + made)
        check(sequence[3:-1].argmax(axis=1).tolist() == made, "llama.cpp makes other greedy tokens")
        again = folder / "again.gguf"
        attend("export", path, "--to", "gguf", "--out", again)
        check(contents(again) == contents(path), "the export of the export has other contents")
        again.unlink()
    return peer, found


def compare_widened(path, context, folder, vocabulary):
    """The weights of a rounded file, as the package gguf and llama.cpp see them when they are widened again."""
    wide = folder / "wide.gguf"
    attend("export", path, "--to", "gguf", "--out", wide, "--precision", "float32")
    widened = {t.name: t.data for t in gguf.GGUFReader(wide).tensors}
    for tensor in gguf.GGUFReader(path).tensors:
        theirs = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        check(np.array_equal(theirs.ravel(), widened[tensor.name].ravel()), f"the package gguf widens {tensor.name} otherwise")
    ids = some_ids(min(16, context - 6), 7, vocabulary=vocabulary)
    found = compare(our_logits(path, ids), Peer(wide, context).logits(ids), TOLERANCES["float32"], "llama.cpp, widened")
    wide.unlink()
    return found


def compare_row(row, folder):
    model = row.make(11)
    source = folder / "source"
    model.save_pretrained(source)
    path = folder / "model.gguf"
    attend("export", source, "--to", "gguf", "--out", path)
    _, found = compare_export(path, 24, folder)
    ids = some_ids(16, 7)
    with torch.no_grad():
        theirs = model(torch.tensor([ids])).logits[0].double().numpy()
    compare(our_logits(path, ids), theirs, 1e-4, "transformers")
    return f"llama.cpp's logits to {found:.0e} and greedy tokens"


def compare_run(flags, folder):
    run = folder / "run"
    attend("train", "--data", "tales", "--width", "64", "--layers", "2", "--heads", "4", "--context", "48", "--batch",
           "4", "--steps", "30", "--out", run, *flags)
    prompt = "Once upon a time"
    generated = json.loads(attend(
        "generate", run, "--prompt", prompt, "--temperature", "0", "--max-tokens", "24", "--json"))
    worst = {}
    for precision in STORED:
        path = folder / f"{precision}.gguf"
        attend("export", run, "--to", "gguf", "--out", path, "--precision", precision)
        peer, worst[precision] = compare_export(path, 48, folder, precision, vocabulary=40)
        if precision != "float32":
            worst[f"{precision} widened"] = compare_widened(path, 48, folder, vocabulary=40)
            continue
        ids = our_ids(run, prompt, folder)
        lines = ["The old king went home.", "to be, or not", prompt] + (LINES if "--tokenizer" in flags else [])
        for line in lines:
            theirs = peer.ids(line)
            check(our_ids(run, line, folder) == theirs, f"ids of {line!r} in the run")
            check(our_ids(path, line, folder) == theirs, f"ids of {line!r} in the file")
        made = peer.greedy(ids, generated["tokens"])
        text = attend("detokenize", run, "--ids", ",".join(map(str, made)), "--json")
        check(json.loads(text)["text"] == generated["text"], "llama.cpp makes another text than attend generate")
        again = json.loads(attend(
            "generate", path, "--prompt", prompt, "--temperature", "0", "--max-tokens", "24", "--json"))
        check(again["text"] == generated["text"], "attend generate makes another text of the file")
    found = ", ".join(f"{name} {share:.0e}" for name, share in worst.items())
    return f"text and ids of llama.cpp, logits to {found}"


REFUSED = {
    "gpt2-wide": "activation", "llama-tied": "hiddenFunction", "mistral": "window", "qwen2-window": "window",
    "qwen3-tied": "biases", "mixtral-window": "window", "gpt_oss": "no family", "deepseek_v3": "latent",
    "deepseek_v3-interleaved": "latent",
}


def compare_refusal(row, folder):
    row.make(11).save_pretrained(folder / "source")
    try:
        attend("export", folder / "source", "--to", "gguf", "--out", folder / "model.gguf")
    except Mismatch as error:
        check(REFUSED[row.name] in str(error), f"another reason: {error}")
        check(not (folder / "model.gguf").exists(), "a file is there")
        return f"refused: {str(error).split('GGUF: ')[-1]}"
    raise Mismatch("is not refused")


def cases():
    for family in ("gpt-2", "llama-bpe", "qwen2", "smollm", "llama"):
        for precision in STORED if family in ("gpt-2", "llama") else ["float32"]:
            yield f"library {family} {precision}", lambda folder, p=precision, f=family: compare_library(p, f, folder)
    for row in CAUSAL:
        act = compare_refusal if row.name in REFUSED else compare_row
        yield f"transformers {row.name}", lambda folder, row=row, act=act: act(row, folder)
    for flags in ((), ("--tokenizer", "byte"), ("--tokenizer", "bpe", "--vocabulary", "300"),
                  ("--preset", "llama"), ("--preset", "llama", "--tokenizer", "bpe", "--vocabulary", "300")):
        yield " ".join(("train", *flags)), lambda folder, flags=flags: compare_run(flags, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--attend", default=".build/release/attend")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    attend.program = options.attend
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    failures = 0
    for name, act in cases():
        if options.only and not any(word in name for word in options.only):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"{name}: {act(Path(folder))}", flush=True)
            except Mismatch as error:
                failures += 1
                print(f"{name}: FAILED: {error}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
