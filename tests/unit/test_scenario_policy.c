/* SPDX-License-Identifier: MIT */
/* Policies resolved: defaults, overrides, breakers, rungs, layers, presets, and back to JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "scenarios/reference.h"
#include "tests/support/scenario_text.h"
#include "wire/repair.h"

#define Q32(numerator, denominator) ((((uint64_t)(numerator)) << 32) / (denominator))

/* The settings of a policy that must load. */
static const struct sq_settings *settings_of(struct loaded *loaded, const char *policy)
{
    load_policy(loaded, policy);
    ck_assert_msg(loaded->status == SQ_OK, "%s\n%s", policy, sq_strbuf_text(&loaded->text));
    return loaded->scenario->policies[0];
}

static void assert_refused(const char *policy, const char *part)
{
    struct loaded loaded;
    load_policy(&loaded, policy);
    ck_assert_msg(loaded.status == SQ_INVALID, "%s", policy);
    ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), part) != NULL, "%s\n%s", policy,
                  sq_strbuf_text(&loaded.text));
    loaded_clear(&loaded);
}

START_TEST(test_policy_when_empty_then_defaults_of_the_class_table_hold)
{
    struct loaded loaded;
    const struct sq_settings *settings = settings_of(&loaded, "{}");
    const struct sq_role_settings *role = &settings->layers[0].role[0];
    ck_assert_str_eq(settings->name, "inline");
    ck_assert_uint_eq(settings->n_roles, 3);
    ck_assert_uint_eq(settings->n_layers, 1);
    ck_assert_int_eq(settings->epoch_s, 1767225600);
    ck_assert_int_eq(role->timeouts.total, SQ_NEVER);
    ck_assert_uint_eq(role->retry.max_attempts, 1);
    ck_assert_int_eq(role->retry.commit_at, SQ_COMMIT_AUTO);
    ck_assert_uint_eq(role->retry.hint.sources, 0);
    ck_assert(sq_on_matches(&role->retry.on, SQ_CLASS_RATE_LIMITED, 429));
    ck_assert(!sq_on_matches(&role->retry.on, SQ_CLASS_QUOTA, 429));
    ck_assert(!role->breaker.on);
    ck_assert_int_eq(role->breaker.mark[SQ_CLASS_NONE], SQ_MARK_SUCCESS);
    ck_assert_int_eq(role->breaker.mark[SQ_CLASS_RATE_LIMITED], SQ_MARK_NEUTRAL);
    ck_assert_int_eq(role->breaker.mark[SQ_CLASS_SERVER_ERROR], SQ_MARK_FAILURE);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_policy_when_written_out_then_every_field_is_kept)
{
    struct loaded loaded;
    const struct sq_settings *settings = settings_of(
        &loaded,
        "{ \"name\": \"p\", \"timeouts\": { \"connect\": \"1s\", \"first_byte\": \"2s\","
        " \"first_token\": \"3s\", \"idle\": \"4s\", \"attempt\": \"5s\", \"total\": \"6s\" },"
        " \"retry\": { \"max_attempts\": 255, \"commit_at\": \"end\", \"report\": \"first\","
        " \"on\": [503, \"timeout\", \"reset\"], \"delay\": { \"exponential\": { \"initial\":"
        " \"1s\", \"factor\": 1.5 }, \"cap\": \"8s\", \"jitter\": { \"additive\": \"2s\" },"
        " \"cap_applies\": \"after_jitter\" }, \"hint\": { \"accept\": \"[1s, never)\","
        " \"above\": \"forbid\", \"combine\": \"max\", \"sources\": [\"date\", \"ms\"] } },"
        " \"classify\": [ { \"status\": 500, \"code\": \"billing\", \"class\": \"quota\" } ] }");
    const struct sq_role_settings *role = &settings->layers[0].role[2];
    ck_assert_str_eq(settings->name, "p");
    ck_assert_int_eq(role->timeouts.connect, SQ_SECOND);
    ck_assert_int_eq(role->timeouts.first_byte, 2 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.first_token, 3 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.idle, 4 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.attempt, 5 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.total, 6 * SQ_SECOND);
    ck_assert_uint_eq(role->retry.max_attempts, 255);
    ck_assert_int_eq(role->retry.commit_at, SQ_COMMIT_END);
    ck_assert_int_eq(role->retry.report, SQ_REPORT_FIRST);
    ck_assert(sq_on_matches(&role->retry.on, SQ_CLASS_GATEWAY_ERROR, 503));
    ck_assert(!sq_on_matches(&role->retry.on, SQ_CLASS_GATEWAY_ERROR, 502));
    ck_assert(sq_on_matches(&role->retry.on, SQ_CLASS_TIMEOUT_IDLE, 0));
    ck_assert(sq_on_matches(&role->retry.on, SQ_CLASS_RESET, 0));
    ck_assert(!sq_on_matches(&role->retry.on, SQ_CLASS_CUT, 200));
    ck_assert_int_eq(role->retry.delay.kind, SQ_DELAY_EXPONENTIAL);
    ck_assert_int_eq(role->retry.delay.initial, SQ_SECOND);
    ck_assert_uint_eq(role->retry.delay.factor_q32, Q32(3, 2));
    ck_assert_int_eq(role->retry.delay.cap, 8 * SQ_SECOND);
    ck_assert(role->retry.delay.cap_after_jitter);
    ck_assert_int_eq(role->retry.delay.jitter, SQ_JITTER_ADDITIVE);
    ck_assert_int_eq(role->retry.delay.jitter_span, 2 * SQ_SECOND);
    ck_assert_uint_eq(role->retry.hint.sources, SQ_HINT_DATE | SQ_HINT_MILLISECONDS);
    ck_assert_int_eq(role->retry.hint.low, SQ_SECOND);
    ck_assert(role->retry.hint.low_included && !role->retry.hint.high_included);
    ck_assert_int_eq(role->retry.hint.high, SQ_NEVER);
    ck_assert_int_eq(role->retry.hint.above, SQ_HINT_ABOVE_FORBID);
    ck_assert_int_eq(role->retry.hint.combine, SQ_HINT_MAX);
    ck_assert_uint_eq(settings->layers[0].n_classify, 1);
    ck_assert_uint_eq(settings->layers[0].classify[0].code_key, sq_digest_name("billing", 7));
    ck_assert_int_eq(settings->layers[0].classify[0].klass, SQ_CLASS_QUOTA);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_overrides_when_given_then_fields_and_lists_are_replaced)
{
    struct loaded loaded;
    const struct sq_settings *settings = settings_of(
        &loaded, "{ \"timeouts\": { \"attempt\": \"20s\", \"idle\": \"5s\" },"
                 " \"retry\": { \"max_attempts\": 5, \"on\": [\"timeout\"], \"delay\": {"
                 " \"exponential\": { \"initial\": \"1s\", \"factor\": 3 }, \"jitter\": \"full\" },"
                 " \"hint\": {} },"
                 " \"breaker\": { \"trip\": { \"consecutive\": 5 } },"
                 " \"roles\": { \"cheap\": { \"timeouts\": { \"attempt\": \"7s\" }, \"retry\": {"
                 " \"on\": [\"connection\"], \"delay\": { \"cap\": \"2s\" } } } } }");
    const struct sq_role_settings *primary = &settings->layers[0].role[0];
    const struct sq_role_settings *cheap = &settings->layers[0].role[1];
    ck_assert_int_eq(primary->timeouts.attempt, 20 * SQ_SECOND);
    ck_assert_int_eq(cheap->timeouts.attempt, 7 * SQ_SECOND);
    ck_assert_int_eq(cheap->timeouts.idle, 5 * SQ_SECOND);
    ck_assert_uint_eq(cheap->retry.max_attempts, 5);
    ck_assert(!sq_on_matches(&cheap->retry.on, SQ_CLASS_TIMEOUT_IDLE, 0));
    ck_assert(sq_on_matches(&cheap->retry.on, SQ_CLASS_CUT, 0));
    ck_assert(sq_on_matches(&primary->retry.on, SQ_CLASS_TIMEOUT_IDLE, 0));
    ck_assert_int_eq(cheap->retry.delay.cap, 2 * SQ_SECOND);
    ck_assert_int_eq(primary->retry.delay.cap, SQ_NEVER);
    ck_assert_int_eq(cheap->retry.delay.kind, SQ_DELAY_EXPONENTIAL);
    ck_assert_uint_eq(cheap->retry.delay.factor_q32, Q32(3, 1));
    ck_assert_int_eq(cheap->retry.delay.jitter, SQ_JITTER_FULL);
    ck_assert_uint_eq(cheap->retry.hint.sources, 15);
    ck_assert_int_eq(cheap->retry.hint.high, 60 * SQ_SECOND);
    ck_assert_int_eq(primary->breaker.lease_timeout, 21 * SQ_SECOND);
    ck_assert_int_eq(cheap->breaker.lease_timeout, 8 * SQ_SECOND);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_breakers_when_keyed_then_roles_share_by_name)
{
    struct loaded loaded;
    const struct sq_layer_settings *layer =
        settings_of(&loaded, "{ \"breaker\": { \"key\": [\"provider\"], \"trip\": {"
                             " \"failure_ratio\": 0.5 }, \"half_open\": { \"admit\": 2 },"
                             " \"counts_as\": { \"throttled\": \"failure\", \"cut\": \"neutral\" }"
                             " } }")
            ->layers;
    ck_assert_uint_eq(layer->n_breakers, 2);
    ck_assert_str_eq(layer->breaker_name[0], "openai");
    ck_assert_str_eq(layer->breaker_name[1], "inhouse");
    ck_assert_uint_eq(layer->role[0].breaker.key, 0);
    ck_assert_uint_eq(layer->role[1].breaker.key, 0);
    ck_assert_uint_eq(layer->role[2].breaker.key, 1);
    const struct sq_breaker *breaker = &layer->role[0].breaker;
    ck_assert_uint_eq(breaker->trip.minimum_attempts, 10);
    ck_assert_int_eq(breaker->trip.window, 10 * SQ_SECOND);
    ck_assert_uint_eq(breaker->trip.consecutive, 0);
    ck_assert_int_eq(breaker->open_for, 60 * SQ_SECOND);
    ck_assert_uint_eq(breaker->admit, 2);
    ck_assert_int_eq(breaker->lease_timeout, 61 * SQ_SECOND);
    ck_assert_int_eq(breaker->mark[SQ_CLASS_QUOTA], SQ_MARK_FAILURE);
    ck_assert_int_eq(breaker->mark[SQ_CLASS_CUT], SQ_MARK_NEUTRAL);
    loaded_clear(&loaded);
    layer = settings_of(&loaded, "{ \"breaker\": { \"trip\": { \"consecutive\": 5 } } }")->layers;
    ck_assert_uint_eq(layer->n_breakers, 3);
    ck_assert_str_eq(layer->breaker_name[1], "openai/gpt-4o-mini");
    loaded_clear(&loaded);
    layer =
        settings_of(&loaded, "{ \"breaker\": { \"key\": [], \"trip\": { \"consecutive\": 5 } } }")
            ->layers;
    ck_assert_uint_eq(layer->n_breakers, 1);
    ck_assert_str_eq(layer->breaker_name[0], "all");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_rungs_when_optional_roles_are_missing_then_left_out)
{
    struct loaded loaded;
    const struct sq_layer_settings *layer =
        settings_of(&loaded,
                    "{ \"fallback\": [ { \"role\": \"cheap\", \"on\": [\"timeout\", 503] },"
                    " { \"role\": \"nobody\", \"optional\": true },"
                    " { \"role\": \"backup\", \"on\": \"any\" },"
                    " { \"answer\": \"Sorry.\", \"counts_as\": \"answer\" } ],"
                    " \"roles\": { \"nobody\": { \"retry\": { \"max_attempts\": 2 } } } }")
            ->layers;
    ck_assert_uint_eq(layer->n_rungs, 3);
    ck_assert_int_eq(layer->rungs[0].kind, SQ_RUNG_ROLE);
    ck_assert_uint_eq(layer->rungs[0].role, 1);
    ck_assert(!sq_on_matches(&layer->rungs[0].on, SQ_CLASS_CUT, 200));
    ck_assert(sq_on_matches(&layer->rungs[1].on, SQ_CLASS_BAD_REQUEST, 400));
    ck_assert(!sq_on_matches(&layer->rungs[1].on, SQ_CLASS_CANCELLED, 0));
    ck_assert_int_eq(layer->rungs[2].kind, SQ_RUNG_ANSWER);
    ck_assert_str_eq(layer->rungs[2].answer, "Sorry.");
    ck_assert(layer->rungs[2].counts_as_answer);
    ck_assert(sq_on_matches(&layer->rungs[2].on, SQ_CLASS_AUTH, 401));
    ck_assert(!sq_on_matches(&layer->rungs[2].on, SQ_CLASS_BAD_REQUEST, 400));
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_layers_when_stacked_then_each_is_resolved)
{
    struct loaded loaded;
    const struct sq_settings *settings =
        settings_of(&loaded, "{ \"name\": \"stack\", \"layers\": [ { \"breaker\": { \"trip\": {"
                             " \"consecutive\": 5 } } }, \"openai-python-2.52\" ] }");
    ck_assert_uint_eq(settings->n_layers, 2);
    ck_assert_str_eq(settings->name, "stack");
    ck_assert(settings->layers[0].role[0].breaker.on);
    ck_assert(!settings->layers[1].role[0].breaker.on);
    ck_assert_uint_eq(settings->layers[1].role[0].retry.max_attempts, 3);
    loaded_clear(&loaded);
    assert_refused("{ \"layers\": [ {}, {}, {}, {} ] }", "S021");
    assert_refused("{ \"layers\": [ {} ], \"retry\": {} }", "S019");
    assert_refused("{ \"layers\": [ { \"layers\": [ {} ] } ] }", "S019");
    assert_refused("{ \"layers\": [ \"nope\" ] }", "S004");
    assert_refused("{ \"layers\": [ 5 ] }", "S010");
}
END_TEST

START_TEST(test_policy_when_wrong_then_refused_with_its_code)
{
    static const char *const list[][2] = {
        {"5", "S010"},
        {"\"nope\"", "S004"},
        {"\"./nope.json\"", "S003"},
        {"{ \"retry\": { \"max_attempts\": 0 } }", "S012"},
        {"{ \"retry\": { \"max_attempts\": 256 } }", "S012"},
        {"{ \"retry\": { \"commit_at\": \"first_byte\" } }", "S016"},
        {"{ \"retry\": { \"on\": \"timeout\" } }", "S010"},
        {"{ \"retry\": { \"on\": [600] } }", "S012"},
        {"{ \"retry\": { \"hint\": { \"invalid\": \"now\" } } }", "S018"},
        {"{ \"retry\": { \"hint\": { \"on\": [\"soon\"] } } }", "S016"},
        {"{ \"retry\": { \"delay\": { \"exponential\": { \"factor\": 0.99 } } } }", "S012"},
        {"{ \"retry\": { \"delay\": { \"exponential\": { \"factor\": 100.1 } } } }", "S012"},
        {"{ \"retry\": { \"delay\": { \"jitter\": \"decorrelated\" } } }", "S018"},
        {"{ \"retry\": { \"delay\": { \"jitter\": { \"subtractive\": 1.5 } } } }", "S014"},
        {"{ \"retry\": { \"delay\": { \"jitter\": {} } } }", "S011"},
        {"{ \"retry\": { \"hint\": { \"accept\": \"0s..60s\" } } }", "S013"},
        {"{ \"retry\": { \"hint\": { \"accept\": \"(60s, 0s]\" } } }", "S013"},
        {"{ \"retry\": { \"hint\": { \"accept\": \"(never, never]\" } } }", "S013"},
        {"{ \"retry\": { \"hint\": { \"above\": \"clamp\" } } }", "S018"},
        {"{ \"retry\": { \"hint\": { \"sources\": [\"retry-after\"] } } }", "S016"},
        {"{ \"retry\": { \"hint\": { \"sources\": [] } } }", "S021"},
        {"{ \"timeouts\": { \"read\": \"5s\" } }", "S017"},
        {"{ \"timeouts\": { \"total\": \"0s\" } }", "S012"},
        {"{ \"breaker\": {} }", "S011"},
        {"{ \"breaker\": { \"trip\": {} } }", "S011"},
        {"{ \"roles\": { \"cheap\": { \"breaker\": {} } } }", "S011"},
        {"{ \"breaker\": { \"trip\": { \"window\": \"5s\", \"consecutive\": 5 } } }", "S019"},
        {"{ \"breaker\": { \"trip\": { \"failure_ratio\": 0 } } }", "S014"},
        {"{ \"breaker\": { \"trip\": { \"consecutive\": 5 }, \"half_open\": { \"admit\": 65 } } }",
         "S012"},
        {"{ \"breaker\": { \"trip\": { \"consecutive\": 5 }, \"key\": [\"tenant\"] } }", "S018"},
        {"{ \"breaker\": { \"trip\": { \"consecutive\": 5 }, \"counts_as\": { \"foo\": \"failure\""
         " } } }",
         "S016"},
        {"{ \"fallback\": [ { \"role\": \"nobody\" } ] }", "--bind nobody="},
        {"{ \"fallback\": [ { \"role\": \"cheap\", \"answer\": \"x\" } ] }", "S019"},
        {"{ \"fallback\": [ { \"answer\": \"x\", \"optional\": true } ] }", "S019"},
        {"{ \"fallback\": [ { \"role\": \"cheap\", \"counts_as\": \"answer\" } ] }", "S019"},
        {"{ \"fallback\": [ { \"cache\": {} } ] }", "S018"},
        {"{ \"fallback\": [ {} ] }", "S011"},
        {"{ \"roles\": { \"nobody\": {} } }", "S025"},
        {"{ \"classify\": [ { \"class\": \"quota\" } ] }", "S011"},
        {"{ \"classify\": [ { \"status\": 500, \"class\": \"throttled\" } ] }", "S016"},
        {"{ \"hedge\": {} }", "S018"},
        {"{ \"spend\": {} }", "S018"},
        {"{ \"cache\": {} }", "S018"}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        assert_refused(list[i][0], list[i][1]);
    }
}
END_TEST

START_TEST(test_limits_budgets_contracts_and_rules_when_wrong_then_refused_with_their_code)
{
    static const char *const list[][2] = {
        {"{ \"retry\": { \"budget\": { \"ratio\": 1.1 } } }", "S014"},
        {"{ \"retry\": { \"budget\": { \"floor_per_second\": 100001 } } }", "S012"},
        {"{ \"retry\": { \"budget\": { \"ttl\": \"5s\" } } }", "S017"},
        {"{ \"fallback\": [ { \"rules\": [] } ] }", "S021"},
        {"{ \"fallback\": [ { \"rules\": [ { \"contains\": \"x\" } ] } ] }", "S011"},
        {"{ \"fallback\": [ { \"rules\": [ { \"contains\": \"x\", \"answer\": \"y\" } ] },"
         " { \"rules\": [ { \"contains\": \"z\", \"answer\": \"y\" } ] } ] }",
         "S020"},
        {"{ \"fallback\": [ { \"rules\": [ { \"contains\": \"x\", \"answer\": \"y\" } ],"
         " \"optional\": true } ] }",
         "S019"},
        {"{ \"roles\": { \"cheap\": { \"limits\": { \"pool_wait\": \"5s\" } } } }", "S019"},
        {"{ \"limits\": { \"connections\": 0 } }", "S012"},
        {"{ \"limits\": { \"keep_alive\": 20 } }", "S019"},
        {"{ \"limits\": { \"tokens_per_minute\": 1 } }", "S018"},
        {"{ \"layers\": [ { \"limits\": { \"connections\": 5 } }, {} ] }", "S019"},
        {"{ \"limits\": {}, \"layers\": [ {} ] }", "S019"},
        {"{ \"contract\": { \"from\": \"policy\" } }", "S032"},
        {"{ \"contract\": { \"from\": \"policy\", \"sample\": {} } }", "S032"},
        {"{ \"contract\": { \"json\": true } }", "S019"},
        {"{ \"contract\": { \"from\": \"request\", \"schema\": {} } }", "S019"},
        {"{ \"layers\": [ { \"contract\": { \"from\": \"policy\", \"json\": true } }, { "
         "\"contract\": { \"from\": \"policy\", \"whole\": true } } ] }",
         "S020"},
        {"{ \"contract\": { \"reask\": { \"max\": 11 } } }", "S012"}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        assert_refused(list[i][0], list[i][1]);
    }
}
END_TEST

START_TEST(test_preset_when_openai_python_then_its_published_figures)
{
    struct loaded loaded;
    const struct sq_role_settings *role =
        &settings_of(&loaded, "\"openai-python-2.52\"")->layers[0].role[0];
    ck_assert_str_eq(loaded.scenario->policies[0]->name, "openai-python-2.52");
    ck_assert_uint_eq(role->retry.max_attempts, 3);
    ck_assert_int_eq(role->retry.commit_at, SQ_COMMIT_HEADERS);
    ck_assert_int_eq(role->retry.delay.initial, 500 * SQ_MS);
    ck_assert_int_eq(role->retry.delay.cap, 8 * SQ_SECOND);
    ck_assert_int_eq(role->retry.delay.jitter, SQ_JITTER_SUBTRACTIVE);
    ck_assert_uint_eq(role->retry.delay.jitter_share_q32, Q32(1, 4));
    ck_assert(!role->retry.delay.cap_after_jitter);
    ck_assert(!role->retry.hint.low_included && role->retry.hint.high_included);
    ck_assert_int_eq(role->retry.hint.high, 120 * SQ_SECOND);
    ck_assert_int_eq(role->retry.hint.above, SQ_HINT_ABOVE_FORBID);
    static const uint16_t retried[] = {408, 409, 429, 500, 501, 505, 529, 599};
    for (size_t i = 0; i < sizeof(retried) / sizeof(retried[0]); i++) {
        ck_assert(sq_on_matches(&role->retry.on, SQ_CLASS_BAD_REQUEST, retried[i]));
    }
    static const uint16_t not_retried[] = {400, 401, 403, 404, 422, 499};
    for (size_t i = 0; i < sizeof(not_retried) / sizeof(not_retried[0]); i++) {
        ck_assert(!sq_on_matches(&role->retry.on, SQ_CLASS_BAD_REQUEST, not_retried[i]));
    }
    ck_assert_int_eq(role->timeouts.connect, 5 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.first_byte, 600 * SQ_SECOND);
    ck_assert_int_eq(role->timeouts.attempt, SQ_NEVER);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_limits_when_shared_and_own_then_each_role_has_its_object)
{
    struct loaded loaded;
    const struct sq_layer_settings *layer =
        &settings_of(&loaded, "{ \"limits\": { \"connections\": 100, \"pool_wait\": \"5s\" },"
                              " \"roles\": { \"backup\": { \"limits\": { \"connections\": 2,"
                              " \"keep_alive\": 1 } } } }")
             ->layers[0];
    ck_assert_uint_eq(layer->n_limits, 2);
    ck_assert_uint_eq(layer->role[0].limits.key, layer->role[1].limits.key);
    ck_assert_uint_ne(layer->role[0].limits.key, layer->role[2].limits.key);
    ck_assert_uint_eq(layer->role[0].limits.connections, 100);
    ck_assert_uint_eq(layer->role[0].limits.keep_alive, SQ_KEEP_ALIVE_ALL);
    ck_assert_uint_eq(layer->role[2].limits.connections, 2);
    ck_assert_uint_eq(layer->role[2].limits.keep_alive, 1);
    ck_assert_int_eq(layer->role[2].limits.pool_wait, 5 * SQ_SECOND);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_budget_contract_and_rules_when_given_then_they_are_kept)
{
    struct loaded loaded;
    const struct sq_layer_settings *layer =
        &settings_of(&loaded, "{ \"retry\": { \"budget\": { \"ratio\": \"10%\" } }, \"contract\":"
                              " { \"from\": \"request\", \"repair\": [\"first_value\"], \"reask\":"
                              " { \"max\": 1 } }, \"fallback\": [ { \"rules\": [ { \"contains\":"
                              " \"price\", \"match\": \"word\", \"answer\": \"call us\" } ] } ] }")
             ->layers[0];
    const struct sq_retry_budget *budget = &layer->role[0].retry.budget;
    ck_assert(budget->on);
    ck_assert_uint_eq(budget->ratio_q32, ((UINT64_C(1) << 32) + 5) / 10);
    ck_assert_uint_eq(budget->floor_per_second, 10);
    ck_assert(!layer->contract.required);
    ck_assert_uint_eq(layer->contract.repair, 1u << SQ_REPAIR_FIRST_VALUE);
    ck_assert_uint_eq(layer->contract.reask_max, 1);
    ck_assert_int_eq(layer->rungs[0].kind, SQ_RUNG_RULES);
    ck_assert_uint_eq(layer->n_rules, 1);
    ck_assert_str_eq(layer->rules[0].contains, "price");
    ck_assert_str_eq(layer->rules[0].answer, "call us");
    ck_assert(layer->rules[0].word);
    loaded_clear(&loaded);
}
END_TEST

/* Requests have contract 1, the policy's own comes behind them. */
START_TEST(test_contract_of_a_policy_when_given_then_it_is_one_of_the_scenario)
{
    struct loaded loaded;
    load_with(
        &loaded,
        "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ],"
        " \"requests\": [ { \"contract\": { \"whole\": true } } ] }, \"policy\": { \"layers\": ["
        " { \"contract\": { \"from\": \"policy\", \"schema\": { \"type\": \"array\" } } },"
        " { \"contract\": { \"repair\": [\"fences\"] } } ] }");
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    const struct sq_settings *policy = loaded.scenario->policies[0];
    ck_assert_uint_eq(loaded.scenario->script.n_contracts, 2);
    ck_assert_uint_eq(loaded.scenario->workload.requests[0].contract, 1);
    ck_assert(policy->layers[0].contract.required);
    ck_assert_uint_eq(policy->layers[0].contract.own, 2);
    ck_assert(!policy->layers[1].contract.required);
    ck_assert_uint_eq(policy->layers[1].contract.own, 0);
    ck_assert_str_eq(loaded.scenario->contracts[1].schema_text, "{\"type\":\"array\"}");
    ck_assert_str_eq(loaded.scenario->script.contracts[1].sample, "[]");
    loaded_clear(&loaded);
}
END_TEST

/* As many kinds of requests and of policies as there can be, all with a contract. */
START_TEST(test_contracts_when_there_are_as_many_as_can_be_then_all_are_kept)
{
    struct loaded loaded;
    struct sq_strbuf parts = {0};
    struct sq_strbuf text = {0};
    const char *preset = "tests/unit/data/own-contract.json";
    struct sq_strbuf path = {0};
    struct sq_load_options options = {.n_policies = SQ_POLICIES_MAX};
    sq_strbuf_add_format(&path, "%s/%s", getenv("SQUALL_SOURCE_DIR"), preset);
    for (uint32_t i = 0; i < SQ_POLICIES_MAX; i++) {
        options.policies[i] = sq_strbuf_text(&path);
    }
    sq_strbuf_add(&parts,
                  "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ],"
                  " \"requests\": [");
    for (int i = 0; i < SQ_WORKLOAD_REQUESTS_MAX; i++) {
        sq_strbuf_add_format(&parts, "%s{ \"name\": \"r%d\", \"contract\": { \"json\": true } }",
                             i > 0 ? "," : "", i);
    }
    sq_strbuf_add(&parts, "] }");
    scenario_text(&text, sq_strbuf_text(&parts));
    load_text(&loaded, sq_strbuf_text(&text), &options);
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.scenario->script.n_contracts,
                      SQ_WORKLOAD_REQUESTS_MAX + SQ_POLICIES_MAX);
    ck_assert_uint_eq(loaded.scenario->policies[7]->layers[0].contract.own, 40);
    loaded_clear(&loaded);
    sq_strbuf_clear(&parts);
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&path);
}
END_TEST

START_TEST(test_resolved_when_printed_then_it_reads_back_as_the_same)
{
    static const char *const policies[] = {
        "\"none\"",
        "\"recommended\"",
        "\"openai-python-2.52\"",
        "\"patterns-as-written\"",
        "\"factory-breaker\"",
        "{ \"limits\": { \"connections\": 9, \"keep_alive\": 0, \"pool_wait\": \"0s\" }, \"roles\":"
        " { \"cheap\": { \"limits\": { \"concurrency\": 3 } } }, \"retry\": { \"budget\": {} },"
        " \"contract\": { \"repair\": [\"fences\", \"trailing_commas\"], \"reask\": { \"max\": 2 } "
        "} }",
        "{ \"contract\": { \"from\": \"policy\", \"schema\": { \"type\": \"object\", \"required\": "
        "[\"gi\u00e1\"] }, \"reask\": { \"max\": 1 } } }",
        "{ \"contract\": { \"from\": \"policy\", \"whole\": true } }",
        "{ \"retry\": { \"max_attempts\": 2, \"on\": [\"4xx\", \"reset\"], \"delay\": { \"linear\":"
        " \"1s\", \"jitter\": \"equal\" }, \"report\": \"first\" }, \"breaker\": { \"key\": [],"
        " \"trip\": { \"failure_ratio\": 0.333333333 }, \"counts_as\": { \"quota\": \"failure\" } "
        "},"
        " \"fallback\": [ { \"answer\": \"x\", \"counts_as\": \"answer\", \"on\": \"any\" } ],"
        " \"classify\": [ { \"status\": 409, \"class\": \"overloaded\" } ],"
        " \"roles\": { \"backup\": { \"retry\": { \"delay\": { \"jitter\": { \"additive\": \"1s\" }"
        " } } } } }",
        "{ \"layers\": [ \"recommended\", { \"timeouts\": { \"total\": \"1m\" } } ] }"};
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        struct loaded first;
        struct loaded second;
        struct sq_strbuf printed = {0};
        struct sq_strbuf again = {0};
        (void)settings_of(&first, policies[i]);
        sq_reference_resolved(first.scenario->policies[0], first.scenario, &printed);
        (void)settings_of(&second, sq_strbuf_text(&printed));
        sq_reference_resolved(second.scenario->policies[0], second.scenario, &again);
        ck_assert_str_eq(sq_strbuf_text(&printed), sq_strbuf_text(&again));
        ck_assert_mem_eq(first.scenario->policies[0]->layers[0].role[0].breaker.mark,
                         second.scenario->policies[0]->layers[0].role[0].breaker.mark, SQ_CLASSES);
        ck_assert_uint_eq(first.scenario->policies[0]->layers[0].role[0].retry.on.classes,
                          second.scenario->policies[0]->layers[0].role[0].retry.on.classes);
        sq_strbuf_clear(&printed);
        sq_strbuf_clear(&again);
        loaded_clear(&first);
        loaded_clear(&second);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_policy");
    TCase *tests = tcase_create("scenario_policy");
    tcase_add_test(tests, test_policy_when_empty_then_defaults_of_the_class_table_hold);
    tcase_add_test(tests, test_policy_when_written_out_then_every_field_is_kept);
    tcase_add_test(tests, test_overrides_when_given_then_fields_and_lists_are_replaced);
    tcase_add_test(tests, test_breakers_when_keyed_then_roles_share_by_name);
    tcase_add_test(tests, test_rungs_when_optional_roles_are_missing_then_left_out);
    tcase_add_test(tests, test_layers_when_stacked_then_each_is_resolved);
    tcase_add_test(tests, test_policy_when_wrong_then_refused_with_its_code);
    tcase_add_test(tests,
                   test_limits_budgets_contracts_and_rules_when_wrong_then_refused_with_their_code);
    tcase_add_test(tests, test_preset_when_openai_python_then_its_published_figures);
    tcase_add_test(tests, test_limits_when_shared_and_own_then_each_role_has_its_object);
    tcase_add_test(tests, test_budget_contract_and_rules_when_given_then_they_are_kept);
    tcase_add_test(tests, test_contract_of_a_policy_when_given_then_it_is_one_of_the_scenario);
    tcase_add_test(tests, test_contracts_when_there_are_as_many_as_can_be_then_all_are_kept);
    tcase_add_test(tests, test_resolved_when_printed_then_it_reads_back_as_the_same);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
