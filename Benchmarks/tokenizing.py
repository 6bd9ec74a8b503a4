"""Times attend and PyPI tokenizers on the same text, by turns, each on one thread.

Usage: python Benchmarks/tokenizing.py gpt2.tiktoken TEXT [TEXT ...] [--megabytes N] [--runs N] [--attend PATH]

The vocabulary is GPT-2's. The text is what the files hold, repeated and cut to about N megabytes; give files
in several languages. Three things are compared, and for each the ratio of medians is printed:

- encoding: the library's own call alone, in a fresh process each time, as both programs report it; the
  library's twice: the whole text at once, and line by line, of which the faster counts
- reading tokenizer.json
- the whole process: read, encode, end

The library runs with RAYON_NUM_THREADS=1 and TOKENIZERS_PARALLELISM=false. The ids are compared, too.
"""

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# This file has the name of the package that it needs.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

PEER = """
import json, sys, time
from tokenizers import Tokenizer
text = open(sys.argv[2], encoding="utf-8", newline="").read()
begin = time.perf_counter()
tokenizer = Tokenizer.from_file(sys.argv[1])
read = time.perf_counter() - begin
begin = time.perf_counter()
if sys.argv[3] == "whole":
    ids = tokenizer.encode(text).ids
else:
    ids = [id for line in text.splitlines(keepends=True) for id in tokenizer.encode(line).ids]
seconds = time.perf_counter() - begin
print(json.dumps({"read": read, "encode": seconds, "tokens": len(ids)}))
"""


def make_tokenizer(ranks_file, path):
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    ranks = {}
    for line in Path(ranks_file).read_bytes().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    names = {byte: chr(byte) for byte in visible} | {byte: chr(256 + index) for index, byte in enumerate(hidden)}

    def name(token):
        return "".join(names[byte] for byte in token)

    def parts(token, limit):
        pieces = [bytes([byte]) for byte in token]
        while len(pieces) > 2:
            best = min(range(len(pieces) - 1), key=lambda i: ranks.get(pieces[i] + pieces[i + 1], limit))
            pieces[best:best + 2] = [pieces[best] + pieces[best + 1]]
        return pieces

    order = sorted((token for token in ranks if len(token) > 1), key=ranks.get)
    merges = [tuple(map(name, parts(token, ranks[token]))) for token in order]
    tokenizer = Tokenizer(models.BPE(vocab={name(token): rank for token, rank in ranks.items()}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken("<|endoftext|>", normalized=False)])
    tokenizer.save(str(path))


def timed(command, environment=None):
    begin = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    seconds = time.perf_counter() - begin
    if result.returncode:
        sys.exit(f"{command[0]}: {result.stderr}")
    return json.loads(result.stdout), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ranks")
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--attend", default=".build/release/attend")
    options = parser.parse_args()
    size = int(options.megabytes * 1e6)
    parts = [Path(path).read_text(encoding="utf-8", errors="replace") for path in options.texts]
    blocks, total, place = [], 0, 0
    # A stretch of each file in turn, so that the text is mixed throughout.
    while total < size:
        for part in parts:
            start = place % max(len(part), 1)
            blocks.append(part[start:start + 20_000])
            total += len(blocks[-1].encode())
        place += 20_000
    one = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    with tempfile.TemporaryDirectory() as folder:
        tokenizer, text = Path(folder) / "tokenizer.json", Path(folder) / "text.txt"
        make_tokenizer(options.ranks, tokenizer)
        text.write_text("".join(blocks), encoding="utf-8", newline="")
        megabytes = text.stat().st_size / 1e6
        times = {}
        tokens = set()
        for _ in range(options.runs):
            ours, whole = timed([options.attend, "bench", "tokenizer", str(tokenizer), "--file", str(text), "--json"])
            # It encodes twice; the whole process is counted as if once.
            times.setdefault("attend", []).append(
                (ours["encodeSeconds"], ours["readSeconds"], whole - ours["encodeAgainSeconds"]))
            tokens.add(ours["tokens"])
            for way in ("whole", "lines"):
                theirs, whole = timed([sys.executable, "-c", PEER, str(tokenizer), str(text), way], one)
                times.setdefault(way, []).append((theirs["encode"], theirs["read"], whole))
                if way == "whole":
                    tokens.add(theirs["tokens"])
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in times.items()}
    best = min(("whole", "lines"), key=lambda way: medians[way][0])
    print(f"{megabytes:.1f} MB, {options.runs} runs; tokens {sorted(tokens)}")
    for index, what in enumerate(("encoding", "reading", "whole process")):
        ours, theirs = medians["attend"][index], medians[best][index]
        rate = f", {megabytes / ours:.1f} MB/s against {megabytes / theirs:.1f}" if index == 0 else ""
        print(f"{what}: {ours * 1000:.0f} ms against {theirs * 1000:.0f} ms ({best}): {theirs / ours:.1f} × as fast{rate}")


main()
