#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every command of README is run, as it stands there, and prints what is told
# of it. kubectl, journalctl and ssh are stand-ins that print fixtures, so no
# cluster is needed; paths of a node are moved into a folder of the test. The
# real kubectl, containerd, journald and rsyslog are those of tests/e2e.
#
# What a command must print is in the table at the end. A command that is in
# README and not there fails the test.

# shellcheck disable=SC2016 # sed's and the stand-ins' dollars are their own
set -u
if [ -z "${README_BOUND:-}" ]; then
    README_BOUND=1 exec timeout 300 sh "$0"
fi
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
top=$(CDPATH='' cd -- "$top" && pwd)
pullwhy=$(realpath -- "${PULLWHY:-$top/build/pullwhy}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$work/desk/build" "$work/tools" "$work/var/log/pods/shop_cart_1/cart" \
    "$work/etc/kubernetes" "$work/journal" "$work/desk/DIRECTORY" \
    "$work/.local/share/bash-completion/completions" "$work/.config/pullwhy"
cd "$work/desk" || exit 1
PATH=$work/tools:$PATH
export PATH LC_ALL=C.UTF-8 TZ=UTC HOME="$work" NO_COLOR=1 work top
export PULLWHY_NOW=2026-11-23T18:00:00Z PULLWHY_DB="$work/history.db"
unset COLUMNS PULLWHY_CONFIG XDG_CONFIG_HOME XDG_STATE_HOME NODE_NAME

tool() # tool NAME: its script comes on stdin
{
    {
        printf '#!/bin/sh\n'
        cat
    } >"$work/tools/$1"
    chmod +x "$work/tools/$1"
}
tool kubectl <<'END'
printf '%s\n' "kubectl $*" >>"$work/asked"
case $* in
'get events -A') exec cat "$top/fixtures/columns/all-namespaces.log" ;;
'get events -A -w') exec cat "$top/fixtures/columns/watch-events.log" ;;
'get events -A -w -o json')
    exec cat "$top/fixtures/event/watch-one-after-the-other.log" ;;
'get pods -A -o json') exec cat "$top/fixtures/event/pods-in-a-list.log" ;;
'describe pod POD -n NAMESPACE')
    exec cat "$top/fixtures/describe/waiting-pod-with-events.log" ;;
'get events --watch'*'--context=CONTEXT'* | \
    'get events --watch'*'--context CONTEXT'*)
    cat "$top/fixtures/event/watch-one-after-the-other.log"
    exec tail -f /dev/null ;;
esac
echo "kubectl: $* was not expected" >&2
exit 1
END
tool journalctl <<'END'
case $* in
'-u kubelet -u containerd') exec cat "$top/fixtures/sample.log" ;;
'-f -o json')
    sed 's/[\\"]/\\&/g; s/\t/\\t/g; s/.*/{"MESSAGE":"&"}/' "$top/fixtures/sample.log" ;;
*) exit 1 ;;
esac
END
tool ssh <<'END'
[ "$*" = 'NODE journalctl -f -u kubelet' ] || exit 1
cat "$top/fixtures/sample.log"
exec tail -f /dev/null
END
tool SHIPPER <<'END'
exec cat >shipped
END
command -v jq >/dev/null || tool jq <<'END'
[ "$*" = '-r .incident.cause' ] &&
    exec sed 's/.*"cause":"\([^"]*\)".*/\1/'
END
ln -s "$pullwhy" "$work/tools/pullwhy"
ln -s "$pullwhy" "$work/tools/quickstart"
cp "$top/patterns/unauthorized.yaml" DIRECTORY
cp "$top/fixtures/sample.log" kubelet.log
head -n 30 kubelet.log >"$work/var/log/syslog.1"
tail -n +31 kubelet.log >"$work/var/log/syslog"
sed 's/^/2026-11-23T17:59:00.000000001Z stderr F /' kubelet.log \
    >"$work/var/log/pods/shop_cart_1/cart/0.log"
printf '{"subscriptionId":"%s","tenantId":"%s","resourceGroup":"MC_shop"}\n' \
    00000000-0000-4000-8000-000000000001 00000000-0000-4000-8000-000000000002 \
    >"$work/etc/kubernetes/azure.json"
# A watch begins at the end of files; here what is to be found is there already.
echo 'from-start: true' >"$work/.config/pullwhy/config.yaml"
"$pullwhy" --format none kubelet.log
past=$PULLWHY_DB

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        head -n 20 out err 2>/dev/null | sed 's/^/# /'
    fi
}

# The commands: a line each, without what is told of it behind " # ".
awk '/^```sh$/ { is_inside = 1; next } /^```/ { is_inside = 0 } is_inside' \
    "$top/README.md" | sed 's/  *#.*//' >"$work/commands"

# As it stands there, but for the node's own paths and journal, and a port that
# is free.
port=$((20000 + $$ % 20000))
as_run()
{
    printf '%s\n' "$1" | sed "s#\./quickstart#quickstart#g
        s#/var/log/#$work/var/log/#g; s#/etc/kubernetes#$work/etc/kubernetes#g
        s#build/sample\.db#$work/history.db#g; s#:5170#:$port#g
        s#--journal #--journal --journal-dir $work/journal #"
}

# ends COMMAND WORDS: it ends by itself, and prints a line with these words.
ends()
{
    as_run "$1" >script
    timeout 60 sh -eu script >out 2>err </dev/null || return 1
    [ -z "$2" ] || grep -q -e "$2" out
}

# Whether the watch takes SIGUSR1 already; before, it would not answer.
takes_signals()
{
    mask=$(sed -n 's/^SigCgt:[[:blank:]]*//p' "/proc/$watch/status")
    case $mask in
    *[2367abef]??) return 0 ;;
    esac
    return 1
}

# watches COMMAND WORDS: it goes on, finds them, and ends well when told to. No
# words: it is asked what it reads.
watches()
{
    rm -f found said
    mkfifo found said
    as_run "exec $1" >script
    sh -eu script >found 2>said </dev/null &
    watch=$!
    exec 3<found 4<said
    : >err
    : >out
    has_found=1
    if [ -z "$2" ]; then
        until takes_signals; do :; done
        kill -USR1 "$watch"
        hear 'sources' <&4
        has_found=$?
    else
        if printf '%s' "$1" | grep -q -e --listen; then
            until bash -c "cat kubelet.log >/dev/tcp/127.0.0.1/$port" 2>/dev/null
            do kill -0 "$watch" || break; done
        fi
        hear "$2" <&3
        has_found=$?
    fi
    kill -TERM "$watch"
    cat <&3 >>out &
    cat <&4 >>err
    wait "$watch"
    status=$?
    exec 3<&- 4<&-
    test "$status" -eq 0 && test "$has_found" -eq 0
}

hear() # hear WORDS: reads until a line has them
{
    while IFS= read -r line; do
        printf '%s\n' "$line" >>out
        case $line in
        *"$1"*) return 0 ;;
        esac
    done
    return 1
}

told='^\(CRITICAL\|ERROR\) '
while IFS= read -r command; do
    PULLWHY_DB=$work/of-this-run.db
    case $command in
    *' history '* | *' show '* | *' sql'* | *' report '*) PULLWHY_DB=$past ;;
    esac
    case $command in
    '') continue ;;
    ./quickstart | './quickstart test' | autoreconf* | 'mkdir -p build'* | ../configure | make*)
        # Who runs this test; tests/quickstart.sh has the first one.
        continue ;;
    'sqlite3 '*) ends "$command" '^unauthorized|harborlight.azurecr.io|2$' ;;
    *' history --since'*) ends "$command" '^#2  *open  *image-not-found' ;;
    *' show 1') ends "$command" '#1 \[unauthorized\] open' ;;
    './quickstart sql') ends "$command" '^@by-registry' ;;
    *' sql @'*) ends "$command" '^harborlight.azurecr.io  *3  *3' ;;
    *' report -o '*) ends "$command" '' &&
        grep -q 'Content-Security-Policy' report.html ;;
    *' --export '*) ends "$command" '' && test -s node1.jsonl ;;
    *' --import '*) ends "$command" '' && grep -q 'node1.jsonl: 9 incidents are in' err ;;
    *' --prune '*) ends "$command" '' && grep -q 'incidents are gone' err ;;
    *' config check'*) ends "$command" 'config.yaml: sound$' ;;
    *' config show'*) ends "$command" 'from-start' ;;
    'pullwhy completion bash'*) ends "$command" '' &&
        bash -n "$work/.local/share/bash-completion/completions/pullwhy" ;;
    *' patterns test '*) ends "$command" '' ;;
    *' explain '*) ends "$command" '\[unauthorized\]' ;;
    *' annotate '*) ends "$command" '"cause":"unauthorized"' &&
        test "$(wc -l <out)" -eq "$(wc -l <kubelet.log)" ;;
    *' jq '*) ends "$command" '^image-not-found$' ;;
    *' --lang ja '*) ends "$command" '^エラー ' ;;
    *' --cluster '*) ends "$command" '--resource-group GROUP ' ;;
    *'| ./quickstart watch --tee |'*) ends "$command" '' &&
        grep -q "$told" err && journalctl -f -o json | cmp - shipped ;;
    *' watch --journal --unit'*) watches "$command" '' ;;
    *' watch --journal '*) watches "$command" '' && test -f findings.jsonl ;;
    *' watch '*) watches "$command" 'ERROR  ' ;;
    *./quickstart*) ends "$command" "$told" ;;
    *) false ;;
    esac
    ok $? "README: $command"
done <"$work/commands"
test "$number" -ge 34
ok $? "README has its $number commands"
echo "1..$number"
