#!/bin/sh
# Prepares a text of so many MB (default 300) that is made up here, trains ten steps on it, and prints the peak memory of both.
#
# Scripts/check-prepare-memory.sh [MEGABYTES]
set -eu
megabytes=${1:-300}
attend=$(pwd)/.build/release/attend
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$megabytes" "$folder/text.txt" <<'PYTHON'
import random, sys
random.seed(1)
words = ["".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(2, 9))) for _ in range(20000)]
left = int(sys.argv[1]) * 1_000_000
with open(sys.argv[2], "w") as file:
    while left > 0:
        document = " ".join(random.choices(words, k=random.randint(50, 500))) + "\n\n"
        file.write(document)
        left -= len(document)
PYTHON
python3 - "$attend" "$folder" <<'PYTHON'
import resource, subprocess, sys, os, time
attend, folder = sys.argv[1:]
def peak(name, *arguments):
    begin = time.time()
    process = subprocess.Popen([attend, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    print(f"{name}: peak {usage.ru_maxrss / 1024:.0f} MB, {time.time() - begin:.0f} s, status {os.waitstatus_to_exitcode(status)}")
size = os.path.getsize(folder + "/text.txt") / 1e6
print(f"text: {size:.0f} MB")
peak("prepare, bytes, without duplicates", "prepare", "--data", folder + "/text.txt", "--tokenizer", "byte",
     "--separator", "\\n\\n", "--deduplicate", "--held-out", "0.001", "--out", folder + "/byte", "--json")
peak("prepare, byte pairs", "prepare", "--data", folder + "/text.txt", "--tokenizer", "bpe", "--vocabulary", "4096",
     "--separator", "\\n\\n", "--out", folder + "/bpe", "--json")
peak("train, ten steps", "train", "--data", folder + "/byte", "--steps", "10", "--layers", "1", "--width", "64",
     "--evaluation-interval", "10", "--out", folder + "/run", "--json")
PYTHON
