/* SPDX-License-Identifier: MIT */
/* See sse.h. */
#include "wire/sse.h"

#include <string.h>

static size_t line_end(const char *bytes, size_t at, size_t length)
{
    while (at < length && bytes[at] != '\n' && bytes[at] != '\r') {
        at++;
    }
    return at;
}

/* Reader */

static void add_data_line(struct sq_sse_reader *reader, const char *value, size_t length)
{
    if (reader->data.length + length + 1 > SQ_SSE_EVENT_BYTES_MAX) {
        reader->too_long = true;
        return;
    }
    if (reader->has_data) {
        sq_strbuf_add_char(&reader->data, '\n');
    }
    sq_strbuf_add_bytes(&reader->data, value, length);
    reader->has_data = true;
}

static void take_field(struct sq_sse_reader *reader, const char *line, size_t length)
{
    const char *colon = length > 0 ? memchr(line, ':', length) : NULL;
    size_t name_length = colon != NULL ? (size_t)(colon - line) : length;
    const char *value = colon != NULL ? colon + 1 : line + length;
    size_t value_length = (size_t)(line + length - value);
    if (value_length > 0 && *value == ' ') {
        value++;
        value_length--;
    }
    if (name_length == 4 && memcmp(line, "data", 4) == 0) {
        add_data_line(reader, value, value_length);
    } else if (name_length == 5 && memcmp(line, "event", 5) == 0) {
        sq_strbuf_reset(&reader->name);
        sq_strbuf_add_bytes(&reader->name, value, value_length);
    }
}

/* The line is complete. True when it was the blank one that ends an event. */
static bool take_line(struct sq_sse_reader *reader)
{
    const char *line = sq_strbuf_text(&reader->line);
    size_t length = reader->line.length;
    if (!reader->begun && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        length -= 3;
    }
    reader->begun = true;
    if (length > 0) {
        take_field(reader, line, length);
    } else if (!reader->has_data) {
        sq_strbuf_reset(&reader->name); /* no data: the standard drops the event and its name */
    }
    bool complete = length == 0 && reader->has_data;
    sq_strbuf_reset(&reader->line);
    return complete;
}

static bool out_of_memory(const struct sq_sse_reader *reader)
{
    return sq_strbuf_failed(&reader->line) || sq_strbuf_failed(&reader->data) ||
           sq_strbuf_failed(&reader->name);
}

/* Moves bytes up to the next line end into the line. True when the line is complete. */
static bool read_line(struct sq_sse_reader *reader, const char *bytes, size_t length, size_t *used)
{
    if (reader->after_cr && bytes[*used] == '\n') {
        ++*used;
    }
    reader->after_cr = false;
    size_t end = line_end(bytes, *used, length);
    if (reader->line.length + (end - *used) > SQ_SSE_EVENT_BYTES_MAX) {
        reader->too_long = true;
        return false;
    }
    sq_strbuf_add_bytes(&reader->line, bytes + *used, end - *used);
    *used = end;
    if (end == length) {
        return false;
    }
    reader->after_cr = bytes[end] == '\r';
    ++*used;
    return true;
}

static enum sq_sse_result deliver(struct sq_sse_reader *reader, struct sq_sse_event *event)
{
    *event = (struct sq_sse_event){.name = sq_strbuf_text(&reader->name),
                                   .name_length = reader->name.length,
                                   .data = sq_strbuf_text(&reader->data),
                                   .data_length = reader->data.length};
    reader->delivered = true;
    return SQ_SSE_EVENT;
}

static void forget_delivered(struct sq_sse_reader *reader)
{
    if (reader->delivered) {
        sq_strbuf_reset(&reader->data);
        sq_strbuf_reset(&reader->name);
        reader->has_data = false;
        reader->delivered = false;
    }
}

enum sq_sse_result sq_sse_feed(struct sq_sse_reader *reader, const char *bytes, size_t length,
                               size_t *used, struct sq_sse_event *event)
{
    forget_delivered(reader);
    while (*used < length && !reader->too_long) {
        bool complete = read_line(reader, bytes, length, used);
        if (out_of_memory(reader)) {
            return SQ_SSE_NO_MEMORY;
        }
        if (complete && take_line(reader)) {
            return out_of_memory(reader) ? SQ_SSE_NO_MEMORY : deliver(reader, event);
        }
    }
    return reader->too_long ? SQ_SSE_TOO_LONG : SQ_SSE_MORE;
}

void sq_sse_clear(struct sq_sse_reader *reader)
{
    if (reader != NULL) {
        sq_strbuf_clear(&reader->line);
        sq_strbuf_clear(&reader->data);
        sq_strbuf_clear(&reader->name);
        *reader = (struct sq_sse_reader){0};
    }
}

/* Writer */

void sq_sse_write(struct sq_strbuf *out, const char *name, const char *data, size_t length)
{
    if (name != NULL) {
        sq_strbuf_add(out, "event: ");
        sq_strbuf_add(out, name);
        sq_strbuf_add_char(out, '\n');
    }
    size_t at = 0;
    for (;;) {
        size_t end = line_end(data, at, length);
        sq_strbuf_add(out, "data: ");
        sq_strbuf_add_bytes(out, data + at, end - at);
        sq_strbuf_add_char(out, '\n');
        if (end == length) {
            break;
        }
        bool crlf = data[end] == '\r' && end + 1 < length && data[end + 1] == '\n';
        at = end + (crlf ? 2 : 1);
    }
    sq_strbuf_add_char(out, '\n');
}

void sq_sse_write_comment(struct sq_strbuf *out, const char *text)
{
    sq_strbuf_add(out, ": ");
    sq_strbuf_add(out, text);
    sq_strbuf_add(out, "\n\n");
}
