/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_JOURNAL_LIBRARY_H
#define PULLWHY_SOURCE_JOURNAL_LIBRARY_H

/*
 * libsystemd, loaded when a journal is opened and not with the program: it
 * brings half a dozen libraries of its own, and who reads no journal shall
 * neither pay for them nor need them.
 */

#include "base/fault.h"

#include <stdbool.h>

struct journal_library;

#if HAVE_LIBSYSTEMD

#    include <systemd/sd-journal.h>

/* A function of the header by its name without "sd_", of the header's type. */
#    define JOURNAL_FUNCTION(name) __typeof__(&sd_##name) name

/* Nothing but such functions: they are found by their names. */
struct journal_library {
    JOURNAL_FUNCTION(id128_get_machine);
    JOURNAL_FUNCTION(journal_add_disjunction);
    JOURNAL_FUNCTION(journal_add_match);
    JOURNAL_FUNCTION(journal_close);
    JOURNAL_FUNCTION(journal_enumerate_available_data);
    JOURNAL_FUNCTION(journal_get_cursor);
    JOURNAL_FUNCTION(journal_get_fd);
    JOURNAL_FUNCTION(journal_get_realtime_usec);
    JOURNAL_FUNCTION(journal_get_timeout);
    JOURNAL_FUNCTION(journal_get_usage);
    JOURNAL_FUNCTION(journal_next);
    JOURNAL_FUNCTION(journal_open);
    JOURNAL_FUNCTION(journal_open_directory);
    JOURNAL_FUNCTION(journal_previous);
    JOURNAL_FUNCTION(journal_process);
    JOURNAL_FUNCTION(journal_restart_data);
    JOURNAL_FUNCTION(journal_seek_cursor);
    JOURNAL_FUNCTION(journal_seek_head);
    JOURNAL_FUNCTION(journal_seek_tail);
    JOURNAL_FUNCTION(journal_set_data_threshold);
    JOURNAL_FUNCTION(journal_test_cursor);
};

#endif

/* Fills `library`, whose functions stay good until the program ends. Is there
 * only where HAVE_LIBSYSTEMD. */
MUST_CHECK bool journal_library_load(struct journal_library *library,
                                     struct fault *fault);

#endif
