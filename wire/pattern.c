/* SPDX-License-Identifier: MIT */
/* See pattern.h. PCRE2 allocates through base/memory.h; its JIT, which could not, is not used. */
#include "wire/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/memory.h"
#include "wire/pattern/ecma.h"
#include "wire/text.h"

#define OPTIONS                                                                                    \
    (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |      \
     PCRE2_NEVER_BACKSLASH_C)

#define MESSAGE_BYTES 160

struct sq_pattern {
    pcre2_general_context *memory;
    pcre2_match_context *limits;
    pcre2_code *code;
};

static void *take(PCRE2_SIZE bytes, void *nothing)
{
    (void)nothing;
    return sq_memory_new(1, bytes);
}

static void give_back(void *memory, void *nothing)
{
    (void)nothing;
    sq_memory_free(memory);
}

static enum sq_status no_memory(struct sq_error *err)
{
    return sq_error_set(err, SQ_NO_MEMORY, "out of memory for a regular expression");
}

static enum sq_status say_pcre(int code, struct sq_error *err)
{
    PCRE2_UCHAR message[MESSAGE_BYTES] = "unknown error";
    (void)pcre2_get_error_message(code, message, sizeof message);
    return sq_error_set(err, SQ_INVALID, "not a regular expression: %s", (const char *)message);
}

static enum sq_status compile(struct sq_pattern *pattern, const struct sq_strbuf *translated,
                              struct sq_error *err)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    pattern->memory = pcre2_general_context_create(take, give_back, NULL);
    if (pattern->memory == NULL) {
        return no_memory(err);
    }
    pattern->limits = pcre2_match_context_create(pattern->memory);
    pcre2_compile_context *context = pcre2_compile_context_create(pattern->memory);
    if (pattern->limits == NULL || context == NULL) {
        pcre2_compile_context_free(context);
        return no_memory(err);
    }
    (void)pcre2_set_match_limit(pattern->limits, SQ_PATTERN_STEPS_MAX);
    (void)pcre2_set_heap_limit(pattern->limits, SQ_PATTERN_MEMORY_KIB_MAX);
    pattern->code = pcre2_compile((PCRE2_SPTR)sq_strbuf_text(translated), translated->length,
                                  OPTIONS, &code, &at, context);
    pcre2_compile_context_free(context);
    if (pattern->code != NULL) {
        return SQ_OK;
    }
    return code == PCRE2_ERROR_HEAP_FAILED ? no_memory(err) : say_pcre(code, err);
}

/* Translated text of the pattern, or what is wrong with it. */
static enum sq_status translate(const char *text, size_t length, struct sq_strbuf *translated,
                                struct sq_error *err)
{
    struct sq_pattern_problem problem = {0};
    if (length > SQ_PATTERN_BYTES_MAX) {
        return sq_error_set(err, SQ_INVALID, "regular expression of more than %d bytes",
                            SQ_PATTERN_BYTES_MAX);
    }
    if (!sq_text_valid(text, length)) {
        return sq_error_set(err, SQ_INVALID, "regular expression that is not UTF-8");
    }
    if (!sq_pattern_translate(text, length, translated, &problem)) {
        return sq_error_set(err, SQ_INVALID, "not a regular expression: %s at `%.*s`", problem.text,
                            (int)sq_text_cut(text + problem.offset, length - problem.offset, 12),
                            text + problem.offset);
    }
    return sq_strbuf_failed(translated) ? no_memory(err) : SQ_OK;
}

enum sq_status sq_pattern_new(const char *text, size_t length, struct sq_pattern **pattern,
                              struct sq_error *err)
{
    struct sq_strbuf translated = {0};
    *pattern = NULL;
    enum sq_status status = translate(text, length, &translated, err);
    if (status != SQ_OK) {
        goto out;
    }
    struct sq_pattern *made = sq_memory_new(1, sizeof *made);
    status = made == NULL ? no_memory(err) : compile(made, &translated, err);
    if (status != SQ_OK) {
        sq_pattern_free(made);
        goto out;
    }
    *pattern = made;
out:
    sq_strbuf_clear(&translated);
    return status;
}

void sq_pattern_free(struct sq_pattern *pattern)
{
    if (pattern != NULL) {
        pcre2_code_free(pattern->code);
        pcre2_match_context_free(pattern->limits);
        pcre2_general_context_free(pattern->memory);
        sq_memory_free(pattern);
    }
}

static enum sq_status say_search(int code, struct sq_error *err)
{
    switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
        return sq_error_set(err, SQ_LIMIT, "a regular expression took more than %d steps",
                            SQ_PATTERN_STEPS_MAX);
    case PCRE2_ERROR_NOMEMORY:
        return no_memory(err);
    default:
        return sq_error_set(err, SQ_INVALID, "text to search is not UTF-8");
    }
}

enum sq_status sq_pattern_find(const struct sq_pattern *pattern, const char *text, size_t length,
                               bool *found, struct sq_error *err)
{
    pcre2_match_data *data = pcre2_match_data_create(1, pattern->memory);
    if (data == NULL) {
        return no_memory(err);
    }
    int code = pcre2_match(pattern->code, (PCRE2_SPTR)text, length, 0, 0, data, pattern->limits);
    pcre2_match_data_free(data);
    if (code < 0 && code != PCRE2_ERROR_NOMATCH) {
        return say_search(code, err);
    }
    *found = code >= 0;
    return SQ_OK;
}
