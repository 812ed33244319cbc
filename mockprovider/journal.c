/* SPDX-License-Identifier: MIT */
/*
 * A ring behind a mutex. Two wake-ups: `readable` is rung whenever the ring stops being empty and
 * drained when it becomes empty again; `room` is rung for a writer that waits at a full ring. The
 * writer waits once: when nobody came within the patience, further entries are lost at once until
 * the reader comes back.
 */
#include "mockprovider/journal.h"

#include "base/assert.h"
#include "base/memory.h"
#include "host/clock.h"
#include "host/epoll.h"
#include "host/thread.h"

#define WRITER_PATIENCE SQ_SECOND

struct sq_journal {
    struct sq_mutex mutex;
    struct sq_wakeup readable;
    struct sq_wakeup room;
    struct sq_epoll room_epoll; /* so that the wait for room has an end */
    uint32_t first;             /* the oldest entry */
    uint32_t n_entries;
    uint64_t lost;
    bool writer_waits;
    bool gave_up; /* the last wait was in vain and nothing was taken since */
    struct sq_journal_entry entries[SQ_JOURNAL_ENTRIES_MAX];
};

struct sq_journal *sq_journal_new(struct sq_error *err)
{
    struct sq_journal *journal = sq_memory_new(1, sizeof *journal);
    if (journal == NULL) {
        (void)sq_error_set(err, SQ_NO_MEMORY, "no memory for the journal");
        return NULL;
    }
    sq_mutex_init(&journal->mutex);
    journal->readable.fd = -1;
    journal->room.fd = -1;
    journal->room_epoll.fd = -1;
    if (sq_wakeup_init(&journal->readable, err) != SQ_OK ||
        sq_wakeup_init(&journal->room, err) != SQ_OK ||
        sq_epoll_init(&journal->room_epoll, err) != SQ_OK ||
        sq_epoll_add(&journal->room_epoll, journal->room.fd, SQ_EPOLL_READ, 0, err) != SQ_OK) {
        sq_journal_free(journal);
        return NULL;
    }
    return journal;
}

void sq_journal_free(struct sq_journal *journal)
{
    if (journal == NULL) {
        return;
    }
    sq_epoll_clear(&journal->room_epoll);
    sq_wakeup_clear(&journal->room);
    sq_wakeup_clear(&journal->readable);
    sq_mutex_clear(&journal->mutex);
    sq_memory_free(journal);
}

static bool is_full(const struct sq_journal *journal)
{
    return journal->n_entries == SQ_JOURNAL_ENTRIES_MAX;
}

/* The mutex is held, and given back while waiting. */
static void wait_for_room(struct sq_journal *journal)
{
    int64_t give_up_ns = sq_clock_real_ns() + WRITER_PATIENCE;
    while (is_full(journal) && !journal->gave_up) {
        int64_t left_ns = give_up_ns - sq_clock_real_ns();
        if (left_ns <= 0) {
            journal->gave_up = true;
            break;
        }
        struct sq_epoll_event event;
        journal->writer_waits = true;
        sq_mutex_unlock(&journal->mutex);
        if (sq_epoll_wait(&journal->room_epoll, &event, 1, left_ns) > 0) {
            sq_wakeup_drain(&journal->room);
        }
        sq_mutex_lock(&journal->mutex);
        journal->writer_waits = false;
    }
}

static void put(struct sq_journal *journal, const struct sq_journal_entry *entry)
{
    uint32_t place = (journal->first + journal->n_entries) % SQ_JOURNAL_ENTRIES_MAX;
    journal->entries[place] = *entry;
    journal->n_entries++;
    if (journal->n_entries == 1) {
        sq_wakeup_ring(&journal->readable);
    }
}

void sq_journal_add(struct sq_journal *journal, const struct sq_journal_entry *entry)
{
    sq_mutex_lock(&journal->mutex);
    if (is_full(journal)) {
        wait_for_room(journal);
    }
    if (is_full(journal)) {
        journal->lost++;
    } else {
        put(journal, entry);
    }
    sq_mutex_unlock(&journal->mutex);
}

bool sq_journal_take(struct sq_journal *journal, struct sq_journal_entry *entry)
{
    sq_mutex_lock(&journal->mutex);
    bool taken = journal->n_entries > 0;
    if (taken) {
        *entry = journal->entries[journal->first];
        journal->first = (journal->first + 1) % SQ_JOURNAL_ENTRIES_MAX;
        journal->n_entries--;
        journal->gave_up = false;
        if (journal->n_entries == 0) {
            sq_wakeup_drain(&journal->readable);
        }
        if (journal->writer_waits) {
            sq_wakeup_ring(&journal->room);
        }
    }
    sq_mutex_unlock(&journal->mutex);
    return taken;
}

int sq_journal_fd(const struct sq_journal *journal)
{
    return journal->readable.fd;
}

uint64_t sq_journal_lost(struct sq_journal *journal)
{
    sq_mutex_lock(&journal->mutex);
    uint64_t lost = journal->lost;
    sq_mutex_unlock(&journal->mutex);
    return lost;
}
