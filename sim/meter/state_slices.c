/* SPDX-License-Identifier: MIT */
/* Slices of a closed meter as JSON and back: of each its first part, which is all of it then. */
#include "sim/meter/state_int.h"

/* Rows of counts as they lie: what never falls below 0. */
#define ROW(key, member)                                                                           \
    {                                                                                              \
        key, offsetof(struct sq_slice, member),                                                    \
            sizeof(((struct sq_slice *)NULL)->member) / METER_COUNT_BYTES                          \
    }

static const struct slice_row {
    const char *key;
    size_t offset;
    uint32_t n;
} slice_rows[] = {
    ROW("tally", tally),
    ROW("strategies", strategy),
    ROW("call_attempts", call_attempts),
    ROW("sent", sent),
    ROW("billed", billed),
    ROW("used", used),
    ROW("peak_attempts", peak_attempts),
    ROW("peak_amplification", peak_amplification),
    ROW("span", span),
    ROW("counted_span", counted_span),
};

#define N_SLICE_ROWS (sizeof(slice_rows) / sizeof(slice_rows[0]))

static void write_part(struct sq_json_writer *json, const struct sq_slice *part)
{
    for (size_t i = 0; i < N_SLICE_ROWS; i++) {
        const void *place = (const char *)part + slice_rows[i].offset;
        meter_state_write_rows(json, slice_rows[i].key, place, slice_rows[i].n);
    }
    const void *open_time = part->open_time;
    meter_state_write_rows(json, "open_time", open_time, part->n_open_time);
    meter_state_write_uint(json, "unrecovered", part->n_unrecovered);
    meter_state_write_uint(json, "unjudged", part->n_unjudged);
    sq_json_write_key(json, "histograms");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        if (part->histograms[i] != NULL && part->histograms[i]->count > 0) {
            meter_state_write_histogram(json, i, part->histograms[i]);
        }
    }
    sq_json_write_array_end(json);
}

void meter_state_write_slices(struct sq_json_writer *json, const struct meter_slices *slices)
{
    sq_json_write_key(json, "slices");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < slices->n_list; i++) {
        sq_json_write_object_begin(json);
        write_part(json, &slices->list[i].parts[0]);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void read_histograms(struct sq_json_taker *taker, const struct sq_json *object,
                            const struct sq_slice *part)
{
    const struct sq_json *node = meter_state_first(taker, object, "histograms");
    for (; node != NULL; node = sq_json_next(node)) {
        uint64_t index = sq_json_take_count(taker, node, "index", SQ_SLICE_HISTOGRAMS - 1);
        if (part->histograms[index] == NULL) {
            sq_json_take_complain(taker, node, "no check asks for this histogram");
            return;
        }
        meter_state_read_histogram(taker, node, part->histograms[index]);
    }
}

static void read_part(struct sq_json_taker *taker, const struct sq_json *node,
                      struct sq_slice *part)
{
    for (size_t i = 0; i < N_SLICE_ROWS; i++) {
        void *place = (char *)part + slice_rows[i].offset;
        meter_state_read_rows(taker, node, slice_rows[i].key, place, slice_rows[i].n);
    }
    void *open_time = part->open_time;
    meter_state_read_rows(taker, node, "open_time", open_time, part->n_open_time);
    part->n_unrecovered = (uint32_t)sq_json_take_count(taker, node, "unrecovered", SQ_SEEDS_MAX);
    part->n_unjudged = (uint32_t)sq_json_take_count(taker, node, "unjudged", SQ_SEEDS_MAX);
    read_histograms(taker, node, part);
}

void meter_state_read_slices(struct sq_json_taker *taker, const struct sq_json *object,
                             struct meter_slices *slices)
{
    const struct sq_json *node = meter_state_first(taker, object, "slices");
    uint32_t i = 0;
    for (; node != NULL && i < slices->n_list; node = sq_json_next(node), i++) {
        read_part(taker, node, &slices->list[i].parts[0]);
    }
    if (node != NULL || i != slices->n_list) {
        sq_json_take_complain(taker, object, "there are not %u slices", slices->n_list);
    }
}
