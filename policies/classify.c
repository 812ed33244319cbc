/* SPDX-License-Identifier: MIT */
/* The classifier: the table of statuses and meanings, with the policy's own rules before it. */
#include "policies/classify_int.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"

#define ANY_MEANING SQ_MEANINGS

struct status_row {
    uint16_t first;
    uint16_t last;
    enum sq_meaning meaning;
    enum sq_class klass;
};

/* First match wins; what nothing matches is no answer at all. A 429 or a 503 is judged by its code
 * because vendors put three different states behind each of them; 408 is the server's word for
 * having waited too long for a whole request. */
static const struct status_row status_rows[] = {
    {100, 199, ANY_MEANING, SQ_CLASS_MALFORMED},
    {300, 399, ANY_MEANING, SQ_CLASS_MALFORMED},
    {400, 599, SQ_MEANING_CONTEXT_LENGTH, SQ_CLASS_CONTEXT_LENGTH},
    {400, 599, SQ_MEANING_CONTENT_FILTER, SQ_CLASS_CONTENT_FILTER},
    {400, 400, SQ_MEANING_QUOTA, SQ_CLASS_QUOTA},
    {402, 402, ANY_MEANING, SQ_CLASS_QUOTA},
    {408, 408, ANY_MEANING, SQ_CLASS_TIMEOUT_FIRST_BYTE},
    {429, 429, SQ_MEANING_QUOTA, SQ_CLASS_QUOTA},
    {429, 429, SQ_MEANING_SLOW_DOWN, SQ_CLASS_SLOW_DOWN},
    {429, 429, SQ_MEANING_OVERLOADED, SQ_CLASS_OVERLOADED},
    {429, 429, ANY_MEANING, SQ_CLASS_RATE_LIMITED},
    {401, 401, ANY_MEANING, SQ_CLASS_AUTH},
    {403, 403, ANY_MEANING, SQ_CLASS_AUTH},
    {404, 404, ANY_MEANING, SQ_CLASS_NOT_FOUND},
    {400, 499, SQ_MEANING_AUTH, SQ_CLASS_AUTH},
    {400, 499, SQ_MEANING_NOT_FOUND, SQ_CLASS_NOT_FOUND},
    {400, 499, ANY_MEANING, SQ_CLASS_BAD_REQUEST},
    {503, 503, SQ_MEANING_SLOW_DOWN, SQ_CLASS_SLOW_DOWN},
    {503, 503, SQ_MEANING_OVERLOADED, SQ_CLASS_OVERLOADED},
    {502, 504, ANY_MEANING, SQ_CLASS_GATEWAY_ERROR},
    {529, 529, ANY_MEANING, SQ_CLASS_OVERLOADED},
    {500, 599, ANY_MEANING, SQ_CLASS_SERVER_ERROR},
};

static bool row_matches(const struct status_row *row, uint16_t status, enum sq_meaning meaning)
{
    return status >= row->first && status <= row->last &&
           (row->meaning == ANY_MEANING || row->meaning == meaning);
}

static enum sq_class classify_status(uint16_t status, const struct sq_reading *reading)
{
    if (status >= 200 && status <= 299) {
        return reading->klass;
    }
    for (size_t i = 0; i < sizeof status_rows / sizeof status_rows[0]; i++) {
        if (row_matches(&status_rows[i], status, reading->meaning)) {
            return status_rows[i].klass;
        }
    }
    return SQ_CLASS_MALFORMED;
}

static bool rule_matches(const struct sq_classify_rule *rule, uint16_t status,
                         const struct sq_reading *reading)
{
    if (rule->status != 0 && rule->status != status) {
        return false;
    }
    return rule->code_key == 0 || rule->code_key == reading->code_key ||
           rule->code_key == reading->type_key;
}

enum sq_class sq_event_class(const struct sq_event *done)
{
    sq_assert(done->kind == SQ_EVENT_DONE);
    return done->transport == SQ_TRANSPORT_OK ? classify_status(done->status, &done->reading)
                                              : sq_transport_class(done->transport);
}

enum sq_class sq_classify(const struct sq_layer_settings *layer, const struct sq_event *done)
{
    sq_assert(done->kind == SQ_EVENT_DONE);
    for (uint8_t i = 0; done->transport == SQ_TRANSPORT_OK && i < layer->n_classify; i++) {
        if (rule_matches(&layer->classify[i], done->status, &done->reading)) {
            return layer->classify[i].klass;
        }
    }
    return sq_event_class(done);
}
