/* SPDX-License-Identifier: MIT */
/*
 * Paths: what became of each call, attempt by attempt, kept whole for comparing two clocks. Only
 * `--mode both` keeps them.
 */
#ifndef SQ_SIM_PATH_H
#define SQ_SIM_PATH_H

#include <stdint.h>

#include "base/error.h"
#include "base/time.h"
#include "policies/engine.h"

#define SQ_PATH_STEPS_MAX       12      /* attempts kept of one call; the digest covers all */
#define SQ_PATHS_MAX            2000000 /* calls kept */
#define SQ_PATH_TRANSITIONS_MAX 1000000

struct sq_path_step {
    uint8_t role;
    uint8_t klass; /* enum sq_class */
    sq_time sent_at;
    sq_time ended_at;
};

struct sq_path {
    uint64_t id;
    uint64_t digest; /* over all attempts and the outcome; the loop's */
    uint8_t outcome;
    uint8_t n_steps;
    sq_dur duration; /* intended start to end */
    struct sq_path_step steps[SQ_PATH_STEPS_MAX];
};

struct sq_path_transition {
    sq_time at;
    uint16_t breaker;
    uint8_t layer;
    uint8_t to; /* enum sq_breaker_state */
};

struct sq_paths {
    struct sq_path *list; /* in order of call start */
    uint32_t n_list;
    uint32_t capacity;
    struct sq_path_transition *transitions;
    uint32_t n_transitions;
    uint32_t transition_capacity;
};

/* A new path for this call; *index finds it again. Digest, outcome and duration are the caller's to
 * set. SQ_LIMIT beyond SQ_PATHS_MAX. */
SQ_MUST_USE enum sq_status sq_paths_add(struct sq_paths *paths, uint64_t id, uint32_t *index,
                                        struct sq_error *err);
/* An attempt ended; beyond SQ_PATH_STEPS_MAX it is not kept. */
void sq_paths_step(struct sq_paths *paths, uint32_t index, const struct sq_path_step *step);
SQ_MUST_USE enum sq_status sq_paths_transition(struct sq_paths *paths,
                                               const struct sq_path_transition *transition,
                                               struct sq_error *err);
/* By call id. The loop starts the calls of a single open stream in this order, so there as a rule
 * nothing is to do. */
void sq_paths_sort(struct sq_paths *paths);
void sq_paths_clear(struct sq_paths *paths);

#endif
