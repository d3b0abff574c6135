/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_command.h"

#include "report/json.h"
#include "report/recipe.h"

/* Where we are in both, and where the text since the latest fact begins. */
struct walk {
    struct slice template;
    struct slice filled;
    struct slice text;
    const struct facts *facts;
    cJSON *parts;
};

/* What was walked since the latest fact becomes a piece. */
static void
end_text(struct walk *walk)
{
    size_t len = walk->text.len - walk->filled.len;
    cJSON_AddItemToArray(walk->parts, json_text(slice_before(walk->text, len)));
}

/* The name stands in the template; its value, or its placeholder, must follow
 * in the command, in quotes or without. */
static bool
walk_name(struct walk *walk, struct slice name)
{
    enum fact fact;
    bool is_quoted = slice_skip(&walk->filled, SLICE("'"));
    if (!fact_by_name(name, &fact)) {
        return false;
    }
    struct slice value = walk->facts->value[fact];
    if (fact_is_sound(fact, value) && slice_starts(walk->filled, value)) {
        end_text(walk);
        cJSON_AddItemToArray(walk->parts, json_text(name));
        walk->filled = slice_after(walk->filled, value.len);
        walk->text = walk->filled;
    } else if (!slice_skip(&walk->filled,
                           slice_from(fact_row(fact)->placeholder))) {
        return false;
    }
    return !is_quoted || slice_skip(&walk->filled, SLICE("'"));
}

/* The same byte in both, or the subscription that remedy_fill() has put in. */
static bool
walk_text(struct walk *walk)
{
    const struct slice option = SLICE("--subscription ");
    if (slice_starts(walk->filled, option)
        && !slice_starts(walk->template, option)) {
        return slice_skip(&walk->filled, option)
            && slice_skip(&walk->filled, walk->facts->value[FACT_SUBSCRIPTION])
            && slice_skip(&walk->filled, SLICE(" "));
    }
    if (walk->filled.len == 0
        || walk->filled.data[0] != walk->template.data[0]) {
        return false;
    }
    walk->template = slice_after(walk->template, 1);
    walk->filled = slice_after(walk->filled, 1);
    return true;
}

static bool
walk_all(struct walk *walk)
{
    bool ok = true;
    struct slice name;
    while (ok && walk->template.len > 0) {
        ok = recipe_take_name(&walk->template, &name) ? walk_name(walk, name)
                                                      : walk_text(walk);
    }
    return ok && walk->filled.len == 0;
}

cJSON *
page_command(struct slice template, struct slice filled,
             const struct facts *facts)
{
    struct walk walk = {slice_trim(template), filled, filled, facts,
                        cJSON_CreateArray()};
    if (walk_all(&walk)) {
        end_text(&walk);
        return walk.parts;
    }
    /* Filled in a way that is not known here: it stays as it is. */
    cJSON_Delete(walk.parts);
    cJSON *whole = cJSON_CreateArray();
    cJSON_AddItemToArray(whole, json_text(filled));
    return whole;
}
