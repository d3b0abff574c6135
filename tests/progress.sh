#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How far a reading has come, on a real pseudo terminal: the input is a FIFO
# that stays open until the bar stands there, so nothing here is about speed.

# shellcheck disable=SC2016 # of another shell
set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
top=$(CDPATH='' cd -- "$top" && pwd)
pullwhy=$(realpath -- "${PULLWHY:-$top/build/pullwhy}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
export PULLWHY_NOW=2026-11-23T18:00:00Z NO_COLOR=1 LC_ALL=C.UTF-8 TERM=xterm
unset PULLWHY_DB COLUMNS

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
        cat -v shown 2>/dev/null | tail -n 5 | sed 's/^/# /'
    fi
}

# watched WORDS COLUMNS: reads the sample from a FIFO, on a terminal, until a
# bar with such words has stood there; what the terminal got is in "shown".
watched()
{
    rm -f held shown
    mkfifo held
    : >shown
    script -qefc "stty cols $2; exec '$pullwhy' --no-db held" shown \
        </dev/null >/dev/null 2>&1 &
    terminal=$!
    exec 9>held
    cat "$top/fixtures/sample.log" >&9
    timeout 60 tail -f -n +1 shown 2>/dev/null | stdbuf -o0 tr '\r' '\n' |
        grep -q -m 1 -e "$1"
    found=$?
    exec 9>&-
    wait "$terminal" && test "$found" -eq 0
}

bytes=$(wc -c <"$top/fixtures/sample.log")
size=$(awk "BEGIN { printf \"%.1f kB\", $bytes / 1000 }")
lines=$(wc -l <"$top/fixtures/sample.log")
"$pullwhy" --no-db "$top/fixtures/sample.log" >plain 2>/dev/null
is 'a FIFO shows bytes, rates, time and failures' \
    watched "^$size .*B/s .*lines/s  0:0[0-9]  [0-9]* failures" 80
is 'but no end that nobody knows' sh -c '! tr "\r" "\n" <shown |
    grep -a "failures" | grep -a "%\|ETA"'
is 'the bar goes before findings come' sh -c \
    'grep -aq "$(printf "\r\033\[K")\(CRITICAL\|ERROR\)" shown'
is 'what was found is as it is elsewhere' sh -c \
    'tr -d "\r" <shown | sed "s/$(printf "\033")\[K//g" |
         grep -a "^#[0-9]\|^    az " >a
     grep "^#[0-9]\|^    az " plain >b; test -s b && cmp a b'
is 'a sentence sums up' grep -aq \
    "pullwhy: read $size in $lines lines within .* failed pulls, 9 incidents" \
    shown
is 'a narrow terminal gets less' watched "^$size  0:0[0-9]  [0-9]* failures" 30

"$pullwhy" --no-db "$top/fixtures/sample.log" >out.1 2>err.1
is 'without a terminal nothing is said' sh -c '! test -s err.1'
"$pullwhy" --no-db --progress always - <"$top/fixtures/sample.log" >out.2 2>err.2
is 'unless it is asked for' grep -q "^pullwhy: read $size in" err.2
is 'and never on standard output' cmp out.1 out.2
TERM=dumb
is 'a dumb terminal gets no escapes' sh -c "script -qec \
    \"'$pullwhy' --no-db --format none --progress always \
    '$top/fixtures/sample.log'\" shown >/dev/null && grep -aq 'pullwhy: read' shown &&
    ! sed 1d shown | grep -aq \"\$(printf '\033')\""
echo "1..$number"
