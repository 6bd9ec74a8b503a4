#!/usr/bin/env python3
"""Kills a training with SIGKILL at random moments, resumes it, and holds what comes out to a training that was left alone.

    swift build -c release
    python3 Scripts/kill-and-resume.py --kills 30 --load 4

One training runs to its end undisturbed. The same training is then begun in other directories and killed again and again: at
moments drawn from the whole life of a process, and at moments when the directory shows that a certain thing is under way (a
checkpoint being written, an evaluation, the report). Each time it goes on with --resume. When it has ended, the weights, the
optimizer's state and everything logged but times must be the same bytes. Where one training ends before all kills are dealt
out, it is compared, and another one begins.

Exit status 0 where everything is the same, 1 where anything differs. Needs nothing but Python's standard library.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TENSORS = ("model.safetensors", "optimizer.safetensors")
# What a log may differ in: how fast this process was, and where it wrote.
OF_THE_PROCESS = ("tokensPerSecond", "seconds", "totalSeconds", "peakMemoryBytes", "run")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="how many processes are killed (default: 30)")
    parser.add_argument("--load", type=int, default=4, help="how many processes burn time meanwhile (default: 4)")
    parser.add_argument("--steps", type=int, default=240, help="steps of the training (default: 240)")
    parser.add_argument("--interval", type=int, default=4, help="steps between two checkpoints (default: 4)")
    parser.add_argument("--seed", type=int, default=1, help="what the moments come from (default: 1)")
    parser.add_argument("--attend", default=str(ROOT / ".build/release/attend"), help="the program")
    parser.add_argument("--keep", action="store_true", help="leave the directories behind")
    parser.add_argument("flags", nargs="*", help="more flags of attend train, after --")
    return parser.parse_args()


def training_flags(arguments, text):
    return [
        "--data", str(text), "--layers", "1", "--heads", "2", "--width", "16", "--context", "16", "--batch", "4",
        "--dropout", "0.1", "--threads", "1", "--steps", str(arguments.steps),
        "--evaluation-interval", str(arguments.interval), *arguments.flags,
    ]


def text_of(seed):
    source = random.Random(seed)
    words = ["red", "fox", "sees", "seven", "grey", "geese", "near", "the", "old", "mill", "and", "sings"]
    return " ".join(source.choice(words) for _ in range(4000)) + "\n"


def start(attend, run, flags):
    """A process that goes on with the run where there is one, and begins it otherwise."""
    is_begun = (run / "config.json").exists()
    arguments = ["--resume", str(run), "--threads", "1"] if is_begun else ["--out", str(run), *flags]
    return subprocess.Popen(
        [attend, "train", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def is_saving(run):
    return any(name.endswith((".partial", ".previous")) for name in names(run / "checkpoints"))


def is_reporting(run):
    return any(name.startswith(("report.html.", "samples.txt.")) for name in names(run))


def is_beginning(run):
    return run.exists() and not (run / "config.json").exists()


def is_pruning(run):
    # A checkpoint that is being removed has the name of a whole one with an ending.
    return len([name for name in names(run / "checkpoints") if name.startswith("step-")]) > 3


MOMENTS = {"a save": is_saving, "the report": is_reporting, "the beginning": is_beginning, "tidying up": is_pruning}


def last_events(run, count=2):
    try:
        lines = (run / "metrics.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [], None
    events = []
    for line in lines[-count:]:
        try:
            events.append(json.loads(line))
        except ValueError:
            events.append({"event": "torn line"})
    steps = [event.get("step", event.get("steps")) for event in events]
    return [event["event"] for event in events], next((step for step in reversed(steps) if step is not None), None)


def state_of(run):
    """What was under way in a run whose process is gone, as its directory shows it."""
    if not run.exists():
        return "before the directory", None
    if not (run / "config.json").exists():
        return "while the run began", None
    kinds, step = last_events(run)
    unfinished = [name for name in names(run / "checkpoints") if name.endswith((".partial", ".previous"))]
    if unfinished:
        return f"in a save or tidying up ({', '.join(sorted(unfinished))})", step
    if is_reporting(run):
        return "while the report was written", step
    if not kinds:
        return "before anything was logged", step
    last = kinds[-1]
    if last == "done":
        return "after the end was logged", step
    if last in ("sample", "evaluation"):
        return "between an evaluation and the next step", step
    return "in training or evaluation", step


def wait_for(process, moment, run, limit):
    end = time.monotonic() + limit
    while process.poll() is None and time.monotonic() < end:
        if moment(run):
            return


def compared(path):
    """The log with all that may differ left out."""
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        events.append(json.dumps({key: value for key, value in event.items() if key not in OF_THE_PROCESS}))
    return events


def differences(whole, killed, steps):
    found = []
    for name in TENSORS:
        place = pathlib.Path("checkpoints") / f"step-{steps}" / name
        if not (killed / place).exists():
            found.append(f"{place} is missing")
        elif (whole / place).read_bytes() != (killed / place).read_bytes():
            found.append(f"{place} differs")
    for name in ("latest", "best"):
        place = pathlib.Path("checkpoints") / name
        if (whole / place).read_bytes() != (killed / place).read_bytes():
            found.append(f"{place} differs")
    ours, theirs = compared(whole / "metrics.jsonl"), compared(killed / "metrics.jsonl")
    if ours != theirs:
        line = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
        found.append(f"metrics.jsonl differs from line {line + 1} on ({len(ours)} and {len(theirs)} lines)")
    for name in ("samples.txt", "tokenizer.json"):
        if (whole / name).read_bytes() != (killed / name).read_bytes():
            found.append(f"{name} differs")
    if "made so far" in (killed / "report.html").read_text(encoding="utf-8"):
        found.append("report.html does not know of the end")
    left = [name for name in names(killed) + names(killed / "checkpoints") if ".partial" in name or ".previous" in name]
    if left:
        found.append(f"left behind: {', '.join(left)}")
    return found


def finished(process, what):
    messages = process.communicate()[1].decode(errors="replace")
    if process.returncode != 0:
        print(f"{what} ended with {process.returncode}:\n{messages}", flush=True)
        return False
    return True


def main():
    arguments = parsed()
    source = random.Random(arguments.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="attend-kill-"))
    burners = []
    faults, counts = [], collections.Counter()
    try:
        text = folder / "text.txt"
        text.write_text(text_of(arguments.seed), encoding="utf-8")
        flags = training_flags(arguments, text)
        burners = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)
            for _ in range(arguments.load)
        ]
        whole = folder / "whole"
        begin = time.monotonic()
        process = start(arguments.attend, whole, flags)
        if not finished(process, "the training that is left alone"):
            return 1
        lifetime = time.monotonic() - begin
        print(
            f"{arguments.steps} steps with a checkpoint every {arguments.interval} take {lifetime:.1f} s beside"
            f" {arguments.load} processes that burn time", flush=True)
        kills, number = 0, 0
        while kills < arguments.kills:
            number += 1
            run = folder / f"killed-{number}"
            in_this_run = 0
            while True:
                is_left = kills < arguments.kills
                process = start(arguments.attend, run, flags)
                if is_left:
                    # One in two moments is any; the others aim at what takes little of the time.
                    aim = source.choice([None] * len(MOMENTS) + list(MOMENTS))
                    time.sleep(source.uniform(0, lifetime * (0.1 if aim == "the beginning" else 0.5)) * (aim != "the beginning"))
                    if aim:
                        wait_for(process, MOMENTS[aim], run, lifetime)
                        time.sleep(source.choice([0, 0, 0.001, 0.003]))
                    process.send_signal(signal.SIGKILL)
                messages = process.communicate()[1].decode(errors="replace")
                if process.returncode == 0 or (process.returncode == 64 and "has taken all of its" in messages):
                    break
                if process.returncode != -signal.SIGKILL:
                    faults.append(f"{run.name}: ended with {process.returncode}: {messages.strip()}")
                    break
                kills += 1
                in_this_run += 1
                moment, step = state_of(run)
                counts[moment.split(" (")[0]] += 1
                place = "" if step is None else f", step {step}"
                print(f"kill {kills:3}: {moment}{place}", flush=True)
            if faults:
                break
            found = differences(whole, run, arguments.steps)
            faults += [f"{run.name}: {fault}" for fault in found]
            print(
                f"{run.name}: killed {in_this_run} times and resumed to the end: "
                + ("; ".join(found) if found else "weights, optimizer, log and samples are the same bytes"), flush=True)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
        if arguments.keep or faults:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder)
    print("landed: " + ", ".join(f"{count} {moment}" for moment, count in counts.most_common()))
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{kills} kills in {number} trainings: " + ("DIFFERENT" if faults else "every result is byte-identical"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
