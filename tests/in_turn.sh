#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file that is analysed and watched in turn, while it grows or is written anew
# in between, counts each failure once: who comes later knows how far who came
# before has counted, and whether that still stands there.
#
# Nothing sleeps: a watch reads what is there before it looks for signals, so it
# is ended as soon as it takes them.

set -u
if [ -z "${IN_TURN_BOUND:-}" ]; then
    IN_TURN_BOUND=1 exec timeout 300 sh "$0"
fi
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
build=${top_builddir:-$top/build}
pullwhy=${PULLWHY:-$build/pullwhy}
awk=${AWK:-awk}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset PULLWHY_PATTERNS PULLWHY_DB PULLWHY_CONFIG
export TZ=UTC LC_ALL=C XDG_CONFIG_HOME="$work"
cd "$work" || exit 1
number=0
failed=0

# log FIRST END: lines of the kubelet, each a failure of an image of its own.
log()
{
    "$awk" -v first="$1" -v end="$2" 'BEGIN {
        for (i = first; i < end; i++) {
            printf "E1123 17:%02d:%02d.000000    1 log.go:32] \"Failed to " \
                   "pull image\" err=\"contoso.azurecr.io/app-%d:1: not " \
                   "found\" image=\"contoso.azurecr.io/app-%d:1\"\n",
                   i / 60, i % 60, i, i
        }
    }'
}

# list FIRST END: events of images of their own, as kubectl lists them.
list()
{
    "$awk" -v first="$1" -v end="$2" 'BEGIN {
        printf "{\n    \"apiVersion\": \"v1\",\n    \"items\": ["
        for (i = first; i < end; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            printf "%s\n        {\n            \"apiVersion\": \"v1\",\n" \
                   "            \"kind\": \"Event\",\n            \"metadata\"" \
                   ": {\"name\": \"p-%d.1\", \"namespace\": \"d\", \"uid\": " \
                   "\"%08d-0000-4000-8000-000000000000\"},\n            \"type" \
                   "\": \"Warning\", \"reason\": \"Failed\",\n            \"" \
                   "message\": \"Failed to pull image \\\"%s\\\": %s: not " \
                   "found\",\n            \"count\": 1, \"lastTimestamp\": \"" \
                   "2026-11-23T17:00:00Z\",\n            \"involvedObject\": " \
                   "{\"kind\": \"Pod\", \"name\": \"p-%d\", \"namespace\": \"" \
                   "d\"}\n        }", (i > first ? "," : ""), i, i, image,
                   image, i
        }
        printf "\n    ],\n    \"kind\": \"List\"\n}\n"
    }'
}

# table FIRST END MINUTES: rows that are so old, as kubectl lists them.
table()
{
    "$awk" -v first="$1" -v end="$2" -v age="$3" 'BEGIN {
        print "LAST SEEN   TYPE      REASON   OBJECT      MESSAGE"
        for (i = first; i < end; i++) {
            object = sprintf("pod/p-%d", i)
            printf "%-11s Warning   Failed   %-11s Failed to pull image " \
                   "\"contoso.azurecr.io/app-%d:1\": contoso.azurecr.io/" \
                   "app-%d:1: not found\n", age "m", object, i, i
        }
    }'
}

# Whether the mask of the signals that the watch takes has SIGUSR1, the last one.
is_ready()
{
    case $(sed -n 's/^SigCgt:[[:blank:]]*//p' "/proc/$1/status") in
    *[2367abef]??) return 0 ;;
    esac
    return 1
}

# turns WHO...: reads "file" as each of them does, one after the other.
turns()
{
    for who; do
        case $who in
        analysis) "$pullwhy" --db db --format none file 2>>said ;;
        stdin) "$pullwhy" --db db --format none <file 2>>said ;;
        watched-stdin) "$pullwhy" watch --db db --format none <file 2>>said ;;
        watch | tail)
            from=--from-start
            test "$who" = watch || from=
            # shellcheck disable=SC2086 # an option, or none
            "$pullwhy" watch $from --db db --format none file 2>>said &
            until is_ready $!; do
                kill -0 $! || break
            done
            kill -TERM $!
            wait $! || echo "status $?" >>said
            ;;
        esac
    done
}

# begin NAME: nothing is known, and there is no file.
begin()
{
    name=$1
    rm -f db db-* file
    : >said
}

# is FAILURES: of as many images, and so many failures, is known by now.
is()
{
    got=$("$pullwhy" sql --db db --format csv \
        'SELECT count(*), sum(count) FROM incidents' 2>>said | tail -1)
    number=$((number + 1))
    if [ "$got" = "$1,$1" ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# $got, wanted $1,$1"
        sed 's/^/# /' said
        failed=1
    fi
    : >said
}

export PULLWHY_NOW=2026-11-23T18:00:00Z
all='analysis watch tail stdin watched-stdin'

for first in $all; do
    for second in $all; do
        begin "$first, then $second: a log that grows"
        log 0 20 >file
        turns "$first" "$first"
        log 20 30 >>file
        turns "$second" "$first" "$second"
        test "$first" != tail || log 20 30 >file.tail
        if [ "$first" = tail ]; then is 10; else is 30; fi

        begin "$first, then $second: a list that is written anew"
        : >file
        test "$first" != tail || turns tail
        list 5 40 >file
        turns "$first" "$first"
        list 20 60 >file
        turns "$second" "$first" "$second"
        is 55

        begin "$first, then $second: a list with news in its midst"
        : >file
        test "$first" != tail || turns tail
        list 10 40 >file
        turns "$first" "$first"
        { list 10 20; list 40 70; list 20 40; } | "$awk" '
            /^{|"items": \[|^    "apiVersion"/ && seen[$0]++ { next }
            /^    \]|^    "kind": "List"|^}/ { end = 1; next }
            /^        {$/ && end { printf "        ,\n"; end = 0 }
            { print }
            END { printf "    ],\n    \"kind\": \"List\"\n}\n" }' >file
        turns "$second" "$first" "$second"
        is 60

        begin "$first, then $second: a table that is written anew"
        : >file
        test "$first" != tail || turns tail
        table 5 40 30 >file
        turns "$first" "$first"
        table 20 60 30 >file
        turns "$second" "$first" "$second"
        is 55

        for cut in 20 60 100 150; do
            begin "$first, then $second: a first line that is torn at $cut"
            : >file
            test "$first" != tail || turns tail
            log 0 5 >whole
            head -c "$cut" whole >file
            turns "$first" "$first"
            head -c $((cut + 10)) whole >file.more
            tail -c 10 file.more >>file
            turns "$second"
            tail -c "+$((cut + 11))" whole >>file
            turns "$first" "$second" "$first"
            is 5
        done
    done
done

echo "1..$number"
exit $failed
