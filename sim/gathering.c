/* SPDX-License-Identifier: MIT */
/* One policy on one clock, while its seeds come in. */
#include "sim/gathering_int.h"

#include "base/assert.h"

bool sq_gathering_each_seed(const struct sq_scenario *scenario)
{
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        if (scenario->thresholds[i].over == SQ_OVER_EACH_SEED) {
            return true;
        }
    }
    return false;
}

/* The meter is the gathering's afterwards; NULL: nothing. */
static void add_to_rest(struct sq_gathering *gathering, struct sq_meter *meter)
{
    if (gathering->rest == NULL) {
        gathering->rest = meter;
    } else if (meter != NULL) {
        sq_meter_merge(gathering->rest, meter);
        sq_meter_free(meter);
    }
}

static void take_first(struct sq_gathering *gathering, uint32_t seed,
                       struct sq_series_outcome *outcome)
{
    add_to_rest(gathering, gathering->first.meter);
    gathering->first.meter = NULL;
    sq_series_outcome_clear(&gathering->first);
    gathering->first = *outcome;
    gathering->first_seed = seed;
}

void sq_gathering_trouble(struct sq_gathering *gathering, uint32_t seed, const char *why)
{
    if (why != NULL && (gathering->inconclusive == NULL || seed < gathering->inconclusive_seed)) {
        gathering->inconclusive = why;
        gathering->inconclusive_seed = seed;
    }
}

/* Puts the meter where it belongs; the outcome is empty then. */
static void place(struct sq_gathering *gathering, uint32_t seed, struct sq_series_outcome *outcome)
{
    bool single = seed != SQ_GATHERING_POOLED;
    if (single && (gathering->first.meter == NULL || seed < gathering->first_seed)) {
        take_first(gathering, seed, outcome);
    } else {
        add_to_rest(gathering, outcome->meter);
        outcome->meter = NULL;
        sq_series_outcome_clear(outcome);
    }
    *outcome = (struct sq_series_outcome){0};
}

void sq_gathering_take(struct sq_gathering *gathering, uint32_t seed, uint32_t n_seeds,
                       struct sq_series_outcome *outcome)
{
    sq_assert(outcome->status == SQ_OK);
    gathering->n_ran += n_seeds;
    gathering->interrupted = gathering->interrupted || outcome->end.interrupted;
    gathering->replay_differs = gathering->replay_differs || outcome->replay_differs;
    gathering->replayed_events += outcome->replayed_events;
    sq_gathering_trouble(gathering, seed, outcome->end.inconclusive);
    place(gathering, seed, outcome);
}

void sq_gathering_join(struct sq_gathering *into, struct sq_gathering *from)
{
    if (from->first.meter != NULL) {
        place(into, from->first_seed, &from->first);
    }
    add_to_rest(into, from->rest);
    into->n_ran += from->n_ran;
    into->interrupted = into->interrupted || from->interrupted;
    into->replay_differs = into->replay_differs || from->replay_differs;
    into->replayed_events += from->replayed_events;
    sq_gathering_trouble(into, from->inconclusive_seed, from->inconclusive);
    *from = (struct sq_gathering){0};
}

enum sq_status sq_gathering_fill(struct sq_gathering *gathering, struct sq_column *column,
                                 struct sq_error *err)
{
    sq_assert(gathering->first.meter != NULL);
    if (gathering->rest != NULL) {
        sq_meter_merge(gathering->first.meter, gathering->rest);
    }
    enum sq_status status = sq_meter_fill(gathering->first.meter, column, err);
    if (status != SQ_OK) {
        return status;
    }
    column->n_seeds = gathering->n_ran;
    column->interrupted = gathering->interrupted;
    column->replay_differs = gathering->replay_differs;
    column->replayed_events = gathering->replayed_events;
    if (gathering->inconclusive != NULL) {
        column->inconclusive = gathering->inconclusive;
    }
    if (gathering->replay_differs) {
        column->inconclusive = "the replay of the run gave other decisions";
    }
    return SQ_OK;
}

void sq_gathering_clear(struct sq_gathering *gathering)
{
    sq_series_outcome_clear(&gathering->first);
    sq_meter_free(gathering->rest);
    *gathering = (struct sq_gathering){0};
}
