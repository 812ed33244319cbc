/* SPDX-License-Identifier: MIT */
/*
 * The C library's constant descriptions, first letter made small.
 */
#include "host/reason.h"

#include <stddef.h>
#include <string.h>

struct sq_reason sq_reason_of(int error_number)
{
    struct sq_reason reason = {0};
    const char *description = strerrordesc_np(error_number);
    if (description == NULL) {
        description = "unknown reason";
    }
    for (size_t i = 0; i + 1 < sizeof(reason.text) && description[i] != '\0'; i++) {
        reason.text[i] = description[i];
    }
    char first = reason.text[0];
    char second = reason.text[1];
    /* "RPC struct is bad" keeps its capitals. */
    if (first >= 'A' && first <= 'Z' && !(second >= 'A' && second <= 'Z')) {
        reason.text[0] = (char)(first - 'A' + 'a');
    }
    return reason;
}
