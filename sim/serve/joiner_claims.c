/* SPDX-License-Identifier: MIT */
/* How a request that is a retry claims what struck its call before any request came. */
#include "sim/serve/joiner_int.h"

#include "base/digest.h"

struct sq_strikes *sq_joiner_strikes(struct sq_joiner *joiner)
{
    return &joiner->strikes;
}

uint16_t joiner_count_up(struct call *call)
{
    if (call->attempts < UINT16_MAX) {
        call->attempts++;
    }
    return call->attempts;
}

void joiner_add_to_path(struct call *call, uint8_t role, enum sq_class klass)
{
    struct sq_digest digest = {.state = call->path_digest};
    sq_digest_add(&digest, (uint64_t)role << 8 | (uint64_t)klass);
    call->path_digest = digest.state;
}

/* The attempts that this request says came before it and that were not seen as requests. */
static uint32_t missed(const struct call *call, const struct sq_journal_entry *entry)
{
    uint32_t before = entry->stranger.retry_count;
    if (entry->identified) {
        before = entry->attempt > 0 ? (uint32_t)entry->attempt - 1 : 0;
    }
    uint32_t n = before > call->attempts ? before - call->attempts : 0;
    return n < SQ_STRIKES_CLAIM_MAX ? n : SQ_STRIKES_CLAIM_MAX;
}

static struct sq_joined_strike join_strike(struct call *call, const struct sq_strike *strike,
                                           uint8_t role, bool follows)
{
    struct sq_joined_strike joined = {.record = {.call = call->id,
                                                 .attempt = joiner_count_up(call),
                                                 .role = role,
                                                 .klass = strike->klass,
                                                 .sent_at = strike->at,
                                                 .ended_at = strike->ended_at},
                                      .waited =
                                          follows && strike->seen && strike->at >= call->ended_at,
                                      .wait = strike->at - call->ended_at};
    joiner_add_to_path(call, role, strike->klass);
    call->ended_at = strike->ended_at;
    return joined;
}

void joiner_claim(struct sq_joiner *joiner, struct call *call, const struct sq_journal_entry *entry,
                  uint8_t role, struct sq_joined *joined)
{
    struct sq_strike taken[SQ_STRIKES_CLAIM_MAX];
    const struct sq_strikes_claim wanted = {.provider = entry->provider,
                                            .n = missed(call, entry),
                                            .after = joined->begins ? 0 : call->ended_at,
                                            .before = entry->reached_at};
    if (wanted.n == 0 || call->n_under_way > 0) {
        return;
    }
    joined->n_strikes = sq_strikes_take(&joiner->strikes, &wanted, taken);
    bool follows = joined->waited;
    for (uint32_t i = 0; i < joined->n_strikes; i++) {
        joined->strikes[i] = join_strike(call, &taken[i], role, follows);
        follows = taken[i].seen;
    }
    if (joined->n_strikes > 0) {
        joined->waited = follows && entry->reached_at >= call->ended_at;
        joined->wait = entry->reached_at - call->ended_at;
    }
}
