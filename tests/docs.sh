#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the manual page and the README say is so: the same options and commands
# as --help, and the output that the README shows is what the program prints.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
export PULLWHY_NOW=2026-11-23T18:00:00Z COLUMNS=80 NO_COLOR=1
unset PULLWHY_DB

number=0
is() # is NAME COMMAND...
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/out" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/out"
    fi
}

"$pullwhy" --help >"$work/help"

grep -o -e '--[a-z][a-z-]*' "$work/help" | sort -u >"$work/options.help"
# mdoc: ".It Fl -name Ar ..." or ".It Fl n , Fl -name Ar ..."
sed -n '/^\.Sh OPTIONS/,/^\.Sh ENVIRONMENT/p' "$top/doc/pullwhy.1" |
    grep '^\.It Fl' | grep -o ' -[a-z][a-z-]*' | sed 's/^ /-/' |
    sort -u >"$work/options.manual"
is 'the manual page has the options of --help' \
    diff "$work/options.help" "$work/options.manual"

sed -n 's/^  pullwhy \([a-z][a-z]*\) .*/\1/p' "$work/help" | sort -u \
    >"$work/commands.help"
sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$top/doc/pullwhy.1" | sort -u \
    >"$work/commands.manual"
is 'the manual page has the commands of --help' \
    diff "$work/commands.help" "$work/commands.manual"

is 'help fits 80 columns' awk 'length > 80 { print; bad = 1 } END { exit bad }' \
    "$work/help"

# README: the block behind "<!-- output: ARGUMENTS -->" is what the program
# prints on the sample; "..." on a line of its own stands for left out lines.
grep -n '^<!-- output: ' "$top/README.md" >"$work/marks"
while IFS= read -r mark; do
    line=${mark%%:*}
    command=${mark#*output: }
    command=${command% -->}
    sed -n "$((line + 1)),\$p" "$top/README.md" |
        awk '/^```/ { if (n++) exit; next } n { print }' >"$work/shown"
    (cd "$top" && eval "\"\$pullwhy\" --db \"\$work/db\" $command") \
        >"$work/printed" 2>/dev/null </dev/null
    awk -v printed="$work/printed" '
        BEGIN {
            while ((getline row < printed) > 0) {
                have[++rows] = row
            }
            at = 1
        }
        $0 == "..." { is_gap = 1; next }
        {
            while (is_gap && at <= rows && have[at] != $0) {
                at++
            }
            if (at > rows || have[at] != $0) {
                print "not printed: " $0
                exit 1
            }
            at++
            is_gap = 0
        }' "$work/shown" >"$work/verdict"
    is "README shows what $command prints" test ! -s "$work/verdict"
    sed 's/^/# /' "$work/verdict"
done <"$work/marks"
is 'README shows real output' test -s "$work/marks"
echo "1..$number"
