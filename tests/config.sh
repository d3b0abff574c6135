#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The configuration file as the program takes it: who is believed when several
# speak, what stands in the commands then, how a bad file is told, and that no
# secret is shown.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
unset PULLWHY_CONFIG PULLWHY_DB PULLWHY_CLUSTER PULLWHY_RESOURCE_GROUP \
    PULLWHY_SUBSCRIPTION PULLWHY_AZURE_JSON NODE_NAME XDG_STATE_HOME
export PULLWHY_NOW=2026-11-23T18:00:00Z NO_COLOR=1 LC_ALL=C
export HOME="$work/home" XDG_CONFIG_HOME="$work/user" \
    CONFIGURATION_DIRECTORY="$work/system"
mkdir -p "$HOME" "$work/user/pullwhy" "$work/system"
user=$work/user/pullwhy/config.yaml
system=$work/system/config.yaml

number=0
ok() # ok STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/out" 2>/dev/null
    fi
}

# force KEY ARGUMENT...: "VALUE FROM" of what is in force
force()
{
    key=$1
    shift
    "$pullwhy" config show --format json "$@" >"$work/out" 2>&1
    sed -n 's/^{"option":"'"$key"'","value":"\([^"]*\)","from":"\([^"]*\)"}$/\1 \2/p' \
        "$work/out"
}

# Each of system file, user file, environment and option says it or does not:
# sixteen ways for each, and the last that speaks must be believed.
pairs() # pairs KEY FILE-KEY VARIABLE OPTION PREFIX
{
    bad=0
    ways=0
    for way in 0000 0001 0010 0011 0100 0101 0110 0111 \
        1000 1001 1010 1011 1100 1101 1110 1111; do
        rm -f "$user" "$system"
        unset "$3"
        want=none
        case $way in 1???)
            printf '# first\n%s: %ssystem\n' "$2" "$5" >"$system"
            want="${5}system $system:2"
            ;;
        esac
        case $way in ?1??)
            printf '\n\n%s: %suser\n' "$2" "$5" >"$user"
            want="${5}user $user:3"
            ;;
        esac
        case $way in ??1?)
            export "$3=${5}environment"
            want="${5}environment $3"
            ;;
        esac
        case $way in
        ???1)
            want="${5}option option"
            have=$(force "$1" "$4" "${5}option")
            ;;
        *) have=$(force "$1") ;;
        esac
        ways=$((ways + 1))
        [ "${have:-none}" = "$want" ] || {
            [ "$want" = none ] && [ "${have##* }" = default ]
        } || {
            echo "# $1 $way: is $have, expected $want"
            bad=1
        }
    done
    unset "$3"
    [ "$bad" -eq 0 ] && [ "$ways" -eq 16 ]
    ok $? "$1: option over environment over user file over system file"
}
pairs cluster cluster PULLWHY_CLUSTER --cluster ''
pairs resource-group resource_group PULLWHY_RESOURCE_GROUP -g ''
pairs db db PULLWHY_DB --db "$work/"

# What has no variable of its own: one of the files, or the option.
rm -f "$user" "$system"
bad=0
[ "$(force lang)" = 'en default' ] || bad=1
echo 'lang: ja' >"$system"
[ "$(force lang)" = "ja $system:1" ] || bad=2
[ "$(LC_ALL=en_US.UTF-8 force lang)" = "ja $system:1" ] || bad=3
echo 'lang: en' >"$user"
[ "$(force lang)" = "en $user:1" ] || bad=4
[ "$(force lang --lang ja)" = 'ja option' ] || bad=5
[ "$(force lang --no-config)" = 'en default' ] || bad=6
[ "$(LC_ALL=ja_JP.UTF-8 force lang --no-config)" = 'ja default' ] || bad=7
echo 'lang: ja' >"$work/third.yaml"
[ "$(force lang --config third.yaml)" = 'ja third.yaml:1' ] || bad=8
[ "$(PULLWHY_CONFIG=third.yaml force lang)" = 'ja third.yaml:1' ] || bad=9
[ "$(PULLWHY_CONFIG=none.yaml force lang --config third.yaml)" = \
    'ja third.yaml:1' ] || bad=10
[ "$(PULLWHY_CONFIG=third.yaml force lang --no-config)" = 'en default' ] ||
    bad=11
[ $bad -eq 0 ] || echo "# step $bad"
ok $bad 'lang: files over the locale, --config, PULLWHY_CONFIG, --no-config'
rm -f "$user" "$system"

# Both ways round: no history, and a history.
cat >event.log <<'EOF'
E1123 16:29:50.123456    1234 log.go:32] "PullImage from image service failed" err="rpc error: code = Unknown desc = failed to pull and unpack image \"myreg-abc123.azurecr.io/shop/api:v1\": failed to resolve reference \"myreg-abc123.azurecr.io/shop/api:v1\": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://myreg-abc123.azurecr.io/oauth2/token?scope=repository%3Ashop%2Fapi%3Apull&service=myreg-abc123.azurecr.io: 401 Unauthorized" image="myreg-abc123.azurecr.io/shop/api:v1"
EOF
kept() # kept FILE COMMAND...: whether it kept that history
{
    rm -f "$work"/*.db
    kept=$1
    shift
    "$@" event.log >"$work/out" 2>&1 && [ -s "$kept" ]
}
echo 'no-db: true' >"$user"
! kept a.db "$pullwhy" && [ ! -e "$HOME/.local" ]
ok $? 'no-db in a file keeps no history'
kept a.db "$pullwhy" --db a.db
ok $? 'no-db in a file, but --db'
PULLWHY_DB=b.db kept b.db "$pullwhy"
ok $? 'no-db in a file, but PULLWHY_DB'
echo 'db: c.db' >"$work/user/pullwhy/other.yaml"
rm -f "$user"
kept "$work/user/pullwhy/c.db" "$pullwhy" --config user/pullwhy/other.yaml
ok $? 'a path in a file is relative to the file'
rm -f user/pullwhy/c.db
! kept user/pullwhy/c.db "$pullwhy" --no-db --config user/pullwhy/other.yaml
ok $? 'db in a file, but --no-db'
echo 'db: ~/d.db' >"$user"
kept "$HOME/d.db" "$pullwhy"
ok $? 'a path in a file may begin with ~/'
rm -f "$user"

# What is known of the cluster stands in the commands.
cat >"$user" <<'EOF'
cluster: shop-aks
azure:
  resource_group: shop-rg
  subscription: 11111111-2222-3333-4444-555555555555
  vnet: shop-vnet
registries:
  myreg-abc123.azurecr.io: {acr: myreg, resource_group: registries-rg}
EOF
"$pullwhy" --no-db event.log >"$work/out" 2>&1
grep -q 'az acr show --name myreg ' "$work/out" &&
    grep -q -e '--resource-group shop-rg --name shop-aks' "$work/out" &&
    ! grep -q '<acr-name>\|<cluster>\|<resource-group>' "$work/out"
ok $? 'registries and azure stand in the commands'
"$pullwhy" --no-config --no-db event.log >"$work/out" 2>&1
grep -q '<acr-name>' "$work/out" && grep -q '<cluster>' "$work/out"
ok $? 'without the file they are placeholders'
"$pullwhy" --db e.db --no-config event.log >"$work/out" 2>&1
"$pullwhy" show --db e.db 1 >"$work/out" 2>&1
grep -q 'az acr show --name myreg ' "$work/out"
ok $? 'show fills in what the file says now'
"$pullwhy" explain storage-forbidden >"$work/out" 2>&1
grep -q 'shop-vnet' "$work/out"
ok $? 'explain fills in the network'

# azure.json and provider ID, in the order that the manual page tells.
json='{"subscriptionId":"99999999-2222-3333-4444-555555555555"'
echo "$json,\"vnetName\":\"json-vnet\",\"routeTableName\":\"json-table\"}" \
    >"$work/azure.json"
bad=0
[ "$(force azure.vnet)" = "shop-vnet $user:5" ] || bad=1
[ "$(force azure.vnet --azure-json azure.json)" = 'json-vnet option (azure-json)' ] ||
    bad=2
[ "$(PULLWHY_AZURE_JSON=azure.json force azure.vnet)" = \
    'json-vnet PULLWHY_AZURE_JSON (azure-json)' ] || bad=3
echo 'azure-json: ../../azure.json' >>"$user"
[ "$(force azure.vnet)" = "shop-vnet $user:5" ] || bad=4
[ "$(force azure.route_table)" = "json-table $user:8 (azure-json)" ] || bad=5
[ "$(PULLWHY_SUBSCRIPTION=77777777-2222-3333-4444-555555555555 \
    force subscription)" = \
    '77777777-2222-3333-4444-555555555555 PULLWHY_SUBSCRIPTION' ] || bad=6
[ $bad -eq 0 ] || echo "# step $bad"
ok $bad 'azure.json: as close as who names it'
rm -f "$user"

# A bad file: every fault with its place, and no secret.
cat >bad.yaml <<'EOF'
lang: de
exit-code: maybe
colr: never
db: [a, b]
lang: en
azure:
  aadClientSecret: hunter2
  tenant: hunter2
  vnett: x
version: true
EOF
cat >want <<'EOF'
bad.yaml:1:1: lang: de is none of en|ja
bad.yaml:2:1: exit-code: true or false is wanted
bad.yaml:3:1: unknown key colr; did you mean color?
bad.yaml:4:1: db: one value is wanted, not a list
bad.yaml:5:1: lang: line 1 says it already
bad.yaml:7:3: aadClientSecret: a secret does not belong here, and pullwhy needs none; take the line out, and renew the secret if others could read the file
bad.yaml:8:3: tenant: the value cannot be a name of that kind
bad.yaml:9:3: unknown key vnett; did you mean vnet?
bad.yaml:10:1: version: belongs on the command line only
EOF
"$pullwhy" config check bad.yaml >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && diff want "$work/out" >"$work/difference" && [ ! -s "$work/err" ]
ok $? 'config check tells every fault'
for command in "history" "config show" "event.log" "annotate event.log"; do
    # shellcheck disable=SC2086 # words
    "$pullwhy" --config bad.yaml $command >"$work/out" 2>&1
    [ $? -eq 3 ] && [ "$(wc -l <"$work/out")" -eq 1 ] &&
        grep -q "^pullwhy: bad.yaml:1:1: .* and 8 more: 'pullwhy config check bad.yaml'" \
            "$work/out"
    ok $? "a bad file ends '$command' with 3"
done
for arguments in "--help" "--version" "help config" "completion bash" \
    "config check --no-config"; do
    # shellcheck disable=SC2086 # words
    PULLWHY_CONFIG=bad.yaml "$pullwhy" $arguments >"$work/out" 2>&1
    ok $? "a bad file is no hindrance to '$arguments'"
done
printf 'db: "a\n' >broken.yaml
"$pullwhy" config check broken.yaml >"$work/out" 2>&1
[ $? -eq 3 ] && grep -q '^broken.yaml:[0-9]*:[0-9]*: ' "$work/out"
ok $? 'damaged YAML is told with its place'
"$pullwhy" --config none.yaml history >"$work/out" 2>&1
[ $? -eq 3 ] && grep -q 'none.yaml: No such file' "$work/out"
ok $? 'a file that is named must be there'
"$pullwhy" --config a --no-config history >"$work/out" 2>&1
[ $? -eq 2 ]
ok $? '--config and --no-config are bad usage'
for arguments in "config" "config chekc" "config show x" "config check a b"; do
    # shellcheck disable=SC2086 # words
    "$pullwhy" $arguments >"$work/out" 2>&1
    [ $? -eq 2 ]
    ok $? "'$arguments' is bad usage"
done
printf '# nothing\n---\n# but remarks\n' >"$user"
"$pullwhy" config check >"$work/out" 2>&1
printf '%s\n' "$system: not there" "$user: sound" | diff - "$work/out" \
    >"$work/difference"
ok $? 'config check looks at the usual files; remarks alone are sound'
echo "1..$number"
