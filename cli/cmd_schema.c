/* SPDX-License-Identifier: MIT */
/* squall schema: the JSON Schema of what squall reads and writes. */
#include "cli/command.h"
#include "cli/print.h"
#include "reports/json.h"
#include "scenarios/reference.h"

#include <string.h>

int sq_command_schema(const struct sq_arguments *arguments)
{
    struct sq_error err = {0};
    struct sq_strbuf out = {0};
    enum sq_status status = SQ_OK;
    if (arguments->n_names != 1) {
        sq_error_set(&err, SQ_INVALID, "one of scenario, policy, result is needed");
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    if (strcmp(arguments->names[0], "result") == 0) {
        size_t length;
        const char *schema = sq_json_result_schema(&length);
        sq_strbuf_add_bytes(&out, schema, length);
    } else {
        status = sq_reference_schema(arguments->names[0], &out, &err);
    }
    if (status == SQ_OK) {
        sq_print_out_buffer(&out);
    } else if (status == SQ_INVALID) {
        sq_print_usage_error(arguments->command, &err);
    } else {
        sq_print_error(&err);
    }
    sq_strbuf_clear(&out);
    return status == SQ_INVALID ? SQ_EXIT_USAGE : sq_print_exit_code(status);
}
