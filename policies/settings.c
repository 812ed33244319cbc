/* SPDX-License-Identifier: MIT */
/* Lists such as [502, "timeout"] as sets of bits: an attempt matches by its class or its status. */
#include "policies/settings.h"

#include "base/assert.h"

static bool is_status(uint16_t status)
{
    return status >= SQ_STATUS_MIN && status <= SQ_STATUS_MAX;
}

bool sq_on_matches(const struct sq_on *on, enum sq_class klass, uint16_t status)
{
    if (klass != SQ_CLASS_NONE && (on->classes & SQ_CLASS_BIT(klass)) != 0) {
        return true;
    }
    if (!is_status(status)) {
        return false;
    }
    unsigned bit = (unsigned)status - SQ_STATUS_MIN;
    return (on->statuses[bit / 64] >> (bit % 64) & 1) != 0;
}

void sq_on_add_status(struct sq_on *on, uint16_t status)
{
    sq_assert(is_status(status));
    unsigned bit = (unsigned)status - SQ_STATUS_MIN;
    on->statuses[bit / 64] |= UINT64_C(1) << (bit % 64);
}
