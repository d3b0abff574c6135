# SPDX-License-Identifier: Apache-2.0
"""The rows of one process alone: start-up, hostile lines, waiting, memory,
JSON events, and catalogues that grow."""

import functools
import json
import os
import shutil
import statistics
import subprocess

import latency
from bench import MEMORY_MIB
from metering import HERE, Command, NotToBeHad, build
from peers import on_path
from rows import BARE, SUBJECT, mib_of

HOSTILE_BYTES = 65000
OLD_MIB = 256  # of events, from which a history is made
HOSTILE_LINES = 64
# What costs most where each byte or word of a line may begin something; each
# again and again, alone and behind what makes the line matter.
UNITS = (
    b"/", b'"', b"[", b"&", b"?", b"%", b"\\q", b"a: ", b'"":"', b'"a/b" ',
    b"?a=", b"&sig=a", b"%26sig%3D", b"bearer+auth+", b"password:{", b"://a@",
    b"https://a:b@", b"token=", b"a.io/b:c ", b'image "a" ', b"dial tcp a: ",
    b": [", b"\\u003c", b"\x1b[31m", b"\0", b"\xff", b"\xe3", b"\xe2", b"\xc2",
    "\u201c\u201d".encode(), b"{[", b"k=v ", b'k="v" ')
LURE = b'failed to pull image "a": '
FAILED = '.items[] | select(.reason == "Failed") | .message'


def old_history(bench):
    """A history with incidents in it, and how many they are."""
    path = os.path.join(bench.meter.work, "old-history.db")
    bench.ask("--db", path, "--format", "none",
              bench.inputs.log("events", OLD_MIB))
    count = bench.ask("sql", "--db", path, "--format", "csv",
                      "SELECT count(*) FROM incidents").split()[-1]
    return path, int(count)


def startup(bench):
    """From nothing to the end of an empty file."""
    empty = bench.inputs.empty()
    old, count = old_history(bench)
    runs = bench.meter.in_turn(
        [bench.run_of(BARE, empty),
         bench.run_of("pullwhy, a new history", empty, history=True),
         Command(f"pullwhy, a history of {count} incidents",
                 ((bench.pullwhy, "--format", "none", "--db", old, empty),)),
         Command("true", (("true",),))], 0, max(bench.rounds, 20))
    rows = [(f"`{name}`", f"{runs.median(name, 'wall') * 1e3:.1f}",
             f"{runs.median(name, 'cpu') * 1e3:.1f}",
             f"{runs.peak(name) / 1024:.1f}") for name in runs.by_name]
    bench.note_peak("an empty file", runs.peak(BARE))
    bench.show(bench.table("startup", (
        "an empty file", "ms", "ms of processor time", "peak MiB"), rows))
    took = runs.median(BARE, "wall") * 1e3
    bench.verdict("start-up, no history", "", "at most 20 ms", f"{took:.1f} ms",
                  f"{runs.median(BARE, 'cpu') * 1e3:.1f} ms", took <= 20)


def events(bench):
    """Events as JSON, one list, as kubectl prints it."""
    log = bench.inputs.log("events", bench.options.events_mib)
    commands = [Command("wc -l", (("wc", "-l", log),)),
                bench.run_of(SUBJECT, log, history=True),
                bench.run_of(BARE, log)]
    if os.path.exists(os.path.join(HERE, "cjson.c")):
        program = build("cjson", bench.meter.work, ("libcjson",))
        commands.append(Command("cJSON on every object", ((program, log),)))
    else:
        bench.leave_out("cJSON", "there is no tests/bench/cjson.c")
    jq = on_path("jq")
    if jq:
        commands.append(Command(jq.name, ((*jq.command, "-r", FAILED, log),)))
    else:
        bench.leave_out("jq", "it is not installed")
    commands += bench.ripgrep("newest rg", bench.peers.ripgrep_newest, log)
    runs = bench.meter.in_turn(commands, os.path.getsize(log), bench.rounds)
    bench.figures("events", "Events as JSON, one pretty-printed list of "
                  f"{mib_of(runs.size)}, 3 of 100 are failed pulls:", runs,
                  SUBJECT)
    work = "event JSON, pretty"
    bench.claim(work, "wc -l", 0.4, runs, SUBJECT, "wc -l")
    if "cJSON on every object" in runs.by_name:
        bench.claim(work, "cJSON on every object", 6, runs, SUBJECT,
                    "cJSON on every object")
    if jq:
        bench.claim(work, jq.name, 50, runs, SUBJECT, jq.name)


def beside_ripgrep(bench, row, kind, title):
    """A kind of log of the events' size, beside the newest ripgrep."""
    log = bench.inputs.log(kind, bench.options.events_mib)
    runs = bench.meter.in_turn(
        [Command("wc -l", (("wc", "-l", log),)),
         bench.run_of(SUBJECT, log, history=True),
         *bench.ripgrep("newest rg", bench.peers.ripgrep_newest, log)],
        os.path.getsize(log), bench.rounds)
    bench.figures(row, f"{title}, {mib_of(runs.size)}:", runs, SUBJECT)


def compact(bench):
    """Events as JSON, one object a line."""
    beside_ripgrep(bench, "compact", "events-compact",
                   "Events as JSON, an object a line")


def one_line(bench):
    """Events as JSON, a list on one line."""
    beside_ripgrep(bench, "list", "events-list",
                   "Events as JSON, a list on one line")


def records(bench):
    """A healthy log in the records of a logger, one object a line."""
    beside_ripgrep(bench, "records", "records",
                   "Records of a logger, an object a line")


def patterns(bench):
    """More causes beside the built-in ones: 10, 50 and 500."""
    script = os.path.join(HERE, "patterns.sh")
    if not os.path.exists(script):
        raise NotToBeHad("there is no tests/bench/patterns.sh")
    if not shutil.which("valgrind"):
        raise NotToBeHad("valgrind is not installed")
    done = subprocess.run([script, *map(str, bench.options.counts)],
                          stdout=subprocess.PIPE, text=True, check=False,
                          env={**os.environ, "PULLWHY": bench.pullwhy})
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in done.stdout.splitlines() if line.startswith("| ")]
    if done.returncode != 0 or len(rows) < 2:
        raise SystemExit(f"{script}: exit status {done.returncode}")
    bench.show(bench.table("patterns", rows[0], rows[1:],
                           "Instructions (`tests/bench/patterns.sh`):"))


def shapes(sample, number):
    """Lines of 64 KiB around what a rule looks for, none like another; of a
    sample of several lines one is made, else they would be a thousand."""
    body = sample.replace("\n", " ").encode()
    mark = b"%08x" % (number * 2654435761 % 2**32)
    half = body[:max(1, len(body) // 2)]
    yield "itself, again and again", \
        mark + (body + b" ") * (HOSTILE_BYTES // (len(body) + 1))
    yield "its first half, again and again", \
        mark + half * (HOSTILE_BYTES // len(half))
    yield "behind as much as fits of `failed to pull image \"a\": `", \
        mark + LURE * ((HOSTILE_BYTES - len(body)) // len(LURE)) + body


def unit_shapes(unit, number):
    """Likewise, of what stands in no sample."""
    mark = b"%08x " % (number * 2654435761 % 2**32)
    body = unit * (HOSTILE_BYTES // len(unit))
    yield "again and again", mark + body
    yield "again and again, behind a failure", mark + LURE + body
    quoted = (LURE + body).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    quoted = quoted[:HOSTILE_BYTES // 2 * 2].rstrip(b"\\")
    yield "likewise, as klog's err", \
        b'E1123 16:29:02.%06d    2874 log.go:32] "PullImage failed" err="' \
        % number + quoted + b'"'
    yield "likewise, as an object's message", \
        b'{"number":%d,"message":"' % number + quoted + b'"}'


def hostile_kinds(bench):
    """What is told of the lines, and what makes each kind of the numberth."""
    for sample in samples_of(bench)[:bench.options.samples]:
        yield (f"{sample['cause']}, row {sample['row']}",
               functools.partial(shapes, sample["line"]))
    for unit in UNITS[:bench.options.samples]:
        yield (f"`{unit.decode('utf-8', 'backslashreplace')!r}`",
               functools.partial(unit_shapes, unit))


def hostile_cost(bench, path, base, times=1):
    """Processor seconds a line, less what an empty file costs."""
    took = []
    for _ in range(times):
        run = bench.meter.run(bench.run_of("hostile", path))
        bench.note_peak("hostile lines", run.peak)
        took.append(run.cpu)
    return max(0.0, (min(took) - base) / HOSTILE_LINES)


def samples_of(bench):
    said = bench.ask("patterns", "samples")
    return [json.loads(line) for line in said.splitlines()]


def hostile(bench):
    """A line of 64 KiB, made from each sample of each rule, and from what is
    made to be slow."""
    base = min(bench.meter.run(bench.run_of("", bench.inputs.empty())).cpu
               for _ in range(9))
    costs = []
    for what, shapes_of in hostile_kinds(bench):
        lines = [list(shapes_of(number)) for number in range(HOSTILE_LINES)]
        for shape, (name, _) in enumerate(lines[0]):
            path = bench.inputs.text("hostile.log", b"\n".join(
                line[shape][1] for line in lines) + b"\n")
            cost = hostile_cost(bench, path, base)
            if cost > 0.0005:
                cost = hostile_cost(bench, path, base, 3)
            costs.append((cost, what, name))
    costs.sort(reverse=True)
    shown = max(5, sum(cost * 1e6 > bench.options.over for cost, *_ in costs))
    rows = [(f"{cost * 1e6:.0f}", what, name)
            for cost, what, name in costs[:shown]]
    rows.append((f"{statistics.median(c[0] for c in costs) * 1e6:.0f}",
                 f"the median of all {len(costs)}", ""))
    bench.show(bench.table("hostile", ("µs a line", "made of", "shape"), rows,
                           "Lines of 64 KiB, the dearest first:"))
    bench.verdict("hostile line of 64 KiB, any rule", "", "under 1 ms", "",
                  f"{costs[0][0] * 1e3:.2f} ms", costs[0][0] < 0.001)


def delay(bench):
    """From a write into a followed file until something is told."""
    common = (bench.pullwhy, bench.meter.work, bench.meter.environment,
              bench.options.times)
    rows = []
    what = "a change of a known incident"
    for output in ("text", "json"):
        both = [latency.figures(v) for v in latency.changes(*common, output)]
        rows += delay_rows(f"{what}, {output}", both)
        for part, index in (("p50", 0), ("p99", 1)):
            ours, theirs = both[0][index], both[1][index]
            bench.verdict(f"write to finding, {what}, {output}, {part}",
                          "`tail -F`, `grep --line-buffered`", "no slower",
                          f"{ours:.0f} µs, theirs {theirs:.0f} µs", "",
                          ours <= theirs)
    option = latency.settle_option(bench.pullwhy, bench.meter.environment)
    both = [latency.figures(v) for v in latency.openings(*common)]
    rows += delay_rows("a new incident" + (
        f", {' '.join(option)}" if option else
        ", held back for its settling time"), both)
    part = latency.idle(*common[:3], bench.options.idle)
    bench.show(bench.table("latency", ("told", "by", "p50, µs", "p99, µs",
                                       "longest, µs"), rows,
                           f"From the write until the first byte is told, "
                           f"{bench.options.times} times each, in turn:"))
    bench.verdict("waiting, nothing written", "a processor", "under 0.1 %", "",
                  f"{part * 100:.3f} %", part < 0.001)


def delay_rows(what, both):
    names = ("`pullwhy watch`", "`tail -F`, `grep --line-buffered`")
    return [(what, name, *(f"{value:.0f}" for value in values))
            for name, values in zip(names, both)]


def memory(bench):
    """The peak of all that was run above."""
    if not bench.peaks:
        raise NotToBeHad("no other row was measured")
    work, peak = max(bench.peaks.items(), key=lambda item: item[1])
    bench.show(bench.table("memory", ("work", "peak MiB"), [
        (name, f"{mib:.1f}") for name, mib in bench.peaks.items()],
        "The greatest resident memory of any run:"))
    bench.verdict("peak memory, any of these", "", f"at most {MEMORY_MIB} MiB",
                  f"{peak:.1f} MiB ({work})", "", peak <= MEMORY_MIB)
