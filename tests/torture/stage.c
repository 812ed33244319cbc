/* SPDX-License-Identifier: MIT */
/* See stage.h. The folder is in memory where the machine has such a disk: reports are synced. */
#include "tests/torture/stage.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.h"
#include "tests/support/file_torture.h"
#include "tests/support/memory_torture.h"

#define HANG_S          60
#define FILE_BYTES_MAX  (4 << 20)
#define TEMPORARY_BEGIN ".squall-"
#define PATH_BYTES      512

static const char fake_gnuplot[] = "#!/bin/sh\nwhile read -r line; do :; done\n"
                                   "echo '<svg viewBox=\"0 0 9 9\"><g/></svg>'\n";

static char root[PATH_BYTES];
static struct stage_outcome *shared;
static char how[64];
static size_t n_temporary;

const char *stage_trouble_name(enum stage_trouble trouble)
{
    static const char *const names[TROUBLES] = {[TROUBLE_BLOCK] = "a block",
                                                [TROUBLE_HEAP] = "every block from",
                                                [TROUBLE_CALL] = "a call",
                                                [TROUBLE_DISK] = "every call from"};
    return names[trouble];
}

/* ---- files ---- */

static struct sq_strbuf path_of(const char *folder, const char *name)
{
    struct sq_strbuf path = {0};
    sq_strbuf_add_format(&path, "%s/%s/%s", root, folder, name);
    ck_assert(!sq_strbuf_failed(&path));
    return path;
}

static void put(const char *folder, const char *name, const char *content, mode_t mode)
{
    struct sq_strbuf path = path_of(folder, name);
    if (path.length > 0 && sq_strbuf_text(&path)[path.length - 1] == '/') {
        ck_assert_int_eq(mkdir(sq_strbuf_text(&path), 0777), 0);
    } else {
        int fd = open(sq_strbuf_text(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
        ck_assert_int_eq(close(fd), 0);
    }
    sq_strbuf_clear(&path);
}

static bool get(const char *folder, const char *name, struct sq_strbuf *content)
{
    struct sq_strbuf path = path_of(folder, name);
    int fd = open(sq_strbuf_text(&path), O_RDONLY | O_CLOEXEC);
    sq_strbuf_clear(&path);
    if (fd < 0) {
        return false;
    }
    char chunk[65536];
    ssize_t n_bytes;
    while ((n_bytes = read(fd, chunk, sizeof chunk)) > 0) {
        sq_strbuf_add_bytes(content, chunk, (size_t)n_bytes);
        ck_assert_uint_lt(content->length, FILE_BYTES_MAX);
    }
    (void)close(fd);
    return true;
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    (void)where;
    return remove(path);
}

static void empty_folder(const char *name)
{
    struct sq_strbuf path = path_of(name, "");
    (void)nftw(sq_strbuf_text(&path), remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    ck_assert_int_eq(mkdir(sq_strbuf_text(&path), 0777), 0);
    sq_strbuf_clear(&path);
}

static int count_temporary(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    n_temporary += strncmp(path + where->base, TEMPORARY_BEGIN, strlen(TEMPORARY_BEGIN)) == 0;
    return 0;
}

void stage_open(void)
{
    struct stat found;
    bool in_memory = stat("/dev/shm", &found) == 0 && access("/dev/shm", W_OK) == 0;
    (void)snprintf(root, sizeof root, "%s/squall-torture-XXXXXX", in_memory ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(root));
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    empty_folder("bin");
    put("bin", "gnuplot", fake_gnuplot, 0777);
    empty_folder("said");
}

void stage_close(void)
{
    (void)nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    (void)munmap(shared, sizeof *shared);
}

static void set_scene(const struct story *story)
{
    empty_folder("work");
    for (size_t i = 0; i < STORY_FILES_MAX && story->files[i].name != NULL; i++) {
        put("work", story->files[i].name, story->files[i].content, 0666);
    }
    for (size_t i = 0; story->replaces && story->outputs[i] != NULL; i++) {
        put("work", story->outputs[i], OLD_CONTENT, 0666);
    }
}

/* ---- the process that plays ---- */

static void redirect(int fd, const char *name)
{
    struct sq_strbuf path = path_of("said", name);
    int opened = open(sq_strbuf_text(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (opened < 0 || dup2(opened, fd) != fd) {
        _exit(99);
    }
    (void)close(opened);
    sq_strbuf_clear(&path);
}

static size_t open_files(void)
{
    size_t n_files = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL) {
        n_files++;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return n_files;
}

static void take_place(const struct story *story)
{
    struct sq_strbuf work = path_of("work", "");
    struct sq_strbuf bin = path_of("bin", "");
    if (chdir(sq_strbuf_text(&work)) != 0 ||
        setenv("PATH", story->gnuplot ? sq_strbuf_text(&bin) : "/nonexistent", 1) != 0) {
        _exit(99);
    }
    (void)unsetenv("COLUMNS");
    sq_strbuf_clear(&work);
    sq_strbuf_clear(&bin);
    redirect(STDOUT_FILENO, "out");
    redirect(STDERR_FILENO, "err");
    (void)alarm(HANG_S);
}

static void arm(const struct stage_order *order)
{
    size_t nth = order->nth;
    sq_memory_torture_fail(order->trouble == TROUBLE_BLOCK ? nth : 0);
    sq_file_torture_fail(order->trouble == TROUBLE_CALL ? nth : 0, order->error_number);
    if (order->trouble == TROUBLE_HEAP && nth > 0) {
        sq_memory_torture_fail_from(nth);
    }
    if (order->trouble == TROUBLE_DISK && nth > 0) {
        sq_file_torture_fail_from(nth, order->error_number);
    }
}

#ifdef SQ_COVERAGE
void __gcov_dump(void); /* gcc's: writes down the counts, which _exit would forget */
#endif

/* Without the goodbyes of the process it was forked from. */
_Noreturn static void leave(void)
{
#ifdef SQ_COVERAGE
    __gcov_dump();
#endif
    _exit(0);
}

_Noreturn static void play(const struct stage_order *order)
{
    static char program[] = "squall";
    char *words[STORY_WORDS_MAX + 2] = {program};
    int n_words = 1;
    while (order->story->words[n_words - 1] != NULL) {
        words[n_words] = (char *)order->story->words[n_words - 1];
        n_words++;
    }
    take_place(order->story);
    size_t blocks = sq_memory_torture_live();
    size_t files = open_files();
    arm(order);
    shared->code = sq_program(n_words, words);
    shared->requests[TROUBLE_BLOCK] = sq_memory_torture_requests();
    shared->requests[TROUBLE_HEAP] = sq_memory_torture_requests();
    shared->requests[TROUBLE_CALL] = sq_file_torture_requests();
    shared->requests[TROUBLE_DISK] = sq_file_torture_requests();
    shared->refused = sq_memory_torture_refused() + sq_file_torture_refused();
    shared->refused_message = sq_file_torture_refused_message();
    shared->blocks_lost = sq_memory_torture_live() - blocks;
    shared->files_lost = open_files() - files;
    shared->returned = true;
    leave();
}

static void note_how(int status)
{
    if (WIFSIGNALED(status)) {
        (void)snprintf(how, sizeof how, "signal %d%s", WTERMSIG(status),
                       WTERMSIG(status) == SIGALRM ? " (it hung)" : "");
    } else {
        (void)snprintf(how, sizeof how, "exit code %d", WEXITSTATUS(status));
    }
}

void stage_play(const struct stage_order *order, struct stage_outcome *outcome)
{
    set_scene(order->story);
    *shared = (struct stage_outcome){0};
    (void)fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        play(order);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    note_how(status);
    *outcome = *shared;
    struct sq_strbuf work = path_of("work", "");
    n_temporary = 0;
    ck_assert_int_eq(nftw(sq_strbuf_text(&work), count_temporary, 8, FTW_PHYS), 0);
    sq_strbuf_clear(&work);
}

const char *stage_how(void)
{
    return how;
}

bool stage_output(const char *name, struct sq_strbuf *content)
{
    return get("work", name, content);
}

void stage_said(struct sq_strbuf *output, struct sq_strbuf *errors)
{
    ck_assert(get("said", "out", output));
    ck_assert(get("said", "err", errors));
}

size_t stage_temporary_files(void)
{
    return n_temporary;
}
