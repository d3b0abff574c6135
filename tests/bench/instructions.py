# SPDX-License-Identifier: Apache-2.0
"""Instructions, counted by valgrind: they do not depend on what else the
machine does. What an empty file costs is taken off."""

import os
import re
import shutil
import subprocess

from metering import NotToBeHad

HEALTHY_MIB = 4
STORM_MIB = 6


def count(bench, *arguments):
    if not shutil.which("valgrind"):
        raise NotToBeHad("valgrind is not installed")
    for tail in ("", "-wal", "-shm"):
        if os.path.exists(bench.history + tail):
            os.unlink(bench.history + tail)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         bench.pullwhy, "--format", "none", *arguments], text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
        env=bench.meter.environment)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found:
        raise SystemExit(f"valgrind: {done.stderr}")
    return int(found[1])


def instructions(bench):
    """Instructions a byte, a line, and before the first one."""
    kept = ("--db", bench.history)
    healthy = bench.inputs.log("healthy", HEALTHY_MIB)
    storm = bench.inputs.log("storm", STORM_MIB)
    distinct = bench.inputs.distinct(STORM_MIB)
    empty = bench.inputs.empty()
    with open(storm, "rb") as file:
        lines = sum(1 for _ in file)
    start = count(bench, "--no-db", empty)
    start_kept = count(bench, *kept, empty)
    size = os.path.getsize(healthy)
    one = bench.one_thread()
    rows = [
        ("start-up", f"{start / 1e6:.1f} million"),
        ("start-up, with a new history", f"{start_kept / 1e6:.1f} million"),
        (f"healthy, {HEALTHY_MIB} MiB",
         f"{(count(bench, '--no-db', *one, healthy) - start) / size:.2f} "
         "a byte")]
    for name, path in ((f"storm, {STORM_MIB} MiB, {lines} lines", storm),
                       ("the same, no line like another", distinct)):
        bare = (count(bench, "--no-db", path) - start) / lines
        full = (count(bench, *kept, path) - start_kept) / lines
        rows += [(name, f"{bare:.0f} a line"),
                 (f"{name}, with a history", f"{full:.0f} a line")]
    bench.show(bench.table("instructions", ("input", "instructions"), rows))
