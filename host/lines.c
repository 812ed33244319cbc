/* SPDX-License-Identifier: MIT */
/* Lines out of one buffer: what is left of the last chunk moves to the front, then more is read. */
#include "host/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "host/file_raw.h"
#include "host/reason.h"

/* Room for the longest line with its end, and to read in large pieces. */
#define BUFFER_BYTES (4 * SQ_LINES_BYTES_MAX)

struct sq_lines {
    const char *path;
    int fd;           /* -1: of a text in memory */
    const char *rest; /* of the text: what has not been copied to the buffer */
    size_t rest_bytes;
    bool at_end;
    size_t from; /* of the line to hand out next */
    size_t to;   /* of what has been read */
    char buffer[BUFFER_BYTES];
};

static enum sq_status fail(struct sq_error *err, const char *path)
{
    int reason = errno;
    return sq_error_set(err, SQ_ENVIRONMENT, "cannot read \"%s\": %s", path,
                        sq_reason_of(reason).text);
}

enum sq_status sq_lines_open(const char *path, struct sq_lines **lines, struct sq_error *err)
{
    *lines = NULL;
    struct sq_lines *opened = sq_memory_new(1, sizeof(*opened));
    if (opened == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory to read \"%s\"", path);
    }
    opened->path = path;
    opened->fd = sq_file_raw_open(path, O_RDONLY, 0);
    if (opened->fd < 0) {
        enum sq_status status = fail(err, path);
        sq_memory_free(opened);
        return status;
    }
    *lines = opened;
    return SQ_OK;
}

enum sq_status sq_lines_open_text(const char *name, const char *text, size_t length,
                                  struct sq_lines **lines, struct sq_error *err)
{
    *lines = sq_memory_new(1, sizeof(**lines));
    if (*lines == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory to read \"%s\"", name);
    }
    (*lines)->path = name;
    (*lines)->fd = -1;
    (*lines)->rest = text;
    (*lines)->rest_bytes = length;
    return SQ_OK;
}

/* The next piece of a text in memory. */
static ssize_t copy_rest(struct sq_lines *lines, char *to, size_t room)
{
    size_t n_bytes = lines->rest_bytes < room ? lines->rest_bytes : room;
    memcpy(to, lines->rest, n_bytes);
    lines->rest += n_bytes;
    lines->rest_bytes -= n_bytes;
    return (ssize_t)n_bytes;
}

/* Reads on behind what is left, which comes to the front. */
static enum sq_status read_more(struct sq_lines *lines, struct sq_error *err)
{
    size_t left = lines->to - lines->from;
    ssize_t n_bytes;
    memmove(lines->buffer, lines->buffer + lines->from, left);
    lines->from = 0;
    lines->to = left;
    do {
        n_bytes = lines->fd < 0
                      ? copy_rest(lines, lines->buffer + left, BUFFER_BYTES - left)
                      : sq_file_raw_read(lines->fd, lines->buffer + left, BUFFER_BYTES - left);
    } while (n_bytes < 0 && errno == EINTR);
    if (n_bytes < 0) {
        return fail(err, lines->path);
    }
    lines->to += (size_t)n_bytes;
    lines->at_end = n_bytes == 0;
    return SQ_OK;
}

/* The line that ends at `end`, its LF or the end of the file, without a CR. */
static void hand_out(struct sq_lines *lines, const char *end, const char **text, size_t *length)
{
    const char *begin = lines->buffer + lines->from;
    *text = begin;
    *length = (size_t)(end - begin);
    lines->from += *length + (end < lines->buffer + lines->to);
    if (*length > 0 && end[-1] == '\r') {
        --*length;
    }
}

enum sq_status sq_lines_next(struct sq_lines *lines, const char **text, size_t *length,
                             struct sq_error *err)
{
    size_t looked = 0;
    *text = NULL;
    *length = 0;
    for (;;) {
        const char *begin = lines->buffer + lines->from;
        size_t there = lines->to - lines->from;
        const char *end = there == looked ? NULL : memchr(begin + looked, '\n', there - looked);
        bool last = end == NULL && lines->at_end;
        if (last && there == 0) {
            return SQ_OK;
        }
        end = last ? begin + there : end;
        if ((end == NULL ? there : (size_t)(end - begin)) > SQ_LINES_BYTES_MAX) {
            return sq_error_set(err, SQ_INVALID, "a line of \"%s\" is longer than %zu bytes",
                                lines->path, SQ_LINES_BYTES_MAX);
        }
        if (end != NULL) {
            hand_out(lines, end, text, length);
            return SQ_OK;
        }
        looked = there;
        enum sq_status status = read_more(lines, err);
        if (status != SQ_OK) {
            return status;
        }
    }
}

void sq_lines_close(struct sq_lines *lines)
{
    if (lines != NULL && lines->fd >= 0) {
        (void)sq_file_raw_close(lines->fd); /* only read from: nothing can be lost */
    }
    sq_memory_free(lines);
}
