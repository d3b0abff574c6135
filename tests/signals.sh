#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The real program under signals: what it says, what it writes, how it ends.
# Nothing sleeps: what the watch says comes through a FIFO and is read until the
# words are there; the whole is bound to two minutes.

set -u
if [ -z "${SIGNALS_BOUND:-}" ]; then
    SIGNALS_BOUND=1 exec timeout 120 sh "$0"
fi
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
log=$top/fixtures/sample.log
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset PULLWHY_NOW PULLWHY_CONFIG XDG_CONFIG_HOME
HOME=$work
export HOME
db=$work/h.db
watch=0

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/err"
    fi
}

# A watch that reads what is written to descriptor 3, says to 4, finds to 5.
# Findings that nobody reads would stop it, once a pipe is full of them.
start() # start FORMAT [ARGUMENT...]
{
    rm -f "$work/in" "$work/said" "$work/out" "$db"*
    mkfifo "$work/in" "$work/said" "$work/out"
    "$pullwhy" watch --db "$db" --format "$@" \
        <"$work/in" 2>"$work/said" >"$work/out" &
    watch=$!
    exec 3>"$work/in" 4<"$work/said" 5<"$work/out"
    : >"$work/err"
    until caught '[2367abef]??'; do # SIGUSR1, the last one that it takes
        :
    done
}

# Whether the mask of the signals that the watch takes ends like that.
caught() # caught HEX-DIGITS
{
    mask=$(sed -n 's/^SigCgt:[[:blank:]]*//p' "/proc/$watch/status")
    case $mask in
    *$1) return 0 ;;
    esac
    return 1
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

# Reads findings until one has these words.
find_cause() # find_cause WORDS
{
    while IFS= read -r line <&5; do
        case $line in
        *"$1"*) return 0 ;;
        esac
    done
    return 1
}

# Its status, once it has ended; what it said till then is in err.
ended()
{
    exec 3>&-
    cat <&5 >/dev/null &
    cat <&4 >>"$work/err"
    wait "$watch"
    status=$?
    exec 4<&- 5<&-
    return $status
}

# Asks for statistics until all lines of the log are in them.
until_read()
{
    until grep -q ' 68 lines' "$work/err"; do
        kill -USR1 "$watch"
        hear "history $db: " || return 1
    done
}

ask() # ask QUERY: the first cell of the answer
{
    "$pullwhy" sql --db "$db" --format json "$1" |
        sed 's/^{"[^"]*": *//; s/}$//; s/"//g'
}

"$pullwhy" --db "$work/whole.db" --format none "$log" 2>/dev/null
truth=$("$pullwhy" sql --db "$work/whole.db" --format json \
    'SELECT sum(count) AS n FROM incidents' | sed 's/^{"[^"]*": *//; s/}$//')

# Statistics, once all is read
start none
cat "$log" >&3
until_read
ok $? 'SIGUSR1 tells how the history does'
grep -q ' 68 lines, 39 failures' "$work/err"
ok $? 'and what was read'
grep -q 'stdin: 68 lines, read to byte' "$work/err"
ok $? 'of each source'
grep -q 'incidents: [1-9][0-9]* open' "$work/err"
ok $? 'and found'
grep -q 'memory: [1-9][0-9]* KiB' "$work/err"
ok $? 'and the memory that it takes'

grep -Eq '^pullwhy: [1-9][0-9]* of [0-9]+ rules were tried$' "$work/err"
ok $? 'and how many rules were tried'
grep -Eq '^ +[0-9]+ +[0-9]+ +[0-9]+ +[-0-9.]+ +[-0-9.]+  [a-z0-9-]+:[0-9]+$' \
    "$work/err"
ok $? 'and what each cost'

# The end
kill -TERM "$watch"
ended
ok $? 'SIGTERM ends it with status 0'
test "$(ask 'SELECT sum(count) AS n FROM incidents')" = "$truth"
ok $? "and all $truth failures are in the history"

start none
cat "$log" >&3
until_read
kill -INT "$watch"
ended
ok $? 'SIGINT ends it with status 0'
test "$(ask 'SELECT sum(count) AS n FROM incidents')" = "$truth"
ok $? 'and all is in the history'

start none
cat "$log" >&3
exec 3>&-
ended
ok $? 'so does the end of its input'
test "$(ask 'SELECT sum(count) AS n FROM incidents')" = "$truth"
ok $? 'and all is in the history'

# Nobody reads the findings
start json
exec 5<&-
cat "$log" >&3
exec 5</dev/null
ended
ok $? 'without a reader of its findings it ends with status 0'
test ! -s "$work/err"
ok $? 'and says nothing of it'
test "$(ask 'SELECT sum(count) AS n FROM incidents')" = "$truth"
ok $? 'and all is in the history'

# The catalogue is exchanged
mkdir "$work/patterns"
cause() # cause SLUG WORDS TITLE
{
    cat >"$work/patterns/$1.yaml" <<END
cause: $1
title:
  en: '$3'
  ja: '$3 です'
severity: error
scope: image
class: permanent
rank: 5
sources: ['https://kubernetes.io/docs/concepts/containers/images/']
match:
  - needs: ['$2']
    pattern: 'image <image>: $2'
    alone: true
why:
  en: |
    A made-up trouble.
  ja: |
    架空の障害です。
remedies:
  - id: look
    title: {en: 'Look at it', ja: '確認する'}
    steps:
      - say: {en: 'Look at the node.', ja: 'ノードを確認します。'}
        run: 'kubectl get nodes'
samples:
  - line: 'Failed to pull image "x.io/a:1": $2'
END
}
line() # line IMAGE WORDS
{
    printf 'Failed to pull image "%s": %s\n' "$1" "$2" >&3
}

cause gremlins 'gremlins in the wire' 'Gremlins'
start json --patterns "$work/patterns"
line 'x.io/a:1' 'gremlins in the wire'
find_cause '"cause":"gremlins"'
ok $? 'a catalogue of its own is read at the start'
cause goblins 'goblins in the wire' 'Goblins'
kill -HUP "$watch"
hear 'the catalogue was loaded anew'
ok $? 'SIGHUP loads it anew'
line 'x.io/b:1' 'goblins in the wire'
find_cause '"cause":"goblins"'
ok $? 'and the new cause is found'

printf 'cause: trolls\ntitel: {}\n' >"$work/patterns/trolls.yaml"
kill -HUP "$watch"
hear 'the catalogue stays as it was'
ok $? 'a bad one is refused'
grep -q 'trolls.yaml:2:' "$work/err"
ok $? 'by file and line'
line 'x.io/c:1' 'goblins in the wire'
find_cause '"image":"x.io/c:1"'
ok $? 'and the one before stays'

rm "$work/patterns/trolls.yaml" "$work/patterns/gremlins.yaml"
cause goblins 'goblins in the wire' 'Many goblins'
kill -HUP "$watch"
hear 'the catalogue was loaded anew'
line 'x.io/b:1' 'goblins in the wire'
kill -TERM "$watch"
ended
ok $? 'it ends well after causes came, changed and went'
test "$(ask "SELECT cause AS c FROM incidents WHERE cause = 'gremlins'")" \
    = gremlins
ok $? 'an incident whose cause went keeps it'
test "$(ask "SELECT sum(count) AS n FROM incidents WHERE cause = 'goblins'")" \
    = 3
ok $? 'one whose cause changed goes on'
test "$(ask "SELECT title_en AS t FROM cause WHERE slug = 'goblins'")" \
    = 'Many goblins'
ok $? 'by its new words'

# Stuck: nobody reads and nobody leaves; the second signal ends it all the same.
start json
images=0
while [ "$images" -lt 400 ]; do
    images=$((images + 1))
    line "x.io/image-$images:1" 'manifest unknown'
done &
filler=$!
IFS= read -r line <&5
kill -TERM "$watch"
while caught '[4567cdef]???'; do # else the two would be taken for one
    :
done
kill -TERM "$watch"
wait "$watch"
status=$?
test "$status" -eq 143
ok $? "a second SIGTERM ends it at once ($status)"
exec 3>&-
wait "$filler" 2>/dev/null
cat <&4 >>"$work/err"
exec 4<&- 5<&-
test "$(ask 'PRAGMA integrity_check')" = ok
ok $? 'and leaves the history whole'

echo "1..$number"
