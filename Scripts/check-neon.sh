#!/usr/bin/env bash
# Compiles the kernels for 64-bit ARM and holds them to plain double precision in an emulator.
#
#   Scripts/check-neon.sh
#
# Needs Swift's clang (or CLANG=…) and, on Debian or Ubuntu: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross
# qemu-user-static. On a machine with an ARM processor Scripts/check-kernels.sh does the same without an emulator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/kernel-checks.sh

packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)
need aarch64-linux-gnu-gcc "${packages[@]}"
need qemu-aarch64-static "${packages[@]}"
clang=$(find_clang)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# clang compiles, since the kernels are written in its vector extensions; the cross compiler of Debian links, since it
# knows where its libraries are.
for source in "${checks_sources[@]}"; do
    "$clang" --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include "${checks_options[@]}" \
        -c "$source" -o "$scratch/$(basename "$source").o"
done
aarch64-linux-gnu-gcc -static -pthread "$scratch"/*.o -o "$scratch/kernel-checks" -lm

for table in neon portable; do qemu-aarch64-static "$scratch/kernel-checks" "$table"; done
