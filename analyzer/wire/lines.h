/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_LINES_H
#define PULLWHY_WIRE_LINES_H

/*
 * The table of formats, and the decoding of one line: envelopes are taken off
 * one after the other until the innermost format is found.
 */

#include "wire/decoder.h"

/* Fills the decoder's record and verdict. */
void lines_decode(struct decoder *decoder, struct slice line);

/* Whether a line begins something that is known: it goes on with none
 * before. */
bool lines_is_start(const struct decoder *decoder, struct slice line);

/* Whether the line was not of the format that was asked for. */
bool lines_is_missed(const struct decoder *decoder);

#endif
