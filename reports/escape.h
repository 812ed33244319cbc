/* SPDX-License-Identifier: MIT */
/*
 * Strangers' text (names, titles, answers) made harmless for the place it is printed in. Every
 * report takes text from a scenario through one of these and through nothing else.
 *
 * In all of them bytes that are not UTF-8 become U+FFFD; control characters and the marks that turn
 * the direction of writing (they can make text read as something else) are dropped.
 */
#ifndef SQ_REPORTS_ESCAPE_H
#define SQ_REPORTS_ESCAPE_H

#include <stdbool.h>

#include "base/strbuf.h"

/* For a terminal or one line of a file: line breaks and tabs become spaces. */
void sq_escape_line(struct sq_strbuf *out, const char *text);

/* For text and quoted attributes of HTML and XML: & < > " ' become entities; line breaks and tabs
 * become spaces; U+FFFE and U+FFFF, which XML forbids, U+FFFD. */
void sq_escape_markup(struct sq_strbuf *out, const char *text);

/* One word of a POSIX shell command: as it is, or in single quotes. */
void sq_escape_shell(struct sq_strbuf *out, const char *text);

/* A quoted string in a gnuplot data block (never in a script): quotes included; what could mean
 * something to gnuplot ("`\ and line breaks) is replaced. Empty text is a space. */
void sq_escape_plot(struct sq_strbuf *out, const char *text);

/* Whether nothing, or only spaces, would be left of the text. */
bool sq_escape_leaves_blank(const char *text);

#endif
