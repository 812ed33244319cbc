/* SPDX-License-Identifier: MIT */
/* Users who wait, in a queue by the time of their next call; then by its id. */
#include "sim/users.h"

#include "base/assert.h"
#include "base/draw.h"
#include "base/int128.h"

#define USER_MASK    ((UINT64_C(1) << (SQ_CALL_STREAM_SHIFT - SQ_CALL_USER_SHIFT)) - 1)
#define ORDINAL_MASK ((UINT64_C(1) << SQ_CALL_USER_SHIFT) - 1)

static uint32_t user_of(uint64_t call)
{
    return (uint32_t)(call >> SQ_CALL_USER_SHIFT & USER_MASK);
}

static void wait_until(struct sq_users *users, uint64_t call, sq_time at)
{
    if (at < users->end) {
        sq_queue_set(&users->ready, user_of(call), call, at);
    }
}

enum sq_status sq_users_init(struct sq_users *users, const struct sq_stream_spec *stream,
                             uint64_t first_id, uint64_t seed, sq_time end, struct sq_error *err)
{
    sq_assert(stream->n_users > 0);
    sq_assert(stream->n_users <= SQ_WORKLOAD_USERS_MAX);
    *users = (struct sq_users){.think = &stream->think, .seed = seed, .end = end};
    enum sq_status status = sq_queue_reserve(&users->ready, stream->n_users, err);
    if (status != SQ_OK) {
        return status;
    }
    for (uint64_t user = 0; user < stream->n_users; user++) {
        sq_uint128 part = (sq_uint128)(uint64_t)stream->ramp_up * user / stream->n_users;
        wait_until(users, first_id + (user << SQ_CALL_USER_SHIFT), (sq_time)part);
    }
    return SQ_OK;
}

void sq_users_take(struct sq_users *users)
{
    const struct sq_queue_entry *head = sq_queue_head(&users->ready);
    sq_assert(head != NULL);
    sq_queue_remove(&users->ready, head->slot);
}

void sq_users_over(struct sq_users *users, uint64_t call, sq_time intended_at, sq_time now)
{
    uint64_t next = call + 1;
    sq_assert(now >= intended_at);
    if ((next & ORDINAL_MASK) == 0) {
        return; /* the numbers are used up, after seven weeks of calls at the shortest turn */
    }
    struct sq_draw draw = sq_draw_block(users->seed, SQ_DRAW_REQUEST, next, 0, 0);
    int64_t think = sq_dist_value(users->think, draw.lane[3]);
    wait_until(users, next,
               sq_time_max(sq_time_add(now, think), sq_time_add(intended_at, SQ_USERS_TURN_MIN)));
}

void sq_users_clear(struct sq_users *users)
{
    sq_queue_clear(&users->ready);
}
