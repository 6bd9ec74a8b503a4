"""Puts what first weights do into Documentation/Results.md.

    swift build -c release
    python3 Scripts/compare-initialisations.py tinyshakespeare.txt

Trains the preset `shakespeare` for 500 steps with each --initialisation, and, at several widths, with several learning rates,
as the family begins and with mup. Writes the tables between the marks <!-- initialisation --> in Documentation/Results.md.
About ten minutes on two cores.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
text = sys.argv[1]
STEPS, WIDTH_STEPS = 500, 300
WIDTHS, BASE = [64, 128, 256], 64
RATES = [1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2]


def train(*flags):
    """The validation loss of a short training."""
    with tempfile.TemporaryDirectory() as folder:
        run = f"{folder}/run"
        subprocess.run(
            [root / ".build/release/attend", "train", "--preset", "shakespeare", "--data", text,
             "--out", run, "--evaluation-interval", "1000", *flags],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        events = [json.loads(line) for line in open(f"{run}/metrics.jsonl")]
        return next(e for e in events if e["event"] == "done")["validationLoss"]


def width_row(width, rate, *flags):
    return train(
        "--width", str(width), "--heads", str(width // 32), "--steps", str(WIDTH_STEPS),
        "--learning-rate", str(rate), *flags)


lines = [
    f"`--initialisation`, {STEPS} steps of the preset `shakespeare`:", "",
    "| initialisation | validation loss |", "|---|---|",
]
for kind in ["", "normal", "scaled-residual", "xavier", "kaiming"]:
    flags = ["--initialisation", kind] if kind else []
    loss = train("--steps", str(STEPS), *flags)
    lines.append(f"| {f'`{kind}`' if kind else 'as the family begins'} | {loss:.3f} |")
    print(lines[-1], flush=True)

lines += [
    "", f"Validation loss after {WIDTH_STEPS} steps by width and learning rate; the lowest of each row is bold.", "",
    "| weights and rates | width | " + " | ".join(f"{rate:g}" for rate in RATES) + " |",
    "|---|---|" + "---|" * len(RATES),
]
for name, flags in [
    ("as the family begins", []),
    (f"`--initialisation mup --base-width {BASE}`", ["--initialisation", "mup", "--base-width", str(BASE)]),
]:
    for width in WIDTHS:
        losses = [width_row(width, rate, *flags) for rate in RATES]
        cells = [f"**{loss:.3f}**" if loss == min(losses) else f"{loss:.3f}" for loss in losses]
        lines.append(f"| {name} | {width} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)

page = root / "Documentation" / "Results.md"
mark, end = "<!-- initialisation -->", "<!-- /initialisation -->"
before, rest = page.read_text().split(mark)
page.write_text(before + mark + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1])
