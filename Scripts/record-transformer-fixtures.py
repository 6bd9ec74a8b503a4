"""Records what PyTorch's own Transformer makes of small inputs, for the tests to hold Attend to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-transformer-fixtures.py

Writes, with the same bytes each time, to Tests/ModelsTests/Fixtures:

    torch-encoder-layer-{post,pre}.safetensors   nn.TransformerEncoderLayer with padding
    torch-decoder-layer-{post,pre}.safetensors   nn.TransformerDecoderLayer, causal, its memory padded
    transformer-{post,pre,plain}.safetensors     whole models around nn.Transformer

A layer's file holds the weights by the names of a stack of one block, `x` [batch, tokens, width] and its `mask`, for a
decoder `memory` and `memoryMask`, `output`, `outputGradient` (of a loss, Σ output ∘ outputGradient) and `gradient.<name>`
for each weight and input. A model's file holds the weights by the names of an EncoderDecoder, `sources`, `sourceMask`,
`targetInputs`, `targetOutputs` (-1 is not scored), `logits`, `loss` (smoothed by `smoothing`) and `gradient.<name>`.
"""

import math

import torch
from torch import nn

from fixture_tools import (
    cross_entropy, draw, fill, padding_mask, some_ids, weights_and_gradients, write)

# Sizes are odd on purpose.
WIDTH, HEADS, HIDDEN = 15, 5, 22


def layer_names(p, prefix, ours):
    """One layer's weights by our names; a decoder's where there is attention to a memory."""
    is_decoder = f"{prefix}multihead_attn.in_proj_weight" in p
    parts = {
        "attn.c_proj": "self_attn.out_proj", "mlp.c_fc": "linear1", "mlp.c_proj": "linear2", "ln_1": "norm1",
        "ln_2": "norm3" if is_decoder else "norm2"}
    if is_decoder:
        parts |= {"ln_cross_attn": "norm2", "crossattention.c_proj": "multihead_attn.out_proj"}
    found = {}
    for kind in ("weight", "bias"):
        if f"{prefix}linear1.{kind}" not in p:
            continue
        for our_name, name in parts.items():
            found[f"{ours}{our_name}.{kind}"] = p[f"{prefix}{name}.{kind}"]
        # Queries, keys and values are packed in this order by PyTorch too.
        found[f"{ours}attn.c_attn.{kind}"] = p[f"{prefix}self_attn.in_proj_{kind}"]
        if is_decoder:
            packed = p[f"{prefix}multihead_attn.in_proj_{kind}"]
            width = packed.shape[0] // 3
            found[f"{ours}crossattention.q_attn.{kind}"] = packed[:width]
            found[f"{ours}crossattention.c_attn.{kind}"] = packed[width:]
    return found


def record_layer(name, layer_type, norm_first, activation, lengths, seed):
    generator = torch.Generator().manual_seed(seed)
    layer = layer_type(
        WIDTH, HEADS, HIDDEN, dropout=0.0, activation=activation, norm_first=norm_first, batch_first=True).double()
    fill(layer, generator)
    batch, tokens = len(lengths), 7
    x = draw((batch, tokens, WIDTH), 1.0, generator).requires_grad_()
    output_gradient = draw((batch, tokens, WIDTH), 1.0, generator)
    tensors = dict(x=x, outputGradient=output_gradient)
    if layer_type is nn.TransformerEncoderLayer:
        mask = padding_mask(lengths, tokens)
        output = layer(x, src_key_padding_mask=mask == 0)
        tensors |= dict(mask=mask.float())
    else:
        keys = 5
        memory = draw((batch, keys, WIDTH), 1.0, generator).requires_grad_()
        mask, memory_mask = padding_mask(lengths, tokens), padding_mask([5, 2, 4], keys)
        output = layer(
            x, memory, tgt_mask=torch.ones(tokens, tokens, dtype=torch.bool).triu(1),
            tgt_key_padding_mask=mask == 0, memory_key_padding_mask=memory_mask == 0)
        tensors |= dict(memory=memory, mask=mask.float(), memoryMask=memory_mask.float())
    (output * output_gradient).sum().backward()
    tensors |= dict(output=output)
    tensors |= {f"gradient.{key}": tensors[key].grad for key in ("x", "memory") if key in tensors}
    tensors |= weights_and_gradients(layer, lambda p: layer_names(p, "", "h.0."))
    write(name, tensors, dict(
        d_model=WIDTH, nhead=HEADS, dim_feedforward=HIDDEN, batch=batch, norm_first=norm_first, activation=activation))


class Model(nn.Module):
    """Embeddings, positions and a head around nn.Transformer."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        width = c["d_model"]
        self.source = nn.Embedding(c["source_vocabulary"], width)
        if c["tying"] != "all":
            self.target = nn.Embedding(c["target_vocabulary"], width)
        if c["tying"] == "none":
            self.head = nn.Embedding(c["target_vocabulary"], width)
        if c["positions"] == "learned":
            self.places = nn.ModuleList(nn.Embedding(c["context"], width) for _ in range(2))
        self.transformer = nn.Transformer(
            width, c["nhead"], c["encoder_layers"], c["decoder_layers"], c["dim_feedforward"], dropout=0.0,
            activation=c["activation"], norm_first=c["norm_first"], bias=c["bias"], batch_first=True)
        if not c["final_norms"]:
            # The paper's post-norm model has none; PyTorch's has, whatever norm_first says.
            self.transformer.encoder.norm = self.transformer.decoder.norm = None

    def embedded(self, ids, table, side):
        width, count = self.c["d_model"], ids.shape[1]
        x = table(ids) * (math.sqrt(width) if self.c["scale_embeddings"] else 1)
        if self.c["positions"] == "learned":
            return x + self.places[side].weight[:count]
        columns = torch.arange(width)
        angles = torch.arange(count, dtype=torch.float64)[:, None] / 10000 ** ((columns - columns % 2) / width)
        return x + torch.where(columns % 2 == 0, angles.sin(), angles.cos())

    def forward(self, sources, source_mask, targets):
        target = getattr(self, "target", self.source)
        head = getattr(self, "head", target)
        count = targets.shape[1]
        x = self.transformer(
            self.embedded(sources, self.source, 0), self.embedded(targets, target, 1),
            tgt_mask=torch.ones(count, count, dtype=torch.bool).triu(1), src_key_padding_mask=source_mask == 0,
            memory_key_padding_mask=source_mask == 0)
        return x @ head.weight.T

    def names(self, p):
        c = self.c
        ours = {"wte.weight" if c["tying"] == "all" else "encoder.wte.weight": p["source.weight"]}
        if c["tying"] != "all":
            ours["decoder.wte.weight"] = p["target.weight"]
        if c["tying"] == "none":
            ours["lm_head.weight"] = p["head.weight"]
        if c["positions"] == "learned":
            ours |= {f"wpe.{side}.weight": p[f"places.{side}.weight"] for side in range(2)}
        for side in ("encoder", "decoder"):
            for layer in range(c[f"{side}_layers"]):
                ours |= layer_names(p, f"transformer.{side}.layers.{layer}.", f"{side}.h.{layer}.")
            for kind in ("weight", "bias"):
                if f"transformer.{side}.norm.{kind}" in p:
                    ours[f"{side}.ln_f.{kind}"] = p[f"transformer.{side}.norm.{kind}"]
        return ours


def record_model(name, seed, **changes):
    c = dict(
        d_model=15, nhead=3, dim_feedforward=23, encoder_layers=2, decoder_layers=2, source_vocabulary=19,
        target_vocabulary=19, context=11, tying="all", positions="sinusoidal", scale_embeddings=True,
        activation="relu", norm_first=False, final_norms=True, bias=True, smoothing=0.1) | changes
    generator = torch.Generator().manual_seed(seed)
    model = fill(Model(c).double(), generator)
    source_mask, target_mask = padding_mask([9, 4, 1], 9), padding_mask([5, 7, 2], 7)
    sources = some_ids(source_mask.shape, c["source_vocabulary"], generator)
    inputs = some_ids(target_mask.shape, c["target_vocabulary"], generator)
    outputs = some_ids(target_mask.shape, c["target_vocabulary"], generator)
    outputs[target_mask == 0] = -1

    logits = model(sources, source_mask, inputs)
    loss = cross_entropy(logits, outputs, c["smoothing"])
    loss.backward()
    tensors = dict(
        sources=sources, sourceMask=source_mask.float(), targetInputs=inputs, targetOutputs=outputs, logits=logits,
        loss=loss)
    write(name, tensors | weights_and_gradients(model, model.names), dict(c, batch=len(sources)))


ENCODER, DECODER = nn.TransformerEncoderLayer, nn.TransformerDecoderLayer
record_layer("torch-encoder-layer-post", ENCODER, norm_first=False, activation="relu", lengths=[7, 3, 1], seed=21)
record_layer("torch-encoder-layer-pre", ENCODER, norm_first=True, activation="gelu", lengths=[2, 7, 6], seed=22)
record_layer("torch-decoder-layer-post", DECODER, norm_first=False, activation="gelu", lengths=[7, 5, 1], seed=23)
record_layer("torch-decoder-layer-pre", DECODER, norm_first=True, activation="relu", lengths=[4, 7, 7], seed=24)
record_model("transformer-post", seed=25)
record_model(
    "transformer-pre", seed=26, norm_first=True, activation="gelu", tying="targetAndHead", source_vocabulary=13,
    target_vocabulary=21, encoder_layers=1)
record_model(
    "transformer-plain", seed=27, final_norms=False, tying="none", positions="learned", bias=False, decoder_layers=1,
    scale_embeddings=False, smoothing=0.0, source_vocabulary=12)
