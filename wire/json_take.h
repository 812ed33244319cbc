/* SPDX-License-Identifier: MIT */
/*
 * Taking what must be there out of a document that a program wrote: the first thing that is
 * missing, of the wrong kind or out of range is remembered with its place; after it every take
 * gives nothing, so a reader asks once, at the end. Keys that nobody takes are ignored: a newer
 * program may have written them.
 *
 *     struct sq_json_taker taker = {.file = "part-1.json", .err = err};
 *     uint64_t calls = sq_json_take_count(&taker, object, "calls", UINT32_MAX);
 *     return sq_json_taken(&taker);
 */
#ifndef SQ_WIRE_JSON_TAKE_H
#define SQ_WIRE_JSON_TAKE_H

#include "base/int128.h"
#include "wire/json.h"

struct sq_json_taker {
    const char *file; /* named in errors */
    struct sq_error *err;
    enum sq_status status; /* SQ_INVALID: something was wrong, err says what and where */
};

/* What was taken is good. */
SQ_MUST_USE enum sq_status sq_json_taken(const struct sq_json_taker *taker);

/* Something about the node is wrong that only the caller can know. The first complaint counts. */
void sq_json_take_complain(struct sq_json_taker *taker, const struct sq_json *node,
                           const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The member of that kind; NULL after a complaint. object may be NULL after an earlier one. */
const struct sq_json *sq_json_take(struct sq_json_taker *taker, const struct sq_json *object,
                                   const char *key, enum sq_json_kind kind);
/* The same of a member that may be missing or null: then NULL without a complaint. */
const struct sq_json *sq_json_take_if(struct sq_json_taker *taker, const struct sq_json *object,
                                      const char *key, enum sq_json_kind kind);

/* "" after a complaint; one with a NUL byte in it is a complaint. */
const char *sq_json_take_text(struct sq_json_taker *taker, const struct sq_json *object,
                              const char *key);
/* A whole number within [0, max]; 0 after a complaint. */
uint64_t sq_json_take_count(struct sq_json_taker *taker, const struct sq_json *object,
                            const char *key, uint64_t max);
/* Of a number itself, such as an element. */
uint64_t sq_json_take_whole(struct sq_json_taker *taker, const struct sq_json *node, uint64_t max);
/* Any whole number of 64 bits. */
int64_t sq_json_take_int(struct sq_json_taker *taker, const struct sq_json *object,
                         const char *key);
/* Whole numbers beyond 64 bits. */
sq_uint128 sq_json_take_wide(struct sq_json_taker *taker, const struct sq_json *object,
                             const char *key);
/* 64 bits as 16 hexadecimal digits in a string. */
uint64_t sq_json_take_hex(struct sq_json_taker *taker, const struct sq_json *object,
                          const char *key);

#endif
