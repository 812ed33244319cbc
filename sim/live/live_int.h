/* SPDX-License-Identifier: MIT */
/*
 * The live carrier towards any far side: what sq_live_new makes of a server. Apart from it, so that
 * tests can put a server of their own there.
 */
#ifndef SQ_SIM_LIVE_LIVE_INT_H
#define SQ_SIM_LIVE_LIVE_INT_H

#include "mockprovider/connection.h"
#include "mockprovider/journal.h"
#include "sim/live.h"

struct sq_live_far_side {
    uint16_t ports[SQ_PROVIDERS_MAX];      /* on 127.0.0.1, by provider of the script */
    struct sq_journal *journal;            /* borrowed */
    uint64_t seed;                         /* of its draws */
    uint16_t decoys[SQ_CONNECTION_FATES];  /* on 127.0.0.1; 0: none */
    const struct sq_live_targets *targets; /* borrowed; NULL: none */
};

/* The server of the options is not looked at. */
SQ_MUST_USE enum sq_status sq_live_open(const struct sq_live_options *options,
                                        const struct sq_live_far_side *far_side,
                                        struct sq_live **live, struct sq_error *err);

#endif
