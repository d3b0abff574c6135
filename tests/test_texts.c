/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "match/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Both languages of a text name the same placeholders, options and pages. */

enum {
    FOREIGN_WORDS = 6, /* in a row: a sentence, no name and no error's words */
};

static bool
is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9')
        || (byte != '\0' && strchr("-_./", byte));
}

/* The word that begins with `mark`, up to what no name holds. */
static bool
next_marked(struct slice *rest, struct slice mark, struct slice *word)
{
    size_t at = slice_find(*rest, mark);
    if (at == SLICE_NONE) {
        return false;
    }
    *word = slice_after(*rest, at);
    size_t len = mark.len;
    while (len < word->len && is_name_byte(word->data[len])) {
        len++;
    }
    while (len > mark.len && word->data[len - 1] == '.') {
        len--;
    }
    *word = slice_before(*word, len);
    *rest = slice_after(*rest, at + len);
    return true;
}

/* "" or the word of `a` that `b` lacks. */
static struct slice
missing_word(struct slice a, struct slice b, struct slice mark)
{
    struct slice word;
    while (next_marked(&a, mark, &word)) {
        if (word.len > mark.len && slice_find(b, word) == SLICE_NONE) {
            return word;
        }
    }
    return SLICE("");
}

static bool
is_japanese(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (unsigned char)text.data[i] >= 0xe3;
    }
    return count > 0;
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Words of letters alone with one blank between; quotes are the log's words. */
static bool
has_sentence(struct slice text)
{
    size_t words = 0;
    size_t letters = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        is_quoted = is_quoted != (byte == '"' || byte == '`');
        if (!is_quoted && is_letter(byte)) {
            letters++;
        } else if (!is_quoted && (byte == ' ' || byte == '\n') && letters > 1) {
            words++;
            letters = 0;
        } else {
            words = letters = 0;
        }
        if (words >= FOREIGN_WORDS) {
            return true;
        }
    }
    return false;
}

static void
check_text(const struct cause *cause, struct slice id, const struct text *text)
{
    static const char *const marks[] = {"{{", " --", "https://", "http://"};
    struct slice en = text->in[LANGUAGE_EN];
    struct slice ja = text->in[LANGUAGE_JA];
    for (size_t i = 0; i < COUNT(marks); i++) {
        struct slice mark = slice_from(marks[i]);
        struct slice word = missing_word(en, ja, mark);
        word = word.len > 0 ? word : missing_word(ja, en, mark);
        /* The blank before an option is not written in both. */
        struct slice name = slice_trim(word);
        if (name.len > 0
            && (slice_find(en, name) == SLICE_NONE
                || slice_find(ja, name) == SLICE_NONE)) {
            fail_msg("%.*s, %.*s: only one language has %.*s",
                     SLICE_ARG(cause->slug), SLICE_ARG(id), SLICE_ARG(name));
        }
    }
    if (!is_japanese(ja) || has_sentence(ja)) {
        fail_msg("%.*s, %.*s: this is not Japanese: %.*s",
                 SLICE_ARG(cause->slug), SLICE_ARG(id), SLICE_ARG(ja));
    }
    if (is_japanese(en)) {
        fail_msg("%.*s, %.*s: this is not English: %.*s",
                 SLICE_ARG(cause->slug), SLICE_ARG(id), SLICE_ARG(en));
    }
}

/* Of what is typed, this leaves something behind; with a blank, a command. */
static const char *const changing[] = {
    "kubectl apply",
    "kubectl delete ",
    "kubectl patch ",
    "kubectl drain ",
    "kubectl cordon ",
    "kubectl uncordon ",
    "kubectl set ",
    "kubectl annotate ",
    "kubectl rollout restart",
    "kubectl debug ",
    "kubectl rollout undo",
    "kubectl create secret ",
    "az aks update",
    "az acr update ",
    "az acr import ",
    "az acr build ",
    "az vmss reimage ",
    "az cloud set ",
    "az role assignment create ",
    "az acr network-rule add ",
    "az network vnet subnet update ",
    "az aks nodepool upgrade ",
    "az aks nodepool add ",
    "az aks nodepool update ",
    "credential reset ",
    "docker push ",
    "buildx build ",
    "systemctl restart ",
    "crictl rmi ",
    "helm install ",
    "aws iam attach-",
    "add-iam-policy-binding ",
};

static void
check_step(const struct cause *cause, struct slice id, const struct step *step)
{
    check_text(cause, id, &step->say);
    for (size_t i = 0; i < COUNT(changing) && !step->changes; i++) {
        if (slice_find(step->run, slice_from(changing[i])) != SLICE_NONE) {
            fail_msg("%.*s, %.*s: \"%s\" is not marked with changes: true",
                     SLICE_ARG(cause->slug), SLICE_ARG(id), changing[i]);
        }
    }
    if (step->changes && step->run.len == 0) {
        fail_msg("%.*s, %.*s: nothing is typed, so nothing changes",
                 SLICE_ARG(cause->slug), SLICE_ARG(id));
    }
}

static void
check_remedy(const struct cause *cause, const struct remedy *remedy)
{
    check_text(cause, remedy->id, &remedy->title);
    for (size_t i = 0; i < remedy->step_count; i++) {
        check_step(cause, remedy->id, &remedy->steps[i]);
    }
}

static void
both_languages_say_the_same_and_changes_are_marked(void **state)
{
    (void)state;
    struct fault fault;
    struct catalog *catalog = catalog_load(NULL, &fault);
    assert_non_null(catalog);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct cause *cause = catalog_cause(catalog, i);
        check_text(cause, SLICE("title"), &cause->title);
        check_text(cause, SLICE("why"), &cause->why);
        for (size_t k = 0; k < cause->remedy_count; k++) {
            check_remedy(cause, cause->remedies[k]);
        }
    }
    catalog_free(catalog);
}

static void
a_sentence_is_told_from_names(void **state)
{
    (void)state;
    assert_true(
        has_sentence(SLICE("日本語 this was left as it stood in here ")));
    assert_false(has_sentence(SLICE("\"this was left as it stood in here \"")));
    assert_false(has_sentence(SLICE("Azure Container Registry の ACR です")));
    assert_true(is_japanese(SLICE("プル")));
    assert_false(is_japanese(SLICE("pull \xe2\x80\x93 it")));
    assert_int_equal(
        missing_word(SLICE("a {{pod}} {{tag}}"), SLICE("{{pod}}"), SLICE("{{"))
            .len,
        SLICE("{{tag").len);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_say_the_same_and_changes_are_marked),
        cmocka_unit_test(a_sentence_is_told_from_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
