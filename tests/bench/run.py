#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pairs pullwhy with what else reads logs, in turn, and prints ratios.

    run.py [--rows healthy,pipe] [--rounds 7] [--mib 1024] [--write] PULLWHY

Each round runs every command of a row once, one after the other, so that what
else the machine does meets all alike; a ratio is of two runs of one round, and
the median of all rounds is told. What is not here is left out, with the reason.
tests/bench/fetch.sh brings it. --write puts the tables of the rows that were
measured into their places in doc/PERFORMANCE.md; else nothing is written.
"""

import argparse
import os
import platform
import sys
import tempfile

sys.dont_write_bytecode = True  # tests/ is not for what a run leaves behind

import instructions
import rows
import rows_process
import tables
from bench import Bench
from inputs import Inputs
from metering import HERE, Meter, NotToBeHad
from peers import Peers

TOP = os.path.dirname(os.path.dirname(HERE))

# Memory comes last: it looks at what the others did.
ROWS = {
    "healthy": rows.healthy,
    "threads": rows.threads,
    "pipe": rows.pipe,
    "storm": rows.storm,
    "shuffle": rows.shuffle,
    "memo": rows.memo,
    "events": rows_process.events,
    "compact": rows_process.compact,
    "list": rows_process.one_line,
    "records": rows_process.records,
    "readers": rows.old_readers,
    "patterns": rows_process.patterns,
    "hostile": rows_process.hostile,
    "startup": rows_process.startup,
    "latency": rows_process.delay,
    "linear": rows.linear,
    "instructions": instructions.instructions,
    "memory": rows_process.memory,
}

# Proves the bench itself: a moment, and figures that mean nothing.
SMOKE = {"mib": 1, "storm_mib": 1, "events_mib": 1, "small_mib": 1, "rounds": 1,
         "linear": [1, 2], "times": 2, "counts": [1], "idle": 0.2, "samples": 3}


def numbers(text):
    return [int(word) for word in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("pullwhy")
    parser.add_argument("--rows", default=",".join(
        name for name in ROWS if name != "instructions"),
        help="which, of: " + ", ".join(ROWS))
    parser.add_argument("--instructions", action="store_true",
                        help="the row instructions alone: valgrind counts")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--mib", type=int, default=1024,
                        help="of the healthy log")
    parser.add_argument("--storm-mib", type=int, default=256)
    parser.add_argument("--events-mib", type=int, default=128)
    parser.add_argument("--small-mib", type=int, default=128,
                        help="of the log that slow readers read")
    parser.add_argument("--linear", type=numbers, default=[64, 1024, 8192],
                        help="MiB that are streamed (64,1024,8192)")
    parser.add_argument("--counts", type=numbers, default=[10, 50, 500],
                        help="of causes beside the built-in ones (10,50,500)")
    parser.add_argument("--times", type=int, default=1000,
                        help="lines whose delay is measured")
    parser.add_argument("--idle", type=float, default=30,
                        help="seconds for which it waits")
    parser.add_argument("--samples", type=int, default=None,
                        help="of how many samples hostile lines are made")
    parser.add_argument("--over", type=float, default=1000,
                        help="tell each hostile line that costs more, in µs")
    parser.add_argument("--peers", default=os.path.join("build", "peers"),
                        help="where fetch.sh put what it fetched")
    parser.add_argument("--patterns", default=os.path.join(TOP, "patterns"))
    parser.add_argument("--keep", metavar="FOLDER",
                        help="make the logs there, and leave them")
    parser.add_argument("--smoke", action="store_true",
                        help="every row once with next to nothing")
    parser.add_argument("--write", action="store_true",
                        help="put the tables into doc/PERFORMANCE.md")
    options = parser.parse_args()
    if options.smoke:
        vars(options).update(SMOKE)
    names = ["instructions"] if options.instructions \
        else options.rows.split(",")
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; there are: "
                     + ", ".join(ROWS))
    return options, [name for name in ROWS if name in names]


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def machine(bench):
    """What was measured with what: a table of its own. What an earlier run left
    out still is, as far as this one does not say otherwise."""
    peers = [peer.describe() for peer in bench.peers.ripgreps]
    rows_of = [("pullwhy", bench.ask("--version").splitlines()[0]),
               ("machine", f"{processor()}, {os.cpu_count()} processors, "
                f"Linux {platform.release()}"),
               ("load while measuring", "%.1f, %.1f, %.1f" % os.getloadavg()),
               ("ripgrep", "; ".join(peers) or "none")]
    rows_of += [(f"left out: {what}", reason)
                for what, reason in dict(bench.left_out).items()]
    return tables.Table("machine", ("", ""), rows_of, is_kept=True, key_cells=1)


def measure(bench, names):
    """The keys of tables that have no place in the document."""
    lost = set()
    for name in names:
        print(f"\n## {name}: {ROWS[name].__doc__}", flush=True)
        try:
            ROWS[name](bench)
        except NotToBeHad as reason:
            bench.leave_out(name, reason)
        lost.update(write(bench))  # so that nothing is lost with a later row
    return lost


def write(bench):
    if not bench.options.write:
        return []
    written = [*bench.tables]
    if bench.claims:  # other rows say nothing that the contract's were part of
        written += [bench.contract(), machine(bench)]
    return tables.write(os.path.join(TOP, "doc", "PERFORMANCE.md"), written)


def main():
    options, names = arguments()
    options.peers = os.path.abspath(options.peers)
    options.patterns = os.path.abspath(options.patterns)
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.abspath(options.keep) if options.keep else work
        os.makedirs(folder, exist_ok=True)
        bench = Bench(options, Meter(work), Inputs(folder),
                      Peers(options.peers))
        lost = measure(bench, names)
        for table in (bench.contract(), machine(bench)):
            print(f"\n{table.text()}")
    if lost:
        sys.exit("doc/PERFORMANCE.md has no place for: "
                 + ", ".join(sorted(lost)))


if __name__ == "__main__":
    main()
