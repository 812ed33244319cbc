/* SPDX-License-Identifier: MIT */
/* See answer_rules.h. */
#include "sim/answer_rules.h"

#include <string.h>

#include "base/strbuf.h"
#include "wire/text.h"

struct folded {
    struct sq_strbuf contains[SQ_ANSWER_RULES_MAX];
};

/* Of all layers one has rules at most. NULL: none has. */
static const struct sq_layer_settings *layer_with_rules(const struct sq_settings *policy)
{
    for (uint8_t i = 0; i < policy->n_layers; i++) {
        if (policy->layers[i].n_rules > 0) {
            return &policy->layers[i];
        }
    }
    return NULL;
}

static enum sq_status fold_rules(struct folded *folded, const struct sq_layer_settings *layer)
{
    enum sq_status status = SQ_OK;
    for (uint8_t i = 0; i < layer->n_rules && status == SQ_OK; i++) {
        const char *contains = layer->rules[i].contains;
        status = sq_text_fold(contains, strlen(contains), &folded->contains[i]);
    }
    return status;
}

static uint8_t first_fit(const struct folded *folded, const struct sq_layer_settings *layer,
                         const struct sq_strbuf *question)
{
    for (uint8_t i = 0; i < layer->n_rules; i++) {
        const struct sq_strbuf *phrase = &folded->contains[i];
        enum sq_text_match match = layer->rules[i].word ? SQ_TEXT_WORD : SQ_TEXT_ANYWHERE;
        if (sq_text_find(sq_strbuf_text(question), question->length, sq_strbuf_text(phrase),
                         phrase->length, match)) {
            return (uint8_t)(i + 1);
        }
    }
    return 0;
}

static enum sq_status match_all(struct sq_answer_rules *rules, const struct sq_prompts *prompts,
                                const struct sq_layer_settings *layer, struct folded *folded)
{
    struct sq_strbuf question = {0};
    enum sq_status status = fold_rules(folded, layer);
    for (uint32_t i = 0; i < prompts->zipf.n_items && status == SQ_OK; i++) {
        sq_strbuf_reset(&question);
        status = sq_text_fold(prompts->texts[i].text, prompts->texts[i].length, &question);
        rules->by_prompt[i] = status == SQ_OK ? first_fit(folded, layer, &question) : 0;
    }
    sq_strbuf_clear(&question);
    return status;
}

enum sq_status sq_answer_rules_init(struct sq_answer_rules *rules,
                                    const struct sq_scenario *scenario,
                                    const struct sq_settings *policy)
{
    const struct sq_prompts *prompts = &scenario->workload.prompts;
    const struct sq_layer_settings *layer = layer_with_rules(policy);
    struct folded folded = {0};
    *rules = (struct sq_answer_rules){.n_prompts = 0};
    if (layer == NULL || prompts->texts == NULL) {
        return SQ_OK;
    }
    rules->n_prompts = prompts->zipf.n_items;
    enum sq_status status = match_all(rules, prompts, layer, &folded);
    for (uint8_t i = 0; i < layer->n_rules; i++) {
        sq_strbuf_clear(&folded.contains[i]);
    }
    return status;
}

uint8_t sq_answer_rules_find(const struct sq_answer_rules *rules, uint32_t prompt)
{
    return prompt < rules->n_prompts ? rules->by_prompt[prompt] : 0;
}
