/* SPDX-License-Identifier: MIT */
/*
 * A series over a heap that refuses: each request in turn, on both clocks, whole, as a part, merged
 * and served. Every time the series says that memory ran out, or gives the result of a good run;
 * and every block comes back. tests/torture does so to some points of the whole program.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "sim/parts/merge.h"
#include "sim/series.h"
#include "sim/serve/serve.h"
#include "tests/support/memory_torture.h"
#include "tests/support/scenario_text.h"

#define LIVE_FIRST  90 /* requests of a live run tried one by one: its parts are made */
#define LIVE_POINTS 30 /* of the rest, which takes real time */

/* What allocates: clauses, prompts and their rules, identities, connections, slices, streams. */
#define PROVIDERS                                                                                  \
    "{ \"seed\": 3, \"providers\": { \"openai\": { \"models\": { \"a\": { \"ttft\":"               \
    " \"20ms\", \"tokens_per_second\": 1000, \"price\": { \"input\": 1, \"output\": 2 } } } } },"  \
    " \"roles\": { \"primary\": \"openai/a\" }, "
#define FAULTS                                                                                     \
    "\"faults\": [ { \"kind\": \"refuse\", \"where\": \"openai\", \"probability\": \"5%\" }, "     \
    " { \"kind\": \"status\", \"status\": 503, \"where\": \"openai\", \"match\": {"                \
    " \"attempt\": 1, \"body\": { \"/user\": \"squall-tenant-02\" } } },"                          \
    " { \"kind\": \"invalid_json\", \"shape\": \"fenced\", \"where\": \"openai\","                 \
    " \"probability\": \"30%\" }, { \"kind\": \"status\", \"status\": 500, \"where\":"             \
    " \"openai\", \"at\": \"50ms\", \"for\": \"20ms\" } ], "
#define POLICY                                                                                     \
    "\"policy\": { \"name\": \"careful\", \"timeouts\": { \"attempt\": \"1s\" }, \"retry\": {"     \
    " \"max_attempts\": 2, \"delay\": { \"constant\": \"5ms\" } }, \"breaker\": { \"trip\":"       \
    " { \"consecutive\": 2 }, \"open_for\": \"20ms\", \"key\": [\"provider\"] }, \"limits\":"      \
    " { \"connections\": 4, \"pool_wait\": \"1s\" }, \"contract\": { \"repair\": [\"fences\"],"    \
    " \"reask\": { \"max\": 1 } }, \"fallback\": [ { \"rules\": [ { \"contains\": \"price\","      \
    " \"answer\": \"Ask.\" } ] }, { \"answer\": \"Sorry.\" } ] }, "
/* Attempts are given up, and billed later all the same. */
#define HASTY                                                                                      \
    "\"policy\": { \"name\": \"hasty\", \"timeouts\": { \"attempt\": \"22ms\" }, \"retry\": {"     \
    " \"max_attempts\": 2 } }, "
#define REQUESTS                                                                                   \
    "\"requests\": [ { \"name\": \"extract\", \"output_tokens\": 9, \"contract\": { \"schema\":"   \
    " { \"type\": \"object\" }, \"sample\": { \"answer\": \"abc\" } } }, { \"name\": \"chat\","    \
    " \"stream\": true, \"output_tokens\": 5 } ], \"prompts\": { \"texts\": [ { \"id\": \"q\","    \
    " \"text\": \"What is the price?\" }, { \"id\": \"r\", \"text\": \"Hello\" } ] }"
#define LENGTH "\"duration\": \"120ms\", \"drain\": \"1s\", "
#define OPEN_WORKLOAD                                                                              \
    "\"workload\": { \"keys\": 3, \"tenants\": 4, \"sessions\": { \"length\": 2 }, \"phases\": ["  \
    " { \"name\": \"even\", \"duration\": \"120ms\", \"arrival_rate\": 100, \"arrivals\":"         \
    " \"constant\" } ], " REQUESTS " }, "
#define CLOSED_WORKLOAD                                                                            \
    "\"workload\": { \"users\": 5, \"think_time\": \"30ms\", \"keys\": 3, \"sessions\": {"         \
    " \"length\": 2 }, \"tenants\": 4, \"requests\": [ { \"name\": \"chat\", \"stream\": true,"    \
    " \"output_tokens\": 5 } ] }, "
#define POOLED "\"thresholds\": { \"call_duration{phase:faulty}\": [\"p(50)<60s\"] } }"
#define APART                                                                                      \
    "\"seeds\": 3, \"thresholds\": { \"availability\": [ { \"threshold\": \">=1%\", \"over\":"     \
    " \"each_seed\" } ], \"call_duration{phase:before}\": [\"p(50)<60s\"] } }"

static const char *const texts[] = {
    PROVIDERS LENGTH FAULTS POLICY OPEN_WORKLOAD POOLED,
    PROVIDERS LENGTH FAULTS POLICY OPEN_WORKLOAD APART,
    PROVIDERS LENGTH FAULTS POLICY CLOSED_WORKLOAD APART,
    PROVIDERS LENGTH FAULTS HASTY OPEN_WORKLOAD POOLED,
};
#define N_TEXTS ((int)(sizeof texts / sizeof texts[0]))

static struct loaded loaded;
static struct sq_series_options options;
static size_t blocks; /* in use before the work begins */

static void load(int which, uint32_t n_seeds)
{
    struct sq_load_options over = {.n_seeds = n_seeds};
    load_text(&loaded, texts[which], &over);
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    options = (struct sq_series_options){
        .virtual_clock = true, .jobs = 1, .speed_milli = 1000, .stop_fd = -1};
    blocks = sq_memory_torture_live();
}

static void tear_down(void)
{
    sq_memory_torture_fail(0);
    loaded_clear(&loaded);
}

/* What a result says, for comparing with another. */
static uint64_t digest_of(const struct sq_result *result)
{
    uint64_t digest = result->n_columns;
    for (uint32_t i = 0; i < result->n_columns; i++) {
        digest += result->columns[i].decision_digest + result->columns[i].outcome_digest;
    }
    return digest;
}

static uint64_t run_well(void)
{
    struct sq_error err = {0};
    struct sq_result *result = calloc(1, sizeof *result);
    sq_memory_torture_fail(0);
    ck_assert_msg(sq_series_run(loaded.scenario, &options, result, &err) == SQ_OK, "%s", err.text);
    uint64_t digest = digest_of(result);
    ck_assert_uint_gt(result->n_columns, 0);
    sq_result_clear(result);
    free(result);
    ck_assert_uint_eq(sq_memory_torture_live(), blocks);
    return digest;
}

static void run_with_one_refused(size_t nth, uint64_t digest)
{
    struct sq_error err = {0};
    struct sq_result *result = calloc(1, sizeof *result);
    sq_memory_torture_fail(nth);
    enum sq_status status = sq_series_run(loaded.scenario, &options, result, &err);
    if (status == SQ_OK) {
        ck_assert_msg(digest_of(result) == digest, "request %zu: another result", nth);
    } else {
        ck_assert_msg(status == SQ_NO_MEMORY, "request %zu: %s", nth, err.text);
        ck_assert_msg(strstr(err.text, "memory") != NULL, "request %zu: %s", nth, err.text);
    }
    sq_result_clear(result);
    free(result);
    ck_assert_msg(sq_memory_torture_live() == blocks, "request %zu: blocks are lost", nth);
}

static void run_with_each_refused(void)
{
    uint64_t digest = run_well();
    size_t n_requests = sq_memory_torture_requests();
    for (size_t nth = 1; nth <= n_requests; nth++) {
        run_with_one_refused(nth, digest);
        ck_assert_uint_gt(sq_memory_torture_refused(), 0);
    }
}

START_TEST(test_series_when_a_block_is_refused_then_said_or_the_same_result)
{
    load(_i, 2);
    run_with_each_refused();
}
END_TEST

START_TEST(test_part_when_a_block_is_refused_then_said_or_the_same_result)
{
    load(_i, 3);
    options.shard = (struct sq_shard){.index = 1, .n = 1, .recipe = "{}"};
    run_with_each_refused();
}
END_TEST

/* In real time no two runs are the same, and threads ask in any order: what counts is that it ends
 * by itself, says why, and gives everything back. */
static void run_live_with_one_refused(size_t nth)
{
    struct sq_error err = {0};
    struct sq_result *result = calloc(1, sizeof *result);
    sq_memory_torture_fail(nth);
    enum sq_status status = sq_series_run(loaded.scenario, &options, result, &err);
    ck_assert_msg(status == SQ_OK || err.text[0] != '\0', "request %zu: without a word", nth);
    sq_result_clear(result);
    free(result);
    ck_assert_msg(sq_memory_torture_live() == blocks, "request %zu: blocks are lost", nth);
}

static void run_live_with_some_refused(void)
{
    (void)run_well();
    size_t n_requests = sq_memory_torture_requests();
    for (size_t nth = 1; nth <= LIVE_FIRST; nth++) {
        run_live_with_one_refused(nth);
    }
    for (size_t i = 0; i < LIVE_POINTS; i++) {
        run_live_with_one_refused(LIVE_FIRST + i * n_requests / LIVE_POINTS);
    }
}

START_TEST(test_live_when_a_block_is_refused_then_it_ends_and_nothing_is_lost)
{
    load(_i, 0);
    options.live_clock = true;
    options.virtual_clock = false;
    run_live_with_some_refused();
}
END_TEST

/* Where nobody listens: attempts fail, memory or not. */
START_TEST(test_target_when_a_block_is_refused_then_it_ends_and_nothing_is_lost)
{
    struct sq_live_targets targets = {.url = {"http://127.0.0.1:1"}, .key = {"secret"}};
    load(_i, 0);
    options.live_clock = true;
    options.virtual_clock = false;
    options.targets = &targets;
    for (size_t nth = 1; nth <= LIVE_FIRST; nth++) {
        run_live_with_one_refused(nth);
    }
}
END_TEST

/* ---- merging ---- */

static void add_state(struct sq_strbuf *text, const struct sq_part_state *state)
{
    sq_strbuf_add_format(text, "{\"policy\":%u,", state->policy);
    if (state->single) {
        sq_strbuf_add_format(text, "\"seed\":%u,", state->seed);
    }
    sq_strbuf_add_format(text,
                         "\"seeds\":%u,\"inconclusive\":\"late\",\"inconclusive_seed\":0,"
                         "\"meter\":%s},",
                         state->n_seeds, sq_strbuf_text(&state->meter));
}

/* A result file with the whole series as its one part. */
static void write_part(struct sq_strbuf *text)
{
    struct sq_error err = {0};
    struct sq_result *result = calloc(1, sizeof *result);
    options.shard = (struct sq_shard){.index = 1, .n = 1, .recipe = "{}"};
    ck_assert_int_eq(sq_series_run(loaded.scenario, &options, result, &err), SQ_OK);
    sq_strbuf_add(text, "{\"schema\":\"squall/result/1\",\"version\":\"" SQ_VERSION
                        "\",\"interrupted\":false,\"scenario\":{\"name\":\"s\"},\"part\":{"
                        "\"index\":1,\"of\":1,\"ran\":1,\"runs\":1,\"digest\":\"0000000000000001\","
                        "\"recipe\":{},\"states\":[");
    for (uint32_t i = 0; i < result->part->n_states; i++) {
        add_state(text, &result->part->states[i]);
    }
    text->length--; /* the last comma */
    sq_strbuf_add(text, "]}}");
    sq_result_clear(result);
    free(result);
}

static enum sq_status merge_document(const struct sq_json *root, struct sq_result *result,
                                     struct sq_merge **merge, struct sq_error *err)
{
    struct sq_part_head head;
    struct sq_json_taker taker = {.file = "part", .err = err};
    *merge = sq_merge_new(loaded.scenario, 1);
    if (*merge == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    sq_part_head_read(&taker, root, &head);
    ck_assert_int_eq(sq_json_taken(&taker), SQ_OK);
    enum sq_status status = sq_merge_add(*merge, &taker, &head);
    return status == SQ_OK ? sq_merge_finish(*merge, result, err) : status;
}

static enum sq_status merge_with_one_refused(const struct sq_strbuf *text, size_t nth)
{
    struct sq_error err = {0};
    struct sq_json_document *document;
    struct sq_merge *merge;
    struct sq_result *result = calloc(1, sizeof *result);
    ck_assert_int_eq(sq_json_read(text->text, text->length, NULL, &document, &err), SQ_OK);
    sq_memory_torture_fail(nth);
    enum sq_status status = merge_document(sq_json_root(document), result, &merge, &err);
    size_t n_refused = sq_memory_torture_refused();
    ck_assert_msg(status == SQ_OK || strstr(err.text, "memory") != NULL, "%s", err.text);
    ck_assert_int_eq(status, n_refused == 0 ? SQ_OK : SQ_NO_MEMORY);
    if (status == SQ_OK) {
        ck_assert_ptr_nonnull(result->columns[0].inconclusive);
        ck_assert_str_eq(result->columns[0].inconclusive, "late");
    }
    sq_result_clear(result);
    sq_merge_free(merge);
    sq_json_free(document);
    free(result);
    return status;
}

START_TEST(test_merge_when_a_block_is_refused_then_said_and_nothing_is_lost)
{
    struct sq_strbuf text = {0};
    load(_i, 3);
    write_part(&text);
    blocks = sq_memory_torture_live();
    for (size_t nth = 1; merge_with_one_refused(&text, nth) != SQ_OK; nth++) {
        ck_assert_uint_eq(sq_memory_torture_live(), blocks);
        ck_assert_uint_lt(nth, 10000);
    }
    ck_assert_uint_eq(sq_memory_torture_live(), blocks);
    sq_strbuf_clear(&text);
}
END_TEST

/* ---- serving ---- */

static enum sq_status serve(struct sq_result *result, struct sq_serve **serve, struct sq_error *err)
{
    struct sq_serve_options with = {.scenario = loaded.scenario, .speed_milli = 1000};
    enum sq_status status = sq_serve_start(&with, serve, err);
    if (status != SQ_OK) {
        return status;
    }
    status = sq_serve_take(*serve, err);
    return status == SQ_OK ? sq_serve_finish(*serve, result, err) : status;
}

static enum sq_status serve_with_one_refused(size_t nth)
{
    struct sq_error err = {0};
    struct sq_serve *served = NULL;
    struct sq_result *result = calloc(1, sizeof *result);
    sq_memory_torture_fail(nth);
    enum sq_status status = serve(result, &served, &err);
    ck_assert_msg(status == SQ_OK || err.text[0] != '\0', "request %zu: without a word", nth);
    sq_result_clear(result);
    sq_serve_free(served);
    free(result);
    return status;
}

START_TEST(test_serve_when_a_block_is_refused_then_said_and_nothing_is_lost)
{
    load(_i, 0);
    sq_serve_prepare(loaded.scenario);
    size_t refused;
    size_t nth = 1;
    do {
        enum sq_status status = serve_with_one_refused(nth++);
        refused = sq_memory_torture_refused();
        ck_assert(refused > 0 || status == SQ_OK);
        ck_assert_uint_eq(sq_memory_torture_live(), blocks);
    } while (refused > 0);
    ck_assert_uint_gt(nth, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series_torture");
    TCase *tests = tcase_create("series_torture");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, test_series_when_a_block_is_refused_then_said_or_the_same_result, 0,
                        N_TEXTS);
    tcase_add_loop_test(tests, test_part_when_a_block_is_refused_then_said_or_the_same_result, 0,
                        N_TEXTS);
    tcase_add_loop_test(tests, test_live_when_a_block_is_refused_then_it_ends_and_nothing_is_lost,
                        0, 1);
    tcase_add_loop_test(tests, test_target_when_a_block_is_refused_then_it_ends_and_nothing_is_lost,
                        0, 1);
    tcase_add_loop_test(tests, test_merge_when_a_block_is_refused_then_said_and_nothing_is_lost, 0,
                        N_TEXTS);
    tcase_add_loop_test(tests, test_serve_when_a_block_is_refused_then_said_and_nothing_is_lost, 0,
                        1);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
