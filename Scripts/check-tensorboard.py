"""Checks that TensorBoard's own reader finds in a run's event files what metrics.jsonl says, step by step.

Usage: python Scripts/check-tensorboard.py [--attend .build/release/attend]

Trains small runs with --tensorboard in a temporary directory: one to its end; one that is stopped by SIGINT and resumed; one that is
killed with SIGKILL several times and resumed each time. Then compares every scalar, each with its step and to the bit of a 32-bit
float, as the loader of event files gives them file by file, as EventAccumulator gives them for the directory, and as one gives them
that was reading all the time, also before what a kill undid was undone. Exits with 1 where anything differs. Needs PyPI's tensorboard.
"""

import argparse
import json
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

TAGS = {
    "loss/step": ("step", "loss"),
    "optimizer/learningRate": ("step", "learningRate"),
    "optimizer/gradientNorm": ("step", "gradientNorm"),
    "speed/tokensPerSecond": ("step", "tokensPerSecond"),
    "loss/train": ("evaluation", "trainLoss"),
    "loss/validation": ("evaluation", "validationLoss"),
    "accuracy/validation": ("evaluation", "accuracy"),
    "accuracy/train": ("evaluation", "trainAccuracy"),
}
STEPS = 3000
FLAGS = ["--layers", "1", "--heads", "2", "--width", "16", "--context", "16", "--threads", "1",
         "--evaluation-interval", "100", "--steps", str(STEPS)]


def bits(value):
    """A number as the bits of a 32-bit float; JSON's null is not-a-number."""
    return struct.unpack("<I", struct.pack("<f", float("nan") if value is None else value))[0]


def expected(run):
    """What metrics.jsonl says: the (step, bits) of each tag, in order."""
    values = {tag: [] for tag in TAGS}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        event = json.loads(line)
        for tag, (kind, field) in TAGS.items():
            if event["event"] == kind and field in event:
                values[tag].append((event["step"], bits(event[field])))
        for part in event.get("layers", []):
            for field in ("gradientNorm", "weightNorm", "updateRatio"):
                values.setdefault(f"{field}/{part['name']}", []).append((event["step"], bits(part[field])))
        for name, loss in event.get("validationLosses", {}).items():
            values.setdefault(f"loss/validation/{name}", []).append((event["step"], bits(loss)))
    return {tag: found for tag, found in values.items() if found}


def loaded(run):
    """What the loader of single files finds, file by file; every one has to say its form first."""
    values, versions, restarts = {}, 0, 0
    files = sorted((run / "tensorboard").iterdir())
    for path in files:
        for event in LegacyEventFileLoader(str(path)).Load():
            versions += event.file_version == "brain.Event:2"
            restarts += event.HasField("session_log")
            for value in event.summary.value:
                values.setdefault(value.tag, []).append((event.step, bits(value.simple_value)))
    assert versions == len(files), f"{versions} of {len(files)} files say brain.Event:2"
    assert restarts <= len(files) - 1, f"{restarts} restarts in {len(files)} files"
    return values


def board(run):
    """What reads a directory for TensorBoard, and keeps every point."""
    everything = {event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0}
    return event_accumulator.EventAccumulator(str(run / "tensorboard"), size_guidance=everything)


def accumulated(reader):
    """What TensorBoard would draw for the directory."""
    reader.Reload()
    return {tag: [(one.step, bits(one.value)) for one in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}


def compare(name, run, live):
    wanted = expected(run)
    readings = {"file by file": loaded(run), "as a whole": accumulated(board(run)), "while it was written": accumulated(live)}
    for reading, found in readings.items():
        for tag in sorted(set(wanted) | set(found)):
            if wanted.get(tag) != found.get(tag):
                print(f"{name}: read {reading}, it differs in {tag}: {found.get(tag, [])[:3]} … instead of {wanted.get(tag, [])[:3]} …")
                return False
    files = len(list((run / "tensorboard").iterdir()))
    count = sum(map(len, wanted.values()))
    steps = len(wanted["loss/step"])
    print(f"{name}: {count:,} scalars of {len(wanted)} tags, {steps:,} steps, {files} files: equal in all {len(readings)} readings")
    return steps == STEPS


def start(attend, *flags):
    return subprocess.Popen([attend, "train", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def has_steps(run, count):
    path = run / "metrics.jsonl"
    return path.exists() and path.read_bytes().count(b'"event":"step"') >= count


def interrupted(attend, run, data, batch, stop, times):
    """Trains, stopping the process with a signal so many times, and goes on to the end; returns what has read along."""
    draw = random.Random(times)
    process = start(attend, "--data", data, "--out", str(run), "--tensorboard", *FLAGS, *batch)
    done, live = 0, board(run)
    for number in range(times):
        goal = done + draw.randrange(101, STEPS // (times + 1))
        while process.poll() is None and not has_steps(run, goal):
            time.sleep(0.002)
        if process.poll() is not None:
            break
        process.send_signal(stop)
        process.wait()
        live.Reload()
        done = goal
        process = start(attend, "--resume", str(run))
    message = process.communicate()[1]
    if process.returncode != 0:
        sys.exit(f"attend train --resume ended with {process.returncode}: {message}")
    return live


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--attend", default=".build/release/attend")
    attend = parser.parse_args().attend
    good = True
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text = folder / "text.txt"
        text.write_text("".join(f"line {number * 7919 % 10007} of the text\n" for number in range(2000)))
        for name, data, batch, stop, times in [
            ("whole", text, "--batch", signal.SIGKILL, 0), ("answers", "reverse", "--batch-tokens", signal.SIGINT, 1),
            ("stopped", text, "--batch", signal.SIGINT, 2), ("killed", text, "--batch", signal.SIGKILL, 5),
        ]:
            size = "2" if batch == "--batch" else "64"
            live = interrupted(attend, folder / name, str(data), [batch, size], stop, times)
            good &= compare(name, folder / name, live)
    sys.exit(0 if good else 1)


main()
