#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# libsystemd is loaded by who reads a journal and by nobody else: what the
# program does where that library is damaged or another, and what it says to
# those who make packages of it.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
case $pullwhy in
/*) ;;
*) pullwhy=$(pwd)/$pullwhy ;;
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset PULLWHY_NOW PULLWHY_DB
log=$top/fixtures/sample.log
soname=libsystemd.so.0
number=0
got=0

ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        {
            echo "status $got"
            head -n 20 "$work/err"
        } | sed 's/^/# /'
    fi
}

# with FOLDER ARGUMENT...: the program, where libraries are first looked for in
# that folder. A watch of a journal that it can read would not end.
with()
{
    folder=$1
    shift
    LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
        timeout 60 "$pullwhy" "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
}

# said WORDS...: each of them, in one line.
said()
{
    [ "$(wc -l <"$work/err")" -eq 2 ] || return 1 # the first one is the sum
    for words; do
        grep -qF -- "$words" "$work/err" || return 1
    done
}

timeout 60 "$pullwhy" watch --no-db --journal-dir /no/such \
    >"$work/out" 2>"$work/err" </dev/null
got=$?
if grep -q 'was built without libsystemd' "$work/err"; then
    echo "1..1"
    echo "ok 1 - journal_library # SKIP built without libsystemd"
    exit 0
fi

# A library that cannot be loaded; and a sound one that is none of systemd's.
mkdir "$work/damaged" "$work/other"
: >"$work/damaged/$soname"
other=$(ldd "$pullwhy" | awk '$1 ~ /^libz[.]so/ { print $3; exit }')
cp "$other" "$work/other/$soname"

with "$work/damaged" --no-db "$log"
test "$got" -eq 0 && test -s "$work/out"
ok $? "a file is read where it cannot be loaded"
with "$work/damaged" annotate "$log"
test "$got" -eq 0 && test "$(wc -l <"$work/out")" -eq "$(wc -l <"$log")"
ok $? "line by line, too"
LD_LIBRARY_PATH=$work/damaged${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    timeout 60 "$pullwhy" watch --no-db <"$log" >"$work/out" 2>"$work/err"
got=$?
test "$got" -eq 0 && test -s "$work/out"
ok $? "and watched"

with "$work/damaged" watch --no-db --journal
test "$got" -eq 3
ok $? "a journal is an input that cannot be read"
said "loading $soname failed: $work/damaged/$soname: " 'Debian: libsystemd0' \
    '--journalctl in place of --journal'
ok $? "it says what cannot be loaded, why, and what to do"
with "$work/damaged" watch --no-db --journal-dir "$work"
test "$got" -eq 3 && said "loading $soname failed: "
ok $? "so is one in a folder"
with "$work/other" watch --no-db --journal
test "$got" -eq 3 && said "loading $soname failed: " sd_ \
    'install libsystemd 246 or newer'
ok $? "and one whose library lacks a function"

folder=$work/$(printf 'a\033[31mb')
cp -R "$work/damaged" "$folder"
with "$folder" watch --no-db --journal
test "$got" -eq 3 && said "loading $soname failed: " &&
    ! grep -q "$(printf '\033')" "$work/err"
ok $? "a path in what it says cannot paint the terminal"

# A fault of the folder, so it was loaded.
name="what lies in the current folder is not loaded"
cd "$work/damaged" || exit 1
timeout 60 "$pullwhy" watch --no-db --journal-dir /no/such \
    >"$work/out" 2>"$work/err" </dev/null
got=$?
if grep -q "$soname: cannot open shared object" "$work/err"; then
    number=$((number + 1))
    echo "ok $number - $name # SKIP no libsystemd here"
else
    test "$got" -eq 3 && said 'opening the journal /no/such: '
    ok $? "$name"
fi

name="the program names the library in a note, not among those it needs"
if command -v readelf >/dev/null; then
    readelf -W -d -n "$pullwhy" >"$work/elf" 2>"$work/err"
    readelf -W -p .note.dlopen "$pullwhy" >>"$work/elf" 2>>"$work/err"
    got=$?
    grep -q 'NEEDED.*libsqlite3' "$work/elf" &&
        ! grep -q 'NEEDED.*libsystemd' "$work/elf" &&
        grep -q '^ *FDO .*(0x407c0c0a)' "$work/elf" &&
        grep -qF "[{\"soname\":[\"$soname\"]," "$work/elf"
    ok $? "$name"
else
    number=$((number + 1))
    echo "ok $number - $name # SKIP no readelf"
fi
echo "1..$number"
