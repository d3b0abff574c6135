#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What sends to a watch, or is read by it, for real: rsyslogd's omfwd to
# --listen, over TCP; a journal that systemd made, through libsystemd and
# through journalctl, going on where the watch before ended. Nothing of the
# machine's own logging is touched.

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
PULLWHY=${PULLWHY:-$top/build/pullwhy}
unset PULLWHY_DB PULLWHY_NOW LISTEN_FDS LISTEN_PID
number=0
failed=0

skip()
{
    echo "1..1"
    echo "ok 1 - sources # SKIP $1"
    exit 0
}

ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        tail -n 5 "$work"/*.log 2>/dev/null | sed 's/^/# /'
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
        command -v sqlite3 && [ -x /lib/systemd/systemd-journal-remote ]
}
if ! has_all >/dev/null; then
    [ "$(id -u)" -eq 0 ] || skip "no rsyslogd, and only root can install it"
    "$top/quickstart" install-e2e >&2 </dev/null
    has_all >/dev/null || skip "rsyslogd, sqlite3 or journalctl cannot be had"
fi

work=$(mktemp -d) || exit 1
rsyslog=
watch=
# shellcheck disable=SC2317 # called by the trap
stop()
{
    for each in $rsyslog $watch; do
        kill "$each" 2>/dev/null
    done
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

counts() # counts DB NUMBER
{
    got=$(sqlite3 "$1" 'SELECT coalesce(sum(count), 0) FROM incidents')
    [ "$got" = "$2" ] || echo "# $got failures in the history, wanted $2"
    [ "$got" = "$2" ]
}

# Every message differs, so that nothing is taken for told twice.
messages=60
message() # message NUMBER
{
    image=myregistry.azurecr.io/team/app-$1:v1
    printf 'time="2026-11-23T16:%02d:%02d.000000001Z" level=error msg="PullImage \\"%s\\" failed" error="rpc error: code = NotFound desc = failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found"\n' \
        "$(($1 / 60))" "$(($1 % 60))" "$image" "$image" "$image" "$image"
}

# start_watch DB OPTION...: its findings go to DB.jsonl, its words to DB.log.
start_watch()
{
    db=$1
    shift
    "$PULLWHY" watch --format none --db "$db" --output "$db.jsonl" "$@" \
        >>"$db.log" 2>&1 </dev/null &
    watch=$!
}

end_watch()
{
    kill "$watch"
    wait "$watch"
    status=$?
    watch=
    return "$status"
}

# rsyslogd of our own, with what our socket gets going to the listener. It
# tries again until there is one.
start_watch "$work/tcp.db" --listen tcp://127.0.0.1:5171 \
    --listen "unix://$work/lines.sock"
{
    printf 'module(load="imuxsock" SysSock.Use="off")\n'
    printf 'input(type="imuxsock" Socket="%s/log" CreatePath="off" RateLimit.Interval="0")\n' "$work"
    printf 'global(workDirectory="%s" processInternalMessages="on")\n' "$work"
    # shellcheck disable=SC2016 # the variable is rsyslog's
    printf 'if $programname == "rsyslogd" then { action(type="omfile" file="%s")\nstop }\n' \
        "$work/rsyslogd.log"
    printf 'action(type="omfwd" target="127.0.0.1" port="5171" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1" action.resumeInterval="1")\n'
} >"$work/rsyslog.conf"
rsyslogd -N1 -f "$work/rsyslog.conf" 2>"$work/check.log"
ok $? "rsyslog takes the configuration"
rsyslogd -n -f "$work/rsyslog.conf" -i "$work/pid" >"$work/rsyslogd.log" 2>&1 &
rsyslog=$!
told "$work/rsyslogd.log" start 1
i=0
while [ "$i" -lt "$messages" ]; do
    message "$i" | logger --socket "$work/log" --tag containerd
    i=$((i + 1))
done
told "$work/tcp.db.jsonl" '"change":"opened"' "$messages"
ok $? "what omfwd sends to a listener is found"
message "$messages" | timeout 20 /usr/bin/python3 -c '
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(sys.stdin.buffer.read())' "$work/lines.sock"
told "$work/tcp.db.jsonl" '"change":"opened"' $((messages + 1))
ok $? "and what a client of the Unix socket sends"
[ "$(stat -c %a "$work/lines.sock")" = 660 ]
ok $? "which only its owner and group may use"
end_watch
ok $? "SIGTERM is an end in peace, with clients there"
counts "$work/tcp.db" $((messages + 1))
ok $? "each counts once"
[ ! -e "$work/lines.sock" ]
ok $? "the socket is removed"
kill "$rsyslog"
wait "$rsyslog"
rsyslog=

# write_journal FIRST LAST: adds entries to a journal of our own.
write_journal()
{
    i=$1
    while [ "$i" -le "$2" ]; do
        printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032d\n_HOSTNAME=node-1\n' \
            "$((1795449600000000 + i * 1000000))" "$((i * 1000000))" 1
        printf '_SYSTEMD_UNIT=containerd.service\nSYSLOG_IDENTIFIER=containerd\nMESSAGE=%s\n\n' \
            "$(message "$i")"
        i=$((i + 1))
    done >"$work/export"
    /lib/systemd/systemd-journal-remote --output "$work/journal/our.journal" \
        "$work/export" 2>"$work/remote.log"
}

# goes_on NAME DB OPTION...: three watches, one of which is killed.
goes_on()
{
    name=$1
    database=$2
    shift 2
    rm -rf "$work/journal"
    mkdir "$work/journal"
    write_journal 1 20
    start_watch "$database" --from-start "$@"
    told "$database.jsonl" '"change":"opened"' 20
    ok $? "$name: what is there is read"
    write_journal 21 30
    told "$database.jsonl" '"change":"opened"' 30
    ok $? "$name: what comes is read"
    end_watch
    ok $? "$name: SIGTERM is an end in peace"
    counts "$database" 30
    ok $? "$name: each counts once"
    write_journal 31 40
    start_watch "$database" --from-start "$@"
    told "$database.jsonl" '"change":"opened"' 40
    ok $? "$name: what came meanwhile is read"
    kill -KILL "$watch"
    wait "$watch" 2>/dev/null
    write_journal 41 50
    start_watch "$database" --from-start "$@"
    told "$database.jsonl" 'app-50:v1' 1
    ok $? "$name: what came after it was killed is read"
    end_watch
    counts "$database" 50
    ok $? "$name: and still each counts once"
}

goes_on "libsystemd" "$work/native.db" --journal-dir "$work/journal" \
    --unit containerd
goes_on "journalctl" "$work/ctl.db" --journalctl \
    --journal-dir "$work/journal" --unit containerd
echo "1..$number"
exit "$failed"
