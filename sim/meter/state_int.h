/* SPDX-License-Identifier: MIT */
/* What the files that write a meter as JSON and read it share; see state.c. */
#ifndef SQ_SIM_METER_STATE_INT_H
#define SQ_SIM_METER_STATE_INT_H

#include "sim/meter/meter_int.h"

/* Bytes of a count; by a name, since clang-tidy takes a quotient of two sizes for a mistake. */
#define METER_COUNT_BYTES 8u

/* [index, count, index, count, ...] of the counts that are not 0. */
void meter_state_write_rows(struct sq_json_writer *json, const char *key, const uint64_t *counts,
                            uint32_t n);
void meter_state_read_rows(struct sq_json_taker *taker, const struct sq_json *object,
                           const char *key, uint64_t *counts, uint32_t n);
void meter_state_write_uint(struct sq_json_writer *json, const char *key, uint64_t value);
void meter_state_write_int(struct sq_json_writer *json, const char *key, int64_t value);
/* As an element; its index is read by the caller. */
void meter_state_write_histogram(struct sq_json_writer *json, uint32_t index,
                                 const struct sq_histogram *histogram);
void meter_state_read_histogram(struct sq_json_taker *taker, const struct sq_json *node,
                                struct sq_histogram *histogram);
/* The first element of a member that is an array. */
const struct sq_json *meter_state_first(struct sq_json_taker *taker, const struct sq_json *object,
                                        const char *key);

void meter_state_write_slices(struct sq_json_writer *json, const struct meter_slices *slices);
void meter_state_read_slices(struct sq_json_taker *taker, const struct sq_json *object,
                             struct meter_slices *slices);

#endif
