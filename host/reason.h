/* SPDX-License-Identifier: MIT */
/*
 * Why the system said no, as a part of a sentence: errno as text in our style (lower case, no full
 * stop). Safe in threads; no state.
 */
#ifndef SQ_HOST_REASON_H
#define SQ_HOST_REASON_H

struct sq_reason {
    char text[64]; /* "no space left on device" */
};

/* By value, so that `sq_reason_of(errno).text` can stand in an argument list. */
struct sq_reason sq_reason_of(int error_number);

#endif
