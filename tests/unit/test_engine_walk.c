/* SPDX-License-Identifier: MIT */
/*
 * A random walk: 100,000 calls under random policies, a few at a time, fed with keyed random
 * events, sensible or not. Whatever comes, the engine's promises hold: one FINISH a call, one
 * ATTEMPT a SEND, every lease back at the end, no deadline in the past, never more connections than
 * the limit, first come first served, nobody waits for ever, the same actions when run again. Takes
 * seconds under the sanitizers (SLOW).
 */
#include "policies/engine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"

#define POLICIES         200
#define CALLS_PER_POLICY 500
#define SLOTS            16
#define ROLES            3

struct slot {
    struct sq_call call;
    bool open;
    uint16_t sent;    /* ordinal of the newest SEND */
    uint16_t ended;   /* of the newest ATTEMPT that was on the wire */
    unsigned waiting; /* WAITs since the last SEND or refusal */
};

struct walk {
    struct sq_settings settings;
    struct sq_engine *engine;
    struct slot slots[SLOTS];
    uint64_t seed;
    uint64_t n_draws;
    uint64_t started;
    uint64_t finished;
    uint64_t digest;
    sq_time now;
    bool sleeps; /* a policy with sleep_then_fail: a WAIT may come last */
    uint32_t connected[SQ_LIMITS_MAX];
    sq_time queued_at[SQ_LIMITS_MAX]; /* of the call that got a connection last by waiting */
};

static uint32_t draw(struct walk *walk, uint32_t below)
{
    uint32_t lane = sq_draw_block(walk->seed, SQ_DRAW_REQUEST, walk->n_draws++, 0, 0).lane[0];
    return (uint32_t)sq_draw_below(lane, below);
}

static bool chance(struct walk *walk, uint32_t percent)
{
    return draw(walk, 100) < percent;
}

static sq_dur some_span(struct walk *walk)
{
    static const sq_dur spans[] = {0, 1, SQ_MS, 50 * SQ_MS, SQ_SECOND, 20 * SQ_SECOND, SQ_NEVER};
    return spans[draw(walk, sizeof spans / sizeof spans[0])];
}

static struct sq_on some_list(struct walk *walk)
{
    struct sq_on on = {.classes =
                           ((uint64_t)draw(walk, UINT32_MAX) << 32 | draw(walk, UINT32_MAX)) &
                           ~SQ_CLASS_BIT(SQ_CLASS_NONE)};
    sq_on_add_status(&on, (uint16_t)(400 + draw(walk, 199)));
    return on;
}

static void fill_retry(struct walk *walk, struct sq_retry *retry)
{
    retry->max_attempts = (uint16_t)(1 + draw(walk, chance(walk, 5) ? 40 : 4));
    retry->commit_at = (enum sq_commit)draw(walk, SQ_COMMIT_END + 1);
    retry->report = (enum sq_report)draw(walk, SQ_REPORT_FIRST + 1);
    retry->on = some_list(walk);
    retry->delay = (struct sq_delay){.kind = (enum sq_delay_kind)draw(walk, 3),
                                     .initial = some_span(walk),
                                     .factor_q32 = UINT64_C(2) << 32,
                                     .cap = some_span(walk),
                                     .jitter = (enum sq_jitter_kind)draw(walk, 5),
                                     .jitter_share_q32 = UINT64_C(1) << 30,
                                     .jitter_span = SQ_MS};
    retry->hint = (struct sq_hint_settings){.sources = draw(walk, 32),
                                            .high = some_span(walk),
                                            .low_included = chance(walk, 50),
                                            .high_included = chance(walk, 50),
                                            .above = (enum sq_hint_above)draw(walk, 2),
                                            .combine = (enum sq_hint_combine)draw(walk, 2),
                                            .invalid = (enum sq_hint_invalid)draw(walk, 2),
                                            .sleep_then_fail = chance(walk, 10),
                                            .listed = chance(walk, 30),
                                            .on = some_list(walk)};
    retry->budget = (struct sq_retry_budget){.on = chance(walk, 30),
                                             .ratio_q32 = draw(walk, UINT32_MAX),
                                             .floor_per_second = draw(walk, 3)};
    walk->sleeps = walk->sleeps || retry->hint.sleep_then_fail;
}

static struct sq_limits some_limits(struct walk *walk)
{
    return (struct sq_limits){.concurrency = chance(walk, 30) ? 1 + draw(walk, SLOTS) : 0,
                              .connections = chance(walk, 60) ? 1 + draw(walk, 4) : 0,
                              .pool_wait = some_span(walk)};
}

static void fill_role(struct walk *walk, struct sq_role_settings *role, uint16_t n_breakers)
{
    role->timeouts = (struct sq_timeouts){some_span(walk), some_span(walk), some_span(walk),
                                          some_span(walk), some_span(walk), some_span(walk)};
    fill_retry(walk, &role->retry);
    role->breaker = (struct sq_breaker){.on = n_breakers > 0 && chance(walk, 70),
                                        .trip = {.consecutive = draw(walk, 4),
                                                 .minimum_attempts = draw(walk, 6),
                                                 .failure_share_q32 = draw(walk, UINT32_MAX),
                                                 .window = 1 + (sq_dur)draw(walk, 2000000000)},
                                        .open_for = some_span(walk) / 4,
                                        .admit = (uint16_t)(1 + draw(walk, 3)),
                                        .lease_timeout = some_span(walk)};
    for (unsigned i = 0; i < SQ_CLASSES; i++) {
        role->breaker.mark[i] = (uint8_t)draw(walk, SQ_MARK_CANCELLED + 1);
    }
}

static void fill_layer(struct walk *walk, struct sq_layer_settings *layer)
{
    layer->n_breakers = (uint16_t)draw(walk, 3);
    fill_role(walk, &layer->role[0], layer->n_breakers);
    for (unsigned i = 1; i < ROLES; i++) {
        fill_role(walk, &layer->role[i], layer->n_breakers);
        /* roles that share a breaker agree on it */
        layer->role[i].breaker = layer->role[0].breaker;
        layer->role[i].breaker.key = layer->n_breakers > 1 ? (uint16_t)draw(walk, 2) : 0;
    }
    layer->n_limits = 2;
    struct sq_limits limits[2] = {some_limits(walk), some_limits(walk)};
    limits[1].key = 1;
    for (unsigned i = 0; i < ROLES; i++) {
        layer->role[i].limits = limits[draw(walk, 2)];
    }
    layer->contract = (struct sq_contract_settings){.required = chance(walk, 10),
                                                    .reask_max = (uint8_t)draw(walk, 3)};
    layer->n_rungs = (uint8_t)draw(walk, 4);
    for (uint8_t i = 0; i < layer->n_rungs; i++) {
        layer->rungs[i] =
            (struct sq_rung){.kind = (enum sq_rung_kind)(chance(walk, 30) ? draw(walk, 3) : 0),
                             .on = some_list(walk),
                             .role = (uint8_t)draw(walk, ROLES),
                             .counts_as_answer = chance(walk, 50),
                             .answer = "sorry"};
    }
    layer->n_classify = (uint8_t)draw(walk, 2);
    layer->classify[0] = (struct sq_classify_rule){.status = 500, .klass = SQ_CLASS_QUOTA};
}

/* Connections in use, and who got one by waiting. */
static void check_pool(struct walk *walk, const struct sq_action *action)
{
    const struct sq_layer_settings *layer = &walk->settings.layers[walk->settings.n_layers - 1];
    const struct sq_limits *limits = &layer->role[action->role].limits;
    if (limits->connections == 0) {
        ck_assert(action->kind != SQ_ACTION_SEND || action->span == 0);
        return;
    }
    if (action->kind == SQ_ACTION_ATTEMPT) {
        ck_assert_uint_gt(walk->connected[limits->key], 0);
        walk->connected[limits->key]--;
        return;
    }
    walk->connected[limits->key]++;
    ck_assert_uint_le(walk->connected[limits->key], limits->connections);
    if (action->span > 0) {
        ck_assert_int_ge(walk->now - action->span, walk->queued_at[limits->key]);
        walk->queued_at[limits->key] = walk->now - action->span;
    }
}

static void check_action(struct walk *walk, const struct sq_action *action)
{
    struct slot *slot = &walk->slots[action->call->owner];
    ck_assert(slot->open);
    ck_assert_ptr_eq(action->call, &slot->call);
    switch (action->kind) {
    case SQ_ACTION_SEND:
        check_pool(walk, action);
        ck_assert_uint_eq(slot->sent, slot->ended);
        ck_assert_uint_eq(action->attempt, slot->sent + 1);
        slot->sent = action->attempt;
        slot->waiting = 0;
        break;
    case SQ_ACTION_CANCEL:
        ck_assert_uint_eq(action->attempt, slot->sent);
        ck_assert_uint_eq(slot->ended + 1, slot->sent);
        break;
    case SQ_ACTION_ATTEMPT:
        slot->waiting = 0;
        if (action->attempt > 0) {
            ck_assert_uint_eq(action->attempt, slot->ended + 1);
            ck_assert_uint_eq(action->attempt, slot->sent);
            slot->ended = action->attempt;
            check_pool(walk, action);
        }
        break;
    case SQ_ACTION_WAIT:
        ck_assert_uint_eq(slot->sent, slot->ended);
        /* an outer limit may cut an inner wait, and be waited for in its turn */
        ck_assert(slot->waiting == 0 || walk->settings.n_layers > 1);
        slot->waiting++;
        break;
    case SQ_ACTION_TRANSITION:
        ck_assert_uint_ne(action->from, action->to);
        break;
    case SQ_ACTION_FINISH:
        ck_assert_uint_eq(slot->sent, slot->ended);
        ck_assert_uint_ne(action->outcome, SQ_OUTCOME_EXCLUDED);
        ck_assert_int_eq(action->attempt > 0, sq_outcome_row(action->outcome)->answered_by_model);
        ck_assert_int_eq(action->attempt > 0, action->klass == SQ_CLASS_NONE);
        /* a wait is never the last thing before a call is given up, but when its time is */
        ck_assert(slot->waiting == 0 || action->klass == SQ_CLASS_CANCELLED ||
                  walk->settings.n_layers > 1 || walk->sleeps);
        slot->open = false;
        walk->finished++;
        break;
    case SQ_ACTIONS:
        ck_abort();
    }
}

static void feed(struct walk *walk, struct slot *slot, struct sq_event event)
{
    struct sq_action action;
    event.at = walk->now;
    sq_engine_feed(walk->engine, &slot->call, &event);
    while (sq_engine_next(walk->engine, &action)) {
        check_action(walk, &action);
        walk->digest = walk->digest * 1099511628211U + (uint64_t)action.kind * 1000003U +
                       action.attempt * 10007U + (uint64_t)action.klass * 101U +
                       (uint64_t)action.span + (uint64_t)action.outcome * 17U;
    }
    if (slot->open) {
        ck_assert_int_ge(sq_call_deadline(&slot->call), walk->now);
    } else {
        ck_assert_int_eq(sq_call_deadline(&slot->call), SQ_NEVER);
    }
}

static void start(struct walk *walk, struct slot *slot)
{
    memset(slot, 0, sizeof *slot);
    slot->open = true;
    struct sq_call_request request = {
        .id = walk->started++,
        .owner = (uint32_t)(slot - walk->slots),
        .rule = (uint8_t)draw(walk, 2),
        .role = (uint8_t)draw(walk, ROLES),
        .stream = chance(walk, 50),
        .contract = chance(walk, 10),
        .deadline = chance(walk, 50) ? SQ_NEVER : walk->now + some_span(walk) / 2};
    feed(walk, slot, (struct sq_event){.kind = SQ_EVENT_START, .request = &request});
}

static struct sq_event some_done(struct walk *walk, uint16_t attempt)
{
    static const uint16_t statuses[] = {200, 200, 200, 400, 408, 429, 500, 502, 503, 529, 301, 0};
    return (struct sq_event){
        .kind = SQ_EVENT_DONE,
        .attempt = attempt,
        .status = statuses[draw(walk, sizeof statuses / sizeof statuses[0])],
        .transport = (enum sq_transport)(chance(walk, 80) ? 0 : draw(walk, SQ_TRANSPORTS)),
        .reading = {.klass =
                        (enum sq_class)(chance(walk, 60) ? 0 : SQ_CLASS_MALFORMED + draw(walk, 5)),
                    .meaning = (enum sq_meaning)draw(walk, SQ_MEANINGS)}};
}

static void feed_something(struct walk *walk, struct slot *slot)
{
    static const struct sq_hints hints[] = {{.retry_after = "1"},
                                            {.retry_after_ms = "1.5"},
                                            {.retry_after = "x"},
                                            {.should_retry = "true"},
                                            {.retry_after = "100", .should_retry = "false"}};
    uint16_t attempt = chance(walk, 90) ? slot->sent : (uint16_t)draw(walk, 4);
    uint32_t dice = draw(walk, 100);
    if (sq_call_deadline(&slot->call) <= walk->now && dice < 90) {
        feed(walk, slot, (struct sq_event){.kind = SQ_EVENT_WAKE});
    } else if (dice < 2) {
        feed(walk, slot, (struct sq_event){.kind = SQ_EVENT_LEAVE});
    } else if (dice < 10) {
        feed(walk, slot, (struct sq_event){.kind = SQ_EVENT_WAKE});
    } else if (dice < 50) {
        struct sq_event event = {.attempt = attempt, .status = 200, .last_byte_at = walk->now};
        event.kind = (enum sq_event_kind)(SQ_EVENT_CONNECTED + draw(walk, 4));
        feed(walk, slot, event);
    } else {
        struct sq_event event = some_done(walk, attempt);
        event.hints = chance(walk, 30) ? &hints[draw(walk, 5)] : NULL;
        feed(walk, slot, event);
    }
}

/* Something that must come: the end of an attempt, or the deadline of a call. NULL: nothing will
 * ever come. */
static struct slot *find_next(struct walk *walk)
{
    struct slot *next = NULL;
    for (unsigned i = 0; i < SLOTS; i++) {
        struct slot *slot = &walk->slots[i];
        if (slot->open && slot->sent > slot->ended) {
            return slot;
        }
        if (slot->open &&
            (next == NULL || sq_call_deadline(&slot->call) < sq_call_deadline(&next->call))) {
            next = slot;
        }
    }
    return next;
}

/* No calls come any more, all attempts succeed: everyone gets out without being told to leave. */
static void drain(struct walk *walk)
{
    struct slot *slot = find_next(walk);
    while (slot != NULL) {
        if (slot->sent > slot->ended) {
            feed(walk, slot,
                 (struct sq_event){.kind = SQ_EVENT_DONE, .attempt = slot->sent, .status = 200});
        } else {
            ck_assert_int_ne(sq_call_deadline(&slot->call), SQ_NEVER); /* it would wait for ever */
            walk->now = sq_time_max(walk->now, sq_call_deadline(&slot->call));
            feed(walk, slot, (struct sq_event){.kind = SQ_EVENT_WAKE});
        }
        slot = find_next(walk);
    }
}

static void walk_policy(struct walk *walk)
{
    for (uint8_t i = 0; i < walk->settings.n_layers; i++) {
        fill_layer(walk, &walk->settings.layers[i]);
    }
    size_t size = sq_engine_size(&walk->settings);
    void *memory = malloc(size);
    ck_assert_ptr_nonnull(memory);
    walk->engine = sq_engine_init(memory, size, &walk->settings, walk->seed);
    while (walk->started < CALLS_PER_POLICY) {
        struct slot *slot = &walk->slots[draw(walk, SLOTS)];
        walk->now += chance(walk, 50) ? 0 : some_span(walk) % SQ_HOUR / 8;
        if (slot->open) {
            feed_something(walk, slot);
        } else {
            start(walk, slot);
        }
    }
    drain(walk);
    ck_assert_uint_eq(walk->finished, CALLS_PER_POLICY);
    ck_assert_uint_eq(sq_engine_leases(walk->engine), 0);
    free(memory);
}

static uint64_t digest_of_walk(uint64_t seed)
{
    struct walk *walk = calloc(1, sizeof *walk);
    ck_assert_ptr_nonnull(walk);
    walk->seed = seed;
    walk->settings.n_roles = ROLES;
    walk->settings.n_layers = (uint8_t)(1 + seed % SQ_LAYERS_MAX);
    walk_policy(walk);
    uint64_t digest = walk->digest;
    free(walk);
    return digest;
}

START_TEST(test_walk_under_random_policies_keeps_every_promise)
{
    uint64_t last = 0;
    for (uint64_t seed = 0; seed < POLICIES; seed++) {
        uint64_t digest = digest_of_walk(seed);
        ck_assert_uint_ne(digest, last);
        last = digest;
    }
}
END_TEST

START_TEST(test_walk_run_again_does_the_same)
{
    for (uint64_t seed = 0; seed < 12; seed++) {
        ck_assert_uint_eq(digest_of_walk(seed), digest_of_walk(seed));
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_walk");
    tcase_add_test(tests, test_walk_under_random_policies_keeps_every_promise);
    tcase_add_test(tests, test_walk_run_again_does_the_same);
    tcase_set_timeout(tests, 240);
    Suite *suite = suite_create("engine_walk");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
