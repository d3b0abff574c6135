#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Plants secrets in a log and in azure.json, and looks for them in all that
# pullwhy prints, warns of and stores. Each secret is a word of its own, so a
# failing test names the one that came through.

set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
pullwhy=${PULLWHY:-$top/build/pullwhy}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
unset PULLWHY_DB PULLWHY_AZURE_JSON PULLWHY_CLUSTER PULLWHY_RESOURCE_GROUP
unset PULLWHY_SUBSCRIPTION NODE_NAME
export PULLWHY_NOW=2026-11-23T18:00:00Z HOME="$work" LC_ALL=C TZ=UTC NO_COLOR=1

# One line for each place where secrets were seen in real logs. Each is a
# failed pull, so that it becomes evidence.
cat >"$work/log" <<'LOG'
E1123 16:29:11.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="rpc error: code = Unknown desc = failed to pull and unpack image \"plantacr.azurecr.io/team/api:v1\": failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://eusmanaged1.blob.core.windows.net/f00/docker/registry/v2/blobs/sha256/aa/data?se=2026-11-23T17%3A00%3A00Z&sig=PLANTEDsigABC123%3D&ske=2026&sp=r&spr=https&sr=b&sv=2018-03-28\": dial tcp 20.60.1.1:443: i/o timeout" image="plantacr.azurecr.io/team/api:v1"
E1123 16:29:12.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to pull and unpack image \"plantacr.azurecr.io/team/b:v1\": failed to resolve reference \"plantacr.azurecr.io/team/b:v1\": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://plantacr.azurecr.io/oauth2/token?scope=repository%3Ateam%2Fb%3Apull&service=plantacr.azurecr.io&refresh_token=PLANTEDrefresh1: 401 Unauthorized" image="plantacr.azurecr.io/team/b:v1"
E1123 16:29:13.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to resolve reference \"plantacr.azurecr.io/team/c:v1\": failed to do request: Head \"https://robot:PLANTEDuserinfo@plantacr.azurecr.io/v2/team/c/manifests/v1\": dial tcp 20.1.1.1:443: i/o timeout; Authorization: Bearer PLANTEDbearer.abc.def" image="plantacr.azurecr.io/team/c:v1"
E1123 16:29:14.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to pull image \"plantacr.azurecr.io/team/d:v1\": 401 Unauthorized: Authorization: Basic UExBTlRFRGJhc2ljOnBhc3M=, {\"username\":\"u\",\"password\":\"PLANTEDpassword1\",\"auth\":\"PLANTEDauth1\"}" image="plantacr.azurecr.io/team/d:v1"
E1123 16:29:15.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to pull image \"plantacr.azurecr.io/team/e:v1\": 401 Unauthorized: {\"aadClientId\":\"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\",\"aadClientSecret\":\"PLANTEDaad1\"} client_secret=PLANTEDclient1&grant_type=x" image="plantacr.azurecr.io/team/e:v1"
E1123 16:29:16.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to pull image \"plantacr.azurecr.io/team/f:v1\": 401 Unauthorized: token eyJQTEFOVEVEand0IjoxfQ.eyJQTEFOVEVEand0IjoyfQ.PLANTEDjwtsignature" image="plantacr.azurecr.io/team/f:v1"
E1123 16:29:17.000001    1234 kuberuntime_manager.go:1341] "Unhandled Error" err="container &Container{Name:api,Image:plantacr.azurecr.io/team/g:v1,Command:[],Args:[--token=PLANTEDargs],Env:[]EnvVar{EnvVar{Name:DB_PASSWORD,Value:PLANTEDenv1,ValueFrom:nil,},EnvVar{Name:X,Value:PLANTEDenv2 with blanks,ValueFrom:nil,},},} start failed in pod g-5d9c7b8f6-abcde_prod(11111111-2222-3333-4444-555555555555): ErrImagePull: failed to pull and unpack image \"plantacr.azurecr.io/team/g:v1\": failed to resolve reference \"plantacr.azurecr.io/team/g:v1\": plantacr.azurecr.io/team/g:v1: not found" logger="UnhandledError"
E1123 16:29:18.000001    1234 kuberuntime_image.go:55] "Failed to pull image" err="failed to do request: Get \"https://prod-registry.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4&X-Amz-Credential=PLANTEDcredential%2F20261123&X-Amz-Security-Token=PLANTEDsession&X-Amz-Signature=PLANTEDsignature\": dial tcp 52.1.1.1:443: i/o timeout" image="1.dkr.ecr.eu-west-1.amazonaws.com/team/h:v1"
LOG
secrets='PLANTED UExBTlRFRGJhc2lj eyJQTEFOVEVE'

cat >"$work/azure.json" <<'JSON'
{
  "cloud": "AzurePublicCloud",
  "tenantId": "72f988bf-86f1-41af-91ab-2d7cd011db47",
  "subscriptionId": "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8",
  "aadClientId": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
  "aadClientSecret": "PLANTEDfile",
  "resourceGroup": "MC_plant_aks_westeurope",
  "location": "westeurope",
  "vnetName": "aks-vnet-1"
}
JSON
sed 's/"PLANTEDfile",/"PLANTEDfile" PLANTEDfile/' "$work/azure.json" \
    >"$work/damaged.json"
printf '["PLANTEDfile"]' >"$work/array.json"

number=0
is() # is NAME COMMAND...
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/why" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/why"
    fi
}

holds_none() # FILE...
{
    found=1
    for file; do
        test -s "$file" || { echo "$file is empty"; found=0; }
        for secret in $secrets; do
            if grep -a -o "${secret}[A-Za-z0-9.]*" "$file"; then
                found=0
            fi
        done
    done
    test $found -eq 1
}

analyze() # NAME ARGUMENT...
{
    name=$1
    shift
    "$pullwhy" "$@" "$work/log" >"$work/$name" 2>"$work/$name.err"
}

all=$work/azure.json
analyze text --no-db --azure-json "$all"
is 'the text holds no secret' holds_none "$work/text"
analyze json --no-db --format json --azure-json "$all"
is 'nor does the JSON' holds_none "$work/json"
"$pullwhy" annotate "$work/log" >"$work/annotated" 2>"$work/annotated.err"
is 'nor what annotate prints' holds_none "$work/annotated"
analyze stored --db "$work/history.db" --azure-json "$all"
for file in "$work"/history.db*; do
    is "nor ${file##*/}" holds_none "$file"
done
for id in 1 2 3 4 5 6; do
    "$pullwhy" show --db "$work/history.db" --azure-json "$all" "$id"
done >"$work/shown" 2>/dev/null
is 'nor what show prints' holds_none "$work/shown"
"$pullwhy" report --db "$work/history.db" --azure-json "$all" \
    >"$work/report.html" 2>/dev/null
is 'nor the page of report' holds_none "$work/report.html"
is 'which has them all' test "$(grep -c '"evidence":\[{"at"' \
    "$work/report.html")" -ge 5
"$pullwhy" explain unauthorized --azure-json "$all" >"$work/explained"
is 'nor what explain prints' holds_none "$work/explained"

# The places are there: else nothing was looked for.
is 'the log held them all' test "$(grep -c PLANTED "$work/log")" -ge 7
is 'every planted line was told of' \
    test "$(grep -c '"cause":"' "$work/annotated")" -eq 8

# What may be read of azure.json is there.
is 'the subscription stands in the commands' \
    grep -q -- '--subscription 8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8' \
    "$work/text"
is 'the service principal decides on the remedies' \
    grep -q '"identity":"service-principal"' "$work/json"

for file in damaged array; do
    "$pullwhy" --no-db --azure-json "$work/$file.json" "$work/log" \
        >"$work/out" 2>"$work/err"
    is "the $file file is refused with 3" test $? -eq 3
    is 'with its name' grep -q "$file.json: " "$work/err"
    is 'without its secret' holds_none "$work/err"
done
PULLWHY_AZURE_JSON=$work/none "$pullwhy" --no-db "$work/log" >"$work/out" \
    2>"$work/err"
is 'a file of the environment that is missing is told' \
    grep -q "reading $work/none: No such file" "$work/err"
PULLWHY_AZURE_JSON=$work/azure.json "$pullwhy" --no-db "$work/log" \
    >"$work/out" 2>"$work/err"
is 'the environment may name it' \
    grep -q -- '--subscription 8ecadfc9' "$work/out"
PULLWHY_SUBSCRIPTION='a;b' "$pullwhy" --no-db "$work/log" >"$work/out" \
    2>"$work/err"
is 'a strange value of the environment is refused' \
    grep -q 'PULLWHY_SUBSCRIPTION: ' "$work/err"

# The node of the environment is for a node's own lines.
printf '%s\n' 'LAST SEEN   TYPE      REASON   OBJECT      MESSAGE' \
    '1m          Warning   Failed   pod/api-1   Failed to pull image "plantacr.azurecr.io/a:v1": not found' \
    >"$work/events"
NODE_NAME=node-of-mine "$pullwhy" --no-db --format json "$work/events" \
    >"$work/out" 2>"$work/err"
grep -c node-of-mine "$work/out" >"$work/count"
is 'an event is told' grep -q cause "$work/out"
is 'and is of any node' grep -qx 0 "$work/count"
NODE_NAME=node-of-mine "$pullwhy" --no-db --format json "$work/log" \
    >"$work/out" 2>"$work/err"
is "a kubelet's line is of its own node" grep -q node-of-mine "$work/out"
echo "1..$number"
