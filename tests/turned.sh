#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file that is packed, or of UTF-16 as Windows PowerShell redirects into one,
# means what it says; what nobody can read is never "no failed pull". And what
# the disk had no room for is said.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
build=${top_builddir:-$top/build}
pullwhy=${PULLWHY:-$build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset PULLWHY_PATTERNS PULLWHY_DB
export TZ=UTC LC_ALL=C XDG_CONFIG_HOME="$work"
export PULLWHY_NOW=2026-11-23T18:00:00Z
cd "$work" || exit 1
number=0
failed=0

ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
    fi
}

skip() # skip NAME WHY
{
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

found() # found HISTORY FILE...: the incidents of a run, one a line
{
    db=$1
    shift
    "$pullwhy" --db "$db" --format none "$@" 2>err </dev/null
    echo "status $?"
    "$pullwhy" sql --db "$db" --format csv \
        'select cause, image, count from incidents order by cause' 2>>err
}

line='Failed to pull image "contoso.azurecr.io/api:1": rpc error: code = Unknown desc = caf\303\251 \360\237\220\263
Failed to pull image "contoso.azurecr.io/api:2": pull QPS exceeded
'
# shellcheck disable=SC2059 # its escapes are meant
printf "$line" >plain.log
found plain.db plain.log >expected
test "$(wc -l <expected)" -eq 4
ok $? 'there are two failures in the file'

if command -v gzip >/dev/null 2>&1; then
    gzip -c plain.log >packed.log.gz
    found packed.db packed.log.gz | cmp -s expected -
    ok $? 'what gzip packed means the same'
    found packed.db packed.log.gz | cmp -s expected - && test ! -s err
    ok $? 'and is not counted twice'
    found both.db packed.log.gz plain.log >both
    test "$(grep -c ',2$' both)" -eq 2
    ok $? 'it is another file than the one it was packed from'
    "$pullwhy" annotate packed.log.gz >noted
    "$pullwhy" annotate plain.log | cmp -s noted -
    ok $? 'annotate unpacks it, too'
    "$pullwhy" --no-db --format json <packed.log.gz 2>err |
        grep -q '"pull-qps-exceeded"'
    ok $? 'and so it is as standard input'
    cp packed.log.gz passed.gz
    "$pullwhy" --tee --no-db --format none <packed.log.gz 2>err |
        cmp -s passed.gz -
    ok $? 'but what is passed on is passed on as it is'
    awk 'BEGIN { for (i = 0; i < 90000; i++) print i * 7919 % 65521 }' >noise
    cat noise plain.log | gzip -c >large.gz
    found large.db large.gz | cmp -s expected -
    ok $? 'a large one is read to its end'
    "$pullwhy" --no-db --format none --threads 2 --stats large.gz 2>err
    grep -q '90002 lines' err
    ok $? 'also where it may be read in threads'
    head -c 100000 large.gz >cut.gz
    found cut.db cut.gz >told
    grep -qx 'status 3' told && grep -q 'reading cut.gz: ' err
    ok $? 'one that is cut short is said to be damaged'
    gzip -c plain.log | "$pullwhy" --no-db 2>err >out
    test $? -eq 3 && grep -q 'stdin is packed; unpack it, as with zcat' err
    ok $? 'what comes packed through a pipe is refused, not passed over'
else
    skip 'what gzip packed means the same' 'no gzip here'
fi
printf '\050\265\057\375and so on' >other.zst
found other.db other.zst >told
grep -qx 'status 3' told && grep -q 'other.zst is packed; .* zstdcat' err
ok $? 'what something else packed is said to be so'

if command -v iconv >/dev/null 2>&1; then
    sed 's/$/\r/' plain.log >crlf.log
    for form in le be; do
        [ $form = le ] && mark='\377\376' || mark='\376\377'
        {
            # shellcheck disable=SC2059 # likewise
            printf "$mark"
            iconv -f utf-8 -t utf-16$form crlf.log
        } >$form.log
        found $form.db $form.log | cmp -s expected -
        ok $? "UTF-16 ($form) means the same"
        found $form.db $form.log | cmp -s expected - && test ! -s err
        ok $? "and is not counted twice ($form)"
    done
    {
        sed 's/$/\r/' noise | iconv -f utf-8 -t utf-16
        iconv -f utf-8 -t utf-16le crlf.log
    } >large.log
    found wide.db large.log | cmp -s expected -
    ok $? 'a large one is turned to its end'
    found two.db le.log plain.log >told
    test "$(grep -c ',2$' told)" -eq 2
    ok $? 'what is read behind it is read as it is'
    iconv -f utf-8 -t utf-16 crlf.log |
        "$pullwhy" --no-db --format json 2>err |
        grep -q '"pull-qps-exceeded"'
    ok $? 'and so it is through a pipe'
else
    skip 'UTF-16 means the same' 'no iconv here'
fi

if [ -c /dev/full ]; then
    bad=
    for words in '--no-db plain.log' '--no-db --format json plain.log' \
        'annotate plain.log' 'history --db plain.db' \
        'history --db plain.db --format csv' 'show --db plain.db 1' \
        'sql' 'sql --db plain.db @by-node' 'report --db plain.db' 'patterns' \
        'patterns samples' 'explain disk-full' 'config show' \
        'completion bash' 'help' '--version'; do
        # shellcheck disable=SC2086 # words they are
        "$pullwhy" $words >/dev/full 2>err </dev/null
        [ $? -eq 4 ] && grep -q ': No space left' err ||
            bad="$bad '$words'"
    done
    test -z "$bad"
    ok $? "what a full disk had no room for is said$bad"
    "$pullwhy" watch --db watch.db --from-start --settle 0s --format json \
        plain.log >/dev/full 2>err
    test $? -eq 4 && grep -q 'standard output: No space left' err
    ok $? 'a watch whose findings go nowhere does not end as if all were well'
else
    skip 'what a full disk had no room for is said' 'no /dev/full here'
fi
echo "1..$number"
exit $failed
