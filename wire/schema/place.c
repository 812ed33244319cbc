/* SPDX-License-Identifier: MIT */
/* See place.h. Values know their offset, and children stand in the order of the text: the way down
 * leads through the last child that does not begin behind the value. */
#include "wire/schema/place.h"

#include "base/assert.h"

static void add_key(struct sq_strbuf *out, const char *key, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (key[i] == '~' || key[i] == '/') {
            sq_strbuf_add(out, key[i] == '~' ? "~0" : "~1");
        } else {
            sq_strbuf_add_char(out, key[i]);
        }
    }
}

void sq_schema_place(const struct sq_json *root, const struct sq_json *value, struct sq_strbuf *out)
{
    size_t offset = sq_json_where(value).offset;
    while (root != value) {
        const struct sq_json *way = NULL;
        size_t index = 0;
        size_t n = 0;
        for (const struct sq_json *child = sq_json_first(root);
             child != NULL && sq_json_where(child).offset <= offset; child = sq_json_next(child)) {
            way = child;
            index = n++;
        }
        sq_assert(way != NULL);
        sq_strbuf_add_char(out, '/');
        if (sq_json_kind(root) == SQ_JSON_OBJECT) {
            add_key(out, sq_json_key(way), sq_json_key_length(way));
        } else {
            sq_strbuf_add_format(out, "%zu", index);
        }
        root = way;
    }
}
