#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pullwhy report: what it writes where, and that a browser may run nothing of
# the page but the files in analyzer/report/page. What a browser makes of it is
# tests/e2e/report.sh.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
unset PULLWHY_DB NODE_NAME
export PULLWHY_NOW=2026-11-23T18:00:00Z PULLWHY_CONFIG=/dev/null LC_ALL=C TZ=UTC

number=0
is() # is NAME COMMAND...
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/why" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/why"
    fi
}

report() # report ARGUMENT...: into $work/out and $work/err, $? in $status
{
    "$pullwhy" report --db "$work/db" "$@" >"$work/out" 2>"$work/err"
    status=$?
}

# How many incidents the page $1 has.
count_of()
{
    sed -n '/"incidents":\[/,/\]}<\/script>/p' "$1" |
        grep -c '^\(.*"incidents":\[\)\{0,1\}\[[0-9]'
}

same() # same HAVE WANT
{
    test "$1" = "$2" || { echo "have '$1', want '$2'"; false; }
}

(cd "$top" && "$pullwhy" --db "$work/db" --format none fixtures/sample.log)
report
is 'the page goes to standard output' same "$status $(head -n 1 "$work/out")" \
    '0 <!doctype html>'
is 'and nothing is said' test ! -s "$work/err"
is 'all incidents are in it' same "$(count_of "$work/out")" 9
cp "$work/out" "$work/first"
report -o "$work/page.html"
is 'or into a file' cmp "$work/first" "$work/page.html"
is 'which is said' same "$(cat "$work/err")" \
    "pullwhy: 9 incidents in $work/page.html"
is 'nothing then goes to standard output' test ! -s "$work/out"
echo old >"$work/page.html"
report --output "$work/page.html"
is 'which is replaced' cmp "$work/first" "$work/page.html"
is 'and leaves nothing beside it' same "$(ls "$work"/page.html*)" \
    "$work/page.html"
report -o "$work/none/page.html"
is 'a folder that is not there is told' \
    same "$status $(cat "$work/err")" \
    "4 pullwhy: writing $work/none/page.html: No such file or directory"

if [ -c /dev/full ]; then
    "$pullwhy" report --db "$work/db" >/dev/full 2>"$work/err"
    is 'half a page is told' same "$? $(cat "$work/err")" \
        '4 pullwhy: writing the page: No space left on device'
fi

for filter in --cause=unauthorized:1 --registry=harborlight.azurecr.io:3 \
    --state=resolved:1 --since=2026-11-23T17:00:00Z:4 --namespace=shop:4 \
    --node=aks-arm-20417733-vmss000000:1 --cause=none:0 \
    --until=2026-11-23T16:35:00Z:3 --search=firewall:1 \
    '--search=found nightly-1123:1' '--search=OR * NEAR(:0'; do
    report "${filter%:*}"
    is "${filter%:*} leaves ${filter##*:}" \
        same "$status $(count_of "$work/out")" "0 ${filter##*:}"
    option=${filter%:*}
    is 'and the page says so' grep -qF \
        "\"filters\":\"${option%%=*} ${option#*=}\"" "$work/out"
done

report --lang ja
is 'the language is the one asked for' \
    grep -q '<html lang="ja">' "$work/out"
report --cluster shop-aks --subscription 8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8
is 'what is known of the cluster stands in the commands' \
    grep -q -- '--subscription 8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8' "$work/out"

# A file's output: is for findings, and must not be overwritten.
printf 'output: %s\n' "$work/findings.jsonl" >"$work/config.yaml"
echo '{"schema":1}' >"$work/findings.jsonl"
report --config "$work/config.yaml"
is "a configuration file's output is left alone" \
    same "$(cat "$work/findings.jsonl")" '{"schema":1}'
is 'the page is on standard output' cmp "$work/first" "$work/out"

report page.html
is 'an argument is refused with what to type' \
    same "$status $(cat "$work/err")" \
    "2 pullwhy: pullwhy report takes options only; '-o page.html' writes the page there"
report --format json
is 'so is a format' same "$status $(cat "$work/err")" \
    '2 pullwhy: pullwhy report does not take --format'
"$pullwhy" report --db "$work/no.db" >"$work/out" 2>"$work/err"
is 'a history that is not there is told' same $? 3
if command -v script >/dev/null 2>&1; then
    script -qec "'$pullwhy' report --db '$work/db'" /dev/null >"$work/out" 2>&1
    is 'a terminal gets no page' same $? 2
    is 'but what to type' grep -q 'pullwhy report -o report.html' "$work/out"
fi

# An incident of a cause that is not in this catalogue.
mkdir "$work/more"
sed 's/^cause: .*/cause: of-elsewhere/' "$top/patterns/never-pull.yaml" \
    >"$work/more/never-pull.yaml"
echo 'E1123 16:29:11.000001 7 a.go:1] "x" err="failed to pull image \"a.example.com/x:1\": ErrImageNeverPull: Container image \"a.example.com/x:1\" is not present with pull policy of Never"' |
    "$pullwhy" --db "$work/db" --patterns "$work/more" --format none
report
is 'an incident of an unknown cause is counted' \
    grep -q '"left_out":1' "$work/out"
is 'and left out' same "$(count_of "$work/out")" 9
report --patterns "$work/more"
is 'but shown where it is known' same "$(count_of "$work/out")" 10

# What a browser may run.
awk -v work="$work" '
    $0 == "</script>" || $0 == "</style>" { inside = 0; close(file) }
    /^<(script|style)>/ {
        inside = 1
        file = work "/element." ++count
        sub(/^<[a-z]*>/, "")
    }
    inside { print > file }' "$work/first"
for name in page.css parts.css vendor/chart.umd.min.js data.js words.js dom.js \
    details.js table.js filters.js charts.js main.js; do
    cat "$top/analyzer/report/page/$name"
done | sha256sum >"$work/want"
cat "$work"/element.? "$work"/element.1? | sha256sum >"$work/have"
is 'the page holds the files of the source, byte for byte' \
    cmp "$work/have" "$work/want"
is 'a hash is what browsers want' grep -q \
    '"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", 44' <<EOF
$(printf abc | sha256sum | awk -v table=x -f "$top/analyzer/report/page/hashes.awk")
EOF
grep -n '<script [^t]\|<link\|<img\|<iframe\| src=\|url(\|@import' "$work/first" |
    cut -c 1-200 >"$work/asks"
is 'nothing in it asks for anything else' test ! -s "$work/asks"
echo "1..$number"
