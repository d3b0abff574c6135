#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file that is read while it is still being written, and again when it has
# grown, counts each failure once, wherever it was torn: between the elements of
# a list, within one, within a string, within its first line. A failure that is
# torn itself may be told by what was there of it; then that was it.
# TORN_DENSE=6 tears at so many times as many places (make soak).

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
dense=${TORN_DENSE:-1}
number=0
failed=0

# write SHAPE COUNT EACH: COUNT elements, of which each EACH-th is a failure of
# an image of its own.
write()
{
    "$awk" -v shape="$1" -v count="$2" -v each="$3" 'BEGIN {
        split("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[ ]} " \
              "{\"items\":[ ]} [ ] " \
              "{\"took\":3,\"hits\":{\"total\":{\"value\":9},\"hits\":[ ]}} " \
              "{\"data\":{\"result\":[{\"stream\":{\"job\":\"k\"},\"values\":[ ]}]}}",
              around, " ")
        at = index("list  items array searchstreams", shape)
        many = shape ~ /^many-/
        if (many) {
            at = index("list  items array searchstreams", substr(shape, 6))
        }
        at = at ? (at - 1) / 6 * 2 + 1 : 0
        end = many ? "\n" : ""
        printf "%s%s", at ? around[at] : "", end
        for (i = 0; i < count; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            text = "all is well with pod " i ", whose image was found at once"
            if (i % each == 0) {
                text = "Failed to pull image \\\"" image "\\\": " image \
                       ": not found"
            }
            said = "{\"log\":\"" text "\"," end \
                   "\"time\":\"2026-11-23T17:00:00Z\"}"
            if (at == 1 || at == 3) {
                said = "{\"apiVersion\":\"v1\",\"kind\":\"Event\"," end \
                    "\"metadata\":{\"name\":\"p." i "\",\"namespace\":\"d\"}," \
                    "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p-" i \
                    "\",\"namespace\":\"d\"}," end "\"reason\":\"Failed\"," \
                    "\"message\":\"" text "\"," end "\"type\":\"Warning\"," \
                    "\"lastTimestamp\":\"2026-11-23T17:00:00Z\"}"
            } else if (at == 7) {
                said = "{\"_id\":\"" i "\"," end "\"_source\":{\"message\":\"" \
                       text "\"}}"
            } else if (at == 9) {
                said = "[\"1795453200000000000\"," end "\"" text "\"]"
            } else if (shape == "klog") {
                said = sprintf("E1123 17:%02d:01.000000    1 a.go:55] \"Failed " \
                    "to pull image\" err=\"%s\" image=\"%s\"", i, text, image)
            }
            printf "%s%s", said, !at ? "\n" : i < count - 1 ? "," end : ""
        }
        printf "%s%s", at ? around[at + 1] : "", at ? "\n" : ""
    }'
}

# grow OPTIONS CUT...: reads the file whole each time that it has so many bytes,
# and twice when it has all.
grow()
{
    options=$1
    shift
    rm -f h.db h.db-* growing
    had=0
    size=$(wc -c <whole)
    for cut in "$@" "$size" "$size"; do
        tail -c "+$((had + 1))" whole | head -c "$((cut - had))" >>growing
        had=$cut
        # shellcheck disable=SC2086 # none, or several
        "$pullwhy" $options --db h.db --format none growing 2>/dev/null || return 1
    done
}

# How many failures in all, how many of whole images, and those that count twice.
counted()
{
    "$pullwhy" sql --db h.db --format csv "SELECT sum(count) || '|' ||
        sum(image LIKE '%:1') || '|' || coalesce(group_concat(CASE
            WHEN count > 1 AND image LIKE '%:1' THEN image END, ' '), '') AS said
        FROM (SELECT image, sum(count) AS count FROM incident GROUP BY image)" |
        tail -n 1 | tr -d '\r"'
}

# once NAME FAILURES OPTIONS GROWTHS CUT...: GROWTHS cuts at a time; each failure
# counts once, and at most GROWTHS of them are told by what was torn of them.
once()
{
    name=$1
    failures=$2
    options=$3
    growths=$4
    shift 4
    bad=
    while [ $# -ge "$growths" ]; do
        cuts=
        for cut in $(echo "$@" | tr ' ' '\n' | head -n "$growths"); do
            cuts="$cuts $cut"
            shift
        done
        # shellcheck disable=SC2086 # numbers
        grow "$options" $cuts
        said=$(counted)
        whole=$(echo "$said" | cut -d '|' -f 2)
        case $said in
        "$failures|"*"|")
            [ "$whole" -ge $((failures - growths)) ] || bad="$bad$cuts: $said;"
            ;;
        *)
            bad="$bad$cuts: $said;"
            ;;
        esac
    done
    number=$((number + 1))
    if [ -z "$bad" ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# $bad" | cut -c 1-2000
        failed=1
    fi
}

for shape in list items array search streams lines klog many-list many-search \
    many-streams; do
    write "$shape" 24 1 >whole
    size=$(wc -c <whole)
    # shellcheck disable=SC2046 # numbers
    once "$shape: torn once" 24 "" 1 \
        $(seq 1033 $((size / 2 / dense - 40)) $((size - 1))) $((size - 1))
    # shellcheck disable=SC2046 # likewise
    once "$shape: torn again and again" 24 "--threads 2" 3 \
        $(seq 1100 $((size / 5 / dense)) $((size - 1)))
done

# All within the first line, which tells who the file is.
for shape in list search streams lines klog; do
    write "$shape" 3 1 >whole
    size=$(wc -c <whole)
    # shellcheck disable=SC2046 # likewise
    once "$shape: the first line is torn" 3 "" 2 \
        $(seq 40 $((150 / dense)) $((size < 640 ? size : 640)))
done

# Longer than a line may be, so that it is read in pieces.
for shape in list array search streams; do
    count=24000
    [ "$shape" != list ] || count=8000
    write "$shape" "$count" 200 >whole
    size=$(wc -c <whole)
    # shellcheck disable=SC2046 # likewise
    once "$shape: $size bytes" $((count / 200)) "" 1 1048577 \
        $(seq 700001 $((600006 / dense)) 1400000)
    once "$shape: likewise, in several threads" $((count / 200)) "--threads 2" \
        2 1060007 1700003
done

echo "1..$number"
exit "$failed"
