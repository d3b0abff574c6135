#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The bench itself, on next to nothing: every row is measured or left out with a
# reason, and only --write would touch a file. What it takes says nothing.

set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
rows='healthy threads pipe storm shuffle memo events compact readers patterns
hostile startup latency linear memory'

if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
if ! command -v python3 >/dev/null; then
    echo "1..1"
    echo "ok 1 - the bench # SKIP no python3"
    exit 0
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
number=0
failed=0

# verdict STATUS NAME
verdict()
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
    fi
}

before=$(cksum "$top/doc/PERFORMANCE.md")
timeout --foreground 300 python3 "$top/tests/bench/run.py" --smoke \
    --peers "$work" "$PULLWHY" >"$work/said" 2>&1
status=$?
verdict "$status" "it runs to its end"
[ "$status" -eq 0 ] || tail -n 20 "$work/said" | sed 's/^/# /'
for row in $rows; do
    awk -v row="$row" '
        /^## / { here = $2 == row ":" }
        here && (/^[|]---/ || /^left out: /) { found = 1 }
        END { exit !found }' "$work/said"
    verdict $? "$row is measured, or left out with a reason"
done
grep '^| healthy log, file, 1 thread | wc -l | 0.55 × | ' "$work/said" \
    >/dev/null
verdict $? "what is promised stands beside what was measured"
[ "$before" = "$(cksum "$top/doc/PERFORMANCE.md")" ]
verdict $? "without --write no document is touched"
echo "1..$number"
exit "$failed"
