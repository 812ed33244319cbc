/* SPDX-License-Identifier: MIT */
/* See layers.h. */
#include "cli/layers.h"

#include <string.h>

#include "wire/text.h"

enum sq_status sq_layers_read(const struct sq_arguments *arguments, struct sq_load_options *load,
                              struct sq_error *err)
{
    if (arguments->n_values[SQ_OPTION_THRESHOLDS] > SQ_THRESHOLD_SETS_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d sets of thresholds",
                            SQ_THRESHOLD_SETS_MAX);
    }
    load->n_overrides = (uint8_t)arguments->n_values[SQ_OPTION_SET];
    for (uint8_t i = 0; i < load->n_overrides; i++) {
        load->overrides[i] = arguments->values[SQ_OPTION_SET][i];
    }
    load->n_thresholds = (uint8_t)arguments->n_values[SQ_OPTION_THRESHOLDS];
    for (uint8_t i = 0; i < load->n_thresholds; i++) {
        load->thresholds[i] = arguments->values[SQ_OPTION_THRESHOLDS][i];
    }
    return SQ_OK;
}

static bool is_label_key(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char letter = text[i];
        bool good = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                    (letter >= '0' && letter <= '9') || strchr("_.-/", letter) != NULL;
        if (!good) {
            return false;
        }
    }
    return length > 0 && length < SQ_LABEL_KEY_BYTES;
}

static enum sq_status read_label(struct sq_labels *labels, const char *text, struct sq_error *err)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    uint32_t n = labels->n;
    if (!is_label_key(text, length) || !sq_text_valid(text, strlen(text))) {
        sq_error_set(err, SQ_INVALID, "option '--label' takes K=V, not '%s'", text);
        return sq_error_hint(err, "K is letters, digits and _ . - /, such as commit=1a2b3c");
    }
    memcpy(labels->keys[n], text, length);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(labels->keys[i], labels->keys[n]) == 0) {
            return sq_error_set(err, SQ_INVALID, "the label '%s' was given twice", labels->keys[n]);
        }
    }
    labels->list[n] = (struct sq_label){.key = labels->keys[n], .value = equals + 1};
    labels->n++;
    return SQ_OK;
}

enum sq_status sq_labels_read(const struct sq_arguments *arguments, struct sq_labels *labels,
                              struct sq_error *err)
{
    if (arguments->n_values[SQ_OPTION_LABEL] > SQ_LABELS_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d labels", SQ_LABELS_MAX);
    }
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_LABEL]; i++) {
        enum sq_status status = read_label(labels, arguments->values[SQ_OPTION_LABEL][i], err);
        if (status != SQ_OK) {
            return status;
        }
    }
    return SQ_OK;
}
