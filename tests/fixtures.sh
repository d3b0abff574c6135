#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs `pullwhy annotate` on every fixtures/DECODER/CASE.log and compares what
# it prints with CASE.out beside it.
#
#   tests/fixtures.sh [CASE...]            CASE is like klog/back-off-pull
#   tests/fixtures.sh --update [CASE...]   rewrites CASE.out
#
# The one law: an .out is never written when the program failed.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
PULLWHY=${PULLWHY:-$top/build/pullwhy}
case $PULLWHY in
/*) ;;
*) PULLWHY=$(pwd)/$PULLWHY ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Nothing of the caller's may show in the output, nor be touched.
unset PULLWHY_PATTERNS NODE_NAME POD_NAMESPACE LANGUAGE
export HOME="$work" XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
export PULLWHY_DB="$work/history.db" PULLWHY_NOW=2026-11-23T18:00:00Z
export TZ=UTC LC_ALL=C LANG=C NO_COLOR=1

is_update=no
if [ "${1-}" = --update ]; then
    is_update=yes
    shift
fi
cd "$top/fixtures"

if [ $# -gt 0 ]; then
    for name; do
        name=${name#fixtures/}
        name=${name%.log}
        printf '%s\n' "${name%.out}"
    done >"$work/cases"
else
    # Also an .out whose .log is gone is a case, and fails.
    find . -mindepth 2 \( -name '*.log' -o -name '*.out' \) |
        sed 's|^[.]/||; s|[.][a-z]*$||' | LC_ALL=C sort -u >"$work/cases"
fi

number=0
failed=0
result() # WORD NAME [FILE WITH DETAILS]
{
    number=$((number + 1))
    echo "$1 $number - $2"
    if [ "$1" = "not ok" ]; then
        failed=1
        sed 's/^/# /' "$3"
    fi
}

judge() # CASE: writes what is wrong to $work/why
{
    if [ ! -f "$1.log" ]; then
        echo "there is no fixtures/$1.log" >"$work/why"
        return 1
    fi
    "$PULLWHY" annotate "$1.log" >"$work/out" 2>"$work/err" </dev/null && got=0 || got=$?
    if [ "$got" -ne 0 ]; then
        echo "$PULLWHY annotate fixtures/$1.log: exit status $got" >"$work/why"
        cat "$work/err" >>"$work/why"
        return 1
    fi
    if [ "$is_update" = yes ]; then
        cmp -s "$work/out" "$1.out" || cp "$work/out" "$1.out"
        return 0
    fi
    if [ ! -f "$1.out" ]; then
        {
            echo "there is no fixtures/$1.out; make it, then read it:"
            echo "    tests/fixtures.sh --update $1"
        } >"$work/why"
        return 1
    fi
    diff -u "$1.out" "$work/out" >"$work/why" || {
        cat "$work/err" >>"$work/why"
        return 1
    }
}

while read -r name; do
    if judge "$name"; then
        result ok "$name"
    else
        result "not ok" "$name" "$work/why"
    fi
done <"$work/cases"

if [ "$number" -eq 0 ]; then
    echo "1..0 # SKIP no fixtures"
else
    echo "1..$number"
fi
exit "$failed"
