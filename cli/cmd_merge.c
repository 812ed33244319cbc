/* SPDX-License-Identifier: MIT */
/*
 * squall merge: puts the parts of shards together, judges the whole, and ends as squall run does. A
 * file is read, added and forgotten; the first one brings the scenario. Nothing is written unless
 * every part is there.
 */
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/layers.h"
#include "cli/next.h"
#include "cli/print.h"
#include "cli/showing.h"
#include "host/file.h"
#include "scenarios/sources/recipe.h"
#include "sim/parts/merge.h"

/* One merge from beginning to end. */
struct merging {
    const struct sq_arguments *arguments;
    struct sq_showing showing;
    struct sq_labels given;
    struct sq_labels kept; /* what all parts are labelled with */
    struct sq_arena texts; /* of the labels */
    struct sq_recipe recipe;
    struct sq_scenario *scenario;
    struct sq_merge *merge;
    struct sq_next next;
    uint64_t digest; /* of the first part; so is what follows */
    uint32_t n_shards;
    const char *names[SQ_SHARDS_MAX]; /* of the files by index of their parts */
};

/* ---- one part ---- */

/* Parts of one whole have the same recipe. */
static void check_kin(const struct merging *merging, struct sq_json_taker *taker,
                      const struct sq_part_head *head)
{
    const char *first = merging->arguments->names[0];
    if (strcmp(head->scenario, merging->scenario->name) != 0) {
        sq_json_take_complain(taker, head->part, "a part of \"%s\", but \"%s\" is one of \"%s\"",
                              head->scenario, first, merging->scenario->name);
    } else if (head->digest != merging->digest) {
        sq_json_take_complain(taker, head->part,
                              "a part of another run: \"%s\" was made of other files or options",
                              first);
    } else if (head->n != merging->n_shards) {
        sq_json_take_complain(taker, head->part, "part %u of %u, but \"%s\" is one of %u",
                              head->index, head->n, first, merging->n_shards);
    } else if (sq_merge_has(merging->merge, head->index)) {
        sq_json_take_complain(taker, head->part, "part %u of %u once more: so is \"%s\"",
                              head->index, head->n, merging->names[head->index - 1]);
    } else if (head->interrupted) {
        sq_json_take_complain(taker, head->part, "part %u of %u was interrupted: run it again",
                              head->index, head->n);
    }
}

/* The first part brings the scenario. */
static enum sq_status begin(struct merging *merging, struct sq_json_taker *taker,
                            const struct sq_part_head *head)
{
    enum sq_status status = sq_recipe_read(taker, head->recipe, &merging->recipe);
    if (status != SQ_OK) {
        return status;
    }
    int code = sq_showing_load(&merging->showing, merging->recipe.scenario,
                               &merging->recipe.options, &merging->scenario);
    if (code != SQ_EXIT_PASSED) {
        return sq_error_set(taker->err, code == SQ_EXIT_INVALID ? SQ_INVALID : SQ_ENVIRONMENT,
                            "the scenario of \"%s\" cannot be loaded", taker->file);
    }
    merging->digest = head->digest;
    merging->n_shards = head->n;
    merging->merge = sq_merge_new(merging->scenario, head->n);
    return merging->merge == NULL ? sq_error_set(taker->err, SQ_NO_MEMORY, "out of memory") : SQ_OK;
}

/* ---- labels: what all parts have ---- */

static enum sq_status take_labels(struct merging *merging, const struct sq_part_head *head,
                                  struct sq_error *err)
{
    const struct sq_json *label = head->labels == NULL ? NULL : sq_json_first(head->labels);
    for (; label != NULL && merging->kept.n < SQ_LABELS_MAX; label = sq_json_next(label)) {
        size_t length = 0;
        const char *text =
            sq_json_kind(label) == SQ_JSON_STRING ? sq_json_text(label, &length) : "";
        struct sq_label *kept = &merging->kept.list[merging->kept.n++];
        kept->key = sq_arena_text(&merging->texts, sq_json_key(label), sq_json_key_length(label));
        kept->value = sq_arena_text(&merging->texts, text, length);
        if (kept->key == NULL || kept->value == NULL) {
            return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
        }
    }
    return SQ_OK;
}

static bool has_label(const struct sq_json *labels, const struct sq_label *label)
{
    const struct sq_json *node = labels == NULL ? NULL : sq_json_member(labels, label->key);
    return node != NULL && sq_json_kind(node) == SQ_JSON_STRING &&
           strcmp(sq_json_text(node, NULL), label->value) == 0;
}

static void drop_labels(struct merging *merging, const struct sq_part_head *head)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < merging->kept.n; i++) {
        if (has_label(head->labels, &merging->kept.list[i])) {
            merging->kept.list[n++] = merging->kept.list[i];
        }
    }
    merging->kept.n = n;
}

/* ---- all parts ---- */

static enum sq_status add_head(struct merging *merging, struct sq_json_taker *taker,
                               const struct sq_part_head *head)
{
    enum sq_status status = sq_json_taken(taker);
    bool first = merging->merge == NULL;
    if (status == SQ_OK && first) {
        status = begin(merging, taker, head);
    }
    if (status == SQ_OK && first) {
        status = take_labels(merging, head, taker->err);
    }
    if (status == SQ_OK) {
        check_kin(merging, taker, head);
        status = sq_json_taken(taker);
    }
    if (status == SQ_OK) {
        drop_labels(merging, head);
        merging->names[head->index - 1] = taker->file;
        status = sq_merge_add(merging->merge, taker, head);
    }
    return status;
}

static enum sq_status add_file(struct merging *merging, const char *name, struct sq_error *err)
{
    struct sq_strbuf text = {0};
    struct sq_json_document *document = NULL;
    struct sq_json_options options = {.file = name};
    enum sq_status status = sq_file_read(name, SQ_JSON_BYTES_MAX, &text, err);
    if (status == SQ_OK) {
        status = sq_json_read(sq_strbuf_text(&text), text.length, &options, &document, err);
    }
    sq_strbuf_clear(&text);
    if (status == SQ_OK) {
        struct sq_json_taker taker = {.file = name, .err = err};
        struct sq_part_head head;
        sq_part_head_read(&taker, sq_json_root(document), &head);
        status = add_head(merging, &taker, &head);
    }
    sq_json_free(document);
    return status;
}

/* "2, 3 and 7": those that are missing. */
static enum sq_status check_complete(const struct merging *merging, struct sq_error *err)
{
    struct sq_strbuf list = {0};
    uint32_t n_missing = 0;
    uint32_t n_left = 0;
    for (uint32_t i = 1; i <= merging->n_shards; i++) {
        n_left += !sq_merge_has(merging->merge, i);
    }
    for (uint32_t i = 1; i <= merging->n_shards; i++) {
        if (!sq_merge_has(merging->merge, i)) {
            n_missing++;
            const char *joint = n_missing == 1 ? "" : n_missing == n_left ? " and " : ", ";
            sq_strbuf_add_format(&list, "%s%u", joint, i);
        }
    }
    enum sq_status status = SQ_OK;
    if (n_missing > 0) {
        status = sq_error_set(err, SQ_INVALID, "of %u parts %u %s missing: %s", merging->n_shards,
                              n_missing, n_missing == 1 ? "is" : "are", sq_strbuf_text(&list));
        sq_error_hint(err, "run each again with --shard I/%u", merging->n_shards);
    }
    sq_strbuf_clear(&list);
    return status;
}

static enum sq_status add_all(struct merging *merging, struct sq_error *err)
{
    const struct sq_arguments *arguments = merging->arguments;
    for (size_t i = 0; i < arguments->n_names; i++) {
        enum sq_status status = add_file(merging, arguments->names[i], err);
        if (status != SQ_OK) {
            return status;
        }
    }
    return check_complete(merging, err);
}

/* ---- the end ---- */

static void put(struct sq_arguments *run, enum sq_option option, const char *value)
{
    run->values[option][run->n_values[option]++] = value;
}

static void put_all(struct sq_arguments *run, enum sq_option option, const char *const *values,
                    uint8_t n)
{
    for (uint8_t i = 0; i < n && i < SQ_OPTION_VALUES_MAX; i++) {
        put(run, option, values[i]);
    }
}

static void put_number(struct sq_arguments *run, enum sq_option option, uint64_t number,
                       struct sq_strbuf *text)
{
    sq_strbuf_add_format(text, "%llu", (unsigned long long)number);
    put(run, option, sq_strbuf_text(text));
}

/* The command that runs everything in one piece, for what to type next. */
static void say_next(struct merging *merging)
{
    const struct sq_load_options *options = &merging->recipe.options;
    struct sq_arguments *run = sq_memory_new(1, sizeof(*run));
    struct sq_strbuf seed = {0};
    struct sq_strbuf seeds = {0};
    if (run == NULL) {
        return;
    }
    run->command = "run";
    put_all(run, SQ_OPTION_POLICY, options->policies, options->n_policies);
    put_all(run, SQ_OPTION_BIND, options->binds, options->n_binds);
    put_all(run, SQ_OPTION_SET, options->overrides, options->n_overrides);
    put_all(run, SQ_OPTION_THRESHOLDS, options->thresholds, options->n_thresholds);
    if (options->has_seed) {
        put_number(run, SQ_OPTION_SEED, options->seed, &seed);
    }
    if (options->n_seeds > 0) {
        put_number(run, SQ_OPTION_SEEDS, options->n_seeds, &seeds);
    }
    sq_next_after_run(&merging->next, run, merging->recipe.scenario, merging->scenario);
    sq_next_show(&merging->next, &merging->showing.report);
    sq_memory_free(run);
    sq_strbuf_clear(&seed);
    sq_strbuf_clear(&seeds);
}

static int show(struct merging *merging, struct sq_result *result, int exit_code_on_fail)
{
    const struct sq_labels *labels = merging->given.n > 0 ? &merging->given : &merging->kept;
    result->labels = labels->list;
    result->n_labels = labels->n;
    say_next(merging);
    int code = sq_showing_result(&merging->showing, result, result->exit_code);
    code = code == SQ_EXIT_FAILED ? exit_code_on_fail : code;
    sq_showing_last_line(&merging->showing, result->verdict, code);
    return code;
}

static int merge(struct merging *merging, int exit_code_on_fail)
{
    struct sq_error err = {0};
    struct sq_result *result = sq_memory_new(1, sizeof(*result));
    if (result == NULL) {
        sq_error_set(&err, SQ_NO_MEMORY, "out of memory");
        sq_print_error(&err);
        return SQ_EXIT_ENVIRONMENT;
    }
    enum sq_status status = add_all(merging, &err);
    if (status == SQ_OK) {
        status = sq_merge_finish(merging->merge, result, &err);
    }
    int code;
    if (status == SQ_OK) {
        code = show(merging, result, exit_code_on_fail);
    } else {
        sq_print_error(&err);
        code = sq_print_exit_code(status);
    }
    sq_result_clear(result);
    sq_memory_free(result);
    return code;
}

static void clear(struct merging *merging)
{
    sq_next_clear(&merging->next);
    sq_merge_free(merging->merge);
    sq_scenario_free(merging->scenario);
    sq_recipe_clear(&merging->recipe);
    sq_arena_clear(&merging->texts);
}

static enum sq_status read_order(struct merging *merging, int *exit_code_on_fail,
                                 struct sq_error *err)
{
    const struct sq_arguments *arguments = merging->arguments;
    uint64_t code = SQ_EXIT_FAILED;
    if (arguments->n_names == 0) {
        sq_error_set(err, SQ_INVALID, "no result was named");
        return sq_error_hint(err, "squall merge part-*.json -o json=result.json");
    }
    enum sq_status status = sq_arguments_number(arguments, SQ_OPTION_EXIT_CODE_ON_FAIL, 0,
                                                SQ_EXIT_CODE_MAX, &code, err);
    *exit_code_on_fail = (int)code;
    if (status == SQ_OK) {
        status = sq_labels_read(arguments, &merging->given, err);
    }
    return status == SQ_OK ? sq_showing_read(arguments, 1, &merging->showing, err) : status;
}

int sq_command_merge(const struct sq_arguments *arguments)
{
    struct merging merging = {.arguments = arguments};
    struct sq_error err = {0};
    int exit_code_on_fail = SQ_EXIT_FAILED;
    if (read_order(&merging, &exit_code_on_fail, &err) != SQ_OK) {
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    int code = merge(&merging, exit_code_on_fail);
    clear(&merging);
    return code;
}
