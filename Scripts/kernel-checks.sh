# What the scripts that check kernels share. Sourced from the root of the repository, not run.

checks_sources=(Sources/Kernels/*.c Tests/KernelsCrossTests/*.c)
checks_options=(-std=c17 -O2 -Wall -Wno-unused-function -I Sources/Kernels/include -I Sources/Kernels)

# The clang that Swift brings with it, or one on the path.
find_clang() {
    local swift beside
    if [ -n "${CLANG:-}" ]; then
        echo "$CLANG"
        return
    fi
    if swift=$(command -v swift); then
        beside=$(dirname "$(readlink -f "$swift")")/clang
        if [ -x "$beside" ]; then
            echo "$beside"
            return
        fi
    fi
    command -v clang || {
        echo "no clang found: install Swift, or set CLANG to one" >&2
        return 1
    }
}

# need COMMAND PACKAGE…: says which Debian packages bring a command that is not there.
need() {
    command -v "$1" >/dev/null && return
    echo "$1 is needed. On Debian: apt-get install ${*:2}" >&2
    return 1
}
