/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "match/form.h"
#include "match/look.h"
#include "reading.h"
#include "text.h"

#include <string.h>

/* A name for another one, so that texts of one form differ in their facts. */
static const struct exchange {
    const char *from;
    const char *to;
} exchanges[] = {
    {"contoso", "fabrikam7"},      {"azurecr.io", "example.net:5000"},
    {"azurecr.io", "azurecr.org"}, /* a registry that some looks ask for */
    {"docker.io", "quay.io"},      {"10.", "172.16."},
};

static void
write_exchanged(struct buf *out, struct slice text, const struct exchange *with)
{
    struct slice head;
    buf_clear(out);
    while (slice_cut_text(&text, slice_from(with->from), &head)) {
        buf_add(out, head);
        buf_add_text(out, with->to);
    }
    buf_add(out, text);
}

/* Two classifiers of one catalogue, of which one remembers forms. */
struct pair {
    struct classifier *keeping;
    struct classifier *forgetting;
    size_t compared;
};

static void
assert_alike(const struct finding *a, const struct finding *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->was_there, b->was_there);
    assert_ptr_equal(a->cause, b->cause);
    assert_ptr_equal(a->look, b->look);
    assert_int_equal(a->also_count, b->also_count);
    for (size_t i = 0; i < a->also_count; i++) {
        assert_ptr_equal(a->also[i], b->also[i]);
    }
    for (size_t i = 0; i < FACTS; i++) {
        assert_true(slice_equal(a->facts.value[i], b->facts.value[i]));
    }
}

static void
compare(struct pair *pair, struct slice text)
{
    struct finding kept;
    struct finding plain;
    struct record record;
    enum verdict verdict;
    struct decoder *decoder = decoder_new(FORMATS);
    decoder_feed_alone(decoder, text, INT64_C(1795456800000000));
    while (decoder_next(decoder, &record, &verdict)) {
        if (verdict != VERDICT_RECORD && verdict != VERDICT_BROKEN) {
            continue;
        }
        /* read_once: what is remembered is the form, not the record */
        classifier_read_once(pair->keeping, &record, &kept);
        classifier_read_once(pair->forgetting, &record, &plain);
        assert_alike(&kept, &plain);
        pair->compared++;
    }
    decoder_free(decoder);
}

static void
compare_exchanged(struct pair *pair, struct slice text)
{
    struct buf other = {0};
    compare(pair, text);
    for (size_t i = 0; i < COUNT(exchanges); i++) {
        write_exchanged(&other, text, &exchanges[i]);
        compare(pair, buf_slice(&other));
    }
    buf_free(&other);
}

/* Twice over, so that what was kept of the first time is used. */
static void
what_is_kept_tells_the_same(void **state)
{
    static const struct keyed secret = {{1, 2}};
    struct pair pair = {0};
    struct fault fault = {0};
    const struct cause *cause;
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    (void)state;
    assert_non_null(catalog);
    pair.keeping = classifier_new(catalog);
    pair.forgetting = classifier_new(catalog);
    classifier_remember(pair.keeping, &secret);
    for (size_t turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < catalog_count(catalog); i++) {
            cause = catalog_cause(catalog, i);
            for (size_t at = 0; at < cause->sample_count; at++) {
                compare_exchanged(&pair, cause->samples[at].line);
            }
            for (size_t at = 0; at < cause->reject_count; at++) {
                compare_exchanged(&pair, cause->rejects[at].line);
            }
        }
    }
    assert_true(pair.compared > 10000);
    classifier_free(pair.keeping);
    classifier_free(pair.forgetting);
    catalog_free(catalog);
}

static void
a_form_is_known_by_its_text(void **state)
{
    struct reading *reading = *state;
    struct forms *forms = forms_new(reading->catalog);
    struct slice text = SLICE("Failed to pull image <image>: not found");
    struct rule_hit hit = {0};
    struct rule_hit again;
    forms_remember(forms);
    struct form *form = forms_read(forms, text);
    assert_true(form->seen.is[MARK_FAILED]);
    assert_true(form->count > 0);
    for (size_t i = 0; i < form->count; i++) {
        assert_int_equal(form->looks[i].state, FORM_UNKNOWN);
        assert_true(i == 0
                    || form->looks[i - 1].number < form->looks[i].number);
    }
    form_keep(form, &form->looks[0], text, NULL);
    hit.parts[3] = slice_after(text, 30);
    form_keep(form, &form->looks[1], text, &hit);
    assert_ptr_equal(forms_read(forms, SLICE("another <image>")),
                     forms_read(forms, SLICE("another <image>")));
    assert_ptr_equal(forms_read(forms, text), form);
    assert_int_equal(form->looks[0].state, FORM_MISSED);
    assert_int_equal(form->looks[1].state, FORM_HIT);

    char copy[64];
    memcpy(copy, text.data, text.len);
    struct slice twin = slice_of(copy, text.len);
    form_recall(form, &form->looks[1], twin, &again);
    assert_ptr_equal(again.parts[3].data, copy + 30);
    assert_int_equal(again.parts[3].len, text.len - 30);
    assert_null(again.parts[0].data);
    assert_int_equal(forms_count(forms), 2);
    forms_free(forms);
}

/* What is not to be kept, or is too long, is told all the same. */
static void
what_is_not_kept_is_read_again(void **state)
{
    struct reading *reading = *state;
    struct forms *forms = forms_new(reading->catalog);
    struct slice text = SLICE("Failed to pull image <image>: not found");
    struct buf large = {0};
    struct form *form = forms_read(forms, text);
    form_keep(form, &form->looks[0], text, NULL);
    form = forms_read(forms, text);
    assert_int_equal(form->looks[0].state, FORM_UNKNOWN);
    assert_int_equal(forms_count(forms), 0);

    forms_remember(forms);
    buf_add(&large, text);
    while (large.len <= 2 * (size_t)LOOK_WINDOW) {
        buf_add_text(&large, " and so on");
    }
    form = forms_read(forms, buf_slice(&large));
    assert_false(form->is_short);
    assert_true(form->seen.is[MARK_FAILED]);
    form_keep(form, &form->looks[0], buf_slice(&large), NULL);
    assert_int_equal(form->looks[0].state, FORM_UNKNOWN);
    assert_int_equal(forms_count(forms), 0);
    assert_int_equal(forms_read(forms, slice_of("", 0))->seen.is[MARK_FAILED],
                     false);
    buf_free(&large);
    forms_free(forms);
}

static void
fill_up(struct buf *text, size_t len)
{
    while (text->len < len) {
        buf_add_text(text, "and so on; ");
    }
}

/* Wherever it stands in a long text. */
static void
a_failure_is_seen_anywhere(void **state)
{
    struct reading *reading = *state;
    struct forms *forms = forms_new(reading->catalog);
    static const size_t places[] = {0, 3000, 10000, 30000};
    forms_remember(forms);
    for (size_t i = 0; i < COUNT(places); i++) {
        struct buf text = {0};
        fill_up(&text, places[i]);
        buf_add_text(&text, "failed to push; Failed to pull image <image>; ");
        fill_up(&text, 32000);
        const struct form *form = forms_read(forms, buf_slice(&text));
        assert_true(form->seen.is[MARK_FAILED]);
        buf_free(&text);
    }
    struct buf text = {0};
    fill_up(&text, 20000);
    buf_add_text(&text, "trying next host; failed to push; ");
    fill_up(&text, 32000);
    const struct form *form = forms_read(forms, buf_slice(&text));
    assert_true(form->seen.is[MARK_PULL]);
    assert_true(form->seen.is_other);
    assert_false(form->seen.is[MARK_FAILED]);
    buf_free(&text);
    forms_free(forms);
}

/* More hits than are kept are tried again, and cost no other look's. */
static void
only_some_hits_are_kept(void **state)
{
    struct reading *reading = *state;
    struct forms *forms = forms_new(reading->catalog);
    struct slice text = SLICE("failed to pull and unpack image <image>: failed "
                              "to resolve reference <image>: unexpected status "
                              "from HEAD request to <url>: 401 Unauthorized");
    struct rule_hit hit = {0};
    forms_remember(forms);
    struct form *form = forms_read(forms, text);
    assert_true(form->count > FORM_HITS + 1);
    for (size_t i = 0; i < form->count; i++) {
        hit.parts[0] = slice_after(text, i);
        form_keep(form, &form->looks[i], text, &hit);
        assert_int_equal(form->looks[i].state,
                         i < FORM_HITS ? FORM_HIT : FORM_UNKNOWN);
    }
    form_recall(form, &form->looks[FORM_HITS - 1], text, &hit);
    assert_ptr_equal(hit.parts[0].data, text.data + FORM_HITS - 1);
    forms_free(forms);
}

static void
they_are_bounded(void **state)
{
    struct reading *reading = *state;
    struct forms *forms = forms_new(reading->catalog);
    struct buf text = {0};
    forms_remember(forms);
    for (int i = 0; i < 3000; i++) {
        buf_clear(&text);
        buf_print(&text, "Failed to pull image <image>: %0*d", i % 4000, i);
        struct form *form = forms_read(forms, buf_slice(&text));
        assert_true(form->seen.is[MARK_FAILED]);
        assert_ptr_equal(forms_read(forms, buf_slice(&text)), form);
    }
    assert_in_range(forms_count(forms), 64, 512);
    buf_free(&text);
    forms_free(forms);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_tells_the_same),
        cmocka_unit_test(a_form_is_known_by_its_text),
        cmocka_unit_test(what_is_not_kept_is_read_again),
        cmocka_unit_test(a_failure_is_seen_anywhere),
        cmocka_unit_test(only_some_hits_are_kept),
        cmocka_unit_test(they_are_bounded),
    };
    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
