"""Compares random tokenizers with PyPI tokenizers on random strings: ids, places and decoded texts.

Usage: python Scripts/compare-random-tokenizers.py [--attend .build/release/attend] [--seed 1] [--rounds 50]

Each round draws a normalizer, a pre-tokenizer, a model (Unigram or WordPiece, with a vocabulary of pieces of the strings
themselves), a post-processor and a decoder, writes them as tokenizer.json, and asks `attend tokenize` for 200 strings. A line that
differs is shown with what made it. Exits with 1 where anything differs.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from piece_samples import all_texts

ROOT = Path(__file__).resolve().parent.parent
TABLE = (ROOT / "Tests/TextTests/Fixtures/nmt-nfkc.bin").read_bytes()
# A line feed ends a string here.
SAMPLES = [text.replace("\n", " ") for text in all_texts()]
CHARACTERS = sorted(set("".join(SAMPLES)))
COMBINING = [chr(code) for code in (
    0x300, 0x301, 0x323, 0x345, 0x200D, 0xFE0F, 0x1F3FB, 0x1100, 0x1161, 0x11A8, 0xAC00, 0x915, 0x94D, 0x937, 0x2028, 0x85, 0x3000,
    0xFB03, 0x1E9B, 0x3099, 0xE33, 0xF71, 0x1D165, 0x110BA, 0x30AB, 0x212B)]
BEHAVIORS = ["isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"]


def some_string(draw):
    kind = draw.random()
    if kind < 0.3:
        text = draw.choice(SAMPLES)
        start = draw.randrange(len(text) + 1)
        return text[start:start + draw.randrange(60)]
    letters = CHARACTERS if kind < 0.6 else CHARACTERS + COMBINING * 8 + [" "] * 60 if kind < 0.8 else "ab é ▁\t.,'"
    return "".join(draw.choice(letters) for _ in range(draw.randrange(25)))


def some_normalizer(draw):
    N = normalizers
    flag = lambda: draw.random() < 0.5
    return draw.choice([
        lambda: N.BertNormalizer(clean_text=flag(), handle_chinese_chars=flag(), strip_accents=draw.choice([None, True, False]), lowercase=flag()),
        N.NFC, N.NFD, N.NFKC, N.NFKD, N.Lowercase, N.StripAccents, N.Nmt, lambda: N.Strip(flag(), flag()),
        lambda: N.Prepend(draw.choice(["▁", "x "])),
        lambda: N.Replace(draw.choice([" ", "a", "ab", "\u0301", "▁"]), draw.choice(["▁", "", "xy", " "])),
        lambda: N.Replace(Regex(draw.choice([" {2,}", r"\s+", "[ab]+", "a{1,2}", r"\d"])), draw.choice(["_", "", " "])),
        lambda: N.Precompiled(TABLE)])()


def some_pre_tokenizer(draw):
    P = pre_tokenizers
    return draw.choice([
        P.BertPreTokenizer, P.Whitespace, P.WhitespaceSplit, lambda: P.Punctuation(draw.choice(BEHAVIORS)),
        lambda: P.Metaspace(draw.choice("▁_"), draw.choice(["always", "never"]), draw.random() < 0.7),
        lambda: P.Digits(draw.random() < 0.5), lambda: P.Split(" ", draw.choice(BEHAVIORS))])()


def some_decoder(draw):
    D = decoders
    return draw.choice([
        D.WordPiece, lambda: D.WordPiece("##", False), D.Metaspace, lambda: D.Metaspace("_", draw.choice(["always", "never", "first"])),
        D.ByteFallback, D.Fuse, lambda: D.Strip(draw.choice(" a▁"), draw.randrange(3), 0), D.BPEDecoder, D.ByteLevel,
        lambda: D.Replace(draw.choice(["▁", " ", "a", "##"]), draw.choice(["", ".", "ab"])), lambda: D.Replace(Regex(r"\s+"), "_")])()


def maybe_sequence(draw, make, Sequence, missing):
    kind = draw.random()
    if kind < missing:
        return None
    return make(draw) if kind < 0.7 else Sequence([make(draw) for _ in range(draw.randrange(1, 4))])


def some_model(draw, texts):
    found = set()
    for text in texts:
        for _ in range(8):
            start = draw.randrange(len(text) + 1)
            found.add(text[start:start + draw.choice([1, 1, 1, 2, 2, 3, 4, 5])])
    pieces = sorted(found - {""})
    draw.shuffle(pieces)
    if draw.random() < 0.6:
        falls_back = draw.random() < 0.5
        scores = {"<unk>": 0.0} | ({f"<0x{byte:02X}>": -25.0 for byte in range(256)} if falls_back else {})
        for piece in pieces[:400] + ["▁", "▁a"]:
            # Whole numbers make many ties.
            scores.setdefault(piece, -draw.choice([draw.random() * 10, float(draw.randrange(1, 6))]))
        return models.Unigram(list(scores.items()), 0, falls_back)
    vocabulary = {"[UNK]": 0}
    for piece in pieces[:400]:
        for form in draw.choice([[piece], ["##" + piece], [piece, "##" + piece]]):
            vocabulary.setdefault(form, len(vocabulary))
    return models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=draw.choice([100, 8]))


def some_tokenizer(draw, texts):
    normalizer = maybe_sequence(draw, some_normalizer, normalizers.Sequence, 0.1)
    normalized = [normalizer.normalize_str(text) for text in texts] if normalizer else texts
    tokenizer = Tokenizer(some_model(draw, normalized))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer := maybe_sequence(draw, some_pre_tokenizer, pre_tokenizers.Sequence, 0.2):
        tokenizer.pre_tokenizer = pre_tokenizer
    if decoder := maybe_sequence(draw, some_decoder, decoders.Sequence, 0.15):
        tokenizer.decoder = decoder
    if draw.random() < 0.5:
        tokenizer.post_processor = processors.TemplateProcessing(single="<a> $A:1", pair="$A $B", special_tokens=[("<a>", 1)])
    return tokenizer


def byte_places(text, offsets):
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [[places[start], places[end]] for start, end in offsets]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--attend", default=str(ROOT / ".build/release/attend"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    compared = different = 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tokenizer.json"
        for number in range(options.rounds):
            texts = [some_string(draw) for _ in range(200)]
            tokenizer = some_tokenizer(draw, texts)
            file.write_text(tokenizer.to_str())
            strings = "".join(text + "\n" for text in texts).encode()
            run = subprocess.run(
                [options.attend, "tokenize", str(file), "--lines", "--offsets", "--json"], input=strings, capture_output=True)
            lines = run.stdout.decode().split("\n")[:-1]
            if run.returncode or len(lines) != len(texts):
                print(f"round {number}: {run.stderr.decode().strip()} ({len(lines)} lines)")
                different += 1
                continue
            for text, line in zip(texts, map(json.loads, lines)):
                encoding = tokenizer.encode(text)
                expected = (encoding.ids, byte_places(text, encoding.offsets))
                compared += 1
                if (line["ids"], line["offsets"]) != expected:
                    different += 1
                    parts = json.loads(tokenizer.to_str())
                    print(f"round {number}: {text!r}\n  expected {expected}\n  found {line['ids']} {line['offsets']}")
                    print(f"  {str(parts['normalizer'])[:300]}\n  {parts['pre_tokenizer']} {parts['model']['type']}")
            # Some of the ids at random, decoded.
            for _ in range(5):
                ids = [draw.randrange(tokenizer.get_vocab_size()) for _ in range(draw.randrange(1, 30))]
                run = subprocess.run(
                    [options.attend, "detokenize", str(file), "--ids", ",".join(map(str, ids)), "--json"], capture_output=True)
                try:
                    expected = tokenizer.decode(ids)
                except BaseException:
                    continue  # The library's Strip breaks where both ends want the same character.
                compared += 1
                if run.returncode or json.loads(run.stdout)["text"] != expected:
                    different += 1
                    print(f"round {number}: {ids} of {json.loads(tokenizer.to_str())['decoder']}\n  expected {expected!r}\n  found {run.stdout} {run.stderr}")
    print(f"seed {options.seed}: {compared} compared, {different} different")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
