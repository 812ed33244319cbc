/* SPDX-License-Identifier: MIT */
/* See memory_disk.h. Descriptors are those of a table here, far from real ones. */
#include "tests/fuzz/memory_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "host/file_raw.h"

#define FILES    16
#define FD_FIRST 100000

static const uint8_t *content;
static size_t content_length;

static struct {
    bool open;
    size_t at;
} files[FILES];

void sq_memory_disk_put(const uint8_t *bytes, size_t length)
{
    content = bytes;
    content_length = length;
}

int sq_file_raw_open(const char *path, int flags, mode_t mode)
{
    (void)path;
    (void)mode;
    if (content == NULL || (flags & O_ACCMODE) != O_RDONLY) {
        errno = content == NULL ? ENOENT : EROFS;
        return -1;
    }
    for (int i = 0; i < FILES; i++) {
        if (!files[i].open) {
            files[i].open = true;
            files[i].at = 0;
            return FD_FIRST + i;
        }
    }
    errno = EMFILE;
    return -1;
}

ssize_t sq_file_raw_read(int fd, void *bytes, size_t length)
{
    if (fd < FD_FIRST) {
        return 0;
    }
    int i = fd - FD_FIRST;
    sq_assert(files[i].open);
    size_t left = content_length - files[i].at;
    size_t taken = length < left ? length : left;
    memcpy(bytes, content + files[i].at, taken);
    files[i].at += taken;
    return (ssize_t)taken;
}

static int refuse(void)
{
    errno = EROFS;
    return -1;
}

ssize_t sq_file_raw_write(int fd, const void *bytes, size_t length)
{
    (void)fd;
    (void)bytes;
    (void)length;
    return refuse();
}

int sq_file_raw_chmod(int fd, mode_t mode)
{
    (void)fd;
    (void)mode;
    return refuse();
}

int sq_file_raw_fsync(int fd)
{
    (void)fd;
    return refuse();
}

int sq_file_raw_rename(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return refuse();
}

int sq_file_raw_close(int fd)
{
    sq_assert(fd >= FD_FIRST && files[fd - FD_FIRST].open);
    files[fd - FD_FIRST].open = false;
    return 0;
}

int sq_file_raw_unlink(const char *path)
{
    (void)path;
    return refuse();
}

int sq_file_raw_mkdir(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    return refuse();
}
