/* SPDX-License-Identifier: MIT */
/* The three header names of policies/engine.h. */
#include "sim/hints.h"

#include <stdbool.h>
#include <string.h>

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool same_name(const char *name, const char *wanted)
{
    while (*name != '\0' && lower(*name) == *wanted) {
        name++;
        wanted++;
    }
    return *name == '\0' && *wanted == '\0';
}

void sq_hints_take_header(struct sq_hints *hints, const char *name, const char *value)
{
    char *place = same_name(name, "retry-after")      ? hints->retry_after
                  : same_name(name, "retry-after-ms") ? hints->retry_after_ms
                  : same_name(name, "x-should-retry") ? hints->should_retry
                                                      : NULL;
    size_t length = strlen(value);
    if (place != NULL && length < SQ_HINT_TEXT_BYTES) {
        memcpy(place, value, length + 1);
    }
}
