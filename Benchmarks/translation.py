"""Times translation by random weights in Hugging Face transformers: the peer of `attend bench W6`.

    python3 Benchmarks/translation.py [--beams 1|4] [--threads N]

The model has the shape of the base model of 2017 (width 512, 8 heads, hidden width 2048, 6 + 6 layers) and a vocabulary of
8000. It translates 16 sources of 32 random tokens into exactly 64 tokens each, encoding included, after a short
translation that is not counted. Tokens are those of the best translation of each source. Prints one line of JSON.
"""

import argparse
import json
import os
import time

import torch
from transformers import MarianConfig, MarianMTModel

VOCABULARY, SOURCES, LENGTH, NEW_TOKENS = 8000, 16, 32, 64
PADDING, END = VOCABULARY - 1, 0


def model():
    sides = {}
    for side in ("encoder", "decoder"):
        sides[f"{side}_layers"], sides[f"{side}_attention_heads"], sides[f"{side}_ffn_dim"] = 6, 8, 2048
    return MarianMTModel(MarianConfig(
        vocab_size=VOCABULARY, decoder_vocab_size=VOCABULARY, d_model=512, activation_function="relu",
        max_position_embeddings=512, scale_embedding=True, pad_token_id=PADDING, decoder_start_token_id=PADDING,
        eos_token_id=END, forced_eos_token_id=END, **sides)).eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beams", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    translator = model()
    sources = torch.randint(END + 1, PADDING, (SOURCES, LENGTH))

    def translate(ids, count):
        with torch.inference_mode():
            translator.generate(
                ids, min_new_tokens=count, max_new_tokens=count, num_beams=options.beams, do_sample=False)

    translate(sources[:2], 2)
    begin = time.perf_counter()
    translate(sources, NEW_TOKENS)
    seconds = time.perf_counter() - begin
    print(json.dumps(dict(
        workload="W6", beams=options.beams, threads=options.threads, seconds=round(seconds, 3),
        tokensPerSecond=round(SOURCES * NEW_TOKENS / seconds))))


if __name__ == "__main__":
    main()
