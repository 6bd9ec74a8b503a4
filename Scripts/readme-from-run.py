"""Puts the loss curve and samples of a run of the default preset into the README.

    .build/release/attend train --out runs/readme
    python3 Scripts/readme-from-run.py runs/readme

Writes Documentation/Images/tales-loss.svg and the table between the marks <!-- samples --> in README.md.
"""
import html
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
run = pathlib.Path(sys.argv[1])

report = (run / "report.html").read_text()
chart = re.search(r"<svg\b.*?</svg>", report, re.S).group(0)
if "xmlns=" not in chart.split(">")[0]:
    chart = chart.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
images = root / "Documentation" / "Images"
images.mkdir(parents=True, exist_ok=True)
(images / "tales-loss.svg").write_text(chart + "\n")

events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
losses = {e["step"]: e["validationLoss"] for e in events if e["event"] == "evaluation"}
samples = {e["step"]: e["text"] for e in events if e["event"] == "sample"}
steps = sorted(samples)
shown = [steps[0], steps[1], steps[3], steps[len(steps) // 2], steps[-1]]


def story(text):
    first = text.strip("\n").split("\n\n")[0].replace("\n", " ")
    return html.escape(first, quote=False).replace("|", "&#124;").replace("*", "&#42;").replace("_", "&#95;")


rows = ["| step | validation loss | the model writes |", "|---|---|---|"]
rows += [f"| {step} | {losses[step]:.3f} | {story(samples[step])} |" for step in shown]
readme = root / "README.md"
text = readme.read_text()
marked = "<!-- samples -->\n" + "\n".join(rows) + "\n<!-- /samples -->"
readme.write_text(re.sub(r"<!-- samples -->.*?<!-- /samples -->", lambda _: marked, text, flags=re.S))
