/* SPDX-License-Identifier: MIT */
/*
 * The header lines of one attempt, as text: those that any client sends, and, towards our own
 * server, those that name the attempt and on whose behalf it is made. Knows no libcurl.
 */
#ifndef SQ_SIM_LIVE_LINES_INT_H
#define SQ_SIM_LIVE_LINES_INT_H

#include <stdint.h>

#include "sim/carrier.h"
#include "sim/live/curl_int.h"

#define SQ_LIVE_LINES_MAX  7
#define SQ_LIVE_LINE_BYTES 96

struct sq_live_lines {
    char text[SQ_LIVE_LINES_MAX][SQ_LIVE_LINE_BYTES];
    uint32_t n_lines;
};

/* Of what is foreign without its authorization, whose line is the request's. */
void sq_live_lines_write(struct sq_live_lines *lines, const struct sq_attempt *attempt,
                         const struct sq_live_request *request);

#endif
