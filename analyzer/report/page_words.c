/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_words.h"

#include "report/json.h"
#include "report/words.h"

/* One kind of values: where its words begin, and what machines call each. */
struct kind {
    const char *name;
    enum word first;
    int count;
    const char *(*value_name)(int value);
};

static const char *
severity_at(int value)
{
    return severity_name((enum severity)value);
}

static const char *
state_at(int value)
{
    return incident_state_name((enum incident_state)value);
}

static const char *
nature_at(int value)
{
    return nature_name((enum nature)value);
}

static void
add_kind(cJSON *words, const struct kind *kind)
{
    struct buf key = {0};
    for (int i = 0; i < kind->count; i++) {
        cJSON *texts = cJSON_CreateArray();
        for (int k = 0; k < LANGUAGES; k++) {
            struct slice word =
                words_of(kind->first, (unsigned)i, (enum language)k);
            cJSON_AddItemToArray(texts, json_text(word));
        }
        buf_clear(&key);
        buf_print(&key, "%s.%s", kind->name, kind->value_name(i));
        cJSON_AddItemToObject(words, buf_string(&key), texts);
    }
    buf_free(&key);
}

cJSON *
page_words(void)
{
    static const struct kind kinds[] = {
        {"severity", WORD_SEVERITY, SEVERITIES, severity_at},
        {"state", WORD_STATE, INCIDENT_STATES, state_at},
        {"nature", WORD_NATURE, NATURES, nature_at},
    };

    cJSON *words = cJSON_CreateObject();
    for (size_t i = 0; i < COUNT(kinds); i++) {
        add_kind(words, &kinds[i]);
    }
    return words;
}
