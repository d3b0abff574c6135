/* SPDX-License-Identifier: Apache-2.0 */
#include "app/pager.h"

#include "app/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool
fits(const struct buf *out)
{
    struct winsize size;
    size_t lines = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) {
        return true;
    }
    for (size_t i = 0; i < out->len; i++) {
        lines += out->data[i] == '\n';
    }
    return lines < size.ws_row;
}

/* $PAGER is the user's own command, so the shell may have it. */
bool
pager_write(const struct app *app, struct buf *out, struct fault *fault)
{
    const char *pager = getenv("PAGER");
    if (!pager) {
        pager = "less";
    }
    if (!app->surroundings.is_terminal || pager[0] == '\0'
        || strcmp(pager, "cat") == 0 || fits(out)) {
        return output_write(out, fault);
    }
    /* Colours as they are, nothing cleared, no waiting where all fits. */
    (void)setenv("LESS", "FRX", 0);
    (void)setenv("LESSCHARSET", "utf-8", 0);
    FILE *pipe = popen(pager, "w"); /* NOLINT(cert-env33-c) */
    if (!pipe) {
        return output_write(out, fault);
    }
    (void)output_write_to(fileno(pipe), out);
    if (pclose(pipe) == 127 << 8) {
        output_warn("PAGER: %s cannot be run; set it to nothing for none",
                    pager);
    }
    return true;
}
