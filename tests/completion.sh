#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the shells offer, asked of the real shells: bash here; with
# COMPLETION_SHELLS='bash zsh fish' those that .ci/run installs, too.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
export HOME="$work" XDG_CONFIG_HOME="$work" LC_ALL=C
cd "$work" || exit 1
mkdir folder
: >file.log

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/have"
    fi
}

# What is offered behind the words; the last one is being typed.
offer_bash() # offer_bash WORD...
{
    bash --norc -c '
        . ./pullwhy.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _pullwhy pullwhy
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>&1
}

offer_fish()
{
    shift
    # shellcheck disable=SC2016 # fish's own
    fish --no-config -c 'source ./pullwhy.fish
        complete -C "$argv"' "pullwhy $*" 2>&1 | cut -f 1
}

# zsh completes in its line editor alone: a real one on a terminal of its own,
# where every compadd tells what it would offer.
offer_zsh()
{
    shift
    zsh -f "$work/ask.zsh" "pullwhy $*" 2>&1
}
cat >"$work/ask.zsh" <<'EOF'
zmodload zsh/zpty
mkfifo told
exec 3<>told
zpty asked 'zsh -f -i'
zpty -w asked 'PROMPT= ; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D
exec 4>told
compadd() {
    local -a taken
    if (( ${@[(I)-[ADO]]} )); then
        builtin compadd "$@"
        return
    fi
    builtin compadd -O taken "$@"
    (($#taken == 0)) || print -rl -u 4 -- $taken
    builtin compadd "$@"
}
finish() { print -u 4 end }
zle -N finish
bindkey "^X" finish
print -u 4 ready'
read -t 60 -u 3 line && [[ $line == ready ]] || print no zsh
zpty -n -w asked "$1"$'\t\C-x'
while read -r -t 60 -u 3 line && [[ $line != end ]]; do print -r -- $line; done
zpty -d asked
rm told
EOF

has() # has NAME WANTED WORD...: each of WANTED is offered
{
    name=$1
    wanted=$2
    shift 2
    "offer_$shell" pullwhy "$@" >"$work/have"
    bad=0
    for word in $wanted; do
        grep -qxF -e "$word" "$work/have" || {
            echo "# $word is not offered"
            bad=1
        }
    done
    ok $bad "$shell: $name"
}

lacks() # lacks NAME UNWANTED WORD...
{
    name=$1
    unwanted=$2
    shift 2
    "offer_$shell" pullwhy "$@" >"$work/have"
    bad=0
    for word in $unwanted; do
        ! grep -qxF -e "$word" "$work/have" || bad=1
    done
    ok $bad "$shell: $name"
}

causes=$("$pullwhy" patterns --format json | grep -o '"cause":"[^"]*"' |
    cut -d'"' -f4)
queries=$("$pullwhy" sql --format json | grep -o '"query":"[^"]*"' |
    cut -d'"' -f4)
commands=$("$pullwhy" --help | sed -n 's/^  pullwhy \([a-z][a-z]*\) .*/\1/p')
for shell in ${COMPLETION_SHELLS:-bash}; do
    "$pullwhy" completion "$shell" >"$work/pullwhy.$shell"
    cp "$work/pullwhy.$shell" "$work/_pullwhy"
    "$shell" -n "$work/pullwhy.$shell" >"$work/have" 2>&1 && [ ! -s "$work/have" ]
    ok $? "$shell: it parses"
    has 'commands' "$commands" ''
    has 'a command' 'history' 'hist'
    for command in '' $commands; do
        # shellcheck disable=SC2086 # no word where there is no command
        options=$("$pullwhy" help $command | grep -o -e '^ .*  *--[a-z-]*' |
            grep -o -e '--[a-z-]*$')
        [ -n "$command" ] || options=$("$pullwhy" help config |
            grep -o -e '^ .*  *--[a-z-]*' | grep -o -e '--[a-z-]*$' |
            grep -vE '^--(cause|registry|state|until|sort|utc)$')
        # shellcheck disable=SC2086 # no word where there is no command
        has "options of ${command:-the analysis}" "$options" $command '--'
    done
    lacks 'no filters of the history elsewhere' '--state --cause' show '--'
    has 'formats' 'text json none' --format ''
    has 'languages' 'en ja' history --lang ''
    has 'input formats' 'auto klog describe csv' annotate --input-format ''
    has 'states' 'open quiet resolved' history --state ''
    has 'causes of explain' "$causes" explain ''
    has 'causes of --cause' "$causes" history --cause ''
    has 'a command behind options' 'unauthorized' --lang ja -n x explain unau
    lacks 'a value is no command' 'unauthorized' --db explain unau
    has 'verbs' 'list show samples test' patterns ''
    has 'verbs of config' 'check show' config ''
    has 'shells' 'bash zsh fish' completion ''
    has 'help of commands' "$commands" help ''
    case $shell in
    bash)
        # bash itself cuts words at = and @.
        has 'queries' "$(printf '%s\n' "$queries" | sed 's/^@//')" sql '@'
        has 'a query' 'by-node' sql '@' 'by-n'
        has 'a value behind =' 'json' --format = 'js'
        has 'all values behind =' 'text json none' --format =
        ;;
    *)
        has 'queries' "$queries" sql '@'
        ;;
    esac
    case $shell in
    zsh) has 'a value behind =' 'json' --format=js ;;
    fish) has 'a value behind =' '--format=json' --format=js ;;
    esac
    case $shell in
    fish) has 'folders' 'folder/' --patterns fold ;;
    *) has 'folders' 'folder' --patterns fold ;;
    esac
    has 'files' 'file.log' --db file
done
echo "1..$number"
