#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --stats: at the end, on standard error, what each rule cost that was tried.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/err"
    fi
}

# Ages in a table are told from now: both runs are to have the same.
export PULLWHY_NOW=2026-11-23T18:00:00Z
log=$top/fixtures/sample.log
"$pullwhy" --no-db --format json "$log" >"$work/plain" 2>"$work/err"
test -s "$work/plain" && ! grep -q 'rules were tried' "$work/err"
ok $? 'nobody is told who did not ask'
"$pullwhy" --no-db --format json --stats "$log" >"$work/out" 2>"$work/err"
cmp -s "$work/plain" "$work/out"
ok $? 'findings are the same with --stats'
grep -q '^pullwhy: 68 lines, 39 failures' "$work/err"
ok $? 'what was read is told'
grep -Eq '^pullwhy: [1-9][0-9]* of [0-9]+ rules were tried$' "$work/err"
ok $? 'and how many rules were tried'
grep -E '^ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+[.][0-9]{3} +[0-9]+[.][0-9]{2}  [a-z0-9-]+:[0-9]+$' \
    "$work/err" >"$work/rules"
test "$(wc -l <"$work/rules")" -ge 10
ok $? 'and of each its tries, hits, broken limits and time'
awk '{ print $4 }' "$work/rules" | LC_ALL=C sort -rn -c 2>/dev/null
ok $? 'the costliest first'
! LC_ALL=C grep -q '^.\{81\}' "$work/rules"
ok $? 'within 80 columns'
awk '$6 ~ /^firewall-denied:/ && $2 > 0' "$work/rules" | grep -q .
ok $? 'a rule is named by its cause'
name=$(awk '$6 ~ /^firewall-denied:/ { print $6; exit }' "$work/rules")
sed -n "${name#*:}p" "$top/patterns/firewall-denied.yaml" | grep -q '^ *- needs:'
ok $? 'and the line of its block'

"$pullwhy" watch --no-db --format none --stats <"$log" >"$work/out" \
    2>"$work/err"
grep -q 'rules were tried$' "$work/err"
ok $? 'a watch tells it at its end, too'
printf 'nothing of ours\n' |
    "$pullwhy" --no-db --format none --stats - 2>"$work/err"
grep -q '^pullwhy: 0 of [0-9]* rules were tried$' "$work/err"
ok $? 'where none was tried there is no table'

echo "1..$number"
