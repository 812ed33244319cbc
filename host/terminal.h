/* SPDX-License-Identifier: MIT */
/*
 * What is known of the terminal behind a descriptor, if there is one. Never writes to it.
 */
#ifndef SQ_HOST_TERMINAL_H
#define SQ_HOST_TERMINAL_H

#include <stdbool.h>

#define SQ_TERMINAL_COLUMNS_DEFAULT 80 /* where nobody says how wide it is */

bool sq_terminal_is(int fd);
/* Its width in columns, or the default when it is no terminal or does not know. */
int sq_terminal_columns(int fd);

#endif
