/* SPDX-License-Identifier: MIT */
/*
 * The seam under host/file.c and host/lines.c: the system calls that change what is stored, one
 * function each, with the system's own results and errno. Nobody else calls them; a test links
 * another file_raw.c that fails the n-th call.
 */
#ifndef SQ_HOST_FILE_RAW_H
#define SQ_HOST_FILE_RAW_H

#include <stddef.h>
#include <sys/types.h>

/* flags and mode as of open(2); close-on-exec is added. */
int sq_file_raw_open(const char *path, int flags, mode_t mode);
ssize_t sq_file_raw_read(int fd, void *bytes, size_t length);
ssize_t sq_file_raw_write(int fd, const void *bytes, size_t length);
int sq_file_raw_chmod(int fd, mode_t mode);
int sq_file_raw_fsync(int fd);
int sq_file_raw_rename(const char *from, const char *to);
int sq_file_raw_close(int fd);
int sq_file_raw_unlink(const char *path);
int sq_file_raw_mkdir(const char *path, mode_t mode);

#endif
