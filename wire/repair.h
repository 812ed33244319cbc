/* SPDX-License-Identifier: MIT */
/*
 * Repair of what models write instead of JSON: a few fixed steps over bytes, the same result every
 * time, no guessing of content. Text that is JSON already is never touched. What each step is for,
 * in the order in which they are tried:
 *
 *     fences               ```json {"a": 1} ```           the lines of the fence go
 *     first_value          Sure! {"a": 1} Anything else?  what stands around the value goes
 *     trailing_commas      {"a": [1, 2,],}                commas before a closing bracket go
 *     single_quotes        {'a': 'it"s'}                  strings get double quotes
 *     control_characters   a raw line end in a string     becomes \n
 */
#ifndef SQ_WIRE_REPAIR_H
#define SQ_WIRE_REPAIR_H

#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/* X(enumerator, name in files, sentence), in the order in which they are tried. */
#define SQ_REPAIR_STEP_LIST(X)                                                                     \
    X(FENCES, "fences", "remove the lines of a Markdown code fence")                               \
    X(FIRST_VALUE, "first_value", "take the first object or array out of the prose around it")     \
    X(TRAILING_COMMAS, "trailing_commas", "remove commas before a closing bracket")                \
    X(SINGLE_QUOTES, "single_quotes", "write strings in double quotes")                            \
    X(CONTROL_CHARACTERS, "control_characters", "escape raw control characters inside strings")

#define SQ_REPAIR_STEP_ENUM(id, name, sentence) SQ_REPAIR_##id,
enum sq_repair_step {
    SQ_REPAIR_STEP_LIST(SQ_REPAIR_STEP_ENUM) SQ_REPAIR_STEPS,
    SQ_REPAIR_NONE = SQ_REPAIR_STEPS
};
#undef SQ_REPAIR_STEP_ENUM

/* Brackets in prose that are tried as the beginning of a value. */
#define SQ_REPAIR_TRIES_MAX 64

/* A set of steps: bits 1u << enum sq_repair_step. */
#define SQ_REPAIR_ALL ((1u << SQ_REPAIR_STEPS) - 1)

struct sq_repair_row {
    const char *name;
    const char *sentence;
};
const struct sq_repair_row *sq_repair_row(enum sq_repair_step step);

/* Takes the steps of the set one after the other until the strict scanner accepts. SQ_OK: *out is
 * JSON (it is emptied first), *helped the step after which it was, SQ_REPAIR_NONE when the text
 * was already. SQ_INVALID: none of it helped; SQ_NO_MEMORY; *out is then of no use and *helped
 * untouched. */
SQ_MUST_USE enum sq_status sq_repair_apply(unsigned steps, const char *text, size_t length,
                                           struct sq_strbuf *out, enum sq_repair_step *helped);

#endif
