/* SPDX-License-Identifier: Apache-2.0 */
#include "match/image.h"

#include "base/byte.h"

enum {
    REFERENCE_MAX = 1024, /* bytes; the grammar allows 255 for the name */
    TAG_MAX = 128,
};

/* What a byte may be part of. */
enum {
    OF_LABEL = 1, /* a host's name, or a tag */
    OF_PATH = 2,
    OF_ALGORITHM = 4, /* of a digest */
    OF_DIGEST = 8,
    OF_ADDRESS = 16, /* IPv6 in brackets */
};

/* Names of sums, so that a row fits a line. */
enum {
    A = OF_LABEL | OF_PATH | OF_ALGORITHM | OF_DIGEST | OF_ADDRESS,
    D = OF_LABEL | OF_PATH | OF_ALGORITHM,
    I = OF_ADDRESS,
    P = D | OF_ADDRESS,
    G = OF_ALGORITHM,
    S = OF_PATH,
};

/* clang-format off */
static const uint8_t kinds[UINT8_MAX + 1] = {
    [0x20] = 0, 0, 0, 0, 0, I, 0, 0, 0, 0, 0, G, 0, D, P, S,
    [0x30] = A, A, A, A, A, A, A, A, A, A, I, 0, 0, 0, 0, 0,
    [0x40] = 0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
    [0x50] = A, A, A, A, A, A, A, A, A, A, A, I, 0, I, 0, D,
    [0x60] = 0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
    [0x70] = A, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, 0, 0,
};

/* clang-format on */

static unsigned
kinds_of(char byte)
{
    return kinds[(unsigned char)byte];
}

/* Whether it is made of such bytes, one at least. */
static bool
all_of(struct slice text, unsigned kind)
{
    for (size_t i = 0; i < text.len; i++) {
        kind &= kinds_of(text.data[i]);
    }
    return text.len > 0 && kind != 0;
}

static bool
is_digest(struct slice text)
{
    struct slice algorithm;
    return slice_cut(&text, ':', &algorithm) && all_of(algorithm, OF_ALGORITHM)
        && text.len >= 32 && all_of(text, OF_DIGEST);
}

static bool
is_host(struct slice text)
{
    struct slice host = image_host(text);
    struct slice port = slice_after(text, host.len);
    uint64_t number;
    if (port.len > 0
        && (!slice_skip(&port, SLICE(":")) || !slice_to_u64(port, &number)
            || number > 65535)) {
        return false;
    }
    if (slice_starts(host, SLICE("["))) {
        return slice_ends(host, SLICE("]")) && all_of(host, OF_ADDRESS);
    }
    return all_of(host, OF_LABEL) && byte_is(host.data[0], BYTE_ALNUM);
}

/* The first part is a host if it cannot be a path: "a.b", "a:1", localhost. */
static bool
tells_host(struct slice part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (part.data[i] == '.' || part.data[i] == ':') {
            return true;
        }
    }
    return slice_equal(part, SLICE("localhost"));
}

bool
image_may_have_host(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        if (byte == '.' || byte == ':') {
            return slice_find_byte(slice_after(text, i), '/') != SLICE_NONE;
        }
        if (byte == ' ') {
            return false;
        }
        if (byte == '/') {
            return slice_equal(slice_before(text, i), SLICE("localhost"));
        }
    }
    return false;
}

static bool
is_path(struct slice text)
{
    unsigned kind = OF_PATH;
    char before = '/';
    for (size_t i = 0; i < text.len; i++) {
        /* "r.io/.../api" is one that was shortened. */
        bool is_wrong =
            before == '/' && (text.data[i] == '/' || text.data[i] == '.');
        kind &= is_wrong ? 0 : kinds_of(text.data[i]);
        before = text.data[i];
    }
    return kind != 0 && before != '/';
}

struct slice
image_host(struct slice registry)
{
    if (registry.len > 0 && registry.data[0] == '[') {
        size_t bracket = slice_find_byte(registry, ']');
        if (bracket != SLICE_NONE) {
            return slice_before(registry, bracket + 1);
        }
    }
    return slice_before(registry, slice_find_byte(registry, ':'));
}

bool
image_parse(struct slice text, struct image *image)
{
    struct image out = {.registry = SLICE("docker.io")};
    struct slice rest = text;
    struct slice name;
    if (text.len == 0 || text.len > REFERENCE_MAX) {
        return false;
    }
    if (slice_cut(&rest, '@', &name)) {
        out.digest = rest;
        if (!is_digest(out.digest)) {
            return false;
        }
        rest = name;
    }
    struct slice behind = rest;
    struct slice first;
    if (slice_cut(&behind, '/', &first) && tells_host(first)) {
        out.registry = first;
        out.has_registry = true;
        rest = behind;
        if (!is_host(first)) {
            return false;
        }
    }
    size_t colon = slice_find_byte(rest, ':');
    if (colon != SLICE_NONE) {
        out.tag = slice_after(rest, colon + 1);
        rest = slice_before(rest, colon);
        if (out.tag.len > TAG_MAX || !all_of(out.tag, OF_LABEL)) {
            return false;
        }
    }
    out.path = rest;
    if (!is_path(rest)) {
        return false;
    }
    *image = out;
    return true;
}

bool
image_is_library(const struct image *image)
{
    return slice_equal(image->registry, SLICE("docker.io"))
        && slice_find_byte(image->path, '/') == SLICE_NONE;
}

struct slice
image_vendor(struct slice registry)
{
    /* A row without a dot in front is the whole host. */
    static const struct {
        const char *ending;
        const char *vendor;
    } rows[] = {
        {".azurecr.io", "acr"},
        {".azurecr.cn", "acr"},
        {".azurecr.us", "acr"},
        {".azurecr.de", "acr"},
        {"mcr.microsoft.com", "mcr"},
        {".mcr.microsoft.com", "mcr"},
        {"mcr.azure.cn", "mcr"},
        {".dkr.ecr.amazonaws.com", "ecr"},
        {"public.ecr.aws", "ecr"},
        {".pkg.dev", "gar"},
        {"gcr.io", "gar"},
        {".gcr.io", "gar"},
        {"docker.io", "dockerhub"},
        {".docker.io", "dockerhub"},
        {"ghcr.io", "ghcr"},
        {"quay.io", "quay"},
        {".quay.io", "quay"},
        {"registry.k8s.io", "k8s"},
    };
    struct slice host = image_host(registry);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice ending = slice_from(rows[i].ending);
        bool is_ending = ending.data[0] == '.';
        if (host.len >= ending.len
            && slice_equal_nocase(slice_after(host, host.len - ending.len),
                                  ending)
            && (is_ending || host.len == ending.len)) {
            return slice_from(rows[i].vendor);
        }
    }
    /* ECR has its region in the middle: N.dkr.ecr.REGION.amazonaws.com[.cn] */
    if (slice_find(host, SLICE(".dkr.ecr")) != SLICE_NONE
        && (slice_ends(host, SLICE(".amazonaws.com"))
            || slice_ends(host, SLICE(".amazonaws.com.cn")))) {
        return SLICE("ecr");
    }
    return SLICE("other");
}
