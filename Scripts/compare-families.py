"""Holds every family of models to Hugging Face transformers, in both directions.

    python3 -m pip install -r Benchmarks/requirements.txt
    swift build -c release
    python3 Scripts/compare-families.py [--attend PATH] [--only NAME]…

For each row of family_table.py: a tiny random model is saved by transformers; `attend logits` has to agree with it to
within 1e-4; `attend export` of it has to load in transformers without a missing or unexpected key, and give the same
logits; and what is exported once more from that has to have the same bits. Then, for every preset of `attend train`: a few
steps of training, export, and transformers against `attend logits` of the run; or, of the few that transformers has no
class for, the sentence that says so. Nothing is fetched.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors import safe_open

from family_table import PRESETS, REFUSED, ROWS, logits, some_ids

TOLERANCE = 1e-4


class Mismatch(Exception):
    pass


def attend(program, *arguments):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise Mismatch(f"attend {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def attend_logits(program, directory, ids, sources=None):
    arguments = ["logits", directory, "--tokens", ",".join(map(str, ids)), "--json"]
    if sources is not None:
        arguments += ["--source-tokens", ",".join(map(str, sources))]
    return torch.tensor(json.loads(attend(program, *arguments))["logits"])


def load(directory, model_class):
    """A model from a directory, which has to have exactly its keys."""
    model, info = getattr(transformers, model_class).from_pretrained(directory, output_loading_info=True)
    wrong = {name: keys for name, keys in info.items() if keys}
    if wrong:
        raise Mismatch(f"transformers finds {wrong}")
    return model.eval()


def difference(ours, theirs):
    if ours.shape != theirs.shape:
        raise Mismatch(f"logits of shape {list(ours.shape)} and {list(theirs.shape)}")
    found = (ours - theirs).abs().max().item()
    if not found < TOLERANCE:
        raise Mismatch(f"logits differ by {found}")
    return found


def tensors(directory):
    found = {}
    for path in sorted(Path(directory).glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            found |= {name: file.get_tensor(name) for name in file.keys()}
    return found


def same_bits(first, second):
    first, second = tensors(first), tensors(second)
    if first.keys() != second.keys():
        raise Mismatch(f"tensors {sorted(first.keys() ^ second.keys())} are in one of two files only")
    for name in first:
        if not torch.equal(first[name].view(torch.int32), second[name].view(torch.int32)):
            raise Mismatch(f"{name} has other bits")


def compare_row(program, row, seed, scratch):
    saved, exported, again = (scratch / name for name in ("saved", "exported", "again"))
    model = row.make(seed)
    model.save_pretrained(saved)
    ids = some_ids(20, seed)
    sources = some_ids(13, seed + 1) if row.kind == "encoder-decoder" else None
    read = difference(attend_logits(program, saved, ids, sources), logits(model, row, ids, sources))
    # A limit so small that there are several shards.
    attend(program, "export", saved, "--to", "huggingface", "--out", exported, "--shard-size", 8000)
    if len(list(exported.glob("*.safetensors"))) < 2:
        raise Mismatch("the export has one file where several were asked for")
    back = load(exported, row.model)
    written = difference(logits(back, row, ids, sources), logits(model, row, ids, sources))
    attend(program, "export", exported, "--to", "huggingface", "--out", again)
    same_bits(exported, again)
    load(again, row.model)
    return f"reads to {read:.1e}, writes to {written:.1e} ({json.loads((exported / 'config.json').read_text())['model_type']})"


def compare_preset(program, preset, scratch):
    run, exported = scratch / "run", scratch / "exported"
    attend(program, "train", *preset.arguments, "--steps", 5, "--out", run, "--json")
    if preset.changes:
        configuration = json.loads((run / "config.json").read_text())
        model = configuration["model"]
        for key, value in preset.changes.items():
            model[key] = model[key] | value if isinstance(value, dict) and isinstance(model.get(key), dict) else value
        (scratch / "changed.json").write_text(json.dumps(configuration))
        run = scratch / "changed"
        attend(program, "train", "--config", scratch / "changed.json", "--steps", 5, "--out", run, "--json")
    attend(program, "export", run, "--to", "huggingface", "--out", exported)
    model = load(exported, preset.model)
    size = model.config.vocab_size
    # Ours leaves padding out of a source by itself, and transformers by a mask: there is none here.
    ids, sources = some_ids(16, 1, first=1 if preset.kind == "causal" else 4, vocabulary=size), None
    if preset.kind == "encoder-decoder":
        sources = some_ids(11, 2, first=4, vocabulary=size)
    found = difference(attend_logits(program, run, ids, sources), logits(model, preset, ids, sources))
    again = difference(attend_logits(program, exported, ids, sources), logits(model, preset, ids, sources))
    return f"run to {found:.1e}, its export to {again:.1e} ({model.config.model_type}){same_ids(run, exported, preset.tokenizer)}"


def compare_refusal(program, name, flags, sentence, scratch):
    attend(program, "train", "--preset", name, *flags, "--steps", 2, "--out", scratch / "run", "--json")
    try:
        attend(program, "export", scratch / "run", "--to", "huggingface", "--out", scratch / "exported")
    except Mismatch as refusal:
        if sentence in str(refusal):
            return f"is refused: {str(refusal).split('transformers: ')[-1]}"
        raise
    raise Mismatch("is exported, but the table says that it cannot be")


def compare_presets_listed(program, scratch):
    """Whether the table has every preset that there is."""
    result = subprocess.run([program, "train", "--preset", "?"], capture_output=True, text=True)
    names = set(re.search("expected one of (.*)\\.", result.stderr).group(1).split(", "))
    listed = {preset.arguments[1] for preset in PRESETS} | set(REFUSED)
    if names != listed:
        raise Mismatch(f"{sorted(names ^ listed)} are in the program or in the table alone")
    return f"all {len(names)} presets have a row"


def same_ids(run, exported, tokenizer_class):
    """Whether transformers' tokenizer gives the ids that the run's own gives."""
    if not (exported / "tokenizer.json").exists():
        return ""
    tokenizer = getattr(transformers, tokenizer_class).from_pretrained(exported)
    text = "The fox said: the old woman, the river.\n"
    saved = json.loads((run / "tokenizer.json").read_text())
    kind = saved.get("type") if "model" not in saved else "pipeline"
    if kind == "character":
        first = len(saved.get("specialTokens", []))
        table = {character: first + id for id, character in enumerate(saved["characters"])}
        text = "".join(character for character in text if character in table)
        expected = [table[character] for character in text]
    elif kind == "byte":
        expected = list(text.encode())
    else:
        from tokenizers import Tokenizer
        expected = Tokenizer.from_file(str(run / "tokenizer.json")).encode(text).ids
    found = tokenizer(text, add_special_tokens=False)["input_ids"]
    if found != expected:
        raise Mismatch(f"AutoTokenizer gives {found} where {expected} is right")
    if tokenizer.decode(expected) != text:
        raise Mismatch(f"AutoTokenizer decodes {tokenizer.decode(expected)!r} where {text!r} is right")
    return f", {len(expected)} ids of its {kind} tokenizer"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--attend", default=".build/release/attend")
    parser.add_argument("--only", action="append", help="a row's or preset's name")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    failures = 0
    work = [(row.name, compare_row, row, seed) for seed, row in enumerate(ROWS, 1)]
    work += [(preset.name, compare_preset, preset) for preset in PRESETS]
    work += [(f"train {name}", compare_refusal, name, *expected) for name, expected in REFUSED.items()]
    work.append(("train", compare_presets_listed))
    for name, compare, *arguments in work:
        if options.only and name not in options.only:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            try:
                print(f"{name:18} {compare(options.attend, *arguments, Path(scratch))}", flush=True)
            except Mismatch as mismatch:
                failures += 1
                print(f"{name:18} FAILS: {mismatch}", flush=True)
    if failures:
        sys.exit(f"{failures} of {len(work)} differ")


if __name__ == "__main__":
    main()
