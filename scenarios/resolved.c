/* SPDX-License-Identifier: MIT */
/*
 * A policy as it is after overrides and defaults, one set per role: JSON in the words of a policy
 * file, which reads back as the same settings (but for codes of `classify`, which are kept as
 * hashes).
 */
#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "base/int128.h"
#include "base/json_write.h"
#include "scenarios/contracts_int.h"
#include "scenarios/reference.h"
#include "scenarios/words_int.h"

static void add_span(struct sq_json_writer *json, const char *key, sq_dur span)
{
    struct sq_strbuf text = {0};
    if (span == SQ_NEVER) {
        return; /* what is not limited is not said */
    }
    sq_duration_add_exact(&text, span);
    sq_json_write_key(json, key);
    sq_json_write_text(json, sq_strbuf_text(&text));
    json->out->failed |= text.failed;
    sq_strbuf_clear(&text);
}

static void add_word(struct sq_json_writer *json, const char *key, const char *word)
{
    sq_json_write_key(json, key);
    sq_json_write_text(json, word);
}

static void add_uint(struct sq_json_writer *json, const char *key, uint64_t value)
{
    sq_json_write_key(json, key);
    sq_json_write_uint(json, value);
}

/* A share or factor with nine decimals: they were read with as many. */
static void add_q32(struct sq_json_writer *json, const char *key, uint64_t value_q32)
{
    sq_uint128 billionths = (sq_uint128)value_q32 * 1000000000u + (UINT64_C(1) << 31);
    sq_json_write_key(json, key);
    sq_json_write_decimal(json, (int64_t)(billionths >> 32), 9, 9);
}

static void add_timeouts(struct sq_json_writer *json, const struct sq_timeouts *timeouts)
{
    sq_json_write_key(json, "timeouts");
    sq_json_write_object_begin(json);
    add_span(json, "connect", timeouts->connect);
    add_span(json, "first_byte", timeouts->first_byte);
    add_span(json, "first_token", timeouts->first_token);
    add_span(json, "idle", timeouts->idle);
    add_span(json, "attempt", timeouts->attempt);
    add_span(json, "total", timeouts->total);
    sq_json_write_object_end(json);
}

/* ---- on ---- */

static bool has_status(const struct sq_on *on, int status)
{
    int bit = status - SQ_STATUS_MIN;
    return (on->statuses[bit / 64] >> (bit % 64) & 1) != 0;
}

static bool has_hundred(const struct sq_on *on, int first)
{
    for (int status = first; status < first + 100; status++) {
        if (!has_status(on, status)) {
            return false;
        }
    }
    return true;
}

static void add_on(struct sq_json_writer *json, const struct sq_on *on)
{
    bool all_4xx = has_hundred(on, 400);
    bool all_5xx = has_hundred(on, 500);
    sq_json_write_key(json, "on");
    sq_json_write_array_begin(json);
    for (int klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        if ((on->classes >> klass & 1) != 0) {
            sq_json_write_text(json, sq_class_row((enum sq_class)klass)->name);
        }
    }
    for (int status = SQ_STATUS_MIN; status <= SQ_STATUS_MAX; status++) {
        bool covered = (all_4xx && status >= 400 && status < 500) || (all_5xx && status >= 500);
        if (has_status(on, status) && !covered) {
            sq_json_write_int(json, status);
        }
    }
    if (all_4xx) {
        sq_json_write_text(json, "4xx");
    }
    if (all_5xx) {
        sq_json_write_text(json, "5xx");
    }
    sq_json_write_array_end(json);
}

/* ---- retry ---- */

static void add_delay(struct sq_json_writer *json, const struct sq_delay *delay)
{
    static const char *const words[] = {"none", "full", "equal"};
    sq_json_write_key(json, "delay");
    sq_json_write_object_begin(json);
    switch (delay->kind) {
    case SQ_DELAY_CONSTANT:
        add_span(json, "constant", delay->initial);
        break;
    case SQ_DELAY_LINEAR:
        add_span(json, "linear", delay->initial);
        break;
    case SQ_DELAY_EXPONENTIAL:
        sq_json_write_key(json, "exponential");
        sq_json_write_object_begin(json);
        add_span(json, "initial", delay->initial);
        add_q32(json, "factor", delay->factor_q32);
        sq_json_write_object_end(json);
        break;
    }
    add_span(json, "cap", delay->cap);
    if (delay->jitter <= SQ_JITTER_EQUAL) {
        add_word(json, "jitter", words[delay->jitter]);
    } else {
        sq_json_write_key(json, "jitter");
        sq_json_write_object_begin(json);
        if (delay->jitter == SQ_JITTER_SUBTRACTIVE) {
            add_q32(json, "subtractive", delay->jitter_share_q32);
        } else {
            add_span(json, "additive", delay->jitter_span);
        }
        sq_json_write_object_end(json);
    }
    add_word(json, "cap_applies", delay->cap_after_jitter ? "after_jitter" : "before_jitter");
    sq_json_write_object_end(json);
}

static void add_accept(struct sq_json_writer *json, const struct sq_hint_settings *hint)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_char(&text, hint->low_included ? '[' : '(');
    sq_duration_add_exact(&text, hint->low);
    sq_strbuf_add(&text, ", ");
    sq_duration_add_exact(&text, hint->high);
    sq_strbuf_add_char(&text, hint->high_included ? ']' : ')');
    add_word(json, "accept", sq_strbuf_text(&text));
    json->out->failed |= text.failed;
    sq_strbuf_clear(&text);
}

static void add_hint(struct sq_json_writer *json, const struct sq_hint_settings *hint)
{
    static const struct {
        uint32_t bit;
        const char *word;
    } sources[] = {{SQ_HINT_MILLISECONDS, "ms"},
                   {SQ_HINT_SECONDS, "seconds"},
                   {SQ_HINT_WHOLE_SECONDS, "whole_seconds"},
                   {SQ_HINT_DATE, "date"},
                   {SQ_HINT_SHOULD_RETRY, "should_retry"}};
    if (hint->sources == 0) {
        return;
    }
    sq_json_write_key(json, "hint");
    sq_json_write_object_begin(json);
    add_accept(json, hint);
    add_word(json, "above", hint->above == SQ_HINT_ABOVE_IGNORE ? "ignore" : "forbid");
    add_word(json, "combine", hint->combine == SQ_HINT_REPLACE ? "replace" : "max");
    add_word(json, "invalid", hint->invalid == SQ_HINT_INVALID_IGNORE ? "ignore" : "abort_call");
    if (hint->sleep_then_fail) {
        sq_json_write_key(json, "sleep_then_fail");
        sq_json_write_bool(json, true);
    }
    if (hint->listed) {
        add_on(json, &hint->on);
    }
    sq_json_write_key(json, "sources");
    sq_json_write_array_begin(json);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if ((hint->sources & sources[i].bit) != 0) {
            sq_json_write_text(json, sources[i].word);
        }
    }
    sq_json_write_array_end(json);
    sq_json_write_object_end(json);
}

static void add_budget(struct sq_json_writer *json, const struct sq_retry_budget *budget)
{
    if (!budget->on) {
        return;
    }
    sq_json_write_key(json, "budget");
    sq_json_write_object_begin(json);
    add_q32(json, "ratio", budget->ratio_q32);
    add_uint(json, "floor_per_second", budget->floor_per_second);
    sq_json_write_object_end(json);
}

static void add_retry(struct sq_json_writer *json, const struct sq_retry *retry)
{
    static const char *const commits[] = {NULL, "headers", "first_token", "end"};
    sq_json_write_key(json, "retry");
    sq_json_write_object_begin(json);
    add_uint(json, "max_attempts", retry->max_attempts);
    if (retry->commit_at != SQ_COMMIT_AUTO) {
        add_word(json, "commit_at", commits[retry->commit_at]);
    }
    add_on(json, &retry->on);
    add_word(json, "report", retry->report == SQ_REPORT_LAST ? "last" : "first");
    add_delay(json, &retry->delay);
    add_hint(json, &retry->hint);
    add_budget(json, &retry->budget);
    sq_json_write_object_end(json);
}

/* ---- breaker ---- */

static void add_trip(struct sq_json_writer *json, const struct sq_breaker_trip *trip)
{
    sq_json_write_key(json, "trip");
    sq_json_write_object_begin(json);
    if (trip->consecutive > 0) {
        add_uint(json, "consecutive", trip->consecutive);
    }
    if (trip->minimum_attempts > 0) {
        add_q32(json, "failure_ratio", trip->failure_share_q32);
        add_uint(json, "minimum_attempts", trip->minimum_attempts);
        add_span(json, "window", trip->window);
    }
    sq_json_write_object_end(json);
}

/* Only what differs from the table of classes. */
static void add_marks(struct sq_json_writer *json, const struct sq_breaker *breaker)
{
    static const char *const marks[] = {"neutral", "success", "failure"};
    sq_json_write_key(json, "counts_as");
    sq_json_write_object_begin(json);
    for (int klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        const struct sq_class_row *row = sq_class_row((enum sq_class)klass);
        if (breaker->mark[klass] != (uint8_t)row->mark && breaker->mark[klass] <= SQ_MARK_FAILURE) {
            add_word(json, row->name, marks[breaker->mark[klass]]);
        }
    }
    sq_json_write_object_end(json);
}

/* Which parts make the key: told from the breaker's name. */
static void add_key(struct sq_json_writer *json, const char *name,
                    const struct sq_scenario *scenario, uint8_t role)
{
    const struct sq_script *script = &scenario->script;
    bool model = false;
    bool provider = false;
    if (script->n_models == 0) {
        return;
    }
    const struct sq_model *bound = &script->models[scenario->roles[role].model];
    if (strcmp(name, bound->label) == 0) {
        model = provider = true;
    } else {
        provider = strcmp(name, script->providers[bound->provider].name) == 0;
        model = !provider && strcmp(name, bound->name) == 0;
    }
    sq_json_write_key(json, "key");
    sq_json_write_array_begin(json);
    if (provider) {
        sq_json_write_text(json, "provider");
    }
    if (model) {
        sq_json_write_text(json, "model");
    }
    sq_json_write_array_end(json);
}

static void add_breaker(struct sq_json_writer *json, const struct sq_layer_settings *layer,
                        const struct sq_scenario *scenario, uint8_t role)
{
    const struct sq_breaker *breaker = &layer->role[role].breaker;
    if (!breaker->on) {
        return;
    }
    sq_json_write_key(json, "breaker");
    sq_json_write_object_begin(json);
    add_key(json, layer->breaker_name[breaker->key], scenario, role);
    add_trip(json, &breaker->trip);
    add_span(json, "open_for", breaker->open_for);
    sq_json_write_key(json, "half_open");
    sq_json_write_object_begin(json);
    add_uint(json, "admit", breaker->admit);
    add_span(json, "lease_timeout", breaker->lease_timeout);
    sq_json_write_object_end(json);
    add_marks(json, breaker);
    sq_json_write_object_end(json);
}

/* ---- limits ---- */

static bool has_limits(const struct sq_limits *limits)
{
    return limits->concurrency > 0 || limits->connections > 0;
}

static void add_limits(struct sq_json_writer *json, const struct sq_limits *limits)
{
    sq_json_write_key(json, "limits");
    sq_json_write_object_begin(json);
    if (limits->concurrency > 0) {
        add_uint(json, "concurrency", limits->concurrency);
    }
    if (limits->connections > 0) {
        add_uint(json, "connections", limits->connections);
        if (limits->keep_alive != SQ_KEEP_ALIVE_ALL) {
            add_uint(json, "keep_alive", limits->keep_alive);
        }
        add_span(json, "pool_wait", limits->pool_wait);
    }
    sq_json_write_object_end(json);
}

/* The object that several roles share, told from its key; NULL: each has its own, or none. */
static const struct sq_limits *shared_limits(const struct sq_layer_settings *layer, uint8_t n_roles)
{
    for (uint8_t i = 0; i < n_roles; i++) {
        const struct sq_limits *limits = &layer->role[i].limits;
        for (uint8_t j = (uint8_t)(i + 1); has_limits(limits) && j < n_roles; j++) {
            if (layer->role[j].limits.key == limits->key) {
                return limits;
            }
        }
    }
    return NULL;
}

static void add_own_limits(struct sq_json_writer *json, const struct sq_limits *limits,
                           const struct sq_limits *shared)
{
    if (has_limits(limits) && (shared == NULL || limits->key != shared->key)) {
        add_limits(json, limits);
    }
}

/* ---- layers ---- */

static void add_rules(struct sq_json_writer *json, const struct sq_layer_settings *layer)
{
    sq_json_write_key(json, "rules");
    sq_json_write_array_begin(json);
    for (uint8_t i = 0; i < layer->n_rules; i++) {
        sq_json_write_object_begin(json);
        add_word(json, "contains", layer->rules[i].contains);
        add_word(json, "match", layer->rules[i].word ? "word" : "anywhere");
        add_word(json, "answer", layer->rules[i].answer);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void add_rung_kind(struct sq_json_writer *json, const struct sq_layer_settings *layer,
                          const struct sq_scenario *scenario, const struct sq_rung *rung)
{
    switch (rung->kind) {
    case SQ_RUNG_ROLE:
        add_word(json, "role", scenario->roles[rung->role].name);
        return;
    case SQ_RUNG_ANSWER:
        add_word(json, "answer", rung->answer);
        return;
    case SQ_RUNG_RULES:
        add_rules(json, layer);
        return;
    }
    sq_assert(false && "every kind of rung is listed above");
}

static void add_rungs(struct sq_json_writer *json, const struct sq_layer_settings *layer,
                      const struct sq_scenario *scenario)
{
    sq_json_write_key(json, "fallback");
    sq_json_write_array_begin(json);
    for (uint8_t i = 0; i < layer->n_rungs; i++) {
        const struct sq_rung *rung = &layer->rungs[i];
        sq_json_write_object_begin(json);
        add_rung_kind(json, layer, scenario, rung);
        if (rung->counts_as_answer) {
            add_word(json, "counts_as", "answer");
        }
        add_on(json, &rung->on);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void add_classify(struct sq_json_writer *json, const struct sq_layer_settings *layer)
{
    sq_json_write_key(json, "classify");
    sq_json_write_array_begin(json);
    for (uint8_t i = 0; i < layer->n_classify; i++) {
        const struct sq_classify_rule *rule = &layer->classify[i];
        sq_json_write_object_begin(json);
        if (rule->status != 0) {
            add_uint(json, "status", rule->status);
        }
        if (rule->code_key != 0) {
            struct sq_strbuf code = {0};
            sq_strbuf_add_format(&code, "#%016" PRIx64, rule->code_key);
            add_word(json, "code", sq_strbuf_text(&code));
            json->out->failed |= code.failed;
            sq_strbuf_clear(&code);
        }
        add_word(json, "class", sq_class_row(rule->klass)->name);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void add_layer(struct sq_json_writer *json, const struct sq_layer_settings *layer,
                      const struct sq_scenario *scenario)
{
    const struct sq_limits *shared = shared_limits(layer, scenario->n_roles);
    if (shared != NULL) {
        add_limits(json, shared);
    }
    sq_json_write_key(json, "roles");
    sq_json_write_object_begin(json);
    for (uint8_t role = 0; role < scenario->n_roles; role++) {
        sq_json_write_key(json, scenario->roles[role].name);
        sq_json_write_object_begin(json);
        add_timeouts(json, &layer->role[role].timeouts);
        add_retry(json, &layer->role[role].retry);
        add_breaker(json, layer, scenario, role);
        add_own_limits(json, &layer->role[role].limits, shared);
        sq_json_write_object_end(json);
    }
    sq_json_write_object_end(json);
    add_rungs(json, layer, scenario);
    add_classify(json, layer);
    sq_contract_add_resolved(json, &layer->contract, scenario);
}

void sq_reference_resolved(const struct sq_settings *settings, const struct sq_scenario *scenario,
                           struct sq_strbuf *out)
{
    struct sq_json_writer json = {.out = out};
    sq_json_write_object_begin(&json);
    add_word(&json, "schema", "squall/policy/1");
    add_word(&json, "name", settings->name);
    if (settings->n_layers == 1) {
        add_layer(&json, &settings->layers[0], scenario);
    } else {
        sq_json_write_key(&json, "layers");
        sq_json_write_array_begin(&json);
        for (uint8_t i = 0; i < settings->n_layers; i++) {
            sq_json_write_object_begin(&json);
            add_layer(&json, &settings->layers[i], scenario);
            sq_json_write_object_end(&json);
        }
        sq_json_write_array_end(&json);
    }
    sq_json_write_object_end(&json);
    sq_strbuf_add_char(out, '\n');
}
