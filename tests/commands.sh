#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every command of the catalogue is one: bash parses it, and the real kubectl
# knows each subcommand and option that stands in it.

# shellcheck disable=SC2016 # sed's and awk's dollars are their own
set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

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

# The commands stand in JSON as strings; \n, \", \t and \\ are all they escape.
commands_of() # commands_of CAUSE: its commands, a NUL behind each
{
    "$pullwhy" explain --format json "$1" |
        grep -o '"run":"\([^"\\]\|\\.\)*"' |
        sed 's/^"run":"//; s/"$//; s/\\\\/\x01/g; s/\\n/\n/g; s/\\t/\t/g
             s/\\"/"/g; s/\x01/\\/g; s/$/\x02/' |
        awk 'BEGIN { RS = "\002\n"; ORS = "\n#end\n" } { print }'
}

"$pullwhy" patterns --format json | grep -o '"cause":"[^"]*"' | cut -d'"' -f4 \
    >"$work/causes"
test "$(wc -l <"$work/causes")" -ge 55
ok $? 'the catalogue has all its causes'

: >"$work/all"
while IFS= read -r cause; do
    commands_of "$cause" >"$work/commands"
    bash -n "$work/commands" 2>"$work/err"
    ok $? "$cause: $(grep -c '^#end' "$work/commands") commands parse"
    sed 's/^/# /' "$work/err"
    cat "$work/commands" >>"$work/all"
done <"$work/causes"

if command -v kubectl >/dev/null 2>&1; then
    # One invocation a line: joined behind a backslash, cut at what ends it,
    # quoted arguments taken out.
    sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' "$work/all" |
        sed "s/'[^']*'/Q/g; s/\"[^\"]*\"/Q/g" | sed 's/[|;&()`]/\n/g' |
        sed -n 's/.*\(^\|[^[:alnum:]_.\/-]\)kubectl  *\(.*\)/\2/p' |
        sed 's/ -- .*//' | sort -u >"$work/kubectl"
    kubectl options >"$work/options" 2>/dev/null
    bad=0
    while IFS= read -r line; do
        verb=${line%% *}
        rest=${line#"$verb"}
        case $verb in
        rollout | set | create | auth | config)
            rest=${rest# }
            verb="$verb ${rest%% *}"
            rest=${rest#* }
            ;;
        esac
        [ "$verb" != 'create secret' ] || verb="$verb ${rest%% *}"
        # shellcheck disable=SC2086 # a verb may be several words
        kubectl $verb --help >"$work/help" 2>&1 || {
            echo "# kubectl $verb is unknown: $line"
            bad=1
            continue
        }
        for flag in $(printf '%s\n' "$line" | grep -o -e ' --[a-z][a-z-]*'); do
            grep -q -e "${flag}[=, :]" "$work/help" "$work/options" || {
                echo "# kubectl $verb has no $flag: $line"
                bad=1
            }
        done
    done <"$work/kubectl"
    test "$bad" -eq 0 && test "$(wc -l <"$work/kubectl")" -gt 10
    ok $? "kubectl knows the $(wc -l <"$work/kubectl") ways in which it is called"
else
    number=$((number + 1))
    echo "ok $number - kubectl knows its options # SKIP no kubectl here"
fi
echo "1..$number"
