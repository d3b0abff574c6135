#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Other programs read the history as doc/SQL.md says: DuckDB from the npm
# registry (in the version that readers/package-lock.json fixes), and sqlite3
# for the query that Grafana gets. All of it is installed into a folder that is
# gone at the end.
#
#   tests/e2e/readers.sh

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
pullwhy=$(realpath -- "${PULLWHY:-$top/build/pullwhy}")
if [ ! -x "$pullwhy" ]; then
    echo "Bail out! $pullwhy is not built: ./quickstart build"
    exit 1
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export PULLWHY_NOW=2026-11-23T18:00:00Z PULLWHY_DB="$work/history.db" TZ=UTC
export PULLWHY_CONFIG=/dev/null HOME="$work" LC_ALL=C.UTF-8
unset HTTP_PROXY http_proxy

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
        sed 's/^/# /' "$work/said"
    fi
}

skip() # skip NAME WHY
{
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# The blocks behind "<!-- MARK -->" as MARK.1.sql and what is shown behind each
# as MARK.1.out; a block of sh likewise.
blocks() # blocks MARK
{
    awk -v mark="<!-- $1 -->" -v stem="$work/$1" '
        $0 == mark { is_next = 1; next }
        /^```(sql|sh)$/ && is_next {
            file = stem "." ++count ".sql"; is_next = 0; is_shown = 0; next
        }
        /^```$/ && file { close(file); file = ""; is_shown = 1; next }
        /^```$/ && is_shown == 1 {
            file = stem "." count ".out"; is_shown = 0; next
        }
        file { print >file; next }
        NF { is_shown = 0 }
    ' "$top/doc/SQL.md"
}

cd "$work" || exit 1
"$pullwhy" --format none "$top/fixtures/sample.log" 2>said
blocks duckdb
blocks grafana
sed -n '/^pullwhy sql --format [a-z]* .*>/p' "$top/doc/SQL.md" |
    sed "s#^pullwhy#'$pullwhy'#" >written.sh
sh -eu written.sh 2>said && test -s incidents.jsonl && test -s timeline.csv
ok $? 'what DuckDB reads is written'

has_duckdb()
{
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    mkdir duckdb && cp "$here"/readers/package*.json duckdb &&
        (cd duckdb && npm ci --ignore-scripts --no-audit --no-fund) \
            >said 2>&1 </dev/null
}
ask_duckdb() # ask_duckdb FILE.sql
{
    NODE_PATH=$work/duckdb/node_modules timeout 120 \
        node "$here/readers/duckdb.js" <"$1" >printed 2>said
}
if has_duckdb; then
    for block in duckdb.*.sql; do
        ask_duckdb "$block" && diff "${block%.sql}.out" printed >said
        ok $? "DuckDB, $(tail -n 1 "$block")"
    done
    test "$number" -eq 3
    ok $? 'both of doc/SQL.md were asked'
else
    skip 'DuckDB' 'it cannot be had from the npm registry'
fi

# Grafana puts the span of the panel there, in milliseconds.
from=$(date -u -d 2026-11-23T16:00:00Z +%s)000
to=$(date -u -d 2026-11-23T18:00:00Z +%s)000
sed "s/\$__from/$from/g; s/\$__to/$to/g" grafana.1.sql >panel.sql
sqlite3 -readonly history.db <panel.sql >printed 2>said
test "$(awk -F'|' '{ sum += $3 } END { print sum }' printed)" = 13 &&
    head -n 1 printed | grep -q '^1795451340|unauthorized|2$'
ok $? 'the query for Grafana gives times, causes and failed pulls'
sed "s/\$__from/0/g; s/\$__to/$from/g" grafana.1.sql |
    sqlite3 -readonly history.db >printed 2>said && ! test -s printed
ok $? 'and nothing of another time'
echo "1..$number"
exit "$failed"
