#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A list of events on one line, as `kubectl get --raw` and `jq -c` print it, is
# longer than any other line may be. It says the same as the list that `kubectl
# get -o json` prints, however it comes, and nothing of it is cut off.

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

echo "1..$number"
exit "$failed"
