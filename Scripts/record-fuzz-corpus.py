"""Writes the inputs from which Tests/FuzzTests makes its own: small files of every format, most of them right.

Beside them lie a run's own config.json (run-config), what Scripts/fuzz.sh --coverage found to reach further (found-*), and
what was at fault once, by names of their own.

    python Scripts/record-fuzz-corpus.py
"""

import base64
import hashlib
import io
import json
import struct
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.pre_tokenizers import ByteLevel

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "Tests/FuzzTests/FuzzCorpus"
FIXTURES = ROOT / "Tests/TextTests/Fixtures"
MODELS = ROOT / "Tests/CheckpointsTests/Fixtures/huggingface"
# The fixture of each family beside whose weights Tests/FuzzTests puts its inputs.
FAMILIES = {"bart": "bart", "bert": "bert-classifier", "distilbert": "distilbert-masked-lm", "gpt2": "gpt2",
            "gpt_oss": "gpt_oss", "llama": "llama-yarn", "marian": "marian", "mistral": "mistral",
            "mixtral": "mixtral-window", "pegasus": "pegasus", "qwen2": "qwen2-window", "qwen3": "qwen3", "t5": "t5"}


def put(parser, name, content):
    folder = CORPUS / parser
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def dump(value):
    return json.dumps(value, ensure_ascii=False)


def texts():
    put("json", "values", dump([None, True, False, 0, -1.5e-7, "é\n\"\\", {"a": {"b": [[]]}}, {}]))
    put("json", "escapes", '"\\u00e9\\ud83d\\ude42\\n\\/\\b"')
    put("json", "deep", "[" * 60 + "]" * 60)
    put("json", "spaces", ' {\n\t"a" : [ 1 , 2 ] }\r\n')


def safetensors():
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor([1.5], dtype=torch.bfloat16),
               "c": torch.tensor([1, 2], dtype=torch.int64), "d": torch.zeros(0, 3), "e": torch.tensor(True)}
    put("safetensors", "types", save(tensors, metadata={"format": "pt"}))
    put("safetensors", "one", save({"x": torch.ones(2)}))
    put("safetensors", "none", struct.pack("<Q", 2) + b"{}")
    put("shard-index", "outside", dump({"metadata": {}, "weight_map": {"a": "../../etc/passwd"}}))


def tokenizers():
    letters = "abcdeĠlo"
    vocabulary = {letter: i for i, letter in enumerate(letters)} | {"ll": 8, "llo": 9, "Ġa": 10}
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=[("l", "l"), ("ll", "o"), ("Ġ", "a")], unk_token=None))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.post_processor = processors.ByteLevel(trim_offsets=False)
    bpe.add_special_tokens(["<s>", "</s>"])
    put("tokenizer-json", "bpe", bpe.to_str())

    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hello", "world", "##s", "the", "x"])}
    piece = Tokenizer(models.WordPiece(vocab=words, unk_token="[UNK]"))
    piece.normalizer = normalizers.BertNormalizer()
    piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    piece.decoder = decoders.WordPiece()
    piece.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    put("tokenizer-json", "wordpiece", piece.to_str())

    unigram = Tokenizer(models.Unigram([("<unk>", 0.0), ("▁", -2.0), ("▁hello", -3.0), ("l", -4.0), ("é", -5.5)], 0, False))
    unigram.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" ", "▁"), normalizers.Lowercase()])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    put("tokenizer-json", "unigram", unigram.to_str())

    word = Tokenizer(models.WordLevel({"hello": 0, "<unk>": 1, "12345": 2}, unk_token="<unk>"))
    word.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)])
    put("tokenizer-json", "words", word.to_str())

    # Byte-level vocabularies need all bytes.
    alphabet = sorted(ByteLevel.alphabet())
    ids = {letter: i for i, letter in enumerate(alphabet)} | {"he": 256, "llo": 258, "ll": 257, "<|endoftext|>": 259}
    put("vocab-merges", "small", dump(ids) + "\n----\n#version: 0.2\nh e\nl l\nll o\n")
    pieces = [bytes([b]) for b in range(256)] + [b"he", b"ll", b"llo", " é".encode()]
    lines = "".join(f"{base64.b64encode(piece).decode()} {rank}\n" for rank, piece in enumerate(pieces))
    put("tiktoken", "small", lines)
    put("vocab-txt", "bert", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n##s\n##é\n,\n")


def charsmap():
    """Double-array tries as SentencePiece lays them out."""
    # A map of one rule, "A" to "a": trie units of 32 bits, then the texts.
    units = [0] * 256
    units[0] = 1 << 10
    units[1 ^ ord("A")] = ord("A") | 1 << 8 | (2 << 10)
    units[(1 ^ ord("A")) ^ 2] = 1 << 31
    trie = struct.pack("<256I", *units)
    put("charsmap", "one", struct.pack("<I", len(trie)) + trie + b"a\0")
    put("charsmap", "empty", struct.pack("<I", 4) + struct.pack("<I", 0) + b"")


def gguf():
    import gguf as library
    path = CORPUS / "gguf/small"
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = library.GGUFWriter(str(path), "llama")
    writer.add_uint32("llama.context_length", 16)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    writer.add_array("tokenizer.ggml.scores", [0.5, -1.5])
    writer.add_string("general.name", "é")
    writer.add_bool("yes", True)
    writer.add_tensor("a", np.arange(6, dtype=np.float32).reshape(2, 3))
    writer.add_tensor("b", np.ones(4, dtype=np.float16))
    quantised = library.quants.quantize(np.ones((1, 32), dtype=np.float32), library.GGMLQuantizationType.Q8_0)
    writer.add_tensor("c", quantised, raw_dtype=library.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def numpy():
    for name, array in {"floats": np.arange(6, dtype="<f4").reshape(2, 3), "scalar": np.array(1, dtype="<i8"),
                        "fortran": np.asfortranarray(np.ones((2, 3, 2), dtype="<f2"))}.items():
        stream = io.BytesIO()
        np.save(stream, array)
        put("npy", name, stream.getvalue())
    stream = io.BytesIO()
    np.savez(stream, a=np.arange(3, dtype="<f4"), b=np.array(True))
    put("npz", "two", stream.getvalue())
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.arange(3, dtype="<f4"))
    put("npz", "compressed", stream.getvalue())


def chats():
    fixture = json.loads((FIXTURES / "chat-templates.json").read_text())
    for name, template in fixture["templates"].items():
        put("jinja", name, template)
    put("jinja", "statements", "{% set ns = namespace(x=[1, 2]) %}{% for a, b in [[1, 2]] if a %}{{ loop.index ~ b }}"
        "{% else %}-{% endfor %}{% macro f(a, b=2) %}{{ a + b }}{{ caller() if caller }}{% endmacro %}{{ f(1) }}"
        "{% call f(3) %}x{% endcall %}{% set ns.x = ns.x + [3] %}{{ ns.x[::-1] | join(', ') }}{% filter upper %}a{% endfilter %}")
    put("jinja", "expressions", "{{ [1, 2.5, 'a', none, true, (1,), {'a': 1}] | tojson(indent=2) }}{{ 'a b'.split() | map('upper') | list }}"
        "{{ 7 // 2 ** 2 % 3 - -1 }}{{ 'x' in 'xyz' and not 1 == 2 or 3 is odd }}{{ messages[0].content[1:-1] | replace('e', 'é') | title }}"
        "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first }}{{ range(9)[::2] | sum }}{{ tools | string }}")
    for name, messages in fixture["conversations"].items():
        if name in ("tool", "thinking", "parts"):
            put("chat-messages", name, dump({"messages": messages, "tools": [{"name": "f"}]}))
    put("chat-messages", "list", dump(fixture["conversations"]["system"]))
    put("chat-messages", "lines", "".join(dump({"messages": fixture["conversations"][n]}) + "\n" for n in ("one", "empty")))


def configurations():
    for family, fixture in FAMILIES.items():
        put("huggingface-config", family, (MODELS / fixture / "config.json").read_bytes())
    put("generation-config", "gpt2", (MODELS / "gpt2/generation_config.json").read_bytes())
    put("generation-config", "lists", dump({"bos_token_id": 1, "eos_token_id": [2, 3], "pad_token_id": None,
                                            "suppress_tokens": [1, 4], "bad_words_ids": [[5]]}))
    index = "model.safetensors.index.json"
    put("shard-index", "llama", (MODELS / "llama-shards" / index).read_bytes())
    put("sentence-modules", "mean", (MODELS / "sentence-mean/modules.json").read_bytes())


def small_model():
    """A llama of two dimensions with the tokenizer of its own, as llama.cpp keeps it."""
    import gguf as library
    path = CORPUS / "gguf-model/llama"
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = library.GGUFWriter(str(path), "llama")
    for name, value in {"context_length": 8, "embedding_length": 2, "block_count": 1, "feed_forward_length": 2,
                        "attention.head_count": 1, "rope.dimension_count": 2}.items():
        writer.add_uint32(f"llama.{name}", value)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", "a", "b", "▁a", "ab"]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * 259 + [-5.0, -4.0, -4.5, -2.0, -3.0])
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * 5)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    shapes = {"token_embd": (len(tokens), 2), "output": (len(tokens), 2)} | {
        f"blk.0.{name}": (2, 2) for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")}
    shapes |= {"output_norm": (2,), "blk.0.attn_norm": (2,), "blk.0.ffn_norm": (2,)}
    for name, shape in shapes.items():
        halves = name in ("token_embd", "output")
        writer.add_tensor(f"{name}.weight", np.ones(shape, dtype=np.float16 if halves else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def data():
    put("text", "lines", "Über den\r\nWolken\n\n" * 3)
    put("labelled-texts", "three", "yes\tall of it\nno\tnothing\nyes\tmost\nno\tlittle é\n")
    put("translations", "four", "ein Hund\ta dog\nzwei Katzen\ttwo cats\r\ndrei\tthree\nvier é\tfour\n")
    put("metrics-log", "all", "".join(dump(event) + "\n" for event in [
        {"event": "start", "parameters": 12, "run": "a", "floor": 0.5},
        {"event": "step", "step": 1, "loss": 2.5, "learningRate": 1e-3, "gradientNorm": None, "tokensPerSecond": 9.5},
        {"event": "evaluation", "step": 1, "trainLoss": 2, "validationLoss": 2.25, "accuracy": 0.5},
        {"event": "sample", "step": 1, "text": "\n\"é"},
        {"event": "done", "run": "a", "steps": 1, "validationLoss": 2.25, "seconds": 1.5}]))
    put("tokenizer-config", "one", dump({
        "bos_token": "<s>", "eos_token": {"content": "</s>", "special": True}, "unk_token": None,
        "chat_template": "{% for m in messages %}{{ bos_token }}{{ m.content }}{% endfor %}"}))
    put("tokenizer-config", "several", dump({"eos_token": "</s>", "chat_template": [
        {"name": "tool_use", "template": "{{ tools }}"}, {"name": "default", "template": "{{ messages[0].role }}"}]}))


def framed(content):
    """A record of TensorBoard."""
    def checksum(data):
        value = 0xFFFFFFFF
        for byte in data:
            value ^= byte
            for _ in range(8):
                value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        value ^= 0xFFFFFFFF
        return struct.pack("<I", ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)

    length = struct.pack("<Q", len(content))
    return length + checksum(length) + content + checksum(content)


def records():
    """The form of a file, a step, and a restart; a step of ten bytes."""
    time = b"\x09" + struct.pack("<d", 1.5)
    scalar = b"\x0a\x09loss/step\x15" + struct.pack("<f", 0.25)
    events = [time + b"\x1a\x0dbrain.Event:2", time + b"\x10\xac\x02\x2a\x12\x0a\x10" + scalar, time + b"\x10\xad\x02\x3a\x02\x08\x01"]
    put("tensorboard-records", "three", b"".join(map(framed, events)))
    put("tensorboard-records", "longest-step", framed(time + b"\x10" + b"\xff" * 9 + b"\x7f"))


def runs():
    """What a training of the smallest GPT saves, of which Tests/FuzzTests makes the other files."""
    shapes = {"wte": (3, 2), "wpe": (4, 2), "ln_f": (2,), "h.0.ln_1": (2,), "h.0.ln_2": (2,), "h.0.attn.c_attn": (6, 2),
              "h.0.attn.c_proj": (2, 2), "h.0.mlp.c_fc": (2, 2), "h.0.mlp.c_proj": (2, 2)}
    put("run-weights", "ones", save({f"{name}.weight": torch.ones(shape) for name, shape in shapes.items()}, metadata={"format": "pt"}))
    files = {"model.safetensors": b"", "optimizer.safetensors": b"", "state.json": b"{}"}
    put("snapshot-manifest", "empty", dump({"formatVersion": 1, "step": 1, "files": {
        name: {"byteCount": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()}}))


def main():
    for part in (texts, safetensors, tokenizers, charsmap, gguf, numpy, chats, configurations, small_model, data,
                 records, runs):
        part()
    for folder in sorted(CORPUS.iterdir()):
        files = list(folder.iterdir())
        print(folder.name, len(files), "files,", sum(file.stat().st_size for file in files), "bytes")


if __name__ == "__main__":
    main()
