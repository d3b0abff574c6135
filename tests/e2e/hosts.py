# SPDX-License-Identifier: Apache-2.0
"""The world outside, on loopback: names, a registry that can misbehave in
every way, storage behind it, addresses where something else answers.

What a repository's plan does not mention goes well.
"""

import http.server
import os
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import urllib.parse

import images

REGISTRY = "127.0.1.1"
STORES = (".blob.core.windows.net", ".data.azurecr.io")


class Reply:
    """An answer of the server: a status, or a trouble with the connection."""

    def __init__(self, status=200, body=b"", kind="application/json",
                 reason=None, trouble=None, **headers):
        self.status = status
        self.body = body if isinstance(body, bytes) else body.encode()
        self.kind = kind
        self.reason = reason
        self.trouble = trouble
        self.headers = {key.replace("_", "-"): value
                        for key, value in headers.items()}


class World:
    """Plans and images by repository; each is made before its pull."""

    def __init__(self):
        self.plans = {}
        self.images = {}
        self.stopped = threading.Event()

    def add(self, repository, plan):
        self.plans[repository] = plan
        self.images[repository] = images.Image(repository,
                                               plan.get("form", "plain"))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world = None

    def log_message(self, *_):
        pass

    def setup(self):
        # The handshake, too, belongs to this connection's thread.
        self.request.settimeout(60)
        self.request.do_handshake()
        super().setup()

    def handle(self):
        try:
            super().handle()
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def send(self, reply, whole=None):
        """whole: the body as it should have been, when it is cut."""
        if reply.trouble in ("close", "reset"):
            self.drop(reply.trouble == "reset")
            return
        body = reply.body if whole is None else whole
        self.send_response(reply.status, reply.reason)
        self.send_header("Content-Type", reply.kind)
        for key, value in reply.headers.items():
            self.send_header(key, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.trouble in ("cut", "stall"):
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            if reply.trouble == "stall":
                self.world.stopped.wait(60)
            self.drop(False)
            return
        self.wfile.write(body)

    def drop(self, reset):
        self.close_connection = True
        plain = socket.socket(fileno=os.dup(self.connection.fileno()))
        if reset:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            plain.shutdown(socket.SHUT_RDWR)
        plain.close()

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        self.token(self.rfile.read(size).decode())

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        host = self.headers["Host"].split(":")[0]
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.endswith("/token"):
            self.token(parts.query)
        elif host.endswith(STORES):
            path = parts.path.strip("/").split("/")
            self.store("/".join(path[:2]), path[-1])
        else:
            self.registry(host, parts)

    def token(self, query):
        scope = urllib.parse.parse_qs(query).get("scope", ["::"])[0]
        plan = self.world.plans.get(scope.split(":")[1], {})
        self.send(plan.get("token") or
                  Reply(body='{"token": "t", "access_token": "t"}'))

    def registry(self, host, parts):
        path = parts.path[len("/v2/"):]
        for kind in ("manifests", "blobs"):
            repository, cut, name = path.partition("/%s/" % kind)
            if cut:
                break
        plan = self.world.plans.get(repository)
        if plan is None:
            self.send(Reply(404))
            return
        if "auth" in plan and plan["auth"] is None or \
                "Authorization" in self.headers:
            getattr(self, kind)(host, repository, name, plan)
            return
        realm = plan.get("realm") or ("https://%s/oauth2/token" % host)
        challenge = plan.get("auth") or (
            'Bearer realm="%s",service="%s",scope="repository:%s:pull"'
            % (realm, host, repository))
        self.send(Reply(401, '{"errors":[{"code":"UNAUTHORIZED"}]}',
                        WWW_Authenticate=challenge))

    def manifests(self, _host, repository, name, plan):
        which = "head" if self.command == "HEAD" else "get"
        found = self.world.images[repository].find(
            "the tag" if "digest" in plan else name)
        if which in plan:
            self.send(plan[which])
        elif found is None:
            self.send(Reply(404, '{"errors":[{"code":"MANIFEST_UNKNOWN",'
                            '"message":"manifest unknown"}]}'))
        else:
            kind, data = found
            self.send(Reply(body=data, kind=kind, Docker_Content_Digest=plan
                            .get("digest", images.digest(data))))

    def blobs(self, _host, repository, name, plan):
        if "store" in plan:
            where = "https://%s/%s/sha256/%s?se=2026-11-23T16%%3A20%%3A00Z" \
                "&sig=cGxhY2Vob2xkZXI%%3D&sp=r" % (
                    plan["store"], repository, name)
            self.send(Reply(307, Location=where))
        else:
            self.store(repository, name)

    def store(self, repository, name):
        plan = self.world.plans[repository]
        image = self.world.images[repository]
        which = "config" if name == image.config else "layer"
        _kind, data = image.blobs.get(name, (None, None))
        reply = plan.get(which)
        if data is None:
            self.send(Reply(404))
        elif reply is None:
            self.send(Reply(body=data, kind="application/octet-stream"))
        elif reply.trouble == "corrupt":
            self.send(Reply(body=data[:-1] + bytes([data[-1] ^ 255]),
                            kind="application/octet-stream"))
        else:
            self.send(reply, data if reply.trouble in ("cut", "stall")
                      else None)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


class Certificates:
    """An authority of our own, made by openssl in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.contexts = {}
        for name in ("ca", "stranger"):
            self.run("req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/CN=%s" % name, "-keyout", name + ".key",
                     "-out", name + ".pem")
        with open(os.path.join(folder, "ca.cnf"), "w") as out:
            out.write("[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\n"
                      "rand_serial=yes\ndefault_md=sha256\npolicy=p\n"
                      "new_certs_dir=.\nunique_subject=no\n"
                      "copy_extensions=copy\n[p]\ncommonName=supplied\n")
        open(os.path.join(folder, "index.txt"), "w").close()

    def run(self, *words):
        done = subprocess.run(("openssl",) + words, cwd=self.folder,
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit("openssl %s: %s" % (words[0], done.stderr))

    def make(self, name, hosts, signer="ca", dates=None):
        """A context whose certificate is good for the hosts."""
        self.run("req", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                 "-addext", "subjectAltName=" + ",".join(
                     "DNS:" + host for host in hosts),
                 "-keyout", name + ".key", "-out", name + ".csr")
        begin, end = dates or ("20200101000000Z", "20400101000000Z")
        self.run("ca", "-batch", "-config", "ca.cnf", "-startdate", begin,
                 "-enddate", end, "-cert", signer + ".pem", "-keyfile",
                 signer + ".key", "-in", name + ".csr", "-out",
                 name + ".pem", "-notext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, name + ".pem"),
                                os.path.join(self.folder, name + ".key"))
        return context


def serve_https(world, contexts):
    """contexts: by server name; None is for all others."""
    base = contexts[None]

    def choose(connection, name, _context):
        connection.context = contexts.get(name, base)

    base.sni_callback = choose
    handler = type("Bound", (Handler,), {"world": world})
    server = Server((REGISTRY, 443), handler)
    server.socket = base.wrap_socket(server.socket, server_side=True,
                                     do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve_raw(address, port, act):
    """Each connection is given to act(connection) on a thread of its own."""
    listener = socket.create_server((address, port), backlog=64)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=act, args=(connection,),
                             daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def closes(connection):
    connection.recv(4096)
    connection.close()


def says(data):
    def act(connection):
        connection.recv(4096)
        connection.sendall(data)
        # What is read away cannot make the close a reset.
        connection.settimeout(5)
        try:
            while connection.recv(4096):
                pass
        except OSError:
            pass
        connection.close()
    return act


def silent(world):
    def act(connection):
        world.stopped.wait(120)
        connection.close()
    return act


def black_hole(address, port):
    """A listener whose queue is full: the kernel drops what else comes."""
    listener = socket.socket()
    listener.bind((address, port))
    listener.listen(0)
    kept = [listener]
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex((address, port))
        kept.append(filler)
    return kept


class Names(threading.Thread):
    """A DNS server: addresses, "servfail" or "silent" by name; a name that
    is not there does not exist."""

    def __init__(self, address, table):
        super().__init__(daemon=True)
        self.table = table
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            answer = self.answer(query)
            if answer:
                self.socket.sendto(answer, peer)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        question = query[12:at + 5]
        wanted = struct.unpack(">H", query[at + 1:at + 3])[0]
        found = self.table.get(".".join(labels).lower())
        if found == "silent":
            return None
        code = {None: 3, "servfail": 2}.get(found, 0)
        record = b""
        if code == 0 and wanted == 1:
            record = b"\xc0\x0c" + struct.pack(
                ">HHIH", 1, 1, 1, 4) + socket.inet_aton(found)
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1,
                                       1 if record else 0, 0, 0)
        return head + question + record
