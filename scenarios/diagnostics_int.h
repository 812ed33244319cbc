/* SPDX-License-Identifier: MIT */
/*
 * Mistakes in files: their codes and how they are collected. Adding never stops the load; a list
 * that is full only counts. Columns count code points from 1. Everything is copied, so the text of
 * the file may go away.
 */
#ifndef SQ_SCENARIOS_DIAGNOSTICS_INT_H
#define SQ_SCENARIOS_DIAGNOSTICS_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/load.h"

/* X(enumerator, code, severity, sentence): the one table of codes. A code is never used again for
 * something else. */
#define SQ_CODE_LIST(X)                                                                            \
    X(SYNTAX, "S001", ERROR, "the text is not JSON")                                               \
    X(FORMAT, "S002", ERROR, "the file is of a kind that is not read, such as YAML")               \
    X(FILE, "S003", ERROR, "a file that is named here cannot be read")                             \
    X(UNKNOWN_NAME, "S004", ERROR, "nothing has this name")                                        \
    X(WRONG_SCHEMA, "S005", ERROR, "the file says that it is something else")                      \
    X(WRONG_TYPE, "S010", ERROR, "a value of another kind is expected here")                       \
    X(MISSING, "S011", ERROR, "a field that is needed is missing")                                 \
    X(RANGE, "S012", ERROR, "a value is out of its range")                                         \
    X(DURATION, "S013", ERROR, "not a duration: a number and its unit, in quotes")                 \
    X(NUMBER, "S014", ERROR, "not a number of the kind that is needed here")                       \
    X(DATE, "S015", ERROR, "not a date such as 2026-01-01T00:00:00Z")                              \
    X(WORD, "S016", ERROR, "a word that is not among the allowed ones")                            \
    X(UNKNOWN_FIELD, "S017", ERROR, "the object has no field of this name")                        \
    X(UNSUPPORTED, "S018", ERROR, "part of the language, but not supported by this version")       \
    X(CONFLICT, "S019", ERROR, "fields or values contradict each other or need each other")        \
    X(TWICE, "S020", ERROR, "the same name is given twice")                                        \
    X(COUNT, "S021", ERROR, "a list or object holds too few or too many elements")                 \
    X(NAME, "S022", ERROR, "not a name: letters, digits and some punctuation, 63 bytes at most")   \
    X(LAW, "S023", ERROR, "not a usable distribution")                                             \
    X(CURVE, "S024", ERROR, "not a usable curve")                                                  \
    X(ROLE, "S025", ERROR, "the scenario has no such role")                                        \
    X(THRESHOLD, "S026", ERROR, "not a threshold: [aggregation] operator value")                   \
    X(BREAKER, "S027", ERROR, "roles share a breaker and do not agree on it")                      \
    X(BIND, "S028", ERROR, "not a binding ROLE=PROVIDER/MODEL")                                    \
    X(OVERRIDE, "S032", ERROR, "not an override PATH=VALUE of what is there")                      \
    X(DATA, "S029", ERROR, "a line of a data file cannot be used")                                 \
    X(CONCURRENT, "S030", WARNING, "counts over concurrent calls may differ between the clocks")   \
    X(NEVER, "S031", WARNING, "something that never happens in this run")                          \
    X(CONTRACT, "S032", ERROR, "not a usable contract: its schema or its sample")                  \
    X(MATCH, "S033", ERROR, "not a usable match: its JSON pointer, its pattern or its header")     \
    X(SHARED, "S034", WARNING, "a draw that all calls share, since none has what it goes by")

#define SQ_CODE_ENUM(id, code, severity, sentence) SQ_CODE_##id,
enum sq_code { SQ_CODE_LIST(SQ_CODE_ENUM) SQ_CODES };
#undef SQ_CODE_ENUM

struct sq_code_row {
    const char *code;
    enum sq_severity severity;
    const char *sentence;
};

const struct sq_code_row *sq_code_row(enum sq_code code);

/* One mistake as it is reported. All text is borrowed; label and hint may be NULL. */
struct sq_mistake {
    enum sq_code code;
    const char *file;
    const char *begin; /* of the file's text */
    const char *at;    /* the place in it; NULL: no excerpt */
    const char *end;
    uint32_t line;   /* from 1; 0: the text is no file's, such as an option */
    uint32_t column; /* from 1 */
    uint32_t width;  /* code points to underline; 0: one */
    const char *text;
    const char *label; /* beside the carets */
    const char *hint;
};

void sq_diagnostics_add(struct sq_diagnostics *diagnostics, const struct sq_mistake *mistake);

/* Whether a further mistake would be kept, not only counted. */
bool sq_diagnostics_has_room(const struct sq_diagnostics *diagnostics);

#endif
