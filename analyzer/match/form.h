/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_FORM_H
#define PULLWHY_MATCH_FORM_H

/*
 * What a masked text is to the catalogue, whoever's names it hid: which marks
 * stand in it, which looks have all of their needs in it, and what their
 * patterns said to it. All of that depends on the text alone, and most messages
 * are one of some dozens once their names are masked; so it is kept, if asked
 * for, bounded in number and bytes. What depends on facts or on the rest of the
 * record is not part of it.
 */

#include "base/slice.h"
#include "match/catalog.h"
#include "match/marks.h"
#include "match/rule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FORM_BYTES = 512 * 1024, /* of all that is kept */
    FORM_HITS = 4,           /* of one form; of more hits none are kept */
};

enum form_state {
    FORM_UNKNOWN,
    FORM_MISSED,
    FORM_HIT,
};

/* A look that has its needs in the text. */
struct form_look {
    uint32_t number; /* in the catalogue's order */
    uint8_t state;   /* what its pattern said */
    uint8_t hit;     /* which hit that was */
    uint8_t parts;   /* behind these, no part of it stands in the text */
};

struct form {
    struct marks_seen seen; /* of a long text, others may lack if one failed */
    size_t count;           /* of looks, in the catalogue's order */
    size_t text_len;
    size_t hit_count;

    struct {
        uint16_t at[RULE_GROUPS]; /* of its parts in the text */
        uint16_t len[RULE_GROUPS];
    } hits[FORM_HITS];

    bool is_short;            /* else what patterns say is not kept */
    bool is_kept;             /* else the text's next reading begins anew */
    struct form_look looks[]; /* then the text */
};

struct forms;

/* `catalog` must outlive it. */
struct forms *forms_new(const struct catalog *catalog);
void forms_free(struct forms *forms); /* NULL is fine */

/* From now on forms are kept. */
void forms_remember(struct forms *forms);

/* The text's form, until the next call. */
struct form *forms_read(struct forms *forms, struct slice masked);

/* Only adds the marks of a text. */
void forms_see(struct forms *forms, struct slice masked,
               struct marks_seen *seen);

/* Keeps what a look's pattern said to the text: a hit, or NULL for none. */
void form_keep(struct form *form, struct form_look *look, struct slice masked,
               const struct rule_hit *hit);

/* The hit that was kept, in a text of that form. */
void form_recall(const struct form *form, const struct form_look *look,
                 struct slice masked, struct rule_hit *hit);

/* How many are kept now. */
size_t forms_count(const struct forms *forms);

#endif
