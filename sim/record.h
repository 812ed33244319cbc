/* SPDX-License-Identifier: MIT */
/*
 * Records: what the loop tells the meter, in the order it happens. Plain data, copied, kept by
 * nobody: the meter adds them up.
 */
#ifndef SQ_SIM_RECORD_H
#define SQ_SIM_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/provider.h"
#include "policies/settings.h"
#include "policies/words.h"

/* An attempt that ended, or was refused locally (attempt 0: never on the wire). */
struct sq_attempt_record {
    uint64_t call;
    uint16_t attempt;
    uint16_t status;
    uint8_t layer; /* that judged it */
    uint8_t role;
    enum sq_class klass;
    uint8_t repaired; /* the step that made its answer usable, as in sq_reading; 0: none had to */
    sq_time sent_at;
    sq_time ended_at;
};

/* A call that ended. */
struct sq_call_record {
    uint64_t id;
    sq_time intended_at;
    sq_time started_at;
    sq_time ended_at;
    sq_time first_token_at; /* of the attempt that answered; SQ_NEVER: none */
    enum sq_outcome outcome;
    enum sq_class klass; /* the reported error; SQ_CLASS_NONE with an answer */
    uint16_t status;
    uint16_t attempts; /* on the wire */
    uint8_t role;      /* that answered */
    uint8_t rung;
    uint8_t workload_phase;
    bool stream;
    bool by_rule;  /* a substitute from the policy's rules, not its fixed text */
    bool answered; /* by an attempt: used_bill, used_model and used_reached_at hold */
    struct sq_bill used_bill;
    uint16_t used_model;
    sq_time used_reached_at; /* as its bill says */
    uint32_t layer_sends[SQ_LAYERS_MAX];
};

#endif
