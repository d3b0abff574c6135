#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A real browser opens the page of pullwhy report: of the sample, of a log that
# tries to break out, and of 10,000 incidents. Takes chromium, node and npm of
# the machine, else Debian's where root can have them; playwright-core and
# axe-core come from the npm registry into the build folder, in the versions
# that tests/e2e/report/package-lock.json fixes.
#
#   tests/e2e/report.sh                 all
#   E2E_KEEP=FOLDER tests/e2e/report.sh keeps pictures of the pages there

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
export PULLWHY
unset PULLWHY_DB PULLWHY_NOW NODE_NAME
PULLWHY_CONFIG=/dev/null
export PULLWHY_CONFIG

skip()
{
    echo "1..1"
    echo "ok 1 - the page in a browser # SKIP $1"
    exit 0
}

if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
has_all()
{
    command -v chromium && command -v node && command -v npm
}
if ! has_all >/dev/null; then
    [ "$(id -u)" -eq 0 ] || skip "no chromium, node or npm, and only root can install them"
    "$top/quickstart" install-e2e >&2 </dev/null
    has_all >/dev/null || skip "chromium, node or npm cannot be had"
fi

# What the lock file names, unless it is there.
modules=$(dirname -- "$PULLWHY")/e2e-report
if ! cmp -s "$here/report/package-lock.json" "$modules/installed.json"; then
    rm -rf "$modules"
    mkdir -p "$modules" || exit 1
    cp "$here/report/package.json" "$here/report/package-lock.json" "$modules"
    (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund) >&2 </dev/null ||
        skip "playwright-core and axe-core cannot be had"
    cp "$here/report/package-lock.json" "$modules/installed.json"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# page NAME [OPTION...]: the page of $work/NAME.db
page()
{
    name=$1
    shift
    "$PULLWHY" report --db "$work/$name.db" -o "$work/$name.html" "$@" \
        2>"$work/$name.err" || {
        cat "$work/$name.err" >&2
        echo "Bail out! no page of $name"
        exit 1
    }
}

# What the page must show is what show says, in both languages.
(cd "$top" && PULLWHY_NOW=2026-11-23T18:00:00Z "$PULLWHY" \
    --db "$work/sample.db" --format none fixtures/sample.log)
page sample --lang en
for lang in en ja; do
    for id in 1 2 3 4 5 6 7 8 9; do
        "$PULLWHY" show --db "$work/sample.db" --format json --lang "$lang" \
            "$id" || echo '"no such incident"'
    done >"$work/shown.$lang"
done

# In each line some name or message would be markup, were it not text.
sed 's/^/Dec  1 00:00:01 node-1 kubelet[7]: /' >"$work/hostile.log" <<'LOG'
E1201 00:00:01.000000 7 a.go:1] "x" err="failed to pull image \"h1.azurecr.io/a:v1\": </script><script>window.ran=1</script>: not found" image="h1.azurecr.io/a:v1"
E1201 00:00:02.000000 7 a.go:1] "x" err="failed to pull image \"h2.azurecr.io/a:v1\": <img src=x onerror=window.ran=2>: not found" image="h2.azurecr.io/a:v1"
E1201 00:00:03.000000 7 a.go:1] "x" err="failed to pull image \"h3.azurecr.io/a:v1\": <!--<script>window.ran=3: not found" image="h3.azurecr.io/a:v1"
E1201 00:00:04.000000 7 a.go:1] "x" err="failed to pull image \"h4.azurecr.io/a:v1\": javascript:window.ran=4: not found" image="h4.azurecr.io/a:v1"
E1201 00:00:05.000000 7 a.go:1] "x" err="failed to pull image \"h5.azurecr.io/a:v1\": &lt;b&gt; &amp; ]]> {{policy}} ${window.ran=5}: not found" image="h5.azurecr.io/a:v1"
E1201 00:00:06.000000 7 a.go:1] "x" err="failed to pull image \"h6.azurecr.io/a:v1\": not found" pod="</script><svg onload=window.ran=6>/<b>bold</b>" image="h6.azurecr.io/a:v1"
E1201 00:00:07.000000 7 a.go:1] "x" err="failed to pull image \"h7.azurecr.io/<script>window.ran=7</script>:v1\": not found" image="h7.azurecr.io/<script>window.ran=7</script>:v1"
LOG
{
    printf 'Dec  1 00:00:08 node-1 kubelet[7]: E1201 00:00:08.000000 7 a.go:1] "x" err="failed to pull image \\"h8.azurecr.io/a:v1\\": turned \342\200\256around\342\200\250, \377 \033[31m: not found" image="h8.azurecr.io/a:v1"\n'
} >>"$work/hostile.log"
PULLWHY_NOW=2026-12-01T00:01:00Z "$PULLWHY" --db "$work/hostile.db" \
    --format none "$work/hostile.log"
page hostile --lang en

awk -f "$here/report/many.awk" | sort | cut -d' ' -f2- >"$work/many.log"
PULLWHY_NOW=2026-12-01T00:00:00Z "$PULLWHY" --db "$work/many.db" \
    --node node-1 --format none "$work/many.log" 2>"$work/many.err"
page many --lang ja
rm -f "$work/many.log"

NODE_PATH=$modules/node_modules timeout --foreground 240 \
    node "$here/report/report.js" "$work"
status=$?
[ "$status" -ne 124 ] || echo "Bail out! not done after 240 seconds"
exit "$status"
