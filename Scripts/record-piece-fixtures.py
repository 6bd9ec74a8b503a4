"""Records what PyPI tokenizers and sentencepiece make of our own sentences, part by part.

Usage: python Scripts/record-piece-fixtures.py   (needs tokenizers 0.23, sentencepiece 0.2, transformers 5)

Places are bytes of UTF-8: the library counts characters, and what it gives is converted.
"""

import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from piece_samples import ODD, SENTENCES, all_texts

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/TextTests/Fixtures"


def write(name, value):
    path = FIXTURES / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


def component(part):
    return json.loads(part.__getstate__())


def byte_places(text, offsets):
    """Places in characters as places in bytes."""
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [place for start, end in offsets for place in (places[start], places[end])]


def charsmap():
    """SentencePiece's nmt_nfkc table, from a tiny model."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.txt"
        corpus.write_text("\n".join(SENTENCES[:3] * 20))
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=f"{folder}/tiny", vocab_size=60, hard_vocab_limit=False,
            normalization_rule_name="nmt_nfkc", minloglevel=2)
        from sentencepiece import sentencepiece_model_pb2
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString(Path(f"{folder}/tiny.model").read_bytes())
        return proto.normalizer_spec.precompiled_charsmap


def normalizer_fixture(table):
    N = normalizers
    parts = {
        "bert": N.BertNormalizer(),
        "bertCased": N.BertNormalizer(lowercase=False),
        "bertAccents": N.BertNormalizer(strip_accents=False, lowercase=True),
        "bertStripOnly": N.BertNormalizer(
            clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False),
        "nfc": N.NFC(), "nfd": N.NFD(), "nfkc": N.NFKC(), "nfkd": N.NFKD(), "lowercase": N.Lowercase(),
        "stripAccents": N.StripAccents(), "strip": N.Strip(), "stripLeft": N.Strip(left=True, right=False),
        "nmt": N.Nmt(), "byteLevel": N.ByteLevel(), "prepend": N.Prepend("▁"),
        "replaceSpace": N.Replace(" ", "▁"), "replaceQuotes": N.Replace("``", "\""), "remove": N.Replace("a", ""),
        "replaceRun": N.Replace(Regex(" {2,}"), "▁"), "replaceWhite": N.Replace(Regex(r"\s+"), " "),
        "replaceBreaks": N.Replace(Regex(r"[\r\n]"), "⏎"), "replaceDigits": N.Replace(Regex(r"\d{2}"), "#"),
        "precompiled": N.Precompiled(table),
        "albert": N.Sequence([
            N.Replace("``", "\""), N.Replace("''", "\""), N.NFKD(), N.StripAccents(), N.Lowercase(), N.Precompiled(table),
            N.Replace(Regex(" {2,}"), " ")]),
        "llama": N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]),
        "many": N.Sequence([N.NFD(), N.StripAccents(), N.Strip(), N.Lowercase(), N.NFC(), N.Prepend("_")]),
    }
    texts = all_texts()
    result = {"texts": texts, "parts": []}
    for name, part in parts.items():
        single = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
        single.normalizer = part
        single.pre_tokenizer = pre_tokenizers.Split(Regex("(?m)."), "isolated")
        outputs = []
        for text in texts:
            normalized = part.normalize_str(text)
            # A place for each character of the new text.
            places = byte_places(text, single.encode(text).offsets)
            # Characters that stand for themselves are not written down: a flag says so.
            plain = normalized == text and places == byte_places(text, [(i, i + 1) for i in range(len(text))])
            outputs.append(1 if plain else [normalized, places])
        form = component(part)
        result["parts"].append({"name": name, "form": form, "outputs": outputs})
    # The table is long, and the same in both places: it is kept once.
    text = json.dumps(result)
    import base64
    encoded = base64.b64encode(table).decode()
    assert encoded in text
    result = json.loads(text.replace(encoded, "TABLE"))
    write("normalizers", result)


def sweep_fixture():
    """A hash of what each normalizer makes of each character, by blocks of 1,024 scalars."""
    N = normalizers
    parts = {
        "bert": N.BertNormalizer(), "clean": N.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=False),
        "nfc": N.NFC(), "nfd": N.NFD(), "nfkc": N.NFKC(), "nfkd": N.NFKD(), "stripAccents": N.StripAccents(),
        "nmt": N.Nmt(), "strip": N.Strip(), "recompose": N.Sequence([N.NFD(), N.NFC()]),
        "white": N.Replace(Regex(r"\s"), "_"), "digits": N.Replace(Regex(r"\d"), "_"),
    }
    ranges = [(0, 0x3400), (0xA000, 0xD800), (0xF800, 0x14800), (0x16000, 0x19000), (0x1B000, 0x20000),
              (0x2F800, 0x2FC00), (0xE0000, 0xE0400)]
    result = {"ranges": ranges, "parts": []}
    for name, part in parts.items():
        hashes = []
        for low, high in ranges:
            for block in range(low, high, 1024):
                value = 0xCBF29CE484222325
                for scalar in range(block, block + 1024):
                    # A letter before it, and a mark of a high class after it, which may be sorted or joined.
                    sample = chr(scalar) if name == "strip" else "a" + chr(scalar) + "\u0301b"
                    for byte in part.normalize_str(sample).encode():
                        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
                hashes.append(f"{value:016x}")
        result["parts"].append({"name": name, "form": component(part), "hashes": hashes})
    write("normalizer-sweep", result)


def decoder_fixture():
    D = decoders
    parts = [
        D.ByteLevel(), D.WordPiece(), D.WordPiece(prefix="@@", cleanup=False), D.Metaspace(),
        D.Metaspace(replacement="_", prepend_scheme="never"), D.Metaspace(prepend_scheme="first"), D.ByteFallback(), D.Fuse(),
        D.Strip(" ", 1, 0), D.Strip("a", 2, 1), D.Replace("▁", " "), D.Replace("aa", "b"), D.Replace(Regex(" {2,}"), "_"),
        D.Replace(Regex(r"\s+"), ""), D.BPEDecoder(), D.BPEDecoder(suffix="@@"),
        D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)]),
        D.Sequence([D.Fuse(), D.Replace("aa", "b"), D.Strip("b", 1, 2)]),
        D.Sequence([D.Fuse(), D.Replace(Regex(" {2,}"), "_"), D.Metaspace(replacement="_")]),
        D.Sequence([D.Fuse(), D.WordPiece()]), D.Sequence([D.ByteLevel(), D.Replace("Ġ", "!"), D.Strip(" ", 3, 0)]),
        D.Sequence([D.ByteFallback(), D.Metaspace()]), D.Sequence([]),
    ]
    generator = random.Random(5)
    pieces = ["▁", "▁a", "a", "aa", "b", " ", "  ", " a", "##", "##ing", "@@", "@@x", "x@@", "x</w>", "</w>", "<0xE2>", "<0x82>", "<0xAC>",
              "<0x41>", "<0xf0>", "<0xFF>", "<0xG0>", "Ġ", "Ġthe", "Ã", "©", "ðŁ", "ĺ", "Ģ", "é", "👍", ".", "'", "n't", "do", "not", "_", "_x",
              "ba", "\u00a0", "", "'s", " do not", "▁▁", "b b", "aaa"]
    lists = [[], ["a"], ["Hello", "world", "##ly", ".", "I", "'", "m", "do", "not"],
             ["▁A", "▁fam", "ily", "<0xF0>", "<0x9F>", "<0x91>", "<0xAA>", "▁x"], ["<0xE2>", "<0x82>", "x", "<0xE2>", "<0x82>", "<0xAC>"]]
    lists += [[generator.choice(pieces) for _ in range(generator.randrange(1, 9))] for _ in range(95)]

    def decoded(part, tokens):
        try:
            return part.decode(tokens)
        except BaseException:
            return None  # The library's Strip breaks where both ends want the same character.

    write("decoders", {"lists": lists, "parts": [
        {"form": component(part), "outputs": [decoded(part, tokens) for tokens in lists]}
        for part in parts]})


def model_fixture():
    """Models of random small vocabularies on random words of few letters, where paths compete."""
    generator = random.Random(6)
    letters = "abcé"
    words = ["".join(generator.choice(letters + "xy中🙂"[: 4 * (i % 2)]) for _ in range(generator.randrange(1, 12))) for i in range(60)]
    cases = []
    for index in range(12):
        pieces = {"<unk>": 0.0}
        while len(pieces) < 25:
            piece = "".join(generator.choice(letters) for _ in range(generator.randrange(1, 5)))
            pieces[piece] = -float(generator.randrange(1, 9)) if index % 2 else -generator.random() * 9
        if index % 3 == 0:
            for byte in "xy中🙂".encode():
                pieces[f"<0x{byte:02X}>"] = -20.0
        model = models.Unigram(list(pieces.items()), 0, byte_fallback=index % 3 == 0)
        cases.append(model)
        wordpieces = {"[UNK]": 0}
        while len(wordpieces) < 40:
            piece = "".join(generator.choice(letters) for _ in range(generator.randrange(1, 4)))
            wordpieces.setdefault(generator.choice(["", "##"]) + piece, len(wordpieces))
        cases.append(models.WordPiece(wordpieces, unk_token="[UNK]", max_input_chars_per_word=10))
    result = {"words": words, "parts": []}
    for model in cases:
        tokenizer = Tokenizer(model)
        outputs = []
        for word in words:
            encoding = tokenizer.encode(word)
            outputs.append([encoding.ids, byte_places(word, encoding.offsets)])
        result["parts"].append({"form": json.loads(tokenizer.to_str())["model"], "outputs": outputs})
    write("piece-models", result)


def processor_fixture():
    P = processors
    parts = [
        P.BertProcessing(("[SEP]", 1), ("[CLS]", 2)), P.ByteLevel(trim_offsets=True), P.ByteLevel(trim_offsets=False),
        P.ByteLevel(add_prefix_space=False), P.RobertaProcessing(("</s>", 1), ("<s>", 2)),
        P.RobertaProcessing(("</s>", 1), ("<s>", 2), trim_offsets=False), P.RobertaProcessing(("</s>", 1), ("<s>", 2), add_prefix_space=False),
        P.TemplateProcessing(single="[CLS]:3 $A:2 [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1 [X]:4",
                             special_tokens=[("[CLS]", 3), ("[SEP]", 4), {"id": "[X]", "ids": [7, 8], "tokens": ["x", "y"]}]),
        P.TemplateProcessing(single="$A $A", pair="$B:5 $A:6 $A:7", special_tokens=[]),
        P.Sequence([P.ByteLevel(), P.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 9)])]),
        P.Sequence([P.BertProcessing(("[SEP]", 1), ("[CLS]", 2)), P.TemplateProcessing(
            single="<s>:3 $A:2", pair="$B:7 <s> $A:4", special_tokens=[("<s>", 9)])]),
        P.Sequence([P.RobertaProcessing(("</s>", 1), ("<s>", 2)), P.ByteLevel()]),
    ]
    vocabulary = {character: index + 20 for index, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    vocabulary |= {"Ġa": 300, "ĠĠ": 301, "ab": 302, "ĠĠb": 303}
    texts = [["a b", None], [" a  b", None], ["  ", None], ["\na ab ", None], ["", None], ["ab", "b a"], [" a", "  b"], ["", ""], ["é  ", " é"]]
    result = {"vocabulary": vocabulary, "texts": texts, "parts": []}
    for prefix in (True, False):
        for part in parts:
            tokenizer = Tokenizer(models.BPE(vocabulary, [("Ġ", "a"), ("Ġ", "Ġ"), ("a", "b"), ("ĠĠ", "b")]))
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
            outputs = []
            for text, pair in texts:
                # What goes in: the encodings without any processor.
                tokenizer.post_processor = processors.Sequence([])
                inputs = [[e.ids, byte_places(t, e.offsets)] for t in ([text] if pair is None else [text, pair]) for e in [tokenizer.encode(t)]]
                tokenizer.post_processor = part
                for adds in (True, False):
                    encoding = tokenizer.encode(text, pair, add_special_tokens=adds)
                    places = []
                    for offset, sequence in zip(encoding.offsets, encoding.sequence_ids):
                        places += [0, 0] if sequence is None and offset == (0, 0) else byte_places(pair if sequence == 1 else text, [offset])
                    outputs.append([inputs, encoding.ids, encoding.type_ids, places, encoding.special_tokens_mask])
            result["parts"].append({"form": component(part), "outputs": outputs})
    write("post-processors", result)


def substrings(words, longest=5):
    """Substrings of words with the number of their occurrences, in a fixed order."""
    counts = {}
    for word in words:
        for start in range(len(word)):
            for end in range(start + 1, min(start + longest, len(word)) + 1):
                counts[word[start:end], start > 0] = counts.get((word[start:end], start > 0), 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1] * len(item[0][0]), item[0]))


def unigram_pieces(texts, count, first):
    """Pieces for texts in which spaces are ▁: all common characters, then what covers most."""
    words = [word for text in texts for word in ("▁" + text.replace(" ", "▁")).replace("▁", " ▁").split()]
    totals = {}
    for (piece, _), number in substrings(words):
        totals[piece] = totals.get(piece, 0) + number
    singles = [piece for piece in totals if len(piece) == 1 and totals[piece] > 1]
    longer = sorted((piece for piece in totals if len(piece) > 1 and totals[piece] > 1),
                    key=lambda piece: (-totals[piece] * len(piece), piece))
    import math
    total = sum(totals.values())
    chosen = singles + longer[: count - len(singles)]
    return first + [(piece, round(math.log(totals[piece] / total), 6)) for piece in chosen]


def pipeline_fixtures(table):
    N, PT, P, D = normalizers, pre_tokenizers, processors, decoders
    texts = all_texts()
    tokenizers = {}

    bert = N.BertNormalizer()
    words = [word for text in SENTENCES for word, _ in PT.BertPreTokenizer().pre_tokenize_str(bert.normalize_str(text))]
    vocabulary = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])}
    for (piece, inner), number in substrings(words):
        if len(vocabulary) < 700 and (number > 1 or len(piece) == 1):
            vocabulary.setdefault(("##" if inner else "") + piece, len(vocabulary))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = bert, PT.BertPreTokenizer()
    tokenizer.post_processor = P.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.decoder = D.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizers["bert"] = tokenizer

    albert = N.Sequence([
        N.Replace("``", "\""), N.Replace("''", "\""), N.NFKD(), N.StripAccents(), N.Lowercase(), N.Precompiled(table),
        N.Replace(Regex(" {2,}"), " ")])
    tokenizer = Tokenizer(models.Unigram(unigram_pieces(
        [albert.normalize_str(text) for text in SENTENCES], 600,
        [("<pad>", 0.0), ("<unk>", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[MASK]", 0.0)]), 1))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = albert, PT.Metaspace(), D.Metaspace()
    tokenizer.post_processor = P.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(["<pad>", "<unk>", "[CLS]", "[SEP]", AddedToken("[MASK]", lstrip=True)])
    tokenizers["albert"] = tokenizer

    t5 = N.Sequence([N.Precompiled(table), N.Strip(left=False, right=True), N.Replace(Regex(" {2,}"), "▁")])
    tokenizer = Tokenizer(models.Unigram(unigram_pieces(
        [t5.normalize_str(text) for text in SENTENCES], 600, [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]), 2))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = t5, PT.Metaspace(prepend_scheme="always"), D.Metaspace()
    tokenizer.post_processor = P.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"] + [f"<extra_id_{i}>" for i in range(3)])
    tokenizers["t5"] = tokenizer

    xlmr = N.Sequence([N.Precompiled(table), N.Replace(Regex(" {2,}"), " ")])
    tokenizer = Tokenizer(models.Unigram(unigram_pieces(
        [xlmr.normalize_str(text) for text in SENTENCES], 600,
        [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]), 3))
    tokenizer.normalizer = xlmr
    tokenizer.pre_tokenizer = PT.Sequence([PT.WhitespaceSplit(), PT.Metaspace()])
    tokenizer.decoder = D.Metaspace()
    tokenizer.post_processor = P.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    tokenizers["xlmr"] = tokenizer

    # The way of Llama's file, with the scores of a unigram model: spaces by the normalizer, bytes for the rest.
    llama = N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")])
    tokenizer = Tokenizer(models.Unigram(
        unigram_pieces(SENTENCES[:8], 400, [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0)] + [(f"<0x{b:02X}>", -30.0) for b in range(256)]),
        0, byte_fallback=True))
    tokenizer.normalizer = llama
    tokenizer.decoder = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
    tokenizer.post_processor = P.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    tokenizers["llama"] = tokenizer

    # Marian's vocabulary is one that sentencepiece trained; the two are held together below.
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.txt"
        corpus.write_text("\n".join(text.strip() for text in SENTENCES for _ in range(3)))
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=f"{folder}/marian", vocab_size=500, hard_vocab_limit=False, minloglevel=2,
            normalization_rule_name="nmt_nfkc", unk_id=1, eos_id=0, bos_id=-1, unk_piece="<unk>", eos_piece="</s>")
        peer = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/marian.model")
    pieces = [(peer.id_to_piece(i), 0.0 if i < 2 else peer.get_score(i)) for i in range(peer.get_piece_size())]
    marian = N.Sequence([N.Precompiled(table), N.Strip(), N.Replace(Regex(" {2,}"), " ")])
    tokenizer = Tokenizer(models.Unigram(pieces, 1))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = marian, PT.Metaspace(split=False), D.Metaspace()
    tokenizer.post_processor = P.TemplateProcessing(single="$A </s>", pair="$A $B </s>", special_tokens=[("</s>", 0)])
    tokenizer.add_special_tokens(["</s>", "<unk>"])
    tokenizers["marian"] = tokenizer
    agreeing = sum(peer.encode(text) == tokenizer.encode(text, add_special_tokens=False).ids for text in SENTENCES)
    print(f"sentencepiece and tokenizers agree on {agreeing} of {len(SENTENCES)} sentences")

    import base64
    encoded = base64.b64encode(table).decode()
    for name, tokenizer in tokenizers.items():
        outputs = []
        for text in texts:
            # Special tokens written in a text are parsed by the library: only texts without them are compared.
            encoding = tokenizer.encode(text)
            outputs.append([encoding.ids, byte_places(text, encoding.offsets), tokenizer.decode(encoding.ids)])
        pairs = []
        for text, pair in [(SENTENCES[0], SENTENCES[2]), ("a", ""), (SENTENCES[19], " b ")]:
            encoding = tokenizer.encode(text, pair)
            pairs.append([text, pair, encoding.ids, encoding.type_ids, encoding.special_tokens_mask])
        file = json.loads(tokenizer.to_str().replace(encoded, "TABLE"))
        special = [token["content"] for token in file["added_tokens"]]
        outputs = [None if any(token in text for token in special) else output for text, output in zip(texts, outputs)]
        write(f"tokenizer-{name}", {"file": file, "texts": texts, "outputs": outputs, "pairs": pairs})


if __name__ == "__main__":
    table = charsmap()
    normalizer_fixture(table)
    sweep_fixture()
    decoder_fixture()
    model_fixture()
    processor_fixture()
    pipeline_fixtures(table)
    (FIXTURES / "nmt-nfkc.bin").write_bytes(table)
    print("nmt-nfkc.bin:", len(table))
