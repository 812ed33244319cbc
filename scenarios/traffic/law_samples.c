/* SPDX-License-Identifier: MIT */
/* The numbers of one column of a file, for empirical distributions. */
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "scenarios/law_draft_int.h"
#include "scenarios/traffic/records_int.h"
#include "scenarios/values_int.h"

struct samples {
    struct sq_records records;
    int64_t *values;
    uint32_t n_values;
    uint32_t room;
    int scale; /* decimals of a cell that are kept: it is multiplied by 10^scale */
};

/* Without a word of the unit the column's name has to tell it. */
static bool find_scale(struct samples *samples, const struct sq_empirical_draft *draft,
                       enum sq_law_unit unit)
{
    static const struct {
        const char *ending;
        int scale;
    } endings[] = {{"_ns", 0}, {"_us", 3}, {"_ms", 6}, {"_s", 9}};
    size_t length = strlen(draft->column);
    if (unit == SQ_LAW_TOKENS || draft->unit != 0) {
        samples->scale = unit == SQ_LAW_TOKENS ? 0 : draft->unit - 1;
        return true;
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t tail = strlen(endings[i].ending);
        if (length > tail && strcmp(draft->column + length - tail, endings[i].ending) == 0) {
            samples->scale = endings[i].scale;
            return true;
        }
    }
    return sq_complain(samples->records.reader,
                       &(struct sq_complaint){SQ_CODE_LAW, draft->node, false, NULL,
                                              "say it: \"unit\": \"ms\" (ns, us, ms or s)"},
                       "the unit of column \"%s\" is not known", draft->column);
}

static bool has_room(struct samples *samples)
{
    if (samples->n_values < samples->room) {
        return true;
    }
    uint32_t room = samples->room == 0 ? 4096 : 2 * samples->room;
    int64_t *values = sq_memory_resize(samples->values, room, sizeof(*values));
    if (values == NULL) {
        samples->records.reader->no_memory = true;
        return false;
    }
    samples->values = values;
    samples->room = room;
    return true;
}

static bool read_rows(struct samples *samples, uint32_t column)
{
    struct sq_records *records = &samples->records;
    while (sq_records_row(records)) {
        const struct sq_cell *cell = &records->cells[column];
        int64_t value;
        if (cell->length == 0) {
            continue; /* what was not observed */
        }
        if (samples->n_values == SQ_DIST_SAMPLES_MAX) {
            return sq_records_complain(records, cell->text, cell->length, NULL,
                                       "more than %u values", SQ_DIST_SAMPLES_MAX);
        }
        if (!sq_decimal_read(cell->text, cell->length, samples->scale, &value) ||
            value > SQ_SPAN_MAX) {
            sq_records_complain(records, cell->text, cell->length, NULL,
                                "not a number from 0 on with %d decimals at most", samples->scale);
            continue;
        }
        if (!has_room(samples)) {
            return false;
        }
        samples->values[samples->n_values++] = value;
    }
    return true;
}

/* Heap sort: no recursion, no extra memory, and never quadratic. */
static void sift_down(int64_t *values, uint32_t from, uint32_t n)
{
    int64_t value = values[from];
    for (uint32_t child = 2 * from + 1; child < n; child = 2 * from + 1) {
        child += child + 1 < n && values[child] < values[child + 1];
        if (values[child] <= value) {
            break;
        }
        values[from] = values[child];
        from = child;
    }
    values[from] = value;
}

static void sort(int64_t *values, uint32_t n)
{
    for (uint32_t i = n / 2; i > 0; i--) {
        sift_down(values, i - 1, n);
    }
    for (uint32_t end = n; end > 1; end--) {
        int64_t largest = values[0];
        values[0] = values[end - 1];
        values[end - 1] = largest;
        sift_down(values, 0, end - 1);
    }
}

static bool keep(struct samples *samples, const struct sq_json *node, struct sq_dist_spec *spec)
{
    struct sq_reader *reader = samples->records.reader;
    if (samples->n_values == 0) {
        return sq_complain(reader, &(struct sq_complaint){SQ_CODE_LAW, node, false, NULL, NULL},
                           "\"%s\" has no value in this column", samples->records.path);
    }
    int64_t *copy = sq_reader_scratch(reader, samples->n_values, sizeof(*copy));
    if (copy == NULL) {
        return false;
    }
    sort(samples->values, samples->n_values);
    memcpy(copy, samples->values, samples->n_values * sizeof(*copy));
    spec->kind = SQ_DIST_EMPIRICAL;
    spec->samples = copy;
    spec->n_samples = samples->n_values;
    return true;
}

bool sq_law_samples(struct sq_reader *reader, const struct sq_empirical_draft *draft,
                    enum sq_law_unit unit, struct sq_dist_spec *spec)
{
    struct samples samples = {0};
    uint32_t column;
    uint32_t before = reader->diagnostics->n_errors;
    sq_assert(unit != SQ_LAW_PACE);
    bool good = sq_records_open(&samples.records, reader, draft->node, draft->file) &&
                find_scale(&samples, draft, unit) && sq_records_header(&samples.records) &&
                sq_records_column(&samples.records, draft->node, draft->column, &column) &&
                read_rows(&samples, column) && reader->diagnostics->n_errors == before &&
                keep(&samples, draft->node, spec);
    sq_records_close(&samples.records);
    sq_memory_free(samples.values);
    return good;
}
