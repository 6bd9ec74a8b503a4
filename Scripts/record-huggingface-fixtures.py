"""Records tiny models of every family as Hugging Face transformers saves them, for the tests to hold Attend to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-huggingface-fixtures.py

Writes directories to Tests/CheckpointsTests/Fixtures/huggingface, with the same bytes each time: one for each causal row of
family_table.py, and some in forms that older versions or other settings give. Each has, beside what transformers writes,
`recorded.json` with `ids`, the `logits` that transformers computes of them, and for an encoder-decoder `sources`. The
models' weights are random; nothing is fetched.
"""

import json
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from family_table import CAUSAL, LLAMA, logits, some_ids

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/CheckpointsTests/Fixtures/huggingface"
PLACES = 12


def record(name, row, model, seed):
    ids = some_ids(PLACES, seed)
    sources = some_ids(PLACES - 3, seed + 1) if row.kind == "encoder-decoder" else None
    recorded = dict(ids=ids, logits=logits(model, row, ids, sources).tolist())
    if sources:
        recorded["sources"] = sources
    write_json(FIXTURES / name / "recorded.json", recorded, indent=None)


def write_json(path, value, indent=2):
    path.write_text(json.dumps(value, indent=indent, sort_keys=True) + "\n")


def save(name, model, **options):
    directory = FIXTURES / name
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory, **options)
    # Which version wrote it changes nothing, and would change these files with every new one.
    for file in ("config.json", "generation_config.json"):
        path = directory / file
        if path.exists():
            fields = json.loads(path.read_text())
            fields.pop("transformers_version", None)
            write_json(path, fields)
    return directory


def plain(row, seed):
    model = row.make(seed)
    save(row.name, model)
    record(row.name, row, model, seed)


def rounded(row, seed, name, dtype):
    """Weights in half the bits; the logits are those of float32 numbers with these values."""
    directory = save(name, row.make(seed).to(dtype))
    # Read anew, since rotary frequencies are rounded with the weights otherwise.
    model = getattr(transformers, row.model).from_pretrained(directory, dtype=torch.float32).eval()
    record(name, row, model, seed)


def sharded(row, seed):
    model = row.make(seed)
    save("llama-shards", model, max_shard_size="6KB")
    record("llama-shards", row, model, seed)


def old_gpt2(row, seed):
    """As in 2019: no prefix, and the masks of the attentions beside the weights."""
    model = row.make(seed)
    directory = save("gpt2-old", model)
    tensors = load_file(directory / "model.safetensors")
    tensors = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    places = model.config.n_positions
    for layer in range(model.config.n_layer):
        tensors[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(1, 1, places, places))
        tensors[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    save_file(tensors, directory / "model.safetensors")
    fields = json.loads((directory / "config.json").read_text())
    fields |= dict(n_ctx=places, torch_dtype=fields.pop("dtype"), task_specific_params={})
    write_json(directory / "config.json", fields)
    (directory / "generation_config.json").unlink()
    record("gpt2-old", row, model, seed)


def old_llama(row, seed):
    """As in 2023: rope_theta and rope_scaling, and the rotary frequencies beside the weights."""
    model = row.make(seed)
    directory = save("llama-old", model)
    tensors = load_file(directory / "model.safetensors")
    for layer in range(model.config.num_hidden_layers):
        tensors[f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = torch.ones(2)
    save_file(tensors, directory / "model.safetensors")
    fields = json.loads((directory / "config.json").read_text())
    rope = fields.pop("rope_parameters")
    fields |= dict(
        rope_theta=rope["rope_theta"], rope_scaling=dict(type=rope["rope_type"], factor=rope["factor"]),
        torch_dtype=fields.pop("dtype"))
    for name in ("head_dim", "mlp_bias", "attention_bias"):
        fields.pop(name)
    write_json(directory / "config.json", fields)
    record("llama-old", row, model, seed)


def packed_mixtral(row, seed):
    """As transformers 5 has them in memory: the experts of a layer in one tensor."""
    model = row.make(seed)
    directory = save("mixtral-packed", model)
    tensors = {name: tensor.detach().contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, directory / "model.safetensors")
    record("mixtral-packed", row, model, seed)


def with_tokenizer(seed):
    """A llama with a byte-level tokenizer that puts its start token before a text, and what it writes for a prompt."""
    words = "the old woman and the fox went to the river and the river was old and the fox was at the river "
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator([words], trainers.BpeTrainer(
        vocab_size=280, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", clean_up_tokenization_spaces=False)
    torch.manual_seed(seed)
    configuration = transformers.LlamaConfig(**LLAMA | dict(
        vocab_size=tokenizer.get_vocab_size(), bos_token_id=0, eos_token_id=1, max_position_embeddings=64))
    model = transformers.LlamaForCausalLM(configuration)
    # A few steps on the words, so that they end: the end token comes after every sentence.
    ids = torch.tensor([wrapped("the fox was at the river")["input_ids"] + [1]])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-2)
    for _ in range(40):
        optimizer.zero_grad()
        model(ids, labels=ids).loss.backward()
        optimizer.step()
    model.eval()
    directory = save("llama-tokenizer", model)
    tokenizer.save(str(directory / "tokenizer.json"), pretty=False)
    write_json(directory / "tokenizer_config.json", dict(
        tokenizer_class="PreTrainedTokenizerFast", bos_token="<s>", eos_token="</s>", model_max_length=64))
    prompt = "the fox"
    encoded = wrapped(prompt, return_tensors="pt")["input_ids"]
    written = model.generate(encoded, max_new_tokens=30, do_sample=False)[0]
    if written[-1] != 1 or len(written) > 25:
        raise SystemExit("the model does not end its sentence")
    write_json(directory / "recorded.json", dict(
        prompt=prompt, promptIds=encoded[0].tolist(), ids=written.tolist(),
        text=wrapped.decode(written[encoded.shape[1]:], skip_special_tokens=True),
        logits=model(written[None]).logits[0].tolist()), indent=None)


def main():
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    rows = {row.name: row for row in CAUSAL}
    for seed, row in enumerate(CAUSAL, 1):
        plain(row, seed)
    rounded(rows["gpt2"], 101, "gpt2-float16", torch.float16)
    rounded(rows["llama"], 102, "llama-bfloat16", torch.bfloat16)
    sharded(rows["llama"], 103)
    old_gpt2(rows["gpt2"], 104)
    old_llama(rows["llama-linear"], 105)
    packed_mixtral(rows["mixtral"], 106)
    with_tokenizer(107)
    for directory in sorted(FIXTURES.iterdir()):
        size = sum(path.stat().st_size for path in directory.iterdir())
        print(f"{directory.name}: {size} bytes")


if __name__ == "__main__":
    main()
