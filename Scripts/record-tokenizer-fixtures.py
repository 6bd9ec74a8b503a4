"""Records what PyPI tokenizers and tiktoken make of our own sentences with whole tokenizer files.

Usage: python Scripts/record-tokenizer-fixtures.py   (needs tokenizers 0.23, tiktoken 0.12)

Each tokenizer is trained here on the sentences of piece_samples.py. Places are bytes of UTF-8: the
library counts characters, and what it gives is converted.
"""

import base64
import json
from pathlib import Path

import tiktoken
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from piece_samples import SENTENCES, all_texts

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/TextTests/Fixtures"

CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
BEFORE = r"[^\r\n\p{L}\p{N}]?"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CASED = [BEFORE + UPPER + "*" + LOWER + "+", BEFORE + UPPER + "+" + LOWER + "*"]
PATTERNS = {
    "gpt2": GPT2,
    "llama3": CONTRACTION + "|" + BEFORE + r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "qwen2": CONTRACTION + "|" + BEFORE + r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "o200k": "|".join(c + CONTRACTION + "?" for c in CASED) + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES,
    "tekken": "|".join(CASED) + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES,
}

# What patterns and added tokens stumble over, beside the sentences.
EXTRA = [
    "I'LL we'Re 'S 'ſ DON'T can'T x'd", "HTTPServer iPhone McDonald ABCdef ǅungla ʰa", "12345 ½⅓ ٣٤٥ 1a2b",
    " \n \n x", "a \r\n\r\n  b\n", "end.\n\n/path//x", "¿qué? «oui» (x)", "中A中a Ab中", "\u0301\u0301a \u0301B",
    "<|im_start|>user<|im_end|> <s>", "boats and boatswain, lighthouse boats", "tab\t\tboats  lighthouse ",
]


def texts():
    return all_texts() + EXTRA


def write(name, value):
    path = FIXTURES / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


def byte_places(text, offsets):
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [place for start, end in offsets for place in (places[start], places[end])]


def byte_level(pattern):
    if pattern == "gpt2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERNS[pattern]), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def trained(pre_tokenizer, size, model=None, initial=True, **options):
    tokenizer = Tokenizer(models.BPE(**(model or {})))
    tokenizer.pre_tokenizer = pre_tokenizer
    settings = dict(vocab_size=size, special_tokens=["<s>", "</s>", "<unk>", "<|im_start|>", "<|im_end|>"],
                    show_progress=False, min_frequency=2)
    if initial:
        settings["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(SENTENCES * 3, trainers.BpeTrainer(**(settings | options)))
    return tokenizer


def tokenizers():
    P = pre_tokenizers
    parts = {name: trained(byte_level(name), 360, {"ignore_merges": name == "llama3"})
             for name in ("gpt2", "llama3", "o200k")}
    for tokenizer in parts.values():
        tokenizer.decoder = decoders.ByteLevel()
    parts["gpt2"].add_tokens([
        AddedToken("boats", single_word=True), AddedToken("lighthouse", lstrip=True, rstrip=True),
        AddedToken("grüßt", normalized=True)])
    parts["gpt2"].post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 1)])
    parts["llama3"].post_processor = processors.ByteLevel(trim_offsets=True)
    plain = dict(initial=False, limit_alphabet=60)
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    fallback = trained(P.Metaspace(), 200, dict(unk_token="<unk>", byte_fallback=True, fuse_unk=True), **plain)
    form = json.loads(fallback.to_str())
    first = max(form["model"]["vocab"].values()) + 1
    form["model"]["vocab"] |= {token: first + index for index, token in enumerate(bytes_)}
    parts["byteFallback"] = Tokenizer.from_str(json.dumps(form))
    parts["byteFallback"].decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    parts["metaspaceFirst"] = trained(
        P.Sequence([P.WhitespaceSplit(), P.Metaspace(prepend_scheme="first")]), 200, dict(unk_token="<unk>"), **plain)
    parts["suffix"] = trained(
        P.Whitespace(), 260, dict(unk_token="<unk>", fuse_unk=True, end_of_word_suffix="</w>"),
        end_of_word_suffix="</w>", **plain)
    parts["suffix"].decoder = decoders.BPEDecoder()
    parts["prefix"] = trained(
        P.BertPreTokenizer(), 260, dict(unk_token="<unk>", continuing_subword_prefix="##"),
        continuing_subword_prefix="##", **plain)
    parts["digits"] = trained(
        P.Sequence([P.Digits(individual_digits=True), P.Punctuation("contiguous"),
                    P.ByteLevel(add_prefix_space=True, use_regex=False)]), 300)
    parts["digits"].decoder = decoders.ByteLevel()
    parts["splits"] = trained(
        P.Sequence([P.Split(" ", "merged_with_next"), P.Split(Regex(r"\p{N}{2,3}"), "merged_with_previous"),
                    P.Split(Regex(r"\s+"), "removed", invert=True), P.ByteLevel(add_prefix_space=False)]), 270)
    parts["delimiter"] = trained(
        P.Sequence([P.CharDelimiterSplit("e"), P.Digits(), P.ByteLevel(add_prefix_space=False)]), 270)
    word = Tokenizer(models.WordLevel(unk_token="<unk>"))
    word.pre_tokenizer = P.Whitespace()
    word.train_from_iterator(SENTENCES, trainers.WordLevelTrainer(
        vocab_size=80, special_tokens=["<unk>", "</s>"], show_progress=False))
    parts["words"] = word
    return parts


def record(tokenizer):
    """The file, and for each text its ids, places and what they become again where that is not the text.

    `parsed` holds the ids where special tokens in the text are found, for texts where that changes them.
    """
    user, parsed = [], {}
    for index, text in enumerate(texts()):
        tokenizer.encode_special_tokens = True
        encoding = tokenizer.encode(text)
        decoded = tokenizer.decode(encoding.ids)
        user.append([encoding.ids, byte_places(text, encoding.offsets)] + ([] if decoded == text else [decoded]))
        tokenizer.encode_special_tokens = False
        ids = tokenizer.encode(text).ids
        if ids != encoding.ids:
            parsed[str(index)] = ids
    pair = tokenizer.encode("Two boats.", "The sea!")
    return {"file": json.loads(tokenizer.to_str()), "user": user, "parsed": parsed,
            "pair": [pair.ids, pair.type_ids, pair.special_tokens_mask]}


def training_fixture():
    """The trainer's results: tokens after the alphabet, and merges."""
    # Words in which a token can be made in two ways, and runs that overlap.
    corpus = SENTENCES + ["abcabcabc bcabc ab abc aaaa aaaaaaa aaa banana bananas ananas xabcx bcx abcd bcd " * 2]
    parts = []
    for pattern, size, least in (("gpt2", 300, 2), ("gpt2", 600, 2), ("gpt2", 5000, 0), ("llama3", 500, 2), ("o200k", 500, 3)):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = byte_level(pattern)
        tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
            vocab_size=size, min_frequency=least, special_tokens=["<pad>", "<s>", "</s>", "<mask>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
        model = json.loads(tokenizer.to_str())["model"]
        tokens = sorted(model["vocab"], key=model["vocab"].get)
        parts.append({"pattern": pattern, "size": size, "least": least, "tokens": tokens[260:],
                      "merges": [" ".join(merge) for merge in model["merges"]]})
    write("byte-pair-training", {"texts": corpus, "alphabet": tokens[:260], "parts": parts})


def tiktoken_fixture():
    """A vocabulary by ranks, and tiktoken's ids with each pattern."""
    tokenizer = trained(byte_level("llama3"), 700, special_tokens=[])
    vocabulary = json.loads(tokenizer.to_str())["model"]["vocab"]
    order = sorted(pre_tokenizers.ByteLevel.alphabet())
    visible = set(range(0x21, 0x7F)) | set(range(0xA1, 0xAD)) | set(range(0xAE, 0x100))
    hidden = [byte for byte in range(256) if byte not in visible]
    byte_of = {chr(byte): byte for byte in visible} | {chr(256 + index): byte for index, byte in enumerate(hidden)}
    assert len(order) == len(byte_of)
    ranks = {bytes(byte_of[c] for c in token): rank for token, rank in vocabulary.items()}
    lines = "".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items())
    outputs = {}
    for pattern in ("gpt2", "llama3", "qwen2", "o200k"):
        encoding = tiktoken.Encoding("own", pat_str=PATTERNS[pattern], mergeable_ranks=ranks, special_tokens={})
        outputs[pattern] = [encoding.encode_ordinary(text) for text in texts()]
    write("tiktoken", {"file": lines, "texts": texts(), "outputs": outputs})


for name, part in tokenizers().items():
    write(f"pipeline-{name}", {"texts": texts()} | record(part))
training_fixture()
tiktoken_fixture()
