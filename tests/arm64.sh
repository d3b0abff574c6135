#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is not x86: the NEON ways of match/, and a char without a sign. Builds
# for arm64 with Debian's cross compiler, beside a build for this machine, and
# runs there, in qemu, the tests of the floors that read bytes (base, wire and
# match) and the fixtures; then both programs must say the same of many logs.
# Is skipped where a tool or the libraries are missing.
#
#   tests/arm64.sh          in build-arm64/; build/ must be up to date
#
# The libraries are Debian's. apt fetches them with a state of its own, so that
# the machine need not know a second architecture; they are kept until the list
# below is another.

# shellcheck disable=SC2317 # the small words below are called through is()
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
native=${top_builddir:-$top/build}
native=$(CDPATH='' cd -- "$native" 2>/dev/null && pwd) || native=
build=$top/build-arm64
triplet=aarch64-linux-gnu
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
unset MAKEFLAGS MFLAGS MAKELEVEL PULLWHY_PATTERNS PULLWHY_DB
unset PKG_CONFIG_PATH LD_LIBRARY_PATH
export TZ=UTC LC_ALL=C NO_COLOR=1 PULLWHY_CONFIG=/dev/null
export PULLWHY_NOW=2026-11-24T00:00:00Z CMOCKA_MESSAGE_OUTPUT=TAP
export top_srcdir="$top" top_builddir="$build"
export PKG_CONFIG=pkg-config PKG_CONFIG_SYSROOT_DIR=sysroot
export PKG_CONFIG_LIBDIR="sysroot/usr/lib/$triplet/pkgconfig"
export PKG_CONFIG_SYSTEM_INCLUDE_PATH=sysroot/usr/include

packages='libcjson-dev libcjson1 libcmocka-dev libcmocka0 libfyaml-dev libfyaml0
libpcre2-8-0 libpcre2-dev libsqlite3-0 libsqlite3-dev libuv1 libuv1-dev zlib1g
zlib1g-dev'

skip()
{
    echo "1..1"
    echo "ok 1 - arm64 # SKIP $1"
    exit 0
}

case $(uname -m) in
aarch64) skip "this machine is one: make check is the test" ;;
esac
for tool in "$triplet-gcc" qemu-aarch64 apt-get dpkg-deb pkg-config; do
    command -v "$tool" >/dev/null ||
        skip "no $tool here; ./quickstart install-ci brings it"
done
[ -e "/usr/$triplet/lib/libc.so" ] ||
    skip "no libc6-dev-arm64-cross here; ./quickstart install-ci brings it"
if [ ! -x "$native/pullwhy" ] || [ ! -x "$native/pack" ] ||
    [ ! -x "$native/windows" ]; then
    echo "Bail out! ${native:-build} is not built: ./quickstart build"
    exit 1
fi
# From here on by names below it: a path may hold blanks, options may not.
mkdir -p "$build" && cd "$build" || exit 1

# The files of -c are read last, so that these are not the machine's.
fetch()
{
    rm -rf apt sysroot new
    mkdir -p apt/state/lists/partial apt/cache/archives/partial apt/debs new
    cat >apt/apt.conf <<END
#clear APT::Architectures;
#clear APT::Update;
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::http::Timeout "20";
Debug::NoLocking "true";
Dir::Cache "$build/apt/cache";
Dir::State "$build/apt/state";
Dir::State::status "/dev/null";
END
    timeout 60 apt-get -q -c apt/apt.conf update
    # shellcheck disable=SC2086 # names of packages hold no blanks
    (cd apt/debs && timeout 60 apt-get -q -c ../apt.conf download $packages) ||
        return 1
    for deb in apt/debs/*.deb; do
        dpkg-deb -x "$deb" new || return 1
    done
    rm -rf apt
    echo "$packages" >new/packages
    mv new sysroot
}

if ! echo "$packages" | cmp -s - sysroot/packages; then
    fetch >fetch.log 2>&1 || {
        sed 's/^/# /' fetch.log
        skip "apt cannot fetch the libraries for arm64"
    }
    rm -f Makefile
fi

cat >run <<END
#!/bin/sh
exec qemu-aarch64 -L '/usr/$triplet' -E "LD_LIBRARY_PATH=\
\$top_builddir/sysroot/usr/lib/$triplet:\$top_builddir/sysroot/lib/$triplet" "\$@"
END
cat >pullwhy-in-qemu <<'END'
#!/bin/sh
exec "$top_builddir/run" "$top_builddir/pullwhy" "$@"
END
chmod +x run pullwhy-in-qemu
ln -sfn "$native" here

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
number=0
failed=0
is() # is NAME COMMAND...
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/said" 2>&1 </dev/null; then
        echo "ok $number - $name"
    else
        failed=1
        echo "not ok $number - $name"
        tail -n 60 "$work/said" | cut -c 1-2000 | sed 's/^/# /'
        false
    fi
}

# Those that look no higher than match/, but for the one that tries each pattern
# on each sample, which takes a minute there.
tests=$(cd "$top" &&
    grep -lE '^#include "(base|match|wire)/' tests/test_*.c tests/fuzz_*.c |
        xargs grep -LE '^#include "((app|incident|report|source|store)/|desk|guest|mind|reckoner|river|sight)' |
        sed 's/[.]c$//' | grep -v '/test_catalog$' | tr '\n' ' ')

configured()
{
    [ -f Makefile ] ||
        ../configure -q --host="$triplet" --enable-werror --without-journald \
            PACK=here/pack WINDOWS=here/windows CFLAGS=-O2 \
            CPPFLAGS='-isystem sysroot/usr/include' \
            LDFLAGS="-Lsysroot/usr/lib/$triplet"
}

built()
{
    # shellcheck disable=SC2086 # the names hold no blanks
    configured && make -s -j "$jobs" pullwhy $tests
}

tested()
{
    make -s -j "$jobs" check-TESTS TESTS="$tests" LOG_COMPILER=./run VERBOSE=1
}

fixtures()
{
    PULLWHY=$build/pullwhy-in-qemu "$top/tests/fixtures.sh"
}

# same ARGUMENT...: of both programs, and that it is something.
same()
{
    "$native/pullwhy" "$@" >"$work/here"
    ./pullwhy-in-qemu "$@" >"$work/there"
    test -s "$work/here" && cmp "$work/here" "$work/there"
}

if ! is "it builds, without a warning" built; then
    echo "1..$number"
    exit 1
fi
is "the tests of base, wire and match: $(echo "$tests" | wc -w)" tested
is "the fixtures" fixtures
find "$top/fixtures" "$top/tests/corpus" -type f ! -name '*.out' |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat >"$work/all.log"
for kind in healthy records storm events events-compact events-list all; do
    [ "$kind" = all ] ||
        awk -v kind="$kind" -v mib=1 -f "$top/tests/bench/logs.awk" \
            >"$work/$kind.log"
    is "says the same of a log: $kind" \
        same --no-db --format json "$work/$kind.log"
done
is "and line by line" same annotate "$work/all.log"
echo "1..$number"
exit "$failed"
