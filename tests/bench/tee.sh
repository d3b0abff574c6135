#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What pullwhy costs in the middle of a pipe, beside tee(1) in the same place:
#
#   tests/bench/tee.sh [GIB [ROUNDS]]
#
# A healthy log goes through each in turn, GIB of it (10), up to where the next
# program sees its end; the third row has a history that somebody else keeps
# locked. Prints the seconds of each round and
# the ratio of the medians, then whether every byte came out as it went in.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
gib=${1:-10}
rounds=${2:-3}
pullwhy=${PULLWHY:-build/pullwhy}
work=$(mktemp -d)
lock=
trap 'test -z "$lock" || kill "$lock"; rm -rf "$work"' EXIT
unset PULLWHY_DB
export LC_ALL=C PULLWHY_CONFIG=/dev/null

awk -v kind=healthy -v mib=256 -f "$here/logs.awk" >"$work/log"

all() {
    number=0
    while [ "$number" -lt $((gib * 4)) ]; do
        cat "$work/log"
        number=$((number + 1))
    done
}

now() {
    date +%s.%N
}

# measure NAME COMMAND...: its seconds, a line in the file NAME
measure() {
    name=$1
    shift
    began=$(now)
    all | "$@" 2>>"$work/said" | {
        cat >/dev/null
        now >"$work/end"
    }
    echo "$began $(cat "$work/end")" | awk '{ printf "%.2f\n", $2 - $1 }' |
        tee -a "$work/$name.s" | sed "s/^/$name: /; s/\$/ s/"
}

hold() {
    mkfifo "$work/hold"
    sqlite3 "$work/locked.db" <"$work/hold" >/dev/null &
    lock=$!
    exec 9>"$work/hold"
    echo 'PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE; CREATE TABLE x (y);' >&9
}

median() {
    sort -n "$work/$1.s" | awk '{ all[NR] = $1 }
        END { print all[int((NR + 1) / 2)] }'
}

"$pullwhy" --db "$work/locked.db" --format none </dev/null
hold
round=0
while [ "$round" -lt "$rounds" ]; do
    measure tee tee
    measure free "$pullwhy" watch --tee --db "$work/free.db" --format none
    measure locked "$pullwhy" watch --tee --db "$work/locked.db" --format none
    round=$((round + 1))
done
echo "speed, tee = 1: $(median tee) $(median free) $(median locked)" |
    awk '{ printf "%s %s %s %s history free %.2f, locked %.2f\n",
           $1, $2, $3, $4, $5 / $6, $5 / $7 }'
mkfifo "$work/wanted"
all >"$work/wanted" &
if all | "$pullwhy" watch --tee --db "$work/exact.db" --format none \
    2>>"$work/said" | cmp - "$work/wanted"; then
    echo "$gib GiB came out bit for bit"
else
    echo "what came out is not what went in"
    exit 1
fi
sort "$work/said" | uniq -c | sort -rn | head -n 5
