/* SPDX-License-Identifier: MIT */
/* The tables of a fault: what, where, when, how often; which attempts: match.c. */
#include <string.h>

#include "base/assert.h"
#include "base/draw.h"
#include "base/duration.h"
#include "scenarios/curves_int.h"
#include "scenarios/fault_int.h"
#include "scenarios/values_int.h"

/* ---- what ---- */

#define KIND_WORD(id, name, family, parameters, needs, sentence)                                   \
    {name, SQ_FAULT_##id, sentence, false, NULL},
static const struct sq_word kind_words[] = {
    SQ_FAULT_KIND_LIST(KIND_WORD){"half_open", 0, .later = true},
    {"early_close", 0, .later = true},
    {"keepalive_race", 0, .later = true},
    {"overloaded", 0, .later = true},
    {"quota", 0, .later = true},
    {"slow_down", 0, .later = true},
    {"context_length", 0, .later = true},
    {"slow_stream", 0, .later = true},
    {"buffered", 0, .later = true},
    {"no_done", 0, .later = true},
    {"done_linger", 0, .later = true},
    {"error_event", 0, .later = true},
    {"bad_event", 0, .later = true},
    {"duplicate_event", 0, .later = true},
    {"empty_choices", 0, .later = true},
    {"split_utf8", 0, .later = true},
    {"comment_lines", 0, .later = true},
    {"ping_only", 0, .later = true},
    {"toxic", 0, .later = true},
    {"bad_gzip", 0, .later = true},
    {"wrong_length", 0, .later = true},
    {"bad_usage", 0, .later = true},
    {"capacity", 0, .later = true},
    {"quota_change", 0, .later = true},
    {"timeout", 0, .foreign = "write \"hang\", never answers, or \"latency\", answers late"},
    {"delay", 0, .foreign = "write \"latency\" with `add`"},
    {"slow", 0, .foreign = "write \"latency\" with `factor`"},
    {"error", 0, .foreign = "write \"status\" with a `status`"},
    {"http_error", 0, .foreign = "write \"status\" with a `status`"},
    {"rate_limit", 0, .foreign = "write \"status\" with `status: 429`"},
    {"outage", 0, .foreign = "write \"status\" with `status: 503`, or \"hang\""},
    {"reset_peer", 0, .foreign = "write \"reset\""},
    {"connection_reset", 0, .foreign = "write \"reset\""},
    {"truncate", 0, .foreign = "write \"cut\" with `after_tokens` or `after_bytes`"},
    {"limit_data", 0, .foreign = "write \"cut\" with `after_bytes`"},
    {.word = NULL}};
static const struct sq_shape kind_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a kind of fault", .words = kind_words};

static const struct sq_shape status_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "an HTTP status", .min = 200, .max = 599};
static const struct sq_shape factor_shape = {
    .kind = SQ_SHAPE_FACTOR, .name = "a factor above 0", .min = 1, .max = INT64_C(100000) << 32};
static const struct sq_shape tokens_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number of tokens", .min = 0, .max = SQ_TOKENS_MAX};
static const struct sq_shape bytes_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number of bytes", .min = 0, .max = INT64_C(1) << 30};
static const struct sq_word body_words[] = {
    {"json", SQ_BODY_JSON, .sentence = "the provider's own error object"},
    {"html", SQ_BODY_HTML, .sentence = "a page, as proxies send it"},
    {"text", SQ_BODY_TEXT, .sentence = "a plain line"},
    {.word = NULL}};
static const struct sq_shape body_shape = {
    .kind = SQ_SHAPE_WORD, .name = "json, html or text", .words = body_words};
static const struct sq_word ending_words[] = {
    {"fin", SQ_ENDING_FIN, .sentence = "an orderly close in the middle of the body"},
    {"rst", SQ_ENDING_RST, .sentence = "the connection is reset"},
    {"silence", SQ_ENDING_SILENCE, .sentence = "nothing more comes, the connection stays open"},
    {.word = NULL}};
static const struct sq_shape ending_shape = {
    .kind = SQ_SHAPE_WORD, .name = "fin, rst or silence", .words = ending_words};

static const struct sq_word json_shape_words[] = {
    {"fenced", SQ_JSON_SHAPE_FENCED, .sentence = "inside a Markdown fence"},
    {"prose", SQ_JSON_SHAPE_PROSE, .sentence = "between two sentences"},
    {"plain_text", SQ_JSON_SHAPE_PLAIN_TEXT, .sentence = "no JSON at all"},
    {"truncated", SQ_JSON_SHAPE_TRUNCATED, .sentence = "its end is missing"},
    {"trailing_comma", SQ_JSON_SHAPE_TRAILING_COMMA, .sentence = "a comma before the last bracket"},
    {"single_quotes", SQ_JSON_SHAPE_SINGLE_QUOTES, .sentence = "in place of double ones"},
    {"control_character", SQ_JSON_SHAPE_CONTROL_CHARACTER, .sentence = "a raw one inside"},
    {"nan", SQ_JSON_SHAPE_NAN, .sentence = "NaN for a value"},
    {.word = NULL}};
static const struct sq_shape json_shape_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a shape of broken JSON", .words = json_shape_words};

/* ---- retry_after and hints ---- */

static const struct sq_shape milliseconds_shape = {.kind = SQ_SHAPE_INTEGER,
                                                   .name = "a whole number of milliseconds",
                                                   .min = 0,
                                                   .max = INT64_C(100000000000)};

/* A span from now that may lie in the past: "-5s". */
static bool read_offset(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    size_t bad;
    sq_dur span;
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        const char *text = sq_json_text(node, &length);
        if (text[0] == '-' && sq_duration_read(text + 1, length - 1, &span, &bad) &&
            span <= SQ_SPAN_MAX) {
            span = -span;
            memcpy(into, &span, size);
            return true;
        }
    }
    (void)shape;
    return sq_read_value(reader, &sq_shape_span, node, into, size);
}

static const struct sq_shape offset_shape = {.kind = SQ_SHAPE_TEXT,
                                             .name = "a duration, perhaps with a minus",
                                             .text = "^-?([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$",
                                             .read = read_offset};

static const struct sq_word computed_words[] = {
    {"refill", 0, .sentence = "the seconds until they admit such a request"}, {.word = NULL}};
static const struct sq_shape computed_shape = {
    .kind = SQ_SHAPE_WORD, .name = "refill", .words = computed_words};

#define HINT_FIELDS                                                                                \
    {"ms",                                                                                         \
     &milliseconds_shape,                                                                          \
     SQ_PLACE(struct sq_hint_draft, milliseconds),                                                 \
     .sentence = "header retry-after-ms",                                                          \
     .example = "500",                                                                             \
     .flags = SQ_FIELD_ONE_OF},                                                                    \
        {"seconds",                                                                                \
         &sq_shape_header_text,                                                                    \
         SQ_PLACE(struct sq_hint_draft, seconds),                                                  \
         .sentence = "header retry-after, this text as its number of seconds",                     \
         .example = "\"0.5\"",                                                                     \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"date",                                                                                   \
         &offset_shape,                                                                            \
         SQ_PLACE(struct sq_hint_draft, date),                                                     \
         .sentence = "header retry-after, an HTTP date so far from now",                           \
         .example = "\"-5s\"",                                                                     \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"raw",                                                                                    \
         &sq_shape_header_text,                                                                    \
         SQ_PLACE(struct sq_hint_draft, raw),                                                      \
         .sentence = "header retry-after with exactly this text",                                  \
         .example = "\"soon\"",                                                                    \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"hint",                                                                                   \
         &computed_shape,                                                                          \
         SQ_PLACE(struct sq_hint_draft, of_quota),                                                 \
         .sentence = "header retry-after, as the provider's quotas stand",                         \
         .example = "\"refill\"",                                                                  \
         .flags = SQ_FIELD_ONE_OF},

static const struct sq_field retry_after_fields[] = {HINT_FIELDS{.key = NULL}};
static const struct sq_field hint_fields[] = {
    HINT_FIELDS{"should_retry", &sq_shape_bool, SQ_PLACE(struct sq_hint_draft, should_retry),
                .sentence = "header x-should-retry", .flags = SQ_FIELD_ONE_OF},
    {.key = NULL}};
static const struct sq_object retry_after_object = {.name = "retry_after",
                                                    .sentence = "when the server asks to come back",
                                                    .fields = retry_after_fields,
                                                    .is_item = true,
                                                    .one_needed = true};
static const struct sq_object hint_object = {.name = "server_hint",
                                             .sentence = "one thing the server says about retrying",
                                             .fields = hint_fields,
                                             .is_item = true,
                                             .one_needed = true};

static bool read_hint(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_hint_draft *hint = into;
    sq_assert(size == sizeof(*hint));
    *hint = (struct sq_hint_draft){.plain = SQ_DRAFT_NONE,
                                   .milliseconds = SQ_DRAFT_NONE,
                                   .date = SQ_DRAFT_NONE,
                                   .of_quota = -1,
                                   .should_retry = -1};
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_object(reader, shape->object, node, hint);
    }
    hint->at.node = node;
    if (!sq_read_value(reader, &sq_shape_span, node, &hint->plain, sizeof(hint->plain))) {
        return false;
    }
    if (hint->plain % SQ_SECOND == 0) {
        return true;
    }
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_RANGE, node, false, "not whole seconds",
                                              "the header retry-after has whole seconds; for finer "
                                              "ones write { \"ms\": 500 }"},
                       "`%s` must be whole seconds", sq_path_of(reader, node));
}

static const struct sq_shape retry_after_as_object = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &retry_after_object};
static const struct sq_shape hint_as_object = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &hint_object};
static const struct sq_shape *const retry_after_either[] = {&sq_shape_span, &retry_after_as_object,
                                                            NULL};
static const struct sq_shape *const hint_either[] = {&sq_shape_span, &hint_as_object, NULL};
static const struct sq_shape retry_after_shape = {.kind = SQ_SHAPE_EITHER,
                                                  .name = "when to come back",
                                                  .object = &retry_after_object,
                                                  .either = retry_after_either,
                                                  .read = read_hint};
static const struct sq_shape hint_shape = {.kind = SQ_SHAPE_EITHER,
                                           .name = "a hint",
                                           .object = &hint_object,
                                           .either = hint_either,
                                           .read = read_hint};
static const struct sq_shape hints_shape = {.kind = SQ_SHAPE_LIST,
                                            .name = "a list of hints",
                                            .min = 1,
                                            .max = SQ_RETRY_AFTERS_MAX + 1,
                                            .item = &hint_shape,
                                            .item_bytes = sizeof(struct sq_hint_draft)};

static bool read_header(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_header_draft *header = into;
    sq_assert(size == sizeof(*header));
    header->at.node = node;
    header->at.key = sq_json_key(node);
    (void)shape;
    return sq_read_value(reader, &sq_shape_header_text, node, &header->value,
                         sizeof(header->value));
}

static const struct sq_shape header_shape = {
    .kind = SQ_SHAPE_TEXT, .name = "a text", .text = "^[ -~\\t]*$", .read = read_header};
static const struct sq_shape headers_shape = {.kind = SQ_SHAPE_MAP,
                                              .name = "an object of headers",
                                              .min = 0,
                                              .max = SQ_RULE_HEADERS_MAX,
                                              .text = "_-",
                                              .item = &header_shape,
                                              .item_bytes = sizeof(struct sq_header_draft)};

/* ---- where, when, how often ---- */

static bool read_where(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_list *list = into;
    (void)shape;
    if (sq_json_kind(node) == SQ_JSON_ARRAY) {
        return sq_read_value(reader, &sq_shape_texts, node, into, size);
    }
    struct sq_text_item *item = sq_reader_scratch(reader, 1, sizeof(*item));
    if (item == NULL) {
        return false;
    }
    item->at.node = node;
    *list = (struct sq_list){item, 1};
    return sq_read_value(reader, &sq_shape_text, node, &item->text, sizeof(item->text));
}

static const struct sq_shape *const where_either[] = {&sq_shape_text, &sq_shape_texts, NULL};
static const struct sq_shape where_shape = {.kind = SQ_SHAPE_EITHER,
                                            .name = "a provider, a provider/model, or a list",
                                            .either = where_either,
                                            .read = read_where};

static const struct sq_shape count_value = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = INT64_C(1000000000)};
static const struct sq_word strike_words[] = {
    {"ok", 0, .sentence = "the rule leaves this one alone"},
    {"fail", 1, .sentence = "the rule strikes"},
    {.word = NULL}};
static const struct sq_shape strike_shape = {
    .kind = SQ_SHAPE_WORD, .name = "ok or fail", .words = strike_words};
static const struct sq_shape sequence_shape = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of ok and fail",
                                               .min = 1,
                                               .max = SQ_RULE_SEQUENCE_MAX,
                                               .item = &strike_shape,
                                               .item_bytes = 1};
static const struct sq_field count_fields[] = {
    {"first", &count_value, SQ_PLACE(struct sq_count_draft, first), .sentence = "the first so many",
     .example = "3", .flags = SQ_FIELD_ONE_OF},
    {"every", &count_value, SQ_PLACE(struct sq_count_draft, every), .sentence = "every so many-th",
     .example = "5", .flags = SQ_FIELD_ONE_OF},
    {"from", &count_value, SQ_PLACE(struct sq_count_draft, from),
     .sentence = "from this one on, counted from 1", .example = "10", .flags = SQ_FIELD_ONE_OF},
    {"sequence", &sequence_shape, SQ_PLACE(struct sq_count_draft, sequence),
     .sentence = "one word for each; past its end the rule never strikes",
     .example = "[\"ok\", \"fail\"]", .flags = SQ_FIELD_ONE_OF},
    {"to", &count_value, SQ_PLACE(struct sq_count_draft, to),
     .sentence = "with `from`: up to this one, included", .standard = "no end", .example = "20"},
    {.key = NULL}};
static const struct sq_object count_object = {
    .name = "requests_count",
    .sentence = "by count of matching attempts at the provider, in order of arrival",
    .fields = count_fields,
    .one_needed = true};

static bool read_count(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_count_draft *count = into;
    sq_assert(size == sizeof(*count));
    *count = (struct sq_count_draft){.node = node,
                                     .first = SQ_DRAFT_NONE,
                                     .every = SQ_DRAFT_NONE,
                                     .from = SQ_DRAFT_NONE,
                                     .to = SQ_DRAFT_NONE};
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape count_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &count_object, .read = read_count};

static const struct sq_shape *const share_either[] = {&sq_shape_ratio, &sq_shape_ratio_curve, NULL};

static bool read_share(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_fault_draft *fault = into;
    (void)size;
    sq_assert(shape->either == share_either);
    if (sq_json_kind(node) == SQ_JSON_ARRAY || sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_value(reader, &sq_shape_ratio_curve, node, &fault->share_curve,
                             sizeof(fault->share_curve));
    }
    return sq_read_value(reader, &sq_shape_ratio, node, &fault->share_q32,
                         sizeof(fault->share_q32));
}

static const struct sq_shape share_shape = {.kind = SQ_SHAPE_EITHER,
                                            .name = "a ratio, or a curve of ratios",
                                            .either = share_either,
                                            .read = read_share};

/* ---- the fault ---- */

static const struct sq_field fault_fields[] = {
    {"kind", &kind_shape, SQ_PLACE(struct sq_fault_draft, kind), .sentence = "what happens",
     .example = "\"status\"", .flags = SQ_FIELD_REQUIRED},
    {"name", &sq_shape_shown_name, SQ_PLACE(struct sq_fault_draft, name),
     .sentence = "what reports call it; it also keys the rule's draws",
     .standard = "made of kind, where and an ordinal", .example = "\"rate-limit\""},
    {"where", &where_shape, SQ_PLACE(struct sq_fault_draft, where),
     .sentence = "providers or provider/model it strikes", .standard = "every model",
     .example = "\"openai\""},
    {"match", &sq_shape_match, SQ_PLACE(struct sq_fault_draft, match),
     .sentence = "which attempts it looks at", .standard = "all"},
    {"at", &sq_shape_span, SQ_PLACE(struct sq_fault_draft, from),
     .sentence = "start of its window, from the start of the run", .standard = "always",
     .example = "\"3m\""},
    {"for", &sq_shape_positive_span, SQ_PLACE(struct sq_fault_draft, span),
     .sentence = "length of the window", .standard = "to the end of the run", .example = "\"2m\""},
    {"every", &sq_shape_positive_span, SQ_PLACE(struct sq_fault_draft, every),
     .sentence = "the window comes again so often", .standard = "once", .example = "\"10m\""},
    {"requests", &count_shape, SQ_PLACE(struct sq_fault_draft, count),
     .sentence = "by count of matching attempts", .standard = "all"},
    {"probability", &share_shape, .sentence = "share of the attempts it strikes, or a curve of it",
     .standard = "1", .example = "0.8"},
    {"per", &sq_shape_per, SQ_PLACE(struct sq_fault_draft, per),
     .sentence = "what shares one draw and one count", .standard = "attempt",
     .example = "\"call\""},
    {"status", &status_shape, SQ_PLACE(struct sq_fault_draft, status),
     .sentence = "HTTP status of the answer", .example = "429"},
    {"error_code", &sq_shape_text, SQ_PLACE(struct sq_fault_draft, error_code),
     .sentence = "error.code of the body", .standard = "the provider's own for the status",
     .example = "\"insufficient_quota\""},
    {"error_type", &sq_shape_text, SQ_PLACE(struct sq_fault_draft, error_type),
     .sentence = "error.type of the body", .standard = "the provider's own for the status"},
    {"message", &sq_shape_text, SQ_PLACE(struct sq_fault_draft, message),
     .sentence = "error.message of the body", .standard = "the provider's own for the status"},
    {"body", &body_shape, SQ_PLACE(struct sq_fault_draft, body),
     .sentence = "form of the error's body", .standard = "json", .example = "\"html\""},
    {"retry_after", &retry_after_shape, SQ_PLACE(struct sq_fault_draft, retry_after),
     .sentence = "when the server asks to come back", .example = "\"5s\""},
    {"hints", &hints_shape, SQ_PLACE(struct sq_fault_draft, hints),
     .sentence = "several hints at once, which may disagree",
     .example = "[ \"5s\", { \"ms\": 500 }, { \"should_retry\": false } ]"},
    {"headers", &headers_shape, SQ_PLACE(struct sq_fault_draft, headers),
     .sentence = "further headers of the answer", .example = "{ \"x-request-id\": \"r-1\" }"},
    {"add", &sq_shape_span, SQ_PLACE(struct sq_fault_draft, add),
     .sentence = "added to the time to the first token", .example = "\"2s\""},
    {"factor", &factor_shape, SQ_PLACE(struct sq_fault_draft, factor_q32),
     .sentence = "the time to the first token is multiplied by it", .example = "3"},
    {"after_tokens", &tokens_shape, SQ_PLACE(struct sq_fault_draft, after_tokens),
     .sentence = "after so many tokens of the answer", .example = "12"},
    {"after_bytes", &bytes_shape, SQ_PLACE(struct sq_fault_draft, after_bytes),
     .sentence = "after so many bytes of the body", .example = "300"},
    {"ending", &ending_shape, SQ_PLACE(struct sq_fault_draft, ending),
     .sentence = "how the connection ends", .standard = "fin", .example = "\"rst\""},
    {"for_each", &sq_shape_positive_span, SQ_PLACE(struct sq_fault_draft, for_each),
     .sentence = "how long it holds one attempt", .standard = "until the client leaves",
     .example = "\"30s\""},
    {"in_flight", &sq_shape_bool, SQ_PLACE(struct sq_fault_draft, in_flight),
     .sentence = "also hits what is in service when the window opens", .standard = "false"},
    {"shape", &json_shape_shape, SQ_PLACE(struct sq_fault_draft, shape),
     .sentence = "how the text fails to be JSON", .standard = "fenced", .example = "\"truncated\""},
    {"new_connections_only", &sq_shape_later, .sentence = ""},
    {"bursts", &sq_shape_later, .sentence = "windows can be repeated with `every`"},
    {"incidents", &sq_shape_later, .sentence = "windows can be repeated with `every`"},
    {.key = NULL}};
static const struct sq_foreign fault_foreign[] = {
    {"type", "kind", SQ_FOREIGN_RENAME, NULL},
    {"start", "at", SQ_FOREIGN_SECONDS, NULL},
    {"duration", "for", SQ_FOREIGN_SECONDS, NULL},
    {"rate", "probability", SQ_FOREIGN_RENAME, NULL},
    {"injection_rate", "probability", SQ_FOREIGN_RENAME, NULL},
    {"toxicity", "probability", SQ_FOREIGN_RENAME, NULL},
    {"percentage", NULL, SQ_FOREIGN_SAY, "write `probability: 0.05` or `probability: \"5%\"`"},
    {"status_code", "status", SQ_FOREIGN_RENAME, NULL},
    {"code", "status", SQ_FOREIGN_RENAME, NULL},
    {"provider", "where", SQ_FOREIGN_RENAME, NULL},
    {"target", "where", SQ_FOREIGN_RENAME, NULL},
    {"latency", "add", SQ_FOREIGN_MILLISECONDS, NULL},
    {"delay", "add", SQ_FOREIGN_SECONDS, NULL},
    {"multiplier", "factor", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
const struct sq_object sq_object_fault = {
    .name = "fault",
    .sentence = "a rule that changes what a provider does: what, where, when, how often",
    .fields = fault_fields,
    .foreign = fault_foreign,
    .is_item = true};

static bool read_fault(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_fault_draft *fault = into;
    sq_assert(size == sizeof(*fault));
    *fault = (struct sq_fault_draft){.from = SQ_DRAFT_NONE,
                                     .span = SQ_NEVER,
                                     .share_q32 = SQ_DRAW_ALWAYS,
                                     .match = {.stream = -1},
                                     .status = SQ_DRAFT_NONE,
                                     .add = SQ_DRAFT_NONE,
                                     .after_tokens = SQ_DRAFT_NONE,
                                     .after_bytes = SQ_DRAFT_NONE,
                                     .ending = SQ_ENDING_FIN,
                                     .for_each = SQ_NEVER};
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape fault_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sq_object_fault, .read = read_fault};
const struct sq_shape sq_shape_faults = {.kind = SQ_SHAPE_LIST,
                                         .name = "a list of faults",
                                         .max = SQ_RULES_MAX,
                                         .item = &fault_item,
                                         .item_bytes = sizeof(struct sq_fault_draft)};
