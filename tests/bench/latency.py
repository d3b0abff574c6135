#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the write into a followed file until something is told.

    latency.py [--times 1000] PULLWHY

`pullwhy watch FILE` and `tail -F FILE | grep --line-buffered` follow a file
each. In turn, each file gets one line, and the time is taken until the first
byte comes out of the pipe; then, after a pause of its own length each time, the
other's. What pullwhy tells at once is a change of an incident that it has told
of: here, that its image was pulled at last. A new incident is told after a
settling time, so that the strongest cause is named; that is measured apart.
"""

import argparse
import glob
import os
import random
import select
import subprocess
import tempfile
import time

WORDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")
OPENED = {"text": b"[image-not-found]", "json": b'"change":"opened"'}
PATIENCE = 60  # seconds, for any answer


def image(number):
    return f"r{number % 50}.azurecr.io/team/app-{number}:1"


def failure(number):
    name = image(number)
    return (f'time="{stamp()}" level=error msg="PullImage \\"{name}\\" failed" '
            f'error="rpc error: code = NotFound desc = failed to pull and '
            f'unpack image \\"{name}\\": failed to resolve reference '
            f'\\"{name}\\": {name}: not found"\n').encode()


def success(number):
    return (f'time="{stamp()}" level=info msg="PullImage '
            f'\\"{image(number)}\\" returns image reference '
            f'\\"sha256:{number:064x}\\""\n').encode()


def stamp():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())


class Follower:
    """Programs that follow a file of theirs, and what comes out of the last."""

    def __init__(self, folder, name, stages, environment):
        self.path = os.path.join(folder, name + ".log")
        self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.processes, before = [], subprocess.DEVNULL
        for stage in stages:
            self.processes.append(subprocess.Popen(
                [self.path if word == "FILE" else word for word in stage],
                stdin=before, stdout=subprocess.PIPE, env=environment,
                stderr=subprocess.DEVNULL))
            before = self.processes[-1].stdout
        self.out = before.fileno()
        os.set_blocking(self.out, False)
        self.poll = select.poll()
        self.poll.register(self.out, select.POLLIN)

    def write(self, text):
        os.write(self.file, text)

    def wait(self, seconds=PATIENCE):
        """Whether something came out."""
        return bool(self.poll.poll(seconds * 1000))

    def read(self):
        try:
            return os.read(self.out, 1 << 20)
        except BlockingIOError:
            return b""

    def told(self, count, mark):
        """Waits until a mark came out so many times."""
        rest = b""
        while count > 0:
            if not self.wait():
                raise SystemExit(f"{self.path}: nothing is told of it")
            rest += self.read()
            count -= rest.count(mark)
            rest = rest[rest.rfind(mark) + 1:] if mark in rest \
                else rest[-len(mark):]

    def ask(self, text):
        """Seconds until the first byte is told of a line that is written."""
        began = time.perf_counter()
        self.write(text)
        if not self.wait():
            raise SystemExit(f"{self.path}: nothing is told of it")
        took = time.perf_counter() - began
        while not self.read().endswith(b"\n"):
            self.wait()
        return took

    def begun(self):
        """Waits until it follows, and is done with what that is seen by."""
        while not self.wait(0.2):
            self.write(failure(-1))
        while self.wait(0.3):
            self.read()

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        os.close(self.file)


def processor_seconds(pid):
    """Of all its threads, to the nanosecond."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def figures(values):
    """p50, p99 and the longest, in microseconds."""
    return [value * 1e6 for value in (percentile(values, 0.5),
                                      percentile(values, 0.99), max(values))]


def settle_option(pullwhy, environment):
    said = subprocess.run([pullwhy, "watch", "--help"], text=True, check=False,
                          stdout=subprocess.PIPE, env=environment).stdout
    return ("--settle", "0s") if "--settle" in said else ()


def start(pullwhy, folder, environment, *options):
    follower = Follower(folder, "pullwhy", [
        (pullwhy, "watch", "--no-db", *options, "FILE")], environment)
    follower.begun()
    return follower


def start_grep(folder, environment):
    follower = Follower(folder, "grep", [
        ("tail", "-n", "0", "-F", "FILE"),
        ("grep", "--line-buffered", "-E", "-f", WORDS, "-e",
         "returns image reference")], environment)
    follower.begun()
    return follower


def changes(pullwhy, folder, environment, times, output):
    """Seconds of pullwhy and of tail and grep, for changes told at once."""
    ours = start(pullwhy, folder, environment, "--format", output)
    theirs = start_grep(folder, environment)
    for number in range(times):
        ours.write(failure(number))
    ours.told(times, OPENED[output])
    pause = random.Random(7)
    took = ([], [])
    for number in range(times):
        for side, follower in enumerate((ours, theirs)):
            time.sleep(pause.uniform(0.001, 0.02))
            took[side].append(follower.ask(success(number)))
    ours.close()
    theirs.close()
    return took


def openings(pullwhy, folder, environment, times):
    """Seconds until a new incident is told, with the shortest settling time
    that can be asked for."""
    option = settle_option(pullwhy, environment)
    ours = start(pullwhy, folder, environment, *option)
    theirs = start_grep(folder, environment)
    pause = random.Random(7)
    took = ([], [])
    for number in range(times if option else min(times, 20)):
        for side, follower in enumerate((ours, theirs)):
            time.sleep(pause.uniform(0.001, 0.02))
            took[side].append(follower.ask(failure(number)))
    ours.close()
    theirs.close()
    return took


def idle(pullwhy, folder, environment, seconds):
    """Part of a processor that it takes while nothing is written."""
    ours = start(pullwhy, folder, environment, "--from-start")
    pid = ours.processes[0].pid
    before, began = processor_seconds(pid), time.perf_counter()
    time.sleep(seconds)
    part = (processor_seconds(pid) - before) / (time.perf_counter() - began)
    ours.close()
    return part


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pullwhy")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--idle", type=float, default=30)
    options = parser.parse_args()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
                   "PULLWHY_CONFIG": os.devnull}
    with tempfile.TemporaryDirectory() as folder:
        environment["HOME"] = folder
        common = (options.pullwhy, folder, environment, options.times)
        for what, measure in (
                ("a change", lambda: changes(*common, "text")),
                ("a change as JSON", lambda: changes(*common, "json")),
                ("a new incident", lambda: openings(*common))):
            for name, values in zip(("pullwhy", "tail, grep"), measure()):
                print(f"{what}: {name}: p50 %.0f p99 %.0f longest %.0f µs"
                      % tuple(figures(values)))
        part = idle(options.pullwhy, folder, environment, options.idle)
        print(f"idle: {part * 100:.3f} % of a processor")


if __name__ == "__main__":
    main()
