"""Records tiny models of encoders and encoder-decoders as Hugging Face transformers and sentence-transformers save them.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-huggingface-encoder-fixtures.py [encoders] [pairs] [sentences]

Writes one directory for each model below Tests/CheckpointsTests/Fixtures/huggingface: what the library's own
save_pretrained makes of it, with a tokenizer of its family that is trained on the sentences below, and `recorded.json`:

    an encoder            `tokens`, `hidden` (of BertModel and DistilBertModel) or `logits`
    a classifier          `tokens`, `logits` of the classes
    an encoder-decoder    `sourceTokens`, `tokens`, `logits`, and `translations`: for some sentences the `source`, and the
                          `greedy` and `beams` text that generate() makes; `beamScores` are sums of log-probabilities
    a sentence encoder    `texts`, `embeddings` that SentenceTransformer.encode() makes, and `ids` of each text

Weights are random and as large as those of fixture_tools, so that a part that is left out shows. Logits are computed in
float64. Where pieces are equally good the trainers of tokenizers choose among them by chance, so that another run may
record other vocabularies, with all that follows from them.
"""

import json
import os
import shutil
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from fixture_tools import ROOT, fill

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

FIXTURES = ROOT / "Tests/CheckpointsTests/Fixtures/huggingface"
SENTENCES = [
    "The cat sat on the mat and looked at the moon.", "A small dog runs across the wide green field.",
    "Where is the station, and when does the train leave?", "Ein kleiner Hund läuft über die große Wiese.",
    "Die Katze schläft auf dem alten Stuhl am Fenster.", "Wo ist der Bahnhof, und wann fährt der Zug?",
    "It rains; the children stay inside and read.", "Es regnet; die Kinder bleiben drinnen und lesen.",
    "Numbers such as 12, 305 and 1999 are words too.", "Café, naïve and résumé keep their accents here.",
]
CHOSEN = [0, 3, 5, 8]


def special(names):
    return dict(zip(["pad_token", "unk_token", "bos_token", "eos_token", "mask_token"], names))


def word_piece():
    """BERT's: lower case, pieces that begin with ##, [CLS] … [SEP]."""
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer, t.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(
        SENTENCES, trainers.WordPieceTrainer(vocab_size=96, special_tokens=names, show_progress=False))
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(
        tokenizer_object=t, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]")


def unigram(names, end="</s>"):
    """SentencePiece's, as T5, Marian and Pegasus have it: spaces are a part of the words, and the end token follows."""
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("  ", " ")])
    t.pre_tokenizer, t.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    t.train_from_iterator(
        SENTENCES, trainers.UnigramTrainer(
            vocab_size=110, special_tokens=names, unk_token="<unk>", show_progress=False))
    t.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, t.token_to_id(end))])
    return PreTrainedTokenizerFast(tokenizer_object=t, pad_token="<pad>", unk_token="<unk>", eos_token=end)


def byte_level():
    """BART's: pairs of bytes, <s> … </s>."""
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    t = Tokenizer(models.BPE())
    t.pre_tokenizer, t.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    t.train_from_iterator(
        SENTENCES, trainers.BpeTrainer(
            vocab_size=300, special_tokens=names, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=t, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>", mask_token="<mask>",
        cls_token="<s>", sep_token="</s>")


def filled(model, seed):
    """The model with numbers of its own; sines and cosines stay as they are."""
    generator = torch.Generator().manual_seed(seed)
    fixed = {name: p.detach().clone() for name, p in model.named_parameters() if not p.requires_grad}
    fill(model, generator)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in fixed:
                parameter.copy_(fixed[name])
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(torch.randn(buffer.shape, generator=generator) * 0.25)
    return model.eval()


def numbers(tensor):
    return [[round(x, 7) for x in row] for row in tensor.tolist()]


def write(name, model, recorded, tokenizer=None):
    directory = FIXTURES / name
    shutil.rmtree(directory, ignore_errors=True)
    model.float().save_pretrained(directory)
    if tokenizer is not None:
        tokenizer.save_pretrained(directory)
    finish(directory, recorded)


def finish(directory, recorded):
    (directory / "recorded.json").write_text(json.dumps(recorded, ensure_ascii=False) + "\n")
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    print(f"{directory.relative_to(ROOT)}: {size} bytes")


def record_bert():
    tokenizer = word_piece()
    c = dict(
        vocab_size=len(tokenizer), hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
        max_position_embeddings=48, type_vocab_size=2)
    tokens = tokenizer(SENTENCES[0])["input_ids"]
    ids = torch.tensor([tokens])
    labels = dict(id2label={0: "statement", 1: "question", 2: "other"})

    config = transformers.BertConfig(**c, hidden_act="gelu")
    model = filled(transformers.BertForMaskedLM(config), 61).double()
    write("bert-masked-lm", model, dict(tokens=tokens, logits=numbers(model(ids).logits[0])), tokenizer)
    model = filled(transformers.BertModel(transformers.BertConfig(**c, hidden_act="gelu_new")), 62).double()
    write("bert-model", model, dict(tokens=tokens, hidden=numbers(model(ids).last_hidden_state[0])), tokenizer)
    model = filled(transformers.BertForSequenceClassification(transformers.BertConfig(**c, **labels)), 63).double()
    write("bert-classifier", model, dict(tokens=tokens, logits=numbers(model(ids).logits)), tokenizer)

    c = dict(
        vocab_size=len(tokenizer), dim=20, n_layers=2, n_heads=2, hidden_dim=36, max_position_embeddings=40)
    model = filled(transformers.DistilBertForMaskedLM(transformers.DistilBertConfig(**c, activation="relu")), 64)
    model = model.double()
    write("distilbert-masked-lm", model, dict(tokens=tokens, logits=numbers(model(ids).logits[0])), tokenizer)
    model = filled(transformers.DistilBertModel(transformers.DistilBertConfig(**c)), 65).double()
    write("distilbert-model", model, dict(tokens=tokens, hidden=numbers(model(ids).last_hidden_state[0])), tokenizer)
    model = filled(
        transformers.DistilBertForSequenceClassification(transformers.DistilBertConfig(**c, **labels)), 66).double()
    write("distilbert-classifier", model, dict(tokens=tokens, logits=numbers(model(ids).logits)), tokenizer)


def translations(model, tokenizer, forbidden, limit=24):
    """What generate() makes of some sentences, greedily and with four beams whose scores have no length penalty."""
    found = []
    for sentence in [SENTENCES[n] for n in CHOSEN]:
        ids = torch.tensor([tokenizer(sentence)["input_ids"]])
        common = dict(
            attention_mask=torch.ones_like(ids), max_new_tokens=limit, do_sample=False, forced_eos_token_id=None,
            bad_words_ids=[[token] for token in forbidden])
        greedy = model.generate(ids, num_beams=1, **common)
        beams = model.generate(
            ids, num_beams=4, length_penalty=0.0, early_stopping=False, return_dict_in_generate=True,
            output_scores=True, **common)
        found.append(dict(
            source=sentence, sourceTokens=ids[0].tolist(),
            greedy=tokenizer.decode(greedy[0], skip_special_tokens=True), greedyTokens=greedy[0].tolist(),
            beams=tokenizer.decode(beams.sequences[0], skip_special_tokens=True),
            beamTokens=beams.sequences[0].tolist(), beamScore=beams.sequences_scores[0].item()))
    return found


def record_pairs(name, model, tokenizer, seed, forbidden, source=None):
    source = source or tokenizer(SENTENCES[4])["input_ids"]
    config = model.config
    recorded = {}
    # Random models seldom come to an end: the first seed is taken with which most translations do.
    while True:
        model = filled(model.float(), seed).double()
        if tokenizer is None:
            break
        with torch.no_grad():
            model.get_output_embeddings().weight[config.eos_token_id] *= 2
        found = translations(model, tokenizer, forbidden)
        lengths = [len(t["greedyTokens"]) for t in found if t["greedyTokens"][-1] == config.eos_token_id]
        beams = [len(t["beamTokens"]) for t in found if t["beamTokens"][-1] == config.eos_token_id]
        if len(lengths) >= 3 and len(beams) >= 3 and min(lengths) > 4 and len(set(beams)) > 1:
            recorded["translations"] = found
            break
        seed += 100
    target_size = model.get_output_embeddings().weight.shape[0]
    generator = torch.Generator().manual_seed(seed)
    tokens = [config.decoder_start_token_id] + torch.randint(0, target_size, (9,), generator=generator).tolist()
    logits = model(
        input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([tokens]), use_cache=False).logits[0]
    recorded |= dict(sourceTokens=source, tokens=tokens, logits=numbers(logits))
    write(name, model, recorded, tokenizer)


def record_encoder_decoders():
    sizes = dict(
        d_model=20, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=30, decoder_ffn_dim=30, max_position_embeddings=64)
    marian = unigram(["</s>", "<unk>", "<pad>"])
    pad = marian.pad_token_id
    ids = dict(pad_token_id=pad, eos_token_id=marian.eos_token_id, decoder_start_token_id=pad)
    c = dict(vocab_size=len(marian), decoder_vocab_size=len(marian), forced_eos_token_id=0, **sizes, **ids)
    record_pairs(
        "marian", transformers.MarianMTModel(
            transformers.MarianConfig(**c, scale_embedding=True, activation_function="swish")),
        marian, 71, [pad])
    # Sizes of its own on each side, an odd width, and two vocabularies.
    c = dict(
        vocab_size=31, decoder_vocab_size=37, d_model=15, encoder_layers=1, decoder_layers=2,
        encoder_attention_heads=3, decoder_attention_heads=5, encoder_ffn_dim=18, decoder_ffn_dim=22,
        max_position_embeddings=32, pad_token_id=30, eos_token_id=0, decoder_start_token_id=30,
        share_encoder_decoder_embeddings=False, activation_function="relu")
    record_pairs(
        "marian-separate", transformers.MarianMTModel(transformers.MarianConfig(**c)), None, 72, [],
        source=[3, 9, 27, 1, 14, 0])
    pegasus = unigram(["<pad>", "</s>", "<unk>"])
    record_pairs(
        "pegasus", transformers.PegasusForConditionalGeneration(transformers.PegasusConfig(
            vocab_size=len(pegasus), **sizes, activation_function="relu", scale_embedding=True)),
        pegasus, 73, [0])
    bart = byte_level()
    record_pairs(
        "bart", transformers.BartForConditionalGeneration(
            transformers.BartConfig(vocab_size=len(bart), **sizes, forced_bos_token_id=0)), bart, 74, [1])
    t5 = unigram(["<pad>", "</s>", "<unk>"])
    c = dict(
        vocab_size=len(t5), d_model=18, d_kv=7, d_ff=32, num_layers=2, num_decoder_layers=1, num_heads=3,
        relative_attention_num_buckets=8, relative_attention_max_distance=20, decoder_start_token_id=0)
    record_pairs("t5", transformers.T5ForConditionalGeneration(transformers.T5Config(**c)), t5, 75, [0])
    model = transformers.T5ForConditionalGeneration(
        transformers.T5Config(**c, feed_forward_proj="gated-gelu", tie_word_embeddings=False))
    model.lm_head.weight = torch.nn.Parameter(torch.zeros(len(t5), 18))
    record_pairs("t5-1.1", model, t5, 76, [0])


def record_sentence_encoders():
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    texts = [SENTENCES[n] for n in CHOSEN] + ["", "Moon"]
    tokenizer = word_piece()
    scratch = FIXTURES / "scratch"

    def record(name, model, pooling, normalises, nested):
        shutil.rmtree(scratch, ignore_errors=True)
        filled(model, 81).save_pretrained(scratch)
        tokenizer.save_pretrained(scratch)
        parts = [Transformer(str(scratch)), Pooling(model.config.hidden_size, pooling)]
        if normalises:
            parts.append(Normalize())
        sentences = SentenceTransformer(modules=parts, device="cpu")
        directory = FIXTURES / name
        shutil.rmtree(directory, ignore_errors=True)
        sentences.save(str(directory), create_model_card=False)
        shutil.rmtree(scratch)
        if nested:
            as_version_2(directory, pooling)
            sentences = SentenceTransformer(str(directory), device="cpu")
        recorded = dict(
            texts=texts, embeddings=numbers(sentences.encode(texts)),
            ids=[tokenizer(text)["input_ids"] for text in texts])
        finish(directory, recorded)

    def as_version_2(directory, pooling):
        """The files that sentence-transformers wrote up to version 2: the model in a folder, modes as flags."""
        inner = directory / "0_Transformer"
        inner.mkdir()
        for path in list(directory.iterdir()):
            if path.is_file() and path.name not in ("modules.json", "config_sentence_transformers.json"):
                path.rename(inner / path.name)
        (inner / "sentence_bert_config.json").write_text('{"max_seq_length": 16, "do_lower_case": false}\n')
        parts = json.loads((directory / "modules.json").read_text())
        for part in parts:
            part["type"] = "sentence_transformers.models." + part["type"].split(".")[-1]
        parts[0]["path"] = "0_Transformer"
        (directory / "modules.json").write_text(json.dumps(parts))
        modes = {f"pooling_mode_{mode}": False for mode in (
            "cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")}
        modes[{"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}[pooling]] = True
        (directory / "1_Pooling/config.json").write_text(json.dumps(dict(word_embedding_dimension=20, **modes)))

    record(
        "sentence-mean", transformers.BertModel(transformers.BertConfig(
            vocab_size=len(tokenizer), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
            intermediate_size=40, max_position_embeddings=48)), "mean", True, False)
    record(
        "sentence-cls", transformers.DistilBertModel(transformers.DistilBertConfig(
            vocab_size=len(tokenizer), dim=20, n_layers=1, n_heads=2, hidden_dim=36, max_position_embeddings=40)),
        "cls", False, True)


GROUPS = dict(encoders=record_bert, pairs=record_encoder_decoders, sentences=record_sentence_encoders)
for name in sys.argv[1:] or GROUPS:
    GROUPS[name]()
