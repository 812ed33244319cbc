/* SPDX-License-Identifier: MIT */
/* Shards: how runs are dealt; parts merge in any order to what one run of everything gives. */
#include "sim/parts/making.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "sim/parts/merge.h"
#include "sim/series.h"
#include "tests/support/small_scenario.h"

#define N_SHARDS 3

START_TEST(test_deal_when_many_shards_then_each_run_goes_to_one_and_shares_are_even)
{
    for (uint32_t n = 1; n <= 9; n++) {
        uint32_t share[9] = {0};
        for (uint64_t run = 0; run < 40; run++) {
            uint32_t n_takers = 0;
            for (uint32_t index = 1; index <= n; index++) {
                struct sq_shard shard = {.index = index, .n = n, .dealt = 5};
                bool has = sq_shard_has(&shard, run);
                n_takers += has;
                share[index - 1] += has;
            }
            ck_assert_uint_eq(n_takers, 1);
        }
        for (uint32_t i = 0; i < n; i++) {
            ck_assert_uint_ge(share[i], 40 / n - 1);
            ck_assert_uint_le(share[i], 40 / n + 2);
        }
    }
}
END_TEST

START_TEST(test_deal_when_as_many_policies_as_shards_then_no_shard_has_one_policy_only)
{
    struct sq_shard shard = {.index = 1, .n = 2};
    bool policy[2] = {false, false};
    for (uint64_t run = 0; run < 8; run++) {
        policy[run % 2] = policy[run % 2] || sq_shard_has(&shard, run);
    }
    ck_assert(policy[0]);
    ck_assert(policy[1]);
}
END_TEST

START_TEST(test_deal_when_not_sharded_then_everything_is_ours)
{
    struct sq_shard whole = {0};
    ck_assert(sq_shard_has(&whole, 0));
    ck_assert(sq_shard_has(&whole, UINT32_MAX));
}
END_TEST

START_TEST(test_part_when_larger_than_merge_reads_then_refused_with_what_to_do)
{
    struct sq_shard shard = {.index = 1, .n = 2, .recipe = "{}"};
    struct sq_part *part = sq_part_new(&shard);
    struct sq_error err = {0};
    ck_assert_ptr_nonnull(part);
    struct sq_part_state full = {.single = true, .n_seeds = 1};
    sq_strbuf_add_repeated(&full.meter, "1", SQ_PART_BYTES_MAX - 2);
    ck_assert_int_eq(sq_part_add(part, &full, &err), SQ_OK);
    struct sq_part_state more = {.single = true, .seed = 1, .n_seeds = 1};
    sq_strbuf_add(&more.meter, "1");
    ck_assert_int_eq(sq_part_add(part, &more, &err), SQ_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "60 MiB"));
    ck_assert_ptr_nonnull(strstr(err.hint, "more shards"));
    sq_part_free(part);
}
END_TEST

START_TEST(test_part_when_it_holds_more_values_than_merge_reads_then_refused)
{
    struct sq_shard shard = {.index = 1, .n = 2, .recipe = "{}"};
    struct sq_part *part = sq_part_new(&shard);
    ck_assert_ptr_nonnull(part);
    struct sq_part_state full = {.single = true, .n_seeds = 1};
    sq_strbuf_add_repeated(&full.meter, ",1", SQ_PART_VALUES_MAX);
    ck_assert_int_eq(sq_part_add(part, &full, NULL), SQ_OK);
    struct sq_part_state more = {.single = true, .seed = 1, .n_seeds = 1};
    sq_strbuf_add(&more.meter, "[1");
    ck_assert_int_eq(sq_part_add(part, &more, NULL), SQ_INVALID);
    sq_part_free(part);
}
END_TEST

/* ---- merging ---- */

static struct small_scenario *small;
static struct sq_settings second;
static struct sq_result *whole;
static struct sq_result *merged;

static void setup(void)
{
    small = small_scenario_new();
    small->scenario.n_seeds = 4;
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 500;
    rule->share_q32 = (uint64_t)1 << 31;
    rule->windowed = true;
    rule->at = 2 * SQ_SECOND;
    rule->span = 3 * SQ_SECOND;
    small->scenario.has_fault_windows = true;
    small->scenario.first_fault_at = rule->at;
    small->scenario.last_fault_end = rule->at + rule->span;
    second = small->policy;
    second.layers[0].role[0].retry.max_attempts = 3;
    small->scenario.policies[1] = &second;
    small->scenario.n_policies = 2;
    whole = calloc(1, sizeof(*whole));
    merged = calloc(1, sizeof(*merged));
}

static void teardown(void)
{
    sq_result_clear(whole);
    sq_result_clear(merged);
    free(whole);
    free(merged);
    small_scenario_free(small);
}

static void run(struct sq_shard shard, struct sq_result *result)
{
    struct sq_error err = {0};
    struct sq_series_options options = {
        .virtual_clock = true, .jobs = 2, .speed_milli = 1000, .stop_fd = -1, .shard = shard};
    ck_assert_msg(sq_series_run(&small->scenario, &options, result, &err) == SQ_OK, "%s", err.text);
}

static void add_state(struct sq_strbuf *text, const struct sq_part_state *state)
{
    sq_strbuf_add_format(text, "{\"policy\":%u,", state->policy);
    if (state->single) {
        sq_strbuf_add_format(text, "\"seed\":%u,", state->seed);
    }
    sq_strbuf_add_format(text, "\"seeds\":%u,\"meter\":%s},", state->n_seeds,
                         sq_strbuf_text(&state->meter));
}

/* What a result file says that a merge looks at. */
static void add_part(struct sq_strbuf *text, const struct sq_part *part)
{
    sq_strbuf_add_format(text,
                         "{\"schema\":\"squall/result/1\",\"version\":\"%s\",\"interrupted\":false,"
                         "\"scenario\":{\"name\":\"small\"},\"part\":{\"index\":%u,\"of\":%u,"
                         "\"ran\":%u,\"runs\":%u,\"digest\":\"0000000000000001\",\"recipe\":{},"
                         "\"states\":[",
                         SQ_VERSION, part->shard.index, part->shard.n, part->n_ran, part->n_runs);
    for (uint32_t i = 0; i < part->n_states; i++) {
        add_state(text, &part->states[i]);
    }
    text->length -= part->n_states > 0; /* the last comma */
    sq_strbuf_add(text, "]}}");
}

static enum sq_status add_text(struct sq_merge *merge, const char *text, size_t length,
                               struct sq_error *err)
{
    struct sq_json_document *document;
    struct sq_part_head head;
    struct sq_json_taker taker = {.file = "part", .err = err};
    ck_assert_int_eq(sq_json_read(text, length, NULL, &document, err), SQ_OK);
    sq_part_head_read(&taker, sq_json_root(document), &head);
    enum sq_status status = sq_json_taken(&taker);
    if (status == SQ_OK) {
        status = sq_merge_add(merge, &taker, &head);
    }
    sq_json_free(document);
    return status;
}

static void add_shard(struct sq_merge *merge, uint32_t index)
{
    struct sq_strbuf text = {0};
    struct sq_error err = {0};
    struct sq_result *part = calloc(1, sizeof(*part));
    run((struct sq_shard){.index = index, .n = N_SHARDS, .recipe = "{}"}, part);
    ck_assert_int_eq(part->exit_code, 0);
    ck_assert_int_eq(part->verdict, SQ_VERDICT_INCONCLUSIVE);
    add_part(&text, part->part);
    ck_assert_msg(add_text(merge, text.text, text.length, &err) == SQ_OK, "%s", err.text);
    sq_strbuf_clear(&text);
    sq_result_clear(part);
    free(part);
}

static void same_histogram(const struct sq_histogram *a, const struct sq_histogram *b)
{
    ck_assert_int_eq(a == NULL, b == NULL);
    if (a != NULL) {
        ck_assert_uint_eq(a->count, b->count);
        ck_assert(a->sum == b->sum);
        ck_assert_int_eq(a->min, b->min);
        ck_assert_int_eq(a->max, b->max);
        ck_assert_mem_eq(a->bucket, b->bucket, sizeof a->bucket);
    }
}

static void same_column(const struct sq_column *a, const struct sq_column *b)
{
    const char *what = "";
    ck_assert_uint_eq(a->decision_digest, b->decision_digest);
    ck_assert_uint_eq(a->outcome_digest, b->outcome_digest);
    ck_assert_uint_eq(a->n_seeds, b->n_seeds);
    ck_assert_uint_eq(a->attempts, b->attempts);
    ck_assert_int_eq(memcmp(&a->total, &b->total, sizeof(a->total)), 0);
    ck_assert_int_eq(memcmp(a->phase, b->phase, sizeof(a->phase)), 0);
    ck_assert_int_eq(memcmp(&a->billed, &b->billed, sizeof(a->billed)), 0);
    ck_assert_int_eq(memcmp(&a->wasted, &b->wasted, sizeof(a->wasted)), 0);
    ck_assert_uint_eq(a->peak_attempts_per_250ms, b->peak_attempts_per_250ms);
    ck_assert_int_eq(a->peak_amplification, b->peak_amplification);
    same_histogram(a->call_duration, b->call_duration);
    same_histogram(a->attempt_duration, b->attempt_duration);
    same_histogram(a->time_to_recover, b->time_to_recover);
    ck_assert_uint_eq(a->n_timeline, b->n_timeline);
    ck_assert_int_eq(memcmp(a->timeline, b->timeline, a->n_timeline * sizeof(*a->timeline)), 0);
    ck_assert_uint_eq(a->n_windows, b->n_windows);
    ck_assert_int_eq(memcmp(a->windows, b->windows, a->n_windows * sizeof(*a->windows)), 0);
    ck_assert_msg(sq_column_adds_up(a, &what), "%s", what);
}

static void merges(const uint32_t order[N_SHARDS])
{
    struct sq_error err = {0};
    struct sq_merge *merge = sq_merge_new(&small->scenario, N_SHARDS);
    run((struct sq_shard){0}, whole);
    for (uint32_t i = 0; i < N_SHARDS; i++) {
        ck_assert(!sq_merge_has(merge, order[i]));
        add_shard(merge, order[i]);
        ck_assert(sq_merge_has(merge, order[i]));
    }
    ck_assert_msg(sq_merge_finish(merge, merged, &err) == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(merged->n_columns, 2);
    ck_assert_int_eq(merged->exit_code, whole->exit_code);
    for (uint32_t i = 0; i < 2; i++) {
        same_column(&merged->columns[i], &whole->columns[i]);
    }
    sq_merge_free(merge);
}

START_TEST(test_merge_when_in_any_order_then_the_whole)
{
    static const uint32_t orders[][N_SHARDS] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}};
    merges(orders[_i]);
}
END_TEST

START_TEST(test_merge_when_each_seed_is_judged_then_the_worst_seed_is_the_value)
{
    small->scenario.n_thresholds = 1;
    small->scenario.thresholds[0] = (struct sq_threshold){.text = ">=99%",
                                                          .metric = SQ_METRIC_AVAILABILITY,
                                                          .aggregation = SQ_AGGREGATION_VALUE,
                                                          .operation = SQ_OPERATOR_GE,
                                                          .limit = SQ_RATIO_ONE / 100 * 99,
                                                          .strict = true,
                                                          .over = SQ_OVER_EACH_SEED};
    static const uint32_t order[N_SHARDS] = {2, 1, 3};
    merges(order);
    ck_assert_int_eq(merged->columns[0].checks[0].value, whole->columns[0].checks[0].value);
    ck_assert_int_eq(merged->columns[0].verdict, SQ_VERDICT_FAILED);
}
END_TEST

START_TEST(test_merge_when_a_part_is_missing_then_the_seeds_are_counted)
{
    struct sq_error err = {0};
    struct sq_merge *merge = sq_merge_new(&small->scenario, N_SHARDS);
    add_shard(merge, 1);
    ck_assert_int_eq(sq_merge_finish(merge, merged, &err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, "of the 4 seeds of policy \"test\"") != NULL, "%s", err.text);
    sq_merge_free(merge);
}
END_TEST

static void refuses(const char *text, const char *why)
{
    struct sq_error err = {0};
    struct sq_strbuf whole_text = {0};
    struct sq_merge *merge = sq_merge_new(&small->scenario, 1);
    sq_strbuf_add(&whole_text, "{\"schema\":\"squall/result/1\",\"version\":\"" SQ_VERSION
                               "\",\"interrupted\":false,\"scenario\":{\"name\":\"s\"},\"part\":"
                               "{\"ran\":1,\"runs\":1,\"digest\":\"0000000000000001\","
                               "\"recipe\":{},");
    sq_strbuf_add(&whole_text, text);
    sq_strbuf_add(&whole_text, "}}");
    ck_assert_int_eq(add_text(merge, whole_text.text, whole_text.length, &err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s, not %s", err.text, why);
    ck_assert_uint_gt(err.line, 0);
    sq_strbuf_clear(&whole_text);
    sq_merge_free(merge);
}

START_TEST(test_merge_when_a_part_is_wrong_then_refused_with_its_place)
{
    refuses("\"of\":1", "\"index\" is missing");
    refuses("\"index\":0,\"of\":1", "there is no part 0 of 1");
    refuses("\"index\":2,\"of\":1", "there is no part 2 of 1");
    refuses("\"index\":1,\"of\":4097", "0 to 4096");
    refuses("\"index\":1,\"of\":1", "\"states\" is missing");
    refuses("\"index\":1,\"of\":1,\"states\":[{}]", "\"policy\" is missing");
    refuses("\"index\":1,\"of\":1,\"states\":[{\"policy\":2,\"seeds\":1}]", "0 to 1");
    refuses("\"index\":1,\"of\":1,\"states\":[{\"policy\":0,\"seed\":4,\"seeds\":1}]", "0 to 3");
    refuses("\"index\":1,\"of\":1,\"states\":[{\"policy\":0,\"seed\":0,\"seeds\":1}]",
            "\"meter\" is missing");
    refuses("\"index\":1,\"of\":1,\"states\":[{\"policy\":0,\"seed\":0,\"seeds\":1,\"meter\":{}}]",
            "\"seeds\" is missing");
}
END_TEST

/* The text of a whole series as one part, with its first `from` made `to`. */
static void part_text(struct sq_strbuf *text, const char *from, const char *to)
{
    struct sq_strbuf made = {0};
    struct sq_result *part = calloc(1, sizeof(*part));
    run((struct sq_shard){.index = 1, .n = 1, .recipe = "{}"}, part);
    add_part(&made, part->part);
    const char *at = strstr(sq_strbuf_text(&made), from);
    ck_assert_msg(at != NULL, "no %s", from);
    sq_strbuf_add_bytes(text, made.text, (size_t)(at - made.text));
    sq_strbuf_add(text, to);
    sq_strbuf_add(text, at + strlen(from));
    sq_strbuf_clear(&made);
    sq_result_clear(part);
    free(part);
}

static void refuses_changed(const char *from, const char *to, const char *why)
{
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    struct sq_merge *merge = sq_merge_new(&small->scenario, 1);
    part_text(&text, from, to);
    ck_assert_int_eq(add_text(merge, text.text, text.length, &err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s, not %s", err.text, why);
    sq_strbuf_clear(&text);
    sq_merge_free(merge);
}

START_TEST(test_merge_when_a_state_has_more_or_less_than_the_scenario_then_refused)
{
    refuses_changed("\"timeline\":[", "\"timeline\":[],\"old\":[", "the timeline has not");
    refuses_changed("\"breakers\":[", "\"breakers\":[{\"opened\":0,\"open_time\":0}",
                    "there are not 0 breakers");
    refuses_changed("\"fault_windows\":[", "\"fault_windows\":[],\"old\":[",
                    "there are not 1 fault windows");
    refuses_changed("\"fault_windows\":[",
                    "\"fault_windows\":[{\"struck\":0,\"time_to_open\":-1,"
                    "\"time_to_recover\":-1},",
                    "there are not 1 fault windows");
    refuses_changed("\"slices\":[", "\"slices\":[{}", "there are not 0 slices");
    refuses_changed("\"transitions\":[",
                    "\"transitions\":[{\"at\":0,\"layer\":0,\"breaker\":0,\"from\":0,\"to\":1}",
                    "the policy has no such breaker");
    refuses_changed("\"transitions\":[",
                    "\"transitions\":[{\"at\":0,\"layer\":1,\"breaker\":0,\"from\":0,\"to\":1}",
                    "the policy has no such breaker");
    refuses_changed("\"min\":", "\"min\":-1,\"old\":", "the least value");
    refuses_changed("\"min\":", "\"min\":9000000000000000000,\"old\":", "the least value");
    refuses_changed("\"seeds\":", "\"seeds\":5,\"old\":", "0 to 4");
}
END_TEST

START_TEST(test_merge_when_a_slice_is_not_that_of_a_check_then_refused)
{
    small->scenario.n_thresholds = 1;
    small->scenario.thresholds[0] = (struct sq_threshold){.text = ">=1%",
                                                          .metric = SQ_METRIC_TTFT,
                                                          .aggregation = SQ_AGGREGATION_MED,
                                                          .selector = SQ_SELECT_PHASE,
                                                          .selected = SQ_PHASE_BEFORE,
                                                          .operation = SQ_OPERATOR_GE};
    refuses_changed("\"slices\":[", "\"slices\":[],\"old\":[", "slices");
}
END_TEST

START_TEST(test_merge_when_it_is_no_result_then_refused)
{
    static const char *const texts[] = {"[]", "{}", "{\"schema\":5}", "{\"schema\":\"other\"}"};
    struct sq_merge *merge = sq_merge_new(&small->scenario, 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sq_error err = {0};
        ck_assert_int_eq(add_text(merge, texts[i], strlen(texts[i]), &err), SQ_INVALID);
        ck_assert_msg(strstr(err.text, "not a result") != NULL, "%s", err.text);
    }
    sq_merge_free(merge);
    refuses_changed("\"version\":\"", "\"version\":\"0.", "only the version that ran parts");
    refuses_changed("\"part\":", "\"parts\":", "a whole result, not a part of one");
}
END_TEST

static struct sq_part_head head_of(const char *text, size_t length,
                                   struct sq_json_document **document)
{
    struct sq_error err = {0};
    struct sq_part_head head;
    struct sq_json_taker taker = {.file = "part", .err = &err};
    ck_assert_int_eq(sq_json_read(text, length, NULL, document, &err), SQ_OK);
    sq_part_head_read(&taker, sq_json_root(*document), &head);
    ck_assert_int_eq(sq_json_taken(&taker), SQ_OK);
    return head;
}

START_TEST(test_head_when_the_part_was_interrupted_then_told)
{
    for (int i = 0; i < 2; i++) {
        struct sq_json_document *document;
        struct sq_strbuf text = {0};
        part_text(&text, "\"interrupted\":false",
                  i == 0 ? "\"interrupted\":false" : "\"interrupted\":true");
        ck_assert_int_eq(head_of(text.text, text.length, &document).interrupted, i == 1);
        sq_json_free(document);
        sq_strbuf_clear(&text);
    }
}
END_TEST

/* The same seeds as parts 1 and 2 of 2. */
static enum sq_status merge_twice(struct sq_error *err)
{
    struct sq_merge *merge = sq_merge_new(&small->scenario, 2);
    enum sq_status status = SQ_OK;
    for (int i = 0; i < 2 && status == SQ_OK; i++) {
        struct sq_strbuf text = {0};
        part_text(&text, "\"index\":1,\"of\":1",
                  i == 0 ? "\"index\":1,\"of\":2" : "\"index\":2,\"of\":2");
        status = add_text(merge, text.text, text.length, err);
        sq_strbuf_clear(&text);
    }
    status = status == SQ_OK ? sq_merge_finish(merge, merged, err) : status;
    sq_merge_free(merge);
    return status;
}

START_TEST(test_merge_when_seeds_come_twice_then_refused)
{
    struct sq_error err = {0};
    ck_assert_int_eq(merge_twice(&err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, "8 of the 4 seeds") != NULL, "%s", err.text);
    ck_assert_msg(strstr(err.text, "not each once") != NULL, "%s", err.text);
}
END_TEST

START_TEST(test_merge_when_each_seed_is_judged_then_seeds_come_by_themselves_and_once)
{
    struct sq_error err = {0};
    small->scenario.n_thresholds = 1;
    small->scenario.thresholds[0] = (struct sq_threshold){.text = ">=1%",
                                                          .metric = SQ_METRIC_AVAILABILITY,
                                                          .aggregation = SQ_AGGREGATION_VALUE,
                                                          .operation = SQ_OPERATOR_GE,
                                                          .over = SQ_OVER_EACH_SEED};
    refuses_changed("\"seed\":0,", "", "a seed is not by itself");
    ck_assert_int_eq(merge_twice(&err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, "twice in the parts") != NULL, "%s", err.text);
}
END_TEST

/* The first seed's transitions and times of windows would be missing. */
START_TEST(test_merge_when_the_first_seed_is_not_by_itself_then_refused)
{
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    struct sq_merge *merge = sq_merge_new(&small->scenario, 1);
    part_text(&text, "\"seed\":0,", "\"seed\":1,");
    ck_assert_int_eq(add_text(merge, text.text, text.length, &err), SQ_OK);
    ck_assert_int_eq(sq_merge_finish(merge, merged, &err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, "not each once") != NULL, "%s", err.text);
    sq_strbuf_clear(&text);
    sq_merge_free(merge);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("part");
    TCase *tcase = tcase_create("part");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_deal_when_many_shards_then_each_run_goes_to_one_and_shares_are_even);
    tcase_add_test(tcase,
                   test_deal_when_as_many_policies_as_shards_then_no_shard_has_one_policy_only);
    tcase_add_test(tcase, test_deal_when_not_sharded_then_everything_is_ours);
    tcase_add_test(tcase, test_part_when_larger_than_merge_reads_then_refused_with_what_to_do);
    tcase_add_test(tcase, test_part_when_it_holds_more_values_than_merge_reads_then_refused);
    tcase_add_loop_test(tcase, test_merge_when_in_any_order_then_the_whole, 0, 3);
    tcase_add_test(tcase, test_merge_when_each_seed_is_judged_then_the_worst_seed_is_the_value);
    tcase_add_test(tcase, test_merge_when_a_part_is_missing_then_the_seeds_are_counted);
    tcase_add_test(tcase, test_merge_when_a_part_is_wrong_then_refused_with_its_place);
    tcase_add_test(tcase, test_merge_when_a_state_has_more_or_less_than_the_scenario_then_refused);
    tcase_add_test(tcase, test_merge_when_a_slice_is_not_that_of_a_check_then_refused);
    tcase_add_test(tcase, test_merge_when_it_is_no_result_then_refused);
    tcase_add_test(tcase, test_head_when_the_part_was_interrupted_then_told);
    tcase_add_test(tcase, test_merge_when_seeds_come_twice_then_refused);
    tcase_add_test(tcase,
                   test_merge_when_each_seed_is_judged_then_seeds_come_by_themselves_and_once);
    tcase_add_test(tcase, test_merge_when_the_first_seed_is_not_by_itself_then_refused);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
