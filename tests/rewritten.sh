#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Who writes what kubectl prints into the same file again, and has it analysed
# again, loses nothing that is new in its midst, and nothing is counted twice. A
# file that only grew goes on where it was.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
build=${top_builddir:-$top/build}
pullwhy=${PULLWHY:-$build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset PULLWHY_PATTERNS PULLWHY_DB
export TZ=UTC LC_ALL=C XDG_CONFIG_HOME="$work"
cd "$work" || exit 1
number=0
failed=0

# list FIRST END FORM: events of images of their own, as kubectl lists them.
list()
{
    awk -v first="$1" -v end="$2" -v form="$3" 'BEGIN {
        new = form == "pretty" ? "\n    " : ""
        printf "{%s\"apiVersion\": \"v1\",%s\"items\": [", new, new
        for (i = first; i < end; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            printf "%s%s{%s\"apiVersion\": \"v1\",%s\"kind\": \"Event\",%s" \
                   "\"metadata\": {\"name\": \"p-%d.1\", \"namespace\": \"d\"" \
                   ", \"uid\": \"%08d-0000-4000-8000-000000000000\"},%s" \
                   "\"type\": \"Warning\", \"reason\": \"Failed\",%s" \
                   "\"message\": \"Failed to pull image \\\"%s\\\": %s: not " \
                   "found\",%s\"count\": 1,%s\"lastTimestamp\": \"2026-11-23T" \
                   "17:00:00Z\",%s\"involvedObject\": {\"kind\": \"Pod\", " \
                   "\"name\": \"p-%d\", \"namespace\": \"d\"}%s}",
                   (i > first ? "," : ""), new, new, new, new, i, i, new, new,
                   image, image, new, new, new, i, new
        }
        printf "]%s}\n", new
    }'
}

# table FIRST END MINUTES: rows that are so old, as kubectl lists them.
table()
{
    awk -v first="$1" -v end="$2" -v age="$3" 'BEGIN {
        row = "%-12s%-12s%-10s%-10s%-12s%s\n"
        printf row, "NAMESPACE", "LAST SEEN", "TYPE", "REASON", "OBJECT",
               "MESSAGE"
        for (i = first; i < end; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            printf row, "shop", age "m", "Warning", "Failed", "pod/p-" i,
                   "Failed to pull image \"" image "\": " image ": not found"
        }
    }'
}

# log FIRST END: lines of a kubelet.
log()
{
    awk -v first="$1" -v end="$2" 'BEGIN {
        for (i = first; i < end; i++) {
            image = "contoso.azurecr.io/app-" i ":1"
            printf "E1123 17:00:%02d.%06d    2874 log.go:32] \"Failed to pull " \
                   "image\" err=\"%s: not found\" image=\"%s\"\n", i % 60, i,
                   image, image
        }
    }'
}

analyze() # NOW [OPTION]...
{
    PULLWHY_NOW=$1
    export PULLWHY_NOW
    shift
    "$pullwhy" --db db --format none "$@" file 2>>said
}

# is NAME COUNT WORD [TOTAL]: so many incidents, each counted once, or so many
# times all together; WORD: it was said that the file was written anew, or not.
is()
{
    number=$((number + 1))
    got=$("$pullwhy" sql --db db --format csv \
        'SELECT count(*), sum(count) FROM incidents' 2>>said | tail -1)
    told=grown
    grep -q 'file was written anew' said && told=anew
    if [ "$got $told" = "$2,${4:-$2} $3" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        echo "# $got $told, wanted $2,${4:-$2} $3"
        sed 's/^/# /' said
        failed=1
    fi
    : >said
}

begin()
{
    rm -f db db-* file
    : >said
}

for form in pretty compact; do
    begin
    list 0 40 $form >file
    analyze 2026-11-23T18:00:00Z
    is "$form: as it was written" 40 grown
    analyze 2026-11-23T18:00:00Z
    is "$form: the same once more" 40 grown
    list 20 90 $form >file
    analyze 2026-11-23T18:10:00Z
    word=anew
    test $form = compact && word=grown # another file, as it begins with others
    is "$form: written again, what is old left out" 90 $word
    analyze 2026-11-23T18:10:00Z --threads 2
    is "$form: that once more" 90 grown
done

begin
list 0 60 pretty >file
analyze 2026-11-23T18:00:00Z
# Of the first events one is another now, and there are more.
list 0 70 pretty |
    sed 's/app-7:/app-99:/g; s/p-7\([."]\)/p-99\1/; s/"00000007/"00000099/' >file
analyze 2026-11-23T18:10:00Z
is 'a list that begins alike, with news in its midst and behind it' 71 anew

begin
list 0 60 pretty >file
analyze 2026-11-23T18:00:00Z
# Nothing is another one but how often one of the first was seen, and when.
list 0 60 pretty | awk '/"p-7.1"/ { is_it = 1 }
    is_it && /"count": 1,/ { sub(/1,/, "2,") }
    is_it && /17:00:00Z/ { sub(/17:00/, "17:09"); is_it = 0 }
    { print }' >new
cmp -s file new && exit 1
[ "$(wc -c <file)" -eq "$(wc -c <new)" ] || exit 1
cat new >file
analyze 2026-11-23T18:10:00Z
is 'a list as long as before, with another count in its midst' 60 anew 61

begin
table 0 40 30 >file
analyze 2026-11-23T18:00:00Z
is 'a table as it was written' 40 grown
table 20 90 40 >file
analyze 2026-11-23T18:10:00Z
is 'written again, ten minutes later' 90 anew
table 20 90 50 >file
analyze 2026-11-23T18:20:00Z
is 'and once more, with nothing new' 90 anew

begin
log 0 40 >file
analyze 2026-11-23T18:00:00Z
is 'a log as it was' 40 grown
log 40 90 >>file
analyze 2026-11-23T18:00:00Z
is 'a log that grew' 90 grown
log 0 95 >file
analyze 2026-11-23T18:00:00Z
is 'written again, with the same and more' 95 grown
printf 'E1123 17:01:00.000000    2874 log.go:32] "Failed to' >>file
analyze 2026-11-23T18:00:00Z
is 'a line that is being written' 95 grown
printf ' pull image" err="r.io/x:1: not found" image="r.io/x:1"\n' >>file
analyze 2026-11-23T18:00:00Z
is 'and is written' 96 grown

echo "1..$number"
exit $failed
