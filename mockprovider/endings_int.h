/* SPDX-License-Identifier: MIT */
/*
 * The one exact ending that takes patience: RST behind the last byte. A reset throws away what the
 * peer's system has not acknowledged, so it comes only when nothing is under way; who asks too
 * early is told to come again. (FIN is an answer that libmicrohttpd closes inside its body; silence
 * is a suspended connection.)
 */
#ifndef SQ_MOCKPROVIDER_ENDINGS_INT_H
#define SQ_MOCKPROVIDER_ENDINGS_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/time.h"

/* Resets the connection if every byte has arrived; *done says whether. The descriptor stays open.
 */
SQ_MUST_USE enum sq_status sq_endings_reset(int fd, bool *done, struct sq_error *err);

/* Real time until the next try, after n_tries in vain: short at first, because loopback
 * acknowledges in microseconds; long for a peer that does not read. */
sq_dur sq_endings_patience(uint32_t n_tries);

#endif
