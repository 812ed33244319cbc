/* SPDX-License-Identifier: MIT */
/*
 * Whole files. What is stored changes through host/file_raw.h only; looking (stat, realpath) is
 * done here. A helper that fails leaves its reason in errno, the public functions make the
 * sentence.
 */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file_raw.h"
#include "host/reason.h"

#define READ_CHUNK_BYTES 65536
/* Leftovers of crashed processes with our number that we step over before giving up. */
#define TEMPORARY_NAMES_MAX 100

struct replacement {
    char target[PATH_MAX];      /* where it goes, symbolic links followed */
    struct sq_strbuf directory; /* that holds it */
    struct sq_strbuf temporary; /* beside it */
    bool created;               /* the temporary file exists */
    bool has_mode;              /* there is an old file, with this mode */
    mode_t mode;
};

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

static enum sq_status fail(struct sq_error *err, const char *what, const char *path)
{
    int reason = errno;
    return sq_error_set(err, reason == ENOMEM ? SQ_NO_MEMORY : SQ_ENVIRONMENT,
                        "cannot %s \"%s\": %s", what, path, sq_reason_of(reason).text);
}

static void close_quietly(int fd)
{
    int reason = errno;
    (void)sq_file_raw_close(fd); /* something worse is being reported already */
    errno = reason;
}

/* ---- reading ---- */

static ssize_t read_some(int fd, char *chunk)
{
    ssize_t n_bytes = 0;
    do {
        n_bytes = sq_file_raw_read(fd, chunk, READ_CHUNK_BYTES);
    } while (n_bytes < 0 && errno == EINTR);
    return n_bytes;
}

static enum sq_status read_all(int fd, const char *path, size_t limit_bytes,
                               struct sq_strbuf *content, struct sq_error *err)
{
    char chunk[READ_CHUNK_BYTES];
    size_t left = limit_bytes;
    for (;;) {
        ssize_t n_bytes = read_some(fd, chunk);
        if (n_bytes < 0) {
            return fail(err, "read", path);
        }
        if (n_bytes == 0) {
            return SQ_OK;
        }
        if ((size_t)n_bytes > left) {
            return sq_error_set(err, SQ_INVALID, "\"%s\" is larger than %zu bytes, the limit", path,
                                limit_bytes);
        }
        left -= (size_t)n_bytes;
        sq_strbuf_add_bytes(content, chunk, (size_t)n_bytes);
        if (sq_strbuf_failed(content)) {
            return sq_error_set(err, SQ_NO_MEMORY, "no memory to read \"%s\"", path);
        }
    }
}

enum sq_status sq_file_read(const char *path, size_t limit_bytes, struct sq_strbuf *content,
                            struct sq_error *err)
{
    if (is_standard_input(path)) {
        return read_all(STDIN_FILENO, "standard input", limit_bytes, content, err);
    }
    int fd = sq_file_raw_open(path, O_RDONLY, 0);
    if (fd < 0) {
        return fail(err, "read", path);
    }
    enum sq_status status = read_all(fd, path, limit_bytes, content, err);
    close_quietly(fd);
    return status;
}

/* ---- writing, whole ---- */

/* Standard output can be non-blocking because somebody who shares it made it so. */
static bool may_go_on(int fd)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    return errno == EINTR || (errno == EAGAIN && poll(&room, 1, -1) > 0);
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n_bytes = sq_file_raw_write(fd, bytes, length);
        if (n_bytes > 0) {
            bytes += n_bytes;
            length -= (size_t)n_bytes;
        } else if (n_bytes == 0) {
            errno = EIO; /* no progress and no reason: never loop on it */
            return false;
        } else if (!may_go_on(fd)) {
            return false;
        }
    }
    return true;
}

/* EINTR: Linux has closed it all the same. */
static bool close_checked(int fd)
{
    return sq_file_raw_close(fd) == 0 || errno == EINTR;
}

/* Some file systems know no sync; that is no reason to lose a report. */
static bool sync_checked(int fd)
{
    return sq_file_raw_fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

/* The directory of target, "." when it names none. */
static void find_directory(struct replacement *new_file)
{
    const char *slash = strrchr(new_file->target, '/');
    if (slash == NULL) {
        sq_strbuf_add(&new_file->directory, ".");
        return;
    }
    size_t length = (size_t)(slash - new_file->target);
    sq_strbuf_add_bytes(&new_file->directory, new_file->target, length == 0 ? 1 : length);
}

/* old is NULL when nothing is there yet. */
static bool plan_replacement(struct replacement *new_file, const char *path, const struct stat *old)
{
    if (old != NULL) {
        new_file->has_mode = true;
        new_file->mode = old->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
        /* Renaming would go round the write protection of the file itself. */
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 ||
            realpath(path, new_file->target) == NULL) {
            return false;
        }
    } else {
        size_t length = strlen(path);
        if (length >= sizeof(new_file->target)) {
            errno = ENAMETOOLONG;
            return false;
        }
        memcpy(new_file->target, path, length + 1);
    }
    find_directory(new_file);
    return true;
}

static int open_temporary(struct replacement *new_file)
{
    for (int i_name = 0; i_name < TEMPORARY_NAMES_MAX; i_name++) {
        sq_strbuf_reset(&new_file->temporary);
        sq_strbuf_add_format(&new_file->temporary, "%s/.squall-%ld-%d.tmp",
                             sq_strbuf_text(&new_file->directory), (long)getpid(), i_name);
        if (sq_strbuf_failed(&new_file->directory) || sq_strbuf_failed(&new_file->temporary)) {
            errno = ENOMEM;
            return -1;
        }
        int fd = sq_file_raw_open(sq_strbuf_text(&new_file->temporary), O_WRONLY | O_CREAT | O_EXCL,
                                  0666);
        if (fd >= 0 || errno != EEXIST) {
            new_file->created = fd >= 0;
            return fd;
        }
    }
    return -1;
}

static bool fill_temporary(struct replacement *new_file, const void *bytes, size_t length)
{
    int fd = open_temporary(new_file);
    if (fd < 0) {
        return false;
    }
    if ((new_file->has_mode && sq_file_raw_chmod(fd, new_file->mode) != 0) ||
        !write_all(fd, bytes, length) || !sync_checked(fd)) {
        close_quietly(fd);
        return false;
    }
    return close_checked(fd);
}

/* The rename itself must survive a power cut. A directory that cannot be opened for reading cannot
 * be synced; the file is whole nevertheless. */
static bool sync_directory(const char *directory)
{
    int fd = sq_file_raw_open(directory, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
        return errno == EACCES;
    }
    bool synced = sync_checked(fd);
    close_quietly(fd);
    return synced;
}

static bool put_in_place(struct replacement *new_file)
{
    if (sq_file_raw_rename(sq_strbuf_text(&new_file->temporary), new_file->target) != 0) {
        return false;
    }
    new_file->created = false;
    return sync_directory(sq_strbuf_text(&new_file->directory));
}

static bool replace_file(const char *path, const struct stat *old, const void *bytes, size_t length)
{
    struct replacement new_file = {0};
    bool replaced = plan_replacement(&new_file, path, old) &&
                    fill_temporary(&new_file, bytes, length) && put_in_place(&new_file);
    int reason = errno;
    if (new_file.created) {
        (void)sq_file_raw_unlink(sq_strbuf_text(&new_file.temporary));
    }
    sq_strbuf_clear(&new_file.directory);
    sq_strbuf_clear(&new_file.temporary);
    errno = reason;
    return replaced;
}

static bool write_special(const char *path, const void *bytes, size_t length)
{
    int fd = sq_file_raw_open(path, O_WRONLY | O_NOCTTY, 0);
    if (fd < 0) {
        return false;
    }
    if (!write_all(fd, bytes, length)) {
        close_quietly(fd);
        return false;
    }
    return close_checked(fd);
}

static bool is_same_file(int fd, const struct stat *other)
{
    struct stat own;
    return fstat(fd, &own) == 0 && own.st_dev == other->st_dev && own.st_ino == other->st_ino;
}

/* Writes into what exists under path. */
static bool write_over(const char *path, const struct stat *old, const void *bytes, size_t length)
{
    /* "/dev/stdout" with standard output sent to a file: that file must not be replaced under us.
     */
    if (is_same_file(STDOUT_FILENO, old)) {
        return write_all(STDOUT_FILENO, bytes, length);
    }
    if (is_same_file(STDERR_FILENO, old)) {
        return write_all(STDERR_FILENO, bytes, length);
    }
    if (S_ISDIR(old->st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (!S_ISREG(old->st_mode)) {
        return write_special(path, bytes, length);
    }
    return replace_file(path, old, bytes, length);
}

/* A link to nothing, such as /dev/stdout when that is closed: renaming would replace the link. */
static bool is_dangling(const char *path)
{
    struct stat link;
    return lstat(path, &link) == 0;
}

static bool write_path(const char *path, const void *bytes, size_t length)
{
    struct stat old;
    if (stat(path, &old) == 0) {
        return write_over(path, &old, bytes, length);
    }
    if (errno != ENOENT) {
        return false;
    }
    if (is_dangling(path)) {
        errno = ENOENT;
        return false;
    }
    return replace_file(path, NULL, bytes, length);
}

enum sq_status sq_file_write(const char *path, const void *bytes, size_t length,
                             struct sq_error *err)
{
    if (write_path(path, bytes, length)) {
        return SQ_OK;
    }
    int reason = errno;
    enum sq_status status = fail(err, "write", path);
    if (reason == ENOENT && err != NULL) {
        sq_error_hint(err, "create its directory first");
    }
    return status;
}

/* ---- folders ---- */

bool sq_file_exists(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

enum sq_status sq_file_make_folder(const char *path, struct sq_error *err)
{
    struct stat found;
    if (sq_file_raw_mkdir(path, 0777) == 0) {
        return SQ_OK;
    }
    int reason = errno;
    if (reason == EEXIST && stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
        return SQ_OK;
    }
    errno = reason;
    return fail(err, "make the folder", path);
}

/* ---- writing, as a stream ---- */

void sq_file_writer_init(struct sq_file_writer *writer, int fd, const char *name)
{
    writer->fd = fd;
    writer->name = name;
    writer->error_number = 0;
    writer->used = 0;
}

static void write_out(struct sq_file_writer *writer, const void *bytes, size_t length)
{
    if (writer->error_number == 0 && !write_all(writer->fd, bytes, length)) {
        writer->error_number = errno;
    }
}

void sq_file_writer_flush(struct sq_file_writer *writer)
{
    write_out(writer, writer->buffer, writer->used);
    writer->used = 0;
}

void sq_file_writer_add(struct sq_file_writer *writer, const void *bytes, size_t length)
{
    if (length > sizeof(writer->buffer) - writer->used) {
        sq_file_writer_flush(writer);
    }
    if (length > sizeof(writer->buffer)) {
        write_out(writer, bytes, length);
        return;
    }
    memcpy(writer->buffer + writer->used, bytes, length);
    writer->used += length;
}

void sq_file_writer_add_text(struct sq_file_writer *writer, const char *text)
{
    sq_file_writer_add(writer, text, strlen(text));
}

void sq_file_writer_lose(struct sq_file_writer *writer)
{
    sq_file_writer_flush(writer);
    if (writer->error_number == 0) {
        writer->error_number = ENOMEM;
    }
}

enum sq_status sq_file_writer_finish(struct sq_file_writer *writer, struct sq_error *err)
{
    sq_file_writer_flush(writer);
    if (writer->error_number == 0) {
        return SQ_OK;
    }
    return sq_error_set(err, SQ_ENVIRONMENT, "cannot write to %s: %s", writer->name,
                        sq_reason_of(writer->error_number).text);
}

void sq_file_claim_standard(void)
{
    /* open takes the lowest free descriptor, so going up fills each hole with its own number. */
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)open("/dev/null", O_RDONLY | O_CLOEXEC);
        }
    }
}
