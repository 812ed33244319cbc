/* SPDX-License-Identifier: MIT */
/* The builder of scenario_text.h. */
#include "tests/support/scenario_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"

static const char *const head =
    "{ \"providers\": { \"openai\": { \"models\": {"
    " \"gpt-4o\": { \"ttft\": \"200ms\", \"tokens_per_second\": 100 },"
    " \"gpt-4o-mini\": { \"ttft\": \"100ms\", \"tokens_per_second\": 200 } } },"
    " \"inhouse\": { \"models\": { \"llama\": { \"ttft\": \"300ms\", \"tokens_per_second\": 50 } } "
    "} }";
static const char *const workload =
    ", \"workload\": { \"phases\": [ { \"duration\": \"60s\", \"arrival_rate\": 5 } ] }";
static const char *const roles =
    ", \"roles\": { \"primary\": \"openai/gpt-4o\", \"cheap\": \"openai/gpt-4o-mini\","
    " \"backup\": \"inhouse/llama\" }";

void scenario_text(struct sq_strbuf *out, const char *parts)
{
    sq_strbuf_add(out, head);
    if (strstr(parts, "\"workload\"") == NULL) {
        sq_strbuf_add(out, workload);
    }
    if (strstr(parts, "\"roles\": { \"primary\"") == NULL) {
        sq_strbuf_add(out, roles);
    }
    if (parts[0] != '\0') {
        sq_strbuf_add_format(out, ", %s", parts);
    }
    sq_strbuf_add(out, " }");
}

void load_text(struct loaded *loaded, const char *text, const struct sq_load_options *options)
{
    struct sq_scenario_text source = {text, strlen(text), "test.json"};
    *loaded = (struct loaded){0};
    loaded->status = sq_scenario_load_text(&source, options, &loaded->scenario,
                                           &loaded->diagnostics, &loaded->err);
    sq_diagnostics_add_text(&loaded->diagnostics, &loaded->text, false);
}

void load_with(struct loaded *loaded, const char *parts)
{
    struct sq_strbuf text = {0};
    scenario_text(&text, parts);
    load_text(loaded, sq_strbuf_text(&text), NULL);
    sq_strbuf_clear(&text);
}

void load_policy(struct loaded *loaded, const char *policy)
{
    struct sq_strbuf part = {0};
    sq_strbuf_add_format(&part, "\"policy\": %s", policy);
    load_with(loaded, sq_strbuf_text(&part));
    sq_strbuf_clear(&part);
}

void loaded_clear(struct loaded *loaded)
{
    sq_scenario_free(loaded->scenario);
    sq_diagnostics_clear(&loaded->diagnostics);
    sq_strbuf_clear(&loaded->text);
}

void read_source(const char *path, struct sq_strbuf *out)
{
    const char *root = getenv("SQUALL_SOURCE_DIR");
    struct sq_strbuf whole = {0};
    struct sq_error err = {0};
    sq_strbuf_add_format(&whole, "%s/%s", root == NULL ? "." : root, path);
    enum sq_status status =
        sq_file_read(sq_strbuf_text(&whole), SQ_FILE_INPUT_MAX_BYTES, out, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    sq_strbuf_clear(&whole);
}
