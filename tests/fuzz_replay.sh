#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Replays tests/corpus/NAME/ with tests/fuzz_NAME, one test each. A fuzz target
# without a corpus, or a corpus without its target, fails.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
built=${top_builddir:-$top/build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
    for source in "$top"/tests/fuzz_*.c; do
        name=${source##*/fuzz_}
        echo "${name%.c}"
    done
    for folder in "$top"/tests/corpus/*/; do
        name=${folder%/}
        echo "${name##*/}"
    done
} | LC_ALL=C sort -u >"$work/names"

number=0
failed=0
while read -r name; do
    number=$((number + 1))
    # Files, not the folder: libFuzzer would take that as an order to fuzz.
    set -- "$top/tests/corpus/$name/"*
    if "$built/tests/fuzz_$name" "$@" >"$work/said" 2>&1; then
        echo "ok $number - $name, $# files"
    else
        echo "not ok $number - $name, $# files"
        sed 's/^/# /' "$work/said"
        failed=1
    fi
done <"$work/names"
echo "1..$number"
exit "$failed"
