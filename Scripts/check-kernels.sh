#!/usr/bin/env bash
# Holds the kernels of this processor to plain double precision, without Swift.
#
#   Scripts/check-kernels.sh [TABLE…]     all that this processor can run, or those named: portable avx2 avx512 neon …
#
# ("wide" is the text of the 16-wide tables on AVX2, "emulated" that of AVX-512 with bfloat16, each of its instructions in
# plain C.) Needs clang: the one that comes with Swift, or CLANG=…
# SANITIZE=1 adds the address and undefined-behaviour sanitizers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/kernel-checks.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

options=(-DATTEND_TEST_TABLES -pthread)
if [ "${SANITIZE:-0}" = 1 ]; then options+=(-g -fsanitize=address,undefined -fno-sanitize-recover=undefined); fi
"$(find_clang)" "${checks_options[@]}" "${options[@]}" "${checks_sources[@]}" -o "$scratch/kernel-checks" -lm

if [ $# -gt 0 ]; then
    for table in "$@"; do "$scratch/kernel-checks" "$table"; done
    exit
fi
for table in portable avx2 avx512 'avx512 without bfloat16' neon wide emulated; do
    status=0
    "$scratch/kernel-checks" "$table" || status=$?
    if [ "$status" != 0 ] && [ "$status" != 2 ]; then exit "$status"; fi
done
