/* SPDX-License-Identifier: Apache-2.0 */
#include "match/gather.h"

#include "match/image.h"
#include "match/spots.h"

#include <string.h>

static void
learn(struct facts *facts, enum fact fact, struct slice value)
{
    if (facts->value[fact].len == 0) {
        facts->value[fact] = value;
    }
}

/* A value that may have been censored: what does not fit is not known. */
static void
learn_sound(struct facts *facts, enum fact fact, struct slice value)
{
    if (fact_is_sound(fact, value)) {
        learn(facts, fact, value);
    }
}

/* Room in the scratch memory, or NULL if there is not as much left. */
static char *
scratch_take(struct gather_scratch *scratch, size_t len)
{
    if (sizeof(scratch->data) - scratch->used < len) {
        return NULL;
    }
    char *at = scratch->data + scratch->used;
    scratch->used += len;
    return at;
}

static struct slice
lowered(struct gather_scratch *scratch, struct slice text)
{
    char *out = scratch_take(scratch, text.len);
    if (!out) {
        return slice_of("", 0);
    }
    for (size_t i = 0; i < text.len; i++) {
        bool is_upper = text.data[i] >= 'A' && text.data[i] <= 'Z';
        /* In ASCII, one bit is all the difference. */
        unsigned byte = (unsigned char)text.data[i] | (is_upper ? 0x20u : 0u);
        out[i] = (char)byte;
    }
    return slice_of(out, text.len);
}

static struct slice
joined(struct gather_scratch *scratch, struct slice a, struct slice b)
{
    char *out = scratch_take(scratch, a.len + b.len);
    if (!out) {
        return slice_of("", 0);
    }
    memcpy(out, a.data, a.len);
    memcpy(out + a.len, b.data, b.len);
    return slice_of(out, a.len + b.len);
}

void
gather_record(const struct record *record, struct facts *facts)
{
    learn(facts, FACT_NAMESPACE, record->namespace);
    learn(facts, FACT_POD, record->pod);
    learn(facts, FACT_POD_UID, record->pod_uid);
    learn(facts, FACT_CONTAINER, record->container);
    learn(facts, FACT_NODE, record->node);
    learn_sound(facts, FACT_SECRET, record->secret);
}

/* A blank next to a mark: "<acr.azurecr.io/>< team/api:1>". */
static bool
is_mark(struct slice text, size_t i)
{
    char byte = text.data[i];
    if (byte == ' ') {
        return (i > 0 && text.data[i - 1] == '<')
            || (i + 1 < text.len && text.data[i + 1] == '>');
    }
    return byte == '<' || byte == '>';
}

/*
 * The marks of an example taken off a reference. Where they hide its host
 * ("<registry>/team/api:1"), what is left is none.
 */
static bool
parse_without_marks(struct slice text, struct gather_scratch *scratch,
                    struct image *image)
{
    char *out = scratch_take(scratch, text.len);
    size_t len = 0;
    for (size_t i = 0; out && i < text.len; i++) {
        if (!is_mark(text, i)) {
            out[len++] = text.data[i];
        }
    }
    return len < text.len && image_parse(slice_of(out, len), image)
        && image->has_registry;
}

void
gather_image(struct slice text, struct gather_scratch *scratch,
             struct facts *facts)
{
    struct image image;
    struct slice trimmed = slice_trim(text);
    learn(facts, FACT_IMAGE, trimmed);
    if (!image_parse(trimmed, &image)
        && !parse_without_marks(trimmed, scratch, &image)) {
        return;
    }
    struct slice repository = image.path;
    if (image_is_library(&image)) {
        repository = joined(scratch, SLICE("library/"), image.path);
    }
    learn(facts, FACT_REGISTRY, lowered(scratch, image.registry));
    learn(facts, FACT_REPOSITORY, repository);
    learn(facts, FACT_TAG,
          image.tag.len + image.digest.len > 0 ? image.tag : SLICE("latest"));
    learn(facts, FACT_DIGEST, image.digest);
    learn(facts, FACT_VENDOR, image_vendor(image.registry));
}

/* Whether the request went to it, not the text merely mentions it. */
static bool
is_requested(const struct mask *mask, const struct mask_note *note)
{
    static const char *const before[] = {
        "Head ",       "Get ",         "Post ",       "Put ",
        "request to ", "status code ", "content at ",
    };
    struct slice text = slice_before(buf_slice(&mask->text), note->at);
    for (size_t i = 0; i < COUNT(before); i++) {
        if (slice_ends(text, slice_from(before[i]))) {
            return true;
        }
    }
    return slice_find(note->text, SLICE("/v2/")) != SLICE_NONE
        || slice_find(note->text, SLICE("/oauth2/")) != SLICE_NONE;
}

static struct slice
url_host(struct slice url)
{
    struct slice rest = url;
    struct slice scheme;
    if (!slice_cut_text(&rest, SLICE("://"), &scheme)) {
        return slice_of("", 0);
    }
    size_t len = 0;
    while (len < rest.len
           && slice_find_byte(SLICE("/?#"), rest.data[len]) == SLICE_NONE) {
        len++;
    }
    struct slice host = slice_before(rest, len);
    size_t at = slice_find_last(host, '@');
    return at == SLICE_NONE ? host : slice_after(host, at + 1);
}

/* containerd tells a mirror for which registry it asks: "?ns=quay.io". */
static bool
asks_mirror(struct slice url)
{
    struct slice query = slice_after(url, slice_find_byte(url, '?'));
    return slice_starts(query, SLICE("?ns="))
        || slice_find(query, SLICE("&ns=")) != SLICE_NONE;
}

static void
gather_url(struct slice url, struct gather_scratch *scratch,
           struct facts *facts)
{
    struct slice host = url_host(url);
    learn_sound(facts, FACT_URL_HOST, lowered(scratch, host));
    if (asks_mirror(url)) {
        learn_sound(facts, FACT_MIRROR, lowered(scratch, host));
    }
    /* The query holds the signature: it is not kept at all. */
    struct slice address = slice_before(url, slice_find_byte(url, '?'));
    if (slice_find_byte(address, '@') == SLICE_NONE) {
        learn_sound(facts, FACT_HTTP_URL, address);
    }
}

static struct slice
without_brackets(struct slice host)
{
    if (slice_starts(host, SLICE("[")) && slice_ends(host, SLICE("]"))) {
        return slice_of(host.data + 1, host.len - 2);
    }
    return host;
}

/* "10.0.0.4:443", "[fd00::1]:443", "proxy.example:3128" */
static void
gather_address(struct slice address, struct facts *facts)
{
    struct slice host = image_host(address);
    struct slice port = slice_after(address, host.len);
    slice_skip(&port, SLICE(":"));
    learn_sound(facts, FACT_IP, without_brackets(host));
    learn_sound(facts, FACT_PORT, port);
}

/*
 * Where a name is looked up first; SLICE_NONE if none is. It is asked once, as
 * there may be many addresses behind a long text.
 */
static size_t
first_lookup(const struct mask *mask)
{
    for (size_t i = 0; i < mask->count; i++) {
        if (mask->notes[i].kind == MASK_ADDRESS) {
            return slice_find(buf_slice(&mask->text), SLICE("lookup <host>"));
        }
    }
    return SLICE_NONE;
}

/* What is behind "A->" is the other end. */
static bool
is_own_end(const struct mask *mask, const struct mask_note *note)
{
    struct slice rest = slice_after(buf_slice(&mask->text), note->at);
    return slice_starts(rest, SLICE("<addr>->"));
}

static void
gather_note(const struct mask *mask, const struct mask_note *note,
            size_t lookup, struct gather_scratch *scratch, struct facts *facts)
{
    struct slice before = slice_before(buf_slice(&mask->text), note->at);
    switch (note->kind) {
    case MASK_URL:
        if (is_requested(mask, note)) {
            gather_url(note->text, scratch, facts);
        }
        break;
    case MASK_HOST:
        learn_sound(facts, FACT_URL_HOST, lowered(scratch, note->text));
        break;
    case MASK_ADDRESS:
        if (slice_ends(before, SLICE("lookup <host> on "))) {
            learn_sound(facts, FACT_DNS_SERVER,
                        without_brackets(image_host(note->text)));
        } else if (!is_own_end(mask, note) && lookup >= before.len) {
            gather_address(note->text, facts);
        }
        break;
    case MASK_IMAGE:
    case MASK_TAG:
    case MASK_DIGEST:
    case MASK_KINDS:
        break;
    }
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Whether `text` begins with a status from 400 to 599. */
static bool
is_status(struct slice text)
{
    return text.len > 3 && (text.data[0] == '4' || text.data[0] == '5')
        && is_digit(text.data[1]) && is_digit(text.data[2])
        && !is_digit(text.data[3]);
}

/* ": 403 Forbidden": a status and its reason. */
static struct slice
find_status(struct slice text)
{
    enum {
        COLON = 2 /* ": " */
    };

    static const struct spots colons = {.low = {[SPOTS_STOP] = {[10] = 8}}};
    struct spots_reader reader;
    size_t at = 0;
    spots_begin(&reader, &colons, text, 0);
    for (; (at = spots_next(&reader, at)) + COLON + 4 < text.len; at++) {
        const char *status = text.data + at + COLON;
        if ((status[0] == '4' || status[0] == '5') && status[-1] == ' '
            && is_status(slice_of(status, 4)) && status[3] == ' '
            && status[4] >= 'A' && status[4] <= 'Z') {
            return slice_of(status, 3);
        }
    }
    return slice_of("", 0);
}

/* What gather_told() looks for, in this order. */
static const struct {
    const char *words;

    enum told {
        TOLD_STATUS,  /* a client's words that a status follows, alone */
        TOLD_MESSAGE, /* behind them the registry's own: "CODE: TEXT" */
        TOLD_SANDBOX,
        TOLD_UNPACKED, /* it is a sandbox that was not made, maybe for that */
        TOLD_POD,      /* containerd's "NAME,Uid:UID,Namespace:NAMESPACE," */
    } kind;
} tellings[] = {
    {"parsing HTTP ", TOLD_STATUS},
    {"Error: Status ", TOLD_STATUS},
    {"StatusCode: ", TOLD_STATUS},
    {"status code from registry ", TOLD_STATUS},
    {"Server message: ", TOLD_MESSAGE},
    {"server message: ", TOLD_MESSAGE},
    {"sandbox image", TOLD_SANDBOX},
    {"reate pod sandbox: ", TOLD_UNPACKED},
    {"RunPodSandbox for ", TOLD_UNPACKED},
    {"&PodSandboxMetadata{Name:", TOLD_POD},
};

const char *
gather_words(size_t index)
{
    return index < COUNT(tellings) ? tellings[index].words : NULL;
}

void
gather_message(const struct mask *mask, struct gather_scratch *scratch,
               struct facts *facts)
{
    size_t lookup = first_lookup(mask);
    for (size_t i = 0; i < mask->count; i++) {
        gather_note(mask, &mask->notes[i], lookup, scratch, facts);
    }
    learn(facts, FACT_HTTP_STATUS, find_status(buf_slice(&mask->text)));
}

/* "cart-1,Uid:0b3f,Namespace:shop,Attempt:0,}" */
static void
gather_pod(struct slice text, struct facts *facts)
{
    struct slice pod;
    struct slice uid;
    struct slice namespace;
    if (slice_cut_text(&text, SLICE(",Uid:"), &pod)
        && slice_cut_text(&text, SLICE(",Namespace:"), &uid)
        && slice_cut(&text, ',', &namespace) && fact_is_sound(FACT_POD, pod)) {
        learn(facts, FACT_POD, pod);
        learn_sound(facts, FACT_POD_UID, uid);
        learn_sound(facts, FACT_NAMESPACE, namespace);
    }
}

static void
gather_telling(enum told kind, struct slice behind, struct facts *facts)
{
    switch (kind) {
    case TOLD_STATUS:
        if (is_status(behind)) {
            learn(facts, FACT_HTTP_STATUS, slice_before(behind, 3));
        }
        break;
    case TOLD_MESSAGE:
        learn(facts, FACT_SERVER_MESSAGE,
              slice_trim(slice_before(behind, slice_find_byte(behind, '\n'))));
        break;
    case TOLD_UNPACKED:
        if (slice_find(behind, SLICE(" error unpacking image: "))
            != SLICE_NONE) {
            learn(facts, FACT_ROLE, SLICE("sandbox"));
        }
        break;
    case TOLD_SANDBOX:
        learn(facts, FACT_ROLE, SLICE("sandbox"));
        break;
    case TOLD_POD:
        gather_pod(behind, facts);
        break;
    }
}

void
gather_told(struct slice masked, struct facts *facts)
{
    bool has_message = false;
    for (size_t i = 0; i < COUNT(tellings); i++) {
        struct slice rest = masked;
        struct slice head;
        bool is_message = tellings[i].kind == TOLD_MESSAGE;
        if ((!is_message || !has_message)
            && slice_cut_text(&rest, slice_from(tellings[i].words), &head)) {
            gather_telling(tellings[i].kind, rest, facts);
            has_message |= is_message;
        }
    }
}

/* The first page alone may be what a probe or a login asks for. */
static bool
is_of_image(struct slice path)
{
    return slice_starts(path, SLICE("/v1/repositories/"))
        || slice_equal(path, SLICE("/v1/_ping"))
        || (slice_starts(path, SLICE("/v2/"))
            && slice_find(path, SLICE("/blobs/uploads")) == SLICE_NONE
            && (slice_find(path, SLICE("/manifests/")) != SLICE_NONE
                || slice_find(path, SLICE("/blobs/")) != SLICE_NONE));
}

static bool
is_of_registry(struct slice path)
{
    return is_of_image(path) || slice_equal(path, SLICE("/v2/"));
}

/* Where Docker Hub's images are asked for, and Docker's own name of it. */
static struct slice
registry_of(struct slice host)
{
    return slice_is(host, "registry-1.docker.io")
                || slice_is(host, "index.docker.io")
             ? SLICE("docker.io")
             : host;
}

/*
 * "/v2/team/api/manifests/1": team/api and 1. False: it is of no image, or of
 * one that is asked for by another name: a mirror's, or what is behind
 * registry.k8s.io.
 */
static bool
cut_asked(struct slice path, struct slice *repository, struct slice *version)
{
    *version = slice_of("", 0);
    if (!slice_skip(&path, SLICE("/v2/"))
        || slice_starts(path, SLICE("k8s-artifacts-prod/"))) {
        return false;
    }
    *repository = path;
    if (slice_cut_text(&path, SLICE("/manifests/"), repository)) {
        *version = path;
    } else if (!slice_cut_text(&path, SLICE("/blobs/"), repository)) {
        return path.len == 0;
    }
    return fact_is_sound(FACT_REPOSITORY, *repository);
}

static void
learn_asked(struct slice url, struct gather_scratch *scratch,
            struct facts *facts)
{
    struct slice host = lowered(scratch, url_host(url));
    struct slice registry = registry_of(host);
    struct slice path = slice_before(url, slice_find_byte(url, '?'));
    struct slice scheme;
    struct slice repository;
    struct slice version;
    bool is_hub = slice_is(registry, "docker.io");
    if (!slice_cut_text(&path, SLICE("://"), &scheme)) {
        return;
    }
    path = slice_after(path, slice_find_byte(path, '/'));
    if (!cut_asked(path, &repository, &version)
        || !fact_is_sound(FACT_REGISTRY, registry)
        || (!is_hub && slice_starts(repository, SLICE("library/")))) {
        return;
    }
    learn(facts, FACT_REGISTRY, registry);
    learn(facts, FACT_VENDOR, image_vendor(registry));
    learn(facts, FACT_REPOSITORY, repository);
    /* A digest may be the platform's, which nobody has asked for by name. */
    if (fact_is_sound(FACT_TAG, version)) {
        struct slice name = joined(scratch, registry, SLICE("/"));
        name = joined(scratch, name, repository);
        name = joined(scratch, name, SLICE(":"));
        learn(facts, FACT_TAG, version);
        learn_sound(facts, FACT_IMAGE, joined(scratch, name, version));
    }
}

void
gather_asked(const struct mask *mask, struct gather_scratch *scratch,
             struct facts *facts)
{
    if (facts->value[FACT_IMAGE].len > 0
        || facts->value[FACT_REGISTRY].len > 0) {
        return;
    }
    size_t i = 0;
    while (i < mask->count
           && (mask->notes[i].kind != MASK_URL
               || !is_requested(mask, &mask->notes[i]))) {
        i++;
    }
    if (i < mask->count && !asks_mirror(mask->notes[i].text)) {
        learn_asked(mask->notes[i].text, scratch, facts);
    }
}

/* Whether a client that pulls puts this before what it got of the network. */
static bool
is_of_client(struct slice before)
{
    static const char *const fronts[] = {
        "from daemon:",
        "docker:",
        "ERROR:",
        " Error",
        "]",
        "(\"",
        "attempt failed with error:",
    };
    for (size_t i = 0; i < COUNT(fronts); i++) {
        if (slice_ends(before, slice_from(fronts[i]))) {
            return true;
        }
    }
    return false;
}

static bool
drop_end(struct slice *text, struct slice end)
{
    bool has_end = slice_ends(*text, end);
    if (has_end) {
        text->len -= end.len;
    }
    return has_end;
}

/* A URL that became a link: "[https://...](https://...)". */
static struct slice
without_quotes(struct slice text)
{
    while (drop_end(&text, SLICE("\"")) || drop_end(&text, SLICE("["))
           || drop_end(&text, SLICE("\\"))) {
    }
    return text;
}

static bool
asks_registry(struct slice before, struct slice url)
{
    struct slice host;
    before = without_quotes(before);
    if (!drop_end(&before, SLICE("Get ")) && !drop_end(&before, SLICE("Head "))
        && slice_trim(before).len > 0) {
        return false;
    }
    if (!slice_cut_text(&url, SLICE("://"), &host)) {
        return false;
    }
    size_t slash = slice_find_byte(url, '/');
    struct slice path =
        slash == SLICE_NONE ? slice_of("", 0) : slice_after(url, slash);
    before = slice_trim(before);
    return before.len == 0 ? is_of_image(path)
                           : is_of_registry(path) && is_of_client(before);
}

bool
gather_asks_registry(const struct mask *mask)
{
    /* Blanks that begin a long text are not passed over for each note. */
    struct slice text = slice_trim(buf_slice(&mask->text));
    size_t blanks = (size_t)(text.data - mask->text.data);
    for (size_t i = 0; i < mask->count; i++) {
        const struct mask_note *note = &mask->notes[i];
        if (note->kind == MASK_URL
            && asks_registry(slice_before(text, note->at - blanks),
                             note->text)) {
            return true;
        }
    }
    return false;
}

bool
gather_is_pull_row(struct slice text)
{
    static const char *const others[] = {"Container ", "Network ", "Volume "};
    text = slice_trim(text);
    if (!slice_skip(&text, SLICE("✘ "))
        || slice_find(text, SLICE(" Error ")) == SLICE_NONE) {
        return false;
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (slice_starts(text, slice_from(others[i]))) {
            return false;
        }
    }
    return true;
}
