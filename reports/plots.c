/* SPDX-License-Identifier: MIT */
/* Has gnuplot draw the figure and makes its SVG fit into a page. */
#include "reports/plots.h"

#include <string.h>

#include "base/assert.h"
#include "host/child.h"
#include "reports/escape.h"
#include "reports/phrases.h"

#define SVG_MAX_BYTES ((size_t)8 << 20) /* 300 windows give about 200 kB */
#define TIMEOUT       (60 * SQ_SECOND)

/* What gnuplot writes and what a page needs instead. A colour that is a variable keeps its own
 * value where styles are stripped. */
static const char *const replaced[][2] = {
    {"rgb(64,70,80)", "var(--ink,#404650)"}, /* text has no spaces, lines have */
    {"rgb( 64,  70,  80)", "var(--ink,#404650)"},
    {"rgb( 47,  95, 138)", "var(--calls,#2f5f8a)"},
    {"rgb(122,  90, 160)", "var(--tail,#7a5aa0)"},
    {"rgb(227, 230, 234)", "var(--grid,#e3e6ea)"},
    {"rgb(180, 186, 194)", "var(--axis,#b4bac2)"},
    {"fill=\"black\"", "fill=\"var(--ink,#404650)\""},
};

/* Elements that go: gnuplot's own titles and version, and definitions nobody refers to. */
static const char *const dropped[][2] = {
    {"<title>", "</title>"},
    {"<desc>", "</desc>"},
    {"<defs>", "</defs>"},
};

/* Bytes of text[0..) that go; 0: none. */
static size_t dropped_bytes(const char *text)
{
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
        if (strncmp(text, dropped[i][0], strlen(dropped[i][0])) == 0) {
            const char *end = strstr(text, dropped[i][1]);
            return end == NULL ? 0 : (size_t)(end - text) + strlen(dropped[i][1]);
        }
    }
    if (strncmp(text, " id=\"", 5) == 0) {
        const char *end = strchr(text + 5, '"');
        return end == NULL ? 0 : (size_t)(end - text) + 1;
    }
    return 0;
}

static const char *replacement(const char *text, size_t *length)
{
    for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++) {
        *length = strlen(replaced[i][0]);
        if (strncmp(text, replaced[i][0], *length) == 0) {
            return replaced[i][1];
        }
    }
    return NULL;
}

/* The body of the element: text stands behind the opening tag. */
static void add_body(struct sq_strbuf *out, const char *text)
{
    while (*text != '\0') {
        size_t length = dropped_bytes(text);
        const char *instead = NULL;
        if (length == 0) {
            instead = replacement(text, &length);
            if (instead != NULL) {
                sq_strbuf_add(out, instead);
            } else {
                length = 1;
                sq_strbuf_add_char(out, *text);
            }
        }
        text += length;
    }
}

static void add_label(struct sq_strbuf *out, const struct sq_column *column)
{
    sq_strbuf_add(out, "Timeline of policy ");
    sq_escape_markup(out, column->policy->name);
    sq_strbuf_add_format(out,
                         ", %s: calls and attempts, outcomes, latency, faults and breakers; the "
                         "tables of this page hold the numbers",
                         sq_phrase_mode(column->mode));
}

/* False: this is not what gnuplot writes. */
static bool add_element(struct sq_strbuf *out, const struct sq_column *column, const char *svg)
{
    const char *start = strstr(svg, "<svg");
    const char *box = start == NULL ? NULL : strstr(start, "viewBox=\"");
    const char *end = box == NULL ? NULL : strchr(box, '>');
    const char *box_end = box == NULL ? NULL : strchr(box + strlen("viewBox=\""), '"');
    if (end == NULL || box_end == NULL || box_end > end || strstr(end, "</svg>") == NULL) {
        return false;
    }
    sq_strbuf_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"");
    add_label(out, column);
    sq_strbuf_add(out, "\" ");
    sq_strbuf_add_bytes(out, box, (size_t)(box_end - box) + 1);
    sq_strbuf_add_char(out, '>');
    add_body(out, end + 1);
    return true;
}

static enum sq_status read_drawing(struct sq_strbuf *out, const struct sq_column *column,
                                   const struct sq_child_result *drawn, struct sq_error *err)
{
    if (drawn->ending != SQ_CHILD_EXITED || drawn->exit_code != 0) {
        return sq_error_set(err, SQ_ENVIRONMENT, "gnuplot failed: %.120s",
                            sq_strbuf_text(&drawn->errors));
    }
    if (drawn->cut || !add_element(out, column, sq_strbuf_text(&drawn->output))) {
        return sq_error_set(err, SQ_ENVIRONMENT, "gnuplot wrote no usable figure");
    }
    return SQ_OK;
}

enum sq_status sq_plot_add_svg(struct sq_strbuf *out, const struct sq_result *result,
                               const struct sq_column *column, const char *gnuplot,
                               struct sq_error *err)
{
    struct sq_strbuf script = {0};
    struct sq_child_result drawn = {0};
    sq_plot_add_script(&script, result, column);
    const char *const argv[] = {gnuplot, "-d", NULL}; /* -d: no start-up file of the user's */
    struct sq_child_order order = {.argv = argv,
                                   .input = sq_strbuf_text(&script),
                                   .input_bytes = script.length,
                                   .output_max_bytes = SVG_MAX_BYTES,
                                   .timeout = TIMEOUT};
    enum sq_status status = sq_strbuf_failed(&script)
                                ? sq_error_set(err, SQ_NO_MEMORY, "out of memory for a figure")
                                : sq_child_run(&order, &drawn, err);
    if (status == SQ_OK) {
        status = read_drawing(out, column, &drawn, err);
    }
    sq_child_result_clear(&drawn);
    sq_strbuf_clear(&script);
    return status;
}
