"""Runs a workload in Attend and in its peer by turns and prints the ratio of medians as rows of a Markdown table.

    swift build -c release
    python3 Benchmarks/compare.py W1 [--precision float32|bfloat16] [--runs 5] [--threads N]
    python3 Benchmarks/compare.py W5 [--precision float32|bfloat16|int8|int4] [--engine llama.cpp|huggingface] [--runs 5] [--threads N]
    python3 Benchmarks/compare.py W6 [--precision float32|int8] [--engine huggingface|ctranslate2] [--beams 4] [--runs 5] [--threads N]
    python3 Benchmarks/compare.py gemm [--core-type SKYLAKEX] [--runs 5] [--threads N]

Run it on an otherwise idle machine. The peer of W1 to W4 is training.py (PyTorch), that of W5 is decoding.py (llama.cpp or
Hugging Face), that of W6 is translation.py (Hugging Face or CTranslate2), that of gemm is gemm.c (OpenBLAS).
Each run is a process of its own; its peak memory is what the operating system reports for it. The single runs go to
stderr, the table to stdout.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent


def run(command, **environment):
    """Runs a command that prints JSON; returns that with `peakMegabytes` as seen from outside the process."""
    shown = shlex.join(str(part) for part in command)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ, **environment))
    except OSError as error:
        raise SystemExit(f"compare: cannot run {shown}: {error.strerror}")
    output = process.stdout.read()
    # wait4 instead of wait: it alone tells how much memory this one child used.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"compare: {shown} ended with status {process.returncode}")
    try:
        result = json.loads(output)
    except ValueError:
        raise SystemExit(f"compare: {shown} did not print JSON but: {output[:200]!r}")
    result["peakMegabytes"] = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return result


def by_turns(options, ours, peer):
    """Runs both commands `options.runs` times, one after the other."""
    pairs = []
    for turn in range(options.runs):
        pairs.append((ours(), peer()))
        for name, result in zip(("attend", "peer"), pairs[-1]):
            print(f"run {turn + 1} {name}: {json.dumps(result)}", file=sys.stderr)
    return zip(*pairs)


def median(results, field):
    return statistics.median(result[field] for result in results)


def table(heading, rows):
    print("| " + " | ".join(heading) + " |")
    print("|" + "---|" * len(heading))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def compare_training(options):
    attend = [options.attend, "bench", options.workload, "--json", "--threads", str(options.threads),
              "--precision", options.precision]
    peer = [options.python, BENCHMARKS / "training.py", options.workload, "--threads", str(options.threads),
            "--mode", options.precision]
    ours, theirs = by_turns(options, lambda: run(attend), lambda: run(peer))
    our_time, their_time = median(ours, "millisecondsPerStep"), median(theirs, "millisecondsPerStep")
    table(
        ["workload", "precision", "Attend, ms/step", "PyTorch, ms/step", "times as fast",
         "Attend, peak MB", "PyTorch, peak MB", "first loss, Attend and PyTorch"],
        [[options.workload, options.precision, f"{our_time:.1f}", f"{their_time:.1f}", f"{their_time / our_time:.2f}",
          f"{median(ours, 'peakMegabytes'):.0f}", f"{median(theirs, 'peakMegabytes'):.0f}",
          f"{ours[0]['firstLoss']:.3f}, {theirs[0]['firstLoss']:.3f}"]])


ENGINES = {"llama.cpp": "llama.cpp", "huggingface": "Hugging Face", "ctranslate2": "CTranslate2"}


def compare_decoding(options):
    common = ["--threads", str(options.threads), "--precision", options.precision]
    attend = [options.attend, "bench", "W5", "--json", *common]
    peer = [options.python, BENCHMARKS / "decoding.py", "--engine", options.engine, *common]
    ours, theirs = by_turns(options, lambda: run(attend), lambda: run(peer))
    name, row = ENGINES[options.engine], ["W5", options.precision]
    for field in ("decodeTokensPerSecond", "prefillTokensPerSecond"):
        our_rate, their_rate = median(ours, field), median(theirs, field)
        row += [f"{our_rate:.1f}", f"{their_rate:.1f}", f"{our_rate / their_rate:.2f}"]
    table(
        ["workload", "precision", "Attend writes, tokens/s", f"{name} writes", "times as fast", "Attend reads, tokens/s",
         f"{name} reads", "times as fast"],
        [row])


def compare_translation(options):
    common = ["--threads", str(options.threads), "--beams", str(options.beams), "--precision", options.precision]
    attend = [options.attend, "bench", "W6", "--json", *common]
    peer = [options.python, BENCHMARKS / "translation.py", "--engine", options.engine, *common]
    ours, theirs = by_turns(options, lambda: run(attend), lambda: run(peer))
    our_rate, their_rate = median(ours, "tokensPerSecond"), median(theirs, "tokensPerSecond")
    table(
        ["workload", "precision", "beams", "Attend, tokens/s", f"{ENGINES[options.engine]}, tokens/s", "times as fast",
         "Attend, peak MB", f"{ENGINES[options.engine]}, peak MB"],
        [["W6", options.precision, str(options.beams), f"{our_rate:.0f}", f"{their_rate:.0f}", f"{our_rate / their_rate:.2f}",
          f"{median(ours, 'peakMegabytes'):.0f}", f"{median(theirs, 'peakMegabytes'):.0f}"]])


def compare_gemm(options):
    attend = [options.attend, "bench", "gemm", "--json", "--threads", str(options.threads)]
    environment = dict(OPENBLAS_NUM_THREADS=str(options.threads))
    if options.core_type:
        environment["OPENBLAS_CORETYPE"] = options.core_type
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "gemm"
        build = subprocess.run([os.environ.get("CC", "cc"), "-O2", BENCHMARKS / "gemm.c", "-o", peer, "-lopenblas"])
        if build.returncode != 0:
            raise SystemExit("compare: gemm.c did not compile; OpenBLAS and its headers are needed (Debian: libopenblas-dev)")
        ours, theirs = by_turns(options, lambda: run(attend), lambda: run([peer], **environment))

    def figures(results):
        by_shape = {}
        for result in results:
            for shape in result["shapes"]:
                key = shape["rows"], shape["inner"], shape["columns"]
                by_shape.setdefault(key, []).append(shape["gigaflops"])
        return {key: statistics.median(values) for key, values in by_shape.items()}

    our_figures, their_figures = figures(ours), figures(theirs)
    missing = [key for key in their_figures if key not in our_figures]
    if missing:
        raise SystemExit(f"compare: attend bench gemm gave no figure for the shapes {missing}")
    core = theirs[0]["coreType"]
    table(
        ["rows × inner × columns", "Attend, GFLOP/s", f"OpenBLAS ({core}), GFLOP/s", "ratio"],
        [[" × ".join(str(size) for size in key), f"{our_figures[key]:.0f}", f"{figure:.0f}",
          f"{our_figures[key] / figure:.2f}"] for key, figure in their_figures.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=["W1", "W2", "W3", "W4", "W5", "W6", "gemm"])
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16", "int8", "int4"])
    parser.add_argument("--engine", choices=list(ENGINES), help="the peer of W5 (default llama.cpp) or W6 (default huggingface)")
    parser.add_argument("--beams", type=int, default=1, help="hypotheses of each source in W6 (default 1)")
    parser.add_argument("--core-type", help="what OpenBLAS should take the processor for, such as SKYLAKEX or HASWELL")
    parser.add_argument("--attend", default=str(BENCHMARKS.parent / ".build/release/attend"), help="the built program")
    parser.add_argument("--python", default=sys.executable, help="a Python with the peers' requirements")
    options = parser.parse_args()
    if options.runs < 1 or options.threads < 1:
        parser.error("--runs and --threads must be at least 1")
    precisions = {"gemm": ["float32"], "W6": ["float32", "int8"], "W5": ["float32", "bfloat16", "int8", "int4"]}
    if options.precision not in precisions.get(options.workload, ["float32", "bfloat16"]):
        parser.error(f"{options.workload} is not compared in {options.precision}")
    engines = {"W5": ["llama.cpp", "huggingface"], "W6": ["huggingface", "ctranslate2"]}.get(options.workload, [None])
    options.engine = options.engine or engines[0]
    if options.engine not in engines:
        parser.error(f"{options.engine} does not go with {options.workload}")
    compare = {"gemm": compare_gemm, "W5": compare_decoding, "W6": compare_translation}
    compare.get(options.workload, compare_training)(options)


if __name__ == "__main__":
    main()
