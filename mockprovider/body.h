/* SPDX-License-Identifier: MIT */
/*
 * Bodies: the bytes of a plan, rendered into the caller's buffer. The server needs them; the
 * virtual clock needs them once per kind of body, for the reading. The same plan gives the same
 * bytes, except for `created`, which is the scenario's epoch plus the second of arrival.
 */
#ifndef SQ_MOCKPROVIDER_BODY_H
#define SQ_MOCKPROVIDER_BODY_H

#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "mockprovider/plan.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"

/* Measures the sizes that do not depend on a draw, for script.h; called once per model by the
 * loader. SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_body_measure(const struct sq_script *script, uint16_t model,
                                           struct sq_body_sizes *sizes);

/* The fewest tokens an answer of this kind can have, whatever the request would get. */
uint32_t sq_body_least_tokens(const struct sq_script *script, const struct sq_visit *visit);

/* Adds the whole plain body (answer, error, refusal or page). */
void sq_body_add_plain(struct sq_strbuf *out, const struct sq_script *script,
                       const struct sq_visit *visit);

/* Adds the events of tokens [from, to) of a streamed answer; from 0 begins with the role event,
 * also when to is 0. */
void sq_body_add_tokens(struct sq_strbuf *out, const struct sq_script *script,
                        const struct sq_visit *visit, uint32_t from, uint32_t to);

/* Adds what follows the last token: finish reason, usage if asked for, [DONE]. */
void sq_body_add_end(struct sq_strbuf *out, const struct sq_script *script,
                     const struct sq_visit *visit);

const char *sq_body_content_type(const struct sq_script *script, const struct sq_visit *visit);

/* The headers beside content-type that the plan asks for: hints, rate limits, request id. Each as
 * name and value, NUL-terminated; what is longer than its place is cut. A hint in seconds, also as
 * a date, is rounded up to the whole second, in milliseconds to the whole millisecond. A rule may
 * name content-type: then sq_body_content_type says it. SQ_NO_MEMORY, else SQ_OK. */
#define SQ_BODY_HEADERS_MAX  24
#define SQ_BODY_HEADER_BYTES 128
struct sq_body_headers {
    uint32_t n_headers;
    char name[SQ_BODY_HEADERS_MAX][SQ_BODY_HEADER_BYTES];
    char value[SQ_BODY_HEADERS_MAX][SQ_BODY_HEADER_BYTES];
};
SQ_MUST_USE enum sq_status sq_body_headers(const struct sq_script *script,
                                           const struct sq_visit *visit, sq_time now,
                                           struct sq_body_headers *headers);

/* Adds those among them that the script gives: what a server asks of a client, and its own. The
 * others, of the dialect, say nothing that a client acts on. No allocation. */
void sq_body_hints(const struct sq_script *script, const struct sq_visit *visit, sq_time now,
                   struct sq_body_headers *headers);

#endif
