/* SPDX-License-Identifier: MIT */
/* The table of fault kinds, and names to and from its rows. Pure: no allocation, no I/O. */
#include "mockprovider/kinds.h"

#include <string.h>

#include "base/assert.h"

#define SQ_KINDS_ROW(id, name, family, parameters, needs, sentence)                                \
    [SQ_FAULT_##id] = {name, SQ_FAMILY_##family, parameters, SQ_NEEDS_##needs, sentence},
static const struct sq_fault_kind_row kind_rows[SQ_FAULT_KINDS] = {
    SQ_FAULT_KIND_LIST(SQ_KINDS_ROW)};
#undef SQ_KINDS_ROW

static const char *const family_names[SQ_FAMILIES] = {
    [SQ_FAMILY_CONNECTION] = "connection", [SQ_FAMILY_STATUS] = "status",
    [SQ_FAMILY_LATENCY] = "latency",       [SQ_FAMILY_TRANSPORT] = "transport",
    [SQ_FAMILY_STREAM] = "stream",         [SQ_FAMILY_CONTENT] = "content",
};

const struct sq_fault_kind_row *sq_fault_kind_row(enum sq_fault_kind kind)
{
    sq_assert(kind < SQ_FAULT_KINDS);
    return &kind_rows[kind];
}

const char *sq_family_name(enum sq_family family)
{
    sq_assert(family < SQ_FAMILIES);
    return family_names[family];
}

bool sq_fault_kind_by_name(const char *name, size_t length, enum sq_fault_kind *kind)
{
    for (size_t i = 0; i < SQ_FAULT_KINDS; i++) {
        if (strlen(kind_rows[i].name) == length && memcmp(kind_rows[i].name, name, length) == 0) {
            *kind = (enum sq_fault_kind)i;
            return true;
        }
    }
    return false;
}
