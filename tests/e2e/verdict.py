# SPDX-License-Identifier: Apache-2.0
"""What pullwhy said against what is true, as a table and as TAP.

A cause that this build's catalogue does not know is not asked for: it must
then come out as unknown, and is compared by itself from the day it exists.
"""

import json
import os
import subprocess

PULLWHY = os.environ["PULLWHY"]


def run(*words, text):
    """What pullwhy prints, as objects, for a text on its stdin."""
    done = subprocess.run((PULLWHY,) + words, input=text.encode(),
                          capture_output=True, timeout=60)
    if done.returncode:
        raise SystemExit("pullwhy %s: status %d: %s" % (
            " ".join(words), done.returncode,
            done.stderr.decode("utf-8", "replace")))
    return [json.loads(line) for line in done.stdout.splitlines()]


def known_causes():
    return {row["cause"] for row in run("patterns", "--format", "json",
                                        text="")}


def annotate(lines):
    """For each line given its object. The lines hold no newline."""
    rows = run("annotate", text="".join(line + "\n" for line in lines))
    by_line = {row["line"]: row for row in rows}
    return [by_line.get(at + 1, {}) for at in range(len(lines))]


class Report:
    """Collects comparisons; prints the table, then TAP."""

    def __init__(self):
        self.known = known_causes()
        self.rows = []
        self.compared = {"causes": 0, "facts": 0}
        self.checks = []
        self.gaps = []

    def wanted(self, cause):
        if cause is None or cause in self.known:
            return cause
        return "unknown"

    def compare(self, scenario, form, row, cause, facts, line="",
                gap=None):
        """row: what annotate said; facts: {name: value} that it must hold;
        gap: what it may say instead of the cause, for now."""
        wanted = self.wanted(cause)
        got = row.get("cause")
        self.compared["causes"] += 1
        wrong = []
        for name, value in sorted(facts.items()):
            self.compared["facts"] += 1
            have = row.get("facts", {}).get(name)
            if str(have) != str(value):
                wrong.append("%s=%s, wanted %s" % (name, have, value))
        if gap is not None and got == gap != wanted:
            self.gaps.append((scenario, form))
            wanted = gap
        good = got == wanted and not wrong
        self.rows.append((scenario, form, got, wanted, good, wrong, line))

    def check(self, good, name, detail=""):
        self.checks.append((good, name, detail))

    def print_table(self):
        width = max(len(row[0]) for row in self.rows)
        print("# %-*s  %-9s  %-26s %-26s" % (width, "scenario", "form",
                                             "got", "wanted"))
        for scenario, form, got, wanted, good, wrong, _line in self.rows:
            print("# %-*s  %-9s  %-26s %-26s%s" % (
                width, scenario, form, got, wanted,
                "" if good else " <-- WRONG " + "; ".join(wrong)))

    def finish(self):
        """Prints all, one TAP line a scenario; returns the exit status."""
        self.print_table()
        failed = number = 0
        scenarios = dict.fromkeys(row[0] for row in self.rows)
        for scenario in scenarios:
            number += 1
            bad = [row for row in self.rows
                   if row[0] == scenario and not row[4]]
            failed += bool(bad)
            print("%s %d - %s" % ("not ok" if bad else "ok", number,
                                  scenario))
            for row in bad:
                print("# %s: got %s, wanted %s; %s" % (
                    row[1], row[2], row[3], "; ".join(row[5])))
                print("#   " + row[6])
        for good, name, detail in self.checks:
            number += 1
            failed += not good
            print("%s %d - %s" % ("ok" if good else "not ok", number, name))
            if not good and detail:
                print("# " + detail.replace("\n", "\n# "))
        print("1..%d" % number)
        if self.gaps:
            print("# known gaps, to be closed: " + ", ".join(
                "%s (%s)" % gap for gap in self.gaps))
        print("# %d scenarios, %d causes and %d facts compared; "
              "%d of %d checks failed" % (
                  len(scenarios), self.compared["causes"],
                  self.compared["facts"], failed, number))
        return 1 if failed else 0
