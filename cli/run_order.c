/* SPDX-License-Identifier: MIT */
/* Reading the options of squall run. Every mistake is a usage error; nothing is opened here. */
#include "cli/run_order.h"

#include <string.h>

#include "cli/command.h"
#include "host/terminal.h"
#include "wire/text.h"

#define STANDARD_ERROR 2
#define JOBS_MAX       256
#define EXIT_CODE_MAX  125

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

/* What is laid over the file. */
static enum sq_status read_layers(struct sq_run_order *order, struct sq_error *err)
{
    const struct sq_arguments *arguments = order->arguments;
    struct sq_load_options *load = &order->load;
    if (arguments->n_values[SQ_OPTION_THRESHOLDS] > SQ_THRESHOLD_SETS_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d sets of thresholds",
                            SQ_THRESHOLD_SETS_MAX);
    }
    load->n_overrides = (uint8_t)arguments->n_values[SQ_OPTION_SET];
    for (uint8_t i = 0; i < load->n_overrides; i++) {
        load->overrides[i] = arguments->values[SQ_OPTION_SET][i];
    }
    load->n_thresholds = (uint8_t)arguments->n_values[SQ_OPTION_THRESHOLDS];
    for (uint8_t i = 0; i < load->n_thresholds; i++) {
        load->thresholds[i] = arguments->values[SQ_OPTION_THRESHOLDS][i];
    }
    return SQ_OK;
}

static bool is_label_key(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char letter = text[i];
        bool good = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                    (letter >= '0' && letter <= '9') || strchr("_.-/", letter) != NULL;
        if (!good) {
            return false;
        }
    }
    return length > 0 && length < SQ_LABEL_KEY_BYTES;
}

static enum sq_status read_label(struct sq_run_order *order, const char *text, struct sq_error *err)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    uint32_t n = order->series.n_labels;
    if (!is_label_key(text, length) || !sq_text_valid(text, strlen(text))) {
        sq_error_set(err, SQ_INVALID, "option '--label' takes K=V, not '%s'", text);
        return sq_error_hint(err, "K is letters, digits and _ . - /, such as commit=1a2b3c");
    }
    memcpy(order->label_keys[n], text, length);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(order->label_keys[i], order->label_keys[n]) == 0) {
            return sq_error_set(err, SQ_INVALID, "the label '%s' was given twice",
                                order->label_keys[n]);
        }
    }
    order->labels[n] = (struct sq_label){.key = order->label_keys[n], .value = equals + 1};
    order->series.n_labels++;
    return SQ_OK;
}

static enum sq_status read_labels(struct sq_run_order *order, struct sq_error *err)
{
    const struct sq_arguments *arguments = order->arguments;
    if (arguments->n_values[SQ_OPTION_LABEL] > SQ_LABELS_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d labels", SQ_LABELS_MAX);
    }
    order->series.labels = order->labels;
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_LABEL]; i++) {
        enum sq_status status = read_label(order, arguments->values[SQ_OPTION_LABEL][i], err);
        if (status != SQ_OK) {
            return status;
        }
    }
    return SQ_OK;
}

/* How the command ends. */
static enum sq_status read_endings(struct sq_run_order *order, struct sq_error *err)
{
    uint64_t code = SQ_EXIT_FAILED;
    enum sq_status status = sq_arguments_number(order->arguments, SQ_OPTION_EXIT_CODE_ON_FAIL, 0,
                                                EXIT_CODE_MAX, &code, err);
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
        status = read_layers(order, err);
    }
    if (status == SQ_OK) {
        status = read_labels(order, err);
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
        status = read_progress(order, err);
    }
    order->series.jobs = (uint32_t)jobs;
    order->series.level = sq_outputs_level(&order->showing.outputs);
    return status;
}
