"""Tiny models of every family that Attend reads and writes, one row each: what the scripts that record and compare share.

A row is a name, a family, and what makes a model of it. Several rows of one family differ in a variant. Encoders and
encoder-decoders are rows too: `kind` says how their logits are asked for.
"""

import dataclasses

import torch
import transformers

VOCABULARY = 37


@dataclasses.dataclass(frozen=True)
class Row:
    """One tiny model: `kind` is "causal", "encoder", "classifier" or "encoder-decoder"."""
    name: str
    configuration: type
    arguments: dict
    kind: str = "causal"
    model: str = "AutoModelForCausalLM"
    # T5 1.1: the library ties the head of a new model and keeps it apart where a file has one.
    unties_head: bool = False

    def make(self, seed):
        torch.manual_seed(seed)
        configuration = self.configuration(**self.arguments)
        model = getattr(transformers, self.model).from_config(configuration)
        if self.unties_head:
            model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(model.lm_head.weight))
        return fill(model, torch.Generator().manual_seed(seed)).eval()


def fill(model, generator):
    """Numbers of its own for every parameter: gains differ from 1 and biases from 0, so that a forgotten one shows."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Sines stand there, which no file holds.
            if not parameter.requires_grad:
                continue
            is_gain = parameter.dim() == 1 and name.endswith("weight")
            draw = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(1 + 0.3 * draw if is_gain else 0.25 * draw)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(0.25 * torch.randn(buffer.shape, generator=generator))
    return model


GPT2 = dict(vocab_size=VOCABULARY, n_positions=24, n_embd=16, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=1)
LLAMA = dict(
    vocab_size=VOCABULARY, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=24, bos_token_id=1, eos_token_id=2)
DEEPSEEK = LLAMA | dict(
    num_key_value_heads=4, q_lora_rank=None, kv_lora_rank=7, qk_rope_head_dim=4, qk_nope_head_dim=6, v_head_dim=10,
    first_k_dense_replace=2, rope_interleave=False, num_mtp_layers=0)
T = transformers

CAUSAL = [
    Row("gpt2", T.GPT2Config, GPT2),
    Row("gpt2-wide", T.GPT2Config, GPT2 | dict(n_inner=28, activation_function="relu")),
    Row("llama", T.LlamaConfig, LLAMA),
    Row("llama-tied", T.LlamaConfig, LLAMA | dict(tie_word_embeddings=True, hidden_act="gelu")),
    Row("llama-biased", T.LlamaConfig, LLAMA | dict(attention_bias=True, mlp_bias=True, head_dim=6)),
    Row("llama-3.1", T.LlamaConfig, LLAMA | dict(rope_parameters=dict(
        rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=12), head_dim=16)),
    Row("llama-linear", T.LlamaConfig, LLAMA | dict(
        rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=2.5))),
    Row("llama-yarn", T.LlamaConfig, LLAMA | dict(head_dim=16, rope_parameters=dict(
        rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=8))),
    Row("mistral", T.MistralConfig, LLAMA | dict(sliding_window=5)),
    Row("mistral-full", T.MistralConfig, LLAMA | dict(sliding_window=None, head_dim=6)),
    Row("qwen2", T.Qwen2Config, LLAMA),
    Row("qwen2-window", T.Qwen2Config, LLAMA | dict(
        use_sliding_window=True, sliding_window=4, max_window_layers=1)),
    Row("qwen3", T.Qwen3Config, LLAMA | dict(head_dim=8)),
    Row("qwen3-tied", T.Qwen3Config, LLAMA | dict(head_dim=6, tie_word_embeddings=True, attention_bias=True)),
    Row("mixtral", T.MixtralConfig, LLAMA | dict(num_local_experts=4, num_experts_per_tok=2)),
    Row("mixtral-window", T.MixtralConfig, LLAMA | dict(
        num_local_experts=3, num_experts_per_tok=1, sliding_window=6)),
    Row("gpt_oss", T.GptOssConfig, LLAMA | dict(
        num_hidden_layers=3, head_dim=8, num_local_experts=4, num_experts_per_tok=2, sliding_window=5,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=150000.0, factor=4.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
            original_max_position_embeddings=8))),
    Row("deepseek_v3", T.DeepseekV3Config, DEEPSEEK),
    Row("deepseek_v3-interleaved", T.DeepseekV3Config, DEEPSEEK | dict(
        rope_interleave=True, tie_word_embeddings=True, rope_parameters=dict(
            rope_type="linear", rope_theta=10000.0, factor=2.5))),
]

BERT = dict(
    vocab_size=VOCABULARY, hidden_size=18, num_hidden_layers=2, num_attention_heads=3, intermediate_size=25,
    max_position_embeddings=24)
DISTILBERT = dict(vocab_size=VOCABULARY, dim=18, n_layers=2, n_heads=3, hidden_dim=25, max_position_embeddings=24)
PAIRS = dict(
    vocab_size=VOCABULARY, d_model=18, encoder_layers=2, decoder_layers=1, encoder_attention_heads=3,
    decoder_attention_heads=3, encoder_ffn_dim=25, decoder_ffn_dim=25, max_position_embeddings=24, pad_token_id=0,
    eos_token_id=1, decoder_start_token_id=0, forced_eos_token_id=None)
T5 = dict(
    vocab_size=VOCABULARY, d_model=18, d_kv=7, d_ff=25, num_layers=2, num_decoder_layers=1, num_heads=3,
    relative_attention_num_buckets=8, relative_attention_max_distance=12, decoder_start_token_id=0)
MASKED = dict(kind="encoder", model="AutoModelForMaskedLM")
CLASSES = dict(kind="classifier", model="AutoModelForSequenceClassification")
TO_PAIRS = dict(kind="encoder-decoder", model="AutoModelForSeq2SeqLM")

OTHERS = [
    Row("bert", T.BertConfig, BERT, **MASKED),
    Row("bert-relu", T.BertConfig, BERT | dict(hidden_act="relu", type_vocab_size=3, layer_norm_eps=1e-6), **MASKED),
    Row("bert-classes", T.BertConfig, BERT | dict(num_labels=4), **CLASSES),
    Row("distilbert", T.DistilBertConfig, DISTILBERT | dict(activation="gelu_new"), **MASKED),
    Row("distilbert-classes", T.DistilBertConfig, DISTILBERT | dict(num_labels=3), **CLASSES),
    Row("marian", T.MarianConfig, PAIRS | dict(scale_embedding=True, activation_function="swish"), **TO_PAIRS),
    Row("marian-tables", T.MarianConfig, PAIRS | dict(
        share_encoder_decoder_embeddings=False, decoder_vocab_size=VOCABULARY, d_model=15,
        decoder_attention_heads=5, decoder_ffn_dim=19), **TO_PAIRS),
    Row("pegasus", T.PegasusConfig, PAIRS | dict(activation_function="relu"), **TO_PAIRS),
    Row("bart", T.BartConfig, PAIRS | dict(scale_embedding=True), **TO_PAIRS),
    Row("t5", T.T5Config, T5, **TO_PAIRS),
    Row("t5-1.1", T.T5Config, T5 | dict(
        feed_forward_proj="gated-gelu", tie_word_embeddings=False), **TO_PAIRS, unties_head=True),
]

ROWS = CAUSAL + OTHERS


def some_ids(count, seed, first=0, vocabulary=VOCABULARY):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(first, vocabulary, (count,), generator=generator).tolist()


def logits(model, row, ids, sources=None):
    """What the model says about each place of one sequence: [places, vocabulary]."""
    with torch.no_grad():
        if row.kind == "encoder-decoder":
            return model(input_ids=torch.tensor([sources]), decoder_input_ids=torch.tensor([ids])).logits[0]
        found = model(torch.tensor([ids])).logits
        return found if row.kind == "classifier" else found[0]


@dataclasses.dataclass(frozen=True)
class Preset:
    """A tiny model that `attend train` makes with these flags, and with these changes to its configuration's model."""
    name: str
    arguments: tuple
    changes: dict = dataclasses.field(default_factory=dict)
    kind: str = "causal"
    model: str = "AutoModelForCausalLM"
    # AutoTokenizer takes every tokenizer beside a qwen2 for Qwen's own, and puts Qwen's pattern in its place.
    tokenizer: str = "AutoTokenizer"


TINY = ("--data", "tales", "--width", "32", "--layers", "2", "--heads", "4", "--context", "32", "--batch", "4")
# The latent attention's turning part is 16 wide, and has to be narrower than a head.
TINY_LATENT = ("--data", "tales", "--width", "64", "--layers", "2", "--heads", "2", "--context", "32", "--batch", "4")


def preset(name, *more, flags=TINY, tokenizer="AutoTokenizer", **changes):
    """A preset that learns from text."""
    return Preset(
        " ".join(["train", name, *more, *changes]), ("--preset", name, *flags, *more), changes, tokenizer=tokenizer)


SMALL = ("--width", "32", "--layers", "2", "--heads", "4")
PHRASES = (*SMALL, "--data", "phrases")
ENCODER = (*SMALL, "--context", "48", "--vocabulary", "300")
MASKED_PRESET = ("encoder", "AutoModelForMaskedLM")
CLASSES_PRESET = ("classifier", "AutoModelForSequenceClassification")
PAIRS_PRESET = ("encoder-decoder", "AutoModelForSeq2SeqLM")


def examples(name, flags, kind, model, **changes):
    """A preset that learns from masked text, labelled texts or pairs."""
    return Preset(" ".join(["train", name, *changes]), ("--preset", name, *flags), changes, kind, model)


# Every preset as it is, and some with changes that a user may make.
PRESETS = [
    preset("default"),
    preset("default", "--tokenizer", "byte"),
    preset("default", "--tokenizer", "bpe", "--vocabulary", "300"),
    preset("shakespeare"),
    preset("shakespeare-best"),
    preset("shakespeare-large"),
    preset("gpt2-124m"),
    preset("gpt2-124m-no-bias"),
    preset("llama"),
    preset("llama", window=8),
    preset("llama", attentionHasBias=True, tokenizer="PreTrainedTokenizerFast"),
    preset("llama", normalisesQueriesAndKeys=True, headWidth=12, tiesHead=False),
    preset("llama", experts=dict(
        count=4, perToken=2, hiddenWidth=24, sharedHiddenWidth=0, normalisesWeights=True, routerHasBias=False,
        balanceCoefficient=0.01)),
    preset("stories260k"),
    preset("latent", flags=TINY_LATENT),
    preset("gpt-oss"),
    examples("encoder", ENCODER, *MASKED_PRESET),
    examples("encoder", ENCODER, *MASKED_PRESET, segmentCount=2),
    examples("classifier", ENCODER, *CLASSES_PRESET),
    examples("classifier", ENCODER, *CLASSES_PRESET, encoder=dict(segmentCount=2)),
    *(examples(name, SMALL, *PAIRS_PRESET)
      for name in ["copy", "reverse", "sort", "add", "dates", "modular", "phrases"]),
    examples("phrases", SMALL, *PAIRS_PRESET, normPlacement="post"),
    examples("copy", SMALL, *PAIRS_PRESET, hasBias=False, normPlacement="post"),
    *(examples(name, (*PHRASES, "--vocabulary", "300"), *PAIRS_PRESET)
      for name in [
          "translation", "vaswani-base", "vaswani-2-layers", "vaswani-4-layers", "vaswani-8-layers",
          "vaswani-width-256", "vaswani-width-1024", "vaswani-hidden-1024", "vaswani-hidden-4096"]),
]

# Presets whose models no class of transformers can compute: what `attend export` says of each, in part.
REFUSED = {
    "bigram": (("--data", "tales"), "no family there is like bigram"),
    "single-head": (("--data", "tales", "--width", "32"), "no family there is like single-head"),
    "multi-head": (("--data", "tales", "--width", "32"), "no family there is like multi-head"),
    "block": (("--data", "tales", "--width", "32"), "no family there is like block"),
    "modular-addition": (("--data", "modular-addition-7", "--width", "32"), "its norm is none, not rms"),
}
