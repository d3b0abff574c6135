#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Holds the table of the floors and checks every #include of analyzer/ against
# it: a folder sees what is below it, never its neighbour, never what is above;
# each library has its rooms; a module's own header comes first.

set -eu
top=${top_srcdir:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# folder, what it may include besides itself, which libraries.
floors='
base      -                                                     -
wire      base                                                  cjson,simd,yaml
source    base                                                  dlfcn,systemd,uv,zlib
match     base,wire                                             pcre2,simd,yaml
incident  base,wire,match                                       -
store     base,wire,match,incident                              sqlite
report    base,wire,match,incident                              cjson
serve     base,wire,match,incident                              microhttpd,uv
app       base,wire,source,match,incident,store,report,serve    getopt,uv
'

# library, its headers, the files that may include them within those folders.
libraries='
cjson       ^cjson/                 .
dlfcn       ^dlfcn[.]h$             ^source/journal_library[.]c$
getopt      ^getopt[.]h$            ^app/options[.]c$
microhttpd  ^microhttpd[.]h$        .
pcre2       ^pcre2(posix)?[.]h$     ^match/rule[.]c$
simd        ^([ei]mmintrin|arm_neon)[.]h$ ^((match/spots|match/teddy_search|wire/alike|wire/skeleton)[.]c|wire/escapes[.]h)$
sqlite      ^sqlite3(ext)?[.]h$     .
systemd     ^systemd/               ^source/journal_library[.]h$
uv          ^uv([.]h$|/)            .
yaml        ^libfyaml[.]h$          ^(match/(catalog.*|yaml)|wire/yaml_object)[.]c$
zlib        ^zlib[.]h$              ^source/follow_gzip[.]c$
'

# What C17 and POSIX.1-2008 bring; any other header is a library, so it needs
# a row above.
standard='
assert complex ctype errno fenv float inttypes iso646 limits locale math
setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib
stdnoreturn string tgmath threads time uchar wchar wctype
aio cpio dirent fcntl fmtmsg fnmatch ftw glob grp iconv langinfo libgen
monetary mqueue ndbm netdb nl_types poll pthread pwd regex sched search
semaphore spawn strings stropts syslog tar termios trace ulimit unistd utime
utmpx wordexp
arpa/inet net/if netinet/in netinet/tcp sys/ioctl sys/ipc sys/mman sys/msg
sys/resource sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs
sys/time sys/times sys/types sys/uio sys/un sys/utsname sys/wait
'

cat >"$work/check.awk" <<'AWK'
function refuse(why) {
    printf "%s:%d: %s\n", file, FNR, why
}
function check_own(header, slash, folder) {
    slash = index(header, "/")
    folder = substr(header, 1, slash - 1)
    if (slash == 0 || folder == "." || folder == "..") {
        refuse("\"" header "\": name the folder too, \"folder/name.h\"")
    } else if (!(folder in sees)) {
        refuse("\"" header "\": there is no floor " folder "/")
    } else if (folder != room && !(("," sees[room] ",") ~ ("," folder ","))) {
        refuse("\"" header "\": " room "/ must not see " folder "/")
    }
}
function check_system(header, name) {
    for (name in headers) {
        if (header !~ headers[name]) {
            continue
        }
        if (!(("," uses[room] ",") ~ ("," name ","))) {
            refuse("<" header ">: " room "/ must not know " name)
        } else if (file !~ files[name]) {
            refuse("<" header ">: " name " is not for this file")
        }
        return
    }
    if (!(header in is_standard)) {
        refuse("<" header ">: unknown; give it a row in tests/layers.sh")
    }
}
# The tables.
table == 1 && NF == 3 { sees[$1] = $2; uses[$1] = $3; next }
table == 2 && NF == 3 { headers[$1] = $2; files[$1] = $3; next }
table == 3 { for (i = 1; i <= NF; i++) is_standard[$i ".h"] = 1; next }
table == 4 { exists[$1] = 1; next }
table < 5 { next }
# The sources, by names that begin below analyzer/.
FNR == 1 {
    file = FILENAME
    sub(/^[.]\//, "", file)
    room = file
    sub(/\/.*/, "", room)
    count = 0
    own = file
    sub(/[.]c$/, ".h", own)
    if (!(room in sees)) {
        refuse("there is no floor " room "/ in tests/layers.sh")
        nextfile_of = FILENAME
    }
}
FILENAME == nextfile_of { next }
/^[ \t]*#[ \t]*include/ {
    count++
    line = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
    if (file ~ /[.]c$/ && count == 1 && (own in exists) \
        && index(line, "\"" own "\"") != 1) {
        refuse("\"" own "\" must be the first include")
    }
    if (line ~ /^"[^"]*"/) {
        split(line, part, "\"")
        check_own(part[2])
    } else if (line ~ /^<[^>]*>/) {
        split(line, part, /[<>]/)
        check_system(part[2])
    } else {
        refuse("include a name, not a macro")
    }
}
AWK

# Prints what is wrong with the tree $1/analyzer.
check()
{
    printf '%s' "$floors" >"$work/floors"
    printf '%s' "$libraries" >"$work/libraries"
    printf '%s' "$standard" >"$work/standard"
    (
        cd "$1/analyzer"
        find . -name '*.[ch]' | sed 's|^[.]/||' | LC_ALL=C sort \
            >"$work/files"
        # Names of sources hold no blanks; tests/house.sh sees to that.
        # shellcheck disable=SC2046
        awk -f "$work/check.awk" table=1 "$work/floors" \
            table=2 "$work/libraries" table=3 "$work/standard" \
            table=4 "$work/files" table=5 $(cat "$work/files")
    )
}

number=0
failed=0
report() # STATUS NAME [DETAILS]
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
        printf '%s\n' "${3-}" | sed 's/^/# /'
    fi
}

# refuses FILE INCLUDE: a tree of that file with that line must be refused;
# allows: must not.
try()
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/analyzer/$(dirname "$1")"
    printf '#include %s\n' "$2" >"$work/tree/analyzer/$1"
    check "$work/tree"
}
refuses()
{
    said=$(try "$1" "$2")
    status=1
    case $said in *"$1:1: "*) status=0 ;; esac
    report "$status" "refuses $2 in $1" "$said"
}
allows()
{
    said=$(try "$1" "$2")
    status=0
    [ -z "$said" ] || status=1
    report "$status" "allows $2 in $1" "$said"
}

found=$(check "$top")
status=0
[ -z "$found" ] || status=1
report "$status" "every include of analyzer/ obeys the floors" "$found"

refuses base/a.c '"app/x.h"'
refuses wire/a.c '"source/stream.h"'
refuses store/a.h '"report/report.h"'
refuses match/a.c '"incident/incident.h"'
refuses match/catalog.c '<pcre2.h>'
refuses match/rule.h '<pcre2.h>'
refuses match/facts.c '<libfyaml.h>'
refuses report/a.c '<sqlite3.h>'
refuses incident/a.c '<uv.h>'
refuses base/a.c '<curl/curl.h>'
refuses base/a.c '"slice.h"'
refuses base/a.c '"../app/x.h"'
refuses base/a.c 'HEADER'
refuses attic/a.c '<stdio.h>'
allows match/rule.c '<pcre2.h>'
allows match/catalog_text.c '<libfyaml.h>'
allows match/yaml.c '<libfyaml.h>'
allows wire/event.c '<cjson/cJSON.h>'
allows source/stream.h '<uv.h>'
refuses source/tail.c '<zlib.h>'
allows source/follow_gzip.c '<zlib.h>'
allows app/cmd_sql.c '"store/query.h"'
allows base/a.c '<sys/stat.h>'

rm -rf "$work/tree"
mkdir -p "$work/tree/analyzer/base"
: >"$work/tree/analyzer/base/a.h"
printf '#include <stdio.h>\n#include "base/a.h"\n' \
    >"$work/tree/analyzer/base/a.c"
said=$(check "$work/tree")
status=1
case $said in *'base/a.c:1: "base/a.h" must be the first'*) status=0 ;; esac
report "$status" "refuses a module whose own header is not first" "$said"

echo "1..$number"
exit "$failed"
