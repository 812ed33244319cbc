/* SPDX-License-Identifier: MIT */
/*
 * A server of raw bytes for tests of the client's side: one thread, plain sockets, any answer, any
 * ending. It reads whole POST requests, asks the test's handler what to say, writes an entry into
 * its journal and then says it. Test failures inside it are asserts.
 */
#ifndef SQ_TESTS_RAW_SERVER_H
#define SQ_TESTS_RAW_SERVER_H

#include <stdatomic.h>
#include <stdint.h>

#include "host/epoll.h"
#include "host/thread.h"
#include "mockprovider/journal.h"

#define RAW_SERVER_PARTS       4
#define RAW_SERVER_CONNECTIONS 2048

enum raw_ending {
    RAW_KEEP, /* open for the next request */
    RAW_FIN,
    RAW_RST,
    RAW_HOLD /* nothing is sent; the connection waits, see release */
};

struct raw_request {
    uint32_t connection;    /* ordinal, from 0 */
    uint32_t on_connection; /* n-th request on it, from 1 */
    uint64_t call;
    uint16_t nth;
    uint16_t attempt;
    const char *head; /* request line and headers */
    const char *body;
};

struct raw_answer {
    const char *parts[RAW_SERVER_PARTS]; /* up to the first NULL */
    int pause_ms;                        /* between two parts */
    enum raw_ending ending;
    bool release;  /* those held get the same answer first */
    bool unbilled; /* no entry in the journal */
};

typedef struct raw_answer raw_handler(const struct raw_request *request, void *context);

struct raw_connection;

struct raw_server {
    uint16_t port;
    struct sq_journal *journal;
    atomic_uint n_requests;
    atomic_uint n_connections;
    raw_handler *handler;
    void *context;
    int listener;
    struct sq_epoll epoll;
    struct sq_wakeup stop;
    struct sq_thread thread;
    struct raw_connection *connections;
};

void raw_server_start(struct raw_server *server, raw_handler *handler, void *context);
void raw_server_stop(struct raw_server *server);

#endif
