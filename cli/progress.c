/* SPDX-License-Identifier: MIT */
/* Ten times a second on a terminal, every five seconds elsewhere. */
#include "cli/progress.h"

#include "base/duration.h"
#include "base/strbuf.h"
#include "cli/print.h"
#include "host/clock.h"
#include "host/terminal.h"

#define STANDARD_ERROR   2
#define TERMINAL_GAP_NS  (100 * SQ_MS)
#define PLAIN_GAP_NS     (5 * SQ_SECOND)
#define BAR_CELLS        24
#define BAR_FROM_COLUMNS 80

void sq_progress_init(struct sq_progress_line *progress, const char *scenario)
{
    *progress =
        (struct sq_progress_line){.scenario = scenario,
                                  .rewrites = sq_terminal_is(STANDARD_ERROR),
                                  .narrow = sq_terminal_columns(STANDARD_ERROR) < BAR_FROM_COLUMNS};
    sq_mutex_init(&progress->mutex);
}

static void add_bar(struct sq_strbuf *line, sq_time now, sq_time end)
{
    int64_t cells = end <= 0 ? BAR_CELLS : now >= end ? BAR_CELLS : now / (end / BAR_CELLS + 1);
    sq_strbuf_add_char(line, '[');
    sq_strbuf_add_repeated(line, "=", (size_t)cells);
    sq_strbuf_add_repeated(line, " ", (size_t)(BAR_CELLS - cells));
    sq_strbuf_add_char(line, ']');
}

static void add_line(const struct sq_progress_line *progress,
                     const struct sq_series_progress *report, struct sq_strbuf *line)
{
    sq_strbuf_add(line, progress->rewrites ? "\r\x1b[K" : "");
    if (progress->narrow) {
        sq_strbuf_add_format(line, "run %u of %u ", report->run + 1, report->n_runs);
    } else {
        sq_strbuf_add_format(line, "%s %s run %u of %u ", progress->scenario,
                             sq_mode_name(report->mode), report->run + 1, report->n_runs);
        add_bar(line, report->now, report->end);
        sq_strbuf_add_char(line, ' ');
    }
    sq_duration_add_rounded(line, report->now);
    sq_strbuf_add(line, " of ");
    sq_duration_add_rounded(line, report->end);
    sq_strbuf_add_format(line, ", %llu calls", (unsigned long long)report->calls_over);
    sq_strbuf_add(line, progress->rewrites ? "" : "\n");
}

void sq_progress_show(void *context, const struct sq_series_progress *report)
{
    struct sq_progress_line *progress = context;
    int64_t now_ns = sq_clock_real_ns();
    int64_t gap_ns = progress->rewrites ? TERMINAL_GAP_NS : PLAIN_GAP_NS;
    sq_mutex_lock(&progress->mutex);
    if (progress->shown_at_ns == 0 || now_ns - progress->shown_at_ns >= gap_ns) {
        struct sq_strbuf line = {0};
        add_line(progress, report, &line);
        sq_print_note(sq_strbuf_text(&line));
        sq_strbuf_clear(&line);
        progress->shown_at_ns = now_ns;
        progress->dirty = progress->rewrites;
    }
    sq_mutex_unlock(&progress->mutex);
}

void sq_progress_end(struct sq_progress_line *progress)
{
    if (progress->dirty) {
        sq_print_note("\r\x1b[K");
    }
    sq_mutex_clear(&progress->mutex);
}
