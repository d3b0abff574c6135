/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "incident/binding.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

static void
note(struct bindings *bindings, const char *namespace, const char *pod,
     const char *node)
{
    struct facts facts = {0};
    facts.value[FACT_NAMESPACE] = slice_from(namespace);
    facts.value[FACT_POD] = slice_from(pod);
    facts.value[FACT_NODE] = slice_from(node);
    bindings_note(bindings, &facts, SLICE("a.txt"));
}

/* "namespace/pod@node", or nothing. */
static const char *
told(const struct bindings *bindings, const char *namespace, const char *pod)
{
    static char text[256];
    struct facts facts = {0};
    struct facts filled;
    facts.value[FACT_NAMESPACE] = slice_from(namespace);
    facts.value[FACT_POD] = slice_from(pod);
    if (bindings_fill(bindings, &facts, SLICE("a.txt"), &filled) == &facts) {
        return "";
    }
    snprintf(text, sizeof(text), "%.*s/%.*s@%.*s",
             SLICE_ARG(filled.value[FACT_NAMESPACE]),
             SLICE_ARG(filled.value[FACT_POD]),
             SLICE_ARG(filled.value[FACT_NODE]));
    return text;
}

static void
a_pod_has_the_node_that_was_said_last(void **state)
{
    struct bindings *bindings = bindings_new();
    (void)state;
    assert_string_equal(told(bindings, "shop", "cart-0"), "");
    note(bindings, "shop", "cart-0", "");
    note(bindings, "shop", "", "n1");
    note(bindings, "", "cart-0", "n1");
    assert_string_equal(told(bindings, "shop", "cart-0"), "");
    assert_string_equal(told(bindings, "", "cart-0"), "");
    assert_string_equal(told(bindings, "shop", ""), "");
    note(bindings, "shop", "cart-0", "n1");
    assert_string_equal(told(bindings, "shop", "cart-0"), "shop/cart-0@n1");
    assert_string_equal(told(bindings, "", "cart-0"), "shop/cart-0@n1");
    assert_string_equal(told(bindings, "mail", "cart-0"), "");
    note(bindings, "shop", "cart-0", "n2");
    assert_string_equal(told(bindings, "shop", "cart-0"), "shop/cart-0@n2");
    assert_string_equal(told(bindings, "", "cart-0"), "shop/cart-0@n2");
    bindings_free(bindings);
}

static void
pods_of_one_name_are_told_apart(void **state)
{
    struct bindings *bindings = bindings_new();
    (void)state;
    note(bindings, "shop", "db-0", "n1");
    note(bindings, "mail", "db-0", "n1");
    assert_string_equal(told(bindings, "", "db-0"), "");
    assert_string_equal(told(bindings, "mail", "db-0"), "mail/db-0@n1");
    note(bindings, "shop", "db-0", "n3");
    assert_string_equal(told(bindings, "", "db-0"), "");
    assert_string_equal(told(bindings, "shop", "db-0"), "shop/db-0@n3");
    bindings_free(bindings);
}

/* What the line says itself is right. */
static void
what_is_told_stays(void **state)
{
    struct bindings *bindings = bindings_new();
    struct facts facts = {0};
    struct facts filled;
    (void)state;
    note(bindings, "shop", "db-0", "n1");
    facts.value[FACT_POD] = SLICE("db-0");
    facts.value[FACT_NODE] = SLICE("n2");
    assert_ptr_equal(bindings_fill(bindings, &facts, SLICE("b.txt"), &filled),
                     &facts);
    assert_ptr_equal(bindings_fill(bindings, &facts, SLICE("a.txt"), &filled),
                     &filled);
    assert_text(filled.value[FACT_NAMESPACE], "shop");
    assert_text(filled.value[FACT_NODE], "n2");
    facts.value[FACT_NAMESPACE] = SLICE("shop");
    assert_ptr_equal(bindings_fill(bindings, &facts, SLICE("a.txt"), &filled),
                     &facts);
    facts.value[FACT_NODE] = SLICE("");
    assert_ptr_equal(bindings_fill(bindings, &facts, SLICE("b.txt"), &filled),
                     &filled);
    assert_text(filled.value[FACT_NODE], "n1");
    bindings_free(bindings);
}

/* The latest are known, whoever came before. */
static void
it_is_bounded(void **state)
{
    enum {
        MANY = 100000,
        LATEST = 1000,
    };

    struct bindings *bindings = bindings_new();
    char pod[32];
    int known = 0;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        note(bindings, "shop", pod, "n");
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(pod, sizeof(pod), "pod-%d", i);
        bool is_known = told(bindings, "shop", pod)[0] != 0;
        known += is_known;
        assert_true(is_known || i < MANY - LATEST / 4);
    }
    assert_in_range(known, LATEST, 8192);
    bindings_free(bindings);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pod_has_the_node_that_was_said_last),
        cmocka_unit_test(pods_of_one_name_are_told_apart),
        cmocka_unit_test(what_is_told_stays),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
