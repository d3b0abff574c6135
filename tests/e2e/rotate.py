#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Rotates a log that is written at full speed, with pullwhy watch behind it.

The writer and the rotation are threads of their own: a writer goes on while
its file is renamed or copied, as programs do under logrotate. A generation is
deleted when what it held is in the history, as nobody can read it afterwards;
neither thread waits for anything else, but for a thousand unread generations.

    rotate.py FOLDER ROTATIONS
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

PULLWHY = os.environ["PULLWHY"]
KEPT = 20  # generations, at least
BACKLOG = 1000  # at most: the machine may be busy with others
EACH = 10  # one line in so many is a failure
IMAGE = "%s.example.com/team/app:v1"
LINE = ('time="2026-11-27T%02d:%02d:%02d.%06d000Z" level=error '
        'msg="PullImage \\"IMAGE\\" failed" error="rpc error: code = NotFound '
        'desc = failed to pull and unpack image \\"IMAGE\\": failed to resolve '
        'reference \\"IMAGE\\": IMAGE: not found"\n')

OTHER = ('time="2026-11-27T%02d:%02d:%02d.%06d000Z" level=info '
         'msg="StartContainer for \\"8f2a\\" returns successfully"\n')


class Writer(threading.Thread):
    """Writes lines until it is told to stop, each with its own time."""

    def __init__(self, path, name):
        super().__init__()
        self.path = path
        self.line = LINE.replace("IMAGE", IMAGE % name)
        self.lines = 0
        self.stop = threading.Event()
        self.reopen = threading.Event()
        self.allowed = threading.Event()
        self.allowed.set()
        self.file = open(path, "ab", buffering=0)

    def run(self):
        while not self.stop.is_set():
            self.allowed.wait()
            if self.reopen.is_set():
                self.file.close()
                self.file = open(self.path, "ab", buffering=0)
                self.reopen.clear()
            second, part = divmod(self.lines, 1000000)
            line = self.line if self.lines % EACH == 0 else OTHER
            text = line % (second // 3600, second // 60 % 60,
                                second % 60, part)
            self.file.write(text.encode())
            self.lines += 1
        self.file.close()


def rename(writer, number):
    os.rename(writer.path, "%s.%d" % (writer.path, number))
    # The writer has its old file until it takes notice.
    writer.reopen.set()
    while writer.reopen.is_set():
        time.sleep(0)
    return 0


def copy(writer, number):
    """Returns how many failures the truncation may have taken unseen."""
    before = writer.lines
    shutil.copyfile(writer.path, "%s.%d" % (writer.path, number))
    copied = os.stat("%s.%d" % (writer.path, number)).st_size
    lines = writer.lines
    unseen = max(0, os.stat(writer.path).st_size - copied)
    os.truncate(writer.path, 0)
    # In bytes up to the cut, in lines while it was made; one may be in the
    # middle of its write at either end.
    short = len(OTHER) - 8
    return min(unseen // short + writer.lines - lines + 2,
               writer.lines - before + 2) // EACH + 1


class Watch:
    def __init__(self, folder, path):
        self.db = os.path.join(folder, "history.db")
        self.errors = os.path.join(folder, "errors")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [PULLWHY, "watch", "--from-start", "--db", self.db, path],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=errors)

    def count(self):
        try:
            with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True,
                                 timeout=30) as db:
                return db.execute("SELECT coalesce(sum(count), 0) FROM incident"
                                  " WHERE state <> 'joined'").fetchone()[0]
        except sqlite3.OperationalError:
            return 0

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def wait_for(claim, seconds):
    end = time.monotonic() + seconds
    while not claim() and time.monotonic() < end:
        time.sleep(0.02)
    return claim()


class Shelf:
    """The older generations, deleted when they are counted."""

    def __init__(self, writer, watch):
        self.path = writer.path
        self.writer = writer
        self.watch = watch
        self.kept = []  # (number, failures written up to its end)
        self.counted = 0

    def add(self, number, failures):
        self.kept.append((number, failures))
        while len(self.kept) > KEPT and not self.drop():
            if len(self.kept) < BACKLOG:
                break
            self.writer.allowed.clear()  # or the disk would be full
            time.sleep(0.05)
        self.writer.allowed.set()

    def drop(self):
        number, failures = self.kept[0]
        if self.counted < failures:
            self.counted = self.watch.count()
        if self.counted < failures:
            return False
        os.unlink("%s.%d" % (self.path, number))
        self.kept.pop(0)
        return True


def wait_for_end(watch, wanted):
    """Until all is counted, or nothing more has come for long."""
    counted, since = watch.count(), time.monotonic()
    while time.monotonic() - since < (15 if counted < wanted else 1.5):
        time.sleep(0.05)
        now = watch.count()
        if now != counted:
            counted, since = now, time.monotonic()


def run(folder, rotate, rotations):
    """Returns failures, what was counted, what may be lost, the warnings."""
    os.mkdir(folder)
    path = os.path.join(folder, "app.log")
    writer = Writer(path, rotate.__name__)
    watch = Watch(folder, path)
    shelf = Shelf(writer, watch)
    writer.start()
    wait_for(lambda: watch.count() > 0, 30)
    unseen = 0
    for number in range(1, rotations + 1):
        # Fast, and still no generation without a failure.
        lines = writer.lines
        while writer.lines < lines + 2 * EACH:
            time.sleep(0)
        unseen += rotate(writer, number)
        shelf.add(number, writer.lines // EACH + 1 - unseen)
    writer.stop.set()
    writer.join()
    failures = (writer.lines + EACH - 1) // EACH
    wait_for_end(watch, failures)
    status = watch.end()
    with open(watch.errors, encoding="utf-8") as errors:
        warned = sum("possible loss" in line for line in errors)
    return failures, watch.count(), unseen, warned, status


def main():
    folder, rotations = sys.argv[1], int(sys.argv[2])
    failed = 0
    print("1..2")
    for number, rotate in enumerate((rename, copy), 1):
        began = time.monotonic()
        written, counted, unseen, warned, status = run(
            os.path.join(folder, rotate.__name__), rotate, rotations)
        lost, doubled = max(0, written - counted), max(0, counted - written)
        good = doubled == 0 and lost <= unseen and status == 0
        good = good and (rotate is rename or warned > 0)
        print("# %s: %d rotations in %.0f s, failures %d, lost %d (of %d that "
              "nobody can see), doubled %d, warned %d"
              % (rotate.__name__, rotations, time.monotonic() - began, written,
                 lost, unseen, doubled, warned))
        print("%sok %d - %d rotations by %s" % ("" if good else "not ", number,
                                               rotations, rotate.__name__),
              flush=True)
        failed += not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
