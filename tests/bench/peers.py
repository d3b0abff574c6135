# SPDX-License-Identifier: Apache-2.0
"""What else reads logs, as it is found here: which program, which version."""

import glob
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from metering import NotToBeHad

# fetch.sh puts them below the folder of the peers.
RIPGREP_PLACES = (
    ("ripgrep of Debian sid", "ripgrep/usr/bin/rg",
     "ripgrep/usr/lib/*-linux-gnu"),
    ("@vscode/ripgrep of npm", "node_modules/@vscode/ripgrep-linux-*/bin/rg",
     None),
)


@dataclass(frozen=True)
class Peer:
    name: str
    command: tuple
    version: tuple
    source: str

    def describe(self):
        return f"{self.name} ({self.source})"


def version_of(command, option="--version"):
    """The first version that a program tells of itself, as numbers."""
    try:
        said = subprocess.run([*command, option], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              check=False).stdout
    except OSError:
        return ()
    found = re.search(r"\d+(?:\.\d+)+", said)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def on_path(name, option="--version"):
    """The program of that name, else None."""
    path = shutil.which(name)
    if not path:
        return None
    version = version_of([path], option)
    said = ".".join(str(part) for part in version)
    return Peer(f"{name} {said}".strip(), (path,), version, owner_of(path, name))


def owner_of(path, name):
    try:
        said = subprocess.run(["dpkg-query", "-S", os.path.realpath(path)],
                              stdout=subprocess.PIPE, text=True, check=False,
                              stderr=subprocess.DEVNULL).stdout
    except OSError:
        said = ""
    return f"Debian's {said.split(':')[0]}" if said else f"{name} of this machine"


def wanted(peer, name):
    """The peer, or the reason why its row is left out."""
    if not peer:
        raise NotToBeHad(f"{name} is not installed; tests/bench/fetch.sh "
                         "tells what brings it")
    return peer


class Peers:
    def __init__(self, folder):
        self.folder = folder
        self.ripgreps = sorted(self._find_ripgreps(),
                               key=lambda peer: peer.version)

    def _find_ripgreps(self):
        first = on_path("rg")
        if first:
            yield first
        for source, program, libraries in RIPGREP_PLACES:
            for path in glob.glob(os.path.join(self.folder, program)):
                command = (path,)
                for place in glob.glob(os.path.join(self.folder, libraries)
                                       if libraries else ""):
                    # It wants a newer libc than this machine has.
                    command = (*glob.glob(place + "/ld-linux*.so.*")[:1],
                               "--library-path", place, path)
                version = version_of(command)
                if version:
                    said = ".".join(str(part) for part in version)
                    yield Peer(f"rg {said}", command, version, source)

    def ripgrep_of_debian(self):
        for peer in self.ripgreps:
            if peer.version[0] == 13:
                return peer
        raise NotToBeHad("ripgrep 13, Debian 12's, is not installed")

    def ripgrep_newest(self):
        if not self.ripgreps or self.ripgreps[-1].version[0] == 13:
            raise NotToBeHad("no ripgrep newer than 13 is here; "
                             "tests/bench/fetch.sh fetches one")
        return self.ripgreps[-1]
