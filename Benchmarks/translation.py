"""Times translation by random weights in Hugging Face transformers or in CTranslate2: the peer of `attend bench W6`.

    python3 Benchmarks/translation.py [--engine huggingface|ctranslate2] [--precision float32|int8] [--beams 1|4] [--threads N]

The model has the shape of the base model of 2017 (width 512, 8 heads, hidden width 2048, 6 + 6 layers) and a vocabulary of
8000. It translates 16 sources of 32 random tokens into exactly 64 tokens each, encoding included, after a short
translation that is not counted. Tokens are those of the best translation of each source. Prints one line of JSON.
"""

import argparse
import json
import os
import random
import tempfile
import time

WIDTH, HIDDEN, HEADS, LAYERS = 512, 2048, 8, 6
VOCABULARY, SOURCES, LENGTH, NEW_TOKENS = 8000, 16, 32, 64
PADDING, END = VOCABULARY - 1, 0


def in_hugging_face(options, sources):
    import torch
    from transformers import MarianConfig, MarianMTModel

    if options.precision != "float32":
        raise SystemExit(f"translation: transformers translates in float32 here; {options.precision} is for ctranslate2")
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    sides = {}
    for side in ("encoder", "decoder"):
        sides[f"{side}_layers"], sides[f"{side}_attention_heads"], sides[f"{side}_ffn_dim"] = LAYERS, HEADS, HIDDEN
    model = MarianMTModel(MarianConfig(
        vocab_size=VOCABULARY, decoder_vocab_size=VOCABULARY, d_model=WIDTH, activation_function="relu",
        max_position_embeddings=512, scale_embedding=True, pad_token_id=PADDING, decoder_start_token_id=PADDING,
        eos_token_id=END, forced_eos_token_id=END, **sides)).eval()

    def translate(sources, count):
        with torch.inference_mode():
            model.generate(
                torch.tensor(sources), min_new_tokens=count, max_new_tokens=count, num_beams=options.beams, do_sample=False)
        return len(sources) * count

    return timed(translate, sources)


def in_ctranslate2(options, sources):
    import ctranslate2
    import numpy
    from ctranslate2.specs import common_spec, transformer_spec

    numbers = numpy.random.default_rng(0)
    model = transformer_spec.TransformerSpec.from_config(
        (LAYERS, LAYERS), HEADS, pre_norm=False, activation=common_spec.Activation.RELU)

    def draw(*shape):
        return numbers.standard_normal(shape, dtype=numpy.float32) * 0.05

    def set_linear(part, outputs, inputs):
        part.weight, part.bias = draw(outputs, inputs), draw(outputs)

    def set_block(block):
        set_linear(block.self_attention.linear[0], 3 * WIDTH, WIDTH)
        set_linear(block.self_attention.linear[1], WIDTH, WIDTH)
        set_linear(block.ffn.linear_0, HIDDEN, WIDTH)
        set_linear(block.ffn.linear_1, WIDTH, HIDDEN)
        norms = [block.self_attention.layer_norm, block.ffn.layer_norm]
        if hasattr(block, "attention"):
            for part, outputs in zip(block.attention.linear, (WIDTH, 2 * WIDTH, WIDTH)):
                set_linear(part, outputs, WIDTH)
            norms.append(block.attention.layer_norm)
        for norm in norms:
            norm.gamma, norm.beta = numpy.ones(WIDTH, numpy.float32), numpy.zeros(WIDTH, numpy.float32)

    table, places = draw(VOCABULARY, WIDTH), draw(LENGTH + NEW_TOKENS + 1, WIDTH)
    for side in (model.encoder, model.decoder):
        embeddings = side.embeddings if isinstance(side.embeddings, list) else [side.embeddings]
        for embedding in embeddings:
            embedding.weight = table
        side.scale_embeddings, side.position_encodings.encodings = True, places
        for block in side.layer:
            set_block(block)
    model.decoder.projection.weight, model.decoder.projection.bias = table, numpy.zeros(VOCABULARY, numpy.float32)
    words = ["<unk>", "<s>", "</s>"] + [str(index) for index in range(3, VOCABULARY)]
    model.register_source_vocabulary(words)
    model.register_target_vocabulary(words)
    model.validate()
    model.optimize()
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder)
        translator = ctranslate2.Translator(
            folder, device="cpu", compute_type=options.precision, inter_threads=1, intra_threads=options.threads)

        def translate(sources, count):
            results = translator.translate_batch(
                [[words[max(index, 3)] for index in source] for source in sources], beam_size=options.beams,
                min_decoding_length=count, max_decoding_length=count, max_batch_size=len(sources))
            return sum(len(result.hypotheses[0]) for result in results)

        return timed(translate, sources)


def timed(translate, sources):
    """Tokens and seconds of the whole, after a little that is not counted."""
    translate(sources[:2], 2)
    begin = time.perf_counter()
    tokens = translate(sources, NEW_TOKENS)
    return tokens, time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="huggingface", choices=["huggingface", "ctranslate2"])
    parser.add_argument("--precision", default="float32", choices=["float32", "int8"])
    parser.add_argument("--beams", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    source = random.Random(0)
    sources = [[source.randrange(END + 1, PADDING) for _ in range(LENGTH)] for _ in range(SOURCES)]
    tokens, seconds = (in_hugging_face if options.engine == "huggingface" else in_ctranslate2)(options, sources)
    print(json.dumps(dict(
        workload="W6", engine=options.engine, precision=options.precision, beams=options.beams, threads=options.threads,
        seconds=round(seconds, 3), tokensPerSecond=round(tokens / seconds))))


if __name__ == "__main__":
    main()
