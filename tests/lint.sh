#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the linters, all of them or those named:
#
#   tests/lint.sh [format|tidy|cppcheck|shell|manual]...
#
# format and tidy ask version 14 of clang's tools, since their verdict depends
# on it. tidy and cppcheck need a configured build folder for config.h:
# $top_builddir, else build/.

set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$top"
config=${top_builddir:-build}

need()
{
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "lint: $1 is missing; ./quickstart install-ci brings it" >&2
        exit 2
    fi
}

need_config()
{
    if [ ! -f "$config/config.h" ]; then
        echo "lint: no $config/config.h; run ./quickstart build first" >&2
        exit 2
    fi
}

sources()
{
    find analyzer patterns tests \( -name '*.c' -o -name '*.h' \) | LC_ALL=C sort
}

# One process a file: given many, version 14 crashes now and then.
format()
{
    need clang-format-14
    sources | xargs -n 1 -P 2 clang-format-14 --dry-run -Werror
}

# One process a file: given several, version 14 carries state of its va_list
# checker from one to the next and reports what is not there.
tidy()
{
    need clang-tidy-14
    need_config
    libraries=$(pkg-config --cflags \
        libpcre2-8 libuv libcjson sqlite3 libfyaml 2>/dev/null || true)
    # shellcheck disable=SC2016 # the inner shell expands them
    find analyzer -name '*.c' | LC_ALL=C sort | FLAGS="-std=c17 -I analyzer
        -I $config -include config.h -D_POSIX_C_SOURCE=200809L
        -D_XOPEN_SOURCE=700 $libraries" xargs -n 1 -P 2 sh -c '
        said=$(clang-tidy-14 --quiet "$1" -- $FLAGS 2>&1) && got=0 || got=1
        printf "%s\n" "$said" | sed "/warnings* generated[.]$/d; /^$/d"
        exit $got' _
}

check_c()
{
    need cppcheck
    need_config
    cppcheck --quiet --std=c11 --language=c -j 2 \
        --enable=warning,style,performance,portability --error-exitcode=2 \
        --suppressions-list=tests/cppcheck.txt \
        -I analyzer -I "$config" --include="$config/config.h" \
        analyzer tests
}

shell()
{
    need shellcheck
    shellcheck quickstart .ci/run tests/*.sh tests/bench/*.sh tests/e2e/*.sh
}

manual()
{
    need mandoc
    mandoc -T lint -W warning doc/pullwhy.1
}

if [ $# -eq 0 ]; then
    set -- format tidy cppcheck shell manual
fi
failed=0
# Each in its own shell, so that one that fails does not end the rest.
for name; do
    case $name in
    format) (format) ;;
    tidy) (tidy) ;;
    cppcheck) (check_c) ;;
    shell) (shell) ;;
    manual) (manual) ;;
    *)
        echo "lint: there is no $name" >&2
        exit 2
        ;;
    esac && word=passed || word=failed
    echo "lint: $name $word"
    [ "$word" = passed ] || failed=1
done
exit "$failed"
