/* SPDX-License-Identifier: MIT */
/* Slots on a slab, the free ones in a list through the slots themselves. */
#include "sim/calls.h"

#include <string.h>

#include "base/assert.h"

void sq_calls_init(struct sq_calls *calls)
{
    *calls = (struct sq_calls){.free_head = SQ_CALLS_NONE};
    sq_slab_init(&calls->slots, sizeof(struct sq_call_slot));
}

enum sq_status sq_calls_take(struct sq_calls *calls, struct sq_call_slot **call,
                             struct sq_error *err)
{
    uint32_t taken = calls->free_head;
    if (taken == SQ_CALLS_NONE) {
        enum sq_status status = sq_slab_reserve(&calls->slots, calls->n_slots + 1, err);
        if (status != SQ_OK) {
            return status;
        }
        taken = calls->n_slots++;
    } else {
        calls->free_head = sq_calls_at(calls, taken)->next_free;
    }
    *call = sq_calls_at(calls, taken);
    memset(*call, 0, sizeof(**call));
    (*call)->used = true;
    (*call)->slot = taken;
    calls->n_used++;
    return SQ_OK;
}

void sq_calls_give_back(struct sq_calls *calls, struct sq_call_slot *call)
{
    sq_assert(call->used);
    call->used = false;
    call->next_free = calls->free_head;
    calls->free_head = call->slot;
    calls->n_used--;
}

void sq_calls_clear(struct sq_calls *calls)
{
    sq_slab_clear(&calls->slots);
    *calls = (struct sq_calls){.free_head = SQ_CALLS_NONE};
}
