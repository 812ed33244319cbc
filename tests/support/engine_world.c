/* SPDX-License-Identifier: MIT */
/* A world for the engine: builders, events, and actions as text. */
#include "tests/support/engine_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"

static struct sq_role_settings everything_off(void)
{
    struct sq_role_settings role = {
        .timeouts = {SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER},
        .retry = {.max_attempts = 1,
                  .on = sq_world_retried(),
                  .delay = {.kind = SQ_DELAY_CONSTANT,
                            .initial = SQ_SECOND,
                            .factor_q32 = UINT64_C(2) << 32,
                            .cap = SQ_NEVER},
                  .hint = {.high = SQ_MINUTE, .high_included = true}},
        .breaker = {.trip = {.consecutive = 5},
                    .open_for = SQ_MINUTE,
                    .admit = 1,
                    .lease_timeout = SQ_MINUTE}};
    for (unsigned i = 0; i < SQ_CLASSES; i++) {
        role.breaker.mark[i] = (uint8_t)sq_class_row((enum sq_class)i)->mark;
    }
    return role;
}

struct sq_on sq_world_retried(void)
{
    struct sq_on on = {0};
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        if (sq_class_row((enum sq_class)i)->retried == SQ_RETRY_YES) {
            on.classes |= SQ_CLASS_BIT(i);
        }
    }
    return on;
}

struct sq_on sq_world_falls_back(void)
{
    struct sq_on on = {0};
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        if (sq_class_row((enum sq_class)i)->falls_back) {
            on.classes |= SQ_CLASS_BIT(i);
        }
    }
    return on;
}

void sq_world_init(struct sq_world *world)
{
    memset(world, 0, sizeof *world);
    world->settings.n_roles = SQ_WORLD_ROLES;
    world->settings.n_layers = 1;
    world->request.deadline = SQ_NEVER;
    for (unsigned i = 0; i < SQ_LAYERS_MAX; i++) {
        world->settings.layers[i].role[0] = everything_off();
        world->settings.layers[i].n_breakers = 1;
    }
}

void sq_world_clear(struct sq_world *world)
{
    free(world->engine);
    sq_strbuf_clear(&world->text);
}

struct sq_role_settings *sq_world_role(struct sq_world *world, uint8_t layer)
{
    return &world->settings.layers[layer].role[0];
}

struct sq_rung *sq_world_add_rung(struct sq_world *world, uint8_t layer, enum sq_rung_kind kind,
                                  uint8_t role)
{
    struct sq_layer_settings *settings = &world->settings.layers[layer];
    struct sq_rung *rung = &settings->rungs[settings->n_rungs++];
    *rung = (struct sq_rung){
        .kind = kind, .on = sq_world_falls_back(), .role = role, .answer = "sorry"};
    return rung;
}

void sq_world_build_as_is(struct sq_world *world)
{
    size_t size = sq_engine_size(&world->settings);
    void *memory = malloc(size);
    sq_assert(memory != NULL);
    world->engine = sq_engine_init(memory, size, &world->settings, SQ_WORLD_SEED);
}

void sq_world_build(struct sq_world *world)
{
    for (unsigned i = 0; i < world->settings.n_layers; i++) {
        for (unsigned role = 1; role < world->settings.n_roles; role++) {
            world->settings.layers[i].role[role] = world->settings.layers[i].role[0];
        }
    }
    sq_world_build_as_is(world);
}

static void add_layer(struct sq_strbuf *text, const struct sq_action *action)
{
    if (action->layer > 0) {
        sq_strbuf_add_format(text, " l%u", action->layer);
    }
}

static void add_pool_wait(struct sq_strbuf *text, const struct sq_action *action)
{
    if (action->span > 0) {
        sq_strbuf_add(text, " after ");
        sq_duration_add_exact(text, action->span);
    }
}

static void add_attempt(struct sq_strbuf *text, const struct sq_action *action)
{
    const char *klass = sq_class_row(action->klass)->name;
    if (action->attempt == 0) {
        sq_strbuf_add_format(text, "refused r%u %s", action->role, klass);
        add_layer(text, action);
        add_pool_wait(text, action);
        return;
    }
    sq_strbuf_add_format(text, "attempt a%u r%u %s %u", action->attempt, action->role, klass,
                         action->status);
}

static void add_send(struct sq_strbuf *text, const struct sq_action *action)
{
    sq_strbuf_add_format(text, "send a%u r%u", action->attempt, action->role);
    if (action->reask > 0) {
        sq_strbuf_add_format(text, " reask %u", action->reask);
    }
    add_pool_wait(text, action);
}

static void add_wait(struct sq_strbuf *text, const struct sq_action *action)
{
    sq_strbuf_add(text, "wait ");
    sq_duration_add_exact(text, action->span);
    sq_strbuf_add(text, action->hinted ? " hinted" : "");
    add_layer(text, action);
}

static void add_action(struct sq_strbuf *text, const struct sq_action *action)
{
    switch (action->kind) {
    case SQ_ACTION_SEND:
        add_send(text, action);
        return;
    case SQ_ACTION_CANCEL:
        sq_strbuf_add_format(text, "cancel a%u", action->attempt);
        return;
    case SQ_ACTION_ATTEMPT:
        add_attempt(text, action);
        return;
    case SQ_ACTION_WAIT:
        add_wait(text, action);
        return;
    case SQ_ACTION_TRANSITION:
        sq_strbuf_add_format(text, "breaker %u %s > %s", action->breaker,
                             sq_breaker_state_name(action->from),
                             sq_breaker_state_name(action->to));
        add_layer(text, action);
        return;
    case SQ_ACTION_FINISH:
        sq_strbuf_add_format(text, "finish %s %s %u r%u g%u a%u",
                             sq_outcome_row(action->outcome)->name,
                             sq_class_row(action->klass)->name, action->status, action->role,
                             action->rung, action->attempt);
        return;
    case SQ_ACTIONS:
        break;
    }
    sq_assert(false);
}

void sq_world_call(struct sq_world *world, unsigned current)
{
    sq_assert(current < SQ_WORLD_CALLS);
    world->current = current;
}

void sq_world_feed(struct sq_world *world, struct sq_event event)
{
    struct sq_action action;
    if (world->taken) {
        sq_strbuf_reset(&world->text);
        world->taken = false;
    }
    sq_engine_feed(world->engine, &world->calls[world->current], &event);
    while (sq_engine_next(world->engine, &action)) {
        unsigned call = (unsigned)(action.call - world->calls);
        if (action.kind == SQ_ACTION_SEND) {
            world->attempts[call] = action.attempt;
        }
        sq_strbuf_add(&world->text, world->text.length > 0 ? " | " : "");
        if (call != world->current) {
            sq_strbuf_add_format(&world->text, "c%u ", call);
        }
        add_action(&world->text, &action);
    }
}

static void feed_attempt(struct sq_world *world, struct sq_event event)
{
    event.attempt = world->attempts[world->current];
    sq_world_feed(world, event);
}

void sq_world_start(struct sq_world *world, sq_time at)
{
    world->request.id = world->current;
    sq_world_feed(world,
                  (struct sq_event){.at = at, .kind = SQ_EVENT_START, .request = &world->request});
}

void sq_world_connected(struct sq_world *world, sq_time at)
{
    feed_attempt(world, (struct sq_event){.at = at, .kind = SQ_EVENT_CONNECTED});
}

void sq_world_headers(struct sq_world *world, sq_time at, uint16_t status)
{
    feed_attempt(world, (struct sq_event){.at = at, .kind = SQ_EVENT_HEADERS, .status = status});
}

void sq_world_token(struct sq_world *world, sq_time at)
{
    feed_attempt(world, (struct sq_event){.at = at, .kind = SQ_EVENT_FIRST_TOKEN});
}

void sq_world_progress(struct sq_world *world, sq_time at, sq_time last_byte_at)
{
    feed_attempt(world, (struct sq_event){
                            .at = at, .kind = SQ_EVENT_PROGRESS, .last_byte_at = last_byte_at});
}

void sq_world_done(struct sq_world *world, sq_time at, uint16_t status)
{
    sq_world_done_hinted(world, at, status, NULL);
}

void sq_world_done_hinted(struct sq_world *world, sq_time at, uint16_t status,
                          const struct sq_hints *hints)
{
    feed_attempt(world, (struct sq_event){
                            .at = at, .kind = SQ_EVENT_DONE, .status = status, .hints = hints});
}

void sq_world_done_read(struct sq_world *world, sq_time at, enum sq_class klass)
{
    feed_attempt(world,
                 (struct sq_event){
                     .at = at, .kind = SQ_EVENT_DONE, .status = 200, .reading = {.klass = klass}});
}

void sq_world_broken(struct sq_world *world, sq_time at, enum sq_transport transport)
{
    feed_attempt(world, (struct sq_event){.at = at, .kind = SQ_EVENT_DONE, .transport = transport});
}

void sq_world_wake(struct sq_world *world, sq_time at)
{
    sq_world_feed(world, (struct sq_event){.at = at, .kind = SQ_EVENT_WAKE});
}

void sq_world_leave(struct sq_world *world, sq_time at)
{
    sq_world_feed(world, (struct sq_event){.at = at, .kind = SQ_EVENT_LEAVE});
}

const char *sq_world_take(struct sq_world *world)
{
    if (world->taken) {
        return ""; /* nothing was fed since */
    }
    world->taken = true;
    return sq_strbuf_text(&world->text);
}

sq_time sq_world_deadline(const struct sq_world *world)
{
    return sq_call_deadline(&world->calls[world->current]);
}
