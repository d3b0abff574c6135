# SPDX-License-Identifier: Apache-2.0
"""The real kubectl against a small server, in all the forms that people paste:
what pullwhy says of each is held against the truth in cluster.py.

Each form is asked only for what it says: a plain table knows no container,
the table of one namespace no namespace, a state of a container no count.
"""

import collections
import json
import os
import re
import subprocess
import sys

import cluster
import verdict


class Form:
    """say: the parts of a place that the form shows. listed: what comes as a
    list before the watch. cut: only a message's first line is printed. states: containers' states stand there, too; what is said twice is once."""

    def __init__(self, words, say, listed=1.0, cut=False,
                 namespace=None, counts=False, needs=None, pods=False, states=False):
        self.words = words.split()
        self.say = say
        self.listed = listed
        self.cut = cut
        self.namespace = namespace
        self.counts = counts
        self.needs = needs
        self.pods = pods
        self.states = states


ALL = ("namespace", "pod", "container", "image")
PLAIN = ("namespace", "pod", "image")
FORMS = [
    Form("get events -n shop", ("pod", "image"), cut=True,
         namespace="shop"),
    Form("get events -A", PLAIN, cut=True),
    Form("get events -A --no-headers", PLAIN, cut=True),
    Form("get events -A -w", PLAIN, listed=0.4, cut=True),
    Form("get events -n team -w", ("pod", "image"), listed=0.5, cut=True,
         namespace="team"),
    Form("get events -A -o wide", ALL, cut=True, counts=True),
    Form("get events -n shop -o wide", ("pod", "container", "image"),
         cut=True, namespace="shop", counts=True),
    Form("get events -A -o wide -w", ALL, listed=0.4, cut=True),
    Form("get events -A -w --output-watch-events", PLAIN, listed=0.4,
         cut=True, needs="event-column"),
    Form("get events -A -o json", ALL, needs="json", counts=True),
    Form("get events -A -o yaml", ALL, needs="yaml", counts=True),
    Form("get events -A -w -o json", ALL, listed=0.4, needs="json"),
    Form("get events -A -w -o json --output-watch-events", ALL, listed=0.4,
         needs="json"),
    Form("get events -A -w -o yaml", ALL, listed=0.4, needs="yaml"),
    Form("events -n shop", ("pod", "image"), namespace="shop",
         counts=True),
    Form("events -A", PLAIN, counts=True),
    Form("events -A --watch", PLAIN, listed=0.0),
    Form("events -A -o json", ALL, needs="json", counts=True),
    Form("events -A -o yaml", ALL, needs="yaml", counts=True),
    Form("events -A --watch -o json", ALL, listed=0.0, needs="json"),
    Form("describe pod -n shop", PLAIN, namespace="shop",
         states=True),
    Form("describe pod -n team", PLAIN, namespace="team",
         states=True),
    Form("get pods -A -o json", ALL, needs="json", pods=True),
    Form("get pods -A -o yaml", ALL, needs="yaml", pods=True),
    Form("get pod -n shop till-0 -o json", ALL, needs="json", pods=True,
         namespace="shop"),
]


class Kubectl:
    def __init__(self, work, url):
        self.base = ["kubectl", "--server=" + url,
                     "--cache-dir=" + os.path.join(work, "cache")]
        self.environment = {"PATH": os.environ["PATH"], "HOME": work,
                            "KUBECONFIG": os.path.join(work, "none")}

    def run(self, words, bound=30):
        """Its stdout and stderr. A watch ends when the server closes it; its
        exit status says so, and is not looked at."""
        try:
            done = subprocess.run(self.base + words, capture_output=True,
                                  env=self.environment, timeout=bound,
                                  stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired as late:
            return (late.stdout or b"").decode(), "not done in %d s" % bound
        return done.stdout.decode(), done.stderr.decode()

    def version(self):
        out, _ = self.run(["version", "--client"])
        found = re.search(r"v(\d+)\.(\d+)\.(\d+)", out)
        return tuple(int(part) for part in found.groups())

    def has_events(self):
        out, _ = self.run(["events", "--help"])
        return "--watch" in out


COLUMN = """EVENT   NAMESPACE   LAST SEEN   TYPE      REASON   OBJECT        MESSAGE
ADDED   probe       5m          Warning   Failed   pod/probe-0   Error: ErrImagePull
"""


def reads():
    """The forms that not every build can take apart, and this one can."""
    event = {
        "apiVersion": "v1", "kind": "Event", "reason": "Failed",
        "type": "Warning", "message": 'Failed to pull image "x.azurecr.io/a'
        ':1": x.azurecr.io/a:1: not found', "metadata": {
            "name": "a.1", "namespace": "probe", "uid": "u"},
        "involvedObject": {"kind": "Pod", "namespace": "probe",
                           "name": "probe-0", "uid": "p"}}
    as_json = json.dumps({"apiVersion": "v1", "kind": "List",
                          "items": [event]}, indent=4) + "\n"
    as_yaml = """apiVersion: v1
items:
- apiVersion: v1
  involvedObject:
    kind: Pod
    name: probe-0
    namespace: probe
    uid: p
  kind: Event
  message: 'Failed to pull image "x.azurecr.io/a:1": x.azurecr.io/a:1: not found'
  metadata:
    name: a.1
    namespace: probe
    uid: u
  reason: Failed
  type: Warning
kind: List
metadata:
  resourceVersion: ""
"""
    found = set()
    for name, text in (("json", as_json), ("yaml", as_yaml),
                       ("event-column", COLUMN)):
        if any(row.get("facts", {}).get("pod") == "probe-0"
               for row in verdict.run("annotate", text=text)):
            found.add(name)
    return found


def place(form, cause, facts):
    return (cause,) + tuple(
        facts.get(name) if name in form.say else None for name in ALL)


class Truth:
    def __init__(self, objects):
        self.objects = objects
        self.scopes = {row["cause"]: row["scope"] for row in verdict.run(
            "patterns", "--format", "json", text="")}

    def named(self, cause):
        if cause in (None, "success") or cause in self.scopes:
            return cause
        return "unknown"

    def incidents(self, told):
        """{key: count} of the incidents that must come of [(place, count)];
        what waits to pull again joins others, and is not counted here."""
        sums = collections.Counter()
        for (cause, *_place, image), count in told:
            if cause not in ("success", "backoff") and image:
                sums[self.key(cause, image)] += count
        return sums

    def key(self, cause, image):
        if self.scopes[cause] == "registry":
            return cause, image.split("/")[0]
        return cause, image

    def events(self, form, cut):
        """[(place, count)] of what the form's events must be told as."""
        told = []
        for event in self.objects.events:
            pod = event.pod
            cause = event.cut_cause if cut else event.cause
            if cause is None or form.namespace not in (None, pod.namespace):
                continue
            told.append((place(form, self.named(cause), {
                "namespace": pod.namespace, "pod": pod.name,
                "container": pod.container if event.of_container else None,
                "image": event.image}), event.count))
        return told + (self.states(form) if form.states else [])

    def states(self, form):
        """What describe says above the events: a bare reason."""
        return [(place(form, "backoff", {
            "namespace": pod.namespace, "pod": pod.name, "image": pod.image,
        }), 1) for pod in self.objects.pods
            if pod.namespace == form.namespace and pod.cause != "success"
            and not pod.sandbox]

    def pods(self, form):
        named = [word for word in form.words if word.endswith("-0")]
        told = []
        for pod in self.objects.pods:
            if pod.cause == "success" or pod.sandbox or \
                    form.namespace not in (None, pod.namespace) or \
                    named and pod.name not in named:
                continue
            told.append((place(form, self.named(pod.cause), {
                "namespace": pod.namespace, "pod": pod.name,
                "container": pod.container, "image": pod.image}), 1))
        return told


def said(form, text):
    got = []
    for row in verdict.run("annotate", text=text):
        cause = "success" if row.get("success") else row.get("cause")
        if cause and not row.get("attempt"):
            got.append(place(form, cause, row.get("facts", {})))
    return got


def counted(truth, text):
    """{key: count} of the incidents that pullwhy makes of it."""
    last = {}
    for row in verdict.run("--no-db", "--format", "json", "-", text=text):
        incident = row["incident"]
        image = incident.get("image")
        if image:
            last[truth.key(incident["cause"], image)] = incident["count"]
    return last


def differences(wanted, got, once):
    wanted, got = collections.Counter(wanted), collections.Counter(got)
    if once:
        wanted, got = (collections.Counter(set(each))
                       for each in (wanted, got))
    return wanted - got, got - wanted


def show(item):
    return " ".join(str(part) for part in item if part is not None)


class Lines:
    """TAP, with the table before it."""

    def __init__(self):
        self.table = []
        self.tap = []
        self.failed = 0

    def add(self, good, name, details=(), skip=None):
        number = len([line for line in self.tap if line[0] != "#"]) + 1
        self.failed += not good
        self.tap.append("%s %d - %s%s" % (
            "ok" if good else "not ok", number, name,
            " # SKIP " + skip if skip else ""))
        self.tap += ["# " + detail for detail in details]
        return number

    def finish(self):
        for line in self.table:
            print("# " + line)
        for line in self.tap:
            print(line)
        print("1..%d" % len([line for line in self.tap if line[0] != "#"]))


def compare(form, kubectl, truth, lines):
    """One form; returns how many places and counts were compared."""
    name = "kubectl " + " ".join(form.words)
    text, complaint = kubectl.run(form.words)
    told = truth.pods(form) if form.pods else truth.events(form, form.cut)
    got = said(form, text)
    missing, extra = differences([each for each, _ in told], got, form.states)
    details = ["not said: %d x %s" % (n, show(item))
               for item, n in sorted(missing.items(), key=str)]
    details += ["but said: %d x %s" % (n, show(item))
                for item, n in sorted(extra.items(), key=str)]
    counts = 0
    if form.counts:
        have = counted(truth, text)
        for key, count in truth.incidents(told).items():
            counts += 1
            if have.get(key) != count:
                details.append("count of %s: %s, wanted %d" % (
                    show(key), have.get(key), count))
    if not text:
        details.append("kubectl: " + complaint.strip()[-300:])
    keep = os.environ.get("E2E_KEEP")
    if keep:
        with open(keep, "a") as out:
            out.write("### %s\n%s" % (name, text))
    lines.table.append("%-58s %5d lines %4d wanted %4d missing %4d extra "
                       "%3d counts" % (
                           name, text.count("\n"), len(told),
                           sum(missing.values()), sum(extra.values()),
                           counts))
    lines.add(not details, name, details)
    return len(told), counts


def main():
    world = cluster.Cluster()
    kubectl = Kubectl(sys.argv[1], world.url)
    version = kubectl.version()
    truth = Truth(world.objects)
    readable = reads()
    has_events = kubectl.has_events()
    lines = Lines()
    places = counts = 0
    for form in FORMS:
        name = "kubectl " + " ".join(form.words)
        if form.needs and form.needs not in readable:
            lines.add(True, name, skip="not read yet")
            continue
        if form.words[0] == "events" and not has_events:
            lines.add(True, name, skip="this kubectl has no such command")
            continue
        world.listed = form.listed
        more = compare(form, kubectl, truth, lines)
        places += more[0]
        counts += more[1]
    lines.finish()
    print("# kubectl %d.%d.%d, %d pods, %d events: %d places and %d counts "
          "compared; %d of %d forms failed" % (
              version + (len(world.objects.pods), len(world.objects.events),
                         places, counts, lines.failed, len(FORMS))))
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(main())
