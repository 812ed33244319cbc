/* SPDX-License-Identifier: MIT */
/*
 * Errors are filled in place and never allocate: being out of memory must still be sayable. Text is
 * built aside and copied at the end, so that a cause can be quoted from the very error it goes
 * into.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"

enum sq_status sq_error_set(struct sq_error *err, enum sq_status status, const char *format, ...)
{
    sq_assert(status != SQ_OK);
    if (err == NULL) {
        return status;
    }
    struct sq_error filled = {.status = status};
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(filled.text, sizeof filled.text, format, arguments);
    va_end(arguments);
    *err = filled;
    return status;
}

enum sq_status sq_error_hint(struct sq_error *err, const char *format, ...)
{
    sq_assert(err != NULL);
    sq_assert(err->status != SQ_OK);
    char hint[SQ_ERROR_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(hint, sizeof hint, format, arguments);
    va_end(arguments);
    memcpy(err->hint, hint, sizeof hint);
    return err->status;
}
