/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/alias.h"

#include "match/image.h"

/* What is no reference is a path that equals only itself. */
static struct image
read_image(struct slice text)
{
    struct image image = {.path = text};
    if (image_parse(text, &image)
        && slice_equal(image.registry, SLICE("docker.io"))) {
        slice_skip(&image.path, SLICE("library/"));
    }
    return image;
}

static struct slice
tag_of(const struct image *image)
{
    return image->tag.len + image->digest.len > 0 ? image->tag
                                                  : SLICE("latest");
}

/* Of a reference, the last part of its path; the same names have the same. */
static struct slice
last_part(struct slice text)
{
    struct slice name = slice_before(text, slice_find_byte(text, '@'));
    size_t slash = slice_find_last(name, '/');
    name = slice_after(name, slash == SLICE_NONE ? 0 : slash + 1);
    return slice_before(name, slice_find_byte(name, ':'));
}

bool
alias_is_same(struct slice a, struct slice b)
{
    if (slice_equal(a, b)) {
        return true;
    }
    /* Most are of other images, which is seen without reading them whole. */
    if (!slice_equal(last_part(a), last_part(b))) {
        return false;
    }
    struct image x = read_image(a);
    struct image y = read_image(b);
    return slice_equal_nocase(x.registry, y.registry)
        && slice_equal(x.path, y.path) && slice_equal(x.digest, y.digest)
        && slice_equal(tag_of(&x), tag_of(&y));
}

bool
alias_name(struct slice text, size_t index, struct buf *name)
{
    static const char *const hub[] = {"", "docker.io/", "library/",
                                      "docker.io/library/"};
    struct image image = read_image(text);
    bool is_hub = slice_equal_nocase(image.registry, SLICE("docker.io"));
    bool is_tagless = slice_equal(tag_of(&image), SLICE("latest"));
    size_t heads = is_hub ? COUNT(hub) : 1;
    buf_clear(name);
    if (index == 0) {
        buf_add(name, text);
        return true;
    }
    index--;
    if (index >= heads << is_tagless) {
        return false;
    }
    if (is_hub) {
        buf_add_text(name, hub[index % heads]);
    } else if (image.registry.len > 0) {
        buf_add(name, image.registry);
        buf_add_byte(name, '/');
    }
    buf_add(name, image.path);
    if (tag_of(&image).len > 0 && index < heads) {
        buf_add_byte(name, ':');
        buf_add(name, tag_of(&image));
    }
    if (image.digest.len > 0) {
        buf_add_byte(name, '@');
        buf_add(name, image.digest);
    }
    return true;
}

uint64_t
alias_hash(struct slice text, uint64_t seed)
{
    struct image image = read_image(text);
    uint64_t hash = slice_hash(image.path, seed);
    hash = slice_hash(tag_of(&image), hash + 1);
    return slice_hash(image.digest, hash + 2);
}

uint64_t
alias_mix(struct slice text, uint64_t seed)
{
    struct image image = read_image(text);
    uint64_t mix = slice_mix_nocase(image.registry, seed);
    mix = slice_mix(image.path, mix);
    mix = slice_mix(tag_of(&image), mix);
    return slice_mix(image.digest, mix);
}
