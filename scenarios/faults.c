/* SPDX-License-Identifier: MIT */
/*
 * Drafts of faults become rules of the script: where is resolved to models, windows and counts are
 * checked against each other, and what does nothing for a kind is refused.
 */
#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "base/spelling.h"
#include "scenarios/curves_int.h"
#include "scenarios/fault_int.h"
#include "scenarios/values_int.h"

/* Reports a contradiction at the member `key` of the fault, or at the fault when it has none. */
static void complain_at(struct sq_reader *reader, const struct sq_fault_draft *draft,
                        const char *key, const char *hint, const char *text)
{
    const struct sq_json *member = sq_json_member(draft->at.node, key);
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_CONFLICT, member == NULL ? draft->at.node : member,
                                       member != NULL, NULL, hint},
                "`%s`: %s", sq_path_of(reader, draft->at.node), text);
}

/* ---- where ---- */

static uint64_t resolve_where(struct sq_reader *reader, const struct sq_fault_draft *draft,
                              const struct sq_script *script)
{
    const struct sq_text_item *items = draft->where.items;
    uint64_t all = script->n_models == 64 ? UINT64_MAX : (UINT64_C(1) << script->n_models) - 1;
    uint64_t models = 0;
    if (sq_json_member(draft->at.node, "where") == NULL) {
        return all;
    }
    for (uint32_t i = 0; i < draft->where.n_items; i++) {
        uint64_t some = sq_models_at(script, items[i].text);
        models |= some;
        if (some == 0 && script->n_models > 0) {
            sq_complain_where(reader, &items[i], script);
            return all;
        }
    }
    if (models == 0 && script->n_models > 0) {
        complain_at(reader, draft, "where", "leave it out to strike every model", "is nowhere");
    }
    return models;
}

/* ---- when and how often ---- */

static void make_window(struct sq_reader *reader, const struct sq_fault_draft *draft,
                        const struct sq_scenario *scenario, struct sq_rule *rule)
{
    rule->windowed = draft->from != SQ_DRAFT_NONE;
    rule->at = rule->windowed ? draft->from : 0;
    rule->span = draft->span;
    rule->every = draft->every;
    if (!rule->windowed && (draft->span != SQ_NEVER || draft->every != 0)) {
        complain_at(reader, draft, draft->span != SQ_NEVER ? "for" : "every",
                    "add \"at\": \"0s\", the start of the window", "a window needs `at`");
    }
    if (draft->every != 0 && (draft->span == SQ_NEVER || draft->every < draft->span)) {
        complain_at(reader, draft, "every", "give a `for` that is not longer than `every`",
                    "the next window begins before this one ends");
    }
    if (rule->windowed && scenario->duration > 0 && rule->at >= scenario->duration) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_NEVER, sq_json_member(draft->at.node, "at"),
                                           false, "after the end",
                                           "begin before the run ends, or make `duration` longer"},
                    "`%s` begins after the run has ended", sq_path_of(reader, draft->at.node));
    }
}

static uint64_t sequence_bits(const struct sq_list *list)
{
    const uint8_t *strikes = list->items;
    uint64_t bits = 0;
    for (uint32_t i = 0; i < list->n_items; i++) {
        bits |= (uint64_t)strikes[i] << i;
    }
    return bits;
}

static struct sq_count make_count(struct sq_reader *reader, const struct sq_count_draft *draft)
{
    bool has_to = draft->to != SQ_DRAFT_NONE;
    if (draft->node == NULL) {
        return (struct sq_count){.kind = SQ_COUNT_ALL};
    }
    if (has_to && (draft->from == SQ_DRAFT_NONE || draft->to < draft->from)) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, sq_json_member(draft->node, "to"),
                                           true, NULL, "such as { \"from\": 10, \"to\": 20 }"},
                    "`%s`: `to` needs a `from` that is not after it",
                    sq_path_of(reader, draft->node));
    }
    if (draft->first != SQ_DRAFT_NONE) {
        return (struct sq_count){.kind = SQ_COUNT_FIRST, .first = (uint32_t)draft->first};
    }
    if (draft->every != SQ_DRAFT_NONE) {
        return (struct sq_count){.kind = SQ_COUNT_EVERY, .first = (uint32_t)draft->every};
    }
    if (draft->from != SQ_DRAFT_NONE) {
        return (struct sq_count){.kind = SQ_COUNT_RANGE,
                                 .first = (uint32_t)draft->from,
                                 .last = has_to ? (uint32_t)draft->to : UINT32_MAX};
    }
    return (struct sq_count){.kind = SQ_COUNT_SEQUENCE,
                             .sequence = sequence_bits(&draft->sequence),
                             .n_sequence = (uint8_t)draft->sequence.n_items};
}

static const char *counted_together(enum sq_per per)
{
    switch (per) {
    case SQ_PER_ATTEMPT:
        return "all calls";
    case SQ_PER_KEY:
        return "all calls with a key";
    case SQ_PER_TENANT:
        return "all calls of a tenant";
    case SQ_PER_SESSION:
        return "all calls of a session";
    case SQ_PER_CALL:
        break;
    }
    return NULL;
}

/* Two live calls may arrive in either order: then a count over both strikes another one. */
static void warn_of_counts(struct sq_reader *reader, const struct sq_fault_draft *draft)
{
    const char *together = counted_together(draft->per);
    if (draft->count.node != NULL && together != NULL) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONCURRENT, draft->count.node, true, NULL,
                                           "add \"per\": \"call\" to count by call"},
                    "`%s` counts attempts of %s together: live and virtual runs may strike "
                    "different ones",
                    sq_path_of(reader, draft->at.node), together);
    }
}

static void make_share(struct sq_reader *reader, const struct sq_fault_draft *draft,
                       struct sq_rule *rule)
{
    rule->share_q32 = draft->share_q32;
    if (draft->share_curve.node != NULL) {
        (void)sq_curve_keep(reader, &draft->share_curve, &rule->probability);
    }
}

/* ---- what ---- */

/* Which members belong to which parameter of a kind's row. */
static const struct {
    const char *key;
    uint32_t parameter;
} parameter_keys[] = {{"status", SQ_PARAMETER_STATUS},
                      {"error_code", SQ_PARAMETER_STATUS},
                      {"error_type", SQ_PARAMETER_STATUS},
                      {"message", SQ_PARAMETER_STATUS},
                      {"body", SQ_PARAMETER_STATUS},
                      {"retry_after", SQ_PARAMETER_STATUS},
                      {"hints", SQ_PARAMETER_STATUS},
                      {"headers", SQ_PARAMETER_STATUS},
                      {"add", SQ_PARAMETER_ADD},
                      {"factor", SQ_PARAMETER_FACTOR},
                      {"after_tokens", SQ_PARAMETER_AFTER_TOKENS},
                      {"after_bytes", SQ_PARAMETER_AFTER_BYTES},
                      {"ending", SQ_PARAMETER_ENDING},
                      {"for_each", SQ_PARAMETER_FOR_EACH},
                      {"in_flight", SQ_PARAMETER_IN_FLIGHT},
                      {"shape", SQ_PARAMETER_SHAPE}};
#define N_PARAMETER_KEYS (sizeof(parameter_keys) / sizeof(parameter_keys[0]))

static const char *taken_by(struct sq_reader *reader, const struct sq_fault_kind_row *row)
{
    struct sq_strbuf text = {0};
    if (row->parameters == 0) {
        return sq_phrase(reader, "\"%s\" takes nothing of its own", row->name);
    }
    for (size_t i = 0; i < N_PARAMETER_KEYS; i++) {
        if ((row->parameters & parameter_keys[i].parameter) != 0) {
            sq_strbuf_add_format(&text, "%s%s", text.length > 0 ? ", " : "", parameter_keys[i].key);
        }
    }
    return sq_phrase(reader, "\"%s\" takes: %s", row->name, sq_phrase_of(reader, &text));
}

static void check_parameters(struct sq_reader *reader, const struct sq_fault_draft *draft)
{
    const struct sq_fault_kind_row *row = sq_fault_kind_row(draft->kind);
    for (size_t i = 0; i < N_PARAMETER_KEYS; i++) {
        const struct sq_json *member = sq_json_member(draft->at.node, parameter_keys[i].key);
        if (member != NULL && (row->parameters & parameter_keys[i].parameter) == 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, member, true, "not of this kind",
                                               taken_by(reader, row)},
                        "`%s` does nothing for \"%s\"", sq_path_of(reader, member), row->name);
        }
    }
    if (row->needs == SQ_NEEDS_STREAM && draft->match.stream == 0) {
        complain_at(reader, draft, "match", "remove `stream: false`",
                    "this kind strikes streams only");
    }
}

static void need(struct sq_reader *reader, const struct sq_fault_draft *draft, const char *key,
                 const char *example)
{
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_MISSING, draft->at.node, false,
                                       sq_phrase(reader, "`%s` is missing", key),
                                       sq_phrase(reader, "add \"%s\": %s", key, example)},
                "`%s` needs `%s`", sq_path_of(reader, draft->at.node), key);
}

static void check_kind(struct sq_reader *reader, const struct sq_fault_draft *draft)
{
    bool placed = draft->after_tokens != SQ_DRAFT_NONE || draft->after_bytes != SQ_DRAFT_NONE;
    if (draft->kind == SQ_FAULT_STATUS && draft->status == SQ_DRAFT_NONE) {
        need(reader, draft, "status", "503");
    }
    if (draft->kind == SQ_FAULT_LATENCY && draft->add == SQ_DRAFT_NONE && draft->factor_q32 == 0) {
        need(reader, draft, "add", "\"2s\"");
    }
    if (draft->kind == SQ_FAULT_STALL && !placed) {
        need(reader, draft, "after_tokens", "5");
    }
    if (draft->kind == SQ_FAULT_CUT && !placed && !draft->in_flight) {
        need(reader, draft, "after_tokens", "5");
    }
    if (draft->kind == SQ_FAULT_CUT && draft->after_tokens != SQ_DRAFT_NONE &&
        draft->after_bytes != SQ_DRAFT_NONE) {
        complain_at(reader, draft, "after_bytes", "keep one of them",
                    "`after_tokens` and `after_bytes` together");
    }
    if (draft->in_flight && draft->from == SQ_DRAFT_NONE) {
        complain_at(reader, draft, "in_flight", "add `at`: it strikes when the window opens",
                    "`in_flight` needs a window");
    }
}

static struct sq_retry_after retry_after_of(const struct sq_hint_draft *draft)
{
    if (draft->plain != SQ_DRAFT_NONE) {
        return (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = draft->plain};
    }
    if (draft->milliseconds != SQ_DRAFT_NONE) {
        return (struct sq_retry_after){.kind = SQ_RETRY_AFTER_MILLISECONDS,
                                       .span = draft->milliseconds * SQ_MS};
    }
    if (draft->date != SQ_DRAFT_NONE) {
        return (struct sq_retry_after){.kind = SQ_RETRY_AFTER_DATE, .span = draft->date};
    }
    if (draft->of_quota >= 0) {
        return (struct sq_retry_after){.kind = SQ_RETRY_AFTER_REFILL};
    }
    return (struct sq_retry_after){.kind = SQ_RETRY_AFTER_RAW,
                                   .raw = draft->raw != NULL ? draft->raw : draft->seconds};
}

static void add_hint(struct sq_reader *reader, const struct sq_hint_draft *draft,
                     struct sq_effect *effect)
{
    if (draft->should_retry >= 0) {
        effect->should_retry = draft->should_retry != 0 ? "true" : "false";
        return;
    }
    if (effect->n_retry_after == SQ_RETRY_AFTERS_MAX) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_COUNT, draft->at.node, false, NULL, NULL},
                    "more than %d retry-after hints on one answer", SQ_RETRY_AFTERS_MAX);
        return;
    }
    effect->retry_after[effect->n_retry_after++] = retry_after_of(draft);
}

/* A hint to come back when the quotas admit it says nothing where there are none. */
static void check_refill(struct sq_reader *reader, const struct sq_fault_draft *draft,
                         const struct sq_rule *rule, const struct sq_script *script)
{
    bool asked = false;
    for (uint32_t i = 0; i < rule->effect.n_retry_after; i++) {
        asked |= rule->effect.retry_after[i].kind == SQ_RETRY_AFTER_REFILL;
    }
    for (uint16_t i = 0; asked && i < script->n_models; i++) {
        if ((rule->models >> i & 1) != 0 &&
            script->providers[script->models[i].provider].n_quotas == 0) {
            complain_at(reader, draft, draft->hints.n_items > 0 ? "hints" : "retry_after",
                        "give the provider `quotas`, or write a duration",
                        sq_phrase(reader, "%s has no quotas to refill", script->models[i].label));
            return;
        }
    }
}

/* These frame the answer: the server writes them. */
static bool is_framing(const char *name)
{
    static const char *const framing[] = {"content-length", "transfer-encoding", "connection"};
    for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++) {
        if (sq_spelling_distance(name, strlen(name), framing[i], strlen(framing[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void make_headers(struct sq_reader *reader, const struct sq_fault_draft *draft,
                         struct sq_effect *effect)
{
    const struct sq_header_draft *headers = draft->headers.items;
    for (uint32_t i = 0; i < draft->headers.n_items; i++) {
        if (is_framing(headers[i].at.key)) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_NAME, headers[i].at.node, true, NULL,
                                               "faults of kind cut and reset break the framing"},
                        "`%s` frames the answer and cannot be set",
                        sq_path_of(reader, headers[i].at.node));
            continue;
        }
        const char *name = sq_reader_keep(reader, headers[i].at.key, strlen(headers[i].at.key));
        effect->headers[effect->n_headers++] = (struct sq_header){name, headers[i].value};
    }
}

static uint32_t count_or_unset(int64_t value)
{
    return value == SQ_DRAFT_NONE ? SQ_UNSET_U32 : (uint32_t)value;
}

static void make_effect(struct sq_reader *reader, const struct sq_fault_draft *draft,
                        struct sq_effect *effect)
{
    const struct sq_hint_draft *hints = draft->hints.items;
    *effect = (struct sq_effect){
        .status = draft->status == SQ_DRAFT_NONE ? 0 : (uint16_t)draft->status,
        .error_code = draft->error_code,
        .error_type = draft->error_type,
        .message = draft->message,
        .body_form = draft->body,
        .add = draft->add == SQ_DRAFT_NONE ? 0 : draft->add,
        .factor_q32 = draft->factor_q32 == 0 ? UINT64_C(1) << 32 : draft->factor_q32,
        .after_tokens = count_or_unset(draft->after_tokens),
        .after_bytes = count_or_unset(draft->after_bytes),
        .ending = draft->ending,
        .for_each = draft->for_each,
        .in_flight = draft->in_flight,
        .shape = draft->shape};
    if (draft->retry_after.at.node != NULL) {
        add_hint(reader, &draft->retry_after, effect);
    }
    for (uint32_t i = 0; i < draft->hints.n_items; i++) {
        add_hint(reader, &hints[i], effect);
    }
    make_headers(reader, draft, effect);
}

/* ---- names ---- */

/* "status@openai", as written. */
static void add_stem(const struct sq_fault_draft *draft, struct sq_strbuf *out)
{
    const struct sq_text_item *where = draft->where.items;
    sq_strbuf_add_format(out, "%s@", sq_fault_kind_row(draft->kind)->name);
    for (uint32_t i = 0; i < draft->where.n_items; i++) {
        sq_strbuf_add_format(out, "%s%s", i > 0 ? "," : "", where[i].text);
    }
    if (draft->where.n_items == 0) {
        sq_strbuf_add_char(out, '*');
    }
}

static uint32_t ordinal_among_equals(struct sq_reader *reader, const struct sq_fault_draft *drafts,
                                     uint32_t i, const char *stem)
{
    uint32_t ordinal = 1;
    for (uint32_t k = 0; k < i; k++) {
        struct sq_strbuf other = {0};
        add_stem(&drafts[k], &other);
        ordinal += drafts[k].name[0] == '\0' && strcmp(sq_strbuf_text(&other), stem) == 0;
        reader->no_memory |= sq_strbuf_failed(&other);
        sq_strbuf_clear(&other);
    }
    return ordinal;
}

/* A long name is cut where it is shown; its key is that of the whole. */
static void name_rule(struct sq_reader *reader, const struct sq_fault_draft *drafts, uint32_t i,
                      struct sq_rule *rule)
{
    struct sq_strbuf name = {0};
    if (drafts[i].name[0] != '\0') {
        sq_strbuf_add(&name, drafts[i].name);
    } else {
        add_stem(&drafts[i], &name);
        uint32_t ordinal = ordinal_among_equals(reader, drafts, i, sq_strbuf_text(&name));
        sq_strbuf_add_format(&name, "#%u", ordinal);
    }
    size_t shown = name.length < sizeof(rule->name) ? name.length : sizeof(rule->name) - 1;
    memcpy(rule->name, sq_strbuf_text(&name), shown);
    rule->key = (uint32_t)sq_digest_name(sq_strbuf_text(&name), name.length);
    reader->no_memory |= sq_strbuf_failed(&name);
    sq_strbuf_clear(&name);
    for (uint32_t k = 0; k < i && drafts[i].name[0] != '\0'; k++) {
        if (strcmp(drafts[k].name, drafts[i].name) == 0) {
            complain_at(reader, &drafts[i], "name", "names key the draws: give each rule its own",
                        "another fault has the same name");
        }
    }
}

void sq_make_faults(struct sq_reader *reader, const struct sq_json *node,
                    struct sq_scenario *scenario)
{
    struct sq_script *script = &scenario->script;
    struct sq_list list = {0};
    if (node == NULL || !sq_read_value(reader, &sq_shape_faults, node, &list, sizeof(list))) {
        return;
    }
    const struct sq_fault_draft *drafts = list.items;
    script->rules = sq_arena_new(reader->arena, list.n_items + 1u, sizeof(*script->rules));
    if (script->rules == NULL) {
        reader->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < list.n_items; i++) {
        struct sq_rule *rule = &script->rules[i];
        rule->kind = drafts[i].kind;
        rule->models = resolve_where(reader, &drafts[i], script);
        sq_make_match(reader, &drafts[i], scenario, rule);
        rule->count = make_count(reader, &drafts[i].count);
        make_window(reader, &drafts[i], scenario, rule);
        make_share(reader, &drafts[i], rule);
        check_parameters(reader, &drafts[i]);
        check_kind(reader, &drafts[i]);
        make_effect(reader, &drafts[i], &rule->effect);
        check_refill(reader, &drafts[i], rule, script);
        warn_of_counts(reader, &drafts[i]);
        name_rule(reader, drafts, i, rule);
    }
    script->n_rules = (uint16_t)list.n_items;
}
