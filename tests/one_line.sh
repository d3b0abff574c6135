#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A list of events on one line, as `kubectl get --raw` and `jq -c` print it, is
# longer than any other line may be. It says the same as the list that `kubectl
# get -o json` prints, however it comes, and nothing of it is cut off. Nor is it
# of what stores of logs answer: one object, of any length, on one line or many.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
build=${top_builddir:-$top/build}
pullwhy=${PULLWHY:-$build/pullwhy}
awk=${AWK:-awk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PULLWHY_PATTERNS PULLWHY_DB
export TZ=UTC LC_ALL=C PULLWHY_NOW=2026-11-24T00:00:00Z
export XDG_CONFIG_HOME="$work"
cd "$work"
number=0
failed=0

# is NAME COMMAND...: the command succeeds.
is()
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >said 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' said | cut -c 1-2000
        failed=1
    fi
}

# The clock decides whether a registry's other words were asked for in between.
tell()
{
    "$pullwhy" --no-db --format json "$@" 2>err |
        sed 's/,"registry_works":"[a-z]*"//; s/,"remedies":.*//'
}

# shellcheck disable=SC2317 # is() calls it
said_nothing()
{
    test ! -s err || { cat err; return 1; }
}

# shellcheck disable=SC2317 # likewise
same()
{
    cmp pretty.out "$1"
}

"$awk" -v kind=events -v mib=4 -v seed=11 -f "$top/tests/bench/logs.awk" >pretty
sed 's/^ *//' pretty | tr -d '\n' >bare     # no newline at the end, either
tr '\n' ' ' <pretty >wide                   # blanks between all
sed 's/^ *//; s/^"items": \[$/[/' pretty |
    sed -n '/^\[$/,/^],$/p' | sed 's/^],$/]/' | tr -d '\n' >array
echo >>array

is "the list has more than a line may have" \
    test "$(wc -c <bare)" -gt 2097152
is "and lies on one line" test "$(wc -l <bare)" -eq 0

tell pretty >pretty.out
is "findings of a list as kubectl prints it" test "$(wc -l <pretty.out)" -gt 20
for file in bare wide array; do
    tell "$file" >"$file.out"
    is "$file: the same findings" same "$file.out"
    is "$file: and no word of a cut line" said_nothing
    tell - <"$file" >"$file.out"
    is "$file: the same from standard input" same "$file.out"
    dd if="$file" bs=5003 status=none | cat | tell - >"$file.out"
    is "$file: the same through a pipe, in small pieces" same "$file.out"
done

{
    cat bare
    printf '\nE1123 00:00:01.000000    1 kuberuntime_image.go:55] "Failed to'
    printf ' pull image" err="failed to pull and unpack image'
    printf ' \\"behind.example/it:1\\": not found" image="behind.example/it:1"\n'
} >behind
tell behind >behind.out
is "what stands behind it is read, too" \
    grep -q '"image":"behind.example/it:1"' behind.out
is "and counted behind all of it" \
    test "$(sed -n '$=' behind.out)" -eq "$(($(sed -n '$=' pretty.out) + 1))"

# A line of this kind that is none of ours is cut, and that is said.
{
    printf '{"items":["'
    yes 'x},{' | head -n 300000 | tr -d '\n'
    printf '"]}\n'
    cat pretty
} >odd
tell odd >odd.out
is "a long string is cut" grep -q 'longer than 1 MiB' err
is "and what stands behind it is read" same odd.out

# An object on many lines that can be torn nowhere is cut, and that is said.
{
    printf '{"a": [0\n'
    yes ',1234567' | head -n 150000
    printf ']}\n'
    cat pretty
} >endless
tell endless >endless.out
is "an object without end is cut" grep -q '^pullwhy: 1 lines or JSON objects' err
is "and what stands behind it is read, too" same endless.out

# 12,000 lines, each hundredth of which is a failure of an image of its own,
# with a head and a foot, between them what SHAPE makes of a line and its number.
export_of()
{
    "$awk" -v shape="$1" -v head="$2" -v foot="$3" -v end="$4" 'BEGIN {
        printf "%s%s", head, end
        for (i = 0; i < 12000; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            text = "all is well with pod " i ", whose image was found at once"
            if (i % 100 == 0) {
                text = "Failed to pull image \\\"" image "\\\": " image \
                       ": not found"
            }
            line = shape
            gsub(/NUMBER/, i, line)
            gsub(/END/, end, line)
            at = index(line, "TEXT")
            printf "%s%s%s%s%s", substr(line, 1, at - 1), text,
                substr(line, at + 4), i < 11999 ? "," : "", end
        }
        printf "%s\n", foot
    }'
}

# found NAME: how many incidents, of how many failures
found()
{
    tell "$1" | sed -n 's/.*"image":"contoso.azurecr.io\/app-\([0-9]*\):1".*/\1/p' |
        sort -n | uniq >"$1.out"
}

# shellcheck disable=SC2317 # is() calls it
all_of_it()
{
    seq 0 100 11999 | cmp - "$1.out"
}

for end in ' ' '
'; do
    export_of "{${end}\"_id\": \"NUMBER\",${end}\"_source\": {${end}\"message\": \"TEXT\"${end}}${end}}" \
        '{"took": 3, "hits": {"total": {"value": 12000}, "hits": [' \
        ']}}' "$end" >search
    export_of "[${end}\"1795453200000000000\",${end}\"TEXT\"${end}]" \
        '{"data": {"result": [{"stream": {"job": "k"}, "values": [' \
        ']}]}}' "$end" >streams
    export_of "{${end}\"timestamp\": 1795453200000,${end}\"message\": \"TEXT\"${end}}" \
        '{"events": [' '], "searchedLogStreams": []}' "$end" >cloud
    for file in search streams cloud; do
        found "$file"
        is "$file, $(wc -l <"$file") lines, $(wc -c <"$file") bytes: all of it" \
            all_of_it "$file"
        is "$file: and no word of a cut line" said_nothing
    done
done

# One line may tell of tens of thousands of failures: that its length counts but
# once is all that keeps this from taking half a minute of processor time.
seq 30000 | sed 's/.*/{"msg":"Failed to pull image a"}/' | tr '\n' ',' |
    sed 's/^/{"list":[/; s/,$/]}\n/' >many
is "a line of 30000 failures costs what so many lines cost" \
    timeout 5 "$pullwhy" --no-db --format none many

echo "1..$number"
exit "$failed"
