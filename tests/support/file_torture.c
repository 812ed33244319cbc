/* SPDX-License-Identifier: MIT */
/* A disk that can fail; see the header. */
#include "tests/support/file_torture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file_raw.h"

static atomic_size_t requests;
static atomic_size_t refused;
static atomic_bool refused_message;
static size_t fail_at;
static size_t fail_last;
static int fail_with;
static size_t write_limit;

void sq_file_torture_fail(size_t nth, int error_number)
{
    requests = 0;
    refused = 0;
    refused_message = false;
    fail_at = nth;
    fail_last = nth;
    fail_with = error_number;
}

void sq_file_torture_fail_from(size_t nth, int error_number)
{
    sq_file_torture_fail(nth, error_number);
    fail_last = SIZE_MAX;
}

void sq_file_torture_limit_writes(size_t bytes)
{
    write_limit = bytes;
}

size_t sq_file_torture_requests(void)
{
    return requests;
}

size_t sq_file_torture_refused(void)
{
    return refused;
}

bool sq_file_torture_refused_message(void)
{
    return refused_message;
}

static bool is_refused(void)
{
    size_t request = atomic_fetch_add(&requests, 1) + 1;
    if (fail_at == 0 || request < fail_at || request > fail_last) {
        return false;
    }
    refused++;
    errno = fail_with;
    return true;
}

int sq_file_raw_open(const char *path, int flags, mode_t mode)
{
    return is_refused() ? -1 : open(path, flags | O_CLOEXEC, mode);
}

ssize_t sq_file_raw_read(int fd, void *bytes, size_t length)
{
    return is_refused() ? -1 : read(fd, bytes, length);
}

ssize_t sq_file_raw_write(int fd, const void *bytes, size_t length)
{
    size_t taken = write_limit > 0 && length > write_limit ? write_limit : length;
    if (is_refused()) {
        refused_message = refused_message || fd == STDERR_FILENO;
        return -1;
    }
    return write(fd, bytes, taken);
}

int sq_file_raw_chmod(int fd, mode_t mode)
{
    return is_refused() ? -1 : fchmod(fd, mode);
}

int sq_file_raw_fsync(int fd)
{
    return is_refused() ? -1 : fsync(fd);
}

int sq_file_raw_rename(const char *from, const char *to)
{
    return is_refused() ? -1 : rename(from, to);
}

int sq_file_raw_close(int fd)
{
    int result = close(fd);
    return is_refused() ? -1 : result;
}

int sq_file_raw_unlink(const char *path)
{
    return is_refused() ? -1 : unlink(path);
}

int sq_file_raw_mkdir(const char *path, mode_t mode)
{
    return is_refused() ? -1 : mkdir(path, mode);
}
