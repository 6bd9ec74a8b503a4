"""Translates a test set with a run and scores it by sacreBLEU.

    python3 -m pip install -r Benchmarks/requirements.txt
    python3 Scripts/score-translation.py runs/multi30k multi30k/test_2016_flickr.de multi30k/test_2016_flickr.en [--beams 4]

Prints BLEU with sacreBLEU's signature, chrF, and the first ten translations beside their sources and references. What is
scored is text as people write it: case and punctuation count, and sacreBLEU alone divides it into words.
"""

import argparse
import subprocess
import time
from pathlib import Path

import sacrebleu

ROOT = Path(__file__).resolve().parent.parent


def lines(path):
    return Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="the directory of the run")
    parser.add_argument("source", help="a file with a sentence a line")
    parser.add_argument("reference", help="the file with their translations")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--shown", type=int, default=10, help="how many translations to print (default 10)")
    parser.add_argument("--attend", default=str(ROOT / ".build/release/attend"), help="the built program")
    options = parser.parse_args()

    sources, references = lines(options.source), lines(options.reference)
    begin = time.perf_counter()
    with open(options.source, encoding="utf-8") as file:
        output = subprocess.run(
            [options.attend, "translate", options.run, "--beams", str(options.beams)], stdin=file,
            stdout=subprocess.PIPE, check=True).stdout.decode()
    seconds = time.perf_counter() - begin
    translations = output.rstrip("\n").split("\n")
    if not len(sources) == len(references) == len(translations):
        raise SystemExit(f"{len(sources)} sources, {len(references)} references and {len(translations)} translations")

    bleu = sacrebleu.BLEU()
    print(f"{bleu.corpus_score(translations, [references])}  ({bleu.get_signature()})")
    print(sacrebleu.CHRF().corpus_score(translations, [references]))
    print(f"{len(sources)} sentences in {seconds:.1f} s with {options.beams} beams\n")
    for number in range(min(options.shown, len(sources))):
        print(f"  {sources[number]}\n→ {translations[number]}\n= {references[number]}\n")


if __name__ == "__main__":
    main()
