# SPDX-License-Identifier: Apache-2.0
"""Small images, whole and damaged.

An image is its blobs by digest, and the tag's manifest. Every repository gets
a layer of its own, so that no pull finds the blobs of another one on disk.
"""

import gzip
import hashlib
import io
import json
import tarfile

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tree(name):
    """A layer of one file, large enough to be cut in the middle."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        seed = hashlib.sha256(name.encode()).digest()
        text = b"".join(hashlib.sha256(seed + bytes([i, j])).digest()
                        for i in range(8) for j in range(256))
        entry = tarfile.TarInfo("opt/" + name.replace("/", "-"))
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return out.getvalue()


class Image:
    """blobs: {digest: (media type, bytes)}; top: the tag's (type, bytes)."""

    def __init__(self, name, form="plain"):
        plain = tree(name)
        layer = gzip.compress(plain, mtime=0)
        if form == "junk-layer":
            plain = hashlib.sha256(name.encode()).digest() * 64
            layer = gzip.compress(plain, mtime=0)
        if form == "bad-gzip":
            layer = layer[:-8] + b"\0" * 8
        config = json.dumps({
            "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(plain)]},
        }).encode()
        self.layer = digest(layer)
        self.config = digest(config)
        size = 777 if form == "wrong-size" else len(layer)
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(config),
                       "digest": self.config},
            "layers": [{"mediaType": LAYER, "size": size,
                        "digest": self.layer}],
        }).encode()
        self.blobs = {self.layer: (LAYER, layer),
                      self.config: (CONFIG, config)}
        self.manifests = {}
        self.top = (MANIFEST, manifest)
        if form in ("index", "other-platform", "child-missing"):
            self.index(form, manifest)
        elif form == "not-json":
            self.top = (MANIFEST, b"{no manifest of %s}" % name.encode())
        elif form == "odd-type":
            self.top = ("application/vnd.fabrikam.manifest.v9+json", manifest)
        elif form == "html":
            self.top = ("text/html", b"<html>sign in, %s</html>"
                        % name.encode())
        self.manifests[digest(self.top[1])] = self.top

    def index(self, form, manifest):
        if form != "child-missing":
            self.manifests[digest(manifest)] = (MANIFEST, manifest)
        machine = "arm64" if form == "other-platform" else "amd64"
        self.top = (INDEX, json.dumps({
            "schemaVersion": 2, "mediaType": INDEX,
            "manifests": [{
                "mediaType": MANIFEST, "size": len(manifest),
                "digest": digest(manifest),
                "platform": {"architecture": machine, "os": "linux"},
            }],
        }).encode())

    def find(self, name):
        """The manifest that a tag or a digest names, or None."""
        if name.startswith("sha256:"):
            return self.manifests.get(name)
        return self.top
