/* SPDX-License-Identifier: MIT */
/*
 * JSON under a contract: read strictly, else repaired, then held against the schema. A text that
 * had to be repaired is judged as what the repair made of it.
 */
#include "wire/contract_int.h"

#include "wire/json.h"
#include "wire/repair.h"
#include "wire/schema.h"

/* Nothing is known of a value whose check ran out of steps: a caller could not use it either. */
static enum sq_status check_value(const struct sq_schema *schema, const struct sq_json *value,
                                  struct sq_reading *reading)
{
    struct sq_schema_violation violation;
    struct sq_error err = {0};
    enum sq_status status = sq_schema_check(schema, value, &violation, &err);
    if (status == SQ_NO_MEMORY) {
        return SQ_NO_MEMORY;
    }
    reading->klass = status == SQ_OK && !violation.found ? SQ_CLASS_NONE : SQ_CLASS_SCHEMA;
    return SQ_OK;
}

/* A tree is stricter than the grammar: a key that stands twice has no one value to check. */
static enum sq_status check_text(const struct sq_schema *schema, const struct sq_strbuf *text,
                                 struct sq_reading *reading)
{
    struct sq_json_document *document = NULL;
    struct sq_error err = {0};
    enum sq_status status = sq_json_read(sq_strbuf_text(text), text->length, NULL, &document, &err);
    if (status == SQ_NO_MEMORY) {
        return SQ_NO_MEMORY;
    }
    if (status != SQ_OK) {
        reading->klass = SQ_CLASS_INVALID_JSON;
        return SQ_OK;
    }
    status = check_value(schema, sq_json_root(document), reading);
    sq_json_free(document);
    return status;
}

enum sq_status sq_contract_judge_json(const struct sq_contract *contract, const char *text,
                                      size_t length, struct sq_reading *reading)
{
    struct sq_strbuf json = {0};
    enum sq_repair_step helped = SQ_REPAIR_NONE;
    enum sq_status status = sq_repair_apply(contract->repair, text, length, &json, &helped);
    if (status == SQ_INVALID) {
        reading->klass = SQ_CLASS_INVALID_JSON;
        status = SQ_OK;
    } else if (status == SQ_OK) {
        reading->repaired = helped == SQ_REPAIR_NONE ? 0 : (uint8_t)(helped + 1);
        if (contract->schema != NULL) {
            status = check_text(contract->schema, &json, reading);
        }
    }
    sq_strbuf_clear(&json);
    return status;
}
