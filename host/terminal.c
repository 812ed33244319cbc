/* SPDX-License-Identifier: MIT */
/*
 * isatty and TIOCGWINSZ.
 */
#include "host/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool sq_terminal_is(int fd)
{
    return isatty(fd) == 1;
}

int sq_terminal_columns(int fd)
{
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return SQ_TERMINAL_COLUMNS_DEFAULT;
    }
    return size.ws_col;
}
