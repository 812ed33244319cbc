/* SPDX-License-Identifier: MIT */
/* See dry_run.h. Everything is read from the loaded scenario; nothing is drawn and nothing sent. */
#include "cli/dry_run.h"

#include <string.h>

#include "base/draw.h"
#include "base/duration.h"
#include "cli/print.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/writer.h"
#include "wire/text.h"

#define LABEL_COLUMNS 12
#define NAME_COLUMNS  16
#define AXIS_COLUMNS  48
#define WINDOWS_MAX   100000 /* of one rule that are looked at */
#define SHADOWS_MAX   20     /* pairs that are listed */

/* ---- words ---- */

static void add_label(struct sq_strbuf *out, const char *label)
{
    sq_strbuf_add_format(out, "%-*s", LABEL_COLUMNS, label);
}

/* Text of a file, in so many columns at least, never more. */
static void add_name(struct sq_strbuf *out, const char *name, size_t columns)
{
    struct sq_strbuf safe = {0};
    sq_escape_line(&safe, name);
    size_t bytes = sq_text_cut(sq_strbuf_text(&safe), safe.length, columns);
    sq_strbuf_add_bytes(out, sq_strbuf_text(&safe), bytes);
    size_t used = sq_text_width(sq_strbuf_text(&safe), bytes);
    sq_strbuf_add_repeated(out, " ", columns > used ? columns - used : 0);
    sq_report_join(out, &safe);
}

static void add_text(struct sq_strbuf *out, const char *text)
{
    struct sq_strbuf safe = {0};
    sq_escape_line(&safe, text);
    sq_strbuf_add(out, sq_strbuf_text(&safe));
    sq_report_join(out, &safe);
}

static void add_span(struct sq_strbuf *out, sq_dur span)
{
    if (span == SQ_NEVER) {
        sq_strbuf_add(out, "the end");
    } else {
        sq_duration_add_exact(out, span);
    }
}

static void add_range(struct sq_strbuf *out, sq_time from, sq_time to)
{
    add_span(out, from);
    sq_strbuf_add(out, " to ");
    add_span(out, to);
}

/* Millionths without needless zeros: "50", "0.25". */
static void add_millionths(struct sq_strbuf *out, int64_t value)
{
    int digits = 6;
    for (int64_t rest = value; digits > 0 && rest % 10 == 0; rest /= 10) {
        digits--;
    }
    sq_strbuf_add_decimal(out, value, 6, digits);
}

/* ---- head ---- */

static const char *clocks(const struct sq_series_options *series)
{
    return series->virtual_clock && series->live_clock ? "virtual and live"
           : series->live_clock                        ? "live"
                                                       : "virtual";
}

static uint32_t live_seeds(const struct sq_scenario *scenario)
{
    return scenario->seeds_given ? scenario->n_seeds : 1;
}

static uint64_t runs(const struct sq_run_order *order, const struct sq_scenario *scenario)
{
    uint64_t seeds = (order->series.virtual_clock ? scenario->n_seeds : 0) +
                     (order->series.live_clock ? live_seeds(scenario) : 0);
    return seeds * scenario->n_policies;
}

static void add_head(struct sq_strbuf *out, const struct sq_run_order *order,
                     const struct sq_scenario *scenario)
{
    uint64_t n_runs = runs(order, scenario);
    sq_strbuf_add(out, "dry run of ");
    add_text(out, scenario->name);
    sq_strbuf_add(out, ": nothing is run\n");
    if (scenario->title != NULL && strcmp(scenario->title, scenario->name) != 0) {
        add_label(out, "");
        add_text(out, scenario->title);
        sq_strbuf_add_char(out, '\n');
    }
    add_label(out, "clock");
    sq_strbuf_add_format(out, "%s, %llu run%s\n", clocks(&order->series),
                         (unsigned long long)n_runs, n_runs == 1 ? "" : "s");
    add_label(out, "seeds");
    sq_strbuf_add_format(out, "%llu", (unsigned long long)scenario->seed);
    if (scenario->n_seeds > 1) {
        sq_strbuf_add_format(out, " to %llu",
                             (unsigned long long)(scenario->seed + scenario->n_seeds - 1));
    }
    sq_strbuf_add_char(out, '\n');
    add_label(out, "time");
    add_range(out, 0, scenario->duration);
    sq_strbuf_add(out, ", warm-up ");
    add_span(out, scenario->warmup);
    sq_strbuf_add(out, ", drain up to ");
    add_span(out, scenario->drain);
    sq_strbuf_add_char(out, '\n');
}

static void add_roles(struct sq_strbuf *out, const struct sq_run_order *order,
                      const struct sq_scenario *scenario)
{
    add_label(out, "policies");
    for (uint8_t i = 0; i < scenario->n_policies; i++) {
        sq_strbuf_add(out, i > 0 ? ", " : "");
        add_text(out, scenario->policies[i]->name);
    }
    sq_strbuf_add_char(out, '\n');
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        add_label(out, i == 0 ? "roles" : "");
        add_name(out, scenario->roles[i].name, NAME_COLUMNS);
        add_text(out, scenario->script.models[scenario->roles[i].model].label);
        sq_strbuf_add_char(out, '\n');
    }
    for (size_t i = 0; i < order->targets.n_list; i++) {
        const struct sq_target *target = &order->targets.list[i];
        add_label(out, i == 0 ? "targets" : "");
        add_name(out, target->role[0] == '\0' ? "other roles" : target->role, NAME_COLUMNS);
        sq_strbuf_add_format(out, "%s\n", target->url);
    }
}

/* ---- workload ---- */

/* Expected calls of a phase, to the nearest. */
static uint64_t calls_of(const struct sq_workload_phase *phase)
{
    if (phase->rate.n_points == 0) {
        return 0;
    }
    sq_uint128 area = sq_curve_area(&phase->rate, phase->duration);
    return (uint64_t)((area + SQ_WORKLOAD_GAP_ONE / 2) / SQ_WORKLOAD_GAP_ONE);
}

static void add_rate(struct sq_strbuf *out, const struct sq_workload_phase *phase)
{
    int64_t from = phase->rate.n_points == 0 ? 0 : sq_curve_value(&phase->rate, 0);
    int64_t to = phase->rate.n_points == 0 ? 0 : sq_curve_value(&phase->rate, phase->duration);
    add_millionths(out, from);
    if (to != from) {
        sq_strbuf_add(out, " to ");
        add_millionths(out, to);
    }
    sq_strbuf_add(out, " calls/s, ");
    sq_format_count(out, calls_of(phase));
    sq_strbuf_add(out, " calls expected\n");
}

/* How many calls they make is up to the answers they wait for. */
static void add_users(struct sq_strbuf *out, const struct sq_stream_spec *stream)
{
    sq_format_count(out, stream->n_users);
    sq_strbuf_add(out, stream->n_users == 1 ? " user" : " users");
    if (stream->ramp_up > 0) {
        sq_strbuf_add(out, " after ");
        add_span(out, stream->ramp_up);
    }
    sq_strbuf_add(out, ", one call at a time, as many as get done\n");
}

static void add_phase(struct sq_strbuf *out, const struct sq_stream_spec *stream,
                      const struct sq_workload_phase *phase, bool first)
{
    add_label(out, first ? "workload" : "");
    add_name(out, phase->name, NAME_COLUMNS);
    add_range(out, phase->from, sq_time_add(phase->from, phase->duration));
    sq_strbuf_add(out, ", ");
    if (stream->kind == SQ_STREAM_CLOSED) {
        add_users(out, stream);
    } else {
        add_rate(out, phase);
    }
}

static uint64_t add_stream(struct sq_strbuf *out, const struct sq_workload *workload,
                           const struct sq_stream_spec *stream)
{
    uint64_t calls = 0;
    for (uint8_t i = 0; i < stream->n_phases; i++) {
        uint8_t phase = (uint8_t)(stream->first_phase + i);
        add_phase(out, stream, &workload->phases[phase], phase == 0);
        calls += stream->kind == SQ_STREAM_CLOSED ? 0 : calls_of(&workload->phases[phase]);
    }
    return calls;
}

static void add_workload(struct sq_strbuf *out, const struct sq_run_order *order,
                         const struct sq_scenario *scenario)
{
    const struct sq_workload *workload = &scenario->workload;
    uint64_t calls = 0;
    uint64_t n_runs = runs(order, scenario);
    bool closed = false;
    for (uint8_t i = 0; i < workload->n_streams; i++) {
        calls += add_stream(out, workload, &workload->streams[i]);
        closed |= workload->streams[i].kind == SQ_STREAM_CLOSED;
    }
    if (closed && calls == 0) {
        return;
    }
    add_label(out, "");
    sq_strbuf_add(out, "in all ");
    sq_format_count(out, calls);
    sq_strbuf_add(out,
                  closed ? " calls expected a run beside those of users" : " calls expected a run");
    if (n_runs > 1) {
        sq_strbuf_add(out, ", ");
        sq_format_count(out, calls * n_runs);
        sq_strbuf_add(out, " over all runs");
    }
    sq_strbuf_add_char(out, '\n');
}

/* ---- faults ---- */

/* When the rule is open: windows, or always. */
static bool window_of(const struct sq_rule *rule, uint32_t k, sq_time end, sq_time *from,
                      sq_time *to)
{
    if (rule->windowed) {
        return k < WINDOWS_MAX && sq_rule_window(rule, k, end, from, to);
    }
    *from = 0;
    *to = end;
    return k == 0;
}

static void add_lane(struct sq_strbuf *out, const struct sq_rule *rule, sq_dur duration)
{
    char cells[AXIS_COLUMNS + 1];
    sq_time from;
    sq_time to;
    memset(cells, '.', AXIS_COLUMNS);
    cells[AXIS_COLUMNS] = '\0';
    for (uint32_t k = 0; window_of(rule, k, duration, &from, &to); k++) {
        to = sq_time_min(to, duration);
        size_t first = (size_t)((sq_int128)from * AXIS_COLUMNS / duration);
        size_t last = (size_t)((sq_int128)(to - 1) * AXIS_COLUMNS / duration);
        for (size_t cell = first; cell <= last && cell < AXIS_COLUMNS; cell++) {
            cells[cell] = '#';
        }
    }
    sq_strbuf_add(out, cells);
}

static void add_share(struct sq_strbuf *out, const struct sq_rule *rule)
{
    if (rule->probability.n_points > 0) {
        sq_strbuf_add(out, ", share by a curve");
    } else if (rule->share_q32 < SQ_DRAW_ALWAYS) {
        sq_strbuf_add(out, ", ");
        sq_format_ratio(out, (int64_t)((sq_uint128)rule->share_q32 * SQ_RATIO_ONE >> 32));
    }
    if (rule->count.kind != SQ_COUNT_ALL) {
        sq_strbuf_add(out, ", by count");
    }
    switch (rule->per) {
    case SQ_PER_ATTEMPT:
    case SQ_PER_CALL:
        return;
    case SQ_PER_KEY:
        sq_strbuf_add(out, " per key");
        return;
    case SQ_PER_TENANT:
        sq_strbuf_add(out, " per tenant");
        return;
    case SQ_PER_SESSION:
        sq_strbuf_add(out, " per session");
        return;
    }
}

/* A name that is not the workload's own is known by its digest alone. */
static void add_who(struct sq_strbuf *out, const char *noun, uint64_t who)
{
    if ((who & SQ_IDENTITY_FOREIGN) != 0) {
        sq_strbuf_add_format(out, ", one %s", noun);
    } else if (who != 0) {
        sq_strbuf_add_format(out, ", %s %llu", noun, (unsigned long long)who);
    }
}

static void add_match(struct sq_strbuf *out, const struct sq_match *match)
{
    add_who(out, "key", match->key);
    add_who(out, "tenant", match->tenant);
    if (match->clauses != 0) {
        sq_strbuf_add(out, ", by header or body");
    }
}

static void add_where(struct sq_strbuf *out, const struct sq_script *script, uint64_t models)
{
    const char *between = "";
    for (uint8_t i = 0; i < script->n_models; i++) {
        if ((models >> i & 1) != 0) {
            sq_strbuf_add(out, between);
            add_text(out, script->models[i].label);
            between = ", ";
        }
    }
}

static void add_rule(struct sq_strbuf *out, const struct sq_scenario *scenario,
                     const struct sq_rule *rule)
{
    add_label(out, "");
    add_name(out, rule->name, NAME_COLUMNS);
    sq_strbuf_add_char(out, '|');
    add_lane(out, rule, scenario->duration);
    sq_strbuf_add(out, "|\n");
    add_label(out, "");
    sq_strbuf_add_repeated(out, " ", NAME_COLUMNS + 1);
    sq_strbuf_add(out, sq_fault_kind_row(rule->kind)->name);
    if (rule->kind == SQ_FAULT_STATUS) {
        sq_strbuf_add_format(out, " %u", rule->effect.status);
    }
    sq_strbuf_add(out, " at ");
    add_where(out, &scenario->script, rule->models);
    if (rule->windowed) {
        sq_strbuf_add(out, ", ");
        add_range(out, rule->at, sq_time_add(rule->at, rule->span));
    }
    if (rule->every > 0) {
        sq_strbuf_add(out, " every ");
        add_span(out, rule->every);
    }
    add_match(out, &rule->match);
    add_share(out, rule);
    sq_strbuf_add_char(out, '\n');
}

static void add_axis(struct sq_strbuf *out, const struct sq_scenario *scenario)
{
    struct sq_strbuf end = {0};
    sq_duration_add_exact(&end, scenario->duration);
    add_label(out, "faults");
    sq_strbuf_add_repeated(out, " ", NAME_COLUMNS);
    sq_strbuf_add(out, "0s");
    sq_strbuf_add_repeated(out, " ", AXIS_COLUMNS > end.length ? AXIS_COLUMNS - end.length : 1);
    sq_strbuf_add_format(out, "%s\n", sq_strbuf_text(&end));
    sq_report_join(out, &end);
}

/* ---- shadows ---- */

/* The first time both are open; false: never. */
static bool meet(const struct sq_rule *a, const struct sq_rule *b, sq_dur duration, sq_time *from,
                 sq_time *to)
{
    uint32_t k = 0;
    uint32_t l = 0;
    sq_time a_from;
    sq_time a_to;
    sq_time b_from;
    sq_time b_to;
    while (window_of(a, k, duration, &a_from, &a_to) && window_of(b, l, duration, &b_from, &b_to)) {
        *from = sq_time_max(a_from, b_from);
        *to = sq_time_min(a_to, b_to);
        if (*from < *to) {
            return true;
        }
        k += a_to <= b_to;
        l += a_to > b_to;
    }
    return false;
}

/* Whether what a does leaves nothing for b to strike. */
static bool comes_first(const struct sq_rule *a, const struct sq_rule *b, bool a_stands_first)
{
    enum sq_family of_a = sq_fault_kind_row(a->kind)->family;
    enum sq_family of_b = sq_fault_kind_row(b->kind)->family;
    if (of_a == of_b) {
        return a_stands_first;
    }
    bool ends = of_a == SQ_FAMILY_CONNECTION || of_a == SQ_FAMILY_STATUS ||
                (a->kind == SQ_FAULT_HANG && a->effect.for_each == SQ_NEVER);
    return ends && of_a < of_b;
}

/* Whether both can look at one attempt, as far as their keys and tenants say. */
static bool may_meet(const struct sq_match *a, const struct sq_match *b)
{
    return (a->key == 0 || b->key == 0 || a->key == b->key) &&
           (a->tenant == 0 || b->tenant == 0 || a->tenant == b->tenant);
}

/* Whether the first asks for nothing that the second does not ask for, too. */
static bool asks_no_more(const struct sq_match *a, const struct sq_match *b)
{
    return (a->attempt == 0 || a->attempt == b->attempt) && (a->key == 0 || a->key == b->key) &&
           (a->tenant == 0 || a->tenant == b->tenant) && (a->clauses & ~b->clauses) == 0;
}

/* Whether it strikes every attempt that the other could. */
static bool strikes_all(const struct sq_rule *a, const struct sq_rule *b)
{
    bool any_stream = a->match.stream < 0 && sq_fault_kind_row(a->kind)->needs == SQ_NEEDS_NOTHING;
    bool same_stream = sq_fault_kind_row(a->kind)->needs == sq_fault_kind_row(b->kind)->needs &&
                       a->match.stream == b->match.stream;
    return a->share_q32 >= SQ_DRAW_ALWAYS && a->probability.n_points == 0 &&
           a->count.kind == SQ_COUNT_ALL && (any_stream || same_stream) &&
           asks_no_more(&a->match, &b->match);
}

static bool add_shadow(struct sq_strbuf *out, const struct sq_scenario *scenario, uint16_t i,
                       uint16_t j, bool first)
{
    const struct sq_rule *a = &scenario->script.rules[i];
    const struct sq_rule *b = &scenario->script.rules[j];
    sq_time from;
    sq_time to;
    if (i == j || (a->models & b->models) == 0 || !comes_first(a, b, i < j) ||
        !may_meet(&a->match, &b->match) || !meet(a, b, scenario->duration, &from, &to)) {
        return false;
    }
    add_label(out, first ? "shadows" : "");
    add_text(out, a->name);
    sq_strbuf_add(out, strikes_all(a, b) ? " hides " : " may hide ");
    add_text(out, b->name);
    sq_strbuf_add(out, " at ");
    add_where(out, &scenario->script, a->models & b->models);
    sq_strbuf_add(out, " from ");
    add_range(out, from, to);
    sq_strbuf_add_char(out, '\n');
    return true;
}

static void add_shadows(struct sq_strbuf *out, const struct sq_scenario *scenario)
{
    uint32_t n = 0;
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        for (uint16_t j = 0; j < scenario->script.n_rules && n < SHADOWS_MAX; j++) {
            n += add_shadow(out, scenario, i, j, n == 0);
        }
    }
    if (n == SHADOWS_MAX) {
        add_label(out, "");
        sq_strbuf_add_format(out, "(the first %d pairs)\n", SHADOWS_MAX);
    }
}

static void add_thresholds(struct sq_strbuf *out, const struct sq_scenario *scenario)
{
    if (scenario->n_thresholds == 0) {
        add_label(out, "thresholds");
        sq_strbuf_add(out, "none: nothing is judged\n");
    }
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        add_label(out, i == 0 ? "thresholds" : "");
        add_text(out, scenario->thresholds[i].text);
        sq_strbuf_add_char(out, '\n');
    }
}

void sq_dry_run_print(const struct sq_run_order *order, const struct sq_scenario *scenario)
{
    struct sq_strbuf out = {0};
    add_head(&out, order, scenario);
    add_roles(&out, order, scenario);
    add_workload(&out, order, scenario);
    if (scenario->script.n_rules > 0) {
        add_axis(&out, scenario);
    }
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        add_rule(&out, scenario, &scenario->script.rules[i]);
    }
    add_shadows(&out, scenario);
    add_thresholds(&out, scenario);
    sq_print_out_buffer(&out);
    sq_strbuf_clear(&out);
}
