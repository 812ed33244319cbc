/* SPDX-License-Identifier: MIT */
/* Names of keys, tenants and sessions, there and back. */
#include "mockprovider/request/identity.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"

#define DIGITS_MAX   20
#define DIGITS_LEAST 2 /* so that up to 99 sort by name */

static const char *prefix_of(enum sq_identity_sort sort)
{
    switch (sort) {
    case SQ_IDENTITY_KEY:
        return "sk-squall-key-";
    case SQ_IDENTITY_TENANT:
        return "squall-tenant-";
    case SQ_IDENTITY_SESSION:
        return "squall-session-";
    }
    sq_assert(false && "an identity of no sort");
    return "";
}

void sq_identity_name(enum sq_identity_sort sort, uint64_t number,
                      char name[SQ_IDENTITY_NAME_BYTES])
{
    char digits[DIGITS_MAX];
    size_t n_digits = 0;
    const char *prefix = prefix_of(sort);
    size_t length = strlen(prefix);
    sq_assert(number > 0);
    sq_assert(number < SQ_IDENTITY_FOREIGN);
    while (number > 0 || n_digits < DIGITS_LEAST) {
        digits[n_digits++] = (char)('0' + number % 10);
        number /= 10;
    }
    memcpy(name, prefix, length);
    while (n_digits > 0) {
        name[length++] = digits[--n_digits];
    }
    name[length] = '\0';
}

/* The number behind the prefix; 0: it is no name of ours. */
static uint64_t own_number(enum sq_identity_sort sort, const char *name, size_t length)
{
    char again[SQ_IDENTITY_NAME_BYTES];
    const char *prefix = prefix_of(sort);
    size_t at = strlen(prefix);
    uint64_t number = 0;
    if (length <= at || length >= SQ_IDENTITY_NAME_BYTES || memcmp(name, prefix, at) != 0) {
        return 0;
    }
    for (; at < length; at++) {
        if (name[at] < '0' || name[at] > '9' || number >= SQ_IDENTITY_FOREIGN / 20) {
            return 0;
        }
        number = number * 10 + (uint64_t)(name[at] - '0');
    }
    if (number == 0) {
        return 0;
    }
    /* Only as it is written: "-007" is somebody else's. */
    sq_identity_name(sort, number, again);
    return strlen(again) == length && memcmp(again, name, length) == 0 ? number : 0;
}

uint64_t sq_identity_read(enum sq_identity_sort sort, const char *name, size_t length)
{
    if (length == 0) {
        return 0;
    }
    uint64_t number = own_number(sort, name, length);
    return number != 0 ? number : SQ_IDENTITY_FOREIGN | sq_digest_name(name, length);
}

const char *sq_identity_credential(const char *header)
{
    size_t length = sizeof(SQ_IDENTITY_SCHEME) - 1;
    for (size_t i = 0; i < length; i++) {
        char want = SQ_IDENTITY_SCHEME[i];
        bool same = header[i] == want || (want >= 'A' && want <= 'Z' && header[i] == want + 32) ||
                    (want >= 'a' && want <= 'z' && header[i] == want - 32);
        if (!same) {
            return header;
        }
    }
    return header + length;
}
