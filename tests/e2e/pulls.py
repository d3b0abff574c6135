# SPDX-License-Identifier: Apache-2.0
"""The pulls that are made, and the cause that doc and catalogue ask for.

A row says what is done, never how a runtime words it. Names are neutral:
nothing in them may look like a cause.
"""

from hosts import Reply

ACR = "fabrikam.azurecr.io"
DATA = "fabrikam.eastus2.data.azurecr.io"
BLOB = "fabrikamstore.blob.core.windows.net"
REAL = "hub.fabrikam.example"
TAG = "2.4.1"
HTML = "<html><body>Sign in to the network</body></html>"
FIREWALL = ('{"errors":[{"code":"DENIED","message":"client with IP '
            "'20.50.1.2' is not allowed access. Refer "
            'https://aka.ms/acr/firewall to grant access."}]}')
LIMIT = ('{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached '
         'your unauthenticated pull rate limit."}]}')
NO_AUTH = 'This request is not authorized to perform this operation.'

# Hosts where something other than the registry answers, and where that is.
PLACES = {
    "away.azurecr.io": "10.9.9.9",        # unreachable by the routing table
    "offnet.azurecr.io": "10.7.7.7",      # no route at all
    "shut.azurecr.io": "127.0.2.1",       # nothing listens
    "hole.azurecr.io": "127.0.2.2",       # nobody answers
    "mute.azurecr.io": "127.0.2.3",       # no TLS handshake
    "brief.azurecr.io": "127.0.2.4",      # closes at once
    "plainly.azurecr.io": "127.0.2.5",    # HTTP, not HTTPS
    "mail.azurecr.io": "127.0.2.6",       # not TLS
    "former.azurecr.io": "127.0.2.7",     # TLS of another age
    "picky.azurecr.io": "127.0.2.8",      # no cipher in common
    "fabrikam.westus2.data.azurecr.io": "127.0.2.1",
    "fabrikamnorth.blob.core.windows.net": "127.0.2.2",
    "fabrikamsouth.blob.core.windows.net": "127.0.2.9",  # resets
    "ill.azurecr.io": "servfail",
    "quiet.azurecr.io": "silent",
}
WORDS = ("amber birch cedar delta ember fjord grove heron iris jade koala "
         "linen moss noon olive pine").split()
MORE = "kelp lotus maple nectar opal pearl quartz raven sage tulip".split()


class Pull:
    """plan: how the registry behaves. log_only: kubelet's words would be of
    its own client library, and are not had here. nameless: what kubelet logs
    on the node does not name the image. gap: what pullwhy says today where it
    does not yet say the cause; such rows are counted, not failed."""

    count = 0

    def __init__(self, name, cause, host=ACR, plan=None, creds=None,
                 facts=None, runtime="main", aggregate=None, slow=False,
                 image=None, seconds=90, log_only=False, nameless=False,
                 sandbox=False, gap=None):
        at = Pull.count
        Pull.count += 1
        self.repository = "%s/%s" % (WORDS[at // 10], MORE[at % 10])
        self.name = name
        self.cause = cause
        self.plan = plan or {}
        self.creds = creds
        self.runtime = runtime
        self.aggregate = aggregate
        self.slow = slow
        self.seconds = seconds
        self.log_only = log_only
        self.nameless = nameless
        self.gap = gap
        self.sandbox = sandbox
        self.facts = {"registry": host, "repository": self.repository,
                      "tag": TAG}
        self.image = image or "%s/%s:%s" % (host, self.repository, TAG)
        if image:
            self.facts = {}
        self.facts.update(facts or {})


def status(code, **more):
    return dict({"http.status": code}, **more)


def ip(address, port="443"):
    return {"ip": address, "port": port}


TOKEN = ("someone", "wrong")


def token(name, cause, reply, **more):
    """The same answer of the token service with and without credentials."""
    facts = more.pop("facts", status(reply.status)
                     if reply.status >= 300 else {})
    anonymous = more.pop("anonymous", cause)
    aggregate = more.pop("aggregate", None)
    return [
        Pull("token, credentials: " + name, cause, plan={"token": reply},
             creds=TOKEN, facts=facts,
             aggregate=aggregate or cause, **more),
        Pull("token, anonymous: " + name, anonymous, plan={"token": reply},
             facts=facts, **more),
    ]


def head(code, cause, **more):
    facts = {} if code == 404 else status(code)  # it says "not found" alone
    return Pull("tag HEAD %d" % code, cause, plan={"head": Reply(code)},
                creds=TOKEN, facts=facts, **more)


def get(name, cause, reply, facts=None, **more):
    return Pull("manifest GET " + name, cause, plan={"get": reply},
                creds=TOKEN, facts=facts or status(reply.status), **more)


def blob(name, cause, reply=None, store=None, facts=None, **more):
    plan = dict(more.pop("plan", {}))
    if reply:
        plan["layer"] = reply
    if store:
        plan["store"] = store
    return Pull("layer " + name, cause, plan=plan, creds=TOKEN,
                facts=facts, **more)


def host(name, cause, where, facts=None, **more):
    return Pull(name, cause, host=where,
                facts=dict({"url.host": where}, **(facts or {})), **more)


def real(name, cause, creds, repository="shop/pears", tag=TAG, **facts):
    """On a real docker-registry, which holds shop/pears:2.4.1 alone."""
    return Pull("docker-registry: " + name, cause, creds=creds,
                image="%s/%s:%s" % (REAL, repository, tag),
                facts=dict({"registry": REAL, "repository": repository,
                            "tag": tag}, **facts))


def table(version, good, wrong):
    """version: containerd's; good, wrong: credentials of the real registry."""
    rows = []
    # Before 1.6.25 it does not say that it had nothing to send.
    basic = "unauthorized-anonymous" if version >= (1, 6, 25) \
        else "unauthorized"
    for name, plan, creds in (
            ("with credentials", {}, TOKEN), ("anonymous", {}, None),
            ("from an index", {"form": "index"}, TOKEN),
            ("without a challenge", {"auth": None}, None),
            ("layers from storage", {"store": BLOB}, TOKEN),
            ("layers from the data endpoint", {"store": DATA}, TOKEN)):
        rows.append(Pull("success " + name, None, plan=plan, creds=creds))
    rows.append(Pull("success from Docker Hub", None, host="docker.io"))
    rows.append(Pull("success after a mirror refused", None,
                     host="quay.io"))
    rows += token("401", "unauthorized", Reply(401),
                  anonymous="unauthorized-anonymous")
    rows += token("403", "unauthorized", Reply(403), anonymous="forbidden",
                  aggregate="forbidden")
    rows += token("429", "rate-limited", Reply(429))
    for code in (500, 502, 503, 504):
        rows += token(str(code), "registry-error", Reply(code))
    rows += token("400", "request-rejected", Reply(400))
    rows += token("HTML", "token-invalid", Reply(body=HTML, kind="text/html"))
    rows += token("without a token", "token-invalid", Reply(body="{}"))
    rows += token("closed", "connection-lost", Reply(trouble="close"))
    rows += token("reset", "connection-lost", Reply(trouble="reset"),
                  facts={"ip": "127.0.1.1"})
    rows += token("service refused", "connection-refused", Reply(),
                  facts=dict(ip("127.0.2.1"),
                             **{"url.host": "shut.azurecr.io"}))
    for row in rows[-2:]:
        row.plan["realm"] = "https://shut.azurecr.io/oauth2/token"
    rows += [
        head(401, "unauthorized"), head(403, "forbidden"),
        head(404, "image-not-found", aggregate="image-not-found"),
        head(429, "rate-limited"), head(400, "request-rejected"),
        head(500, "registry-error"), head(502, "registry-error"),
        head(503, "registry-error"),
        Pull("tag 405", "request-rejected", plan={
            "head": Reply(405), "get": Reply(405)}, creds=TOKEN,
             facts=status(405)),
        get("403 with the client's address", "firewall-denied",
            Reply(403, FIREWALL), dict(status(403), client_ip="20.50.1.2")),
        get("403 without a body", "forbidden", Reply(403)),
        get("403 of a web gateway", "forbidden",
            Reply(403, HTML, kind="text/html")),
        get("429", "rate-limited", Reply(429, LIMIT)),
        get("500", "registry-error", Reply(500)),
        get("503", "registry-error", Reply(503)),
        Pull("Docker Hub's limit", "rate-limited", host="docker.io",
             plan={"head": Reply(429)}, facts=status(429)),
        Pull("HTML instead of a manifest", "request-rejected",
             plan={"form": "html"}, creds=TOKEN),
        Pull("a manifest of another digest", "digest-mismatch", creds=TOKEN,
             plan={"digest": "sha256:" + "ab" * 32}),
        Pull("a manifest too large", "manifest-unsupported", creds=TOKEN,
             plan={"head": Reply(200, Content_Length="50000000",
                                 Docker_Content_Digest="sha256:" + "cd" * 32,
                                 kind="application/vnd.docker.distribution."
                                 "manifest.v2+json")}),
        Pull("a manifest of unknown type", "manifest-unsupported",
             plan={"form": "odd-type"}, creds=TOKEN),
        Pull("an index for other machines", "platform-mismatch",
             plan={"form": "other-platform"}, creds=TOKEN,
             aggregate="platform-mismatch"),
        Pull("an index without its child", "content-missing",
             plan={"form": "child-missing"}, creds=TOKEN),
        Pull("a redirect loop", "request-rejected", creds=TOKEN, plan={
            "head": Reply(307, Location="https://%s/v2/%s/manifests/x"
                          % (ACR, "shop/loop"))}),
        Pull("401 without a challenge", "unauthorized",
             plan={"auth": "Nothing", "head": Reply(401)},
             facts=status(401)),
        Pull("a Basic challenge, no credentials", basic,
             plan={"auth": 'Basic realm="x"', "head": Reply(401)}),
        blob("403 with the client's address", "firewall-denied",
             Reply(403, FIREWALL),
             facts=dict(status(403), client_ip="20.50.1.2")),
        blob("403 of the storage", "storage-forbidden",
             Reply(403, reason=NO_AUTH), BLOB, status(403)),
        blob("403 of the storage, signature", "storage-forbidden",
             Reply(403, reason="Server failed to authenticate the request. "
                   "Make sure the value of Authorization header is formed "
                   "correctly including the signature."), BLOB, status(403)),
        blob("409 of the storage", "storage-forbidden",
             Reply(409, reason="Public access is not permitted on this "
                   "storage account."), BLOB, status(409)),
        blob("404", "content-missing", Reply(404)),
        blob("404 of the storage", "content-missing", Reply(404), BLOB),
        blob("502", "registry-error", Reply(502), facts=status(502)),
        blob("cut", "connection-lost", Reply(trouble="cut")),
        blob("reset", "connection-lost", Reply(trouble="reset")),
        blob("corrupt", "digest-mismatch", Reply(trouble="corrupt")),
        blob("of another size", "digest-mismatch",
             plan={"form": "wrong-size"}),
        blob("that is no archive", "unpack-failed",
             plan={"form": "junk-layer"}),
        blob("with a bad checksum", "unpack-failed",
             plan={"form": "bad-gzip"}),
        blob("refused by the data endpoint", "data-endpoint-blocked",
             store="fabrikam.westus2.data.azurecr.io",
             facts=dict(ip("127.0.2.1"), **{
                 "url.host": "fabrikam.westus2.data.azurecr.io"})),
        blob("on a data endpoint without a name", "data-endpoint-blocked",
             store="fabrikam.nowhere.data.azurecr.io",
             facts={"url.host": "fabrikam.nowhere.data.azurecr.io"}),
        blob("on storage that resets", "data-endpoint-blocked",
             store="fabrikamsouth.blob.core.windows.net",
             facts={"url.host": "fabrikamsouth.blob.core.windows.net"}),
        blob("on storage that never answers", "data-endpoint-blocked",
             store="fabrikamnorth.blob.core.windows.net", slow=True,
             facts=dict(ip("127.0.2.2"), **{
                 "url.host": "fabrikamnorth.blob.core.windows.net"})),
        blob("given up by the client", "pull-stalled",
             Reply(trouble="stall"), seconds=3, slow=True, log_only=True),
        host("no such host", "dns-not-found", "nowhere.azurecr.io"),
        host("a misspelt registry", "registry-name-wrong",
             "fabrikam.azureacr.io"),
        host("a name server in trouble", "dns-unavailable",
             "ill.azurecr.io", slow=True),
        host("a name server that is silent", "dns-unavailable",
             "quiet.azurecr.io", slow=True),
        host("no route to host", "no-route", "away.azurecr.io",
             ip("10.9.9.9")),
        host("network unreachable", "no-route", "offnet.azurecr.io",
             ip("10.7.7.7")),
        host("connection refused", "connection-refused", "shut.azurecr.io",
             ip("127.0.2.1")),
        host("nobody answers", "connect-timeout", "hole.azurecr.io",
             ip("127.0.2.2"), slow=True),
        host("no TLS handshake", "tls-handshake-timeout", "mute.azurecr.io",
             slow=True),
        host("closed in the handshake", "connection-lost",
             "brief.azurecr.io"),
        host("HTTP on the HTTPS port", "http-https-mismatch",
             "plainly.azurecr.io"),
        host("no TLS at all", "http-https-mismatch", "mail.azurecr.io"),
        host("another TLS version", "tls-failed", "former.azurecr.io"),
        host("no cipher in common", "tls-failed", "picky.azurecr.io"),
        host("an unknown authority", "certificate-untrusted",
             "stranger.azurecr.io"),
        host("an expired certificate", "certificate-expired",
             "late.azurecr.io"),
        host("a certificate of tomorrow", "certificate-expired",
             "early.azurecr.io"),
        host("a certificate for others", "certificate-name-mismatch",
             "alias.azurecr.io"),
        Pull("a name with blanks", "invalid-image-name",
             image=ACR + "/birch/team kelp:1"),
        Pull("a name with upper case", "invalid-image-name",
             image=ACR + "/Birch/Kelp:1"),
        Pull("a mirror refused, then nothing there", "connection-refused",
             host="quay.io", plan={"head": Reply(404)}),
        Pull("success with a broken hosts.toml", None,
             host="registry.gitlab.com"),
        Pull("a hosts.toml that cannot be read", "mirror-misconfigured",
             host="gcr.io", gap="unknown"),
        real("success", None, good),
        real("no credentials", basic, None),
        real("wrong credentials", "unauthorized", wrong),
        real("no such tag", "image-not-found", good, tag="9.9.9"),
        real("no such repository", "image-not-found", good, "shop/plums"),
        Pull("proxy 407", "proxy-failure", host="p407.azurecr.io",
             runtime="proxied"),
        Pull("proxy 403", "proxy-failure", host="p403.azurecr.io",
             runtime="proxied"),
        Pull("proxy 502", "proxy-failure", host="p502.azurecr.io",
             runtime="proxied"),
        Pull("proxy refused", "proxy-failure", runtime="no-proxy",
             facts=ip("127.0.2.1", "3128")),
        Pull("the disk is full", "disk-full", runtime="full"),
        Pull("the disk is read-only", "disk-read-only", runtime="frozen"),
        Pull("no CRI service", "runtime-down", runtime="bare",
             nameless=True),
        Pull("the sandbox image: 403", "forbidden", sandbox=True,
             image="mcr.microsoft.com/oss/kubernetes/pause:3.6",
             facts={"registry": "mcr.microsoft.com", "role": "sandbox",
                    "repository": "oss/kubernetes/pause", "tag": "3.6"}),
    ]
    return rows
