/* SPDX-License-Identifier: MIT */
/* A small hash table from kinds of bodies to readings; renders with mockprovider/body.h, reads with
 * wire/contract.h. */
#include "sim/readings.h"

#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "mockprovider/body.h"
#include "sim/hints.h"
#include "wire/contract.h"
#include "wire/sse.h"

#define SAMPLE_TOKENS 4u

struct entry {
    uint64_t key; /* 0: empty */
    struct sq_reading reading;
};

struct sq_readings {
    const struct sq_script *script;
    const struct sq_contracts *contracts;
    uint32_t n_entries;
    struct entry entries[2 * SQ_READINGS_MAX]; /* open addressing, at most half full */
};

struct sq_readings *sq_readings_new(const struct sq_script *script,
                                    const struct sq_contracts *contracts)
{
    struct sq_readings *readings = sq_memory_new(1, sizeof(*readings));
    if (readings != NULL) {
        readings->script = script;
        readings->contracts = contracts;
    }
    return readings;
}

void sq_readings_free(struct sq_readings *readings)
{
    sq_memory_free(readings);
}

/* All that shapes the body but its length and its words, each in bits of its own. */
static uint64_t key_of(const struct sq_visit *visit)
{
    const struct sq_plan *plan = &visit->plan;
    return (uint64_t)1 << 63 | (uint64_t)visit->request.contract << 53 |
           (uint64_t)plan->limits.refused << 51 | (uint64_t)plan->stream << 50 |
           (uint64_t)plan->fired[SQ_FAMILY_CONTENT] << 34 | (uint64_t)plan->status << 24 |
           (uint64_t)plan->rule << 8 | visit->request.model;
}

static struct entry *find(struct sq_readings *readings, uint64_t key)
{
    uint64_t at = sq_digest_mix(key) % (2 * SQ_READINGS_MAX);
    while (readings->entries[at].key != 0 && readings->entries[at].key != key) {
        at = (at + 1) % (2 * SQ_READINGS_MAX);
    }
    return &readings->entries[at];
}

static enum sq_status read_plain(const struct sq_readings *readings, const struct sq_visit *visit,
                                 const char *body, size_t length, struct sq_reading *reading)
{
    const struct sq_script *script = readings->script;
    const struct sq_model *model = &script->models[visit->request.model];
    struct sq_contract_bytes bytes = {.status = visit->plan.status,
                                      .content_type = sq_body_content_type(script, visit),
                                      .body = body,
                                      .length = length};
    struct sq_contract_answer answer;
    enum sq_status status = sq_contract_read_answer(
        script->providers[model->provider].dialect,
        sq_contracts_get(readings->contracts, visit->request.contract), &bytes, &answer);
    *reading = answer.reading;
    return status;
}

static enum sq_status read_stream(const struct sq_readings *readings, const struct sq_visit *visit,
                                  const char *body, size_t length, struct sq_reading *reading)
{
    const struct sq_script *script = readings->script;
    const struct sq_model *model = &script->models[visit->request.model];
    struct sq_stream stream;
    struct sq_sse_reader reader = {0};
    sq_stream_init(&stream, script->providers[model->provider].dialect,
                   sq_contracts_get(readings->contracts, visit->request.contract),
                   sq_body_content_type(script, visit));
    size_t used = 0;
    struct sq_sse_event event;
    enum sq_sse_result result = sq_sse_feed(&reader, body, length, &used, &event);
    while (result == SQ_SSE_EVENT) {
        sq_stream_feed(&stream, &event);
        result = sq_sse_feed(&reader, body, length, &used, &event);
    }
    enum sq_status status = result == SQ_SSE_NO_MEMORY ? SQ_NO_MEMORY : sq_stream_end(&stream);
    *reading = stream.answer.reading;
    sq_sse_clear(&reader);
    sq_stream_clear(&stream);
    return status;
}

/* The same answer with few tokens, but with all its words that are not filler. */
static struct sq_visit sample_of(const struct sq_script *script, const struct sq_visit *visit)
{
    struct sq_visit sample = *visit;
    uint32_t least = sq_body_least_tokens(script, visit);
    uint32_t most = least > SAMPLE_TOKENS ? least : SAMPLE_TOKENS;
    if (sample.plan.body.output_tokens > most) {
        sample.plan.body.output_tokens = most;
    }
    if (sample.plan.sent_tokens > most) {
        sample.plan.sent_tokens = most;
    }
    return sample;
}

static enum sq_status render_and_read(const struct sq_readings *readings,
                                      const struct sq_visit *visit, struct sq_reading *reading)
{
    const struct sq_script *script = readings->script;
    struct sq_visit sample = sample_of(script, visit);
    struct sq_strbuf body = {0};
    if (sample.plan.stream) {
        sq_body_add_tokens(&body, script, &sample, 0, sample.plan.body.output_tokens);
        sq_body_add_end(&body, script, &sample);
    } else {
        sq_body_add_plain(&body, script, &sample);
    }
    enum sq_status status = SQ_NO_MEMORY;
    if (!sq_strbuf_failed(&body)) {
        const char *text = sq_strbuf_text(&body);
        status = sample.plan.stream ? read_stream(readings, &sample, text, body.length, reading)
                                    : read_plain(readings, &sample, text, body.length, reading);
    }
    sq_strbuf_clear(&body);
    return status;
}

enum sq_status sq_readings_get(struct sq_readings *readings, const struct sq_visit *visit,
                               struct sq_reading *reading, struct sq_error *err)
{
    uint64_t key = key_of(visit);
    struct entry *entry = find(readings, key);
    if (entry->key == key) {
        *reading = entry->reading;
        return SQ_OK;
    }
    enum sq_status status = render_and_read(readings, visit, reading);
    if (status != SQ_OK) {
        return sq_error_set(err, status, "out of memory");
    }
    if (readings->n_entries < SQ_READINGS_MAX) {
        readings->n_entries++;
        *entry = (struct entry){.key = key, .reading = *reading};
    }
    return SQ_OK;
}

void sq_readings_hints(const struct sq_script *script, const struct sq_visit *visit, sq_time now,
                       struct sq_hints *hints)
{
    struct sq_body_headers headers;
    headers.n_headers = 0;
    *hints = (struct sq_hints){0};
    sq_body_hints(script, visit, now, &headers);
    for (uint32_t i = 0; i < headers.n_headers; i++) {
        sq_hints_take_header(hints, headers.name[i], headers.value[i]);
    }
}
