"""GGUF files as the package gguf writes them, of tiny random models with their tokenizers, and sentences to encode."""

import json
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import tokenizers
import torch
import transformers
from gguf import GGMLQuantizationType as Type

from family_table import fill

STORED = {"float32": Type.F32, "float16": Type.F16, "bfloat16": Type.BF16, "q8_0": Type.Q8_0, "q4_0": Type.Q4_0}
LINES = [
    "The boat crossed the quiet harbour at dawn, didn't it?", "  two  spaces   and\ttabs\n\nand lines\r\n",
    "Grüße aus Köln – „schön“!", "今天天气很好。", "مرحبا بالعالم", "👩‍🚀 and 🏳️‍🌈 fly 👍🏽", "x = [i**2 for i in range(10)]",
    "1234567 and 3.14159", "a", " ", "\n", "e\u0301 é", "tab\there", "It's WE'LL they'd I'M", "\u0007\u007f",
    "<s> </s> <|endoftext|> stay text",
]
SENTENCES = [
    "The boat crossed the quiet harbour at dawn.", "Nobody in the harbour saw the boat.",
    "A quiet morning, thought the keeper of the lighthouse.", "Grüße aus dem Hafen, schrieb er schön.",
    "def harbour(boat): return boat + 1", "It's what they'd said: we'll cross at dawn, won't we?", "12 boats, 345 sails",
]


def byte_pairs():
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(SENTENCES * 4, tokenizers.trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<|endoftext|>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return json.loads(tokenizer.to_str())


def add_byte_pairs(made, pattern):
    model = byte_pairs()["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    made.add_tokenizer_model("gpt2")
    made.add_tokenizer_pre(pattern)
    made.add_token_list(tokens)
    made.add_token_types([gguf.TokenType.CONTROL if t == "<|endoftext|>" else gguf.TokenType.NORMAL for t in tokens])
    made.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in model["merges"]])
    made.add_eos_token_id(0)
    made.add_bos_token_id(0)
    made.add_add_bos_token(False)
    return len(tokens)


def add_pieces(made, folder):
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(SENTENCES * 20))
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "pieces"), model_type="bpe", vocab_size=340, byte_fallback=True,
        character_coverage=1.0, normalization_rule_name="identity", remove_extra_whitespaces=False,
        minloglevel=2)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "pieces.model"))
    count = pieces.vocab_size()
    kinds = []
    for i in range(count):
        kinds.append(
            gguf.TokenType.UNKNOWN if pieces.is_unknown(i) else gguf.TokenType.CONTROL if pieces.is_control(i)
            else gguf.TokenType.BYTE if pieces.is_byte(i) else gguf.TokenType.NORMAL)
    made.add_tokenizer_model("llama")
    made.add_tokenizer_pre("default")
    made.add_token_list([pieces.id_to_piece(i) for i in range(count)])
    made.add_token_scores([pieces.get_score(i) for i in range(count)])
    made.add_token_types(kinds)
    made.add_bos_token_id(pieces.bos_id())
    made.add_eos_token_id(pieces.eos_id())
    made.add_unk_token_id(pieces.unk_id())
    return count


def write_gpt2(path, precision, pattern, width=64, layers=2, context=64):
    made = gguf.GGUFWriter(path, "gpt2")
    count = add_byte_pairs(made, pattern)
    configuration = transformers.GPT2Config(vocab_size=count, n_positions=context, n_embd=width, n_layer=layers, n_head=4)
    model = fill(transformers.GPT2LMHeadModel(configuration), torch.Generator().manual_seed(3)).eval()
    made.add_block_count(layers)
    made.add_context_length(context)
    made.add_embedding_length(width)
    made.add_feed_forward_length(4 * width)
    made.add_head_count(4)
    made.add_layer_norm_eps(configuration.layer_norm_epsilon)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GPT2, layers)
    with torch.no_grad():
        for name, parameter in model.transformer.named_parameters():
            is_linear = name.endswith("weight") and ("c_attn" in name or "c_proj" in name or "c_fc" in name)
            theirs = names.get_name(name, try_suffixes=(".weight", ".bias"))
            keep = store(made, theirs, (parameter.T if is_linear else parameter).contiguous().numpy(), precision)
            parameter.copy_(torch.from_numpy(keep).T if is_linear else torch.from_numpy(keep))
    return finish(made), model


def write_llama(path, precision, folder, width=64, layers=2, context=64):
    made = gguf.GGUFWriter(path, "llama")
    count = add_pieces(made, folder)
    configuration = transformers.LlamaConfig(
        vocab_size=count, hidden_size=width, intermediate_size=96, num_hidden_layers=layers, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=context)
    model = fill(transformers.LlamaForCausalLM(configuration), torch.Generator().manual_seed(4)).eval()
    made.add_block_count(layers)
    made.add_context_length(context)
    made.add_embedding_length(width)
    made.add_feed_forward_length(96)
    made.add_head_count(4)
    made.add_head_count_kv(2)
    made.add_layer_norm_rms_eps(configuration.rms_norm_eps)
    made.add_rope_dimension_count(width // 4)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)

    def turned(rows, heads):
        return rows.reshape(heads, 2, width // 8, -1).swapaxes(1, 2).reshape(rows.shape)

    def turned_back(rows, heads):
        return rows.reshape(heads, width // 8, 2, -1).swapaxes(1, 2).reshape(rows.shape)

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            heads = 4 if "q_proj" in name else 2 if "k_proj" in name else None
            rows = parameter.numpy() if heads is None else turned(parameter.numpy(), heads)
            keep = store(made, names.get_name(name, try_suffixes=(".weight", ".bias")), rows.copy(), precision)
            parameter.copy_(torch.from_numpy(keep if heads is None else turned_back(keep, heads)))
    return finish(made), model


def store(made, name, array, precision):
    """Adds a tensor and gives back what its rounded elements are."""
    stored = STORED[precision] if array.ndim > 1 and name != "position_embd.weight" else Type.F32
    data = gguf.quantize(array, stored)
    made.add_tensor(name, data, raw_dtype=stored)
    return np.array(gguf.dequantize(data, stored), dtype=np.float32).reshape(array.shape)


def finish(made):
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    return made.path
