/* SPDX-License-Identifier: MIT */
/*
 * Clauses: what a rule's `match` asks of the headers and the body of a request. The provider
 * machine never sees bytes: whoever has them (the server) or knows what they would be (the virtual
 * carrier) says with each attempt which of the script's clauses hold, as one word of bits.
 *
 * A header is compared by its name without regard to case, and by its value exactly. A value of the
 * body is found by JSON Pointer (RFC 6901) and compared by what it means: 1 and 1.0 are equal.
 */
#ifndef SQ_MOCKPROVIDER_REQUEST_CLAUSES_H
#define SQ_MOCKPROVIDER_REQUEST_CLAUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SQ_CLAUSES_MAX 32 /* of a script: bits of one word */

struct sq_pattern;

enum sq_clause_of { SQ_CLAUSE_HEADER, SQ_CLAUSE_BODY };

enum sq_clause_is {
    SQ_CLAUSE_TEXT,   /* this text */
    SQ_CLAUSE_NUMBER, /* this number */
    SQ_CLAUSE_TRUE,   /* the word, as the next two */
    SQ_CLAUSE_FALSE,
    SQ_CLAUSE_NULL,
    SQ_CLAUSE_PATTERN, /* a text in which the pattern is found */
    SQ_CLAUSE_PRESENT, /* anything, null too */
    SQ_CLAUSE_ABSENT
};

/* Text is borrowed from the scenario, the pattern is its own. */
struct sq_clause {
    enum sq_clause_of of;
    enum sq_clause_is is;
    const char *where; /* name of the header, or JSON Pointer */
    const char *value; /* TEXT, NUMBER: as written; PATTERN: its source */
    size_t length;     /* of value */
    struct sq_pattern *pattern;
};

/* A request as it stands on the wire. */
struct sq_said {
    const char *(*header)(void *context, const char *name); /* NULL: it has none */
    void *context;
    const char *body;
    size_t length;
};

struct sq_script;

/* Bit i: clause i of the script holds. SQ_LIMIT, SQ_NO_MEMORY when a pattern could not be
 * searched for. */
SQ_MUST_USE enum sq_status sq_clauses_hold(const struct sq_script *script,
                                           const struct sq_said *said, uint32_t *holds,
                                           struct sq_error *err);

#endif
