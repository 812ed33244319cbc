/* SPDX-License-Identifier: MIT */
/*
 * Blocked signals read through signalfd(2).
 */
#include "host/signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "host/reason.h"

static const int CAUGHT[] = {SIGINT, SIGTERM};
#define N_CAUGHT (sizeof(CAUGHT) / sizeof(CAUGHT[0]))

_Static_assert(N_CAUGHT == sizeof(((struct sq_signals *)0)->blocked_before) / sizeof(bool),
               "one flag a caught signal");

static void change_mask(int how, const sigset_t *set, sigset_t *before)
{
    int failure = pthread_sigmask(how, set, before);
    sq_assert(failure == 0);
}

enum sq_status sq_signals_open(struct sq_signals *signals, struct sq_error *err)
{
    sigset_t caught;
    sigset_t before;
    sigemptyset(&caught);
    for (size_t i = 0; i < N_CAUGHT; i++) {
        sigaddset(&caught, CAUGHT[i]);
    }
    signals->fd = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals->fd < 0) {
        return sq_error_set(err, SQ_LIMIT, "cannot catch signals: %s", sq_reason_of(errno).text);
    }
    change_mask(SIG_BLOCK, &caught, &before);
    for (size_t i = 0; i < N_CAUGHT; i++) {
        signals->blocked_before[i] = sigismember(&before, CAUGHT[i]) == 1;
    }
    return SQ_OK;
}

int sq_signals_take(struct sq_signals *signals)
{
    struct signalfd_siginfo info;
    ssize_t n_bytes = read(signals->fd, &info, sizeof(info));
    if (n_bytes != (ssize_t)sizeof(info)) {
        return 0;
    }
    signals->from_terminal = info.ssi_code == SI_KERNEL;
    return (int)info.ssi_signo;
}

void sq_signals_close(struct sq_signals *signals)
{
    if (signals->fd < 0) {
        return;
    }
    sigset_t freed;
    sigemptyset(&freed);
    for (size_t i = 0; i < N_CAUGHT; i++) {
        if (!signals->blocked_before[i]) {
            sigaddset(&freed, CAUGHT[i]);
        }
    }
    close(signals->fd);
    signals->fd = -1;
    change_mask(SIG_UNBLOCK, &freed, NULL);
}

static void ignore(int signal_number)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    int failure = sigaction(signal_number, &ignored, NULL);
    sq_assert(failure == 0);
}

void sq_signals_ignore_pipe(void)
{
    ignore(SIGPIPE);
}

void sq_signals_ignore_size_limit(void)
{
    ignore(SIGXFSZ);
}
