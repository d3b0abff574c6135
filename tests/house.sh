#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The rules of the house that need no compiler: files have at most 600 lines
# and say their licence, nothing is put off by a remark, memory and the world
# outside are touched where they may be, and the lists of Makefile.am are
# sorted and complete.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"

number=0
failed=0
# clean NAME ADVICE: ok if $work/bad is empty.
clean()
{
    number=$((number + 1))
    if [ -s "$work/bad" ]; then
        failed=1
        echo "not ok $number - $1"
        sed 's/^/# /' "$work/bad"
        echo "# $2"
    else
        echo "ok $number - $1"
    fi
}

# Our own files, not what a build made; a name with a blank is refused below.
find analyzer sql patterns tests .ci -type f \
    ! -name '*.o' ! -name '*~' ! -name '.dirstamp' ! -path '*/.deps/*' |
    sort >"$work/tree"
{
    grep -E '[.](c|h|sh|awk|js|css)$' "$work/tree" | grep -v '/vendor/'
    echo .ci/run
    echo Makefile.am
    echo configure.ac
    echo quickstart
} >"$work/code"

grep '[^A-Za-z0-9_./@-]' "$work/tree" >"$work/bad" || true
clean "names hold letters, digits, _ - and ." "rename the file"

xargs wc -l <"$work/code" |
    awk '$1 > 600 && $2 != "total" && $2 !~ /Makefile[.]am$/ { print $2 ": " $1 " lines" }' >"$work/bad"
clean "no file has more than 600 lines" "split it by what it knows"

while read -r file; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
        echo "$file"
done <"$work/code" >"$work/bad"
clean "every source begins with its SPDX line" \
    "/* SPDX-License-Identifier: Apache-2.0 */"

# The brackets keep this line from finding itself.
xargs grep -nE '\b(TO[D]O|FI[X]ME|X[X]X|HA[C]K)\b' <"$work/code" \
    >"$work/bad" || true
clean "nothing is put off by a remark" "do it, or open an issue"

# git's marks of a conflict; the classes keep this line from finding itself.
{
    cat "$work/code"
    find doc deploy -type f
    echo README.md
    echo CONTRIBUTING.md
} | sort -u | xargs grep -nE '^([<]{7}|[>]{7}) ' >"$work/bad" || true
clean "no marks of a merge are left" "settle the conflict"

grep '^analyzer/.*[.][ch]$' "$work/code" >"$work/sources"
xargs grep -nE '\b(malloc|calloc|realloc|strdup|strndup|v?asprintf) ?\(' \
    <"$work/sources" | grep -v '^analyzer/base/mem[.]c:' >"$work/bad" || true
clean "only base/mem.c asks for memory" "use base/mem.h"

xargs grep -nE \
    '\b(getenv|setlocale|nl_langinfo|time|gettimeofday|clock_gettime) ?\(' \
    <"$work/sources" | grep -vE '^analyzer/app/|:[0-9]+: +[*]' \
    >"$work/bad" || true
clean "clock, environment and locale are read in app/ only" \
    "take the value as a parameter"

grep '^analyzer/report/page/.*[.]\(css\|js\)$' "$work/tree" |
    xargs grep -lE '</(script|style)|<!--|'"$(printf '\r')" >"$work/bad" || true
clean "no script or style of the page ends its own element" \
    "a browser would read on as HTML: write the text in two parts"

xargs grep -nE '__(DATE|TIME|TIMESTAMP)__' <"$work/sources" \
    >"$work/bad" || true
clean "a build says nothing of when it was made" "leave the date out"

# What a merge leaves behind: Automake would take it for a line of some rule.
awk '/^\t/ && !is_rule && !is_more { print "Makefile.am:" FNR ": " $0 }
     !/^\t/ { is_rule = !is_more && /^[^=#]*:/ }
     { is_more = /\\$/ }' Makefile.am >"$work/bad"
clean "Makefile.am: every line belongs to a list or a rule" \
    "the line before it does not end in a backslash"

# Prints the names in the list $1 of Makefile.am.
list()
{
    awk -v name="$1" '
        $1 == name && $2 == "=" { inside = 1; sub(/^[^=]*=/, "") }
        inside {
            more = sub(/\\$/, "")
            for (i = 1; i <= NF; i++) if ($i !~ /^\$/) print $i
            inside = more
        }' Makefile.am
}

# agrees LIST: the names in $work/found are those of the list, which is sorted.
agrees()
{
    sort "$work/found" >"$work/want"
    list "$1" >"$work/have"
    sort -u "$work/have" >"$work/sorted"
    {
        diff "$work/have" "$work/sorted" |
            sed -n 's/^[<>] //p' | sort -u | sed 's/$/: out of order, or twice/'
        comm -23 "$work/want" "$work/sorted" | sed 's/$/: is missing/'
        comm -13 "$work/want" "$work/sorted" | sed 's/$/: there is no such file/'
    } >"$work/bad"
    clean "Makefile.am: $1 is sorted and complete" \
        "one name a line, sorted bytewise (LC_ALL=C sort)"
}

grep -v '^analyzer/app/main[.]c$' "$work/sources" >"$work/found"
agrees libanalyzer_a_SOURCES
grep '^analyzer/report/page/.*[.]\(css\|html\|js\)$' "$work/tree" >"$work/found"
agrees page_files
grep '^patterns/.*[.]yaml$' "$work/tree" >"$work/found"
agrees pattern_files
grep '^sql/.*[.]sql$' "$work/tree" >"$work/found"
agrees sql_files
sed -n 's/^\(tests\/test_[^/]*\)[.]c$/\1/p' "$work/tree" >"$work/found"
agrees unit_tests
sed -n 's/^\(tests\/fuzz_[^/]*\)[.]c$/\1/p' "$work/tree" >"$work/found"
agrees fuzz_targets
grep '^tests/[^/]*[.]sh$' "$work/tree" |
    grep -Ev '^tests/(arm64|lint)[.]sh$' >"$work/found"
agrees shell_tests

echo "1..$number"
exit "$failed"
