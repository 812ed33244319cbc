/* SPDX-License-Identifier: MIT */
/*
 * The real system calls; nothing is decided here. A test links tests/support/file_torture.c in its
 * place.
 */
#include "host/file_raw.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int sq_file_raw_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags | O_CLOEXEC, mode);
}

ssize_t sq_file_raw_read(int fd, void *bytes, size_t length)
{
    return read(fd, bytes, length);
}

ssize_t sq_file_raw_write(int fd, const void *bytes, size_t length)
{
    return write(fd, bytes, length);
}

int sq_file_raw_chmod(int fd, mode_t mode)
{
    return fchmod(fd, mode);
}

int sq_file_raw_fsync(int fd)
{
    return fsync(fd);
}

int sq_file_raw_rename(const char *from, const char *to)
{
    return rename(from, to);
}

int sq_file_raw_close(int fd)
{
    return close(fd);
}

int sq_file_raw_unlink(const char *path)
{
    return unlink(path);
}

int sq_file_raw_mkdir(const char *path, mode_t mode)
{
    return mkdir(path, mode);
}
