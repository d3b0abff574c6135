#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The history as people ask it, and as it is handed on: merged, pruned, searched.

# shellcheck disable=SC2016 # sed's dollars are its own
set -u
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
top=$(CDPATH='' cd -- "$top" && pwd)
pullwhy=$(realpath -- "${PULLWHY:-$top/build/pullwhy}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
export PULLWHY_NOW=2026-11-23T18:00:00Z NO_COLOR=1 TZ=UTC LC_ALL=C.UTF-8
export HOME="$work" COLUMNS=80
unset PULLWHY_DB PULLWHY_CONFIG XDG_CONFIG_HOME XDG_STATE_HOME

number=0
is() # is NAME COMMAND...
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/out" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/out"
    fi
}

past() # past DB OPTIONS...
{
    db=$1
    shift
    "$pullwhy" history --db "$db" "$@"
}

# All that people and programs may ask, and whose counts they are.
dump() # dump DB
{
    for view in incidents affected_pods evidence timeline by_registry by_node \
        by_workload time_to_resolve part part_affected part_tally member; do
        echo "== $view"
        sqlite3 -readonly "$1" "SELECT * FROM $view"
    done
    sqlite3 -readonly "$1" 'SELECT id FROM source'
    sqlite3 -readonly "$1" \
        "SELECT count(*) FROM search WHERE search MATCH 'firewall'"
}

# Three nodes that suffer from the same trouble at the same time.
log=$top/fixtures/sample.log
grep -a harborlight "$log" >b.log
grep -av vmss000000 "$log" >c.log
"$pullwhy" --db a.db --format none "$log"
"$pullwhy" --db b.db --format none b.log
"$pullwhy" --db c.db --format none c.log
is 'a history is exported' past a.db --export a.jsonl
past b.db --export b.jsonl
is 'three nodes are merged: lines, a pipe, a history as it is' sh -c \
    "'$pullwhy' history --db all.db --import - <a.jsonl &&
     '$pullwhy' history --db all.db --import b.jsonl --import c.db"
dump all.db >once
sum='SELECT sum(count) FROM incidents'
total=0
for db in a b c; do
    total=$((total + $(sqlite3 -readonly $db.db "$sum")))
done
is 'the counts of the merged one are those of the three' \
    test "$(sqlite3 -readonly all.db "$sum")" -eq "$total"
is 'trouble of the same key is one incident' test "$(sqlite3 -readonly all.db \
    'SELECT count(*) - count(DISTINCT key) FROM incidents')" -eq 0
is 'the resolution that one node saw is the last word' test "$(sqlite3 \
    -readonly all.db "SELECT state FROM incidents
                      WHERE cause = 'firewall-denied'")" = resolved
past all.db --import a.jsonl --import b.jsonl --import c.db 2>/dev/null
dump all.db >twice
is 'merged twice they are exactly what they are once' cmp once twice
past other.db --import c.db --import b.jsonl --import a.jsonl 2>/dev/null
for db in all other; do
    sqlite3 -readonly $db.db 'SELECT cause, registry, state, count, pods, nodes,
        first_seen, last_seen, resolved_at FROM incidents ORDER BY key, life;
        SELECT time, cause, registry, event, count FROM timeline
        ORDER BY 1, 2, 3, 4, 5; SELECT seen_at, origin, line FROM evidence
        ORDER BY 1, 2, 3' >$db.order
done
is 'the order does not matter' cmp all.order other.order

# A node goes on: what is new counts, what was there does not once more.
sed 's/17:5/18:5/g' b.log | grep -a 'unauthorized' >more.log
"$pullwhy" --db b.db --format none more.log
past all.db --import b.db 2>/dev/null
total=0
for db in a b c; do
    total=$((total + $(sqlite3 -readonly $db.db "$sum")))
done
is 'a history that went on takes the place of what it was' \
    test "$(sqlite3 -readonly all.db "$sum")" -eq "$total"

refused() # refused STATUS TEXT OPTIONS...: and nothing is changed
{
    wanted=$1
    text=$2
    shift 2
    dump all.db >before
    past all.db "$@" >said 2>&1
    status=$?
    dump all.db >after
    cat said
    test "$status" -eq "$wanted" && grep -qF -- "$text" said &&
        cmp before after
}

is 'a history is not merged into itself' refused 3 \
    'all.db, line 1: this is what was exported from this history itself' \
    --export all.jsonl --import all.db
past all.db --export all.jsonl
past one.db --import a.jsonl 2>/dev/null
is 'nor with what has its own counts in it' sh -c \
    "! '$pullwhy' history --db a.db --import all.jsonl"
is 'nor by two ways' sh -c "'$pullwhy' history --db one.db --import all.jsonl \
    2>&1 | grep -q 'came here another way'"
is 'an older export does not take the place of a newer one' sh -c "
    PULLWHY_NOW=2026-11-23T19:00:00Z '$pullwhy' history --db b.db \
        --export new.jsonl
    '$pullwhy' history --db all.db --import new.jsonl 2>/dev/null
    '$pullwhy' history --db all.db --import b.jsonl 2>&1 |
        grep -q 'b.jsonl, line 1: it is older'"

# Hostile files: edit LINE SCRIPT, on what else is sound.
hostile() # hostile LINE TEXT SED-SCRIPT
{
    sed "$3" a.jsonl >bad.jsonl
    ! cmp -s a.jsonl bad.jsonl &&
        refused 3 "bad.jsonl, line $1: $2" --import bad.jsonl
}
is 'broken JSON' hostile 3 'this is not JSON' '3s/}$//'
is 'an array' hostile 2 'an object is wanted' '2s/.*/[1]/'
is 'no line' hostile 4 'this is not JSON' '4s/.*//'
is 'another program' hostile 1 'this is no history' '1s/history/story/'
is 'an unknown schema' hostile 1 'its schema is 2, known here is 1' \
    '1s/"schema":1/"schema":2/'
is 'a name that is none' hostile 1 'id: 32 hexadecimal digits' \
    '1s/"id":"[0-9a-f]*"/"id":"..\/x"/'
is 'a text for a count' hostile 2 'count: a whole number' \
    '2s/"count":[0-9]*/"count":"9"/'
is 'a fraction' hostile 2 'count: a whole number' '2s/"count":2/"count":2.5/'
is 'a huge count' hostile 2 'count: a whole number' \
    '2s/"count":2/"count":99999999999999999999999/'
is 'a negative count' hostile 2 'count: a whole number' \
    '2s/"count":2/"count":-2/'
is 'a time out of time' hostile 2 'first_seen, last_seen' \
    '2s/"last_seen":[0-9]*/"last_seen":9223372036854775807/'
is 'a cause that is no slug' hostile 2 'cause: a name such as' \
    '2s/"cause":"[a-z-]*"/"cause":"<b>"/'
is 'a state of another world' hostile 2 'state: open, quiet' \
    '2s/"state":"open"/"state":"won"/'
is 'facts that are no texts' hostile 2 'facts: an object of texts' \
    '2s/"facts":{/"facts":{"a":[1],/'
is 'affected without a pod' hostile 2 'affected: a list of objects' \
    '2s/"pod":"cart[^"]*","container/"container/'
is 'a tally of texts' hostile 2 'tally: a list of objects' \
    '2s/"minute":[0-9]*/"minute":"now"/'
is 'a sample of nothing' hostile 2 'sample: a list of at most 16' \
    '2s/"sample":.*/"sample":[null]}/'
is 'an incident told twice' hostile 3 'this incident is told a second time' \
    '2{p;};3d'
is 'a file that was cut' hostile 10 'the file ends here, too early' '$d'
is 'more behind the end' hostile 11 'there is more behind the end' '$p'
is 'an incident too few' hostile 10 'this tells of another number' '3d'
printf '%s\0\n' '{}' >bad.jsonl
is 'a NUL' refused 3 'bad.jsonl, line 1: there is a NUL' --import bad.jsonl
: >bad.jsonl
is 'an empty file' refused 3 'bad.jsonl, line 1: the file is empty' \
    --import bad.jsonl
is 'no file' refused 3 'none.jsonl: No such file' --import none.jsonl
sed 's/"image":"[^"]*"/"image":"x; reboot"/g; s/"registry":"[^"]*"/"registry":"$(id)\\u001b[2J"/g' \
    a.jsonl >sly.jsonl
past sly.db --import sly.jsonl 2>/dev/null
"$pullwhy" show --db sly.db 1 >sly.text
is 'what is imported stands in no command' sh -c \
    "! grep -q '^    [a-z].*\\(reboot\\|(id)\\)' sly.text"
is 'and sends nothing to a terminal' sh -c "! grep -qP '\\x1b\\[' sly.text"

# Retention.
"$pullwhy" --db kept.db --keep 70m --format none "$log"
is 'a run that writes takes away what is older than --keep' test "$(sqlite3 \
    -readonly kept.db "SELECT min(last_seen) >= '2026-11-23T16:50:00Z'
    AND count(*) > 0 FROM incidents")" -eq 1
"$pullwhy" --db kept.db --max-size 100K --format none "$log"
is 'or than --max-size has room for' test "$(sqlite3 -readonly kept.db \
    'SELECT count(*) FROM incidents')" -eq 0
cp all.db old.db
"$pullwhy" history --db old.db --prune --keep 70m 2>/dev/null
is 'what is older than --keep is gone' test "$(sqlite3 -readonly old.db \
    "SELECT min(last_seen) >= '2026-11-23T16:50:00Z' AND count(*) > 0
     FROM incidents")" -eq 1
is 'and nothing is left of it' test "$(sqlite3 -readonly old.db \
    'SELECT (SELECT count(*) FROM search
             WHERE incident_id NOT IN (SELECT id FROM incident))
          + (SELECT count(*) FROM part_tally
             WHERE part NOT IN (SELECT id FROM part))
          + (SELECT count(*) FROM affected
             WHERE incident_id NOT IN (SELECT id FROM incident))')" -eq 0
sqlite3 a.db 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < 3000) INSERT INTO incident (key, life, cause, severity, scope,
    state, first_seen, last_seen, count, facts) SELECT hex(randomblob(200)), 1,
    "unknown", "error", "pod", "resolved", i, i, 1, "{}" FROM n'
size=$(stat -c %s a.db)
is 'a size bound takes the oldest' past a.db --prune --max-size 400K
is 'and keeps what is new' test "$(sqlite3 -readonly a.db \
    'SELECT count(*) BETWEEN 9 AND 1500 FROM incidents')" -eq 1
is 'the file is smaller' test "$(stat -c %s a.db)" -lt $((size / 2))
"$pullwhy" --db c.db --format none "$log"
count=$(sqlite3 -readonly c.db "SELECT sum(count) FROM tally")
PULLWHY_NOW=2027-01-01T00:00:00Z "$pullwhy" history --db c.db --prune 2>/dev/null
is 'old minutes become hours, and no count is lost' test "$(sqlite3 -readonly \
    c.db 'SELECT sum(count) || sum(minute % 60) FROM tally')" = "${count}0"
is 'a bound that is none' refused 2 '--max-size: much is no size' \
    --prune --max-size much

# Histories of other versions.
sqlite3 first.db <"$top/sql/migrations/001.sql"
sqlite3 first.db "INSERT INTO incident (key, life, cause, severity, scope,
    registry, state, first_seen, last_seen, count, facts) VALUES ('k', 1,
    'dns-not-found', 'error', 'registry', 'x.example', 'open',
    1700000000000000, 1700000060000000, 5, '{\"registry\":\"x.example\"}');
    INSERT INTO affected (incident_id, namespace, pod, first_seen, last_seen,
    count) VALUES (1, 'shop', 'cart-0', 1700000000000000, 1700000060000000, 5);
    INSERT INTO sample (incident_id, seen_at, origin, line) VALUES (1,
    1700000000000000, 'a.log', 'lookup x.example: no such host');
    INSERT INTO tally VALUES (1, 28333333, 5)"
sqlite3 first.db <"$top/sql/views.sql"
cp first.db unmigrated.db
is 'a history of the first schema answers as it is' sh -c \
    "'$pullwhy' history --db unmigrated.db --search 'no such host' |
         grep -q x.example && '$pullwhy' show --db unmigrated.db 1 &&
     '$pullwhy' sql --db unmigrated.db @by-registry | grep -q x.example"
is 'but it cannot be exported before it is brought up to date' sh -c \
    "'$pullwhy' history --db unmigrated.db --export - 2>&1 |
         grep -q 'older pullwhy'"
is 'it is, and answers' sh -c \
    "'$pullwhy' --db first.db --format none '$log' &&
     '$pullwhy' history --db first.db --search 'no such host' |
         grep -q x.example && '$pullwhy' show --db first.db 1 &&
     '$pullwhy' sql --db first.db @by-workload | grep -q cart &&
     '$pullwhy' history --db first.db --export - | grep -q x.example"
sqlite3 first.db 'PRAGMA user_version = 6'
for command in history 'sql @open' 'show 1' 'history --prune' \
    'history --export -'; do
    # shellcheck disable=SC2086 # several words
    "$pullwhy" $command --db first.db >said 2>&1
    is "a newer one is refused by $command" sh -c "test $? -eq 3 &&
        grep -q 'made by a newer pullwhy (its schema is 6, known here is 5)' \
            said"
done

# The list.
listed() # listed COUNT OPTIONS...
{
    wanted=$1
    shift
    past b.db "$@" >list || return 1
    cat list
    test "$(grep -c '^#' list)" -eq "$wanted"
}
all=$(sqlite3 -readonly b.db 'SELECT count(*) FROM incidents')
is 'all are listed' listed "$all"
is 'a search for words in any order' listed 1 --search 'found NIGHTLY-1123'
is 'a search is no syntax' listed 0 --search '" OR * NEAR('
is 'until' listed 0 --until 2026-11-23T00:00:00Z
is 'since' listed 0 --since 2026-11-24T00:00:00Z
is 'one node' listed 1 --node aks-arm-20417733-vmss000000
is 'sorted by count' sh -c "'$pullwhy' history --db b.db --sort count \
    --format csv | cut -d, -f6 | sed 1d | sort -c -n -r"
is 'the list is as wide as the terminal' sh -c "for columns in 72 80 200; do
    COLUMNS=\$columns '$pullwhy' history --db b.db --lang ja >list
    test \"\$(wc -L <list)\" -le \$columns || { cat list; exit 1; }; done"
is 'local times, and their zone' sh -c "TZ=Asia/Tokyo '$pullwhy' history \
    --db b.db | grep -q 'times in UTC+09:00' && TZ=Asia/Tokyo '$pullwhy' \
    history --db b.db --cause image-not-found | grep -q '11-24 01:31'"
is 'or UTC' sh -c "TZ=Asia/Tokyo '$pullwhy' history --db b.db --utc \
    --cause image-not-found | grep -q '11-23 16:31'"
sqlite3 b.db "UPDATE incident SET state = 'resolved',
    resolved_at = first_seen + 35 * 60000000 WHERE cause = 'image-not-found';
    INSERT INTO incident (key, life, cause, severity, scope, registry,
    image, state, first_seen, last_seen, count, facts)
    SELECT key, 2, cause, severity, scope, registry, image, 'open',
    last_seen + 3600000000, last_seen + 3600000000, 1, facts FROM incident
    WHERE cause = 'image-not-found'"
PULLWHY_NOW=2026-11-23T20:00:00Z past lives.db --import b.db 2>/dev/null
dump lives.db >once
PULLWHY_NOW=2026-11-23T20:00:00Z past lives.db --import b.db 2>/dev/null
dump lives.db >twice
is 'two lives stay two' test "$(sqlite3 -readonly lives.db "SELECT
    group_concat(life || state || count) FROM incidents
    WHERE cause = 'image-not-found'")" = 1resolved2,2open1
is 'also when they come again' cmp once twice
is 'what was merged can be searched' test "$(past lives.db --search NIGHTLY-1123 |
    grep -c '^#')" -eq 2
"$pullwhy" show --db b.db --format json 1 >shown
is 'show has the lines that the history holds' test "$(sqlite3 b.db "SELECT
    group_concat(value, ' ') FROM json_each(readfile('shown'),
    '$.incident.evidence')")" = "$(sqlite3 b.db "SELECT
    group_concat(line, ' ') FROM sample WHERE incident_id = 1")"
"$pullwhy" report --db b.db >page.html
is 'and report whence they came' test "$(grep -o '"from":"[^"]*"' page.html |
    sort -u)" = "$(sqlite3 b.db "SELECT DISTINCT '\"from\":\"' || origin ||
    '\"' FROM sample ORDER BY 1")"
id=$(sqlite3 -readonly b.db "SELECT id FROM incidents WHERE life = 2")
is 'show tells how long it took before' sh -c "'$pullwhy' show --db b.db $id |
    grep -q 'before    #.*resolved after 35 min, 2 times'"
sqlite3 b.db "UPDATE incident SET facts = json_set(facts, '\$.image',
    'harborlight.azurecr.io/shop/search:stable') WHERE life = 2;
    UPDATE affected SET recovered = 1 WHERE incident_id IN (SELECT id
    FROM incident WHERE cause = 'image-not-found' AND life = 1)"
"$pullwhy" show --db b.db "$id" >story
is 'and who pulled then' grep -qx \
    '              then pulled: shop/search-5c77d9d8b-4hjvn @' story
is 'and what was advised first' grep -qx \
    '              first advice: Compare each part of the image name with what the' \
    story
is 'and what was other than it is now' sh -c "tr -s ' \n' ' ' <story | grep -q \
    'other than now: image harborlight.azurecr.io/shop/search:nightly-1123 '"
is 'in Japanese too' sh -c "'$pullwhy' show --db b.db --lang ja $id |
    grep -q 'その後プルに成功: shop/search-5c77d9d8b-4hjvn'"
sqlite3 b.db "UPDATE incident SET state = 'quiet', resolved_at = NULL
    WHERE cause = 'image-not-found' AND life = 1;
    UPDATE affected SET recovered = 0"
"$pullwhy" show --db b.db "$id" >story
is 'what only went quiet is not said to be resolved' grep -q \
    'before    #.*, quiet after 78 min, no pull seen, 2 times' story
is 'nor that anybody pulled' sh -c '! grep -q "then pulled" story'
is 'times of show are local' sh -c "TZ=Asia/Tokyo '$pullwhy' show --db b.db \
    $id | grep -qx '            ~*2026-11-24T03:50:19+09:00'"
is 'or UTC' sh -c "TZ=Asia/Tokyo '$pullwhy' show --db b.db --utc $id |
    grep -qx '            ~*2026-11-23T18:50:19Z'"
mkdir 'my "dir"'
"$pullwhy" --db "my \"dir\"/it's.db" "$log" >told 2>/dev/null
sed -n 's/.*(in full: \(.* 2\))$/\1/p' told >pasted
is 'the command for one incident is a line that can be pasted' sh -c \
    'cat pasted; test -s pasted && sh pasted | grep -q "#2 "'

# The same registry's firewall again, two days later, for another address.
grep -a tidewater "$log" >then.log
sed '/level=error/!d; s/Nov 23/Nov 25/; s/-11-23/-11-25/g; s/203.0.113.45/198.51.100.7/' \
    then.log >later.log
"$pullwhy" --db again.db --format none then.log
PULLWHY_NOW=2026-11-25T18:00:00Z "$pullwhy" --db again.db --format none later.log
PULLWHY_NOW=2026-11-25T18:00:00Z "$pullwhy" show --db again.db 2 >story
is 'a log of later tells what was done last time' sh -c "tr -s ' \n' ' ' <story |
    grep -q 'before #1 11-23 16:38, resolved after 70 min, once then pulled: harbour/gate-6f6c9c4d5-tz8wd @ aks-apps-31842557-vmss000002 first advice: Add the address .* other than now: client_ip 203.0.113.45 evidence'"

# It is of those lines only, though what an earlier run saw goes quiet meanwhile.
cp b.db later.db
mkfifo held
PULLWHY_NOW=2026-11-25T18:00:00Z "$pullwhy" --db later.db <held >told 2>err &
exec 3>held
sed 's/harborlight/lampfleet/g; q' b.log >&3
tries=0
until [ "$(sqlite3 -readonly later.db "SELECT count(*) FROM incidents
    WHERE state = 'open' AND registry NOT LIKE 'lampfleet%'")" = 0 ] ||
    [ $tries -eq 5000 ]; do
    tries=$((tries + 1))
done
exec 3>&-
wait
is 'earlier incidents went quiet' test "$tries" -lt 5000
is 'and are not told of by the way' sh -c "! grep -q 'harborlight\|quiet' told"

# An export takes its file's place as a whole.
echo old >part.jsonl
chmod 640 part.jsonl
is 'an export that fails leaves the old file' sh -c "cp b.db spoilt.db &&
    sqlite3 spoilt.db 'UPDATE incident SET count = -1 WHERE id = 2;
        DROP TABLE tally' &&
    ! '$pullwhy' history --db spoilt.db --export part.jsonl &&
    test \"\$(cat part.jsonl)\" = old && test \"\$(ls part.jsonl*)\" = part.jsonl"
is 'one that does not replaces it, and its mode stays' sh -c "
    '$pullwhy' history --db b.db --export part.jsonl &&
    test \"\$(stat -c %a part.jsonl)\" = 640 &&
    head -n 1 part.jsonl | grep -q '\"schema\":1' &&
    test \"\$(ls part.jsonl*)\" = part.jsonl"
is 'a new one is for its owner alone' sh -c "
    '$pullwhy' history --db b.db --export new-one.jsonl &&
    test \"\$(stat -c %a new-one.jsonl)\" = 600"
is 'a pipe is written to' sh -c "mkfifo tube && { cat tube >got & } &&
    '$pullwhy' history --db b.db --export tube && wait &&
    cmp got part.jsonl && test -p tube"
is 'a long list goes through PAGER' sh -c "PAGER='sed s/^/paged:/' script -qec \
    \"stty rows 5 cols 80; '$pullwhy' history --db b.db\" /dev/null |
    grep -q '^paged:#'"
is 'a short one does not' sh -c "PAGER='sed s/^/paged:/' script -qec \
    \"stty rows 50 cols 80; '$pullwhy' history --db b.db\" /dev/null |
    grep -q '^#'"
echo "1..$number"
