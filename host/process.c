/* SPDX-License-Identifier: MIT */
/* posix_spawn without pipes, and a pidfd. */
#include "host/process.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"
#include "host/reason.h"

static enum sq_status fail(const char *program, int reason, struct sq_error *err)
{
    if (reason == ENOMEM) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory to run \"%s\"", program);
    }
    sq_error_set(err, SQ_ENVIRONMENT, "cannot run \"%s\": %s", program, sq_reason_of(reason).text);
    if (reason == ENOENT && err != NULL) {
        return sq_error_hint(err, "install it, or add its folder to PATH");
    }
    return SQ_ENVIRONMENT;
}

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return length == strcspn(b, "=") && memcmp(a, b, length) == 0;
}

static bool is_added(const char *variable, const char *const *additions, size_t n_additions)
{
    for (size_t i = 0; i < n_additions; i++) {
        if (same_name(variable, additions[i])) {
            return true;
        }
    }
    return false;
}

/* Our environment with the additions; the texts stay where they are. NULL when out of memory. */
static const char **new_environment(const char *const *additions, size_t n_additions)
{
    size_t n_ours = 0;
    while (environ[n_ours] != NULL) {
        n_ours++;
    }
    const char **variables = sq_memory_new(n_ours + n_additions + 1, sizeof *variables);
    size_t n = 0;
    for (size_t i = 0; variables != NULL && i < n_ours; i++) {
        if (!is_added(environ[i], additions, n_additions)) {
            variables[n++] = environ[i];
        }
    }
    for (size_t i = 0; variables != NULL && i < n_additions; i++) {
        variables[n++] = additions[i];
    }
    return variables;
}

/* No signal blocked or ignored: neither our signalfd nor our SIGPIPE is its business. */
static int fill_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int failure =
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (failure == 0) {
        failure = posix_spawnattr_setsigmask(attributes, &none);
    }
    if (failure == 0) {
        failure = posix_spawnattr_setsigdefault(attributes, &all);
    }
    return failure;
}

static int spawn(const char *const *argv, const char *const *variables, pid_t *process)
{
    posix_spawnattr_t attributes;
    int failure = posix_spawnattr_init(&attributes);
    if (failure != 0) {
        return failure;
    }
    failure = fill_attributes(&attributes);
    if (failure == 0) {
        /* POSIX: the arguments are not changed, the missing const is history. */
        failure = posix_spawnp(process, argv[0], NULL, &attributes, (char *const *)argv,
                               (char *const *)variables);
    }
    posix_spawnattr_destroy(&attributes);
    return failure;
}

static int reap(pid_t process)
{
    int wait_status = 0;
    pid_t reaped;
    do {
        reaped = waitpid(process, &wait_status, 0);
    } while (reaped < 0 && errno == EINTR);
    sq_assert(reaped == process);
    return wait_status;
}

enum sq_status sq_process_start(const char *const *argv, const char *const *additions,
                                size_t n_additions, struct sq_process *process,
                                struct sq_error *err)
{
    const char **variables = new_environment(additions, n_additions);
    pid_t id = 0;
    int failure = variables == NULL ? ENOMEM : spawn(argv, variables, &id);
    sq_memory_free((void *)variables);
    if (failure != 0) {
        return fail(argv[0], failure, err);
    }
    int ended_fd = pidfd_open(id, 0);
    if (ended_fd < 0) {
        int reason = errno;
        (void)kill(id, SIGKILL);
        (void)reap(id);
        return fail(argv[0], reason, err);
    }
    *process = (struct sq_process){.id = id, .ended_fd = ended_fd};
    return SQ_OK;
}

void sq_process_signal(const struct sq_process *process, int signal_number)
{
    sq_assert(process->id > 0);
    (void)kill(process->id, signal_number); /* one that has just ended is a zombie of ours: safe */
}

void sq_process_wait(struct sq_process *process, struct sq_process_end *end)
{
    sq_assert(process->id > 0);
    int wait_status = reap(process->id);
    bool exited = WIFEXITED(wait_status);
    *end = (struct sq_process_end){
        .ending = exited ? SQ_CHILD_EXITED : SQ_CHILD_SIGNALED,
        .exit_code = exited ? WEXITSTATUS(wait_status) : -1,
        .signal_number = exited ? 0 : WTERMSIG(wait_status),
    };
    close(process->ended_fd);
    *process = (struct sq_process){.ended_fd = -1};
}
