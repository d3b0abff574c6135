#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A log is written as fast as it can be and rotated thousands of times, by
# renaming and by copy and truncation, while pullwhy watch follows it. By
# renaming nothing may be lost, and nothing doubled either way; by truncation no
# more than what was written between the copy and the cut, with a warning.
#
#   tests/e2e/rotate.sh                   10,000 rotations of each kind
#   E2E_SHORT=1 tests/e2e/rotate.sh       500
#   E2E_ROTATIONS=N tests/e2e/rotate.sh   N

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
    echo "ok 1 - rotations at full speed # SKIP no /usr/bin/python3"
    exit 0
fi
rotations=${E2E_ROTATIONS:-10000}
[ -z "${E2E_SHORT:-}" ] || rotations=500

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
timeout --foreground $((rotations / 4 + 120)) \
    /usr/bin/python3 "$here/rotate.py" "$work" "$rotations"
status=$?
[ "$status" -ne 124 ] || echo "Bail out! not done in time"
exit "$status"
