/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journal_library.h"

#if HAVE_LIBSYSTEMD

#    include "base/slice.h"

#    include <assert.h>
#    include <dlfcn.h>
#    include <stdalign.h>
#    include <stddef.h>
#    include <stdint.h>
#    include <string.h>

/* No path: it is looked for where the libraries of the system are. */
#    define SONAME "libsystemd.so.0"

/* What tells those who make packages of a library that the linker was not told
 * of: https://systemd.io/ELF_DLOPEN_METADATA */
#    define NOTE_OWNER "FDO"
#    define NOTE_TEXT                                             \
        "[{\"soname\":[\"" SONAME "\"],\"feature\":\"journald\"," \
        "\"description\":\"Reads the journal of systemd\","       \
        "\"priority\":\"recommended\"}]"

__attribute__((used, section(".note.dlopen"))) alignas(4) static const struct {
    uint32_t owner_size;
    uint32_t text_size;
    uint32_t type;
    alignas(4) char owner[sizeof(NOTE_OWNER)];
    alignas(4) char text[sizeof(NOTE_TEXT)];
} note = {
    .owner_size = sizeof(NOTE_OWNER),
    .text_size = sizeof(NOTE_TEXT),
    .type = 0x407c0c0a,
    .owner = NOTE_OWNER,
    .text = NOTE_TEXT,
};

#    define FUNCTION(name)                                      \
        {                                                       \
            "sd_" #name, offsetof(struct journal_library, name) \
        }

static const struct {
    const char *name;
    size_t place;
} functions[] = {
    FUNCTION(id128_get_machine),
    FUNCTION(journal_add_disjunction),
    FUNCTION(journal_add_match),
    FUNCTION(journal_close),
    FUNCTION(journal_enumerate_available_data),
    FUNCTION(journal_get_cursor),
    FUNCTION(journal_get_fd),
    FUNCTION(journal_get_realtime_usec),
    FUNCTION(journal_get_timeout),
    FUNCTION(journal_get_usage),
    FUNCTION(journal_next),
    FUNCTION(journal_open),
    FUNCTION(journal_open_directory),
    FUNCTION(journal_previous),
    FUNCTION(journal_process),
    FUNCTION(journal_restart_data),
    FUNCTION(journal_seek_cursor),
    FUNCTION(journal_seek_head),
    FUNCTION(journal_seek_tail),
    FUNCTION(journal_set_data_threshold),
    FUNCTION(journal_test_cursor),
};

static_assert(sizeof(struct journal_library)
                  == COUNT(functions) * sizeof(void *),
              "find each function");

static bool
refuse(struct fault *fault)
{
    const char *error = dlerror();
    return fault_set(fault, FAULT_INPUT, 0,
                     "the journal cannot be read: loading " SONAME
                     " failed: %s; install libsystemd 246 or newer (Debian: "
                     "libsystemd0), or let journalctl read it: --journalctl "
                     "in place of --journal",
                     error ? error : "no reason was given");
}

/* Loaded once, however often it is asked for; it stays, since libraries below
 * it are not made to go. */
bool
journal_library_load(struct journal_library *library, struct fault *fault)
{
    void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return refuse(fault);
    }
    for (size_t i = 0; i < COUNT(functions); i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function) {
            return refuse(fault);
        }
        /* POSIX has it that a pointer to a function fits; C has no cast. */
        memcpy((char *)library + functions[i].place, &function,
               sizeof(function));
    }
    return true;
}

#endif
