/* SPDX-License-Identifier: MIT */
/* squall explain: one word of the language, or one policy as it is after defaults and overrides. */
#include "cli/command.h"
#include "cli/print.h"
#include "scenarios/load.h"
#include "scenarios/reference.h"

/* A policy is bound to the roles of quickstart, which has the three that presets speak of. */
static enum sq_status add_resolved(const struct sq_arguments *arguments, const char *name,
                                   struct sq_strbuf *out, struct sq_error *err)
{
    struct sq_load_options options = {.policies = {name}, .n_policies = 1};
    struct sq_diagnostics diagnostics = {0};
    struct sq_scenario *scenario = NULL;
    struct sq_strbuf text = {0};
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_BIND] && i < SQ_ROLES_MAX; i++) {
        options.binds[options.n_binds++] = arguments->values[SQ_OPTION_BIND][i];
    }
    enum sq_status status = sq_scenario_load("quickstart", &options, &scenario, &diagnostics, err);
    if (status == SQ_OK) {
        sq_reference_resolved(scenario->policies[0], scenario, out);
    } else {
        sq_diagnostics_add_text(&diagnostics, &text, false);
        sq_print_note_buffer(&text);
    }
    sq_strbuf_clear(&text);
    sq_diagnostics_clear(&diagnostics);
    sq_scenario_free(scenario);
    return status;
}

int sq_command_explain(const struct sq_arguments *arguments)
{
    int code = SQ_EXIT_PASSED;
    if (arguments->n_names == 0) {
        struct sq_error err = {0};
        sq_error_set(&err, SQ_INVALID, "no word was given");
        sq_error_hint(&err, "squall explain policy.retry, squall explain rate_limited");
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    for (size_t i = 0; i < arguments->n_names; i++) {
        struct sq_strbuf out = {0};
        struct sq_error err = {0};
        enum sq_status status = sq_arguments_has(arguments, SQ_OPTION_RESOLVED)
                                    ? add_resolved(arguments, arguments->names[i], &out, &err)
                                    : sq_reference_explain(arguments->names[i], &out, &err);
        sq_print_out_buffer(&out);
        if (status != SQ_OK && err.text[0] != '\0') {
            sq_print_error(&err);
        }
        code = sq_exit_graver(code, sq_print_exit_code(status));
        sq_strbuf_clear(&out);
    }
    return code;
}
