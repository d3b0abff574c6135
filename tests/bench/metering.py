# SPDX-License-Identifier: Apache-2.0
"""Runs commands in turn, A B A B, and keeps what each run took."""

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))


class NotToBeHad(Exception):
    """What a row needs is not there; the text says why it is left out."""


@dataclass(frozen=True)
class Command:
    """A pipe of programs, of which the last is the one that is looked at.

    Of the commands of one family, settings of the same program, the fastest
    counts."""

    name: str
    stages: tuple
    family: str = ""
    fresh: tuple = ()  # files that must not be there when it begins


@dataclass(frozen=True)
class Run:
    wall: float
    cpu: float
    peak: int  # KiB


@dataclass
class Runs:
    """All runs of one row, by the command's name."""

    size: int
    by_name: dict = field(default_factory=dict)
    families: dict = field(default_factory=dict)

    def median(self, name, what):
        return statistics.median(getattr(r, what) for r in self.by_name[name])

    def peak(self, name):
        return max(r.peak for r in self.by_name[name])

    def best(self, family):
        """The name of the fastest command of a family."""
        return min((name for name, other in self.families.items()
                    if other == family),
                   key=lambda name: self.median(name, "wall"), default=None)

    def plain(self, family):
        """The name of a family's command without any setting."""
        return next((name for name, other in self.families.items()
                     if other == family), None)

    def ratio(self, name, peer, what="wall"):
        """By how much `name` is faster than `peer`: the rounds' median."""
        pairs = zip(self.by_name[name], self.by_name[peer])
        return statistics.median(
            getattr(b, what) / max(getattr(a, what), 1e-6) for a, b in pairs)


def build(name, folder, libraries=()):
    """Compiles tests/bench/NAME.c; the program's path."""
    program = os.path.join(folder, name)
    if not os.path.exists(program):
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", *libraries],
                               stdout=subprocess.PIPE, text=True,
                               check=True).stdout.split() if libraries else []
        subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-O2",
                        "-D_POSIX_C_SOURCE=200809L", "-D_XOPEN_SOURCE=700",
                        "-o", program, os.path.join(HERE, name + ".c"), *flags],
                       check=True)
    return program


class Meter:
    """Runs commands below meter.c, in an environment that says nothing."""

    def __init__(self, work):
        self.work = work
        self.program = build("meter", work)
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
            "HOME": work, "PULLWHY_CONFIG": os.devnull,
            "PULLWHY_NOW": "2026-11-23T18:00:00Z"}

    def run(self, command, stdout=None):
        """One run. What it prints goes to `stdout` or is thrown away; not to
        the null device, where grep stops at the first line that matches."""
        for path in command.fresh:
            for tail in ("", "-wal", "-shm"):
                if os.path.exists(path + tail):
                    os.unlink(path + tail)
        with tempfile.TemporaryFile(dir=self.work) as said, \
                tempfile.TemporaryFile(dir=self.work) as warned:
            reports = self._start(command, stdout or said, warned)
            warned.seek(0)
            words = warned.read().decode("utf-8", "replace")
        for stage, report in zip(command.stages, reports):
            if report[5] not in (0, 1):
                sys.exit(f"{stage[0]}: exit status {report[5]:.0f}\n{words}")
        began = min(report[0] for report in reports)
        ended = max(report[1] for report in reports)
        last = reports[-1]
        return Run(ended - began, last[2] + last[3], int(last[4]))

    def _start(self, command, stdout, stderr):
        before = subprocess.DEVNULL
        processes, paths = [], []
        for number, stage in enumerate(command.stages):
            is_last = number == len(command.stages) - 1
            paths.append(os.path.join(self.work, f"report{number}"))
            process = subprocess.Popen(
                [self.program, paths[-1], *stage], stdin=before, stderr=stderr,
                stdout=stdout if is_last else subprocess.PIPE,
                env=self.environment, cwd=self.work)
            if number > 0:
                before.close()
            before = process.stdout
            processes.append(process)
        for process in processes:
            if process.wait() != 0:
                stderr.seek(0)
                sys.exit(f"meter: {stderr.read().decode()}")
        reports = []
        for path in paths:
            with open(path, encoding="ascii") as file:
                reports.append([float(word) for word in file.read().split()])
        return reports

    def in_turn(self, commands, size, rounds, warm=True):
        """Each command once a round; every other round from the last to the
        first, so that none always follows the same one."""
        runs = Runs(size, {c.name: [] for c in commands},
                    {c.name: c.family for c in commands})
        if warm:
            for command in commands:
                self.run(command)
        for turn in range(rounds):
            for command in commands if turn % 2 == 0 else commands[::-1]:
                runs.by_name[command.name].append(self.run(command))
        return runs
