/* SPDX-License-Identifier: MIT */
/*
 * Traces: recorded requests read row by row into a compact table. Times become nanoseconds from the
 * first row, divided by the speed; a row that goes back in time is a mistake, since a loop over
 * sorted arrivals cannot say what was meant.
 */
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/fixed.h"
#include "base/memory.h"
#include "scenarios/traffic/records_int.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

#define ROWS_MIN 4096 /* the table grows by doubling from here */

/* "2023-11-16 18:15:46", then perhaps a point and up to nine digits. */
#define SECOND_BYTES 19
/* Later ones do not fit nanoseconds: the year 2262. */
#define UNIX_SECONDS_MAX INT64_C(9223372035)

struct loading {
    struct sq_records records;
    const struct sq_trace_draft *draft;
    struct sq_replay_row *rows; /* times as in the file, in nanoseconds */
    uint32_t n_rows;
    uint32_t room;
    uint32_t time; /* columns */
    uint32_t input;
    uint32_t output;
    int time_scale;                /* of a csv: 10^scale makes nanoseconds */
    char second[SECOND_BYTES + 1]; /* the date read last: neighbours often share it */
    int64_t unix_seconds;
};

/* ---- times ---- */

static bool read_date(struct loading *loading, const char *text, int64_t *seconds)
{
    char date[SECOND_BYTES + 2];
    if (memcmp(text, loading->second, SECOND_BYTES) != 0) {
        memcpy(date, text, SECOND_BYTES);
        date[SECOND_BYTES] = 'Z';
        date[SECOND_BYTES + 1] = '\0';
        if (date[10] != ' ') {
            return false;
        }
        date[10] = 'T';
        if (!sq_date_read_rfc3339(date, SECOND_BYTES + 1, &loading->unix_seconds)) {
            return false;
        }
        memcpy(loading->second, text, SECOND_BYTES);
    }
    *seconds = loading->unix_seconds;
    return *seconds <= UNIX_SECONDS_MAX;
}

/* ".6805900" in nanoseconds. */
static bool read_fraction(const char *text, size_t length, int64_t *ns)
{
    *ns = 0;
    if (length == 0) {
        return true;
    }
    if (text[0] != '.' || length == 1 || length > 10) {
        return false;
    }
    for (size_t i = 1; i <= 9; i++) {
        if (i < length && (text[i] < '0' || text[i] > '9')) {
            return false;
        }
        *ns = *ns * 10 + (i < length ? text[i] - '0' : 0);
    }
    return true;
}

static bool read_timestamp(struct loading *loading, const struct sq_cell *cell, int64_t *at)
{
    int64_t seconds;
    int64_t ns;
    if (cell->length < SECOND_BYTES || !read_date(loading, cell->text, &seconds) ||
        !read_fraction(cell->text + SECOND_BYTES, cell->length - SECOND_BYTES, &ns)) {
        return sq_records_complain(&loading->records, cell->text, cell->length,
                                   "such as 2023-11-16 18:15:46.6805900",
                                   "a date and time is expected here");
    }
    *at = seconds * SQ_SECOND + ns;
    return true;
}

static bool read_time(struct loading *loading, const struct sq_cell *cell, int64_t *at)
{
    if (loading->draft->format == SQ_REPLAY_AZURE) {
        return read_timestamp(loading, cell, at);
    }
    if (!sq_decimal_read(cell->text, cell->length, loading->time_scale, at)) {
        return sq_records_complain(&loading->records, cell->text, cell->length, NULL,
                                   "a time from 0 on with %d decimals at most is expected here",
                                   loading->time_scale);
    }
    return true;
}

/* ---- rows ---- */

static bool read_tokens(struct loading *loading, const struct sq_cell *cell, uint32_t *tokens)
{
    int64_t value;
    if (!sq_records_whole(&loading->records, cell, SQ_TOKENS_MAX, &value)) {
        return false;
    }
    *tokens = (uint32_t)value;
    return true;
}

static bool has_room(struct loading *loading)
{
    if (loading->n_rows < loading->room) {
        return true;
    }
    uint32_t room = loading->room == 0 ? ROWS_MIN : 2 * loading->room;
    struct sq_replay_row *rows = sq_memory_resize(loading->rows, room, sizeof(*rows));
    if (rows == NULL) {
        loading->records.reader->no_memory = true;
        return false;
    }
    loading->rows = rows;
    loading->room = room;
    return true;
}

/* Time, input, output, as they stand in the present line. False: out of memory. */
static bool take(struct loading *loading, const struct sq_cell *time, const struct sq_cell *input,
                 const struct sq_cell *output)
{
    struct sq_replay_row row = {0};
    bool good = read_time(loading, time, &row.at);
    good &= read_tokens(loading, input, &row.input_tokens);
    good &= read_tokens(loading, output, &row.output_tokens);
    if (good && loading->n_rows > 0 && row.at < loading->rows[loading->n_rows - 1].at) {
        good = sq_records_complain(&loading->records, time->text, time->length,
                                   "sort the rows by time",
                                   "this row is earlier than the one "
                                   "before");
    }
    if (!good) {
        return true;
    }
    if (!has_room(loading)) {
        return false;
    }
    loading->rows[loading->n_rows++] = row;
    return true;
}

/* Whether another row is wanted; more than the table may hold is a mistake. */
static bool is_full(const struct loading *loading)
{
    return loading->n_rows == (loading->draft->limit == SQ_DRAFT_NONE
                                   ? SQ_REPLAY_ROWS_MAX + 1u
                                   : (uint32_t)loading->draft->limit);
}

static bool find_columns(struct loading *loading)
{
    const struct sq_trace_draft *draft = loading->draft;
    const struct sq_columns_draft *columns = &draft->columns;
    struct sq_records *records = &loading->records;
    const struct sq_json *node = columns->node == NULL ? draft->node : columns->node;
    bool azure = draft->format == SQ_REPLAY_AZURE;
    const char *time = columns->time_ms == NULL ? columns->time_s : columns->time_ms;
    loading->time_scale = columns->time_ms == NULL ? 9 : 6;
    bool good = sq_records_column(records, node, azure ? "TIMESTAMP" : time, &loading->time);
    good &= sq_records_column(records, node, azure ? "ContextTokens" : columns->input_tokens,
                              &loading->input);
    good &= sq_records_column(records, node, azure ? "GeneratedTokens" : columns->output_tokens,
                              &loading->output);
    return good;
}

static void read_table(struct loading *loading)
{
    const struct sq_cell *cells = loading->records.cells;
    if (!sq_records_header(&loading->records) || !find_columns(loading)) {
        return;
    }
    while (!is_full(loading) && sq_records_row(&loading->records)) {
        if (!take(loading, &cells[loading->time], &cells[loading->input],
                  &cells[loading->output])) {
            return;
        }
    }
}

/* ---- lines of JSON ---- */

static const char *const json_keys[3] = {"timestamp", "input_length", "output_length"};

/* The numbers of a flat object; what else it holds is stepped over. False: reported. */
static bool find_members(struct loading *loading, struct sq_cell found[3])
{
    struct sq_records *records = &loading->records;
    struct sq_json_scan scan;
    struct sq_json_token token;
    struct sq_error err = {0};
    int wanted = -1;
    int depth = 0;
    sq_json_scan_init(&scan, records->text, records->length, false);
    while (sq_json_scan_next(&scan, &token)) {
        if (wanted >= 0) {
            found[wanted] = (struct sq_cell){token.text, token.length};
        }
        wanted = -1;
        for (int i = 0; i < 3 && depth == 1 && token.event == SQ_JSON_MEMBER_KEY; i++) {
            if (strlen(json_keys[i]) == token.length &&
                memcmp(json_keys[i], token.text, token.length) == 0) {
                wanted = i;
            }
        }
        depth += token.event == SQ_JSON_OBJECT_BEGIN || token.event == SQ_JSON_ARRAY_BEGIN;
        depth -= token.event == SQ_JSON_OBJECT_END || token.event == SQ_JSON_ARRAY_END;
    }
    if (scan.problem == SQ_JSON_PROBLEM_NONE) {
        return true;
    }
    (void)sq_json_scan_error(&scan, records->path, &err);
    return sq_records_complain(records, records->text, 1, NULL, "not a line of JSON: %s", err.text);
}

static void read_lines(struct loading *loading)
{
    loading->time_scale = 6;
    while (!is_full(loading) && sq_records_line(&loading->records)) {
        struct sq_cell found[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        if (!find_members(loading, found)) {
            continue;
        }
        int missing = 0;
        while (missing < 3 && found[missing].text != NULL) {
            missing++;
        }
        if (missing < 3) {
            sq_records_complain(&loading->records, loading->records.text, 1, NULL,
                                "the line has no \"%s\"", json_keys[missing]);
        } else if (!take(loading, &found[0], &found[1], &found[2])) {
            return;
        }
    }
}

/* ---- the trace as a whole ---- */

static bool complain(const struct loading *loading, const char *text, const char *hint)
{
    return sq_complain(
        loading->records.reader,
        &(struct sq_complaint){SQ_CODE_CONFLICT, loading->draft->node, false, NULL, hint}, "%s",
        text);
}

static bool check_draft(struct sq_reader *reader, const struct sq_trace_draft *draft)
{
    bool csv = draft->format == SQ_REPLAY_CSV;
    if (csv == (draft->columns.node != NULL)) {
        return true;
    }
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_CONFLICT, draft->node, false, NULL,
                               csv ? "such as { \"time_ms\": \"at\", \"input_tokens\": \"prompt\", "
                                     "\"output_tokens\": \"answer\" }"
                                   : "the format says where everything stands: remove `columns`"},
        csv ? "a trace of format csv needs `columns`"
            : "only a trace of format csv takes `columns`");
}

/* Times from the first row on, at the speed that is wanted. */
static bool bring_to_zero(struct loading *loading)
{
    int64_t first = loading->rows[0].at;
    uint64_t speed_q32 = loading->draft->speed_q32;
    for (uint32_t i = 0; i < loading->n_rows; i++) {
        int64_t at = loading->rows[i].at - first;
        if (speed_q32 != (uint64_t)SQ_Q32_ONE) {
            at = sq_fixed_scale(at, SQ_Q32_ONE, (int64_t)speed_q32);
        }
        loading->rows[i].at = at;
    }
    return loading->rows[loading->n_rows - 1].at < SQ_SPAN_MAX ||
           complain(loading, "the trace is too long at this `speed`", NULL);
}

static bool finish(struct loading *loading, struct sq_replay *replay, sq_dur *length)
{
    struct sq_reader *reader = loading->records.reader;
    if (loading->n_rows == 0) {
        return complain(loading, "the trace has no requests", NULL);
    }
    if (loading->n_rows > SQ_REPLAY_ROWS_MAX) {
        return complain(loading, "the trace has more requests than can be held",
                        sq_phrase(reader, "take a part of it: \"limit\": %u", SQ_REPLAY_ROWS_MAX));
    }
    if (!bring_to_zero(loading)) {
        return false;
    }
    uint32_t n = loading->n_rows;
    sq_dur last = loading->rows[n - 1].at;
    if (loading->draft->loop && last == 0) {
        return complain(loading, "a trace of one moment cannot loop", NULL);
    }
    struct sq_replay_row *rows = sq_arena_new(reader->arena, n, sizeof(*rows));
    reader->no_memory |= rows == NULL;
    if (rows == NULL) {
        return false;
    }
    memcpy(rows, loading->rows, n * sizeof(*rows));
    sq_dur period = loading->draft->loop ? last + (last + n - 2) / (n - 1) : 0;
    *replay = (struct sq_replay){.rows = rows, .n_rows = n, .period = period};
    *length = (last / SQ_SECOND + 1) * SQ_SECOND;
    return true;
}

bool sq_replay_load(struct sq_reader *reader, const struct sq_trace_draft *draft,
                    struct sq_replay *replay, sq_dur *length)
{
    struct loading loading = {.draft = draft};
    uint32_t before = reader->diagnostics->n_errors;
    if (!check_draft(reader, draft)) {
        return false;
    }
    bool opened = sq_records_open(&loading.records, reader, draft->node, draft->file);
    if (opened && draft->format == SQ_REPLAY_MOONCAKE) {
        read_lines(&loading);
    } else if (opened) {
        read_table(&loading);
    }
    bool good = opened && reader->diagnostics->n_errors == before && !sq_reader_failed(reader) &&
                finish(&loading, replay, length);
    sq_records_close(&loading.records);
    sq_memory_free(loading.rows);
    return good;
}
