/* SPDX-License-Identifier: MIT */
/*
 * What a command line lays over a scenario: --set and --thresholds change what is loaded, --label
 * is noted in every report. The same in every command that judges. Text is borrowed from argv.
 */
#ifndef SQ_CLI_LAYERS_H
#define SQ_CLI_LAYERS_H

#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "scenarios/load.h"
#include "sim/result.h"

#define SQ_LABEL_KEY_BYTES 64

/* The list points into keys: it must not move. */
struct sq_labels {
    struct sq_label list[SQ_LABELS_MAX];
    uint32_t n;
    char keys[SQ_LABELS_MAX][SQ_LABEL_KEY_BYTES];
};

/* --set and --thresholds. SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_layers_read(const struct sq_arguments *arguments,
                                          struct sq_load_options *load, struct sq_error *err);

/* --label, into zeroed *labels. SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_labels_read(const struct sq_arguments *arguments,
                                          struct sq_labels *labels, struct sq_error *err);

#endif
