/* SPDX-License-Identifier: MIT */
/* Records on a slab, found by a hash of (call, attempt) with linear probing. */
#include "sim/live/bills_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/memory.h"

#define TABLE_MIN 256 /* a power of two; the table is at most half full */

struct record {
    struct sq_attempt attempt;
    struct sq_journal_entry entry;
    bool known; /* entry holds */
    bool over;
    uint32_t next; /* in the free list or among those due, record + 1 */
};

static struct record *record_at(const struct sq_live_bills *bills, uint32_t number)
{
    return sq_slab_at(&bills->records, number - 1);
}

static uint32_t home_of(const struct sq_live_bills *bills, uint64_t call, uint16_t attempt)
{
    uint64_t hash = sq_digest_mix(call + (uint64_t)attempt * UINT64_C(0x9e3779b97f4a7c15));
    return (uint32_t)hash & (bills->n_table - 1);
}

static bool is_of(const struct record *record, uint64_t call, uint16_t attempt)
{
    return record->attempt.call == call && record->attempt.attempt == attempt;
}

/* Where the attempt's record stands in the table, or the empty place where it would. */
static uint32_t place_of(const struct sq_live_bills *bills, uint64_t call, uint16_t attempt)
{
    uint32_t at = home_of(bills, call, attempt);
    while (bills->table[at] != 0 && !is_of(record_at(bills, bills->table[at]), call, attempt)) {
        at = (at + 1) & (bills->n_table - 1);
    }
    return at;
}

void sq_live_bills_init(struct sq_live_bills *bills)
{
    *bills = (struct sq_live_bills){0};
    sq_slab_init(&bills->records, sizeof(struct record));
}

static void put_again(struct sq_live_bills *bills, uint32_t number)
{
    const struct sq_attempt *attempt = &record_at(bills, number)->attempt;
    bills->table[place_of(bills, attempt->call, attempt->attempt)] = number;
}

static enum sq_status grow_table(struct sq_live_bills *bills, struct sq_error *err)
{
    uint32_t n_before = bills->n_table;
    uint32_t *before = bills->table;
    uint32_t n_wanted = n_before == 0 ? TABLE_MIN : 2 * n_before;
    uint32_t *table = sq_memory_new(n_wanted, sizeof(*table));
    if (table == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    bills->table = table;
    bills->n_table = n_wanted;
    for (uint32_t i = 0; i < n_before; i++) {
        if (before[i] != 0) {
            put_again(bills, before[i]);
        }
    }
    sq_memory_free(before);
    return SQ_OK;
}

static enum sq_status take_record(struct sq_live_bills *bills, uint32_t *number,
                                  struct sq_error *err)
{
    if (bills->free_head != 0) {
        *number = bills->free_head;
        bills->free_head = record_at(bills, *number)->next;
        return SQ_OK;
    }
    enum sq_status status = sq_slab_reserve(&bills->records, bills->n_records + 1, err);
    if (status == SQ_OK) {
        *number = ++bills->n_records;
    }
    return status;
}

enum sq_status sq_live_bills_open(struct sq_live_bills *bills, const struct sq_attempt *attempt,
                                  struct sq_error *err)
{
    uint32_t number = 0;
    enum sq_status status = SQ_OK;
    if (2 * (bills->n_open + 1) > bills->n_table) {
        status = grow_table(bills, err);
    }
    if (status == SQ_OK) {
        status = take_record(bills, &number, err);
    }
    if (status != SQ_OK) {
        return status;
    }
    uint32_t place = place_of(bills, attempt->call, attempt->attempt);
    sq_assert(bills->table[place] == 0);
    bills->table[place] = number;
    bills->n_open++;
    *record_at(bills, number) = (struct record){.attempt = *attempt};
    return SQ_OK;
}

/* Closes the gap that a taken-out record leaves, so that no probe ends too early. */
static void close_gap(struct sq_live_bills *bills, uint32_t gap)
{
    uint32_t mask = bills->n_table - 1;
    for (uint32_t at = (gap + 1) & mask; bills->table[at] != 0; at = (at + 1) & mask) {
        const struct sq_attempt *attempt = &record_at(bills, bills->table[at])->attempt;
        uint32_t home = home_of(bills, attempt->call, attempt->attempt);
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            bills->table[gap] = bills->table[at];
            gap = at;
        }
    }
    bills->table[gap] = 0;
}

static void forget(struct sq_live_bills *bills, uint32_t number)
{
    struct record *record = record_at(bills, number);
    close_gap(bills, place_of(bills, record->attempt.call, record->attempt.attempt));
    record->next = bills->free_head;
    bills->free_head = number;
    bills->n_open--;
}

static void make_due(struct sq_live_bills *bills, uint32_t number)
{
    record_at(bills, number)->next = 0;
    if (bills->due_last == 0) {
        bills->due_first = number;
    } else {
        record_at(bills, bills->due_last)->next = number;
    }
    bills->due_last = number;
}

static uint32_t find(const struct sq_live_bills *bills, uint64_t call, uint16_t attempt)
{
    return bills->n_table == 0 ? 0 : bills->table[place_of(bills, call, attempt)];
}

void sq_live_bills_astray(struct sq_live_bills *bills, const struct sq_attempt *attempt,
                          uint32_t fired, sq_time now)
{
    uint32_t number = find(bills, attempt->call, attempt->attempt);
    sq_assert(number != 0);
    struct record *record = record_at(bills, number);
    record->known = true;
    record->entry.fired[SQ_FAMILY_CONNECTION] = fired;
    record->entry.reached_at = now;
}

void sq_live_bills_enter(struct sq_live_bills *bills, const struct sq_journal_entry *entry)
{
    uint32_t number = entry->identified ? find(bills, entry->call, entry->attempt) : 0;
    if (number == 0 || record_at(bills, number)->known) {
        return;
    }
    struct record *record = record_at(bills, number);
    record->known = true;
    record->entry = *entry;
    if (record->over) {
        make_due(bills, number);
    }
}

void sq_live_bills_read(struct sq_live_bills *bills, struct sq_journal *journal)
{
    struct sq_journal_entry entry;
    while (sq_journal_take(journal, &entry)) {
        sq_live_bills_enter(bills, &entry);
    }
}

static void fill_bill(const struct record *record, struct sq_arrival *arrival)
{
    arrival->billed = true;
    arrival->slot = record->attempt.slot;
    arrival->call = record->attempt.call;
    arrival->attempt = record->attempt.attempt;
    arrival->model = record->attempt.model;
    arrival->role = record->attempt.role;
    arrival->bill = record->entry.bill;
    memcpy(arrival->fired, record->entry.fired, sizeof(arrival->fired));
    arrival->reached_at = record->entry.reached_at;
}

/* Its end at the client. An attempt nobody has heard of owes nothing. */
static uint32_t end_attempt(struct sq_live_bills *bills, uint64_t call, uint16_t attempt,
                            bool reached)
{
    uint32_t number = find(bills, call, attempt);
    sq_assert(number != 0);
    struct record *record = record_at(bills, number);
    sq_assert(!record->over);
    record->over = true;
    record->known = record->known || !reached;
    return number;
}

void sq_live_bills_over(struct sq_live_bills *bills, uint64_t call, uint16_t attempt, bool reached,
                        struct sq_arrival *arrival)
{
    uint32_t number = end_attempt(bills, call, attempt, reached);
    const struct record *record = record_at(bills, number);
    if (record->known) {
        fill_bill(record, arrival);
        forget(bills, number);
    }
}

void sq_live_bills_give_up(struct sq_live_bills *bills, uint64_t call, uint16_t attempt,
                           bool reached)
{
    uint32_t number = end_attempt(bills, call, attempt, reached);
    if (record_at(bills, number)->known) {
        make_due(bills, number);
    }
}

bool sq_live_bills_next(struct sq_live_bills *bills, struct sq_arrival *arrival)
{
    uint32_t number = bills->due_first;
    if (number == 0) {
        return false;
    }
    const struct record *record = record_at(bills, number);
    bills->due_first = record->next;
    if (bills->due_first == 0) {
        bills->due_last = 0;
    }
    *arrival = (struct sq_arrival){.kind = SQ_ARRIVAL_BILL};
    fill_bill(record, arrival);
    forget(bills, number);
    return true;
}

void sq_live_bills_clear(struct sq_live_bills *bills)
{
    sq_slab_clear(&bills->records);
    sq_memory_free(bills->table);
    *bills = (struct sq_live_bills){0};
}
