#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --threads: a large file is read in several threads (app/foresight.h), and what
# is told, counted and remembered is the same byte for byte: of a storm, of
# healthy logs, of objects, of fixtures and samples in any envelope, and of all
# of it.
# Smaller blocks are tried by tests/test_foresight.c, with all samples.

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
number=0
failed=0

# is NAME COMMAND...: the command succeeds.
is()
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >said 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' said | cut -c 1-2000
        failed=1
    fi
}

# read_with N WORD...: all that comes of it is in N.*
#
# Once a second the history is written and asked what else happened at the
# registries. When that is, the clock decides and no number of threads: the
# fact registry_works and the remedies that ask for it, numbers in the history
# and times of writing are left out here.
read_with()
{
    threads=$1
    shift
    status=0
    "$pullwhy" --threads "$threads" "$@" >said.out 2>"$threads.err" ||
        status=$?
    sed 's/,"registry_works":"[a-z]*"//; s/,"remedies":.*//' said.out \
        >"$threads.out"
    echo "$status" >"$threads.status"
}

# What a history remembers.
dump()
{
    sqlite3 -readonly "$1" "
        SELECT key, life, cause, image, state, first_seen, last_seen,
            resolved_at, count, approximate, also,
            json_remove(facts, '$.registry_works')
        FROM incident ORDER BY key, life;
        SELECT i.key, i.life, a.namespace, a.pod FROM affected AS a
        JOIN incident AS i ON i.id = a.incident_id ORDER BY 1, 2, 3, 4;
        SELECT origin, identity, position FROM checkpoint"
}

# shellcheck disable=SC2317 # is() calls it
same()
{
    cmp "$1.out" "$2.out" && cmp "$1.err" "$2.err" &&
        cmp "$1.status" "$2.status"
}

# lines KIND MIB: as tests/bench measures with.
lines()
{
    "$awk" -v kind="$1" -v mib="$2" -f "$top/tests/bench/logs.awk"
}

"$pullwhy" patterns samples >samples.json
mkdir samples
"$awk" -f "$top/tests/envelopes.awk" -v folder=samples samples.json
lines healthy 2 >healthy.log
lines storm 1 >storm.log
lines events 2 >events.log
lines events-compact 2 >compact.log
# More incidents than are kept at a time, so that some leave and come again.
"$awk" 'BEGIN { for (i = 0; i < 24000; i++) {
    name = "r.io/a/app" i * 7919 % 6007 ":1"
    printf "time=\"2026-11-23T%02d:%02d:%02d.%02d0000Z\" level=error " \
        "msg=\"PullImage \\\"%s\\\" failed\" error=\"rpc error: code = " \
        "NotFound desc = failed to pull and unpack image \\\"%s\\\": failed " \
        "to resolve reference \\\"%s\\\": %s: not found\"\n", i / 360000, \
        i / 6000 % 60, i / 100 % 60, i % 100, name, name, name, name
} }' >crowd.log
find "$top/fixtures" samples -type f ! -name '*.out' | sort |
    "$awk" '!/^samples/ || NR % 9 == 0' | tr '\n' '\0' | xargs -0 cat >all.log
{
    head -c 700000 healthy.log
    echo
    cat all.log
    head -c 500000 storm.log
    echo
    head -c 600001 healthy.log
} >mixed.log

for file in healthy storm events compact crowd all mixed; do
    [ "$(wc -c <$file.log)" -gt 700000 ] || exit 1
    for threads in 1 2 3 16; do
        read_with $threads --no-db --exit-code --format json $file.log
        "$pullwhy" --db "$threads.db" --threads "$threads" --format none \
            "$file.log"
        dump "$threads.db" >"$threads.dump"
        rm -f "$threads".db*
    done
    is "$file: something is told" test -s 1.out
    is "$file: and remembered" test -s 1.dump
    for threads in 2 3 16; do
        is "$file: told by $threads threads as by one" same 1 $threads
        is "$file: remembered by $threads threads as by one" \
            cmp 1.dump $threads.dump
    done
done

for option in --no-memo '--input-format klog' '--since 1h' --stats; do
    for threads in 1 4; do
        # shellcheck disable=SC2086 # two words
        read_with $threads --no-db --format json $option mixed.log healthy.log \
            all.log
        sed -i '/^pullwhy: memory/,$d' "$threads.err" # and then times
    done
    is "several files, with $option" same 1 4
done

# What the shell's next command reads is behind what was read: nothing.
for threads in 1 2; do
    {
        read -r line && echo "$line" &&
            "$pullwhy" --no-db --format json --threads $threads - && cat
    } <mixed.log >$threads.rest
done
is 'standard input from a file, somewhere within' cmp 1.rest 2.rest
is 'of which something is told' grep -q '^{"' 1.rest

# An interrupt ends the reading, and is told as ever.
mkfifo gate
"$pullwhy" --no-db --threads 2 --format none mixed.log gate 2>err &
pid=$!
exec 4>gate # opened only when the file has been read
kill -INT "$pid"
is 'an interrupt ends it' wait "$pid"
exec 4>&-

echo 'threads: 2' >file.yaml
is 'the configuration file may say it' "$pullwhy" config check file.yaml
echo 'threads: 99' >file.yaml
"$pullwhy" config check file.yaml >out 2>&1 || true
is 'and is told where it is wrong' grep -q 'file.yaml:1:.*from 1 to 16' out

echo "1..$number"
exit "$failed"
