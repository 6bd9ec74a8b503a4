"""Compares attend's ids with those of PyPI tokenizers and tiktoken on 5,000 mixed lines.

Usage: python Scripts/compare-tokenizers.py [--attend PATH] [--tiktoken FILE] [--lines N] [--seed N]

The lines are made from the word lists below by a seeded generator: English, German, Chinese, Arabic,
emoji with joiners, code, control characters, and bytes that are not UTF-8. The tokenizers are trained
here by the libraries, in a temporary folder: byte pairs as GPT-2, as Llama-3 and as Llama-2 (with
bytes for what is unknown), WordPiece and Unigram. With --tiktoken, GPT-2's ids are compared with
tiktoken's, too. A difference ends the script with status 1.

Text that looks like a special token stays text in attend; the libraries are told to do the same, and a
second round has both find special tokens.
"""

import argparse
import base64
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import tiktoken
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ENGLISH = ("the a of harbour lantern quickly seventeen don't we'll I've they're it's WIND iPhone HTTPServer e-mail "
           "well-known Captain O'Brien 3rd 1,024 letters under over blue stone running ran house houses").split()
GERMAN = ("der die das Straße größer Übung Mädchen schön laufen Häuser weiß fröhlich Öl Ärger äußerst und oder "
          "Donaudampfschiff Fußgängerübergang heißt GROẞ süß").split()
CHINESE = "我们 今天 去 公园 看 书 学习 中文 很 有 意思 北京 大学 机器 灯塔 。 , 你好! 第十七 年".split()
ARABIC = "مرحبا العالم كيف حالك اليوم جميل كِتَابٌ مدرسة الشمس قمر ، ؟ ١٢٣ لا".split()
EMOJI = ["😀", "👩‍👩‍👧‍👦", "🇫🇷", "👍🏽", "❤️", "🏳️‍🌈", "🧑🏿‍🚀", "e\u0301", "n\u0303o", "क्ष", "한국어", "ก็", "1️⃣", "☕\ufe0e"]
CODE = ["for (int i = 0; i < 10; i++) {", "    return x->y[0] ** 2;", "\tdef f(self, *args):", "#include <stdio.h>",
        "a != b && c >= 0x1F", "/* comment */", "https://example.org/a?b=c&d=1#e", "x²+½", "3.14159", "100.000,50 €",
        "{\"key\": [1, 2]}", "\\n\\t", "===", "-- // ;;"]
SPECIAL = ["<|im_start|>", "<|im_end|>", "<s>", "</s>", "[CLS]", "[MASK]", "<|endoftext|>", "<unk>", "<0x41>", "▁", "##s"]
CONTROL = ["\x00", "\x01", "\x1b[0m", "\x7f", "\u200b", "\u200d", "\ufeff", "\u2028", "\u0085", "\u00a0", "\u3000", "\r", "\t",
           "  ", "     ", " \r", "\ufffd", "ſ", "'ſ", "'S", "'RE", "\u00ad", "\u0301"]
BROKEN = [b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\x80\x80", b"\xf4\x90\x80\x80", b"\xfe"]

CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = (CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def make_lines(count, seed):
    """Lines of bytes, none of which holds a line feed."""
    draw = random.Random(seed)
    pools = [ENGLISH, ENGLISH, GERMAN, CHINESE, ARABIC, EMOJI, CODE, CONTROL, SPECIAL, BROKEN]
    lines = []
    for _ in range(count):
        mixed = draw.random() < 0.6
        own = draw.choice(pools[:-1])
        parts = []
        for _ in range(draw.randint(0, 14)):
            word = draw.choice(draw.choice(pools) if mixed else own)
            parts.append(word if isinstance(word, bytes) else word.encode())
            parts.append(draw.choice([b" ", b" ", b" ", b"", b"  ", b", ", b". ", b"\t", b"!"]))
        lines.append(b"".join(parts))
    return lines


def without_special(text):
    for special in SPECIAL:
        text = text.replace(special, "")
    return text


def byte_pairs(lines, pre_tokenizer, size, special, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, min_frequency=2, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def tokenizers(lines):
    P = pre_tokenizers
    chat = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    yield "byte pairs as GPT-2", byte_pairs(lines, P.ByteLevel(add_prefix_space=False), 3000, chat)

    llama3 = byte_pairs(lines, P.Sequence([
        P.Split(Regex(LLAMA3), "isolated"), P.ByteLevel(add_prefix_space=False, use_regex=False)]), 3000,
        ["<s>", "</s>"] + chat, ignore_merges=True)
    llama3.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])])
    yield "byte pairs as Llama-3", llama3

    llama2 = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    llama2.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama2.train_from_iterator([line[:80] for line in lines], trainers.BpeTrainer(
        vocab_size=1200, limit_alphabet=150, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False))
    form = json.loads(llama2.to_str())
    vocabulary = form["model"]["vocab"]
    for byte in range(256):
        vocabulary.setdefault(f"<0x{byte:02X}>", len(vocabulary))
    form["post_processor"] = {"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "<s>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
    form["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    yield "byte pairs as Llama-2", Tokenizer.from_str(json.dumps(form))

    for lowercase in (True, False):
        bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        bert.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
        bert.pre_tokenizer = P.BertPreTokenizer()
        bert.decoder = decoders.WordPiece()
        bert.train_from_iterator(lines, trainers.WordPieceTrainer(
            vocab_size=1500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
        bert.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        yield f"WordPiece as BERT{'' if lowercase else ' (cased)'}", bert

    for name, normalizer in (("T5", normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])),
                             ("ALBERT", normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]))):
        unigram = Tokenizer(models.Unigram())
        unigram.normalizer = normalizer
        unigram.pre_tokenizer = P.Metaspace()
        unigram.decoder = decoders.Metaspace()
        unigram.train_from_iterator(lines, trainers.UnigramTrainer(
            vocab_size=1500, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
        unigram.post_processor = processors.TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
        yield f"Unigram as {name}", unigram


def attend_ids(attend, tokenizer, path, *flags):
    result = subprocess.run([attend, "tokenize", str(tokenizer), "--file", str(path), "--lines", "--json", *flags],
                            capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"attend tokenize {tokenizer}: {result.stderr}")
    return [json.loads(line)["ids"] for line in result.stdout.split("\n") if line]


def forgeries(tokenizer, texts):
    """Lines for whose text the library's model itself may give a special token, which attend never does."""
    if not isinstance(tokenizer.model, models.Unigram):
        return set()
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special]
    return {index for index, text in enumerate(texts) if any(token in text for token in special)}


def report(name, texts, ours, theirs):
    if len(ours) != len(theirs):
        print(f"{name}: {len(ours)} lines instead of {len(theirs)}")
        return False
    differing = [index for index in range(len(texts)) if ours[index] != theirs[index]]
    tokens = sum(map(len, theirs))
    print(f"{name}: {len(texts) - len(differing)} of {len(texts)} lines identical, {tokens} tokens")
    for index in differing[:3]:
        print(f"  line {index + 1} {texts[index]!r}\n    attend {ours[index]}\n    library {theirs[index]}")
    return not differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--attend", default=".build/release/attend")
    parser.add_argument("--tiktoken", help="gpt2.tiktoken")
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lines = make_lines(options.lines, options.seed)
    texts = [line.decode(errors="replace") for line in lines]
    broken = sum(1 for line, text in zip(lines, texts) if line != text.encode())
    print(f"{len(lines)} lines, {sum(map(len, lines))} bytes, {broken} lines not UTF-8")
    isFine = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        # Learnt from text without the special tokens' texts: in the libraries, unlike here, merges that
        # make such a text would give the special token.
        plain = [without_special(text) for text in texts]
        for name, tokenizer in tokenizers(plain):
            file = Path(folder) / "tokenizer.json"
            tokenizer.save(str(file))
            for parses in (False, True):
                tokenizer.encode_special_tokens = not parses
                theirs = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
                ours = attend_ids(options.attend, file, path, *(["--parse-special"] if parses else []))
                forged = set() if parses else forgeries(tokenizer, texts)
                if forged:
                    print(f"{name}: {len(forged)} lines left out, of whose text the library makes a special token")
                kept = [index for index in range(len(texts)) if index not in forged]
                isFine &= report(f"{name}, special tokens {'found' if parses else 'as text'}", *(
                    [values[index] for index in kept] for values in (texts, ours, theirs)))
        if options.tiktoken:
            ranks = {}
            for line in Path(options.tiktoken).read_bytes().splitlines():
                token, rank = line.split()
                ranks[base64.b64decode(token)] = int(rank)
            encoding = tiktoken.Encoding("gpt2", pat_str=GPT2, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": 50256})
            theirs = [encoding.encode_ordinary(text) for text in texts]
            isFine &= report("GPT-2 by tiktoken", texts, attend_ids(options.attend, options.tiktoken, path), theirs)
            theirs = [encoding.encode(text, allowed_special="all") for text in texts]
            isFine &= report("GPT-2 by tiktoken, special tokens found", texts,
                             attend_ids(options.attend, options.tiktoken, path, "--parse-special"), theirs)
    sys.exit(0 if isFine else 1)


main()
