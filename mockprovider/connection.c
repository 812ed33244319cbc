/* SPDX-License-Identifier: MIT */
/* See connection.h. */
#include "mockprovider/connection.h"

#include "base/assert.h"
#include "mockprovider/rules_int.h"

struct sq_connections {
    struct sq_rules rules;
    sq_time now; /* the newest that was said */
};

/* The rules' memory stands behind, aligned for any type. */
static size_t head_size(void)
{
    size_t align = _Alignof(max_align_t);
    return (sizeof(struct sq_connections) + align - 1) / align * align;
}

static struct sq_rules_setup setup_of(const struct sq_script *script,
                                      const struct sq_provider_bounds *bounds)
{
    bool given = bounds != NULL && bounds->count_keys > 0;
    return (struct sq_rules_setup){.script = script,
                                   .families = SQ_RULES_ON_THE_WAY,
                                   .count_keys =
                                       given ? bounds->count_keys : SQ_PROVIDER_COUNT_KEYS};
}

bool sq_connections_may_fail(const struct sq_script *script)
{
    for (uint32_t i = 0; i < script->n_rules; i++) {
        if (sq_fault_kind_row(script->rules[i].kind)->family == SQ_FAMILY_CONNECTION) {
            return true;
        }
    }
    return false;
}

size_t sq_connections_size(const struct sq_script *script, const struct sq_provider_bounds *bounds)
{
    struct sq_rules_setup setup = setup_of(script, bounds);
    return head_size() + sq_rules_size(&setup);
}

struct sq_connections *sq_connections_init(void *memory, size_t size,
                                           const struct sq_script *script,
                                           const struct sq_provider_bounds *bounds, uint64_t seed)
{
    struct sq_rules_setup setup = setup_of(script, bounds);
    struct sq_connections *connections = memory;
    sq_assert(size >= sq_connections_size(script, bounds));
    *connections = (struct sq_connections){.now = 0};
    sq_rules_init(&connections->rules, (char *)memory + head_size(), &setup, seed);
    return connections;
}

static enum sq_connection_fate fate_of(enum sq_fault_kind kind)
{
    if (kind == SQ_FAULT_DNS_FAIL) {
        return SQ_CONNECTION_UNRESOLVED;
    }
    if (kind == SQ_FAULT_REFUSE) {
        return SQ_CONNECTION_REFUSED;
    }
    if (kind == SQ_FAULT_CONNECT_HANG) {
        return SQ_CONNECTION_UNANSWERED;
    }
    if (kind == SQ_FAULT_ACCEPT_HANG) {
        return SQ_CONNECTION_UNSERVED;
    }
    sq_assert(kind == SQ_FAULT_TLS_FAIL);
    return SQ_CONNECTION_UNSECURED;
}

struct sq_connection_plan sq_plan_connection(struct sq_connections *connections,
                                             const struct sq_plan_request *request, sq_time now)
{
    uint32_t fired[SQ_FAMILIES] = {0};
    connections->now = sq_time_max(connections->now, now);
    sq_rules_refresh(&connections->rules, connections->now);
    sq_rules_judge(&connections->rules, request, connections->now, fired);
    uint32_t struck_by = fired[SQ_FAMILY_CONNECTION];
    if (struck_by == 0) {
        return (struct sq_connection_plan){.fate = SQ_CONNECTION_MADE};
    }
    const struct sq_rule *rule = &connections->rules.script->rules[struck_by - 1];
    return (struct sq_connection_plan){.fate = fate_of(rule->kind), .fired = struck_by};
}

enum sq_transport sq_connection_transport(enum sq_connection_fate fate)
{
    switch (fate) {
    case SQ_CONNECTION_UNRESOLVED:
        return SQ_TRANSPORT_DNS;
    case SQ_CONNECTION_REFUSED:
        return SQ_TRANSPORT_REFUSED;
    case SQ_CONNECTION_UNSECURED:
        return SQ_TRANSPORT_TLS;
    case SQ_CONNECTION_MADE:
    case SQ_CONNECTION_UNANSWERED:
    case SQ_CONNECTION_UNSERVED:
        return SQ_TRANSPORT_OK;
    case SQ_CONNECTION_FATES:
        break;
    }
    sq_assert(false && "a connection without a fate");
    return SQ_TRANSPORT_OK;
}
