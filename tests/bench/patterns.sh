#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a catalogue costs by its size, in instructions, which do not depend on
# what else the machine does:
#
#   tests/bench/patterns.sh [COUNT...]
#
# For each COUNT (10 50 500) so many causes are made up, each sound and proved,
# and stand beside the built-in ones. Start-up is what an empty input takes; a
# line is one of a storm, in which every line is a failed pull. Needs valgrind.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
pullwhy=${PULLWHY:-build/pullwhy}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PULLWHY_DB
export LC_ALL=C PULLWHY_CONFIG=/dev/null
[ $# -gt 0 ] || set -- 10 50 500

# make_causes FOLDER COUNT: unlike words, as real messages have them
make_causes() {
    mkdir "$1"
    awk -v folder="$1" -v count="$2" '
    function word(n, out) {
        for (out = ""; length(out) < 6; n = int(n / 17) + 29 * length(out) + 7)
            out = out substr("bcdfglmnprstvzkwh", n % 17 + 1, 1) \
                substr("aeiou", n % 5 + 1, 1)
        return out
    }
    BEGIN {
        for (i = 1; i <= count; i++) {
            words = word(i * 7919) " " word(i * 104729 + 3) " no " i
            file = sprintf("%s/made-up-%d.yaml", folder, i)
            printf "cause: made-up-%d\n", i >file
            printf "title: {en: \"Made up\", ja: \"架空\"}\n" >file
            printf "severity: error\nscope: image\nclass: permanent\n" >file
            printf "rank: %d\nmatch:\n", i % 5 + 1 >file
            printf "  - needs: [\"the %s\", \"is broken\"]\n", words >file
            printf "    pattern: \"\\\\bthe %s (?<secret>\\\\S+) is broken\\\\b\"\n", \
                words >file
            printf "why: {en: \"Made up.\", ja: \"架空です。\"}\n" >file
            printf "remedies:\n  - id: look\n" >file
            printf "    title: {en: \"Look\", ja: \"見る\"}\n" >file
            printf "    steps:\n      - say: {en: \"Look.\", ja: \"見ます。\"}\n" >file
            printf "        run: kubectl get pod {{pod}}\n" >file
            printf "samples:\n  - \"Failed to pull image \\\"r.io/a:1\\\": the %s x is broken\"\n", \
                words >file
            close(file)
        }
    }'
    "$pullwhy" patterns test "$1" >"$work/proof" || {
        cat "$work/proof" >&2
        exit 1
    }
}

# instructions ARGUMENT...: of pullwhy with these
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$pullwhy" \
        --no-db --format none "$@" 2>&1 |
        sed -n 's/.*Collected : //p'
}

awk -v kind=storm -v mib=2 -f "$here/logs.awk" >"$work/storm"
lines=$(wc -l <"$work/storm")

# row COUNT ARGUMENT...
row() {
    count=$1
    shift
    start=$(instructions "$@" /dev/null)
    whole=$(instructions "$@" "$work/storm")
    echo "| $count | $((start / 1000000)) million | $(((whole - start) / lines)) |"
}

echo '| causes besides the built-in ones | start-up | a line of a storm |'
echo '|---|---|---|'
row 0
for count; do
    make_causes "$work/$count" "$count"
    row "$count" --patterns "$work/$count"
done
