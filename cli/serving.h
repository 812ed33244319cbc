/* SPDX-License-Identifier: MIT */
/*
 * Where the providers of a served scenario are: read from --port, told as lines, as JSON, and as
 * environment variables for COMMAND. URLs have the path prefix that clients of the dialect put
 * before their own paths.
 */
#ifndef SQ_CLI_SERVING_H
#define SQ_CLI_SERVING_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "scenarios/scenario.h"
#include "sim/serve/serve.h"

/* One a dialect, one a role. */
#define SQ_SERVING_VARIABLES_MAX (SQ_DIALECTS + SQ_ROLES_MAX)

struct sq_serving {
    uint16_t ports[SQ_PROVIDERS_MAX]; /* asked for, then had; 0: any free one */
    struct sq_strbuf urls[SQ_PROVIDERS_MAX];
    struct sq_strbuf variables[SQ_SERVING_VARIABLES_MAX]; /* NAME=URL */
    size_t n_variables;
    uint8_t n_own_roles; /* of the scenario; those that serving added get no variable */
};

/* --port PROVIDER=N. SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_serving_read_ports(struct sq_serving *serving,
                                                 const struct sq_arguments *arguments,
                                                 const struct sq_scenario *scenario,
                                                 struct sq_error *err);

/* Ports, URLs and variables of what serves now. */
SQ_MUST_USE enum sq_status sq_serving_fill(struct sq_serving *serving,
                                           const struct sq_scenario *scenario,
                                           const struct sq_serve *serve, struct sq_error *err);

/* One line a provider: "serving NAME URL". No line begins with text from a file. */
void sq_serving_add_lines(const struct sq_serving *serving, const struct sq_scenario *scenario,
                          struct sq_strbuf *out);

/* {"PROVIDER": {"port": N, "url": URL}, ...}, whole or not at all. */
SQ_MUST_USE enum sq_status sq_serving_write(const struct sq_serving *serving,
                                            const struct sq_scenario *scenario, const char *path,
                                            struct sq_error *err);

void sq_serving_clear(struct sq_serving *serving);

#endif
