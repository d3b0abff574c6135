# SPDX-License-Identifier: Apache-2.0
"""The logs that are read, made when first wanted."""

import hashlib
import os
import re
import subprocess

from metering import HERE, NotToBeHad

MIB = 1048576
PIECE = 256  # MiB; a longer log is the same piece again and again


def kinds():
    """What logs.awk can write: the names in the head of its text."""
    with open(os.path.join(HERE, "logs.awk"), encoding="utf-8") as script:
        return re.findall(r"^#   ([a-z][a-z-]*) {2,}", script.read(), re.M)


class Inputs:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(HERE, "logs.awk"), "rb") as script:
            self.edition = hashlib.sha256(script.read()).hexdigest()[:8]

    def path(self, kind, mib):
        name = f"{kind}-{mib}-{self.edition}.log"
        return os.path.join(self.folder, name)

    def log(self, kind, mib):
        """The path of a log of so many MiB."""
        path = self.path(kind, mib)
        if not os.path.exists(path):
            self._make(kind, mib, path + ".new")
            os.rename(path + ".new", path)
        return path

    def _make(self, kind, mib, path):
        if kind not in kinds():
            raise NotToBeHad(f"tests/bench/logs.awk writes no {kind}")
        repeats = mib > PIECE and mib % PIECE == 0 and kind == "healthy"
        if repeats:
            piece = self.log(kind, PIECE)
            with open(path, "wb") as out:
                subprocess.run(["cat", *[piece] * (mib // PIECE)], stdout=out,
                               check=True)
            return
        with open(path, "wb") as out:
            subprocess.run(
                ["awk", "-v", f"kind={kind}", "-v", f"mib={mib}", "-f",
                 os.path.join(HERE, "logs.awk")],
                stdout=out, check=True, env={**os.environ, "LC_ALL": "C"})

    def stream(self, kind, mib):
        """A command that prints so many MiB, and how many bytes that is."""
        piece = min(mib, PIECE)
        path = self.log(kind, piece)
        times = max(1, mib // piece)
        return ("cat", *[path] * times), os.path.getsize(path) * times

    def distinct(self, mib):
        """The storm, but no line like another: each has a request's number of
        its own, so that nothing can be known from an earlier one."""
        path = self.path("storm-distinct", mib)
        if not os.path.exists(path):
            with open(self.log("storm", mib), "rb") as lines, \
                    open(path + ".new", "wb") as out:
                for number, line in enumerate(lines):
                    name = hashlib.md5(b"%d" % number).hexdigest()
                    out.write(b'%s requestID="%s"\n' % (line[:-1],
                                                       name.encode()))
            os.rename(path + ".new", path)
        return path

    def text(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def empty(self):
        return self.text("empty.log", b"")
