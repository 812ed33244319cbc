/* SPDX-License-Identifier: MIT */
/*
 * The windows of a rule: when it is open, opens next, and how often before an end. Windows are half
 * open, [at, at + span), and begin anew every `every`; where they overlap, the newest one is the
 * present one. Pure; times and spans in nanoseconds.
 */
#include "mockprovider/script.h"

#include "base/assert.h"

static bool is_repeated(const struct sq_rule *rule)
{
    return rule->windowed && rule->every > 0;
}

/* When the newest window that opened at or before now did so; now is not before the first. */
static sq_time newest_opening(const struct sq_rule *rule, sq_time now)
{
    if (!is_repeated(rule)) {
        return rule->at;
    }
    return now - (now - rule->at) % rule->every;
}

bool sq_rule_open(const struct sq_rule *rule, sq_time now, sq_time *start)
{
    sq_assert(now >= 0);
    if (!rule->windowed) {
        *start = 0;
        return true;
    }
    if (now < rule->at) {
        return false;
    }
    sq_time opening = newest_opening(rule, now);
    if (rule->span != SQ_NEVER && now - opening >= rule->span) {
        return false;
    }
    *start = opening;
    return true;
}

sq_time sq_rule_next_opening(const struct sq_rule *rule, sq_time now)
{
    sq_assert(now >= 0);
    sq_time first = rule->windowed ? rule->at : 0;
    if (now <= first) {
        return first;
    }
    if (!is_repeated(rule) || now == SQ_NEVER) {
        return SQ_NEVER;
    }
    sq_time opening = newest_opening(rule, now);
    return opening == now ? now : sq_time_add(opening, rule->every);
}

bool sq_rule_window(const struct sq_rule *rule, uint32_t k, sq_time end, sq_time *from, sq_time *to)
{
    if (k > 0 && !is_repeated(rule)) {
        return false;
    }
    sq_time first = rule->windowed ? rule->at : 0;
    sq_dur offset = 0;
    if (k > 0 && __builtin_mul_overflow(rule->every, (sq_dur)k, &offset)) {
        return false;
    }
    sq_time opening = sq_time_add(first, offset);
    if (opening >= end) {
        return false;
    }
    *from = opening;
    *to = rule->windowed ? sq_time_min(sq_time_add(opening, rule->span), end) : end;
    return true;
}
