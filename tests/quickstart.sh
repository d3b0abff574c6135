#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What ./quickstart does, in a made-up world: package manager, autoreconf and
# make are stand-ins that only note that they were called, so nothing is
# installed or built. At the end the real program runs in it, to see that each
# way of calling gives the same incidents.

# shellcheck disable=SC2317 # the small words below are called through is()
set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
PULLWHY=${PULLWHY:-$top/build/pullwhy}
case $PULLWHY in
/*) ;;
*) PULLWHY=$(pwd)/$PULLWHY ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset XDG_STATE_HOME PULLWHY_DB
export HOME="$work"
export PULLWHY_NOW=2026-11-23T18:00:00Z

# Blanks in the path, and a quote, as people have them.
world="$work/the user's copy"
tools="$work/tools"
calls="$work/calls"
export world calls work
mkdir "$tools" "$world" "$world/fixtures" "$world/analyzer" \
    "$world/patterns" "$world/sql"
touch "$world/configure.ac" "$world/Makefile.am"
cp "$top/quickstart" "$world/"
cp "$top/fixtures/sample.log" "$world/fixtures/"

tool() # NAME: its script comes on stdin
{
    {
        printf '#!/bin/sh\n'
        cat
    } >"$tools/$1"
    chmod +x "$tools/$1"
}

# Only these; so neither the machine's apt-get nor its sudo is ever called.
for name in awk cat cp dirname env find getconf grep head ln mkdir readlink \
    rm sed sh tail touch; do
    ln -s "$(command -v "$name")" "$tools/$name"
done
tool id <<'END'
cat "$work/uid"
END
tool dpkg-query <<'END'
sed 's/$/ installed/' "$work/installed"
END
tool apt-get <<'END'
echo "apt-get $*" >>"$calls"
echo "noise of apt-get"
case " $* " in
*" install "*)
    [ ! -e "$work/apt-fails" ] || { echo "E: no such luck" >&2; exit 100; }
    for word; do echo "$word"; done >>"$work/installed"
    ;;
esac
END
tool sudo <<'END'
echo "sudo $*" >>"$calls"
exec "$@"
END
tool autoreconf <<'END'
echo autoreconf >>"$calls"
mkdir -p build-aux
touch config.h.in Makefile.in build-aux/tap-driver.sh
cp "$work/configure" configure
END
cat >"$work/configure" <<'END'
#!/bin/sh
echo configure >>"$calls"
echo "noise of configure"
[ ! -e "$work/configure-fails" ] || { echo "configure: no libuv"; exit 1; }
echo "abs_top_builddir = $(pwd)" >Makefile
touch config.status
END
chmod +x "$work/configure"
# A build links the program; what is built stays built. It would also eat what
# it is given on stdin.
tool make <<'END'
for word; do
    [ "$word" != check ] || echo "make $*" >>"$calls"
done
cat >/dev/null
echo "noise of make"
[ -e "$world/build/pullwhy" ] || echo make >>"$calls"
ln -sf "$(cat "$work/program")" "$world/build/pullwhy"
END

# A program that shows how it was called.
cat >"$work/echo-program" <<'END'
#!/bin/sh
printf 'argument %s\n' "$@"
[ $# -gt 0 ] && [ "$1" != - ] || sed 's/^/stdin /'
END
chmod +x "$work/echo-program"

reset() # a world where nothing is installed or built
{
    rm -rf "$world/build" "$world/build-aux" "$world/configure" \
        "$world/config.h.in" "$world/Makefile.in" "$work/configure-fails" \
        "$work/apt-fails"
    : >"$calls"
    : >"$work/installed"
    echo 0 >"$work/uid"
    echo "$work/echo-program" >"$work/program"
}

# call ARGUMENT...: runs quickstart from elsewhere; stdin is the caller's.
call()
{
    got=0
    (cd "$work" && PATH="$tools" "$world/quickstart" "$@") \
        >"$work/out" 2>"$work/err" || got=$?
}

number=0
failed=0
# is NAME COMMAND...: ok if the command is true.
is()
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >/dev/null 2>&1; then
        echo "ok $number - $name"
    else
        failed=1
        echo "not ok $number - $name"
        {
            echo "status $got, stdout:"
            cat "$work/out"
            echo "stderr:"
            cat "$work/err"
            echo "calls:"
            cat "$calls"
        } | sed 's/^/# /'
    fi
}
said() # TEXT on stderr
{
    grep -qF -- "$1" "$work/err"
}
called() # COMMAND that begins so
{
    grep -q "^$1" "$calls"
}
never()
{
    ! "$@"
}
printed() # exactly these lines on stdout
{
    printf '%s\n' "$@" | cmp -s - "$work/out"
}
status()
{
    [ "$got" -eq "$1" ]
}

reset
call annotate 'a file' </dev/null
is "arguments go to the program as they are, stdout is the program's" \
    printed 'argument annotate' 'argument a file'
is "what is missing is installed" called 'apt-get .* install .*libuv1-dev'
is "without what is only recommended" called 'apt-get .*--no-install-recom'
is "package lists are fetched first" called 'apt-get -q update'
is "chatter goes to stderr" said 'quickstart: building'

: >"$calls"
call --version </dev/null
is "the second time nothing is called" never called .
is "and nothing is said" never said quickstart

call </dev/null
is "no argument and /dev/null: the sample" \
    printed 'argument --db' 'argument build/sample.db' \
        'argument fixtures/sample.log'
call <&-
is "no argument and no stdin: the sample" \
    printed 'argument --db' 'argument build/sample.db' \
        'argument fixtures/sample.log'
echo 'a line' >"$work/a.log"
call <"$work/a.log"
is "no argument and a file on stdin: the program reads it" \
    printed 'argument ' 'stdin a line'
echo 'a line' | (call && cp "$work/out" "$work/kept")
cp "$work/kept" "$work/out"
is "no argument and a pipe: the program reads it" \
    printed 'argument ' 'stdin a line'
rm -f "$world/build/pullwhy"
echo 'a line' | (call - && cp "$work/out" "$work/kept")
cp "$work/kept" "$work/out"
is "a build leaves stdin to the program" printed 'argument -' 'stdin a line'

reset
grep -v libuv1-dev >"$work/installed" <<'END'
autoconf
automake
gcc
libc6-dev
libcjson-dev
libcmocka-dev
libfyaml-dev
libpcre2-dev
libsqlite3-dev
libsystemd-dev
libuv1-dev
make
pkg-config
sqlite3
zlib1g-dev
END
echo 1000 >"$work/uid"
call build </dev/null
is "only what is missing is installed" \
    called 'apt-get .* install libuv1-dev$'
is "through sudo if not root" called 'sudo env DEBIAN_FRONTEND=noninteractive'
is "build runs nothing" test ! -s "$work/out"
rm -f "$tools/sudo"
: >"$work/installed"
call build </dev/null
is "neither root nor sudo: says what to have installed" \
    said 'apt-get install autoconf automake gcc'

reset
touch "$work/apt-fails"
call build </dev/null
is "a failed installation ends it" status 4
is "and shows what apt-get said" said 'E: no such luck'

reset
mv "$tools/apt-get" "$tools/dpkg-query" "$work/"
call build </dev/null
is "without apt-get it names the packages" said 'libcjson-dev'
is "and stops" status 4
is "before anything is tried" never said installing
mv "$work/apt-get" "$work/dpkg-query" "$tools/"

reset
touch "$work/configure-fails"
call build </dev/null
is "a failed configure ends it" status 4
is "and shows what configure said" said 'configure: no libuv'
rm "$work/configure-fails"
call build </dev/null
is "the next call heals it" test -e "$world/build/pullwhy"
echo "abs_top_builddir = $work" >"$world/build/Makefile"
: >"$calls"
call build </dev/null
is "a build folder made elsewhere is configured anew" called configure
call test TESTS=tests/test_slice </dev/null
is "test runs make check with what is given" \
    called 'make .*check.* TESTS=tests/test_slice'

# From here on the real program.
reset
echo "$PULLWHY" >"$work/program"
# "CAUSE REGISTRY" of every incident that was printed, once. Key order is
# the program's own, so the first of each is the incident's.
incidents()
{
    awk 'function first(key, text) {
             if (!match($0, "\"" key "\":\"[^\"]*\"")) return "-"
             text = substr($0, RSTART, RLENGTH)
             gsub(/^"[^"]*":"|"$/, "", text)
             return text
         }
         { print first("cause"), first("registry") }' "$work/out" |
        LC_ALL=C sort -u
}
sample=fixtures/sample.log
call </dev/null
cp "$work/out" "$work/sample.out"
call --no-db "$world/$sample" </dev/null
is "the sample has something to tell" test -s "$work/out"
is "the sample and its file as argument: the same causes" \
    test "$(wc -l <"$work/out")" -eq "$(wc -l <"$work/sample.out")"
call --no-db --format json "$world/$sample" </dev/null
incidents >"$work/want"
is "all is well with the file as argument" status 0
for slug in connect-timeout firewall-denied forbidden image-not-found \
    platform-mismatch registry-name-wrong service-principal-expired \
    unauthorized; do
    is "the sample shows $slug" grep -q "^$slug " "$work/want"
done
call --no-db --format json <"$world/$sample"
incidents >"$work/have"
is "from a file on stdin: the same" cmp "$work/want" "$work/have"
# shellcheck disable=SC2002 # a pipe is what is wanted
cat "$world/$sample" | (call --no-db --format json)
incidents >"$work/have"
is "from a pipe: the same" cmp "$work/want" "$work/have"

echo "1..$number"
exit "$failed"
