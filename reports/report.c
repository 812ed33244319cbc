/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "reports/report.h"

#include <string.h>

#include "base/assert.h"
#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/text.h"

static const struct sq_report_format formats[] = {
    {"text", ".txt", sq_text_write, SQ_LEVEL_SUMMARY, "the summary for a terminal, verdict first"},
    {"json", ".json", sq_json_write, SQ_LEVEL_FULL,
     "the whole result, squall/result/1, the same bytes for the same run"},
    {"html", ".html .htm", sq_html_write, SQ_LEVEL_FULL,
     "one self-contained page with figures, no script"},
    {"junit", ".xml", sq_junit_write, SQ_LEVEL_SUMMARY,
     "one test case a check, for CI systems that read JUnit XML"},
};

size_t sq_report_formats(void)
{
    return sizeof formats / sizeof formats[0];
}

const struct sq_report_format *sq_report_format(size_t index)
{
    sq_assert(index < sq_report_formats());
    return &formats[index];
}

const struct sq_report_format *sq_report_format_by_name(const char *name, size_t length)
{
    for (size_t i = 0; i < sq_report_formats(); i++) {
        if (strlen(formats[i].name) == length && memcmp(formats[i].name, name, length) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* The path's file name is more than the extension alone: ".json" is a name, not an ending. */
static bool ends_with(const char *path, const char *ending, size_t length)
{
    size_t path_length = strlen(path);
    if (path_length <= length || path[path_length - length - 1] == '/') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (lower(path[path_length - length + i]) != ending[i]) {
            return false;
        }
    }
    return true;
}

static bool has_extension(const struct sq_report_format *format, const char *path)
{
    const char *at = format->extensions;
    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        if (ends_with(path, at, length)) {
            return true;
        }
        at += length + strspn(at + length, " ");
    }
    return false;
}

const struct sq_report_format *sq_report_format_by_path(const char *path)
{
    for (size_t i = 0; i < sq_report_formats(); i++) {
        if (has_extension(&formats[i], path)) {
            return &formats[i];
        }
    }
    return NULL;
}

enum sq_status sq_report_finish(const struct sq_strbuf *out, struct sq_error *err)
{
    if (sq_strbuf_failed(out)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory for a report");
    }
    return SQ_OK;
}

void sq_report_reuse(struct sq_strbuf *out, struct sq_strbuf *piece)
{
    out->failed = out->failed || sq_strbuf_failed(piece);
    sq_strbuf_reset(piece);
}

void sq_report_join(struct sq_strbuf *out, struct sq_strbuf *piece)
{
    sq_report_reuse(out, piece);
    sq_strbuf_clear(piece);
}
