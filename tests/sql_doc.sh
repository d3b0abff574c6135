#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs what doc/SQL.md tells to type, and compares what is printed with what
# stands there: a block of sh, and the block of text right behind it. README's
# blocks under "<!-- run -->" are run too; those have no output there.
#
# sql_doc.sh --update writes what is printed into doc/SQL.md.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
top=$(CDPATH='' cd -- "$top" && pwd)
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/bin" "$work/desk" "$work/blocks" "$work/desk/build"
ln -s "$(realpath -- "$pullwhy")" "$work/bin/pullwhy"
ln -s "$top/fixtures" "$work/desk/fixtures"
cd "$work/desk" || exit 1
PATH=$work/bin:$PATH
export PATH LC_ALL=C.UTF-8 TZ=UTC HOME="$work" XDG_STATE_HOME="$work/state"
export PULLWHY_NOW=2026-11-23T18:00:00Z PULLWHY_DB=history.db NO_COLOR=1
unset COLUMNS PULLWHY_CONFIG XDG_CONFIG_HOME

# Cuts a document into blocks/N.sh and blocks/N.out; N counts all that run.
cut_blocks() # cut_blocks FILE MARK
{
    rm -f "$work"/blocks/*
    awk -v folder="$work/blocks" -v mark="$2" '
        /^<!-- run -->$/ { is_marked = 1 }
        /^```/ && is_inside { is_inside = 0; file = ""; next }
        /^```sh$/ {
            is_inside = 1
            if (mark == "" || is_marked) {
                number++
                file = sprintf("%s/%03d.sh", folder, number)
                printf "# line %d\n", NR >file
                is_fresh = 1
            }
            is_marked = 0
            next
        }
        /^```$/ {
            is_inside = 1
            if (is_fresh) {
                file = sprintf("%s/%03d.out", folder, number)
                printf "" >file
            }
            is_fresh = 0
            next
        }
        /^```/ { is_inside = 1; next }
        is_inside && file { print >file }
        !is_inside && NF { is_fresh = 0 }
    ' "$1"
}

run_block() # run_block FILE.sh: what it prints is in printed, errors in said
{
    sed 's#\./quickstart#pullwhy#g; s#build/sample\.db#history.db#g' "$1" \
        >"$work/block"
    sh -eu "$work/block" >"$work/printed" 2>"$work/said" </dev/null
}

if [ "${1-}" = --update ]; then
    cut_blocks "$top/doc/SQL.md" ''
    for block in "$work"/blocks/*.sh; do
        run_block "$block" || { cat "$block" "$work/said" >&2; exit 1; }
        [ ! -e "${block%.sh}.out" ] || cp "$work/printed" "${block%.sh}.out"
    done
    awk -v folder="$work/blocks" '
        /^```/ && is_inside { is_inside = is_old = 0; print; next }
        /^```sh$/ {
            is_inside = 1
            number++
            is_fresh = 1
        }
        /^```$/ && !is_inside {
            is_inside = 1
            if (is_fresh) {
                print
                file = sprintf("%s/%03d.out", folder, number)
                while ((getline row < file) > 0) { print row }
                is_old = 1
                is_fresh = 0
                next
            }
        }
        /^```[a-rt-z]/ { is_inside = 1 }
        !is_inside && NF { is_fresh = 0 }
        !is_old { print }
    ' "$top/doc/SQL.md" >"$work/new" && cp "$work/new" "$top/doc/SQL.md"
    exit
fi

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
    fi
}

check_document() # check_document FILE MARK
{
    cut_blocks "$top/$1" "$2"
    for block in "$work"/blocks/*.sh; do
        name="$1, $(sed -n '1s/^# //p' "$block"): $(sed -n 2p "$block")"
        run_block "$block"
        status=$?
        if [ "$status" -eq 0 ] && [ -e "${block%.sh}.out" ]; then
            diff "${block%.sh}.out" "$work/printed" >"$work/said" &&
                test -s "$work/printed"
            status=$?
        fi
        ok "$status" "$name"
        [ "$status" -eq 0 ] || sed 's/^/# /' "$work/said"
    done
}

check_document doc/SQL.md ''
test "$number" -ge 16
ok $? "doc/SQL.md has its $number blocks"
check_document README.md marked

# No view and no ready query may be left out.
pullwhy sql | sed -n 's/^\(@[a-z-]*\).*/\1/p' >"$work/queries"
pullwhy sql "SELECT name FROM sqlite_master WHERE type = 'view'" |
    sed 1d >"$work/views"
while IFS= read -r name; do
    grep -q "^| \`$name\`" "$top/doc/SQL.md"
    ok $? "doc/SQL.md tells of $name"
done <<EOF
$(cat "$work/queries" "$work/views")
EOF
echo "1..$number"
