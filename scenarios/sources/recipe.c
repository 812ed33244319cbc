/* SPDX-License-Identifier: MIT */
/* Recipes, written and read. */
#include "scenarios/sources/recipe.h"

#include <string.h>

/* ---- writing ---- */

static void write_key_text(struct sq_json_writer *json, const char *key, const char *text)
{
    sq_json_write_key(json, key);
    sq_json_write_text(json, text);
}

static void write_texts(struct sq_json_writer *json, const char *key, const char *const *texts,
                        uint32_t n)
{
    sq_json_write_key(json, key);
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < n; i++) {
        sq_json_write_text(json, texts[i]);
    }
    sq_json_write_array_end(json);
}

static void write_files(struct sq_json_writer *json, const struct sq_kept *files)
{
    sq_json_write_key(json, "files");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; files != NULL && i < files->n_list; i++) {
        sq_json_write_object_begin(json);
        write_key_text(json, "path", files->list[i].path);
        sq_json_write_key(json, "text");
        sq_json_write_text_bytes(json, files->list[i].text, files->list[i].length);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

void sq_recipe_write(struct sq_json_writer *json, const char *scenario,
                     const struct sq_load_options *options)
{
    sq_json_write_object_begin(json);
    write_key_text(json, "scenario", scenario);
    write_texts(json, "policies", options->policies, options->n_policies);
    write_texts(json, "binds", options->binds, options->n_binds);
    if (options->has_seed) {
        sq_json_write_key(json, "seed");
        sq_json_write_uint(json, options->seed);
    }
    if (options->n_seeds > 0) {
        sq_json_write_key(json, "seeds");
        sq_json_write_uint(json, options->n_seeds);
    }
    write_texts(json, "set", options->overrides, options->n_overrides);
    write_texts(json, "thresholds", options->thresholds, options->n_thresholds);
    write_files(json, options->keep);
    sq_json_write_object_end(json);
}

/* ---- reading ---- */

struct reading {
    struct sq_json_taker *taker;
    struct sq_recipe *recipe;
    enum sq_status status; /* SQ_NO_MEMORY */
};

static const char *keep_text(struct reading *reading, const char *text)
{
    const char *copy = sq_arena_text(&reading->recipe->arena, text, strlen(text));
    if (copy == NULL) {
        reading->status = sq_error_set(reading->taker->err, SQ_NO_MEMORY, "out of memory");
    }
    return copy;
}

/* The texts of an array; more than fit are a complaint. */
static uint8_t read_texts(struct reading *reading, const struct sq_json *object, const char *key,
                          const char **texts, uint8_t max)
{
    struct sq_json_taker *taker = reading->taker;
    const struct sq_json *list = sq_json_take(taker, object, key, SQ_JSON_ARRAY);
    uint8_t n = 0;
    for (const struct sq_json *item = list == NULL ? NULL : sq_json_first(list); item != NULL;
         item = sq_json_next(item)) {
        if (sq_json_kind(item) != SQ_JSON_STRING || n == max) {
            sq_json_take_complain(taker, item, "expected up to %u texts in \"%s\"", max, key);
            return 0;
        }
        texts[n++] = keep_text(reading, sq_json_text(item, NULL));
    }
    return n;
}

static void read_file(struct reading *reading, const struct sq_json *node)
{
    struct sq_json_taker *taker = reading->taker;
    if (sq_json_kind(node) != SQ_JSON_OBJECT) {
        sq_json_take_complain(taker, node, "expected an object in \"files\"");
        return;
    }
    struct sq_kept_file file = {.path = sq_json_take_text(taker, node, "path")};
    const struct sq_json *text = sq_json_take(taker, node, "text", SQ_JSON_STRING);
    if (text == NULL) {
        return;
    }
    file.text = sq_json_text(text, &file.length);
    struct sq_error why = {0};
    enum sq_status status = sq_kept_add(&reading->recipe->files, &file, &why);
    if (status == SQ_NO_MEMORY) {
        reading->status = sq_error_set(taker->err, status, "%s", why.text);
    } else if (status != SQ_OK) {
        sq_json_take_complain(taker, text, "%s", why.text);
    }
}

static void read_seeds(struct reading *reading, const struct sq_json *node)
{
    struct sq_json_taker *taker = reading->taker;
    struct sq_load_options *options = &reading->recipe->options;
    const struct sq_json *seed = sq_json_take_if(taker, node, "seed", SQ_JSON_NUMBER);
    const struct sq_json *seeds = sq_json_take_if(taker, node, "seeds", SQ_JSON_NUMBER);
    options->has_seed = seed != NULL;
    options->seed = sq_json_take_whole(taker, seed, INT64_MAX);
    options->n_seeds = (uint32_t)sq_json_take_whole(taker, seeds, SQ_SEEDS_MAX);
}

enum sq_status sq_recipe_read(struct sq_json_taker *taker, const struct sq_json *node,
                              struct sq_recipe *recipe)
{
    struct reading reading = {.taker = taker, .recipe = recipe};
    struct sq_load_options *options = &recipe->options;
    recipe->scenario = keep_text(&reading, sq_json_take_text(taker, node, "scenario"));
    options->n_policies =
        read_texts(&reading, node, "policies", options->policies, SQ_POLICIES_MAX);
    options->n_binds = read_texts(&reading, node, "binds", options->binds, SQ_ROLES_MAX);
    options->n_overrides = read_texts(&reading, node, "set", options->overrides, SQ_OVERRIDES_MAX);
    options->n_thresholds =
        read_texts(&reading, node, "thresholds", options->thresholds, SQ_THRESHOLD_SETS_MAX);
    read_seeds(&reading, node);
    const struct sq_json *files = sq_json_take(taker, node, "files", SQ_JSON_ARRAY);
    for (const struct sq_json *file = files == NULL ? NULL : sq_json_first(files); file != NULL;
         file = sq_json_next(file)) {
        read_file(&reading, file);
    }
    options->from = &recipe->files;
    return reading.status == SQ_OK ? sq_json_taken(taker) : reading.status;
}

void sq_recipe_clear(struct sq_recipe *recipe)
{
    sq_kept_clear(&recipe->files);
    sq_arena_clear(&recipe->arena);
    *recipe = (struct sq_recipe){0};
}
