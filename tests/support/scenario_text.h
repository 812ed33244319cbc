/* SPDX-License-Identifier: MIT */
/*
 * Scenarios from text, for tests of the loader: a minimal good one with one part replaced, and what
 * came of loading it. The world is freed with loaded_clear.
 */
#ifndef SQ_TESTS_SCENARIO_TEXT_H
#define SQ_TESTS_SCENARIO_TEXT_H

#include "scenarios/load.h"

struct loaded {
    enum sq_status status;
    struct sq_scenario *scenario; /* NULL: it was not loaded */
    struct sq_diagnostics diagnostics;
    struct sq_error err;
    struct sq_strbuf text; /* of the diagnostics */
};

/* One minute, five calls a second, models openai/gpt-4o (primary), openai/gpt-4o-mini (cheap),
 * inhouse/llama (backup). `parts` is further members of the scenario, such as "\"seed\": 5". */
void load_with(struct loaded *loaded, const char *parts);
void load_text(struct loaded *loaded, const char *text, const struct sq_load_options *options);
void load_policy(struct loaded *loaded, const char *policy); /* the scenario above with a policy */
void loaded_clear(struct loaded *loaded);

/* The whole scenario with these members, or without roles and policy, as text; the caller clears
 * *out. */
void scenario_text(struct sq_strbuf *out, const char *parts);

/* A file below the source folder; fails the test when there is none. */
void read_source(const char *path, struct sq_strbuf *out);

#endif
