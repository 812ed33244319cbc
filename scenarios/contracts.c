/* SPDX-License-Identifier: MIT */
/* Contracts of requests and policies: their schemas and their samples. */
#include "scenarios/contracts_int.h"

#include <string.h>

#include "base/assert.h"
#include "scenarios/samples_int.h"
#include "scenarios/values_int.h"
#include "wire/repair.h"

/* ---- the schema ---- */

static bool complain(struct sq_reader *reader, const struct sq_json *node, const char *why,
                     const char *hint)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_CONTRACT, node, false, NULL, hint},
                       "`%s` %s", sq_path_of(reader, node), why);
}

/* Where the value ends in its document. */
static size_t end_of(const struct sq_document *document, const struct sq_json *value)
{
    size_t offset = sq_json_where(value).offset;
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, document->text + offset, document->length - offset, true);
    bool more = sq_json_scan_next(&scan, &token);
    while (more && scan.depth > 0) {
        more = sq_json_scan_next(&scan, &token);
    }
    return offset + token.where.offset + token.where.width;
}

/* A document of its own that outlives the load: the file with all blanked that is not the schema,
 * so that lines and columns stay those of the file. */
static enum sq_status keep_source(const struct sq_document *document, const struct sq_json *schema,
                                  struct sq_json_document **source, struct sq_error *err)
{
    struct sq_strbuf text = {0};
    struct sq_json_options options = {.file = document->name, .jsonc = true};
    size_t begin = sq_json_where(schema).offset;
    for (size_t i = 0; i < begin; i++) {
        bool inside_character = ((unsigned char)document->text[i] & 0xc0) == 0x80;
        if (!inside_character) {
            sq_strbuf_add_char(&text, document->text[i] == '\n' ? '\n' : ' ');
        }
    }
    sq_strbuf_add_bytes(&text, document->text + begin, end_of(document, schema) - begin);
    enum sq_status status =
        sq_strbuf_failed(&text)
            ? SQ_NO_MEMORY
            : sq_json_read(sq_strbuf_text(&text), text.length, &options, source, err);
    sq_strbuf_clear(&text);
    return status;
}

static enum sq_status keep_text(struct sq_reader *reader, const struct sq_json *schema,
                                struct sq_scenario_contract *contract)
{
    struct sq_strbuf text = {0};
    sq_sample_add_value(&text, reader->document, schema);
    if (!sq_strbuf_failed(&text)) {
        contract->schema_text = sq_reader_keep(reader, sq_strbuf_text(&text), text.length);
    }
    sq_strbuf_clear(&text);
    return contract->schema_text == NULL ? SQ_NO_MEMORY : SQ_OK;
}

/* The schema as compiled; false: out of memory, or a mistake that is reported. */
static bool compile(struct sq_reader *reader, const struct sq_json *schema,
                    struct sq_scenario_contract *contract)
{
    struct sq_error err = {0};
    if (sq_json_kind(schema) != SQ_JSON_OBJECT && sq_json_kind(schema) != SQ_JSON_BOOL) {
        return complain(reader, schema, "is no JSON Schema", "a schema is an object");
    }
    enum sq_status status = keep_source(reader->document, schema, &contract->source, &err);
    sq_assert(status != SQ_INVALID);
    if (status == SQ_OK) {
        status = sq_schema_compile(sq_json_root(contract->source), reader->document->name,
                                   &contract->schema, &err);
    }
    if (status == SQ_OK) {
        status = keep_text(reader, schema, contract);
    }
    if (status == SQ_INVALID) {
        sq_complain_at(reader, SQ_CODE_CONTRACT, &err);
    }
    reader->no_memory |= status == SQ_NO_MEMORY;
    return status == SQ_OK;
}

/* ---- the sample ---- */

static bool complain_sample(struct sq_reader *reader, const struct sq_contract_draft *draft,
                            const struct sq_schema_violation *first)
{
    const char *where = first->value_path[0] == '\0' ? "" : " at ";
    if (draft->sample.node != NULL) {
        return complain(reader, draft->sample.node,
                        sq_phrase(reader, "does not meet its schema%s%s: %s", where,
                                  first->value_path, first->why),
                        "the sample is what a healthy model answers");
    }
    return complain(reader, draft->schema.node,
                    sq_phrase(reader, "needs a `sample`: the one made from it fails%s%s: %s", where,
                              first->value_path, first->why),
                    "write `sample` beside `schema`: an answer that meets it");
}

static void add_sample(struct sq_strbuf *text, const struct sq_document *document,
                       const struct sq_contract_draft *draft)
{
    if (draft->sample.node != NULL) {
        sq_sample_add_value(text, document, draft->sample.node);
    } else if (draft->schema.node != NULL) {
        sq_sample_add_from_schema(text, document, draft->schema.node, draft->schema.node);
    } else {
        sq_strbuf_add(text, "{\"answer\":\"\"}");
    }
}

/* Checks the sample's text and keeps it; false: a mistake, or no memory. */
static bool take_sample(struct sq_reader *reader, const struct sq_contract_draft *draft,
                        const struct sq_strbuf *text, const struct sq_schema *schema,
                        struct sq_script_contract *script)
{
    const struct sq_json *node = draft->sample.node == NULL ? draft->node : draft->sample.node;
    struct sq_schema_violation first;
    struct sq_error err = {0};
    if (text->length > SQ_SAMPLE_BYTES_MAX) {
        return complain(reader, node, "makes a sample of more than 4096 bytes",
                        "write a shorter `sample`");
    }
    enum sq_status status =
        sq_sample_check(sq_strbuf_text(text), text->length, schema, &first, &err);
    if (status == SQ_INVALID || status == SQ_LIMIT) {
        return complain(reader, node, sq_phrase(reader, "has no usable sample: %s", err.text),
                        NULL);
    }
    if (status == SQ_OK && first.found) {
        return complain_sample(reader, draft, &first);
    }
    if (status == SQ_OK) {
        script->sample = sq_reader_keep(reader, sq_strbuf_text(text), text->length);
        status = script->sample == NULL ? SQ_NO_MEMORY
                                        : sq_sample_find_place(script->sample, schema, script);
    }
    reader->no_memory |= status == SQ_NO_MEMORY;
    return status == SQ_OK;
}

static bool make_sample(struct sq_reader *reader, const struct sq_contract_draft *draft,
                        const struct sq_schema *schema, struct sq_script_contract *script)
{
    struct sq_strbuf text = {0};
    bool made = false;
    add_sample(&text, reader->document, draft);
    if (sq_strbuf_failed(&text)) {
        reader->no_memory = true;
    } else {
        made = take_sample(reader, draft, &text, schema, script);
    }
    sq_strbuf_clear(&text);
    return made;
}

/* ---- putting it together ---- */

uint8_t sq_make_contract(struct sq_reader *reader, const struct sq_contract_draft *draft,
                         struct sq_scenario *scenario)
{
    bool json = draft->json || draft->schema.node != NULL;
    if (draft->node == NULL) {
        return 0;
    }
    if (!json && (!draft->whole || draft->sample.node != NULL)) {
        complain(reader, draft->node, "does not say what answers must be",
                 "write `schema`, or `json: true`; `whole: true` alone needs no sample");
        return 0;
    }
    sq_assert(scenario->script.n_contracts < SQ_CONTRACTS_MAX);
    uint8_t i = scenario->script.n_contracts++;
    struct sq_scenario_contract *contract = &scenario->contracts[i];
    *contract = (struct sq_scenario_contract){.whole = draft->whole || json, .json = json};
    if (draft->schema.node != NULL && !compile(reader, draft->schema.node, contract)) {
        return 0;
    }
    if (json && !make_sample(reader, draft, contract->schema, &scenario->script.contracts[i])) {
        return 0;
    }
    return (uint8_t)(i + 1);
}

/* ---- as a policy has it ---- */

static void add_own(struct sq_json_writer *json, const struct sq_scenario_contract *contract,
                    const struct sq_script_contract *script)
{
    sq_json_write_key(json, "from");
    sq_json_write_text(json, "policy");
    sq_json_write_key(json, contract->json ? "json" : "whole");
    sq_json_write_bool(json, true);
    if (contract->schema_text != NULL) {
        sq_json_write_key(json, "schema");
        sq_json_write_raw(json, contract->schema_text);
    }
    if (script->sample != NULL) {
        sq_json_write_key(json, "sample");
        sq_json_write_raw(json, script->sample);
    }
}

static void add_repairs(struct sq_json_writer *json, uint32_t repair)
{
    sq_json_write_key(json, "repair");
    sq_json_write_array_begin(json);
    for (int i = 0; i < SQ_REPAIR_STEPS; i++) {
        if ((repair >> i & 1) != 0) {
            sq_json_write_text(json, sq_repair_row((enum sq_repair_step)i)->name);
        }
    }
    sq_json_write_array_end(json);
}

void sq_contract_add_resolved(struct sq_json_writer *json,
                              const struct sq_contract_settings *settings,
                              const struct sq_scenario *scenario)
{
    if (settings->own == 0 && settings->repair == 0 && settings->reask_max == 0) {
        return;
    }
    sq_json_write_key(json, "contract");
    sq_json_write_object_begin(json);
    if (settings->own != 0) {
        sq_assert(settings->own <= scenario->script.n_contracts);
        add_own(json, &scenario->contracts[settings->own - 1],
                &scenario->script.contracts[settings->own - 1]);
    }
    add_repairs(json, settings->repair);
    sq_json_write_key(json, "reask");
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "max");
    sq_json_write_uint(json, settings->reask_max);
    sq_json_write_object_end(json);
    sq_json_write_object_end(json);
}
