# SPDX-License-Identifier: Apache-2.0
"""What all rows share: the program, its peers, the figures and the verdicts."""

import os
import subprocess

from metering import HERE, Command, NotToBeHad
from peers import wanted
from tables import Table

WORDS = os.path.join(HERE, "words.txt")
RIPGREP_SETTINGS = ((), ("--no-mmap",), ("-j1",))
MEMORY_MIB = 24


class Bench:
    def __init__(self, options, meter, inputs, peers):
        self.options = options
        self.pullwhy = os.path.abspath(options.pullwhy)
        self.rounds = options.rounds
        self.meter = meter
        self.inputs = inputs
        self.peers = peers
        self.history = os.path.join(meter.work, "history.db")
        self.help = self.ask("--help")
        self.tables = []
        self.claims = []
        self.left_out = []
        self.peaks = {}  # MiB, by what was done

    def ask(self, *arguments):
        return subprocess.run([self.pullwhy, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE,
                              env=self.meter.environment).stdout

    def has(self, option):
        """Whether it is accepted: an option for developers stands in no help."""
        done = subprocess.run(
            [self.pullwhy, *option.split(), "--no-db", os.devnull],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL, check=False, env=self.meter.environment)
        return done.returncode == 0

    # Commands.

    def run_of(self, name, *arguments, history=False, before=None):
        """A command of pullwhy; `before` feeds its pipe."""
        kept = ("--db", self.history) if history else ("--no-db",)
        stage = (self.pullwhy, *kept, *arguments)
        return Command(name, (before, stage) if before else (stage,),
                       fresh=(self.history,) if history else ())

    def one_thread(self):
        return ("--threads", "1") if self.has("--threads 1") else ()

    def ripgrep(self, family, find, *arguments, before=None, words=WORDS):
        """A ripgrep in each setting; none and a remark if it is not there."""
        try:
            peer = find()
        except NotToBeHad as reason:
            self.leave_out(family, reason)
            return []
        commands = []
        for setting in RIPGREP_SETTINGS[:1] if before else RIPGREP_SETTINGS:
            stage = (*peer.command, "-c", *setting, "-f", words, *arguments)
            commands.append(Command(" ".join((peer.name, *setting)),
                                    (before, stage) if before else (stage,),
                                    family))
        return commands

    def ripgreps(self, *arguments, before=None, words=WORDS):
        return (self.ripgrep("rg 13", self.peers.ripgrep_of_debian,
                             *arguments, before=before, words=words)
                + self.ripgrep("newest rg", self.peers.ripgrep_newest,
                               *arguments, before=before, words=words))

    # What comes of it.

    def leave_out(self, what, reason):
        self.left_out.append((what, str(reason)))
        print(f"left out: {what}: {reason}", flush=True)

    def need(self, peer, name):
        return wanted(peer, name)

    def figures(self, key, caption, runs, subject):
        """A table of all commands of a row, beside one of them."""
        table = Table(key, ("command", "MB/s", "MB/s of processor time",
                            "processor, s", "peak MiB",
                            "pullwhy is faster by", "by processor time"),
                      caption=caption)
        for name in runs.by_name:
            wall, cpu = (runs.median(name, what) for what in ("wall", "cpu"))
            table.rows.append((
                f"`{name}`", f"{runs.size / 1e6 / wall:.0f}",
                f"{runs.size / 1e6 / max(cpu, 1e-6):.0f}", f"{cpu:.3f}",
                f"{runs.peak(name) / 1024:.1f}",
                f"{runs.ratio(subject, name):.2f} ×",
                f"{runs.ratio(subject, name, 'cpu'):.2f} ×"))
            if name.startswith("pullwhy"):
                self.note_peak(key, runs.peak(name))
        self.show(table)

    def note_peak(self, work, peak):
        self.peaks[work] = max(self.peaks.get(work, 0), peak / 1024)

    def show(self, table):
        self.tables.append(table)
        print(f"\n{table.text()}", flush=True)

    def claim(self, work, against, least, runs, subject, peer, what="wall"):
        """That `subject` is at least so many times as fast as its peer, a
        command or a family."""
        if peer not in runs.by_name:
            peer = runs.best(peer)
        if peer is None:
            return
        ratios = {w: runs.ratio(subject, peer, w) for w in ("wall", "cpu")}
        named = "" if peer == against else f" (`{peer}`)"
        self.verdict(work, against, f"{least:g} ×",
                     f"{ratios['wall']:.2f} ×{named}",
                     f"{ratios['cpu']:.2f} ×", ratios[what] >= least)

    def claim_ripgrep_13(self, work, least, runs, subject):
        """Debian's ripgrep: as it comes, and in its fastest setting."""
        plain = runs.plain("rg 13")
        if plain is None:
            return
        self.claim(work, "rg 13", least, runs, subject, plain)
        if runs.best("rg 13") != plain:
            self.claim(work, "rg 13, its fastest setting", least, runs,
                       subject, "rg 13")

    def verdict(self, work, against, wanted_figure, wall, cpu, is_reached):
        self.claims.append((work, against, wanted_figure, wall, cpu,
                            "yes" if is_reached else "**no**"))

    def contract(self):
        return Table("contract", ("work", "against", "at least", "measured",
                                  "by processor time", "reached"),
                     rows=self.claims, is_kept=True)

    @staticmethod
    def table(key, head, rows, caption=""):
        return Table(key, head, rows, caption)
