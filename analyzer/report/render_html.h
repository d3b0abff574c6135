/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_RENDER_HTML_H
#define PULLWHY_REPORT_RENDER_HTML_H

/*
 * The page around the data: its skeleton, styles and scripts are the files in
 * report/page/, built into the program.
 *
 * The law: a browser runs and loads nothing but these very files. The page
 * forbids all else, and names them by hashes that the build has taken.
 */

#include "base/buf.h"
#include "match/catalog.h"

/* `report` stands before the scripts, `details` behind them; blocks of JSON. */
void render_html_page(struct buf *out, enum language language,
                      struct slice report, struct slice details);

#endif
