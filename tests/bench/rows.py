# SPDX-License-Identifier: Apache-2.0
"""The rows that pair whole processes: each a function of the bench."""

import os
import random
import re

from bench import WORDS
from metering import Command, NotToBeHad, build
from peers import on_path

SUBJECT = "pullwhy"
BARE = "pullwhy --no-db"


def idle(bench, log="-", before=None):
    """What only reads, as pullwhy does: nothing can be faster."""
    drain = (build("drain", bench.meter.work), log)
    return Command("reads only", (before, drain) if before else (drain,))


def mib_of(size):
    return f"{size / 1048576:.0f} MiB"


def healthy(bench):
    """A healthy log, from a file, one thread."""
    log = bench.inputs.log("healthy", bench.options.mib)
    one = bench.one_thread()
    runs = bench.meter.in_turn(
        [idle(bench, log),
         Command("wc -l", (("wc", "-l", log),)),
         bench.run_of(SUBJECT, *one, log, history=True),
         bench.run_of(BARE, *one, log),
         Command("grep -E", (("grep", "-c", "-E", "-f", WORDS, log),)),
         *bench.ripgreps(log)], os.path.getsize(log), bench.rounds)
    bench.figures("healthy", f"Healthy log, a file of {mib_of(runs.size)}, "
                  "one thread:", runs, SUBJECT)
    work = "healthy log, file, 1 thread"
    bench.claim(work, "wc -l", 0.55, runs, SUBJECT, "wc -l")
    bench.claim_ripgrep_13(work, 7, runs, SUBJECT)
    bench.claim(work, "newest rg", 1.2, runs, SUBJECT, "newest rg")


def threads(bench):
    """The same with two threads."""
    if not bench.has("--threads 2"):
        raise NotToBeHad("pullwhy has no --threads; it reads with one")
    log = bench.inputs.log("healthy", bench.options.mib)
    runs = bench.meter.in_turn(
        [Command("wc -l", (("wc", "-l", log),)),
         bench.run_of(SUBJECT, "--threads", "2", log, history=True),
         bench.run_of("pullwhy --threads 1", "--threads", "1", log,
                      history=True)],
        os.path.getsize(log), bench.rounds)
    bench.figures("threads", f"Healthy log, a file of {mib_of(runs.size)}, "
                  "two threads:", runs, SUBJECT)
    bench.claim("healthy log, file, 2 threads", "wc -l", 0.9, runs, SUBJECT,
                "wc -l")


def pipe(bench):
    """A healthy log through a pipe."""
    source, size = bench.inputs.stream("healthy", bench.options.mib)
    runs = bench.meter.in_turn(
        [idle(bench, before=source),
         Command("wc -l", (source, ("wc", "-l"))),
         bench.run_of(SUBJECT, *bench.one_thread(), history=True,
                      before=source),
         bench.run_of(BARE, *bench.one_thread(), before=source),
         Command("grep -E", (source, ("grep", "-c", "-E", "-f", WORDS))),
         *bench.ripgreps(before=source)], size, bench.rounds)
    bench.figures("pipe", f"Healthy log, {mib_of(size)} through a pipe from "
                  "`cat` (whose own processor time is not in the figures):",
                  runs, SUBJECT)
    work = "healthy log, pipe"
    bench.claim(work, "wc -l", 2, runs, SUBJECT, "wc -l")
    bench.claim_ripgrep_13(work, 5, runs, SUBJECT)


def storm(bench):
    """A storm of failures, with a history."""
    log = bench.inputs.log("storm", bench.options.storm_mib)
    runs = bench.meter.in_turn(
        [Command("wc -l", (("wc", "-l", log),)),
         bench.run_of(SUBJECT, log, history=True),
         bench.run_of(BARE, log),
         Command("grep -E", (("grep", "-c", "-E", "-f", WORDS, log),)),
         *bench.ripgreps(log)], os.path.getsize(log), bench.rounds)
    bench.figures("storm", f"Storm, a file of {mib_of(runs.size)}:", runs,
                  SUBJECT)
    work = "storm, history on"
    bench.claim_ripgrep_13(work, 1.6, runs, SUBJECT)
    bench.claim(work, "newest rg", 1.7, runs, SUBJECT, "newest rg")


def shuffled_catalogue(source, folder, order):
    """A copy of the catalogue in which other files stand first: a file keeps
    the place of its name, so it gets another one's content. Ranks and
    priorities, which decide what is right, stay as they are."""
    os.makedirs(folder, exist_ok=True)
    names = sorted(name for name in os.listdir(source)
                   if name.endswith(".yaml") and name != "shared.yaml")
    for name, other in zip(names, order(names)):
        with open(os.path.join(source, other), "rb") as file, \
                open(os.path.join(folder, name), "wb") as out:
            out.write(file.read())
    return folder


def orders():
    yield "as it is", list
    yield "backwards", lambda names: names[::-1]
    for seed in (1, 2):
        yield f"shuffled {seed}", \
            lambda names, seed=seed: random.Random(seed).sample(names,
                                                                len(names))


def shuffle(bench):
    """The storm, with the catalogue's files in other orders."""
    log = bench.inputs.log("storm", bench.options.storm_mib)
    commands, first = [], None
    for number, (name, order) in enumerate(orders()):
        folder = shuffled_catalogue(
            bench.options.patterns,
            os.path.join(bench.meter.work, f"order{number}"), order)
        command = bench.run_of(f"pullwhy, {name}", "--patterns", folder, log,
                               history=True)
        found = counts_of(bench, "--patterns", folder, log)
        first = first or found
        if found != first:
            raise SystemExit(f"the order of the rules changes what is found: "
                             f"{name}")
        commands.append(command)
    runs = bench.meter.in_turn(commands, os.path.getsize(log), bench.rounds)
    subject = commands[0].name
    bench.figures("shuffle", f"Storm, {mib_of(runs.size)}, the files of the "
                  "catalogue (given by `--patterns`) in other orders, same "
                  "findings:", runs, subject)
    worst = max(abs(runs.ratio(subject, c.name) - 1) for c in commands[1:])
    cpu = max(abs(runs.ratio(subject, c.name, "cpu") - 1)
              for c in commands[1:])
    bench.verdict("storm, rules in another order", "itself", "within 10 %",
                  f"{worst * 100:.1f} %", f"{cpu * 100:.1f} %", worst <= 0.1)


def counts_of(bench, *arguments):
    """How often each incident was seen, in an order of its own."""
    said = bench.ask("--no-db", "--format", "json", *arguments)
    return sorted(re.findall(r'"cause":"([^"]*)".*?"image":("[^"]*"|null)'
                             r'.*?"count":(\d+)', said))


def memo(bench):
    """The storm, with nothing known from earlier lines."""
    off = ("--no-memo",) if bench.has("--no-memo") else ()
    if off:
        log = bench.inputs.log("storm", bench.options.storm_mib)
        name = "pullwhy --no-memo"
    else:
        log = bench.inputs.distinct(bench.options.storm_mib)
        name = "pullwhy"
    runs = bench.meter.in_turn(
        [bench.run_of(name, *off, log, history=True),
         *bench.ripgrep("newest rg", bench.peers.ripgrep_newest, log)],
        os.path.getsize(log), bench.rounds)
    bench.figures("memo", f"Storm, {mib_of(runs.size)}, " + (
        "the memo switched off:" if off else
        "no line like another (each has a request's number of its own), so "
        "that the memo never helps:"), runs, name)
    bench.claim("storm, memo off", "newest rg", 0.5, runs, name, "newest rg")


def linear(bench):
    """The cost of more: 64 MiB, 1 GiB and 8 GiB through a pipe."""
    rows = []
    for mib in bench.options.linear:
        source, size = bench.inputs.stream("healthy", mib)
        runs = bench.meter.in_turn(
            [Command("wc -l", (source, ("wc", "-l"))),
             bench.run_of(SUBJECT, history=True, before=source)], size,
            max(1, min(bench.rounds, 2048 // mib or 1)), warm=mib <= 1024)
        gib = size / 1073741824
        rows.append((f"{mib} MiB", *(
            cell for name in ("wc -l", SUBJECT) for cell in (
                f"{size / 1e6 / runs.median(name, 'wall'):.0f}",
                f"{runs.median(name, 'cpu') / gib:.3f}",
                f"{runs.peak(name) / 1024:.1f}"))))
        bench.note_peak(f"healthy, {mib} MiB through a pipe",
                        runs.peak(SUBJECT))
    bench.show(bench.table(
        "linear", ("healthy, through a pipe", "`wc -l` MB/s",
                   "processor, s per GiB", "peak MiB", "pullwhy MB/s",
                   "processor, s per GiB", "peak MiB"), rows,
        "More of the same:"))


def old_readers(bench):
    """What people read logs with: lnav, syslog-ng; by processor time, so that
    one thread reads here, too."""
    log = bench.inputs.log("healthy", bench.options.small_mib)
    with open(WORDS, encoding="utf-8") as words:
        expression = "|".join(words.read().splitlines())
    commands = [bench.run_of(SUBJECT, *bench.one_thread(), log, history=True)]
    wanted = []
    for name, least, make in (("lnav", 25, lnav), ("syslog-ng", 35, syslog_ng)):
        try:
            command = make(bench, log, expression)
        except NotToBeHad as reason:
            bench.leave_out(name, reason)
            continue
        commands.append(command)
        wanted.append((command.name, least))
    bench.leave_out("Fluent Bit", "it is in none of the package registries "
                    "(Debian's, npm) that could be asked")
    if not wanted:
        return
    runs = bench.meter.in_turn(commands, os.path.getsize(log), bench.rounds)
    bench.figures("readers", f"Healthy log, {mib_of(runs.size)}, beside what "
                  "reads logs otherwise:", runs, SUBJECT)
    for name, least in wanted:
        bench.claim("healthy log, file, by processor time", name, least, runs,
                    SUBJECT, name, "cpu")


def lnav(bench, log, expression):
    peer = bench.need(on_path("lnav", "-V"), "lnav")
    return Command(peer.name, ((*peer.command, "-n", "-c",
                                f":filter-in {expression}", log),))


def syslog_ng(bench, log, expression):
    """From a pipe, since it never ends with a file."""
    peer = bench.need(on_path("syslog-ng"), "syslog-ng")
    folder = os.path.join(bench.meter.work, "syslog-ng")
    os.makedirs(folder, exist_ok=True)
    quoted = expression.replace("\\", "\\\\").replace('"', '\\"')
    version = ".".join(str(part) for part in peer.version[:2])
    config = bench.inputs.text("syslog-ng.conf", f"""@version: {version}
options {{ stats-freq(0); threaded(yes); log-msg-size(131072); }};
source lines {{ stdin(flags(no-parse)); }};
filter wanted {{ match("{quoted}" type(pcre) value("MESSAGE")); }};
destination found {{ file("{folder}/found" template("$MESSAGE\\n")); }};
log {{ source(lines); filter(wanted); destination(found);
      flags(flow-control); }};
""".encode())
    return Command(peer.name, (("cat", log), (
        *peer.command, "-F", "--no-caps", "-f", config, "-R",
        folder + "/persist", "-c", folder + "/control", "-p",
        folder + "/pid")), fresh=(folder + "/found",))
