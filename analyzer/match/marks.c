/* SPDX-License-Identifier: Apache-2.0 */
#include "match/marks.h"

#include "base/mem.h"
#include "match/gather.h"

#include <stdint.h>
#include <string.h>

/* In masked text; the prefilter is made of `raw`. */
static const struct mark {
    enum mark_kind kind;
    const char *words;
    const char *raw;
} marks[] = {
    {MARK_SUCCESS, "Successfully pulled image", "Successfully pulled image"},
    {MARK_THERE, "already present on machine", "already present on machine"},
    {MARK_SUCCESS, "PullImage <image> returns image reference", "PullImage "},
    {MARK_SUCCESS, "Pulled image <image> with image id", "Pulled image "},
    {MARK_FAILED, "ailed to pull image", "ailed to pull image"},
    {MARK_FAILED, "failed to pull and unpack image",
     "failed to pull and unpack image"},
    {MARK_FAILED, "PullImage <image> failed", "PullImage "},
    {MARK_FAILED, "PullImage from image service failed", "PullImage "},
    {MARK_FAILED, "ErrImagePull", "ErrImagePull"},
    {MARK_FAILED, "ImagePullBackOff", "ImagePullBackOff"},
    {MARK_FAILED, "Back-off pulling image", "Back-off pulling image"},
    {MARK_FAILED, "failed to get sandbox image", "failed to get sandbox image"},
    {MARK_FAILED, "failed to resolve reference", "failed to resolve reference"},
    {MARK_FAILED, "failed to resolve image", "failed to resolve image"},
    {MARK_FAILED, "failed to parse image reference",
     "failed to parse image reference"},
    {MARK_FAILED, "ailed to inspect image", "ailed to inspect image"},
    {MARK_FAILED, "Failed to apply default image tag",
     "Failed to apply default image tag"},
    {MARK_FAILED, "ErrImageNeverPull", "ErrImageNeverPull"},
    {MARK_FAILED, "InvalidImageName", "InvalidImageName"},
    {MARK_FAILED, "RegistryUnavailable", "RegistryUnavailable"},
    {MARK_FAILED, "ImageInspectError", "ImageInspectError"},
    {MARK_FAILED, "ailed to record image pull intent",
     "ailed to record image pull intent"},
    {MARK_FAILED, "ancel pulling image", "ancel pulling image"},
    {MARK_FAILED, "をプルできません", "をプルできません"},
    {MARK_PULL, "イメージ <image>", "イメージ "},
    {MARK_PULL, "trying next host", "trying next host"},
    {MARK_PULL, "fetch failed", "fetch failed"},
    {MARK_PULL, "Attempting next endpoint", "Attempting next endpoint"},
    {MARK_PULL, "httpReadSeeker: failed open", "httpReadSeeker: failed open"},
    {MARK_PULL, "initializing source", "initializing source"},
    {MARK_PULL, "pinging container registry", "pinging container registry"},
    {MARK_PULL, "reading manifest <tag> in <image>", "reading manifest "},
    {MARK_PULL, "anifest for <image>", "anifest for "},
    {MARK_PULL, "pull access denied for", "pull access denied for"},
    {MARK_PULL, "Error response from daemon: Get <url>",
     "Error response from daemon: "},
    {MARK_PULL, "Error response from daemon: Head <url>",
     "Error response from daemon: "},
    {MARK_PULL, "Error response from daemon: manifest",
     "Error response from daemon: "},
    {MARK_PULL, "Error response from daemon: unauthorized",
     "Error response from daemon: "},
    {MARK_PULL, "from daemon: toomanyrequests", "toomanyrequests"},
    {MARK_PULL, "daemon: received unexpected HTTP status",
     "received unexpected HTTP"},
    {MARK_PULL, "failed to authorize: ", "failed to authorize: "},
    {MARK_PULL, "failed to do request: ", "failed to do request: "},
    {MARK_PULL, "failed to extract layer", "failed to extract layer"},
    {MARK_PULL, "failed to register layer", "failed to register layer"},
    {MARK_PULL, "Not continuing with pull after error",
     "Not continuing with pull after error"},
    {MARK_PULL, "adding layer with blob", "adding layer with blob"},
    {MARK_PULL, "ImageStatus ", "ImageStatus "},
    {MARK_PULL, "no match for platform in manifest",
     "no match for platform in manifest"},
    {MARK_FAILED, "rror pulling image", "rror pulling image"},
    {MARK_PULL, "rror while pulling image", "rror while pulling image"},
    {MARK_PULL, "/images/create returned error",
     "/images/create returned error"},
    {MARK_PULL, "trying to pull repository", "trying to pull repository"},
    {MARK_PULL, "Error getting v2 registry", "Error getting v2 registry"},
    {MARK_PULL, "Download failed, retrying", "Download failed, retrying"},
    {MARK_PULL, "GetImageBlob", "GetImageBlob"},
    {MARK_PULL, "no matching manifest for ", "no matching manifest for "},
    /* docker, where it gives the registry's or the network's words alone */
    {MARK_PULL, "from daemon: denied", "from daemon: denied"},
    {MARK_PULL, "from daemon: error parsing HTTP ", "error parsing HTTP "},
    {MARK_PULL, "from daemon: repository <image>", "from daemon: repository "},
    {MARK_PULL, "from daemon: unknown: ", "from daemon: unknown: "},
    {MARK_PULL, "from daemon: name ", "from daemon: name "},
    {MARK_PULL, "from daemon: dial tcp", "from daemon: dial tcp"},
    {MARK_PULL, "from daemon: net/http: ", "from daemon: net/http: "},
    {MARK_PULL, "from daemon: x509: ", "from daemon: x509: "},
    {MARK_PULL, "from daemon: tls: ", "from daemon: tls: "},
    {MARK_PULL, "from daemon: image operating system ",
     "from daemon: image operating system "},
    {MARK_PULL, "docker: net/http: ", "docker: net/http: "},
    {MARK_PULL, "docker: dial tcp", "docker: dial tcp"},
    {MARK_PULL, "docker: unexpected EOF", "docker: unexpected EOF"},
    {MARK_PULL, "daemon: unexpected EOF", "daemon: unexpected EOF"},
    {MARK_PULL, "Error Head <url>", "Error Head "},
    {MARK_PULL, "Error Get <url>", "Error Get "},
    {MARK_PULL, "docker: Head <url>", "docker: Head "},
    {MARK_PULL, "docker: Get <url>", "docker: Get "},
    {MARK_PULL, "(HTTP code 500) server error - ",
     "(HTTP code 500) server error - "},
    /* crictl, podman and what else builds on containers/image */
    {MARK_FAILED, "pulling image: rpc error", "pulling image: rpc error"},
    {MARK_PULL, "pulling image: ", "pulling image: "},
    {MARK_FAILED, "pulling image failed: ", "pulling image failed: "},
    {MARK_FAILED, "ailed pulling image", "ailed pulling image"},
    {MARK_FAILED, "mage pull fail", "mage pull fail"},
    {MARK_FAILED, "failing to pull image", "failing to pull image"},
    {MARK_FAILED, "ailed to pull the image", "ailed to pull the image"},
    {MARK_PULL, "nable to pull Docker image", "nable to pull Docker image"},
    {MARK_PULL, "an't pull Docker image", "an't pull Docker image"},
    {MARK_PULL, "ould not pull image", "ould not pull image"},
    {MARK_FAILED, "is waiting to start: <image> can", "is waiting to start: "},
    {MARK_PULL, "unable to pull <image>", "unable to pull "},
    {MARK_PULL, "unable to pull image", "unable to pull image"},
    {MARK_PULL, "pinging docker registry", "pinging docker registry"},
    {MARK_PULL, "copying system image from manifest list",
     "copying system image from manifest list"},
    {MARK_PULL, "an image from manifest list", "an image from manifest list"},
    {MARK_PULL, "storing blob to file", "storing blob to file"},
    {MARK_PULL, "reading blob <digest>", "reading blob "},
    {MARK_PULL, "unable to retrieve auth token",
     "unable to retrieve auth token"},
    /* containerd's clients, where they leave the first words out */
    {MARK_PULL, "failed commit on ref", "failed commit on ref"},
    {MARK_PULL, "failed to copy: httpReadSeeker",
     "failed to copy: httpReadSeeker"},
    {MARK_PULL, "failed to copy: read tcp", "failed to copy: read tcp"},
    {MARK_PULL, "unable to initialize unpacker",
     "unable to initialize unpacker"},
    {MARK_PULL, "desc = manifest unknown", "desc = manifest unknown"},
    {MARK_PULL, "failed to resolve ref ", "failed to resolve ref "},
    /* what else pulls through docker or containerd: Nomad, ECS, clients */
    {MARK_FAILED, "ailed to pull `", "ailed to pull `"},
    {MARK_FAILED, "CannotPullContainer", "CannotPullContainer"},
    {MARK_FAILED, "CannotPullECR", "CannotPullECR"},
    {MARK_FAILED, "CannotPullImage", "CannotPullImage"},
    {MARK_FAILED, "Pull image <image> failed", "Pull image "},
    {MARK_PULL, "DockerApiException", "DockerApiException"},
    {MARK_PULL, "dockerjava.api.exception", "dockerjava.api.exception"},
    {MARK_PULL, "ERROR: received unexpected HTTP status",
     "received unexpected HTTP status"},
    {MARK_PULL, "ERROR: error parsing HTTP ", "error parsing HTTP "},
    {MARK_PULL, "failed to prepare extraction snapshot",
     "failed to prepare extraction snapshot"},
    {MARK_FAILED, "ailed to inspect sandbox image",
     "ailed to inspect sandbox image"},
    /* a step of it, and what else tells of it in so many words */
    {MARK_PULL, "parsing image configuration", "parsing image configuration"},
    {MARK_PULL, "fetching blob: ", "fetching blob: "},
    {MARK_PULL, "writing blob: ", "writing blob: "},
    {MARK_PULL, "determining manifest MIME type",
     "determining manifest MIME type"},
    {MARK_PULL, "committing the finished image",
     "committing the finished image"},
    {MARK_PULL, "choosing an image from manifest list",
     "choosing an image from manifest list"},
    {MARK_PULL, "nitializing image from source",
     "nitializing image from source"},
    {MARK_FAILED, "occurred while pulling", "occurred while pulling"},
    {MARK_PULL, "ownload failed after ", "ownload failed after "},
    {MARK_PULL, "apply layer error for ", "apply layer error for "},
    {MARK_PULL, "while applying layer: ", "while applying layer: "},
    {MARK_PULL, "from daemon: unknown blob", "from daemon: unknown blob"},
    {MARK_PULL, "from daemon: unexpected status", "unexpected status"},
    {MARK_PULL, "pulling from host <host> failed", "pulling from host "},
    {MARK_PULL, "from daemon: pull access denied", "pull access denied"},
    {MARK_PULL, "from daemon: missing signature key",
     "from daemon: missing signature key"},
    {MARK_PULL, "from daemon: filesystem layer ",
     "from daemon: filesystem layer "},
    {MARK_PULL,
     "from daemon: failed to copy: ", "from daemon: failed to copy: "},
    {MARK_PULL, "from daemon: mediaType in manifest ",
     "from daemon: mediaType in manifest "},
    {MARK_PULL, "from daemon: unsupported ", "from daemon: unsupported "},
    {MARK_PULL, "from daemon: context canceled",
     "from daemon: context canceled"},
    {MARK_PULL, "from daemon: context deadline",
     "from daemon: context deadline"},
    {MARK_PULL, "from daemon: unauthorized", "from daemon: unauthorized"},
    {MARK_FAILED, "ailed to pull images", "ailed to pull images"},
    {MARK_FAILED, "nable to pull secrets or registry auth",
     "nable to pull secrets or registry auth"},
    {MARK_FAILED, "nable to fetch image ", "nable to fetch image "},
    {MARK_FAILED, "ocker pull failed", "ocker pull failed"},
    {MARK_FAILED, "an't get Docker image", "an't get Docker image"},
    {MARK_FAILED, "annot pull image", "annot pull image"},
    {MARK_FAILED, "an't pull image", "an't pull image"},
    {MARK_PULL, "nable to pull the image", "nable to pull the image"},
    {MARK_PULL, "mport failed (", "mport failed ("},
    {MARK_PULL, "Server Error for http+docker", "Server Error for http+docker"},
    /* the command beside what it said */
    {MARK_PULL, "docker pull ", "docker pull "},
    {MARK_PULL, "podman pull ", "podman pull "},
    {MARK_PULL, "nerdctl pull ", "nerdctl pull "},
    {MARK_PULL, "crictl pull ", "crictl pull "},
    {MARK_PULL, "docker-compose up", "docker-compose up"},
    {MARK_PULL, "docker compose up", "docker compose up"},
    {MARK_PULL, "docker-compose pull", "docker-compose pull"},
    {MARK_PULL, "docker compose pull", "docker compose pull"},
    {MARK_PULL, "docker: error getting credentials",
     "docker: error getting credentials"},
    {MARK_PULL, "failed: No such image", "failed: No such image"},
    {MARK_PULL, "getting username and password",
     "getting username and password"},
    {MARK_PULL, "reading signatures: ", "reading signatures: "},
    {MARK_PULL, "failed to decode referrers index",
     "failed to decode referrers index"},
    {MARK_PULL, "unpack image on snapshotter", "unpack image on snapshotter"},
    {MARK_FAILED, "Pull failed. Retrying", "Pull failed. Retrying"},
};

/*
 * A push, a build or a chart: its words are alike, for the same resolver speaks.
 * Behind these MARK_PULL does not count.
 */
static const char *const others[] = {
    "failed to push",
    "failed to solve",
    "failed to download chart",
    "Error: failed to do request",
    "Error: failed to authorize",
    "ERROR: failed to do request",
    "ERROR: failed to authorize",
    "from PUT request to ",
    "trying to reuse blob ",
    "initiating layer upload",
    "pushing ",
    "cache exporter",
    "uploading ",
    "to the remote destination",
    "failed to build: ",
    "INSTALLATION FAILED: ",
    "UPGRADE FAILED: ",
    "authenticating creds for ",
    "authenticating to ",
    "failed to login",
    "failed to log in",
    "failed to determine artifact digest",
    "load metadata for ",
    "source docker-archive:",
    "source oci-archive:",
};

enum {
    OTHER = MARKS, /* the bit of what `others` holds */
    TOLD,          /* and of what gather_told() looks for */
};

struct marks {
    uint8_t *bits; /* by the literal's number */
    size_t end;    /* above all numbers of marks */
};

static void
add(struct marks *made, struct lexicon *lexicon, const char *words,
    unsigned bit)
{
    size_t number = lexicon_add(lexicon, slice_from(words));
    if (number >= made->end) {
        made->bits = mem_resize(made->bits, number + 1);
        memset(made->bits + made->end, 0, number + 1 - made->end);
        made->end = number + 1;
    }
    made->bits[number] |= (uint8_t)(1u << bit);
}

struct marks *
marks_new(struct lexicon *lexicon)
{
    struct marks *made = MEM_NEW(struct marks);
    const char *words;
    for (size_t i = 0; i < COUNT(marks); i++) {
        add(made, lexicon, marks[i].words, marks[i].kind);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        add(made, lexicon, others[i], OTHER);
    }
    for (size_t i = 0; (words = gather_words(i)); i++) {
        add(made, lexicon, words, TOLD);
    }
    return made;
}

void
marks_free(struct marks *made)
{
    if (made) {
        mem_free(made->bits);
        mem_free(made);
    }
}

void
marks_see(const struct marks *made, const struct lexicon *lexicon,
          struct marks_seen *seen)
{
    size_t count;
    const uint32_t *found = lexicon_found(lexicon, &count);
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits |= found[i] < made->end ? made->bits[found[i]] : 0u;
    }
    for (unsigned i = 0; i < MARKS; i++) {
        seen->is[i] |= (bits >> i & 1) != 0;
    }
    seen->is_other |= (bits >> OTHER & 1) != 0;
    seen->is_told |= (bits >> TOLD & 1) != 0;
}

void
marks_join(struct marks_seen *seen, const struct marks_seen *more)
{
    for (size_t i = 0; i < MARKS; i++) {
        seen->is[i] |= more->is[i];
    }
    seen->is_other |= more->is_other;
    seen->is_told |= more->is_told;
}

const char *
marks_raw(size_t index)
{
    return index < COUNT(marks) ? marks[index].raw : NULL;
}
