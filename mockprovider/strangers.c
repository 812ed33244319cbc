/* SPDX-License-Identifier: MIT */
/* See strangers_int.h. */
#include "mockprovider/strangers_int.h"

#include "base/digest.h"

#define N_PLACES (2 * SQ_STRANGERS_MAX)

static uint64_t digest_of(uint64_t a, uint64_t b)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, a);
    sq_digest_add(&digest, b);
    return sq_digest_value(&digest);
}

/* The key's place, or the free one where it belongs. */
static struct sq_stranger_key *find_key(struct sq_strangers *strangers, uint64_t api_key)
{
    uint64_t at = sq_digest_mix(api_key) % N_PLACES;
    while (strangers->keys[at].n_calls != 0 && strangers->keys[at].api_key != api_key) {
        at = (at + 1) % N_PLACES;
    }
    return &strangers->keys[at];
}

static uint64_t new_call(struct sq_strangers *strangers, uint64_t api_key)
{
    struct sq_stranger_key *key = find_key(strangers, api_key);
    if (key->n_calls == 0 && strangers->n_keys == SQ_STRANGERS_MAX) {
        return SQ_STRANGERS_CALLS | digest_of(UINT64_MAX, ++strangers->n_others);
    }
    if (key->n_calls == 0) {
        strangers->n_keys++;
        key->api_key = api_key;
    }
    return SQ_STRANGERS_CALLS | digest_of(api_key, ++key->n_calls);
}

uint64_t sq_strangers_call(struct sq_strangers *strangers, const struct sq_stranger *stranger)
{
    uint64_t who = digest_of(stranger->api_key, stranger->body);
    struct sq_stranger_call *recent = &strangers->recent[who % SQ_STRANGERS_RECENT];
    bool known = recent->call != 0 && recent->who == who;
    if (stranger->retry_count == 0 || !known) {
        *recent =
            (struct sq_stranger_call){.who = who, .call = new_call(strangers, stranger->api_key)};
    }
    return recent->call;
}
