/* SPDX-License-Identifier: MIT */
/*
 * Calls in a slab, found by a hash of who they are, each bucket's latest first; two lists in order
 * of time: those that rest and those that are over. Numbers of calls are index + 1, 0 is none.
 */
#include "sim/serve/joiner.h"

#include "base/assert.h"
#include "base/digest.h"
#include "base/memory.h"
#include "sim/serve/joiner_int.h"

/* Calls of one bucket looked at: more that failed with the very same body are not told apart. */
#define LOOK_MAX 64

enum { BEFORE, AFTER };

struct sq_joiner *sq_joiner_new(uint32_t resting_max)
{
    struct sq_joiner *joiner = sq_memory_new(1, sizeof *joiner);
    if (joiner != NULL) {
        joiner->resting_max = resting_max == 0 ? SQ_JOINER_RESTING_MAX : resting_max;
        sq_slab_init(&joiner->calls, sizeof(struct call));
        sq_slab_init(&joiner->flights, sizeof(struct flight));
    }
    return joiner;
}

void sq_joiner_free(struct sq_joiner *joiner)
{
    if (joiner != NULL) {
        sq_slab_clear(&joiner->calls);
        sq_slab_clear(&joiner->flights);
        sq_memory_free(joiner);
    }
}

/* Lists and buckets */

static void append(struct sq_joiner *joiner, struct list *list, uint32_t number)
{
    struct call *call = call_at(joiner, number);
    call->in_list[BEFORE] = list->last;
    call->in_list[AFTER] = 0;
    if (list->last == 0) {
        list->first = number;
    } else {
        call_at(joiner, list->last)->in_list[AFTER] = number;
    }
    list->last = number;
    list->n++;
}

static void take_out(struct sq_joiner *joiner, struct list *list, uint32_t number)
{
    const struct call *call = call_at(joiner, number);
    uint32_t before = call->in_list[BEFORE];
    uint32_t after = call->in_list[AFTER];
    *(before == 0 ? &list->first : &call_at(joiner, before)->in_list[AFTER]) = after;
    *(after == 0 ? &list->last : &call_at(joiner, after)->in_list[BEFORE]) = before;
    list->n--;
}

static uint32_t *bucket_of(struct sq_joiner *joiner, uint64_t key)
{
    return &joiner->buckets[key % BUCKETS];
}

static void enter_bucket(struct sq_joiner *joiner, uint32_t number)
{
    struct call *call = call_at(joiner, number);
    uint32_t *first = bucket_of(joiner, call->key);
    call->in_bucket[BEFORE] = 0;
    call->in_bucket[AFTER] = *first;
    if (*first != 0) {
        call_at(joiner, *first)->in_bucket[BEFORE] = number;
    }
    *first = number;
}

static void leave_bucket(struct sq_joiner *joiner, uint32_t number)
{
    const struct call *call = call_at(joiner, number);
    uint32_t before = call->in_bucket[BEFORE];
    uint32_t after = call->in_bucket[AFTER];
    *(before == 0 ? bucket_of(joiner, call->key) : &call_at(joiner, before)->in_bucket[AFTER]) =
        after;
    if (after != 0) {
        call_at(joiner, after)->in_bucket[BEFORE] = before;
    }
}

/* Finding */

static uint64_t key_of(const struct sq_journal_entry *entry)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, entry->identified);
    if (entry->identified) {
        sq_digest_add(&digest, entry->call);
    } else {
        sq_digest_add(&digest, entry->stranger.api_key);
        sq_digest_add(&digest, entry->stranger.body);
    }
    return sq_digest_value(&digest);
}

static uint32_t find_named(struct sq_joiner *joiner, uint64_t key, uint64_t id)
{
    uint32_t number = *bucket_of(joiner, key);
    while (number != 0) {
        const struct call *call = call_at(joiner, number);
        if (call->named && call->id == id) {
            break;
        }
        number = call->in_bucket[AFTER];
    }
    return number;
}

static uint32_t find_failed(struct sq_joiner *joiner, uint64_t key, uint16_t retry_count)
{
    uint32_t latest = 0;
    uint32_t number = *bucket_of(joiner, key);
    for (uint32_t looked = 0; number != 0 && looked < LOOK_MAX; looked++) {
        const struct call *call = call_at(joiner, number);
        if (call->rests && !call->named && call->key == key) {
            if (call->attempts == retry_count) {
                return number;
            }
            latest = latest == 0 ? number : latest;
        }
        number = call->in_bucket[AFTER];
    }
    return latest;
}

static uint32_t find(struct sq_joiner *joiner, const struct sq_journal_entry *entry)
{
    uint64_t key = key_of(entry);
    if (entry->identified) {
        return find_named(joiner, key, entry->call);
    }
    uint16_t retry_count = entry->stranger.retry_count;
    return retry_count == 0 ? 0 : find_failed(joiner, key, retry_count);
}

/* From one state to the next */

static void be_over(struct sq_joiner *joiner, uint32_t number)
{
    leave_bucket(joiner, number);
    append(joiner, &joiner->over, number);
}

static void end_rest(struct sq_joiner *joiner, uint32_t number)
{
    take_out(joiner, &joiner->resting, number);
    call_at(joiner, number)->rests = false;
}

/* The latest of its bucket, so that it is found first. */
static void rest(struct sq_joiner *joiner, uint32_t number)
{
    leave_bucket(joiner, number);
    enter_bucket(joiner, number);
    call_at(joiner, number)->rests = true;
    append(joiner, &joiner->resting, number);
    if (joiner->resting.n > joiner->resting_max) {
        uint32_t longest = joiner->resting.first;
        end_rest(joiner, longest);
        be_over(joiner, longest);
    }
}

static void attempt_gone(struct sq_joiner *joiner, uint32_t number)
{
    struct call *call = call_at(joiner, number);
    sq_assert(call->n_under_way > 0);
    call->n_under_way--;
    if (call->n_under_way > 0) {
        return;
    }
    if (call->answered && !call->named) {
        be_over(joiner, number);
    } else {
        rest(joiner, number);
    }
}

static enum sq_status begin(struct sq_joiner *joiner, const struct sq_journal_entry *entry,
                            uint8_t role, uint32_t *number, struct sq_error *err)
{
    *number = joiner->first_free;
    if (*number == 0) {
        enum sq_status status = sq_slab_reserve(&joiner->calls, joiner->n_calls + 1, err);
        if (status != SQ_OK) {
            return status;
        }
        *number = ++joiner->n_calls;
    } else {
        joiner->first_free = call_at(joiner, *number)->in_list[AFTER];
    }
    *call_at(joiner, *number) = (struct call){
        .key = key_of(entry),
        .id = entry->call,
        .started_at = entry->reached_at,
        .first_token_at = SQ_NEVER,
        .role = role,
        .wanted_role = role,
        .named = entry->identified,
        .stream = entry->stream,
    };
    enter_bucket(joiner, *number);
    return SQ_OK;
}

static enum sq_status join(struct sq_joiner *joiner, const struct sq_journal_entry *entry,
                           uint8_t role, uint32_t *number, struct sq_joined *joined,
                           struct sq_error *err)
{
    *joined = (struct sq_joined){0};
    *number = find(joiner, entry);
    if (*number == 0) {
        joined->begins = true;
        return begin(joiner, entry, role, number, err);
    }
    const struct call *call = call_at(joiner, *number);
    if (call->rests) {
        joined->waited = true;
        joined->wait = entry->reached_at - call->ended_at;
        end_rest(joiner, *number);
    }
    return SQ_OK;
}

enum sq_status sq_joiner_arrived(struct sq_joiner *joiner, const struct sq_journal_entry *entry,
                                 uint8_t role, struct sq_joined *joined, struct sq_error *err)
{
    uint32_t number;
    enum sq_status status = sq_slab_reserve(&joiner->flights, entry->connection + 1, err);
    if (status != SQ_OK) {
        return status;
    }
    struct flight *flight = sq_slab_at(&joiner->flights, entry->connection);
    if (flight->call != 0) { /* its end was lost on the way here */
        attempt_gone(joiner, flight->call);
        flight->call = 0;
    }
    status = join(joiner, entry, role, &number, joined, err);
    if (status != SQ_OK) {
        return status;
    }
    struct call *call = call_at(joiner, number);
    joiner_claim(joiner, call, entry, role, joined);
    call->n_under_way++;
    *flight = (struct flight){
        .call = number, .attempt = joiner_count_up(call), .model = entry->model, .role = role};
    return SQ_OK;
}

/* What the attempt means for its call. */
static void take_end(struct call *call, const struct flight *flight,
                     const struct sq_journal_entry *entry, enum sq_class klass)
{
    joiner_add_to_path(call, flight->role, klass);
    if (call->answered) {
        return;
    }
    call->answered = klass == SQ_CLASS_NONE;
    call->recovered = call->attempts > 1;
    call->ended_at = entry->ended_at;
    call->first_token_at = entry->first_token_at;
    call->bill = entry->bill;
    call->bill_reached_at = entry->reached_at;
    call->klass = klass;
    call->status = entry->status;
    call->model = flight->model;
    call->role = flight->role;
    call->dropped = entry->dropped;
}

bool sq_joiner_over(struct sq_joiner *joiner, const struct sq_journal_entry *entry,
                    enum sq_class klass, struct sq_attempt_record *record)
{
    if (entry->connection >= sq_slab_capacity(&joiner->flights)) {
        return false;
    }
    struct flight *flight = sq_slab_at(&joiner->flights, entry->connection);
    if (flight->call == 0) {
        return false;
    }
    struct call *call = call_at(joiner, flight->call);
    *record = (struct sq_attempt_record){
        .call = call->id,
        .attempt = flight->attempt,
        .status = entry->status,
        .role = flight->role,
        .klass = klass,
        .sent_at = entry->reached_at,
        .ended_at = entry->ended_at,
    };
    take_end(call, flight, entry, klass);
    attempt_gone(joiner, flight->call);
    flight->call = 0;
    return true;
}

void sq_joiner_end(struct sq_joiner *joiner)
{
    for (uint32_t i = 0; i < sq_slab_capacity(&joiner->flights); i++) {
        struct flight *flight = sq_slab_at(&joiner->flights, i);
        if (flight->call != 0) {
            attempt_gone(joiner, flight->call);
            flight->call = 0;
        }
    }
    while (joiner->resting.first != 0) {
        uint32_t number = joiner->resting.first;
        end_rest(joiner, number);
        be_over(joiner, number);
    }
}

static enum sq_outcome outcome_of(const struct call *call)
{
    if (call->answered) {
        enum sq_outcome wanted = call->recovered ? SQ_OUTCOME_RECOVERED : SQ_OUTCOME_FIRST_TRY;
        return call->role == call->wanted_role ? wanted : SQ_OUTCOME_FALLBACK;
    }
    return call->dropped ? SQ_OUTCOME_EXCLUDED : SQ_OUTCOME_FAILED;
}

bool sq_joiner_take(struct sq_joiner *joiner, struct sq_call_record *record)
{
    uint32_t number = joiner->over.first;
    if (number == 0) {
        return false;
    }
    struct call *call = call_at(joiner, number);
    take_out(joiner, &joiner->over, number);
    *record = (struct sq_call_record){
        .id = call->id,
        .intended_at = call->started_at,
        .started_at = call->started_at,
        .ended_at = sq_time_max(call->ended_at, call->started_at),
        .first_token_at = call->answered ? call->first_token_at : SQ_NEVER,
        .outcome = outcome_of(call),
        .klass = call->klass,
        .status = call->status,
        .attempts = call->attempts,
        .role = call->role,
        .stream = call->stream,
        .answered = call->answered,
        .used_bill = call->bill,
        .used_model = call->model,
        .used_reached_at = call->bill_reached_at,
        .layer_sends = {call->attempts},
    };
    struct sq_digest digest = {.state = call->path_digest};
    sq_digest_add(&digest, call->id);
    sq_digest_add(&digest, (uint64_t)record->outcome);
    joiner->outcomes += sq_digest_value(&digest);
    call->in_list[AFTER] = joiner->first_free;
    joiner->first_free = number;
    return true;
}

uint64_t sq_joiner_outcomes(const struct sq_joiner *joiner)
{
    return joiner->outcomes;
}
