/* SPDX-License-Identifier: MIT */
/* The lists of a policy: failures (classes, groups, statuses, "5xx", "any"), marks by class, rules
 * that class failures, rules that answer questions. */
#include <string.h>

#include "base/assert.h"
#include "base/spelling.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"
#include "scenarios/words_int.h"

#define CLASS_WORD(id, name, group, retried, mark, falls_back, sentence)                           \
    {name, SQ_CLASS_##id, sentence, false, NULL},
const struct sq_word sq_class_words[] = {SQ_CLASS_LIST(CLASS_WORD){.word = NULL}};
#undef CLASS_WORD

#define CLASS_WORD(id, name, group, retried, mark, falls_back, sentence)                           \
    {name, SQ_CLASS_##id, NULL, false, NULL},
const struct sq_word sq_failure_words[] = {
    {"any", 0, .sentence = "every failure"},
    {"4xx", 0, .sentence = "every status from 400 to 499"},
    {"5xx", 0, .sentence = "every status from 500 to 599"},
    {"throttled", 0, .sentence = "group"},
    {"transient", 0, .sentence = "group"},
    {"timeout", 0, .sentence = "group"},
    {"connection", 0, .sentence = "group"},
    {"caller", 0, .sentence = "group"},
    {"content", 0, .sentence = "group"},
    {"local", 0, .sentence = "group"},
    SQ_CLASS_LIST(CLASS_WORD){"rate_limit", 0, .foreign = "write \"rate_limited\""},
    {"timeouts", 0, .foreign = "write \"timeout\""},
    {"network", 0, .foreign = "write \"connection\""},
    {"all", 0, .foreign = "write \"any\""},
    {.word = NULL}};
#undef CLASS_WORD

static void add_statuses(struct sq_on *on, uint16_t from, uint16_t to)
{
    for (uint16_t status = from; status <= to; status++) {
        sq_on_add_status(on, status);
    }
}

uint64_t sq_classes_any(void)
{
    uint64_t none = SQ_CLASS_BIT(SQ_CLASS_NONE) | SQ_CLASS_BIT(SQ_CLASS_CANCELLED);
    return (SQ_CLASS_BIT(SQ_CLASSES) - 1) & ~none;
}

bool sq_class_bits(const char *word, size_t length, uint64_t *bits)
{
    enum sq_class klass;
    enum sq_class_group group;
    if (sq_class_group_by_name(word, length, &group) && group != SQ_GROUP_NONE) {
        *bits = sq_class_group_bits(group);
        return true;
    }
    if (sq_class_by_name(word, length, &klass) && klass != SQ_CLASS_NONE) {
        *bits = SQ_CLASS_BIT(klass);
        return true;
    }
    return false;
}

static bool add_word(struct sq_reader *reader, const struct sq_json *node, struct sq_on *on)
{
    size_t length;
    uint64_t bits = 0;
    const char *word = sq_json_text(node, &length);
    if (sq_class_bits(word, length, &bits)) {
        on->classes |= bits;
        return true;
    }
    if (sq_read_word(reader, sq_failure_words, node) == NULL) {
        return false;
    }
    if (strcmp(word, "any") == 0) {
        on->classes |= sq_classes_any();
    } else if (strcmp(word, "4xx") == 0) {
        add_statuses(on, 400, 499);
    } else if (strcmp(word, "5xx") == 0) {
        add_statuses(on, 500, 599);
    }
    return true;
}

static const struct sq_shape status_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "an HTTP status", .min = SQ_STATUS_MIN, .max = SQ_STATUS_MAX};
static const struct sq_shape failure_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a class, a group or a status", .words = sq_failure_words};
static const struct sq_shape *const failure_either[] = {&status_shape, &failure_shape, NULL};
static const struct sq_shape failure_or_status = {
    .kind = SQ_SHAPE_EITHER, .name = "a class, a group or a status", .either = failure_either};
static const struct sq_shape failures_shape = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of classes, groups and statuses",
                                               .max = 64,
                                               .item = &failure_or_status,
                                               .item_bytes = 1};
static const struct sq_word any_words[] = {{"any", 0, .sentence = "every failure"}, {.word = NULL}};
static const struct sq_shape any_shape = {.kind = SQ_SHAPE_WORD, .name = "any", .words = any_words};
static const struct sq_shape *const on_either[] = {&failures_shape, &any_shape, NULL};

static bool read_on(struct sq_reader *reader, const struct sq_shape *shape,
                    const struct sq_json *node, void *into, size_t size)
{
    struct sq_on on = {0};
    bool good = true;
    sq_assert(size == sizeof(on));
    if (sq_json_kind(node) == SQ_JSON_STRING && strcmp(sq_json_text(node, NULL), "any") == 0) {
        on.classes = sq_classes_any();
        memcpy(into, &on, sizeof(on));
        return true;
    }
    if (!sq_expect(reader, node, SQ_JSON_ARRAY, shape->name)) {
        return false;
    }
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        uint16_t status = 0;
        if (sq_json_kind(child) == SQ_JSON_STRING) {
            good &= add_word(reader, child, &on);
        } else if (sq_read_value(reader, &status_shape, child, &status, sizeof(status))) {
            sq_on_add_status(&on, status);
        } else {
            good = false;
        }
    }
    memcpy(into, &on, sizeof(on));
    return good;
}

const struct sq_shape sq_shape_on = {.kind = SQ_SHAPE_EITHER,
                                     .name = "a list of classes, groups and statuses, or \"any\"",
                                     .either = on_either,
                                     .read = read_on};

struct sq_on sq_on_of_fallback(void)
{
    struct sq_on on = {0};
    for (int klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        if (sq_class_row((enum sq_class)klass)->falls_back) {
            on.classes |= SQ_CLASS_BIT(klass);
        }
    }
    return on;
}

/* ---- counts_as ---- */

const struct sq_word sq_mark_words[] = {
    {"success", SQ_MARK_SUCCESS, .sentence = "the breaker counts a success"},
    {"failure", SQ_MARK_FAILURE, .sentence = "the breaker counts a failure"},
    {"neutral", SQ_MARK_NEUTRAL, .sentence = "the breaker counts nothing"},
    {"ignore", 0, .foreign = "write \"neutral\""},
    {.word = NULL}};

static bool complain_class(struct sq_reader *reader, const struct sq_json *node)
{
    const char *word = sq_json_key(node);
    struct sq_spelling spelling = sq_spelling_start(word, strlen(word));
    for (const struct sq_word *known = sq_failure_words; known->word != NULL; known++) {
        if (known->foreign == NULL) {
            sq_spelling_offer(&spelling, known->word);
        }
    }
    return sq_complain(reader,
                       &(struct sq_complaint){
                           SQ_CODE_WORD, node, true, "unknown class",
                           spelling.best == NULL
                               ? "keys are classes and groups of failures: squall explain classes"
                               : sq_phrase(reader, "did you mean `%s`?", spelling.best)},
                       "no class or group is named \"%s\"", word);
}

static bool read_counts_as(struct sq_reader *reader, const struct sq_shape *shape,
                           const struct sq_json *node, void *into, size_t size)
{
    uint8_t *marks = into;
    bool good = true;
    sq_assert(size == SQ_CLASSES);
    if (!sq_expect(reader, node, SQ_JSON_OBJECT, shape->name)) {
        return false;
    }
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        uint64_t bits = 0;
        if (!sq_class_bits(sq_json_key(child), sq_json_key_length(child), &bits)) {
            good = complain_class(reader, child);
            continue;
        }
        const struct sq_word *mark = sq_read_word(reader, sq_mark_words, child);
        for (int klass = SQ_CLASS_NONE + 1; mark != NULL && klass < SQ_CLASSES; klass++) {
            if ((bits >> klass & 1) != 0) {
                marks[klass] = (uint8_t)mark->value;
            }
        }
        good &= mark != NULL;
    }
    return good;
}

static const struct sq_shape mark_shape = {
    .kind = SQ_SHAPE_WORD, .name = "success, failure or neutral", .words = sq_mark_words};
const struct sq_shape sq_shape_counts_as = {.kind = SQ_SHAPE_MAP,
                                            .name = "an object of classes and marks",
                                            .max = 64,
                                            .words = sq_failure_words,
                                            .item = &mark_shape,
                                            .item_bytes = 1,
                                            .read = read_counts_as};

/* ---- classify ---- */

static const struct sq_shape class_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a class", .words = sq_class_words};
static const struct sq_field classify_fields[] = {
    {"status", &status_shape, SQ_PLACE(struct sq_classify_draft, status),
     .sentence = "only answers with this status", .standard = "any", .example = "500"},
    {"code", &sq_shape_text, SQ_PLACE(struct sq_classify_draft, code),
     .sentence = "only errors whose error.code or error.type is this", .standard = "any",
     .example = "\"billing\""},
    {"class", &class_shape, SQ_PLACE(struct sq_classify_draft, klass),
     .sentence = "the class they get", .example = "\"quota\"", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};

static void finish_classify(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    const struct sq_classify_draft *rule = into;
    if (rule->status == 0 && rule->code == NULL) {
        sq_complain(reader, &(struct sq_complaint){SQ_CODE_MISSING, node, false, NULL, NULL},
                    "`%s` needs `status` or `code`", sq_path_of(reader, node));
    }
}

static const struct sq_object classify_object = {
    .name = "classify_rule",
    .sentence = "gives some failures another class; the first that fits wins",
    .fields = classify_fields,
    .is_item = true,
    .finish = finish_classify};
static const struct sq_shape classify_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &classify_object};
const struct sq_shape sq_shape_classify = {.kind = SQ_SHAPE_LIST,
                                           .name = "a list of rules",
                                           .max = SQ_CLASSIFY_RULES_MAX,
                                           .item = &classify_item,
                                           .item_bytes = sizeof(struct sq_classify_draft)};

/* ---- rules ---- */

static const struct sq_word match_words[] = {
    {"anywhere", 0, .sentence = "the text stands anywhere in the question"},
    {"word", 1, .sentence = "the text stands in the question as a word of its own"},
    {.word = NULL}};
static const struct sq_shape match_shape = {
    .kind = SQ_SHAPE_WORD, .name = "anywhere or word", .words = match_words};
static const struct sq_field rule_fields[] = {
    {"contains", &sq_shape_text, SQ_PLACE(struct sq_answer_rule_draft, contains),
     .sentence = "a text of the question", .example = "\"price\"", .flags = SQ_FIELD_REQUIRED},
    {"match", &match_shape, SQ_PLACE(struct sq_answer_rule_draft, word),
     .sentence = "where it stands", .standard = "anywhere", .example = "\"word\""},
    {"answer", &sq_shape_text, SQ_PLACE(struct sq_answer_rule_draft, answer),
     .sentence = "what the caller gets", .example = "\"Please call us for a quote.\"",
     .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_foreign rule_foreign[] = {
    {"if_contains", "contains", SQ_FOREIGN_RENAME, NULL},
    {"pattern", NULL, SQ_FOREIGN_SAY, "patterns are not supported; write `contains`"},
    {"text", "answer", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object rule_object = {
    .name = "answer_rule",
    .sentence = "answers questions that contain a text; the first that fits counts",
    .fields = rule_fields,
    .foreign = rule_foreign,
    .is_item = true};
static const struct sq_shape rule_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &rule_object};
const struct sq_shape sq_shape_answer_rules = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of rules",
                                               .min = 1,
                                               .max = SQ_ANSWER_RULES_MAX,
                                               .item = &rule_item,
                                               .item_bytes = sizeof(struct sq_answer_rule_draft)};
