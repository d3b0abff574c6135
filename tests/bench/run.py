#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pairs pullwhy with what else reads logs, in turn, and prints ratios.

    run.py [--mib 256] [--rounds 7] PULLWHY

Each round runs every command once, one after the other, so that what else the
machine does meets all alike; a ratio is of two runs of the same round, and the
median of all rounds is printed. The figures are of the wall clock, and of the
processor's time, which a busy machine distorts less.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = os.path.join(HERE, "words.txt")


def make_log(kind, mib, path):
    with open(path, "wb") as out:
        subprocess.run(
            ["awk", "-v", f"kind={kind}", "-v", f"mib={mib}", "-f",
             os.path.join(HERE, "logs.awk")],
            stdout=out, check=True, env={**os.environ, "LC_ALL": "C"})


def run(command, environment):
    """Wall seconds, processor seconds, peak KiB; what it says is thrown away."""
    # No null device: grep stops there at the first line that matches.
    with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=nothing, stdout=said,
                                   stderr=said, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command[0]}: exit status {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def commands_for(pullwhy, log, history):
    rows = [("wc -l", ["wc", "-l", log]),
            ("pullwhy", [pullwhy, "--no-db", "--format", "none", log])]
    if history:
        rows.append(("pullwhy --db",
                     [pullwhy, "--db", history, "--format", "none", log]))
    rows.append(("grep -E", ["grep", "-c", "-E", "-f", WORDS, log]))
    if shutil.which("rg"):
        rows.append(("rg", ["rg", "-c", "-f", WORDS, log]))
    return rows


def measure(rows, rounds, environment, history):
    runs = {name: [] for name, _ in rows}
    for turn in range(rounds + 1):
        for name, command in rows:
            if history:
                for tail in ("", "-wal", "-shm"):
                    if os.path.exists(history + tail):
                        os.unlink(history + tail)
            result = run(command, environment)
            if turn > 0:  # the first fills the cache
                runs[name].append(result)
    return runs


def ratio(runs, name, other, what):
    return statistics.median(
        b[what] / a[what] if a[what] > 0 else float("inf")
        for a, b in zip(runs[name], runs[other]))


def print_table(kind, size, runs):
    print(f"\n{kind}: {size / 1048576:.0f} MiB\n")
    print("| command | MB/s | MB/s of processor time | peak MiB "
          "| pullwhy is faster by | by processor time |")
    print("|---|---|---|---|---|---|")
    for name, results in runs.items():
        wall = statistics.median(r[0] for r in results)
        cpu = statistics.median(r[1] for r in results)
        peak = statistics.median(r[2] for r in results) / 1024
        print(f"| `{name}` | {size / 1e6 / wall:.0f} "
              f"| {size / 1e6 / cpu if cpu else 0:.0f} | {peak:.0f} "
              f"| {ratio(runs, 'pullwhy', name, 0):.2f} × "
              f"| {ratio(runs, 'pullwhy', name, 1):.2f} × |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pullwhy")
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
                       "HOME": work, "PULLWHY_CONFIG": os.devnull,
                       "PULLWHY_NOW": "2026-11-23T18:00:00Z"}
        for kind, mib in (("healthy", options.mib),
                          ("storm", max(1, options.mib // 8))):
            log = os.path.join(work, kind + ".log")
            history = os.path.join(work, "history.db")
            make_log(kind, mib, log)
            rows = commands_for(options.pullwhy, log, history)
            print_table(kind, os.path.getsize(log),
                        measure(rows, options.rounds, environment, history))


main()
