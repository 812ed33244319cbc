/* SPDX-License-Identifier: MIT */
/* See entries.h. tests/fuzz/fuzz.cmake makes a program of each row. */
#include "tests/fuzz/entries.h"

#include <string.h>

#include "tests/fuzz/scenario_entries.h"
#include "tests/fuzz/schema_entries.h"
#include "tests/fuzz/wire_entries.h"
#include "tests/fuzz/word_entries.h"

static const struct sq_fuzz_row rows[] = {
    {"contract", sq_fuzz_contract},
    {"duration", sq_fuzz_duration},
    {"hint", sq_fuzz_hint},
    {"json", sq_fuzz_json},
    {"pattern", sq_fuzz_pattern},
    {"policy", sq_fuzz_policy},
    {"repair", sq_fuzz_repair},
    {"request", sq_fuzz_request},
    {"run", sq_fuzz_run},
    {"scenario", sq_fuzz_scenario},
    {"schema", sq_fuzz_schema},
    {"set", sq_fuzz_set},
    {"sse", sq_fuzz_sse},
    {"text", sq_fuzz_text},
    {"threshold", sq_fuzz_threshold},
    {"trace", sq_fuzz_trace},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

size_t sq_fuzz_rows(void)
{
    return N_ROWS;
}

const struct sq_fuzz_row *sq_fuzz_row(size_t index)
{
    return &rows[index];
}

const struct sq_fuzz_row *sq_fuzz_row_by_name(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}
