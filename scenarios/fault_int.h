/* SPDX-License-Identifier: MIT */
/* The draft of one fault, between its table (fields/fault.c) and the rule made of it (faults.c). */
#ifndef SQ_SCENARIOS_FAULT_INT_H
#define SQ_SCENARIOS_FAULT_INT_H

#include "scenarios/drafts_int.h"

struct sq_count_draft {
    const struct sq_json *node; /* NULL: not given */
    int64_t first;              /* SQ_DRAFT_NONE: not given, as the others */
    int64_t every;
    int64_t from;
    int64_t to;
    struct sq_list sequence; /* one byte each: strikes or not */
};

/* A key or a tenant: one of the workload's by number, or a name. */
struct sq_who_draft {
    const struct sq_json *node; /* NULL: any */
    uint32_t number;            /* 0: a name was given */
    const char *name;
};

/* What a header (by name) or a value of the body (by pointer) must be: a plain value at the node,
 * a pattern, or there at all. */
struct sq_clause_draft {
    struct sq_item at;
    const char *text; /* of a header; NULL: not given, as the pattern */
    const char *pattern;
    int8_t present; /* -1: not given */
};

struct sq_match_draft {
    const struct sq_json *node;
    const char *model; /* NULL: any */
    int8_t stream;     /* -1: any */
    uint16_t attempt;
    struct sq_who_draft key;
    struct sq_who_draft tenant;
    struct sq_list headers; /* struct sq_clause_draft */
    struct sq_list bodies;
};

/* A retry_after in any of its forms, or the should_retry of a list of hints. */
struct sq_hint_draft {
    struct sq_item at;
    sq_dur plain; /* SQ_DRAFT_NONE: not given, as the others */
    int64_t milliseconds;
    const char *seconds;
    sq_dur date;
    const char *raw;
    int8_t of_quota;     /* "hint": "refill"; -1: not given */
    int8_t should_retry; /* -1: not given */
};

struct sq_header_draft {
    struct sq_item at;
    const char *value;
};

struct sq_fault_draft {
    struct sq_item at;
    enum sq_fault_kind kind;
    char name[SQ_NAME_BYTES];
    struct sq_list where; /* struct sq_text_item */
    sq_dur from;          /* `at`; SQ_DRAFT_NONE: not given */
    sq_dur span;
    sq_dur every;
    struct sq_count_draft count;
    uint64_t share_q32;
    struct sq_curve_draft share_curve;
    struct sq_match_draft match;
    enum sq_per per;
    int64_t status; /* SQ_DRAFT_NONE: not given */
    const char *error_code;
    const char *error_type;
    const char *message;
    enum sq_body_form body;
    struct sq_hint_draft retry_after; /* at.node NULL: not given */
    struct sq_list hints;
    struct sq_list headers;
    sq_dur add;          /* SQ_DRAFT_NONE: not given */
    uint64_t factor_q32; /* 0: not given */
    int64_t after_tokens;
    int64_t after_bytes;
    enum sq_ending ending;
    sq_dur for_each;
    bool in_flight;
    enum sq_json_shape shape;
};

extern const struct sq_shape sq_shape_match;
extern const struct sq_shape sq_shape_per;

/* Which attempts the rule looks at. rule->models is `where`, and is narrowed. The draft's `per` is
 * held against the workload, too. */
void sq_make_match(struct sq_reader *reader, const struct sq_fault_draft *draft,
                   struct sq_scenario *scenario, struct sq_rule *rule);

#endif
