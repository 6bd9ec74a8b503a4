#!/bin/sh
# Gives mutated inputs to the parsers, and prints a line of a table for each:
#
#     Scripts/fuzz.sh PARSER|all COUNT [SEED]
#     Scripts/fuzz.sh --coverage PARSER|all SECONDS [SEED]
#
# The parsers are the folders of Tests/FuzzTests/FuzzCorpus. The first form gives COUNT inputs in all, shared
# equally where PARSER is all; the same seed gives the same inputs. The second gives inputs for SECONDS to each
# parser under libFuzzer, which goes on from those that reach new code; what it keeps lies in .build/fuzz/PARSER, and
# what fails in .build/fuzz/faults, which ATTEND_FUZZ_PARSER=PARSER .build/fuzz/build/release/CoverageFuzzer FILE
# repeats. Both fail where a parser traps or goes beyond the limits of Documentation/Limits.md.
set -eu
cd "$(dirname "$0")/.."
mode=count
if [ "${1:-}" = --coverage ]; then
    mode=coverage
    shift
fi
parser=${1:?"give a parser or all"}
amount=${2:?"give the number of inputs, or of seconds with --coverage"}
seed=${3:-1}
if [ "$parser" = all ]; then
    parsers=$(ls Tests/FuzzTests/FuzzCorpus)
elif [ -d "Tests/FuzzTests/FuzzCorpus/$parser" ]; then
    parsers=$parser
else
    echo "There is no parser $parser; known are all $(ls Tests/FuzzTests/FuzzCorpus | tr '\n' ' ')" >&2
    exit 64
fi
status=0

if [ "$mode" = count ]; then
    swift build -c release --build-tests >&2
    echo "| parser | inputs | seconds | accepted | refused | longest input | largest memory |"
    echo "|---|---|---|---|---|---|---|"
    log=$(mktemp)
    ATTEND_FUZZ_PARSER=$parser ATTEND_FUZZ_SEED=$seed \
        ATTEND_FUZZ_COUNT=$(((amount + $(echo "$parsers" | wc -l) - 1) / $(echo "$parsers" | wc -l))) \
        swift test -c release --skip-build --filter FuzzTests.FuzzTests >"$log" 2>&1 || status=$?
    grep '^|' "$log" || true
    [ "$status" -eq 0 ] || tail -40 "$log" >&2
    rm -f "$log"
    exit "$status"
fi

runtime=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
library="$runtime/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a"
if [ ! -f "$library" ]; then
    echo "Skipped: this toolchain has no libFuzzer ($library); Scripts/fuzz.sh PARSER COUNT needs none." >&2
    exit 0
fi
# SwiftPM makes the program's own main, so libFuzzer comes without its.
ATTEND_FUZZ_COVERAGE=1 swift build -c release --product CoverageFuzzer --scratch-path .build/fuzz/build \
    -Xswiftc -sanitize=fuzzer -Xswiftc -Xclang-linker -Xswiftc -fno-sanitize=fuzzer \
    -Xlinker "$library" -Xlinker -lstdc++ -Xlinker -lm >&2
echo "| parser | inputs | seconds | edges reached | inputs kept | faults |"
echo "|---|---|---|---|---|---|"
mkdir -p .build/fuzz/faults
for parser in $parsers; do
    kept=.build/fuzz/$parser
    log=.build/fuzz/$parser.log
    mkdir -p "$kept"
    faults=0
    # libFuzzer writes the input down where the process ends; Swift's own report of the crash would come first.
    ATTEND_FUZZ_PARSER=$parser SWIFT_BACKTRACE=enable=no .build/fuzz/build/release/CoverageFuzzer \
        -max_total_time="$amount" -seed="$seed" -timeout=20 -print_final_stats=1 \
        -artifact_prefix=".build/fuzz/faults/$parser-" "$kept" "Tests/FuzzTests/FuzzCorpus/$parser" >"$log" 2>&1 || {
        faults=1
        status=1
        grep -E 'Fatal error|ERROR|Test unit written' "$log" >&2 || tail -5 "$log" >&2
    }
    inputs=$(sed -n 's/stat::number_of_executed_units: *//p' "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    seconds=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
    echo "| $parser | ${inputs:-?} | ${seconds:-?} | ${edges:-?} | $(ls "$kept" | wc -l) | $faults |"
done
exit "$status"
