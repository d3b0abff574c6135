/* SPDX-License-Identifier: Apache-2.0 */
#include "app/output.h"

#include "report/printable.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
output_write_to(int fd, struct buf *out)
{
    struct slice rest = buf_slice(out);
    int error = 0;
    while (rest.len > 0 && !error) {
        ssize_t done = write(fd, rest.data, rest.len);
        if (done >= 0) {
            rest = slice_after(rest, (size_t)done);
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            error = -errno;
        }
    }
    buf_clear(out);
    return error;
}

bool
output_went(int error, struct fault *fault)
{
    return error == 0 || error == -EPIPE
        || fault_set(fault, FAULT_SYSTEM, error, "standard output: %s",
                     strerror(-error));
}

bool
output_write(struct buf *out, struct fault *fault)
{
    return output_went(output_write_to(STDOUT_FILENO, out), fault);
}

bool
output_table(const struct table *table, enum output form, struct fault *fault)
{
    static void (*const forms[OUTPUTS])(const struct table *, struct buf *) = {
        [OUTPUT_TEXT] = table_render_text,
        [OUTPUT_JSON] = table_render_json,
        [OUTPUT_NONE] = table_render_text,
        [OUTPUT_BOX] = table_render_box,
        [OUTPUT_CSV] = table_render_csv,
        [OUTPUT_MARKDOWN] = table_render_markdown,
    };

    struct buf out = {0};
    forms[form](table, &out);
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    return is_written;
}

bool
output_warns_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && !(term && strcmp(term, "dumb") == 0);
}

void
output_warn(const char *format, ...)
{
    char text[2048];
    struct buf line = {0};
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    buf_add_text(&line, output_warns_terminal() ? OUTPUT_ERASE : "");
    buf_add_text(&line, "pullwhy: ");
    printable_add(&line, slice_from(text));
    buf_add_byte(&line, '\n');
    fwrite(line.data, 1, line.len, stderr);
    buf_free(&line);
}
