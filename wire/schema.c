/* SPDX-License-Identifier: MIT */
/* See schema.h. Compiling is schema/compile.c and schema/reference.c, checking schema/check.c. */
#include "wire/schema.h"

#include "base/assert.h"
#include "base/memory.h"
#include "wire/schema/check.h"
#include "wire/schema/compile.h"
#include "wire/schema/reference.h"

static enum sq_status build(struct sq_schema_builder *builder, const struct sq_json *root)
{
    struct sq_schema *schema = builder->schema;
    schema->resources = sq_arena_new(&schema->arena, 1, sizeof *schema->resources);
    if (schema->resources == NULL) {
        return sq_schema_no_memory(builder);
    }
    *schema->resources = (struct sq_schema_resource){.address = "", .root = root, .document = root};
    builder->last = &schema->nodes;
    builder->last_pending = &builder->pending;
    enum sq_status status = sq_schema_add(builder, root, schema->resources, &schema->root);
    if (status == SQ_OK) {
        status = sq_schema_resolve(builder);
    }
    return status == SQ_OK ? sq_schema_refuse_loops(builder) : status;
}

enum sq_status sq_schema_compile(const struct sq_json *root, const char *file,
                                 struct sq_schema **schema, struct sq_error *err)
{
    struct sq_schema *made = sq_memory_new(1, sizeof *made);
    struct sq_schema_builder *builder = sq_memory_new(1, sizeof *builder);
    enum sq_status status = SQ_NO_MEMORY;
    *schema = NULL;
    if (made != NULL && builder != NULL) {
        builder->schema = made;
        builder->file = file;
        builder->err = err;
        status = build(builder, root);
    } else {
        (void)sq_error_set(err, SQ_NO_MEMORY, "out of memory for a JSON Schema");
    }
    sq_memory_free(builder);
    if (status != SQ_OK) {
        sq_schema_free(made);
        return status;
    }
    *schema = made;
    return SQ_OK;
}

void sq_schema_free(struct sq_schema *schema)
{
    if (schema == NULL) {
        return;
    }
    for (struct sq_schema_owned *owned = schema->patterns; owned != NULL; owned = owned->next) {
        sq_pattern_free(owned->pattern);
    }
    sq_json_free(schema->draft);
    sq_arena_clear(&schema->arena);
    sq_memory_free(schema);
}

enum sq_status sq_schema_check(const struct sq_schema *schema, const struct sq_json *value,
                               struct sq_schema_violation *first, struct sq_error *err)
{
    struct sq_schema_checker checker = {
        .schema = schema, .document = value, .first = first, .err = err};
    struct sq_schema_spot spot = {.json = value};
    *first = (struct sq_schema_violation){0};
    bool valid = sq_schema_apply(&checker, schema->root, spot, NULL);
    if (checker.status == SQ_OK) {
        sq_assert(valid == !first->found);
    }
    return checker.status;
}
