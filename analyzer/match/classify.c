/* SPDX-License-Identifier: Apache-2.0 */
#include "match/classify.h"

#include "base/mem.h"
#include "match/aggregate.h"
#include "match/gather.h"
#include "match/look.h"
#include "match/mask.h"
#include "match/needle.h"
#include "match/redact.h"
#include "match/rule.h"
#include "wire/paste.h"

#include <string.h>

enum mark_kind {
    MARK_SUCCESS, /* the image was pulled */
    MARK_THERE,   /* it was there already */
    MARK_FAILED,  /* surely a pull that failed */
    MARK_PULL,    /* about a pull; whether it failed, other words tell */
};

/*
 * Words that tell what a message is about, in masked text. `raw` is the part
 * of them that stands in the raw line, whatever its escaping; the prefilter is
 * made of these.
 */
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
    {MARK_FAILED, "mage pull failed", "mage pull failed"},
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
};

/*
 * A push, a build or a chart: its words are alike, for the same resolver speaks.
 * Behind these MARK_PULL does not count.
 */
static const char *const others[] = {
    "failed to push",
    "failed to solve: ",
    "failed to download chart",
    "Error: failed to do request",
    "Error: failed to authorize",
    "ERROR: failed to do request",
    "ERROR: failed to authorize",
    "from PUT request to ",
    "trying to reuse blob ",
};

struct classifier {
    const struct catalog *catalog;
    struct rule_matcher *matcher;
    struct needle_set *gate;
    struct buf text;  /* message and error in one */
    struct buf words; /* the registry's, without secrets */
    struct mask whole;
    struct mask head; /* what stands before an aggregate; or all of it */
    struct mask members[AGGREGATE_MAX];
    struct gather_scratch scratch;
};

/* What the whole message says of itself, before any rule is tried. */
struct context {
    bool marks[MARK_PULL + 1];
    bool is_other;
    bool is_attempt;
    bool is_success;
};

/*
 * What hides words from a search of raw lines: escapes that may stand for any
 * byte, a key of logfmt that is empty, so that the line is damaged, and a code
 * that is kept for the next line. A line that holds one is decoded.
 */
static const char *const veils[] = {
    "\\u", "\\U", "\\x",      "\\0",   "\\1",    "\\2",
    "\\3", "\\/", "msg=\"\"", "msg= ", "msg=\t", "An error occurred: ",
};

/*
 * The longest part of a literal that stands as it is in any raw line: ": " may
 * be what whole_text() puts between message and error, and "'" may be escaped.
 */
static struct slice
raw_part(struct slice literal)
{
    struct slice best = slice_of(NULL, 0);
    while (literal.len > 0) {
        size_t len = 0;
        slice_skip(&literal, SLICE(" "));
        while (len < literal.len && literal.data[len] != ':'
               && literal.data[len] != '\'') {
            len++;
        }
        if (len > best.len) {
            best = slice_before(literal, len);
        }
        literal = slice_after(literal, len + 1);
    }
    return best;
}

/*
 * "docker: Get ", where each part alone stands in many lines: as it is, or with
 * its first part at the end of a message, quoted or not.
 */
static void
add_ends(struct needle_set *gate, struct slice literal)
{
    static const char *const ends[][2] = {
        {"", ": "},  {"", "\""},  {"=", " "},
        {"=", "\t"}, {"=", "\n"}, {"=", "\r"},
    };
    struct slice head = literal;
    slice_cut_text(&literal, SLICE(": "), &head);
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct buf text = {0};
        buf_add_text(&text, ends[i][0]);
        buf_add(&text, head);
        buf_add_text(&text, ends[i][1]);
        needle_set_add(gate, buf_slice(&text));
        buf_free(&text);
    }
}

static void
add_literal(struct needle_set *gate, struct slice literal)
{
    enum {
        RARE = 7 /* bytes, of what has more parts than one */
    };
    struct slice part = raw_part(literal);
    if (part.len < RARE && slice_find(literal, SLICE(": ")) != SLICE_NONE) {
        add_ends(gate, literal);
    } else {
        needle_set_add(gate, part);
    }
}

/* All that a look needs must be there, so any one will do. */
static struct slice
rarest_need(const struct look *look)
{
    struct slice best = look->needs[0];
    for (size_t i = 1; i < look->need_count; i++) {
        if (raw_part(look->needs[i]).len > raw_part(best).len) {
            best = look->needs[i];
        }
    }
    return best;
}

static void
fill_gate(struct needle_set *gate, const struct catalog *catalog)
{
    const struct look *look;
    const char *mark;
    for (size_t i = 0; i < COUNT(marks); i++) {
        add_literal(gate, slice_from(marks[i].raw));
    }
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (look->is_alone) {
            add_literal(gate, rarest_need(look));
        }
    }
    for (size_t i = 0; i < COUNT(veils); i++) {
        needle_set_add(gate, slice_from(veils[i]));
    }
    for (size_t i = 0; (mark = paste_mark(i)); i++) {
        needle_set_add(gate, slice_from(mark));
    }
    needle_set_close(gate);
}

struct classifier *
classifier_new(const struct catalog *catalog)
{
    struct classifier *classifier = MEM_NEW(struct classifier);
    classifier->catalog = catalog;
    classifier->matcher = rule_matcher_new();
    classifier->gate = needle_set_new();
    fill_gate(classifier->gate, catalog);
    return classifier;
}

void
classifier_free(struct classifier *classifier)
{
    if (!classifier) {
        return;
    }
    rule_matcher_free(classifier->matcher);
    needle_set_free(classifier->gate);
    buf_free(&classifier->text);
    buf_free(&classifier->words);
    mask_free(&classifier->whole);
    mask_free(&classifier->head);
    for (size_t i = 0; i < AGGREGATE_MAX; i++) {
        mask_free(&classifier->members[i]);
    }
    mem_free(classifier);
}

void
classifier_reload(struct classifier *classifier, const struct catalog *catalog)
{
    struct classifier *fresh = classifier_new(catalog);
    struct classifier old = *classifier;
    *classifier = *fresh;
    *fresh = old;
    classifier_free(fresh);
}

size_t
classifier_next(const struct classifier *classifier, struct slice text,
                size_t from)
{
    return needle_next(classifier->gate, text, from);
}

bool
classifier_may_matter(const struct classifier *classifier, struct slice line)
{
    return needle_find(classifier->gate, line);
}

/* Message and error as one text: `PullImage "X" failed: failed to ...`. */
static struct slice
whole_text(struct classifier *classifier, const struct record *record)
{
    if (record->error.len == 0) {
        return record->message;
    }
    if (record->message.len == 0) {
        return record->error;
    }
    buf_clear(&classifier->text);
    buf_add(&classifier->text, record->message);
    buf_add_text(&classifier->text, ": ");
    buf_add(&classifier->text, record->error);
    return buf_slice(&classifier->text);
}

static void
read_marks(struct slice masked, struct context *context)
{
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (!context->marks[marks[i].kind]
            && slice_find(masked, slice_from(marks[i].words)) != SLICE_NONE) {
            context->marks[marks[i].kind] = true;
        }
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        context->is_other |=
            slice_find(masked, slice_from(others[i])) != SLICE_NONE;
    }
}

static bool
may_try(const struct look *look, const struct context *context)
{
    if (look->is_success || context->is_success) {
        return look->is_success && context->is_success;
    }
    if (look->is_fallback) {
        return context->marks[MARK_FAILED] && !context->is_attempt;
    }
    return look->is_alone || context->marks[MARK_FAILED]
        || (context->marks[MARK_PULL] && !context->is_other);
}

/* The first look that catches the member, and the facts with it. */
static const struct look *
find_look(struct classifier *classifier, const struct mask *member,
          const struct context *context, struct facts *facts)
{
    const struct look *look;
    struct slice text = buf_slice(&member->text);
    gather_message(member, &classifier->scratch, facts);
    for (size_t i = 0; (look = catalog_look(classifier->catalog, i)); i++) {
        if (may_try(look, context)
            && look_matches(look, classifier->matcher, text, facts)) {
            return look;
        }
    }
    return NULL;
}

static void
note_also(struct finding *finding, const struct cause *cause)
{
    if (!cause || cause == finding->cause || cause->rank == 0) {
        return;
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        if (finding->also[i] == cause) {
            return;
        }
    }
    if (finding->also_count < FINDING_ALSO) {
        finding->also[finding->also_count++] = cause;
    }
}

/* A member's cause takes the finding over if it ranks higher. */
static void
weigh(struct finding *finding, const struct look *look,
      const struct facts *facts)
{
    if (!look) {
        return;
    }
    if (finding->cause && finding->cause->rank >= look->cause->rank) {
        note_also(finding, look->cause);
        return;
    }
    const struct cause *loser = finding->cause;
    finding->look = look;
    finding->cause = look->cause;
    finding->facts = *facts;
    note_also(finding, loser);
}

static struct slice
known_image(const struct classifier *classifier, const struct record *record)
{
    if (record->image.len > 0) {
        return record->image;
    }
    const struct mask_note *note = mask_find(&classifier->head, MASK_IMAGE);
    return note ? note->text : slice_of("", 0);
}

/* An aggregate may name its image only in its members. */
static struct slice
member_image(const struct mask *member, struct slice known)
{
    const struct mask_note *note = mask_find(member, MASK_IMAGE);
    return known.len == 0 && note ? note->text : known;
}

static void
read_members(struct classifier *classifier, const struct aggregate *aggregate,
             const struct context *context, struct finding *finding)
{
    struct facts common = finding->facts;
    struct slice image = common.value[FACT_IMAGE];
    for (size_t i = 0; i < aggregate->count; i++) {
        struct facts facts = common;
        struct mask *member = &classifier->members[i];
        struct context own = *context;
        mask_part(member, &classifier->whole, aggregate->members[i]);
        read_marks(buf_slice(&member->text), &own);
        gather_image(member_image(member, image), &classifier->scratch, &facts);
        weigh(finding, find_look(classifier, member, &own, &facts), &facts);
    }
}

static bool
is_attempt(const struct record *record)
{
    return record->level == LEVEL_INFO
        && (record->format == FORMAT_LOGFMT || record->format == FORMAT_JSON);
}

/* The registry's words are kept and shown; they may quote what was sent. */
static void
redact_words(struct classifier *classifier, struct facts *facts)
{
    struct slice *words = &facts->value[FACT_SERVER_MESSAGE];
    if (words->len > 0) {
        buf_clear(&classifier->words);
        redact_add(&classifier->words, *words);
        *words = buf_slice(&classifier->words);
    }
}

/* No image is spoken of, whatever looks like one. */
static void
read_note(struct classifier *classifier, struct finding *finding)
{
    finding->kind = FINDING_NOTE;
    finding->facts = (struct facts){0};
    (void)look_matches(finding->look, classifier->matcher,
                       buf_slice(&classifier->head.text), &finding->facts);
}

void
classifier_read(struct classifier *classifier, const struct record *record,
                struct finding *finding)
{
    struct context context = {.is_attempt = is_attempt(record)};
    struct aggregate aggregate;
    memset(finding, 0, sizeof(*finding));
    classifier->scratch.used = 0;
    mask_text(&classifier->whole, whole_text(classifier, record),
              record->image);
    aggregate_split(buf_slice(&classifier->whole.text), &aggregate);
    mask_part(&classifier->head, &classifier->whole, aggregate.head);
    read_marks(buf_slice(&classifier->head.text), &context);
    read_marks(record->reason, &context);
    gather_record(record, &finding->facts);
    struct slice image = known_image(classifier, record);
    if (image.len > 0) {
        gather_image(image, &classifier->scratch, &finding->facts);
    }
    /* A failure may quote anybody's words, these too. */
    context.is_success =
        (context.marks[MARK_SUCCESS] || context.marks[MARK_THERE])
        && !context.marks[MARK_FAILED];
    if (aggregate.count > 0 && !context.is_success) {
        read_members(classifier, &aggregate, &context, finding);
    } else {
        finding->look =
            find_look(classifier, &classifier->head, &context, &finding->facts);
        finding->cause = finding->look ? finding->look->cause : NULL;
    }
    if (context.is_success) {
        finding->kind = FINDING_SUCCESS;
        finding->was_there = !context.marks[MARK_SUCCESS];
    } else if (finding->cause && finding->look->is_note) {
        read_note(classifier, finding);
    } else if (finding->cause) {
        bool may_succeed = context.is_attempt || finding->look->is_attempt;
        finding->kind = may_succeed ? FINDING_ATTEMPT : FINDING_FAILURE;
        redact_words(classifier, &finding->facts);
    }
}

struct slice
classifier_masked(struct classifier *classifier, const struct record *record)
{
    mask_text(&classifier->whole, whole_text(classifier, record),
              record->image);
    return buf_slice(&classifier->whole.text);
}
