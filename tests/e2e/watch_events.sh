#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The real kubectl, run by `pullwhy watch --events`, against a small server whose
# watch is cut, torn, too old and away. Takes the kubectl on PATH, else Debian's
# where root can have it; is skipped where there is none.

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
PYTHONDONTWRITEBYTECODE=1
export PULLWHY PYTHONDONTWRITEBYTECODE
unset PULLWHY_DB PULLWHY_NOW HTTP_PROXY http_proxy ALL_PROXY all_proxy

skip()
{
    echo "1..1"
    echo "ok 1 - watched events # SKIP $1"
    exit 0
}

if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
[ -x /usr/bin/python3 ] || skip "no /usr/bin/python3"
if ! command -v kubectl >/dev/null; then
    [ "$(id -u)" -eq 0 ] || skip "no kubectl, and only root can install it"
    "$top/quickstart" install-e2e >&2 </dev/null
    command -v kubectl >/dev/null || skip "kubectl cannot be had"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
timeout --foreground 400 /usr/bin/python3 "$here/watch_events.py" "$work"
status=$?
[ "$status" -ne 124 ] || echo "Bail out! not done after 400 seconds"
exit "$status"
