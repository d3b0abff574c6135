/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_WORDS_H
#define PULLWHY_REPORT_PAGE_WORDS_H

/* The words for the values of severities, states and natures, as JSON for a
 * page: {"state.open": ["open", "継続中"], ...}. */

#include <cjson/cJSON.h>

cJSON *page_words(void);

#endif
