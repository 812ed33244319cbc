/* SPDX-License-Identifier: MIT */
/* result.json: the outermost object and the small words of the writer. */
#include "reports/json.h"

#include "base/assert.h"
#include "base/embedded.h"
#include "base/version.h"
#include "reports/json_parts_int.h"

extern const struct sq_embedded_folder sq_reports_schemas;

void sq_json_key_int(struct sq_json_writer *json, const char *key, int64_t value)
{
    sq_json_write_key(json, key);
    sq_json_write_int(json, value);
}

void sq_json_key_uint(struct sq_json_writer *json, const char *key, uint64_t value)
{
    sq_json_write_key(json, key);
    sq_json_write_uint(json, value);
}

void sq_json_key_text(struct sq_json_writer *json, const char *key, const char *text)
{
    sq_json_write_key(json, key);
    sq_json_write_text(json, text);
}

void sq_json_key_bool(struct sq_json_writer *json, const char *key, bool value)
{
    sq_json_write_key(json, key);
    sq_json_write_bool(json, value);
}

void sq_json_key_object(struct sq_json_writer *json, const char *key)
{
    sq_json_write_key(json, key);
    sq_json_write_object_begin(json);
}

void sq_json_key_array(struct sq_json_writer *json, const char *key)
{
    sq_json_write_key(json, key);
    sq_json_write_array_begin(json);
}

void sq_json_key_span(struct sq_json_writer *json, const char *key, sq_dur span)
{
    sq_json_write_key(json, key);
    if (span == SQ_NEVER) {
        sq_json_write_null(json);
    } else {
        sq_json_write_int(json, span);
    }
}

void sq_json_line_begin(struct sq_json_writer *json)
{
    sq_assert(!json->compact);
    sq_json_write_object_begin(json);
    json->compact = true;
}

void sq_json_line_end(struct sq_json_writer *json)
{
    sq_json_write_object_end(json);
    json->compact = false;
}

static const char *unit_ending(enum sq_metric_kind kind)
{
    switch (kind) {
    case SQ_METRIC_RATIO:
        return "_ppb";
    case SQ_METRIC_DURATION:
        return "_ns";
    case SQ_METRIC_RATE:
        return "_milli_per_s";
    case SQ_METRIC_FACTOR:
        return "_millionths";
    case SQ_METRIC_MONEY:
        return "_picodollars";
    case SQ_METRIC_COUNT:
        return "_count";
    }
    sq_assert(false && "a kind of metric without a unit");
    return "";
}

void sq_json_quantity(struct sq_json_writer *json, const char *key, enum sq_metric_kind kind,
                      int64_t value)
{
    struct sq_strbuf name = {0};
    sq_strbuf_add(&name, key);
    sq_strbuf_add(&name, unit_ending(kind));
    sq_json_key_int(json, sq_strbuf_text(&name), value);
    sq_report_join(json->out, &name);
}

static void write_result(struct sq_json_writer *json, const struct sq_result *result)
{
    sq_json_write_object_begin(json);
    sq_json_key_text(json, "schema", SQ_RESULT_SCHEMA);
    sq_json_key_text(json, "version", SQ_VERSION);
    sq_json_key_text(json, "verdict", sq_verdict_name(result->verdict));
    sq_json_key_int(json, "exit_code", result->exit_code);
    sq_json_key_bool(json, "interrupted", result->interrupted);
    if (result->n_labels > 0) {
        sq_json_key_object(json, "labels");
        for (uint32_t i = 0; i < result->n_labels; i++) {
            sq_json_key_text(json, result->labels[i].key, result->labels[i].value);
        }
        sq_json_write_object_end(json);
    }
    if (result->part != NULL) {
        sq_json_part(json, result->part);
    }
    sq_json_write_key(json, "scenario");
    sq_json_scenario(json, result->scenario);
    sq_json_key_array(json, "columns");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_json_column(json, result, &result->columns[i]);
    }
    sq_json_write_array_end(json);
    sq_json_key_array(json, "agreements");
    for (uint32_t i = 0; i < result->n_agreements; i++) {
        sq_json_agreement(json, &result->agreements[i]);
    }
    sq_json_write_array_end(json);
    sq_json_write_object_end(json);
}

enum sq_status sq_json_write(struct sq_strbuf *out, const struct sq_result *result,
                             const struct sq_report_options *options, struct sq_error *err)
{
    (void)options; /* the file depends on the result alone */
    struct sq_json_writer json = {.out = out};
    write_result(&json, result);
    sq_strbuf_add_char(out, '\n');
    return sq_report_finish(out, err);
}

const char *sq_json_result_schema(size_t *length)
{
    const struct sq_embedded_file *file = sq_embedded_find(&sq_reports_schemas, "result.schema");
    sq_assert(file != NULL);
    *length = file->length;
    return file->text;
}
