"""Puts the accuracy curves and figures of a run on modular addition into Documentation/Results.md.

    .build/release/attend train --preset modular-addition --out runs/grokking
    python3 Scripts/grokking-from-run.py runs/grokking

Writes Documentation/Images/grokking.svg and the table between the marks <!-- grokking --> in Documentation/Results.md.
"""
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
run = pathlib.Path(sys.argv[1])

events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
evaluations = [e for e in events if e["event"] == "evaluation" and "trainAccuracy" in e]
done = [e for e in events if e["event"] == "done"]
if not evaluations or not done:
    sys.exit(f"{run}: is no finished run on modular addition; train it to its end first.")

charts = re.findall(r"<svg\b.*?</svg>", (run / "report.html").read_text(), re.S)
chart = next(c for c in charts if "<title>Right answers, percent</title>" in c)
(root / "Documentation" / "Images" / "grokking.svg").write_text(chart + "\n")


def first(name, share):
    """The first evaluation with so many right answers; None where there is none."""
    return next((event for event in evaluations if event[name] >= share), None)


configuration = json.loads((run / "config.json").read_text())
data, seconds = configuration["data"], done[-1]["seconds"]
ranks = [
    ("the first evaluation", evaluations[1] if len(evaluations) > 1 else evaluations[0]),
    ("for the first time all training answers right", first("trainAccuracy", 1)),
    ("for the first time 99% of the validation answers right", first("accuracy", 0.99)),
    ("the end", evaluations[-1]),
]
rows = ["| | step | training right | validation right | training loss | validation loss |", "|---|---|---|---|---|---|"]
for name, event in ranks:
    if event is None:
        rows.append(f"| {name} | not reached | | | | |")
        continue
    rows.append(
        f"| {name} | {event['step']:,} | {event['trainAccuracy']:.1%} | {event['accuracy']:.1%} |"
        f" {event['trainLoss']:.2g} | {event['validationLoss']:.2g} |")
rows += [
    "",
    f"{data['trainingExampleCount']:,} equations to train on and {data['validationExampleCount']:,} to validate on, seed"
    f" {configuration['seed']}, {done[-1]['steps']:,} steps in {seconds / 60:.0f} min of training.",
    "",
    "![Share of right answers on both splits, over steps on a logarithmic axis](Images/grokking.svg)",
]
results = root / "Documentation" / "Results.md"
text = results.read_text()
marked = "<!-- grokking -->\n" + "\n".join(rows) + "\n<!-- /grokking -->"
changed, count = re.subn(r"<!-- grokking -->.*?<!-- /grokking -->", lambda _: marked, text, flags=re.S)
if count != 1:
    sys.exit(f"{results}: has {count} places marked <!-- grokking -->; expected one.")
results.write_text(changed)
