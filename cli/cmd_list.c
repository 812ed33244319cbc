/* SPDX-License-Identifier: MIT */
/* squall list: what is built in, each kind from the one table it stands in. */
#include "base/spelling.h"
#include "cli/command.h"
#include "cli/print.h"
#include "mockprovider/kinds.h"
#include "policies/words.h"
#include "reports/report.h"
#include "scenarios/metrics.h"
#include "scenarios/reference.h"

#include <string.h>

#define NAME_COLUMNS 22

static void add_row(struct sq_strbuf *out, const char *name, const char *sentence)
{
    size_t length = strlen(name);
    sq_strbuf_add(out, "  ");
    sq_strbuf_add(out, name);
    sq_strbuf_add_repeated(out, " ", length < NAME_COLUMNS ? NAME_COLUMNS - length : 1);
    sq_strbuf_add(out, sentence);
    sq_strbuf_add_char(out, '\n');
}

static void add_built_in(struct sq_strbuf *out, enum sq_built_in kind)
{
    for (uint32_t i = 0; i < sq_reference_built_in_count(kind); i++) {
        struct sq_strbuf sentence = {0};
        struct sq_error err = {0};
        if (sq_reference_built_in_sentence(kind, i, &sentence, &err) != SQ_OK) {
            sq_print_error(&err);
            out->failed = true;
        }
        add_row(out, sq_reference_built_in_name(kind, i), sq_strbuf_text(&sentence));
        sq_strbuf_clear(&sentence);
    }
}

static void add_scenarios(struct sq_strbuf *out)
{
    add_built_in(out, SQ_BUILT_IN_SCENARIO);
}

static void add_presets(struct sq_strbuf *out)
{
    add_built_in(out, SQ_BUILT_IN_PRESET);
}

static void add_thresholds(struct sq_strbuf *out)
{
    add_built_in(out, SQ_BUILT_IN_THRESHOLDS);
}

static void add_faults(struct sq_strbuf *out)
{
    for (int i = 0; i < SQ_FAULT_KINDS; i++) {
        const struct sq_fault_kind_row *row = sq_fault_kind_row((enum sq_fault_kind)i);
        add_row(out, row->name, row->sentence);
    }
}

static void add_classes(struct sq_strbuf *out)
{
    for (int i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        const struct sq_class_row *row = sq_class_row((enum sq_class)i);
        add_row(out, row->name, row->sentence);
    }
}

static void add_outcomes(struct sq_strbuf *out)
{
    for (int i = 0; i < SQ_OUTCOMES; i++) {
        const struct sq_outcome_row *row = sq_outcome_row((enum sq_outcome)i);
        add_row(out, row->name, row->sentence);
    }
}

static void add_metrics(struct sq_strbuf *out)
{
    for (int i = 0; i < SQ_METRICS; i++) {
        const struct sq_metric_row *row = sq_metric_row((enum sq_metric)i);
        add_row(out, row->name, row->sentence);
    }
}

static void add_formats(struct sq_strbuf *out)
{
    for (size_t i = 0; i < sq_report_formats(); i++) {
        const struct sq_report_format *row = sq_report_format(i);
        add_row(out, row->name, row->sentence);
    }
}

static const struct kind {
    const char *name;
    void (*add)(struct sq_strbuf *out);
} kinds[] = {
    {"scenarios", add_scenarios}, {"presets", add_presets}, {"thresholds", add_thresholds},
    {"faults", add_faults},       {"classes", add_classes}, {"outcomes", add_outcomes},
    {"metrics", add_metrics},     {"formats", add_formats},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int unknown_kind(const struct sq_arguments *arguments, const char *word)
{
    struct sq_error err = {0};
    struct sq_spelling spelling = sq_spelling_start(word, strlen(word));
    for (size_t i = 0; i < N_KINDS; i++) {
        sq_spelling_offer(&spelling, kinds[i].name);
    }
    sq_error_set(&err, SQ_INVALID,
                 "nothing called '%s' is listed (accepted: scenarios, presets, thresholds, "
                 "faults, classes, outcomes, metrics, formats)",
                 word);
    if (spelling.best != NULL) {
        sq_error_hint(&err, "did you mean '%s'?", spelling.best);
    }
    sq_print_usage_error(arguments->command, &err);
    return SQ_EXIT_USAGE;
}

int sq_command_list(const struct sq_arguments *arguments)
{
    struct sq_strbuf out = {0};
    const char *word = arguments->n_names > 0 ? arguments->names[0] : NULL;
    bool found = false;
    for (size_t i = 0; i < N_KINDS; i++) {
        if (word == NULL) {
            sq_strbuf_add_format(&out, "%s%s:\n", i == 0 ? "" : "\n", kinds[i].name);
        }
        if (word == NULL || strcmp(word, kinds[i].name) == 0) {
            kinds[i].add(&out);
            found = true;
        }
    }
    sq_print_out_buffer(&out);
    sq_strbuf_clear(&out);
    return found ? SQ_EXIT_PASSED : unknown_kind(arguments, word);
}
