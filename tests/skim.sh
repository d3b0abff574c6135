#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An analysis leaves out lines that cannot matter (app/skim.h). It must find and
# count the same as one that decodes every line: every sample and near miss in
# every envelope of tests/envelopes.awk, every fixture, every line of the
# corpus; with and without healthy lines between, whole and in pieces, in one
# thread and several (app/foresight.h). And a line that says what one said before
# is not read again (app/echo.h), with the same result when each file is said
# three times.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
build=${top_builddir:-$top/build}
pullwhy=${PULLWHY:-$build/pullwhy}
awk=${AWK:-awk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PULLWHY_PATTERNS
export TZ=UTC LC_ALL=C CMOCKA_MESSAGE_OUTPUT=STDOUT
mkdir "$work/samples" "$work/negatives"

"$pullwhy" patterns samples >"$work/samples.json"
"$awk" -f "$top/tests/envelopes.awk" -v folder="$work/samples" \
    "$work/samples.json"
find "$top/tests/corpus/negatives" -name '*.log' | sort | tr '\n' '\0' |
    xargs -0 "$awk" -f "$top/tests/envelopes.awk" -v negatives=1 \
        -v folder="$work/negatives"

number=0
failed=0
for folder in "$work/samples" "$work/negatives" "$top/fixtures" \
    "$top/tests/corpus"; do
    number=$((number + 1))
    find "$folder" -type f ! -name '*.want' ! -name '*.out' | sort \
        >"$work/files"
    files=$(wc -l <"$work/files")
    status="not ok"
    if [ "$files" -ge 15 ] &&
        SKIM_FILES="$(cat "$work/files")
" && export SKIM_FILES &&
        "$build/tests/test_skim" >"$work/out" 2>&1 &&
        "$build/tests/test_echo" >"$work/out" 2>&1 &&
        "$build/tests/test_foresight" >"$work/out" 2>&1; then
        status=ok
    else
        failed=1
        tail -n 60 "$work/out" | cut -c 1-2000 | sed 's/^/# /'
    fi
    echo "$status $number - ${folder##*/}: $files files, the same both ways"
done
echo "1..$number"
exit "$failed"
