/* SPDX-License-Identifier: MIT */
/*
 * Breakers: how often each opened and how long it was not closed; the first transitions one by one,
 * for lanes.
 */
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "sim/meter/meter_int.h"

bool meter_breakers_init(struct meter_breakers *breakers, const struct sq_settings *policy)
{
    *breakers = (struct meter_breakers){.policy = policy};
    for (uint8_t layer = 0; layer < policy->n_layers; layer++) {
        breakers->first[layer] = breakers->n_list;
        breakers->n_list += policy->layers[layer].n_breakers;
    }
    breakers->list = sq_memory_new(breakers->n_list, sizeof *breakers->list);
    breakers->transitions = sq_memory_new(SQ_TRANSITIONS_MAX, sizeof *breakers->transitions);
    if (breakers->list == NULL || breakers->transitions == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < breakers->n_list; i++) {
        breakers->list[i].left_closed_at = SQ_NEVER;
    }
    return true;
}

void meter_breakers_clear(struct meter_breakers *breakers)
{
    sq_memory_free(breakers->list);
    sq_memory_free(breakers->transitions);
    *breakers = (struct meter_breakers){0};
}

static void end_open_time(struct meter_breakers *breakers, uint32_t index, sq_time now)
{
    struct meter_breaker *breaker = &breakers->list[index];
    if (breaker->left_closed_at != SQ_NEVER) {
        breaker->open_time += now - breaker->left_closed_at;
        if (breakers->slices != NULL) {
            meter_slices_open(breakers->slices, index, breaker->left_closed_at, now);
        }
        breaker->left_closed_at = SQ_NEVER;
    }
}

static void enter(struct meter_breakers *breakers, uint32_t index, enum sq_breaker_state to,
                  sq_time at)
{
    struct meter_breaker *breaker = &breakers->list[index];
    if (to == SQ_BREAKER_CLOSED) {
        end_open_time(breakers, index, at);
        return;
    }
    breaker->opened += to == SQ_BREAKER_OPEN;
    if (breaker->left_closed_at == SQ_NEVER) {
        breaker->left_closed_at = at;
    }
}

void meter_breakers_transition(struct meter_breakers *breakers,
                               const struct sq_transition *transition)
{
    sq_assert(transition->layer < breakers->policy->n_layers);
    sq_assert(transition->breaker < breakers->policy->layers[transition->layer].n_breakers);
    uint32_t index = breakers->first[transition->layer] + transition->breaker;
    enter(breakers, index, (enum sq_breaker_state)transition->to, transition->at);
    breakers->counted++;
    if (breakers->n_transitions < SQ_TRANSITIONS_MAX) {
        breakers->transitions[breakers->n_transitions++] = *transition;
    }
}

void meter_breakers_close(struct meter_breakers *breakers, sq_time now)
{
    for (uint32_t i = 0; i < breakers->n_list; i++) {
        end_open_time(breakers, i, now);
    }
}

void meter_breakers_merge(struct meter_breakers *into, const struct meter_breakers *from)
{
    sq_assert(into->n_list == from->n_list);
    for (uint32_t i = 0; i < into->n_list; i++) {
        into->list[i].opened += from->list[i].opened;
        into->list[i].open_time += from->list[i].open_time;
    }
    into->counted += from->counted;
}

static struct sq_breaker_result result_of(const struct meter_breakers *breakers, uint8_t layer,
                                          uint16_t breaker)
{
    const struct meter_breaker *metered = &breakers->list[breakers->first[layer] + breaker];
    return (struct sq_breaker_result){.name = breakers->policy->layers[layer].breaker_name[breaker],
                                      .layer = layer,
                                      .opened = metered->opened,
                                      .open_time = metered->open_time};
}

bool meter_breakers_fill(const struct meter_breakers *breakers, struct sq_column *column)
{
    column->breakers = sq_memory_new(breakers->n_list, sizeof *column->breakers);
    column->transitions = sq_memory_new(breakers->n_transitions, sizeof *column->transitions);
    if (column->breakers == NULL || column->transitions == NULL) {
        return false;
    }
    for (uint8_t layer = 0; layer < breakers->policy->n_layers; layer++) {
        for (uint16_t i = 0; i < breakers->policy->layers[layer].n_breakers; i++) {
            column->breakers[column->n_breakers++] = result_of(breakers, layer, i);
        }
    }
    column->n_transitions = breakers->n_transitions;
    memcpy(column->transitions, breakers->transitions,
           breakers->n_transitions * sizeof *column->transitions);
    column->transitions_counted = breakers->counted;
    return true;
}
