/* SPDX-License-Identifier: MIT */
/* The words of failures as files use them: rows of policies/words.h and what may stand beside. */
#ifndef SQ_SCENARIOS_WORDS_INT_H
#define SQ_SCENARIOS_WORDS_INT_H

#include "policies/words.h"
#include "scenarios/reader_int.h"

extern const struct sq_word sq_class_words[];   /* classes only */
extern const struct sq_word sq_failure_words[]; /* classes, groups, 4xx, 5xx, any */
extern const struct sq_word sq_mark_words[];
extern const struct sq_shape sq_shape_counts_as; /* uint8_t[SQ_CLASSES] */

/* All classes but SQ_CLASS_CANCELLED. */
uint64_t sq_classes_any(void);

/* The classes of a class's or a group's name. */
bool sq_class_bits(const char *word, size_t length, uint64_t *bits);

#endif
