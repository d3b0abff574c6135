#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pullwhy watch is killed at random moments while logs are written, rotated by
# renaming and by copy and truncation, packed, and come and go in a watched
# folder; each failure must be in the history once. Prints what was lost and
# doubled; if anything was, the folder with the logs, the history and a diary is
# kept.
#
#   tests/e2e/crash.sh [SEED]                200 kills
#   E2E_SHORT=1 tests/e2e/crash.sh [SEED]    20
#   E2E_KILLS=N tests/e2e/crash.sh [SEED]    N

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
PYTHONDONTWRITEBYTECODE=1
export PULLWHY PYTHONDONTWRITEBYTECODE
unset PULLWHY_DB PULLWHY_NOW

if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
if [ ! -x /usr/bin/python3 ]; then
    echo "1..1"
    echo "ok 1 - kills at random moments # SKIP no /usr/bin/python3"
    exit 0
fi
kills=${E2E_KILLS:-200}
[ -z "${E2E_SHORT:-}" ] || kills=20

work=$(mktemp -d) || exit 1
is_kept=
trap '[ -n "$is_kept" ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# About a second for each kill; the bound is for what nobody thought of.
timeout --foreground $((kills * 4 + 120)) \
    /usr/bin/python3 "$here/crash.py" "$work" "$kills" "$@"
status=$?
[ "$status" -ne 124 ] || echo "Bail out! not done in time"
if [ "$status" -ne 0 ]; then
    is_kept=yes
    echo "# kept: $work; what was done and when: $work/diary"
fi
exit "$status"
