/* SPDX-License-Identifier: MIT */
/* Random scripts and random visitors: what holds whatever the weather. */
#include <check.h>
#include <string.h>

#include "base/digest.h"
#include "base/draw.h"
#include "tests/support/far_side.h"

#define N_VISITS 24
#define N_SEEDS  100
#define N_MOVES  400

struct weather {
    uint64_t state;
    sq_time now;
    uint64_t n_calls;
    struct sq_visit visits[N_VISITS];
    bool here[N_VISITS];
    uint32_t told[N_VISITS]; /* STARTED and REFUSED */
    uint32_t n_broken;
    struct sq_digest digest;
};

static uint32_t below(struct weather *weather, uint32_t end)
{
    weather->state++;
    return (uint32_t)(sq_digest_mix(weather->state) >> 33) % end;
}

static void add_random_rule(struct weather *weather, uint32_t i)
{
    char name[8] = {'r', (char)('a' + i), 0};
    enum sq_fault_kind kind = (enum sq_fault_kind)below(weather, SQ_FAULT_KINDS);
    struct sq_rule *rule = far_side_rule(kind, name);
    struct sq_effect *effect = &rule->effect;
    rule->models = 1 + below(weather, 7);
    rule->match.stream = (int8_t)((int)below(weather, 3) - 1);
    rule->per = below(weather, 2) == 1 ? SQ_PER_CALL : SQ_PER_ATTEMPT;
    rule->count = (struct sq_count){.kind = (enum sq_count_kind)below(weather, 5),
                                    .first = 1 + below(weather, 4),
                                    .last = below(weather, 8),
                                    .sequence = below(weather, 1000),
                                    .n_sequence = 10};
    rule->share_q32 = SQ_DRAW_ALWAYS / (1 + below(weather, 3));
    if (below(weather, 4) > 0) {
        far_side_window(rule, below(weather, 5) * SQ_SECOND, (1 + below(weather, 3)) * SQ_SECOND,
                        below(weather, 2) * 4 * SQ_SECOND);
    }
    effect->add = below(weather, 2) * SQ_SECOND;
    effect->after_tokens = below(weather, 2) == 0 ? SQ_UNSET_U32 : below(weather, 30);
    effect->after_bytes = below(weather, 2) == 0 ? SQ_UNSET_U32 : below(weather, 6000);
    effect->ending = (enum sq_ending)(SQ_ENDING_FIN + below(weather, 3));
    effect->for_each = below(weather, 2) == 0 ? SQ_NEVER : below(weather, 900) * SQ_MS;
    bool can = (sq_fault_kind_row(kind)->parameters & SQ_PARAMETER_IN_FLIGHT) != 0;
    effect->in_flight = can && below(weather, 2) == 1;
    effect->shape = (enum sq_json_shape)below(weather, SQ_JSON_SHAPES);
}

/* Limits tight enough to refuse something, for one provider, in every other script. */
static void add_random_quota(struct weather *weather)
{
    struct sq_provider_spec *spec = &far_side()->script.providers[0];
    spec->n_quotas = (uint8_t)below(weather, 2);
    spec->quotas[0] = (struct sq_quota){
        .requests_per_minute = below(weather, 2) * (500 + below(weather, 1000)),
        .tokens_per_minute = 50000 + below(weather, 100000),
        .window = (1 + below(weather, 5)) * SQ_SECOND,
        .scope = (enum sq_quota_scope)below(weather, 2),
        .reserve = (enum sq_quota_reserve)below(weather, 2),
    };
}

static void assert_sound(const struct sq_plan *plan)
{
    ck_assert_uint_le(plan->n_steps, SQ_PLAN_STEPS_MAX);
    ck_assert_uint_le(plan->sent_tokens, plan->body.output_tokens);
    for (uint8_t i = 1; i < plan->n_steps; i++) {
        ck_assert_int_ge(plan->steps[i].at, plan->steps[i - 1].at);
        ck_assert_int_lt(plan->steps[i - 1].kind, SQ_STEP_END);
    }
    bool ends = plan->n_steps > 0 && plan->steps[plan->n_steps - 1].kind >= SQ_STEP_END;
    ck_assert_int_eq(ends, plan->ending != SQ_ENDING_SILENCE);
}

static void take_notices(struct weather *weather)
{
    struct sq_notice notice;
    while (sq_provider_next(far_side()->provider, weather->now, &notice)) {
        size_t i = (size_t)(notice.visit - weather->visits);
        ck_assert(weather->here[i]);
        assert_sound(&notice.visit->plan);
        sq_digest_add(&weather->digest, (uint64_t)weather->now);
        sq_digest_add(&weather->digest, (uint64_t)notice.kind << 32 | i);
        if (notice.kind == SQ_NOTICE_BROKEN) {
            ck_assert_uint_eq(weather->told[i], 1);
            ck_assert_int_ne(notice.visit->plan.ending, SQ_ENDING_COMPLETE);
            weather->n_broken++;
        } else {
            weather->told[i]++;
        }
    }
}

static void come(struct weather *weather, uint32_t i)
{
    struct sq_plan_request request = far_side_request(below(weather, 3) + weather->n_calls++ / 3);
    request.model = (uint16_t)below(weather, 3);
    request.nth = (uint16_t)(1 + below(weather, 3));
    request.attempt = request.nth;
    request.stream = below(weather, 2) == 1;
    request.output_tokens = below(weather, 40);
    request.contract = (uint8_t)below(weather, 2);
    weather->visits[i] = (struct sq_visit){0};
    weather->here[i] = true;
    weather->told[i] = 0;
    sq_provider_arrive(far_side()->provider, &weather->visits[i], &request, weather->now);
}

static void go(struct weather *weather, uint32_t i)
{
    struct sq_bill bill;
    ck_assert_uint_eq(weather->told[i], 1);
    sq_provider_leave(far_side()->provider, &weather->visits[i], weather->now, &bill);
    const struct sq_plan *plan = &weather->visits[i].plan;
    ck_assert_uint_le(bill.output_tokens, plan->sent_tokens);
    ck_assert(bill.output_tokens == 0 || bill.input_tokens == 100);
    sq_digest_add(&weather->digest, (uint64_t)bill.input_tokens << 32 | bill.output_tokens);
    weather->here[i] = false;
}

static uint32_t served(const struct weather *weather)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < N_VISITS; i++) {
        n += weather->here[i] && weather->visits[i].state == SQ_VISIT_IN_SERVICE ? 1 : 0;
    }
    return n;
}

/* One run of a random script; returns the digest of all that was told and billed. */
static uint64_t run(uint64_t seed, uint32_t *n_broken)
{
    struct weather weather = {.state = seed << 20};
    far_side_init();
    uint32_t n_rules = below(&weather, 16);
    for (uint32_t i = 0; i < n_rules; i++) {
        add_random_rule(&weather, i);
    }
    add_random_quota(&weather);
    far_side()->script.n_contracts = 1;
    far_side()->script.contracts[0] =
        (struct sq_script_contract){.sample = "{\"answer\":\"\"}", .fill_at = 11};
    far_side()->bounds.count_keys = 16;
    far_side_start(seed);
    for (uint32_t move = 0; move < N_MOVES; move++) {
        sq_time jump = weather.now + below(&weather, 60) * SQ_MS;
        weather.now = sq_time_min(jump, sq_provider_deadline(far_side()->provider));
        take_notices(&weather);
        uint32_t i = below(&weather, N_VISITS);
        if (weather.here[i]) {
            go(&weather, i);
        } else {
            come(&weather, i);
        }
        take_notices(&weather);
        ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), served(&weather));
        ck_assert_int_gt(sq_provider_deadline(far_side()->provider), weather.now);
    }
    for (uint32_t i = 0; i < N_VISITS; i++) {
        if (weather.here[i]) {
            go(&weather, i);
        }
    }
    ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), 0);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), SQ_NEVER);
    *n_broken += weather.n_broken;
    far_side_clear();
    return sq_digest_value(&weather.digest);
}

START_TEST(test_every_visit_is_told_once_and_none_stays_behind)
{
    uint32_t n_broken = 0;
    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        run(seed, &n_broken);
    }
    ck_assert_uint_gt(n_broken, N_SEEDS / 5); /* or the weather is too fair to say anything */
}
END_TEST

START_TEST(test_same_seed_gives_the_same_weather)
{
    uint32_t n_broken = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        ck_assert_uint_eq(run(seed, &n_broken), run(seed, &n_broken));
    }
    ck_assert_uint_ne(run(1, &n_broken), run(2, &n_broken));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("provider_weather");
    tcase_add_test(tests, test_every_visit_is_told_once_and_none_stays_behind);
    tcase_add_test(tests, test_same_seed_gives_the_same_weather);
    Suite *suite = suite_create("provider_weather");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
