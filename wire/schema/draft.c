/* SPDX-License-Identifier: MIT */
/* See draft.h. */
#include "wire/schema/draft.h"

#include <string.h>

#include "base/assert.h"
#include "base/embedded.h"

#define DRAFT_ADDRESS "https://json-schema.org/draft/2020-12/schema"

extern const struct sq_embedded_folder sq_wire_drafts;

bool sq_schema_is_draft(const char *address)
{
    return strcmp(address, DRAFT_ADDRESS) == 0;
}

enum sq_status sq_schema_add_draft(struct sq_schema_builder *builder,
                                   struct sq_schema_resource **resource)
{
    struct sq_schema *schema = builder->schema;
    const struct sq_embedded_file *file = sq_embedded_find(&sq_wire_drafts, "2020-12");
    sq_assert(file != NULL);
    sq_assert(schema->draft == NULL);
    enum sq_status status =
        sq_json_read(file->text, file->length, NULL, &schema->draft, builder->err);
    if (status != SQ_OK) {
        return status;
    }
    const struct sq_json *root = sq_json_root(schema->draft);
    struct sq_schema_resource *made = sq_arena_new(&schema->arena, 1, sizeof *made);
    struct sq_schema_node *node;
    if (made == NULL) {
        return sq_schema_no_memory(builder);
    }
    *made = (struct sq_schema_resource){.address = "", .root = root, .document = root};
    status = sq_schema_add(builder, root, made, &node);
    *resource = status == SQ_OK ? node->resource : NULL;
    return status;
}
