/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of a body are due: a cursor over a visit's plan. Renders what the plan has made by
 * now and hands it out in pieces of any size, never a byte more than the plan lets out. No clock,
 * no socket: now comes in.
 *
 *     sq_sending_render(&sending, script, &visit, now);
 *     n = sq_sending_take(&sending, &visit.plan, bytes, room);
 *     at = sq_sending_due(&sending, &visit.plan);              // render again then
 */
#ifndef SQ_MOCKPROVIDER_SERVER_SENDING_INT_H
#define SQ_MOCKPROVIDER_SERVER_SENDING_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/time.h"
#include "mockprovider/plan.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"

/* Zeroed: nothing rendered yet. */
struct sq_sending {
    struct sq_strbuf out;  /* rendered; bytes before `taken` are handed out */
    size_t taken;          /* of out */
    uint64_t n_handed_out; /* bytes of the body */
    size_t role_bytes;     /* of the first event, when it left alone */
    uint32_t n_tokens;     /* rendered */
    bool begun;
    bool tail; /* what the plan has behind its last whole token is rendered */
};

/* Starts over for the next answer; keeps the memory. */
void sq_sending_reset(struct sq_sending *sending);
void sq_sending_clear(struct sq_sending *sending);

/* Adds all that is due. The headers are due already. Look at sq_strbuf_failed(&sending->out). */
void sq_sending_render(struct sq_sending *sending, const struct sq_script *script,
                       const struct sq_visit *visit, sq_time now);

/* Bytes rendered, allowed by the plan and not handed out. */
size_t sq_sending_ready(const struct sq_sending *sending, const struct sq_plan *plan);

/* Hands out up to room bytes. */
size_t sq_sending_take(struct sq_sending *sending, const struct sq_plan *plan, char *bytes,
                       size_t room);

/* When something more is to be rendered, or the plan ends; SQ_NEVER: nothing more comes. */
sq_time sq_sending_due(const struct sq_sending *sending, const struct sq_plan *plan);

#endif
