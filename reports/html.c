/* SPDX-License-Identifier: MIT */
/* The page: verdict first, then checks, what callers got, the figures, and how to do it again. */
#include "reports/html.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/version.h"
#include "reports/escape.h"
#include "reports/html_parts_int.h"
#include "reports/phrases.h"
#include "reports/plots.h"

#define FIGURES_MAX 4

void sq_html_add_phrase(struct sq_strbuf *out, struct sq_strbuf *phrase)
{
    sq_escape_markup(out, sq_strbuf_text(phrase));
    sq_report_reuse(out, phrase);
}

static const char *word_of(const struct sq_result *result)
{
    if (result->verdict == SQ_VERDICT_PASSED && result->scenario->n_thresholds == 0) {
        return "not judged";
    }
    return sq_verdict_name(result->verdict);
}

static const char *class_of(const struct sq_result *result)
{
    switch (result->verdict) {
    case SQ_VERDICT_PASSED:
        return result->scenario->n_thresholds == 0 ? "doubt" : "good";
    case SQ_VERDICT_FAILED:
        return "bad";
    case SQ_VERDICT_INCONCLUSIVE:
        return "doubt";
    }
    sq_assert(false && "a verdict without a class");
    return "";
}

static const char *title_of(const struct sq_scenario *scenario)
{
    bool titled = scenario->title != NULL && scenario->title[0] != '\0';
    return titled ? scenario->title : scenario->name;
}

static void add_head(struct sq_strbuf *out, const struct sq_result *result)
{
    sq_strbuf_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    sq_strbuf_add(out, word_of(result));
    sq_strbuf_add(out, ": ");
    sq_escape_markup(out, title_of(result->scenario));
    sq_strbuf_add(out, " - squall</title>\n<style>\n");
    sq_strbuf_add(out, sq_html_style);
    sq_strbuf_add(out, "</style>\n</head>\n<body>\n");
}

/* A finding in one sentence a column. */
static void add_findings(struct sq_strbuf *out, const struct sq_result *result)
{
    struct sq_strbuf phrase = {0};
    sq_strbuf_add(out, "<ul class=\"findings\">\n");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        const struct sq_column *column = &result->columns[i];
        sq_strbuf_add(out, "<li><b>");
        sq_escape_markup(out, column->policy->name);
        sq_strbuf_add_format(out, "</b>, %s: ", sq_phrase_mode(column->mode));
        sq_phrase_checks(&phrase, column);
        sq_html_add_phrase(out, &phrase);
        for (uint32_t k = 0; sq_phrase_trouble(&phrase, column, k); k++) {
            sq_strbuf_add(out, "; <strong>");
            sq_html_add_phrase(out, &phrase);
            sq_strbuf_add(out, "</strong>");
        }
        sq_strbuf_add(out, "</li>\n");
    }
    sq_strbuf_add(out, "</ul>\n");
    sq_report_join(out, &phrase);
}

static void add_verdict(struct sq_strbuf *out, const struct sq_result *result)
{
    struct sq_strbuf phrase = {0};
    sq_strbuf_add_format(out,
                         "<header class=\"verdict %s\">\n<p class=\"stamp\">%s <span>exit %d</span>"
                         "</p>\n<h1>",
                         class_of(result), word_of(result), result->exit_code);
    sq_escape_markup(out, title_of(result->scenario));
    sq_strbuf_add(out, "</h1>\n<p class=\"meta\">");
    sq_strbuf_add(out, sq_phrase_modes(result));
    sq_strbuf_add(out, " &#183; scenario ");
    sq_escape_markup(out, result->scenario->name);
    if (result->n_columns > 0) {
        sq_strbuf_add(out, " &#183; ");
        sq_phrase_seeds(&phrase, result, &result->columns[0]);
        sq_html_add_phrase(out, &phrase);
    }
    sq_strbuf_add(out, "</p>\n");
    add_findings(out, result);
    sq_strbuf_add(out, "</header>\n<main>\n");
    sq_report_join(out, &phrase);
}

/* The figure, or in its place why there is none. */
static void add_figure(struct sq_strbuf *out, const struct sq_result *result,
                       const struct sq_column *column, const char *gnuplot)
{
    struct sq_error err = {0};
    const char *missing = NULL;
    sq_strbuf_add(out, "<figure>\n");
    if (!sq_plot_has_data(column)) {
        missing = "no calls were made";
    } else if (gnuplot == NULL) {
        missing = "gnuplot, which draws it, was not used";
    } else if (sq_plot_add_svg(out, result, column, gnuplot, &err) != SQ_OK) {
        missing = err.text;
        out->failed = out->failed || err.status == SQ_NO_MEMORY;
    }
    if (missing != NULL) {
        sq_strbuf_add(out, "<p class=\"missing\">The figure is missing: ");
        sq_escape_markup(out, missing);
        sq_strbuf_add(out, ". The tables hold the same numbers.</p>\n");
    }
    sq_strbuf_add(out, "<figcaption>Policy <b>");
    sq_escape_markup(out, column->policy->name);
    sq_strbuf_add_format(out,
                         "</b>, %s. Calls count where they were intended to start, attempts where "
                         "they were sent. Shaded: fault windows. Breakers and transitions are of "
                         "the first seed.</figcaption>\n</figure>\n",
                         sq_phrase_mode(column->mode));
}

static void add_figures(struct sq_strbuf *out, const struct sq_result *result, const char *gnuplot)
{
    uint32_t shown = result->n_columns < FIGURES_MAX ? result->n_columns : FIGURES_MAX;
    sq_strbuf_add(out, "<section>\n<h2>What happened when</h2>\n");
    for (uint32_t i = 0; i < shown; i++) {
        add_figure(out, result, &result->columns[i], gnuplot);
    }
    if (shown < result->n_columns) {
        sq_strbuf_add_format(out,
                             "<p class=\"missing\">Figures of the first %u of %u columns.</p>\n",
                             shown, result->n_columns);
    }
    sq_strbuf_add(out, "</section>\n");
}

static void add_list(struct sq_strbuf *out, const char *heading, const char *const *texts,
                     uint8_t n)
{
    if (n == 0) {
        return;
    }
    sq_strbuf_add_format(out, "<h3>%s</h3>\n<ul>\n", heading);
    for (uint8_t i = 0; i < n; i++) {
        sq_strbuf_add(out, "<li>");
        sq_escape_markup(out, texts[i]);
        sq_strbuf_add(out, "</li>\n");
    }
    sq_strbuf_add(out, "</ul>\n");
}

/* A source's address is shown, not linked: the page refers to nothing outside. */
static void add_sources(struct sq_strbuf *out, const struct sq_scenario *scenario)
{
    if (scenario->n_sources == 0) {
        return;
    }
    sq_strbuf_add(out, "<h3>Sources</h3>\n<ul>\n");
    for (uint8_t i = 0; i < scenario->n_sources; i++) {
        const struct sq_source *source = &scenario->sources[i];
        sq_strbuf_add(out, "<li>");
        sq_escape_markup(out, source->title == NULL ? "" : source->title);
        sq_strbuf_add(out, " <code>");
        sq_escape_markup(out, source->url == NULL ? "" : source->url);
        sq_strbuf_add(out, "</code>");
        if (source->grade >= 'A' && source->grade <= 'C') {
            sq_strbuf_add_format(out, " (grade %c)", source->grade);
        }
        sq_strbuf_add(out, "</li>\n");
    }
    sq_strbuf_add(out, "</ul>\n");
}

static void add_about(struct sq_strbuf *out, const struct sq_result *result)
{
    const struct sq_scenario *scenario = result->scenario;
    struct sq_strbuf phrase = {0};
    sq_strbuf_add(out, "<section>\n<h2>About this run</h2>\n");
    if (scenario->description != NULL && scenario->description[0] != '\0') {
        sq_strbuf_add(out, "<p>");
        sq_escape_markup(out, scenario->description);
        sq_strbuf_add(out, "</p>\n");
    }
    add_list(out, "Assumptions", scenario->assumptions, scenario->n_assumptions);
    add_sources(out, scenario);
    if (result->n_labels > 0) {
        sq_strbuf_add(out, "<h3>Labels</h3>\n<p>");
        sq_phrase_labels(&phrase, result);
        sq_html_add_phrase(out, &phrase);
        sq_strbuf_add(out, "</p>\n");
    }
    sq_strbuf_add(out, "<h3>Do it again</h3>\n<pre><code>");
    sq_phrase_command(&phrase, result);
    sq_html_add_phrase(out, &phrase);
    sq_strbuf_add(out, "</code></pre>\n<table>\n<thead><tr>");
    sq_html_add_heads(out, result, "Digest");
    sq_strbuf_add(out, "</tr></thead>\n<tbody>\n<tr><th scope=\"row\">of outcomes</th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add_format(out, "<td><code>%016" PRIx64 "</code></td>",
                             result->columns[i].outcome_digest);
    }
    sq_strbuf_add(out, "</tr>\n<tr><th scope=\"row\">of decisions</th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].mode == SQ_MODE_VIRTUAL) {
            sq_strbuf_add_format(out, "<td><code>%016" PRIx64 "</code></td>",
                                 result->columns[i].decision_digest);
        } else {
            sq_strbuf_add(out, "<td>virtual time only</td>");
        }
    }
    sq_strbuf_add(out, "</tr>\n</tbody>\n</table>\n</section>\n");
    sq_report_join(out, &phrase);
}

enum sq_status sq_html_write(struct sq_strbuf *out, const struct sq_result *result,
                             const struct sq_report_options *options, struct sq_error *err)
{
    add_head(out, result);
    add_verdict(out, result);
    sq_html_add_checks(out, result);
    sq_html_add_outcomes(out, result);
    sq_html_add_numbers(out, result);
    add_figures(out, result, options->gnuplot);
    sq_html_add_faults(out, result);
    sq_html_add_why(out, result);
    sq_html_add_clocks(out, result);
    add_about(out, result);
    sq_strbuf_add(out, "</main>\n<footer>squall " SQ_VERSION
                       ": every number of this page is from one result; result.json holds them "
                       "all.</footer>\n</body>\n</html>\n");
    return sq_report_finish(out, err);
}
