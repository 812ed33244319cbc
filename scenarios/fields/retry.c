/* SPDX-License-Identifier: MIT */
/* The tables of a policy: timeouts, and retry with its delay and hints. */
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"
#include "scenarios/words_int.h"

#define Q32_ONE     (UINT64_C(1) << 32)
#define ALL_SOURCES (SQ_HINT_MILLISECONDS | SQ_HINT_SECONDS | SQ_HINT_DATE | SQ_HINT_SHOULD_RETRY)

/* A field that is the whole of the struct its object is read into. */
#define WHOLE(type) .offset = 0, .size = sizeof(type)

/* ---- timeouts ---- */

static const struct sq_field timeouts_fields[] = {
    {"connect", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, connect),
     .sentence = "from the send until the connection stands", .standard = "none",
     .example = "\"2s\""},
    {"first_byte", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, first_byte),
     .sentence = "from the send until the headers are complete", .standard = "none",
     .example = "\"10s\""},
    {"first_token", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, first_token),
     .sentence = "from the send until the first token", .standard = "none", .example = "\"10s\""},
    {"idle", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, idle),
     .sentence = "longest silence after the headers", .standard = "none", .example = "\"15s\""},
    {"attempt", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, attempt),
     .sentence = "from the send until the answer is complete", .standard = "none",
     .example = "\"20s\""},
    {"total", &sq_shape_positive_span, SQ_PLACE(struct sq_timeouts, total),
     .sentence = "the whole call, with all attempts, waits and fallbacks", .standard = "none",
     .example = "\"60s\""},
    {.key = NULL}};
static const struct sq_foreign timeouts_foreign[] = {
    {"read", NULL, SQ_FOREIGN_SAY,
     "a read timeout is `first_byte` and `idle`: the longest silence before and after the headers"},
    {"request", "attempt", SQ_FOREIGN_SECONDS, NULL},
    {"per_try", "attempt", SQ_FOREIGN_SECONDS, NULL},
    {"timeout", "attempt", SQ_FOREIGN_SECONDS, NULL},
    {"overall", "total", SQ_FOREIGN_SECONDS, NULL},
    {"call", "total", SQ_FOREIGN_SECONDS, NULL},
    {"stream", "idle", SQ_FOREIGN_SECONDS, NULL},
    {"ttft", "first_token", SQ_FOREIGN_SECONDS, NULL},
    {.key = NULL}};
static const struct sq_object timeouts_object = {.name = "timeouts",
                                                 .sentence = "how long each part may last",
                                                 .fields = timeouts_fields,
                                                 .foreign = timeouts_foreign};
const struct sq_shape sq_shape_timeouts = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &timeouts_object};

/* ---- delay ---- */

static bool read_plain_delay(struct sq_reader *reader, const struct sq_shape *shape,
                             const struct sq_json *node, void *into, size_t size)
{
    struct sq_delay *delay = into;
    sq_assert(size == sizeof(*delay));
    delay->kind = (enum sq_delay_kind)shape->min;
    return sq_read_value(reader, &sq_shape_span, node, &delay->initial, sizeof(delay->initial));
}

static const struct sq_shape constant_shape = {.kind = SQ_SHAPE_DURATION,
                                               .name = "a duration",
                                               .min = SQ_DELAY_CONSTANT,
                                               .read = read_plain_delay};
static const struct sq_shape linear_shape = {.kind = SQ_SHAPE_DURATION,
                                             .name = "a duration",
                                             .min = SQ_DELAY_LINEAR,
                                             .read = read_plain_delay};
static const struct sq_shape factor_shape = {.kind = SQ_SHAPE_FACTOR,
                                             .name = "a factor from 1 to 100",
                                             .min = INT64_C(1) << 32,
                                             .max = INT64_C(100) << 32};
static const struct sq_field exponential_fields[] = {
    {"initial", &sq_shape_span, SQ_PLACE(struct sq_delay, initial),
     .sentence = "the wait before the first retry", .standard = "0s", .example = "\"500ms\""},
    {"factor", &factor_shape, SQ_PLACE(struct sq_delay, factor_q32),
     .sentence = "each wait is so many times the one before", .standard = "2", .example = "2"},
    {.key = NULL}};
static const struct sq_foreign exponential_foreign[] = {
    {"base", "initial", SQ_FOREIGN_SECONDS, NULL},
    {"min", "initial", SQ_FOREIGN_SECONDS, NULL},
    {"multiplier", "factor", SQ_FOREIGN_RENAME, NULL},
    {"exp_base", "factor", SQ_FOREIGN_RENAME, NULL},
    {"max", NULL, SQ_FOREIGN_SAY, "write `cap` beside `exponential`"},
    {.key = NULL}};
static const struct sq_object exponential_object = {.name = "exponential_delay",
                                                    .sentence = "initial x factor^k, k from 0",
                                                    .fields = exponential_fields,
                                                    .foreign = exponential_foreign};

static bool read_exponential(struct sq_reader *reader, const struct sq_shape *shape,
                             const struct sq_json *node, void *into, size_t size)
{
    struct sq_delay *delay = into;
    sq_assert(size == sizeof(*delay));
    delay->kind = SQ_DELAY_EXPONENTIAL;
    return sq_read_object(reader, shape->object, node, delay);
}

static const struct sq_shape exponential_shape = {.kind = SQ_SHAPE_OBJECT,
                                                  .name = "an object",
                                                  .object = &exponential_object,
                                                  .read = read_exponential};

static const struct sq_word jitter_words[] = {
    {"none", SQ_JITTER_NONE, .sentence = "the delay as it is"},
    {"full", SQ_JITTER_FULL, .sentence = "evenly between 0 and the delay"},
    {"equal", SQ_JITTER_EQUAL, .sentence = "evenly between half the delay and the delay"},
    {"decorrelated", 0, .later = true},
    {.word = NULL}};
static const struct sq_field jitter_fields[] = {
    {"subtractive", &sq_shape_ratio, SQ_PLACE(struct sq_delay, jitter_share_q32),
     .sentence = "up to this share of the delay is taken off", .example = "0.25",
     .flags = SQ_FIELD_ONE_OF},
    {"additive", &sq_shape_span, SQ_PLACE(struct sq_delay, jitter_span),
     .sentence = "up to this much is added", .example = "\"1s\"", .flags = SQ_FIELD_ONE_OF},
    {.key = NULL}};
static const struct sq_object jitter_object = {.name = "jitter",
                                               .sentence = "one draw spreads the delay",
                                               .fields = jitter_fields,
                                               .one_needed = true};
static const struct sq_shape jitter_word = {
    .kind = SQ_SHAPE_WORD, .name = "none, full or equal", .words = jitter_words};
static const struct sq_shape jitter_as_object = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &jitter_object};
static const struct sq_shape *const jitter_either[] = {&jitter_word, &jitter_as_object, NULL};

static bool read_jitter(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_delay *delay = into;
    sq_assert(size == sizeof(*delay) && shape->either == jitter_either);
    if (sq_json_kind(node) != SQ_JSON_OBJECT) {
        return sq_read_value(reader, &jitter_word, node, &delay->jitter, sizeof(delay->jitter));
    }
    delay->jitter =
        sq_json_member(node, "additive") != NULL ? SQ_JITTER_ADDITIVE : SQ_JITTER_SUBTRACTIVE;
    return sq_read_object(reader, &jitter_object, node, delay);
}

static const struct sq_shape jitter_shape = {
    .kind = SQ_SHAPE_EITHER, .name = "a jitter", .either = jitter_either, .read = read_jitter};
static const struct sq_word cap_words[] = {
    {"before_jitter", 0, .sentence = "the cap, then the jitter"},
    {"after_jitter", 1, .sentence = "the jitter, then the cap"},
    {.word = NULL}};
static const struct sq_shape cap_applies_shape = {
    .kind = SQ_SHAPE_WORD, .name = "before_jitter or after_jitter", .words = cap_words};

static const struct sq_field delay_fields[] = {
    {"constant", &constant_shape, WHOLE(struct sq_delay), .sentence = "the same wait each time",
     .example = "\"1s\"", .flags = SQ_FIELD_ONE_OF},
    {"linear", &linear_shape, WHOLE(struct sq_delay),
     .sentence = "this wait, then twice, three times as long", .example = "\"1s\"",
     .flags = SQ_FIELD_ONE_OF},
    {"exponential", &exponential_shape, WHOLE(struct sq_delay), .sentence = "initial x factor^k",
     .example = "{ \"initial\": \"500ms\", \"factor\": 2 }", .flags = SQ_FIELD_ONE_OF},
    {"cap", &sq_shape_span, SQ_PLACE(struct sq_delay, cap), .sentence = "the longest wait",
     .standard = "none", .example = "\"8s\""},
    {"jitter", &jitter_shape, WHOLE(struct sq_delay), .sentence = "how a draw spreads the wait",
     .standard = "none", .example = "\"full\""},
    {"cap_applies", &cap_applies_shape, SQ_PLACE(struct sq_delay, cap_after_jitter),
     .sentence = "whether the cap comes before or after the jitter", .standard = "before_jitter",
     .example = "\"after_jitter\""},
    {.key = NULL}};
static const struct sq_foreign delay_foreign[] = {
    {"max", "cap", SQ_FOREIGN_SECONDS, NULL},
    {"max_delay", "cap", SQ_FOREIGN_SECONDS, NULL},
    {"initial", NULL, SQ_FOREIGN_SAY, "write `exponential: { \"initial\": ... }`"},
    {"base", NULL, SQ_FOREIGN_SAY, "write `exponential: { \"initial\": ... }`"},
    {"fixed", "constant", SQ_FOREIGN_SECONDS, NULL},
    {.key = NULL}};
static const struct sq_object delay_object = {.name = "delay",
                                              .sentence = "how long to wait before a retry",
                                              .fields = delay_fields,
                                              .foreign = delay_foreign};
static const struct sq_shape delay_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &delay_object};

/* ---- hint ---- */

static bool complain_accept(struct sq_reader *reader, const struct sq_json *node)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_DURATION, node, false, "not an interval",
                                              "write it as \"(0s, 60s]\": ( ) leave the bound out, "
                                              "[ ] take it in; \"never\" is no upper bound"},
                       "`%s` is not an interval of durations", sq_path_of(reader, node));
}

static bool read_bound(const char *text, size_t length, sq_dur *bound)
{
    size_t bad;
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    if (length == 5 && memcmp(text, "never", 5) == 0) {
        *bound = SQ_NEVER;
        return true;
    }
    return sq_duration_read(text, length, bound, &bad);
}

static bool read_accept(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_hint_settings *hint = into;
    size_t length;
    sq_assert(size == sizeof(*hint));
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    const char *comma = strchr(text, ',');
    if (length < 5 || comma == NULL || strchr("([", text[0]) == NULL ||
        strchr(")]", text[length - 1]) == NULL) {
        return complain_accept(reader, node);
    }
    hint->low_included = text[0] == '[';
    hint->high_included = text[length - 1] == ']';
    if (!read_bound(text + 1, (size_t)(comma - text - 1), &hint->low) ||
        !read_bound(comma + 1, (size_t)(text + length - comma - 2), &hint->high) ||
        hint->low == SQ_NEVER || hint->low > hint->high) {
        return complain_accept(reader, node);
    }
    return true;
}

static const struct sq_shape accept_shape = {.kind = SQ_SHAPE_TEXT,
                                             .name = "an interval such as \"(0s, 60s]\"",
                                             .text = "^[(\\[].+,.+[)\\]]$",
                                             .read = read_accept};
static const struct sq_word above_words[] = {
    {"ignore", SQ_HINT_ABOVE_IGNORE, .sentence = "wait the computed delay"},
    {"forbid", SQ_HINT_ABOVE_FORBID, .sentence = "do not retry on this rung"},
    {"clamp", 0, .later = true},
    {.word = NULL}};
static const struct sq_shape above_shape = {
    .kind = SQ_SHAPE_WORD, .name = "ignore or forbid", .words = above_words};
static const struct sq_word combine_words[] = {
    {"replace", SQ_HINT_REPLACE, .sentence = "the hint is the delay, without jitter"},
    {"max", SQ_HINT_MAX, .sentence = "the longer of hint and computed delay"},
    {.word = NULL}};
static const struct sq_shape combine_shape = {
    .kind = SQ_SHAPE_WORD, .name = "replace or max", .words = combine_words};
static const struct sq_word invalid_words[] = {
    {"ignore", SQ_HINT_INVALID_IGNORE, .sentence = "as if there were none"},
    {"abort_call", SQ_HINT_INVALID_ABORT,
     .sentence = "the client's reader fails: no retry, the ladder goes on"},
    {"now", 0, .later = true},
    {.word = NULL}};
static const struct sq_shape invalid_shape = {
    .kind = SQ_SHAPE_WORD, .name = "ignore or abort_call", .words = invalid_words};

static const struct sq_word source_words[] = {
    {"ms", SQ_HINT_MILLISECONDS, .sentence = "header retry-after-ms"},
    {"seconds", SQ_HINT_SECONDS, .sentence = "header retry-after as a number of seconds"},
    {"whole_seconds", SQ_HINT_WHOLE_SECONDS,
     .sentence = "header retry-after as a whole number of seconds, no fraction"},
    {"date", SQ_HINT_DATE, .sentence = "header retry-after as an HTTP date"},
    {"should_retry", SQ_HINT_SHOULD_RETRY, .sentence = "header x-should-retry"},
    {"retry-after-ms", 0, .foreign = "write \"ms\""},
    {"retry-after", 0, .foreign = "write \"seconds\" and \"date\""},
    {"x-should-retry", 0, .foreign = "write \"should_retry\""},
    {.word = NULL}};
static const struct sq_shape source_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a source of hints", .words = source_words};
static const struct sq_shape source_list = {.kind = SQ_SHAPE_LIST,
                                            .name = "a list of sources of hints",
                                            .min = 1,
                                            .max = 5,
                                            .item = &source_shape,
                                            .item_bytes = sizeof(uint32_t)};

static bool read_sources(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_list list = {0};
    uint32_t bits = 0;
    sq_assert(size == sizeof(bits) && shape->kind == SQ_SHAPE_LIST);
    if (!sq_read_value(reader, &source_list, node, &list, sizeof(list))) {
        return false;
    }
    for (uint32_t i = 0; i < list.n_items; i++) {
        bits |= ((const uint32_t *)list.items)[i];
    }
    memcpy(into, &bits, sizeof(bits));
    return true;
}

static const struct sq_shape sources_shape = {.kind = SQ_SHAPE_LIST,
                                              .name = "a list of sources of hints",
                                              .min = 1,
                                              .max = 5,
                                              .item = &source_shape,
                                              .item_bytes = sizeof(uint32_t),
                                              .read = read_sources};
static const struct sq_field hint_fields[] = {
    {"accept", &accept_shape, WHOLE(struct sq_hint_settings),
     .sentence = "hints in this interval are followed; shorter or unreadable ones are ignored",
     .standard = "(0s, 60s]", .example = "\"(0s, 60s]\""},
    {"above", &above_shape, SQ_PLACE(struct sq_hint_settings, above),
     .sentence = "what a longer hint means", .standard = "ignore", .example = "\"forbid\""},
    {"combine", &combine_shape, SQ_PLACE(struct sq_hint_settings, combine),
     .sentence = "how hint and computed delay make one", .standard = "replace",
     .example = "\"max\""},
    {"sources", &sources_shape, SQ_PLACE(struct sq_hint_settings, sources),
     .sentence = "which hints are read, always in the order ms, seconds, date",
     .standard = "all of them", .example = "[\"ms\", \"seconds\"]"},
    {"on", &sq_shape_on, SQ_PLACE(struct sq_hint_settings, on),
     .sentence = "failures whose hints are read", .standard = "any", .example = "[429]"},
    {"invalid", &invalid_shape, SQ_PLACE(struct sq_hint_settings, invalid),
     .sentence = "what a hint is that none of the sources can read", .standard = "ignore",
     .example = "\"abort_call\""},
    {"sleep_then_fail", &sq_shape_bool, SQ_PLACE(struct sq_hint_settings, sleep_then_fail),
     .sentence = "a failure that is not retried still waits for its hint, and then fails",
     .standard = "false", .example = "true"},
    {.key = NULL}};

static void finish_hint(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    struct sq_hint_settings *hint = into;
    (void)reader;
    hint->listed = hint->listed || sq_json_member(node, "on") != NULL;
}

static const struct sq_object hint_object = {
    .name = "hint",
    .sentence = "what the server's hints change; without this object they are ignored",
    .fields = hint_fields,
    .finish = finish_hint};

static bool read_hint(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_hint_settings *hint = into;
    sq_assert(size == sizeof(*hint));
    if (hint->sources == 0) {
        hint->sources = ALL_SOURCES;
    }
    return sq_read_object(reader, shape->object, node, hint);
}

static const struct sq_shape hint_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &hint_object, .read = read_hint};

/* ---- budget ---- */

static const struct sq_shape floor_shape = {.kind = SQ_SHAPE_INTEGER,
                                            .name = "a whole number of retries",
                                            .min = 0,
                                            .max = SQ_BUDGET_FLOOR_MAX};
static const struct sq_field budget_fields[] = {
    {"ratio", &sq_shape_ratio, SQ_PLACE(struct sq_retry_budget, ratio_q32),
     .sentence = "retries for each call that begins on the role, both counted for 10 s",
     .standard = "0.2", .example = "0.2"},
    {"floor_per_second", &floor_shape, SQ_PLACE(struct sq_retry_budget, floor_per_second),
     .sentence = "retries a second that are always allowed, ten seconds of them at once",
     .standard = "10", .example = "10"},
    {.key = NULL}};
static const struct sq_foreign budget_foreign[] = {
    {"percent", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"percent_can_retry", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"budget_percent", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"min_retries_per_second", "floor_per_second", SQ_FOREIGN_RENAME, NULL},
    {"min_retries_per_sec", "floor_per_second", SQ_FOREIGN_RENAME, NULL},
    {"ttl", NULL, SQ_FOREIGN_SAY, "remove it: deposits and retries count for 10 s"},
    {.key = NULL}};
static const struct sq_object budget_object = {
    .name = "retry_budget",
    .sentence = "no more retries than a share of the calls; a retry it denies ends the rung",
    .fields = budget_fields,
    .foreign = budget_foreign};

static bool read_budget(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_retry_budget *budget = into;
    sq_assert(size == sizeof(*budget));
    budget->on = true;
    return sq_read_object(reader, shape->object, node, budget);
}

static const struct sq_shape budget_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &budget_object, .read = read_budget};

/* ---- retry ---- */

static const struct sq_shape attempts_shape = {.kind = SQ_SHAPE_INTEGER,
                                               .name = "a whole number of attempts",
                                               .min = 1,
                                               .max = SQ_ATTEMPTS_MAX};
static const struct sq_word commit_words[] = {
    {"headers", SQ_COMMIT_HEADERS, .sentence = "when the headers are complete"},
    {"first_token", SQ_COMMIT_FIRST_TOKEN, .sentence = "at the first token"},
    {"end", SQ_COMMIT_END, .sentence = "when the answer is complete"},
    {.word = NULL}};
static const struct sq_shape commit_shape = {
    .kind = SQ_SHAPE_WORD, .name = "headers, first_token or end", .words = commit_words};
static const struct sq_word report_words[] = {
    {"last", SQ_REPORT_LAST, .sentence = "the caller sees the last error"},
    {"first", SQ_REPORT_FIRST, .sentence = "the caller sees the first error"},
    {.word = NULL}};
static const struct sq_shape report_shape = {
    .kind = SQ_SHAPE_WORD, .name = "last or first", .words = report_words};

static const struct sq_field retry_fields[] = {
    {"max_attempts", &attempts_shape, SQ_PLACE(struct sq_retry, max_attempts),
     .sentence = "attempts on one rung, the first try included", .standard = "1", .example = "3"},
    {"commit_at", &commit_shape, SQ_PLACE(struct sq_retry, commit_at),
     .sentence = "when an answer is the caller's; a failure after that is final",
     .standard = "first_token for streams, end otherwise", .example = "\"headers\""},
    {"on", &sq_shape_on, SQ_PLACE(struct sq_retry, on),
     .sentence = "failures that are retried, by class, group or status",
     .standard = "the classes that say so in the table",
     .example = "[\"transient\", \"timeout\", 429]"},
    {"report", &report_shape, SQ_PLACE(struct sq_retry, report),
     .sentence = "whose error the caller sees", .standard = "last", .example = "\"first\""},
    {"delay", &delay_shape, SQ_PLACE(struct sq_retry, delay), .sentence = "the wait before a retry",
     .standard = "none"},
    {"hint", &hint_shape, SQ_PLACE(struct sq_retry, hint),
     .sentence = "whether and how the server's hints are followed", .standard = "ignored"},
    {"budget", &budget_shape, SQ_PLACE(struct sq_retry, budget),
     .sentence = "no more retries than a share of the calls", .standard = "no limit",
     .example = "{ \"ratio\": 0.2, \"floor_per_second\": 10 }"},
    {.key = NULL}};
static const struct sq_foreign retry_foreign[] = {
    {"max_retries", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"max_retry", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"num_retries", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"max_retry_attempts", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"retries", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"retry_count", "max_attempts", SQ_FOREIGN_PLUS_ONE, NULL},
    {"attempts", "max_attempts", SQ_FOREIGN_RENAME, NULL},
    {"stop_after_attempt", "max_attempts", SQ_FOREIGN_RENAME, NULL},
    {"stop_after_delay", NULL, SQ_FOREIGN_SAY, "write `timeouts.total`"},
    {"backoff", NULL, SQ_FOREIGN_SAY, "write `delay: { \"exponential\": { ... } }`"},
    {"wait", NULL, SQ_FOREIGN_SAY, "write `delay`"},
    {"wait_exponential", NULL, SQ_FOREIGN_SAY, "write `delay: { \"exponential\": { ... } }`"},
    {"jitter", NULL, SQ_FOREIGN_SAY, "write `delay: { \"jitter\": ... }`"},
    {"use_jitter", NULL, SQ_FOREIGN_SAY, "write `delay: { \"jitter\": \"full\" }`"},
    {"retry_on", "on", SQ_FOREIGN_RENAME, NULL},
    {"on_status_codes", "on", SQ_FOREIGN_RENAME, NULL},
    {"should_handle", "on", SQ_FOREIGN_RENAME, NULL},
    {"retry_after", "hint", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object retry_object = {.name = "retry",
                                              .sentence = "when and how a failure is tried again",
                                              .fields = retry_fields,
                                              .foreign = retry_foreign};
const struct sq_shape sq_shape_retry = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &retry_object};
