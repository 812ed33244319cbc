/* SPDX-License-Identifier: MIT */
/* What a good file becomes: every part of struct sq_scenario, defaults, and the command line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"
#include "tests/support/scenario_text.h"

static void assert_loaded(const struct loaded *loaded)
{
    ck_assert_msg(loaded->status == SQ_OK && loaded->scenario != NULL, "%s",
                  sq_strbuf_text(&loaded->text));
}

START_TEST(test_scenario_when_little_is_said_then_defaults_hold)
{
    struct loaded loaded;
    load_with(&loaded, "");
    assert_loaded(&loaded);
    const struct sq_scenario *scenario = loaded.scenario;
    ck_assert_str_eq(scenario->name, "test");
    ck_assert_str_eq(scenario->title, "test");
    ck_assert_uint_eq(scenario->seed, 1);
    ck_assert_uint_eq(scenario->n_seeds, 1);
    ck_assert(!scenario->seeds_given);
    ck_assert_int_eq(scenario->duration, 60 * SQ_SECOND);
    ck_assert_int_eq(scenario->warmup, 0);
    ck_assert_int_eq(scenario->drain, 60 * SQ_SECOND);
    ck_assert_int_eq(scenario->epoch_s, 1767225600);
    ck_assert_uint_eq(scenario->max_in_flight, 1000000);
    ck_assert_uint_eq(scenario->workload.n_phases, 1);
    ck_assert_str_eq(scenario->workload.phases[0].name, "phase-1");
    ck_assert_int_eq(scenario->workload.phases[0].arrivals, SQ_ARRIVALS_POISSON);
    ck_assert_int_eq(scenario->workload.phases[0].rate.points[0].value, 5000000);
    ck_assert_uint_eq(scenario->workload.n_requests, 1);
    ck_assert_int_eq(scenario->workload.requests[0].deadline, SQ_NEVER);
    ck_assert_int_eq(scenario->workload.requests[0].input_tokens.fixed, 100);
    ck_assert_int_eq(scenario->workload.requests[0].output_tokens.fixed, 50);
    ck_assert_uint_eq(scenario->n_policies, 1);
    ck_assert_str_eq(scenario->policies[0]->name, "none");
    ck_assert_uint_eq(scenario->n_thresholds, 0);
    ck_assert(!scenario->has_fault_windows);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_phases_when_several_then_they_follow_each_other)
{
    struct loaded loaded;
    load_with(&loaded,
              "\"duration\": \"100s\", \"workload\": { \"phases\": ["
              " { \"name\": \"up\", \"duration\": \"30s\", \"arrival_rate\": 5, \"ramp_to\": 20 },"
              " { \"pause\": \"10s\" },"
              " { \"duration\": \"20s\", \"arrival_count\": 7, \"arrivals\": \"constant\" },"
              " { \"arrival_rate\": [[\"0s\", 1], [\"5s\", 2.5]] } ] }");
    assert_loaded(&loaded);
    const struct sq_workload_phase *phase = loaded.scenario->workload.phases;
    ck_assert_uint_eq(loaded.scenario->workload.n_phases, 4);
    ck_assert_uint_eq(phase[0].rate.n_points, 2);
    ck_assert_int_eq(sq_curve_value(&phase[0].rate, 15 * SQ_SECOND), 12500000);
    ck_assert_int_eq(phase[1].from, 30 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_value(&phase[1].rate, 0), 0);
    ck_assert_int_eq(phase[2].from, 40 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_value(&phase[2].rate, 0), 350000);
    ck_assert_int_eq(phase[3].from, 60 * SQ_SECOND);
    ck_assert_int_eq(phase[3].duration, 40 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_value(&phase[3].rate, 5 * SQ_SECOND), 2500000);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_streams_when_several_then_phases_and_requests_stand_one_after_the_other)
{
    struct loaded loaded;
    load_with(&loaded,
              "\"workload\": { \"streams\": ["
              " { \"name\": \"chat\", \"users\": 10, \"think_time\": \"3s\", \"ramp_up\": \"2s\","
              "   \"prompts\": { \"pool\": 5 } },"
              " { \"name\": \"job\", \"phases\": ["
              "   { \"name\": \"calm\", \"duration\": \"10s\", \"arrival_rate\": 1 },"
              "   { \"pause\": \"20s\" } ],"
              "   \"requests\": [ { \"weight\": 3 }, { \"weight\": 1 } ] },"
              " { \"phases\": [ { \"arrival_rate\": 2 } ], \"prompts\": { \"pool\": 7 } } ] },"
              " \"thresholds\": { \"call_duration{phase:job.calm}\": [\"p(50)<1s\"],"
              "   \"availability{phase:stream-3}\": [\">0\"] }");
    assert_loaded(&loaded);
    static const char *const names[] = {"chat", "job.calm", "job.phase-2", "stream-3"};
    const struct sq_workload *workload = &loaded.scenario->workload;
    const struct sq_stream_spec *streams = workload->streams;
    ck_assert_int_eq(loaded.scenario->duration, 30 * SQ_SECOND);
    ck_assert_uint_eq(workload->n_streams, 3);
    ck_assert_uint_eq(workload->n_phases, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(workload->phases[i].name, names[i]);
    }
    ck_assert_int_eq(streams[0].kind, SQ_STREAM_CLOSED);
    ck_assert_uint_eq(streams[0].n_users, 10);
    ck_assert_int_eq(streams[0].think.fixed, 3 * SQ_SECOND);
    ck_assert_int_eq(streams[0].ramp_up, 2 * SQ_SECOND);
    ck_assert_int_eq(workload->phases[0].duration, 30 * SQ_SECOND);
    ck_assert_uint_eq(streams[1].first_phase, 1);
    ck_assert_uint_eq(streams[1].n_phases, 2);
    ck_assert_uint_eq(streams[1].first_request, 1);
    ck_assert_uint_eq(streams[1].n_requests, 2);
    ck_assert_uint_eq(workload->requests[1].weight_q32, 3u << 30);
    ck_assert_uint_eq(streams[2].first_prompt, 5);
    ck_assert_uint_eq(workload->n_prompts, 12);
    ck_assert_uint_eq(loaded.scenario->thresholds[0].selected, SQ_PHASE_WORKLOAD_0 + 1);
    ck_assert_uint_eq(loaded.scenario->thresholds[1].selected, SQ_PHASE_WORKLOAD_0 + 3);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_requests_when_weighted_then_shares_add_up)
{
    struct loaded loaded;
    load_with(&loaded,
              "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 1 } ],"
              " \"requests\": [ { \"weight\": 3, \"stream\": true, \"role\": \"cheap\" },"
              " { \"weight\": 1, \"deadline\": \"20s\" } ] }");
    assert_loaded(&loaded);
    const struct sq_workload_request *request = loaded.scenario->workload.requests;
    ck_assert_uint_eq(request[0].weight_q32, 3u << 30);
    ck_assert_uint_eq(request[1].weight_q32, 1u << 30);
    ck_assert(request[0].stream && !request[1].stream);
    ck_assert_str_eq(loaded.scenario->roles[request[0].role].name, "cheap");
    ck_assert_int_eq(request[1].deadline, 20 * SQ_SECOND);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_models_when_a_profile_is_overridden_then_the_rest_stays)
{
    struct loaded loaded;
    load_text(
        &loaded,
        "{ \"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 1 } ] },"
        " \"providers\": { \"openai\": { \"on_disconnect\": \"stop\", \"models\": {"
        " \"gpt-4o\": { \"ttft\": \"100ms\", \"profile\": \"openai/gpt-4o\", \"prefill\":"
        " \"3us\", \"price\": { \"output\": 9.5 } },"
        " \"b\": { \"ttft\": \"1s\", \"tokens_per_second\": 40, \"price\": { \"input\": 0.15 }"
        " } } } } }",
        NULL);
    assert_loaded(&loaded);
    const struct sq_script *script = &loaded.scenario->script;
    ck_assert_uint_eq(script->n_models, 2);
    ck_assert_str_eq(script->models[0].label, "openai/gpt-4o");
    ck_assert_int_eq(script->models[0].ttft.fixed, 100 * SQ_MS);
    ck_assert_ptr_null(script->models[0].ttft.knots);
    ck_assert_ptr_nonnull(script->models[0].pace.knots);
    int64_t median = sq_dist_value(&script->models[0].pace, UINT32_C(1) << 31);
    ck_assert_int_ge(median, 11000000);
    ck_assert_int_le(median, 11200000);
    ck_assert_int_eq(script->models[0].prefill, 3000);
    ck_assert_int_eq(script->models[0].price.input, 2500000);
    ck_assert_int_eq(script->models[0].price.cached_input, 1250000);
    ck_assert_int_eq(script->models[0].price.output, 9500000);
    ck_assert_int_eq(script->models[1].pace.fixed, 25 * SQ_MS);
    ck_assert_int_eq(script->models[1].price.cached_input, 150000);
    ck_assert_uint_gt(script->models[1].sizes.plain_fixed_bytes, 0);
    ck_assert_int_eq(script->providers[0].plain, SQ_ON_DISCONNECT_STOP);
    ck_assert_uint_eq(script->providers[0].models, 3);
    ck_assert_str_eq(loaded.scenario->roles[0].name, "primary");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_faults_when_read_then_every_field_is_kept)
{
    struct loaded loaded;
    load_with(
        &loaded,
        "\"faults\": [ { \"kind\": \"status\", \"status\": 429, \"where\": \"openai\","
        " \"match\": { \"model\": \"gpt-4o\", \"stream\": true, \"attempt\": 2 },"
        " \"at\": \"10s\", \"for\": \"5s\", \"every\": \"20s\", \"probability\": \"80%\","
        " \"requests\": { \"from\": 2, \"to\": 9 }, \"per\": \"call\", \"error_code\": \"c\","
        " \"body\": \"text\", \"headers\": { \"x-a\": \"1\" }, \"retry_after\": \"5s\","
        " \"hints\": [ { \"ms\": 250 }, { \"should_retry\": false } ] },"
        " { \"kind\": \"cut\", \"after_bytes\": 300, \"ending\": \"rst\", \"where\": \"openai\" },"
        " { \"kind\": \"cut\", \"after_tokens\": 3, \"where\": \"openai\" } ]");
    assert_loaded(&loaded);
    const struct sq_rule *rule = loaded.scenario->script.rules;
    ck_assert_uint_eq(loaded.scenario->script.n_rules, 3);
    ck_assert_str_eq(rule[0].name, "status@openai#1");
    ck_assert_str_eq(rule[1].name, "cut@openai#1");
    ck_assert_str_eq(rule[2].name, "cut@openai#2");
    ck_assert_uint_ne(rule[1].key, rule[2].key);
    ck_assert_uint_eq(rule[0].models, 1);
    ck_assert_uint_eq(rule[1].models, 3);
    ck_assert_int_eq(rule[0].match.stream, 1);
    ck_assert_uint_eq(rule[0].match.attempt, 2);
    ck_assert(rule[0].windowed && !rule[1].windowed);
    ck_assert_int_eq(rule[0].at, 10 * SQ_SECOND);
    ck_assert_int_eq(rule[0].span, 5 * SQ_SECOND);
    ck_assert_int_eq(rule[0].every, 20 * SQ_SECOND);
    ck_assert_uint_eq(rule[0].share_q32, UINT64_C(3435973837));
    ck_assert_uint_eq(rule[1].share_q32, SQ_DRAW_ALWAYS);
    ck_assert_int_eq(rule[0].count.kind, SQ_COUNT_RANGE);
    ck_assert_uint_eq(rule[0].count.first, 2);
    ck_assert_uint_eq(rule[0].count.last, 9);
    ck_assert_int_eq(rule[0].per, SQ_PER_CALL);
    const struct sq_effect *effect = &rule[0].effect;
    ck_assert_uint_eq(effect->status, 429);
    ck_assert_str_eq(effect->error_code, "c");
    ck_assert_ptr_null(effect->error_type);
    ck_assert_int_eq(effect->body_form, SQ_BODY_TEXT);
    ck_assert_str_eq(effect->headers[0].name, "x-a");
    ck_assert_str_eq(effect->headers[0].value, "1");
    ck_assert_uint_eq(effect->n_retry_after, 2);
    ck_assert_int_eq(effect->retry_after[0].kind, SQ_RETRY_AFTER_SECONDS);
    ck_assert_int_eq(effect->retry_after[0].span, 5 * SQ_SECOND);
    ck_assert_int_eq(effect->retry_after[1].kind, SQ_RETRY_AFTER_MILLISECONDS);
    ck_assert_int_eq(effect->retry_after[1].span, 250 * SQ_MS);
    ck_assert_str_eq(effect->should_retry, "false");
    ck_assert_uint_eq(rule[1].effect.after_bytes, 300);
    ck_assert_uint_eq(rule[1].effect.after_tokens, SQ_UNSET_U32);
    ck_assert_int_eq(rule[1].effect.ending, SQ_ENDING_RST);
    ck_assert_int_eq(rule[2].effect.ending, SQ_ENDING_FIN);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_windows_when_faults_repeat_then_phases_around_them_are_known)
{
    struct loaded loaded;
    enum sq_phase_index phase;
    load_with(&loaded,
              "\"faults\": [ { \"kind\": \"hang\", \"at\": \"10s\", \"for\": \"5s\", \"every\":"
              " \"20s\" }, { \"kind\": \"hang\" } ]");
    assert_loaded(&loaded);
    const struct sq_scenario *scenario = loaded.scenario;
    ck_assert(scenario->has_fault_windows);
    ck_assert_int_eq(scenario->first_fault_at, 10 * SQ_SECOND);
    ck_assert_int_eq(scenario->last_fault_end, 55 * SQ_SECOND);
    ck_assert(sq_scenario_phase_at(scenario, 10 * SQ_SECOND - 1, &phase));
    ck_assert_int_eq(phase, SQ_PHASE_BEFORE);
    ck_assert(sq_scenario_phase_at(scenario, 10 * SQ_SECOND, &phase));
    ck_assert_int_eq(phase, SQ_PHASE_FAULTY);
    ck_assert(!sq_scenario_phase_at(scenario, 15 * SQ_SECOND, &phase));
    ck_assert(sq_scenario_phase_at(scenario, 34 * SQ_SECOND, &phase));
    ck_assert_int_eq(phase, SQ_PHASE_FAULTY);
    ck_assert(sq_scenario_phase_at(scenario, 55 * SQ_SECOND, &phase));
    ck_assert_int_eq(phase, SQ_PHASE_AFTER);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_windows_when_one_lasts_to_the_end_then_nothing_comes_after)
{
    struct loaded loaded;
    load_with(&loaded, "\"faults\": [ { \"kind\": \"hang\", \"at\": \"10s\" },"
                       " { \"kind\": \"hang\", \"at\": \"60s\" } ]");
    assert_loaded(&loaded);
    ck_assert_int_eq(loaded.scenario->last_fault_end, 60 * SQ_SECOND);
    ck_assert_uint_eq(loaded.diagnostics.n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "warning[S031]"));
    loaded_clear(&loaded);
}
END_TEST

static uint32_t warnings_of_recovery(const char *fault)
{
    struct loaded loaded;
    struct sq_strbuf parts = {0};
    sq_strbuf_add_format(&parts,
                         "\"faults\": [ %s ], \"thresholds\": { \"time_to_recover\": [\"max<1s\"],"
                         " \"availability\": [\">=1%%\"] }",
                         fault);
    load_with(&loaded, sq_strbuf_text(&parts));
    assert_loaded(&loaded);
    uint32_t warnings = loaded.diagnostics.n_warnings;
    sq_strbuf_clear(&parts);
    loaded_clear(&loaded);
    return warnings;
}

/* Of 60 s a window is 2 s. */
START_TEST(test_recovery_when_three_windows_do_not_fit_behind_the_last_fault_then_a_warning)
{
    ck_assert_uint_eq(warnings_of_recovery("{ \"kind\": \"hang\", \"at\": \"44s\", "
                                           "\"for\": \"10s\" }"),
                      0);
    ck_assert_uint_eq(warnings_of_recovery("{ \"kind\": \"hang\", \"at\": \"44s\", "
                                           "\"for\": \"10001ms\" }"),
                      1);
    ck_assert_uint_eq(warnings_of_recovery("{ \"kind\": \"hang\", \"at\": \"44s\" }"), 1);
    ck_assert_uint_eq(warnings_of_recovery("{ \"kind\": \"hang\" }"), 0);
}
END_TEST

START_TEST(test_options_when_given_then_they_go_over_the_file)
{
    struct loaded loaded;
    struct sq_strbuf text = {0};
    struct sq_load_options options = {.policies = {"recommended", "openai-python-2.52"},
                                      .n_policies = 2,
                                      .binds = {"primary=inhouse/llama", "spare=openai/gpt-4o"},
                                      .n_binds = 2,
                                      .has_seed = true,
                                      .seed = 99,
                                      .n_seeds = 7};
    scenario_text(&text, "\"seed\": 5, \"policy\": \"none\"");
    load_text(&loaded, sq_strbuf_text(&text), &options);
    assert_loaded(&loaded);
    const struct sq_scenario *scenario = loaded.scenario;
    ck_assert_uint_eq(scenario->seed, 99);
    ck_assert_uint_eq(scenario->n_seeds, 7);
    ck_assert(scenario->seeds_given);
    ck_assert_uint_eq(scenario->n_policies, 2);
    ck_assert_str_eq(scenario->policies[1]->name, "openai-python-2.52");
    ck_assert_uint_eq(scenario->n_roles, 4);
    ck_assert_uint_eq(scenario->roles[0].model, 2);
    ck_assert_str_eq(scenario->roles[3].name, "spare");
    loaded_clear(&loaded);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_options_when_wrong_then_the_command_line_is_named)
{
    struct loaded loaded;
    struct sq_strbuf text = {0};
    struct sq_load_options options = {.policies = {"recomended"},
                                      .n_policies = 1,
                                      .binds = {"primary", "primary=nobody/x"},
                                      .n_binds = 2};
    scenario_text(&text, "");
    load_text(&loaded, sq_strbuf_text(&text), &options);
    ck_assert_int_eq(loaded.status, SQ_INVALID);
    ck_assert_uint_eq(loaded.diagnostics.n_errors, 3);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "--> command line\n"));
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "did you mean \"recommended\"?"));
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "--bind primary is not"));
    loaded_clear(&loaded);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_names_when_a_file_cannot_be_read_then_it_is_the_environment)
{
    struct sq_scenario *scenario;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_scenario_load("./not-here.json", NULL, &scenario, &diagnostics, &err),
                     SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "not-here.json"));
    ck_assert_uint_eq(diagnostics.n_errors, 0);
    ck_assert_int_eq(sq_scenario_load("x.yaml", NULL, &scenario, &diagnostics, &err), SQ_INVALID);
    ck_assert_uint_eq(diagnostics.n_errors, 1);
    sq_diagnostics_clear(&diagnostics);
}
END_TEST

START_TEST(test_catalog_when_loaded_then_every_scenario_and_preset_is_good)
{
    static const char *const names[] = {"quickstart",     "all-down",          "per-call",
                                        "quota-refill",   "connection-faults", "broken-answers",
                                        "bad-certificate"};
    static const char *const policies[] = {"none", "recommended", "openai-python-2.52"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (size_t k = 0; k < 3; k++) {
            struct sq_load_options options = {.policies = {policies[k]}, .n_policies = 1};
            struct loaded loaded = {0};
            loaded.status = sq_scenario_load(names[i], k == 0 ? NULL : &options, &loaded.scenario,
                                             &loaded.diagnostics, &loaded.err);
            sq_diagnostics_add_text(&loaded.diagnostics, &loaded.text, false);
            assert_loaded(&loaded);
            ck_assert_uint_eq(loaded.diagnostics.n_warnings, 0);
            ck_assert_str_eq(loaded.scenario->name, names[i]);
            loaded_clear(&loaded);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        struct sq_diagnostics diagnostics = {0};
        struct sq_error err = {0};
        ck_assert_int_eq(sq_scenario_check_file(policies[i], &diagnostics, &err), SQ_OK);
        sq_diagnostics_clear(&diagnostics);
    }
}
END_TEST

START_TEST(test_jsonc_when_commented_then_only_that_ending_allows_it)
{
    struct sq_scenario *scenario;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    scenario_text(&text, "/* why */ \"seed\": 7,");
    struct sq_scenario_text jsonc = {text.text, text.length, "a/b.jsonc"};
    struct sq_scenario_text json = {text.text, text.length, "a/b.json"};
    ck_assert_int_eq(sq_scenario_load_text(&jsonc, NULL, &scenario, &diagnostics, &err), SQ_OK);
    ck_assert_uint_eq(scenario->seed, 7);
    ck_assert_str_eq(scenario->name, "b");
    sq_scenario_free(scenario);
    ck_assert_int_eq(sq_scenario_load_text(&json, NULL, &scenario, &diagnostics, &err), SQ_INVALID);
    sq_diagnostics_clear(&diagnostics);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_diagnostics_when_used_twice_then_an_earlier_mistake_does_not_spoil_the_next_load)
{
    struct sq_scenario_text bad = {"{}", 2, "bad.json"};
    struct sq_scenario *scenario;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_scenario_load_text(&bad, NULL, &scenario, &diagnostics, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, "2 mistakes in \"bad.json\"");
    ck_assert_int_eq(sq_scenario_load("quickstart", NULL, &scenario, &diagnostics, &err), SQ_OK);
    ck_assert(scenario->has_fault_windows);
    sq_scenario_free(scenario);
    sq_diagnostics_clear(&diagnostics);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_load");
    TCase *tests = tcase_create("scenario_load");
    tcase_add_test(tests, test_scenario_when_little_is_said_then_defaults_hold);
    tcase_add_test(tests, test_phases_when_several_then_they_follow_each_other);
    tcase_add_test(tests,
                   test_streams_when_several_then_phases_and_requests_stand_one_after_the_other);
    tcase_add_test(tests, test_requests_when_weighted_then_shares_add_up);
    tcase_add_test(tests, test_models_when_a_profile_is_overridden_then_the_rest_stays);
    tcase_add_test(tests, test_faults_when_read_then_every_field_is_kept);
    tcase_add_test(tests, test_windows_when_faults_repeat_then_phases_around_them_are_known);
    tcase_add_test(tests, test_windows_when_one_lasts_to_the_end_then_nothing_comes_after);
    tcase_add_test(
        tests, test_recovery_when_three_windows_do_not_fit_behind_the_last_fault_then_a_warning);
    tcase_add_test(tests, test_options_when_given_then_they_go_over_the_file);
    tcase_add_test(tests, test_options_when_wrong_then_the_command_line_is_named);
    tcase_add_test(tests, test_names_when_a_file_cannot_be_read_then_it_is_the_environment);
    tcase_add_test(tests, test_catalog_when_loaded_then_every_scenario_and_preset_is_good);
    tcase_add_test(tests, test_jsonc_when_commented_then_only_that_ending_allows_it);
    tcase_add_test(
        tests,
        test_diagnostics_when_used_twice_then_an_earlier_mistake_does_not_spoil_the_next_load);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
