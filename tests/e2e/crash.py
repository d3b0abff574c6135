#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Kills pullwhy watch again and again while logs are written and rotated.

Several writers write failures of known images: to a file that is rotated by
renaming (two writers, one of which keeps its old handle for a while), to one
that is rotated by copy and truncation, and to files that come and go in a
watched folder. pullwhy is killed at random moments and started again with the
same history. At the end each image must have been counted as often as it was
written: none lost, none doubled.

FOLDER/diary tells, with times, what was written where, renamed, packed, killed,
and which marks the killed process left.

    crash.py FOLDER KILLS [SEED]
"""

import gzip
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

IMAGES = 7
KEPT = 8  # generations
PULLWHY = os.environ["PULLWHY"]


class Truth:
    """How many failures of each image were written."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {}
        self.lines = 0

    def add(self, image):
        with self.lock:
            self.counts[image] = self.counts.get(image, 0) + 1
            self.lines += 1


class Diary:
    """What was done, and when."""

    def __init__(self, folder):
        self.file = os.open(os.path.join(folder, "diary"),
                            os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, text):
        line = "%.6f %s\n" % (time.time(), text)
        os.write(self.file, line.encode())  # whole, whichever thread notes it


class Log:
    """One path, its writers, and the rotation of it."""

    def __init__(self, path, name, truth, diary, seed):
        self.path = path
        self.name = name
        self.truth = truth
        self.diary = diary
        self.random = random.Random(seed)
        self.file = open(path, "ab", buffering=0)
        self.old = None
        # No two logs begin in the same moment.
        self.serial = self.random.randrange(80000000)
        self.lock = threading.Lock()

    def line(self):
        self.serial += 1
        image = "%s.example.com/team/app%d:v1" % (
            self.name, self.random.randrange(IMAGES))
        second, part = divmod(self.serial, 1000)
        stamp = "2026-11-27T%02d:%02d:%02d.%03d000000Z" % (
            second // 3600 % 24, second // 60 % 60, second % 60, part)
        text = (
            'time="%s" level=error msg="PullImage \\"%s\\" failed" '
            'error="rpc error: code = NotFound desc = failed to pull and '
            'unpack image \\"%s\\": failed to resolve reference \\"%s\\": '
            '%s: not found"\n' % (stamp, image, image, image, image))
        return image, text.encode()

    def write(self, count):
        first = self.serial + 1
        for _ in range(count):
            image, text = self.line()
            file = self.file
            if self.old and self.random.random() < 0.3:
                file = self.old
            if self.random.random() < 0.1:  # torn
                cut = self.random.randrange(len(text))
                file.write(text[:cut])
                time.sleep(0.0005)
                file.write(text[cut:])
            else:
                file.write(text)
            self.truth.add(image)
        self.note("lines %d to %d" % (first, self.serial), self.file)
        if self.old:
            self.note("some of them", self.old)

    def note(self, text, file):
        info = os.fstat(file.fileno())
        self.diary.note("%s: %s: inode %d, %d bytes" % (
            self.path, text, info.st_ino, info.st_size))

    def shift(self):
        """NAME.1 becomes NAME.2 and so on; packs one on the way."""
        for number in range(400, 0, -1):
            for end in "", ".gz":
                name = "%s.%d%s" % (self.path, number, end)
                if os.path.exists(name):
                    os.rename(name, "%s.%d%s" % (self.path, number + 1, end))
        last = self.path + ".3"
        if os.path.exists(last) and self.random.random() < 0.5:
            info = os.stat(last)
            with open(last, "rb") as plain, gzip.open(last + ".gz", "wb") as out:
                shutil.copyfileobj(plain, out)
                self.note("packed inode %d" % info.st_ino, out)
            os.utime(last + ".gz", ns=(info.st_atime_ns, info.st_mtime_ns))
            os.unlink(last)

    def forget(self, is_safe):
        """Deletes the oldest generations, if all of them were counted."""
        if not is_safe:
            return
        for number in range(KEPT, 500):
            for end in "", ".gz":
                name = "%s.%d%s" % (self.path, number, end)
                if os.path.exists(name):
                    os.unlink(name)

    def rename(self):
        if self.old:
            self.old.close()
        self.shift()
        os.rename(self.path, self.path + ".1")
        self.note("renamed", self.file)
        self.old = self.file
        self.file = open(self.path, "ab", buffering=0)

    def copy(self):
        self.shift()
        shutil.copyfile(self.path, self.path + ".1")
        os.truncate(self.path, 0)
        self.note("copied and truncated", self.file)

    def close(self):
        self.file.close()
        if self.old:
            self.old.close()


class Resting:
    """How many threads wait until they may go on."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = 0

    def wait(self, allowed):
        with self.lock:
            self.waiting += 1
        allowed.wait()
        with self.lock:
            self.waiting -= 1

    def count(self):
        with self.lock:
            return self.waiting


resting = Resting()


def writer(log, how, stop, allowed):
    while not stop.is_set():
        resting.wait(allowed)
        with log.lock:
            log.write(log.random.randrange(1, 40))
            chance = log.random.random()
            if chance < 0.15 and how == "rename":
                log.rename()
                if log.random.random() < 0.3:
                    log.write(3)
                    log.rename()
            elif chance < 0.08 and how == "copy":
                log.copy()
        time.sleep(log.random.random() * 0.01)


def pods(folder, truth, diary, stop, allowed, seed):
    """Files of a watched folder: new ones come all the time."""
    choose = random.Random(seed)
    number = 0
    while not stop.is_set():
        resting.wait(allowed)
        number += 1
        place = os.path.join(folder, "pod%d" % (number % 12), "c%d" % number)
        os.makedirs(place)
        log = Log(os.path.join(place, "0.log"), "pod%d" % (number % 5),
                  truth, diary, choose.random())
        for part in range(choose.randrange(1, 4)):
            log.write(choose.randrange(1, 30))
            time.sleep(choose.random() * 0.01)
            if choose.random() < 0.2:
                os.rename(log.path, log.path + ".20261127-%06d"
                          % (number * 10 + part))
                log.note("renamed", log.file)
                log.file.close()
                log.file = open(log.path, "ab", buffering=0)
        log.close()


class Watch:
    def __init__(self, folder, diary):
        self.folder = folder
        self.diary = diary
        self.marks = {}
        self.db = os.path.join(folder, "history.db")
        self.errors = open(os.path.join(folder, "errors"), "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [PULLWHY, "watch", "--from-start", "--db", self.db,
             os.path.join(self.folder, "named.log"),
             os.path.join(self.folder, "copied.log"),
             os.path.join(self.folder, "pods")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.errors)
        self.diary.note("started %d" % self.process.pid)

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        self.diary.note("ended %d with signal %d" % (self.process.pid, number))
        self.note_marks()
        return status

    def ask(self, question):
        if not os.path.exists(self.db):
            return []
        db = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True, timeout=30)
        try:
            return db.execute(question).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            db.close()

    def counts(self):
        return dict(self.ask("SELECT image, sum(count) FROM incident "
                             "WHERE state <> 'joined' GROUP BY image"))

    def note_marks(self):
        """From where the next process goes on, where that is news."""
        for identity, position, name in self.ask(
                "SELECT identity, position, origin FROM checkpoint"):
            if position != self.marks.get(identity):
                self.diary.note("mark of %s: %s at %d"
                                % (name, identity, position))
            self.marks[identity] = position


def difference(truth, found):
    lost = doubled = 0
    for image in set(truth) | set(found):
        more = found.get(image, 0) - truth.get(image, 0)
        lost += max(0, -more)
        doubled += max(0, more)
    return lost, doubled


def tell(truth, found):
    for image in sorted(set(truth) | set(found)):
        if truth.get(image, 0) != found.get(image, 0):
            print("#   %s: written %d, counted %d"
                  % (image, truth.get(image, 0), found.get(image, 0)))


def settle(watch, truth):
    """Waits until all is in the history, or nothing more comes for long."""
    found = watch.counts()
    since = time.monotonic()
    while difference(truth.counts, found) != (0, 0):
        if time.monotonic() - since > 20:
            break
        time.sleep(0.05)
        now = watch.counts()
        if now != found:
            found, since = now, time.monotonic()
    return difference(truth.counts, found)


def forget_pods(folder, is_safe):
    """Pods go, with their files, once these were counted."""
    for pod in os.listdir(folder) if is_safe else ():
        shutil.rmtree(os.path.join(folder, pod))


def main():
    folder, kills = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261127
    choose = random.Random(seed)
    truth = Truth()
    diary = Diary(folder)
    stop = threading.Event()
    allowed = threading.Event()
    allowed.set()
    os.mkdir(os.path.join(folder, "pods"))
    named = Log(os.path.join(folder, "named.log"), "named", truth, diary,
                seed + 1)
    copied = Log(os.path.join(folder, "copied.log"), "copied", truth, diary,
                 seed + 2)
    threads = [
        threading.Thread(target=writer, args=(named, "rename", stop, allowed)),
        threading.Thread(target=writer, args=(named, "rename", stop, allowed)),
        threading.Thread(target=writer, args=(copied, "copy", stop, allowed)),
        threading.Thread(target=pods, args=(os.path.join(folder, "pods"),
                                            truth, diary, stop, allowed,
                                            seed + 3)),
    ]
    for thread in threads:
        thread.start()
    watch = Watch(folder, diary)
    checks = wrong = 0
    for number in range(1, kills + 1):
        watch.start()
        time.sleep(choose.choice((0.05, 0.2, 0.6, 1.1)) * choose.random() * 2)
        if watch.process.poll() is not None:
            print("Bail out! pullwhy ended by itself: %d" % watch.process.poll())
            stop.set()
            allowed.set()
            sys.stdout.flush()
            os._exit(1)
        watch.end(signal.SIGKILL)
        if number % 10 == 0 or number == kills:
            # The writers rest, so that what is true stands still.
            allowed.clear()
            seen = 0
            while seen < 5:  # in a row: one may be on its way out
                seen = seen + 1 if resting.count() == len(threads) else 0
                time.sleep(0.01)
            watch.start()
            lost, doubled = settle(watch, truth)
            watch.end(signal.SIGTERM)
            checks += 1
            wrong += (lost, doubled) != (0, 0)
            told = "after %d kills: %d lines, %d lost, %d doubled" % (
                number, truth.lines, lost, doubled)
            print("# " + told, flush=True)
            diary.note(told)
            tell(truth.counts, watch.counts())
            with named.lock, copied.lock:
                named.forget(lost == 0)
                copied.forget(lost == 0)
            forget_pods(os.path.join(folder, "pods"), lost == 0)
            if number < kills:
                allowed.set()
    stop.set()
    allowed.set()
    for thread in threads:
        thread.join()
    watch.start()
    lost, doubled = settle(watch, truth)
    status = watch.end(signal.SIGTERM)
    print("# kills %d, lines %d, lost %d, doubled %d"
          % (kills, truth.lines, lost, doubled))
    print("1..2")
    good = (lost, doubled, wrong) == (0, 0, 0)
    print("%sok 1 - %d kills: each failure is counted once"
          % ("" if good else "not ", kills))
    print("%sok 2 - SIGTERM ends it well" % ("" if status == 0 else "not "))
    return 0 if good and status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
