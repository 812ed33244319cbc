/* SPDX-License-Identifier: MIT */
/*
 * On whose behalf an attempt is made: its API key, its tenant, its session. A workload with `keys`,
 * `tenants` or `sessions` numbers its own from 1; on the wire they have names that any client could
 * send, and what reads the wire gets the numbers back. Others' names become digests, so that no
 * credential is ever kept.
 *
 *     key      Authorization: Bearer sk-squall-key-07 (or x-api-key, api-key)
 *     tenant   the end user in the body, OpenAI's `user`: squall-tenant-07
 *     session  x-session-id: squall-session-07
 *
 * Pure; no allocation.
 */
#ifndef SQ_MOCKPROVIDER_REQUEST_IDENTITY_H
#define SQ_MOCKPROVIDER_REQUEST_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digests of names that are not ours have this bit. */
#define SQ_IDENTITY_FOREIGN (UINT64_C(1) << 63)

/* 0: none; a number of the workload's own; or a digest with SQ_IDENTITY_FOREIGN. */
struct sq_identity {
    uint64_t key;
    uint64_t tenant;
    uint64_t session;
};

enum sq_identity_sort { SQ_IDENTITY_KEY, SQ_IDENTITY_TENANT, SQ_IDENTITY_SESSION };

/* With its NUL. */
#define SQ_IDENTITY_NAME_BYTES 40

#define SQ_IDENTITY_KEY_HEADER     "authorization"
#define SQ_IDENTITY_SESSION_HEADER "x-session-id"
#define SQ_IDENTITY_SCHEME         "Bearer "

/* The name of the workload's number-th; number from 1, below SQ_IDENTITY_FOREIGN. */
void sq_identity_name(enum sq_identity_sort sort, uint64_t number,
                      char name[SQ_IDENTITY_NAME_BYTES]);

/* Who goes by this name; 0 for an empty one. */
uint64_t sq_identity_read(enum sq_identity_sort sort, const char *name, size_t length);

/* Behind the scheme of an Authorization header, where it has that one; else the text itself. */
const char *sq_identity_credential(const char *header);

#endif
