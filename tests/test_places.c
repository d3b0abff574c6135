/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/alias.h"
#include "incident/places.h"
#include "sight.h"
#include "text.h"

#include <stdio.h>

struct desk {
    struct places *places;
    struct incident incidents[4];
};

static int
open_desk(void **state)
{
    struct desk *desk = MEM_NEW(struct desk);
    desk->places = places_new();
    for (size_t i = 0; i < COUNT(desk->incidents); i++) {
        desk->incidents[i].key = SLICE("key");
        desk->incidents[i].life = 1;
        desk->incidents[i].cause = &sight_refused;
    }
    *state = desk;
    return 0;
}

static int
close_desk(void **state)
{
    struct desk *desk = *state;
    places_free(desk->places);
    for (size_t i = 0; i < COUNT(desk->incidents); i++) {
        mem_free(desk->incidents[i].affected);
        arena_free(&desk->incidents[i].arena);
    }
    mem_free(desk);
    return 0;
}

static struct affected *
put(struct desk *desk, size_t incident, const struct sight *sight)
{
    struct facts facts;
    sight_facts(sight, &facts);
    return places_affected(desk->places, &desk->incidents[incident], &facts);
}

static size_t
count(struct desk *desk, enum place place, const struct sight *sight)
{
    struct facts facts;
    sight_facts(sight, &facts);
    struct place_cursor cursor = places_look(desk->places, place, &facts);
    struct incident *incident;
    struct affected *affected;
    size_t found = 0;
    while (places_next(&cursor, &incident, &affected)) {
        found++;
    }
    return found;
}

#define PUT(desk, incident, ...) \
    put((desk), (incident), &(const struct sight){__VA_ARGS__})
#define FIND(desk, place, ...) \
    count((desk), (place), &(const struct sight){__VA_ARGS__})

static void
a_later_incident_of_a_key_hides_the_earlier_one(void **state)
{
    struct desk *desk = *state;
    desk->incidents[2].key = SLICE("other");
    assert_null(places_find_key(desk->places, SLICE("key")));
    for (size_t i = 0; i < 3; i++) {
        places_put_key(desk->places, &desk->incidents[i]);
    }
    assert_ptr_equal(places_find_key(desk->places, SLICE("key")),
                     &desk->incidents[1]);
    assert_ptr_equal(places_find_key(desk->places, SLICE("other")),
                     &desk->incidents[2]);
}

/* One pod is one row, however much of it each line knows. */
static void
a_row_learns_what_it_did_not_know(void **state)
{
    struct desk *desk = *state;
    PUT(desk, 0, .pod = "p", .namespace = "a");
    PUT(desk, 0, .pod = "p", .namespace = "a", .image = "x.io/a:1");
    PUT(desk, 0, .pod = "p", .node = "n");
    struct affected *row = PUT(desk, 0, .pod = "p", .container = "c");
    assert_int_equal(desk->incidents[0].affected_count, 1);
    assert_text(row->namespace, "a");
    assert_text(row->image, "x.io/a:1");
    assert_text(row->node, "n");
    assert_text(row->container, "c");
    /* And is found by what it learnt. */
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "x.io/a:1"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p"), 1);
    assert_int_equal(FIND(desk, PLACE_PODLESS, .image = "x.io/a:1"), 0);
}

static void
who_differs_has_a_row_of_his_own(void **state)
{
    struct desk *desk = *state;

    static const struct sight cases[] = {
        {.pod = "p", .namespace = "a", .container = "c", .image = "x.io/a:1"},
        {.pod = "p", .namespace = "b", .container = "c", .image = "x.io/a:1"},
        {.pod = "q", .namespace = "a", .container = "c", .image = "x.io/a:1"},
        {.pod = "p", .namespace = "a", .container = "d", .image = "x.io/a:1"},
        {.pod = "p", .namespace = "a", .container = "c", .image = "x.io/a:2"},
        {.node = "n", .image = "x.io/a:1"},
        {.node = "m", .image = "x.io/a:1"},
        {.node = "n", .image = "x.io/a:2"},
        {.node = "n"},
        {.image = "x.io/a:1"},
    };

    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            assert_non_null(put(desk, 0, &cases[i]));
        }
        assert_int_equal(desk->incidents[0].affected_count, COUNT(cases));
    }
    assert_null(PUT(desk, 0, .namespace = "a", .container = "c"));
    assert_int_equal(FIND(desk, PLACE_PODLESS, .image = "x.io/a:1"), 3);
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "x.io/a:1"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p"), 4);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p", .namespace = "b"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .image = "x.io/a:1"), 0);
}

/* The history may give an incident another life while its rows are in use. */
static void
rows_are_found_after_the_life_was_corrected(void **state)
{
    struct desk *desk = *state;
    struct affected *row = PUT(desk, 0, .node = "n", .image = "x.io/a:1");
    row->count = 7;
    desk->incidents[0].life = 3;
    desk->incidents[0].id = 12;
    row = PUT(desk, 0, .node = "n", .image = "x.io/a:1");
    assert_int_equal(row->count, 7);
    assert_int_equal(desk->incidents[0].affected_count, 1);
}

static void
images_are_the_same_however_they_are_written(void **state)
{
    (void)state;

    static const struct {
        const char *a;
        const char *b;
        bool is_same;
    } cases[] = {
        {"nginx", "nginx", true},
        {"nginx", "nginx:latest", true},
        {"nginx", "docker.io/library/nginx:latest", true},
        {"library/nginx", "docker.io/nginx", true},
        {"nginx", "docker.io/team/nginx", false},
        {"nginx:1", "nginx", false},
        {"X.io/a:1", "x.io/a:1", true},
        {"x.io/A:1", "x.io/a:1", false},
        {"x.io/a:1", "y.io/a:1", false},
        {"x.io/nginx", "nginx", false},
        {"x.io/library/nginx", "x.io/nginx", false},
        {"a@sha256:0123456789abcdef0123456789abcdef", "a", false},
        {"", "nginx", false},
        {"not an image", "not an image", true},
        {"not an image", "not an image!", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice a = slice_from(cases[i].a);
        struct slice b = slice_from(cases[i].b);
        assert_int_equal(alias_is_same(a, b), cases[i].is_same);
        assert_int_equal(alias_is_same(b, a), cases[i].is_same);
        assert_int_equal(alias_mix(a, 1) == alias_mix(b, 1), cases[i].is_same);
    }
}

static void
rows_of_one_image_share_its_text(void **state)
{
    struct desk *desk = *state;
    const struct incident *incident = &desk->incidents[0];
    PUT(desk, 0, .pod = "a", .image = "docker.io/library/cart:1");
    PUT(desk, 0, .pod = "b", .image = "mail:1");
    PUT(desk, 0, .pod = "c", .image = "docker.io/library/cart:1");
    PUT(desk, 0, .pod = "d", .image = "cart:1");
    PUT(desk, 0, .pod = "e");
    assert_ptr_equal(incident->affected[2].image.data,
                     incident->affected[0].image.data);
    assert_text(incident->affected[2].image, "docker.io/library/cart:1");
    assert_text(incident->affected[3].image, "cart:1");
    assert_text(incident->affected[4].image, "");
}

static void
finds_an_image_by_its_other_name(void **state)
{
    struct desk *desk = *state;
    PUT(desk, 0, .node = "n", .image = "docker.io/library/nginx:latest");
    PUT(desk, 1, .pod = "p", .image = "nginx");
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx:latest"), 2);
    assert_int_equal(FIND(desk, PLACE_PODLESS, .image = "nginx"), 1);
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx:1"), 0);
}

static void
kinds_of_cause_are_kept_apart(void **state)
{
    struct desk *desk = *state;
    desk->incidents[1].cause = &sight_backoff;
    desk->incidents[2].cause = &sight_no_login;
    for (size_t i = 0; i < 3; i++) {
        PUT(desk, i, .node = "n", .image = "nginx");
        PUT(desk, i, .node = "m", .image = "nginx");
    }
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx"), 2);
    assert_int_equal(FIND(desk, PLACE_WAITING, .image = "nginx"), 1);
    assert_int_equal(FIND(desk, PLACE_YIELDING, .image = "nginx"), 1);
    assert_int_equal(FIND(desk, PLACE_PODLESS, .image = "nginx"), 6);
}

static void
is_forgotten_but_for_its_key(void **state)
{
    struct desk *desk = *state;
    places_put_key(desk->places, &desk->incidents[0]);
    for (size_t i = 0; i < 2; i++) {
        PUT(desk, i, .pod = "p", .image = "nginx");
        PUT(desk, i, .pod = "q", .image = "nginx");
        PUT(desk, i, .node = "n", .image = "nginx");
    }
    places_forget(desk->places, &desk->incidents[0]);
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p"), 1);
    assert_int_equal(FIND(desk, PLACE_PODLESS, .image = "nginx"), 1);
    assert_ptr_equal(places_find_key(desk->places, SLICE("key")),
                     &desk->incidents[0]);
    places_forget(desk->places, &desk->incidents[0]); /* again is fine */
    places_forget(desk->places, &desk->incidents[1]);
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx"), 0);
    PUT(desk, 2, .pod = "p", .image = "nginx"); /* in the room that is free */
    assert_int_equal(FIND(desk, PLACE_IMAGE, .image = "nginx"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p"), 1);
}

/* In any order; each is found by its own key and pod, and no other one is. */
static void
who_was_dismissed_is_not_found(void **state)
{
    enum {
        MANY = 200
    };

    struct incident *all = mem_resize_array(NULL, MANY, sizeof(*all));
    char names[MANY][8];
    struct desk *desk = *state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof(names[i]), "n%zu", i);
        all[i] = (struct incident){.cause = &sight_refused};
    }
    uint64_t seed = 3;
    for (size_t step = 0; step < 4000; step++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        struct incident *one = &all[(seed >> 33) % MANY];
        const char *name = names[one - all];
        struct facts facts = {.value = {[FACT_POD] = slice_from(name)}};
        if (one->key.len > 0) {
            places_dismiss(desk->places, one);
            mem_free(one->affected);
            arena_free(&one->arena);
            *one = (struct incident){.cause = &sight_refused};
        } else {
            one->key = slice_from(name);
            places_put_key(desk->places, one);
            places_affected(desk->places, one, &facts);
        }
        const struct incident *wanted = one->key.len > 0 ? one : NULL;
        assert_ptr_equal(places_find_key(desk->places, slice_from(name)),
                         wanted);
        assert_int_equal(FIND(desk, PLACE_POD, .pod = name), wanted != NULL);
        assert_true(!wanted || one->number <= MANY);
    }
    for (size_t i = 0; i < MANY; i++) {
        mem_free(all[i].affected);
        arena_free(&all[i].arena);
    }
    mem_free(all);
}

static void
a_full_table_takes_no_more(void **state)
{
    struct desk *desk = *state;
    char pod[32];
    for (int i = 0; i < AFFECTED_MAX + 3; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        assert_int_equal(PUT(desk, 0, .pod = pod, .image = "nginx") != NULL,
                         i < AFFECTED_MAX);
    }
    assert_int_equal(desk->incidents[0].affected_count, AFFECTED_MAX);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "pod-0"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "pod-4095"), 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "pod-4096"), 0);
}

static void
knows_who_may_be_meant(void **state)
{
    (void)state;

    static const struct {
        struct affected row;
        struct sight sight;
        bool is_same;
    } cases[] = {
        {{.pod = {"p", 1}}, {.pod = "p"}, true},
        {{.pod = {"p", 1}}, {.pod = "q"}, false},
        {{.pod = {"p", 1}, .namespace = {"a", 1}},
         {.pod = "p", .namespace = "b"},
         false},
        {{.pod = {"p", 1}, .namespace = {"a", 1}}, {.pod = "p"}, true},
        {{.pod = {"p", 1}, .node = {"n", 1}}, {.pod = "q", .node = "n"}, false},
        {{.pod = {"p", 1}, .node = {"n", 1}}, {.node = "n"}, true},
        {{.pod = {"p", 1}, .node = {"n", 1}}, {.node = "m"}, false},
        {{.node = {"n", 1}}, {.pod = "p"}, true},
        {{.node = {"n", 1}}, {.pod = "p", .node = "m"}, false},
        {{.image = {"i", 1}}, {.node = "m"}, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct facts facts;
        sight_facts(&cases[i].sight, &facts);
        assert_int_equal(places_is_same(&cases[i].row, &facts),
                         cases[i].is_same);
    }
}

/* One name in thousands of namespaces: who knows the namespace finds his own. */
static void
namesakes_are_told_apart_by_their_namespace(void **state)
{
    enum {
        NAMESAKES = 3000
    };

    struct desk *desk = *state;
    char name[24];
    for (int i = 0; i < NAMESAKES; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        PUT(desk, (size_t)i % 2, .pod = "web-0", .namespace = name);
    }
    for (int i = 0; i < NAMESAKES; i += 7) {
        snprintf(name, sizeof(name), "n%d", i);
        assert_int_equal(
            FIND(desk, PLACE_POD, .pod = "web-0", .namespace = name), 1);
    }
    assert_int_equal(
        FIND(desk, PLACE_POD, .pod = "web-0", .namespace = "other"), 0);
    /* A row that does not know its own may be anybody's. */
    PUT(desk, 2, .pod = "web-0", .image = "x.io/a:1");
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "web-0", .namespace = "n7"),
                     2);
    PUT(desk, 2, .pod = "web-0", .namespace = "n7", .image = "x.io/a:1");
    assert_int_equal(desk->incidents[2].affected_count, 1);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "web-0", .namespace = "n7"),
                     2);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "web-0", .namespace = "n8"),
                     1);
    places_forget(desk->places, &desk->incidents[1]);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "web-0", .namespace = "n7"),
                     1);
}

/* Whatever a log says, a line costs no more than so many looks. */
static void
of_what_has_one_name_the_newest_are_looked_at(void **state)
{
    enum {
        ROWS = 3000,
        LOOKS = 256
    };

    struct desk *desk = *state;
    char name[24];
    for (int i = 0; i < ROWS; i++) {
        snprintf(name, sizeof(name), "c%d", i);
        PUT(desk, 0, .pod = "p", .namespace = "a", .container = name);
    }
    assert_int_equal(desk->incidents[0].affected_count, ROWS);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p", .namespace = "a"),
                     LOOKS);
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "p"), LOOKS);
    /* What says just the same is found, how old it may be. */
    PUT(desk, 0, .pod = "p", .namespace = "a", .container = "c0");
    assert_int_equal(desk->incidents[0].affected_count, ROWS);
    for (int i = 0; i < ROWS; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        PUT(desk, 1, .pod = "q", .namespace = name);
    }
    assert_int_equal(FIND(desk, PLACE_POD, .pod = "q"), LOOKS);
}

/* So no two rows of an incident ever say the same. */
static void
a_row_does_not_become_another_one(void **state)
{
    enum {
        BETWEEN = 300
    };

    struct desk *desk = *state;
    struct incident *incident = &desk->incidents[0];
    char name[24];
    PUT(desk, 0, .pod = "p", .namespace = "a", .container = "c", .node = "n");
    for (int i = 0; i < BETWEEN; i++) {
        snprintf(name, sizeof(name), "m%d", i);
        PUT(desk, 0, .pod = "p", .namespace = "a", .container = "c",
            .node = name);
    }
    /* The first one is too far away to be found, so this is a new one. */
    PUT(desk, 0, .pod = "p", .namespace = "a", .node = "n");
    assert_int_equal(incident->affected_count, BETWEEN + 2);
    /* It would become the first one, if it learned the container. */
    struct affected *row =
        PUT(desk, 0, .pod = "p", .namespace = "a", .container = "c");
    assert_ptr_equal(row, &incident->affected[0]);
    assert_int_equal(incident->affected[BETWEEN + 1].container.len, 0);
    assert_int_equal(incident->affected_count, BETWEEN + 2);
}

#define AT_DESK(test) \
    cmocka_unit_test_setup_teardown(test, open_desk, close_desk)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        AT_DESK(a_later_incident_of_a_key_hides_the_earlier_one),
        AT_DESK(a_row_learns_what_it_did_not_know),
        AT_DESK(who_differs_has_a_row_of_his_own),
        AT_DESK(rows_are_found_after_the_life_was_corrected),
        cmocka_unit_test(images_are_the_same_however_they_are_written),
        AT_DESK(rows_of_one_image_share_its_text),
        AT_DESK(finds_an_image_by_its_other_name),
        AT_DESK(kinds_of_cause_are_kept_apart),
        AT_DESK(is_forgotten_but_for_its_key),
        AT_DESK(who_was_dismissed_is_not_found),
        AT_DESK(a_full_table_takes_no_more),
        AT_DESK(namesakes_are_told_apart_by_their_namespace),
        AT_DESK(of_what_has_one_name_the_newest_are_looked_at),
        AT_DESK(a_row_does_not_become_another_one),
        cmocka_unit_test(knows_who_may_be_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
