/* SPDX-License-Identifier: MIT */
/*
 * Files as wholes: read one, write one, or stream to an open descriptor with every error noticed.
 * All output of the program goes through here. Errors name the path and the reason, never leave a
 * partial file behind, and are SQ_ENVIRONMENT unless said otherwise.
 */
#ifndef SQ_HOST_FILE_H
#define SQ_HOST_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

#define SQ_FILE_INPUT_MAX_BYTES     ((size_t)64 << 20) /* of a scenario or policy */
#define SQ_FILE_WRITER_BUFFER_BYTES 16384

/* Adds the whole file to *content, at most limit_bytes. path "-" is standard input. SQ_INVALID when
 * it is larger, SQ_NO_MEMORY; on any failure what *content holds is of no use. */
SQ_MUST_USE enum sq_status sq_file_read(const char *path, size_t limit_bytes,
                                        struct sq_strbuf *content, struct sq_error *err);

/* Puts length bytes where path says. A regular file (through symbolic links, with its permissions
 * kept) is replaced as a whole: written beside it, synced, renamed, the directory synced; readers
 * see the old or the new one. Where path names our own standard output or error, or what is no
 * regular file (terminal, pipe, device), the bytes are written straight to it. */
SQ_MUST_USE enum sq_status sq_file_write(const char *path, const void *bytes, size_t length,
                                         struct sq_error *err);

/* Whether the path leads to anything, a broken link included. */
bool sq_file_exists(const char *path);

/* Makes a folder, not those above it; one that is there already is fine. */
SQ_MUST_USE enum sq_status sq_file_make_folder(const char *path, struct sq_error *err);

/* Buffered output to a descriptor that is open already, such as standard output. A failure is
 * sticky: later additions do nothing, sq_file_writer_finish reports it. Zero-initialise through
 * sq_file_writer_init; owns nothing. */
struct sq_file_writer {
    int fd;
    const char *name; /* for errors, such as "standard output"; the caller's, must outlive it */
    int error_number; /* why a write failed, or 0 */
    size_t used;
    char buffer[SQ_FILE_WRITER_BUFFER_BYTES];
};

void sq_file_writer_init(struct sq_file_writer *writer, int fd, const char *name);
void sq_file_writer_add(struct sq_file_writer *writer, const void *bytes, size_t length);
void sq_file_writer_add_text(struct sq_file_writer *writer, const char *text);
/* Remembers that something could not be added because there was no memory to make it: from here on
 * the output is not whole, which sq_file_writer_finish reports. */
void sq_file_writer_lose(struct sq_file_writer *writer);
/* Hands everything to the system now. */
void sq_file_writer_flush(struct sq_file_writer *writer);
/* Flushes and says whether every byte since the start was taken. Does not close; more may follow.
 */
SQ_MUST_USE enum sq_status sq_file_writer_finish(struct sq_file_writer *writer,
                                                 struct sq_error *err);

/* Puts something on each of the descriptors 0, 1 and 2 that is closed, so that no file opened later
 * is taken for standard output. Writing there still fails. Once, at the start of the program. */
void sq_file_claim_standard(void);

#endif
