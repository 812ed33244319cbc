/* SPDX-License-Identifier: MIT */
/* Results made by hand. Allocates through base/memory.h; an allocation that fails is a failed test.
 */
#include "tests/support/result_world.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

#define WINDOWS        60
#define WINDOW         (10 * SQ_SECOND)
#define CALLS_A_WINDOW 100

static void *fresh(size_t count, size_t size)
{
    void *memory = sq_memory_new(count, size);
    sq_assert(memory != NULL);
    return memory;
}

static void set_name(char *into, size_t bytes, const char *name)
{
    size_t length = strlen(name);
    sq_assert(length < bytes);
    memcpy(into, name, length + 1);
}

#define SET_NAME(field, name) set_name((field), sizeof(field), (name))

static void make_scenario(struct result_world *world)
{
    struct sq_scenario *scenario = &world->scenario;
    scenario->name = "storm";
    scenario->file = "scenarios/storm.json";
    scenario->title = "Primary answers 429 for two minutes";
    scenario->description = "A rate-limit storm of two minutes.";
    scenario->tags[scenario->n_tags++] = "rate-limit";
    scenario->sources[scenario->n_sources++] =
        (struct sq_source){.title = "status page", .url = "https://example.org/x", .grade = 'A'};
    scenario->assumptions[scenario->n_assumptions++] = "the error share is not published";
    scenario->seed = 1;
    scenario->n_seeds = 1;
    scenario->duration = 10 * SQ_MINUTE;
    scenario->drain = SQ_MINUTE;
    scenario->epoch_s = 1767225600;
    scenario->has_fault_windows = true;
    scenario->first_fault_at = 3 * SQ_MINUTE;
    scenario->last_fault_end = 5 * SQ_MINUTE;
    SET_NAME(scenario->workload.phases[0].name, "steady");
    scenario->workload.phases[0].duration = 10 * SQ_MINUTE;
    scenario->workload.n_phases = 1;
}

static void make_script(struct result_world *world)
{
    struct sq_script *script = &world->scenario.script;
    script->n_models = 2;
    SET_NAME(script->models[0].label, "openai/gpt-4o");
    SET_NAME(script->models[1].label, "inhouse/llama");
    script->rules = world->rules;
    script->n_rules = 2;
    SET_NAME(world->rules[0].name, "rate storm");
    world->rules[0].kind = SQ_FAULT_STATUS;
    world->rules[0].models = 1;
    world->rules[0].windowed = true;
    world->rules[0].at = 3 * SQ_MINUTE;
    world->rules[0].span = 2 * SQ_MINUTE;
    SET_NAME(world->rules[1].name, "hang@inhouse/llama#1");
    world->rules[1].kind = SQ_FAULT_HANG;
    world->rules[1].models = 2;
    world->rules[1].windowed = true;
    world->rules[1].at = 270 * SQ_SECOND;
    world->rules[1].span = 45 * SQ_SECOND;
    SET_NAME(world->scenario.roles[0].name, "primary");
    SET_NAME(world->scenario.roles[1].name, "backup");
    world->scenario.roles[1].model = 1;
    world->scenario.n_roles = 2;
}

static void add_threshold(struct result_world *world, struct sq_threshold threshold)
{
    world->scenario.thresholds[world->scenario.n_thresholds++] = threshold;
}

static void make_thresholds(struct result_world *world)
{
    add_threshold(world, (struct sq_threshold){.text = "availability>=99.5%",
                                               .metric = SQ_METRIC_AVAILABILITY,
                                               .operation = SQ_OPERATOR_GE,
                                               .limit = 995000000,
                                               .strict = true});
    add_threshold(world, (struct sq_threshold){.text = "call_duration p(95)<1500ms",
                                               .metric = SQ_METRIC_CALL_DURATION,
                                               .aggregation = SQ_AGGREGATION_P,
                                               .per_million = 950000,
                                               .operation = SQ_OPERATOR_LT,
                                               .limit = 1500 * SQ_MS,
                                               .strict = true});
    add_threshold(world, (struct sq_threshold){.text = "retry_amplification<1.1",
                                               .metric = SQ_METRIC_RETRY_AMPLIFICATION,
                                               .operation = SQ_OPERATOR_LT,
                                               .limit = 1100000});
    add_threshold(world, (struct sq_threshold){.text = "cost_per_1k_good_calls<4.20",
                                               .metric = SQ_METRIC_COST_PER_1K_GOOD_CALLS,
                                               .operation = SQ_OPERATOR_LT,
                                               .limit = INT64_C(4200000000000),
                                               .strict = true});
    add_threshold(world, (struct sq_threshold){.text = "ttft{phase:faulty} p(99.9)<8s",
                                               .metric = SQ_METRIC_TTFT,
                                               .selector = SQ_SELECT_PHASE,
                                               .selected = SQ_PHASE_FAULTY,
                                               .aggregation = SQ_AGGREGATION_P,
                                               .per_million = 999000,
                                               .operation = SQ_OPERATOR_LT,
                                               .limit = 8 * SQ_SECOND,
                                               .strict = true,
                                               .over = SQ_OVER_EACH_SEED});
}

/* How bad a window of the timeline is, 0..100. */
static uint64_t badness(uint32_t window)
{
    if (window < 18 || window >= 33) {
        return window == 33 || window == 34 ? 20 : 0;
    }
    return window >= 27 && window < 30 ? 80 : 50;
}

static struct sq_timeline_window make_window(uint32_t index)
{
    uint64_t bad = badness(index);
    struct sq_timeline_window window = {.calls = CALLS_A_WINDOW};
    window.outcome[SQ_OUTCOME_RECOVERED] = bad / 2;
    window.outcome[SQ_OUTCOME_FALLBACK] = bad / 5;
    window.outcome[SQ_OUTCOME_REJECTED] = bad / 10;
    window.outcome[SQ_OUTCOME_FAILED] = bad / 20;
    window.outcome[SQ_OUTCOME_FIRST_TRY] = CALLS_A_WINDOW - bad / 2 - bad / 5 - bad / 10 - bad / 20;
    window.attempts = CALLS_A_WINDOW + bad * 3 / 2;
    window.p50 = (700 + (int64_t)(index * 37 % 90) + (int64_t)bad * 12) * SQ_MS;
    window.p95 = (1400 + (int64_t)(index * 53 % 210) + (int64_t)bad * 55) * SQ_MS;
    window.max = window.p95 * 2;
    return window;
}

static void add_tally(struct sq_tally *tally, const struct sq_timeline_window *window)
{
    tally->calls += window->calls;
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        tally->outcome[i] += window->outcome[i];
    }
}

static enum sq_phase_index phase_of(uint32_t window)
{
    if (window < 18) {
        return SQ_PHASE_BEFORE;
    }
    return window < 32 ? SQ_PHASE_FAULTY : SQ_PHASE_AFTER;
}

static void make_timeline(struct sq_column *column)
{
    column->timeline_width = WINDOW;
    column->n_timeline = WINDOWS;
    column->timeline = fresh(WINDOWS, sizeof column->timeline[0]);
    for (uint32_t i = 0; i < WINDOWS; i++) {
        column->timeline[i] = make_window(i);
        add_tally(&column->total, &column->timeline[i]);
        add_tally(&column->phase[phase_of(i)], &column->timeline[i]);
        add_tally(&column->phase[SQ_PHASE_WORKLOAD_0], &column->timeline[i]);
        column->attempts += column->timeline[i].attempts;
    }
}

static void record(struct sq_histogram **histogram, int64_t value, uint64_t times)
{
    if (*histogram == NULL) {
        *histogram = fresh(1, sizeof **histogram);
    }
    for (uint64_t i = 0; i < times; i++) {
        sq_histogram_record(*histogram, value + (int64_t)(i % 17) * SQ_MS);
    }
}

static void make_durations(struct sq_column *column)
{
    for (uint32_t i = 0; i < column->n_timeline; i++) {
        const struct sq_timeline_window *window = &column->timeline[i];
        record(&column->call_duration, window->p50, window->calls * 93 / 100);
        record(&column->call_duration, window->p95, window->calls - window->calls * 93 / 100);
        record(&column->duration_by_phase[phase_of(i)], window->p50, window->calls);
        record(&column->attempt_duration, window->p50 / 2, window->attempts);
        record(&column->ttft, window->p50 / 3, window->outcome[SQ_OUTCOME_FIRST_TRY]);
    }
    record(&column->duration_by_outcome[SQ_OUTCOME_FAILED], 9 * SQ_SECOND,
           column->total.outcome[SQ_OUTCOME_FAILED]);
    record(&column->backoff_wait, SQ_SECOND, column->attempts - column->total.calls);
    record(&column->time_to_open, 1200 * SQ_MS, 1);
    record(&column->time_to_recover, 5 * SQ_SECOND, 1);
}

static void make_attempts(struct sq_column *column)
{
    uint64_t extra = column->attempts - column->total.calls;
    column->refused_locally = column->total.outcome[SQ_OUTCOME_REJECTED];
    column->attempts_per_call[1] = column->total.calls - extra / 3;
    column->attempts_per_call[4] = extra / 3;
    column->layer_sends[0] = column->attempts;
    column->class_by_role[0][SQ_CLASS_NONE] = column->total.calls - extra / 4;
    column->class_by_role[0][SQ_CLASS_RATE_LIMITED] = extra - extra / 4;
    column->class_by_role[0][SQ_CLASS_BREAKER_OPEN] = column->refused_locally;
    column->class_by_role[1][SQ_CLASS_NONE] = column->total.outcome[SQ_OUTCOME_FALLBACK];
    column->class_by_role[1][SQ_CLASS_TIMEOUT_ATTEMPT] = column->total.outcome[SQ_OUTCOME_FAILED];
    column->outcome_by_class[SQ_OUTCOME_FAILED][SQ_CLASS_TIMEOUT_ATTEMPT] =
        column->total.outcome[SQ_OUTCOME_FAILED];
    column->outcome_by_class[SQ_OUTCOME_REJECTED][SQ_CLASS_BREAKER_OPEN] = column->refused_locally;
    column->answers_by_role[0] =
        column->total.outcome[SQ_OUTCOME_FIRST_TRY] + column->total.outcome[SQ_OUTCOME_RECOVERED];
    column->answers_by_role[1] = column->total.outcome[SQ_OUTCOME_FALLBACK];
    column->strategy[SQ_STRATEGY_SWITCH_MODEL] = column->total.outcome[SQ_OUTCOME_FALLBACK];
    column->peak_attempts_per_250ms = 31;
    column->peak_attempts_sum = 31;
    column->peak_attempts_mean = 31000000;
    column->peak_amplification = 3200000;
    column->billed =
        (struct sq_token_sum){.input = 6120000, .output = 774000, .cost = INT64_C(23040000000000)};
    column->billed_by_role[0] = column->billed;
    column->wasted =
        (struct sq_token_sum){.input = 81000, .output = 12000, .cost = INT64_C(322500000000)};
}

static void make_weather(struct sq_column *column)
{
    static const struct sq_transition moves[] = {
        {181 * SQ_SECOND + 200 * SQ_MS, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN},
        {211 * SQ_SECOND, 0, 0, SQ_BREAKER_OPEN, SQ_BREAKER_HALF_OPEN},
        {213 * SQ_SECOND, 0, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_OPEN},
        {271 * SQ_SECOND, 0, 1, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN},
        {303 * SQ_SECOND, 0, 0, SQ_BREAKER_OPEN, SQ_BREAKER_HALF_OPEN},
        {309 * SQ_SECOND, 0, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_CLOSED},
        {331 * SQ_SECOND, 0, 1, SQ_BREAKER_OPEN, SQ_BREAKER_HALF_OPEN},
        {336 * SQ_SECOND, 0, 1, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_CLOSED},
    };
    column->n_transitions = sizeof moves / sizeof moves[0];
    column->transitions_counted = column->n_transitions;
    column->transitions = fresh(column->n_transitions, sizeof moves[0]);
    memcpy(column->transitions, moves, sizeof moves);
    column->n_breakers = 2;
    column->breakers = fresh(2, sizeof column->breakers[0]);
    column->breakers[0] = (struct sq_breaker_result){
        .name = "openai/gpt-4o", .opened = 2, .open_time = 128 * SQ_SECOND};
    column->breakers[1] = (struct sq_breaker_result){
        .name = "inhouse/llama", .opened = 1, .open_time = 65 * SQ_SECOND};
    column->n_windows = 2;
    column->windows = fresh(2, sizeof column->windows[0]);
    column->windows[0] = (struct sq_fault_window){.from = 180 * SQ_SECOND,
                                                  .to = 300 * SQ_SECOND,
                                                  .struck = 812,
                                                  .time_to_open = 1200 * SQ_MS,
                                                  .time_to_recover = 5 * SQ_SECOND};
    column->windows[1] = (struct sq_fault_window){.rule = 1,
                                                  .from = 270 * SQ_SECOND,
                                                  .to = 315 * SQ_SECOND,
                                                  .struck = 64,
                                                  .time_to_open = SQ_SECOND,
                                                  .time_to_recover = -1};
}

/* Values as the meter would give them for this column. */
static void make_checks(struct result_world *world, struct sq_column *column)
{
    static const struct {
        int64_t value;
        int64_t margin;
        enum sq_verdict verdict;
    } rows[] = {
        {979000000, -16000000, SQ_VERDICT_FAILED},
        {1710 * SQ_MS, -210 * SQ_MS, SQ_VERDICT_FAILED},
        {1220000, -120000, SQ_VERDICT_FAILED},
        {INT64_C(3922369765066), INT64_C(277630234934), SQ_VERDICT_PASSED},
        {0, 0, SQ_VERDICT_INCONCLUSIVE},
    };
    column->n_checks = world->scenario.n_thresholds;
    for (uint32_t i = 0; i < column->n_checks; i++) {
        column->checks[i] =
            (struct sq_check){.threshold = &world->scenario.thresholds[i],
                              .has_value = rows[i].verdict != SQ_VERDICT_INCONCLUSIVE,
                              .value = rows[i].value,
                              .margin = rows[i].margin,
                              .verdict = rows[i].verdict,
                              .reason = ""};
    }
    column->checks[4].reason = "700 values, p(99.9) needs 10,000";
    column->verdict = SQ_VERDICT_FAILED;
}

static struct sq_column *add_column(struct result_world *world, struct sq_settings *policy,
                                    enum sq_mode mode)
{
    struct sq_column *column = &world->result->columns[world->result->n_columns++];
    column->policy = policy;
    column->mode = mode;
    column->n_seeds = 1;
    make_timeline(column);
    make_durations(column);
    make_attempts(column);
    make_weather(column);
    make_checks(world, column);
    column->outcome_digest = UINT64_C(0x0123456789abcdef);
    column->decision_digest = mode == SQ_MODE_VIRTUAL ? UINT64_C(0xfedcba9876543210) : 0;
    column->replayed_events = mode == SQ_MODE_LIVE ? 51234 : 0;
    return column;
}

struct result_world *result_world_new(void)
{
    struct result_world *world = fresh(1, sizeof *world);
    world->result = fresh(1, sizeof *world->result);
    world->result->scenario = &world->scenario;
    make_scenario(world);
    make_script(world);
    make_thresholds(world);
    SET_NAME(world->policies[0].name, "openai-python-2.52");
    SET_NAME(world->policies[1].name, "recommended");
    SET_NAME(world->policies[2].name, "none");
    add_column(world, &world->policies[0], SQ_MODE_VIRTUAL);
    world->result->verdict = SQ_VERDICT_FAILED;
    world->result->exit_code = 1;
    return world;
}

static void free_durations(struct sq_column *column)
{
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        sq_memory_free(column->duration_by_outcome[i]);
        column->duration_by_outcome[i] = NULL;
    }
    for (size_t i = 0; i < SQ_RESULT_PHASES_MAX; i++) {
        sq_memory_free(column->duration_by_phase[i]);
        column->duration_by_phase[i] = NULL;
    }
    struct sq_histogram **all[] = {&column->call_duration,
                                   &column->attempt_duration,
                                   &column->ttft,
                                   &column->tpot,
                                   &column->backoff_wait,
                                   &column->time_to_open,
                                   &column->time_to_recover,
                                   &column->start_delay};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sq_memory_free(*all[i]);
        *all[i] = NULL;
    }
}

static void free_column(struct sq_column *column)
{
    free_durations(column);
    sq_memory_free(column->timeline);
    sq_memory_free(column->transitions);
    sq_memory_free(column->breakers);
    sq_memory_free(column->windows);
}

void result_world_free(struct result_world *world)
{
    for (uint32_t i = 0; i < world->result->n_columns; i++) {
        free_column(&world->result->columns[i]);
    }
    sq_memory_free(world->result);
    sq_memory_free(world);
}

void result_world_make_hostile(struct result_world *world)
{
    struct sq_scenario *scenario = &world->scenario;
    scenario->name = "it's <b>\"bold\"</b> & ]]> `touch pwned` $(x)";
    scenario->title = "::error::Vui l\xc3\xb2ng li\xc3\xaan h\xe1\xbb\x87 hotline \x1b[31m<script>"
                      "alert(1)</script> \xff\xfe \xe2\x80\xae"
                      "desrever";
    scenario->description = "two\nlines\tand a tab \x01\x02";
    SET_NAME(world->policies[0].name, "<img src=x onerror=alert(1)>' \"quoted\"");
    SET_NAME(world->rules[0].name, "{/Symbol a} \"`touch pwned`\" @x \\n ]]> EOD");
    SET_NAME(world->scenario.roles[0].name, "pri&mary\xc2\x85");
    world->result->columns[0].breakers[0].name = "bre\"aker`touch pwned`\n$end\nEOD";
    scenario->thresholds[0].text = "availability>=99.5% <script>\x07 ]]>";
    scenario->thresholds[1].text = scenario->thresholds[0].text;
    world->result->columns[0].checks[4].reason = "700 values & <too> few\r\n::warning::x";
}

void result_world_make_vietnamese(struct result_world *world)
{
    static const struct sq_label labels[] = {{"nhom", "T\u01b0 v\u1ea5n b\u00e1o gi\u00e1"}};
    struct sq_scenario *scenario = &world->scenario;
    scenario->name = "b\u00e1o-gi\u00e1";
    scenario->title =
        "Vui l\u00f2ng li\u00ean h\u1ec7 hotline \u0111\u1ec3 \u0111\u01b0\u1ee3c b\u00e1o "
        "gi\u00e1 chi ti\u1ebft.";
    /* The same words with their marks decomposed: "lien he" takes seven columns all the same. */
    scenario->description = "Vui lo\u0300ng lie\u0302n he\u0323\u0302 hotline";
    SET_NAME(world->policies[0].name, "d\u1ef1 ph\u00f2ng lie\u0302n he\u0323\u0302");
    SET_NAME(world->rules[0].name, "qu\u00e1 t\u1ea3i gi\u1edd cao \u0111i\u1ec3m");
    SET_NAME(world->scenario.roles[0].name, "ch\u00ednh");
    world->result->columns[0].breakers[0].name = "nh\u00e0 cung c\u1ea5p/\u0111\u1ea1i l\u00fd";
    world->result->labels = labels;
    world->result->n_labels = 1;
}

void result_world_make_seeds(struct result_world *world)
{
    world->scenario.n_seeds = 20;
    for (uint32_t i = 0; i < world->result->n_columns; i++) {
        struct sq_column *column = &world->result->columns[i];
        column->n_seeds = 20;
        column->peak_attempts_sum = 577;
        column->peak_attempts_mean = 28850000;
        column->repaired[SQ_REPAIR_FENCES] = 1812;
        column->repaired[SQ_REPAIR_TRAILING_COMMAS] = i == 0 ? 3 : 0;
    }
}

void result_world_make_passed(struct result_world *world)
{
    struct sq_column *column = &world->result->columns[0];
    for (uint32_t i = 0; i < column->n_checks; i++) {
        struct sq_check *check = &column->checks[i];
        check->has_value = true;
        check->value = check->threshold->limit;
        check->margin = 0;
        check->verdict = SQ_VERDICT_PASSED;
        check->reason = "";
    }
    column->verdict = SQ_VERDICT_PASSED;
    world->result->verdict = SQ_VERDICT_PASSED;
    world->result->exit_code = 0;
}

void result_world_make_unjudged(struct result_world *world)
{
    result_world_make_passed(world);
    world->scenario.n_thresholds = 0;
    world->result->columns[0].n_checks = 0;
}

void result_world_add_policies(struct result_world *world)
{
    for (size_t i = 1; i < sizeof world->policies / sizeof world->policies[0]; i++) {
        struct sq_column *column = add_column(world, &world->policies[i], SQ_MODE_VIRTUAL);
        column->total.outcome[SQ_OUTCOME_APOLOGY] = 10 * i;
        column->total.outcome[SQ_OUTCOME_FIRST_TRY] -= 10 * i;
    }
}

void result_world_add_live(struct result_world *world, bool agree)
{
    struct sq_column *column = add_column(world, &world->policies[0], SQ_MODE_LIVE);
    struct sq_agreement *agreement = &world->result->agreements[world->result->n_agreements++];
    *agreement = (struct sq_agreement){.live_column = 1,
                                       .calls = 6000,
                                       .near_edge = 12,
                                       .compared = 5988,
                                       .availability_gap = agree ? 0 : -166667,
                                       .p50_virtual = 790 * SQ_MS,
                                       .p50_live = 791 * SQ_MS,
                                       .p95_virtual = 4430 * SQ_MS,
                                       .p95_live = 4431 * SQ_MS,
                                       .agree = agree};
    if (!agree) {
        column->fell_behind = true;
        column->inconclusive = SQ_RESULT_FELL_BEHIND;
        agreement->differing = 1;
        agreement->n_differences = 1;
        agreement->differences[0].call = 17;
        SET_NAME(agreement->differences[0].cause, "the bucket of openai/gpt-4o was 3 ms later");
        SET_NAME(agreement->differences[0].virtual_path, "primary:none -> first_try");
        SET_NAME(agreement->differences[0].live_path, "primary:rate_limited -> recovered");
    }
}

void result_world_make_empty(struct result_world *world)
{
    struct sq_column *column = &world->result->columns[0];
    free_column(column);
    *column = (struct sq_column){.policy = &world->policies[0],
                                 .n_seeds = 1,
                                 .interrupted = true,
                                 .inconclusive = "no call was made"};
    make_checks(world, column);
    for (uint32_t i = 0; i < column->n_checks; i++) {
        column->checks[i].has_value = false;
        column->checks[i].verdict = SQ_VERDICT_INCONCLUSIVE;
        column->checks[i].reason = "no call was made";
    }
    column->verdict = SQ_VERDICT_INCONCLUSIVE;
    world->result->interrupted = true;
    world->result->verdict = SQ_VERDICT_INCONCLUSIVE;
    world->result->exit_code = 130;
}
