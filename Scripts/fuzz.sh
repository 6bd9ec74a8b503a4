#!/bin/sh
# Gives mutated inputs to the parsers: Scripts/fuzz.sh PARSER|all COUNT [SEED]
#
# COUNT inputs in all, shared equally where PARSER is all; the parsers are the folders of
# Tests/FuzzTests/FuzzCorpus. Prints a line of a table for each parser, and fails where one traps, takes
# more than a second for an input, or more memory than its limit.
set -eu
cd "$(dirname "$0")/.."
parser=${1:?"give a parser or all"}
count=${2:?"give the number of inputs"}
if [ "$parser" = all ]; then
    count=$((count / $(ls Tests/FuzzTests/FuzzCorpus | wc -l) + 1))
elif [ ! -d "Tests/FuzzTests/FuzzCorpus/$parser" ]; then
    echo "There is no parser $parser; known are all $(ls Tests/FuzzTests/FuzzCorpus | tr '\n' ' ')" >&2
    exit 64
fi
swift build -c release --build-tests >&2
echo "| parser | inputs | seconds | accepted | refused | longest input | largest memory |"
echo "|---|---|---|---|---|---|---|"
log=$(mktemp)
status=0
ATTEND_FUZZ_PARSER=$parser ATTEND_FUZZ_COUNT=$count ATTEND_FUZZ_SEED=${3:-1} \
    swift test -c release --skip-build --filter FuzzTests >"$log" 2>&1 || status=$?
grep '^|' "$log" || true
if [ "$status" -ne 0 ]; then
    tail -40 "$log" >&2
fi
rm -f "$log"
exit "$status"
