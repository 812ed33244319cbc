/* SPDX-License-Identifier: MIT */
/*
 * posix_spawn, three pipes and a pidfd. One loop feeds and drains the pipes until the child has
 * ended or its time is over; what it printed before its end is in the pipes by then.
 */
#include "host/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "host/clock.h"
#include "host/reason.h"

#define N_STANDARD       3 /* standard input, output and error: also their numbers */
#define READ_CHUNK_BYTES 16384
#define DEFAULT_PATH     "/usr/local/bin:/bin:/usr/bin"

struct child_run {
    const struct sq_child_order *order;
    struct sq_child_result *result;
    size_t n_written;       /* of the input */
    int ours[N_STANDARD];   /* our ends of the pipes; -1 when closed */
    int theirs[N_STANDARD]; /* the child's ends */
    pid_t process;          /* also its process group */
    int ended_fd;           /* readable when it has ended */
    int64_t deadline_ns;    /* real time */
};

static enum sq_status fail(struct sq_error *err, const struct child_run *run, int reason)
{
    const char *program = run->order->argv[0];
    sq_error_set(err, reason == ENOMEM ? SQ_NO_MEMORY : SQ_ENVIRONMENT, "cannot run \"%s\": %s",
                 program, sq_reason_of(reason).text);
    if (reason == ENOENT && err != NULL) {
        sq_error_hint(err, "install it, or add its folder to PATH");
    }
    return reason == ENOMEM ? SQ_NO_MEMORY : SQ_ENVIRONMENT;
}

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

/* Moves a descriptor out of 0 to 2: there it would be overwritten while the child's are set up. */
static bool move_up(int *fd)
{
    if (*fd >= N_STANDARD) {
        return true;
    }
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, N_STANDARD);
    int reason = errno;
    close(*fd);
    *fd = moved;
    errno = reason;
    return moved >= 0;
}

static bool open_pipe(struct child_run *run, int i_standard)
{
    int ends[2]; /* to read from, to write to */
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    bool is_input = i_standard == STDIN_FILENO;
    run->ours[i_standard] = is_input ? ends[1] : ends[0];
    run->theirs[i_standard] = is_input ? ends[0] : ends[1];
    return move_up(&run->ours[i_standard]) && move_up(&run->theirs[i_standard]) &&
           fcntl(run->ours[i_standard], F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipes(struct child_run *run)
{
    for (int i = 0; i < N_STANDARD; i++) {
        if (!open_pipe(run, i)) {
            return false;
        }
    }
    return true;
}

/* Its own process group, so that a timeout reaches what it started; no signal blocked or ignored.
 */
static int fill_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    int failure = posix_spawnattr_setflags(attributes, flags);
    if (failure == 0) {
        failure = posix_spawnattr_setpgroup(attributes, 0);
    }
    if (failure == 0) {
        failure = posix_spawnattr_setsigmask(attributes, &none);
    }
    if (failure == 0) {
        failure = posix_spawnattr_setsigdefault(attributes, &all);
    }
    return failure;
}

static int spawn_with(struct child_run *run, posix_spawn_file_actions_t *actions,
                      const posix_spawnattr_t *attributes)
{
    for (int i = 0; i < N_STANDARD; i++) {
        int failure = posix_spawn_file_actions_adddup2(actions, run->theirs[i], i);
        if (failure != 0) {
            return failure;
        }
    }
    /* POSIX: the arguments are not changed, the missing const is history. */
    return posix_spawnp(&run->process, run->order->argv[0], actions, attributes,
                        (char *const *)run->order->argv, environ);
}

static int spawn(struct child_run *run)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) {
        return failure;
    }
    failure = posix_spawnattr_init(&attributes);
    if (failure == 0) {
        failure = fill_attributes(&attributes);
        if (failure == 0) {
            failure = spawn_with(run, &actions, &attributes);
        }
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

static void feed_input(struct child_run *run)
{
    size_t left = run->order->input_bytes - run->n_written;
    ssize_t n_bytes = 0;
    if (left > 0) {
        n_bytes = write(run->ours[STDIN_FILENO], run->order->input + run->n_written, left);
    }
    if (n_bytes > 0) {
        run->n_written += (size_t)n_bytes;
    }
    /* EPIPE: it does not want the rest; whether that is bad, its exit code says. */
    bool refused = n_bytes < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || run->n_written == run->order->input_bytes) {
        close_end(&run->ours[STDIN_FILENO]);
    }
}

static void keep(struct child_run *run, struct sq_strbuf *kept, const char *bytes, size_t length)
{
    size_t room = run->order->output_max_bytes - kept->length;
    if (length > room) {
        run->result->cut = true;
        length = room;
    }
    sq_strbuf_add_bytes(kept, bytes, length);
}

/* Reads what is there now, and at most once per call the pipe's full size, so that a child that
 * prints without end meets its timeout. */
static void drain_output(struct child_run *run, int i_standard)
{
    struct sq_strbuf *kept =
        i_standard == STDOUT_FILENO ? &run->result->output : &run->result->errors;
    char chunk[READ_CHUNK_BYTES];
    for (int i = 0; i < 64 && run->ours[i_standard] >= 0; i++) {
        ssize_t n_bytes = read(run->ours[i_standard], chunk, sizeof(chunk));
        if (n_bytes > 0) {
            keep(run, kept, chunk, (size_t)n_bytes);
        } else if (n_bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        } else {
            close_end(&run->ours[i_standard]);
        }
    }
}

static void wait_for_news(const struct child_run *run, struct pollfd polls[N_STANDARD + 1])
{
    for (int i = 0; i < N_STANDARD; i++) {
        short wanted = i == STDIN_FILENO ? POLLOUT : POLLIN;
        polls[i] = (struct pollfd){.fd = run->ours[i], .events = wanted};
    }
    polls[N_STANDARD] = (struct pollfd){.fd = run->ended_fd, .events = POLLIN};
    struct timespec timeout = {0};
    if (run->deadline_ns != SQ_NEVER) {
        int64_t left_ns = run->deadline_ns - sq_clock_real_ns();
        left_ns = left_ns > 0 ? left_ns : 0;
        timeout.tv_sec = (time_t)(left_ns / SQ_SECOND);
        timeout.tv_nsec = (long)(left_ns % SQ_SECOND);
    }
    int n_ready =
        ppoll(polls, N_STANDARD + 1, run->deadline_ns == SQ_NEVER ? NULL : &timeout, NULL);
    sq_assert(n_ready >= 0 || errno == EINTR || errno == ENOMEM);
    if (n_ready < 0) {
        polls[N_STANDARD].revents = 0;
    }
}

/* Talks with the child until it ended (true) or its time is over (false). */
static bool talk(struct child_run *run)
{
    for (;;) {
        struct pollfd polls[N_STANDARD + 1];
        wait_for_news(run, polls);
        if (run->ours[STDIN_FILENO] >= 0) {
            feed_input(run);
        }
        drain_output(run, STDOUT_FILENO);
        drain_output(run, STDERR_FILENO);
        if (polls[N_STANDARD].revents != 0) {
            return true;
        }
        if (run->deadline_ns != SQ_NEVER && sq_clock_real_ns() >= run->deadline_ns) {
            return false;
        }
    }
}

static void reap(struct child_run *run, bool ended)
{
    if (!ended) {
        (void)kill(-run->process, SIGKILL);
    }
    int wait_status = 0;
    pid_t reaped = 0;
    do {
        reaped = waitpid(run->process, &wait_status, 0);
    } while (reaped < 0 && errno == EINTR);
    sq_assert(reaped == run->process);
    struct sq_child_result *result = run->result;
    if (!ended) {
        result->ending = SQ_CHILD_TIMED_OUT;
    } else if (WIFEXITED(wait_status)) {
        result->ending = SQ_CHILD_EXITED;
        result->exit_code = WEXITSTATUS(wait_status);
    } else {
        result->ending = SQ_CHILD_SIGNALED;
        result->signal_number = WTERMSIG(wait_status);
    }
}

/* From the start of the process to its end. Returns an error number. */
static int start_and_talk(struct child_run *run)
{
    int failure = spawn(run);
    if (failure != 0) {
        return failure;
    }
    for (int i = 0; i < N_STANDARD; i++) {
        close_end(&run->theirs[i]);
    }
    run->ended_fd = pidfd_open(run->process, 0);
    if (run->ended_fd < 0) {
        failure = errno;
        reap(run, false);
        return failure;
    }
    reap(run, talk(run));
    return 0;
}

enum sq_status sq_child_run(const struct sq_child_order *order, struct sq_child_result *result,
                            struct sq_error *err)
{
    sq_assert(order->argv[0] != NULL);
    sq_assert(order->timeout > 0);
    struct child_run run = {.order = order,
                            .result = result,
                            .ours = {-1, -1, -1},
                            .theirs = {-1, -1, -1},
                            .ended_fd = -1,
                            .deadline_ns = sq_time_add(sq_clock_real_ns(), order->timeout)};
    result->exit_code = -1;
    int failure = open_pipes(&run) ? start_and_talk(&run) : errno;
    for (int i = 0; i < N_STANDARD; i++) {
        close_end(&run.ours[i]);
        close_end(&run.theirs[i]);
    }
    close_end(&run.ended_fd);
    if (failure == 0 && (sq_strbuf_failed(&result->output) || sq_strbuf_failed(&result->errors))) {
        failure = ENOMEM;
    }
    return failure == 0 ? SQ_OK : fail(err, &run, failure);
}

void sq_child_result_clear(struct sq_child_result *result)
{
    if (result != NULL) {
        sq_strbuf_clear(&result->output);
        sq_strbuf_clear(&result->errors);
    }
}

static bool can_run(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

/* Without the heap: to be out of memory must not look like a program that is not there. */
static bool can_run_in(const char *folder, size_t folder_bytes, const char *program)
{
    char path[PATH_MAX];
    size_t program_bytes = strlen(program) + 1;
    if (folder_bytes == 0) {
        folder = "."; /* an empty entry of PATH is the current folder */
        folder_bytes = 1;
    }
    if (folder_bytes + 1 > sizeof(path) || program_bytes > sizeof(path) - folder_bytes - 1) {
        return false;
    }
    memcpy(path, folder, folder_bytes);
    path[folder_bytes] = '/';
    memcpy(path + folder_bytes + 1, program, program_bytes);
    return can_run(path);
}

bool sq_child_exists(const char *program)
{
    if (program[0] == '\0' || strchr(program, '/') != NULL) {
        return can_run(program);
    }
    const char *folder = getenv("PATH");
    if (folder == NULL) {
        folder = DEFAULT_PATH;
    }
    for (;;) {
        size_t folder_bytes = strcspn(folder, ":");
        if (can_run_in(folder, folder_bytes, program)) {
            return true;
        }
        if (folder[folder_bytes] == '\0') {
            return false;
        }
        folder += folder_bytes + 1;
    }
}
