/* SPDX-License-Identifier: MIT */
/*
 * Merging: the parts of all shards of a series become the result that one run of everything would
 * have given, to the byte. Parts come one at a time and in any order; what each says is added up
 * and forgotten.
 *
 *     look at the first part -> its recipe -> the scenario -> new -> add every part -> finish
 */
#ifndef SQ_SIM_PARTS_MERGE_H
#define SQ_SIM_PARTS_MERGE_H

#include "sim/result.h"
#include "wire/json_take.h"

/* What a part says of itself. Nodes live as long as its document. */
struct sq_part_head {
    const char *version;  /* of the program that wrote it */
    const char *scenario; /* its name */
    const struct sq_json *part;
    const struct sq_json *recipe;
    const struct sq_json *labels; /* NULL: none */
    uint64_t digest;
    uint32_t index; /* 1 to n */
    uint32_t n;
    uint32_t n_ran;
    uint32_t n_runs;
    bool interrupted;
};

/* Reads the head of a result file; a result that is no part, or of another version, is a complaint
 * to the taker. */
void sq_part_head_read(struct sq_json_taker *taker, const struct sq_json *root,
                       struct sq_part_head *head);

struct sq_merge;

/* The scenario is that of the parts' recipe; it must outlive the merge. NULL when out of memory. */
struct sq_merge *sq_merge_new(const struct sq_scenario *scenario, uint32_t n_shards);
void sq_merge_free(struct sq_merge *merge); /* accepts NULL */

/* Adds a part; head->n is n_shards, and no part with its index was added. SQ_NO_MEMORY; what is
 * wrong with it is the taker's. */
SQ_MUST_USE enum sq_status sq_merge_add(struct sq_merge *merge, struct sq_json_taker *taker,
                                        const struct sq_part_head *head);

/* Whether a part with this index was added. */
bool sq_merge_has(const struct sq_merge *merge, uint32_t index);

/* All parts were added: fills *result, judged; it borrows from the merge. Its labels are the
 * caller's. SQ_INVALID: the parts do not hold every seed of every policy. Clear with
 * sq_result_clear in every case. */
SQ_MUST_USE enum sq_status sq_merge_finish(struct sq_merge *merge, struct sq_result *result,
                                           struct sq_error *err);

#endif
