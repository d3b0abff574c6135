/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/decode.h"
#include "wire/decoder.h"

static bool
is_within(struct slice text, struct slice memory)
{
    uintptr_t start = (uintptr_t)memory.data;
    uintptr_t at = (uintptr_t)text.data;
    return at >= start && at - start <= memory.len
        && text.len <= memory.len - (at - start);
}

/* Whether a text lies in one of the buffers that a decoder fills. */
static bool
is_kept(const struct decoder *decoder, struct slice text)
{
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        if (is_within(text, buf_slice(&decoder->journal.last[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < STRANDS; i++) {
        const struct document *document = &decoder->strands.strand[i].document;
        if (is_within(text, buf_slice(&document->kept))
            || is_within(text, buf_slice(&document->last))) {
            return true;
        }
    }
    return is_within(text, buf_slice(&decoder->document.kept))
        || is_within(text, buf_slice(&decoder->document.last))
        || is_within(text, buf_slice(&decoder->pieces.text[STREAM_OUT]))
        || is_within(text, buf_slice(&decoder->pieces.text[STREAM_ERR]))
        || is_within(text, buf_slice(&decoder->csv.row))
        || is_within(text, buf_slice(&decoder->hold.last))
        || is_within(text, buf_slice(&decoder->yaml.json));
}

bool
decoder_holds(const struct decoder *decoder, struct slice text)
{
    const struct describe *describe = &decoder->describe;
    const struct slice memories[] = {
        decoder->line,
        buf_slice(&decoder->scratch),
        buf_slice(&describe->name),
        buf_slice(&describe->namespace),
        buf_slice(&describe->node),
        buf_slice(&describe->container),
        buf_slice(&describe->image),
    };

    for (size_t i = 0; i < COUNT(memories) && text.len > 0; i++) {
        if (is_within(text, memories[i])) {
            return true;
        }
    }
    return text.len == 0 || is_kept(decoder, text);
}
