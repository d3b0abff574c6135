#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Real pulls through a real containerd, all of them on loopback, each in a
# world where one thing is wrong; pullwhy must name that thing from what
# containerd logged and from what kubelet would say. Needs root and Debian's
# packages; says so and is skipped where they cannot be had.
#
#   tests/e2e/containerd.sh                  all
#   E2E_SHORT=1 tests/e2e/containerd.sh      without those that wait long
#   E2E_KEEP=FILE tests/e2e/containerd.sh    keeps what was said in FILE

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
PYTHONDONTWRITEBYTECODE=1
export PULLWHY PYTHONDONTWRITEBYTECODE

skip()
{
    echo "1..1"
    echo "ok 1 - pulls through a real containerd # SKIP $1"
    exit 0
}

[ "$(uname -s)" = Linux ] || skip "namespaces are Linux's"
[ "$(id -u)" -eq 0 ] || skip "needs root"
if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
# What is used is looked for, not the packages that it came with.
have()
{
    command -v containerd >/dev/null && command -v docker-registry \
        >/dev/null && command -v openssl >/dev/null && command -v ip \
        >/dev/null && /usr/bin/python3 -c 'import grpc' 2>/dev/null
}
have || "$top/quickstart" install-e2e >&2 </dev/null
have || skip "containerd, docker-registry, openssl, iproute2, python3-grpcio"
unshare -m -n -p -f true 2>/dev/null || skip "may not make namespaces"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# With the first process of its namespace all others end. The bound is for
# what nobody thought of.
timeout --foreground 170 unshare -m -n -p -f --mount-proc --kill-child \
    env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy \
    -u NO_PROXY -u no_proxy -u PULLWHY_DB \
    /usr/bin/python3 "$here/containerd.py" "$work"
status=$?
[ "$status" -ne 124 ] || echo "Bail out! not done after 170 seconds"
exit "$status"
