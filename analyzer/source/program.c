/* SPDX-License-Identifier: Apache-2.0 */
#include "source/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct program_row rows[PROGRAMS] = {
    [PROGRAM_EVENTS] = {.name = "kubectl get events",
                        .words = {"kubectl", "get", "events", "--watch",
                                  "--output=json"},
                        .restart = RESTART_ALWAYS,
                        .whole = "\n}\n",
                        .is_watch = true},
    [PROGRAM_JOURNALCTL] = {.name = "journalctl",
                            .words = {"journalctl", "--follow",
                                      "--output=json"},
                            .restart = RESTART_ALWAYS,
                            .whole = "\n",
                            .has_cursor = true},
    [PROGRAM_COMMAND] = {.words = {"/bin/sh", "-c"}, .restart = RESTART_FAILED},
};

static char *
copy(struct program *program, const char *text)
{
    size_t size = strlen(text) + 1;
    char *word = arena_alloc(&program->arena, size);
    memcpy(word, text, size);
    return word;
}

void
program_init(struct program *program, enum program_kind kind,
             const char *const *arguments, size_t count)
{
    size_t fixed = 0;
    assert(kind < PROGRAMS);
    *program = (struct program){.row = &rows[kind]};
    while (fixed < PROGRAM_WORDS && program->row->words[fixed]) {
        fixed++;
    }
    program->count = fixed + count;
    program->words =
        mem_resize_array(NULL, program->count + 2, sizeof(program->words[0]));
    for (size_t i = 0; i < fixed; i++) {
        program->words[i] = copy(program, program->row->words[i]);
    }
    for (size_t i = 0; i < count; i++) {
        program->words[fixed + i] = copy(program, arguments[i]);
    }
    program->words[program->count] = NULL;
    program->name =
        program->row->name ? program->row->name : program->words[fixed];
    assert(program->name);
}

void
program_free(struct program *program)
{
    mem_free(program->words);
    arena_free(&program->arena);
}

void
program_identity(const struct program *program, char identity[SOURCE_IDENTITY])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < program->count; i++) {
        hash = slice_hash(slice_from(program->words[i]), hash);
        hash = slice_hash(SLICE("\n"), hash);
    }
    memset(identity, 0, SOURCE_IDENTITY);
    snprintf(identity, SOURCE_IDENTITY, "%s:%016" PRIx64, program->row->name,
             hash);
}

/* Where it reads on stands behind the fixed words. */
static void
add_cursor(struct program *program, const struct program_run *run)
{
    if (run->cursor[0] != '\0') {
        snprintf(program->cursor, sizeof(program->cursor), "--after-cursor=%s",
                 run->cursor);
    } else {
        snprintf(program->cursor, sizeof(program->cursor), "%s",
                 run->from_start ? "--no-tail" : "--lines=0");
    }
    program->words[program->count] = program->cursor;
    program->words[program->count + 1] = NULL;
}

static int
make_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        return -errno;
    }
    /* No other thread forks: there is no need for pipe2(). */
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

static int
spawn(struct program *program, uv_loop_t *loop, const struct program_run *run,
      int out, int err)
{
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE}, /* it gets /dev/null */
        {.flags = UV_INHERIT_FD, .data.fd = out},
        {.flags = UV_INHERIT_FD, .data.fd = err},
    };
    const uv_process_options_t options = {
        .exit_cb = run->on_exit,
        .file = program->words[0],
        .args = program->words,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = COUNT(stdio),
        .stdio = stdio,
    };
    if (program->row->has_cursor) {
        add_cursor(program, run);
    }
    return uv_spawn(loop, run->process, &options);
}

static void
close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* Pipes, not libuv's sockets: they are faster, and can be made larger. */
static int
make_pipes(int out[2], int err[2])
{
    int error = make_pipe(out);
    if (error) {
        return error;
    }
    error = make_pipe(err);
    if (error) {
        close_both(out);
    }
    return error;
}

int
program_run(struct program *program, uv_loop_t *loop, struct program_run *run,
            int fds[2])
{
    int out[2];
    int err[2];
    run->is_open = false;
    int error = make_pipes(out, err);
    if (error) {
        return error;
    }
    error = spawn(program, loop, run, out[1], err[1]);
    run->is_open = true;
    if (error) {
        close_both(out);
        close_both(err);
        return error;
    }
    close(out[1]);
    close(err[1]);
    fds[0] = out[0];
    fds[1] = err[0];
    return 0;
}
