/* SPDX-License-Identifier: MIT */
/* A part while it grows: the meters of its seeds, written as they come. */
#include "sim/parts/making.h"

#include <stdlib.h>

#include "base/memory.h"

struct sq_part *sq_part_new(const struct sq_shard *shard)
{
    struct sq_part *part = sq_memory_new(1, sizeof(*part));
    if (part != NULL) {
        part->shard = *shard;
    }
    return part;
}

void sq_part_state_write(struct sq_part_state *state, const struct sq_meter *meter,
                         const char *inconclusive, uint32_t inconclusive_seed)
{
    struct sq_json_writer json = {.out = &state->meter, .compact = true};
    sq_meter_write(meter, state->single && state->seed == 0, &json);
    state->inconclusive = inconclusive;
    state->inconclusive_seed = inconclusive == NULL ? 0 : inconclusive_seed;
}

static enum sq_status no_memory(struct sq_error *err)
{
    return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
}

enum sq_status sq_part_add(struct sq_part *part, struct sq_part_state *state, struct sq_error *err)
{
    bool good = !sq_strbuf_failed(&state->meter);
    if (good && part->n_states == part->n_room) {
        uint32_t room = part->n_room == 0 ? 2 : 2 * part->n_room;
        struct sq_part_state *states = sq_memory_resize(part->states, room, sizeof(*states));
        good = states != NULL;
        part->states = good ? states : part->states;
        part->n_room = good ? room : part->n_room;
    }
    if (!good) {
        sq_strbuf_clear(&state->meter);
        return no_memory(err);
    }
    part->states[part->n_states++] = *state;
    *state = (struct sq_part_state){0};
    return SQ_OK;
}

/* All seeds as one state, when the series' first one is not among them. */
static enum sq_status add_all(struct sq_part *part, uint8_t policy, struct sq_gathering *gathering,
                              struct sq_error *err)
{
    struct sq_part_state state = {.policy = policy, .n_seeds = gathering->n_ran};
    if (gathering->rest != NULL) {
        sq_meter_merge(gathering->first.meter, gathering->rest);
        sq_meter_free(gathering->rest);
        gathering->rest = NULL;
    }
    sq_part_state_write(&state, gathering->first.meter, gathering->inconclusive,
                        gathering->inconclusive_seed);
    return sq_part_add(part, &state, err);
}

enum sq_status sq_part_add_pooled(struct sq_part *part, uint8_t policy,
                                  struct sq_gathering *gathering, struct sq_error *err)
{
    if (gathering->first_seed != 0) {
        return add_all(part, policy, gathering, err);
    }
    struct sq_part_state first = {.policy = policy, .single = true, .n_seeds = 1};
    sq_part_state_write(&first, gathering->first.meter, gathering->inconclusive,
                        gathering->inconclusive_seed);
    enum sq_status status = sq_part_add(part, &first, err);
    if (status == SQ_OK && gathering->rest != NULL) {
        struct sq_part_state rest = {.policy = policy, .n_seeds = gathering->n_ran - 1};
        sq_part_state_write(&rest, gathering->rest, NULL, 0);
        status = sq_part_add(part, &rest, err);
    }
    return status;
}

/* By policy and seed: threads bring them in any order. */
static int compare(const void *a, const void *b)
{
    const struct sq_part_state *left = a;
    const struct sq_part_state *right = b;
    if (left->policy != right->policy) {
        return left->policy < right->policy ? -1 : 1;
    }
    if (left->single != right->single) {
        return left->single ? -1 : 1;
    }
    return left->seed < right->seed ? -1 : left->seed > right->seed;
}

void sq_part_finish(struct sq_part *part, uint32_t n_ran, uint32_t n_runs, struct sq_result *result)
{
    if (part->n_states > 0) {
        qsort(part->states, part->n_states, sizeof(*part->states), compare);
    }
    part->n_ran = n_ran;
    part->n_runs = n_runs;
    result->part = part;
    result->verdict = SQ_VERDICT_INCONCLUSIVE;
    result->exit_code = result->interrupted ? result->exit_code : 0;
}
