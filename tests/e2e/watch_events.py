# SPDX-License-Identifier: Apache-2.0
"""`pullwhy watch --events` with the real kubectl against a small server whose
watch is cut, torn, too old and away: each event must be counted as often as
its own count says, however often it is told.
"""

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import cluster

PULLWHY = os.environ["PULLWHY"]
BOUND = 40  # seconds for what must happen
GONE = {"kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "reason": "Expired", "code": 410,
        "message": "too old resource version: 1 (5000)"}
CUT, TEAR, EXPIRE = "cut", "tear", "expire"


class Handler(cluster.Handler):
    """A list of what is known, and a watch that goes on until it is told."""

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, BrokenPipeError):
            pass

    def events(self, namespace, query):
        live = self.cluster
        if query.get("watch") not in ("true", "1"):
            with live.lock:
                live.lists += 1
                items = [event.made() for event in live.events]
            self.send_json({"kind": "EventList", "apiVersion": "v1",
                            "metadata": {"resourceVersion": "5000"},
                            "items": items})
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        mine = queue.Queue()
        with live.lock:
            # What came since the list: a real server knows by the version.
            for event in live.events:
                mine.put(("ADDED", event.made()))
            live.watchers.append(mine)
        self.follow(mine)
        self.close_connection = True

    def follow(self, mine):
        while True:
            kind, made = mine.get()
            if kind == CUT:
                self.wfile.write(b"0\r\n\r\n")
                return
            if kind == EXPIRE:
                self.chunk({"type": "ERROR", "object": GONE})
                self.wfile.write(b"0\r\n\r\n")
                return
            if kind == TEAR:
                line = json.dumps({"type": "MODIFIED", "object": made})
                half = line[:len(line) // 2].encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(half), half))
                return
            self.chunk({"type": kind, "object": made})

    def chunk(self, what):
        data = (json.dumps(what) + "\n").encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


class Server(cluster.http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class Event:
    def __init__(self, number, count):
        self.number = number
        self.count = count
        self.image = "fabrikam.azurecr.io/shop/part%d:1" % number

    def made(self):
        name = "part%d-0" % self.number
        image = self.image
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return {
            "kind": "Event", "apiVersion": "v1",
            "metadata": {"name": name + ".17f", "namespace": "shop",
                         "uid": "e0000000-0000-4000-8000-%012x" % self.number,
                         "resourceVersion": str(1000 + self.count),
                         "creationTimestamp": now},
            "involvedObject": {
                "kind": "Pod", "namespace": "shop", "name": name,
                "uid": "50000000-0000-4000-8000-%012x" % self.number,
                "apiVersion": "v1", "fieldPath": "spec.containers{part}"},
            "reason": "Failed", "type": "Warning", "count": self.count,
            "message": 'Failed to pull image "%s": rpc error: code = NotFound '
            "desc = %s: not found" % (
                image, cluster.RESOLVE.format(image) + image),
            "source": {"component": "kubelet", "host": cluster.NODE},
            "firstTimestamp": now, "lastTimestamp": now,
            "reportingComponent": "kubelet", "reportingInstance": ""}


class World:
    """The server and its truth."""

    def __init__(self):
        self.lock = threading.Lock()
        self.events = []
        self.watchers = []
        self.lists = 0
        self.port = 0
        self.start()

    def start(self):
        handler = type("Bound", (Handler,), {"cluster": self})
        self.server = Server(("127.0.0.1", self.port), handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.end(TEAR)

    def change(self, number, count):
        """An event's count, told to who watches."""
        with self.lock:
            known = [each for each in self.events if each.number == number]
            event = known[0] if known else Event(number, count)
            event.count = count
            if not known:
                self.events.append(event)
            for each in self.watchers:
                each.put(("MODIFIED" if known else "ADDED", event.made()))

    def end(self, how):
        """Ends all watches; nobody is told of changes until the next one."""
        with self.lock:
            for each in self.watchers:
                each.put((how, self.events[0].made()))
            self.watchers = []

    def counts(self):
        with self.lock:
            return {event.image: event.count for event in self.events}


class Run:
    """A watch of pullwhy's."""

    def __init__(self, work, world):
        self.db = os.path.join(work, "history.db")
        self.said = os.path.join(work, "said")
        words = ["watch", "--events", "--db", self.db, "--format", "none",
                 "--kubectl-option=--server=http://127.0.0.1:%d" % world.port,
                 "--kubectl-option=--cache-dir=" + os.path.join(work, "cache")]
        with open(self.said, "a") as said:
            self.process = subprocess.Popen(
                [PULLWHY] + words, stdin=subprocess.DEVNULL, stdout=said,
                stderr=said, env={"PATH": os.environ["PATH"], "HOME": work,
                                  "KUBECONFIG": os.path.join(work, "none")})

    def counts(self):
        """{image: count} as it stands in the history."""
        try:
            history = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True)
            rows = history.execute(
                "SELECT registry || '/' || repository || ':' || tag, "
                "sum(count) FROM incidents WHERE cause = 'image-not-found' "
                "GROUP BY 1").fetchall()
            history.close()
        except sqlite3.OperationalError:
            return {}  # it is not there yet
        return dict(rows)

    def words(self):
        with open(self.said) as said:
            return said.read()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(BOUND)


class Lines:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def add(self, good, name, details=()):
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        for detail in details if not good else ():
            print("# " + detail)
        sys.stdout.flush()


def until(is_so):
    """Looks until it is so; False after the bound."""
    end = time.monotonic() + BOUND
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def agree(lines, run, world, name):
    good = until(lambda: run.counts() == world.counts())
    got, want = run.counts(), world.counts()
    lines.add(good, name, ["%s: %s, wanted %s" % (
        image, got.get(image), want.get(image))
        for image in sorted(set(got) | set(want))
        if got.get(image) != want.get(image)])


def watching(world):
    return until(lambda: world.watchers)


def seen_again(world, before):
    """All was told once more, so that a second count would show."""
    return until(lambda: world.lists > before and world.watchers)


def main():
    work = sys.argv[1]
    world = World()
    lines = Lines()
    for number, count in enumerate((1, 4, 2)):
        world.change(number, count)
    run = Run(work, world)
    lines.add(watching(world), "kubectl watches")
    agree(lines, run, world, "what is listed, and told again by the watch")
    world.change(0, 9)
    world.change(1, 5)
    world.change(3, 1)
    agree(lines, run, world, "counts that grow, and a new event")

    for how, name in ((CUT, "cut"), (TEAR, "torn within an object"),
                      (EXPIRE, "too old: 410 Gone")):
        before = world.lists
        world.end(how)
        world.change(0, world.events[0].count + 3)
        world.change(10 + world.lists, 2)
        lines.add(seen_again(world, before), "it watches again: " + name)
        world.change(2, world.events[2].count + 1)
        agree(lines, run, world, "the watch was " + name)
    said = run.words()
    lines.add("410 Gone" in said, "410 Gone is said", said.splitlines()[-8:])

    before = world.lists
    world.stop()
    world.change(1, 20)
    lines.add(until(lambda: "refused" in run.words()),
              "what kubectl complains of is said")
    world.start()
    lines.add(seen_again(world, before), "it watches the server that is back")
    world.change(1, 21)
    agree(lines, run, world, "the server was away")

    for number, name in ((signal.SIGKILL, "killed"),
                         (signal.SIGTERM, "ended")):
        before = world.lists
        status = run.end(number)
        if number == signal.SIGTERM:
            lines.add(status == 0, "SIGTERM is an end in peace",
                      run.words().splitlines()[-4:])
        world.end(CUT)
        world.change(3, world.events[3].count + 7)
        run = Run(work, world)
        lines.add(seen_again(world, before), "the next run watches: " + name)
        world.change(3, world.events[3].count + 1)
        agree(lines, run, world, "counts go on where pullwhy was " + name)
    run.end(signal.SIGTERM)
    lines.add(run.counts() == world.counts(), "the end changes nothing")
    print("1..%d" % lines.count)
    print("# %d events with %d counts, listed %d times" % (
        len(world.events), sum(world.counts().values()), world.lists))
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(main())
