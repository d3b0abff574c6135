#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A storm of distinct images: what it costs in memory, and that none is lost.
#
#   tests/bench/images.sh [IMAGES [LINES_PER_SECOND [LINES_PER_IMAGE [follow]]]]
#
# Through a pipe, or from a file that grows and is followed.
# 1000000 images at 20000 lines per second, one of 12 lines a failure, take ten
# minutes; LINES_PER_SECOND 0 is as fast as it can be read. Prints the resident
# memory every ten seconds, how fast it went and what the history counts.

set -eu
images=${1:-1000000}
rate=${2:-20000}
each=${3:-12}
follow=${4:-}
pullwhy=${PULLWHY:-build/pullwhy}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

storm() {
    awk -v images="$images" -v rate="$rate" -v each="$each" '
    function stamp(at) {
        return sprintf("2026-11-23T%02d:%02d:%02d.%06dZ", at / 3600,
                       (at / 60) % 60, at % 60, 0)
    }
    BEGIN {
        lines = images * each
        step = rate > 0 ? rate : 20000
        for (i = 0; i < lines; i++) {
            at = stamp(int(i / step))
            if (rate > 0 && i % rate == 0 && i > 0) {
                fflush()
                system("sleep 1")
            }
            if (i % each) {
                printf "time=\"%s\" level=info msg=\"ImageUpdate %d\"\n", at, i
                continue
            }
            name = sprintf("r%d.azurecr.io/team/app-%d:1", i % 50, i / each)
            printf "time=\"%s\" level=error msg=\"PullImage \\\"%s\\\" " \
                "failed\" error=\"rpc error: code = NotFound desc = failed " \
                "to pull and unpack image \\\"%s\\\": failed to resolve " \
                "reference \\\"%s\\\": %s: not found\"\n",
                at, name, name, name, name
        }
    }'
}

counted() {
    sqlite3 -readonly "$work/history.db" \
        "SELECT coalesce(sum(count), 0) FROM incident" 2>/dev/null || echo 0
}

# Until all is counted, or nothing more has come for a minute.
wait_for_all() {
    before=-1
    idle=0
    while [ "$(counted)" -lt "$images" ] && [ "$idle" -lt 60 ]; do
        sleep 1
        now=$(counted)
        if [ "$now" -eq "$before" ]; then
            idle=$((idle + 1))
        else
            idle=0
        fi
        before=$now
    done
}

: >"$work/app.log"
start=$(date +%s)
if [ "$follow" = follow ]; then
    storm >>"$work/app.log" &
    "$pullwhy" watch --from-start --db "$work/history.db" --format none \
        "$work/app.log" &
    reader=$!
    {
        wait_for_all
        kill -TERM "$reader"
    } &
else
    mkfifo "$work/pipe"
    storm >"$work/pipe" &
    "$pullwhy" --db "$work/history.db" --format none "$work/pipe" &
    reader=$!
fi
while kill -0 "$reader" 2>/dev/null; do
    ps -o rss= -p "$reader" | awk -v at=$(($(date +%s) - start)) \
        '{ printf "%5d s  %d KiB\n", at, $1 }'
    sleep 10
done
wait "$reader" || echo "it ended with status $?"
took=$(($(date +%s) - start))
echo "done after $took s, $((images * each / (took > 0 ? took : 1))) lines/s"
sqlite3 "$work/history.db" \
    "SELECT count(*) || ' incidents, ' || sum(count) || ' failures'
     FROM incident"
