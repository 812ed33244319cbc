/* SPDX-License-Identifier: MIT */
/* Parts become gatherings, gatherings become columns. */
#include "sim/parts/merge.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/version.h"
#include "sim/gathering_int.h"
#include "sim/judge.h"

struct sq_merge {
    const struct sq_scenario *scenario;
    struct sq_arena texts;
    struct sq_gathering gatherings[SQ_POLICIES_MAX];
    struct sq_column *per_seed[SQ_POLICIES_MAX]; /* only when a threshold asks for each seed */
    bool each_seed;
    bool has[SQ_SHARDS_MAX];
    uint32_t n_shards;
};

/* ---- the head ---- */

static bool is_result(struct sq_json_taker *taker, const struct sq_json *root)
{
    const struct sq_json *schema =
        sq_json_kind(root) == SQ_JSON_OBJECT ? sq_json_member(root, "schema") : NULL;
    if (schema == NULL || sq_json_kind(schema) != SQ_JSON_STRING ||
        strcmp(sq_json_text(schema, NULL), SQ_RESULT_SCHEMA) != 0) {
        sq_json_take_complain(taker, root, "not a result: its \"schema\" is not \"%s\"",
                              SQ_RESULT_SCHEMA);
        return false;
    }
    return true;
}

/* The version before anything that only this version knows. */
static const struct sq_json *part_of(struct sq_json_taker *taker, const struct sq_json *root,
                                     struct sq_part_head *head)
{
    const struct sq_json *part = sq_json_take_if(taker, root, "part", SQ_JSON_OBJECT);
    head->version = sq_json_take_text(taker, root, "version");
    if (sq_json_taken(taker) == SQ_OK && part == NULL) {
        sq_json_take_complain(taker, root, "a whole result, not a part of one");
    }
    if (sq_json_taken(taker) == SQ_OK && strcmp(head->version, SQ_VERSION) != 0) {
        sq_json_take_complain(taker, sq_json_member(root, "version"),
                              "a part of squall %s, this is %s: only the version that ran parts "
                              "merges them",
                              head->version, SQ_VERSION);
    }
    return sq_json_taken(taker) == SQ_OK ? part : NULL;
}

void sq_part_head_read(struct sq_json_taker *taker, const struct sq_json *root,
                       struct sq_part_head *head)
{
    *head = (struct sq_part_head){0};
    if (!is_result(taker, root)) {
        return;
    }
    head->part = part_of(taker, root, head);
    const struct sq_json *scenario = sq_json_take(taker, root, "scenario", SQ_JSON_OBJECT);
    head->scenario = sq_json_take_text(taker, scenario, "name");
    head->labels = sq_json_take_if(taker, root, "labels", SQ_JSON_OBJECT);
    const struct sq_json *interrupted = sq_json_take(taker, root, "interrupted", SQ_JSON_BOOL);
    head->interrupted = interrupted != NULL && sq_json_bool(interrupted);
    head->recipe = sq_json_take(taker, head->part, "recipe", SQ_JSON_OBJECT);
    head->digest = sq_json_take_hex(taker, head->part, "digest");
    head->index = (uint32_t)sq_json_take_count(taker, head->part, "index", SQ_SHARDS_MAX);
    head->n = (uint32_t)sq_json_take_count(taker, head->part, "of", SQ_SHARDS_MAX);
    head->n_ran = (uint32_t)sq_json_take_count(taker, head->part, "ran", UINT32_MAX);
    head->n_runs = (uint32_t)sq_json_take_count(taker, head->part, "runs", UINT32_MAX);
    if (sq_json_taken(taker) == SQ_OK && (head->index == 0 || head->index > head->n)) {
        sq_json_take_complain(taker, head->part, "there is no part %u of %u", head->index, head->n);
    }
}

/* ---- adding ---- */

struct sq_merge *sq_merge_new(const struct sq_scenario *scenario, uint32_t n_shards)
{
    struct sq_merge *merge = sq_memory_new(1, sizeof(*merge));
    if (merge == NULL) {
        return NULL;
    }
    merge->scenario = scenario;
    merge->n_shards = n_shards;
    merge->each_seed = sq_gathering_each_seed(scenario);
    for (uint8_t i = 0; merge->each_seed && i < scenario->n_policies; i++) {
        merge->per_seed[i] = sq_memory_new(scenario->n_seeds, sizeof(*merge->per_seed[i]));
        if (merge->per_seed[i] == NULL) {
            sq_merge_free(merge);
            return NULL;
        }
    }
    return merge;
}

void sq_merge_free(struct sq_merge *merge)
{
    if (merge == NULL) {
        return;
    }
    for (uint32_t i = 0; i < SQ_POLICIES_MAX; i++) {
        sq_gathering_clear(&merge->gatherings[i]);
        sq_columns_free(merge->per_seed[i], merge->scenario->n_seeds);
    }
    sq_arena_clear(&merge->texts);
    sq_memory_free(merge);
}

bool sq_merge_has(const struct sq_merge *merge, uint32_t index)
{
    sq_assert(index >= 1);
    sq_assert(index <= merge->n_shards);
    return merge->has[index - 1];
}

/* One element of "states" while it is read. */
struct state {
    const struct sq_json *node;
    uint32_t policy;
    uint32_t seed; /* or SQ_GATHERING_POOLED */
    uint32_t n_seeds;
    struct sq_series_outcome outcome; /* with its meter */
};

static enum sq_status no_memory(struct sq_json_taker *taker)
{
    return sq_error_set(taker->err, SQ_NO_MEMORY, "out of memory");
}

static enum sq_status read_trouble(struct sq_merge *merge, struct sq_json_taker *taker,
                                   const struct state *state)
{
    const struct sq_json *why = sq_json_take_if(taker, state->node, "inconclusive", SQ_JSON_STRING);
    if (why == NULL) {
        return SQ_OK;
    }
    size_t length;
    const char *text = sq_json_text(why, &length);
    const char *copy = sq_arena_text(&merge->texts, text, length);
    uint32_t seed = (uint32_t)sq_json_take_count(taker, state->node, "inconclusive_seed",
                                                 merge->scenario->n_seeds - 1);
    sq_gathering_trouble(&merge->gatherings[state->policy], seed, copy);
    return copy == NULL ? no_memory(taker) : SQ_OK;
}

static void read_place(const struct sq_merge *merge, struct sq_json_taker *taker,
                       struct state *state)
{
    const struct sq_scenario *scenario = merge->scenario;
    const struct sq_json *seed = sq_json_take_if(taker, state->node, "seed", SQ_JSON_NUMBER);
    state->policy =
        (uint32_t)sq_json_take_count(taker, state->node, "policy", scenario->n_policies - 1u);
    state->seed = seed == NULL ? SQ_GATHERING_POOLED
                               : (uint32_t)sq_json_take_whole(taker, seed, scenario->n_seeds - 1);
    state->n_seeds = (uint32_t)sq_json_take_count(taker, state->node, "seeds", scenario->n_seeds);
    if (sq_json_taken(taker) == SQ_OK && merge->each_seed &&
        (seed == NULL || merge->per_seed[state->policy][state->seed].n_seeds > 0)) {
        sq_json_take_complain(taker, state->node, "a seed is not by itself, or twice in the parts");
    }
}

static enum sq_status read_meter(struct sq_merge *merge, struct sq_json_taker *taker,
                                 struct state *state)
{
    const struct sq_scenario *scenario = merge->scenario;
    const struct sq_json *node = sq_json_take(taker, state->node, "meter", SQ_JSON_OBJECT);
    if (sq_json_taken(taker) != SQ_OK) {
        return SQ_OK;
    }
    state->outcome.meter =
        sq_meter_new(scenario, scenario->policies[state->policy], SQ_MODE_VIRTUAL);
    if (state->outcome.meter == NULL) {
        return no_memory(taker);
    }
    sq_meter_read(state->outcome.meter, node, taker);
    if (sq_json_taken(taker) == SQ_OK && merge->each_seed) {
        return sq_meter_fill(state->outcome.meter, &merge->per_seed[state->policy][state->seed],
                             taker->err);
    }
    return SQ_OK;
}

static enum sq_status add_state(struct sq_merge *merge, struct sq_json_taker *taker,
                                const struct sq_json *node)
{
    struct state state = {.node = node};
    read_place(merge, taker, &state);
    enum sq_status status = read_meter(merge, taker, &state);
    if (status == SQ_OK && sq_json_taken(taker) == SQ_OK) {
        status = read_trouble(merge, taker, &state);
    }
    if (status == SQ_OK && sq_json_taken(taker) == SQ_OK) {
        sq_gathering_take(&merge->gatherings[state.policy], state.seed, state.n_seeds,
                          &state.outcome);
    }
    sq_series_outcome_clear(&state.outcome);
    return status;
}

enum sq_status sq_merge_add(struct sq_merge *merge, struct sq_json_taker *taker,
                            const struct sq_part_head *head)
{
    sq_assert(head->n == merge->n_shards);
    sq_assert(!sq_merge_has(merge, head->index));
    merge->has[head->index - 1] = true;
    const struct sq_json *states = sq_json_take(taker, head->part, "states", SQ_JSON_ARRAY);
    const struct sq_json *node = states == NULL ? NULL : sq_json_first(states);
    enum sq_status status = SQ_OK;
    for (; node != NULL && status == SQ_OK; node = sq_json_next(node)) {
        status = add_state(merge, taker, node);
    }
    return status == SQ_OK ? sq_json_taken(taker) : status;
}

/* ---- the end ---- */

static enum sq_status fill_column(struct sq_merge *merge, uint32_t policy, struct sq_result *result,
                                  struct sq_error *err)
{
    const struct sq_scenario *scenario = merge->scenario;
    struct sq_gathering *gathering = &merge->gatherings[policy];
    if (gathering->first.meter == NULL || gathering->first_seed != 0 ||
        gathering->n_ran != scenario->n_seeds) {
        return sq_error_set(err, SQ_INVALID, "the parts hold %u of the %u seeds of policy \"%s\"%s",
                            gathering->n_ran, scenario->n_seeds, scenario->policies[policy]->name,
                            gathering->n_ran < scenario->n_seeds ? "" : ", not each once");
    }
    struct sq_column *column = &result->columns[result->n_columns];
    enum sq_status status = sq_gathering_fill(gathering, column, err);
    if (status == SQ_OK) {
        result->n_columns++;
        sq_judge_column(result, column, merge->per_seed[policy],
                        merge->each_seed ? scenario->n_seeds : 0);
    }
    return status;
}

enum sq_status sq_merge_finish(struct sq_merge *merge, struct sq_result *result,
                               struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    *result = (struct sq_result){.scenario = merge->scenario};
    for (uint8_t i = 0; i < merge->scenario->n_policies && status == SQ_OK; i++) {
        status = fill_column(merge, i, result, err);
    }
    if (status == SQ_OK) {
        sq_judge_result(result);
    }
    return status;
}
