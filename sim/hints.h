/* SPDX-License-Identifier: MIT */
/* Picks the headers that are hints out of an answer's headers, whichever clock brought them. */
#ifndef SQ_SIM_HINTS_H
#define SQ_SIM_HINTS_H

#include "policies/engine.h"

/* Keeps the header when it is a hint (names without regard to case); one that is too long to be one
 * is dropped. */
void sq_hints_take_header(struct sq_hints *hints, const char *name, const char *value);

#endif
