/* SPDX-License-Identifier: MIT */
/*
 * squall run: loads the scenarios, runs them on the clocks asked for, prints the summary, writes
 * the reports, and ends with the gravest exit code. Nothing runs before every name on the command
 * line is known to be good.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "host/child.h"
#include "host/signal.h"
#include "host/terminal.h"
#include "reports/text.h"
#include "scenarios/load.h"
#include "sim/series.h"

#define STANDARD_OUTPUT 1
#define STANDARD_ERROR  2
#define SPEED_MILLI_MIN 1
#define SPEED_MILLI_MAX 1000000
#define JOBS_MAX        256

/* All that the command line says. */
struct order {
    const struct sq_arguments *arguments;
    struct sq_load_options load;
    struct sq_series_options series;
    struct sq_outputs outputs;
    struct sq_report_options report;
    bool quiet;
    bool verbose;
    bool progress;
};

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

/* One of three words, or a usage error. */
static enum sq_status read_word(const struct sq_arguments *arguments, enum sq_option option,
                                const char *const words[3], int *chosen, struct sq_error *err)
{
    const char *text = sq_arguments_value(arguments, option, words[0]);
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, words[i]) == 0) {
            *chosen = i;
            return SQ_OK;
        }
    }
    return sq_error_set(err, SQ_INVALID, "option '--%s' takes %s, not '%s'",
                        sq_option_row(option)->name, sq_option_row(option)->value, text);
}

static enum sq_status read_mode(struct order *order, struct sq_error *err)
{
    static const char *const words[3] = {"virtual", "live", "both"};
    int chosen = 0;
    enum sq_status status = read_word(order->arguments, SQ_OPTION_MODE, words, &chosen, err);
    order->series.virtual_clock = chosen != 1;
    order->series.live_clock = chosen != 0;
    return status;
}

/* "2", "0.5", "12.25": thousandths, exactly. */
static bool read_milli(const char *text, int64_t *milli)
{
    int64_t value = 0;
    int decimals = -1;
    bool digits = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*at < '0' || *at > '9' || decimals == 3 || value > SPEED_MILLI_MAX) {
            return false;
        }
        digits = true;
        value = value * 10 + (*at - '0');
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++) {
        value *= 10;
    }
    *milli = value;
    return digits;
}

static enum sq_status read_speed(struct order *order, struct sq_error *err)
{
    const char *text = sq_arguments_value(order->arguments, SQ_OPTION_SPEED, "1");
    if (!read_milli(text, &order->series.speed_milli) ||
        order->series.speed_milli < SPEED_MILLI_MIN ||
        order->series.speed_milli > SPEED_MILLI_MAX) {
        return sq_error_set(err, SQ_INVALID,
                            "option '--speed' takes a number from 0.001 to 1000, not '%s'", text);
    }
    return SQ_OK;
}

static enum sq_status read_load(struct order *order, struct sq_error *err)
{
    const struct sq_arguments *arguments = order->arguments;
    struct sq_load_options *load = &order->load;
    uint64_t seeds = 0;
    load->n_policies = (uint8_t)arguments->n_values[SQ_OPTION_POLICY];
    load->n_binds = (uint8_t)arguments->n_values[SQ_OPTION_BIND];
    if (arguments->n_values[SQ_OPTION_POLICY] > SQ_POLICIES_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d policies side by side", SQ_POLICIES_MAX);
    }
    if (arguments->n_values[SQ_OPTION_BIND] > SQ_ROLES_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d bindings", SQ_ROLES_MAX);
    }
    for (uint8_t i = 0; i < load->n_policies; i++) {
        load->policies[i] = arguments->values[SQ_OPTION_POLICY][i];
    }
    for (uint8_t i = 0; i < load->n_binds; i++) {
        load->binds[i] = arguments->values[SQ_OPTION_BIND][i];
    }
    load->has_seed = sq_arguments_has(arguments, SQ_OPTION_SEED);
    enum sq_status status =
        sq_arguments_number(arguments, SQ_OPTION_SEED, 0, INT64_MAX, &load->seed, err);
    if (status == SQ_OK) {
        status = sq_arguments_number(arguments, SQ_OPTION_SEEDS, 1, SQ_SEEDS_MAX, &seeds, err);
    }
    load->n_seeds = (uint32_t)seeds;
    return status;
}

static enum sq_status read_looks(struct order *order, struct sq_error *err)
{
    static const char *const words[3] = {"auto", "always", "never"};
    int color = 0;
    int progress = 0;
    enum sq_status status = read_word(order->arguments, SQ_OPTION_COLOR, words, &color, err);
    if (status == SQ_OK) {
        status = read_word(order->arguments, SQ_OPTION_PROGRESS, words, &progress, err);
    }
    int summary_fd = order->outputs.stdout_taken ? STANDARD_ERROR : STANDARD_OUTPUT;
    const char *no_color = getenv("NO_COLOR");
    bool auto_color = sq_terminal_is(summary_fd) && (no_color == NULL || no_color[0] == '\0');
    order->report.color = color == 1 || (color == 0 && auto_color);
    order->report.columns = (uint32_t)sq_terminal_columns(summary_fd);
    order->report.gnuplot = sq_child_exists("gnuplot") ? "gnuplot" : NULL;
    order->quiet = sq_arguments_has(order->arguments, SQ_OPTION_QUIET);
    order->verbose = sq_arguments_has(order->arguments, SQ_OPTION_VERBOSE);
    order->progress =
        !order->quiet && (progress == 1 || (progress == 0 && sq_terminal_is(STANDARD_ERROR)));
    return status;
}

static enum sq_status read_order(struct order *order, struct sq_error *err)
{
    uint64_t jobs = 0;
    if (order->arguments->n_names == 0) {
        sq_error_set(err, SQ_INVALID, "no scenario was named");
        return sq_error_hint(err, "squall run quickstart (see 'squall list scenarios')");
    }
    enum sq_status status = read_mode(order, err);
    if (status == SQ_OK) {
        status = read_load(order, err);
    }
    if (status == SQ_OK) {
        status = sq_arguments_number(order->arguments, SQ_OPTION_JOBS, 1, JOBS_MAX, &jobs, err);
    }
    if (status == SQ_OK) {
        status = read_speed(order, err);
    }
    if (status == SQ_OK) {
        status = sq_outputs_read(order->arguments, order->arguments->n_names, &order->outputs, err);
    }
    if (status == SQ_OK) {
        status = read_looks(order, err);
    }
    order->series.jobs = (uint32_t)jobs;
    return status;
}

static int load(const struct order *order, const char *name, struct sq_scenario **scenario)
{
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    enum sq_status status = sq_scenario_load(name, &order->load, scenario, &diagnostics, &err);
    sq_diagnostics_add_text(&diagnostics, &text,
                            order->report.color && sq_terminal_is(STANDARD_ERROR));
    sq_print_note(sq_strbuf_text(&text));
    if (status != SQ_OK && diagnostics.n_errors == 0) {
        sq_print_error(&err);
    }
    sq_strbuf_clear(&text);
    sq_diagnostics_clear(&diagnostics);
    return sq_print_exit_code(status);
}

static void print_summary(const struct order *order, const struct sq_result *result)
{
    struct sq_strbuf text = {0};
    struct sq_error err = {0};
    if (!order->quiet && sq_text_write_summary(&text, result, &order->report, &err) != SQ_OK) {
        sq_print_error(&err);
    }
    if (order->outputs.stdout_taken) {
        sq_print_note(sq_strbuf_text(&text));
    } else {
        sq_print_out_buffer(&text);
    }
    sq_strbuf_clear(&text);
}

static void print_details(const struct order *order, const struct sq_result *result)
{
    for (uint32_t i = 0; order->verbose && i < result->n_columns; i++) {
        const struct sq_column *column = &result->columns[i];
        sq_print_note_format(
            "%s %s: seed %llu, %u seed(s), decision digest %016llx, outcome digest "
            "%016llx, %llu events replayed\n",
            column->policy->name, sq_mode_name(column->mode),
            (unsigned long long)result->scenario->seed, column->n_seeds,
            (unsigned long long)column->decision_digest, (unsigned long long)column->outcome_digest,
            (unsigned long long)column->replayed_events);
    }
}

static void announce_live(const struct order *order, const struct sq_scenario *scenario)
{
    if (!order->series.live_clock || order->quiet) {
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
static int run_loaded(struct order *order, const struct sq_scenario *scenario,
                      struct sq_result *result, struct watch *watch)
{
    struct sq_error err = {0};
    struct sq_progress_line progress;
    sq_progress_init(&progress, scenario->name);
    order->series.progress = order->progress ? sq_progress_show : NULL;
    order->series.progress_context = &progress;
    announce_live(order, scenario);
    enum sq_status status = sq_series_run(scenario, &order->series, result, &err);
    sq_progress_end(&progress);
    (void)stop_asked(watch); /* a live run ends by the descriptor alone: take its signal here */
    if (status != SQ_OK && status != SQ_INTERRUPTED) {
        sq_print_error(&err);
        return sq_print_exit_code(status);
    }
    if (status == SQ_INTERRUPTED) {
        sq_print_note("squall: interrupted; what was done until then is reported\n");
    }
    print_summary(order, result);
    print_details(order, result);
    int code = exit_code_of(result, status, watch);
    status = sq_outputs_write(&order->outputs, result, &order->report, !order->quiet);
    return status == SQ_OK ? code : sq_exit_graver(code, sq_print_exit_code(status));
}

static int run_named(struct order *order, const char *name, struct watch *watch,
                     enum sq_verdict *verdict)
{
    struct sq_scenario *scenario = NULL;
    int code = load(order, name, &scenario);
    if (code != SQ_EXIT_PASSED) {
        return code;
    }
    struct sq_result *result = sq_memory_new(1, sizeof(*result));
    if (result == NULL) {
        struct sq_error err = {0};
        sq_error_set(&err, SQ_NO_MEMORY, "out of memory");
        sq_print_error(&err);
        code = SQ_EXIT_ENVIRONMENT;
    } else {
        code = run_loaded(order, scenario, result, watch);
        *verdict = result->verdict;
        sq_result_clear(result);
        sq_memory_free(result);
    }
    sq_scenario_free(scenario);
    return code;
}

static void print_last_line(const struct order *order, enum sq_verdict verdict, int code)
{
    struct sq_strbuf line = {0};
    sq_text_add_last_line(&line, verdict, code);
    if (order->outputs.stdout_taken) {
        sq_print_note(sq_strbuf_text(&line));
    } else {
        sq_print_out_buffer(&line);
    }
    sq_strbuf_clear(&line);
}

static int run_all(struct order *order, struct watch *watch)
{
    int code = SQ_EXIT_PASSED;
    enum sq_verdict gravest = SQ_VERDICT_PASSED;
    for (size_t i = 0; i < order->arguments->n_names && watch->signal == 0; i++) {
        enum sq_verdict verdict = SQ_VERDICT_INCONCLUSIVE;
        code = sq_exit_graver(code, run_named(order, order->arguments->names[i], watch, &verdict));
        if (gravest != SQ_VERDICT_FAILED && verdict != SQ_VERDICT_PASSED) {
            gravest = verdict;
        }
    }
    print_last_line(order, gravest, code);
    return code;
}

int sq_command_run(const struct sq_arguments *arguments)
{
    struct order order = {.arguments = arguments};
    struct watch watch = {0};
    struct sq_error err = {0};
    if (read_order(&order, &err) != SQ_OK) {
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
    sq_mutex_clear(&watch.mutex);
    sq_signals_close(&watch.signals);
    return code;
}
