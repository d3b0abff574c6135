#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file that is analysed and watched in turn, while it grows or is written anew
# in between, counts each failure once: who comes later knows how far who came
# before has counted, and whether that still stands there.
#
# Nothing sleeps: a watch reads what is there before it looks for signals, so it
# is ended as soon as it takes them. TORN_DENSE=6 has each take turns with each,
# and tears at more places (make soak).

set -u
if [ -z "${IN_TURN_BOUND:-}" ]; then
    IN_TURN_BOUND=1 exec timeout 900 sh "$0"
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

# shape NAME COUNT: failures that lie on several lines each.
shape()
{
    "$awk" -v shape="$1" -v count="$2" 'BEGIN {
        if (shape == "yaml") {
            print "apiVersion: v1\nitems:"
        } else if (shape == "csv") {
            print "TimeGenerated,Computer,Namespace,Name,Reason,Message"
        }
        for (i = 0; i < count; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            stamp = "2026-11-23T17:00:0" i "Z"
            text = "Failed to pull image \"" image "\": " image ": not found"
            if (shape == "yaml" || shape == "documents") {
                printf "%s apiVersion: v1\n  involvedObject:\n    kind: Pod\n" \
                       "    name: p-%d\n    namespace: d\n  kind: Event\n" \
                       "  lastTimestamp: \"%s\"\n  message: '\''%s'\''\n  meta" \
                       "data:\n    name: p.%d\n    namespace: d\n  reason: " \
                       "Failed\n  type: Warning\n", "-", i, stamp, text, i
            } else if (shape == "csv") {
                gsub(/"/, "\"\"", text)
                printf "\"%s\",n1,d,p-%d,Failed,\"%s\nand more of it\"\n",
                       stamp, i, text
            } else if (shape == "export") {
                printf "__CURSOR=s=abc;i=%d\n__REALTIME_TIMESTAMP=" \
                       "179545320%d000000\n_HOSTNAME=n1\nSYSLOG_IDENTIFIER=" \
                       "kubelet\nPRIORITY=3\nMESSAGE=E1123 17:00:0%d.000000 " \
                       "   1 log.go:32] \"Failed to pull image\" err=\"%s: " \
                       "not found\" image=\"%s\"\n_PID=7\n\n", i, i, i, image,
                       image
            } else {
                text = "Failed to pull image \\\"" image "\\\": " image \
                       ": not found"
                count_of = split("{|\"apiVersion\": \"v1\",|\"kind\": \"Event\"," \
                    "|\"involvedObject\": {|\"kind\": \"Pod\",|\"name\": \"p-" \
                    i "\"|},|\"metadata\": {|" \
                    "\"name\": \"p." i "\"|},|" \
                    "\"reason\": \"Failed\",|\"message\": \"" text "\",|" \
                    "\"type\": \"Warning\",|\"lastTimestamp\": \"" stamp \
                    "\"|}", lines, "|")
                for (k = 1; k <= count_of; k++) {
                    printf "2026-11-23T17:00:0%d.000000000Z stdout F %s\n", i,
                           lines[k]
                }
            }
        }
        if (shape == "yaml") {
            print "kind: List"
        }
    }' | if [ "$1" = documents ]; then
        sed 's/^- apiV/---\napiV/; s/^  //'
    else
        cat
    fi
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

# Says whether it is so.
tell()
{
    number=$((number + 1))
    if [ "$1" = "$2" ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# $1, wanted $2"
        sed 's/^/# /' said
        failed=1
    fi
    : >said
}

ask()
{
    "$pullwhy" sql --db db --format csv "$1" 2>>said | tail -1
}

# is FAILURES: so many, each of an image of its own, are known by now.
is()
{
    tell "$(ask 'SELECT count(*), sum(count) FROM incidents')" "$1,$1"
}

# sum FAILURES: so many, of which one may be told by what was torn of it.
sum()
{
    tell "$(ask 'SELECT sum(count) FROM incidents')" "$1"
}

export PULLWHY_NOW=2026-11-23T18:00:00Z
all='analysis watch tail stdin watched-stdin'
pairs='analysis,watch watch,analysis watch,watch tail,stdin watched-stdin,watch
    analysis,tail stdin,watched-stdin'
cuts='60 150'
few='3'
if [ "${TORN_DENSE:-1}" -gt 1 ]; then
    pairs=
    for first in $all; do
        for second in $all; do
            pairs="$pairs $first,$second"
        done
    done
    cuts='20 40 60 100 135 150'
    few=17
fi

# What a watch without --from-start found is none of its business.
prepare()
{
    begin "$first, then $second: $1"
    : >file
    test "$first" != tail || turns tail
}

for pair in $pairs; do
    first=${pair%,*}
    second=${pair#*,}
    prepare 'a log that grows'
    log 0 20 >file
    turns "$first" "$first"
    log 20 30 >>file
    turns "$second" "$first" "$second"
    is 30

    prepare 'a list that is written anew'
    list 5 40 >file
    turns "$first" "$first"
    list 20 60 >file
    turns "$second" "$first" "$second"
    is 55

    prepare 'a list with news in its midst'
    list 10 40 >file
    turns "$first" "$first"
    # shellcheck disable=SC2016 # awk's own
    { list 10 20; list 40 70; list 20 40; } | "$awk" '
        /^{|"items": \[|^    "apiVersion"/ && seen[$0]++ { next }
        /^    \]|^    "kind": "List"|^}/ { end = 1; next }
        /^        {$/ && end { printf "        ,\n"; end = 0 }
        { print }
        END { printf "    ],\n    \"kind\": \"List\"\n}\n" }' >file
    turns "$second" "$first" "$second"
    is 60

    # A watch keeps the last row until it knows that it does not go on.
    prepare 'a table that is written anew'
    table 5 40 30 >file
    turns "$first" "$first"
    table 20 60 30 >file
    turns "$second" "$first" "$second" analysis
    is 55

    log 0 5 >whole
    for cut in $cuts; do
        prepare "a first line that is torn at $cut"
        head -c "$cut" whole >file
        turns "$first" "$first"
        head -c $((cut + 10)) whole | tail -c 10 >>file
        turns "$second"
        tail -c "+$((cut + 11))" whole >>file
        turns "$first" "$second" "$first"
        sum 5
    done
done

# The last one of a watch that is ended waits for what may come.
for shape in yaml documents csv export strands; do
    shape $shape 4 >whole
    size=$(wc -c <whole)
    for pair in analysis,analysis analysis,watch watch,analysis; do
        first=${pair%,*}
        second=${pair#*,}
        for cut in $(seq $((size * 3 / 8)) $((size / (4 * few) + 1)) \
            $((size * 5 / 8))); do
            prepare "$shape, torn at $cut"
            head -c "$cut" whole >file
            turns "$first"
            tail -c "+$((cut + 1))" whole >>file
            turns "$second" analysis analysis
            sum 4
        done
    done
done

echo "1..$number"
exit $failed
