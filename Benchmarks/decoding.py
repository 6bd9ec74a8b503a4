"""Times writing and reading by random weights in llama.cpp or Hugging Face transformers: the peer of `attend bench W5`.

    python3 Benchmarks/decoding.py [--engine llama.cpp|huggingface] [--precision float32|bfloat16|int8|int4] [--threads N]

The model has GPT-2's shape of 124 million parameters. It writes 128 tokens greedily after 16, one at a time, and then reads a
prompt of 512 tokens from an empty cache, the median of three times. For llama.cpp the weights go into a .gguf file of F32, BF16,
Q8_0 or Q4_0 first. Prints one line of JSON.
"""

import argparse
import json
import os
import statistics
import tempfile
import time

WIDTH, HIDDEN, LAYERS, HEADS, VOCABULARY, CONTEXT = 768, 3072, 12, 12, 50257, 1024
BEGINNING, WRITTEN, READ = 16, 128, 512
FORMATS = {"float32": "F32", "bfloat16": "BF16", "int8": "Q8_0", "int4": "Q4_0"}


def write_file(path, precision):
    import gguf
    import numpy

    random = numpy.random.default_rng(0)
    kind = gguf.GGMLQuantizationType[FORMATS[precision]]
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"<{index}>" for index in range(VOCABULARY)])
    writer.add_token_types([gguf.TokenType.NORMAL] * VOCABULARY)
    writer.add_token_merges(["< 0"])
    writer.add_bos_token_id(VOCABULARY - 1)
    writer.add_eos_token_id(VOCABULARY - 1)

    def draw(*shape):
        return random.standard_normal(shape, dtype=numpy.float32) * 0.02

    def add_matrix(name, rows, columns):
        if precision == "float32":
            writer.add_tensor(name, draw(rows, columns))
        else:
            writer.add_tensor(name, gguf.quants.quantize(draw(rows, columns), kind), raw_dtype=kind)

    def add_norm(name):
        writer.add_tensor(name + ".weight", numpy.ones(WIDTH, numpy.float32))
        writer.add_tensor(name + ".bias", draw(WIDTH))

    add_matrix("token_embd.weight", VOCABULARY, WIDTH)
    writer.add_tensor("position_embd.weight", draw(CONTEXT, WIDTH))
    for layer in range(LAYERS):
        add_norm(f"blk.{layer}.attn_norm")
        add_norm(f"blk.{layer}.ffn_norm")
        maps = {"attn_qkv": (3 * WIDTH, WIDTH), "attn_output": (WIDTH, WIDTH),
                "ffn_up": (HIDDEN, WIDTH), "ffn_down": (WIDTH, HIDDEN)}
        for name, (outputs, inputs) in maps.items():
            add_matrix(f"blk.{layer}.{name}.weight", outputs, inputs)
            writer.add_tensor(f"blk.{layer}.{name}.bias", draw(outputs))
    add_norm("output_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def in_llama_cpp(options):
    import llama_cpp

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gpt2.gguf")
        write_file(path, options.precision)
        model = llama_cpp.Llama(
            path, n_ctx=CONTEXT, n_threads=options.threads, n_threads_batch=options.threads, verbose=False)

        def read(ids):
            model.reset()
            model.eval(ids)

        def write():
            model.eval([model.sample(temp=0.0)])

        return timed(read, write)


def in_hugging_face(options):
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    if options.precision not in ("float32", "bfloat16"):
        raise SystemExit(f"decoding: transformers runs no {options.precision} here; expected float32 or bfloat16")
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    model = GPT2LMHeadModel(GPT2Config()).eval().to(getattr(torch, options.precision))
    state = {}

    def step(ids, cache):
        result = model(torch.tensor([ids]), past_key_values=cache, use_cache=True, logits_to_keep=1)
        state.update(cache=result.past_key_values, token=int(result.logits[0, -1].argmax()))

    return timed(lambda ids: step(ids, None), lambda: step([state["token"]], state["cache"]))


def timed(read, write):
    """The rates of writing and of reading, after a little of both that is not counted."""
    read(list(range(100, 100 + BEGINNING)))
    for _ in range(4):
        write()
    begin = time.perf_counter()
    for _ in range(WRITTEN):
        write()
    decoding = time.perf_counter() - begin
    prompt = list(range(READ))
    read(prompt)
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        read(prompt)
        times.append(time.perf_counter() - begin)
    return WRITTEN / decoding, READ / statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="llama.cpp", choices=["llama.cpp", "huggingface"])
    parser.add_argument("--precision", default="float32", choices=list(FORMATS))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    decoding, reading = (in_llama_cpp if options.engine == "llama.cpp" else in_hugging_face)(options)
    print(json.dumps(dict(
        workload="W5", engine=options.engine, precision=options.precision, threads=options.threads,
        decodeTokensPerSecond=round(decoding, 1), prefillTokensPerSecond=round(reading, 1))))


if __name__ == "__main__":
    main()
