#!/bin/bash
# Makes three plans, trains them, and holds time to 20% and memory to 15% of what was predicted.
#
#   Scripts/check-plans.sh [TEXT]      TEXT: a file of text for the third plan (default: tales with byte pairs)
#
# ATTEND names the program (default: .build/release/attend). The machine should have nothing else to do.
set -euo pipefail
attend=${ATTEND:-$(cd "$(dirname "$0")/.." && pwd)/.build/release/attend}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

plan() {
    local name=$1
    shift
    "$attend" plan "$@" --out "$folder/$name.json" --json > "$folder/$name.plan"
    "$attend" train --config "$folder/$name.json" --out "$folder/$name" --json 2> /dev/null |
        tail -n 1 > "$folder/$name.done"
}

plan minute --minutes 1
plan small --minutes 1 --memory-limit 120MB --seed 2
if [ $# -gt 0 ]; then
    plan text --minutes 2 --data "$1"
else
    plan text --minutes 2 --tokenizer bpe --vocabulary 512
fi

python3 - "$folder" minute small text << 'END'
import json, sys

folder, names = sys.argv[1], sys.argv[2:]
failed = False
print(f"{'plan':8} {'model':>14} {'what':8} {'predicted':>10} {'actual':>10} {'ratio':>6}")
for name in names:
    with open(f"{folder}/{name}.plan") as file:
        plan = json.load(file)
    with open(f"{folder}/{name}.done") as file:
        done = json.load(file)
    model = f"{plan['layers']} x {plan['width']}, {plan['steps']}"
    for what, predicted, actual, limit in [
        ("seconds", plan["seconds"], done["totalSeconds"], 0.20),
        ("MB", plan["memoryBytes"] / 1e6, done["peakMemoryBytes"] / 1e6, 0.15),
        ("loss", plan["validationLoss"], done["validationLoss"], None),
    ]:
        ratio = actual / predicted
        outside = limit is not None and abs(ratio - 1) > limit
        failed |= outside
        print(f"{name:8} {model:>14} {what:8} {predicted:10.2f} {actual:10.2f} {ratio:6.2f}"
              + (f"  outside of {limit:.0%}" if outside else ""))
sys.exit(failed)
END
