"""Records what beam search in Hugging Face transformers finds, for the tests to hold ours to.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/record-beams.py

    python3 -m venv older && older/bin/python -m pip install "transformers<4.50" torch
    older/bin/python Scripts/record-beams.py

Transformers 5 has greedy and beam search and no groups of beams any more, which moved to a repository of their own with the code
that 4.49 had. So the first run records the parts `beams`, `scored`, `held` and `texts` of Tests/GenerationTests/Fixtures/beams.json and the second
the part `groups`; each leaves the other as it is, and writes the same bytes each time.

- `tables`: the model, `[step, last token, next token]` of logits. The steps are counted from the prompt, which is one token.
- `cases`: settings, and of each hypothesis that `generate` returns the tokens after the prompt, the end token included, and its
  score. Token 0 is padding, which the tables make impossible.
- `scored`: the same with a repetition penalty, n-grams that do not repeat and biases of tokens, one or several of them.
- `held`: the same within a grammar of letters, of which token 2 is a and token 9 is h, some with steps of `scored` too.
- `texts`: the same with the tiny GPT-2 of Tests/CheckpointsTests/Fixtures/huggingface/gpt2, whose caches follow the beams.
"""

import itertools
import json
import random
from pathlib import Path

import torch
import transformers
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

TESTS = Path(__file__).resolve().parent.parent / "Tests"
OUTPUT = TESTS / "GenerationTests/Fixtures/beams.json"
GPT2 = TESTS / "CheckpointsTests/Fixtures/huggingface/gpt2"
LARGEST = 150_000

VOCABULARY, STEPS = 10, 9
RULES = dict(always=True, heuristic=False, never="never")


def table(seed, boldness, end_bonus):
    """Logits with three decimals, so that they are the same numbers in JSON."""
    numbers = random.Random(seed)
    rows = [[[round(numbers.gauss(0, boldness), 3) for _ in range(VOCABULARY)] for _ in range(VOCABULARY)]
            for _ in range(STEPS)]
    for step, last in itertools.product(range(STEPS), range(VOCABULARY)):
        rows[step][last][0] = -10000
        rows[step][last][1] = round(rows[step][last][1] + end_bonus, 3)
    return rows


class TableModel(PreTrainedModel, GenerationMixin):
    """Says of the next token what a table has for the step and the last token."""

    config_class = PretrainedConfig
    main_input_name = "input_ids"
    _is_stateful = False

    def __init__(self, numbers):
        config = PretrainedConfig(vocab_size=VOCABULARY, is_decoder=True)
        # What checks of caches look at.
        config.num_hidden_layers, config.num_attention_heads, config.hidden_size = 1, 1, 1
        super().__init__(config)
        self.table = torch.nn.Parameter(torch.tensor(numbers, dtype=torch.float32), requires_grad=False)

    def forward(self, input_ids, attention_mask=None, **_):
        logits = self.table[input_ids.shape[1] - 1][input_ids[:, -1]]
        return CausalLMOutputWithPast(logits=logits[:, None])

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **_):
        return dict(input_ids=input_ids)


def search(model, prompt, case, **more):
    """What `generate` returns: the tokens after the prompt, without padding, and the scores."""
    beams = case["beams"]
    settings = dict(
        num_beams=beams, max_new_tokens=case["limit"], min_new_tokens=case["minimum"] or None,
        eos_token_id=case["ends"], pad_token_id=more.pop("pad", 0), do_sample=False,
        num_return_sequences=beams, output_scores=True, return_dict_in_generate=True, **more)
    if beams > 1:
        settings |= dict(length_penalty=case["lengthPenalty"], early_stopping=RULES[case["stopping"]])
    if case.get("repetition"):
        settings["repetition_penalty"] = case["repetition"]
    if case.get("ngram"):
        settings["no_repeat_ngram_size"] = case["ngram"]
    if case.get("biases"):
        settings["sequence_bias"] = [[[int(token)], bias] for token, bias in case["biases"].items()]
    if "grammar" in case:
        allowed = GRAMMARS[case["grammar"]]
        settings["prefix_allowed_tokens_fn"] = lambda _, ids: list(allowed(ids[len(prompt):].tolist()))
    if "groups" in case:
        settings |= dict(num_beam_groups=case["groups"], diversity_penalty=case["diversity"])
    ids = torch.tensor([prompt])
    with torch.no_grad():
        result = model.generate(ids, attention_mask=torch.ones_like(ids), **settings)
    found = []
    for row in result.sequences[:, len(prompt):].tolist():
        place = next((index for index, token in enumerate(row) if token in case["ends"]), None)
        found.append(row[:case["limit"]] if place is None else row[:place + 1])
    # Greedy search has no scores.
    scores = [] if beams == 1 else [round(score, 5) for score in result.sequences_scores.tolist()]
    # Where a grammar leaves fewer texts than beams, others fill up the list, with scores that say that they are none.
    real = [score for score in scores if score > -1e4]
    case["found"] = found[:len(real)] if scores else found
    case["scores"] = real
    return case


def settings(beams, penalties, limits, ends):
    for count, penalty, rule, (minimum, limit), end in itertools.product(beams, penalties, RULES, limits, ends):
        if count == 1 and (penalty, rule) != (penalties[0], "always"):
            continue
        yield dict(beams=count, lengthPenalty=penalty, stopping=rule, minimum=minimum, limit=limit, ends=end)


def beam_cases(models):
    for index, model in enumerate(models):
        for case in settings([1, 2, 3, 4, 5], [-1.0, 0.0, 1.0, 2.0], [(0, 9), (3, 6)], [[1]]):
            start = 3 + case["beams"]
            yield search(model, [start], dict(table=index, start=start) | case, use_cache=False)
        for case in settings([3], [1.0], [(0, 9), (2, 7)], [[1, 2]]):
            yield search(model, [4], dict(table=index, start=4) | case, use_cache=False)


def scored_cases(models):
    kinds = [dict(repetition=1.3), dict(repetition=0.8), dict(ngram=1), dict(ngram=2), dict(biases={"3": 1.5, "7": -2.0}),
             dict(biases={"5": -100.0, "1": 0.75}, repetition=1.6, ngram=2)]
    for index, model in enumerate(models):
        for kind in kinds:
            for case in settings([1, 4], [0.0, 1.0], [(3, 9)], [[1]]):
                start = 2 + case["beams"]
                yield search(model, [start], dict(table=index, start=start) | case | kind, use_cache=False)


# What may come after these tokens of a text.
GRAMMARS = {
    "root ::= ([a-d] [e-h])*": lambda tokens: range(6, 10) if len(tokens) % 2 else [1, *range(2, 6)],
    'root ::= "a"* "b" [c-h]*': lambda tokens: [1, *range(4, 10)] if 3 in tokens else [2, 3],
    'root ::= ("a" | "b" | "cd" | "ef" | "gh")*':
        lambda tokens: [tokens[-1] + 1] if tokens[-1:] and is_first(tokens) else [1, 2, 3, 4, 6, 8],
}


def is_first(tokens):
    """Whether the last token is the first of a pair."""
    return tokens[-1] in (4, 6, 8)


def held_cases(models):
    kinds = [dict(), dict(repetition=1.4), dict(biases={"6": 2.0, "9": -1.0}, ngram=3)]
    for index, model in enumerate(models):
        for grammar, kind in itertools.product(GRAMMARS, kinds):
            for case in settings([1, 3], [1.0], [(3, 9)], [[1]]):
                start = 2 + case["beams"]
                yield search(model, [start], dict(table=index, start=start) | case | kind | dict(grammar=grammar),
                             use_cache=False)


def group_cases(models):
    for index, model in enumerate(models):
        for beams, groups, diversity in [(4, 2, 0.5), (4, 4, 1.5), (6, 3, 1.0), (6, 2, 5.0)]:
            for case in settings([beams], [-0.5, 0.0, 1.0], [(0, 9), (3, 6)], [[1]]):
                yield search(
                    model, [3 + groups],
                    dict(table=index, start=3 + groups) | case | dict(groups=groups, diversity=diversity),
                    use_cache=False)


def text_cases():
    model = transformers.AutoModelForCausalLM.from_pretrained(GPT2).eval()
    size = model.config.vocab_size
    for seed, (beams, penalty, rule) in enumerate([(1, 0.0, "always"), (3, 0.0, "never"), (4, 1.0, "heuristic"),
                                                   (6, 1.0, "always"), (6, 2.0, "never")]):
        numbers = random.Random(seed)
        prompt = [numbers.randrange(size) for _ in range(1 + 3 * seed)]
        # Any token will do as an end.
        case = dict(prompt=prompt, beams=beams, lengthPenalty=penalty, stopping=rule, minimum=0, limit=12,
                    ends=[numbers.randrange(size)])
        yield search(model, prompt, case, pad=case["ends"][0])


def line(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    is_new = int(transformers.__version__.split(".")[0]) >= 5
    tables = [table(1, 1.2, 0.5), table(2, 0.7, 1.5)]
    models = [TableModel(numbers) for numbers in tables]
    content = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}
    content["tables"] = tables
    if is_new:
        content["beams"], content["texts"] = list(beam_cases(models)), list(text_cases())
        content["scored"], content["held"] = list(scored_cases(models)), list(held_cases(models))
        for case in content["scored"]:
            plain = {name: case[name] for name in ("beams", "lengthPenalty", "stopping", "minimum", "limit", "ends")}
            case["changes"] = search(models[case["table"]], [case["start"]], plain, use_cache=False)["found"] != case["found"]
        if sum(case.pop("changes") for case in content["scored"]) < len(content["scored"]) / 2:
            raise SystemExit("the steps of scoring change little")
        several = [case for case in content["beams"] if case["beams"] > 1]
        for first, second in itertools.combinations(RULES, 2):
            pairs = zip(*([case["found"] for case in several if case["stopping"] == rule] for rule in (first, second)))
            if sum(a != b for a, b in pairs) < 5:
                raise SystemExit(f"the rules {first} and {second} find the same nearly everywhere")
    else:
        content["groups"] = list(group_cases(models))
    parts = []
    for name in ("tables", "beams", "groups", "scored", "held", "texts"):
        if name in content:
            items = content[name]
            body = ",\n".join(line(item) for item in items)
            parts.append(f'"{name}":[\n{body}\n]')
    text = "{" + ",\n".join(parts) + "}\n"
    if len(text) > LARGEST:
        raise SystemExit(f"{OUTPUT.name} would have {len(text)} bytes")
    OUTPUT.write_text(text)
    counts = {name: len(content[name]) for name in ("beams", "groups", "scored", "held", "texts") if name in content}
    print(f"{OUTPUT.name}: {counts}, {len(text)} bytes, transformers {transformers.__version__}")


main()
