/* SPDX-License-Identifier: MIT */
/* Questions: a pool of numbers, or texts with names; how often each is asked. */
#include <string.h>

#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

/* As everywhere: 4 bytes of UTF-8 are a token. */
#define TOKEN_BYTES 4

static void name_prompt(struct sq_reader *reader, const struct sq_prompt_draft *draft,
                        struct sq_prompt *prompts, uint32_t i)
{
    const char *made = sq_phrase(reader, "prompt-%u", i + 1);
    if (draft->id[0] == '\0') {
        memcpy(prompts[i].id, made, strlen(made) + 1);
    } else {
        memcpy(prompts[i].id, draft->id, sizeof(draft->id));
    }
    for (uint32_t k = 0; k < i; k++) {
        if (strcmp(prompts[k].id, prompts[i].id) == 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_TWICE, draft->at.node, false, NULL, NULL},
                        "two prompts are named \"%s\"", prompts[i].id);
        }
    }
}

static void make_texts(struct sq_reader *reader, const struct sq_list *list,
                       struct sq_prompts *prompts)
{
    const struct sq_prompt_draft *drafts = list->items;
    struct sq_prompt *made = sq_arena_new(reader->arena, list->n_items, sizeof(*made));
    reader->no_memory |= made == NULL;
    for (uint32_t i = 0; i < list->n_items && made != NULL; i++) {
        name_prompt(reader, &drafts[i], made, i);
        made[i].text = drafts[i].text;
        made[i].length = strlen(drafts[i].text);
        made[i].tokens = (uint32_t)((made[i].length + TOKEN_BYTES - 1) / TOKEN_BYTES);
        if (made[i].length == 0) {
            sq_complain(
                reader,
                &(struct sq_complaint){SQ_CODE_RANGE, sq_json_member(drafts[i].at.node, "text"),
                                       false, NULL, NULL},
                "`%s` is empty", sq_path_of(reader, sq_json_member(drafts[i].at.node, "text")));
        }
    }
    prompts->texts = made;
}

void sq_prompts_make(struct sq_reader *reader, const struct sq_prompts_draft *draft,
                     struct sq_prompts *prompts)
{
    struct sq_error err = {0};
    uint32_t n = draft->texts.n_items;
    if (n > 0) {
        make_texts(reader, &draft->texts, prompts);
    }
    n = n > 0 ? n : draft->pool == SQ_DRAFT_NONE ? 1 : (uint32_t)draft->pool;
    enum sq_status status =
        sq_zipf_compile(n, draft->zipf_q32, reader->arena, &prompts->zipf, &err);
    reader->no_memory |= status != SQ_OK;
}
