/* SPDX-License-Identifier: MIT */
/* --label K=V: what the caller wants noted with the result. Values are borrowed from argv. */
#ifndef SQ_CLI_LABELS_H
#define SQ_CLI_LABELS_H

#include "cli/options.h"
#include "sim/result.h"

#define SQ_LABEL_KEY_BYTES 64

struct sq_labels {
    struct sq_label list[SQ_LABELS_MAX];
    uint32_t n_list;
    char keys[SQ_LABELS_MAX][SQ_LABEL_KEY_BYTES];
};

/* *labels is zeroed and must not move afterwards. SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_labels_read(const struct sq_arguments *arguments,
                                          struct sq_labels *labels, struct sq_error *err);

#endif
