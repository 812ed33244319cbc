/* SPDX-License-Identifier: MIT */
/*
 * Values: what plain values look like in files and how they become integers. Exact: a value that
 * cannot be kept exactly enough is refused, never rounded silently beyond the ninth decimal.
 */
#ifndef SQ_SCENARIOS_VALUES_INT_H
#define SQ_SCENARIOS_VALUES_INT_H

#include "scenarios/reader_int.h"

extern const struct sq_shape sq_shape_text;
extern const struct sq_shape sq_shape_name;       /* of phases, requests, roles, providers */
extern const struct sq_shape sq_shape_shown_name; /* of policies and faults: any words */
extern const struct sq_shape sq_shape_bool;
extern const struct sq_shape sq_shape_later; /* refused as not supported by this version */
extern const struct sq_shape sq_shape_node;  /* anything; looked at later */
extern const struct sq_shape sq_shape_span;  /* a duration, 0 included */
extern const struct sq_shape sq_shape_positive_span;
extern const struct sq_shape sq_shape_ratio;
extern const struct sq_shape sq_shape_header_text;
extern const struct sq_shape sq_shape_texts; /* a list of struct sq_text_item */

struct sq_text_item {
    struct sq_item at;
    const char *text;
};

/* The longest duration of anything: what a distribution may reach, too. */
#define SQ_SPAN_MAX (INT64_C(1) << 60)

/* Readers by kind; sq_read_value chooses. */
bool sq_read_text(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size);
bool sq_read_name(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size);
bool sq_read_const(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size);
bool sq_read_bool(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size);
bool sq_read_integer(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size);
bool sq_read_duration(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size);
bool sq_read_ratio(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size);
bool sq_read_factor(struct sq_reader *reader, const struct sq_shape *shape,
                    const struct sq_json *node, void *into, size_t size);
bool sq_read_decimal(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size);
bool sq_read_date(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size);
bool sq_read_word_value(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size);

/* Letters and digits, after the first also the punctuation; at most 63 bytes. */
#define SQ_NAME_PUNCTUATION  "._-"
#define SQ_MODEL_PUNCTUATION "._:/@-"
bool sq_is_name(const char *text, size_t length, const char *punctuation);
bool sq_complain_name(struct sq_reader *reader, const struct sq_json *node, bool at_key);

/* Stores a whole number into an integer of size bytes. */
void sq_store_integer(void *into, size_t size, int64_t value);

/* text[0..length) as a decimal number times 10^scale: digits, perhaps a point and digits. False
 * when it is not one, has more decimals than scale, or does not fit. */
bool sq_decimal_read(const char *text, size_t length, int scale, int64_t *value);

/* numerator / denominator as Q32, rounded to nearest. Both from 0 on, denominator > 0. */
uint64_t sq_q32_of(int64_t numerator, int64_t denominator);

/* A duration in words: "1m30s". As sq_phrase. */
const char *sq_span_shown(struct sq_reader *reader, int64_t span);

#endif
