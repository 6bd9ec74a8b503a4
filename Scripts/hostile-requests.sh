#!/bin/sh
# Gives a generation engine requests with random, often senseless options, and prints what came of them:
#
#     Scripts/hostile-requests.sh [COUNT] [SEED]
#
# The same seed gives the same requests; by default there are 100,000 of seed 1. Fails where one of them traps, where a
# refusal is no sentence, or where at the end a page of the caches is still in use or memory has grown.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --build-tests >&2
log=$(mktemp)
status=0
ATTEND_REQUEST_COUNT=${1:-100000} ATTEND_REQUEST_SEED=${2:-1} \
    swift test -c release --skip-build --filter HostileRequestsTests >"$log" 2>&1 || status=$?
grep '^|' "$log" || true
[ "$status" -eq 0 ] || tail -40 "$log" >&2
rm -f "$log"
exit "$status"
