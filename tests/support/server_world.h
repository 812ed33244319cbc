/* SPDX-License-Identifier: MIT */
/*
 * A far side (far_side.h) behind a real server on free loopback ports, with quick models: 1 ms to
 * the first token and a tenth a token, unless the test says otherwise in far_side()->script, before
 * server_world_start.
 */
#ifndef SQ_TESTS_SERVER_WORLD_H
#define SQ_TESTS_SERVER_WORLD_H

#include "host/clock.h"
#include "mockprovider/server.h"
#include "tests/support/far_side.h"
#include "tests/support/http_client.h"

#define SERVER_WORLD_PATH "/v1/chat/completions"
#define SERVER_WORLD_SEED 7

struct server_world {
    struct sq_clock clock;
    struct sq_server *server;
};

/* What a request says beside its model. Zeroed: call 0, plain, of the first model. */
struct server_request {
    uint64_t call;
    uint16_t attempt; /* also nth; 0: no header of ours */
    bool stream;
    bool include_usage;
    uint32_t input_tokens;
    uint32_t output_tokens; /* 0: the tokens are not said */
    const char *model;      /* NULL: gpt-4o */
};

void server_world_init(struct server_world *world);
void server_world_start(struct server_world *world);
/* Asserts good health, then ends everything. */
void server_world_end(struct server_world *world);

struct http_client server_world_connect(const struct server_world *world);
void server_world_ask(struct http_client *client, const struct server_request *request);
/* Connects, asks, reads all, closes. */
struct http_answer server_world_get(const struct server_world *world,
                                    const struct server_request *request);

/* The next entry, waited for at most patience_ns; false: none came. */
bool server_world_entry(struct server_world *world, struct sq_journal_entry *entry,
                        int64_t patience_ns);
/* Takes so many entries and drops them. */
void server_world_skip_entries(struct server_world *world, uint32_t n_entries);

/* The whole body that a healthy answer to this request would have, but for "created". */
void server_world_body(const struct server_request *request, struct sq_strbuf *body);
/* Whether seen[0..length) begins that body; the digits of "created" do not count. */
bool server_world_is_prefix(const struct sq_strbuf *body, const char *seen, size_t length);

#endif
