# SPDX-License-Identifier: Apache-2.0
"""Pulls through a real containerd from a world on loopback, and compares what
pullwhy makes of its words with what was done.

Runs as root in namespaces of its own, which containerd.sh makes: whatever is
mounted, bound or started here is gone when this process is.
"""

import base64
import concurrent.futures
import crypt
import json
import os
import re
import shutil
import socket
import subprocess
import ssl
import sys
import time
import urllib.error
import urllib.request
import warnings

import hosts
import images
import pulls
import runtime
import verdict

GOOD, WRONG = ("jo", "orchard"), ("jo", "meadow")
PAUSE = "mcr.microsoft.com/oss/kubernetes/pause:3.6"


def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def quoted(text):
    """As Go's %q does for printable text."""
    return json.dumps(text, ensure_ascii=False)


def furnish(work):
    """Mounts that only this namespace sees."""
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "route", "add", "unreachable", "10.9.9.9/32")
    for folder in ("/run", "/var/lib", "/opt"):
        sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
    files = {"/etc/resolv.conf": "nameserver 127.0.0.53\n"
                                 "options timeout:2 attempts:1\n",
             "/etc/hosts": "127.0.0.1 localhost\n"}
    for path, text in files.items():
        own = os.path.join(work, os.path.basename(path))
        write(own, text)
        sh("mount", "--bind", own, os.path.realpath(path))
    os.makedirs("/etc/containerd", exist_ok=True)
    sh("mount", "-t", "tmpfs", "tmpfs", "/etc/containerd")
    write("/etc/containerd/certs.d/quay.io/hosts.toml",
          'server = "https://quay.io"\n[host."http://localhost:30020"]\n'
          '  capabilities = ["pull", "resolve"]\n')
    write("/etc/containerd/certs.d/registry.gitlab.com/hosts.toml",
          'server = "https://registry.gitlab.com\n')
    os.makedirs("/etc/containerd/certs.d/gcr.io/hosts.toml")


def proxy(connection):
    """Refuses each CONNECT with the number in the host's name."""
    head = connection.recv(4096).decode("latin-1")
    code = re.search(r"CONNECT p?([0-9]{3})?", head).group(1) or "500"
    reason = {"407": "Proxy Authentication Required", "403": "Forbidden",
              "502": "Bad Gateway"}.get(code, "Error")
    connection.sendall(("HTTP/1.1 %s %s\r\nContent-Length: 0\r\n\r\n"
                        % (code, reason)).encode())
    connection.close()


def resets(connection):
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          b"\1\0\0\0\0\0\0\0")
    connection.close()


def open_world(world, certificates):
    """Starts names, registry and the rest; returns what must be kept."""
    acr = ["*.azurecr.io", "*.blob.core.windows.net", "docker.io",
           "registry-1.docker.io", "auth.docker.io", "quay.io",
           "mcr.microsoft.com", "registry.gitlab.com", "gcr.io", pulls.DATA]
    contexts = {
        None: certificates.make("good", acr),
        "stranger.azurecr.io": certificates.make("odd", acr, "stranger"),
        "late.azurecr.io": certificates.make(
            "late", acr, dates=("20200101000000Z", "20210101000000Z")),
        "early.azurecr.io": certificates.make(
            "early", acr, dates=("20390101000000Z", "20400101000000Z")),
        "alias.azurecr.io": certificates.make("alias", ["fabrikam.example"]),
    }
    certificates.make("real", [pulls.REAL])
    hosts.serve_https(world, contexts)
    table = {name: hosts.REGISTRY for name in acr + list(contexts) + [
        pulls.ACR, pulls.BLOB] if name and "*" not in name}
    table.update(pulls.PLACES)
    table[pulls.REAL] = "127.0.1.2"
    hosts.Names("127.0.0.53", table).start()
    alert = b"\x15\x03\x01\x00\x02\x02"
    hosts.serve_raw("127.0.2.3", 443, hosts.silent(world))
    hosts.serve_raw("127.0.2.4", 443, hosts.closes)
    hosts.serve_raw("127.0.2.5", 443, hosts.says(
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    hosts.serve_raw("127.0.2.6", 443, hosts.says(b"220 mail ready\r\n"))
    hosts.serve_raw("127.0.2.7", 443, hosts.says(alert + b"\x46"))
    hosts.serve_raw("127.0.2.8", 443, hosts.says(alert + b"\x28"))
    hosts.serve_raw("127.0.2.9", 443, resets)
    hosts.serve_raw("127.0.3.1", 3128, proxy)
    return hosts.black_hole("127.0.2.2", 443)


class RealRegistry:
    """Debian's docker-registry, with a password and one image in it."""

    def __init__(self, folder, certificates):
        self.base = "https://127.0.1.2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            word = crypt.crypt(GOOD[1], crypt.mksalt(
                crypt.METHOD_BLOWFISH, rounds=16))
        write(folder + "/htpasswd", "%s:%s\n" % (GOOD[0], word))
        write(folder + "/config.yml", """version: 0.1
storage: {{filesystem: {{rootdirectory: {0}/data}}}}
http:
  addr: 127.0.1.2:443
  tls: {{certificate: {1}/real.pem, key: {1}/real.key}}
auth: {{htpasswd: {{realm: orchard, path: {0}/htpasswd}}}}
""".format(folder, certificates.folder))
        self.log = open(folder + "/log", "wb")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", folder + "/config.yml"],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        # The address is no name of its certificate's.
        self.context = ssl.create_default_context(
            cafile=certificates.folder + "/ca.pem")
        self.context.check_hostname = False

    def call(self, method, url, data=None, kind="application/octet-stream"):
        token = base64.b64encode(":".join(GOOD).encode()).decode()
        request = urllib.request.Request(
            url if url.startswith("http") else self.base + url, data=data,
            method=method, headers={"Authorization": "Basic " + token,
                                    "Content-Type": kind,
                                    "Host": pulls.REAL})
        return urllib.request.urlopen(request, timeout=10,
                                      context=self.context)

    def wait(self, seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                self.call("GET", "/v2/")
                return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > end:
                    raise SystemExit("docker-registry does not start")
            if runtime.ended(self.process, 0.05):
                raise SystemExit("docker-registry has ended")

    def push(self, repository, tag):
        image = images.Image(repository)
        for name, (_kind, data) in image.blobs.items():
            place = self.call("POST", "/v2/%s/blobs/uploads/" % repository,
                              b"").headers["Location"]
            place = place.replace(pulls.REAL, "127.0.1.2")
            self.call("PUT", "%s%sdigest=%s" % (
                place, "&" if "?" in place else "?", name), data)
        kind, data = image.top
        self.call("PUT", "/v2/%s/manifests/%s" % (repository, tag), data,
                  kind)


def start_runtimes(folder, ca):
    """The containerds that the table names, all of them at once."""
    made = {}
    plain = {
        "main": {},
        "proxied": {"HTTPS_PROXY": "http://127.0.3.1:3128"},
        "no-proxy": {"HTTPS_PROXY": "http://127.0.2.1:3128"},
        "full": {}, "frozen": {},
        "bare": {"disabled": '"io.containerd.grpc.v1.cri"'},
    }
    for name, extra in plain.items():
        made[name] = runtime.Runtime(name, folder, ca, PAUSE, **extra)
    for each in made.values():
        each.wait()
    content = "/root/io.containerd.content.v1.content"
    sh("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs",
       made["full"].home + content)
    for name in ("/blobs/sha256", "/ingest"):
        os.makedirs(made["full"].home + content + name)
    frozen = made["frozen"].home + content + "/ingest"
    os.makedirs(frozen, exist_ok=True)
    sh("mount", "--bind", frozen, frozen)
    sh("mount", "-o", "remount,ro,bind", frozen)
    return made


class Done:
    """What was said of one pull."""

    def __init__(self, pull, outcome, lines, second=None):
        self.pull = pull
        self.outcome = outcome
        self.lines = lines
        self.second = second  # the anonymous attempt after a refused one


def make(pull, runtimes, others):
    """Pulls; others: the slow pulls, whose lines come in between."""
    each = runtimes[pull.runtime]
    start = each.size()
    mark = re.escape(pull.repository if not pull.sandbox else "pause")
    if pull.sandbox:
        outcome = each.run_pod("web-0", "6f1c", "shop")
        end = "RunPodSandbox.*failed"
    else:
        outcome = each.pull(pull.image, pull.creds, pull.seconds)
        name = re.escape(pull.image)
        end = r'PullImage \\"%s\\" (failed|returns)' % name
    if pull.runtime == "bare":
        return Done(pull, outcome, [])
    lines = each.lines_until(start, end, 30)
    if pull.slow:
        lines = [line for line in lines if re.search(mark, line)]
    else:
        lines = [line for line in lines
                 if not any(other.repository in line for other in others)]
    second = None
    if pull.aggregate:
        second = each.pull(pull.image, None, pull.seconds)
    return Done(pull, outcome, lines, second)


def pull_all(rows, runtimes):
    slow = [row for row in rows if row.slow]
    with concurrent.futures.ThreadPoolExecutor(len(slow) or 1) as pool:
        waiting = [pool.submit(make, row, runtimes, []) for row in slow]
        done = {row.name: make(row, runtimes, slow) for row in rows
                if not row.slow}
        for each in waiting:
            result = each.result()
            done[result.pull.name] = result
    return [done[row.name] for row in rows]


def event_text(done):
    pull = done.pull
    if done.outcome.code == "OK":
        return 'Successfully pulled image "%s" in 1.25s' % pull.image
    if pull.sandbox:
        return "Failed to create pod sandbox: %s" % done.outcome
    return 'Failed to pull image "%s": %s' % (pull.image, done.outcome)


def klog_text(done):
    """kubelet's node log: quoted twice; its success goes to events alone."""
    pull = done.pull
    if pull.sandbox:
        inner = 'failed to "CreatePodSandbox" for "web-0_shop(6f1c)" with ' \
            "CreatePodSandboxError: " + quoted(
                'Failed to create sandbox for pod "web-0_shop(6f1c)": %s'
                % done.outcome)
    else:
        inner = 'failed to "StartContainer" for "app" with ErrImagePull: ' \
            + quoted(str(done.outcome))
    return ('E1123 10:02:40.121530    2874 pod_workers.go:1301] "Error '
            'syncing pod, skipping" err=%s pod="shop/web-0" podUID="6f1c"'
            % quoted(inner))


def compare_log(report, results):
    lines, owners = [], []
    for done in results:
        for line in done.lines:
            lines.append(line)
            owners.append(done)
    rows = verdict.annotate(lines)
    final = {}
    for line, row, done in zip(lines, rows, owners):
        ok = done.outcome.code == "OK"
        if ok and row.get("success") or not ok and "level=error" in line:
            final[done.pull.name] = (line, row)
        elif row.get("cause") and not row.get("attempt"):
            report.check(False, "%s: no trouble in a line that tells of none"
                         % done.pull.name, "%s: %s" % (row["cause"], line))
    for done in results:
        if not done.lines and done.pull.runtime == "bare":
            continue
        line, row = final.get(done.pull.name, ("(no last line)", {}))
        report.compare(done.pull.name, "log", row, done.pull.cause,
                       done.pull.facts, line, done.pull.gap)
        if done.pull.cause is None:
            report.check(row.get("success") is True, "%s: the log's success "
                         "is one" % done.pull.name, "\n".join(done.lines))


def compare_kubelet(report, results):
    told = [done for done in results if not done.pull.log_only]
    failed = [done for done in told if done.outcome.code != "OK"]
    texts = [event_text(done) for done in told]
    for done, text, row in zip(told, texts, verdict.annotate(texts)):
        report.compare(done.pull.name, "event", row, done.pull.cause,
                       done.pull.facts, text, done.pull.gap)
        if done.pull.cause is None:
            report.check(row.get("success") is True, "%s: the event's "
                         "success is one" % done.pull.name, text)
    texts = [klog_text(done) for done in failed]
    for done, text, row in zip(failed, texts, verdict.annotate(texts)):
        facts = {} if done.pull.nameless else done.pull.facts
        report.compare(done.pull.name, "klog", row, done.pull.cause,
                       dict(facts, namespace="shop", pod="web-0"), text,
                       done.pull.gap)
    both = [done for done in failed if done.second]
    texts = ['Failed to pull image "%s": [%s, %s]' % (
        done.pull.image, done.outcome, done.second) for done in both]
    for done, text, row in zip(both, texts, verdict.annotate(texts)):
        report.compare(done.pull.name, "aggregate", row,
                       done.pull.aggregate, done.pull.facts, text)


def compare_successes(report, results):
    """Nothing that went well opens an incident, attempts included."""
    lines = [line for done in results if done.pull.cause is None
             for line in done.lines + [event_text(done)]]
    found = verdict.run("--no-db", "--format", "json", "-",
                        text="".join(line + "\n" for line in lines))
    report.check(not found, "%d lines of pulls that went well: no incident"
                 % len(lines), json.dumps(found)[:2000])


def main():
    work = sys.argv[1]
    kept_log = os.environ.get("E2E_KEEP")
    furnish(work)
    folder = os.path.join(work, "keys")
    os.makedirs(folder)
    certificates = hosts.Certificates(folder)
    world = hosts.World()
    kept = open_world(world, certificates)
    registry = RealRegistry("/var/lib/registry", certificates)
    runtimes = start_runtimes("/var/lib/lab", folder + "/ca.pem")
    registry.wait()
    registry.push("shop/pears", pulls.TAG)
    version = runtime.version()
    rows = pulls.table(version, GOOD, WRONG)
    if os.environ.get("E2E_SHORT"):
        rows = [row for row in rows if not row.slow]
    for row in rows:
        world.add(row.repository, row.plan)
    world.add("shop/loop", {"head": hosts.Reply(
        307, Location="https://%s/v2/shop/loop/manifests/x" % pulls.ACR)})
    world.add("oss/kubernetes/pause", {"head": hosts.Reply(403)})
    began = time.monotonic()
    results = pull_all(rows, runtimes)
    world.stopped.set()
    took = time.monotonic() - began
    for each in runtimes.values():
        each.stop()
    registry.process.terminate()
    registry.process.wait()
    if kept_log:
        with open(kept_log, "w") as out:
            for done in results:
                out.write(json.dumps({
                    "scenario": done.pull.name, "image": done.pull.image,
                    "wanted": done.pull.cause, "log": done.lines,
                    "event": event_text(done)}) + "\n")
    report = verdict.Report()
    for done in results:
        report.check((done.outcome.code == "OK") ==
                     (done.pull.cause is None), "%s: containerd %s"
                     % (done.pull.name, "pulls it" if done.pull.cause is None
                        else "fails"), str(done.outcome))
    compare_log(report, results)
    compare_kubelet(report, results)
    compare_successes(report, results)
    status = report.finish()
    print("# %d pulls through containerd %d.%d.%d in %.0f s" % (
        (len(results),) + version + (took,)))
    del kept
    shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
