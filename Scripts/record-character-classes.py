"""Records what kinds of character PyPI tokenizers counts every scalar among, as ranges.

Usage: python Scripts/record-character-classes.py   (needs tokenizers 0.23; takes a minute)

Each scalar is asked for by its own: whether a pattern, or a pre-tokenizer, divides it from what surrounds it.
"""

import json
from pathlib import Path

from tokenizers import Regex, pre_tokenizers

FIXTURE = Path(__file__).resolve().parent.parent / "Tests/TextTests/Fixtures/character-classes.json"
SCALARS = [number for number in range(0x110000) if not 0xD800 <= number < 0xE000]
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
EXPRESSIONS = {
    "letter": r"\p{L}", "number": r"\p{N}", "space": r"\s", "mark": r"\p{M}", "leading": UPPER, "following": LOWER,
    "decimal": r"\d", "properPunctuation": r"\p{P}", "symbol": r"\p{S}", "patternWord": r"\w",
}


def ranges(numbers):
    """First and last of each run, one after the other."""
    ends = []
    for number in numbers:
        if ends and ends[-1] == number - 1:
            ends[-1] = number
        else:
            ends += [number, number]
    return ends


def separated(pre_tokenizer, around, pieces):
    return ranges(
        number for number in SCALARS
        if len(pre_tokenizer.pre_tokenize_str(around + chr(number) + around)) == pieces)


classes = {
    name: separated(pre_tokenizers.Split(Regex(expression), "isolated"), "\0", 3)
    for name, expression in EXPRESSIONS.items()
}
classes["punctuation"] = separated(pre_tokenizers.Punctuation(), "a", 3)
classes["word"] = separated(pre_tokenizers.Whitespace(), "a", 1)
FIXTURE.write_text(json.dumps(classes, separators=(",", ":")) + "\n")
print(f"{FIXTURE.name}: {FIXTURE.stat().st_size} bytes")
