/* SPDX-License-Identifier: MIT */
/*
 * squall run: loads the scenarios, runs them on the clocks asked for, prints the summary, writes
 * the reports, and ends with the gravest exit code. Nothing runs before every name on the command
 * line is known to be good.
 */
#include <signal.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/run_order.h"
#include "host/signal.h"
#include "scenarios/sources/recipe.h"
#include "sim/series.h"

/* Signals, and whether one came: asked by all threads of a series. */
struct watch {
    struct sq_signals signals;
    struct sq_mutex mutex;
    int signal; /* that came; 0: none */
};

static bool stop_asked(void *context)
{
    struct watch *watch = context;
    sq_mutex_lock(&watch->mutex);
    if (watch->signal == 0) {
        watch->signal = sq_signals_take(&watch->signals);
    }
    bool asked = watch->signal != 0;
    sq_mutex_unlock(&watch->mutex);
    return asked;
}

static void announce_live(const struct sq_run_order *order, const struct sq_scenario *scenario)
{
    if (!order->series.live_clock || order->showing.quiet) {
        return;
    }
    uint32_t seeds = scenario->seeds_given ? scenario->n_seeds : 1;
    int64_t runs = (int64_t)seeds * scenario->n_policies;
    int64_t real_ms = scenario->duration / SQ_MS * runs * 1000 / order->series.speed_milli;
    sq_print_note_format(
        "live: about %lld s of real time, and up to the drain for calls still open\n",
        (long long)(real_ms + 999) / 1000);
}

static int exit_code_of(const struct sq_result *result, enum sq_status status,
                        const struct watch *watch)
{
    if (status == SQ_INTERRUPTED) {
        return watch->signal == SIGTERM ? SQ_EXIT_TERMINATED : SQ_EXIT_INTERRUPTED;
    }
    return result->exit_code;
}

/* Runs one loaded scenario and writes all that is asked for. */
static int run_loaded(struct sq_run_order *order, const struct sq_scenario *scenario,
                      struct sq_result *result, struct watch *watch)
{
    struct sq_error err = {0};
    struct sq_progress_line progress;
    struct sq_live_targets targets = {0};
    if (order->targets.n_list > 0) {
        uint32_t seeds = scenario->seeds_given ? scenario->n_seeds : 1;
        uint64_t n_runs = (uint64_t)seeds * scenario->n_policies * order->arguments->n_names;
        if (sq_targets_resolve(&order->targets, scenario, n_runs, &targets, &err) != SQ_OK) {
            sq_print_error(&err);
            return sq_print_exit_code(err.status);
        }
        order->series.targets = &targets;
        sq_targets_announce(&order->targets, &targets, scenario, order->showing.quiet);
    }
    sq_progress_init(&progress, scenario->name);
    order->series.progress = order->progress ? sq_progress_show : NULL;
    order->series.progress_context = &progress;
    announce_live(order, scenario);
    enum sq_status status = sq_series_run(scenario, &order->series, result, &err);
    sq_progress_end(&progress);
    order->series.targets = NULL;
    (void)stop_asked(watch); /* a live run ends by the descriptor alone: take its signal here */
    if (status != SQ_OK && status != SQ_INTERRUPTED) {
        sq_print_error(&err);
        return sq_print_exit_code(status);
    }
    if (status == SQ_INTERRUPTED) {
        sq_print_note("squall: interrupted; what was done until then is reported\n");
    }
    return sq_showing_result(&order->showing, result, exit_code_of(result, status, watch));
}

static int no_memory(void)
{
    struct sq_error err = {0};
    sq_error_set(&err, SQ_NO_MEMORY, "out of memory");
    sq_print_error(&err);
    return SQ_EXIT_ENVIRONMENT;
}

static int run_scenario(struct sq_run_order *order, const struct sq_scenario *scenario,
                        struct watch *watch, enum sq_verdict *verdict)
{
    int code = SQ_EXIT_PASSED;
    struct sq_result *result = sq_memory_new(1, sizeof(*result));
    if (result == NULL) {
        code = no_memory();
    } else {
        code = run_loaded(order, scenario, result, watch);
        if (result->n_columns > 0) {
            *verdict = result->verdict;
        }
        sq_result_clear(result);
        sq_memory_free(result);
    }
    return code;
}

/* One share of it; what was loaded travels with the part. */
static int run_shard(struct sq_run_order *order, const struct sq_scenario *scenario,
                     struct watch *watch, const char *name)
{
    struct sq_strbuf recipe = {0};
    struct sq_json_writer json = {.out = &recipe, .compact = true};
    struct sq_shard *shard = &order->series.shard;
    enum sq_verdict verdict;
    sq_recipe_write(&json, name, &order->load);
    shard->recipe = sq_strbuf_text(&recipe);
    int code =
        sq_strbuf_failed(&recipe) ? no_memory() : run_scenario(order, scenario, watch, &verdict);
    shard->recipe = NULL;
    shard->dealt += (uint64_t)scenario->n_seeds * scenario->n_policies;
    sq_strbuf_clear(&recipe);
    return code;
}

/* Whether --tag lets it run. */
static bool is_chosen(const struct sq_arguments *arguments, const struct sq_scenario *scenario)
{
    size_t n_tags = arguments->n_values[SQ_OPTION_TAG];
    for (size_t i = 0; i < n_tags; i++) {
        for (uint8_t tag = 0; tag < scenario->n_tags; tag++) {
            if (strcmp(arguments->values[SQ_OPTION_TAG][i], scenario->tags[tag]) == 0) {
                return true;
            }
        }
    }
    return n_tags == 0;
}

/* What came of all scenarios. */
struct sum {
    int code;
    enum sq_verdict verdict; /* the gravest */
    size_t n_chosen;
};

static void take_named(struct sq_run_order *order, const char *name, struct watch *watch,
                       struct sum *sum)
{
    struct sq_scenario *scenario = NULL;
    struct sq_kept kept = {0};
    enum sq_verdict verdict = SQ_VERDICT_INCONCLUSIVE;
    bool shard = order->series.shard.n > 0;
    order->load.keep = shard ? &kept : NULL;
    int code = sq_showing_load(&order->showing, name, &order->load, &scenario);
    bool chosen = code != SQ_EXIT_PASSED || is_chosen(order->arguments, scenario);
    if (code == SQ_EXIT_PASSED && chosen && order->dry_run) {
        sq_dry_run_print(order, scenario);
    } else if (code == SQ_EXIT_PASSED && chosen && shard) {
        sq_next_after_shard(&order->next);
        sq_next_show(&order->next, &order->showing.report);
        code = run_shard(order, scenario, watch, name);
    } else if (code == SQ_EXIT_PASSED && chosen) {
        sq_next_after_run(&order->next, order->arguments, name, scenario);
        sq_next_show(&order->next, &order->showing.report);
        code = run_scenario(order, scenario, watch, &verdict);
    }
    sq_scenario_free(scenario);
    sq_kept_clear(&kept);
    order->load.keep = NULL;
    sum->n_chosen += chosen;
    sum->code = sq_exit_graver(sum->code, code);
    if (chosen && sum->verdict != SQ_VERDICT_FAILED && verdict != SQ_VERDICT_PASSED) {
        sum->verdict = verdict;
    }
}

static void print_none_chosen(const struct sq_run_order *order)
{
    const struct sq_arguments *arguments = order->arguments;
    struct sq_strbuf line = {0};
    sq_strbuf_add(&line, "no scenario has the tag ");
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_TAG]; i++) {
        sq_strbuf_add_format(&line, "%s'%s'", i > 0 ? " or " : "",
                             arguments->values[SQ_OPTION_TAG][i]);
    }
    sq_strbuf_add(&line, ": nothing was run\n");
    sq_print_note_buffer(&line);
    sq_strbuf_clear(&line);
}

static int run_all(struct sq_run_order *order, struct watch *watch)
{
    struct sum sum = {.verdict = SQ_VERDICT_PASSED};
    size_t n_names = order->arguments->n_names;
    size_t i = 0;
    bool stopped = false;
    for (; i < n_names && watch->signal == 0 && !stopped; i++) {
        take_named(order, order->arguments->names[i], watch, &sum);
        stopped =
            order->fail_fast && sum.code != SQ_EXIT_PASSED && sum.code != SQ_EXIT_INCONCLUSIVE;
    }
    if (stopped && i < n_names) {
        sq_print_note_format("--fail-fast: %zu scenario%s not run\n", n_names - i,
                             n_names - i == 1 ? " was" : "s were");
    }
    if (sum.code == SQ_EXIT_FAILED) {
        sum.code = order->exit_code_on_fail;
    }
    if (sum.n_chosen == 0) {
        print_none_chosen(order);
    }
    if (!order->dry_run && order->series.shard.n > 0) {
        sq_showing_part_line(&order->showing, &order->series.shard, sum.code);
    } else if (!order->dry_run) {
        sq_showing_last_line(&order->showing, sum.verdict, sum.code);
    }
    return sum.code;
}

int sq_command_run(const struct sq_arguments *arguments)
{
    struct sq_run_order order = {.arguments = arguments};
    struct watch watch = {0};
    struct sq_error err = {0};
    if (sq_run_order_read(&order, &err) != SQ_OK) {
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    enum sq_status status = sq_signals_open(&watch.signals, &err);
    if (status != SQ_OK) {
        sq_print_error(&err);
        return sq_print_exit_code(status);
    }
    sq_mutex_init(&watch.mutex);
    order.series.stop = stop_asked;
    order.series.stop_context = &watch;
    order.series.stop_fd = watch.signals.fd;
    int code = run_all(&order, &watch);
    sq_next_clear(&order.next);
    sq_mutex_clear(&watch.mutex);
    sq_signals_close(&watch.signals);
    return code;
}
