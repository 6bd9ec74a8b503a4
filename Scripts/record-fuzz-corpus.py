"""Writes the inputs from which Tests/FuzzTests makes its own: small files of every format, most of them right.

    python Scripts/record-fuzz-corpus.py
"""

import base64
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
    put("shard-index", "two", dump({"metadata": {"total_size": 16}, "weight_map": {
        "a": "model-1.safetensors", "b": "model-2.safetensors"}}))
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
    """A double-array trie as SentencePiece lays it out, from the reference's own normaliser."""
    import sentencepiece
    stream = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["hello world " * 20] * 50), model_writer=stream, vocab_size=20, minloglevel=2,
        normalization_rule_name="identity", hard_vocab_limit=False, add_dummy_prefix=True)
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
    from transformers import GPT2Config, LlamaConfig, MixtralConfig, Qwen3Config
    small = dict(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
                 num_key_value_heads=1, vocab_size=11, max_position_embeddings=16)
    for name, configuration in {
            "gpt2": GPT2Config(n_embd=8, n_layer=1, n_head=2, vocab_size=11, n_positions=16),
            "llama": LlamaConfig(**small), "qwen3": Qwen3Config(**small, head_dim=4),
            "mixtral": MixtralConfig(**small, num_local_experts=2)}.items():
        put("huggingface-config", name, dump(configuration.to_dict()))


def main():
    for part in (texts, safetensors, tokenizers, charsmap, gguf, numpy, chats, configurations):
        part()
    for folder in sorted(CORPUS.iterdir()):
        files = list(folder.iterdir())
        print(folder.name, len(files), "files,", sum(file.stat().st_size for file in files), "bytes")


if __name__ == "__main__":
    main()
