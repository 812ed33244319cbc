/* SPDX-License-Identifier: MIT */
/* See target.h. */
#include "cli/target.h"

#include <stdlib.h>
#include <string.h>

#include "cli/print.h"

#define MAX_CALLS_MAX UINT32_MAX
#define MICRODOLLARS  6                      /* decimals of --max-cost */
#define MAX_COST_MAX  INT64_C(1000000000000) /* a million dollars */
#define PICO_IN_MICRO INT64_C(1000000)
#define HOST_BYTES    128

/* ---- URLs ---- */

static bool is_one_of(char letter, const char *others)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || (letter != '\0' && strchr(others, letter) != NULL);
}

/* 127.a.b.c and nothing but that: 127.0.0.1.example.org is no loopback. */
static bool is_loopback_number(const char *host)
{
    int parts = 0;
    int digits = 0;
    int value = 0;
    if (strncmp(host, "127.", 4) != 0) {
        return false;
    }
    for (const char *at = host;; at++) {
        if (*at >= '0' && *at <= '9' && digits < 3) {
            value = value * 10 + (*at - '0');
            digits++;
            continue;
        }
        if (digits == 0 || value > 255 || (*at != '.' && *at != '\0')) {
            return false;
        }
        parts++;
        if (*at == '\0') {
            return parts == 4;
        }
        digits = 0;
        value = 0;
    }
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 || is_loopback_number(host);
}

/* The host of "host:port/path"; false: not a host. */
static bool read_host(const char *text, char host[HOST_BYTES], const char **rest)
{
    size_t length = 0;
    if (text[0] == '[') {
        length = strspn(text, "[0123456789abcdefABCDEF:.");
        length += text[length] == ']';
    } else {
        while (is_one_of(text[length], ".-_")) {
            length++;
        }
    }
    if (length == 0 || length >= HOST_BYTES) {
        return false;
    }
    memcpy(host, text, length);
    host[length] = '\0';
    *rest = text + length;
    return true;
}

/* ":8080", and a path without queries, fragments, names or passwords. */
static bool is_port_and_path(const char *text)
{
    if (*text == ':') {
        size_t digits = strspn(text + 1, "0123456789");
        if (digits == 0 || digits > 5) {
            return false;
        }
        text += 1 + digits;
    }
    if (*text != '/' && *text != '\0') {
        return false;
    }
    while (is_one_of(*text, "/.-_~%+")) {
        text++;
    }
    return *text == '\0';
}

static enum sq_status refuse_url(struct sq_error *err)
{
    /* The text is not shown: people put keys into URLs. */
    sq_error_set(err, SQ_INVALID, "option '--target-url' takes [ROLE=]URL");
    return sq_error_hint(err, "a URL is http:// or https://, a host, a port and a path: no user, "
                              "password, query or key in it, such as "
                              "http://127.0.0.1:8080/v1 or backup=https://example.org/v1");
}

static enum sq_status read_url(const char *text, struct sq_target *target, struct sq_error *err)
{
    char host[HOST_BYTES];
    const char *rest = NULL;
    size_t length = strlen(text);
    bool secure = strncmp(text, "https://", 8) == 0;
    target->plain = strncmp(text, "http://", 7) == 0;
    if ((!secure && !target->plain) || length >= sizeof(target->url) ||
        !read_host(text + (secure ? 8 : 7), host, &rest) || !is_port_and_path(rest)) {
        return refuse_url(err);
    }
    while (length > 0 && text[length - 1] == '/') {
        length--;
    }
    memcpy(target->url, text, length);
    target->url[length] = '\0';
    target->remote = !is_loopback(host);
    return SQ_OK;
}

/* ---- options ---- */

static enum sq_status read_target(struct sq_targets *targets, const char *text,
                                  struct sq_error *err)
{
    struct sq_target *target = &targets->list[targets->n_list];
    const char *scheme = strstr(text, "://");
    const char *equals = strchr(text, '=');
    *target = (struct sq_target){.role = ""};
    if (equals != NULL && (scheme == NULL || equals < scheme)) {
        size_t length = (size_t)(equals - text);
        if (length == 0 || length >= sizeof(target->role)) {
            return refuse_url(err);
        }
        memcpy(target->role, text, length);
        text = equals + 1;
    }
    for (size_t i = 0; i < targets->n_list; i++) {
        if (strcmp(targets->list[i].role, target->role) == 0) {
            return sq_error_set(err, SQ_INVALID, "two target URLs for %s%s",
                                target->role[0] == '\0' ? "all roles" : "the role ", target->role);
        }
    }
    enum sq_status status = read_url(text, target, err);
    targets->n_list += status == SQ_OK;
    return status;
}

static enum sq_status read_limits(const struct sq_arguments *arguments, struct sq_targets *targets,
                                  struct sq_error *err)
{
    const char *cost = sq_arguments_value(arguments, SQ_OPTION_MAX_COST, NULL);
    int64_t micro = 0;
    if (cost != NULL &&
        (!sq_decimal_option(cost, MICRODOLLARS, MAX_COST_MAX, &micro) || micro == 0)) {
        return sq_error_set(err, SQ_INVALID,
                            "option '--max-cost' takes US dollars from 0.000001 to 1000000, not "
                            "'%s'",
                            cost);
    }
    targets->max_cost = micro * PICO_IN_MICRO;
    return sq_arguments_number(arguments, SQ_OPTION_MAX_CALLS, 1, MAX_CALLS_MAX,
                               &targets->max_calls, err);
}

static enum sq_status check_alone(const struct sq_arguments *arguments, struct sq_error *err)
{
    static const enum sq_option options[] = {SQ_OPTION_ALLOW_REMOTE, SQ_OPTION_MAX_COST,
                                             SQ_OPTION_MAX_CALLS};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (sq_arguments_has(arguments, options[i])) {
            return sq_error_set(err, SQ_INVALID, "option '--%s' needs --target-url",
                                sq_option_row(options[i])->name);
        }
    }
    return SQ_OK;
}

static enum sq_status check_guards(const struct sq_arguments *arguments,
                                   const struct sq_series_options *series,
                                   const struct sq_targets *targets, struct sq_error *err)
{
    if (series->virtual_clock || !series->live_clock) {
        sq_error_set(err, SQ_INVALID, "option '--target-url' is for live runs only");
        return sq_error_hint(err, "add --mode live");
    }
    if (series->speed_milli != 1000) {
        return sq_error_set(err, SQ_INVALID,
                            "somebody else's endpoint runs in real time: leave "
                            "out --speed");
    }
    for (size_t i = 0; i < targets->n_list; i++) {
        if (!targets->list[i].remote) {
            continue;
        }
        if (!sq_arguments_has(arguments, SQ_OPTION_ALLOW_REMOTE)) {
            sq_error_set(err, SQ_INVALID, "%s is not this machine", targets->list[i].url);
            return sq_error_hint(err, "calls may cost money there: add --allow-remote and "
                                      "--max-cost USD or --max-calls N");
        }
        if (targets->max_calls == 0 && targets->max_cost == 0) {
            sq_error_set(err, SQ_INVALID, "--allow-remote needs a limit");
            return sq_error_hint(err, "add --max-cost USD or --max-calls N");
        }
    }
    return SQ_OK;
}

enum sq_status sq_targets_read(const struct sq_arguments *arguments,
                               const struct sq_series_options *series, struct sq_targets *targets,
                               struct sq_error *err)
{
    size_t n_urls = arguments->n_values[SQ_OPTION_TARGET_URL];
    if (n_urls == 0) {
        return check_alone(arguments, err);
    }
    if (n_urls > SQ_ROLES_MAX + 1) {
        return sq_error_set(err, SQ_INVALID, "more than %d target URLs", SQ_ROLES_MAX + 1);
    }
    enum sq_status status = read_limits(arguments, targets, err);
    for (size_t i = 0; i < n_urls && status == SQ_OK; i++) {
        status = read_target(targets, arguments->values[SQ_OPTION_TARGET_URL][i], err);
    }
    return status == SQ_OK ? check_guards(arguments, series, targets, err) : status;
}

/* ---- for a scenario ---- */

static const struct sq_model *model_of(const struct sq_scenario *scenario, uint8_t role)
{
    return &scenario->script.models[scenario->roles[role].model];
}

/* A key with control characters would become headers of its own; it is not shown. */
static enum sq_status take_key(const char *variable, const char **key, struct sq_error *err)
{
    const char *value = variable == NULL ? NULL : getenv(variable);
    if (value == NULL || value[0] == '\0') {
        return SQ_OK;
    }
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f) {
            return sq_error_set(err, SQ_ENVIRONMENT,
                                "the key in %s holds spaces or other characters that no key has",
                                variable);
        }
    }
    *key = value;
    return SQ_OK;
}

static const struct sq_target *target_of(const struct sq_targets *targets, const char *role)
{
    const struct sq_target *for_all = NULL;
    for (size_t i = 0; i < targets->n_list; i++) {
        if (strcmp(targets->list[i].role, role) == 0) {
            return &targets->list[i];
        }
        if (targets->list[i].role[0] == '\0') {
            for_all = &targets->list[i];
        }
    }
    return for_all;
}

static enum sq_status check_roles(const struct sq_targets *targets,
                                  const struct sq_scenario *scenario, struct sq_error *err)
{
    for (size_t i = 0; i < targets->n_list; i++) {
        bool found = targets->list[i].role[0] == '\0';
        for (uint8_t role = 0; role < scenario->n_roles; role++) {
            found = found || strcmp(scenario->roles[role].name, targets->list[i].role) == 0;
        }
        if (!found) {
            return sq_error_set(err, SQ_INVALID, "--target-url: the scenario has no role '%s'",
                                targets->list[i].role);
        }
    }
    return SQ_OK;
}

static enum sq_status resolve_role(const struct sq_targets *targets,
                                   const struct sq_scenario *scenario, uint8_t role,
                                   struct sq_live_targets *live, struct sq_error *err)
{
    const struct sq_target *target = target_of(targets, scenario->roles[role].name);
    const struct sq_model *model = model_of(scenario, role);
    if (target == NULL) {
        return SQ_OK;
    }
    live->url[role] = target->url;
    if (targets->max_cost > 0 && model->price.input == 0 && model->price.output == 0) {
        sq_error_set(err, SQ_INVALID, "--max-cost says nothing here: %s has no price",
                     model->label);
        return sq_error_hint(err, "give its model a price, or use --max-calls N");
    }
    const struct sq_dialect *dialect = scenario->script.providers[model->provider].dialect;
    return take_key(dialect->api_key_variable, &live->key[role], err);
}

enum sq_status sq_targets_resolve(const struct sq_targets *targets,
                                  const struct sq_scenario *scenario, uint64_t n_runs,
                                  struct sq_live_targets *live, struct sq_error *err)
{
    enum sq_status status = check_roles(targets, scenario, err);
    for (uint8_t role = 0; role < scenario->n_roles && status == SQ_OK; role++) {
        status = resolve_role(targets, scenario, role, live, err);
    }
    live->max_calls = targets->max_calls / n_runs;
    live->max_cost = targets->max_cost / (int64_t)n_runs;
    if (status == SQ_OK && targets->max_calls > 0 && live->max_calls == 0) {
        return sq_error_set(err, SQ_INVALID,
                            "--max-calls %llu is less than one call for each of "
                            "%llu runs",
                            (unsigned long long)targets->max_calls, (unsigned long long)n_runs);
    }
    return status;
}

void sq_targets_announce(const struct sq_targets *targets, const struct sq_live_targets *live,
                         const struct sq_scenario *scenario, bool quiet)
{
    for (uint8_t role = 0; role < scenario->n_roles; role++) {
        const struct sq_target *target = target_of(targets, scenario->roles[role].name);
        if (target == NULL) {
            continue;
        }
        if (!quiet) {
            sq_print_note_format("live: %s goes to %s; the scenario's faults do not strike there, "
                                 "tokens and cost are estimated\n",
                                 scenario->roles[role].name, target->url);
        }
        if (target->remote && target->plain && live->key[role] != NULL) {
            sq_print_note_format("warning: the key for %s goes over plain http\n", target->url);
        }
    }
}
