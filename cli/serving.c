/* SPDX-License-Identifier: MIT */
/* See serving.h. */
#include "cli/serving.h"

#include <string.h>

#include "base/json_write.h"
#include "base/spelling.h"
#include "host/file.h"

#define ROLE_VARIABLE "SQUALL_URL_"

/* --port */

static bool find_provider(const struct sq_script *script, const char *name, size_t length,
                          uint8_t *provider)
{
    for (uint8_t i = 0; i < script->n_providers; i++) {
        const char *other = script->providers[i].name;
        if (strlen(other) == length && memcmp(other, name, length) == 0) {
            *provider = i;
            return true;
        }
    }
    return false;
}

static enum sq_status unknown_provider(const struct sq_script *script, const char *name,
                                       size_t length, struct sq_error *err)
{
    struct sq_spelling spelling = sq_spelling_start(name, length);
    for (uint8_t i = 0; i < script->n_providers; i++) {
        sq_spelling_offer(&spelling, script->providers[i].name);
    }
    sq_error_set(err, SQ_INVALID, "the scenario has no provider '%.*s'", (int)length, name);
    if (spelling.best != NULL) {
        return sq_error_hint(err, "did you mean '%s'?", spelling.best);
    }
    return SQ_INVALID;
}

/* 1 to 65535, nothing else. */
static bool read_port(const char *text, uint16_t *port)
{
    uint32_t value = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || value > UINT16_MAX) {
            return false;
        }
        value = value * 10 + (uint32_t)(*at - '0');
    }
    *port = (uint16_t)value;
    return value >= 1 && value <= UINT16_MAX;
}

enum sq_status sq_serving_read_ports(struct sq_serving *serving,
                                     const struct sq_arguments *arguments,
                                     const struct sq_scenario *scenario, struct sq_error *err)
{
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_PORT]; i++) {
        const char *text = arguments->values[SQ_OPTION_PORT][i];
        size_t length = strcspn(text, "=");
        uint8_t provider;
        uint16_t port;
        if (text[length] == '\0' || !read_port(text + length + 1, &port)) {
            return sq_error_set(err, SQ_INVALID,
                                "option '--port' takes PROVIDER=N, N from 1 to 65535, not '%s'",
                                text);
        }
        if (!find_provider(&scenario->script, text, length, &provider)) {
            return unknown_provider(&scenario->script, text, length, err);
        }
        serving->ports[provider] = port;
    }
    return SQ_OK;
}

/* Variables */

static void add_variable(struct sq_serving *serving, const char *prefix, const char *name,
                         uint8_t provider)
{
    struct sq_strbuf *variable = &serving->variables[serving->n_variables++];
    sq_strbuf_add(variable, prefix);
    sq_strbuf_add(variable, name);
    sq_strbuf_add_char(variable, '=');
    sq_strbuf_add(variable, sq_strbuf_text(&serving->urls[provider]));
}

/* The provider of `primary`, the first role, where the dialect fits; else the dialect's first. */
static bool provider_of_dialect(const struct sq_scenario *scenario,
                                const struct sq_dialect *dialect, uint8_t *provider)
{
    const struct sq_script *script = &scenario->script;
    *provider = script->models[scenario->roles[0].model].provider;
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        if (strcmp(scenario->roles[i].name, "primary") == 0) {
            *provider = script->models[scenario->roles[i].model].provider;
        }
    }
    if (script->providers[*provider].dialect == dialect) {
        return true;
    }
    for (uint8_t i = 0; i < script->n_providers; i++) {
        if (script->providers[i].dialect == dialect) {
            *provider = i;
            return true;
        }
    }
    return false;
}

/* A role's name as part of a variable's: capitals, digits, and _ for all else. */
static void add_role_variable(struct sq_serving *serving, const struct sq_script *script,
                              const struct sq_role *role)
{
    char name[SQ_NAME_BYTES];
    size_t length = 0;
    for (const char *at = role->name; *at != '\0'; at++) {
        bool letter = *at >= 'a' && *at <= 'z';
        bool kept = (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9');
        name[length++] = letter ? (char)(*at - 'a' + 'A') : kept ? *at : '_';
    }
    name[length] = '\0';
    add_variable(serving, ROLE_VARIABLE, name, script->models[role->model].provider);
}

static void fill_variables(struct sq_serving *serving, const struct sq_scenario *scenario)
{
    for (int i = 0; i < SQ_DIALECTS; i++) {
        const struct sq_dialect *dialect = sq_dialect_row((enum sq_dialect_id)i);
        uint8_t provider;
        if (dialect->base_url_variable != NULL &&
            provider_of_dialect(scenario, dialect, &provider)) {
            add_variable(serving, "", dialect->base_url_variable, provider);
        }
    }
    for (uint8_t i = 0; i < serving->n_own_roles; i++) {
        add_role_variable(serving, &scenario->script, &scenario->roles[i]);
    }
}

enum sq_status sq_serving_fill(struct sq_serving *serving, const struct sq_scenario *scenario,
                               const struct sq_serve *serve, struct sq_error *err)
{
    bool failed = false;
    for (uint8_t i = 0; i < scenario->script.n_providers; i++) {
        serving->ports[i] = sq_serve_port(serve, i);
        sq_strbuf_add_format(&serving->urls[i], "http://127.0.0.1:%u%s", serving->ports[i],
                             scenario->script.providers[i].dialect->base_path);
        failed = failed || sq_strbuf_failed(&serving->urls[i]);
    }
    fill_variables(serving, scenario);
    for (size_t i = 0; i < serving->n_variables; i++) {
        failed = failed || sq_strbuf_failed(&serving->variables[i]);
    }
    return failed ? sq_error_set(err, SQ_NO_MEMORY, "out of memory") : SQ_OK;
}

/* Telling */

void sq_serving_add_lines(const struct sq_serving *serving, const struct sq_scenario *scenario,
                          struct sq_strbuf *out)
{
    for (uint8_t i = 0; i < scenario->script.n_providers; i++) {
        sq_strbuf_add_format(out, "serving %s %s\n", scenario->script.providers[i].name,
                             sq_strbuf_text(&serving->urls[i]));
    }
}

enum sq_status sq_serving_write(const struct sq_serving *serving,
                                const struct sq_scenario *scenario, const char *path,
                                struct sq_error *err)
{
    struct sq_strbuf text = {0};
    struct sq_json_writer json = {.out = &text};
    sq_json_write_object_begin(&json);
    for (uint8_t i = 0; i < scenario->script.n_providers; i++) {
        sq_json_write_key(&json, scenario->script.providers[i].name);
        sq_json_write_object_begin(&json);
        sq_json_write_key(&json, "port");
        sq_json_write_uint(&json, serving->ports[i]);
        sq_json_write_key(&json, "url");
        sq_json_write_text(&json, sq_strbuf_text(&serving->urls[i]));
        sq_json_write_object_end(&json);
    }
    sq_json_write_object_end(&json);
    sq_strbuf_add_char(&text, '\n');
    enum sq_status status = sq_strbuf_failed(&text)
                                ? sq_error_set(err, SQ_NO_MEMORY, "out of memory")
                                : sq_file_write(path, sq_strbuf_text(&text), text.length, err);
    sq_strbuf_clear(&text);
    return status;
}

void sq_serving_clear(struct sq_serving *serving)
{
    for (size_t i = 0; i < SQ_PROVIDERS_MAX; i++) {
        sq_strbuf_clear(&serving->urls[i]);
    }
    for (size_t i = 0; i < serving->n_variables; i++) {
        sq_strbuf_clear(&serving->variables[i]);
    }
    *serving = (struct sq_serving){0};
}
