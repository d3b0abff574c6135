# SPDX-License-Identifier: Apache-2.0
"""A cluster that is a truth and a small HTTP server: pods that cannot start,
their events, and just so much of the Kubernetes API as kubectl asks for.

The truth is written down here once; what pullwhy must say follows from it.
"""

import datetime
import http.server
import json
import threading
import urllib.parse

NODE = "aks-apps-20417-vmss000003"
FROM = "failed to pull and unpack image \"{0}\": "
RESOLVE = FROM + "failed to resolve reference \"{0}\": "
RPC = "rpc error: code = Unknown desc = "
TOKEN = "failed to authorize: failed to fetch {1} token: unexpected status " \
    "from GET request to https://{2}/oauth2/token?scope=repository%3A{3}" \
    "%3Apull&service={2}: {4}"
HEAD = "failed to do request: Head \"https://{2}/v2/{3}/manifests/{4}\": "


def token(image, kind, status):
    host, rest = image.split("/", 1)
    path = rest.rsplit(":", 1)[0]
    return (RESOLVE + TOKEN).format(image, kind, host,
                                    path.replace("/", "%2F"), status)


def head(image, tail):
    host, rest = image.split("/", 1)
    path, tag = rest.rsplit(":", 1)
    return (RESOLVE + HEAD).format(image, "", host, path, tag) + tail


def both(first, second):
    return "[%s%s, %s%s]" % (RPC, first, RPC, second)


class Event:
    """cause: what pullwhy must say, None for nothing, or "success"."""

    def __init__(self, pod, at, reason, message, cause, count=1,
                 kind="Normal", cut_cause=None):
        self.pod = pod
        self.reason = reason
        self.message = message
        self.cause = cause
        self.cut_cause = cut_cause or cause  # of the first line alone
        self.count = count
        self.kind = kind
        self.at = at
        self.name = "%s.17f%04x" % (pod.name, at)
        self.of_container = reason not in ("Scheduled",
                                           "FailedCreatePodSandBox")
        self.image = None
        if cause and '"' in message:
            self.image = message.split('"')[1]


class Pod:
    made = 0

    def __init__(self, namespace, name, container, image, cause, error=None,
                 sandbox=None, init=False, count=4, back_off=True,
                 cut_cause=None, message=None):
        Pod.made += 1
        self.number = Pod.made
        self.namespace = namespace
        self.name = name
        self.container = container
        self.image = image
        self.cause = cause
        self.error = error
        self.sandbox = sandbox
        self.init = init
        self.uid = "5e1f0000-0000-4000-8000-%012x" % Pod.made
        first = Pod.made * 16
        self.events = [Event(self, first, "Scheduled",
                             "Successfully assigned %s/%s to %s"
                             % (namespace, name, NODE), None)]
        if sandbox:
            self.add("FailedCreatePodSandBox", sandbox, cause, count,
                     "Warning")
            self.events[-1].image = "mcr.microsoft.com/oss/kubernetes/" \
                "pause:3.6"
            return
        self.add("Pulling", 'Pulling image "%s"' % image, None, count)
        if cause == "success":
            self.add("Pulled", 'Successfully pulled image "%s" in 1.9s '
                     "(1.9s including waiting)" % image, "success")
            return
        if error:
            self.add("Failed", message or 'Failed to pull image "%s": %s'
                     % (image, error), cause, count, "Warning", cut_cause)
            self.add("Failed", "Error: ErrImagePull", "backoff", count,
                     "Warning")
        if back_off:
            # A host that cannot be right is seen without any error.
            self.add("BackOff", 'Back-off pulling image "%s"' % image,
                     cause if cause == "registry-name-wrong" else "backoff",
                     count * 3)
            self.add("Failed", "Error: ImagePullBackOff", "backoff",
                     count * 3, "Warning")

    def add(self, reason, message, cause, count=1, kind="Normal",
            cut_cause=None):
        self.events.append(Event(self, self.events[-1].at + 1, reason,
                                 message, cause, count, kind, cut_cause))

    def waiting(self):
        """reason and message of the container's state, or None."""
        if self.cause == "success":
            return None
        if self.sandbox:
            return "ContainerCreating", None
        if self.error and self.number % 2 == 0:
            return "ErrImagePull", self.error
        return "ImagePullBackOff", 'Back-off pulling image "%s"%s' % (
            self.image, ": ErrImagePull: " + self.error if self.error
            else "")


def pods():
    acr = "fabrikam.azurecr.io/"
    cart, desk, till = acr + "shop/cart:4.2", acr + "shop/desk:4.2", \
        acr + "shop/till:4.2"
    menu, lamp, door = acr + "team/menu:1.0", acr + "team/lamp:1.0", \
        acr + "team/door:1.0"
    oven, typo = acr + "team/oven:1.0", "fabrikam.azureacr.io/team/sink:1.0"
    hub = "docker.io/fabrikam/bench:7"
    pause = "mcr.microsoft.com/oss/kubernetes/pause:3.6"
    found = [
        Pod("shop", "cart-6b7f-x2kqp", "cart", cart, "unauthorized",
            both(token(cart, "oauth", "401 Unauthorized"),
                 token(cart, "anonymous", "401 Unauthorized"))),
        Pod("shop", "desk-5d44-7hvzt", "desk", desk,
            "unauthorized-anonymous",
            token(desk, "anonymous", "401 Unauthorized"), count=1),
        Pod("shop", "till-0", "till", till, "image-not-found",
            "rpc error: code = NotFound desc = "
            + RESOLVE.format(till) + till + ": not found"),
        Pod("team", "menu-0", "menu", menu, "forbidden",
            token(menu, "anonymous", "403 Forbidden")),
        Pod("team", "lamp-77c9-qq4wd", "lamp", lamp, "firewall-denied",
            RESOLVE.format(lamp) + "unexpected status from HEAD request to "
            "https://fabrikam.azurecr.io/v2/team/lamp/manifests/1.0: "
            "403 Forbidden\ndenied: client with IP '20.50.1.2' is not "
            "allowed access. Refer https://aka.ms/acr/firewall to grant "
            "access.", cut_cause="forbidden"),
        Pod("team", "door-1", "door", door, "connect-timeout",
            head(door, "dial tcp 10.240.3.4:443: i/o timeout")),
        Pod("shop", "oven-8f6d-2lmzk", "oven", oven, "platform-mismatch",
            both("failed to pull and unpack image \"%s\": no match for "
                 "platform in manifest: not found" % oven,
                 token(oven, "anonymous", "401 Unauthorized"))),
        Pod("team", "sink-0", "sink", typo, "registry-name-wrong",
            head(typo, "dial tcp: lookup fabrikam.azureacr.io on "
                 "10.0.0.10:53: no such host")),
        Pod("shop", "shelf-0", "shelf", acr + "shop/shelf:4.2", "forbidden",
            sandbox="Failed to create pod sandbox: rpc error: code = Unknown "
            "desc = failed to get sandbox image \"{0}\": failed to pull "
            "image \"{0}\": ".format(pause) + RESOLVE.format(pause)
            + "unexpected status from HEAD request to https://"
            "mcr.microsoft.com/v2/oss/kubernetes/pause/manifests/3.6: "
            "403 Forbidden"),
        Pod("team", "gate-0", "setup", "depot.fabrikam.example/tools/setup:3",
            "dns-not-found", head("depot.fabrikam.example/tools/setup:3",
                                  "dial tcp: lookup depot.fabrikam.example "
                                  "on 10.0.0.10:53: no such host"),
            init=True),
        Pod("team", "bench-0", "bench", hub, "rate-limited",
            RESOLVE.format(hub) + "unexpected status from HEAD request to "
            "https://registry-1.docker.io/v2/fabrikam/bench/manifests/7: "
            "429 Too Many Requests"),
        Pod("shop", "rug-0", "rug", acr + "shop/rug:4.2", "backoff"),
        Pod("team", "vase-0", "vase", acr + "team/vase:1.0", "success"),
    ]
    return found


def stamp(now, back):
    return (now - datetime.timedelta(seconds=back)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


class Objects:
    """The API's view of the truth, at one point in time."""

    def __init__(self, all_pods):
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.pods = all_pods
        self.events = sorted((event for pod in all_pods
                              for event in pod.events),
                             key=lambda event: event.at)

    def event(self, event):
        pod = event.pod
        back = 900 - event.at
        reference = {"kind": "Pod", "namespace": pod.namespace,
                     "name": pod.name, "uid": pod.uid, "apiVersion": "v1"}
        if event.of_container:
            reference["fieldPath"] = "spec.%s{%s}" % (
                "initContainers" if pod.init else "containers",
                pod.container)
        return {
            "kind": "Event", "apiVersion": "v1",
            "metadata": {"name": event.name, "namespace": pod.namespace,
                         "uid": "e" + pod.uid[1:-4] + "%04x" % event.at,
                         "resourceVersion": str(1000 + event.at),
                         "creationTimestamp": stamp(self.now, back + 240)},
            "involvedObject": reference, "reason": event.reason,
            "message": event.message, "type": event.kind,
            "source": {"component": "kubelet", "host": NODE},
            "firstTimestamp": stamp(self.now, back + 240),
            "lastTimestamp": stamp(self.now, back), "count": event.count,
            "reportingComponent": "kubelet", "reportingInstance": NODE,
        }

    def row(self, event):
        """A row as the server prints it: internalversion/printers.go."""
        made = self.event(event)
        back = 900 - event.at
        ages = ["%dm%ds" % divmod(each, 60) for each in (back, back + 240)]
        return {"cells": [
            ages[0], event.kind, event.reason, "pod/" + event.pod.name,
            made["involvedObject"].get("fieldPath", ""), "kubelet, " + NODE,
            event.message, ages[1], event.count, event.name],
            "object": {"kind": "PartialObjectMetadata",
                       "apiVersion": "meta.k8s.io/v1",
                       "metadata": made["metadata"]}}

    def table(self, events, head=True):
        columns = [("Last Seen", 0), ("Type", 0), ("Reason", 0),
                   ("Object", 0), ("Subobject", 1), ("Source", 1),
                   ("Message", 0), ("First Seen", 1), ("Count", 1),
                   ("Name", 1)]
        return {"kind": "Table", "apiVersion": "meta.k8s.io/v1",
                "metadata": {"resourceVersion": "5000"},
                "columnDefinitions": [
                    {"name": name, "type": "string", "format": "",
                     "description": "", "priority": priority}
                    for name, priority in columns] if head else None,
                "rows": [self.row(event) for event in events]}

    def pod(self, pod):
        state = pod.waiting()
        inside = {"running": {"startedAt": stamp(self.now, 60)}}
        if state:
            inside = {"waiting": {"reason": state[0]}}
            if state[1]:
                inside["waiting"]["message"] = state[1]
        status = {"name": pod.container, "image": pod.image, "imageID": "",
                  "ready": not state, "restartCount": 0, "state": inside,
                  "lastState": {}}
        spec = {"name": pod.container, "image": pod.image}
        main, kept = {"name": "main", "image": "fabrikam.azurecr.io/m:1"}, {
            "name": "main", "image": "fabrikam.azurecr.io/m:1", "imageID": "",
            "ready": False, "restartCount": 0, "lastState": {},
            "state": {"waiting": {"reason": "PodInitializing"}}}
        made = {
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": pod.name, "namespace": pod.namespace,
                         "uid": pod.uid, "resourceVersion": "900",
                         "creationTimestamp": stamp(self.now, 1200)},
            "spec": {"nodeName": NODE,
                     "containers": [main if pod.init else spec]},
            "status": {"phase": "Pending" if state else "Running",
                       "containerStatuses": [kept if pod.init else status]},
        }
        if pod.init:
            made["spec"]["initContainers"] = [spec]
            made["status"]["initContainerStatuses"] = [status]
        return made


RESOURCES = [
    {"name": "events", "singularName": "event", "namespaced": True,
     "kind": "Event", "shortNames": ["ev"],
     "verbs": ["get", "list", "watch"]},
    {"name": "pods", "singularName": "pod", "namespaced": True,
     "kind": "Pod", "shortNames": ["po"], "verbs": ["get", "list", "watch"]},
    {"name": "namespaces", "singularName": "namespace", "namespaced": False,
     "kind": "Namespace", "verbs": ["get", "list"]},
]
FIXED = {
    "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1",
                "resources": RESOURCES},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster = None

    def log_message(self, *_):
        pass

    def send_json(self, body, status=200):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path in FIXED:
            self.send_json(FIXED[parts.path])
            return
        words = parts.path.strip("/").split("/")[2:]
        namespace = None
        if words[:1] == ["namespaces"] and len(words) > 2:
            namespace, words = words[1], words[2:]
        if words[:1] == ["events"]:
            self.events(namespace, query)
        elif words[:1] == ["pods"]:
            self.pods(namespace, words[1:], query)
        else:
            self.send_json({"kind": "Status", "apiVersion": "v1",
                            "status": "Failure", "reason": "NotFound",
                            "message": "not here", "code": 404}, 404)

    def pods(self, namespace, name, _query):
        objects = self.cluster.objects
        made = [objects.pod(pod) for pod in objects.pods
                if namespace in (None, pod.namespace)]
        if name:
            self.send_json([pod for pod in made
                            if pod["metadata"]["name"] == name[0]][0])
        else:
            self.send_json({"kind": "PodList", "apiVersion": "v1",
                            "metadata": {"resourceVersion": "5000"},
                            "items": made})

    def events(self, namespace, query):
        objects = self.cluster.objects
        wanted = dict(pair.split("=", 1) for pair in query.get(
            "fieldSelector", "").split(",") if "=" in pair)
        chosen = [event for event in objects.events
                  if namespace in (None, event.pod.namespace)
                  and event.pod.name in wanted.get("involvedObject.name",
                                                   event.pod.name)]
        cut = int(len(chosen) * self.cluster.listed)
        as_table = "as=Table" in self.headers.get("Accept", "")
        if query.get("watch") in ("true", "1"):
            self.watch(chosen[cut:], as_table)
        elif as_table:
            self.send_json(objects.table(chosen[:cut]))
        else:
            self.send_json({"kind": "EventList", "apiVersion": "v1",
                            "metadata": {"resourceVersion": "5000"},
                            "items": [objects.event(event)
                                      for event in chosen[:cut]]})

    def watch(self, events, as_table):
        objects = self.cluster.objects
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at, event in enumerate(events):
            made = objects.table([event], at == 0) if as_table \
                else objects.event(event)
            line = json.dumps({"type": "ADDED", "object": made}) + "\n"
            data = line.encode()
            # Torn where it hurts: a chunk is no object.
            for piece in (data[:len(data) // 3], data[len(data) // 3:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


class Cluster:
    """listed: the part of the events that a list gives; a watch the rest."""

    def __init__(self):
        self.objects = Objects(pods())
        self.listed = 1.0
        handler = type("Bound", (Handler,), {"cluster": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
