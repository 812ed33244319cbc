/* SPDX-License-Identifier: MIT */
/*
 * A world for the engine: a policy with everything off, a few calls, and every action as text.
 *
 *     struct sq_world world;
 *     sq_world_init(&world);                            // one layer, three roles, one attempt each
 *     sq_world_role(&world, 0)->retry.max_attempts = 3; // role 0 of layer 0
 *     sq_world_build(&world);                           // role 0 counts for all roles
 *     sq_world_start(&world, 0);
 *     ck_assert_str_eq(sq_world_take(&world), "send a1 r0");
 *
 * Several actions are joined by " | "; one of another call than the current begins with "c1 ".
 * Events are those of the current call and its newest attempt.
 * The world owns the engine's memory and the text; sq_world_clear frees both.
 */
#ifndef SQ_TESTS_SUPPORT_ENGINE_WORLD_H
#define SQ_TESTS_SUPPORT_ENGINE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/time.h"
#include "policies/call.h"
#include "policies/engine.h"
#include "policies/settings.h"

#define SQ_WORLD_CALLS 8
#define SQ_WORLD_ROLES 3
#define SQ_WORLD_SEED  7

struct sq_world {
    struct sq_settings settings;
    struct sq_engine *engine;
    struct sq_call calls[SQ_WORLD_CALLS];
    struct sq_call_request request;    /* of the next start; the id is the call's index */
    uint16_t attempts[SQ_WORLD_CALLS]; /* ordinal of the newest SEND */
    unsigned current;
    struct sq_strbuf text;
    bool taken;
};

void sq_world_init(struct sq_world *world);
void sq_world_clear(struct sq_world *world);

/* Settings of role 0 in a layer, to be changed before build. */
struct sq_role_settings *sq_world_role(struct sq_world *world, uint8_t layer);
struct sq_rung *sq_world_add_rung(struct sq_world *world, uint8_t layer, enum sq_rung_kind kind,
                                  uint8_t role);

/* Copies role 0's settings to the other roles of each layer, and makes the engine. */
void sq_world_build(struct sq_world *world);

/* Makes the engine with every role's settings as they are. */
void sq_world_build_as_is(struct sq_world *world);

/* retry.on and fallback[].on as the table of classes has them. */
struct sq_on sq_world_retried(void);
struct sq_on sq_world_falls_back(void);

void sq_world_call(struct sq_world *world, unsigned current);
void sq_world_feed(struct sq_world *world, struct sq_event event);
void sq_world_start(struct sq_world *world, sq_time at);
void sq_world_connected(struct sq_world *world, sq_time at);
void sq_world_headers(struct sq_world *world, sq_time at, uint16_t status);
void sq_world_token(struct sq_world *world, sq_time at);
void sq_world_progress(struct sq_world *world, sq_time at, sq_time last_byte_at);
void sq_world_done(struct sq_world *world, sq_time at, uint16_t status);
void sq_world_done_hinted(struct sq_world *world, sq_time at, uint16_t status,
                          const struct sq_hints *hints);
void sq_world_done_read(struct sq_world *world, sq_time at, enum sq_class klass);
void sq_world_broken(struct sq_world *world, sq_time at, enum sq_transport transport);
void sq_world_wake(struct sq_world *world, sq_time at);
void sq_world_leave(struct sq_world *world, sq_time at);

/* The actions since the last take; valid until the next event. */
const char *sq_world_take(struct sq_world *world);

/* Deadline of the current call. */
sq_time sq_world_deadline(const struct sq_world *world);

#endif
