/* SPDX-License-Identifier: MIT */
/* Reading the options of squall run. Every mistake is a usage error; nothing is opened here. */
#include "cli/run_order.h"

#include <string.h>

#include "cli/command.h"
#include "host/terminal.h"

#define STANDARD_ERROR 2
#define JOBS_MAX       256
#define SHARD_BYTES    8 /* of its first number */

static enum sq_status read_mode(struct sq_run_order *order, struct sq_error *err)
{
    static const char *const words[3] = {"virtual", "live", "both"};
    int chosen = 0;
    enum sq_status status =
        sq_arguments_word(order->arguments, SQ_OPTION_MODE, words, &chosen, err);
    order->series.virtual_clock = chosen != 1;
    order->series.live_clock = chosen != 0;
    return status;
}

static enum sq_status read_load(struct sq_run_order *order, struct sq_error *err)
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

/* "2/7" */
static bool is_shard(const char *text, struct sq_shard *shard)
{
    const char *slash = strchr(text, '/');
    char first[SHARD_BYTES] = {0};
    size_t length = slash == NULL ? 0 : (size_t)(slash - text);
    int64_t index;
    int64_t n;
    if (length == 0 || length >= sizeof(first)) {
        return false;
    }
    memcpy(first, text, length);
    if (!sq_decimal_option(first, 0, SQ_SHARDS_MAX, &index) ||
        !sq_decimal_option(slash + 1, 0, SQ_SHARDS_MAX, &n) || index < 1 || index > n) {
        return false;
    }
    shard->index = (uint32_t)index;
    shard->n = (uint32_t)n;
    return true;
}

static bool writes_json(const struct sq_outputs *outputs)
{
    for (size_t i = 0; i < outputs->n_list; i++) {
        if (strcmp(outputs->list[i].format->name, "json") == 0) {
            return true;
        }
    }
    return false;
}

/* The outputs are known already. */
static enum sq_status read_shard(struct sq_run_order *order, struct sq_error *err)
{
    const char *text = sq_arguments_value(order->arguments, SQ_OPTION_SHARD, NULL);
    if (text == NULL) {
        return SQ_OK;
    }
    if (!is_shard(text, &order->series.shard)) {
        sq_error_set(err, SQ_INVALID,
                     "option '--shard' takes I/N, I from 1 to N, N up to %d, not '%s'",
                     SQ_SHARDS_MAX, text);
        return sq_error_hint(err, "the first of seven is 1/7; add 1 to an index that begins at 0");
    }
    if (order->series.live_clock) {
        sq_error_set(err, SQ_INVALID, "option '--shard' is for virtual time only");
        return sq_error_hint(err,
                             "live runs take real time, and their results depend on the machine: "
                             "they cannot be put together");
    }
    if (!order->dry_run && !writes_json(&order->showing.outputs)) {
        sq_error_set(err, SQ_INVALID, "option '--shard' needs a JSON result to leave its part in");
        return sq_error_hint(err, "add -o json=part-%u.json", order->series.shard.index);
    }
    return SQ_OK;
}

/* How the command ends. */
static enum sq_status read_endings(struct sq_run_order *order, struct sq_error *err)
{
    uint64_t code = SQ_EXIT_FAILED;
    enum sq_status status = sq_arguments_number(order->arguments, SQ_OPTION_EXIT_CODE_ON_FAIL, 0,
                                                SQ_EXIT_CODE_MAX, &code, err);
    order->exit_code_on_fail = (int)code;
    order->fail_fast = sq_arguments_has(order->arguments, SQ_OPTION_FAIL_FAST);
    order->dry_run = sq_arguments_has(order->arguments, SQ_OPTION_DRY_RUN);
    return status;
}

static enum sq_status read_progress(struct sq_run_order *order, struct sq_error *err)
{
    static const char *const words[3] = {"auto", "always", "never"};
    int progress = 0;
    enum sq_status status =
        sq_arguments_word(order->arguments, SQ_OPTION_PROGRESS, words, &progress, err);
    order->progress = !order->showing.quiet &&
                      (progress == 1 || (progress == 0 && sq_terminal_is(STANDARD_ERROR)));
    return status;
}

enum sq_status sq_run_order_read(struct sq_run_order *order, struct sq_error *err)
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
        status = sq_arguments_speed(order->arguments, &order->series.speed_milli, err);
    }
    if (status == SQ_OK) {
        status = sq_layers_read(order->arguments, &order->load, err);
    }
    if (status == SQ_OK) {
        status = sq_labels_read(order->arguments, &order->labels, err);
        order->series.labels = order->labels.list;
        order->series.n_labels = order->labels.n;
    }
    if (status == SQ_OK) {
        status = read_endings(order, err);
    }
    if (status == SQ_OK) {
        status = sq_targets_read(order->arguments, &order->series, &order->targets, err);
    }
    if (status == SQ_OK) {
        status = sq_showing_read(order->arguments, order->arguments->n_names, &order->showing, err);
    }
    if (status == SQ_OK) {
        status = read_shard(order, err);
    }
    if (status == SQ_OK) {
        status = read_progress(order, err);
    }
    order->series.jobs = (uint32_t)jobs;
    return status;
}
