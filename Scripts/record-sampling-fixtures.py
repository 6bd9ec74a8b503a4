"""Records what Hugging Face transformers leaves of logits, for the tests to hold the steps of a sampler to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-sampling-fixtures.py

Writes Tests/GenerationTests/Fixtures/sampling.json, the same bytes each time:

- `logits`: lists of float32 numbers, null for −∞; some with many equal numbers.
- `chains`: steps after one another, each with the tokens that are left after it (`kept`; null for all) and their
  probabilities. What each step does is transformers' own LogitsProcessor, in float64; the frequency and the presence penalty,
  which transformers has not, are what OpenAI documents: logit − count · frequency − (count > 0) · presence.
- `texts`: what `generate` writes with the tiny GPT-2 of Tests/CheckpointsTests/Fixtures/huggingface/gpt2.

No choice depends on rounding, or on the order of equal tokens where transformers leaves that open.
"""

import json
from pathlib import Path

import torch
import transformers
from transformers.generation import logits_process as processors

TESTS = Path(__file__).resolve().parent.parent / "Tests"
OUTPUT = TESTS / "GenerationTests/Fixtures/sampling.json"
LARGEST = 300_000

PROCESSORS = dict(
    temperature=processors.TemperatureLogitsWarper,
    topK=processors.TopKLogitsWarper,
    topP=processors.TopPLogitsWarper,
    minP=processors.MinPLogitsWarper,
    typicalP=processors.TypicalLogitsWarper,
    epsilonCutoff=processors.EpsilonLogitsWarper,
    etaCutoff=processors.EtaLogitsWarper,
    repetitionPenalty=processors.RepetitionPenaltyLogitsProcessor,
    noRepeatNGram=processors.NoRepeatNGramLogitsProcessor,
)


def counts(generated, vocabulary):
    return torch.bincount(torch.tensor(generated, dtype=torch.long), minlength=vocabulary)


def apply(name, value, ids, generated, scores):
    """The scores that a step leaves, [1, vocabulary]."""
    if name == "frequencyPenalty":
        return scores - value * counts(generated, scores.shape[-1])
    if name == "presencePenalty":
        return scores - value * (counts(generated, scores.shape[-1]) > 0)
    if name == "logitBias":
        biases = {(int(token),): bias for token, bias in value.items()}
        return processors.SequenceBiasLogitsProcessor(biases)(ids, scores)
    return PROCESSORS[name](value)(ids, scores)


def steps_of(logits, prompt, generated, steps, dtype):
    scores = torch.tensor([logits], dtype=torch.float32).to(dtype)
    ids = torch.tensor([prompt + generated], dtype=torch.long)
    for name, value in steps:
        before = scores
        scores = apply(name, value, ids, generated, scores.clone())
        kept = scores > -torch.inf
        removed = (before > -torch.inf) & ~kept
        if name in ("topK", "topP") and removed.any() and before[removed].max() >= before[kept].min():
            raise SystemExit(f"{name} {value}: equal tokens on both sides of the border")
        if name == "topK" and int(kept.sum()) > value:
            raise SystemExit(f"top-k {value} keeps {int(kept.sum())} tokens")
        yield scores[0]


def chain(index, logits, prompt, generated, steps):
    results = []
    rounded = list(steps_of(logits, prompt, generated, steps, torch.float32))
    for place, scores in enumerate(steps_of(logits, prompt, generated, steps, torch.float64)):
        kept = scores > -torch.inf
        if not torch.equal(kept, rounded[place] > -torch.inf):
            raise SystemExit(f"{steps[place]}: which tokens stay depends on rounding")
        probabilities = scores.softmax(-1)[kept]
        results.append(dict(
            kept=None if kept.all() else kept.nonzero().flatten().tolist(),
            probabilities=[float(f"{number:.9f}") for number in probabilities.tolist()]))
    named = [
        dict(name=name, biases=value) if isinstance(value, dict) else dict(name=name, value=value)
        for name, value in steps]
    return dict(logits=index, prompt=prompt, generated=generated, steps=named, results=results)


def drawn(vocabulary, seed, deviation):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(vocabulary, generator=generator) * deviation).tolist()


def text(vocabulary, length, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, vocabulary, (length,), generator=generator).tolist()


def all_logits():
    lists = [drawn(vocabulary, seed, deviation)
             for vocabulary, deviation in ((7, 2.0), (50, 2.0), (500, 3.0)) for seed in (1, 2)]
    # Many equal numbers.
    lists.append([round(number) / 2 for number in drawn(50, 3, 3.0)])
    lists.append([1.0] * 7)
    # Some tokens that are ruled out from the beginning.
    some = drawn(50, 4, 2.0)
    lists.append([-torch.inf if place % 3 == 0 else number for place, number in enumerate(some)])
    return lists


SINGLE = [
    ("temperature", 0.5), ("temperature", 1.7), ("topK", 1), ("topK", 3), ("topK", 40),
    ("topP", 0.3), ("topP", 0.9), ("minP", 0.05), ("minP", 0.4), ("minP", 1.0),
    ("typicalP", 0.2), ("typicalP", 0.9), ("epsilonCutoff", 0.01), ("epsilonCutoff", 0.6),
    ("etaCutoff", 0.02), ("etaCutoff", 0.5), ("repetitionPenalty", 1.3), ("repetitionPenalty", 0.7),
    ("frequencyPenalty", 0.6), ("frequencyPenalty", -0.6), ("presencePenalty", 1.5),
    ("noRepeatNGram", 1), ("noRepeatNGram", 2), ("noRepeatNGram", 3),
    ("logitBias", {"0": 3.5, "4": -100.0, "6": 0.25}),
]

CHAINS = [
    [("repetitionPenalty", 1.2), ("temperature", 0.8), ("topK", 20), ("topP", 0.9), ("minP", 0.02)],
    [("topP", 0.9), ("temperature", 2.0), ("typicalP", 0.8), ("repetitionPenalty", 1.5)],
    [("topK", 5), ("frequencyPenalty", 1.0), ("presencePenalty", 0.5), ("temperature", 0.5), ("etaCutoff", 0.3)],
    [("minP", 0.02), ("logitBias", {"0": 2.0, "3": -4.0}), ("noRepeatNGram", 2), ("epsilonCutoff", 0.03), ("topK", 3)],
    [("temperature", 0.6), ("typicalP", 0.7), ("topP", 0.6)],
]


def is_open(logits, step):
    """Whether transformers leaves open, or we decide otherwise, which of equal tokens stay."""
    return len(set(logits)) < len(logits) // 2 and step[0] in ("topK", "topP")


def record_chains(lists):
    chains = []
    for index, logits in enumerate(lists):
        vocabulary = len(logits)
        # Few different tokens, so that there are repetitions.
        prompt, generated = text(min(vocabulary, 5), 6, index), text(min(vocabulary, 5), 8, index + 100)
        # One step that keeps all of a large vocabulary is as good as another.
        singles = SINGLE if vocabulary < 500 else [s for s in SINGLE if s[0] not in ("frequencyPenalty", "presencePenalty")]
        for step in singles:
            if is_open(logits, step):
                continue
            ids = torch.tensor([prompt + generated])
            scores = torch.tensor([logits], dtype=torch.float64)
            if not (apply(*step, ids, generated, scores) > -torch.inf).any():
                continue
            chains.append(chain(index, logits, prompt, generated, [step]))
        for steps in CHAINS:
            if any(is_open(logits, step) for step in steps):
                continue
            chains.append(chain(index, logits, prompt, generated, steps))
    # The borders of equal tokens where both sides are certain.
    equals = lists[6]
    for count in range(1, 50):
        above = sorted(equals, reverse=True)
        if above[count - 1] > above[count]:
            chains.append(chain(6, equals, [], [], [("topK", count)]))
    return chains


def record_texts():
    directory = TESTS / "CheckpointsTests/Fixtures/huggingface/gpt2"
    model = transformers.GPT2LMHeadModel.from_pretrained(directory, dtype=torch.float32).eval()
    model.generation_config.eos_token_id = None
    model.config.eos_token_id = None
    texts = []
    prompt = [3, 17, 5, 17, 5]
    for settings in (
        dict(), dict(repetition_penalty=1.4), dict(repetition_penalty=0.8),
        dict(no_repeat_ngram_size=1), dict(no_repeat_ngram_size=2), dict(no_repeat_ngram_size=3),
        dict(repetition_penalty=1.1, no_repeat_ngram_size=2),
        dict(sequence_bias={(7,): 6.0, (5,): -100.0}, no_repeat_ngram_size=3),
    ):
        result = model.generate(
            torch.tensor([prompt]), do_sample=False, max_new_tokens=19, pad_token_id=0,
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long), output_scores=True,
            return_dict_in_generate=True, **settings)
        for scores in result.scores:
            first, second = scores[0].topk(2).values.tolist()
            if first - second < 1e-3:
                raise SystemExit(f"{settings}: two tokens are about as likely")
        generated = result.sequences[0, len(prompt):].tolist()
        if len(generated) != 19:
            raise SystemExit(f"{settings}: the text ended early")
        texts.append(dict(
            prompt=prompt, generated=generated,
            repetitionPenalty=settings.get("repetition_penalty"),
            noRepeatNGram=settings.get("no_repeat_ngram_size"),
            biases={str(ids[0]): bias for ids, bias in settings.get("sequence_bias", {}).items()}))
    return texts


def main():
    torch.set_num_threads(1)
    lists = all_logits()
    fixture = dict(
        logits=[[None if number == -torch.inf else number for number in logits] for logits in lists],
        chains=record_chains(lists), texts=record_texts())
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(fixture, separators=(",", ":"), sort_keys=True) + "\n")
    size = OUTPUT.stat().st_size
    print(f"{OUTPUT.name}: {len(fixture['chains'])} chains, {len(fixture['texts'])} texts, {size} bytes")
    if size > LARGEST:
        raise SystemExit(f"more than {LARGEST} bytes")


main()
