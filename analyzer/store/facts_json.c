/* SPDX-License-Identifier: Apache-2.0 */
#include "store/facts_json.h"

#include "wire/value.h"

void
facts_json_add(struct buf *out, const struct facts *facts)
{
    char before = '{';
    for (int fact = 0; fact < FACTS; fact++) {
        if (facts->value[fact].len > 0) {
            buf_add_byte(out, before);
            buf_add_json(out, slice_from(fact_row((enum fact)fact)->name));
            buf_add_byte(out, ':');
            buf_add_json(out, facts->value[fact]);
            before = ',';
        }
    }
    buf_add_text(out, before == '{' ? "{}" : "}");
}

/* A string without escapes; false: it is none. */
static bool
take_plain(struct slice *rest, struct slice *text)
{
    if (!slice_skip(rest, SLICE("\""))) {
        return false;
    }
    size_t len = slice_find_byte(*rest, '"');
    if (len == SLICE_NONE) {
        return false;
    }
    *text = slice_before(*rest, len);
    *rest = slice_after(*rest, len + 1);
    return slice_find_byte(*text, '\\') == SLICE_NONE;
}

/* Mostly they stand in the order of the table: it is sought from *fact on. */
static bool
find_fact(struct slice name, enum fact *fact)
{
    for (size_t i = 0; i < FACTS; i++) {
        enum fact at = (enum fact)(((size_t)*fact + i) % FACTS);
        if (slice_is(name, fact_row(at)->name)) {
            *fact = at;
            return true;
        }
    }
    return false;
}

/*
 * What facts_json_add() and SQLite write, if nothing is escaped. False: it may
 * say more than was read.
 */
static bool
read_plain(struct slice rest, struct arena *arena, struct facts *facts)
{
    struct slice name;
    struct slice value;
    enum fact fact = (enum fact)0;
    slice_skip(&rest, SLICE("{"));
    while (take_plain(&rest, &name) && slice_skip(&rest, SLICE(":"))
           && take_plain(&rest, &value)) {
        if (find_fact(name, &fact)) {
            facts->value[fact] = arena_copy(arena, value);
        }
        if (!slice_skip(&rest, SLICE(","))) {
            break;
        }
    }
    return slice_equal(rest, SLICE("}"));
}

void
facts_json_read(struct slice object, struct buf *scratch, struct arena *arena,
                struct facts *facts)
{
    struct slice rest = value_inside(object);
    struct value_member member;
    enum fact fact;
    if (read_plain(object, arena, facts)) {
        return;
    }
    buf_clear(scratch);
    buf_reserve(scratch, object.len);
    while (value_next_member(&rest, &member)) {
        if (value_is_string(member.value) && fact_by_name(member.key, &fact)) {
            facts->value[fact] =
                arena_copy(arena, value_text(member.value, scratch));
        }
    }
}
