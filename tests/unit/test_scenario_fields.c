/* SPDX-License-Identifier: MIT */
/* Every field with a good and a bad value, and the last valid next to the first invalid one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

/* code NULL: the parts load; else the code of the first mistake. */
struct example {
    const char *parts;
    const char *code;
};

static void check_examples(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct loaded loaded;
        load_with(&loaded, examples[i].parts);
        if (examples[i].code == NULL) {
            ck_assert_msg(loaded.status == SQ_OK && loaded.diagnostics.n_errors == 0, "%s\n%s",
                          examples[i].parts, sq_strbuf_text(&loaded.text));
        } else {
            ck_assert_msg(loaded.status == SQ_INVALID && loaded.scenario == NULL, "%s",
                          examples[i].parts);
            ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), examples[i].code) != NULL,
                          "%s: not %s but\n%s", examples[i].parts, examples[i].code,
                          sq_strbuf_text(&loaded.text));
        }
        loaded_clear(&loaded);
    }
}

#define CHECK_EXAMPLES(list) check_examples(list, sizeof(list) / sizeof((list)[0]))

START_TEST(test_head_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {"\"title\": \"t\", \"description\": \"d\", \"$schema\": \"x\"", NULL},
        {"\"title\": 5", "S010"},
        {"\"schema\": \"squall/scenario/1\"", NULL},
        {"\"schema\": \"squall/policy/1\"", "S005"},
        {"\"tags\": [\"a\", \"b\"]", NULL},
        {"\"tags\": \"a\"", "S010"},
        {"\"tags\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\","
         "\"13\",\"14\",\"15\",\"16\"]",
         NULL},
        {"\"tags\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\","
         "\"13\",\"14\",\"15\",\"16\",\"17\"]",
         "S021"},
        {"\"sources\": [ { \"title\": \"t\", \"url\": \"u\", \"grade\": \"C\" } ]", NULL},
        {"\"sources\": [ { \"grade\": \"D\" } ]", "S016"},
        {"\"assumptions\": [\"a\"]", NULL},
        {"\"assumptions\": [1]", "S010"},
        {"\"seed\": 0", NULL},
        {"\"seed\": 9223372036854775807", NULL},
        {"\"seed\": -1", "S012"},
        {"\"seed\": 1.5", "S014"},
        {"\"seed\": 9223372036854775808", "S014"},
        {"\"seeds\": 1", NULL},
        {"\"seeds\": 100000", NULL},
        {"\"seeds\": 0", "S012"},
        {"\"seeds\": 100001", "S012"},
        {"\"duration\": \"60s\"", NULL},
        {"\"duration\": \"1m\"", NULL},
        {"\"duration\": \"61s\"", "S019"},
        {"\"duration\": \"0s\"", "S012"},
        {"\"duration\": \"-1s\"", "S013"},
        {"\"warmup\": \"59s\"", NULL},
        {"\"warmup\": \"60s\"", "S019"},
        {"\"drain\": \"0s\"", NULL},
        {"\"drain\": 60", "S013"},
        {"\"epoch\": \"2024-02-29T23:59:59Z\"", NULL},
        {"\"epoch\": \"2023-02-29T23:59:59Z\"", "S015"},
        {"\"max_in_flight\": 1", NULL},
        {"\"max_in_flight\": 16777216", NULL},
        {"\"max_in_flight\": 16777217", "S012"},
        {"\"steady_state\": {}", "S011"},
        {"\"slo\": {}", "S018"}};
    CHECK_EXAMPLES(list);
}
END_TEST

#define PHASE(text) "\"workload\": { \"phases\": [ " text " ] }"
#define REQUEST(text)                                                                              \
    "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ], "              \
    "\"requests\": [ " text " ] }"

START_TEST(test_phases_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 0 }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 1000000 }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 1000000.000001 }"), "S012"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 0.0000001 }"), "S014"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": -1 }"), "S012"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": [[\"0s\", 1], [\"1s\", 5]] }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": [[\"1s\", 1], [\"1s\", 5]] }"), "S024"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": [[\"1s\"]] }"), "S024"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": [] }"), "S024"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": { \"sine\": {} } }"), "S011"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 5, \"ramp_to\": 20 }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_count\": 5, \"ramp_to\": 20 }"), "S019"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_count\": 1 }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_count\": 0 }"), "S012"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_count\": 1000001 }"), "S019"},
        {PHASE("{ \"pause\": \"1s\" }"), NULL},
        {PHASE("{ \"pause\": \"1s\", \"duration\": \"1s\" }"), "S019"},
        {PHASE("{ \"pause\": \"1s\", \"arrival_rate\": 5 }"), "S019"},
        {PHASE("{ \"duration\": \"1s\" }"), "S011"},
        {PHASE("{ \"arrival_rate\": 5 }"), "S019"},
        {"\"duration\": \"9s\", " PHASE("{ \"arrival_rate\": 5 }"), NULL},
        {"\"duration\": \"9s\", " PHASE("{ \"arrival_rate\": 5 }, { \"pause\": \"1s\" }"), "S019"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 5, \"arrivals\": \"constant\" }"), NULL},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 5, \"arrivals\": \"gamma\" }"), "S016"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 5, \"arrivals\": { \"gamma\": {} } }"),
         "S011"},
        {PHASE("{ \"duration\": \"1s\", \"arrival_rate\": 5, \"arrivals\": {} }"), "S011"},
        {PHASE("{ \"name\": \"a\", \"duration\": \"1s\", \"arrival_rate\": 5 }, "
               "{ \"name\": \"a\", \"duration\": \"1s\", \"arrival_rate\": 5 }"),
         "S020"},
        {PHASE("{ \"name\": \"faulty\", \"duration\": \"1s\", \"arrival_rate\": 5 }"), "S019"},
        {PHASE("{ \"name\": \"a b\", \"duration\": \"1s\", \"arrival_rate\": 5 }"), "S022"},
        {PHASE(""), "S021"},
        {"\"workload\": { }", "S011"},
        {"\"workload\": { \"keys\": 10 }", "S018"},
        {"\"workload\": { \"trace\": {} }", "S011"},
        {"\"workload\": { \"streams\": [] }", "S021"}};
    CHECK_EXAMPLES(list);
}
END_TEST

#define USERS(text)   "\"duration\": \"10s\", \"workload\": { \"users\": " text " }"
#define STREAMS(text) "\"duration\": \"10s\", \"workload\": { \"streams\": [ " text " ] }"
#define OPEN          "\"phases\": [ { \"arrival_rate\": 5 } ]"

START_TEST(test_users_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {USERS("1"), NULL},
        {USERS("1000000"), NULL},
        {USERS("0"), "S012"},
        {USERS("1000001"), "S012"},
        {USERS("1.5"), "S014"},
        {"\"workload\": { \"users\": 1 }", "S011"}, /* for how long? */
        {USERS("1, \"think_time\": \"0s\""), NULL},
        {USERS("1, \"think_time\": { \"exponential\": { \"mean\": \"3s\" } }"), NULL},
        {USERS("1, \"think_time\": 3"), "S013"},
        {USERS("1, \"ramp_up\": \"9999ms\""), NULL},
        {USERS("1, \"ramp_up\": \"10s\""), "S019"},
        {USERS("1, " OPEN), "S019"},
        {"\"duration\": \"10s\", \"workload\": { \"think_time\": \"1s\", " OPEN " }", "S019"},
        {"\"duration\": \"10s\", \"workload\": { \"ramp_up\": \"1s\", " OPEN " }", "S019"},
        {USERS("1, \"wait_time\": \"1s\""), "S017"},
        {"\"duration\": \"10s\", \"workload\": { \"vus\": 1 }", "S017"}};
    CHECK_EXAMPLES(list);
}
END_TEST

START_TEST(test_streams_when_they_do_not_fit_together_then_are_refused)
{
    static const struct example list[] = {
        {STREAMS("{ \"users\": 1 }"), NULL},
        {STREAMS("{ \"users\": 1 }, { " OPEN " }"), NULL},
        {STREAMS(""), "S021"},
        {STREAMS("{ }"), "S011"},
        {STREAMS("{ \"users\": 1, " OPEN " }"), "S019"},
        {STREAMS("{ \"name\": \"a\", \"users\": 1 }, { \"name\": \"a\", \"users\": 1 }"), "S020"},
        {STREAMS("{ \"name\": \"stream-2\", \"users\": 1 }, { \"users\": 1 }"), "S020"},
        {STREAMS("{ \"name\": \"after\", \"users\": 1 }"), "S019"},
        {STREAMS("{ \"name\": \"a b\", \"users\": 1 }"), "S022"},
        {STREAMS("{ \"streams\": [ { \"users\": 1 } ] }"), "S017"},
        {STREAMS("{ \"phases\": [ { \"duration\": \"9s\", \"arrival_rate\": 5 } ] }"), "S019"},
        {"\"duration\": \"10s\", \"workload\": { " OPEN ", \"streams\": [ { \"users\": 1 } ] }",
         "S019"},
        {"\"duration\": \"10s\", \"workload\": { \"requests\": [ { \"stream\": true } ], "
         "\"streams\": [ { \"users\": 1 } ] }",
         "S019"},
        {"\"workload\": { \"streams\": [ { \"trace\": { \"file\": \"a.csv\", \"format\": "
         "\"azure-2023\" } } ] }",
         "S011"}};
    CHECK_EXAMPLES(list);
}
END_TEST

START_TEST(test_requests_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {REQUEST("{ \"name\": \"chat\", \"weight\": 0.5, \"stream\": true, \"deadline\": \"20s\", "
                 "\"role\": \"cheap\" }"),
         NULL},
        {REQUEST("{ \"weight\": 0 }"), "S012"},
        {REQUEST("{ \"weight\": 0.000001 }"), NULL},
        {REQUEST("{ \"stream\": \"yes\" }"), "S010"},
        {REQUEST("{ \"deadline\": \"0s\" }"), "S012"},
        {REQUEST("{ \"role\": \"boss\" }"), "S025"},
        {REQUEST("{ \"input_tokens\": 1, \"output_tokens\": 10000000 }"), NULL},
        {REQUEST("{ \"input_tokens\": 0 }"), "S012"},
        {REQUEST("{ \"output_tokens\": 10000001 }"), "S012"},
        {REQUEST("{ \"output_tokens\": { \"uniform\": [10, 20] } }"), NULL},
        {REQUEST("{ \"output_tokens\": { \"uniform\": [20, 20] } }"), "S023"},
        {REQUEST("{ \"output_tokens\": { \"uniform\": [20] } }"), "S021"},
        {REQUEST("{ \"output_tokens\": { \"exponential\": { \"mean\": 20 }, \"max\": 50 } }"),
         NULL},
        {REQUEST("{ \"output_tokens\": { \"exponential\": {} } }"), "S011"},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"p50\": 20, \"p99\": 60 } } }"), NULL},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"p50\": 20, \"p99\": 19 } } }"), "S023"},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"median\": 20, \"sigma\": 8 } } }"),
         NULL},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"median\": 20, \"sigma\": 8.1 } } }"),
         "S012"},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"median\": 20, \"p50\": 20, \"sigma\": "
                 "1 } } }"),
         "S019"},
        {REQUEST("{ \"output_tokens\": { \"lognormal\": { \"median\": 20, \"sigma\": 1 }, "
                 "\"min\": 5, \"max\": 4 } }"),
         "S023"},
        {REQUEST("{ \"output_tokens\": { \"gamma\": {} } }"), "S011"},
        {REQUEST("{ \"output_tokens\": {} }"), "S011"},
        {REQUEST("{ \"contract\": {} }"), "S032"},
        {REQUEST("{ \"contract\": { \"json\": true } }"), NULL},
        {REQUEST("{ \"contract\": { \"regex\": \"a\" } }"), "S017"}};
    CHECK_EXAMPLES(list);
}
END_TEST

#define PROVIDERS(text)                                                                            \
    "{ \"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ] }, "          \
    "\"providers\": { " text " } }"

#define QUOTA(text)                                                                                \
    PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\" } }, "               \
              "\"quotas\": [ " text " ] }")

START_TEST(test_providers_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {PROVIDERS("\"a\": { \"models\": { \"x/y:z\": { \"profile\": \"openai/gpt-4o\" } } }"),
         NULL},
        {PROVIDERS("\"a\": { \"models\": { \"\": { \"profile\": \"openai/gpt-4o\" } } }"), "S022"},
        {PROVIDERS("\"a/b\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\" } } }"),
         "S022"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-5o\" } } }"), "S004"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"ttft\": \"1s\" } } }"), "S011"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"tokens_per_second\": 5 } } }"), "S011"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"ttft\": \"0s\", \"tokens_per_second\": 0.001 "
                   "} } }"),
         NULL},
        {PROVIDERS(
             "\"a\": { \"models\": { \"m\": { \"ttft\": \"0s\", \"tokens_per_second\": 0 } } }"),
         "S012"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"ttft\": \"0s\", \"tokens_per_second\": "
                   "{ \"uniform\": [1, 2] } } } }"),
         "S018"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\", \"price\": "
                   "{ \"input\": 0.000001, \"cached_input\": 0, \"output\": 10000 } } } }"),
         NULL},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\", \"price\": "
                   "{ \"input\": 0.0000001 } } } }"),
         "S014"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\", \"price\": "
                   "{ \"output\": 10000.1 } } } }"),
         "S012"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\", \"prefill\": "
                   "\"50us\" } }, \"on_disconnect\": \"finish\", \"dialect\": \"openai\" }"),
         NULL},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\" } }, "
                   "\"on_disconnect\": \"halt\" }"),
         "S016"},
        {PROVIDERS("\"a\": { \"models\": {} }"), "S021"},
        {QUOTA(""), NULL},
        {QUOTA("{ \"requests_per_minute\": 1 }"), NULL},
        {QUOTA("{ \"requests_per_minute\": 0 }"), "S012"},
        {QUOTA("{ \"tokens_per_minute\": 4000000000, \"window\": \"1ns\", \"scope\": \"model\", "
               "\"enforce\": \"bucket\", \"reserve\": \"max_tokens\" }"),
         NULL},
        {QUOTA("{ \"tokens_per_minute\": 4000000001 }"), "S012"},
        {QUOTA("{ \"tokens_per_minute\": 1, \"window\": \"0s\" }"), "S012"},
        {QUOTA("{ \"enforce\": \"bucket\" }"), "S011"},
        {QUOTA("{ \"tokens_per_minute\": 1, \"enforce\": \"fixed_window\" }"), "S018"},
        {QUOTA("{ \"tokens_per_minute\": 1, \"scope\": \"key\" }"), "S018"},
        {QUOTA("{ \"tokens_per_minute\": 1, \"reserve\": \"guess\" }"), "S016"},
        {QUOTA("{ \"requests_per_day\": 1 }"), "S018"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\" } }, "
                   "\"capacity\": {} }"),
         "S018"},
        {PROVIDERS("\"a\": { \"models\": { \"m\": { \"profile\": \"openai/gpt-4o\" } }, \"edge\": "
                   "\"x\" }"),
         "S018"},
        {PROVIDERS(""), "S021"}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        load_text(&loaded, list[i].parts, NULL);
        ck_assert_msg((loaded.status == SQ_OK) == (list[i].code == NULL), "%s\n%s", list[i].parts,
                      sq_strbuf_text(&loaded.text));
        ck_assert_msg(list[i].code == NULL ||
                          strstr(sq_strbuf_text(&loaded.text), list[i].code) != NULL,
                      "%s\n%s", list[i].parts, sq_strbuf_text(&loaded.text));
        loaded_clear(&loaded);
    }
}
END_TEST

#define FAULT(text) "\"faults\": [ { " text " } ]"

START_TEST(test_faults_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {FAULT("\"kind\": \"status\", \"status\": 200"), NULL},
        {FAULT("\"kind\": \"status\", \"status\": 599"), NULL},
        {FAULT("\"kind\": \"status\", \"status\": 199"), "S012"},
        {FAULT("\"kind\": \"status\", \"status\": 600"), "S012"},
        {FAULT("\"kind\": \"status\""), "S011"},
        {FAULT("\"status\": 500"), "S011"},
        {FAULT("\"kind\": \"dns_fail\""), NULL},
        {FAULT("\"kind\": \"half_open\""), "S018"},
        {FAULT("\"kind\": \"refuse\", \"ending\": \"rst\""), "S019"},
        {FAULT("\"kind\": \"invalid_json\", \"shape\": \"nan\""), NULL},
        {FAULT("\"kind\": \"invalid_json\", \"shape\": \"yaml\""), "S016"},
        {FAULT("\"kind\": \"empty\", \"shape\": \"nan\""), "S019"},
        {FAULT("\"kind\": \"latency\", \"add\": \"2s\", \"factor\": 0.5"), NULL},
        {FAULT("\"kind\": \"latency\""), "S011"},
        {FAULT("\"kind\": \"latency\", \"factor\": 0"), "S012"},
        {FAULT("\"kind\": \"hang\", \"for_each\": \"30s\""), NULL},
        {FAULT("\"kind\": \"hang\", \"in_flight\": true, \"at\": \"5s\""), NULL},
        {FAULT("\"kind\": \"hang\", \"in_flight\": true"), "S019"},
        {FAULT("\"kind\": \"reset\""), NULL},
        {FAULT("\"kind\": \"reset\", \"after_bytes\": 0"), NULL},
        {FAULT("\"kind\": \"reset\", \"after_bytes\": -1"), "S012"},
        {FAULT("\"kind\": \"reset\", \"after_tokens\": 1"), "S019"},
        {FAULT("\"kind\": \"cut\", \"after_tokens\": 0, \"ending\": \"silence\""), NULL},
        {FAULT("\"kind\": \"cut\", \"after_tokens\": 1, \"ending\": \"bang\""), "S016"},
        {FAULT("\"kind\": \"cut\", \"after_tokens\": 1, \"after_bytes\": 1"), "S019"},
        {FAULT("\"kind\": \"cut\""), "S011"},
        {FAULT("\"kind\": \"cut\", \"after_tokens\": 1, \"match\": { \"stream\": false }"), "S019"},
        {FAULT("\"kind\": \"stall\", \"after_tokens\": 3, \"for_each\": \"5s\""), NULL},
        {FAULT("\"kind\": \"stall\""), "S011"},
        {FAULT("\"kind\": \"hang\", \"where\": [\"openai\", \"inhouse/llama\"]"), NULL},
        {FAULT("\"kind\": \"hang\", \"where\": []"), "S019"},
        {FAULT("\"kind\": \"hang\", \"where\": \"edge:x\""), "S018"},
        {FAULT("\"kind\": \"hang\", \"where\": \"openai/llama\""), "S004"},
        {FAULT("\"kind\": \"hang\", \"match\": { \"model\": \"llama\", \"stream\": true, "
               "\"attempt\": 1 }"),
         NULL},
        {FAULT("\"kind\": \"hang\", \"match\": { \"attempt\": 0 }"), "S012"},
        {FAULT("\"kind\": \"hang\", \"where\": \"openai\", \"match\": { \"model\": \"llama\" }"),
         "S004"},
        {FAULT("\"kind\": \"hang\", \"match\": { \"tenant\": 0 }"), "S012"}};
    CHECK_EXAMPLES(list);
}
END_TEST

START_TEST(test_windows_and_counts_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {FAULT("\"kind\": \"hang\", \"at\": \"0s\", \"for\": \"2s\", \"every\": \"2s\""), NULL},
        {FAULT("\"kind\": \"hang\", \"at\": \"0s\", \"for\": \"3s\", \"every\": \"2s\""), "S019"},
        {FAULT("\"kind\": \"hang\", \"at\": \"0s\", \"every\": \"2s\""), "S019"},
        {FAULT("\"kind\": \"hang\", \"every\": \"2s\""), "S019"},
        {FAULT("\"kind\": \"hang\", \"probability\": 1"), NULL},
        {FAULT("\"kind\": \"hang\", \"probability\": 1.000000001"), "S014"},
        {FAULT("\"kind\": \"hang\", \"probability\": \"100%\""), NULL},
        {FAULT("\"kind\": \"hang\", \"probability\": \"100.1%\""), "S014"},
        {FAULT("\"kind\": \"hang\", \"probability\": [[\"0s\", 0], [\"5s\", \"50%\"]]"), NULL},
        {FAULT("\"kind\": \"hang\", \"per\": \"call\", \"requests\": { \"first\": 3 }"), NULL},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"first\": 0 }"), "S012"},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"from\": 3, \"to\": 3 }"), NULL},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"from\": 3, \"to\": 2 }"), "S019"},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"to\": 2 }"), "S011"},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"sequence\": [\"ok\", \"fail\"] }"), NULL},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"sequence\": [\"ok\", \"bad\"] }"), "S016"},
        {FAULT("\"kind\": \"hang\", \"requests\": { \"first\": 3, \"every\": 2 }"), "S019"},
        {FAULT("\"kind\": \"hang\", \"per\": \"tenants\""), "S016"},
        {FAULT("\"kind\": \"hang\", \"bursts\": {}"), "S018"},
        {"\"faults\": [ { \"kind\": \"hang\", \"name\": \"a\" }, { \"kind\": \"hang\", \"name\": "
         "\"a\" } ]",
         "S019"}};
    CHECK_EXAMPLES(list);
}
END_TEST

#define STATUS(text) FAULT("\"kind\": \"status\", \"status\": 429, " text)

START_TEST(test_answers_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {STATUS("\"retry_after\": \"5s\""), NULL},
        {STATUS("\"retry_after\": \"0s\""), NULL},
        {STATUS("\"retry_after\": \"1500ms\""), "S012"},
        {STATUS("\"retry_after\": { \"ms\": 500 }"), NULL},
        {STATUS("\"retry_after\": { \"ms\": -1 }"), "S012"},
        {STATUS("\"retry_after\": { \"seconds\": \"0.5\" }"), NULL},
        {STATUS("\"retry_after\": { \"date\": \"-5s\" }"), NULL},
        {STATUS("\"retry_after\": { \"date\": \"--5s\" }"), "S013"},
        {STATUS("\"retry_after\": { \"raw\": \"soon\" }"), NULL},
        {STATUS("\"retry_after\": { \"raw\": \"a\\r\\nb: c\" }"), "S012"},
        {STATUS("\"retry_after\": { \"hint\": \"refill\" }"), "S019"},
        {STATUS("\"retry_after\": { \"hint\": \"rest\" }"), "S016"},
        {STATUS("\"retry_after\": { \"ms\": 1, \"raw\": \"x\" }"), "S019"},
        {STATUS("\"retry_after\": {}"), "S011"},
        {STATUS("\"hints\": [ \"1s\", { \"ms\": 1 }, { \"date\": \"1s\" }, { \"raw\": \"x\" }, "
                "{ \"should_retry\": true } ]"),
         NULL},
        {STATUS("\"hints\": [ \"1s\", \"2s\", \"3s\", \"4s\", \"5s\" ]"), "S021"},
        {STATUS("\"hints\": [ ]"), "S021"},
        {STATUS("\"body\": \"html\", \"error_code\": \"c\", \"error_type\": \"t\", \"message\": "
                "\"m\""),
         NULL},
        {STATUS("\"body\": \"xml\""), "S016"},
        {STATUS("\"headers\": { \"x-a\": \"b\" }"), NULL},
        {STATUS("\"headers\": { \"Content-Length\": \"5\" }"), "S022"},
        {STATUS("\"headers\": { \"x-a\": \"b\\u0000\" }"), "S010"},
        {STATUS("\"headers\": { \"x a\": \"b\" }"), "S022"},
        {FAULT("\"kind\": \"hang\", \"retry_after\": \"5s\""), "S019"}};
    CHECK_EXAMPLES(list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_fields");
    TCase *tests = tcase_create("fields");
    tcase_add_test(tests, test_head_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_phases_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_users_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_streams_when_they_do_not_fit_together_then_are_refused);
    tcase_add_test(tests, test_requests_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_providers_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_faults_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(
        tests, test_windows_and_counts_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_answers_when_values_are_at_their_bounds_then_only_good_ones_load);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
