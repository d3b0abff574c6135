/* SPDX-License-Identifier: Apache-2.0 */
#include "match/name.h"

#include "base/byte.h"
#include "match/image.h"

/* Without the punctuation at its end. */
static size_t
trimmed_len(struct slice text, struct slice punctuation)
{
    size_t len = text.len;
    while (len > 0
           && slice_find_byte(punctuation, text.data[len - 1]) != SLICE_NONE) {
        len--;
    }
    return len;
}

static size_t
whole_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && !byte_is(text.data[len], BYTE_END)) {
        len++;
    }
    return len;
}

size_t
name_bare_len(struct slice text, const char *punctuation)
{
    return trimmed_len(slice_before(text, whole_len(text)),
                       slice_from(punctuation));
}

/* A censored part, as in https://<registry>/v2/, may end it with a >. */
size_t
name_url_len(struct slice text)
{
    struct slice rest = text;
    if (text.len < 2 || text.data[1] != 't') {
        return 0;
    }
    if (!slice_skip(&rest, SLICE("https://"))
        && !slice_skip(&rest, SLICE("http://"))) {
        return 0;
    }
    struct slice whole = slice_before(text, whole_len(text));
    size_t len = trimmed_len(whole, SLICE(":,.;)]}'"));
    if (slice_find_byte(slice_before(text, len), '<') == SLICE_NONE) {
        len = trimmed_len(slice_before(text, len), SLICE(":,.;)]}'>"));
    }
    while (slice_starts(slice_after(text, len), SLICE("..."))) {
        len += SLICE("...").len;
    }
    return len > text.len - rest.len ? len : 0;
}

size_t
name_digest_len(struct slice text)
{
    enum {
        SHORTEST = 12
    };
    struct slice rest = text;
    size_t len = 0;
    if (text.data[0] != 's') {
        return 0;
    }
    if (!slice_skip(&rest, SLICE("sha256:"))
        && !slice_skip(&rest, SLICE("sha512:"))) {
        return 0;
    }
    while (len < rest.len
           && ((rest.data[len] >= '0' && rest.data[len] <= '9')
               || (rest.data[len] >= 'a' && rest.data[len] <= 'f'))) {
        len++;
    }
    return len >= SHORTEST ? text.len - rest.len + len : 0;
}

/* "learn more at docs.docker.com/go/access-tokens": what registries and runtimes
 * refer to without a scheme. */
static bool
is_page(const struct image *image)
{
    static const struct slice hosts[] = {{"docs.", 5},
                                         {"learn.", 6},
                                         {"www.", 4},
                                         {"aka.ms", 6},
                                         {"go.microsoft.com", 16}};
    if (image->tag.len > 0 || image->digest.len > 0) {
        return false;
    }
    for (size_t i = 0; i < COUNT(hosts); i++) {
        if (slice_starts(image->registry, hosts[i])) {
            return true;
        }
    }
    return false;
}

size_t
name_image_len(struct slice text, const char **barren)
{
    struct image image;
    size_t len = 0;
    if (text.data < *barren) {
        return 0;
    }
    text = slice_before(text, NAME_LONGEST);
    while (len < text.len
           && (byte_is_word(text.data[len]) || text.data[len] == ':')) {
        len++;
    }
    *barren = text.data + len;
    while (len > 0
           && (text.data[len - 1] == ':' || text.data[len - 1] == '.')) {
        len--;
    }
    struct slice name = slice_before(text, len);
    if (!image_may_have_host(name) || !image_parse(name, &image)
        || !image.has_registry || is_page(&image)) {
        return 0;
    }
    return len;
}

bool
name_may_be_image(struct slice text, const char **barren)
{
    bool is_path = false;
    size_t len = 0;
    if (text.data < *barren) {
        return false;
    }
    text = slice_before(text, NAME_LONGEST);
    while (len < text.len
           && (byte_is_word(text.data[len]) || text.data[len] == ':')) {
        is_path |= text.data[len] == '/';
        len++;
    }
    if (!is_path) {
        *barren = text.data + len;
    }
    return is_path;
}
