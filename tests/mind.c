/* SPDX-License-Identifier: Apache-2.0 */
#include "mind.h"

#include "base/mem.h"
#include "text.h"

void
mind_same(const struct mind *mind, enum manner manner, struct slice text,
          size_t piece)
{
    struct skimming all = {0};
    struct skimming skimmed = {0};
    skimmed_read(mind->plain, text, piece, MANNER_ALL, &all);
    skimmed_read(mind->classifier, text, piece, manner, &skimmed);
    if (!slice_equal(buf_slice(&all.text), buf_slice(&skimmed.text))) {
        fail_msg(
            "in pieces of %zu bytes: %.*s\n# is       %.*s\n# expected %.*s",
            piece, SLICE_ARG(slice_before(text, 20000)),
            SLICE_ARG(buf_slice(&skimmed.text)),
            SLICE_ARG(buf_slice(&all.text)));
    }
    assert_true(skimmed.resume >= all.resume);
    /* A line that cannot matter need not wait for the next one. */
    assert_true(skimmed.kept <= all.kept);
    assert_true(manner == MANNER_ALL || skimmed.records <= all.records);
    skimmed_free(&all);
    skimmed_free(&skimmed);
}

void
mind_read_file(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    size_t got;
    if (!file) {
        fail_msg("%s: cannot be read", path);
    }
    do {
        buf_reserve(text, 65536);
        got = fread(text->data + text->len, 1, 65536, file);
        text->len += got;
    } while (got > 0);
    (void)fclose(file);
}

int
mind_open(void **state)
{
    static const struct keyed secret = {{1, 2}};
    struct fault fault;
    struct mind *mind = MEM_NEW(struct mind);
    mind->catalog = catalog_load_whole(NULL, &fault);
    assert_non_null(mind->catalog);
    mind->plain = classifier_new(mind->catalog);
    mind->classifier = classifier_new(mind->catalog);
    classifier_remember(mind->classifier, &secret);
    *state = mind;
    return 0;
}

int
mind_close(void **state)
{
    struct mind *mind = *state;
    classifier_free(mind->plain);
    classifier_free(mind->classifier);
    catalog_free(mind->catalog);
    mem_free(mind);
    return 0;
}
