/* SPDX-License-Identifier: MIT */
/* Names that only people read. Names that files refer to (roles, providers, phases) are stricter.
 */
#include <string.h>

#include "base/assert.h"
#include "scenarios/reader_int.h"
#include "scenarios/scenario.h"
#include "scenarios/values_int.h"

/* What reports show of a policy or fault: any words, in any language, but no control characters. */
static bool read_shown_name(struct sq_reader *reader, const struct sq_shape *shape,
                            const struct sq_json *node, void *into, size_t size)
{
    const char *text = NULL;
    sq_assert(size == SQ_NAME_BYTES);
    if (!sq_read_text(reader, shape, node, &text, sizeof(text)) || text == NULL) {
        return false;
    }
    size_t length = strlen(text);
    bool good = length > 0 && length < SQ_NAME_BYTES;
    for (const char *at = text; good && *at != '\0'; at++) {
        good = (unsigned char)*at >= ' ' && *at != 0x7f;
    }
    if (!good) {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_NAME, node, false, "not a name",
                                                  "1 to 63 bytes, no control characters"},
                           "`%s` is not a name", sq_path_of(reader, node));
    }
    memcpy(into, text, length + 1);
    return true;
}

const struct sq_shape sq_shape_shown_name = {.kind = SQ_SHAPE_TEXT,
                                             .name = "a name",
                                             .text = "^[^\\x00-\\x1f\\x7f]{1,63}$",
                                             .read = read_shown_name};
