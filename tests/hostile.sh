#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Text out of a log is never obeyed: not by the shell that a command is pasted
# into, not by the terminal that a finding is printed on, not by SQLite.
#
# Every command of every finding is run for real by bash, in an empty folder,
# with a PATH on which all programs do nothing: whatever then happens, the log
# did.

# shellcheck disable=SC2016 # what a log says must not be expanded here either
set -u
pullwhy=${PULLWHY:-$(pwd)/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
log=$work/hostile.log
mkdir "$work/tools" "$work/empty"

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

# Image names, pods and secrets of somebody who means it.
names='x.azurecr.io/a:$(touch boom)
x.azurecr.io/a:`touch boom`
x.azurecr.io/a;touch boom;:v1
x.azurecr.io/a|touch boom
x.azurecr.io/a&&touch boom
x.azurecr.io/a >boom
x.azurecr.io/a'"'"';touch boom;'"'"':v1
x.azurecr.io/a'"'"';--:v1
x$(touch boom).azurecr.io/a:v1
$(touch boom)/a:v1
-x.azurecr.io/--output=boom:v1
x.azurecr.io/a:v1#$(touch boom)'
tails='failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized
failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized
failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden
denied: client with IP '"'"'20.1.2.3$(touch boom)'"'"' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.
failed to do request: Head "https://x.azurecr.io/v2/a/manifests/$(touch boom)": dial tcp $(touch boom):443: i/o timeout
no match for platform in manifest: not found
unexpected status from HEAD request to https://x.azurecr.io/$(touch boom): 403 Forbidden
something nobody knows $(touch boom)'
printf '%s\n' "$names" | while IFS= read -r name; do
    printf '%s\n' "$tails" | while IFS= read -r tail; do
        printf 'Failed to pull image "%s": rpc error: code = Unknown desc = failed to pull and unpack image "%s": failed to resolve reference "%s": %s\n' \
            "$name" "$name" "$name" "$tail"
        printf 'ns$(touch boom)   5m   Warning   Failed   pod/p;touch boom   Failed to pull image "%s": %s\n' \
            "$name" "$tail"
    done
    printf 'E1123 10:02:40.121530    2874 pod_workers.go:1301] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"c$(touch boom)\\" with ErrImagePull: \\"%s: not found\\"" pod="n`touch boom`/p$(touch boom)" podUID="u"\n' \
        "$name"
done >"$log"
# What a terminal would obey: a title, colours, a C1 control, a bidi override.
printf 'Failed to pull image "x.azurecr.io/a:v1": \033]0;owned\007\033[31m\302\233 31m \342\200\256 failed to fetch oauth token: unexpected status: 401 Unauthorized\r\033[2J\n' \
    >>"$log"

run() # run ARGUMENT...: pullwhy on the hostile log
{
    PULLWHY_NOW=2026-11-23T18:00:00Z "$pullwhy" --db "$work/history.db" "$@" \
        "$log" 2>>"$work/err"
}

for lang in en ja; do
    run --lang "$lang" --format text >"$work/text.$lang"
    test -s "$work/text.$lang"
    ok $? "the hostile log is told in $lang"
    ! LC_ALL=C grep -q "$(printf '[\033\007\r]')" "$work/text.$lang"
    ok $? "no escape reaches the terminal ($lang)"
    ! LC_ALL=C grep -q "$(printf '\302[\200-\237]\|\342\200\256')" \
        "$work/text.$lang"
    ok $? "no C1 control and no bidi override either ($lang)"
done
run --format json >"$work/json"
! LC_ALL=C grep -q "$(printf '[\033\007\r]')" "$work/json"
ok $? 'nor out of JSON'

for program in az kubectl aws gcloud docker base64 jq grep sed awk curl nslookup \
    nc telnet crictl ctr systemctl journalctl journal sleep date cut sort head \
    tail tr xargs cat ssh openssl dig ping id test touch; do
    [ "$program" = touch ] || ln -s /bin/true "$work/tools/$program"
done
cat >"$work/tools/touch" <<EOF
#!/bin/sh
echo "touch \$*" >>"$work/obeyed"
EOF
chmod +x "$work/tools/touch"
bash=$(command -v bash)
# The commands stand in JSON as strings; \n, \" and \\ are all they escape.
grep -o '"run":"\([^"\\]\|\\.\)*"' "$work/json" |
    sed 's/^"run":"//; s/"$//; s/\\\\/\x01/g; s/\\n/\n/g; s/\\"/"/g; s/\x01/\\/g' \
        >"$work/commands"
test "$(wc -l <"$work/commands")" -gt 100
ok $? 'there are commands to run'
(cd "$work/empty" && PATH="$work/tools" "$bash" "$work/commands" \
    </dev/null >/dev/null 2>"$work/bash.err")
test ! -e "$work/obeyed" && test -z "$(ls -A "$work/empty")"
ok $? 'no command does what the log says'
"$bash" -n "$work/commands"
ok $? 'every command is one'

"$pullwhy" sql --db "$work/history.db" \
    "SELECT count(*) AS n FROM incidents WHERE image LIKE '%'';--%'" \
    >"$work/sql" 2>>"$work/err"
grep -q '^1$\|^ *[1-9]' "$work/sql"
ok $? 'what looks like SQL stays a value'
echo "1..$number"
