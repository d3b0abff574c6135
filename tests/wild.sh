#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Failed pulls as people posted them: tests/corpus/wild/*.tsv, each line with
# the cause that was written beside it before pullwhy saw it. Several causes
# may stand there, parted by "|", where the line allows for each of them.
#
#   tests/wild.sh        says for each file what was right, and at the end what
#                        was taken for what, as TAP

# shellcheck disable=SC2016 # what stands in single quotes is awk's
set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
awk=${AWK:-awk}
wild=${WILD:-$top/tests/corpus/wild}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PULLWHY_PATTERNS NODE_NAME POD_NAMESPACE LANGUAGE
export HOME="$work" XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
export PULLWHY_DB="$work/history.db" PULLWHY_NOW=2026-11-23T18:00:00Z
export TZ=UTC LC_ALL=C LANG=C NO_COLOR=1

number=0
failed=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
    fi
}

# judge FILE: prints "WANTED GIVEN LINE" of each line that got another cause,
# and adds "GOOD TOTAL" to the summary. What a line says first counts. The lines
# come from many logs; a line that begins a record keeps each from the next one.
judge()
{
    cut -f 2- "$1" |
        sed 'a I1123 16:28:59.927911    2874 kubelet.go:2412] "SyncLoop"' \
            >"$work/lines"
    "$pullwhy" annotate "$work/lines" >"$work/out" 2>"$work/err" </dev/null ||
        return 1
    "$awk" '
        FNR == NR { wanted[FNR] = $0; sub(/\t.*/, "", wanted[FNR])
                    total = FNR; next }
        { match($0, /^\{"line":[0-9]+/); line = substr($0, 9, RLENGTH - 8) / 2 + 0.5
          cause = "none"
          if (match($0, /"cause":"[a-z-]+"/))
              cause = substr($0, RSTART + 9, RLENGTH - 10)
          if (given[line] == "" || given[line] == "none") given[line] = cause }
        END {
            for (i = 1; i <= total; i++) {
                if (given[i] == "") given[i] = "none"
                if (index("|" wanted[i] "|", "|" given[i] "|")) good++
                else print wanted[i] "\t" given[i] "\t" i
            }
            print good + 0 "\t" total >> summary
        }' summary="$work/summary" "$1" "$work/out"
}

: >"$work/summary"
: >"$work/all"
for file in "$wild"/*.tsv; do
    name=$(basename "$file")
    judge "$file" >"$work/wrong" && status=0 || status=1
    sed 's/^/# /' "$work/err"
    test ! -s "$work/wrong" || status=1
    sed "s/\$/\t$name/" "$work/wrong" >>"$work/all"
    ok "$status" "$name: $(tail -n 1 "$work/summary" | tr '\t' '/') right"
done
"$awk" '{ total += $2 } END { exit total < 400 }' "$work/summary" &&
    status=0 || status=1
ok "$status" "there are at least 400 lines"

# A cause that is no cause would make its line fail for ever, or pass unseen.
"$pullwhy" patterns list --format json |
    sed -n 's/^.*"cause":"\([a-z0-9-]*\)".*/\1/p' | sort >"$work/causes"
cut -f 1 "$wild"/*.tsv | tr '|' '\n' | sort -u >"$work/wanted"
comm -13 "$work/causes" "$work/wanted" >"$work/strange"
sed 's/^/# no cause: /' "$work/strange"
test -s "$work/causes" && test ! -s "$work/strange" && status=0 || status=1
ok "$status" "each cause is one of the catalogue"

echo "#"
echo "# wanted, given, where:"
"$awk" -F '\t' '
    { printf "#   %-32s %-24s %s:%d\n", $1, $2, $4, $3 }
    END { if (NR == 0) print "#   (none was confused)" }' "$work/all"
"$awk" -F '\t' '{ good += $1; total += $2 } END {
    printf "# %d of %d right (%.1f %%)\n", good, total, 100 * good / total
}' "$work/summary"
echo "1..$number"
exit "$failed"
