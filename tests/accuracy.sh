#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How often pullwhy names the right cause: every sample of the catalogue in
# every envelope in which it can stand, the fixtures, and the near misses of
# tests/corpus/negatives, none of which may be given any.
#
#   tests/accuracy.sh            prints what was confused with what, as TAP
#   tests/accuracy.sh --keep D   leaves the wrapped lines in the folder D
#
# The one law: all must be right; there is no percentage that is good enough.

# shellcheck disable=SC2016 # what stands in single quotes is awk's
set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
awk=${AWK:-awk}
negatives=$top/tests/corpus/negatives
if [ "${1-}" = --keep ]; then
    work=$2
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
unset PULLWHY_PATTERNS NODE_NAME POD_NAMESPACE LANGUAGE
export HOME="$work" XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
export PULLWHY_DB="$work/history.db" PULLWHY_NOW=2026-11-23T18:00:00Z
export TZ=UTC LC_ALL=C LANG=C NO_COLOR=1
mkdir -p "$work/samples" "$work/negatives" "$work/fixtures"

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

# judge FOLDER/ENVELOPE: what was given against what is right; the first cause
# of a line that holds several records counts. A near miss is silent alike with
# a record and without: the lines of the list are no neighbours of each other.
judge()
{
    "$pullwhy" annotate "$1.log" >"$1.out" 2>"$1.err" </dev/null || return 1
    "$awk" -v name="${1#"$work/"}" '
        function is_silent(cause) { return cause ~ /^(null|[(]no record[)])$/ }
        FNR == NR { split($0, part, "\t"); right[FNR] = part[1]
                    where[FNR] = part[2]; total = FNR; next }
        { match($0, /^\{"line":[0-9]+/); line = substr($0, 9, RLENGTH - 8) + 0
          cause = substr($0, index($0, "\"cause\":") + 8)
          sub(/,.*/, "", cause); gsub(/"/, "", cause); sub(/}.*/, "", cause)
          seen[line] = 1
          if (given[line] == "" || given[line] == "null") given[line] = cause }
        END {
            for (i = 1; i <= total; i++) {
                if (!(i in seen)) given[i] = "(no record)"
                if (given[i] == right[i] || (name ~ /^negatives/ &&
                    is_silent(given[i]) && is_silent(right[i]))) {
                    good++
                    continue
                }
                printf "%s\t%s\t%s\t%s:%d\n", right[i], given[i], where[i],
                    name, i
            }
            printf "%s\t%d\t%d\n", name, good, total >> summary
        }' summary="$work/summary" "$1.want" "$1.out" >"$1.wrong"
    test ! -s "$1.wrong"
}

judge_folder() # judge_folder FOLDER
{
    for log in "$work/$1"/*.log; do
        envelope=${log%.log}
        judge "$envelope" && status=0 || status=1
        sed 's/^/# /' "$envelope.err"
        ok "$status" "$1 in ${envelope##*/}: $("$awk" -F '\t' 'END {
            printf "%d of %d right (%.1f %%)", $2, $3, 100 * $2 / $3
        }' "$work/summary")"
    done
}

: >"$work/summary"
# What describes a registry is no line of a failure: see tests/test_note.c.
"$pullwhy" patterns samples | grep -v 'roleAssignmentMode' \
    >"$work/samples.json"
"$awk" -f "$top/tests/envelopes.awk" -v folder="$work/samples" \
    "$work/samples.json"
judge_folder samples

# A cause that only damaged lines could show would go unnoticed.
"$pullwhy" patterns list --format json |
    sed -n 's/^.*"cause":"\([a-z0-9-]*\)".*/\1/p' | sort >"$work/causes"
cut -f 1 "$work/samples"/*.want | sort -u >"$work/proved"
comm -23 "$work/causes" "$work/proved" >"$work/unproved"
test -s "$work/causes" && test ! -s "$work/unproved" && status=0 || status=1
ok "$status" "each of $(wc -l <"$work/causes") causes is proved in an envelope"

find "$negatives" -name '*.log' | sort >"$work/families"
tr '\n' '\0' <"$work/families" | xargs -0 cat | sort -u >"$work/near"
test "$(wc -l <"$work/near")" -ge 300 && status=0 || status=1
ok "$status" "there are at least 300 near misses"
tr '\n' '\0' <"$work/families" |
    xargs -0 "$awk" -f "$top/tests/envelopes.awk" -v negatives=1 \
        -v folder="$work/negatives"
judge_folder negatives
tr '\n' '\0' <"$work/families" |
    xargs -0 "$pullwhy" --no-db --format json >"$work/findings" \
        2>"$work/findings.err" && status=0 || status=1
test ! -s "$work/findings" || status=1
ok "$status" "the analysis of near misses finds nothing"

# What the fixtures say of each line, they must say behind a syslog head too.
for log in "$top"/fixtures/klog/*.log "$top"/fixtures/logfmt/*.log; do
    sed 's/^/Nov 23 16:28:59 aks-apps-31842557-vmss000002 kubelet[2874]: /' \
        "$log" >>"$work/fixtures/syslog.log"
    sed 's/^/2026-11-23T16:28:59.927500123Z stderr F /' \
        "$log" >>"$work/fixtures/cri.log"
    "$pullwhy" annotate "$log" |
        "$awk" -v name="${log#"$top/"}" -v lines="$(wc -l <"$log")" '
            { match($0, /^\{"line":[0-9]+/)
              line = substr($0, 9, RLENGTH - 8) + 0
              cause = substr($0, index($0, "\"cause\":") + 8)
              sub(/,.*/, "", cause); gsub(/["}]/, "", cause)
              if (c[line] == "" || c[line] == "null") c[line] = cause }
            END { for (i = 1; i <= lines; i++) print c[i] "\t" name ":" i }' \
            >>"$work/fixtures/syslog.want"
done
cp "$work/fixtures/syslog.want" "$work/fixtures/cri.want"
judge_folder fixtures

# Wherever the stream is torn, the same comes out.
for folder in samples negatives; do
    cat "$work/$folder"/*.log >"$work/all"
    cat "$work/$folder/bare.log" >"$work/few"
    for tear in 1:few 7:few 4096:all; do
        file=$work/${tear#*:}
        "$pullwhy" annotate <"$file" >"$work/whole.out"
        dd bs="${tear%:*}" if="$file" 2>"$work/dd.err" |
            "$pullwhy" annotate >"$work/torn.out"
        cmp -s "$work/whole.out" "$work/torn.out" && status=0 || status=1
        ok "$status" "$folder in pieces of ${tear%:*} bytes: the same"
    done
done

echo "#"
echo "# right cause, then what was said instead and how often:"
cat "$work"/*/*.wrong | "$awk" -F '\t' '
    { count[$1 "\t" $2]++; row[$1] = 1; example[$1 "\t" $2] = $4 ", " $3 }
    END {
        for (key in count) {
            split(key, part, "\t")
            printf "#   %-28s %-28s %4d  as in %s\n", part[1], part[2],
                count[key], example[key]
        }
        if (NR == 0) print "#   (none was confused)"
    }' | sort
"$awk" -F '\t' '{ good += $2; total += $3 } END {
    printf "# %d of %d right (%.2f %%)\n", good, total, 100 * good / total
}' "$work/summary"
echo "1..$number"
exit "$failed"
