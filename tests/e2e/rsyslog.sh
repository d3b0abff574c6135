#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A real rsyslogd runs pullwhy as deploy/shippers/rsyslog.conf says; and a real
# journalctl of a journal of our own is piped into a watch. Nothing of the
# machine's own logging is touched.

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
unset PULLWHY_DB PULLWHY_NOW
number=0

skip()
{
    echo "1..1"
    echo "ok 1 - shippers # SKIP $1"
    exit 0
}

ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work"/*.log 2>/dev/null | tail -n 20
        failed=1
    fi
}

if [ ! -x "$PULLWHY" ]; then
    echo "Bail out! $PULLWHY is not built: ./quickstart build"
    exit 1
fi
has_all()
{
    command -v rsyslogd && command -v logger && command -v journalctl &&
        [ -x /lib/systemd/systemd-journal-remote ]
}
if ! has_all >/dev/null; then
    [ "$(id -u)" -eq 0 ] || skip "no rsyslogd, and only root can install it"
    "$top/quickstart" install-e2e >&2 </dev/null
    has_all >/dev/null || skip "rsyslogd or journalctl cannot be had"
fi

failed=0
work=$(mktemp -d) || exit 1
rsyslog=
# shellcheck disable=SC2317 # called by the trap
stop()
{
    [ -z "$rsyslog" ] || kill "$rsyslog" 2>/dev/null
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' INT TERM

# told FILE PATTERN NUMBER: waits until so many lines of it match; at most 60 s.
told()
{
    rm -f "$work/told"
    mkfifo "$work/told"
    timeout 60 tail -n +1 -F "$1" >"$work/told" 2>/dev/null &
    watcher=$!
    seen=$(grep -c -m "$3" -e "$2" <"$work/told")
    kill "$watcher" 2>/dev/null
    [ "$seen" -eq "$3" ]
}

count()
{
    sqlite3 "$1" 'SELECT coalesce(sum(count), 0) FROM incidents' 2>/dev/null
}

counts() # counts DB NUMBER
{
    [ "$(count "$1")" = "$2" ]
}

# Every message differs, so that nothing is taken for told twice.
messages=60
message() # message NUMBER
{
    image=myregistry.azurecr.io/team/app-$1:v1
    printf 'time="2026-11-23T16:%02d:%02d.000000001Z" level=error msg="PullImage \\"%s\\" failed" error="rpc error: code = NotFound desc = failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found"\n' \
        "$(($1 / 60))" "$(($1 % 60))" "$image" "$image" "$image" "$image"
}

# rsyslog, by the configuration that users get: only its paths are ours.
{
    printf 'module(load="imuxsock" SysSock.Use="off")\n'
    printf 'input(type="imuxsock" Socket="%s/log" CreatePath="off" RateLimit.Interval="0")\n' "$work"
    printf 'global(workDirectory="%s" processInternalMessages="on")\n' "$work"
    # Its own messages, the first of which says that it has started.
    # shellcheck disable=SC2016 # the variable is rsyslog's
    printf 'if $programname == "rsyslogd" then action(type="omfile" file="%s")\n' \
        "$work/rsyslogd.log"
    sed -e "s,/usr/bin/pullwhy,$PULLWHY,; s,/var/lib/pullwhy,$work,g" \
        "$top/deploy/shippers/rsyslog.conf"
} >"$work/rsyslog.conf"
rsyslogd -N1 -f "$work/rsyslog.conf" 2>"$work/check.log"
ok $? "rsyslog takes the configuration"
rsyslogd -n -f "$work/rsyslog.conf" -i "$work/pid" >"$work/rsyslogd.log" 2>&1 &
rsyslog=$!
told "$work/rsyslogd.log" start 1
i=0
while [ "$i" -lt "$messages" ]; do
    message "$i" | logger --socket "$work/log" --tag containerd
    echo "not for us: Failed to pull image \"x/y:$i\": x/y:$i: not found" |
        logger --socket "$work/log" --tag sshd
    i=$((i + 1))
done
told "$work/findings.jsonl" '"change":"opened"' "$messages"
ok $? "every failure stands in the file of findings"
kill "$rsyslog"
wait "$rsyslog"
rsyslog=
counts "$work/history.db" "$messages"
ok $? "and in the history once, when rsyslog ends; what others say does not"

# A journal of our own, and journalctl as a pipe into a watch.
i=0
while [ "$i" -lt "$messages" ]; do
    printf '__REALTIME_TIMESTAMP=%d\n_BOOT_ID=%032d\n_HOSTNAME=node-1\n' \
        "$((1795449600000000 + i * 1000000))" 1
    printf '_SYSTEMD_UNIT=containerd.service\nSYSLOG_IDENTIFIER=containerd\nMESSAGE=%s\n\n' \
        "$(message "$i")"
    i=$((i + 1))
done >"$work/export"
/lib/systemd/systemd-journal-remote --output "$work/our.journal" "$work/export" \
    2>"$work/remote.log"
ok $? "a real journal is made"
timeout 60 journalctl --file "$work/our.journal" --unit containerd --output json \
    --no-tail --no-pager 2>"$work/journalctl.log" |
    "$PULLWHY" watch --format none --db "$work/journal.db" 2>"$work/watch.log"
counts "$work/journal.db" "$messages"
ok $? "journalctl -o json | pullwhy watch counts each entry once"

# The same, followed, until the entries are there.
timeout 60 journalctl --file "$work/our.journal" --unit containerd --output json \
    --no-tail --follow 2>"$work/journalctl.log" |
    "$PULLWHY" watch --format none --db "$work/follow.db" \
        --output "$work/follow.jsonl" 2>"$work/watch.log" &
told "$work/follow.jsonl" '"change":"opened"' "$messages"
ok $? "journalctl -f -o json | pullwhy watch too, while it goes on"
pkill -f "journalctl --file $work/our.journal" || true
wait
counts "$work/follow.db" "$messages"
ok $? "and no more when it ends"
echo "1..$number"
exit "$failed"
