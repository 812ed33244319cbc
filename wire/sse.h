/* SPDX-License-Identifier: MIT */
/*
 * Server-sent events, both ways, by the rules of the WHATWG HTML standard (section 9.2.6): lines
 * end with CR, LF or CRLF; a line that begins with a colon is a comment; data lines of one event
 * are joined with LF; one space after the colon is dropped; an event without data is none; what
 * follows the last blank line is no event. One byte order mark at the start is skipped.
 *
 * The fields `id` and `retry` are read and dropped: no LLM API uses them. Bytes are handed on as
 * they came; whether they are UTF-8 is for the JSON reader to say.
 *
 * Chunks of any size may be fed, down to single bytes; the events are the same:
 *
 *     size_t used = 0;
 *     while (sq_sse_feed(&reader, bytes, length, &used, &event) == SQ_SSE_EVENT) {
 *         ... event.data ...
 *     }
 */
#ifndef SQ_WIRE_SSE_H
#define SQ_WIRE_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Bytes of one event's data, and of one line. The largest known are tool calls of some 100 KiB. */
#define SQ_SSE_EVENT_BYTES_MAX ((size_t)1024 * 1024)

enum sq_sse_result {
    SQ_SSE_MORE,     /* everything is used; feed the next chunk */
    SQ_SSE_EVENT,    /* *event is filled; call again with the same chunk */
    SQ_SSE_TOO_LONG, /* an event over the limit; the reader stays in this state */
    SQ_SSE_NO_MEMORY
};

/* Valid until the next feed or clear. Both are NUL-terminated. */
struct sq_sse_event {
    const char *name; /* "" when the event has none: then it is a "message" */
    size_t name_length;
    const char *data;
    size_t data_length;
};

/* A zeroed reader is ready. Its memory grows to the longest event and stays. */
struct sq_sse_reader {
    struct sq_strbuf line;
    struct sq_strbuf data;
    struct sq_strbuf name;
    bool has_data;  /* a data line came since the last event */
    bool delivered; /* data and name belong to the event handed out last */
    bool after_cr;  /* an LF that comes next belongs to the CR before it */
    bool begun;     /* the first line is complete: no byte order mark any more */
    bool too_long;
};

/* Reads from bytes[*used..length) and advances *used. */
enum sq_sse_result sq_sse_feed(struct sq_sse_reader *reader, const char *bytes, size_t length,
                               size_t *used, struct sq_sse_event *event);
void sq_sse_clear(struct sq_sse_reader *reader); /* accepts a zeroed reader and NULL */

/* One event: name may be NULL; data is split into data lines at its line ends. */
void sq_sse_write(struct sq_strbuf *out, const char *name, const char *data, size_t length);
/* A comment line and the blank line after it: ": text". text holds no line end. */
void sq_sse_write_comment(struct sq_strbuf *out, const char *text);

#endif
