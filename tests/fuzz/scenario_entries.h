/* SPDX-License-Identifier: MIT */
/*
 * The files people write, as entries of entries.h: whatever they say, loading ends with a scenario
 * or with mistakes that have a text, and what was loaded runs and is reported. Programs that use
 * these link tests/fuzz/memory_disk.c.
 */
#ifndef SQ_TESTS_SCENARIO_ENTRIES_H
#define SQ_TESTS_SCENARIO_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

void sq_fuzz_scenario(const uint8_t *bytes, size_t length); /* a scenario, loaded */
void sq_fuzz_policy(const uint8_t *bytes, size_t length); /* a policy, checked and laid over one */
void sq_fuzz_set(const uint8_t *bytes, size_t length);    /* --set PATH=VALUE, one a line */

/* The first byte chooses the format; the rest is the file of a trace. */
void sq_fuzz_trace(const uint8_t *bytes, size_t length);

/* A scenario, loaded, run for a moment in virtual time, reported in every format. */
void sq_fuzz_run(const uint8_t *bytes, size_t length);

#endif
