# SPDX-License-Identifier: Apache-2.0
"""A real containerd, and its CRI as kubelet calls it.

One object is one containerd with a root, a socket and a log of its own. The
messages are put together by hand: three fields do not need a compiler.
"""

import os
import re
import signal
import subprocess
import time

import grpc

CONFIG = """version = 2
root = "{home}/root"
state = "{home}/state"
disabled_plugins = [{disabled}]
[grpc]
  address = "{home}/c.sock"
[ttrpc]
  address = "{home}/t.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
"""

CODES = {"cancelled": "Canceled"}


def field(number, data):
    """One length-delimited field of a protocol buffer."""
    data = data.encode() if isinstance(data, str) else data
    size, length = len(data), b""
    while True:
        length += bytes([size & 127 | (128 if size > 127 else 0)])
        size >>= 7
        if not size:
            return bytes([number << 3 | 2]) + length + data


def ended(process, seconds):
    """Gives a process that much time; true if it is no more."""
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


def version():
    words = subprocess.run(["containerd", "--version"], capture_output=True,
                           text=True, check=True).stdout
    return tuple(int(part) for part in re.search(
        r"(\d+)\.(\d+)\.(\d+)", words).groups())


class Outcome:
    """What kubelet is told: a code in Go's spelling, and the text."""

    def __init__(self, code, text):
        self.code = code
        self.text = text

    def __str__(self):
        return "rpc error: code = %s desc = %s" % (self.code, self.text)


class Runtime:
    def __init__(self, name, folder, ca, pause="", disabled="", **extra):
        self.home = os.path.join(folder, name)
        os.makedirs(self.home, exist_ok=True)
        config = os.path.join(self.home, "config.toml")
        with open(config, "w") as out:
            out.write(CONFIG.format(home=self.home, pause=pause,
                                    disabled=disabled))
        self.log = os.path.join(self.home, "log")
        environment = dict(PATH=os.environ["PATH"], SSL_CERT_FILE=ca,
                           GODEBUG="netdns=go", **extra)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["containerd", "-c", config], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, env=environment, cwd="/")
        self.channel = None

    def wait(self, seconds=30):
        """Until it says that it serves; the log's end otherwise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if "containerd successfully booted" in self.text():
                self.channel = grpc.insecure_channel(
                    "unix://%s/c.sock" % self.home)
                grpc.channel_ready_future(self.channel).result(seconds)
                return
            if ended(self.process, 0.05):
                break
        raise SystemExit("containerd does not start:\n" + self.text()[-2000:])

    def text(self, start=0):
        with open(self.log, "rb") as log:
            log.seek(start)
            return log.read().decode("utf-8", "replace")

    def size(self):
        return os.path.getsize(self.log)

    def call(self, method, request, seconds):
        stub = self.channel.unary_unary("/runtime.v1." + method)
        try:
            return Outcome("OK", repr(stub(request, timeout=seconds)))
        except grpc.RpcError as error:
            name = error.code().value[1]
            code = "".join(word.capitalize() for word in name.split())
            return Outcome(CODES.get(name, code), error.details())

    def pull(self, image, credentials=None, seconds=90):
        request = field(1, field(1, image))
        if credentials:
            request += field(2, field(1, credentials[0]) +
                             field(2, credentials[1]))
        return self.call("ImageService/PullImage", request, seconds)

    def run_pod(self, name, uid, namespace, seconds=90):
        metadata = field(1, name) + field(2, uid) + field(3, namespace)
        return self.call("RuntimeService/RunPodSandbox",
                         field(1, field(1, metadata)), seconds)

    def lines_until(self, start, end_mark, seconds=10):
        """The log's lines from an offset on, once one holds the mark."""
        end = time.monotonic() + seconds
        while True:
            text = self.text(start)
            if re.search(end_mark, text) or time.monotonic() > end:
                return text.splitlines()
            ended(self.process, 0.02)

    def stop(self):
        if self.channel:
            self.channel.close()
        self.process.send_signal(signal.SIGTERM)
        if not ended(self.process, 10):
            self.process.kill()
            self.process.wait()
