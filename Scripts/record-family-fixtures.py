"""Records what Hugging Face's models of several families make of small inputs, for the tests to hold Attend to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-family-fixtures.py

Writes to Tests/ModelsTests/Fixtures, with the same bytes each time, one file for each family below. The models are tiny
and their weights random; nothing is fetched. A file holds the weights by Attend's names and layouts, `gradient.<name>` for
each of them, and

    a causal model       `ids`, `mask`, `targets` (-1 is not scored), `logits`, `loss`
    bert-masked-lm       the same; targets are what stood at masked places
    bert-classifier      `ids`, `mask`, `labels`, `logits`, `loss`
    t5                   `sources`, `sourceMask`, `targetInputs`, `targetOutputs`, `logits`, `loss`, and the bucket of each
                         distance from -buckets.reach to buckets.reach as `buckets.bidirectional`, `buckets.causal`
    bloom                the blocks alone: `x`, `mask`, `output`, `outputGradient`, `gradient.x`
"""

import copy

import torch
import transformers
from torch import nn
from transformers.models.t5.modeling_t5 import T5Attention

from fixture_tools import (
    cross_entropy, draw, fill, padding_mask, some_ids, some_targets, weights_and_gradients, write)


def joined(p, prefix, names, kind):
    """Maps side by side, as one: rows of outputs."""
    return torch.cat([p[f"{prefix}{name}.{kind}"] for name in names])


def decoder_names(c, p):
    """Llama's layout and those near it, by our names: queries | keys | values and gate | up are packed."""
    ours = {"wte.weight": p["model.embed_tokens.weight"]}
    if "lm_head.weight" in p:
        ours["lm_head.weight"] = p["lm_head.weight"]
    for kind in ("weight", "bias"):
        if f"model.norm.{kind}" in p:
            ours[f"ln_f.{kind}"] = p[f"model.norm.{kind}"]
    for layer in range(c["num_hidden_layers"]):
        theirs, block = f"model.layers.{layer}.", f"h.{layer}."
        renamed = {
            "input_layernorm": "ln_1", "post_attention_layernorm": "ln_2", "self_attn.o_proj": "attn.c_proj",
            "self_attn.q_norm": "attn.q_norm", "self_attn.k_norm": "attn.k_norm", "mlp.down_proj": "mlp.c_proj",
            "self_attn.kv_a_proj_with_mqa": "attn.kv_a", "self_attn.kv_a_layernorm": "attn.kv_a_norm",
            "mlp.gate": "mlp.router", "mlp.router": "mlp.router", "mlp.shared_experts.down_proj": "mlp.shared.c_proj"}
        packed = {
            "attn.c_attn": ("self_attn.", ["q_proj", "k_proj", "v_proj"]),
            "mlp.c_fc": ("mlp.", ["gate_proj", "up_proj"]),
            "mlp.shared.c_fc": ("mlp.shared_experts.", ["gate_proj", "up_proj"])}
        if "kv_lora_rank" in c:
            packed["attn.q_attn"] = ("self_attn.", ["q_proj"])
            del packed["attn.c_attn"]
            ours[f"{block}attn.kv_b.weight"] = latent_up(c, p[f"{theirs}self_attn.kv_b_proj.weight"])
        for kind in ("weight", "bias"):
            for name, our_name in renamed.items():
                if f"{theirs}{name}.{kind}" in p:
                    ours[f"{block}{our_name}.{kind}"] = p[f"{theirs}{name}.{kind}"]
            for our_name, (prefix, names) in packed.items():
                if f"{theirs}{prefix}{names[0]}.{kind}" in p:
                    ours[f"{block}{our_name}.{kind}"] = joined(p, theirs + prefix, names, kind)
        if f"{theirs}self_attn.sinks" in p:
            ours[f"{block}attn.sinks"] = p[f"{theirs}self_attn.sinks"]
        if f"{theirs}mlp.experts.gate_up_proj" in p:
            ours |= expert_names(p, f"{theirs}mlp.experts.", f"{block}mlp.experts.")
    return ours


def latent_up(c, weight):
    """Each head's still keys and values, one after the other → the keys of all heads, then all values."""
    still = c["qk_nope_head_dim"]
    heads = weight.view(c["num_attention_heads"], -1, weight.shape[-1])
    return torch.cat([heads[:, :still].flatten(0, 1), heads[:, still:].flatten(0, 1)])


def expert_names(p, theirs, ours):
    up, down = p[f"{theirs}gate_up_proj"], p[f"{theirs}down_proj"]
    found = {}
    for expert in range(up.shape[0]):
        if f"{theirs}gate_up_proj_bias" in p:
            # GPT-OSS stores [inputs, outputs], with gate and up in turns.
            bias = p[f"{theirs}gate_up_proj_bias"][expert]
            found[f"{ours}{expert}.c_fc.weight"] = torch.cat([up[expert, :, ::2].T, up[expert, :, 1::2].T])
            found[f"{ours}{expert}.c_fc.bias"] = torch.cat([bias[::2], bias[1::2]])
            found[f"{ours}{expert}.c_proj.weight"] = down[expert].T
            found[f"{ours}{expert}.c_proj.bias"] = p[f"{theirs}down_proj_bias"][expert]
        else:
            found[f"{ours}{expert}.c_fc.weight"] = up[expert]
            found[f"{ours}{expert}.c_proj.weight"] = down[expert]
    return found


def built(family, head, c, generator):
    """A model of a family, written out in plain operations, with random weights."""
    configuration = getattr(transformers, f"{family}Config")(**c)
    configuration._attn_implementation = "eager"
    configuration._experts_implementation = "eager"
    model = getattr(transformers, f"{family}For{head}")(configuration).double()
    # Not in evaluation mode for its own sake: all dropout must be off.
    return fill(model.eval(), generator)


def record_causal(name, family, seed, lengths=(13, 5, 8), check=None, **c):
    c = dict(
        vocab_size=29, hidden_size=24, intermediate_size=26, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5) | c
    generator = torch.Generator().manual_seed(seed)
    model = built(family, "CausalLM", c, generator)
    mask = padding_mask(lengths, max(lengths))
    ids, targets = some_ids(mask.shape, c["vocab_size"], generator), some_targets(mask, c["vocab_size"], generator)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    loss = cross_entropy(logits, targets)
    loss.backward()
    if check:
        check(model, logits, dict(input_ids=ids, attention_mask=mask, use_cache=False))
    tensors = dict(ids=ids, mask=mask.float(), targets=targets, logits=logits, loss=loss)
    tensors |= weights_and_gradients(model, lambda p: decoder_names(c, p))
    write(name, tensors, dict(c, batch=len(lengths)))


def matters(change):
    """Checks that a variant changes the logits, so that a fixture without it could not pass."""
    def check(model, logits, inputs):
        with torch.no_grad():
            other = copy.deepcopy(model)
            change(other)
            moved = (other(**inputs).logits - logits).abs().max()
        if moved < 1e-2:
            raise SystemExit(f"the variant moves the logits by {moved} only")
    return check


def without_window(model):
    model.config.sliding_window = 1000
    for layer in model.model.layers:
        layer.self_attn.sliding_window = None


def without_yarn(model):
    rotary = model.model.rotary_emb
    rotary.inv_freq = rotary.compute_default_rope_parameters(model.config)[0]


def without_sinks(model):
    for layer in model.model.layers:
        layer.self_attn.sinks.fill_(-1e4)


# Lengths that leave no padding without a token inside of its window: of nothing, Hugging Face makes no numbers.
NEAR = (13, 11, 12)
# Of four pairs, one stays, two are mixed and one is slowed; rounded borders lie elsewhere.
YARN = dict(
    rope_type="yarn", rope_theta=50.0, factor=4.0, original_max_position_embeddings=64, beta_fast=8.0, beta_slow=1.0)


def record_decoders():
    plain = dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0))
    record_causal("llama", "Llama", seed=31, **plain)
    record_causal(
        "llama-yarn", "Llama", seed=32, num_key_value_heads=1, head_dim=8, tie_word_embeddings=True,
        rope_parameters=YARN, check=matters(without_yarn))
    record_causal(
        "mistral", "Mistral", seed=33, lengths=NEAR, sliding_window=4, head_dim=4, check=matters(without_window), **plain)
    record_causal("qwen2", "Qwen2", seed=34, lengths=(4, 11, 1), **plain)
    record_causal(
        "qwen3", "Qwen3", seed=35, head_dim=4, num_attention_heads=3, num_key_value_heads=3, hidden_size=18,
        rope_parameters=dict(rope_type="default", rope_theta=1e6))
    record_causal(
        "stablelm", "StableLm", seed=36, hidden_size=32, layer_norm_eps=1e-5, use_qkv_bias=True,
        use_parallel_residual=False,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))
    record_causal("mixtral", "Mixtral", seed=37, num_local_experts=5, num_experts_per_tok=2, intermediate_size=14,
                  head_dim=8, **plain)
    record_causal(
        "gpt-oss", "GptOss", seed=38, lengths=NEAR, num_local_experts=4, num_experts_per_tok=2, intermediate_size=11, head_dim=8,
        sliding_window=3, rope_parameters=YARN | dict(truncate=False),
        check=matters(without_sinks))
    latent = plain | dict(
        num_key_value_heads=4, q_lora_rank=None, kv_lora_rank=9, qk_nope_head_dim=3, qk_rope_head_dim=4, v_head_dim=7,
        rms_norm_eps=1e-6)
    record_causal("deepseek", "DeepseekV2", seed=39, first_k_dense_replace=2, **latent)
    record_causal(
        "deepseek-experts", "DeepseekV2", seed=40, first_k_dense_replace=0, n_routed_experts=5, num_experts_per_tok=3,
        moe_intermediate_size=8, n_shared_experts=2, topk_method="greedy", norm_topk_prob=False,
        routed_scaling_factor=1.0, **latent)


def bloom_names(p, heads):
    """The blocks by our names. BLOOM packs query, key and value of one head, then of the next."""
    ours = {f"ln_f.{kind}": p[f"ln_f.{kind}"] for kind in ("weight", "bias")}
    renamed = {
        "ln_1": "input_layernorm", "ln_2": "post_attention_layernorm", "attn.c_proj": "self_attention.dense",
        "mlp.c_fc": "mlp.dense_h_to_4h", "mlp.c_proj": "mlp.dense_4h_to_h"}
    for layer in range(2):
        for kind in ("weight", "bias"):
            for our_name, name in renamed.items():
                ours[f"h.{layer}.{our_name}.{kind}"] = p[f"h.{layer}.{name}.{kind}"]
            packed = p[f"h.{layer}.self_attention.query_key_value.{kind}"]
            by_head = packed.reshape(heads, 3, -1, *packed.shape[1:])
            ours[f"h.{layer}.attn.c_attn.{kind}"] = by_head.transpose(0, 1).reshape(packed.shape)
    return ours


def record_bloom(seed=41, heads=6, width=18, lengths=(9, 4, 7)):
    generator = torch.Generator().manual_seed(seed)
    configuration = transformers.BloomConfig(
        vocab_size=1, hidden_size=width, n_layer=2, n_head=heads, hidden_dropout=0.0, attention_dropout=0.0)
    configuration._attn_implementation = "eager"
    model = transformers.BloomModel(configuration)
    # Only the blocks are compared: BLOOM has a norm after its embeddings, which no family of ours has.
    model.word_embeddings, model.word_embeddings_layernorm = nn.Identity(), nn.Identity()
    model = fill(model.double().eval(), generator)
    mask = padding_mask(lengths, max(lengths))
    x = draw((*mask.shape, width), 1.0, generator).requires_grad_()
    output_gradient = draw(x.shape, 1.0, generator)
    output = model(inputs_embeds=x, attention_mask=mask, use_cache=False).last_hidden_state
    (output * output_gradient).sum().backward()
    tensors = {
        "x": x, "mask": mask.float(), "output": output, "outputGradient": output_gradient, "gradient.x": x.grad}
    tensors |= weights_and_gradients(model, lambda p: bloom_names(p, heads))
    write("bloom", tensors, dict(
        hidden_size=width, n_head=heads, n_layer=2, batch=len(lengths), layer_norm_epsilon=1e-5))


def t5_names(p, layers):
    ours = {
        "encoder.wte.weight": p["encoder.embed_tokens.weight"], "decoder.wte.weight": p["decoder.embed_tokens.weight"],
        "lm_head.weight": p["lm_head.weight"]}
    for side in ("encoder", "decoder"):
        ours[f"{side}.ln_f.weight"] = p[f"{side}.final_layer_norm.weight"]
        ours[f"{side}.relative_attention_bias.weight"] = p[
            f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        for layer in range(layers):
            theirs, block = f"{side}.block.{layer}.layer.", f"{side}.h.{layer}."
            last = 2 if side == "decoder" else 1
            ours[f"{block}ln_1.weight"] = p[f"{theirs}0.layer_norm.weight"]
            ours[f"{block}attn.c_attn.weight"] = joined(p, f"{theirs}0.SelfAttention.", "qkv", "weight")
            ours[f"{block}attn.c_proj.weight"] = p[f"{theirs}0.SelfAttention.o.weight"]
            if side == "decoder":
                ours[f"{block}ln_cross_attn.weight"] = p[f"{theirs}1.layer_norm.weight"]
                ours[f"{block}crossattention.q_attn.weight"] = p[f"{theirs}1.EncDecAttention.q.weight"]
                ours[f"{block}crossattention.c_attn.weight"] = joined(p, f"{theirs}1.EncDecAttention.", "kv", "weight")
                ours[f"{block}crossattention.c_proj.weight"] = p[f"{theirs}1.EncDecAttention.o.weight"]
            ours[f"{block}ln_2.weight"] = p[f"{theirs}{last}.layer_norm.weight"]
            ours[f"{block}mlp.c_fc.weight"] = p[f"{theirs}{last}.DenseReluDense.wi.weight"]
            ours[f"{block}mlp.c_proj.weight"] = p[f"{theirs}{last}.DenseReluDense.wo.weight"]
    return ours


def record_t5(seed=42):
    c = dict(
        vocab_size=17, d_model=18, d_kv=6, num_heads=3, d_ff=25, num_layers=2, dropout_rate=0.0,
        relative_attention_num_buckets=8, relative_attention_max_distance=10, layer_norm_epsilon=1e-6,
        tie_word_embeddings=False, scale_decoder_outputs=False)
    generator = torch.Generator().manual_seed(seed)
    model = transformers.T5ForConditionalGeneration(transformers.T5Config(**c))
    # Tables of their own, so that each has its own gradient.
    for side in (model.encoder, model.decoder):
        side.embed_tokens = nn.Embedding(c["vocab_size"], c["d_model"])
    model.shared = nn.Identity()
    model = fill(model.double().eval(), generator)
    source_mask, target_mask = padding_mask([13, 6, 2], 13), padding_mask([7, 11, 3], 11)
    sources = some_ids(source_mask.shape, c["vocab_size"], generator)
    inputs = some_ids(target_mask.shape, c["vocab_size"], generator)
    outputs = some_targets(target_mask, c["vocab_size"], generator, share=1)
    logits = model(
        input_ids=sources, attention_mask=source_mask, decoder_input_ids=inputs, use_cache=False).logits
    loss = cross_entropy(logits, outputs)
    loss.backward()
    reach = 300
    distances = torch.arange(-reach, reach + 1)
    tensors = dict(
        sources=sources, sourceMask=source_mask.float(), targetInputs=inputs, targetOutputs=outputs, logits=logits,
        loss=loss)
    tensors["buckets.bidirectional"] = T5Attention._relative_position_bucket(distances, True, 32, 128)
    tensors["buckets.causal"] = T5Attention._relative_position_bucket(distances, False, 32, 128)
    tensors |= weights_and_gradients(model, lambda p: t5_names(p, c["num_layers"]))
    write("t5", tensors, dict(c, batch=3))


def bert_names(p, layers, encoder=""):
    """BERT's encoder by our names, and the head that the model has."""
    ours = {
        f"{encoder}wte.weight": p["bert.embeddings.word_embeddings.weight"],
        f"{encoder}wpe.weight": p["bert.embeddings.position_embeddings.weight"],
        f"{encoder}wtt.weight": p["bert.embeddings.token_type_embeddings.weight"]}
    renamed = {
        "attn.c_proj": "attention.output.dense", "ln_1": "attention.output.LayerNorm", "mlp.c_fc": "intermediate.dense",
        "mlp.c_proj": "output.dense", "ln_2": "output.LayerNorm"}
    for kind in ("weight", "bias"):
        ours[f"{encoder}ln_emb.{kind}"] = p[f"bert.embeddings.LayerNorm.{kind}"]
        for layer in range(layers):
            theirs, block = f"bert.encoder.layer.{layer}.", f"{encoder}h.{layer}."
            ours[f"{block}attn.c_attn.{kind}"] = joined(
                p, f"{theirs}attention.self.", ["query", "key", "value"], kind)
            for our_name, name in renamed.items():
                ours[f"{block}{our_name}.{kind}"] = p[f"{theirs}{name}.{kind}"]
        heads = {
            "cls.predictions.transform.dense": f"{encoder}head.dense",
            "cls.predictions.transform.LayerNorm": f"{encoder}head.norm", "bert.pooler.dense": "pooler",
            "classifier": "classifier"}
        for name, our_name in heads.items():
            if f"{name}.{kind}" in p:
                ours[f"{our_name}.{kind}"] = p[f"{name}.{kind}"]
    if "cls.predictions.bias" in p:
        ours[f"{encoder}head.bias"] = p["cls.predictions.bias"]
    return ours


def record_bert(seed=43):
    c = dict(
        vocab_size=23, hidden_size=20, num_hidden_layers=2, num_attention_heads=4, intermediate_size=27,
        max_position_embeddings=12, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12,
        # A padding id would have no gradient.
        pad_token_id=None)
    generator = torch.Generator().manual_seed(seed)
    mask = padding_mask([11, 4, 1, 8], 11)
    ids, batch = some_ids(mask.shape, c["vocab_size"], generator), mask.shape[0]
    segments = (some_ids(mask.shape, 2, generator) * mask).long()

    model = built("Bert", "MaskedLM", c, generator)
    targets = some_targets(mask, c["vocab_size"], generator, share=0.3)
    logits = model(input_ids=ids, attention_mask=mask, token_type_ids=torch.zeros_like(ids)).logits
    loss = cross_entropy(logits, targets)
    loss.backward()
    tensors = dict(ids=ids, mask=mask.float(), targets=targets, logits=logits, loss=loss, segments=segments)
    tensors["segmentLogits"] = model(input_ids=ids, attention_mask=mask, token_type_ids=segments).logits
    tensors |= weights_and_gradients(model, lambda p: bert_names(p, c["num_hidden_layers"]))
    write("bert-masked-lm", tensors, dict(c, batch=batch))

    model = built("Bert", "SequenceClassification", dict(c, num_labels=3), generator)
    labels = torch.tensor([2, 0, 1, 2])
    logits = model(input_ids=ids, attention_mask=mask).logits
    loss = cross_entropy(logits, labels)
    loss.backward()
    tensors = dict(ids=ids, mask=mask.float(), labels=labels, logits=logits, loss=loss)
    tensors |= weights_and_gradients(model, lambda p: bert_names(p, c["num_hidden_layers"], "encoder."))
    # Our classifier keeps the head of its encoder, which this model lacks and no logit depends on.
    unused = dict(
        zip(["dense.weight", "dense.bias", "norm.weight", "norm.bias", "bias"],
            [(20, 20), (20,), (20,), (20,), (c["vocab_size"],)]))
    for key, shape in unused.items():
        tensors[f"encoder.head.{key}"] = draw(shape, 0.2, generator)
        tensors[f"gradient.encoder.head.{key}"] = torch.zeros(shape)
    write("bert-classifier", tensors, dict(c, num_labels=3, batch=batch))


record_decoders()
record_bloom()
record_t5()
record_bert()
