#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --tee in the middle of a pipe: what goes in comes out, byte for byte, whatever
# becomes of the analysis, of the history and of who reads the findings.

set -u
pullwhy=${PULLWHY:-$(pwd)/pullwhy}
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
unset PULLWHY_DB
number=0

ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/err" 2>/dev/null | head -n 20
    fi
}

sample=$top/fixtures/sample.log
# Bytes of all kinds around lines that tell something, and no newline at the end.
{
    cat "$sample"
    head -c 300000 /dev/urandom
    cat "$sample"
    printf 'the end'
} >"$work/in"

"$pullwhy" watch --tee --no-db -o "$work/findings" \
    <"$work/in" >"$work/out" 2>"$work/err"
ok $? "a file goes through"
cmp -s "$work/in" "$work/out"
ok $? "unchanged"
grep -q 'unauthorized' "$work/err" && grep -q 'What to do' "$work/err"
ok $? "findings are told on standard error"
test "$(grep '"change":"opened"' "$work/findings" |
    grep -o '"cause":"[^"]*"' | sort -u | wc -l)" -ge 5
ok $? "and added to the file as JSON Lines"
before=$(wc -l <"$work/findings")

# shellcheck disable=SC2002 # a pipe is meant
cat "$work/in" | "$pullwhy" --tee --no-db --format none -o "$work/findings" \
    2>"$work/err" | cmp -s - "$work/in"
ok $? "a pipe goes through a pipe unchanged"
test "$(wc -l <"$work/findings")" -gt "$before" && ! test -s "$work/err"
ok $? "the file grows, and --format none says nothing"

"$pullwhy" --tee --no-db --format none <"$work/in" 2>"$work/err" | head -c 9 \
    >"$work/out"
ok $? "who stops reading ends it"
test ! -s "$work/err"
ok $? "quietly"

"$pullwhy" --tee --no-db <"$work/in" 2>&1 >"$work/out" | head -c 9 >/dev/null
cmp -s "$work/in" "$work/out"
ok $? "who stops reading the findings does not"

"$pullwhy" --tee --no-db --format none -o /dev/full \
    <"$work/in" >"$work/out" 2>"$work/err"
test $? -eq 3 && cmp -s "$work/in" "$work/out" && grep -q '/dev/full' "$work/err"
ok $? "a full disk below the findings is said, and nothing is lost of the rest"

# Locked as long as sqlite3 waits for its next line, which never comes.
db=$work/history.db
"$pullwhy" --db "$db" --format none <"$sample" 2>/dev/null
mkfifo "$work/more"
sqlite3 "$db" <"$work/more" >"$work/locked" 2>&1 &
exec 9>"$work/more"
echo "BEGIN EXCLUSIVE; SELECT 'locked';" >&9
timeout 20 tail -f -n +1 "$work/locked" 2>/dev/null | grep -q -m 1 locked
timeout 60 "$pullwhy" --tee --db "$db" --format none \
    <"$work/in" >"$work/out" 2>"$work/err"
test $? -eq 3 && cmp -s "$work/in" "$work/out" && grep -q locked "$work/err"
ok $? "nor does a locked history hold anything up; it is said"
exec 9>&-
wait
echo "1..$number"
