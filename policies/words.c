/* SPDX-License-Identifier: MIT */
/*
 * The vocabulary as tables: every row comes from the lists of words.h, so a word without a row does
 * not exist. Constant data only.
 */
#include "policies/words.h"

#include <string.h>

#include "base/assert.h"

#define CLASS_ROW(id, name, group, retried, mark, falls_back, sentence)                            \
    {name, SQ_GROUP_##group, SQ_RETRY_##retried, SQ_MARK_##mark, falls_back, sentence},
static const struct sq_class_row class_rows[SQ_CLASSES] = {
    {"none", SQ_GROUP_NONE, SQ_RETRY_NO, SQ_MARK_SUCCESS, false, "the attempt succeeded"},
    SQ_CLASS_LIST(CLASS_ROW)};

#define OUTCOME_ROW(id, name, model, available, sentence) {name, model, available, sentence},
static const struct sq_outcome_row outcome_rows[SQ_OUTCOMES] = {SQ_OUTCOME_LIST(OUTCOME_ROW)};

static const char *const group_names[SQ_GROUPS] = {
    "none", "throttled", "transient", "timeout", "connection", "caller", "content", "local"};

struct transport_row {
    const char *name;
    enum sq_class klass;
};

#define TRANSPORT_ROW(id, name, klass) {name, SQ_CLASS_##klass},
static const struct transport_row transport_rows[SQ_TRANSPORTS] = {
    SQ_TRANSPORT_LIST(TRANSPORT_ROW)};

static bool is_same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

const struct sq_class_row *sq_class_row(enum sq_class klass)
{
    sq_assert((unsigned)klass < SQ_CLASSES);
    return &class_rows[klass];
}

const char *sq_class_group_name(enum sq_class_group group)
{
    sq_assert((unsigned)group < SQ_GROUPS);
    return group_names[group];
}

bool sq_class_by_name(const char *name, size_t length, enum sq_class *klass)
{
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        if (is_same(class_rows[i].name, name, length)) {
            *klass = (enum sq_class)i;
            return true;
        }
    }
    return false;
}

bool sq_class_group_by_name(const char *name, size_t length, enum sq_class_group *group)
{
    for (unsigned i = SQ_GROUP_NONE + 1; i < SQ_GROUPS; i++) {
        if (is_same(group_names[i], name, length)) {
            *group = (enum sq_class_group)i;
            return true;
        }
    }
    return false;
}

uint64_t sq_class_group_bits(enum sq_class_group group)
{
    uint64_t bits = 0;
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        if (class_rows[i].group == group) {
            bits |= SQ_CLASS_BIT(i);
        }
    }
    return bits;
}

const struct sq_outcome_row *sq_outcome_row(enum sq_outcome outcome)
{
    sq_assert((unsigned)outcome < SQ_OUTCOMES);
    return &outcome_rows[outcome];
}

bool sq_outcome_by_name(const char *name, size_t length, enum sq_outcome *outcome)
{
    for (unsigned i = 0; i < SQ_OUTCOMES; i++) {
        if (is_same(outcome_rows[i].name, name, length)) {
            *outcome = (enum sq_outcome)i;
            return true;
        }
    }
    return false;
}

const char *sq_transport_name(enum sq_transport transport)
{
    sq_assert((unsigned)transport < SQ_TRANSPORTS);
    return transport_rows[transport].name;
}

enum sq_class sq_transport_class(enum sq_transport transport)
{
    sq_assert((unsigned)transport < SQ_TRANSPORTS);
    return transport_rows[transport].klass;
}
