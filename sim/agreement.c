/* SPDX-License-Identifier: MIT */
/*
 * Two runs of the same calls, side by side. Both lists are sorted by call id and walked together;
 * paths are equal when their digests are (roles, classes and outcome of all attempts). Availability
 * and quantiles are those of the calls in both lists, set aside or not: what happens at an edge may
 * differ call by call, but not change what a user sees.
 */
#include "sim/agreement.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/assert.h"
#include "base/strbuf.h"

#define PER_MILLE         1000
#define QUANTILE_TAIL_MIN 10 /* calls above a quantile; fewer say nothing about it */

struct side {
    const char *name;
    const struct sq_paths *paths;
};

struct comparison {
    const struct sq_script *script;
    const struct sq_stream_spec *streams;
    const struct sq_role *roles;
    const struct sq_settings *policy;
    struct side virtual_side;
    struct side live_side;
    struct sq_agreement *agreement;
};

/* One call in both lists. */
struct pair {
    const struct sq_path *virtual_path;
    const struct sq_path *live_path;
};

/* Text into a fixed buffer, piece by piece. */
struct cut_text {
    char *text;
    size_t bytes;
    size_t length;
};

static void add(struct cut_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct cut_text *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(out->text + out->length, out->bytes - out->length, format, arguments);
    va_end(arguments);
    while (out->text[out->length] != '\0') {
        out->length++;
    }
}

/* Edges */

static sq_dur distance(sq_time a, sq_time b)
{
    return a > b ? a - b : b - a;
}

static bool near_point(sq_time at, sq_time edge)
{
    return edge != SQ_NEVER && distance(at, edge) <= SQ_AGREEMENT_EDGE;
}

/* The window that began last before `at`, and its neighbours. */
static bool near_window(const struct sq_rule *rule, sq_time at)
{
    uint32_t around =
        rule->every > 0 && at > rule->at ? (uint32_t)((at - rule->at) / rule->every) : 0;
    for (uint32_t k = around == 0 ? 0 : around - 1; k <= around + 1; k++) {
        sq_time from;
        sq_time to;
        if (sq_rule_window(rule, k, SQ_NEVER, &from, &to) &&
            (near_point(at, from) || near_point(at, to))) {
            return true;
        }
    }
    return false;
}

/* Where the attempt was sent decides what strikes it; rules with in_flight strike later, too. */
static bool near_rules(const struct sq_script *script, const struct sq_path_step *step)
{
    for (uint16_t i = 0; i < script->n_rules; i++) {
        const struct sq_rule *rule = &script->rules[i];
        if (rule->windowed && (near_window(rule, step->sent_at) ||
                               (rule->effect.in_flight && near_window(rule, step->ended_at)))) {
            return true;
        }
    }
    return false;
}

/* Transitions are in order of time: how many came before `at`. */
static uint32_t transitions_before(const struct sq_paths *paths, sq_time at)
{
    uint32_t low = 0;
    uint32_t high = paths->n_transitions;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (paths->transitions[middle].at < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool near_transition(const struct sq_paths *paths, sq_time at)
{
    uint32_t next = transitions_before(paths, at);
    return (next < paths->n_transitions && near_point(at, paths->transitions[next].at)) ||
           (next > 0 && near_point(at, paths->transitions[next - 1].at));
}

static bool is_near_edge(const struct comparison *comparison, const struct sq_path *path)
{
    for (uint8_t i = 0; i < path->n_steps; i++) {
        const struct sq_path_step *step = &path->steps[i];
        if (near_rules(comparison->script, step) ||
            near_transition(comparison->virtual_side.paths, step->sent_at) ||
            near_transition(comparison->live_side.paths, step->sent_at)) {
            return true;
        }
    }
    return false;
}

/* Causes */

static enum sq_breaker_state breaker_state(const struct sq_paths *paths, uint8_t layer,
                                           uint16_t breaker, sq_time at)
{
    for (uint32_t i = transitions_before(paths, at); i > 0; i--) {
        const struct sq_path_transition *transition = &paths->transitions[i - 1];
        if (transition->layer == layer && transition->breaker == breaker) {
            return (enum sq_breaker_state)transition->to;
        }
    }
    return SQ_BREAKER_CLOSED;
}

/* The step, or the end of the path where there is none. */
static sq_time time_of(const struct sq_path *path, uint8_t step)
{
    if (step < path->n_steps) {
        return path->steps[step].sent_at;
    }
    return path->n_steps == 0 ? 0 : path->steps[path->n_steps - 1].ended_at;
}

static bool blame_breaker(const struct comparison *comparison, const struct pair *pair,
                          uint8_t step, struct cut_text *cause)
{
    static const char *const words[SQ_BREAKER_STATES] = {"closed", "open", "half open"};
    for (uint8_t layer = 0; layer < comparison->policy->n_layers; layer++) {
        const struct sq_layer_settings *settings = &comparison->policy->layers[layer];
        for (uint16_t i = 0; i < settings->n_breakers; i++) {
            enum sq_breaker_state in_virtual = breaker_state(comparison->virtual_side.paths, layer,
                                                             i, time_of(pair->virtual_path, step));
            enum sq_breaker_state in_live = breaker_state(comparison->live_side.paths, layer, i,
                                                          time_of(pair->live_path, step));
            if (in_virtual != in_live) {
                add(cause, "breaker %s was %s in live, %s in virtual", settings->breaker_name[i],
                    words[in_live], words[in_virtual]);
                return true;
            }
        }
    }
    return false;
}

/* Whether a rule of this kind makes this class. Timeouts are the client's own: a matter of time. */
static bool makes(enum sq_fault_kind kind, enum sq_class klass)
{
    enum sq_class_group group = sq_class_row(klass)->group;
    return (klass == SQ_CLASS_DNS && kind == SQ_FAULT_DNS_FAIL) ||
           (klass == SQ_CLASS_CONNECT && kind == SQ_FAULT_REFUSE) ||
           (klass == SQ_CLASS_RESET && kind == SQ_FAULT_RESET) ||
           (klass == SQ_CLASS_CUT && kind == SQ_FAULT_CUT) ||
           (kind == SQ_FAULT_STATUS && (group == SQ_GROUP_THROTTLED ||
                                        group == SQ_GROUP_TRANSIENT || group == SQ_GROUP_CALLER));
}

static const struct sq_rule *rule_behind(const struct comparison *comparison,
                                         const struct sq_path_step *step)
{
    uint16_t model = comparison->roles[step->role].model;
    for (uint16_t i = 0; i < comparison->script->n_rules; i++) {
        const struct sq_rule *rule = &comparison->script->rules[i];
        sq_time start;
        if (makes(rule->kind, (enum sq_class)step->klass) &&
            (rule->models >> model & UINT64_C(1)) != 0 &&
            sq_rule_open(rule, step->sent_at, &start)) {
            return rule;
        }
    }
    return NULL;
}

static bool blame_rule(const struct comparison *comparison, const struct sq_path_step *struck,
                       const struct sq_path_step *spared, const char *where, struct cut_text *cause)
{
    if (struck->klass == SQ_CLASS_NONE || spared->klass != SQ_CLASS_NONE) {
        return false;
    }
    const struct sq_rule *rule = rule_behind(comparison, struck);
    if (rule != NULL) {
        add(cause, "rule %s struck only in %s", rule->name, where);
    }
    return rule != NULL;
}

/* Calls share a quota: who comes a moment earlier takes what has just refilled. */
static bool blame_quota(const struct comparison *comparison, const struct sq_path_step *refused,
                        const struct sq_path_step *other, const char *where, struct cut_text *cause)
{
    const struct sq_model *model =
        &comparison->script->models[comparison->roles[refused->role].model];
    const struct sq_provider_spec *spec = &comparison->script->providers[model->provider];
    if (refused->klass != SQ_CLASS_RATE_LIMITED || other->klass == SQ_CLASS_RATE_LIMITED ||
        spec->n_quotas == 0) {
        return false;
    }
    add(cause, "a quota of %s was used up only in %s", spec->name, where);
    return true;
}

static bool is_sent(const struct sq_path *path, uint8_t step)
{
    return step < path->n_steps &&
           sq_class_row((enum sq_class)path->steps[step].klass)->group != SQ_GROUP_LOCAL;
}

static uint8_t first_difference(const struct pair *pair)
{
    uint8_t step = 0;
    while (step < pair->virtual_path->n_steps && step < pair->live_path->n_steps &&
           pair->virtual_path->steps[step].role == pair->live_path->steps[step].role &&
           pair->virtual_path->steps[step].klass == pair->live_path->steps[step].klass) {
        step++;
    }
    return step;
}

/* Attempts that both were sent to the same role met the same breaker: there the far side differed,
 * or the time. Elsewhere a breaker chose. */
static void find_cause(const struct comparison *comparison, const struct pair *pair,
                       struct cut_text *cause)
{
    uint8_t step = first_difference(pair);
    const struct sq_path_step *in_virtual = &pair->virtual_path->steps[step];
    const struct sq_path_step *in_live = &pair->live_path->steps[step];
    bool both_sent = is_sent(pair->virtual_path, step) && is_sent(pair->live_path, step) &&
                     in_virtual->role == in_live->role;
    if (both_sent && (blame_rule(comparison, in_live, in_virtual, "live", cause) ||
                      blame_rule(comparison, in_virtual, in_live, "virtual", cause) ||
                      blame_quota(comparison, in_live, in_virtual, "live", cause) ||
                      blame_quota(comparison, in_virtual, in_live, "virtual", cause))) {
        return;
    }
    if (both_sent || !blame_breaker(comparison, pair, step, cause)) {
        add(cause, "timing");
    }
}

/* Differences */

static void write_path(const struct comparison *comparison, const struct sq_path *path,
                       struct cut_text *out)
{
    for (uint8_t i = 0; i < path->n_steps; i++) {
        const struct sq_path_step *step = &path->steps[i];
        add(out, "%s:%s ", comparison->roles[step->role].name,
            sq_class_row((enum sq_class)step->klass)->name);
    }
    add(out, "-> %s", sq_outcome_row((enum sq_outcome)path->outcome)->name);
}

static struct sq_difference *count_difference(struct sq_agreement *agreement, uint64_t call)
{
    agreement->differing++;
    if (agreement->n_differences == SQ_DIFFERENCES_MAX) {
        return NULL;
    }
    struct sq_difference *difference = &agreement->differences[agreement->n_differences++];
    *difference = (struct sq_difference){.call = call};
    return difference;
}

static void list_difference(const struct comparison *comparison, const struct pair *pair)
{
    struct sq_difference *difference = count_difference(comparison->agreement, pair->live_path->id);
    if (difference == NULL) {
        return;
    }
    struct cut_text in_virtual = {difference->virtual_path, sizeof(difference->virtual_path), 0};
    struct cut_text in_live = {difference->live_path, sizeof(difference->live_path), 0};
    struct cut_text cause = {difference->cause, sizeof(difference->cause), 0};
    write_path(comparison, pair->virtual_path, &in_virtual);
    write_path(comparison, pair->live_path, &in_live);
    find_cause(comparison, pair, &cause);
}

/* A user makes his next call when the last one is over, so what a clock adds to each call may leave
 * time for one call more, or less. before: the last call of the other clock that comes before it.
 */
static bool is_one_more(const struct comparison *comparison, const struct sq_path *path,
                        const struct sq_path *before)
{
    return comparison->streams[sq_call_stream(path->id)].kind == SQ_STREAM_CLOSED &&
           before->id + 1 == path->id;
}

/* A call that only one clock knows. */
static void list_single(const struct comparison *comparison, const struct sq_path *path,
                        bool in_live, uint32_t n_before)
{
    const struct sq_paths *others =
        in_live ? comparison->virtual_side.paths : comparison->live_side.paths;
    if (n_before > 0 && is_one_more(comparison, path, &others->list[n_before - 1])) {
        comparison->agreement->near_edge++;
        return;
    }
    struct sq_difference *difference = count_difference(comparison->agreement, path->id);
    if (difference == NULL) {
        return;
    }
    struct cut_text text = {in_live ? difference->live_path : difference->virtual_path,
                            sizeof(difference->live_path), 0};
    struct cut_text cause = {difference->cause, sizeof(difference->cause), 0};
    write_path(comparison, path, &text);
    add(&cause, "started only in %s",
        in_live ? comparison->live_side.name : comparison->virtual_side.name);
}

static void compare_pair(const struct comparison *comparison, const struct pair *pair)
{
    struct sq_agreement *agreement = comparison->agreement;
    agreement->calls++;
    if (is_near_edge(comparison, pair->virtual_path) || is_near_edge(comparison, pair->live_path)) {
        agreement->near_edge++;
        return;
    }
    agreement->compared++;
    if (pair->virtual_path->digest != pair->live_path->digest) {
        list_difference(comparison, pair);
    }
}

static void walk(const struct comparison *comparison)
{
    const struct sq_paths *in_virtual = comparison->virtual_side.paths;
    const struct sq_paths *in_live = comparison->live_side.paths;
    uint32_t i = 0;
    uint32_t j = 0;
    while (i < in_virtual->n_list && j < in_live->n_list) {
        struct pair pair = {&in_virtual->list[i], &in_live->list[j]};
        if (pair.virtual_path->id < pair.live_path->id) {
            list_single(comparison, pair.virtual_path, false, j);
            i++;
        } else if (pair.virtual_path->id > pair.live_path->id) {
            list_single(comparison, pair.live_path, true, i);
            j++;
        } else {
            compare_pair(comparison, &pair);
            i++;
            j++;
        }
    }
    for (; i < in_virtual->n_list; i++) {
        list_single(comparison, &in_virtual->list[i], false, j);
    }
    for (; j < in_live->n_list; j++) {
        list_single(comparison, &in_live->list[j], true, i);
    }
}

/* Numbers of a whole run */

static bool is_valid(const struct sq_path *path)
{
    return path->outcome != SQ_OUTCOME_EXCLUDED;
}

static int64_t availability(const struct sq_paths *paths, uint64_t *n_valid)
{
    uint64_t good = 0;
    *n_valid = 0;
    for (uint32_t i = 0; i < paths->n_list; i++) {
        if (is_valid(&paths->list[i])) {
            ++*n_valid;
            good += sq_outcome_row((enum sq_outcome)paths->list[i].outcome)->available;
        }
    }
    return *n_valid == 0 ? 0 : (int64_t)(good * (uint64_t)SQ_RATIO_ONE / *n_valid);
}

static uint64_t count_up_to(const struct sq_paths *paths, sq_dur duration)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < paths->n_list; i++) {
        count += is_valid(&paths->list[i]) && paths->list[i].duration <= duration;
    }
    return count;
}

/* The smallest duration that `percent` of the valid calls do not exceed, by bisection: exact, and
 * without memory for a sorted copy. -1: too few calls. */
static int64_t quantile(const struct sq_paths *paths, uint64_t n_valid, uint32_t percent)
{
    if (n_valid * (100 - percent) < (uint64_t)QUANTILE_TAIL_MIN * 100) {
        return -1;
    }
    uint64_t wanted = (n_valid * percent + 99) / 100;
    sq_dur low = 0;
    sq_dur high = SQ_NEVER - 1;
    while (low < high) {
        sq_dur middle = low + (high - low) / 2;
        if (count_up_to(paths, middle) >= wanted) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static bool latencies_agree(int64_t in_virtual, int64_t in_live)
{
    if (in_virtual < 0 || in_live < 0) {
        return true;
    }
    int64_t allowed = in_virtual / PER_MILLE * SQ_AGREEMENT_LATENCY_PER_MILLE;
    return distance(in_virtual, in_live) <= sq_time_max(allowed, SQ_AGREEMENT_LATENCY_FLOOR);
}

static bool judge(const struct sq_agreement *agreement)
{
    int64_t gap = agreement->availability_gap;
    return agreement->compared > 0 &&
           agreement->differing * PER_MILLE <=
               agreement->compared * SQ_AGREEMENT_DIFFERING_PER_MILLE &&
           distance(gap, 0) <= SQ_AGREEMENT_AVAILABILITY &&
           latencies_agree(agreement->p50_virtual, agreement->p50_live) &&
           latencies_agree(agreement->p95_virtual, agreement->p95_live);
}

static void fill_numbers(const struct sq_paths *in_virtual, const struct sq_paths *in_live,
                         struct sq_agreement *agreement)
{
    uint64_t n_virtual;
    uint64_t n_live;
    int64_t before = availability(in_virtual, &n_virtual);
    agreement->availability_gap = availability(in_live, &n_live) - before;
    agreement->p50_virtual = quantile(in_virtual, n_virtual, 50);
    agreement->p50_live = quantile(in_live, n_live, 50);
    agreement->p95_virtual = quantile(in_virtual, n_virtual, 95);
    agreement->p95_live = quantile(in_live, n_live, 95);
}

void sq_agreement_compare(const struct sq_result *result, struct sq_paths *virtual_paths,
                          struct sq_paths *live_paths, struct sq_agreement *agreement)
{
    const struct sq_scenario *scenario = result->scenario;
    struct comparison comparison = {
        .script = &scenario->script,
        .streams = scenario->workload.streams,
        .roles = scenario->roles,
        .policy = result->columns[agreement->live_column].policy,
        .virtual_side = {"virtual", virtual_paths},
        .live_side = {"live", live_paths},
        .agreement = agreement,
    };
    *agreement = (struct sq_agreement){.virtual_column = agreement->virtual_column,
                                       .live_column = agreement->live_column};
    sq_paths_sort(virtual_paths);
    sq_paths_sort(live_paths);
    walk(&comparison);
    fill_numbers(virtual_paths, live_paths, agreement);
    agreement->agree = judge(agreement);
}
