/* SPDX-License-Identifier: MIT */
/* See scenario_entries.h. */
#include "tests/fuzz/scenario_entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "reports/report.h"
#include "scenarios/load.h"
#include "sim/series.h"
#include "tests/fuzz/memory_disk.h"
#include "wire/json.h"

#define SET_BYTES 512

/* What a scenario may ask of one input. */
#define SEEDS_MAX      2
#define IN_FLIGHT_MAX  200
#define DURATION_MAX_S 20

static const char base[] =
    "{\"duration\":\"20s\",\"workload\":{\"phases\":[{\"duration\":\"20s\",\"arrival_rate\":2}]},"
    "\"providers\":{\"openai\":{\"models\":{\"gpt-4o\":{\"ttft\":\"200ms\",\"tokens_per_second\":"
    "100},\"gpt-4o-mini\":{\"ttft\":\"100ms\",\"tokens_per_second\":200}}},\"inhouse\":{\"models\":"
    "{\"llama\":{\"ttft\":\"300ms\",\"tokens_per_second\":50}}}},\"roles\":{\"primary\":"
    "\"openai/gpt-4o\",\"cheap\":\"openai/gpt-4o-mini\",\"backup\":\"inhouse/llama\"},"
    "\"faults\":[{\"kind\":\"status\",\"status\":503,\"where\":\"openai\",\"at\":\"5s\",\"for\":"
    "\"5s\",\"retry_after\":\"1s\"}]}";

/* A trace of each format names a file; the disk has the same bytes under every name. */
static const char *const traces[] = {
    "{\"file\":\"t/f.csv\",\"format\":\"azure-2023\"}",
    "{\"file\":\"t/f.jsonl\",\"format\":\"mooncake\",\"loop\":true}",
    "{\"file\":\"t/f.csv\",\"format\":\"csv\",\"columns\":{\"time_ms\":\"t\",\"input_tokens\":\"i\""
    ",\"output_tokens\":\"o\"},\"speed\":2}",
    "{\"file\":\"t/f.csv\",\"format\":\"csv\",\"columns\":{\"time_s\":\"t\",\"input_tokens\":\"i\""
    ",\"output_tokens\":\"o\"},\"limit\":5}",
};

/* Loads, checks what holds of every load, and gives the scenario, or NULL. */
static struct sq_scenario *load(const char *text, size_t length,
                                const struct sq_load_options *options)
{
    struct sq_scenario_text source = {text, length, "f/fuzz.json"};
    struct sq_scenario *scenario = NULL;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf said = {0};
    enum sq_status status = sq_scenario_load_text(&source, options, &scenario, &diagnostics, &err);
    sq_assert((status == SQ_OK) == (scenario != NULL));
    sq_assert(status == SQ_OK || status == SQ_INVALID || err.text[0] != '\0');
    sq_assert(status != SQ_INVALID || diagnostics.n_errors > 0);
    sq_assert(status != SQ_OK || diagnostics.n_errors == 0);
    sq_diagnostics_add_text(&diagnostics, &said, false);
    sq_assert(status != SQ_INVALID || said.length > 0);
    sq_strbuf_clear(&said);
    sq_diagnostics_clear(&diagnostics);
    return scenario;
}

/* ---- a short run of it ---- */

static bool is_enough(void *context)
{
    unsigned *questions = context;
    (*questions)++;
    return *questions > 1;
}

/* Whether one input's worth of time is enough to run it. */
static bool is_small(const struct sq_scenario *scenario)
{
    return scenario->duration <= DURATION_MAX_S * SQ_SECOND && scenario->n_seeds <= SEEDS_MAX &&
           scenario->max_in_flight <= IN_FLIGHT_MAX;
}

static void report(const struct sq_result *result)
{
    for (size_t i = 0; i < sq_report_formats(); i++) {
        const struct sq_report_format *format = sq_report_format(i);
        struct sq_report_options options = {0};
        struct sq_strbuf out = {0};
        struct sq_error err = {0};
        sq_assert(format->write(&out, result, &options, &err) == SQ_OK);
        if (strcmp(format->name, "json") == 0) {
            struct sq_json_document *document = NULL;
            sq_assert(sq_json_read(sq_strbuf_text(&out), out.length, NULL, &document, &err) ==
                      SQ_OK);
            sq_json_free(document);
        }
        sq_strbuf_clear(&out);
    }
}

static void run(const struct sq_scenario *scenario)
{
    unsigned questions = 0;
    struct sq_series_options options = {.virtual_clock = true,
                                        .jobs = 1,
                                        .speed_milli = 1000,
                                        .stop_fd = -1,
                                        .stop = is_enough,
                                        .stop_context = &questions};
    struct sq_error err = {0};
    struct sq_result *result = calloc(1, sizeof *result);
    sq_assert(result != NULL);
    enum sq_status status = sq_series_run(scenario, &options, result, &err);
    sq_assert(status == SQ_OK || err.text[0] != '\0' || status == SQ_INTERRUPTED);
    if (status == SQ_OK) {
        report(result);
    }
    sq_result_clear(result);
    free(result);
}

static void run_if_small(struct sq_scenario *scenario)
{
    if (scenario != NULL && is_small(scenario)) {
        run(scenario);
    }
    sq_scenario_free(scenario);
}

/* ---- entries ---- */

void sq_fuzz_scenario(const uint8_t *bytes, size_t length)
{
    sq_memory_disk_put(bytes, length);
    sq_scenario_free(load((const char *)bytes, length, NULL));
}

void sq_fuzz_run(const uint8_t *bytes, size_t length)
{
    static const struct sq_load_options options = {.overrides = {"max_in_flight=200", "seeds=1"},
                                                   .n_overrides = 2};
    sq_memory_disk_put(bytes, length);
    run_if_small(load((const char *)bytes, length, &options));
}

void sq_fuzz_policy(const uint8_t *bytes, size_t length)
{
    static const struct sq_load_options options = {.policies = {"f/policy.json"},
                                                   .n_policies = 1,
                                                   .overrides = {"max_in_flight=200"},
                                                   .n_overrides = 1};
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    sq_memory_disk_put(bytes, length);
    enum sq_status status = sq_scenario_check_file("f/policy.json", &diagnostics, &err);
    sq_assert(status == SQ_OK || status == SQ_INVALID || err.text[0] != '\0');
    sq_diagnostics_clear(&diagnostics);
    run_if_small(load(base, strlen(base), &options));
}

void sq_fuzz_set(const uint8_t *bytes, size_t length)
{
    char text[SET_BYTES];
    struct sq_load_options options = {0};
    if (length >= sizeof text) {
        return;
    }
    memcpy(text, bytes, length);
    text[length] = '\0';
    char *line = text;
    while (line != NULL && options.n_overrides < SQ_OVERRIDES_MAX) {
        char *line_end = strchr(line, '\n');
        if (line_end != NULL) {
            *line_end++ = '\0';
        }
        options.overrides[options.n_overrides++] = line;
        line = line_end;
    }
    sq_memory_disk_put(NULL, 0);
    run_if_small(load(base, strlen(base), &options));
}

void sq_fuzz_trace(const uint8_t *bytes, size_t length)
{
    if (length < 1) {
        return;
    }
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text,
                         "{\"max_in_flight\":200,\"workload\":{\"trace\":%s},\"providers\":{\"p\":{"
                         "\"models\":{\"m\":{\"ttft\":\"1ms\",\"tokens_per_second\":100}}}}}",
                         traces[bytes[0] % (sizeof traces / sizeof traces[0])]);
    sq_assert(!sq_strbuf_failed(&text));
    sq_memory_disk_put(bytes + 1, length - 1);
    run_if_small(load(sq_strbuf_text(&text), text.length, NULL));
    sq_strbuf_clear(&text);
}
