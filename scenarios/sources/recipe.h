/* SPDX-License-Identifier: MIT */
/*
 * Recipes: all that a load was asked for and all files it read, as one JSON object, so that the
 * very same scenario can be loaded elsewhere. Two recipes with the same text make the same scenario
 * in the same version of the program; what is built in is only named.
 */
#ifndef SQ_SCENARIOS_SOURCES_RECIPE_H
#define SQ_SCENARIOS_SOURCES_RECIPE_H

#include "base/json_write.h"
#include "scenarios/load.h"
#include "wire/json_take.h"

/* A recipe that was read. It must not move: the options point into it. Clear accepts a zeroed one.
 */
struct sq_recipe {
    struct sq_arena arena;
    const char *scenario; /* name for sq_scenario_load */
    struct sq_load_options options;
    struct sq_kept files;
};

/* Writes one value: of a load of `scenario` with these options, whose files are in options->keep.
 */
void sq_recipe_write(struct sq_json_writer *json, const char *scenario,
                     const struct sq_load_options *options);

/* *recipe is zeroed. SQ_NO_MEMORY; what is wrong with the node is the taker's. */
SQ_MUST_USE enum sq_status sq_recipe_read(struct sq_json_taker *taker, const struct sq_json *node,
                                          struct sq_recipe *recipe);
void sq_recipe_clear(struct sq_recipe *recipe);

#endif
