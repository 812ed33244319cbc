/* SPDX-License-Identifier: MIT */
/* Phases, one after the other: their names, durations, rates and laws of gaps. */
#include <string.h>

#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

static void make_rate(struct sq_reader *reader, const struct sq_phase_draft *draft,
                      struct sq_workload_phase *phase)
{
    if (draft->ramp_to != SQ_DRAFT_NONE && draft->rate.plain == SQ_DRAFT_NONE) {
        sq_complain_traffic(reader, draft->at.node, "has `ramp_to` without a plain `arrival_rate`",
                            "write the rate at the start as `arrival_rate`");
        return;
    }
    if (draft->pause != SQ_DRAFT_NONE) {
        (void)sq_curve_line(reader, 0, 0, 0, &phase->rate);
    } else if (draft->arrival_count != SQ_DRAFT_NONE) {
        /* Rounded up, so that the last call still fits. */
        sq_uint128 area = (sq_uint128)(uint64_t)draft->arrival_count * SQ_WORKLOAD_GAP_ONE;
        sq_uint128 rate = (area + (uint64_t)phase->duration - 1) / (uint64_t)phase->duration;
        if (rate > SQ_RATE_MAX) {
            sq_complain_traffic(reader, draft->at.node, "has more than 1,000,000 calls per second",
                                NULL);
            return;
        }
        (void)sq_curve_line(reader, (int64_t)rate, (int64_t)rate, 0, &phase->rate);
    } else if (draft->rate.plain != SQ_DRAFT_NONE) {
        int64_t to = draft->ramp_to == SQ_DRAFT_NONE ? draft->rate.plain : draft->ramp_to;
        (void)sq_curve_line(reader, draft->rate.plain, to, phase->duration, &phase->rate);
    } else {
        (void)sq_curve_keep(reader, &draft->rate.curve, &phase->rate);
    }
}

/* Its own name, behind that of its stream where there are several. */
static const char *phase_name(struct sq_reader *reader, const struct sq_stream_spec *stream,
                              const struct sq_phase_draft *draft, uint32_t i, uint32_t n)
{
    bool named = draft->name[0] != '\0';
    if (stream->name[0] == '\0') {
        return named ? draft->name : sq_phrase(reader, "phase-%u", i + 1u);
    }
    if (named) {
        return sq_phrase(reader, "%s.%s", stream->name, draft->name);
    }
    return n == 1 ? stream->name : sq_phrase(reader, "%s.phase-%u", stream->name, i + 1u);
}

static void check_name(struct sq_reader *reader, const struct sq_json *node, const char *name,
                       const struct sq_workload *workload)
{
    static const char *const reserved[] = {"before", "faulty", "after"};
    for (size_t k = 0; k < 3; k++) {
        if (strcmp(name, reserved[k]) == 0) {
            sq_complain_traffic(reader, node, "has a reserved name",
                                "before, faulty and after name the time around faults");
        }
    }
    for (uint8_t k = 0; k < workload->n_phases; k++) {
        if (strcmp(name, workload->phases[k].name) == 0) {
            sq_complain(reader, &(struct sq_complaint){SQ_CODE_TWICE, node, false, NULL, NULL},
                        "two phases are named \"%s\"", name);
        }
    }
}

struct sq_workload_phase *sq_phase_new(struct sq_reader *reader, const struct sq_json *node,
                                       const char *name, struct sq_scenario *scenario,
                                       struct sq_stream_spec *stream)
{
    struct sq_workload *workload = &scenario->workload;
    if (workload->n_phases == SQ_WORKLOAD_PHASES_MAX) {
        sq_complain(reader, &(struct sq_complaint){SQ_CODE_COUNT, node, false, NULL, NULL},
                    "more than %d phases in all streams", SQ_WORKLOAD_PHASES_MAX);
        return NULL;
    }
    if (strlen(name) >= SQ_NAME_BYTES) {
        sq_complain_traffic(
            reader, node, "has too long a name",
            sq_phrase(reader, "\"%s\" is longer than %d bytes", name, SQ_NAME_BYTES - 1));
        return NULL;
    }
    check_name(reader, node, name, workload);
    struct sq_workload_phase *phase = &workload->phases[workload->n_phases++];
    memcpy(phase->name, name, strlen(name) + 1);
    stream->n_phases++;
    return phase;
}

/* The phase's duration; 0 after a mistake. */
static sq_dur phase_duration(struct sq_reader *reader, const struct sq_phase_draft *draft,
                             bool last, sq_dur rest)
{
    if (draft->pause != SQ_DRAFT_NONE) {
        if (draft->duration != SQ_DRAFT_NONE) {
            sq_complain_traffic(reader, draft->at.node, "has both `pause` and `duration`",
                                "a pause is its own duration: remove `duration`");
        }
        return draft->pause;
    }
    if (draft->duration != SQ_DRAFT_NONE) {
        return draft->duration;
    }
    if (last && rest != SQ_DRAFT_NONE && rest > 0) {
        return rest;
    }
    sq_complain_traffic(
        reader, draft->at.node, "needs a `duration`",
        "only the last phase may leave it out, and only when the scenario's `duration` "
        "leaves something over");
    return 0;
}

static void check_total(struct sq_reader *reader, const struct sq_json *node, sq_dur total,
                        struct sq_scenario *scenario)
{
    if (scenario->duration == SQ_DRAFT_NONE) {
        scenario->duration = total;
    } else if (scenario->duration != total) {
        sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_CONFLICT, node, true, NULL,
                                   sq_phrase(reader,
                                             "write `duration: \"%s\"`, or change the phases (a "
                                             "`pause` adds time without calls)",
                                             sq_span_shown(reader, total))},
            "the phases last %s, the scenario %s", sq_span_shown(reader, total),
            sq_span_shown(reader, scenario->duration));
    }
}

static void make_arrivals(struct sq_reader *reader, const struct sq_arrivals_draft *draft,
                          struct sq_workload_phase *phase)
{
    phase->arrivals = draft->kind;
    if (draft->kind == SQ_ARRIVALS_GAMMA) {
        (void)sq_law_gaps(reader, draft->node, draft->cv_q32, SQ_WORKLOAD_GAP_ONE, &phase->gap);
    }
}

sq_dur sq_phases_length(const struct sq_list *list)
{
    const struct sq_phase_draft *drafts = list->items;
    sq_dur sum = 0;
    for (uint32_t i = 0; i < list->n_items; i++) {
        sq_dur span = drafts[i].pause != SQ_DRAFT_NONE ? drafts[i].pause : drafts[i].duration;
        if (span == SQ_DRAFT_NONE) {
            return SQ_DRAFT_NONE;
        }
        sum = sq_time_add(sum, span);
    }
    return list->n_items == 0 ? SQ_DRAFT_NONE : sum;
}

void sq_phases_make(struct sq_reader *reader, const struct sq_json *node,
                    const struct sq_list *list, struct sq_scenario *scenario,
                    struct sq_stream_spec *stream)
{
    const struct sq_phase_draft *drafts = list->items;
    uint32_t before = reader->diagnostics->n_errors;
    sq_dur total = 0;
    for (uint32_t i = 0; i < list->n_items; i++) {
        const char *name = phase_name(reader, stream, &drafts[i], i, list->n_items);
        struct sq_workload_phase *phase =
            sq_phase_new(reader, drafts[i].at.node, name, scenario, stream);
        if (phase == NULL) {
            return;
        }
        sq_dur rest =
            scenario->duration == SQ_DRAFT_NONE ? SQ_DRAFT_NONE : scenario->duration - total;
        phase->from = total;
        phase->duration = phase_duration(reader, &drafts[i], i + 1u == list->n_items, rest);
        make_arrivals(reader, &drafts[i].arrivals, phase);
        if (phase->duration > 0) {
            make_rate(reader, &drafts[i], phase);
        }
        total = sq_time_add(total, phase->duration);
    }
    if (reader->diagnostics->n_errors == before) {
        check_total(reader, sq_json_member(node, "phases"), total, scenario);
    }
}
