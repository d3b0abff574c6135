#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A watch whose history is locked, full, read-only, spoilt, removed, replaced,
# another program's, of an older or a newer schema, for real: what the user
# reads then, that findings go on, and that the counts are in the end those of
# a run to which nothing happened. Mounts in a namespace of its own, so it wants
# root; is skipped elsewhere. Bound to five minutes.

set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd) || exit 1
pullwhy=${PULLWHY:-$top/build/pullwhy}
log=$top/fixtures/sample.log
unset PULLWHY_DB PULLWHY_NOW PULLWHY_CONFIG XDG_CONFIG_HOME
HOME=/nonexistent
export HOME

skip()
{
    echo "1..1"
    echo "ok 1 - faults of the history # SKIP $1"
    exit 0
}

if [ ! -x "$pullwhy" ]; then
    echo "Bail out! $pullwhy is not built: ./quickstart build"
    exit 1
fi
if [ -z "${FAULTS_INSIDE:-}" ]; then
    [ "$(id -u)" -eq 0 ] || skip 'only root can mount'
    command -v sqlite3 >/dev/null || "$top/quickstart" install-e2e >&2 </dev/null
    command -v sqlite3 >/dev/null || skip 'no sqlite3'
    unshare -m true 2>/dev/null || skip 'mounts are forbidden here'
    FAULTS_INSIDE=1 exec timeout --foreground 300 unshare -m sh "$0"
fi

work=$(mktemp -d) || exit 1
chmod 755 "$work"
# shellcheck disable=SC2317 # the trap calls it
cleanup()
{
    exec 3>&- 4<&- 5<&- 6>&-
    umount -l "$work/disk" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
disk=$work/disk
db=$disk/h.db
as=

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
        sed 's/^/# /' "$work/err"
    fi
}

# A disk of its own, with so much room.
fresh() # fresh SIZE
{
    umount "$disk" 2>/dev/null
    mkdir -p "$disk"
    mount -t tmpfs -o "size=$1,mode=755" tmpfs "$disk"
}

# A watch that reads what is written to descriptor 3, says to 4, finds to 5.
start()
{
    rm -f "$work/in" "$work/said" "$work/out"
    mkfifo "$work/in" "$work/said" "$work/out"
    # shellcheck disable=SC2086 # a command with its arguments, or nothing
    $as "$pullwhy" watch --db "$db" --format json \
        <"$work/in" 2>"$work/said" >"$work/out" &
    watch=$!
    exec 3>"$work/in" 4<"$work/said" 5<"$work/out"
    : >"$work/err"
    : >"$work/found"
    cat <&5 >"$work/found" &
    reader=$!
}

feed() # feed FROM TO: lines of the log
{
    sed -n "$1,$2p" "$log" >&3
}

# Reads what the watch says until a line has these words; fails at its end.
hear() # hear WORDS
{
    while IFS= read -r line <&4; do
        printf '%s\n' "$line" >>"$work/err"
        case $line in
        *"$1"*) return 0 ;;
        esac
    done
    echo "\"$1\" was not said" >>"$work/err"
    return 1
}

# Waits until so many incidents were told.
found() # found COUNT
{
    until [ "$(grep -c '"change":"opened"' "$work/found")" -ge "$1" ]; do
        kill -0 "$watch" 2>/dev/null || return 1
    done
}

ended()
{
    exec 3>&-
    cat <&4 >>"$work/err"
    wait "$watch"
    status=$?
    wait "$reader"
    exec 4<&- 5<&-
    return $status
}

counts() # counts FILE: all that a history counted, without its numbers
{
    sqlite3 "$1" "SELECT key, life, state, count FROM incident
                  WHERE state <> 'joined' ORDER BY key, life;
                  SELECT key, pod, node, a.count FROM affected AS a
                  JOIN incident AS i ON i.id = incident_id
                  ORDER BY key, pod, node, a.image;
                  SELECT key, line FROM sample JOIN incident AS i
                  ON i.id = incident_id ORDER BY key, seen_at, line"
}

same() # same FILE NAME
{
    counts "$1" >"$work/counts"
    cmp "$work/truth" "$work/counts" >>"$work/err"
    ok $? "$2: the counts are those of a run to which nothing happened"
}

finish() # finish NAME
{
    feed 41 68
    kill -TERM "$watch"
    ended
    ok $? "$1: it ends with status 0"
    same "$db" "$1"
}

mkdir -p "$disk"
"$pullwhy" --db "$work/whole.db" --format none - <"$log" 2>/dev/null
counts "$work/whole.db" >"$work/truth"
test "$(wc -l <"$work/truth")" -gt 20 || exit 1

# Locked by the real sqlite3
fresh 8m
start
feed 1 20
found 1
mkfifo "$work/hold"
sqlite3 "$db" <"$work/hold" >"$work/held" 2>&1 &
holder=$!
exec 6>"$work/hold"
echo 'BEGIN EXCLUSIVE; SELECT 1;' >&6
until grep -q 1 "$work/held"; do
    kill -0 "$holder" || break
done
before=$(grep -c '"change":"opened"' "$work/found")
feed 21 40
hear 'another program holds it'
ok $? 'locked: it is said'
found $((before + 1))
ok $? 'locked: findings go on'
echo 'COMMIT;' >&6
exec 6>&-
wait "$holder"
hear 'is written again'
ok $? 'locked: and so is the end of it'
finish locked

# No space left
fresh 900k
start
feed 1 20
found 1
cat /dev/zero >"$disk/filler" 2>/dev/null
feed 21 40
hear 'no space is left'
ok $? 'full: it is said'
rm "$disk/filler"
hear 'is written again'
ok $? 'full: and so is the end of it'
finish full

# No space from the start on
fresh 900k
cat /dev/zero >"$disk/filler" 2>/dev/null
start
hear 'findings go on, and what is counted is written when there is space'
ok $? 'full from the start: it is said'
feed 1 40
found 1
ok $? 'full from the start: findings go on'
rm "$disk/filler"
hear 'is written again'
ok $? 'full from the start: and so is the end of it'
finish 'full from the start'

# A file system that is read-only
fresh 8m
mount -o remount,ro "$disk"
start
hear 'findings go on, and what is counted is written when it can be'
ok $? 'read-only file system: it is said'
feed 1 40
found 1
ok $? 'read-only file system: findings go on'
mount -o remount,rw "$disk"
hear 'is written again'
ok $? 'read-only file system: and so is the end of it'
finish 'read-only file system'

# A folder, then a file, that the user may not write
as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fresh 8m
start
hear 'findings go on, and what is counted is written when it can be'
ok $? 'read-only folder: it is said'
feed 1 40
found 1
ok $? 'read-only folder: findings go on'
chmod 777 "$disk"
hear 'is written again'
ok $? 'read-only folder: and so is the end of it'
finish 'read-only folder'

fresh 8m
: | "$pullwhy" --db "$db" --format none 2>/dev/null
chmod 777 "$disk"
chmod 644 "$db"
start
hear 'findings go on, and what is counted is written when it can be'
ok $? 'read-only file: it is said'
feed 1 40
found 1
ok $? 'read-only file: findings go on'
chmod 666 "$db"
hear 'is written again'
ok $? 'read-only file: and so is the end of it'
finish 'read-only file'
as=

# Pages are spoilt while it runs
fresh 8m
start
feed 1 20
found 1
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
pages=$(($(stat -c %s "$db") / 4096))
dd if=/dev/urandom of="$db" bs=4096 seek=1 count=$((pages - 1)) conv=notrunc \
    2>/dev/null
feed 21 40
hear 'is corrupt; it was moved to'
ok $? 'corrupt: it is said, and the file moved away'
aside=$(find "$disk" -name 'h.db.corrupt-*Z')
test -n "$aside" && grep -q "sqlite3 $aside .recover" "$work/err"
ok $? 'corrupt: and how to salvage it'
finish corrupt
"$pullwhy" history --db "$db" --format json >"$work/list" 2>"$work/err"
test "$(wc -l <"$work/list")" -ge 9
ok $? 'corrupt: the new one can be asked'

# Removed and replaced while it runs
for how in removed moved replaced; do
    fresh 8m
    start
    feed 1 20
    found 1
    case $how in
    removed) rm "$db" ;;
    moved) mv "$db" "$disk/elsewhere.db" ;;
    replaced)
        : | "$pullwhy" --db "$disk/other.db" --format none 2>/dev/null
        mv "$disk/other.db" "$db"
        ;;
    esac
    feed 21 40
    hear 'was removed or replaced; a new one is begun'
    ok $? "$how: it is said"
    finish $how
    test "$(sqlite3 "$db" 'PRAGMA integrity_check')" = ok
    ok $? "$how: the new one is whole"
done

# Of a newer pullwhy, from the start on
fresh 8m
"$pullwhy" --db "$db" --format none </dev/null 2>/dev/null
version=$(sqlite3 "$db" 'PRAGMA user_version')
sqlite3 "$db" 'PRAGMA user_version = 99'
start
hear 'made by a newer pullwhy'
ok $? 'newer schema: it is said'
feed 1 40
found 1
ok $? 'newer schema: findings go on'
sqlite3 "$db" "PRAGMA user_version = $version"
hear 'is written again'
ok $? 'newer schema: and so is the end of it'
finish 'newer schema'

# A newer one comes while it runs: nothing is written any more
fresh 8m
start
feed 1 20
found 1
sqlite3 "$db" 'PRAGMA user_version = 99'
feed 21 40
hear 'made by a newer pullwhy'
ok $? 'newer schema later: it is said'
kill -TERM "$watch"
ended
test $? -eq 3
ok $? 'newer schema later: it ends with status 3, as something is missing'
grep -q 'failures of .* incidents are not in history' "$work/err"
ok $? 'newer schema later: and says how much'

# Of an older one
fresh 8m
sqlite3 "$db" <"$top/sql/migrations/001.sql"
start
feed 1 40
found 1
finish 'older schema'
test "$(sqlite3 "$db" 'PRAGMA user_version')" = "$version"
ok $? 'older schema: it is brought up to date'

# Another program's
fresh 8m
sqlite3 "$db" 'CREATE TABLE mine (x); INSERT INTO mine VALUES (1)'
cksum "$db" >"$work/before"
start
hear 'a database of another program'
ok $? "another program's: it is said"
feed 1 40
found 1
ok $? "another program's: findings go on"
kill -TERM "$watch"
ended
cksum "$db" >"$work/after"
cmp "$work/before" "$work/after" && test "$(find "$disk" -type f | wc -l)" -eq 1
ok $? "another program's: nothing of it was touched"

echo "1..$number"
exit "$failed"
