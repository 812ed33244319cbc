/* SPDX-License-Identifier: MIT */
/* See endings_int.h. */
#include "mockprovider/endings_int.h"

#include "host/socket.h"

#define PATIENCE_FIRST   (50 * SQ_US)
#define PATIENCE_DOUBLES 7 /* up to 6.4 ms */

enum sq_status sq_endings_reset(int fd, bool *done, struct sq_error *err)
{
    *done = sq_socket_unacknowledged_bytes(fd) == 0;
    return *done ? sq_socket_reset(fd, err) : SQ_OK;
}

sq_dur sq_endings_patience(uint32_t n_tries)
{
    return PATIENCE_FIRST << (n_tries < PATIENCE_DOUBLES ? n_tries : PATIENCE_DOUBLES);
}
