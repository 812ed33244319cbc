/* SPDX-License-Identifier: MIT */
/* What a shard adds to result.json, for squall merge alone. */
#include <inttypes.h>

#include "reports/json_parts_int.h"

static void write_state(struct sq_json_writer *json, const struct sq_part_state *state)
{
    sq_json_write_object_begin(json);
    sq_json_key_uint(json, "policy", state->policy);
    if (state->single) {
        sq_json_key_uint(json, "seed", state->seed);
    }
    sq_json_key_uint(json, "seeds", state->n_seeds);
    if (state->inconclusive != NULL) {
        sq_json_key_text(json, "inconclusive", state->inconclusive);
        sq_json_key_uint(json, "inconclusive_seed", state->inconclusive_seed);
    }
    sq_json_write_key(json, "meter");
    sq_json_write_raw(json, sq_strbuf_text(&state->meter));
    sq_json_write_object_end(json);
}

void sq_json_part(struct sq_json_writer *json, const struct sq_part *part)
{
    struct sq_strbuf digest = {0};
    sq_strbuf_add_format(&digest, "%016" PRIx64, sq_part_recipe_digest(part->shard.recipe));
    sq_json_key_object(json, "part");
    sq_json_key_uint(json, "index", part->shard.index);
    sq_json_key_uint(json, "of", part->shard.n);
    sq_json_key_uint(json, "ran", part->n_ran);
    sq_json_key_uint(json, "runs", part->n_runs);
    sq_json_key_text(json, "digest", sq_strbuf_text(&digest));
    sq_json_write_key(json, "recipe");
    sq_json_write_raw(json, part->shard.recipe);
    sq_json_key_array(json, "states");
    for (uint32_t i = 0; i < part->n_states; i++) {
        write_state(json, &part->states[i]);
    }
    sq_json_write_array_end(json);
    sq_json_write_object_end(json);
    sq_report_join(json->out, &digest);
}
