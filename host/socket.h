/* SPDX-License-Identifier: MIT */
/*
 * TCP sockets: listen, accept, connect, send, and the two exact endings (FIN is close; RST is
 * sq_socket_reset). Descriptors are plain ints, owned by whoever got them, all close-on-exec.
 * Addresses are numeric (127.0.0.1, ::1): nothing here asks a name server.
 *
 * Running out of descriptors, ports or buffers is SQ_LIMIT: the run is inconclusive, the simulated
 * request did not fail.
 */
#ifndef SQ_HOST_SOCKET_H
#define SQ_HOST_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SQ_SOCKET_LOOPBACK "127.0.0.1"
#define SQ_SOCKET_BACKLOG  4096 /* connections waiting for accept; the kernel may lower it */

enum sq_socket_accepted {
    SQ_SOCKET_ACCEPTED,
    SQ_SOCKET_NONE,      /* nobody waits (or who waited has left): wait for the next readiness */
    SQ_SOCKET_EXHAUSTED, /* no descriptor or buffer left; the connection still waits. *err is set */
    SQ_SOCKET_BROKEN     /* the listener cannot accept any more. *err is set */
};

/* A listening, non-blocking socket with SO_REUSEADDR. port 0: a free one, see
 * sq_socket_local_port. */
SQ_MUST_USE enum sq_status sq_socket_listen(const char *address, uint16_t port, int backlog,
                                            int *fd, struct sq_error *err);

/* A socket that has a port and does not listen: connections to the port are refused for as long as
 * it is open, except while another socket listens there (sq_socket_listen, afterwards). port 0: a
 * free one. */
SQ_MUST_USE enum sq_status sq_socket_reserve(const char *address, uint16_t port, int *fd,
                                             struct sq_error *err);

/* A deaf listener answers no one who wants to connect: the system drops what asks for it
 * (SO_ATTACH_FILTER), and the client's system asks again after a second, then after two, and so on.
 * Connections that are made already hear on. */
SQ_MUST_USE enum sq_status sq_socket_set_deaf(int listener, bool deaf, struct sq_error *err);

/* The port a listening or connected socket is bound to, in host order. */
uint16_t sq_socket_local_port(int fd);

/* One waiting connection as a non-blocking descriptor, only written when accepted. */
SQ_MUST_USE enum sq_socket_accepted sq_socket_accept(int listener, int *fd, struct sq_error *err);

/* A connected, blocking socket; waits for the handshake. */
SQ_MUST_USE enum sq_status sq_socket_connect(const char *address, uint16_t port, int *fd,
                                             struct sq_error *err);

/* Sends every byte, waiting while the socket's buffer is full, at most timeout_ns of waiting at a
 * time. A peer that left or does not read is SQ_ENVIRONMENT; never raises SIGPIPE. */
SQ_MUST_USE enum sq_status sq_socket_send_all(int fd, const void *bytes, size_t length,
                                              int64_t timeout_ns, struct sq_error *err);

/* What has come, without waiting. */
enum sq_socket_received {
    SQ_SOCKET_BYTES, /* *n_bytes of them, at least 1 */
    SQ_SOCKET_EMPTY, /* nothing yet */
    SQ_SOCKET_OVER   /* the peer has closed its side, or the connection is gone */
};
SQ_MUST_USE enum sq_socket_received sq_socket_receive(int fd, void *bytes, size_t room,
                                                      size_t *n_bytes);

/* Small writes leave at once (TCP_NODELAY). */
void sq_socket_send_at_once(int fd);

/* Bytes sent that the peer's system has not acknowledged yet (SIOCOUTQ); 0 also when the connection
 * is gone, since then nothing will be delivered any more. */
size_t sq_socket_unacknowledged_bytes(int fd);

/* Ends the connection with RST instead of FIN: connect to AF_UNSPEC, which the kernel defines as
 * abort; SO_LINGER 0 would give a FIN when another descriptor is still open. What is not
 * acknowledged is lost: for "these bytes, then a reset" wait until sq_socket_unacknowledged_bytes
 * is 0. The descriptor stays open; the caller closes it. */
SQ_MUST_USE enum sq_status sq_socket_reset(int fd, struct sq_error *err);

/* Accepts -1. */
void sq_socket_close(int fd);

#endif
